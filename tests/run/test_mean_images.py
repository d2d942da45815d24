"""Mean images across subjects: enough of them, each once, and nobody stands out."""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from corpus.search import find
from deidra.cli.aggregate import aggregate_command
from deidra.errors import UsageError
from deidra.pixels.mean_image import trimmed_mean
from deidra.pixels.text_regions import Settings, finders
from deidra.run.mean_images import aggregate
from dicom.hard_objects import ROOT, image

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(not finders(Settings()), reason="what looks for text in pixels is not installed")

SIDE, DEPTH = 24, 3


def write_subject(folder: Path, number: int, *, side: int = SIDE, scans: int = 1, odd: bool = False) -> None:
    """A volume of DEPTH slices, 10 times the slice plus the number of the subject; an odd one has a bright square."""
    folder.mkdir(exist_ok=True)
    for scan in range(scans):
        for place in range(DEPTH):
            ds = image(PatientName=f"Quackenbushzz^{number}", PatientID=f"ZZNEEDLE{number:04}")
            ds.StudyInstanceUID, ds.SeriesInstanceUID = f"{ROOT}.5.{number}", f"{ROOT}.6.{number}.{scan}"
            ds.SOPInstanceUID = f"{ROOT}.9.{number}.{scan}.{place}"
            ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
            ds.ImagePositionPatient = [0, 0, 2.5 * place]
            ds.Rows = ds.Columns = side
            ds.PixelSpacing, ds.RescaleSlope, ds.RescaleIntercept = [0.5, 0.75], "2", "-100"
            values = np.full((side, side), 10 * place + number, "<u2")
            if odd:
                values[5:9, 5:9] = 4000
            ds.PixelData = values.tobytes()
            ds.save_as(folder / f"{number}-{scan}-{place}.dcm", enforce_file_format=True)


def volume(path: Path) -> np.ndarray:
    """What a NIfTI-1 file holds, slices by rows by columns."""
    data = path.read_bytes()
    columns, rows, slices = struct.unpack_from("<3h", data, 42)
    (offset,) = struct.unpack_from("<f", data, 108)
    assert data[344:348] == b"n+1\0"
    assert set(data[148:252]) == {0}  # description and auxiliary file: nothing
    return np.frombuffer(data[int(offset) :], "<f4").reshape(slices, rows, columns)


def test_a_mean_of_enough_subjects_is_their_mean_and_shows_nobody(tmp_path: Path) -> None:
    for number in range(6):
        write_subject(tmp_path / "in", number, scans=2 if number == 2 else 1, odd=number == 3)
    write_subject(tmp_path / "in", 7, side=16)
    summary = aggregate([tmp_path / "in"], tmp_path / "out", minimum=6, jobs=1)
    assert [(one.subjects, one.geometry.slices) for one in summary.made] == [(6, DEPTH)]
    assert (summary.too_few, summary.unreadable, summary.exit_code) == (1, 0, 0)
    mean = volume(tmp_path / "out" / "mean-001.nii")
    # Numbers 1 to 4 are between the lowest and the highest, where subject 3 is the highest 0, 1, 2, 4 and 5 remain
    plain = 2 * (10 * np.arange(DEPTH) + 2.5) - 100
    assert np.allclose(mean[:, 0, 0], plain)
    assert np.allclose(mean[:, 6, 6], 2 * (10 * np.arange(DEPTH) + 3) - 100)
    assert mean.max() < 0
    with Image.open(tmp_path / "out" / "mean-001.png") as shown:
        assert shown.size == (SIDE, SIDE)
    index = json.loads((tmp_path / "out" / "aggregates.json").read_bytes())
    assert index["aggregates"][0]["geometry"]["spacing_mm"] == [0.5, 0.75, 2.5]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "aggregates.json", "mean-001.nii", "mean-001.png",
    ]  # fmt: skip
    assert find(["Quackenbushzz", "ZZNEEDLE", ROOT, "Zebrowski", "MRN7654321"], tmp_path / "out") == []
    assert not (tmp_path / "out.deidra" / "aggregates").exists()


def test_too_few_subjects_give_nothing(tmp_path: Path) -> None:
    for number in range(5):
        write_subject(tmp_path / "in", number, scans=2)
    arguments = [str(tmp_path / "in"), str(tmp_path / "out"), "--minimum", "6", "--quiet", "--jobs", "1"]
    done = CliRunner().invoke(aggregate_command, arguments, standalone_mode=False)
    assert done.return_value == 3
    assert "1 groups of fewer than 6 subjects" in done.output
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["aggregates.json"]


def test_bad_requests_are_refused(tmp_path: Path) -> None:
    write_subject(tmp_path / "in", 1)
    with pytest.raises(UsageError, match="minimum-too-small"):
        aggregate([tmp_path / "in"], tmp_path / "out", minimum=4)
    with pytest.raises(UsageError, match="pixels-unexamined"):
        aggregate(
            [tmp_path / "in"],
            tmp_path / "out",
            settings=("options=-clean-pixel-data", "pixels.unexamined=release"),
            jobs=1,
        )
    assert not (tmp_path / "out.deidra" / "aggregates").exists()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "note").write_text("mine")
    with pytest.raises(UsageError, match="output-not-empty"):
        aggregate([tmp_path / "in"], tmp_path / "full")


def test_the_extremes_of_each_pixel_do_not_count() -> None:
    planes = [np.full((2, 2), value, np.float32) for value in (1, 2, 3, 1000)]
    assert trimmed_mean(planes).tolist() == [[2.5, 2.5], [2.5, 2.5]]
    with pytest.raises(ValueError, match="three"):
        trimmed_mean(planes[:2])
