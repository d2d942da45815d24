"""Clean radiotherapy objects: structure set, plan and dose of one study."""

from __future__ import annotations

from array import array
from random import Random

from pydicom.dataset import Dataset

from deidra.score.synthetic.images import CT
from deidra.score.synthetic.modules import (
    DAY,
    TIME,
    Place,
    common,
    decimals,
    frame_uid,
    instance_uid,
    item,
    referenced,
    series_uid,
    study_uid,
)

RTSTRUCT = "1.2.840.10008.5.1.4.1.1.481.3"
RTPLAN = "1.2.840.10008.5.1.4.1.1.481.5"
RTDOSE = "1.2.840.10008.5.1.4.1.1.481.2"
STUDY_COMPONENT = "1.2.840.10008.3.1.2.3.1"


def rtstruct(place: Place, rng: Random) -> Dataset:
    """A structure set with one contour on the study's first CT slice."""
    ds = common(RTSTRUCT, "RTSTRUCT", place)
    ds.OperatorsName = ""
    slice_reference = referenced(CT, instance_uid(place, "CT", 1))
    contour = item(
        ContourGeometricType="CLOSED_PLANAR", NumberOfContourPoints="3", ContourImageSequence=[slice_reference],
        ContourData=[decimals(rng, -90, 90) for _ in range(9)],
    )  # fmt: skip
    study = item(
        ReferencedSOPClassUID=STUDY_COMPONENT, ReferencedSOPInstanceUID=study_uid(place),
        RTReferencedSeriesSequence=[item(
            SeriesInstanceUID=series_uid(place, "CT"), ContourImageSequence=[slice_reference])],
    )  # fmt: skip
    ds.update(item(
        StructureSetLabel="PLAN STRUCTURES", StructureSetDate=DAY, StructureSetTime=TIME, ApprovalStatus="UNAPPROVED",
        FrameOfReferenceUID=frame_uid(place), PositionReferenceIndicator="",
        ReferencedFrameOfReferenceSequence=[item(
            FrameOfReferenceUID=frame_uid(place), RTReferencedStudySequence=[study])],
        StructureSetROISequence=[item(
            ROINumber="1", ReferencedFrameOfReferenceUID=frame_uid(place), ROIName="Cord", ROIGenerationAlgorithm="")],
        ROIContourSequence=[item(
            ROIDisplayColor=["255", "0", "0"], ReferencedROINumber="1", ContourSequence=[contour])],
        RTROIObservationsSequence=[item(
            ObservationNumber="1", ReferencedROINumber="1", RTROIInterpretedType="ORGAN", ROIInterpreter="")],
    ))  # fmt: skip
    return ds


def rtplan(place: Place, rng: Random) -> Dataset:
    """A plan with one static photon beam."""
    ds = common(RTPLAN, "RTPLAN", place)
    ds.OperatorsName = ""
    point = item(
        ControlPointIndex="0", NominalBeamEnergy="6", CumulativeMetersetWeight="0", GantryAngle=decimals(rng, 0, 359),
        GantryRotationDirection="NONE", BeamLimitingDeviceAngle="0", BeamLimitingDeviceRotationDirection="NONE",
        PatientSupportAngle="0", PatientSupportRotationDirection="NONE", TableTopEccentricAngle="0",
        TableTopEccentricRotationDirection="NONE", TableTopVerticalPosition=decimals(rng, -90, 90),
        TableTopLongitudinalPosition="", TableTopLateralPosition="", IsocenterPosition=["0", "0", "0"],
        BeamLimitingDevicePositionSequence=[
            item(RTBeamLimitingDeviceType="X", LeafJawPositions=["-50", "50"]),
            item(RTBeamLimitingDeviceType="Y", LeafJawPositions=["-50", "50"])],
    )  # fmt: skip
    beam = item(
        BeamNumber="1", BeamName="Ant", BeamType="STATIC", RadiationType="PHOTON", TreatmentMachineName="LINAC",
        SourceAxisDistance="1000", TreatmentDeliveryType="TREATMENT", NumberOfWedges="0", NumberOfCompensators="0",
        NumberOfBoli="0", NumberOfBlocks="0", FinalCumulativeMetersetWeight="1", NumberOfControlPoints="2",
        PrimaryDosimeterUnit="MU", ControlPointSequence=[
            point, item(ControlPointIndex="1", CumulativeMetersetWeight="1")],
        BeamLimitingDeviceSequence=[
            item(RTBeamLimitingDeviceType="X", NumberOfLeafJawPairs="1"),
            item(RTBeamLimitingDeviceType="Y", NumberOfLeafJawPairs="1")],
    )  # fmt: skip
    structures = instance_uid(place, "RTSTRUCT", 1)
    ds.update(item(
        RTPlanLabel="PLAN1", RTPlanDate=DAY, RTPlanTime=TIME, RTPlanGeometry="PATIENT", ApprovalStatus="UNAPPROVED",
        FrameOfReferenceUID=frame_uid(place), PositionReferenceIndicator="",
        FractionGroupSequence=[item(
            FractionGroupNumber="1", NumberOfFractionsPlanned=str(rng.randint(20, 39)), NumberOfBeams="1",
            NumberOfBrachyApplicationSetups="0", ReferencedBeamSequence=[item(
                ReferencedBeamNumber="1", BeamMeterset=decimals(rng, 90, 400))])],
        BeamSequence=[beam],
        PatientSetupSequence=[item(PatientSetupNumber="1", PatientPosition="HFS", SetupTechnique="ISOCENTRIC")],
        ReferencedStructureSetSequence=[referenced(RTSTRUCT, structures)],
    ))  # fmt: skip
    return ds


def rtdose(place: Place, rng: Random) -> Dataset:
    """A dose grid of one plane."""
    ds = common(RTDOSE, "RTDOSE", place)
    ds.OperatorsName = ""
    grid = array("H", (rng.randrange(60000) for _ in range(256)))
    ds.update(item(
        FrameOfReferenceUID=frame_uid(place), PositionReferenceIndicator="", PixelSpacing=["4", "4"],
        ImageOrientationPatient=["1", "0", "0", "0", "1", "0"], ImagePositionPatient=["0", "0", decimals(rng, -90, 90)],
        SliceThickness="4", SamplesPerPixel=1, PhotometricInterpretation="MONOCHROME2", Rows=16, Columns=16,
        BitsAllocated=16, BitsStored=16, HighBit=15, PixelRepresentation=0, DoseUnits="GY", DoseType="PHYSICAL",
        DoseSummationType="PLAN", DoseGridScaling=f"{rng.uniform(1e-4, 9e-4):.8f}",
        ReferencedRTPlanSequence=[referenced(RTPLAN, instance_uid(place, "RTPLAN", 1))],
    ))  # fmt: skip
    ds.add_new(0x7FE00010, "OW", grid.tobytes())
    return ds
