"""The codes of DICOM say what PS3.16 says, as pydicom has it."""

from __future__ import annotations

from pydicom.sr._cid_dict import cid_concepts
from pydicom.sr._concepts_dict import concepts

from deidra.dicom.export_codes import (
    CATEGORY,
    CHOICES,
    CONFIRMED,
    DCM,
    DELAYS,
    DESCRIPTION,
    EXPORT_TITLES,
    INFORMATION,
    LEVEL,
    TEXTS,
    TITLE_MODIFIER,
    TITLES,
    Code,
)

ALL = (
    *TITLES.values(), *TEXTS.values(), *(code for _, choices in CHOICES.values() for code in choices.values()),
    TITLE_MODIFIER, DESCRIPTION, INFORMATION, CATEGORY, LEVEL, CONFIRMED,
)  # fmt: skip


def meanings(scheme: str) -> dict[str, str]:
    return {value: meaning for entry in concepts[scheme].values() for value, (meaning, _) in entry.items()}


def context_group(number: str) -> set[str]:
    names = cid_concepts[int(number)][DCM]
    return {value for name in names for value in concepts[DCM][name]}


def test_codes_of_dicom_mean_what_the_dictionary_says() -> None:
    known = {scheme: meanings(scheme) for scheme in (DCM, "SCT")}
    checked = 0
    for code in ALL:
        assert isinstance(code, Code)
        if code.scheme in known:
            assert known[code.scheme][code.value] == code.meaning
            checked += 1
        if code.same is not None:
            assert known[DCM][code.same[0]] == code.same[1]
            checked += 1
    assert checked == 29


def test_context_groups_are_whole() -> None:
    assert {value for value, scheme in EXPORT_TITLES if scheme == DCM} == context_group("7014")
    assert {value for value, scheme in DELAYS if scheme == DCM} == context_group("7015")
    for column, group in (("category", "7017"), ("level", "7016")):
        assert {code.same[0] for code in CHOICES[column][1].values() if code.same} == context_group(group)


def test_no_code_means_two_things() -> None:
    assert len({(code.value, code.scheme) for code in ALL}) == len(ALL)
