"""What planners, readers and programs call things: the person goes, the name of the thing stays (PS3.15 E.3.5)."""

from __future__ import annotations

import warnings
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag

from deidra.policy.compile import compile_policy
from deidra.policy.load import load_policy
from deidra.standard import dictionary
from dicom.graphic_objects import PATIENT, PATIENT_ID, ROOT, ct
from dicom.graphic_release import OPTIONS, content, introduced, needles, released
from peers import peer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = PATIENT.replace("^", " ")

CLEANED = """
ROIName ROIDescription ROIObservationLabel ROIObservationDescription ROIGenerationDescription StructureSetLabel
StructureSetName StructureSetDescription RTPlanLabel RTPlanName RTPlanDescription BeamName BeamDescription BlockName
FractionGroupDescription DoseReferenceDescription PrescriptionDescription DoseComment SetupTechniqueDescription
SetupImageComment SetupDeviceLabel SetupDeviceDescription FixationDeviceLabel FixationDevicePosition
FixationDeviceDescription ShieldingDeviceLabel ShieldingDevicePosition ShieldingDeviceDescription PatientSetupLabel
PatientAdditionalPosition ToleranceTableLabel BolusDescription BolusID CompensatorDescription ApplicatorDescription
RTImageLabel RTImageName RTImageDescription TreatmentSite ApplicationSetupName SegmentLabel SegmentDescription
TrackingID FiducialDescription FiducialIdentifier FrameOfReferenceTransformationComment ChannelLabel
MultiplexGroupLabel ChannelDerivationDescription ProtocolElementName ProtocolElementPurpose SpecimenShortDescription
SpecimenDetailedDescription ContainerDescription ContentLabel ContentDescription ClinicalTrialTimePointDescription
ClinicalTrialSeriesDescription AcquisitionComments AcquisitionProtocolName AcquisitionProtocolDescription
SeriesDescription StudyDescription ProtocolName ImageComments FrameComments PatientComments DerivationDescription
ContrastBolusAgent RequestedProcedureDescription PerformedProcedureStepDescription ScheduledProcedureStepDescription
CommentsOnThePerformedProcedureStep RequestedContrastAgent EntityLabel EntityLongLabel UserContentLabel
RTPrescriptionLabel TreatmentPositionGroupLabel AnnotationGroupLabel DocumentTitle HangingProtocolName SurfaceComments
TrackSetLabel PixelSpacingCalibrationDescription StageName ViewName Radiopharmaceutical ContrastBolusRoute
WindowCenterWidthExplanation LUTExplanation OpticalPathDescription
""".split()
KEPT = "TreatmentMachineName RadiationMachineName DeviceID AlgorithmName AlgorithmVersion Manufacturer WedgeID".split()
REMOVED = """
ContactDisplayName ConfidentialityCode IntendedStartDayOfWeek AccessoryCode HangingProtocolCreator
InstitutionalDepartmentName
""".split()


def code_of(keyword: str, *settings: str) -> str:
    tag = dictionary.tag_of(keyword)
    assert tag is not None, keyword
    rule = compile_policy(load_policy("public-research", settings)).standard(tag, dictionary.vr(tag) or "")
    return f"{rule.code} {rule.method}".strip()


@pytest.mark.parametrize(
    ("keywords", "code"), [(CLEANED, "C text"), (KEPT, "K"), (REMOVED, "X")], ids=["cleaned", "kept", "removed"]
)
def test_under_clean_descriptors_names_and_comments_are_cleaned_and_not_dropped(keywords: list[str], code: str) -> None:
    assert {keyword: code_of(keyword, OPTIONS) for keyword in keywords} == dict.fromkeys(keywords, code)


def test_without_it_what_people_type_goes_and_what_they_pick_stays() -> None:
    basic = "options=modified-dates"
    assert {code_of(keyword, basic) for keyword in ("BeamName", "SegmentLabel", "BolusID", "ImageID")} == {"X"}
    assert {code_of(keyword, basic) for keyword in ("StageName", "Radiopharmaceutical", "LUTLabel")} == {"K"}
    assert {code_of(keyword, basic) for keyword in ("RadiationMachineName", "DeviceID")} == {"X"}


def elements(ds: Dataset, path: str = "") -> Iterator[tuple[str, Any]]:
    for element in ds:
        if element.VR == "SQ":
            for number, item in enumerate(element.value):
                yield from elements(item, f"{path}{element.tag}[{number}]/")
        else:
            yield f"{path}{element.tag}", element


def numbers(ds: Dataset) -> dict[str, Any]:
    """Every number of an object, by path."""
    kinds = ("DS", "IS", "FL", "FD", "US", "SS", "UL", "SL", "OF", "OD")
    return {path: element.value for path, element in elements(ds) if element.VR in kinds}


def typed(ds: Dataset, *, by: str) -> Dataset:
    """`ds` with the name of somebody behind every text that is cleaned."""
    for _, element in elements(ds):
        if element.keyword in CLEANED and element.VR in ("LO", "ST", "LT", "UT"):
            element.value = f"Liver {by}"
        elif element.keyword in CLEANED and element.VR == "SH":
            element.value = f"Liver {by}"[:16]
    return ds


def sample(name: str) -> Dataset:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ds = dcmread(str(get_testdata_file(name)), force=True)
    ds.PatientName, ds.PatientID = PATIENT, PATIENT_ID
    return ds


@pytest.mark.peer
@pytest.mark.parametrize("name", ["rtplan.dcm", "rtstruct.dcm", "liver_1frame.dcm", "waveform_ecg.dcm"])
def test_every_name_of_a_public_object_loses_the_person_and_every_number_stays(name: str, tmp_path: Path) -> None:
    before = typed(sample(name), by="Zzneedlename")
    (out,) = released(tmp_path, content(before))
    assert needles(out.path) == []
    after = dict(elements(out.ds))
    named = [path for path, element in elements(before) if str(element.value).startswith("Liver ")]
    assert named
    assert {after[path].value for path in named if path in after} == {"Liver"}
    same = numbers(out.ds)
    assert {path for path, value in numbers(before).items() if path in same and same[path] != value} == set()
    assert introduced(peer("dciodvfy"), tmp_path / "in" / "0.dcm", out.path) == []


def test_regions_that_are_named_alike_afterwards_are_still_told_apart_by_number(tmp_path: Path) -> None:
    """Everything in a structure set refers to a region by ROI Number (PS3.3 C.8.8.5), so equal names need no suffix."""
    before = sample("rtstruct.dcm")
    (first,) = before.StructureSetROISequence[:1]
    before.StructureSetROISequence = Sequence([deepcopy(first) for _ in range(4)])
    names = (f"{NAME} GTV", "GTV Zzneedlename", "PTV 50", "Heart")
    for number, (roi, name) in enumerate(zip(before.StructureSetROISequence, names, strict=True)):
        roi.ROINumber, roi.ROIName = number, name
    (out,) = released(tmp_path, content(before))
    assert [(roi.ROINumber, roi.ROIName) for roi in out.ds.StructureSetROISequence] == [
        (0, "GTV"),
        (1, "GTV"),
        (2, "PTV 50"),
        (3, "Heart"),
    ]


def test_a_name_that_the_object_needs_is_replaced_when_nothing_is_left_of_it(tmp_path: Path) -> None:
    before = sample("rtstruct.dcm")
    before.StructureSetROISequence[0].ROIName = NAME
    before.StructureSetLabel = "ZZNEEDLENAME"
    (out,) = released(tmp_path, content(before))
    assert out.ds.StructureSetROISequence[0].ROIName == ""
    assert out.ds.StructureSetLabel == "REMOVED"
    assert needles(out.path) == []


def test_texts_of_every_kind_are_cleaned_in_an_image_too(tmp_path: Path) -> None:
    ds = ct()
    expected = {}
    for keyword in CLEANED:
        tag = dictionary.tag_of(keyword)
        vr = (dictionary.vr(tag or 0) or "")[:2]
        if tag is None or vr not in ("LO", "ST", "LT", "UT", "UC"):
            continue
        ds.add_new(Tag(tag), vr, f"Liver {NAME}")
        expected[keyword] = "Liver"
    (out,) = released(tmp_path, content(ds))
    assert needles(out.path) == []
    assert {keyword: out.ds.get(keyword) for keyword in expected} == expected


def test_marks_and_their_texts_in_a_registration_stay(tmp_path: Path) -> None:
    fiducial, group = Dataset(), Dataset()
    fiducial.FiducialIdentifier, fiducial.FiducialDescription = "1", f"Tracheal carina, set by {NAME}"
    fiducial.ShapeType, fiducial.FiducialUID = "POINT", f"{ROOT}.77"
    group.FiducialSequence = Sequence([fiducial])
    ds = ct()
    ds.FiducialSetSequence = Sequence([group])
    (out,) = released(tmp_path, content(ds))
    (mark,) = out.ds.FiducialSetSequence[0].FiducialSequence
    assert (mark.FiducialIdentifier, mark.ShapeType) == ("1", "POINT")
    assert mark.FiducialDescription.startswith("Tracheal carina")
    assert needles(out.path) == []
