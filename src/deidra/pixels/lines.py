"""Lines of text as boxes that may be blanked: joined where a line was found in parts, drawn out beyond its ends.

A detector loses the part of a line that lies on something as bright as the letters. What is left of it tells where the
line goes on.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from deidra.pixels.detect import Candidate
from deidra.pixels.image import Box

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]

# All in heights of the line
_MOST_DRAWN_OUT, _STEP = 1.5, 0.25
_MOST_DRAWN_OUT_PIXELS = 40
_ACROSS, _ACROSS_GAP = 0.05, 0.15
_MOST_GAP = 4.0
_MOST_OFFSET = 0.5
_MOST_RATIO = 1.8
_LEAST_MARGIN_PIXELS = 2.0
# What varies by less has no letters in it
_FLAT_LEVELS = 16
_STAIR = 0.6  # of the height: steps along a slanted line
_MOST_TURN = math.radians(8)
# A line as short as high has no direction of its own
_LEAST_ELONGATION = 1.5
_UPRIGHT = math.sin(math.radians(11))


class Line(NamedTuple):
    """Where a line lies: centre, direction as a unit vector, length along it, height across. Pixels."""

    x: float
    y: float
    along_x: float
    along_y: float
    length: float
    height: float

    def place(self, line: Line) -> tuple[float, float]:
        """The centre of another line, along and across this one."""
        x, y = line.x - self.x, line.y - self.y
        return x * self.along_x + y * self.along_y, y * self.along_x - x * self.along_y

    def holds(self, line: Line) -> bool:
        """Whether another line is part of this one."""
        along, across = self.place(line)
        turned = abs(self.along_x * line.along_y - self.along_y * line.along_x)
        reach = abs(along) + line.length / 2 - self.length / 2
        return abs(across) <= _MOST_OFFSET * self.height and turned < math.sin(_MOST_TURN) and reach <= self.height / 2


def line_of(candidate: Candidate) -> Line:
    """The line that a quadrangle stands for."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = candidate.corners
    one, other = (x1 - x0, y1 - y0), (x2 - x1, y2 - y1)
    if math.hypot(*one) < math.hypot(*other):
        one, other = other, one
    length, height = math.hypot(*one), math.hypot(*other)
    along = (one[0] / length, one[1] / length) if length > 0 else (1.0, 0.0)
    return Line((x0 + x1 + x2 + x3) / 4, (y0 + y1 + y2 + y3) / 4, *along, length, height)


def boxes_of(candidates: Sequence[Candidate], picture: Picture) -> list[list[Box]]:
    """Upright boxes for each candidate, with a margin, and those of the gaps between parts of one line."""
    rows, columns = picture.shape[:2]
    lines = [line_of(candidate) for candidate in candidates]
    boxes = [_boxes(_drawn_out(line, picture), rows, columns) for line in lines]
    for (index, one), (_, other) in combinations(enumerate(lines), 2):
        between = _gap(one, other)
        if between is not None:
            boxes[index] += _boxes(between, rows, columns)
    return boxes


def _drawn_out(line: Line, picture: Picture) -> Line:
    """With a margin; beyond both ends as far as letters may go on, not where there is nothing."""
    margin = _LEAST_MARGIN_PIXELS + _ACROSS * line.height
    after, before = margin, margin
    if line.length >= _LEAST_ELONGATION * line.height:
        after, before = max(margin, _reach(line, picture, 1)), max(margin, _reach(line, picture, -1))
    shift = (after - before) / 2
    return line._replace(
        x=line.x + shift * line.along_x,
        y=line.y + shift * line.along_y,
        length=line.length + after + before,
        height=line.height + 2 * margin,
    )


def goes_on(line: Line, picture: Picture, side: int) -> bool:
    """Whether the picture varies beyond one end of a line, so that there may be letters."""
    return _reach(line, picture, side) > 0


def _reach(line: Line, picture: Picture, side: int) -> float:
    """How far the picture goes on varying beyond one end, in pixels."""
    rows, columns = picture.shape[:2]
    step = _STEP * line.height
    reach = 0.0
    most = min(_MOST_DRAWN_OUT * line.height, _MOST_DRAWN_OUT_PIXELS)
    for number in range(1, math.ceil(most / step) + 1):
        away = side * (line.length / 2 + (number - 0.5) * step)
        part = line._replace(x=line.x + away * line.along_x, y=line.y + away * line.along_y, length=step)
        for top, left, bottom, right in _boxes(part, rows, columns):
            inside = picture[top:bottom, left:right]
            if int(inside.max()) - int(inside.min()) >= _FLAT_LEVELS:
                reach = number * step
    return reach


def _gap(one: Line, other: Line) -> Line | None:
    """What lies between two parts of one line, or None when they are not."""
    if max(one.height, other.height) > _MOST_RATIO * min(one.height, other.height):
        return None
    longer, shorter = (one, other) if one.length >= other.length else (other, one)
    if longer.length < _LEAST_ELONGATION * longer.height:
        return None
    turned = abs(longer.along_x * shorter.along_y - longer.along_y * shorter.along_x)
    if shorter.length >= _LEAST_ELONGATION * shorter.height and turned > math.sin(_MOST_TURN):
        return None
    along, across = longer.place(shorter)
    if abs(across) > _MOST_OFFSET * longer.height:
        return None
    gap = abs(along) - (longer.length + shorter.length) / 2
    if not 0 < gap <= _MOST_GAP * longer.height:
        return None
    middle = math.copysign(longer.length / 2 + gap / 2, along)
    height = max(one.height, other.height) * (1 + 2 * _ACROSS_GAP) + abs(across)
    return longer._replace(
        x=longer.x + middle * longer.along_x, y=longer.y + middle * longer.along_y, length=gap, height=height
    )


def _boxes(line: Line, rows: int, columns: int) -> list[Box]:
    """Upright boxes that cover a line: one, or steps along a slanted one."""
    slanted = min(abs(line.along_x), abs(line.along_y)) > _UPRIGHT
    steps = max(1, round(line.length / max(_STAIR * line.height, 8.0))) if slanted else 1
    piece = line.length / steps
    half_x = (abs(line.along_x) * piece + abs(line.along_y) * line.height) / 2
    half_y = (abs(line.along_y) * piece + abs(line.along_x) * line.height) / 2
    boxes: list[Box] = []
    for step in range(steps):
        offset = (step + 0.5) * piece - line.length / 2
        x, y = line.x + offset * line.along_x, line.y + offset * line.along_y
        top, left = max(0, math.floor(y - half_y)), max(0, math.floor(x - half_x))
        bottom, right = min(rows, math.ceil(y + half_y)), min(columns, math.ceil(x + half_x))
        if top < bottom and left < right:
            boxes.append((top, left, bottom, right))
    return boxes
