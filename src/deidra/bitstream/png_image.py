"""Geometry of PNG images: how many bytes their rows have, and which places of the palette their pixels use."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import accumulate
from typing import NamedTuple

from deidra.bitstream.work import malformed

PALETTE = 3
_CHANNELS = {0: 1, 2: 3, PALETTE: 1, 4: 2, 6: 4}
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), PALETTE: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
# Adam7: first column, first row, column step, row step
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


class Header(NamedTuple):
    """IHDR."""

    columns: int
    rows: int
    depth: int
    colour: int
    interlaced: bool


def read_header(content: bytes, position: int) -> Header:
    """The image header. Raises Held."""
    if len(content) != 13:
        raise malformed("the image header has not 13 bytes", position)
    columns, rows, depth, colour, compression, filtering, interlace = struct.unpack(">LLBBBBB", content)
    if not columns or not rows or depth not in _DEPTHS.get(colour, ()) or compression or filtering or interlace > 1:
        raise malformed("the image header names a form that PNG does not have", position)
    return Header(columns, rows, depth, colour, interlace == 1)


def _passes(header: Header) -> Iterator[tuple[int, int]]:
    """Bytes in a row and rows, for each pass that has any."""
    bits = header.depth * _CHANNELS[header.colour]
    for left, top, across, down in _PASSES if header.interlaced else ((0, 0, 1, 1),):
        columns, rows = -(-(header.columns - left) // across), -(-(header.rows - top) // down)
        if columns > 0 and rows > 0:
            yield (columns * bits + 7) // 8, rows


def image_bytes(header: Header) -> int:
    """Bytes of the image before deflating, filter types included."""
    return sum((1 + size) * rows for size, rows in _passes(header))


def used_indices(inflated: bytes, header: Header) -> set[int]:
    """The palette indices that occur; a few more where bits fill up a row. Raises Held on an unknown filter."""
    values: set[int] = set()
    pos = 0
    for size, rows in _passes(header):
        above = bytes(size)
        for _ in range(rows):
            above = _unfiltered(inflated[pos], inflated[pos + 1 : pos + 1 + size], above)
            values.update(above)
            pos += 1 + size
    if header.depth == 8:
        return values
    mask = (1 << header.depth) - 1
    return {value >> shift & mask for value in values for shift in range(0, 8, header.depth)}


def _unfiltered(kind: int, row: bytes, above: bytes) -> bytes:
    """A row of one byte per pixel or less without its filter (PNG 9.2)."""
    if kind == 0:
        return row
    if kind == 1:
        return bytes(value & 255 for value in accumulate(row))
    if kind == 2:
        return bytes(value + up & 255 for value, up in zip(row, above, strict=True))
    if kind > 4:
        raise malformed("a row has a filter that PNG does not have", 0)
    out = bytearray()
    left = corner = 0
    for value, up in zip(row, above, strict=True):
        left = value + (left + up >> 1 if kind == 3 else _nearest(left, up, corner)) & 255
        corner = up
        out.append(left)
    return bytes(out)


def _nearest(left: int, up: int, corner: int) -> int:
    """The Paeth predictor."""
    to_left, to_up, to_corner = abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)
    if to_left <= to_up and to_left <= to_corner:
        return left
    return up if to_up <= to_corner else corner
