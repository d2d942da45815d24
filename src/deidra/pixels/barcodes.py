"""Barcodes and two-dimensional codes in a rendered picture: where they stand. What they say is not kept."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from deidra.pixels.image import Box

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

# Bars reach beyond the line that was read: a quarter of the length of a linear code, at least
_MARGIN = 0.25
_LEAST_MARGIN_PIXELS = 6


def finder_version() -> str:
    """What would look for codes, with its version; "" when it is not installed."""
    try:
        return f"zxing-cpp {version('zxing-cpp')}"
    except PackageNotFoundError:
        return ""


def find_codes(picture: NDArray[np.uint8]) -> Sequence[Box]:
    """Boxes of codes in a picture (rows, columns[, 3]), with a margin. Needs zxing-cpp."""
    import zxingcpp

    rows, columns = picture.shape[:2]
    boxes = []
    for code in zxingcpp.read_barcodes(picture):
        place = code.position
        points = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
        xs, ys = [point.x for point in points], [point.y for point in points]
        length = max(max(xs) - min(xs), max(ys) - min(ys))
        margin = max(_LEAST_MARGIN_PIXELS, round(_MARGIN * length))
        boxes.append(
            (
                max(0, min(ys) - margin),
                max(0, min(xs) - margin),
                min(rows, max(ys) + margin),
                min(columns, max(xs) + margin),
            )
        )
    return boxes
