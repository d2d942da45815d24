"""Where text stands in a picture: the detector of PP-OCR, whose weights come with the package rapidocr.

Pictures are looked at in overlapping tiles at their own size, so that small letters in large pictures are not lost to
scaling. Nothing is read: whatever looks like text counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

Box = tuple[int, int, int, int]  # top, left, bottom, right in pixels; bottom and right exclusive

# The detector looks at no less than 736 pixels: smaller tiles are enlarged, and small letters with them
TILE_PIXELS, OVERLAP_PIXELS = 512, 128
_MARGIN_PIXELS = 4
_LEAST_SCORE = 0.5
# No line of text fills a tile in both directions; outlines of organs do
_MOST_OF_A_TILE = 0.7
_NEEDED = ("rapidocr", "onnxruntime", "numpy")


def finder_version() -> str:
    """What would look for text, with its version; "" when it is not installed."""
    try:
        return f"rapidocr {version('rapidocr')}, onnxruntime {version('onnxruntime')}"
    except PackageNotFoundError:
        return ""


def text_finder() -> Callable[[memoryview], Sequence[Box]] | None:
    """The finder of text, or None when the extra `pixels` is not installed. The model is loaded at its first call."""
    return find_text if finder_version() else None


def find_text(picture: memoryview) -> Sequence[Box]:
    """The boxes of text in `picture` (rows x columns, uint8), with a margin. The same picture, the same answer."""
    import numpy as np

    image = np.asarray(picture)
    rows, columns = image.shape
    boxes = []
    for top in _starts(rows):
        for left in _starts(columns):
            tile = image[top : top + TILE_PIXELS, left : left + TILE_PIXELS]
            if tile.min() == tile.max():
                continue
            boxes += [(top + t, left + lf, top + b, left + r) for t, lf, b, r in _in_tile(tile)]
    return tuple(boxes)


def _starts(length: int) -> Iterator[int]:
    """Where tiles begin along an axis: they overlap, and the last ends with the picture."""
    yield from range(0, max(length - TILE_PIXELS, 0), TILE_PIXELS - OVERLAP_PIXELS)
    yield max(length - TILE_PIXELS, 0)


def _in_tile(tile: Any) -> Iterator[Box]:
    import numpy as np

    found = _detector()(np.repeat(tile[:, :, None], 3, axis=2))
    if found.boxes is None:
        return
    for corners, score in zip(found.boxes, found.scores, strict=True):
        if score < _LEAST_SCORE:
            continue
        (left, top), (right, bottom) = np.floor(corners.min(axis=0)), np.ceil(corners.max(axis=0))
        if min((bottom - top) / tile.shape[0], (right - left) / tile.shape[1]) > _MOST_OF_A_TILE:
            continue
        yield (
            int(top) - _MARGIN_PIXELS,
            int(left) - _MARGIN_PIXELS,
            int(bottom) + _MARGIN_PIXELS,
            int(right) + _MARGIN_PIXELS,
        )


@cache
def _detector() -> Any:
    from rapidocr import RapidOCR

    # One thread: the run already has a process for every core
    engine: Any = RapidOCR(
        params={
            "Global.log_level": "critical",
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )
    # The detector alone: where it finds nothing, the whole engine answers with the whole picture
    return engine._load_det_model()
