"""What a line of text says: the reading network of the PP-OCR family.

Reading serves to keep harmless text and to tell letters from anatomy, never to decide what leaves as harmless alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from deidra.pixels.detect import Candidate, Corners
from deidra.pixels.networks import V6_READER, answer, session

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_LINE_HEIGHT = 48  # pixels of the network
_LEAST_WIDTH, _MOST_WIDTH = 48, 1536
_BLANK = 0


class Letter(NamedTuple):
    """One character as it was read: how surely, 0 to 1, and where along the line its middle is, 0 to 1."""

    character: str
    confidence: float
    place: float

    def __repr__(self) -> str:
        return f"Letter({self.confidence:.2f} at {self.place:.2f})"


class Reading(NamedTuple):
    """What a candidate seems to say, and how sure the network is of its characters, 0 to 1.

    `letters` run along the long side of the candidate as it was laid flat; `turned`: it reads from the other end.
    """

    text: str
    confidence: float
    letters: tuple[Letter, ...] = ()
    turned: bool = False

    def __repr__(self) -> str:
        # What pixels say is an original value
        return f"Reading({len(self.text)} characters, {self.confidence:.2f})"


def read(picture: NDArray[np.uint8], candidate: Candidate, providers: tuple[str, ...]) -> Reading:
    """The surer reading of the two directions of a line; upright lines are read from both sides."""
    line = _laid(picture, along(candidate))
    readings = [_read_line(line, providers), _read_line(line[::-1, ::-1], providers)._replace(turned=True)]
    return max(readings, key=lambda reading: reading.confidence)


def read_on(
    picture: NDArray[np.uint8], corners: Corners, providers: tuple[str, ...], *, turned: bool
) -> tuple[Letter, ...]:
    """The letters of a line whose direction is known, from the first corner to the second, turned or not."""
    line = _laid(picture, corners)
    if not turned:
        return _read_line(line, providers).letters
    letters = _read_line(line[::-1, ::-1], providers).letters
    return tuple(letter._replace(place=1 - letter.place) for letter in letters[::-1])


def along(candidate: Candidate) -> Corners:
    """The corners such that the first side runs along the line, from left to right where it can."""
    import numpy as np

    corners = np.array(candidate.corners, np.float32)
    first, second = np.hypot(*(corners[1] - corners[0])), np.hypot(*(corners[2] - corners[1]))
    if first < second:
        corners = np.roll(corners, 1, axis=0)
    # What is upright is then read the right way at first
    if corners[0][0] > corners[1][0] + 1e-3:
        corners = np.roll(corners, 2, axis=0)
    a, b, c, d = ((float(x), float(y)) for x, y in corners)
    return a, b, c, d


def _laid(picture: NDArray[np.uint8], at: Corners) -> NDArray[np.uint8]:
    """The quadrangle laid flat, 48 pixels high, at least as wide as high."""
    import cv2
    import numpy as np

    corners = np.array(at, np.float32)
    first, second = np.hypot(*(corners[1] - corners[0])), np.hypot(*(corners[2] - corners[1]))
    width = int(min(max(_LINE_HEIGHT * first / max(second, 1.0), _LEAST_WIDTH), _MOST_WIDTH))
    target = np.array(((0, 0), (width, 0), (width, _LINE_HEIGHT)), np.float32)
    transform = cv2.getAffineTransform(corners[:3], target)
    laid = cv2.warpAffine(
        picture, transform, (width, _LINE_HEIGHT), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(laid, np.uint8)


def _read_line(line: NDArray[np.uint8], providers: tuple[str, ...]) -> Reading:
    import numpy as np

    if line.ndim == 2:
        line = np.repeat(line[:, :, None], 3, axis=2)
    network = session(V6_READER, providers)
    data = (line.astype(np.float32) / 127.5 - 1.0).transpose(2, 0, 1)[None]
    likely = answer(network, np.ascontiguousarray(data))[0]
    best, sure = likely.argmax(axis=1), likely.max(axis=1)
    new = (best != _BLANK) & np.concatenate(([True], best[1:] != best[:-1]))
    if not new.any():
        return Reading("", 0.0)
    alphabet = _alphabet(providers)
    letters = tuple(
        Letter(alphabet[best[at]], float(sure[at]), (float(at) + 0.5) / len(best)) for at in np.flatnonzero(new)
    )
    return Reading("".join(letter.character for letter in letters), float(sure[new].mean()), letters)


@cache
def _alphabet(providers: tuple[str, ...]) -> Sequence[str]:
    network: Any = session(V6_READER, providers)
    characters = network.get_modelmeta().custom_metadata_map["character"].split("\n")
    classes = network.get_outputs()[0].shape[2]
    alphabet = ["", *characters]
    return alphabet + [" "] * (int(classes) - len(alphabet)) if isinstance(classes, int) else [*alphabet, " "]
