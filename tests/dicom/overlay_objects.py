"""Images with overlay planes that show text, outlines or both, and with curves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from pydicom.dataset import Dataset

from dicom.graphic_objects import ct

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROWS, COLUMNS = 200, 331
OUTLINE = (200, 110, 300, 180)  # left, top, right, bottom
WORDS_AT = (12, 20)


def drawing(words: str = "", *, outline: bool = False, size: int = 18, at: tuple[int, int] = WORDS_AT) -> np.ndarray:
    """A picture of one bit, rows by columns, with `words` or a region of interest drawn in it."""
    picture = Image.new("1", (COLUMNS, ROWS), 0)
    pen = ImageDraw.Draw(picture)
    if words:
        pen.text(at, words, fill=1, font=ImageFont.load_default(size))
    if outline:
        pen.ellipse(OUTLINE, outline=1)
    return np.array(picture, dtype=np.uint8)


def packed(frames: Sequence[np.ndarray]) -> bytes:
    """The frames as Overlay Data (60xx,3000), PS3.5 8.1.2."""
    bits = np.packbits(np.concatenate([frame.ravel() for frame in frames]), bitorder="little").tobytes()
    return bits + bytes(len(bits) & 1)


def unpacked(ds: Dataset, group: int = 0x6000) -> np.ndarray:
    """The frames of an overlay, frames by rows by columns."""
    rows, columns = ds[group, 0x0010].value, ds[group, 0x0011].value
    frames = int(ds[group, 0x0015].value) if (group, 0x0015) in ds else 1
    bits = np.unpackbits(np.frombuffer(ds[group, 0x3000].value, np.uint8), bitorder="little")
    return bits[: rows * columns * frames].reshape(frames, rows, columns)


def with_overlay(
    ds: Dataset, *frames: np.ndarray, group: int = 0x6000, words: Callable[[str], str] = str, kind: str = "G"
) -> Dataset:
    """`ds` with an overlay plane; `words` makes its label, description and comments of what would be harmless."""
    rows, columns = frames[0].shape
    elements = {
        0x0010: ("US", rows), 0x0011: ("US", columns), 0x0022: ("LO", words("Lesion")), 0x0040: ("CS", kind),
        0x0045: ("LO", "USER"), 0x0050: ("SS", [1, 1]), 0x0100: ("US", 1), 0x0102: ("US", 0),
        0x1301: ("IS", 42), 0x1302: ("DS", "12.5"), 0x1303: ("DS", "1.25"), 0x1500: ("LO", words("Liver")),
        0x3000: ("OW", packed(frames)), 0x4000: ("LT", words("Measurement")),
    }  # fmt: skip
    if len(frames) > 1:
        elements[0x0015], elements[0x0051] = ("IS", len(frames)), ("US", 1)
    for element, (vr, value) in sorted(elements.items()):
        ds.add_new((group, element), vr, value)
    return ds


def with_curve(ds: Dataset, points: np.ndarray, *, group: int = 0x5000, words: Callable[[str], str] = str) -> Dataset:
    """`ds` with a curve of floating point numbers (retired, PS3.3-1998 C.10.2)."""
    count, dimensions = points.shape
    for element, vr, value in (
        (0x0005, "US", dimensions), (0x0010, "US", count), (0x0020, "CS", "PROF"), (0x0022, "LO", words("Profile")),
        (0x0030, "SH", ["mm", "HU"]), (0x0040, "SH", ["Distance", "Density"]), (0x0103, "US", 2),
        (0x2500, "LO", words("Profile")), (0x3000, "OW", points.astype("<f4").tobytes()),
    ):  # fmt: skip
        ds.add_new((group, element), vr, value)
    return ds


def image(*frames: np.ndarray, words: Callable[[str], str] = str) -> Dataset:
    """An image of the person with one overlay."""
    return with_overlay(ct(), *frames, words=words)
