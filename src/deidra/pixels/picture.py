"""One rendered picture looked at: candidates of all detectors, told from anatomy, harmless text let go.

What goes unsaid is a finding. A candidate is let go when only a second detector asked for it and nothing can be read in
it, or when it surely reads as text that the caller knows to be harmless.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from deidra.pixels.detect import Candidate, candidates
from deidra.pixels.extent import grown
from deidra.pixels.faint import faint_lines
from deidra.pixels.image import Box
from deidra.pixels.lines import Line, boxes_of, line_of
from deidra.pixels.recognise import Reading, read

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]

Keep = Callable[[str], bool]

# Letters above 50 pixels are seen at this part of the size
_SMALLER = 0.4
_LIKELY = 0.8
_HALF_READ, _SURE = 0.5, 0.9
_SIDES = frozenset("RLrl尺")
_MOST_OF_ONE = 1.5  # of its height, the width of one character with its margin
_LEAST_OF_MANY = 1.3
_RINGS = frozenset("0OoCcDGgQq〇○")
_LEAST_CHARACTERS = 3


class Sight(msgspec.Struct, frozen=True):
    """How closely a picture is looked at. `detectors` and `providers` are names of networks.py and onnxruntime.

    The first detector leads: what it finds in the main rendering counts, what it finds in others counts when it can be
    read. The other detectors look at the last rendering, and what only they find counts when it can be read with
    `least_confidence`.
    `small_side_pixels`: pictures are enlarged until their short side has so many pixels, so that letters of six pixels
    are found. `least_score` is the mean likelihood of a candidate.
    """

    detectors: tuple[str, ...] = ("pp-ocrv6-det", "pp-ocrv5-det")
    providers: tuple[str, ...] = ("CPUExecutionProvider",)
    small_side_pixels: int = 736
    most_enlarged: float = 2.0
    least_score: float = 0.5
    least_confidence: float = 0.7
    keep_confidence: float = 0.9


class Found(NamedTuple):
    """Text in a picture: upright boxes with a margin, how sure, by which detector."""

    boxes: tuple[Box, ...]
    score: float
    detector: str


class Look(NamedTuple):
    """What a picture shows: what must go, and the places of text that was let stay."""

    found: tuple[Found, ...]
    kept: tuple[Box, ...]


def look(
    pictures: Sequence[Picture], sight: Sight, keep: Keep, *, scale: float, brief: bool = False, reads: bool = False
) -> Look:
    """Look at the renderings of one frame, all of one size, at `scale` (see `scale_of`).

    `brief`: with the leader alone. `reads`: what cannot be read never counts.

    Raises Held "detector-missing".
    """
    found: list[Found] = []
    kept: list[Box] = []
    lines: list[Line] = []
    harmless: list[Line] = []
    for number, picture in enumerate(pictures):
        is_main, is_last = number == 0, number == len(pictures) - 1
        met = _candidates(picture, sight, scale, is_main=is_main, is_last=is_last, brief=brief)
        texts: list[tuple[list[Candidate], Reading]] = []
        for group in _same_line(met):
            reading = read(picture, group[0], sight.providers)
            if _is_text(group, reading, sight, trusts=is_main and not reads):
                texts.append((group, reading))
        if is_last and not brief:
            known = [*lines, *harmless, *(line_of(group[0]) for group, _ in texts)]
            faint = faint_lines(picture, known, sight.providers, scale=scale)
            texts += [([candidate], reading) for candidate, reading in faint]
        going, staying = _parted(texts, harmless, sight, keep)
        harmless += [line_of(group[0]) for group in staying]
        kept += [box for group in staying for boxes in boxes_of(group, picture) for box in boxes]
        whole = _drawn_out(going, harmless, picture, lines, sight)
        for group, boxes in zip(whole, _boxes_of_groups(whole, picture), strict=True):
            found.append(Found(tuple(boxes), group[0].score, group[0].detector))
    return Look(tuple(found), tuple(kept))


def _parted(
    texts: Sequence[tuple[list[Candidate], Reading]], harmless: Sequence[Line], sight: Sight, keep: Keep
) -> tuple[list[tuple[list[Candidate], Reading]], list[list[Candidate]]]:
    """What must go, and what may stay: what reads as harmless, or is part of a line in `harmless`, which did before."""
    going: list[tuple[list[Candidate], Reading]] = []
    staying: list[list[Candidate]] = []
    for group, reading in texts:
        reads_harmless = reading.confidence >= sight.keep_confidence and keep(reading.text)
        known = any(line.holds(line_of(group[0])) for line in harmless)
        if reads_harmless or known or _is_side(group[0], reading):
            staying.append(group)
        else:
            going.append((group, reading))
    return going, staying


def _drawn_out(
    going: Sequence[tuple[list[Candidate], Reading]],
    harmless: Sequence[Line],
    picture: Picture,
    lines: list[Line],
    sight: Sight,
) -> list[list[Candidate]]:
    """Each group with its line as far as it can be read; lines that are part of one in `lines` are known already."""
    whole: list[list[Candidate]] = []
    for group, reading in sorted(going, key=lambda one: -one[0][0].sides[0]):
        line = line_of(group[0])
        if not any(known.holds(line) for known in lines):
            more = grown(picture, group[0], reading, harmless, sight.providers)
            lines.append(line_of(more))
            whole.append([*group, more])
        else:
            whole.append(group)
    return whole


def scale_of(rows: int, columns: int, sight: Sight) -> float:
    """The size at which letters of six pixels are seen, in pixels of the network per pixel of a frame."""
    return min(max(sight.small_side_pixels / min(rows, columns), 1.0), sight.most_enlarged)


def _candidates(
    picture: Picture, sight: Sight, scale: float, *, is_main: bool, is_last: bool, brief: bool
) -> list[Candidate]:
    """What the leader finds; of the main rendering also large letters, of the last also what the others find."""
    leading, *others = sight.detectors
    met = candidates(picture, leading, sight.providers, scale=scale, least_score=sight.least_score)
    if brief:
        return met
    if is_main:
        smaller = scale * _SMALLER
        met += candidates(picture, leading, sight.providers, scale=smaller, least_score=sight.least_score, large=True)
    if is_last:
        for name in others:
            met += candidates(picture, name, sight.providers, scale=scale, least_score=sight.least_score)
    return met


def _boxes_of_groups(groups: Sequence[Sequence[Candidate]], picture: Picture) -> list[list[Box]]:
    """The boxes of each group; those of a gap between two parts of a line belong to one of them."""
    flat = [candidate for group in groups for candidate in group]
    boxes = iter(boxes_of(flat, picture))
    return [[box for _ in group for box in next(boxes)] for group in groups]


def _is_text(group: Sequence[Candidate], reading: Reading, sight: Sight, *, trusts: bool) -> bool:
    """Whether a candidate counts as text.

    What the leader finds in the main rendering does when it is likely, or can half be read: letters of a script that
    the reader does not know are likely and unreadable. All else counts when it can be read.
    """
    leading = [candidate.score for candidate in group if candidate.detector == sight.detectors[0]]
    letters = [letter for letter in reading.text if letter.isalnum()]
    likely = max(leading, default=0.0) >= _LIKELY
    # Teeth, vertebrae and vessels in cross-section read as rows of rings
    if letters and all(letter in _RINGS for letter in letters):
        return likely and reading.confidence >= _SURE
    if leading and trusts:
        # A shape as high as long is not many letters, and one is not looked for
        long, short = group[0].sides
        return (likely and long >= _LEAST_OF_MANY * short) or (reading.confidence >= _HALF_READ and len(letters) >= 2)
    # A curl of anatomy reads as one letter or two, never as a word
    return reading.confidence >= sight.least_confidence and len(letters) >= _LEAST_CHARACTERS


def _is_side(candidate: Candidate, reading: Reading) -> bool:
    """Whether a mark of one character is the side of the body, as it is printed beside nearly every radiograph.

    A single letter names nobody. The reader takes the R of some fonts for an ideograph that looks the same.
    """
    long, short = candidate.sides
    return reading.text.strip() in _SIDES and reading.confidence >= _HALF_READ and long < _MOST_OF_ONE * short


def _same_line(met: Sequence[Candidate]) -> list[list[Candidate]]:
    """Candidates that cover nearly the same place, most likely first."""
    groups: list[list[Candidate]] = []
    for candidate in sorted(met, key=lambda one: -one.score):
        own = next((group for group in groups if _share(group[0], candidate) > 0.6), None)
        if own is None:
            groups.append([candidate])
        else:
            own.append(candidate)
    return groups


def _share(one: Candidate, other: Candidate) -> float:
    """Intersection over union of the upright boxes around two quadrangles."""
    (a, b, c, d), (e, f, g, h) = _bounds(one), _bounds(other)
    across, down = min(c, g) - max(a, e), min(d, h) - max(b, f)
    if across <= 0 or down <= 0:
        return 0.0
    shared = across * down
    return shared / ((c - a) * (d - b) + (g - e) * (h - f) - shared)


def _bounds(candidate: Candidate) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in candidate.corners], [y for _, y in candidate.corners]
    return min(xs), min(ys), max(xs), max(ys)
