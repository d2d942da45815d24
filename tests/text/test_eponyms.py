"""Names that medicine uses as terms stay where they are terms, and go where they name somebody."""

from __future__ import annotations

import pytest

from deidra.dicom.subject_words import words_of_codes
from deidra.text.clean import Cleaner
from deidra.text.known import Term, compile_known
from deidra.text.vocabulary import load_vocabulary

WORDS = load_vocabulary(extra=words_of_codes())
TERMS = (Term("name", "Halverson^Margit"), Term("identifier", "TN494913774"), Term("date", "20170324"))


def cleaned(text: str, *more: Term) -> str:
    return Cleaner(compile_known((*TERMS, *more)), WORDS, uid_of=lambda uid: uid).clean(text).text


@pytest.mark.parametrize(
    "text",
    [
        "Foley catheter in situ", "Schatzki ring", "Swan-Ganz catheter", "Caldwell view", "Rice noise estimation",
        "Brown fat uptake", "Wells score", "Baker's cyst", "Hill-Sachs lesion", "Le Fort II", "Salter-Harris type II",
        "Jones fracture", "Greulich and Pyle bone age", "Hunt and Hess", "Deauville 4", "Hickman line position",
        "t1_vibe_dixon_tra_bh_W", "Siemens Force", "syngo MR XA30", "VB17A SP2", "Pylarify PSMA", "Optiray 320",
        "maladie de Crohn", "Morbus Paget", "sindrome di Budd-Chiari", "enfermedad de Paget", "Head w/o Contrast",
        "Graves disease uptake", "Flexion/Extension", "XR CHEST PORTABLE", "Knee PD fat sat", "MIP RANGE",
        "RAO 30 CRAN 25",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "form",
    ["{}", "{}_TN494913774", "{} 2017-03-24", "Pt Halverson^Margit: {}", "Halverson-{}", "{}_12345678", "{} 20161009"],
)
def test_terms_made_with_names_stay_whole(text: str, form: str) -> None:
    assert text in cleaned(form.format(text))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("CT Brown", "CT"),
        ("Wells, MRI knee", "MRI knee"),
        ("Foley, Anna CT chest", "CT chest"),
        ("Dr. Baker CT chest", "CT chest"),
        ("CT Rice", "CT"),
    ],
)
def test_the_same_names_go_where_no_noun_makes_a_term_of_them(text: str, left: str) -> None:
    assert cleaned(text) == left


def test_a_known_name_goes_from_a_term_too() -> None:
    assert "baker" not in cleaned("Baker cyst left knee", Term("name", "Baker^Tom")).lower()


@pytest.mark.parametrize("text", ["Isovue 370", "Phase contrast venc 150", "PSMA-11", "TAVI 0.75 Bv40"])
def test_a_setting_behind_its_term_is_no_part_of_the_name_beside_it(text: str) -> None:
    assert cleaned(f"{text} Halverson^Margit") == text


def test_a_modality_is_no_initials() -> None:
    assert cleaned("Pt Công Trưởng: CT abdomen", Term("name", "Công^Trưởng")) == "Pt: CT abdomen"


def test_a_longer_number_beside_the_name_still_goes() -> None:
    assert cleaned("CT Head 4711 Halverson") == "CT Head"
