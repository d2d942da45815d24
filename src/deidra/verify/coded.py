"""Coded frames: marker segments and boxes that are no picture (ISO 10918-1, 14495-1, 15444-1, 18181-2)."""

from __future__ import annotations

import re
import zlib
from typing import IO, TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_ITEM, _DELIMITER = b"\xfe\xff\x00\xe0", b"\xfe\xff\xdd\xe0"
_MOST_BYTES = 64 << 20  # of one fragment; what lies behind is searched as bulk bytes only
_DEFLATED_FRAMES = "1.2.840.10008.1.2.8.1"
_SEGMENT = re.compile(rb"\xff[\xe0-\xfe]")  # APPn, JPGn and COM, wherever they stand
_COMMENT_OF_J2K = re.compile(rb"\xff\x64")
_BOXES = frozenset(
    {
        b"xml ",
        b"uuid",
        b"asoc",
        b"lbl ",
        b"nlst",
        b"uinf",
        b"ulst",
        b"url ",
        b"res ",
        b"jp2i",
        b"Exif",
        b"jumb",
        b"colr",
    }
)


class Segment(NamedTuple):
    """A part of a coded frame that may hold text."""

    where: str
    data: bytes


def segments(stream: IO[bytes], start: int, stop: int, transfer_syntax_uid: str) -> Iterator[Segment]:
    """Segments of all fragments between two offsets of encapsulated pixel data (PS3.5 A.4)."""
    position, number = start, -1
    while position + 8 <= stop:
        stream.seek(position)
        head = stream.read(8)
        if head[:4] != _ITEM:
            return
        length = int.from_bytes(head[4:], "little")
        if number >= 0:  # the first item is the Basic Offset Table
            data = stream.read(min(length, _MOST_BYTES))
            for segment in _of_fragment(data, transfer_syntax_uid):
                yield Segment(f"fragment {number}/{segment.where}", segment.data)
        position, number = position + 8 + length, number + 1


def _of_fragment(data: bytes, transfer_syntax_uid: str) -> Iterator[Segment]:
    if data[:2] == b"\xff\xd8":
        yield from _of_jpeg(data)
    elif data[:2] == b"\xff\x4f":
        yield from _of_jpeg2000(data)
    elif data[4:8] in (b"jP  ", b"JXL "):
        yield from _of_boxes(data)
    elif transfer_syntax_uid == _DEFLATED_FRAMES:
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            yield Segment("inflated", inflater.decompress(data, _MOST_BYTES))
        except zlib.error:
            yield Segment("not inflated", data)


def _of_jpeg(data: bytes) -> Iterator[Segment]:
    for match in _SEGMENT.finditer(data):
        length = int.from_bytes(data[match.end() : match.end() + 2], "big")
        if length > 2:
            yield Segment(f"marker FF{match[0][1]:02X}", data[match.end() + 2 : match.end() + length])
    end = data.rfind(b"\xff\xd9")
    if 0 <= end < len(data) - 3:
        yield Segment("behind the end of the image", data[end + 2 :])


def _of_jpeg2000(data: bytes) -> Iterator[Segment]:
    for match in _COMMENT_OF_J2K.finditer(data):
        length = int.from_bytes(data[match.end() : match.end() + 2], "big")
        if length > 4:
            yield Segment("marker FF64", data[match.end() + 4 : match.end() + length])
    end = data.rfind(b"\xff\xd9")
    if 0 <= end < len(data) - 3:
        yield Segment("behind the end of the image", data[end + 2 :])


def _of_boxes(data: bytes) -> Iterator[Segment]:
    position = 0
    while position + 8 <= len(data):
        length, kind = int.from_bytes(data[position : position + 4], "big"), data[position + 4 : position + 8]
        head = 8
        if length == 1:
            length, head = int.from_bytes(data[position + 8 : position + 16], "big"), 16
        body = data[position + head : position + length] if length else data[position + head :]
        if kind == b"jp2c":
            yield from _of_jpeg2000(body)
        elif kind in _BOXES:
            yield Segment(f"box {kind.decode('ascii').strip()}", body)
        if length < head:
            return
        position += length
