"""Frames of files that come with pydicom: redacted in their syntax, and shown by pydicom's own decoders as before."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import data_store
import numpy as np
import pydicom.data
import pytest
from msgspec import structs
from pydicom import Dataset, dcmread
from pydicom.encaps import encapsulate, generate_frames
from pydicom.errors import InvalidDicomError
from pydicom.uid import UID

from deidra.errors import Held
from deidra.pixels.fill import covered, within
from deidra.pixels.frames import NATIVE_SYNTAXES, native_frame_bytes
from deidra.pixels.image import Box, Layout, Palette
from deidra.pixels.redact import plan, redact_frame, transcode_frame
from pixels import coded

# Too slow to decode again and again, or no image
_MOST_PIXELS = 400_000
# Made defective on purpose: of another size than they say, or cut short
DEFECTIVE = {"JPEG2000-embedded-sequence-delimiter.dcm", "MR_truncated.dcm"}
# Not of an image, or not readable as one
OTHERS = {
    "badVR.dcm",
    "chrJapMulti.dcm",
    "chrJapMultiExplicitIR6.dcm",
    "chrKoreanMulti.dcm",
    "emri_small_jpeg_2k_lossless_too_short.dcm",
}


@cache
def files() -> dict[str, Path]:
    """Every file with an image of one of the syntaxes that frames are read in."""
    found = {}
    folders = [Path(package.__file__).parent for package in (data_store, pydicom.data)]
    for path in sorted(path for folder in folders for path in folder.rglob("*.dcm")):
        try:
            head = Dataset() if path.name in OTHERS else read(path, stop_before_pixels=True)
        except (InvalidDicomError, OSError, ValueError, NotImplementedError):
            continue
        syntax = head.get("file_meta", Dataset()).get("TransferSyntaxUID")
        is_image = isinstance(head.get("Rows"), int) and isinstance(head.get("Columns"), int)
        if syntax and is_image and head.Rows * head.Columns <= _MOST_PIXELS and syntax != "1.2.840.10008.1.2.2":
            found[path.name] = path
    return found


def read(path: Path, **options: Any) -> Dataset:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return dcmread(path, **options)


def layout_of(ds: Dataset) -> Layout:
    """What the caller makes of a data set."""
    colours = ("Red", "Green", "Blue")
    palette = None
    if "RedPaletteColorLookupTableData" in ds:
        tables = (ds[f"{colour}PaletteColorLookupTableData"].value for colour in colours)
        palette = Palette(tuple(ds.RedPaletteColorLookupTableDescriptor), *tables)  # type: ignore[arg-type]
    return Layout(
        transfer_syntax_uid=str(ds.file_meta.TransferSyntaxUID),
        rows=ds.Rows,
        columns=ds.Columns,
        frames=int(ds.get("NumberOfFrames") or 1),
        samples_per_pixel=ds.SamplesPerPixel,
        photometric_interpretation=ds.PhotometricInterpretation,
        planar_configuration=ds.get("PlanarConfiguration") or 0,
        bits_allocated=ds.BitsAllocated,
        bits_stored=ds.BitsStored,
        high_bit=ds.HighBit,
        is_signed=bool(ds.PixelRepresentation),
        palette=palette,
    )


def first_frame(ds: Dataset, layout: Layout) -> bytes:
    if UID(layout.transfer_syntax_uid).is_encapsulated:
        return next(iter(frames_of(ds, layout)))
    return bytes(ds.PixelData[: native_frame_bytes(layout)])


def frames_of(ds: Dataset, layout: Layout) -> Iterator[bytes]:
    return generate_frames(ds.PixelData, number_of_frames=layout.frames)


def alone(ds: Dataset, frame: bytes, syntax: str) -> Any:
    """What pydicom shows of a frame, its colours as stored. None where it has no decoder."""
    ds.NumberOfFrames = 1
    ds.file_meta.TransferSyntaxUID = UID(syntax)
    ds.PixelData = encapsulate([frame]) if UID(syntax).is_encapsulated else frame + b"\0" * (len(frame) % 2)
    ds["PixelData"].VR = "OB" if ds.BitsAllocated <= 8 else "OW"
    for keyword in ("ExtendedOffsetTable", "ExtendedOffsetTableLengths"):
        if keyword in ds:
            delattr(ds, keyword)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ds.pixel_array_options(raw=True)
            return ds.pixel_array
    except RuntimeError:
        return None


def boxes(layout: Layout) -> tuple[Box, ...]:
    rows, columns = layout.rows, layout.columns
    return within(
        layout,
        (
            (rows // 8, columns // 8, rows // 8 + max(rows // 10, 1), columns // 2),
            (rows - rows // 6, columns - columns // 3, rows, columns),
        ),
    )


@pytest.mark.parametrize("name", sorted(files()))
def test_other_pixels_are_shown_as_before(name: str) -> None:
    ds = read(files()[name])
    layout = layout_of(ds)
    frame = first_frame(ds, layout)
    if name in DEFECTIVE:
        with pytest.raises(Held):
            redact_frame(layout, frame, boxes(layout))
        return
    what = plan(layout)
    new = (transcode_frame if what.recodes_all else redact_frame)(layout, frame, boxes(layout))
    if not what.may_grow and layout.rows * layout.columns > 20_000:
        assert len(new) <= 1.1 * len(frame)
    before, after = alone(ds, frame, layout.transfer_syntax_uid), alone(ds, new, what.transfer_syntax_uid)
    if before is None or after is None:
        return
    differs = before != after
    differs = differs.any(axis=2) if differs.ndim == 3 else differs
    assert not differs[~may_change(layout)].any()
    if layout.transfer_syntax_uid in NATIVE_SYNTAXES and layout.bits_allocated > 1:
        assert np.ptp((after if after.ndim == 2 else after[:, :, 0])[covered(before.shape[:2], boxes(layout))]) == 0


def may_change(layout: Layout) -> Any:
    """The boxes; of JPEG with the blocks that they touch, and a ring where chrominance is smoothed."""
    step = 1
    if layout.transfer_syntax_uid in (coded.BASELINE, coded.EXTENDED):
        step = 8 if layout.samples_per_pixel == 1 else 16
    elif layout.photometric_interpretation == "YBR_FULL_422":
        step = 2
    ring = 1 if step == 16 else 0
    widened = [
        (
            top // step * step - ring,
            left // step * step - ring,
            -(-bottom // step) * step + ring,
            -(-right // step) * step + ring,
        )
        for top, left, bottom, right in boxes(layout)
    ]
    return covered((layout.rows, layout.columns), within(layout, widened))


def test_frames_that_hold_no_box_keep_their_bytes() -> None:
    """As the caller puts a cine together: only two of its frames are touched."""
    ds = read(files()["examples_ybr_color.dcm"])
    layout = layout_of(ds)
    frames = list(frames_of(ds, layout))
    assert len(frames) > 4
    new = [redact_frame(layout, frame, boxes(layout) if at in (1, 3) else ()) for at, frame in enumerate(frames)]
    assert [at for at, (one, other) in enumerate(zip(frames, new, strict=True)) if one != other] == [1, 3]
    before, after = ds.pixel_array, None
    ds.PixelData = encapsulate(new)
    after = ds.pixel_array
    assert np.array_equal(before[[0, 2, 4]], after[[0, 2, 4]])
    assert not np.array_equal(before[1], after[1])
    assert plan(structs.replace(layout, frames=1)) == plan(layout)
