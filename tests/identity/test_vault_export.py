"""What a vault tells its owner: tables in the formats that people use, and the study's accession number."""

from __future__ import annotations

import csv
from pathlib import Path

import pydicom
import pytest

from deidra.errors import UsageError
from deidra.run.collection import run
from deidra.run.vault import export, lookup
from deidra.run.vault_admin import create, destroy_all
from dicom.release import WITHOUT_PIXELS
from run import cloud


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("released")
    cloud.source(folder / "in")
    create(folder / "w", crosswalk=True)
    run([folder / "in"], folder / "out", workspace=folder / "w", jobs=1, settings=WITHOUT_PIXELS)
    return folder


def _rows(path: Path) -> list[tuple[str, ...]]:
    if path.suffix == ".csv":
        with path.open(newline="") as file:
            return [tuple(row) for row in csv.reader(file)]
    openpyxl = pytest.importorskip("openpyxl")
    return list(openpyxl.load_workbook(path).active.iter_rows(values_only=True))


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_tables_are_of_the_kind_that_their_ending_names(released: Path, tmp_path: Path, ending: str) -> None:
    uids, subjects = tmp_path / f"uids.{ending}", tmp_path / f"subjects.{ending}"
    counts = export(released / "w", uids, subjects)
    assert counts == {"UIDs": len(_rows(uids)) - 1, "subjects": 2}
    assert _rows(uids)[0] == _rows(subjects)[0] == ("id_old", "id_new")
    assert [row[0] for row in _rows(subjects)[1:]] == ["NEEDLE77", "NEEDLE88"]
    news = {image.SOPInstanceUID for images in cloud.released(released / "out").values() for image in images}
    assert news <= {row[1] for row in _rows(uids)}
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in (uids, subjects))


def test_without_a_file_they_stay_in_the_workspace_and_end_with_it(tmp_path: Path) -> None:
    cloud.source(tmp_path / "in")
    run([tmp_path / "in"], tmp_path / "out", workspace=tmp_path / "w", jobs=1, settings=WITHOUT_PIXELS)
    export(tmp_path / "w")
    assert "NEEDLE77" in (tmp_path / "w" / "subjects.csv").read_text()
    assert (tmp_path / "w" / "uids.csv").exists()
    destroy_all(tmp_path / "w")
    assert not (tmp_path / "w" / "subjects.csv").exists()
    assert not (tmp_path / "w" / "uids.csv").exists()


def test_nothing_goes_into_the_output(released: Path) -> None:
    for name in ("uids.csv", "deep/uids.xlsx"):
        with pytest.raises(UsageError) as refused:
            export(released / "w", released / "out" / name)
        assert refused.value.code == "vault-in-output"


def test_a_study_is_told_with_its_accession_number_and_a_subject_with_its_shift(released: Path) -> None:
    images = [images[0] for images in cloud.released(released / "out").values()]
    for image in images:
        study, subject = lookup(released / "w", image.StudyInstanceUID), lookup(released / "w", image.PatientID)
        assert study is not None
        assert subject is not None
        assert study.accession_number == f"ACC{subject.original[-2:]}"
        shifted = (pydicom.valuerep.DA(image.StudyDate) - pydicom.valuerep.DA("20190405")).days
        assert subject.shift_days == shifted
        assert "ACC" not in repr(study)


def test_a_ledger_without_a_vault_knows_the_shift_too(tmp_path: Path) -> None:
    cloud.source(tmp_path / "in")
    run([tmp_path / "in"], tmp_path / "out", workspace=tmp_path / "w", jobs=1, settings=WITHOUT_PIXELS)
    image = next(iter(cloud.released(tmp_path / "out").values()))[0]
    found = lookup(tmp_path / "w", image.PatientID)
    assert found is not None
    assert found.shift_days == (pydicom.valuerep.DA(image.StudyDate) - pydicom.valuerep.DA("20190405")).days
