"""Hard cases 1 to 9, end to end: what must go is gone, what must stay stays byte for byte."""

from __future__ import annotations

import struct

import pytest
from pydicom.sequence import Sequence
from pydicom.uid import ImplicitVRLittleEndian

from dicom.hard_documents import (
    presentation,
    report,
)
from dicom.hard_objects import (
    BASIC,
    RESEARCH,
    ROOT,
    RTSTRUCT,
    SERIES,
    absent,
    code,
    document,
    element_bytes,
    image,
    item,
    raw,
    raw_item,
    run,
    with_raw,
)

NAME = b"Haversham"
PHILIPS, SIEMENS = "Philips Imaging DD 001", "SIEMENS MR HEADER"
NUMBER_OF_STACK_SLICES = struct.pack("<h", 24)


def philips(content: bytes, vr: str = "SQ", *, explicit: bool = True) -> tuple[bytes, bytes]:
    """Creator and Stack Sequence, a private sequence that the standard lists as safe."""
    return (
        raw(0x20010010, "LO", PHILIPS.encode(), explicit=explicit),
        raw(0x2001105F, vr, content, explicit=explicit),
    )


def stack_item(*, explicit: bool) -> bytes:
    """An item with a safe number and, beside it, a name that nothing vouches for."""
    return raw_item(
        raw(0x00081070, "PN", NAME, explicit=explicit)
        + raw(0x20010010, "LO", PHILIPS.encode(), explicit=explicit)
        + raw(0x2001102D, "SS", NUMBER_OF_STACK_SLICES, explicit=explicit)
        + raw(0x200110F0, "LO", b"typed by Haversham", explicit=explicit)
    )


# ------------------------------------------------------------------ 1 private sequences of defined length


def test_a_private_sequence_in_implicit_vr_of_an_unknown_creator_goes_whole() -> None:
    content = raw_item(raw(0x00081070, "PN", NAME, explicit=False))
    creator = raw(0x00990010, "LO", b"SOMEBODY UNKNOWN", explicit=False)
    source = with_raw(image(), creator, raw(0x00991001, "SQ", content, explicit=False), syntax=ImplicitVRLittleEndian)
    for policy in (BASIC, RESEARCH):
        result = run(source, policy)
        absent(result.data, NAME)
        absent(result.data, b"SOMEBODY")


@pytest.mark.parametrize("vr", ["SQ", "UN"])
def test_a_safe_private_sequence_of_defined_length_is_judged_item_by_item(vr: str) -> None:
    result = run(with_raw(image(), *philips(stack_item(explicit=vr == "SQ"), vr)))
    absent(result.data, NAME)
    assert NUMBER_OF_STACK_SLICES in (element_bytes(result.data, 0x2001105F) or b"")
    absent(result.data, b"typed by")


def test_a_safe_private_sequence_in_implicit_vr_is_judged_item_by_item() -> None:
    elements = philips(stack_item(explicit=False), explicit=False)
    result = run(with_raw(image(), *elements, syntax=ImplicitVRLittleEndian))
    absent(result.data, NAME)
    assert NUMBER_OF_STACK_SLICES in (element_bytes(result.data, 0x2001105F) or b"")


def test_a_safe_private_sequence_that_cannot_be_parsed_goes_with_its_creator() -> None:
    result = run(with_raw(image(), *philips(b"no items here, only Haversham ", "UN")))
    absent(result.data, NAME)
    absent(result.data, PHILIPS.encode())


# ------------------------------------------------------------------ 2 UN with a known standard tag


@pytest.mark.parametrize("undefined", [False, True])
def test_a_standard_sequence_written_as_un_is_read_as_implicit_vr_and_judged(undefined: bool) -> None:
    dose = raw(0x00181074, "DS", b"370000000 ", explicit=False)
    content = raw_item(raw(0x00081070, "PN", NAME, explicit=False) + dose)
    if undefined:
        content = b"\xfe\xff\x00\xe0\xff\xff\xff\xff" + content[8:] + b"\xfe\xff\x0d\xe0\0\0\0\0"
        content += b"\xfe\xff\xdd\xe0\0\0\0\0"
    element = raw(0x00540016, "UN", content, length=0xFFFFFFFF if undefined else None)
    result = run(with_raw(image(), element) if not undefined else _append_undefined(element))
    absent(result.data, NAME)
    assert dose in result.data


def _append_undefined(element: bytes) -> bytes:
    plain = with_raw(image(), raw(0x00540016, "UN", b"MARK"))
    return plain.replace(raw(0x00540016, "UN", b"MARK"), element)


def test_a_standard_sequence_written_as_un_that_cannot_be_parsed_goes() -> None:
    absent(run(with_raw(image(), raw(0x00540016, "UN", b"Haversham, no items  "))).data, NAME)


# ------------------------------------------------------------------ 3 private blocks


def test_one_creator_may_own_two_blocks_and_both_are_judged_by_its_name() -> None:
    b_value, unlisted = raw(0x0019100C, "IS", b"1000"), raw(0x001911F9, "LO", b"Haversham ")
    blocks = raw(0x00190010, "LO", SIEMENS.encode()), raw(0x00190011, "LO", SIEMENS.encode())
    result = run(with_raw(image(), *blocks, b_value, raw(0x0019110C, "IS", b"2000"), unlisted))
    assert element_bytes(result.data, 0x0019100C) == b_value
    assert result.ds[0x0019110C].value == 2000
    absent(result.data, NAME)


def test_a_block_is_judged_by_its_own_creator_and_not_by_its_number() -> None:
    owners = raw(0x00190010, "LO", b"SOMEBODY UNKNOWN"), raw(0x00190011, "LO", SIEMENS.encode())
    result = run(with_raw(image(), *owners, raw(0x0019100C, "IS", b"4711"), raw(0x0019110C, "IS", b"2000")))
    assert 0x0019100C not in result.ds
    assert 0x00190010 not in result.ds
    assert result.ds[0x0019110C].value == 2000
    assert result.ds[0x00190011].value == SIEMENS


def test_a_creator_without_a_kept_element_goes() -> None:
    result = run(with_raw(image(), raw(0x00190010, "LO", SIEMENS.encode()), raw(0x001910F9, "LO", NAME)))
    absent(result.data, SIEMENS.encode())


# ------------------------------------------------------------------ 4 odd groups


@pytest.mark.parametrize(
    "tag",
    [
        0x00090000,
        0x00090001,
        0x00091001,
        0x0009FF01,
        0x00010010,
        0x00031001,
        0x00070010,
        0x00071001,
        0xFFFF0010,
        0xFFFF1001,
    ],
)
def test_odd_groups_without_a_creator_go(tag: int) -> None:
    for policy in (BASIC, RESEARCH):
        result = run(_spliced(raw(tag, "LO", NAME)), policy)
        absent(result.data, NAME)
        assert tag not in result.ds


@pytest.mark.parametrize("tag", [0x00080000, 0x00100000, 0x00190000, 0x00280000])
def test_group_lengths_go(tag: int) -> None:
    result = run(_spliced(raw(tag, "UL", b"\x10\0\0\0")))
    assert tag not in result.ds


@pytest.mark.parametrize("tag", [0x00000110, 0x00020016, 0x00020102, 0x00041130, 0x00041500, 0x00061234, 0x00040000])
def test_low_even_groups_go(tag: int) -> None:
    result = run(_spliced(raw(tag, "LO", NAME)))
    absent(result.data, NAME)


def _spliced(element: bytes) -> bytes:
    return with_raw(image(), element)


# ------------------------------------------------------------------ 5 K on a sequence


def test_a_sequence_that_an_option_keeps_is_still_cleaned_inside() -> None:
    person = item(
        ReferencedSOPClassUID="1.2.840.10008.3.1.2.1.1", ReferencedSOPInstanceUID=f"{ROOT}.5", PatientName="Haversham^Q"
    )
    result = run(image(ReferencedPatientSequence=Sequence([person])), BASIC, "options=[uids]")
    kept = result.ds.ReferencedPatientSequence[0]
    assert kept.ReferencedSOPInstanceUID == f"{ROOT}.5"
    assert kept.ReferencedSOPClassUID == "1.2.840.10008.3.1.2.1.1"
    absent(result.data, NAME)


# ------------------------------------------------------------------ 6 D on a sequence


def test_report_content_becomes_a_dummy_tree_that_is_not_empty() -> None:
    result = run(report(), BASIC)
    absent(result.data, NAME)
    content = result.ds.ContentSequence
    assert [entry.ValueType for entry in content] == ["CODE"]
    assert content[0].RelationshipType == "HAS CONCEPT MOD"
    assert content[0].ConceptNameCodeSequence[0].CodeValue
    observer = result.ds.VerifyingObserverSequence[0]
    assert observer.VerifyingObserverName
    assert observer.VerifyingOrganization
    assert observer.VerificationDateTime


def test_graphic_annotation_becomes_a_dummy_on_a_layer_that_exists() -> None:
    result = run(presentation())
    assert NAME.lower() not in result.data.lower()
    annotation = result.ds.GraphicAnnotationSequence[0]
    assert annotation.GraphicLayer in [layer.GraphicLayer for layer in result.ds.GraphicLayerSequence]
    assert annotation.TextObjectSequence[0].UnformattedTextValue


def test_a_graphic_layer_called_by_a_name_is_in_no_byte_of_the_output() -> None:
    result = run(presentation(layer="ZEBROWSKI"))
    absent(result.data, b"ZEBROWSKI")


# ------------------------------------------------------------------ 7 X against Type


def test_series_description_goes_at_top_level_and_is_a_dummy_where_a_structure_set_needs_it() -> None:
    ds = document(RTSTRUCT, "RTSTRUCT", StructureSetLabel="Haversham", SeriesDescription="Haversham")
    source = item(Modality="CT", SeriesInstanceUID=SERIES, SeriesDate="20210312", SeriesTime="101112")
    source.SeriesDescription = "Haversham"
    ds.SourceSeriesInformationSequence = Sequence([source])
    result = run(ds)
    absent(result.data, NAME)
    assert "SeriesDescription" not in result.ds
    assert result.ds.SourceSeriesInformationSequence[0].SeriesDescription
    assert result.ds.StructureSetLabel
    edits = {edit.locator: edit for edit in result.outcome.edits}
    nested = next(edit for place, edit in edits.items() if place.endswith("[0]/(0008,103E)"))
    assert nested.action == "dummy"
    bare = {edit.locator: edit.rule for edit in run(ds, BASIC).outcome.edits}
    assert "type" in next(rule for place, rule in bare.items() if place.endswith("[0]/(0008,103E)"))


def test_presentation_creation_date_is_a_dummy_under_the_bare_profile() -> None:
    result = run(presentation(), BASIC)
    assert result.ds.PresentationCreationDate == "19000101"
    assert result.ds.PresentationCreationTime


# ------------------------------------------------------------------ 8 attributes of another IOD


def test_a_verifying_observer_in_an_image_goes_although_the_table_says_d() -> None:
    observer = item(VerifyingObserverName="Haversham^Q", VerifyingOrganization="Haversham")
    result = run(image(VerifyingObserverSequence=Sequence([observer]), PersonName="Haversham^Q"))
    assert "VerifyingObserverSequence" not in result.ds
    assert "PersonName" not in result.ds
    absent(result.data, NAME)


# ------------------------------------------------------------------ 9 conditions after removal


def test_without_its_approval_number_the_ethics_committee_goes_too() -> None:
    values = {
        "ClinicalTrialProtocolEthicsCommitteeName": "Haversham board",
        "ClinicalTrialProtocolEthicsCommitteeApprovalNumber": "HAV-1",
    }
    result = run(image(ClinicalTrialSponsorName="Haversham", ClinicalTrialProtocolID="H1", **values))
    assert "ClinicalTrialProtocolEthicsCommitteeApprovalNumber" not in result.ds
    assert "ClinicalTrialProtocolEthicsCommitteeName" not in result.ds


def test_without_its_dates_the_calendar_of_the_patient_goes_too() -> None:
    values = {"PatientBirthDateInAlternativeCalendar": "5708-03-13", "PatientAlternativeCalendar": "HEBREW"}
    result = run(image(**values), RESEARCH)
    assert "PatientBirthDateInAlternativeCalendar" not in result.ds
    assert "PatientAlternativeCalendar" not in result.ds


def test_a_slope_that_is_no_number_becomes_one_and_not_zero() -> None:
    result = run(with_raw(image(RescaleIntercept="-1024", RescaleType="HU"), raw(0x00281053, "DS", NAME)))
    assert result.ds.RescaleSlope == 1
    absent(result.data, NAME)


def test_without_an_entity_its_type_goes_too() -> None:
    issuer = item(UniversalEntityID="haversham.example", UniversalEntityIDType="DNS")
    result = run(image(IssuerOfPatientIDQualifiersSequence=Sequence([issuer])))
    absent(result.data.lower(), NAME.lower())
    for entry in result.ds.get("IssuerOfPatientIDQualifiersSequence", []):
        assert ("UniversalEntityID" in entry) == ("UniversalEntityIDType" in entry)


def test_without_a_responsible_person_the_role_goes_too() -> None:
    result = run(image(ResponsiblePerson="Haversham^Q", ResponsiblePersonRole="OWNER"))
    absent(result.data, NAME)
    assert result.ds.get("ResponsiblePerson", "") or "ResponsiblePersonRole" not in result.ds


def test_without_a_named_interpreter_the_interpreter_sequence_goes_too() -> None:
    ds = document(RTSTRUCT, "RTSTRUCT", StructureSetLabel="L")
    observation = item(
        ObservationNumber=1, ReferencedROINumber=1, RTROIInterpretedType="ORGAN", ROIInterpreter="Haversham^Q"
    )
    observation.ROIInterpreterSequence = Sequence(
        [item(PersonIdentificationCodeSequence=code("7", "99H", "Haversham"), InstitutionName="Haversham")]
    )
    ds.RTROIObservationsSequence = Sequence([observation])
    result = run(ds)
    absent(result.data, NAME)
    assert result.ds.RTROIObservationsSequence[0].ROIInterpreter == ""
    assert "ROIInterpreterSequence" not in result.ds.RTROIObservationsSequence[0]
