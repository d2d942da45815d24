"""Samples before and after: the same bytes, the same picture in another coding, or changed and where."""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import IO, NamedTuple

from pydicom.uid import DeflatedExplicitVRLittleEndian

from deidra.verify.places import PIXEL_DATA, Place
from deidra.verify.reading import read_structure

_CHUNK_BYTES = 1 << 20
_MOST_DECODED_BYTES = 1 << 30
_MOST_BOXES = 20


class Pixels(NamedTuple):
    """`fate`: identical, recoded (the same picture), changed, removed, added, not compared, none.

    `boxes` are (frame, first row, last row, first column, last column) around what changed, at most 20 frames;
    `frames` counts all frames that changed.
    """

    fate: str
    boxes: tuple[tuple[int, int, int, int, int], ...] = ()
    frames: int = 0


class Side(NamedTuple):
    """One of two files: where it lies, its values, how they are encoded."""

    path: str
    places: list[Place]
    transfer_syntax_uid: str


def compare_pixels(source: Side, output: Side) -> Pixels:
    """Compare the pixel data of two files; whatever cannot be decoded is not compared. Raises OSError, Unreadable."""
    one, other = (_pixel_data(side.places) for side in (source, output))
    if one is None or other is None:
        return Pixels("none" if one is other else "added" if one is None else "removed")
    same_order = source.transfer_syntax_uid == output.transfer_syntax_uid or one.little_endian == other.little_endian
    if same_order and _equal_bytes(source, one, output, other):
        return Pixels("identical")
    if find_spec("numpy") is None:
        return Pixels("not compared")
    return _decoded(source.path, output.path)


def _pixel_data(places: list[Place]) -> Place | None:
    return next((p for p in places if not p.path and p.tag in PIXEL_DATA and p.stop > p.start), None)


def _equal_bytes(source: Side, one: Place, output: Side, other: Place) -> bool:
    lengths = (one.stop - one.start, other.stop - other.start)
    left = min(lengths)
    if max(lengths) - left > 1:  # a padding byte is no change
        return False
    with open(source.path, "rb") as before, open(output.path, "rb") as after:  # noqa: PTH123 - names are any bytes
        first, second = _stream(source, before), _stream(output, after)
        first.seek(one.start)
        second.seek(other.start)
        while left > 0:
            size = min(left, _CHUNK_BYTES)
            if first.read(size) != second.read(size):
                return False
            left -= size
    return True


def _stream(side: Side, file: IO[bytes]) -> IO[bytes]:
    """The bytes that the offsets of a data set count in."""
    if side.transfer_syntax_uid != DeflatedExplicitVRLittleEndian:
        return file
    return read_structure(file, os.fstat(file.fileno()).st_size).stream


def _decoded(source: str, output: str) -> Pixels:
    from pydicom.pixels.utils import iter_pixels

    boxes: list[tuple[int, int, int, int, int]] = []
    changed = position = 0
    try:
        for before, after in zip(iter_pixels(source, raw=True), iter_pixels(output, raw=True), strict=True):
            if before.nbytes > _MOST_DECODED_BYTES or before.shape != after.shape:
                return Pixels("not compared")
            differs = before != after
            if differs.any():
                plane = differs.any(axis=2) if differs.ndim == 3 else differs
                rows, columns = plane.any(axis=1).nonzero()[0], plane.any(axis=0).nonzero()[0]
                changed += 1
                if len(boxes) < _MOST_BOXES:
                    boxes.append((position, int(rows[0]), int(rows[-1]), int(columns[0]), int(columns[-1])))
            position += 1
    except Exception:  # noqa: BLE001 - decoders raise anything, and what they cannot decode is not compared
        return Pixels("not compared")
    return Pixels("changed" if changed else "recoded", tuple(boxes), changed)
