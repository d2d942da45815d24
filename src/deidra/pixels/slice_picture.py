"""One frame as a picture file that holds nothing but its samples: PNG (ISO/IEC 15948) or JPEG (ITU-T T.81)."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Any, Literal

from deidra.errors import Held
from deidra.pixels.frames import samples
from deidra.pixels.image import Image, Layout
from deidra.pixels.render import main_rendering

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from deidra.pixels.render import Picture

_GREY, _RGB = 0, 2
_UP = 2
_JPEG_QUALITY = 95


def slice_picture(image: Image, frame: int, form: Literal["png", "jpeg"]) -> bytes:
    """A whole picture file of eight bits, grey or RGB, without any metadata. Raises Held as `frames.samples` does."""
    picture = _seen(image.layout, samples(image.layout, image.coded(frame)))
    return png(picture) if form == "png" else _jpeg(picture)


def _seen(layout: Layout, values: NDArray[Any]) -> Picture:
    """The frame as a viewer shows it first: through its own window, or the range of its values where it has none."""
    import numpy as np

    window = next(((centre, width) for centre, width in layout.windows if width >= 1), None)
    if window is None or values.ndim == 3 or layout.palette is not None or layout.bits_stored <= 8:
        return main_rendering(layout, values)
    if layout.photometric_interpretation not in ("MONOCHROME1", "MONOCHROME2"):
        raise Held("pixel-layout", "the photometric interpretation is unknown or does not fit the samples")
    centre, width = window
    # PS3.3 C.11.2.1.3, the linear function
    scaled = ((values.astype(np.float32) - np.float32(centre - 0.5)) / np.float32(max(width - 1, 1)) + 0.5) * 255
    picture = np.rint(scaled.clip(0, 255)).astype(np.uint8)
    return np.asarray(255 - picture if layout.photometric_interpretation == "MONOCHROME1" else picture)


def png(picture: Picture) -> bytes:
    """The three chunks that must be there, and no other: IHDR, IDAT, IEND."""
    import numpy as np

    rows, columns = picture.shape[:2]
    lines = np.ascontiguousarray(picture).reshape(rows, -1)
    above = np.vstack([np.zeros_like(lines[:1]), lines[:-1]])
    filtered = np.hstack([np.full((rows, 1), _UP, np.uint8), lines - above])
    header = struct.pack(">IIBBBBB", columns, rows, 8, _RGB if picture.ndim == 3 else _GREY, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(filtered.tobytes(), 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in chunks)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _jpeg(picture: Picture) -> bytes:
    import cv2

    turned = picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    _, coded = cv2.imencode(".jpg", turned, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    return coded.tobytes()
