"""What must stay stays, what is put in place is valid, and unexamined pixels wait."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from pydicom.sequence import Sequence

from conformance.findings import object_verdict
from dicom.hard_documents import (
    key_objects,
    pdf,
    presentation,
    report,
    structures,
    trial_image,
)
from dicom.hard_objects import (
    BASIC,
    COMPREHENSIVE_SR,
    CT,
    ENCAPSULATED_PDF,
    INSTANCE,
    RESEARCH,
    ROOT,
    RTPLAN,
    SC,
    SERIES,
    STUDY,
    absent,
    code,
    document,
    element_bytes,
    file_bytes,
    image,
    item,
    mapped,
    raw,
    reference,
    refused,
    run,
    run_all,
    shifted,
    with_raw,
)
from peers import peer

MICROSCOPY_ANNOTATIONS, ENHANCED_PET = "1.2.840.10008.5.1.4.1.1.91.1", "1.2.840.10008.5.1.4.1.1.130"
SEGMENTATION = "1.2.840.10008.5.1.4.1.1.66.4"

# ------------------------------------------------------------------ what stays, stays byte for byte


def test_geometry_acquisition_and_unlisted_numbers_stay_byte_for_byte() -> None:
    ds = image(
        ConvolutionKernel="B30f",
        ExposureTime="500",
        XRayTubeCurrent="250",
        SpiralPitchFactor=0.984375,
        ScanOptions="HELICAL MODE",
        BodyPartExamined="CHEST",
        WindowCenter=["40", "-600"],
        WindowWidth=["400", "1500"],
        WindowCenterWidthExplanation=["MEDIASTINUM", "LUNG"],
        FilterType="BODY FILTER",
        SoftwareVersions="syngo CT VB20A_SP4",
        TriggerTime="0.0",
        LossyImageCompression="00",
        SmallestImagePixelValue=0,
        RescaleType="HU",
        PatientSize="1.62",
        PatientWeight="61.5",
        StationName="CTAWP1",
        DeviceSerialNumber="66063",
        TableHeight="152.5",
    )
    before, result = file_bytes(ds), run(ds)
    gone = {0x00080018, 0x00080050, 0x00080090, 0x00100010, 0x00100020, 0x00100030, 0x0020000D, 0x0020000E, 0x00200010}
    dates = {0x00080020, 0x00080021, 0x00080022, 0x00080023, 0x00200052}
    changed = [
        f"{int(element.tag):08X}"
        for element in ds
        if int(element.tag) not in gone | dates
        and element_bytes(result.data, int(element.tag)) != element_bytes(before, int(element.tag))
    ]
    assert changed == []


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        (0x00180015, b"ABDOMEN_AND_PELVIS"),  # 18 characters
        (0x00080008, b"ORIGINAL\\PRIMARY\\Axial"),
        (0x00080008, b"ORIGINAL\\PRIMARY\\AXIAL\\CT_SOM5 SPI with more"),
        (0x00180022, b"Helical mode"),
    ],
)
def test_coded_strings_that_break_their_grammar_leave_a_valid_object(tag: int, value: bytes) -> None:
    result = run(with_raw(image(), raw(tag, "CS", value)))
    assert list(result.ds.ImageType)[:2] == ["ORIGINAL", "PRIMARY"]
    absent(result.data, value)


def test_a_padded_or_odd_spelling_is_no_reason_to_change_a_value() -> None:
    elements = [
        raw(0x00180015, "CS", b" CHEST"),
        raw(0x00181210, "SH", b" B30f\0"),
        raw(0x00080070, "LO", b"ACME  Imaging \0"),
        raw(0x00181030 + 0x20, "DS", b" 0.5"),
    ]
    result = run(with_raw(image(), *elements))
    for element in elements[:3]:
        tag = struct.unpack("<H", element[:2])[0] << 16 | struct.unpack("<H", element[2:4])[0]
        assert element_bytes(result.data, tag) == element


def test_a_person_called_like_an_everyday_word_costs_no_structure() -> None:
    result = run(image(PatientName="Original^Primary", ReferringPhysicianName="Chest^Head"))
    assert list(result.ds.ImageType)[:2] == ["ORIGINAL", "PRIMARY"]
    assert result.ds.Modality == "CT"


@pytest.mark.parametrize(
    ("tag", "vr", "value"),
    [
        (0x00280008, "IS", b"1A"),
        (0x00280004, "CS", b"Smythson: odd"),
        (0x00280100, "OB", b"Smythson"),
    ],
)
def test_an_image_whose_layout_cannot_be_believed_is_held_and_not_given_another(
    tag: int, vr: str, value: bytes
) -> None:
    (outcome,), (data,) = run_all([with_raw(image(), raw(tag, vr, value))])
    assert outcome.status != "released"
    assert data == b""


def test_source_images_that_the_type_lets_go_keep_references_where_it_does_not() -> None:
    result = run(presentation())
    kept = result.ds.ReferencedSeriesSequence[0]
    assert kept.SeriesInstanceUID == mapped(SERIES)
    assert kept.ReferencedImageSequence[0].ReferencedSOPInstanceUID == mapped(INSTANCE)
    assert kept.ReferencedImageSequence[0].ReferencedSOPClassUID == CT


def test_a_segmentation_still_says_which_image_each_frame_segments() -> None:
    ds = document(SEGMENTATION, "SEG", ImageType=["DERIVED", "PRIMARY"])
    source = reference(uid=INSTANCE)
    source.PurposeOfReferenceCodeSequence = code("121322", "DCM", "Source image for image processing operation")
    derivation = item(SourceImageSequence=Sequence([source]))
    derivation.DerivationCodeSequence = code("113076", "DCM", "Segmentation")
    ds.PerFrameFunctionalGroupsSequence = Sequence([item(DerivationImageSequence=Sequence([derivation]))])
    ds.ReferencedSeriesSequence = Sequence(
        [item(SeriesInstanceUID=SERIES, ReferencedInstanceSequence=Sequence([reference(uid=INSTANCE)]))]
    )
    result = run(ds)
    absent(result.data, INSTANCE.encode())
    assert result.ds.ReferencedSeriesSequence[0].ReferencedInstanceSequence[0].ReferencedSOPInstanceUID == mapped(
        INSTANCE
    )
    kept = result.ds.PerFrameFunctionalGroupsSequence[0].DerivationImageSequence[0].SourceImageSequence
    assert [entry.ReferencedSOPInstanceUID for entry in kept] == [mapped(INSTANCE)]


# ------------------------------------------------------------------ conditions and dummies


def test_an_encrypted_copy_of_the_original_goes_and_leaves_no_dummy() -> None:
    inner = item(EncryptedContentTransferSyntaxUID="1.2.840.10008.1.2.1", EncryptedContent=b"secrets ")
    result = run(image(EncryptedAttributesSequence=Sequence([inner])))
    assert "EncryptedAttributesSequence" not in result.ds


def test_annotation_groups_keep_apart() -> None:
    ds = document(MICROSCOPY_ANNOTATIONS, "ANN", ContentLabel="X")
    groups = [
        item(AnnotationGroupNumber=n, AnnotationGroupUID=f"{ROOT}.8{n}", AnnotationGroupLabel="a") for n in (1, 2)
    ]
    ds.AnnotationGroupSequence = Sequence(groups)
    result = run(ds)
    absent(result.data, ROOT.encode())
    assert len({group.AnnotationGroupUID for group in result.ds.AnnotationGroupSequence}) == 2


def test_a_dummy_reference_names_a_sop_class_and_not_an_instance() -> None:
    ds = image("1.2.840.10008.5.1.4.1.1.6.1", "US")
    step = item(ReferencedSOPClassUID="1.2.840.10008.3.1.2.3.3", ReferencedSOPInstanceUID=f"{ROOT}.90")
    ds.ReferencedPerformedProcedureStepSequence = Sequence([step])
    result = run(ds, BASIC, "pixels.unexamined=release")
    for entry in result.ds.get("ReferencedPerformedProcedureStepSequence", []):
        assert str(entry.ReferencedSOPClassUID).startswith("1.2.840.10008.")


def test_the_content_of_key_objects_becomes_a_dummy_and_their_evidence_stays_closed() -> None:
    result = run(key_objects())
    absent(result.data, b"Smythson", INSTANCE.encode())
    evidence = result.ds.CurrentRequestedProcedureEvidenceSequence[0]
    assert evidence.StudyInstanceUID == mapped(STUDY)
    assert evidence.ReferencedSeriesSequence[0].ReferencedSOPSequence[0].ReferencedSOPInstanceUID == mapped(INSTANCE)
    assert len(result.ds.ContentSequence) >= 1


def test_key_objects_still_point_at_an_object_as_their_template_demands() -> None:
    kinds = [entry.ValueType for entry in run(key_objects()).ds.ContentSequence]
    assert set(kinds) & {"IMAGE", "COMPOSITE", "WAVEFORM"}


def odd_ct() -> bytes:
    return with_raw(image(), raw(0x00080008, "CS", b"ORIGINAL\\PRIMARY\\Axial"), raw(0x00185100, "CS", b"hfs "))


VALIDATED = {
    "ct": image,
    "ct of a trial": trial_image,
    "ct with lower case": odd_ct,
    "structures": structures,
    "document": pdf,
    "report": report,
    "key objects": key_objects,
    "presentation": presentation,
}


@pytest.mark.parametrize("policy", [BASIC, RESEARCH])
@pytest.mark.parametrize("kind", VALIDATED)
def test_dummies_bring_no_new_error_of_dciodvfy(kind: str, policy: str, tmp_path: Path) -> None:
    tool = peer("dciodvfy")
    ds = VALIDATED[kind]()
    before, after = tmp_path / "before.dcm", tmp_path / "after.dcm"
    before.write_bytes(file_bytes(ds))
    after.write_bytes(run(ds, policy, "pixels.unexamined=release").data)
    old, new = object_verdict(tool, before), object_verdict(tool, after)
    assert not new.crashed
    assert [str(f) for f in (new.findings - old.findings) if f.severity == "Error"] == []


# ------------------------------------------------------------------ pixels that nobody examined


@pytest.mark.parametrize(
    ("sop_class", "modality"),
    [
        ("1.2.840.10008.5.1.4.1.1.6", ""),  # ultrasound, retired
        ("1.2.840.10008.5.1.4.1.1.3", ""),  # ultrasound multi-frame, retired
        ("1.2.840.10008.5.1.4.1.1.6.1", "CT"),
        (SC, "CT"),
        ("1.2.840.10008.5.1.4.1.1.7.2", "MR"),
        ("1.2.840.10008.5.1.4.1.1.77.1.4", "XC"),
        ("1.2.840.10008.5.1.4.1.1.12.1.1", ""),
        ("1.2.840.10008.5.1.4.1.1.12.3", ""),  # biplane angiography, retired
        (CT, "US"),
        (CT, "us"),
        (CT, "US\\CT"),
    ],
)
def test_what_is_likely_to_show_burned_in_text_is_held(sop_class: str, modality: str) -> None:
    ds = image(sop_class)
    assert refused(with_raw(ds, raw(0x00080060, "CS", modality.encode()))).status == "held"


@pytest.mark.parametrize("value", [b"YES ", b"yes ", b"Yes\0", b" YES"])
def test_burned_in_annotation_is_believed_when_it_says_yes(value: bytes) -> None:
    assert refused(with_raw(image(), raw(0x00280301, "CS", value))).status == "held"


def test_a_screen_saved_as_ct_is_held() -> None:
    assert refused(image(ImageType=["DERIVED", "SECONDARY", "SCREEN SAVE"])).status == "held"


def test_a_plan_keeps_its_numbers_and_loses_its_names() -> None:
    ds = document(
        RTPLAN, "RTPLAN", RTPlanLabel="Smythson", RTPlanGeometry="PATIENT", RTPlanDate="20210312", RTPlanTime="1011"
    )
    beam = item(
        BeamNumber=1, BeamName="Smythson", BeamType="STATIC", RadiationType="PHOTON", TreatmentMachineName="LINAC1"
    )
    beam.ControlPointSequence = Sequence(
        [item(ControlPointIndex=0, CumulativeMetersetWeight="0", NominalBeamEnergy="6")]
    )
    ds.BeamSequence = Sequence([beam])
    result = run(ds)
    absent(result.data, b"Smythson")
    assert result.ds.RTPlanLabel
    assert result.ds.RTPlanDate == shifted("20210312")
    assert result.ds.BeamSequence[0].ControlPointSequence[0].NominalBeamEnergy == 6
    assert result.ds.BeamSequence[0].TreatmentMachineName == "LINAC1"


def test_decay_needs_the_start_of_the_radiopharmaceutical() -> None:
    ds = document(ENHANCED_PET, "PT")
    dose = item(RadiopharmaceuticalStartDateTime="20210312091000", RadionuclideTotalDose="370")
    ds.RadiopharmaceuticalInformationSequence = Sequence([dose])
    kept = run(ds).ds.RadiopharmaceuticalInformationSequence[0]
    assert kept.RadiopharmaceuticalStartDateTime == shifted("20210312") + "091000"
    bare = run(ds, BASIC).ds.RadiopharmaceuticalInformationSequence[0]
    assert bare.RadiopharmaceuticalStartDateTime == "19000101000000"


def test_report_objects_of_all_kinds_get_a_tree() -> None:
    for sop_class in ("11", "22", "33", "34", "50", "65", "67", "71"):
        ds = report()
        ds.SOPClassUID = "1.2.840.10008.5.1.4.1.1.88." + sop_class
        assert len(run(ds, BASIC).ds.ContentSequence) == 1
    assert COMPREHENSIVE_SR != ENCAPSULATED_PDF
