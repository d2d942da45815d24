"""A clinical trial: its modules in every object, visits by window, sites and arms from the list of subjects."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydicom import dcmread

import deidra
from deidra.errors import SubjectListError
from deidra.run.vault import lookup
from dicom.hard_objects import image
from dicom.release import WITHOUT_PIXELS

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

POLICY = """\
name: lung
extends: clinical-trial
trial:
  sponsor: Example University
  protocol_id: LUNG-7
  site_name: Coordinating site
  time_points:
    BL: {description: Baseline, days: -28..0}
    W12: {days: 70..98}
  arms:
    open: {}
    blinded: {PatientSex: empty}
"""
LIST = """\
id_old,id_new,site_id,reading_id,baseline_date,arm
PAT-1,LUNG-001,S01,R-9,2020-03-10,blinded
PAT-2,LUNG-002,S02,,2020-03-10,open
"""


def visit(patient: int, day: str, **attributes: object) -> Dataset:
    """An image of a study of that day."""
    given = {"ClinicalTrialProtocolID": "OTHER-TRIAL", "ClinicalTrialSiteName": "Other Hospital", "PatientSex": "F"}
    ds = image(PatientID=f"PAT-{patient}", PatientName=f"Quuxfamily{patient}^A", StudyDate=day, **given | attributes)
    ds.StudyInstanceUID = f"1.2.3.{patient}.{day}"
    ds.SeriesInstanceUID = f"{ds.StudyInstanceUID}.1"
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"{ds.StudyInstanceUID}.1.1"
    return ds


def run(tmp_path: Path, *objects: Dataset, policy: str = POLICY, subjects: str = LIST) -> dict[str, list[Dataset]]:
    """Released objects by subject, in the order of their offsets from baseline."""
    folder = tmp_path / "in"
    folder.mkdir()
    for number, ds in enumerate(objects):
        ds.save_as(folder / f"{number}.dcm", enforce_file_format=True)
    (tmp_path / "policy.yaml").write_text(policy)
    (tmp_path / "subjects.csv").write_text(subjects)
    options = {"policy": tmp_path / "policy.yaml", "settings": WITHOUT_PIXELS, "jobs": 1}
    given = tmp_path / "subjects.csv" if subjects else None
    summary = deidra.run([folder], tmp_path / "out", subjects=given, **options)
    assert summary.released == len(objects), summary.reasons
    found: dict[str, list[Dataset]] = {}
    for path in (tmp_path / "out").rglob("*.dcm"):
        ds = dcmread(path)
        found.setdefault(ds.PatientID, []).append(ds)
    return {key: sorted(all_, key=lambda ds: ds.get(_OFFSET, 0)) for key, all_ in found.items()}


_OFFSET = "LongitudinalTemporalOffsetFromEvent"


def test_every_object_says_trial_site_subject_and_visit_and_nothing_of_another_trial(tmp_path: Path) -> None:
    days = ("20200301", "20200312", "20200601")
    found = run(tmp_path, *(visit(1, day) for day in days), visit(2, "20200310"))
    first = found["LUNG-001"]
    assert [ds.ClinicalTrialTimePointID for ds in first] == ["BL", "UNSCHEDULED", "W12"]
    assert [ds[_OFFSET].value for ds in first] == [-9.0, 2.0, 83.0]
    assert {ds.LongitudinalTemporalEventType for ds in first} == {"BASELINE"}
    assert [ds.get("ClinicalTrialTimePointDescription") for ds in first] == ["Baseline", None, None]
    (other,) = found["LUNG-002"]
    for ds, site, reading in ((first[0], "S01", "R-9"), (other, "S02", None)):
        assert ds.ClinicalTrialSponsorName == "Example University"
        assert (ds.ClinicalTrialProtocolID, ds.ClinicalTrialProtocolName) == ("LUNG-7", "")
        assert (ds.ClinicalTrialSiteID, ds.ClinicalTrialSiteName) == (site, "Coordinating site")
        assert (ds.ClinicalTrialSubjectID, ds.get("ClinicalTrialSubjectReadingID")) == (ds.PatientID, reading)
        assert ds.ClinicalTrialCoordinatingCenterName == ""
    everything = b"".join(path.read_bytes() for path in (tmp_path / "out").rglob("*.dcm"))
    assert not any(word in everything for word in (b"OTHER-TRIAL", b"Other Hospital", b"PAT-1", b"Quux"))


def test_an_arm_drops_what_it_must_and_shows_nowhere_by_name(tmp_path: Path) -> None:
    found = run(tmp_path, visit(1, "20200301"), visit(2, "20200301"))
    (blinded,), (plain,) = found["LUNG-001"], found["LUNG-002"]
    assert (blinded.PatientSex, plain.PatientSex) == ("", "F")
    assert blinded.DeidentificationMethod[2] == plain.DeidentificationMethod[2]  # the digest of the whole policy
    codes = [{item.CodeValue for item in ds.DeidentificationMethodCodeSequence} for ds in (blinded, plain)]
    assert codes[1] - codes[0] == {"113108"}  # what the arm keeps no more is not claimed
    assert not any(b"blinded" in path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file())


def test_without_a_list_the_preset_says_that_the_trial_is_not_stated(tmp_path: Path) -> None:
    found = run(tmp_path, visit(1, "20200301"), policy="name: bare\nextends: clinical-trial\n", subjects="")
    ((pseudonym, (ds,)),) = found.items()
    assert (ds.ClinicalTrialSponsorName, ds.ClinicalTrialProtocolID) == ("NOT STATED", "NOT STATED")
    assert (ds.ClinicalTrialTimePointID, _OFFSET in ds) == ("", False)
    original = lookup(tmp_path / "out.deidra", pseudonym, reason="query of the site")
    assert original is not None
    assert (original.original, original.shift_days < 0) == ("PAT-1", True)  # known to the crosswalk alone


def test_a_list_may_speak_of_the_trial_and_leave_the_pseudonyms_to_the_key(tmp_path: Path) -> None:
    found = run(tmp_path, visit(1, "20200301"), subjects="id_old,site_id,baseline_date\nPAT-1,S07,2020-03-01\n")
    ((pseudonym, (ds,)),) = found.items()
    assert len(pseudonym) == 13
    assert (ds.ClinicalTrialSiteID, ds.ClinicalTrialTimePointID) == ("S07", "BL")


@pytest.mark.parametrize(
    ("subjects", "code"),
    [
        (LIST.replace("blinded", "unknown-arm"), "subject-list-arm"),
        (LIST.replace("2020-03-10,open", "10.3.2020,open"), "subject-list-invalid"),
        (LIST.replace("S02", "S\\02"), "subject-list-invalid"),
        ("id_old,site_id\nPAT-1,S01\n", "subject-list-incomplete"),
        ("id_old\nPAT-1\n", "subject-list-header"),
    ],
)
def test_a_list_that_cannot_be_meant_is_refused_without_a_value(tmp_path: Path, subjects: str, code: str) -> None:
    with pytest.raises(SubjectListError) as error:
        run(tmp_path, visit(1, "20200301"), visit(2, "20200301"), subjects=subjects)
    assert error.value.code == code
    assert not any(value in str(error.value) for value in ("PAT-", "2020", "S01", "S02", "unknown-arm"))
    assert not list((tmp_path / "out").rglob("*.dcm"))


def test_columns_of_a_trial_need_a_policy_that_names_one(tmp_path: Path) -> None:
    with pytest.raises(SubjectListError) as error:
        run(tmp_path, visit(1, "20200301"), policy="name: none\nextends: public-research\n")
    assert error.value.code == "subject-list-trial"
