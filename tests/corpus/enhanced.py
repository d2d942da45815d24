"""Enhanced multi-frame MR: carriers in shared and per-frame functional groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydicom.sequence import Sequence

from corpus.images import MR, acquired, image
from corpus.modules import MOMENT, TEXT, TIME, code, identified, item, new_uid, referenced

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from corpus.needles import Mint

ENHANCED_MR = "1.2.840.10008.5.1.4.1.1.4.1"
FRAMES = 3


def enhanced_mr(subject: str, mint: Mint) -> Dataset:
    """Three frames, converted from single-frame images, in a concatenation."""
    ds = identified(image(ENHANCED_MR), subject, "MR")
    acquired(ds, subject, mint)
    dimension = new_uid(subject, "dimension")
    ds.update(item(
        NumberOfFrames=str(FRAMES), PulseSequenceName=TEXT, AcquisitionProtocolDescription=TEXT,
        AcquisitionProtocolName=TEXT, ConcatenationUID=new_uid(subject, "concatenation"),
        SOPInstanceUIDOfConcatenationSource=new_uid(subject, "concatenation source"), InConcatenationNumber=1,
        ConcatenationFrameOffsetNumber=0, InConcatenationTotalNumber=2,
        DimensionOrganizationSequence=[item(DimensionOrganizationUID=dimension)],
        DimensionIndexSequence=[item(
            DimensionIndexPointer=0x00209057, FunctionalGroupPointer=0x00209111,
            DimensionOrganizationUID=dimension,
            DimensionDescriptionLabel=TEXT)],
        AcquisitionContextSequence=[item(
            ValueType="TEXT", ConceptNameCodeSequence=[code("1", "99SITE", TEXT)], TextValue=TEXT,
            ObservationDateTime=MOMENT)],
        SharedFunctionalGroupsSequence=[shared_groups(subject)],
        PerFrameFunctionalGroupsSequence=[frame_groups(subject, n, mint) for n in range(FRAMES)],
    ))  # fmt: skip
    ds.PixelData = ds.PixelData * FRAMES
    return ds


def purposeful(sop_class: str, uid: str, value: str, meaning: str) -> Dataset:
    """An image reference that says what it is for."""
    reference = referenced(sop_class, uid)
    reference.PurposeOfReferenceCodeSequence = Sequence([code(value, "DCM", meaning)])
    return reference


def shared_groups(subject: str) -> Dataset:
    """Shared Functional Groups: references, anatomy, real-world values, converted attributes."""
    return item(
        PixelMeasuresSequence=[item(PixelSpacing=["0.7", "0.7"], SliceThickness="3")],
        PlaneOrientationSequence=[item(ImageOrientationPatient=["1", "0", "0", "0", "1", "0"])],
        ReferencedImageSequence=[purposeful(MR, new_uid(subject, "planned on"), "121311", "Localizer")],
        DerivationImageSequence=[item(
            DerivationDescription=TEXT, DerivationCodeSequence=[code("D1", "99SITE", TEXT)],
            SourceImageSequence=[purposeful(MR, new_uid(subject, "derived from"), "121322",
                "Source image")])],
        FrameAnatomySequence=[item(
            FrameLaterality="U", AnatomicRegionSequence=[code("69536005", "SCT", "Head")])],
        MRReceiveCoilSequence=[item(ReceiveCoilName=TEXT, ReceiveCoilManufacturerName="",
            ReceiveCoilType="MULTICOIL")],
        RealWorldValueMappingSequence=[item(
            LUTExplanation="values", LUTLabel="RWV", RealWorldValueFirstValueMapped=0,
            RealWorldValueLastValueMapped=255, MeasurementUnitsCodeSequence=[code("1", "UCUM", "no units")],
            RealWorldValueIntercept=0.0, RealWorldValueSlope=1.0,
            QuantityDefinitionSequence=[item(
                ValueType="TEXT", ConceptNameCodeSequence=[code("Q", "99SITE", TEXT)], TextValue=TEXT)])],
        UnassignedSharedConvertedAttributesSequence=[item(
            ImageComments=TEXT, PatientID=TEXT, SeriesDescription=TEXT, OperatorsName="Placeholder^P")],
        PixelValueTransformationSequence=[item(RescaleIntercept="0", RescaleSlope="1", RescaleType="US")],
        MRImageFrameTypeSequence=[item(
            FrameType=["ORIGINAL", "PRIMARY", "VOLUME", "NONE"], PixelPresentation="MONOCHROME",
            VolumetricProperties="VOLUME", VolumeBasedCalculationTechnique="NONE",
            ComplexImageComponent="MAGNITUDE",
            AcquisitionContrast="T1")],
        FrameVOILUTSequence=[item(WindowCenter="1", WindowWidth="2", WindowCenterWidthExplanation=TEXT)],
    )  # fmt: skip


def frame_groups(subject: str, number: int, mint: Mint) -> Dataset:
    """One frame's groups: its times, comments and label, its position, its source object."""
    content = item(
        FrameAcquisitionDateTime=MOMENT, FrameReferenceDateTime=MOMENT, FrameComments=TEXT, FrameLabel=TEXT,
        StackID="1", InStackPositionNumber=number + 1, DimensionIndexValues=[number + 1],
    )  # fmt: skip
    place = f"dcm:(5200,9230)[{number}]/(0020,9111)[0]/(0018,9220)"
    content.FrameAcquisitionDuration = mint.decimal(place)
    groups = item(
        FrameContentSequence=[content],
        PlanePositionSequence=[item(ImagePositionPatient=["0", "0", str(3 * number)])],
        ConversionSourceAttributesSequence=[referenced(MR, new_uid(subject, "single frame", str(number)))],
        UnassignedPerFrameConvertedAttributesSequence=[item(
            AcquisitionTime=TIME, AcquisitionDate="20010203", ImageComments=TEXT)],
        CardiacSynchronizationSequence=[item(RRIntervalTimeNominal=800.0)],
    )  # fmt: skip
    place = f'dcm:(5200,9230)[{number}]/(2005,"Philips MR Imaging DD 005",0F)[0]'
    copy = item(
        PatientName=f"{mint.text(place + '/(0010,0010)')}^J",
        SeriesDescription=mint.text(place + "/(0008,103E)"),
    )
    groups.private_block(0x2005, "Philips MR Imaging DD 005", create=True).add_new(0x0F, "SQ", [copy])
    return groups
