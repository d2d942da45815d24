"""Write src/deidra/text/data/doubtful.json: safe words that are also names of people or places.

    python tools/vocabulary/doubtful.py

Taken from the US Census of 1990 (public domain, through the package `names`) and from the breeds of animals in PS3.16,
most of which are named after places. `words` are those of DICOM's vocabulary: the curated lists outweigh them.
`surnames` are those of the curated lists: they stay, except where they stand as a name does.
Run it after generate.py.
"""

# ruff: noqa: E501 - lists of words read better in long lines
from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

from generate import by_beginning
from pydicom.sr._cid_dict import cid_concepts
from pydicom.sr._concepts_dict import concepts

from deidra.standard.vocabulary import vocabulary
from deidra.text.folding import folded, words

DATA = Path(__file__).resolve().parents[2] / "src" / "deidra" / "text" / "data"
MOST_FREQUENT_SURNAMES = 20_000
BREEDS = (7480, 7481, 7486)


def census(most_frequent: int = MOST_FREQUENT_SURNAMES) -> set[str]:
    folder = resources.files("names")
    found = set()
    for name, most in (("dist.all.last", most_frequent), ("dist.female.first", 10**6), ("dist.male.first", 10**6)):
        lines = (folder / name).read_text(encoding="ascii").splitlines()[:most]
        found |= {folded(line.split()[0]) for line in lines if line.strip()}
    return found


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
    found = sorted(vocabulary() & (census() | breeds()))
    lists = [
        json.loads(path.read_text(encoding="utf-8")) for path in sorted(DATA.glob("*.json")) if path.stem != "doubtful"
    ]
    curated = {word for listed in lists for joined in listed["words"].values() for word in joined.split()}
    surnames = sorted(curated & census(10**6))
    header = {
        "source": "US Census 1990 surnames and given names (public domain); breeds of PS3.16; as far as they are words of DICOM's vocabulary or of the curated lists",
        "rows": len(found),
        "generated_by": "tools/vocabulary/doubtful.py",
        "attribution": "US Census Bureau, public domain",
    }
    payload = {"header": header, "words": by_beginning(found), "surnames": by_beginning(surnames)}
    text = json.dumps(payload, ensure_ascii=False, indent=0) + "\n"
    (DATA / "doubtful.json").write_text(text, encoding="utf-8")
    print(f"doubtful.json: {len(found)} words")


if __name__ == "__main__":
    main()
