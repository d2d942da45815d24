"""Hard cases 12 to 15: dates, their disguises, dates of things, ages."""

from __future__ import annotations

import struct

import pytest
from pydicom.sequence import Sequence

from dicom.hard_objects import (
    BASIC,
    RESEARCH,
    absent,
    element_bytes,
    image,
    item,
    raw,
    read,
    run,
    shift_days,
    shifted,
    with_raw,
)

NAME = b"Haversham"

# ------------------------------------------------------------------ 12 dates in disguise


def test_real_ge_private_data_holds_no_date_of_the_original() -> None:
    from pydicom.data import get_testdata_file

    with open(str(get_testdata_file("CT_small.dcm", download=False)), "rb") as file:  # noqa: PTH123
        data = file.read()
    result = run(data)
    epoch = struct.pack("<i", 862399669)
    assert epoch in data
    absent(result.data, epoch)
    for day in (b"20040119", b"19970430"):
        assert day in data
        absent(result.data, day)


def test_new_uids_carry_no_time_and_no_hardware_address() -> None:
    number = int(str(run(image()).ds.SOPInstanceUID).removeprefix("2.25."))
    assert number >> 76 & 0xF in (4, 8), "a UUID of version 1 tells time and hardware"


@pytest.mark.parametrize("keyword", ["AlgorithmSource", "StackID"])
@pytest.mark.parametrize("text", ["20210312", "20210312_1", "2021-03-12"])
def test_the_day_of_the_study_written_in_kept_text_does_not_disclose_the_shift(keyword: str, text: str) -> None:
    result = run(image(**{keyword: text}))
    absent(result.data, text.encode())


def test_the_birth_date_written_in_kept_text_goes() -> None:
    absent(run(image(AlgorithmSource="19500401", SequenceName="19500401")).data, b"19500401")


# ------------------------------------------------------------------ 13 forms of dates


@pytest.mark.parametrize(
    ("tag", "vr", "value", "expected"),
    [
        (0x0008002A, "DT", "20210312101112.123456+0100", "{d}101112.123456+0100"),
        (0x0008002A, "DT", "202103121011", "{d}1011"),
        (0x0008002A, "DT", "20210312", "{d}"),
        (0x00080022, "DA", "2021.03.12", "{d}"),
        (0x00080022, "DA", "", ""),
        (0x00080022, "DA", "20210312\\20210312", "{d}\\{d}"),
        (0x00080032, "TM", "101112.123", "101112.123"),
        (0x00080032, "TM", "10", "10"),
        (0x00080032, "TM", "10:11:12", "10:11:12"),
        (0x00080201, "SH", "+0100", "+0100"),
    ],
)
def test_dates_move_by_whole_days_and_keep_their_precision(tag: int, vr: str, value: str, expected: str) -> None:
    result = run(with_raw(image(), raw(tag, vr, value.encode())))
    element = raw(tag, vr, expected.format(d=shifted("20210312")).encode())
    assert element_bytes(result.data, tag) == element


@pytest.mark.parametrize(("value", "length"), [("2021", 4), ("202103", 6)])
def test_a_coarse_date_stays_coarse_and_does_not_stay_the_same(value: str, length: int) -> None:
    moved = str(run(with_raw(image(), raw(0x0008002A, "DT", value.encode()))).ds.AcquisitionDateTime)
    assert len(moved) == length
    assert moved != value


@pytest.mark.parametrize(
    ("tag", "vr", "value"),
    [
        (0x00080022, "DA", b"20210312-20210401"),
        (0x00080022, "DA", b"20211332"),
        (0x00080022, "DA", b"12.03.2021"),
        (0x00080022, "DA", b"SMITH"),
        (0x0008002A, "DT", b"20210312-20210401 "),
        (0x0008002A, "DT", b"20210399"),
        (0x00080032, "TM", b"250000"),
        (0x00080032, "TM", b"SMITH "),
        (0x00080032, "TM", b"101112-121314 "),
        (0x00080201, "SH", b"Berlin"),
    ],
)
def test_what_is_no_date_never_passes(tag: int, vr: str, value: bytes) -> None:
    for policy, *settings in ((RESEARCH,), (BASIC, "options=[full-dates]")):
        absent(run(with_raw(image(), raw(tag, vr, value)), policy, *settings).data, value.strip())


@pytest.mark.parametrize("vr", ["CS", "IS", "DS", "UI", "OB", "UL", "LO", "UT", "UN", "SH"])
@pytest.mark.parametrize("tag", [0x00080020, 0x0008002A])
def test_a_date_written_with_another_vr_is_no_way_past_the_shift(tag: int, vr: str) -> None:
    result = run(
        with_raw(image(StudyDate="", AcquisitionDate="", SeriesDate="", ContentDate=""), raw(tag, vr, b"20210313"))
    )
    absent(result.data, b"20210313")


def test_intervals_between_the_dates_of_a_person_stay_exact() -> None:
    ds = image(AdmittingDate="20210228", AcquisitionDateTime="20210312235959")
    result = run(ds)
    assert result.ds.AdmittingDate == shifted("20210228")
    assert result.ds.AcquisitionDateTime == shifted("20210312") + "235959"
    assert shift_days() != 0


# ------------------------------------------------------------------ 14 dates of things


def date_in(data: bytes, keyword: str) -> str:
    return str(read(data).get(keyword, ""))


@pytest.mark.parametrize("edition", ["2026c", "2025e", "2023b"])
@pytest.mark.parametrize(
    "keyword",
    ["DateOfLastCalibration", "DateOfManufacture", "DateOfInstallation", "DateOfLastDetectorCalibration"],
)
def test_dates_of_a_device_never_take_the_shift_of_the_subject(keyword: str, edition: str) -> None:
    result = run(image(**{keyword: "20210312"}), RESEARCH, f"edition={edition}")
    assert date_in(result.data, keyword) in ("", "19000101")


@pytest.mark.parametrize("keyword", ["ContextGroupVersion", "ContextGroupLocalVersion"])
def test_versions_of_a_vocabulary_never_take_the_shift_of_the_subject(keyword: str) -> None:
    entry = item(CodeValue="77477000", CodingSchemeDesignator="SCT", CodeMeaning="CT", **{keyword: "20210312"})
    result = run(image(ProcedureCodeSequence=Sequence([entry])))
    assert str(result.ds.ProcedureCodeSequence[0].get(keyword, "")) in ("", "19000101000000")


def test_the_birth_date_stays_under_no_option() -> None:
    ds = image(PatientBirthTime="0735", PatientBirthDateInAlternativeCalendar="5710-01-14")
    for options in ("full-dates", "modified-dates", "patient-characteristics", "full-dates,patient-characteristics"):
        result = run(ds, BASIC, f"options=[{options}]")
        assert result.ds.PatientBirthDate == ""
        assert "PatientBirthTime" not in result.ds
        absent(result.data, b"5710-01")


# ------------------------------------------------------------------ 15 ages


@pytest.mark.parametrize(("age", "expected"), [("089Y", "089Y"), ("090Y", "090Y"), ("104Y", "090Y"), ("006M", "006M")])
def test_ages_over_89_become_90(age: str, expected: str) -> None:
    assert run(image(PatientAge=age)).ds.PatientAge == expected


@pytest.mark.parametrize("age", ["72", "72Y", "72 YEARS", "0072Y"])
def test_an_age_that_is_none_goes(age: str) -> None:
    value = raw(0x00101010, "AS", age.encode())
    assert value not in run(with_raw(image(PatientBirthDate=""), value)).data


@pytest.mark.parametrize(
    ("born", "expected"),
    [("19500401", "070Y"), ("19500312", "071Y"), ("19200101", "090Y"), ("20200912", "006M"), ("20210302", "010D")],
)
def test_an_age_is_derived_before_the_birth_date_goes(born: str, expected: str) -> None:
    assert run(image(PatientBirthDate=born)).ds.PatientAge == expected


def test_no_age_is_derived_where_patient_characteristics_are_not_kept() -> None:
    for options in ("modified-dates", "full-dates", ""):
        assert "PatientAge" not in run(image(), BASIC, f"options=[{options}]").ds
