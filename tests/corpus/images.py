"""Single-frame images of the common modalities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from corpus.modules import MOMENT, TEXT, TIME, code, identified, item, new_uid, referenced
from corpus.yard import sample

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from corpus.needles import Mint

CR = "1.2.840.10008.5.1.4.1.1.1"
DX = "1.2.840.10008.5.1.4.1.1.1.1"
CT = "1.2.840.10008.5.1.4.1.1.2"
MR = "1.2.840.10008.5.1.4.1.1.4"
US = "1.2.840.10008.5.1.4.1.1.6.1"
SC = "1.2.840.10008.5.1.4.1.1.7"
PT = "1.2.840.10008.5.1.4.1.1.128"


def image(sop_class: str, bits: int = 16) -> Dataset:
    """An 8 by 8 monochrome image with its pixel module."""
    ds = item(
        SOPClassUID=sop_class, ImageType=["ORIGINAL", "PRIMARY", "AXIAL"], SamplesPerPixel=1,
        PhotometricInterpretation="MONOCHROME2", Rows=8, Columns=8, BitsAllocated=bits, BitsStored=bits,
        HighBit=bits - 1, PixelRepresentation=0, PixelSpacing=["0.7", "0.7"], WindowCenter="40",
        WindowWidth="400",
        WindowCenterWidthExplanation=TEXT,
    )  # fmt: skip
    pixels = np.arange(64, dtype=np.uint16 if bits == 16 else np.uint8)
    ds.add_new(0x7FE00010, "OW" if bits == 16 else "OB", pixels.tobytes())
    return ds


def acquired(ds: Dataset, subject: str, mint: Mint) -> Dataset:
    """General Image and acquisition attributes, with numbers that must survive."""
    ds.update(item(
        AcquisitionDate="20010203", AcquisitionTime=TIME, AcquisitionDateTime=MOMENT, AcquisitionNumber="1",
        ImageComments=TEXT, DerivationDescription=TEXT, PatientPosition="HFS", PatientOrientation=["L", "P"],
        ReferencedImageSequence=[referenced(CT, new_uid(subject, "localizer"))],
        SourceImageSequence=[referenced(CT, new_uid(subject, "source"))],
        IrradiationEventUID=new_uid(subject, "event"), AcquisitionDeviceProcessingDescription=TEXT,
        CommentsOnRadiationDose=TEXT, AnatomicRegionSequence=[code("69536005", "SCT", "Head")],
        ContrastBolusAgent=TEXT, PatientState=TEXT, PregnancyStatus=4,
    ))  # fmt: skip
    ds.TableHeight = mint.decimal("dcm:(0018,1130)")
    ds.SliceLocation = mint.decimal("dcm:(0020,1041)")
    return ds


def ct(subject: str, mint: Mint, instance: str = "1") -> Dataset:
    """A CT image: pydicom's CT_small with its real vendor elements, 8 by 8 pixels left of it."""
    ds = sample("CT_small.dcm")
    ds.update(image(CT))
    identified(ds, subject, "CT", instance=instance)
    ds.ConvolutionKernel = TEXT
    return acquired(ds, subject, mint)


def mr(subject: str, mint: Mint) -> Dataset:
    """An MR image: pydicom's MR_small."""
    ds = sample("MR_small.dcm")
    ds.update(image(MR))
    identified(ds, subject, "MR")
    ds.update(item(ReceiveCoilName=TEXT, SequenceName=TEXT, TransmitCoilName="BODY"))
    ds.EchoTime = mint.decimal("dcm:(0018,0081)")
    return acquired(ds, subject, mint)


def us(subject: str, mint: Mint) -> Dataset:
    """An ultrasound image with regions, stages and a transducer."""
    ds = identified(image(US, bits=8), subject, "US")
    ds.update(item(
        BurnedInAnnotation="YES", StageName="REST", ViewName="A4C", TransducerData=["C5-1"],
        StageNumber="1", EventTimerNames=["ELAPSED"], TransducerIdentificationSequence=[transducer()],
        NumberOfStages="2", NumberOfViewsInStage="1",
        SequenceOfUltrasoundRegions=[item(
            RegionSpatialFormat=1, RegionDataType=1, RegionFlags=0, RegionLocationMinX0=0,
            RegionLocationMinY0=0,
            RegionLocationMaxX1=7, RegionLocationMaxY1=7, PhysicalUnitsXDirection=3,
            PhysicalUnitsYDirection=3,
            PhysicalDeltaY=0.1)],
    ))  # fmt: skip
    ds.SequenceOfUltrasoundRegions[0].PhysicalDeltaX = mint.decimal("dcm:(0018,6011)[0]/(0018,602C)")
    return acquired(ds, subject, mint)


def transducer() -> Dataset:
    """An item of Transducer Identification Sequence."""
    return item(
        DeviceTypeCodeSequence=[code("125261", "DCM", "Ultrasound Transducer")], DeviceLabel=TEXT,
        SoftwareVersions=TEXT,
        Manufacturer=TEXT, ManufacturerModelName=TEXT, DeviceSerialNumber=TEXT, DeviceUID=new_uid("probe"),
    )  # fmt: skip


def cr(subject: str, mint: Mint) -> Dataset:
    """A computed radiograph with cassette, plate and detector."""
    ds = identified(image(CR), subject, "CR")
    ds.update(item(
        CassetteID=TEXT, PlateID=TEXT, GridID=TEXT, GeneratorID=TEXT, GantryID=TEXT, DetectorID=TEXT,
        ViewPosition="PA", PhosphorType="BAFBR", DateOfLastDetectorCalibration="20000101",
        TimeOfLastDetectorCalibration=TIME, PlateType="STANDARD",
    ))  # fmt: skip
    return acquired(ds, subject, mint)


def dx(subject: str, mint: Mint) -> Dataset:
    """A digital radiograph for presentation, with burned-in annotation said to be absent."""
    ds = identified(image(DX), subject, "DX")
    ds.update(item(
        PresentationIntentType="FOR PRESENTATION", BurnedInAnnotation="NO", PixelIntensityRelationship="LOG",
        PixelIntensityRelationshipSign=-1, RescaleIntercept="0", RescaleSlope="1", RescaleType="US",
        PresentationLUTShape="IDENTITY", ImageLaterality="L", DetectorType="DIRECT", DetectorID=TEXT,
        ImagerPixelSpacing=["0.14", "0.14"], PositionerType="NONE", AcquisitionContextSequence=[],
        ImageType=["ORIGINAL", "PRIMARY", ""],
        ViewCodeSequence=[code("399348003", "SCT", "antero-posterior")], LossyImageCompression="00",
    ))  # fmt: skip
    ds.EntranceDoseInmGy = mint.decimal("dcm:(0040,8302)")
    return acquired(ds, subject, mint)


def pt(subject: str, mint: Mint) -> Dataset:
    """A PET image with its radiopharmaceutical and decay times."""
    ds = identified(image(PT), subject, "PT")
    tracer = item(
        Radiopharmaceutical=TEXT, RadiopharmaceuticalStartTime=TIME, RadiopharmaceuticalStopTime=TIME,
        RadiopharmaceuticalStartDateTime=MOMENT, RadiopharmaceuticalStopDateTime=MOMENT,
        RadiopharmaceuticalAdministrationEventUID=new_uid(subject, "injection"),
        RadionuclideHalfLife="6586.2",
        RadionuclideCodeSequence=[code("C-111A1", "SRT", "^18^Fluorine")],
    )  # fmt: skip
    tracer.RadionuclidePositronFraction = "0.97"
    tracer.RadionuclideTotalDose = mint.decimal("dcm:(0054,0016)[0]/(0018,1074)")
    ds.update(item(
        NumberOfSlices=1, CorrectedImage=["DECY", "ATTN"], CollimatorType="NONE", SliceThickness="3",
        ImageOrientationPatient=["1", "0", "0", "0", "1", "0"], ImagePositionPatient=["0", "0", "0"],
        PatientOrientationCodeSequence=[code("102538003", "SCT", "recumbent")], RescaleIntercept="0",
        RescaleSlope="1",
        FrameReferenceTime="0", ActualFrameDuration="180000", DecayFactor="1.01",
        RadiopharmaceuticalInformationSequence=[tracer], Units="BQML", CountsSource="EMISSION",
        SeriesType=["STATIC", "IMAGE"], DecayCorrection="START", ReconstructionMethod=TEXT, ImageID=TEXT,
        PatientGantryRelationshipCodeSequence=[code("102540001", "SCT", "headfirst")], ImageIndex=1,
    ))  # fmt: skip
    acquired(ds, subject, mint).pop("PatientPosition")  # the orientation code stands instead
    return ds


def sc(subject: str, mint: Mint) -> Dataset:
    """A secondary capture with its digitiser."""
    ds = identified(image(SC, bits=8), subject, "OT")
    ds.update(item(
        ConversionType="WSD", DateOfSecondaryCapture="20010203", TimeOfSecondaryCapture=TIME,
        SecondaryCaptureDeviceID=TEXT, SecondaryCaptureDeviceManufacturer="ACME",
    ))  # fmt: skip
    return acquired(ds, subject, mint)
