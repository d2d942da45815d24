"""A DICOMDIR is written anew over what was released, and a strict reader finds every file through it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pydicom
import pytest
from pydicom.data import get_testdata_file
from pydicom.fileset import FileSet

import deidra
from dicom.release import WITHOUT_PIXELS


@pytest.fixture
def media(tmp_path: Path) -> Path:
    """The media that pydicom brings for its tests: a DICOMDIR with CT, MR and CR of two patients."""
    folder = tmp_path / "media"
    shutil.copytree(Path(str(get_testdata_file("DICOMDIR"))).parent / "77654033", folder / "77654033")
    shutil.copy(str(get_testdata_file("DICOMDIR")), folder / "DICOMDIR")
    return folder


@pytest.mark.filterwarnings("ignore::UserWarning")  # file names below OUT are longer than a CS may be
def test_the_new_directory_leads_to_every_released_file_and_to_nothing_else(media: Path, tmp_path: Path) -> None:
    summary = deidra.run([media], tmp_path / "out", jobs=1, settings=WITHOUT_PIXELS)
    released = set((tmp_path / "out").rglob("*.dcm"))
    files = FileSet(tmp_path / "out" / "DICOMDIR")
    files._stage["t"].cleanup()  # where it would stage changes
    assert {Path(instance.path) for instance in files} == released
    assert summary.released == len(released) + 1
    for instance in files:
        dataset = instance.load()
        assert instance.SOPInstanceUID == dataset.SOPInstanceUID
        assert instance.PatientID == dataset.PatientID
        assert instance.SeriesInstanceUID == dataset.SeriesInstanceUID
    original = pydicom.dcmread(media / "DICOMDIR")
    content = (tmp_path / "out" / "DICOMDIR").read_bytes()
    for record in original.DirectoryRecordSequence:
        for keyword in ("PatientID", "PatientName", "StudyInstanceUID", "SeriesInstanceUID"):
            if value := str(record.get(keyword, "")):
                assert value.encode() not in content


def test_the_same_release_gives_the_same_directory_and_it_is_not_written_twice(media: Path, tmp_path: Path) -> None:
    deidra.run([media], tmp_path / "out", jobs=1, settings=WITHOUT_PIXELS)
    path = tmp_path / "out" / "DICOMDIR"
    first, written = path.read_bytes(), path.stat().st_mtime_ns
    deidra.run([media], tmp_path / "out", jobs=2, settings=WITHOUT_PIXELS)
    assert path.stat().st_mtime_ns == written
    path.unlink()
    deidra.run([media], tmp_path / "out", jobs=2, settings=WITHOUT_PIXELS)
    assert path.read_bytes() == first


def test_a_directory_with_nothing_to_list_is_held(media: Path, tmp_path: Path) -> None:
    shutil.rmtree(media / "77654033")
    summary = deidra.run([media], tmp_path / "out", jobs=1, settings=WITHOUT_PIXELS)
    assert (summary.released, summary.held) == (0, 1)
    assert [row.code for row in summary.reasons] == ["dicomdir-empty"]
    assert list((tmp_path / "out").iterdir()) == []
