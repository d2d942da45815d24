"""Overlays in spare bits of the pixels, PS3.3-2004 C.9.2: cleared, or the object is held."""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
from pydicom import Dataset, dcmread
from pydicom.encaps import encapsulate, generate_frames

import deidra
from deidra.errors import Held
from dicom.carriers import COLUMNS, NAME, ROWS, WITHOUT_PIXELS, looks, picture, refused, secondary, shown


def with_overlay(words: str, position: int = 12, stored: int = 12, **more: Any) -> Dataset:
    """Twelve bits of a picture, and words drawn in a bit that no value uses."""
    values = picture("", 0, (1 << stored) - 1)
    drawn = (picture(words, 0, 255) > 200) & (picture("", 0, 255) <= 200)
    ds = secondary(values | drawn.astype(np.uint16) << position, 16, stored, **more)
    for element, vr, value in (
        (0x10, "US", ROWS), (0x11, "US", COLUMNS), (0x40, "CS", "G"), (0x50, "SS", [1, 1]), (0x100, "US", 16),
        (0x102, "US", position),
    ):  # fmt: skip
        ds.add_new((0x6000, element), vr, value)
    return ds


def coded(ds: Dataset, syntax: str) -> Dataset:
    values = shown(ds)[0]
    code = {"5": _run_length, "4.57": _lossless_jpeg, "4.80": _jpeg_ls, "4.90": imagecodecs.jpeg2k_encode}[syntax]
    arguments = {"level": 0, "codecformat": "J2K", "reversible": True} if syntax == "4.90" else {}
    ds.PixelData = encapsulate([bytes(code(values, **arguments))])
    ds["PixelData"].VR = "OB"
    ds.file_meta.TransferSyntaxUID = f"1.2.840.10008.1.2.{syntax}"
    return ds


def _run_length(values: np.ndarray[Any, Any]) -> bytes:
    import rle

    size = {"rows": ROWS, "columns": COLUMNS, "samples_per_pixel": 1, "bits_allocated": 16}
    return bytes(rle.encode_pixel_data(values.tobytes(), byteorder="<", **size))


def _lossless_jpeg(values: np.ndarray[Any, Any]) -> bytes:
    return bytes(imagecodecs.ljpeg_encode(values, bitspersample=16))


def _jpeg_ls(values: np.ndarray[Any, Any]) -> bytes:
    return bytes(imagecodecs.jpegls_encode(values))


@pytest.mark.parametrize("position", [12, 15])
@pytest.mark.parametrize("policy", ["basic", "public-research"])
def test_an_overlay_in_spare_bits_is_cleared_whatever_the_policy(policy: str, position: int) -> None:
    before = with_overlay("DOE JANE", position)
    settings = WITHOUT_PIXELS if policy == "public-research" else ("pixels.unexamined=release",)
    ds = deidra.deidentify(before, policy=policy, settings=settings).dataset()
    assert np.array_equal(shown(ds), shown(before) & 0xFFF)
    assert (shown(before) > 0xFFF).any()


def test_overlays_below_the_values_are_cleared_too() -> None:
    before = with_overlay("DOE JANE", 0)
    before.PixelData = (shown(before) << 3).astype("<u2").tobytes()
    before.HighBit = 14
    before[0x6000, 0x0102].value = 2
    before.PixelData = (shown(before) | 4).astype("<u2").tobytes()
    ds = deidra.deidentify(before, settings=WITHOUT_PIXELS).dataset()
    assert np.array_equal(shown(ds), shown(before) & 0x7FF8)


@looks
@pytest.mark.parametrize("syntax", ["1", "5", "4.57", "4.80", "4.90"])
def test_spare_bits_are_cleared_in_every_lossless_syntax_and_pixels_searched(syntax: str) -> None:
    ds = with_overlay("DOE JANE")
    values = shown(ds) & 0xFFF
    source = ds if syntax == "1" else coded(ds, syntax)
    after = deidra.deidentify(source).dataset()
    assert after.file_meta.TransferSyntaxUID == source.file_meta.TransferSyntaxUID
    assert after.BurnedInAnnotation == "NO"
    assert np.array_equal(whole(after), values[0])


def whole(ds: Dataset) -> np.ndarray[Any, Any]:
    """All bits of the samples, whatever Bits Stored says."""
    if not ds.file_meta.TransferSyntaxUID.is_encapsulated:
        return shown(ds)[0]
    if ds.file_meta.TransferSyntaxUID.endswith(".5"):
        from pydicom.pixels.decoders.rle import _rle_decode_frame

        (frame,) = generate_frames(ds.PixelData, number_of_frames=1)
        return np.frombuffer(_rle_decode_frame(frame, ROWS, COLUMNS, 1, 16), "<u2").reshape(ROWS, COLUMNS)
    (frame,) = generate_frames(ds.PixelData, number_of_frames=1)
    decode = {
        "4.57": imagecodecs.jpeg8_decode, "4.80": imagecodecs.jpegls_decode, "4.90": imagecodecs.jpeg2k_decode,
    }[ds.file_meta.TransferSyntaxUID.removeprefix("1.2.840.10008.1.2.")]  # fmt: skip
    return np.asarray(decode(frame))


def test_an_overlay_that_has_data_besides_is_cleared_too() -> None:
    ds = with_overlay("DOE JANE")
    ds.add_new((0x6000, 0x3000), "OW", bytes(ROWS * COLUMNS // 8))
    assert not (shown(deidra.deidentify(ds, settings=WITHOUT_PIXELS).dataset()) > 0xFFF).any()


def test_what_a_series_shares_does_not_hide_an_overlay_in_one_of_its_images(tmp_path: Path) -> None:
    for number in range(8):
        ds = with_overlay("DOE JANE" if number == 6 else "")
        ds.add_new((0x6000, 0x3000), "OW", bytes(ROWS * COLUMNS // 8))
        ds[0x6000, 0x0102].value = 12 if number == 6 else 0
        ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"1.2.3.{number + 1}"
        (tmp_path / "in").mkdir(exist_ok=True)
        ds.save_as(tmp_path / "in" / f"{number}.dcm", enforce_file_format=True)
    assert deidra.run([tmp_path / "in"], tmp_path / "out", jobs=1, settings=WITHOUT_PIXELS).released == 8
    assert all(not (shown(dcmread(path)) > 0xFFF).any() for path in (tmp_path / "out").rglob("*.dcm"))


@looks
def test_a_name_in_the_pixels_and_one_above_them_both_go() -> None:
    ds = with_overlay("ROE RICHARD")
    ds.PixelData = (shown(ds) & 0xF000 | picture("DOE JANE", 0, 4095)).astype("<u2").tobytes()
    after = deidra.deidentify(ds).dataset()
    assert not (shown(after) > 0xFFF).any()
    assert np.ptp(shown(after)[0][NAME]) == 0


@pytest.mark.parametrize(("position", "present"), [(3, True), (11, True), (16, True), (0, False)])
def test_an_overlay_that_is_not_in_spare_bits_holds_the_object(position: int, present: bool) -> None:
    ds = with_overlay("", 12)
    ds[0x6000, 0x0102].value = position
    if not present:
        del ds[0x6000, 0x0102]
    assert refused(ds, "options=-clean-pixel-data") == "pixels-unexamined"


def test_spare_bits_that_are_coded_with_loss_hold_the_object() -> None:
    ds = with_overlay("DOE JANE")
    ds.PixelData = encapsulate([bytes(imagecodecs.jpeg2k_encode(shown(ds)[0], level=40, codecformat="J2K"))])
    ds["PixelData"].VR = "OB"
    ds.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.4.91"
    assert refused(ds, *WITHOUT_PIXELS) == "transfer-syntax-unsupported"


def test_truncated_pixels_under_an_overlay_hold_the_object() -> None:
    ds = with_overlay("DOE JANE")
    ds.PixelData = ds.PixelData[:-100]
    assert refused(ds, *WITHOUT_PIXELS) == "frames-missing"


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("syntax", ["5", "4.57", "4.80", "4.90"])
def test_damaged_frames_under_an_overlay_are_cleared_or_held(syntax: str, seed: int) -> None:
    ds = coded(with_overlay("DOE JANE"), syntax)
    (frame,) = generate_frames(ds.PixelData, number_of_frames=1)
    rng, damaged = random.Random(seed), bytearray(frame)
    for _ in range(8):
        damaged[rng.randrange(len(damaged))] = rng.randrange(256)
    ds.PixelData = encapsulate([bytes(damaged[: rng.randrange(10, len(damaged))] if seed == 3 else damaged)])
    ds["PixelData"].VR = "OB"
    with suppress(Held):
        after = deidra.deidentify(ds, settings=WITHOUT_PIXELS).dataset()
        assert whole(after).max() <= 0xFFF
