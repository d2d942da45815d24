"""Where text stands in a rendered picture: quadrangles from the maps of the text-finding networks.

A network answers with how likely each pixel lies on text (differentiable binarisation, Liao et al., AAAI 2020); the
map is cut into quadrangles here. Small pictures are enlarged so that letters of six pixels are seen, large ones are
looked at in overlapping tiles at their own size and once as a whole, so that letters of any size are.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from deidra.pixels.networks import FINDERS, answer, session

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]  # (rows, columns) or (rows, columns, 3)

Corners = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]  # (x, y), clockwise

TILE_PIXELS, OVERLAP_PIXELS = 736, 128
_MAP_THRESHOLD = 0.3
_LEAST_SHORT_SIDE = 3.0  # of a quadrangle, in pixels of the network
# What is taller is a shape or covers the picture; larger letters are seen in the smaller rendering
_MOST_SHORT_SIDE = 80.0
# Where a picture is made smaller, only what was too large before is looked for
_LEAST_WHEN_SMALLER = 26.0
# Networks answer with the core of a line of text: area x ratio / perimeter is put back on every side
_UNCLIP_RATIO = 1.6
_MOST_CANDIDATES = 1000


class Candidate(msgspec.Struct, frozen=True):
    """A quadrangle that may hold text. `corners` in pixels of the picture, along the line's own direction."""

    corners: Corners
    score: float
    detector: str

    @property
    def sides(self) -> tuple[float, float]:
        """The lengths of the long and the short side in pixels."""
        (x0, y0), (x1, y1), (x2, y2), _ = self.corners
        one, other = _length(x1 - x0, y1 - y0), _length(x2 - x1, y2 - y1)
        return max(one, other), min(one, other)


def _length(x: float, y: float) -> float:
    return float((x * x + y * y) ** 0.5)


def candidates(
    picture: Picture,
    detector: str,
    providers: tuple[str, ...],
    *,
    scale: float,
    least_score: float,
    large: bool = False,
) -> list[Candidate]:
    """What a detector finds at a scale, in pixels of the network per pixel of the picture; `large`: only large letters.

    Raises Held "detector-missing".
    """
    network = session(FINDERS[detector], providers)
    least_side = _LEAST_WHEN_SMALLER if large else _LEAST_SHORT_SIDE
    found: list[Candidate] = []
    for tile, top, left in _tiles(picture, scale):
        likely = answer(network, _prepared(tile, scale))[0, 0]
        across, down = tile.shape[1] / likely.shape[1], tile.shape[0] / likely.shape[0]
        for corners, score in _quadrangles(likely, least_score, least_side):
            a, b, c, d = ((x * across + left, y * down + top) for x, y in corners)
            found.append(Candidate((a, b, c, d), score, detector))
    return found


def _tiles(picture: Picture, scale: float) -> Iterator[tuple[Picture, int, int]]:
    """Overlapping parts of the picture that are no more than about a tile when scaled, with their place."""
    size, overlap = int(TILE_PIXELS / scale), int(OVERLAP_PIXELS / scale)
    for top, bottom in parts(picture.shape[0], size, overlap):
        for left, right in parts(picture.shape[1], size, overlap):
            tile = picture[top:bottom, left:right]
            if tile.min() != tile.max():
                yield tile, top, left


def parts(length: int, size: int, overlap: int) -> list[tuple[int, int]]:
    """As few parts of an axis as may be, all of nearly one length and no longer than 1.4 times `size`."""
    # A little more than a tile is not worth a second one
    count = max(1, math.ceil((length - overlap) / (1.4 * size - overlap)))
    part = math.ceil((length + (count - 1) * overlap) / count)
    starts = [number * (part - overlap) for number in range(count)]
    return [(start, min(length, start + part)) for start in starts]


def _prepared(tile: Picture, scale: float) -> NDArray[np.float32]:
    """(1, 3, rows, columns) between -1 and 1; rows and columns are multiples of 32, as the networks need."""
    import cv2
    import numpy as np

    rows, columns = (max(32, round(length * scale / 32) * 32) for length in tile.shape[:2])
    shrinks = scale < 1
    resized = cv2.resize(tile, (columns, rows), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    if resized.ndim == 2:
        resized = np.repeat(resized[:, :, None], 3, axis=2)
    return (resized.astype(np.float32) / 127.5 - 1.0).transpose(2, 0, 1)[None]


def _quadrangles(likely: NDArray[np.float32], least_score: float, least_side: float) -> Iterator[tuple[Corners, float]]:
    """The least rectangles around what lies above the threshold, grown to the outline of the letters."""
    import cv2
    import numpy as np

    mask = cv2.dilate((likely > _MAP_THRESHOLD).astype(np.uint8), np.ones((2, 2), np.uint8))
    outlines, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    for outline in outlines[:_MOST_CANDIDATES]:
        (x, y), (width, height), angle = cv2.minAreaRect(outline)
        if min(width, height) < _LEAST_SHORT_SIDE:
            continue
        grown = _UNCLIP_RATIO * width * height / (width + height)
        if not least_side <= min(width, height) + grown <= _MOST_SHORT_SIDE:
            continue
        score = _mean_inside(likely, outline)
        if score < least_score:
            continue
        yield _corners(cv2.boxPoints(((x, y), (width + grown, height + grown), angle))), score


def _mean_inside(likely: NDArray[np.float32], outline: Any) -> float:
    import cv2
    import numpy as np

    left, top, width, height = cv2.boundingRect(outline)
    inside = np.zeros((height, width), np.uint8)
    cv2.fillPoly(inside, [outline - (left, top)], (1,))
    return float(cv2.mean(likely[top : top + height, left : left + width], inside)[0])


def _corners(points: Any) -> Corners:
    (a, b), (c, d), (e, f), (g, h) = ((float(x), float(y)) for x, y in points)
    return (a, b), (c, d), (e, f), (g, h)
