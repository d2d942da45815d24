"""Text in pixels is found, filled and no more found, in a whole run; what could not be looked at is held."""

from __future__ import annotations

from typing import TYPE_CHECKING

import imagecodecs
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from pydicom import dcmread
from pydicom.encaps import encapsulate, generate_frames

import deidra
from deidra.pixels.text_regions import Settings, finders
from dicom.hard_objects import image

if TYPE_CHECKING:
    from pathlib import Path

    from pydicom import Dataset

pytestmark = pytest.mark.skipif(not finders(Settings()), reason="what looks for text in pixels is not installed")

ROWS, COLUMNS = 240, 320
NAME, NAME_BOX = "DOE JANE 1964", (12, 40, 20, 200)  # top, bottom, left, right
SYNTAXES = {
    "native": "1.2.840.10008.1.2.1",
    "jpeg": "1.2.840.10008.1.2.4.50",
    "jpeg-ls": "1.2.840.10008.1.2.4.80",
}


def picture(*words: tuple[str, tuple[int, int]]) -> np.ndarray:
    """A grey picture, rows by columns, of some anatomy and these words at (left, top)."""
    canvas = Image.new("L", (COLUMNS, ROWS), 8)
    pen = ImageDraw.Draw(canvas)
    pen.ellipse((90, 70, 230, 210), fill=90)
    pen.ellipse((120, 110, 170, 160), fill=40)
    for text, place in words:
        pen.text(place, text, fill=255, font=ImageFont.load_default(20))
    return np.asarray(canvas)


def screen(pixels: np.ndarray, syntax: str) -> Dataset:
    """A secondary capture with these pixels."""
    ds = image("1.2.840.10008.5.1.4.1.1.7", Modality="OT")
    ds.Rows, ds.Columns, ds.SamplesPerPixel, ds.PhotometricInterpretation = *pixels.shape, 1, "MONOCHROME2"
    ds.BitsAllocated = ds.BitsStored = 8
    ds.HighBit, ds.PixelRepresentation = 7, 0
    ds.file_meta.TransferSyntaxUID = SYNTAXES[syntax]
    if syntax == "native":
        ds.PixelData = pixels.tobytes()
    else:
        code = imagecodecs.jpeg8_encode if syntax == "jpeg" else imagecodecs.jpegls_encode
        ds.PixelData = encapsulate([bytes(code(pixels))])
        ds["PixelData"].VR = "OB"
    return ds


def run(folder: Path, *objects: Dataset, settings: tuple[str, ...] = ()) -> deidra.RunSummary:
    (folder / "in").mkdir()
    for number, ds in enumerate(objects):
        ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"1.2.3.{number + 1}"
        ds.save_as(folder / "in" / f"{number}.dcm", enforce_file_format=True)
    return deidra.run([folder / "in"], folder / "out", jobs=1, settings=settings)


def shown(ds: Dataset) -> np.ndarray:
    """The samples, decoded by another library than the one that wrote them."""
    if not ds.file_meta.TransferSyntaxUID.is_encapsulated:
        return np.frombuffer(ds.PixelData, np.uint8).reshape(ds.Rows, ds.Columns)
    (frame,) = generate_frames(ds.PixelData, number_of_frames=1)
    is_ls = ds.file_meta.TransferSyntaxUID == SYNTAXES["jpeg-ls"]
    decode = imagecodecs.jpegls_decode if is_ls else imagecodecs.jpeg8_decode
    return np.asarray(decode(frame))


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_a_name_in_pixels_is_filled_and_marks_stay(syntax: str, tmp_path: Path) -> None:
    source = screen(picture((NAME, (22, 14)), ("L", (290, 110)), ("10 mm", (240, 210))), syntax)
    summary = run(tmp_path, source)
    assert (summary.released, summary.held) == (1, 0), summary.reasons
    (path,) = (tmp_path / "out").rglob("*.dcm")
    ds = dcmread(path)
    assert ds.file_meta.TransferSyntaxUID == SYNTAXES[syntax]
    top, bottom, left, right = NAME_BOX
    before, after = shown(source).astype(int), shown(ds).astype(int)
    name = after[top + 4 : bottom - 10, left + 6 : right - 40]
    assert name.max() == name.min()
    outside = np.ones(before.shape, bool)
    outside[:64, :240] = False
    assert np.array_equal(before[outside], after[outside])
    assert ds.BurnedInAnnotation == "NO"
    assert "113101" in [code.CodeValue for code in ds.DeidentificationMethodCodeSequence]
    report = (summary.workspace / "report.json").read_text()
    assert "clean-pixel-data:text" in report
    assert "DOE" not in report


def test_images_without_text_keep_their_bytes_and_say_that_they_were_looked_at(tmp_path: Path) -> None:
    source = screen(picture(), "native")
    assert run(tmp_path, source).released == 1
    (path,) = (tmp_path / "out").rglob("*.dcm")
    ds = dcmread(path)
    assert (ds.PixelData, ds.BurnedInAnnotation) == (source.PixelData, "NO")


def test_pixels_that_are_missing_are_held(tmp_path: Path) -> None:
    short = screen(picture(), "native")
    short.PixelData = short.PixelData[: ROWS * COLUMNS // 2]
    summary = run(tmp_path, short)
    assert (summary.released, summary.held) == (0, 1)
    assert [row.code for row in summary.reasons] == ["frames-missing"]


def test_without_the_option_screens_are_held(tmp_path: Path) -> None:
    summary = run(tmp_path, screen(picture(), "native"), settings=("options=-clean-pixel-data",))
    assert [row.code for row in summary.reasons] == ["pixels-unexamined"]


def test_rules_about_devices_of_the_policy_add_places(tmp_path: Path) -> None:
    (tmp_path / "ours.script").write_text('Consoles of ours\n{ Modality.equals("OT") }\n(200, 100, 60, 40)\n')
    settings = (f"pixels.device_rules={tmp_path / 'ours.script'}",)
    source = screen(picture(), "native")
    assert run(tmp_path, source, settings=settings).released == 1
    (path,) = (tmp_path / "out").rglob("*.dcm")
    after = shown(dcmread(path))
    assert after[100:140, 200:260].max() == 0
    after = after.copy()
    after[100:140, 200:260] = shown(source)[100:140, 200:260]
    assert np.array_equal(after, shown(source))


def test_rules_that_cannot_be_read_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    (tmp_path / "ours.script").write_text('{ Modality.equals("OT") \n(200, 100, 60, 40)\n')
    with pytest.raises(deidra.PolicyError, match=r"ours\.script"):
        run(tmp_path, screen(picture(), "native"), settings=(f"pixels.device_rules={tmp_path / 'ours.script'}",))
    assert not list((tmp_path / "out").rglob("*.dcm"))


def test_saved_screens_may_be_filled_whole(tmp_path: Path) -> None:
    source = screen(picture(), "native")
    source.ImageType = ["DERIVED", "SECONDARY", "SCREEN SAVE"]
    assert run(tmp_path, source, settings=("pixels.screens=fill",)).released == 1
    (path,) = (tmp_path / "out").rglob("*.dcm")
    assert np.ptp(shown(dcmread(path))) == 0


def test_no_examination_is_claimed_where_an_overlay_lies_in_spare_bits(tmp_path: Path) -> None:
    source = screen(picture(), "native")
    for element, vr, value in ((0x10, "US", ROWS), (0x11, "US", COLUMNS), (0x100, "US", 8), (0x102, "US", 7)):
        source.add_new((0x6000, element), vr, value)
    assert run(tmp_path, source, settings=("pixels.unexamined=release",)).released == 1
    (path,) = (tmp_path / "out").rglob("*.dcm")
    ds = dcmread(path)
    assert ds.get("BurnedInAnnotation") != "NO"
    assert "113101" not in [code.CodeValue for code in ds.DeidentificationMethodCodeSequence]
