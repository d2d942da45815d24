"""The sources of the safe words: their form, and that they name nobody."""

from __future__ import annotations

import importlib
import importlib.util
import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from deidra.text.folding import folded, words

PROJECT = Path(__file__).resolve().parents[2]
FOLDER = PROJECT / "tools" / "vocabulary"
CURATED = ("en", "de", "fr", "es", "pt", "it", "nl", "pl", "cs", "sv", "tr", "da", "no", "fi")
FILES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
SURNAMES = 5000
GIVEN_NAMES = 1000
LOCALES = (
    "en_US en_GB en_IE en_IN en_NZ de_DE de_AT de_CH de_LI de_LU fr_FR fr_BE fr_CA fr_CH es_ES es_MX es_AR es_CO es_CL "
    "pt_PT pt_BR it_IT nl_NL nl_BE pl_PL cs_CZ sv_SE tr_TR da_DK no_NO fi_FI"
).split()


def _generator() -> Any:
    spec = importlib.util.spec_from_file_location("vocabulary_generate", FOLDER / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


generate = _generator()


@cache
def vocabulary(name: str) -> dict[str, Any]:
    result: dict[str, Any] = generate.vocabulary(FOLDER / f"{name}.yaml")
    return result


@cache
def census() -> frozenset[str]:
    """The most frequent surnames and given names of the US Census 1990, folded."""
    lists = pytest.importorskip("names").FILES
    found = set()
    for key, most in (("last", SURNAMES), ("first:male", GIVEN_NAMES), ("first:female", GIVEN_NAMES)):
        lines = Path(lists[key]).read_text(encoding="ascii").splitlines()[:most]
        found |= {folded(line.split()[0]) for line in lines}
    return frozenset(found)


def _names_of(locale: str) -> set[str]:
    """Parts of the given names and surnames that Faker knows for `locale`, folded."""
    provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
    keys = [key for key in dir(provider) if "last_names" in key or "first_names" in key]
    listed = [vars(kind)[key] for kind in provider.__mro__ for key in keys if key in vars(kind)]
    # Names that are computed from others repeat those
    plain = [value for value in listed if not callable(value) and not isinstance(value, (property, classmethod))]
    return {word for value in plain for name in value for word in words(str(name)) if len(word) > 1}


@cache
def faker_names() -> frozenset[str]:
    pytest.importorskip("faker")
    return frozenset().union(*map(_names_of, LOCALES))


def safe(name: str) -> set[str]:
    """Terms and words of the language."""
    return {*vocabulary(name)["words"], *vocabulary(name)["common"], *vocabulary(name).get("dictionary", ())}


def names() -> frozenset[str]:
    return census() | faker_names()


def reviewed(name: str) -> set[str]:
    return set(map(folded, generate.entries(generate.read(FOLDER / f"{name}.yaml").get("reviewed"))))


def write(folder: Path, text: str) -> Path:
    path = folder / "xx.yaml"
    path.write_text("language: Test\nsources: by hand\n" + text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", FILES)
def test_the_packaged_list_is_what_its_source_gives(name: str) -> None:
    packaged = (PROJECT / "src" / "deidra" / "text" / "data" / f"{name}.json").read_bytes()
    assert packaged == generate.render(vocabulary(name))


def test_the_generator_finds_nothing_to_write() -> None:
    command = [sys.executable, str(FOLDER / "generate.py"), "--check"]
    environment = {"PYTHONPATH": str(PROJECT / "src"), "PATH": ""}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.stdout == ""
    assert done.returncode == 0


@pytest.mark.parametrize("name", FILES)
def test_no_word_stands_in_two_lists(name: str) -> None:
    lists = vocabulary(name)
    listed = [word for key in generate.LISTS for word in lists[key]]
    assert len(listed) == len(set(listed))


@pytest.mark.parametrize("name", FILES)
def test_every_word_is_one_folded_run_of_letters(name: str) -> None:
    lists = vocabulary(name)
    odd = [word for key in generate.LISTS for word in lists[key] if words(word) != [word] or len(word) < 2]
    assert odd == []


@pytest.mark.parametrize("name", CURATED)
def test_safe_words_that_are_also_names_are_exactly_the_reviewed_ones(name: str) -> None:
    assert safe(name) & names() == reviewed(name)


@pytest.mark.parametrize("name", CURATED)
def test_eponyms_that_are_frequent_names_are_ambiguous_instead(name: str) -> None:
    assert sorted(set(vocabulary(name)["eponyms"]) & names()) == []


@pytest.mark.parametrize("name", CURATED)
def test_phrases_use_only_words_that_their_language_knows(name: str) -> None:
    lists = vocabulary(name)
    known = {word for key in generate.LISTS for word in lists[key]}
    unknown = [
        phrase for phrase in lists["phrases"] if any(len(word) > 1 and word not in known for word in phrase.split())
    ]
    assert unknown == []


@pytest.mark.parametrize("name", CURATED)
def test_every_curated_language_has_enough_words(name: str) -> None:
    assert len(vocabulary(name)["words"]) >= 1500


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("en", "CT Abdomen and Pelvis without contrast, delayed phase"),
        ("de", "Röntgen-Kniegelenk rechts, Halswirbelsaeule seitlich, Schädel-CT nativ, Übersicht"),
        ("fr", "IRM du genou droit sans injection, angioscanner des troncs supra-aortiques"),
        ("es", "Resonancia magnética de columna lumbar sin contraste, ecografía abdominal"),
        ("pt", "Ressonância magnética do joelho direito, tomografia do tórax sem contraste"),
        ("it", "Risonanza magnetica ginocchio destro, ecografia addome superiore con contrasto"),
    ],
)
def test_common_headings_consist_of_safe_words(name: str, heading: str) -> None:
    known = safe(name)
    assert [word for word in words(heading) if len(word) > 1 and word not in known] == []


@pytest.mark.parametrize("name", CURATED)
@pytest.mark.parametrize("surname", ["Smith", "Müller", "Martin", "García", "Silva", "Rossi", "Head", "Klein", "Costa"])
def test_frequent_surnames_are_no_safe_words(name: str, surname: str) -> None:
    assert folded(surname) not in safe(name)


def test_an_umlaut_gives_both_spellings(tmp_path: Path) -> None:
    path = write(tmp_path, "spellings: {ä: [ae], ü: [ue]}\nwords: |\n    Schädel Übersicht\n")
    assert generate.vocabulary(path)["words"] == ["schadel", "schaedel", "ubersicht", "uebersicht"]


def test_rules_make_forms_that_give_way_to_the_other_lists(tmp_path: Path) -> None:
    rules = 'inflect:\n  - {endings: "- e er", stems: "klein"}\ncompounds:\n  - {first: "ober", second: "arm bauch"}\n'
    made = generate.vocabulary(write(tmp_path, "words: |\n    hals\nambiguous: |\n    klein\n" + rules))
    assert made["words"] == ["hals", "kleine", "kleiner", "oberarm", "oberbauch"]
    assert made["ambiguous"] == ["klein"]


def test_a_comment_is_no_word(tmp_path: Path) -> None:
    path = write(tmp_path, "words:\n  some: |\n    on no # off\n  more: |\n    yes\n")
    assert generate.vocabulary(path)["words"] == ["no", "on", "yes"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("words: |\n    price\nambiguous: |\n    price\n", "in words and in ambiguous: price"),
        ("words: |\n    follow-up\n", "'follow-up' is not one word"),
        ("words: |\n    t2\n", "'t2' is not one word"),
        ("words: |\n    x\n", "'x' is not one word"),
        ("words: [on, no]\n", "has to be a block of text"),
        ("words: |\n    hals\nword: |\n    hals\n", "unknown keys"),
        ("ambiguous: |\n    price\n", "missing keys"),
        ("words: |\n    hals\ndisarmed: |\n    price\n", "disarmed but not ambiguous: price"),
    ],
)
def test_a_source_that_breaks_the_rules_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(generate.VocabularyError, match=complaint):
        generate.vocabulary(write(tmp_path, text))


def test_generating_twice_gives_the_same_bytes() -> None:
    first = generate.render(generate.vocabulary(FOLDER / "de.yaml"))
    assert first == generate.render(generate.vocabulary(FOLDER / "de.yaml"))
    packed = json.loads(first)
    assert packed["header"]["rows"] == sum(
        len(listed.split()) for key in generate.PACKED if key in packed for listed in packed[key].values()
    )
