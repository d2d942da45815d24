"""How far a line of text goes on: the reader reads along it, beyond both ends.

Detectors lose the faint part of a line, and the part that lies on something as bright as the letters. The reader, told
where to look, reads letters there that no detector sees.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from deidra.pixels.detect import Candidate, Corners
from deidra.pixels.lines import Line, goes_on, line_of
from deidra.pixels.recognise import Letter, Reading, along, read_on

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]

# In heights of the line
_CONTEXT, _BEYOND = 4.0, 8.0  # how much of the line, and how much beyond, is read at once
_MOST_ROUNDS = 4
_WORTH_ANOTHER = 4.0
_HALF_LETTER = 0.5
_NEXT_LETTER, _NEXT_WORD = 1.6, 4.5  # from middle to middle
# Short lines have no direction of their own that could be followed far
_SHORT, _NEARLY_UPRIGHT = 6.0, math.radians(6)
_SURE, _SURE_WORD, _LEAST_WORD = 0.6, 0.8, 3


def grown(
    picture: Picture, candidate: Candidate, reading: Reading, stops: Sequence[Line], providers: tuple[str, ...]
) -> Candidate:
    """The candidate, drawn out over what can be read beyond its ends, up to the lines in `stops`."""
    line = _following(candidate)
    if line.height < 1 or line.length < 1:
        return candidate
    for side in (1, -1):
        for _ in range(_MOST_ROUNDS):
            more = _read_beyond(picture, line, side, reading.turned, stops, providers)
            line = _longer(line, side, more)
            if more < _WORTH_ANOTHER * line.height:
                break
    return Candidate(_corners(line), candidate.score, candidate.detector)


def _following(candidate: Candidate) -> Line:
    """The line in the direction in which it was laid flat; a short one along the axis it nearly follows."""
    (x0, y0), (x1, y1), *_ = along(candidate)
    line = line_of(candidate)
    length = math.hypot(x1 - x0, y1 - y0)
    if length == 0:
        return line
    line = line._replace(along_x=(x1 - x0) / length, along_y=(y1 - y0) / length)
    if line.length < _SHORT * line.height:
        if abs(line.along_y) < math.sin(_NEARLY_UPRIGHT):
            return line._replace(along_x=math.copysign(1.0, line.along_x), along_y=0.0)
        if abs(line.along_x) < math.sin(_NEARLY_UPRIGHT):
            return line._replace(along_x=0.0, along_y=math.copysign(1.0, line.along_y))
    return line


def _read_beyond(
    picture: Picture, line: Line, side: int, turned: bool, stops: Sequence[Line], providers: tuple[str, ...]
) -> float:
    """How much longer the line is at one end, in pixels."""
    room = min(_room(picture, line, side), _BEYOND * line.height)
    if room < _HALF_LETTER * line.height or not goes_on(line, picture, side):
        return 0.0
    inside = min(line.length, _CONTEXT * line.height)
    away = side * (line.length / 2 + (room - inside) / 2)
    strip = line._replace(x=line.x + away * line.along_x, y=line.y + away * line.along_y, length=inside + room)
    letters = read_on(picture, _corners(strip), providers, turned=turned)
    # Places as distances from the end of the line, outwards
    places = [
        ((letter.place if side > 0 else 1 - letter.place) * strip.length - inside, letter)
        for letter in letters
        if letter.character.isalnum()
    ]
    places = sorted((place, letter) for place, letter in places if place > -line.height)
    clear = [(place, letter) for place, letter in places if not _stopped(line, side, place, stops)]
    if len(clear) < len(places):
        first = min(place for place, letter in places if _stopped(line, side, place, stops))
        clear = [(place, letter) for place, letter in clear if place < first]
    end = _last(clear, line.height)
    return min(end + _HALF_LETTER * line.height, room) if end > 0 else 0.0


def _last(places: Sequence[tuple[float, Letter]], height: float) -> float:
    """Where the last letter is that goes with the line: near the one before, or the first of a sure word."""
    end = 0.0
    for index, (place, letter) in enumerate(places):
        if letter.confidence < _SURE:
            continue
        if place - end > _NEXT_LETTER * height:
            word = [one for _, one in places[index : index + _LEAST_WORD]]
            sure = sum(one.confidence for one in word) / len(word)
            if place - end > _NEXT_WORD * height or len(word) < _LEAST_WORD or sure < _SURE_WORD:
                break
        end = max(end, place)
    return end


def _stopped(line: Line, side: int, place: float, stops: Sequence[Line]) -> bool:
    """Whether a place beyond the end lies in another line."""
    away = side * (line.length / 2 + place)
    at = line._replace(x=line.x + away * line.along_x, y=line.y + away * line.along_y)
    for stop in stops:
        far, across = stop.place(at)
        if abs(far) <= stop.length / 2 and abs(across) <= stop.height / 2:
            return True
    return False


def _room(picture: Picture, line: Line, side: int) -> float:
    """How much of the picture there is beyond one end, along the line."""
    rows, columns = picture.shape[:2]
    x, y = side * line.along_x, side * line.along_y
    end_x, end_y = line.x + x * line.length / 2, line.y + y * line.length / 2
    room = math.inf
    for at, step, size in ((end_x, x, columns), (end_y, y, rows)):
        if abs(step) > 1e-6:
            room = min(room, ((size - at) if step > 0 else -at) / step)
    return max(room, 0.0)


def _longer(line: Line, side: int, more: float) -> Line:
    shift = side * more / 2
    return line._replace(x=line.x + shift * line.along_x, y=line.y + shift * line.along_y, length=line.length + more)


def _corners(line: Line) -> Corners:
    """Clockwise from the start of the line, its first side along it."""
    ax, ay = line.along_x * line.length / 2, line.along_y * line.length / 2
    ux, uy = -line.along_y * line.height / 2, line.along_x * line.height / 2
    return (
        (line.x - ax - ux, line.y - ay - uy),
        (line.x + ax - ux, line.y + ay - uy),
        (line.x + ax + ux, line.y + ay + uy),
        (line.x - ax + ux, line.y - ay + uy),
    )
