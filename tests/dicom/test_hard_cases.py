"""Hard cases of de-identification, end to end: what must go is gone, what must stay stays byte for byte.

The numbers in the section comments count the cases; 18 and later are in `test_hard_values.py`.
"""

from __future__ import annotations

import struct
from io import BytesIO

import pytest
from dicom.hard_objects import (
    BASIC,
    COMPREHENSIVE_SR,
    FRAME,
    GRAYSCALE_PR,
    INSTANCE,
    RESEARCH,
    ROOT,
    RTSTRUCT,
    SC,
    SERIES,
    STUDY,
    absent,
    code,
    document,
    element_bytes,
    image,
    item,
    mapped,
    raw,
    raw_item,
    read,
    reference,
    refused,
    run,
    run_all,
    shift_days,
    shifted,
    with_raw,
)
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import ImplicitVRLittleEndian

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
    [0x00090000, 0x00090001, 0x00091001, 0x0009FF01, 0x00010010, 0x00031001, 0x00070010, 0x00071001, 0xFFFF0010, 0xFFFF1001],
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


@pytest.mark.parametrize("tag", [0x00041130, 0x00041500, 0x00061234, 0x000A0010, 0x00040000])
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


def report() -> Dataset:
    ds = document(COMPREHENSIVE_SR, "SR", ValueType="CONTAINER", ContinuityOfContent="SEPARATE")
    ds.ConceptNameCodeSequence = code("18748-4", "LN", "Diagnostic Imaging Report")
    ds.CompletionFlag, ds.VerificationFlag = "COMPLETE", "VERIFIED"
    finding = item(RelationshipType="CONTAINS", ValueType="TEXT", TextValue="Haversham saw a nodule")
    finding.ConceptNameCodeSequence = code("121071", "DCM", "Finding")
    ds.ContentSequence = Sequence([finding])
    observer = item(VerifyingOrganization="Haversham Clinic", VerificationDateTime="20210312120000")
    observer.VerifyingObserverName = "Haversham^Q"
    observer.VerifyingObserverIdentificationCodeSequence = code("77", "99HAVERSHAM", "Haversham")
    ds.VerifyingObserverSequence = Sequence([observer])
    ds.PerformedProcedureCodeSequence = Sequence([])
    return ds


def presentation(layer: str = "LAYER1") -> Dataset:
    ds = document(GRAYSCALE_PR, "PR", InstanceNumber=1, ContentLabel="HAVERSHAM")
    ds.PresentationCreationDate, ds.PresentationCreationTime = "20210312", "120000"
    ds.ContentDescription, ds.ContentCreatorName = "", "Haversham^Q"
    images = Sequence([reference(uid=INSTANCE)])
    ds.ReferencedSeriesSequence = Sequence([item(SeriesInstanceUID=SERIES, ReferencedImageSequence=images)])
    text = item(UnformattedTextValue="Haversham was here", BoundingBoxAnnotationUnits="PIXEL")
    text.BoundingBoxTopLeftHandCorner, text.BoundingBoxBottomRightHandCorner = [1, 1], [2, 2]
    text.BoundingBoxTextHorizontalJustification = "LEFT"
    ds.GraphicAnnotationSequence = Sequence([item(GraphicLayer=layer, TextObjectSequence=Sequence([text]))])
    ds.GraphicLayerSequence = Sequence([item(GraphicLayer=layer, GraphicLayerOrder=1)])
    ds.DisplayedAreaSelectionSequence = Sequence(
        [
            item(
                DisplayedAreaTopLeftHandCorner=[1, 1],
                DisplayedAreaBottomRightHandCorner=[4, 4],
                PresentationSizeMode="SCALE TO FIT",
                PresentationPixelSpacing=[1, 1],
            )
        ]
    )
    ds.PresentationLUTShape = "IDENTITY"
    return ds


def test_report_content_becomes_a_dummy_tree_that_is_not_empty() -> None:
    result = run(report())
    absent(result.data, NAME)
    content = result.ds.ContentSequence
    assert [entry.ValueType for entry in content] == ["TEXT"]
    assert content[0].RelationshipType == "CONTAINS"
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
    edits = {edit.locator: edit.rule for edit in result.outcome.edits}
    nested = next(rule for place, rule in edits.items() if place.endswith("[0]/(0008,103E)"))
    assert "type" in nested, "the upgrade must be recorded"


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


def test_without_a_named_interpreter_the_interpreter_sequence_goes_too() -> None:
    ds = document(RTSTRUCT, "RTSTRUCT", StructureSetLabel="L")
    observation = item(ObservationNumber=1, ReferencedROINumber=1, RTROIInterpretedType="ORGAN", ROIInterpreter="Haversham^Q")
    observation.ROIInterpreterSequence = Sequence(
        [item(PersonIdentificationCodeSequence=code("7", "99H", "Haversham"), InstitutionName="Haversham")]
    )
    ds.RTROIObservationsSequence = Sequence([observation])
    result = run(ds)
    absent(result.data, NAME)
    assert result.ds.RTROIObservationsSequence[0].ROIInterpreter == ""
    assert "ROIInterpreterSequence" not in result.ds.RTROIObservationsSequence[0]


# ------------------------------------------------------------------ 10 UIDs that must not change

STANDING = {
    0x00081150: "1.2.840.10008.5.1.4.1.1.4",
    0x0008010C: "2.16.840.1.113883.6.96",
    0x00080117: "1.2.840.10008.6.1.1",
    0x00080118: "1.2.840.10008.8.1.1",
}


@pytest.mark.parametrize("tag", STANDING, ids=lambda tag: f"{tag:08X}")
def test_uids_of_classes_schemes_groups_and_mapping_resources_stay(tag: int) -> None:
    element = raw(tag, "UI", STANDING[tag].encode())
    result = run(with_raw(image(), raw(0x00081032, "SQ", raw_item(element))))
    assert element in result.data


@pytest.mark.parametrize(
    "uid",
    [
        "1.2.840.10008.1.4.1.1",  # Talairach brain atlas frame of reference
        "1.2.840.10008.1.4.1.15",
        "1.2.840.10008.15.1.1",  # UTC synchronization frame of reference
    ],
)
def test_well_known_frames_of_reference_stay(uid: str) -> None:
    result = run(image(FrameOfReferenceUID=uid, SynchronizationFrameOfReferenceUID=uid))
    assert result.ds.FrameOfReferenceUID == uid
    assert result.ds.SynchronizationFrameOfReferenceUID == uid


def test_a_well_known_colour_palette_stays() -> None:
    assert run(image(PaletteColorLookupTableUID="1.2.840.10008.1.5.1")).ds.PaletteColorLookupTableUID == "1.2.840.10008.1.5.1"


# ------------------------------------------------------------------ 11 UIDs in other places

UNLISTED = {
    "TargetFrameOfReferenceUID": f"{ROOT}.11",
    "SOPInstanceUIDOfConcatenationSource": f"{ROOT}.12",
    "MultiFrameSourceSOPInstanceUID": f"{ROOT}.13",
    "VolumeFrameOfReferenceUID": f"{ROOT}.14",
    "TableFrameOfReferenceUID": f"{ROOT}.15",
    "EquipmentFrameOfReferenceUID": f"{ROOT}.16",
    "RadiopharmaceuticalAdministrationEventUID": f"{ROOT}.17",
    "CreatorVersionUID": f"{ROOT}.18",
    "RetrieveLocationUID": f"{ROOT}.19",
    "SelectorUIValue": f"{ROOT}.20",
    "ReferencedColorPaletteInstanceUID": f"{ROOT}.21",
    "ModelGroupUID": f"{ROOT}.22",
    "UID": f"{ROOT}.23",
}


@pytest.mark.parametrize("keyword", UNLISTED)
def test_instance_uids_that_the_table_forgets_are_mapped_like_the_others(keyword: str) -> None:
    result = run(image(**{keyword: UNLISTED[keyword]}))
    assert result.ds[keyword].value == mapped(UNLISTED[keyword])
    absent(result.data, ROOT.encode())


def test_padding_makes_no_difference_to_a_uid() -> None:
    one = run(with_raw(image(), raw(0x00081155, "UI", STUDY.encode() + b"\0")))
    other = run(with_raw(image(), raw(0x00081155, "UI", STUDY.encode() + b" ")))
    third = run(with_raw(image(), raw(0x00081155, "UN", STUDY.encode())))
    for result in (one, other, third):
        value = result.ds[0x00081155].value
        text = value.decode() if isinstance(value, bytes) else str(value)
        assert text.rstrip("\0 ") == mapped(STUDY) == result.ds.StudyInstanceUID


@pytest.mark.parametrize(
    "uid",
    [f"{ROOT}.31", "2.25.329800735698586629295641978511506172918", "1.3.12.2.1107.5.2"],
    ids=["registered root", "from a UUID", "six components"],
)
@pytest.mark.parametrize("text", ["made from {}", "{}", "see {}.", "({})", "uid:{};v1"])
def test_instance_uids_inside_kept_text_are_mapped(uid: str, text: str) -> None:
    result = run(image(AlgorithmSource=text.format(uid)))
    absent(result.data, uid.encode())


def test_private_uids_that_stay_are_mapped_with_the_same_function() -> None:
    ds = document("1.2.840.10008.5.1.4.1.1.1.2", "MG")
    elements = raw(0x00450010, "LO", b"GEMS_SENO_02"), raw(0x00451051, "UI", SERIES.encode())
    result = run(with_raw(ds, *elements))
    assert result.ds[0x00451051].value == mapped(SERIES) == result.ds.SeriesInstanceUID


def test_addresses_that_carry_uids_go() -> None:
    url = f"https://pacs.haversham.example/wado?studyUID={STUDY}"
    result = run(image(RetrieveURL=url, RetrieveURI=url, PixelDataProviderURL=url))
    absent(result.data, STUDY.encode())
    absent(result.data, NAME.lower())


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
    result = run(with_raw(image(StudyDate="", AcquisitionDate="", SeriesDate="", ContentDate=""), raw(tag, vr, b"20210313")))
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
