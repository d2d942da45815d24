"""What counts as the same identifier, and what does not."""

from __future__ import annotations

import base64

import pytest

from deidra.score import forms
from deidra.score.truth import Truth


def _said(kind: str, surface: str, text: str, *, core: tuple[str, ...] = (), moment: str = "") -> bool:
    truth = Truth(0, 0, "S", "standard", kind, "remove", surface, "plain", "", core=core, moment=moment)
    return forms.found_in_text(truth, forms.folded(text), forms.squeezed(text))


@pytest.mark.parametrize(
    "text",
    [
        "HALVERSON^MARGIT", "Halverson, Margit", "margit halverson", "M.Halverson-CT/Head", "for_halverson_",
        "HALVERSONS scan",
        "MargitHalverson", "seen:Halverson;", "Halver-son",
    ],
)  # fmt: skip
def test_a_name_is_recognised_however_it_is_written(text: str) -> None:
    assert _said("name", "Halverson^Margit", text, core=("Halverson",))


@pytest.mark.parametrize("text", ["", "Margit", "Head w/o contrast", "HALVERS"])
def test_what_is_not_the_name_is_no_leak(text: str) -> None:
    assert not _said("name", "Halverson^Margit", text, core=("Halverson",))


def test_a_short_name_inside_another_word_is_no_leak() -> None:
    assert not _said("name", "Lee^Ann", "FLEECE PAD", core=("Lee",))
    assert _said("name", "Lee^Ann", "pad of lee", core=("Lee",))


def test_a_name_that_is_a_useful_word_counts_only_with_the_given_name() -> None:
    assert not _said("name", "Head^Eudora", "CT Head w/o contrast")
    assert _said("name", "Head^Eudora", "CT of EUDORA HEAD")


@pytest.mark.parametrize(
    ("surface", "text", "core"),
    [
        ("Grünwaldt^Jürgen", "GRUNWALDT JURGEN", ("Grünwaldt",)),
        ("Wójcikiewicz^Łukasz", "wojcikiewicz", ("Wójcikiewicz",)),
        ("Hoshikawa^Tamotsu=星川^保", "検査 星川保 様", ("Hoshikawa", "星川保")),
        ("Παπακωνσταντίνου^Ευδοξία", "ΠΑΠΑΚΩΝΣΤΑΝΤΙΝΟΥ", ("Παπακωνσταντίνου",)),
    ],
)
def test_names_are_recognised_across_scripts_and_marks(surface: str, text: str, core: tuple[str, ...]) -> None:
    assert _said("name", surface, text, core=core)


@pytest.mark.parametrize(
    "text", ["TN12-3456789", "tn123456789", "id TN 12 345 6789.", "xTN12_3456789x", "TN12-3456789A"]
)
def test_an_identifier_is_recognised_whatever_separates_its_letters(text: str) -> None:
    assert _said("id", "TN12-3456789", text, core=("TN12-3456789",))


@pytest.mark.parametrize("text", ["TN12-34567890", "TN12-345678", "9912345678"])
def test_a_longer_or_shorter_number_is_another(text: str) -> None:
    assert not _said("id", "TN12-3456789", text, core=("TN12-3456789",))


@pytest.mark.parametrize(
    "text",
    [
        "19480317", "1948-03-17", "17.03.1948", "3/17/1948", "17 Mar 1948", "17MAR1948", "March 17, 1948", "17.3.1948",
        "19480317101112.500", "17/03/48",
    ],
)  # fmt: skip
def test_a_day_is_recognised_in_every_usual_format(text: str) -> None:
    assert _said("birth-date", "19480317", text, moment="19480317")


@pytest.mark.parametrize("text", ["19480318", "119480317", "1948", "03/1948", "17.03.1949"])
def test_another_day_is_no_leak(text: str) -> None:
    assert not _said("birth-date", "19480317", text, moment="19480317")


def test_bytes_are_searched_in_every_encoding() -> None:
    for codec in ("utf-8", "iso8859_5", "utf-16-le", "utf-16-be"):
        spelt = "Щеглятьев".encode(codec)
        assert any(form in (b"\1\2" + spelt + b"\3").lower() for form in forms.byte_forms("Щеглятьев")), codec
    assert b"TN12-3456789".hex().encode() in forms.byte_forms("TN12-3456789")
    for offset in range(3):
        packed = base64.b64encode(b"?" * offset + b"TN12-3456789" + b"tail")
        assert any(form in packed for form in forms.base64_forms("TN12-3456789")), offset
