"""Lines too faint for the detectors: where upright strokes are dense, the reader is asked.

The networks that find text pass over letters that hardly stand out; the one that reads does not, when it is told where
to look. It is too slow to read all of a picture, so it reads a few horizontal strips in which strokes are denser than
above and below.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from deidra.pixels.detect import Candidate
from deidra.pixels.lines import Line
from deidra.pixels.recognise import Reading, read_on

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]

FINDER = "strokes"
# Of a line without its margins, in pixels of the network: letters from 10 to 30 of them are read in such a strip
_LINE_PIXELS = 26
# In heights of the line
_LONG, _STRIP, _HALF_STRIP, _APART = 6, 1.5, 5.0, 1.5
_MOST_STRIPS = 10
_LEAST_DENSITY = 0.06
# Of the gradient around: what is steeper is a stroke, not noise
_STEEPER = 2.2
_LEAST_GRADIENT = 4.0
_LEAST_LETTER, _LEAST_LETTERS, _LEAST_DIFFERENT = 0.5, 4, 3
# Folds of the brain read as four letters now and then, but not surely, and not as a long word
_LONG_WORD, _LEAST_CONFIDENCE, _LEAST_CONFIDENCE_SHORT = 6, 0.8, 0.93


def faint_lines(
    picture: Picture, known: Sequence[Line], providers: tuple[str, ...], *, scale: float
) -> list[tuple[Candidate, Reading]]:
    """What can be read in the strips of a picture where strokes are densest, beside the lines that are known.

    `scale` as in `detect.candidates`.
    """
    height = max(6, round(_LINE_PIXELS / scale))
    rows, columns = picture.shape[:2]
    if rows < 2 * height or columns < 2 * height:
        return []
    found = []
    for y, x in _densest(_density(picture, height), height, known):
        left, right = max(0.0, x - _HALF_STRIP * height), min(float(columns), x + _HALF_STRIP * height)
        top, bottom = y - _STRIP * height / 2, y + _STRIP * height / 2
        corners = (left, top), (right, top), (right, bottom), (left, bottom)
        likely = [one for one in read_on(picture, corners, providers, turned=False) if one.confidence >= _LEAST_LETTER]
        likely = [one for one in likely if not _on(known, left + one.place * (right - left), y, height)]
        letters = [letter for letter in likely if letter.character.isalnum()]
        if len(letters) < _LEAST_LETTERS or len({letter.character for letter in letters}) < _LEAST_DIFFERENT:
            continue
        confidence = sum(letter.confidence for letter in letters) / len(letters)
        if confidence < (_LEAST_CONFIDENCE if len(letters) >= _LONG_WORD else _LEAST_CONFIDENCE_SHORT):
            continue
        start, stop = (left + letters[at].place * (right - left) for at in (0, -1))
        start, stop = start - height / 2, stop + height / 2
        line = (start, top), (stop, top), (stop, bottom), (start, bottom)
        text = "".join(letter.character for letter in likely)
        found.append((Candidate(line, confidence, FINDER), Reading(text, confidence, tuple(letters))))
    return found


def _density(picture: Picture, height: int) -> NDArray[np.float32]:
    """For each pixel the share of steep pixels in a line around it, less that of what is above and below."""
    import cv2
    import numpy as np

    smooth = cv2.GaussianBlur(picture.astype(np.float32), (0, 0), 0.04 * height)
    steep = np.abs(cv2.Sobel(smooth, cv2.CV_32F, 1, 0, ksize=3))
    around = (5 * height, 3 * height)
    level = cv2.blur(np.minimum(steep, 10 * _LEAST_GRADIENT), around)
    # Strokes do not count in what is around them
    for _ in range(2):
        level = cv2.blur(np.minimum(steep, 1.5 * level + 0.5), around)
    strokes = (steep > _STEEPER * level + _LEAST_GRADIENT).astype(np.float32)
    inside = cv2.blur(strokes, (_LONG * height, height))
    apart = round(_APART * height)
    padded = cv2.copyMakeBorder(inside, apart, apart, 0, 0, cv2.BORDER_REPLICATE)
    return np.asarray(inside - (padded[: -2 * apart] + padded[2 * apart :]) / 2, np.float32)


def _densest(density: NDArray[np.float32], height: int, known: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """The middles, row and column, of the places with most strokes, that are not close together."""
    import numpy as np

    left = density.copy()
    for _ in range(_MOST_STRIPS + 8 * len(known)):
        y, x = (int(v) for v in np.unravel_index(int(left.argmax()), left.shape))
        if left[y, x] < _LEAST_DENSITY:
            return
        is_known = _on(known, x, y, height)
        across, down = height if is_known else _LONG * height, round(0.7 * height)
        left[max(0, y - down) : y + down, max(0, x - across) : x + across] = -1
        if not is_known:
            yield y, x


def _on(known: Sequence[Line], x: float, y: float, height: int) -> bool:
    """Whether a place lies on a known line, or so near that its letters would be read."""
    at = Line(x, y, 1.0, 0.0, 0.0, 0.0)
    for line in known:
        along, across = line.place(at)
        if abs(along) <= line.length / 2 + height / 4 and abs(across) <= (line.height + height) / 2:
            return True
    return False
