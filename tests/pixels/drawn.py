"""Pictures and images in memory for the tests of pixels/."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image as Pictures
from PIL import ImageDraw, ImageFont

from deidra import errors
from deidra.pixels.image import Device, Layout, Region

EXPLICIT_LITTLE = "1.2.840.10008.1.2.1"


class Held(NamedTuple):
    """An image whose frames are arrays in memory."""

    layout: Layout
    frames: Sequence[np.ndarray]
    series_group: str = "series"
    device: Device = Device()

    def coded(self, frame: int) -> bytes:
        """The bytes of one frame."""
        if frame >= len(self.frames):
            raise errors.Held("frame-missing", "there is no such frame")
        return self.frames[frame].tobytes()


def layout(rows: int, columns: int, frames: int = 1, **changed: object) -> Layout:
    """MONOCHROME2 of eight bits but for what is changed."""
    fields: dict[str, object] = {
        "transfer_syntax_uid": EXPLICIT_LITTLE, "rows": rows, "columns": columns, "frames": frames,
        "samples_per_pixel": 1, "photometric_interpretation": "MONOCHROME2", "planar_configuration": 0,
        "bits_allocated": 8, "bits_stored": 8, "high_bit": 7, "is_signed": False, **changed,
    }  # fmt: skip
    return Layout(**fields)  # type: ignore[arg-type]


def grey(*frames: np.ndarray, group: str = "series") -> Held:
    """An image of eight-bit frames."""
    return Held(layout(*frames[0].shape, len(frames)), frames, group)


def written(under: np.ndarray, *texts: tuple[int, int, str, int], level: int = 255, angle: int = 0) -> np.ndarray:
    """A picture with texts: (left, top, text, letter height in pixels)."""
    image = Pictures.fromarray(under)
    for left, top, text, size in texts:
        font = ImageFont.load_default(size)
        box = [int(v) for v in font.getbbox(text)]
        stamp = Pictures.new("L", (box[2] + 2, box[3] + 2))
        ImageDraw.Draw(stamp).text((0, 0), text, fill=255, font=font)
        stamp = stamp.rotate(angle, expand=True)
        image.paste(Pictures.new(image.mode, stamp.size, level), (left, top), stamp)
    return np.asarray(image)


def anatomy(rows: int, columns: int, seed: int = 0) -> np.ndarray:
    """Soft blobs and noise, no text."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:rows, 0:columns]
    picture = np.full((rows, columns), 10.0)
    for _ in range(12):
        cy, cx, r = rng.uniform(0, rows), rng.uniform(0, columns), rng.uniform(rows / 16, rows / 5)
        picture += rng.uniform(20, 60) / (1 + np.exp((np.hypot(y - cy, x - cx) - r) / 2))
    return (picture + rng.normal(0, 5, picture.shape)).clip(0, 255).astype(np.uint8)


def covers(regions: Sequence[Region], ink: np.ndarray, frame: int = 0) -> float:
    """The part of the ink that lies in the regions of a frame."""
    mask = np.zeros(ink.shape, bool)
    for region in regions:
        if region.first_frame <= frame <= region.last_frame:
            top, left, bottom, right = region.box
            mask[top:bottom, left:right] = True
    return float((mask & ink).sum() / ink.sum())
