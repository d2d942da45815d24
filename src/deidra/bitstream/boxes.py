"""Boxes: a length, a type of four letters, content. ISO/IEC 14496-12 4.2; T.800 I.4 says the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from deidra.bitstream.work import malformed, truncated

_MOST_BOXES = 100_000


class Box(NamedTuple):
    """A box data[start:end] with the content data[body:end]."""

    kind: bytes
    start: int
    body: int
    end: int


def boxes_of(data: bytes, start: int, end: int) -> Iterator[Box]:
    """The boxes that fill data[start:end]; a length of zero reaches to `end`. Raises Held where they do not fill it."""
    for _ in range(_MOST_BOXES):
        if start == end:
            return
        if start + 8 > end:
            raise truncated("the header of a box", start)
        size, kind, body = int.from_bytes(data[start : start + 4]), data[start + 4 : start + 8], start + 8
        if size == 1:
            size, body = int.from_bytes(data[start + 8 : start + 16]), start + 16
        stop = end if size == 0 else start + size
        if stop < body:
            raise malformed("a box is shorter than its header", start)
        if stop > end:
            raise truncated("a box", start)
        yield Box(kind, start, body, stop)
        start = stop
    raise malformed("more boxes than any program writes", start)


def box(kind: bytes, *content: bytes) -> bytes:
    """A box around `content`."""
    size = 8 + sum(map(len, content))
    if size >> 32:
        return b"".join((b"\0\0\0\1", kind, (size + 8).to_bytes(8), *content))
    return b"".join((size.to_bytes(4), kind, *content))
