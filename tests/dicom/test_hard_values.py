"""Hard cases 16 to 19: character sets, names, and values that break their VR."""

from __future__ import annotations

import struct
from io import BytesIO

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import ImplicitVRLittleEndian

from dicom.hard_objects import (
    BASIC,
    CT,
    FRAME,
    INSTANCE,
    RESEARCH,
    ROOT,
    RTSTRUCT,
    SC,
    absent,
    document,
    element_bytes,
    image,
    item,
    raw,
    raw_item,
    read,
    reference,
    refused,
    run,
    run_all,
    with_raw,
)

NAME = b"HAVERSHAM"

# ------------------------------------------------------------------ 16, 17 character sets and names


@pytest.mark.parametrize(
    ("charset", "name"),
    [
        ("ISO_IR 192", "Żebrowska^Ottilie"),
        ("ISO_IR 100", "Müller^Ærø"),
        ("\\ISO 2022 IR 87", "Yamada^Tarou=山田^太郎=やまだ^たろう"),
        ("\\ISO 2022 IR 149", "Hong^Gildong=洪^吉洞=홍^길동"),
        ("GB18030", "Wang^XiaoDong=王^小东"),
        ("ISO_IR 144", "Люкceмбypг"),
    ],
)
def test_names_in_any_character_set_leave_no_group_behind(charset: str, name: str) -> None:
    ds = image(SpecificCharacterSet=charset.split("\\"), PatientName=name, OperatorsName=name)
    ds.WindowCenterWidthExplanation = name.split("=")[-1].split("^")[0]
    result = run(ds)
    original = bytes(element_bytes(_written(ds), 0x00100010) or b"")[8:]
    for group in original.split(b"="):
        absent(result.data, group.strip())
    assert str(result.ds.WindowCenterWidthExplanation if "WindowCenterWidthExplanation" in result.ds else "") == ""
    assert result.ds.SpecificCharacterSet == ds.SpecificCharacterSet


def _written(ds: Dataset) -> bytes:
    out = BytesIO()
    ds.file_meta.MediaStorageSOPClassUID, ds.file_meta.MediaStorageSOPInstanceUID = SC, INSTANCE
    ds.save_as(out, enforce_file_format=True)
    return out.getvalue()


def test_text_in_another_character_set_that_names_nobody_stays_byte_for_byte() -> None:
    ds = image(SpecificCharacterSet=["", "ISO 2022 IR 87"], ConvolutionKernel="骨関数", SequenceName="灰白")
    result, before = run(ds), _written(ds)
    for tag in (0x00180024, 0x00181210):
        assert element_bytes(result.data, tag) == element_bytes(before, tag)


def test_an_item_may_have_its_own_character_set() -> None:
    name = "山田".encode("iso2022_jp")
    inner = raw(0x00080005, "CS", b"\\ISO 2022 IR 87") + raw(0x00081070, "PN", name)
    explained = raw(0x00283003, "LO", "Müller".encode("latin-1"))
    sequence = raw(0x00283010, "SQ", raw_item(inner + explained))
    result = run(with_raw(image(), sequence))
    absent(result.data, name)


def test_the_character_set_of_an_item_is_no_place_for_text() -> None:
    inner = raw(0x00080005, "CS", b"HAVERSHAM ") + raw(0x00283003, "LO", b"normal")
    absent(run(with_raw(image(), raw(0x00283010, "SQ", raw_item(inner)))).data, b"HAVERSHAM")


def test_text_that_its_character_set_cannot_read_is_not_passed_on() -> None:
    broken = raw(0x00181210, "SH", b"\xff\xfeHAVER")
    absent(run(with_raw(image(SpecificCharacterSet="ISO_IR 192"), broken)).data, b"HAVER")


def test_an_unknown_character_set_holds_the_object() -> None:
    assert refused(with_raw(image(), raw(0x00080005, "CS", b"ISO_IR 4711 "))).status == "held"


def test_references_stay_closed_across_objects_and_runs() -> None:
    plan = document("1.2.840.10008.5.1.4.1.1.481.5", "RTPLAN", SOPInstanceUID=f"{ROOT}.9", RTPlanLabel="x")
    plan.ReferencedStructureSetSequence = Sequence([reference(RTSTRUCT, f"{ROOT}.8")])
    plan.FrameOfReferenceUID = FRAME
    structures = document(RTSTRUCT, "RTSTRUCT", SOPInstanceUID=f"{ROOT}.8", StructureSetLabel="x")
    contour = item(ContourImageSequence=Sequence([reference(uid=INSTANCE)]), ContourGeometricType="POINT")
    contour.NumberOfContourPoints, contour.ContourData = 1, [1, 2, 3]
    structures.ROIContourSequence = Sequence([item(ReferencedROINumber=1, ContourSequence=Sequence([contour]))])
    (_, _), (first, second) = run_all([plan, structures])
    third = run(image())
    assert read(first).ReferencedStructureSetSequence[0].ReferencedSOPInstanceUID == read(second).SOPInstanceUID
    kept = read(second).ROIContourSequence[0].ContourSequence[0]
    assert kept.ContourImageSequence[0].ReferencedSOPInstanceUID == third.ds.SOPInstanceUID
    assert list(kept.ContourData) == [1, 2, 3]
    assert read(first).FrameOfReferenceUID == third.ds.FrameOfReferenceUID


# ------------------------------------------------------------------ 18 behind the value


@pytest.mark.parametrize(
    ("tag", "vr", "value"),
    [
        (0x00180015, "CS", b"HEAD\0HAVERSHAM"),
        (0x00180015, "CS", b"HEAD            HAVERSHAM"),
        (0x00180015, "CS", b"HEAD^HAVERSHAM"),
        (0x00181210, "SH", b"B30f\0HAVERSHAM"),
        (0x00181210, "SH", b"B30f with HAVERSHAM as a note that is far too long"),
        (0x00080070, "LO", b"ACME\0\0HAVERSHAM"),
        (0x00080070, "LO", b"ACME\nHAVERSHAM"),
        (0x00180050, "DS", b"1.25\0HAVERSHAM"),
        (0x00200013, "IS", b"17  HAVERSHAM"),
        (0x00080016, "UI", CT.encode() + b"\0HAVERSHAM"),
        (0x00080018, "UI", INSTANCE.encode() + b"\0HAVERSHAM"),
        (0x00100020, "LO", b"MRN7654321\0HAVERSHAM"),
        (0x00281050, "DS", b"40\\HAVERSHAM"),
    ],
)
def test_nothing_hides_behind_a_value(tag: int, vr: str, value: bytes) -> None:
    outcomes, files = run_all([with_raw(image(ReferringPhysicianName="", PatientName="A^B"), raw(tag, vr, value))])
    absent(files[0], NAME)
    assert "HAVERSHAM" not in repr(outcomes)


# ------------------------------------------------------------------ 19 content of another type


@pytest.mark.parametrize(
    ("tag", "vr"),
    [
        (0x00180050, "DS"),
        (0x00200012, "IS"),
        (0x00101010, "AS"),
        (0x00080022, "DA"),
        (0x00081150, "UI"),
        (0x00080032, "TM"),
    ],
)
def test_words_in_numbers_dates_and_uids_go(tag: int, vr: str) -> None:
    absent(run(with_raw(image(), raw(tag, vr, b"HAVERSHAM "))).data, NAME)


@pytest.mark.parametrize(
    ("tag", "vr", "value"),
    [
        (0x00180050, "DS", b"1.2500000000000000001"),
        (0x00181150, "IS", b"2147483648"),
        (0x00180050, "DS", b"+1.25E+00"),
        (0x00200032, "DS", b" -125.5\\-130.25 \\40"),
        (0x00200013, "IS", b"-0017 "),
        (0x00280030, "DS", b".5\\.5"),
        (0x00280106, "US", b"\x57\0"),
        (0x00189087, "FD", struct.pack("<d", 1000.0)),
        (0x00189087, "FD", b"ABCDEFGH"[:4] + b"\x10\x11\x12\x40"),
    ],
)
def test_numbers_stay_byte_for_byte(tag: int, vr: str, value: bytes) -> None:
    element = raw(tag, vr, value)
    assert element_bytes(run(with_raw(image(), element)).data, tag) == element


# A VR in the file that is not the attribute's own must not open a way out
@pytest.mark.parametrize("vr", ["OB", "OW", "LO", "UT", "PN"])
@pytest.mark.parametrize(
    "tag",
    [
        pytest.param(0x00180050, id="DS"),
        pytest.param(0x00080008, id="CS"),
        pytest.param(0x00081150, id="UI"),
        pytest.param(0x00540016, id="SQ"),
        pytest.param(0x00080201, id="time zone"),
        pytest.param(0x00181030, id="listed text"),
    ],
)
def test_text_in_an_attribute_that_is_none_goes_whatever_vr_the_file_claims(tag: int, vr: str) -> None:
    for policy, *settings in ((RESEARCH,), (BASIC, "options=[full-dates]")):
        absent(run(with_raw(image(), raw(tag, vr, b"Dr HAVERSHAM of Leeds ")), policy, *settings).data, NAME)


@pytest.mark.parametrize("vr", ["FL", "OD", "AT"])
@pytest.mark.parametrize("text", [b"Smythe^Jonathan^1950 A23", b"O'HARA, J. 1950-04-01\0\0\0"])
@pytest.mark.parametrize("tag", [pytest.param(0x00180050, id="DS"), pytest.param(0x00180015, id="CS")])
def test_text_in_binary_numbers_goes_where_the_attribute_is_no_binary_number(tag: int, text: bytes, vr: str) -> None:
    assert len(text) == 24
    absent(run(with_raw(image(), raw(tag, vr, text))).data, text[:6])


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, "1.2.840.10008.1.2.1"])
def test_a_listed_sequence_newer_than_the_dictionary_is_cleaned_inside_or_goes(syntax: str) -> None:
    explicit = syntax != ImplicitVRLittleEndian
    inner = raw(0x00080104, "LO", b"Dr HAVERSHAM ", explicit=explicit)
    inner += raw(0x00100010, "PN", b"HAVERSHAM^Q ", explicit=explicit)
    for tag in (0x00100043, 0x00100046):  # Sex Parameters for Clinical Use Category
        element = raw(tag, "SQ", raw_item(inner), explicit=explicit)
        absent(run(with_raw(image(), element, syntax=syntax)).data, NAME)


@pytest.mark.parametrize("tag", [0x00100047, 0x00102162, 0x0040A034, 0x0040B034])
def test_a_listed_attribute_newer_than_the_dictionary_is_not_kept_unread(tag: int) -> None:
    element = raw(tag, "LO", b"https://haversham.example/HAVERSHAM/MRN7654321", explicit=False)
    for policy, *settings in ((RESEARCH,), (BASIC, "options=[full-dates,patient-characteristics]")):
        absent(run(with_raw(image(), element, syntax=ImplicitVRLittleEndian), policy, *settings).data, NAME)
