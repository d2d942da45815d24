"""Where something was seen in a series, and which of its frames show it.

Text that is found in one frame is in others as well, more often than a detector sees it there. A frame counts as
without it only when its strokes in that place do not resemble those where it was found.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from deidra.pixels.image import Box, FindingKind, Region
from deidra.pixels.series import STROKE_PIXELS, Strokes, around, overlap, resemblance, strokes

if TYPE_CHECKING:
    from numpy.typing import NDArray

# In place of a frame's number: what most frames show, and what was seen in a projection
EVERYWHERE, NOWHERE = -1, -2
_RESEMBLES = 0.3
_GOES_ON = 0.6
# More than so many places are not told apart any more: they count for every frame
_MOST_PLACES = 256


class Sighting:
    """One place. `boxes` have their margin; `frames` are those that are known to show it."""

    def __init__(self, boxes: tuple[Box, ...], score: float, finder: str, kind: FindingKind) -> None:
        self.boxes = boxes
        self.score = score
        self.finder = finder
        self.kind: FindingKind = kind
        self.everywhere = False
        self.changes = False
        self.frames: set[int] = set()
        self.strokes: NDArray[Any] | None = None
        self.before: tuple[int, NDArray[Any]] | None = None

    @property
    def box(self) -> Box:
        """Around all of its boxes."""
        tops, lefts, bottoms, rights = zip(*self.boxes, strict=True)
        return min(tops), min(lefts), max(bottoms), max(rights)

    def verify(self, number: int, frame: NDArray[Any]) -> None:
        """Whether a grey frame shows it, and note so."""
        top, left, bottom, right = self.box
        rim = STROKE_PIXELS
        high, low = max(0, top - rim), max(0, left - rim)
        now = strokes(frame[high : bottom + rim, low : right + rim]).height
        now = now[top - high : bottom - high, left - low : right - low]
        shows = number in self.frames
        if not shows and self.strokes is not None:
            shows = resemblance(self.strokes, now) >= _RESEMBLES
        if not shows and self.changes and self.before is not None and self.before[0] in self.frames:
            shows = resemblance(self.before[1], now) >= _GOES_ON
        if shows:
            self.frames.add(number)
        self.before = (number, now) if self.changes else None


class Sightings:
    """All places of a group of frames."""

    def __init__(self) -> None:
        self._all: list[Sighting] = []

    def add(self, sighting: Sighting, number: int, now: Strokes) -> None:
        """Something seen in frame `number`, or EVERYWHERE, or in a projection (NOWHERE), whose strokes are `now`."""
        top, left, bottom, right = sighting.box
        sighting.strokes = now.height[top:bottom, left:right].copy()
        if number == EVERYWHERE:
            sighting.everywhere = True
        elif number != NOWHERE:
            sighting.frames.add(number)
        own = next((one for one in self._all if one.kind == sighting.kind and _same(one, sighting)), None)
        if own is None:
            self._all.append(sighting)
            if len(self._all) > _MOST_PLACES:
                sighting.everywhere = True
            return
        # The same text again: the boxes of both looks count
        own.boxes = tuple({*own.boxes, *sighting.boxes})
        own.frames |= sighting.frames
        own.everywhere |= sighting.everywhere
        own.score = max(own.score, sighting.score)
        top, left, bottom, right = own.box
        own.strokes = now.height[top:bottom, left:right].copy()

    def unknown(self, number: int, boxes: Sequence[Box]) -> list[Box]:
        """Which boxes of new strokes in a frame lie in no known place. The others show that what stands there changed,
        as counters do."""
        new: list[Box] = []
        for box in boxes:
            own = [one for one in self._all if one.kind == "text" and any(_inside(box, place) for place in one.boxes)]
            for sighting in own:
                sighting.changes = True
                sighting.frames.add(number)
            if not own:
                new.append(box)
        return new

    def doubtful(self) -> bool:
        """Whether a second look at the frames could tell more."""
        return any(not sighting.everywhere for sighting in self._all)

    def verify(self, number: int, frame: NDArray[Any]) -> None:
        """Ask of every place whether a grey frame shows it."""
        for sighting in self._all:
            if not sighting.everywhere:
                sighting.verify(number, frame)

    def regions(self, first: int, frames: int) -> list[Region]:
        """What the `frames` frames from number `first` on show, numbered from 0."""
        made: list[Region] = []
        for sighting in self._all:
            for start, stop in _runs(sighting, first, frames):
                made += [
                    Region(box, start, stop, sighting.kind, sighting.score, sighting.finder)
                    for box in _united(sighting.boxes)
                ]
        return made


def _inside(box: Box, place: Box) -> bool:
    return box[0] >= place[0] and box[1] >= place[1] and box[2] <= place[2] and box[3] <= place[3]


def _same(one: Sighting, other: Sighting) -> bool:
    """Whether two sightings are of one line of text: much of the smaller lies in the larger."""
    a, b = one.box, other.box
    down, across = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if down <= 0 or across <= 0:
        return False
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
    return down * across > 0.6 * min(areas) and min(areas) > 0.3 * max(areas)


def _runs(sighting: Sighting, first: int, frames: int) -> list[tuple[int, int]]:
    """Runs of frames that show it, both ends included."""
    if sighting.everywhere:
        return [(0, frames - 1)]
    runs: list[tuple[int, int]] = []
    for number in sorted(number - first for number in sighting.frames if first <= number < first + frames):
        if runs and runs[-1][1] == number - 1:
            runs[-1] = runs[-1][0], number
        else:
            runs.append((number, number))
    return runs


def _united(boxes: tuple[Box, ...]) -> list[Box]:
    """Boxes that overlap made one where that adds little; many boxes of one line say the same."""
    left: list[Box] = []
    for box in sorted(boxes):
        own = next((one for one in left if overlap(one, box) and _close(one, box)), None)
        if own is None:
            left.append(box)
        else:
            left[left.index(own)] = around(own, box)
    return left


def _close(one: Box, other: Box) -> bool:
    joined = around(one, other)
    return _area(joined) <= 1.25 * max(_area(one), _area(other))


def _area(box: Box) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])
