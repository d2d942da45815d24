"""One picture of each series, with nothing in it but samples; never neighbours, never what was not searched."""

from __future__ import annotations

import json
import re
import sqlite3
import struct
import zlib
from io import BytesIO
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import deidra
from corpus.search import find
from deidra.errors import PolicyError
from deidra.pixels.text_regions import Settings, finders
from deidra.policy.load import load_policy
from deidra.policy.schema import MOST_SLICES
from deidra.run.slices import LEAST_SHARE, picked
from dicom.hard_objects import ROOT, image
from run.test_run_pixels import NAME, NAME_BOX, picture, screen

if TYPE_CHECKING:
    from pathlib import Path

    from deidra.run.collection import RunSummary

pytestmark = pytest.mark.skipif(not finders(Settings()), reason="what looks for text in pixels is not installed")

PERSON = "Quackenbushzz^Adelaidezz"
SIDE = 48


def write_series(folder: Path, count: int, number: int = 1, **values: object) -> None:
    """A series of slices whose samples are their place; neither names nor instance numbers follow it."""
    folder.mkdir(exist_ok=True)
    for place in range(count):
        ds = image(PatientName=PERSON, **values)
        ds.SeriesInstanceUID, ds.SOPInstanceUID = f"{ROOT}.7.{number}", f"{ROOT}.8.{number}.{place + 1}"
        ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
        ds.ImagePositionPatient, ds.ImageOrientationPatient = [0, 0, -5 * place], [1, 0, 0, 0, 1, 0]
        ds.InstanceNumber = str(place * 7 % count)
        ds.Rows = ds.Columns = SIDE
        ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
        ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
        ds.WindowCenter, ds.WindowWidth, ds.RescaleSlope, ds.RescaleIntercept = "128", "256", "1", "0"
        ds.PixelData = np.full((SIDE, SIDE), place, "<u2").tobytes()
        ds.save_as(folder / f"{number}-{place * 11 % count}.dcm", enforce_file_format=True)


def release(source: Path, out: Path, *settings: str) -> RunSummary:
    return deidra.run([source], out, policy="slices", settings=("subjects.scheme=keyed", *settings), jobs=1)


def places(out: Path) -> list[int]:
    """Of which slices the pictures are."""
    return sorted(round(float(np.asarray(Image.open(path)).mean())) for path in out.rglob("*.png"))


def chunks(data: bytes) -> list[bytes]:
    """The names of the chunks of a PNG, to its last byte."""
    at, names = 8, []
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        names.append(data[at + 4 : at + 8])
        assert zlib.crc32(data[at + 4 : at + 8 + length]) == struct.unpack_from(">I", data, at + 8 + length)[0]
        at += 12 + length
    return names


@given(st.integers(0, 2000), st.integers(1, MOST_SLICES))
def test_what_is_picked_is_a_small_share_and_never_neighbours(count: int, per_series: int) -> None:
    chosen = picked(count, per_series)
    assert len(chosen) <= per_series
    assert len(chosen) <= max(1, count // LEAST_SHARE)
    assert all(0 <= place < count for place in chosen)
    assert all(later - earlier >= LEAST_SHARE // 2 for earlier, later in pairwise(chosen))
    assert bool(chosen) == bool(count)
    if count > 2:
        assert {0, count - 1}.isdisjoint(chosen)


def test_a_picture_of_the_middle_slice_leaves_and_nothing_else_does(tmp_path: Path) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    write_series(source, 24)
    write_series(source, 1, number=2)
    (source / "letter.txt").write_text(f"Patient: {PERSON}\nID: MRN7654321\n", "utf-8")
    summary = deidra.run([source], out, policy="slices", jobs=1)
    assert (summary.released, summary.held, summary.not_selected, summary.exit_code) == (2, 0, 24, 0)
    files = sorted(path for path in out.rglob("*") if path.is_file())
    assert len(files) == 2
    for path in files:
        assert re.fullmatch(r"[0-9a-f]{32}\.png", path.name)
        assert path.parent == out
        assert chunks(path.read_bytes()) == [b"IHDR", b"IDAT", b"IEND"]
        assert np.asarray(Image.open(path)).shape == (SIDE, SIDE)
    assert len({path.stat().st_mtime for path in files}) == 1
    assert places(out) == [0, 11]  # position falls from slice to slice: the twelfth from the other end
    assert find(["Quackenbushzz", "Adelaidezz", "MRN7654321", ROOT], out) == []
    assert not (summary.workspace / "spool").exists()
    statuses = [entry["status"] for entry in json.loads(summary.report.read_bytes())["objects"]]
    assert sorted(statuses) == ["not-selected"] * 24 + ["released"] * 2


def test_the_rationale_tells_figures_and_names_nobody(tmp_path: Path) -> None:
    write_series(tmp_path / "in", 24)
    summary = release(tmp_path / "in", tmp_path / "out")
    text = (summary.workspace / "slices-rationale.md").read_text("utf-8")
    assert "1 picture of 1 series; the largest share of a series with several images is 4.2%" in text
    assert "(1 of 1; " in text
    assert "profile" in text
    assert not any(needle in text for needle in ("Quackenbushzz", ROOT, "MRN7654321"))


def test_several_pictures_are_apart_and_jpeg_holds_no_metadata(tmp_path: Path) -> None:
    write_series(tmp_path / "in", 40)
    settings = ("slices.per_series=3", "slices.format=jpeg", "slices.folders=subject")
    summary = release(tmp_path / "in", tmp_path / "out", *settings)
    assert (summary.released, summary.not_selected) == (3, 37)
    files = list((tmp_path / "out").rglob("*.jpg"))
    assert len({path.parent for path in files}) == 1
    assert {path.parent.parent for path in files} == {tmp_path / "out"}
    for path in files:
        with Image.open(path) as opened:
            assert opened.size == (SIDE, SIDE)
            assert not opened.getexif()
            assert set(opened.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        data = path.read_bytes()
        header = data[: data.index(b"\xff\xda")]
        assert not [marker for marker in (*range(0xE1, 0xF0), 0xFE) if bytes((0xFF, marker)) in header]


def test_text_in_the_picture_is_filled(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    ds = screen(picture((NAME, (40, 10))), "native")
    ds.Modality = "CR"
    ds.save_as(tmp_path / "in" / "one.dcm", enforce_file_format=True)
    settings = ("pixels.screens=search",)
    assert release(tmp_path / "in", tmp_path / "out", *settings).released == 1
    (path,) = (tmp_path / "out").rglob("*.png")
    shown = np.asarray(Image.open(path))
    top, bottom, left, right = NAME_BOX
    assert np.ptp(shown[top:bottom, left:right].astype(int)) < 40
    assert shown[150, 200] > 60  # the anatomy stays


def test_what_was_not_searched_is_held(tmp_path: Path) -> None:
    write_series(tmp_path / "in", 3)
    settings = ("options=-clean-pixel-data", "pixels.unexamined=release")
    summary = release(tmp_path / "in", tmp_path / "out", *settings)
    assert (summary.released, summary.held, summary.not_selected, summary.exit_code) == (0, 1, 2, 3)
    assert {row.code for row in summary.reasons} == {"pixels-unexamined", "not-selected"}
    assert not [path for path in (tmp_path / "out").rglob("*") if path.is_file()]


def test_what_cannot_be_decoded_is_held(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    ds = screen(picture(), "jpeg")
    data = BytesIO()
    ds.save_as(data, enforce_file_format=True)
    content = data.getvalue()
    at = content.rindex(b"\xff\xda")
    (tmp_path / "in" / "one.dcm").write_bytes(content[: at + 20] + bytes(len(content) - at - 20))
    summary = release(tmp_path / "in", tmp_path / "out")
    assert (summary.released, summary.exit_code) in ((0, 3), (0, 1))
    assert not [path for path in (tmp_path / "out").rglob("*") if path.is_file()]


def test_a_run_goes_on_and_a_series_that_grew_still_gives_one_picture(tmp_path: Path) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    write_series(source, 4)
    release(source, out)
    (first,) = out.rglob("*.png")
    again = release(source, out)
    assert (again.kept, again.released) == (1, 1)
    assert list(out.rglob("*.png")) == [first]
    first.unlink()
    release(source, out)
    assert list(out.rglob("*.png")) == [first]
    write_series(source, 12)
    grown = release(source, out)
    assert (grown.released, grown.not_selected) == (1, 11)
    assert len(list(out.rglob("*.png"))) == 1


def test_a_picture_that_a_killed_run_left_goes(tmp_path: Path) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    write_series(source, 2)
    release(source, out)
    (kept,) = out.rglob("*.png")
    (out / f"{'a' * 32}.png").write_bytes(b"of a run that was killed")
    with sqlite3.connect(tmp_path / "out.deidra" / "ledger.sqlite") as ledger:
        ledger.execute("UPDATE meta SET value = 'yes' WHERE key = 'unfinished'")
    ledger.close()
    release(source, out)
    assert list(out.rglob("*.png")) == [kept]


def test_verification_finds_nothing_in_pictures(tmp_path: Path) -> None:
    from deidra.verify.verify import verify

    write_series(tmp_path / "in", 4)
    release(tmp_path / "in", tmp_path / "out")
    verify(tmp_path / "out", source=tmp_path / "in", with_validators=False, ocr="none", jobs=1)
    findings = json.loads((tmp_path / "out.deidra" / "verify.json").read_bytes())["findings"]
    assert not [one for one in findings if one["severity"] in ("leak", "error", "unclear")]


def test_a_plan_tells_what_would_not_be_taken(tmp_path: Path) -> None:
    write_series(tmp_path / "in", 12)
    report = deidra.plan([tmp_path / "in"], policy="slices", settings=("subjects.scheme=keyed",), jobs=1)
    assert (report.released, report.not_selected) == (1, 11)


def test_pictures_cannot_stand_in_a_manifest() -> None:
    with pytest.raises(PolicyError, match="manifest"):
        load_policy("slices", ["manifest=teaching-file"])
    with pytest.raises(PolicyError, match="0 to 5"):
        load_policy("slices", ["slices.per_series=6"])


def test_of_a_selection_only_what_is_selected_gives_pictures(tmp_path: Path) -> None:
    write_series(tmp_path / "in", 3)
    write_series(tmp_path / "in", 2, number=2)
    (tmp_path / "list.csv").write_text(f"SeriesInstanceUID\n{ROOT}.7.2\n", "utf-8")
    settings = ("subjects.scheme=keyed",)
    selection = tmp_path / "list.csv"
    run = deidra.run(
        [tmp_path / "in"], tmp_path / "out", policy="slices", settings=settings, selection=selection, jobs=1
    )
    assert (run.released, run.not_selected, run.exit_code) == (1, 4, 0)
