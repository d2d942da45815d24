"""Mean images across subjects in which no single subject stands out, and the file they are written to (NIfTI-1)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

from deidra.errors import Held
from deidra.pixels.frames import samples
from deidra.pixels.image import Image
from deidra.pixels.slice_picture import png

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    Plane = NDArray[np.float32]

_FEWEST = 3
_FLOAT32, _MILLIMETRES, _ALIGNED = 16, 2, 2
_HEADER_BYTES = 352  # 348, and four that say there are no extensions


def plane(image: Image, slope: float, intercept: float) -> Plane:
    """The first frame of a grey image in the units that its rescale gives (rows, columns). Raises Held."""
    import numpy as np

    if image.layout.samples_per_pixel != 1 or image.layout.palette is not None:
        raise Held("not-grey", "means are made of grey images")
    stored = samples(image.layout, image.coded(0)).astype(np.float32)
    values = stored * np.float32(slope) + np.float32(intercept)
    return np.asarray(np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0))


def trimmed_mean(planes: Iterable[Plane]) -> Plane:
    """The mean of each pixel without its lowest and its highest value: what one subject alone shows is not in it.

    All planes have one shape (rows, columns). Raises ValueError for fewer than three.
    """
    import numpy as np

    total: Any = None
    count = 0
    for values in planes:
        if total is None:
            total, low, high = values.astype(np.float64), values.copy(), values.copy()
        else:
            total += values
            np.minimum(low, values, out=low)
            np.maximum(high, values, out=high)
        count += 1
    if count < _FEWEST:
        raise ValueError("a mean without its extremes needs three planes")
    return np.asarray(((total - low - high) / (count - 2)).astype(np.float32))


def preview(values: Plane) -> bytes:
    """A plane as a PNG of eight bits over the range of its values."""
    import numpy as np

    low, high = float(values.min()), float(values.max())
    scaled = (values - low) * (255 / max(high - low, 1e-6))
    return png(np.rint(scaled).astype(np.uint8))


def nifti_header(shape: tuple[int, int, int], spacing_mm: tuple[float, float, float], axes: Sequence[float]) -> bytes:
    """What stands before the samples of a NIfTI-1 file of float32, columns fastest, then rows, then slices.

    `shape`: rows, columns, slices. `spacing_mm`: between rows, columns, slices. `axes`: Image Orientation (Patient),
    whose signs turn from LPS to RAS. Where the origin lies is not told.
    """
    rows, columns, slices = shape
    between_rows, between_columns, between_slices = spacing_mm
    a, b = tuple(axes[:3]), tuple(axes[3:])
    normal = (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])
    affine = [
        sign * part
        for sign, x, y, z in zip((-1, -1, 1), a, b, normal, strict=True)
        for part in (x * between_columns, y * between_rows, z * between_slices, 0.0)
    ]
    header = bytearray(_HEADER_BYTES)
    struct.pack_into("<i", header, 0, 348)
    struct.pack_into("<8h", header, 40, 3, columns, rows, slices, 1, 1, 1, 1)
    struct.pack_into("<2h", header, 70, _FLOAT32, 32)
    struct.pack_into("<8f", header, 76, 1.0, between_columns, between_rows, between_slices, 0, 0, 0, 0)
    struct.pack_into("<3f", header, 108, _HEADER_BYTES, 1.0, 0.0)
    struct.pack_into("<B", header, 123, _MILLIMETRES)
    struct.pack_into("<2h", header, 252, 0, _ALIGNED)
    struct.pack_into("<12f", header, 280, *affine)
    header[344:348] = b"n+1\0"
    return bytes(header)
