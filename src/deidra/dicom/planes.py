"""Overlay planes as pictures of one bit: drawn for a finder of text, and blanked where it finds some.

The hook is one callable, `FindText`. It is handed a picture as a two-dimensional buffer of bytes, rows by columns, 0
for background and 255 for what is drawn (`numpy.asarray` takes it without a copy), at the size it has in the object:
whoever implements it sees to large pictures and small letters. It answers with the boxes that must go, margin
included, as (top, left, bottom, right) in pixels, bottom and right exclusive; words that it knows to be harmless it
does not report. It must give the same answer for the same picture. It may raise `Held`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

Box = tuple[int, int, int, int]
FindText = Callable[[memoryview], Sequence[Box]]

# Bits are packed with the first pixel in the lowest bit of the first byte (PS3.5 8.1.2, C.9.2.1)
_PIXELS_OF_BYTE = [bytes(255 * (value >> bit & 1) for bit in range(8)) for value in range(256)]
# What is blanked is looked at again; a plane that still seems to hold text after so many rounds goes
_ROUNDS = 3
# Letters and digits written into the bits are no drawing, and no finder of text sees them
_written = re.compile(rb"[0-9A-Za-z ^.,:/_-]{6,}").finditer
_DISTINCT_CHARACTERS = 4
_MOST_REMEMBERED = 4096


class Plane(NamedTuple):
    """The frames of one overlay: `bits` is (60xx,3000), of which surplus bytes and bits mean nothing."""

    rows: int
    columns: int
    frames: int
    bits: bytes | bytearray

    @property
    def pixels(self) -> int:
        """Pixels of all frames."""
        return self.rows * self.columns * self.frames


def drawn(plane: Plane, frame: int) -> bytes:
    """One frame, a byte for each pixel: 0 or 255, row by row. `plane.bits` must hold all of it."""
    size = plane.rows * plane.columns
    start = frame * size
    packed = plane.bits[start >> 3 : (start + size + 7) >> 3]
    skipped = start & 7
    return b"".join([_PIXELS_OF_BYTE[byte] for byte in packed])[skipped : skipped + size]


def without_text(plane: Plane, find_text: FindText) -> bytes | None:
    """The bits of `plane` with every box of text blanked and what lies behind the last pixel cleared.

    None where text cannot be taken out by blanking, or is written in the bits. Raises what `find_text` raises.
    """
    size = plane.rows * plane.columns
    bits = bytearray(plane.bits[: (plane.pixels + 7) >> 3])
    _clear(bits, plane.pixels, len(bits) << 3)
    if any(len(set(run[0])) >= _DISTINCT_CHARACTERS for run in _written(bits)):
        return None
    for frame in range(plane.frames):
        for _ in range(_ROUNDS):
            picture = drawn(plane._replace(bits=bits), frame)
            boxes = _boxes_of_ink(picture, plane, find_text)
            if not boxes:
                break
            for top, left, bottom, right in boxes:
                for row in range(top, bottom):
                    start = frame * size + row * plane.columns
                    _clear(bits, start + left, start + right)
        else:
            return None
    return bytes(bits)


def _boxes_of_ink(picture: bytes, plane: Plane, find_text: FindText) -> list[Box]:
    """The boxes of text in a frame that have anything drawn in them, within the frame."""
    if 255 not in picture:
        return []
    rows, columns = plane.rows, plane.columns
    found = find_text(memoryview(picture).cast("B", (rows, columns)))
    inside = [
        (max(top, 0), max(left, 0), min(bottom, rows), min(right, columns))
        for top, left, bottom, right in found
        if bottom > 0 and right > 0
    ]
    return [box for box in inside if _has_ink(picture, columns, box)]


def _has_ink(picture: bytes, columns: int, box: Box) -> bool:
    top, left, bottom, right = box
    return any(255 in picture[row * columns + left : row * columns + right] for row in range(top, bottom))


def _clear(bits: bytearray, start: int, stop: int) -> None:
    """Set the bits from `start` up to `stop` to zero."""
    if start >= stop:
        return
    first, last = start >> 3, (stop - 1) >> 3
    before = (1 << (start & 7)) - 1
    behind = 0xFF & ~((2 << ((stop - 1) & 7)) - 1)
    if first == last:
        bits[first] &= before | behind
        return
    bits[first] &= before
    bits[first + 1 : last] = bytes(last - first - 1)
    bits[last] &= behind


def remembering(find_text: FindText) -> FindText:
    """`find_text` that looks at each picture once: overlays of a series repeat."""
    seen: dict[tuple[bytes, tuple[int, ...]], tuple[Box, ...]] = {}

    def find(picture: memoryview) -> Sequence[Box]:
        key = hashlib.sha256(picture.cast("B")).digest(), tuple(picture.shape or ())
        boxes = seen.get(key)
        if boxes is None:
            if len(seen) >= _MOST_REMEMBERED:
                seen.clear()
            boxes = seen[key] = tuple(find_text(picture))
        return boxes

    return find
