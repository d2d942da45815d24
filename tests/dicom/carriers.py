"""Secondary captures with a name in their pixels, in whatever carries pixels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from pydicom import Dataset

import deidra
from deidra.errors import Held
from deidra.pixels.text_regions import Settings, finders
from dicom.hard_objects import image

ROWS, COLUMNS = 120, 200
NAME = (slice(14, 26), slice(16, 100))  # rows and columns that the name is certainly in
NEEDLE = "NEEDLE^QUILL"
SECONDARY = "1.2.840.10008.5.1.4.1.1.7.3"
WITHOUT_PIXELS = ("options=-clean-pixel-data", "pixels.unexamined=release")
looks = pytest.mark.skipif(not finders(Settings()), reason="what looks for text in pixels is not installed")


def picture(words: str = "DOE JANE", least: int = 20, most: int = 255) -> np.ndarray[Any, Any]:
    canvas = Image.new("L", (COLUMNS, ROWS), 0)
    pen = ImageDraw.Draw(canvas)
    pen.ellipse((60, 50, 140, 110), fill=120)
    pen.text((12, 8), words, fill=255, font=ImageFont.load_default(20))
    return (np.asarray(canvas) / 255 * (most - least) + least).astype(np.uint16)


def secondary(pixels: np.ndarray[Any, Any], allocated: int, stored: int, **more: Any) -> Dataset:
    ds = image(SECONDARY, Modality="OT", **more)
    ds.Rows, ds.Columns, ds.NumberOfFrames = ROWS, COLUMNS, 1
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = allocated, stored, stored - 1
    ds.PixelData = pixels.astype(f"<u{allocated // 8}").tobytes()
    return ds


def refused(ds: Dataset | bytes, *settings: str) -> str:
    with pytest.raises(Held) as caught:
        deidra.deidentify(ds, settings=settings)
    return caught.value.code


def shown(ds: Dataset) -> np.ndarray[Any, Any]:
    return np.frombuffer(ds.PixelData, f"<u{ds.BitsAllocated // 8}").reshape(-1, ROWS, COLUMNS)
