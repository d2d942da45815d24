"""What the frames of a series have in common and what is new in each: the cheap look that every frame gets.

Text that stays where it is stands out in the median, minimum and maximum of the frames. Text of a few frames stands
out as strokes that the frame before does not have. Neither look certifies absence on its own: what a residual points
at is handed to the detectors, and so are the projections and a number of whole frames.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from deidra.pixels.image import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Wider than a stroke of letters up to about 60 pixels high, narrower than most anatomy
STROKE_PIXELS = 9
# Strokes of the frame before are allowed to move by so much
_MOVED_PIXELS = 5
# Of the range that 99 % of the values fill: fainter text of single frames is left to the frames looked at closely
_LEAST_OF_RANGE = 0.1
_NOISE_DEVIATIONS = 5.0
_MOST_SAMPLED_BYTES = 96 << 20
_LEAST_SAMPLED, _MOST_SAMPLED = 3, 15
_CROP_MARGIN_PIXELS, _LEAST_CROP_PIXELS = 24, 160
# Above this share of the frame one look at the whole is cheaper than at its parts
_MOST_CROPPED = 0.5
_LEAST_LETTERS = 3
_MOST_LETTER_PIXELS = 90
_REACH_PIXELS = 15  # from one letter to the next


class Strokes(NamedTuple):
    """Thin bright or dark lines of a frame. `level` is what strokes must exceed to be told from noise."""

    height: NDArray[Any]
    level: float


def strokes(frame: NDArray[Any]) -> Strokes:
    """The larger of the white and the black top-hat of a grey frame, in its own units."""
    import cv2
    import numpy as np

    work = frame if frame.dtype in (np.uint8, np.uint16, np.int16, np.float32) else frame.astype(np.float32)
    kernel = np.ones((STROKE_PIXELS, STROKE_PIXELS), np.uint8)
    bright = cv2.subtract(work, cv2.morphologyEx(work, cv2.MORPH_OPEN, kernel))
    dark = cv2.subtract(cv2.morphologyEx(work, cv2.MORPH_CLOSE, kernel), work)
    height = np.maximum(bright, dark)
    few = height[::4, ::4]
    middle = float(np.median(few))
    noise = 1.4826 * float(np.median(np.abs(few.astype(np.float32) - middle)))
    low, high = np.percentile(work[::4, ::4], (0.5, 99.5))
    spread = float(high) - float(low)
    return Strokes(height, max(middle + _NOISE_DEVIATIONS * noise, _LEAST_OF_RANGE * spread, 1.0))


def new_strokes(now: Strokes, before: Strokes) -> NDArray[Any]:
    """Where the frame has strokes that the frame before does not: a mask of 0 and 1."""
    import cv2
    import numpy as np

    allowed = cv2.dilate(before.height, np.ones((_MOVED_PIXELS, _MOVED_PIXELS), np.uint8))
    return (cv2.subtract(now.height, allowed) > now.level).astype(np.uint8)


def letter_like(mask: NDArray[Any]) -> list[Box]:
    """Boxes around groups of three or more marks of the size of letters, without a margin."""
    import cv2
    import numpy as np

    if cv2.countNonZero(mask) < 12:
        return []
    count, _, stats, centres = cv2.connectedComponentsWithStats(mask, connectivity=8)
    width, height, area = stats[1:count, 2], stats[1:count, 3], stats[1:count, 4]
    long, short = np.maximum(width, height), np.minimum(width, height)
    fits = (long >= 4) & (short <= _MOST_LETTER_PIXELS) & (area >= 4)
    # Letters that touch are one mark, as long as they are many; thin lines are not letters
    letters = np.where(short >= 5, np.maximum(1, long // np.maximum(short, 1)), 1)[fits]
    if letters.sum() < _LEAST_LETTERS:
        return []
    marks = np.zeros_like(mask)
    at = centres[1:count][fits].astype(int)
    marks[at[:, 1], at[:, 0]] = 1
    groups = cv2.dilate(marks, np.ones((_REACH_PIXELS, _REACH_PIXELS), np.uint8))
    number, labels, _, _ = cv2.connectedComponentsWithStats(groups, connectivity=8)
    group = labels[at[:, 1], at[:, 0]]
    left, top = stats[1:count, 0][fits], stats[1:count, 1][fits]
    right, bottom = left + width[fits], top + height[fits]
    found = []
    for index in range(1, number):
        own = group == index
        if letters[own].sum() >= _LEAST_LETTERS:
            edges = top[own].min(), left[own].min(), bottom[own].max(), right[own].max()
            found.append((int(edges[0]), int(edges[1]), int(edges[2]), int(edges[3])))
    return found


def crops(boxes: Sequence[Box], rows: int, columns: int) -> list[Box]:
    """Parts of a frame for the detectors to look at, around boxes: with a margin, joined where they overlap."""
    return _joined([_grown(box, rows, columns) for box in boxes], rows, columns)


def _grown(box: Box, rows: int, columns: int) -> Box:
    """With a margin, and no smaller than what a detector can judge."""
    top, left, bottom, right = box
    down = max(_CROP_MARGIN_PIXELS, (_LEAST_CROP_PIXELS - (bottom - top)) // 2)
    across = max(_CROP_MARGIN_PIXELS, (_LEAST_CROP_PIXELS - (right - left)) // 2)
    return max(0, top - down), max(0, left - across), min(rows, bottom + down), min(columns, right + across)


def _joined(boxes: list[Box], rows: int, columns: int) -> list[Box]:
    """Boxes that overlap made one; the whole frame where they cover much of it."""
    joined: list[Box] = []
    waiting = list(boxes)
    while waiting:
        box = waiting.pop()
        other = next((one for one in joined if overlap(one, box)), None)
        if other is None:
            joined.append(box)
        else:
            joined.remove(other)
            waiting.append(around(box, other))
    if sum((b[2] - b[0]) * (b[3] - b[1]) for b in joined) > _MOST_CROPPED * rows * columns:
        return [(0, 0, rows, columns)]
    return joined


def overlap(one: Box, other: Box) -> bool:
    """Whether two boxes share a pixel."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def around(one: Box, other: Box) -> Box:
    """The box around two."""
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


class Projections:
    """Minimum, maximum and medians of frames that are shown to it one by one, in constant memory.

    Medians are those of evenly spaced frames, of all and of each third: text that stands in a part of the series only
    is static there.
    """

    def __init__(self, frames: int) -> None:
        self._frames = frames
        self._seen = 0
        self._low: NDArray[Any] | None = None
        self._high: NDArray[Any] | None = None
        self._sampled: list[NDArray[Any]] = []
        self._step = 1.0

    def add(self, frame: NDArray[Any]) -> None:
        """The next frame; all have one shape and kind."""
        import numpy as np

        if self._low is None or self._high is None:
            self._low, self._high = frame.copy(), frame.copy()
            count = min(_MOST_SAMPLED, max(_LEAST_SAMPLED, _MOST_SAMPLED_BYTES // max(frame.nbytes, 1)))
            self._step = max(1.0, self._frames / count)
        else:
            np.minimum(self._low, frame, out=self._low)
            np.maximum(self._high, frame, out=self._high)
        if self._seen >= len(self._sampled) * self._step:
            self._sampled.append(frame.copy())
        self._seen += 1

    def pictures(self) -> list[tuple[str, NDArray[Any]]]:
        """Name and values of each projection; none before a frame was added."""
        import numpy as np

        if self._low is None or self._high is None:
            return []
        made = [("median", _median(self._sampled))]
        third = len(self._sampled) // 3
        if third >= 3:
            parts = (self._sampled[:third], self._sampled[third : 2 * third], self._sampled[2 * third :])
            made += [("part", _median(part)) for part in parts]
        made += [("minimum", self._low), ("maximum", self._high)]
        return [(name, np.ascontiguousarray(values)) for name, values in made]


def _median(frames: list[NDArray[Any]]) -> NDArray[Any]:
    """The lower median: a value that occurs, of the same kind as the frames'."""
    import numpy as np

    ordered = np.stack(frames)
    middle = (len(frames) - 1) // 2
    return np.asarray(np.partition(ordered, middle, axis=0)[middle])


def resemblance(one: NDArray[Any], other: NDArray[Any]) -> float:
    """Normalised correlation of the strokes of two cut-outs of one shape, -1 to 1; 0 where one has none."""
    import numpy as np

    a, b = (part.astype(np.float32) - part.mean(dtype=np.float32) for part in (one, other))
    size = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / size if size > 0 else 0.0
