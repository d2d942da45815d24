"""Encapsulated pixel data as fragments, and which of them make a frame (PS3.5 A.4)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

from deidra.dicom.reader import Reader, Span
from deidra.dicom.stream import ITEM, SEQUENCE_END
from deidra.errors import Held

LOCATOR = "dcm:(7FE0,0010)"
EXTENDED_OFFSETS, EXTENDED_LENGTHS = 0x7FE00001, 0x7FE00002
ITEM_HEAD_BYTES = 8
_MOST_FRAGMENTS = 1 << 22
_START_BYTES = 12


class Encapsulated(NamedTuple):
    """The value of encapsulated pixel data: its Basic Offset Table, and where each fragment stands in the reader."""

    offsets: bytes
    fragments: list[Span]


def read_fragments(reader: Reader, start: int) -> Encapsulated:
    """The fragments of the value that begins at `start`, whose delimiter was found before. Raises Held."""
    spans: list[Span] = []
    at = start
    while True:
        head = reader.read_at(at, ITEM_HEAD_BYTES)
        tag = int.from_bytes(head[:2], "little") << 16 | int.from_bytes(head[2:4], "little")
        if tag == SEQUENCE_END:
            break
        if tag != ITEM or len(spans) > _MOST_FRAGMENTS:
            raise Held("frames-unclear", "the fragments cannot be told apart", LOCATOR)
        length = int.from_bytes(head[4:], "little")
        spans.append((at + ITEM_HEAD_BYTES, length))
        at += ITEM_HEAD_BYTES + length
    if not spans:
        raise Held("frames-unclear", "there is no offset table and no fragment", LOCATOR)
    (table, length), *fragments = spans
    return Encapsulated(reader.read_at(table, length), fragments)


def frames_of(
    found: Encapsulated, count: int, extended: bytes, reader: Reader, begins: Callable[[bytes], bool]
) -> list[list[Span]]:
    """The fragments of each of `count` frames, in order.

    `extended` is the value of the Extended Offset Table (7FE0,0001). `begins` tells of the first bytes of a fragment
    whether a frame may begin so. Raises Held when neither tables nor contents tell which fragment is of which frame.
    """
    fragments = found.fragments
    if not fragments or count < 1 or len(fragments) < count:
        raise Held("frames-missing", "there are fewer fragments than frames", LOCATOR)
    if count == 1:
        return [fragments]
    if len(fragments) == count:
        return [[fragment] for fragment in fragments]
    for table, width in ((found.offsets, 4), (extended, 8)):
        starts = _starts(table, width, count, fragments)
        if starts is not None:
            return _grouped(fragments, starts)
    starts = [at for at, (start, _) in enumerate(fragments) if begins(reader.read_at(start, _START_BYTES))]
    if len(starts) == count and starts[0] == 0:
        return _grouped(fragments, starts)
    raise Held("frames-unclear", "nothing tells which fragments make a frame", LOCATOR)


def _starts(table: bytes, width: int, count: int, fragments: list[Span]) -> list[int] | None:
    """The index of the first fragment of each frame, by an offset table that is whole and true."""
    if len(table) != count * width:
        return None
    base = fragments[0][0]
    numbers = {start - base: at for at, (start, _) in enumerate(fragments)}
    offsets = [int.from_bytes(table[at : at + width], "little") for at in range(0, len(table), width)]
    if offsets[0] != 0 or any(one >= other for one, other in pairwise(offsets)):
        return None
    if any(offset not in numbers for offset in offsets):
        return None
    return [numbers[offset] for offset in offsets]


def _grouped(fragments: list[Span], starts: list[int]) -> list[list[Span]]:
    return [fragments[first:last] for first, last in pairwise([*starts, len(fragments)])]
