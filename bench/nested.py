"""Objects that are mostly sequences: enhanced multi-frame CT, RT structure sets, structured reports.

Each is made once with pydicom; copies differ in their SOP Instance UID only, which is patched in.
"""

from __future__ import annotations

import io
import math
import random
from typing import TYPE_CHECKING

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.sequence import Sequence
from pydicom.uid import (
    ComprehensiveSRStorage,
    CTImageStorage,
    EnhancedCTImageStorage,
    ExplicitVRLittleEndian,
    RTStructureSetStorage,
)

from bench.vendors import undefined_lengths

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FRAMES = 300
FRAME_ROWS = FRAME_COLUMNS = 128
ROIS, CONTOURS_PER_ROI, POINTS_PER_CONTOUR = 10, 100, 100
SR_GROUPS, SR_MEASUREMENTS = 7, 4
UID_ROOT = "1.2.840.99999.2"
COPY_MARK = 88888


def enhanced_ct(rng: random.Random, frames: int = FRAMES) -> Dataset:
    """An enhanced CT without its pixels: 36 elements in each frame's functional groups."""
    ds = _common("CT", EnhancedCTImageStorage, 1)
    ds.ImageType = ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]
    ds.DimensionOrganizationSequence = Sequence([_item(DimensionOrganizationUID=f"{UID_ROOT}.5")])
    ds.DimensionIndexSequence = Sequence(
        _item(
            DimensionOrganizationUID=f"{UID_ROOT}.5",
            DimensionIndexPointer=pointer,
            FunctionalGroupPointer=0x00209111,
        )
        for pointer in (0x00209056, 0x00209057)
    )
    ds.SharedFunctionalGroupsSequence = Sequence([_shared_groups()])
    ds.PerFrameFunctionalGroupsSequence = Sequence(_frame_groups(rng, n) for n in range(frames))
    ds.NumberOfFrames = str(frames)
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.Rows, ds.Columns = FRAME_ROWS, FRAME_COLUMNS
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
    return ds


def _shared_groups() -> Dataset:
    anatomy = _item(FrameLaterality="U", AnatomicRegionSequence=[_code("51185008", "SCT", "Chest")])
    return _item(
        PlaneOrientationSequence=[_item(ImageOrientationPatient=["1", "0", "0", "0", "1", "0"])],
        FrameAnatomySequence=[anatomy],
    )


def _frame_groups(rng: random.Random, number: int) -> Dataset:
    moment = f"202403111015{2 + number * 0.003:09.6f}"
    content = _item(
        FrameAcquisitionNumber=1,
        FrameReferenceDateTime=moment,
        FrameAcquisitionDateTime=moment,
        FrameAcquisitionDuration=500.0,
        StackID="1",
        InStackPositionNumber=number + 1,
        TemporalPositionIndex=1,
        DimensionIndexValues=[1, number + 1],
        FrameComments="arms up",
    )
    exposure = _item(
        ExposureTimeInms=500.0,
        XRayTubeCurrentInmA=float(rng.randrange(100, 400)),
        ExposureInmAs=105.0,
        ExposureModulationType="XYZ_EC",
        CTDIvol=7.1,
    )
    frame_type = _item(
        FrameType=["ORIGINAL", "PRIMARY", "VOLUME", "NONE"],
        PixelPresentation="MONOCHROME",
        VolumetricProperties="VOLUME",
        VolumeBasedCalculationTechnique="NONE",
    )
    return _item(
        FrameContentSequence=[content],
        PlanePositionSequence=[_item(ImagePositionPatient=["-249.51", "-401.51", f"{number * 1.25:.2f}"])],
        PixelMeasuresSequence=[_item(SliceThickness="1.25", PixelSpacing=["0.68359375", "0.68359375"])],
        CTExposureSequence=[exposure],
        CTImageFrameTypeSequence=[frame_type],
        CTAcquisitionDetailsSequence=[_item(RotationDirection="CW")],
        CTPositionSequence=[_item(TablePosition=number * 1.25, GantryDetectorTilt="0")],
        IrradiationEventIdentificationSequence=[_item(IrradiationEventUID=f"{UID_ROOT}.71.{number + 1}")],
        FrameVOILUTSequence=[_item(WindowCenter="40", WindowWidth="400")],
    )


def structure_set(rng: random.Random) -> Dataset:
    """An RT structure set of 1,000 contours with 100 points each."""
    ds = _common("RTSTRUCT", RTStructureSetStorage, 2)
    ds.StructureSetLabel, ds.StructureSetName = "Plan Testmann", "Thorax"
    ds.StructureSetDate, ds.StructureSetTime = "20240312", "091500"
    frame_of_reference = f"{UID_ROOT}.4"
    ds.ReferencedFrameOfReferenceSequence = Sequence([_item(FrameOfReferenceUID=frame_of_reference)])
    rois = range(1, ROIS + 1)
    ds.StructureSetROISequence = Sequence(
        _item(
            ROINumber=str(n),
            ReferencedFrameOfReferenceUID=frame_of_reference,
            ROIName=f"Organ {n} EriTes",
            ROIGenerationAlgorithm="MANUAL",
        )
        for n in rois
    )
    ds.ROIContourSequence = Sequence(
        _item(
            ReferencedROINumber=str(n),
            ROIDisplayColor=["255", "0", str(n)],
            ContourSequence=[_contour(rng, k) for k in range(CONTOURS_PER_ROI)],
        )
        for n in rois
    )
    ds.RTROIObservationsSequence = Sequence(
        _item(
            ObservationNumber=str(n),
            ReferencedROINumber=str(n),
            RTROIInterpretedType="ORGAN",
            ROIInterpreter="Befunder^Boris",
        )
        for n in rois
    )
    return ds


def _contour(rng: random.Random, number: int) -> Dataset:
    radius = 20 + rng.random() * 30
    points: list[str] = []
    for k in range(POINTS_PER_CONTOUR):
        angle = 2 * math.pi * k / POINTS_PER_CONTOUR
        x, y = radius * math.cos(angle), radius * math.sin(angle) - 150
        points += (f"{x:.4f}", f"{y:.4f}", f"{number * 1.25:.2f}")
    return _item(
        ContourImageSequence=[_image(number)],
        ContourGeometricType="CLOSED_PLANAR",
        NumberOfContourPoints=str(POINTS_PER_CONTOUR),
        ContourData=points,
    )


def structured_report(rng: random.Random) -> Dataset:
    """A measurement report of about 700 elements."""
    ds = _common("SR", ComprehensiveSRStorage, 3)
    ds.CompletionFlag, ds.VerificationFlag = "COMPLETE", "UNVERIFIED"
    ds.PerformedProcedureCodeSequence = Sequence()
    ds.ReferencedPerformedProcedureStepSequence = Sequence()
    series = _item(SeriesInstanceUID=f"{UID_ROOT}.9", ReferencedSOPSequence=[_image(0)])
    study = _item(StudyInstanceUID=ds.StudyInstanceUID, ReferencedSeriesSequence=[series])
    ds.CurrentRequestedProcedureEvidenceSequence = Sequence([study])
    ds.ValueType, ds.ContinuityOfContent = "CONTAINER", "SEPARATE"
    ds.ConceptNameCodeSequence = Sequence([_code("126000", "DCM", "Imaging Measurement Report")])
    ds.ContentSequence = Sequence(_measurement_group(rng, n) for n in range(SR_GROUPS))
    return ds


def _measurement_group(rng: random.Random, number: int) -> Dataset:
    label = f"Lesion {number} of Testmann"
    children = [
        _content("HAS OBS CONTEXT", "TEXT", "112039", "Tracking Identifier", TextValue=label),
        _content("HAS OBS CONTEXT", "UIDREF", "112040", "Tracking UID", UID=f"{UID_ROOT}.73.{number + 1}"),
        _content("HAS OBS CONTEXT", "PNAME", "121008", "Person Observer Name", PersonName="Befunder^Boris"),
    ]
    for _ in range(SR_MEASUREMENTS):
        value = _item(
            NumericValue=f"{rng.random() * 30:.2f}",
            MeasurementUnitsCodeSequence=[_code("mm", "UCUM", "millimeter")],
        )
        source = _item(RelationshipType="SELECTED FROM", ValueType="IMAGE", ReferencedSOPSequence=[_image(0)])
        measurement = {"MeasuredValueSequence": [value], "ContentSequence": [source]}
        children.append(_content("CONTAINS", "NUM", "103339001", "Long Axis", **measurement))
    return _content(
        "CONTAINS",
        "CONTAINER",
        "125007",
        "Measurement Group",
        ContinuityOfContent="SEPARATE",
        ContentSequence=children,
    )


def _content(relationship: str, value_type: str, code: str, meaning: str, **values: object) -> Dataset:
    name = [_code(code, "DCM", meaning)]
    return _item(RelationshipType=relationship, ValueType=value_type, ConceptNameCodeSequence=name, **values)


KINDS: dict[str, Callable[[random.Random], Dataset]] = {
    "enhanced-ct": enhanced_ct,
    "rtstruct": structure_set,
    "sr": structured_report,
}


def write_copies(folder: Path, kind: str, *, undefined: bool, copies: int, seed: int) -> None:
    """Write `copies` instances of one kind, every sequence length undefined or every one defined."""
    ds = KINDS[kind](random.Random(seed))
    if undefined:
        undefined_lengths(ds)
    pixels = b""
    if kind == "enhanced-ct":
        pixels = random.Random(seed).randbytes(FRAMES * FRAME_ROWS * FRAME_COLUMNS * 2)
    template = encode(ds, pixels)
    mark = f".{COPY_MARK}.".encode()
    assert template.count(mark) == 2, "the copy's number must stand in the file meta and in the data set"
    folder.mkdir(parents=True)
    for number in range(copies):
        content = template.replace(mark, f".{10001 + number}.".encode())
        (folder / f"OBJ{number:04d}.dcm").write_bytes(content)


def encode(ds: Dataset, pixels: bytes = b"") -> bytes:
    """The whole file in explicit VR little endian."""
    if pixels:
        ds.PixelData = pixels
        ds["PixelData"].VR = "OW"
    ds.file_meta = FileMetaDataset()
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    buffer = io.BytesIO()
    dcmwrite(buffer, ds, enforce_file_format=True)
    return buffer.getvalue()


def _common(modality: str, sop_class_uid: str, series: int) -> Dataset:
    return _item(
        SpecificCharacterSet="ISO_IR 100",
        SOPClassUID=sop_class_uid,
        SOPInstanceUID=f"{UID_ROOT}.{series}.{COPY_MARK}.8",
        StudyInstanceUID=f"{UID_ROOT}.2",
        SeriesInstanceUID=f"{UID_ROOT}.{series}.3",
        FrameOfReferenceUID=f"{UID_ROOT}.4",
        StudyDate="20240311",
        StudyTime="100850",
        SeriesDate="20240311",
        ContentDate="20240311",
        ContentTime="101502",
        AccessionNumber="A-20240311-77",
        Modality=modality,
        Manufacturer="Example",
        InstitutionName="Sankt Beispiel Hospital",
        ReferringPhysicianName="Hausarzt^Hanna",
        StudyDescription="CT Thorax",
        SeriesDescription="Thorax of Testmann",
        PatientName="Testmann^Erika",
        PatientID="MRN-0004711",
        PatientBirthDate="19310704",
        PatientSex="F",
        OperatorsName="Technik^Tina",
        PositionReferenceIndicator="SN",
        StudyID="77",
        SeriesNumber=str(series),
        InstanceNumber="1",
    )


def _image(number: int) -> Dataset:
    return _item(ReferencedSOPClassUID=CTImageStorage, ReferencedSOPInstanceUID=f"{UID_ROOT}.72.{number + 1}")


def _code(value: str, scheme: str, meaning: str) -> Dataset:
    return _item(CodeValue=value, CodingSchemeDesignator=scheme, CodeMeaning=meaning)


def _item(**values: object) -> Dataset:
    item = Dataset()
    for keyword, value in values.items():
        setattr(item, keyword, value)
    return item
