"""What is known of a subject is found however it is written."""

# ruff: noqa: E501 - a table reads better with a line for each entry
from __future__ import annotations

import pytest

from deidra.text.known import Known, Term, compile_known


def known(*terms: tuple[str, str]) -> Known:
    return compile_known(Term(kind, value) for kind, value in terms)


def covered(found: Known, text: str) -> str:
    return "|".join(text[span.start : span.end] for span in found.find(text))


NAME = known(("name", "Smith^John Paul"))
WRITTEN = [
    "Smith", "SMITH", "smith", "Smith John", "John_Smith", "SmithJohn", "johnsmith", "jsmith", "smithj", "jpsmith", "Sm-ith", "S.M.I.T.H",
    "S m i t h", "Smith62", "Smiths", "Sm\u200bith", "Ｓｍｉｔｈ", "J.P.S.", "J. P. S.", "Smith^J", "J.Smith", "Śmith",
]  # fmt: skip


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("glue", [" ", "_", "-", "/", "^", ",", ";", "."])
def test_a_name_is_found_in_every_writing_and_between_all_separators(written: str, glue: str) -> None:
    text = f"CT{glue}{written}{glue}axial"
    spans = NAME.find(text)
    outside = "".join(
        letter for at, letter in enumerate(text) if not any(span.start <= at < span.end for span in spans)
    )
    assert not any(letter.isalpha() for letter in outside.replace("CT", "", 1).replace("axial", ""))


TRANSLITERATED = [
    ("Müller", "Mueller"), ("Mueller", "MÜLLER"), ("Łęcki", "Lecki"), ("Sørensen", "Soerensen"), ("Sørensen", "SORENSEN"), ("Đặng", "Dang"),
    ("Ægir", "Aegir"), ("Weiß", "WEISS"), ("Щербаков", "Shcherbakov"), ("Щербаков", "Schtscherbakow"), ("Shcherbakov", "Щербаков"),
    ("Παπαδόπουλος", "Papadopoulos"), ("Papadopoulos", "ΠΑΠΑΔΟΠΟΥΛΟΣ"), ("山田^太郎", "太郎山田"), ("김^희중", "김희중"), ("محمد", "مُحَمَّد"), ("Ivanov=Иванов", "ИВАНОВА"),
]  # fmt: skip


@pytest.mark.parametrize(("header", "written"), TRANSLITERATED)
def test_a_name_is_found_in_other_letters(header: str, written: str) -> None:
    text = f"CT {written} axial"
    assert covered(known(("name", header)), text).replace("|", "") == written


def test_truncated_names_and_pieces_of_six_letters_are_found() -> None:
    assert covered(known(("name", "Papadopoulos^Eleni")), "CT PAPADOPOU") == "PAPADOPOU"


NUMBERS = [
    ("PAT-0012345", "PAT0012345"), ("PAT-0012345", "0012345"), ("PAT-0012345", "12345"), ("PAT-0012345", "12-345"), ("PAT-0012345", "pat_0012345"),
    ("12.345.678", "12345678"), ("12345678", "12 345 678"), ("12345678", "1-2-3-4-5-6-7-8"), ("123", "123"), ("A1B2C3D4", "a1b2c3d4"),
]  # fmt: skip


@pytest.mark.parametrize(("header", "written"), NUMBERS)
def test_a_number_is_found_with_and_without_separators(header: str, written: str) -> None:
    assert covered(known(("identifier", header)), f"0.5 CT {written} ax") == written


@pytest.mark.parametrize(
    "written", ["19620407", "07041962", "04071962", "620407", "07.04.1962", "4/7/1962", "1962-04-07", "07 04 62"]
)
def test_a_date_is_found_in_every_order(written: str) -> None:
    assert covered(known(("date", "19620407")), f"x {written} y") == written


@pytest.mark.parametrize("written", ["+1 (408) 771-2010", "4087712010", "408.771.2010", "771-2010", "001 408 7712010"])
def test_a_phone_number_is_found_in_all_formats(written: str) -> None:
    text = f"tel {written}"
    left = "".join(
        letter
        for at, letter in enumerate(text)
        if not any(s.start <= at < s.end for s in known(("phone", "+1 (408) 771-2010")).find(text))
    )
    assert sum(map(str.isdigit, left)) <= 3


def test_a_word_that_only_holds_a_name_is_spared_when_it_is_safe() -> None:
    assert known(("name", "Ches^Anna")).find("CT Chest", {"chest"}.__contains__) == []
    assert known(("name", "Chest^Anna")).find("CT Chest", {"chest"}.__contains__) != []
    assert known(("name", "Bone^Anna")).find("CT Bones", {"bones"}.__contains__) != []


def test_a_general_word_of_an_institution_stays_where_another_tells_which_it_is() -> None:
    safe = {"chest", "clinic"}.__contains__
    assert covered(known(("institution", "Mary Chest Clinic")), "") == ""
    assert known(("institution", "Mary Chest Clinic")).find("CT chest", safe) == []
    assert known(("institution", "Chest Clinic")).find("CT chest", safe) != []


def test_an_institution_called_by_terms_alone_is_found_as_a_whole() -> None:
    term = {"chest", "clinic", "cardiology"}.__contains__
    found = known(("institution", "Chest Clinic"), ("institution", "Cardiology"))
    assert found.find("CT chest", term, term=term) == []
    assert found.find("Cardiology: stress", term, term=term) == []
    assert found.find("from Chest-Clinic", term, term=term) != []


def test_particles_and_initials_go_only_beside_the_name() -> None:
    found = known(("name", "van der Berg^Li"))
    assert covered(found, "van der Berg").replace("|", " ") == "van der Berg"
    assert covered(found, "protocol van 3") == ""


def test_nothing_known_finds_nothing() -> None:
    assert compile_known([]).find("CT Smith") == []
    assert compile_known([Term("name", "^^^"), Term("identifier", " ")]).find("CT Smith 3") == []
