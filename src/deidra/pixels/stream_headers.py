"""What the headers of JPEG-LS and JPEG 2000 streams say before anything is decoded (ITU-T T.87 C, T.800 A, T.814)."""

from __future__ import annotations

from typing import NamedTuple

from deidra.errors import Held

_SOF_LS, _SOS, _SIZ, _COD = 0xF7, 0xDA, 0xFF51, 0xFF52
_SOT, _SOD = 0xFF90, 0xFF93
_JP2_SIGNATURE = b"\0\0\0\x0cjP  \r\n\x87\n"


class LsHeader(NamedTuple):
    """The frame header of a JPEG-LS stream, and NEAR and the interleave mode of its first scan."""

    precision: int
    rows: int
    columns: int
    components: int
    near: int
    interleave: int


class SizeHeader(NamedTuple):
    """The SIZ and COD segments of a JPEG 2000 codestream."""

    rows: int
    columns: int
    components: int
    precision: int
    is_signed: bool
    transforms: bool  # three components at once
    is_reversible: bool


def ls_header(data: bytes) -> LsHeader:
    """Raises Held where the stream has no frame header before its first scan."""
    at, frame = 2, b""
    while data[at : at + 1] == b"\xff" and at + 4 <= len(data):
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        body = data[at + 4 : at + 2 + int.from_bytes(data[at + 2 : at + 4])]
        if marker == _SOF_LS:
            frame = body
        if marker == _SOS and len(frame) >= 6 and len(body) >= 4:
            near, interleave = body[-3], body[-2]
            rows, columns = int.from_bytes(frame[1:3]), int.from_bytes(frame[3:5])
            if not 2 <= frame[0] <= 16 or interleave > 2:
                break
            # Within coded data the bit behind 0xFF is zero; decoders may take long to give up on what ends early
            if data.rfind(b"\xff\xd9", at) < 0:
                raise Held("stream-truncated", "a JPEG-LS stream has no end")
            return LsHeader(frame[0], rows, columns, frame[5], near, interleave)
        at += 4 + len(body)
    raise Held("stream-malformed", "a JPEG-LS stream has no usable header")


def naked(data: bytes) -> bytes:
    """The codestream of JPEG 2000, taken out of JP2 boxes where it stands in such (T.800 Annex I)."""
    if not data.startswith(_JP2_SIGNATURE):
        return data
    at = 0
    while at + 8 <= len(data):
        size, kind, head = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8], 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16]), 16
        end = at + size if size else len(data)
        if kind == b"jp2c":
            return data[at + head : end]
        if end < at + head:
            break
        at = end
    raise Held("stream-malformed", "JP2 boxes hold no codestream")


def size_header(data: bytes) -> SizeHeader:
    """The main header of a naked codestream.

    Raises Held where it is broken, its components are not alike, or a tile-part is cut short: decoders forgive that.
    """
    size = style = b""
    at = 2
    while at + 4 <= len(data):
        marker = int.from_bytes(data[at : at + 2])
        body = data[at + 4 : at + 2 + int.from_bytes(data[at + 2 : at + 4])]
        if marker in (_SOT, _SOD):
            break
        if marker == _SIZ:
            size = body
        elif marker == _COD:
            style = body
        at += 4 + len(body)
    count = int.from_bytes(size[34:36]) if len(size) >= 39 else 0
    if data[:2] != b"\xff\x4f" or not count or len(size) != 36 + 3 * count or len(style) < 10:
        raise Held("stream-malformed", "a JPEG 2000 codestream has no usable header")
    if len({size[at : at + 3] for at in range(36, len(size), 3)}) != 1 or size[37:39] != b"\1\1":
        raise Held("stream-unsupported", "the components of a JPEG 2000 stream are not sampled alike")
    _check_tile_parts(data, at)
    right, bottom, left, top = (int.from_bytes(size[at : at + 4]) for at in range(2, 18, 4))
    return SizeHeader(
        bottom - top,
        right - left,
        count,
        (size[36] & 0x7F) + 1,
        size[36] >= 0x80,
        transforms=style[4] == 1,
        is_reversible=style[9] == 1,
    )


def _check_tile_parts(data: bytes, at: int) -> None:
    """Raise Held unless tile-parts (T.800 A.4.2) follow one another from `at` to the end of the codestream."""
    while data[at : at + 2] == b"\xff\x90":
        size = int.from_bytes(data[at + 6 : at + 10])
        if not size:  # the last, up to the end
            at = len(data.rstrip(b"\0")) - 2
            break
        if size < 14 or at + size > len(data):
            break
        at += size
    if data[at : at + 2] != b"\xff\xd9":
        raise Held("stream-truncated", "a JPEG 2000 codestream ends within a tile")
