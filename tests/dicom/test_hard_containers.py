"""Hard cases 20 to 22 and 24: repeating groups, containers, directories, copies in other places."""

from __future__ import annotations

import struct
import zlib

import pytest
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRBigEndian

from dicom.hard_objects import (
    BASIC,
    CT,
    ENCAPSULATED_PDF,
    INSTANCE,
    RESEARCH,
    ROOT,
    SERIES,
    STUDY,
    absent,
    code,
    document,
    encoded,
    image,
    item,
    mapped,
    part10,
    raw,
    raw_item,
    reference,
    refused,
    run,
    run_all,
    shifted,
    with_raw,
)

NAME = b"HAVERSHAM"

# ------------------------------------------------------------------ 20 repeating groups


@pytest.mark.parametrize("group", [0x6000, 0x6002, 0x601E, 0x6020, 0x6080, 0x60FE, 0x5000, 0x501E, 0x5020])
def test_overlays_and_curves_go_with_their_whole_group(group: int) -> None:
    tag = group << 16
    elements = [
        raw(tag | 0x0010, "US", b"\x04\0"),
        raw(tag | 0x0011, "US", b"\x04\0"),
        raw(tag | 0x0022, "LO", b"HAVERSHAM "),
        raw(tag | 0x0040, "CS", b"G "),
        raw(tag | 0x0050, "SS", b"\1\0\1\0"),
        raw(tag | 0x0100, "US", b"\1\0"),
        raw(tag | 0x0102, "US", b"\0\0"),
        raw(tag | 0x1500, "LO", b"HAVERSHAM "),
        raw(tag | 0x2500, "LO", b"HAVERSHAM "),
        raw(tag | 0x3000, "OW", b"\xab\xcd"),
        raw(tag | 0x4000, "LT", b"HAVERSHAM "),
    ]
    for policy in (BASIC, RESEARCH):
        result = run(with_raw(image(), *elements), policy)
        absent(result.data, NAME)
        assert [hex(int(e.tag)) for e in result.ds if e.tag.group == group] == []


def test_an_overlay_in_spare_bits_of_the_pixels_does_not_stay_unsaid() -> None:
    pixels = struct.pack("<16H", *(0x1000 | value for value in range(16)))
    overlay = [
        raw(0x60000010, "US", b"\x04\0"),
        raw(0x60000011, "US", b"\x04\0"),
        raw(0x60000040, "CS", b"G "),
        raw(0x60000050, "SS", b"\1\0\1\0"),
        raw(0x60000100, "US", b"\x10\0"),
        raw(0x60000102, "US", b"\x0c\0"),
    ]
    (outcome,), (data,) = run_all([with_raw(image(PixelData=pixels), *overlay)])
    assert outcome.status != "released" or pixels not in data


def test_odd_groups_beside_overlays_are_private() -> None:
    source = with_raw(image(), raw(0x60010010, "LO", b"HAVERSHAM "), raw(0x60011000, "OW", b"\xab\xcd"))
    absent(run(source).data, NAME)


# ------------------------------------------------------------------ 21 container


def test_nothing_of_the_container_survives() -> None:
    meta = [
        raw(0x00020012, "UI", f"{ROOT}.99".encode()),
        raw(0x00020013, "SH", b"HAVERSHAM_1"),
        raw(0x00020016, "AE", b"HAVERSHAM"),
        raw(0x00020017, "AE", b"HAVERSHAM"),
        raw(0x00020018, "AE", b"HAVERSHAM"),
        raw(0x00020026, "UR", b"dicom://HAVERSHAM"),
        raw(0x00020100, "UI", f"{ROOT}.98".encode()),
        raw(0x00020102, "OB", b"HAVERSHAM^Q "),
    ]
    body = encoded(image()) + raw(0xFFFCFFFC, "OB", b"HAVERSHAM ") + b"\0\0HAVERSHAM behind the data set"
    source = part10(body, "1.2.840.10008.1.2.1", CT, *meta)
    source = b"HAVERSHAM^QUENTIN".ljust(128) + source[128:]
    result = run(source)
    absent(result.data, NAME, ROOT.encode())
    assert result.data[:128] == bytes(128)
    assert result.ds.file_meta.MediaStorageSOPInstanceUID == result.ds.SOPInstanceUID == mapped(INSTANCE)
    assert result.ds.file_meta.MediaStorageSOPClassUID == CT
    assert 0xFFFCFFFC not in result.ds


def test_no_part_of_the_output_path_is_an_original_identifier() -> None:
    path = run(image()).outcome.output
    for part in ("MRN7654321", "Zebrowski", STUDY, SERIES, INSTANCE, "in0"):
        assert part not in path


@pytest.mark.parametrize("first", [b"HAVERSHAM^A ", b"REMOVED^ "])
def test_doubled_elements_leave_one_and_none_of_the_originals(first: bytes) -> None:
    parts = image()
    del parts["PatientName"]
    body = encoded(parts)
    at = body.index(struct.pack("<HH", 0x0010, 0x0020) + b"LO")
    double = raw(0x00100010, "PN", first) + raw(0x00100010, "PN", b"HAVERSHAM^B ")
    double += raw(0x00181030, "LO", b"HAVERSHAM")
    result = run(part10(body[:at] + double + body[at:]))
    absent(result.data, NAME)
    assert str(result.ds.PatientName) == result.ds.PatientID


def test_elements_out_of_order_in_items_are_put_in_order_and_judged() -> None:
    entry = raw(0x00080104, "LO", b"Dr HAVERSHAM") + raw(0x00080100, "SH", b"77477000") + raw(0x00080102, "SH", b"SCT ")
    entry += raw(0x00080100, "SH", b"HAVERSHAM ")
    result = run(with_raw(image(), raw(0x00081032, "SQ", raw_item(entry))))
    absent(result.data, NAME)
    assert result.ds.ProcedureCodeSequence[0].CodeValue == "77477000"


def test_a_truncated_last_element_is_refused() -> None:
    ds = image()
    del ds["PixelData"]
    body = encoded(ds) + raw(0x00324000, "LT", b"HAVERSHAM was cut", length=64)
    assert refused(part10(body)).status == "rejected"


def test_a_deflated_data_set_is_judged_inside() -> None:
    machine = zlib.compressobj(wbits=-15)
    deflated = machine.compress(encoded(image(ProtocolName="HAVERSHAM"))) + machine.flush()
    result = run(part10(deflated, "1.2.840.10008.1.2.1.99"))
    absent(result.data, NAME)
    assert result.ds.PixelData == image().PixelData


def test_big_endian_is_judged_and_its_numbers_stay_what_they_were() -> None:
    ds = image(ProtocolName="HAVERSHAM")
    ds.ProcedureCodeSequence = code("77477000", "SCT", "Computed tomography")
    result = run(part10(encoded(ds, big=True), ExplicitVRBigEndian))
    absent(result.data, NAME)
    assert (result.ds.Rows, result.ds.BitsStored) == (4, 12)
    assert result.ds.ProcedureCodeSequence[0].CodeValue == "77477000"


def test_a_big_endian_object_with_an_un_sequence_is_judged_too() -> None:
    inner = raw(0x00181074, "DS", b"370 ", explicit=False) + raw(0x00081070, "PN", NAME, explicit=False)
    item_bytes = b"\xfe\xff\x00\xe0" + struct.pack("<I", len(inner)) + inner
    ds = image()
    body = encoded(ds, big=True)
    at = body.index(struct.pack(">HH", 0x7FE0, 0x0010))
    head = struct.pack(">HH2sHI", 0x0054, 0x0016, b"UN", 0, len(item_bytes))
    result = run(part10(body[:at] + head + item_bytes + body[at:], ExplicitVRBigEndian))
    absent(result.data, NAME)


# ------------------------------------------------------------------ 22 directories


def test_a_directory_is_never_passed_through() -> None:
    from pydicom.data import get_testdata_file

    with open(str(get_testdata_file("DICOMDIR", download=False)), "rb") as file:  # noqa: PTH123
        assert refused(file.read()).output == ""


def test_directory_elements_in_an_image_go() -> None:
    records = raw_item(raw(0x00041500, "CS", b"DIR\\HAVERSHAM"))
    absent(run(with_raw(image(), raw(0x00041130, "CS", NAME), raw(0x00041220, "SQ", records))).data, NAME)


# ------------------------------------------------------------------ 24 copies in other places


def test_copies_of_identifiers_in_other_places_go() -> None:
    ds = image()
    ds.OriginalAttributesSequence = Sequence(
        [item(ModifiedAttributesSequence=Sequence([item(PatientName="SMYTHSON^A")]), ModifyingSystem="SMYTHSON")]
    )
    ds.RequestAttributesSequence = Sequence([item(RequestedProcedureID="SMYTHSON", AccessionNumber="SMYTHSON")])
    ds.ReferencedStudySequence = Sequence([reference(uid=STUDY)])
    equipment = item(
        Manufacturer="ACME", InstitutionName="SMYTHSON", InstitutionAddress="SMYTHSON", OperatorsName="SMYTHSON^A"
    )
    equipment.ContributionDateTime, equipment.ContributionDescription = "20210312101112", "by SMYTHSON"
    equipment.PurposeOfReferenceCodeSequence = code("109101", "DCM", "Acquisition Equipment")
    ds.ContributingEquipmentSequence = Sequence([equipment])
    icon = item(Rows=1, Columns=1, SamplesPerPixel=1, PhotometricInterpretation="MONOCHROME2", PixelData=b"SMYTHSON")
    icon.BitsAllocated, icon.BitsStored, icon.HighBit, icon.PixelRepresentation = 8, 8, 7, 0
    ds.IconImageSequence = Sequence([icon])
    ds.EncryptedAttributesSequence = Sequence(
        [item(EncryptedContentTransferSyntaxUID="1.2.840.10008.1.2.1", EncryptedContent=b"SMYTHSON")]
    )
    ds.DigitalSignaturesSequence = Sequence(
        [item(MACIDNumber=1, DigitalSignatureUID=f"{ROOT}.61", Signature=b"SMYTHSON")]
    )
    ds.MACParametersSequence = Sequence([item(MACIDNumber=1, MACAlgorithm="SHA256")])
    for policy in (BASIC, RESEARCH):
        result = run(ds, policy)
        absent(result.data, b"SMYTHSON", STUDY.encode(), ROOT.encode())
        kept = result.ds.ContributingEquipmentSequence
        assert kept[0].Manufacturer == "ACME"
        for keyword in [
            "IconImageSequence",
            "OriginalAttributesSequence",
            "DigitalSignaturesSequence",
            "MACParametersSequence",
            "EncryptedAttributesSequence",
        ]:
            assert keyword not in result.ds
    assert run(ds).ds.ContributingEquipmentSequence[0].ContributionDateTime == shifted("20210312") + "101112"


def test_pixels_inside_a_sequence_do_not_stay_unexamined_and_unsaid() -> None:
    inner = raw(0x7FE00010, "OW", b"SMYTHSON") + raw(0x0028FFF0, "US", b"\0\0")
    (outcome,), (data,) = run_all([with_raw(image(), raw(0x00540016, "SQ", raw_item(inner)))])
    assert outcome.status != "released" or b"SMYTHSON" not in data


def test_functional_groups_are_cleaned_and_their_geometry_stays() -> None:
    ds = document("1.2.840.10008.5.1.4.1.1.4.1", "MR", ImageType=["ORIGINAL", "PRIMARY", "X", "NONE"])
    frame = item(
        FrameContentSequence=Sequence(
            [
                item(
                    FrameAcquisitionDateTime="20210312101112.5",
                    FrameReferenceDateTime="20210312101112.5",
                    FrameComments="SMYTHSON",
                    FrameLabel="SMYTHSON",
                    StackID="1",
                    InStackPositionNumber=7,
                )
            ]
        ),
        PlanePositionSequence=Sequence([item(ImagePositionPatient=[1, -2.5, 3])]),
        ReferencedImageSequence=Sequence([reference(uid=INSTANCE)]),
    )
    shared = item(RealWorldValueMappingSequence=Sequence([item(LUTExplanation="SMYTHSON^A", LUTLabel="US")]))
    shared.PixelMeasuresSequence = Sequence([item(PixelSpacing=[0.5, 0.5], SliceThickness="1.25")])
    ds.PerFrameFunctionalGroupsSequence = Sequence([frame])
    ds.SharedFunctionalGroupsSequence = Sequence([shared])
    ds.ReferringPhysicianName = "SMYTHSON^A"
    result = run(ds)
    absent(result.data, b"SMYTHSON", INSTANCE.encode())
    kept = result.ds.PerFrameFunctionalGroupsSequence[0]
    assert kept.FrameContentSequence[0].FrameAcquisitionDateTime == shifted("20210312") + "101112.5"
    assert kept.FrameContentSequence[0].InStackPositionNumber == 7
    assert list(kept.PlanePositionSequence[0].ImagePositionPatient) == [1, -2.5, 3]
    assert result.ds.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0].SliceThickness == 1.25


def test_an_encapsulated_document_that_cannot_be_cleaned_is_held_or_replaced_by_one_of_its_kind() -> None:
    ds = document(ENCAPSULATED_PDF, "DOC", MIMETypeOfEncapsulatedDocument="application/pdf", BurnedInAnnotation="YES")
    ds.EncapsulatedDocument, ds.DocumentTitle = b"%PDF-1.4 SMYTHSON%%EOF", "SMYTHSON"
    ds.ConceptNameCodeSequence = Sequence([])
    assert refused(ds).reasons[0].code == "document-damaged"
    result = run(ds, RESEARCH, "documents.content=replace")
    absent(result.data, b"SMYTHSON")
    assert result.ds.EncapsulatedDocument.startswith(b"%PDF"), "a dummy must be of the MIME type it claims"
