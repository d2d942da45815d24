"""The cleaner: what it takes out, what it leaves, and how the rest reads."""

# ruff: noqa: E501 - a table reads better with a line for each entry
from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deidra.errors import Held
from deidra.standard.vocabulary import vocabulary
from deidra.text.clean import Cleaner
from deidra.text.folding import folded
from deidra.text.known import Term, compile_known
from deidra.text.spans import apply
from deidra.text.vocabulary import load_vocabulary

TERMS = [
    Term("name", "Smith^John Paul"),
    Term("name", "Müller-Łęcki^Żaneta=Иванов^Юрий=山田^太郎"),
    Term("identifier", "PAT-0012345"),
    Term("institution", "St. Mary's Chest Clinic Springfield"),
    Term("date", "19620407"),
    Term("phone", "+1 (408) 771-2010"),
]
WORDS = load_vocabulary(extra=vocabulary())


def uid_of(uid: str) -> str:
    return uid if uid.startswith(("1.2.840.10008", "2.25")) else "2.25.123456789"


def cleaner(**options: object) -> Cleaner:
    return Cleaner(compile_known(TERMS), WORDS, uid_of=uid_of, **options)  # type: ignore[arg-type]


CLEANED = [
    ("Smith-CT/Head w/o Contrast", "CT/Head w/o Contrast"),
    ("CT Chest for John Smith, MRN 0012345 (born 07.04.1962) w/ contrast", "CT Chest for w/ contrast"),
    ("AxT2FLAIR_fs Smith", "AxT2FLAIR_fs"),
    ("Trunk, Martin CT", "CT"),
    ("MR KNEE Kowalczyk left", "MR KNEE left"),
    ("Visit 3 (Smith) left", "Visit 3 left"),
    ("SMITH_HEAD_CT", "HEAD_CT"),
    ("CT_jsmith_HEAD", "CT_HEAD"),
    ("Dr. Kowalski: knee left", "knee left"),
    ("12 Mill Road, Springfield", ""),
    ("MR knee, tel. (408) 555-2010, left", "MR knee, left"),
    ("CT头部", "CT"),
    ("MRT Schädel Müller", "MRT Schädel"),
    ("ИВАНОВА CT", "CT"),
    ("山田太郎CT", "CT"),
    ("92yo CT", "90+ CT"),
    ("series 1.2.826.0.1.3680043.8.498.12345 done", "series 2.25.123456789 done"),
    ("SOP 1.2.840.10008.5.1.4.1.1.2 image", "SOP 1.2.840.10008.5.1.4.1.1.2 image"),
]

UNCHANGED = [
    "CT HEAD W/O CONTRAST",
    "t1_mprage_sag_iso_1.0",
    "ep2d_diff_b1000_ADC",
    "L4-L5",
    "T2 AX HEAD",
    "Abdomen 5.0 B31f",
    "TR 5000 TE 90 FA 150",
    "3D T2 SPACE SAG FLAIR",
    "MRT Knie links ohne KM",
    "IRM du genou droit",
    "RM de rodilla derecha",
    "Lung 5x5x3 mm",
    "120 kV 200 mAs",
    "Phase 30-40 %",
    "  padded axial  ",
    "",
    "---",
]


@pytest.mark.parametrize(("text", "expected"), CLEANED)
def test_the_person_goes_and_the_medicine_stays(text: str, expected: str) -> None:
    assert cleaner().clean(text).text == expected


@pytest.mark.parametrize("text", UNCHANGED)
def test_a_clean_descriptor_comes_back_unchanged(text: str) -> None:
    cleaned = cleaner().clean(text)
    assert cleaned.text == text
    assert cleaned.spans == ()


def test_a_value_with_nothing_left_is_emptied() -> None:
    assert cleaner().clean("(Smith, John)").emptied
    assert not cleaner().clean("...").emptied


def test_strict_mode_empties_a_value_for_one_unknown_word_but_not_for_a_date() -> None:
    strict = cleaner(mode="strict")
    assert strict.clean("CT Kowalczyk").text == ""
    assert strict.clean("CT 12.05.2019 axial").text == "CT axial"
    assert strict.clean("CT Smith axial").text == "CT axial"


def test_remove_mode_empties_every_value() -> None:
    assert cleaner(mode="remove").clean("CT HEAD").text == ""


def test_lines_of_a_report_stay_lines() -> None:
    text = "Findings: Smith\nno lesion\nsigned John Kowalski\nright knee"
    assert cleaner().clean(text, multi_line=True).text == "Findings\nno lesion\nright knee"


def test_a_name_hyphenated_at_the_end_of_a_line_is_found() -> None:
    assert "lecki" not in folded(cleaner().clean("axial Müller-\nLęcki knee", multi_line=True).text)


class Colours:
    name = "colours"

    def find(self, text: str) -> list[tuple[int, int, str]]:
        at = text.find("axial")
        return [(at, at + 5, "colour")] if at >= 0 else []


class Broken:
    name = "broken"

    def find(self, text: str) -> list[tuple[int, int, str]]:
        raise ValueError(text)


def test_a_recogniser_adds_removals_and_vetoes_none() -> None:
    cleaned = cleaner(recognisers=[Colours()]).clean("CT axial Smith knee")
    assert cleaned.text == "CT knee"


def test_a_recogniser_that_fails_holds_the_object_without_its_text() -> None:
    with pytest.raises(Held) as raised:
        cleaner(recognisers=[Broken()]).clean("Smith")
    assert "Smith" not in str(raised.value)


def test_no_repr_shows_what_is_known() -> None:
    known = compile_known(TERMS)
    shown = repr(known) + repr(TERMS) + repr(cleaner())
    assert "mith" not in shown


def test_ten_megabytes_of_one_line_are_cleaned_in_linear_time() -> None:
    small, large = "axial knee Kowalczyk 12.05.2019 " * 500, "axial knee Kowalczyk 12.05.2019 " * 4_000
    cleaner().clean("warm")
    seconds = []
    for text in (small, large):
        start = time.process_time()
        cleaner().clean(text)
        seconds.append(time.process_time() - start)
    assert seconds[1] < 8 * 4 * seconds[0] + 0.5


@pytest.mark.parametrize(
    "text", ["a" * 200_000, "1" * 200_000, "1." * 100_000, "(" * 100_000 + "x", "Ab " * 60_000, "a@" * 50_000]
)
def test_hostile_texts_do_not_stall(text: str) -> None:
    start = time.process_time()
    cleaner().clean(text, multi_line=True)
    assert time.process_time() - start < 20


pieces = st.sampled_from(
    [*"Smith SMITH jsmith John Müller Mueller Łęcki Lecki Żaneta Иванов Ivanov 山田 0012345 PAT-0012345 19620407 07.04.1962 Kowalczyk".split(),
     *"CT HEAD axial knee T2 3mm 5x5 left ( ) [ ] , ; / _ - 92yo 12 Dr. + % é 頭 ى \n 1.2.3.4.5.6.7.8 a@b.de L R".split()]
)  # fmt: skip
texts = st.lists(st.one_of(pieces, st.text(max_size=4)), max_size=8).flatmap(
    lambda parts: st.lists(
        st.sampled_from(["", " ", "_", "-", ", ", "^"]), min_size=len(parts), max_size=len(parts)
    ).map(lambda glue: "".join(part + between for part, between in zip(parts, glue, strict=True)))
)


@settings(max_examples=400, deadline=None)
@given(texts, st.one_of(st.none(), st.integers(1, 64)))
def test_the_result_is_the_spans_applied_and_never_too_long(text: str, most: int | None) -> None:
    cleaned = cleaner().clean(text, max_characters=most)
    assert cleaned.text == apply(text, cleaned.spans)
    assert most is None or len(cleaned.text) <= most
    assert all(one.end <= other.start for one, other in zip(cleaned.spans, cleaned.spans[1:], strict=False))


@settings(max_examples=400, deadline=None)
@given(texts)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = cleaner().clean(text).text
    assert cleaner().clean(once).text == once


@settings(max_examples=400, deadline=None)
@given(texts)
def test_no_known_word_survives_in_any_folded_form(text: str) -> None:
    left = folded(cleaner().clean(text).text)
    for word in (
        "smith",
        "john",
        "muller",
        "mueller",
        "lecki",
        "zaneta",
        "иванов",
        "ivanov",
        "山田",
        "0012345",
        "19620407",
    ):
        assert word not in left


@pytest.mark.parametrize("text", ["Tc-99m bone scan", "Tc99m bone scan", "In-113m lung", "MPI Tc-99m stress"])
def test_a_metastable_isotope_is_no_age_nor_number(text: str) -> None:
    cleaner = Cleaner(compile_known([]), load_vocabulary(), uid_of=str)
    assert "90+" not in cleaner.clean(text).text
    assert cleaner.clean("patient 95m chest").text.endswith("90+ chest")
