"""Radiotherapy objects and segmentation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydicom.sequence import Sequence

from corpus.images import CT
from corpus.modules import DAY, MOMENT, NAME, TEXT, TIME, code, identified, item, new_uid, referenced
from corpus.yard import sample

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from corpus.needles import Mint


def approved() -> Dataset:
    """Approval module."""
    return item(ApprovalStatus="APPROVED", ReviewDate=DAY, ReviewTime=TIME, ReviewerName=NAME)


def rtstruct(subject: str, mint: Mint) -> Dataset:
    """A structure set on the subject's CT, from pydicom's example, with interpreters and descriptions."""
    ds = sample("rtstruct.dcm")
    identified(ds, subject, "RTSTRUCT")
    ds.update(approved())
    ds.update(item(StructureSetLabel=TEXT, StructureSetName=TEXT, StructureSetDescription=TEXT,
                   StructureSetDate=DAY, StructureSetTime=TIME))  # fmt: skip
    for roi in ds.StructureSetROISequence:
        roi.update(item(ROIName=TEXT, ROIDescription=TEXT, ROICreatorSequence=[], ROIDateTime=MOMENT,
                        ROIGenerationDescription=TEXT))  # fmt: skip
    for observation in ds.RTROIObservationsSequence:
        observation.update(item(ROIInterpreter=NAME, ROIObservationLabel=TEXT, ROIObservationDescription=TEXT,
                                ROIObservationDateTime=MOMENT))  # fmt: skip
    contour = ds.ROIContourSequence[0].ContourSequence[0]
    contour.ContourImageSequence = Sequence([referenced(CT, new_uid(subject, "1"))])
    x = mint.decimal("dcm:(3006,0039)[0]/(3006,0040)[0]/(3006,0050)")
    contour.ContourData = [x, *list(contour.ContourData)[1:]]
    frame = ds.ReferencedFrameOfReferenceSequence[0]
    frame.FrameOfReferenceUID = new_uid(subject, "frame")
    study = frame.RTReferencedStudySequence[0]
    study.ReferencedSOPInstanceUID = new_uid(subject, "study")
    study.RTReferencedSeriesSequence[0].SeriesInstanceUID = new_uid(subject, "CT")
    series = study.RTReferencedSeriesSequence[0]
    series.ContourImageSequence = Sequence([referenced(CT, new_uid(subject, "1"))])
    series.SourceSeriesInformationSequence = Sequence([item(SeriesDescription=TEXT, SeriesDate=DAY)])
    return ds


def rtplan(subject: str, mint: Mint) -> Dataset:
    """A plan with one beam, from pydicom's example, with every label a planner types."""
    ds = sample("rtplan.dcm")
    identified(ds, subject, "RTPLAN")
    ds.update(approved())
    ds.update(item(
        RTPlanLabel=TEXT, RTPlanName=TEXT, RTPlanDescription=TEXT, RTPlanDate=DAY, RTPlanTime=TIME,
        TreatmentProtocols=[TEXT], PrescriptionDescription=TEXT, TreatmentSites=[TEXT],
        FrameOfReferenceUID=new_uid(
            subject, "frame"),
    ))  # fmt: skip
    beam = ds.BeamSequence[0]
    beam.update(item(
        BeamName=TEXT, BeamDescription=TEXT, TreatmentMachineName=TEXT, InstitutionName=TEXT,
        InstitutionAddress=TEXT, DeviceSerialNumber=TEXT, Manufacturer=TEXT,
        ReferencedBolusSequence=[item(ReferencedROINumber="1", AccessoryCode=TEXT)],
        GeneralAccessorySequence=[item(
            GeneralAccessoryNumber="1", GeneralAccessoryID=TEXT, GeneralAccessoryDescription=TEXT,
            AccessoryCode=TEXT)],
        NumberOfBoli="1", NumberOfBlocks="1", TotalBlockTrayFactor="1",
        BlockSequence=[item(
            BlockName=TEXT, BlockTrayID=TEXT, MaterialID="CERROBEND", BlockNumber="1", BlockType="SHIELDING",
            SourceToBlockTrayDistance="600", BlockDivergence="PRESENT", BlockThickness="70",
            BlockTransmission="0.03", BlockNumberOfPoints="3", BlockData=["0", "0", "10", "0", "0", "10"])],
    ))  # fmt: skip
    beam.ControlPointSequence[0].TableTopVerticalPosition = mint.decimal(
        "dcm:(300A,00B0)[0]/(300A,0111)[0]/(300A,0128)")  # fmt: skip
    for setup in ds.PatientSetupSequence:
        setup.pop("PatientPosition", None)  # the additional position stands instead
        setup.update(item(
            PatientSetupLabel=TEXT, PatientAdditionalPosition=TEXT, SetupTechniqueDescription=TEXT,
            FixationDeviceSequence=[item(
                FixationDeviceType="MASK", FixationDeviceLabel=TEXT, FixationDeviceDescription=TEXT,
                FixationDevicePosition=TEXT)],
            SetupDeviceSequence=[item(SetupDeviceType="LASER_POINTER", SetupDeviceLabel=TEXT,
                                      SetupDeviceDescription=TEXT, SetupReferenceDescription=TEXT,
                                      SetupDeviceParameter="")],
            ReferencedSetupImageSequence=[item(
                ReferencedSOPClassUID=CT, ReferencedSOPInstanceUID=new_uid(subject, "setup"),
                SetupImageComment=TEXT)],
        ))  # fmt: skip
    return ds


def rtdose(subject: str, mint: Mint) -> Dataset:
    """A dose grid of one frame, from pydicom's example, referring to the plan."""
    ds = sample("rtdose_1frame.dcm")
    identified(ds, subject, "RTDOSE")
    ds.update(item(DoseComment=TEXT, ReferencedRTPlanSequence=[referenced(
        "1.2.840.10008.5.1.4.1.1.481.5", new_uid(subject, "RTPLAN 1"))]))  # fmt: skip
    ds.DoseGridScaling = mint.decimal("dcm:(3004,000E)")
    return ds


def seg(subject: str, mint: Mint) -> Dataset:
    """A segmentation of one frame, from pydicom's example, with algorithm parameters and tracking."""
    ds = sample("liver_1frame.dcm")
    identified(ds, subject, "SEG")
    ds.update(item(
        ContentLabel="PLACEHOLDER", ContentDescription=TEXT, ContentCreatorName=NAME,
        ContentCreatorIdentificationCodeSequence=[item(
            InstitutionName=TEXT, PersonIdentificationCodeSequence=[code("7", "99SITE", TEXT)])],
    ))  # fmt: skip
    ds.NumberOfFrames = 1
    ds.PerFrameFunctionalGroupsSequence = Sequence(ds.PerFrameFunctionalGroupsSequence[:1])
    for segment in ds.SegmentSequence:
        segment.update(item(
            SegmentLabel=TEXT, SegmentDescription=TEXT, SegmentAlgorithmType="SEMIAUTOMATIC",
            SegmentAlgorithmName=TEXT, TrackingID=TEXT, TrackingUID=new_uid(subject, "tracked"),
            SegmentationAlgorithmIdentificationSequence=[item(
                AlgorithmName="NET", AlgorithmVersion="1", AlgorithmParameters=TEXT,
                AlgorithmFamilyCodeSequence=[code("123110", "DCM", "Artificial Intelligence")])],
        ))  # fmt: skip
    ds.ReferencedSeriesSequence = Sequence([item(
        SeriesInstanceUID=new_uid(subject, "CT"),
        ReferencedInstanceSequence=[referenced(CT, new_uid(subject, "1"))])])  # fmt: skip
    return ds
