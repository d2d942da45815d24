"""Clean images: CT, MR, CR, DX, MG, US, PET, secondary capture, photograph, enhanced MR, segmentation."""

from __future__ import annotations

from array import array
from random import Random

from pydicom.dataset import Dataset

from deidra.score.synthetic.modules import (
    DAY,
    MOMENT,
    TIME,
    Place,
    code,
    common,
    decimals,
    frame_uid,
    instance_uid,
    item,
    referenced,
    series_uid,
    uid,
)

CT = "1.2.840.10008.5.1.4.1.1.2"
MR = "1.2.840.10008.5.1.4.1.1.4"
CR = "1.2.840.10008.5.1.4.1.1.1"
DX = "1.2.840.10008.5.1.4.1.1.1.1"
MG = "1.2.840.10008.5.1.4.1.1.1.2"
US = "1.2.840.10008.5.1.4.1.1.3.1"
PT = "1.2.840.10008.5.1.4.1.1.128"
SC = "1.2.840.10008.5.1.4.1.1.7"
VL = "1.2.840.10008.5.1.4.1.1.77.1.4"
ENHANCED_MR = "1.2.840.10008.5.1.4.1.1.4.1"
SEG = "1.2.840.10008.5.1.4.1.1.66.4"
HEAD = code("69536005", "SCT", "Head")


def picture(ds: Dataset, rng: Random, rows: int, columns: int, *, bits: int = 16, signed: bool = False,
            samples: int = 1, frames: int = 1, invert: bool = False) -> Dataset:  # fmt: skip
    """Give the object pixels: a smooth ground with a few rings, no two images alike."""
    ds.update(item(
        SamplesPerPixel=samples, PhotometricInterpretation="RGB" if samples == 3 else
        "MONOCHROME1" if invert else "MONOCHROME2", Rows=rows, Columns=columns, BitsAllocated=16 if bits > 8 else 8,
        BitsStored=bits, HighBit=bits - 1, PixelRepresentation=int(signed),
    ))  # fmt: skip
    if samples == 3:
        ds.PlanarConfiguration = 0
    if frames > 1:
        ds.NumberOfFrames = str(frames)
    low, high = (-200, 900) if signed else (10, min(2**bits // 4, 900))
    centre, step = (rng.randrange(rows), rng.randrange(columns)), rng.randint(5, 9)
    values = array("h" if signed else "H" if bits > 8 else "B")
    for frame in range(frames):
        for row in range(rows):
            for column in range(columns):
                ring = ((row - centre[0]) ** 2 + (column - centre[1] - frame) ** 2) // (step * step * 4)
                level = low + (high - low) * (row + column) // (2 * (rows + columns)) + ring * 3 % (high // 4 or 1)
                values.extend([level] * samples)
    values[0] = low + rng.randrange(high - low)  # whatever else is equal, this pixel tells objects apart
    values[-1] = low + rng.randrange(high - low)
    data = values.tobytes()
    ds.add_new(0x7FE00010, "OW" if bits > 8 else "OB", data + b"\0" * (len(data) % 2))
    return ds


def _plane(place: Place, rng: Random) -> Dataset:
    """Frame of Reference and Image Plane modules."""
    return item(
        FrameOfReferenceUID=frame_uid(place), PositionReferenceIndicator="", PixelSpacing=["0.7", "0.7"],
        ImageOrientationPatient=["1", "0", "0", "0", "1", "0"], SliceThickness="3",
        ImagePositionPatient=[decimals(rng, -250, 0), decimals(rng, -250, 0), decimals(rng, -900, 900)],
        SliceLocation=decimals(rng, -900, 900),
    )  # fmt: skip


def _projection(place: Place, rng: Random) -> Dataset:
    """What digital radiographs and mammograms share (PS3.3 C.8.11)."""
    return item(
        ImageType=["ORIGINAL", "PRIMARY", ""], PixelIntensityRelationship="LOG", PixelIntensityRelationshipSign=-1,
        RescaleIntercept="0", RescaleSlope="1", RescaleType="US", PresentationLUTShape="IDENTITY",
        LossyImageCompression="00", BurnedInAnnotation="NO", ImageLaterality="L", PatientOrientation=["L", "F"],
        PresentationIntentType="FOR PRESENTATION", DetectorType="DIRECT", ImagerPixelSpacing=["0.14", "0.14"],
        PositionerType="NONE", AcquisitionContextSequence=[], AnatomicRegionSequence=[code("51185008", "SCT", "Chest")],
        WindowCenter="200", WindowWidth="800", AcquisitionDate=DAY, AcquisitionTime=TIME, KVP=decimals(rng, 60, 120),
        ReferencedPerformedProcedureStepSequence=[
            referenced("1.2.840.10008.3.1.2.3.3", uid(place, "mpps", place.study))],
        ExposureTime=str(rng.randint(5, 90)),
    )  # fmt: skip


def ct(place: Place, rng: Random) -> Dataset:
    """A CT slice."""
    ds = common(CT, "CT", place)
    ds.update(_plane(place, rng))
    ds.update(item(
        ImageType=["ORIGINAL", "PRIMARY", "AXIAL"], AcquisitionNumber="1", RescaleIntercept="-1024", RescaleSlope="1",
        RescaleType="HU", KVP=decimals(rng, 80, 140), PatientPosition="HFS", ConvolutionKernel="B60f",
        TableHeight=decimals(rng, 90, 190), ExposureTime=str(rng.randint(400, 900)), BodyPartExamined="HEAD",
        ReconstructionDiameter=decimals(rng, 200, 400), WindowCenter="40", WindowWidth="400", AcquisitionDate=DAY,
        AcquisitionTime=TIME, AnatomicRegionSequence=[HEAD],
    ))  # fmt: skip
    return picture(ds, rng, 64, 96, bits=16, signed=True)


def mr(place: Place, rng: Random) -> Dataset:
    """An MR slice."""
    ds = common(MR, "MR", place)
    ds.update(_plane(place, rng))
    ds.update(item(
        ImageType=["ORIGINAL", "PRIMARY", "M", "ND"], ScanningSequence="SE", SequenceVariant="SK", ScanOptions="",
        MRAcquisitionType="2D", RepetitionTime=decimals(rng, 400, 900), EchoTime=decimals(rng, 8, 90),
        EchoTrainLength="1", SequenceName="se2d1", MagneticFieldStrength="1.5", FlipAngle="90",
        ImagedNucleus="1H", PatientPosition="HFS", BodyPartExamined="HEAD", AcquisitionNumber="1",
        ReceiveCoilName="HeadMatrix", WindowCenter="200", WindowWidth="800", AcquisitionDate=DAY, AcquisitionTime=TIME,
    ))  # fmt: skip
    return picture(ds, rng, 64, 96, bits=12)


def cr(place: Place, rng: Random) -> Dataset:
    """A computed radiograph, dark text on light ground."""
    ds = common(CR, "CR", place)
    ds.update(item(
        ImageType=["ORIGINAL", "PRIMARY"], BodyPartExamined="CHEST", ViewPosition="PA", PatientOrientation=["L", "F"],
        KVP=decimals(rng, 60, 120), PixelSpacing=["0.2", "0.2"], PlateType="STANDARD", AcquisitionDate=DAY,
        AcquisitionTime=TIME, ExposureTime=str(rng.randint(5, 90)), WindowCenter="300", WindowWidth="900",
        Sensitivity=decimals(rng, 100, 300),
    ))  # fmt: skip
    return picture(ds, rng, 96, 160, bits=12, invert=True)


def dx(place: Place, rng: Random) -> Dataset:
    """A digital radiograph for presentation."""
    ds = common(DX, "DX", place)
    ds.update(_projection(place, rng))
    ds.ViewCodeSequence = [code("399348003", "SCT", "antero-posterior")]
    return picture(ds, rng, 96, 160, bits=12)


def mg(place: Place, rng: Random) -> Dataset:
    """A mammogram for presentation."""
    ds = common(MG, "MG", place)
    ds.update(_projection(place, rng))
    view = code("399162004", "SCT", "cranio-caudal")
    view.ViewModifierCodeSequence = []
    ds.update(item(
        PositionerType="MAMMOGRAPHIC", OrganExposed="BREAST", BodyPartExamined="BREAST", BreastImplantPresent="NO",
        AnatomicRegionSequence=[code("76752008", "SCT", "Breast")], ViewCodeSequence=[view], PartialView="NO",
        CompressionForce=decimals(rng, 60, 140), BodyPartThickness=decimals(rng, 30, 70), PatientOrientation=["A", "R"],
    ))  # fmt: skip
    return picture(ds, rng, 96, 128, bits=12)


def us(place: Place, rng: Random) -> Dataset:
    """An ultrasound cine of three colour frames."""
    ds = common(US, "US", place)
    region = item(
        RegionSpatialFormat=1, RegionDataType=1, RegionFlags=0, RegionLocationMinX0=0, RegionLocationMinY0=0,
        RegionLocationMaxX1=159, RegionLocationMaxY1=95, PhysicalUnitsXDirection=3, PhysicalUnitsYDirection=3,
        PhysicalDeltaX=rng.uniform(0.01, 0.2), PhysicalDeltaY=0.05,
    )  # fmt: skip
    ds.update(item(
        ImageType=["ORIGINAL", "PRIMARY", "", "0001"], FrameTime=decimals(rng, 20, 60),
        FrameIncrementPointer=0x00181063,
        SequenceOfUltrasoundRegions=[region], BurnedInAnnotation="YES", LossyImageCompression="00",
        AcquisitionDate=DAY, AcquisitionTime=TIME, TransducerData=["C5-1", "", ""], StageName="REST", ViewName="A4C",
        BodyPartExamined="ABDOMEN", PatientOrientation="", NumberOfStages="1", NumberOfViewsInStage="1",
    ))  # fmt: skip
    return picture(ds, rng, 96, 160, bits=8, samples=3, frames=3)


def pt(place: Place, rng: Random) -> Dataset:
    """A PET slice with its radiopharmaceutical."""
    ds = common(PT, "PT", place)
    ds.update(_plane(place, rng))
    tracer = item(
        Radiopharmaceutical="Fluorodeoxyglucose", RadiopharmaceuticalStartTime=TIME, RadionuclideHalfLife="6586.2",
        RadionuclideTotalDose=decimals(rng, 1e8, 4e8), RadionuclidePositronFraction="0.97",
        RadionuclideCodeSequence=[code("C-111A1", "SRT", "^18^Fluorine")],
    )  # fmt: skip
    ds.update(item(
        ImageType=["ORIGINAL", "PRIMARY"], NumberOfSlices=2, CorrectedImage=["DECY", "ATTN"], CollimatorType="NONE",
        PatientOrientationCodeSequence=[_recumbent()], PatientGantryRelationshipCodeSequence=[
            code("102540001", "SCT", "headfirst")],
        RescaleIntercept="0", RescaleSlope=decimals(rng, 1, 9), FrameReferenceTime=decimals(rng, 1, 9000),
        ActualFrameDuration="180000", DecayFactor="1.01", RadiopharmaceuticalInformationSequence=[tracer], Units="BQML",
        CountsSource="EMISSION", SeriesType=["STATIC", "IMAGE"], DecayCorrection="START", ImageIndex=place.instance,
        AcquisitionDate=DAY, AcquisitionTime=TIME, ReconstructionMethod="OSEM 2i21s",
        BodyPartExamined="ABDOMEN",
    ))  # fmt: skip
    return picture(ds, rng, 64, 64, bits=16)


def _recumbent() -> Dataset:
    lying = code("102538003", "SCT", "recumbent")
    lying.PatientOrientationModifierCodeSequence = [code("40199007", "SCT", "supine")]
    return lying


def sc(place: Place, rng: Random) -> Dataset:
    """A secondary capture: a page of a console."""
    ds = common(SC, "OT", place)
    ds.update(item(
        ImageType=["DERIVED", "SECONDARY"], ConversionType="WSD", DateOfSecondaryCapture=DAY,
        TimeOfSecondaryCapture=TIME, SecondaryCaptureDeviceManufacturer="ACME Imaging", PatientOrientation="",
        AcquisitionNumber=str(rng.randrange(10**6)), BurnedInAnnotation="YES",
        BodyPartExamined="ABDOMEN",
    ))  # fmt: skip
    return picture(ds, rng, 128, 192, bits=8)


def vl(place: Place, rng: Random) -> Dataset:
    """A photograph, in colour; a coded stream when it is planted."""
    ds = common(VL, "XC", place)
    ds.update(item(
        ImageType=["ORIGINAL", "PRIMARY"], AcquisitionContextSequence=[], LossyImageCompression="00",
        AcquisitionDate=DAY, AcquisitionTime=TIME, AnatomicRegionSequence=[code("39937001", "SCT", "Skin")],
        AcquisitionNumber=str(rng.randrange(10**6)), PatientOrientation="", ImageLaterality="R",
    ))  # fmt: skip
    return picture(ds, rng, 64, 128, bits=8, samples=3)


def enhanced_mr(place: Place, rng: Random) -> Dataset:
    """A multi-frame MR of two frames with its functional groups."""
    ds = common(ENHANCED_MR, "MR", Place(place.seed, place.subject, place.study, place.series, 90 + place.instance))
    dimension = uid(place, "dimension", place.study)
    ds.update(item(
        SeriesInstanceUID=series_uid(place, "MR enhanced"), FrameOfReferenceUID=frame_uid(place),
        PositionReferenceIndicator="", ImageType=["DERIVED", "PRIMARY", "VOLUME", "NONE"], BurnedInAnnotation="NO",
        AcquisitionNumber=1, PatientPosition="HFS", PixelPresentation="MONOCHROME", VolumetricProperties="VOLUME",
        VolumeBasedCalculationTechnique="NONE", ComplexImageComponent="MAGNITUDE", AcquisitionContrast="T1",
        LossyImageCompression="00", PresentationLUTShape="IDENTITY", ContentQualification="RESEARCH",
        ApplicableSafetyStandardAgency="IEC",
        MagneticFieldStrength=1.5, AcquisitionContextSequence=[],
        DimensionOrganizationSequence=[item(DimensionOrganizationUID=dimension)],
        DimensionIndexSequence=[item(DimensionIndexPointer=0x00209057, FunctionalGroupPointer=0x00209111,
                                     DimensionOrganizationUID=dimension)],
        SharedFunctionalGroupsSequence=[_shared(rng)],
        PerFrameFunctionalGroupsSequence=[_frame(number, rng) for number in range(2)],
    ))  # fmt: skip
    return picture(ds, rng, 48, 64, bits=12, frames=2)


def _shared(rng: Random) -> Dataset:
    return item(
        PixelMeasuresSequence=[item(PixelSpacing=["0.7", "0.7"], SliceThickness=decimals(rng, 1, 5))],
        PlaneOrientationSequence=[item(ImageOrientationPatient=["1", "0", "0", "0", "1", "0"])],
        FrameAnatomySequence=[item(FrameLaterality="U", AnatomicRegionSequence=[HEAD])],
        PixelValueTransformationSequence=[item(RescaleIntercept="0", RescaleSlope="1", RescaleType="US")],
        MRImageFrameTypeSequence=[item(
            FrameType=["DERIVED", "PRIMARY", "VOLUME", "NONE"], PixelPresentation="MONOCHROME",
            VolumetricProperties="VOLUME", VolumeBasedCalculationTechnique="NONE",
            ComplexImageComponent="MAGNITUDE", AcquisitionContrast="T1")],
        FrameVOILUTSequence=[item(WindowCenter="200", WindowWidth="800")],
    )  # fmt: skip


def _frame(number: int, rng: Random) -> Dataset:
    return item(
        FrameContentSequence=[item(
            FrameAcquisitionDateTime=MOMENT, FrameReferenceDateTime=MOMENT, StackID="1",
            FrameAcquisitionDuration=rng.uniform(1, 900), InStackPositionNumber=number + 1,
            DimensionIndexValues=[number + 1])],
        PlanePositionSequence=[item(ImagePositionPatient=["0", decimals(rng, -100, 100), str(3 * number)])],
    )  # fmt: skip


def seg(place: Place, rng: Random) -> Dataset:
    """A binary segmentation of one CT slice."""
    ds = common(SEG, "SEG", place)
    dimension, slice_uid = uid(place, "segment dimension", place.study), instance_uid(place, "CT", 1)
    frame = item(
        FrameContentSequence=[item(DimensionIndexValues=[1, 1], StackID="1", InStackPositionNumber=1)],
        PlanePositionSequence=[item(ImagePositionPatient=["0", "0", decimals(rng, -100, 100)])],
        SegmentIdentificationSequence=[item(ReferencedSegmentNumber=1)],
        DerivationImageSequence=[item(
            DerivationCodeSequence=[code("113076", "DCM", "Segmentation")],
            SourceImageSequence=[_source(slice_uid)])],
    )  # fmt: skip
    segment = item(
        SegmentNumber=1, SegmentLabel="Lesion", SegmentAlgorithmType="MANUAL",
        SegmentedPropertyCategoryCodeSequence=[code("49755003", "SCT", "Morphologically Abnormal Structure")],
        SegmentedPropertyTypeCodeSequence=[code("4147007", "SCT", "Mass")],
    )  # fmt: skip
    ds.update(item(
        ImageType=["DERIVED", "PRIMARY"], FrameOfReferenceUID=frame_uid(place), PositionReferenceIndicator="",
        ContentLabel="LESION", ContentDescription="", ContentCreatorName="", SegmentationType="BINARY",
        LossyImageCompression="00", SegmentSequence=[segment],
        DimensionOrganizationSequence=[item(DimensionOrganizationUID=dimension)],
        DimensionIndexSequence=[
            item(DimensionIndexPointer=pointer, FunctionalGroupPointer=group, DimensionOrganizationUID=dimension)
            for pointer, group in ((0x0062000B, 0x0062000A), (0x00209057, 0x00209111))],
        SharedFunctionalGroupsSequence=[item(
            PixelMeasuresSequence=[item(PixelSpacing=["0.7", "0.7"], SliceThickness=decimals(rng, 1, 5))],
            PlaneOrientationSequence=[item(ImageOrientationPatient=["1", "0", "0", "0", "1", "0"])])],
        PerFrameFunctionalGroupsSequence=[frame], NumberOfFrames="1",
        ReferencedSeriesSequence=[item(
            SeriesInstanceUID=series_uid(place, "CT"), ReferencedInstanceSequence=[referenced(CT, slice_uid)])],
        SamplesPerPixel=1, PhotometricInterpretation="MONOCHROME2", Rows=16, Columns=16, BitsAllocated=1, BitsStored=1,
        HighBit=0, PixelRepresentation=0,
    ))  # fmt: skip
    ds.add_new(0x7FE00010, "OB", bytes(rng.randrange(256) for _ in range(32)))
    return ds


def _source(instance: str) -> Dataset:
    source = referenced(CT, instance)
    source.PurposeOfReferenceCodeSequence = [code("121322", "DCM", "Source Image for Image Processing Operation")]
    source.SpatialLocationsPreserved = "YES"
    return source
