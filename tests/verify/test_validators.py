"""What validators say of several objects of one study."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.uid import generate_uid

from deidra.verify.validators import installed, study_verdict

pytestmark = pytest.mark.skipif("dcentvfy" not in installed(), reason="dcentvfy is not installed")


def two(folder: Path, keyword: str, values: tuple[str, str]) -> list[str]:
    """Two objects of one series that differ in one attribute."""
    paths = []
    for number, value in enumerate(values):
        ds = dcmread(str(get_testdata_file("CT_small.dcm")))
        ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = generate_uid()
        ds.InstanceNumber = number
        setattr(ds, keyword, value)
        ds.save_as(folder / f"{number}.dcm")
        paths.append(str(folder / f"{number}.dcm"))
    return paths


def test_two_names_of_one_patient_are_an_error(tmp_path: Path) -> None:
    errors = study_verdict(two(tmp_path, "PatientSex", ("F", "M"))).errors
    assert any("PatientSex" in error for error in errors)


def test_what_was_done_may_differ_between_the_instances_of_a_patient(tmp_path: Path) -> None:
    errors = study_verdict(two(tmp_path, "DeidentificationMethod", ("Pixels searched", "Pixels not searched"))).errors
    assert not any("Deidentification" in error for error in errors)
