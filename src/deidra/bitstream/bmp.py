"""BMP: headers, palette and rows, with nothing between them and zeros where rows are filled up (Windows BITMAPINFO)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from deidra.bitstream.palette import blanked
from deidra.bitstream.work import Tally, malformed, truncated, unsupported

_FILE_HEADER_BYTES = 14
_INFO_SIZES = (40, 52, 56, 108, 124)
_RGB, _RLE8, _RLE4, _BITFIELDS, _ALPHA_BITFIELDS = 0, 1, 2, 3, 6
_V4_BYTES = 108
_MOST_PIXELS_PER_METRE = 10_000_000


class Info(NamedTuple):
    """What the info header tells. `rows` is positive; `colours` counts the palette."""

    size_bytes: int
    columns: int
    rows: int
    depth: int
    compression: int
    colours: int
    masks_bytes: int


def clean_bmp(data: bytes, tally: Tally) -> bytes:
    """A BMP with the same pixels and nothing else. Raises Held."""
    start = data.find(b"BM")
    if start < 0 or start + _FILE_HEADER_BYTES + 40 > len(data):
        raise malformed("there is no BMP header", 0)
    if start:
        tally.drop("bytes before the image", 0, start)
    at = start + _FILE_HEADER_BYTES
    info = _info(data, at)
    palette = at + info.size_bytes + info.masks_bytes
    pixels = start + struct.unpack_from("<L", data, start + 10)[0]
    colours_end = palette + 4 * info.colours
    if pixels < colours_end:
        raise malformed("the pixels start inside the headers", start)
    rows = b"".join(_rows(data, pixels, info, tally))
    header = data[at:palette]
    if info.size_bytes > _V4_BYTES:
        # Version 5 adds intent and profile: a profile stands behind the pixels and goes
        header = header[:_V4_BYTES] + header[_V4_BYTES : _V4_BYTES + 4] + bytes(12) + header[info.size_bytes :]
    used = _indices(rows, info.depth)
    colours = blanked(data[palette:colours_end], used, palette, tally, entry_bytes=4)
    head = b"".join((_plausible(header, info), colours))
    size = _FILE_HEADER_BYTES + len(head) + len(rows)
    offset = _FILE_HEADER_BYTES + len(head)
    cleaned = b"".join((b"BM", struct.pack("<LHHL", size, 0, 0, offset), head, rows))
    if cleaned == data:
        return data
    tally.drop("bytes beside headers and rows", start, max(1, len(data) - len(cleaned)))
    return cleaned


def _info(data: bytes, at: int) -> Info:
    size, columns, rows, planes, depth, compression, _, _, _, used = struct.unpack_from("<LllHHLLllL", data, at)
    if size not in _INFO_SIZES or at + size > len(data):
        raise unsupported("an info header that is not known", at)
    if planes != 1 or columns <= 0 or rows == 0 or depth not in (1, 4, 8, 16, 24, 32):
        raise malformed("the info header names a form that BMP does not have", at)
    if compression not in (_RGB, _RLE8, _RLE4, _BITFIELDS, _ALPHA_BITFIELDS):
        raise unsupported("a compression that is not known", at)
    if used > 1 << depth or used > 256:
        raise malformed("more colours than the pixels can name", at)
    colours = used or (1 << depth if depth <= 8 else 0)
    # Version 1 keeps the masks behind the header
    masks = {_BITFIELDS: 12, _ALPHA_BITFIELDS: 16}.get(compression, 0) if size == 40 else 0
    return Info(size, columns, abs(rows), depth, compression, colours, masks)


def _indices(rows: bytes, depth: int) -> set[int]:
    """The colours that pixels or run-length codes name, and a few more where bits fill up a row."""
    if depth >= 8:
        return set(rows) if depth == 8 else set()
    mask = (1 << depth) - 1
    return {value >> shift & mask for value in set(rows) for shift in range(0, 8, depth)}


def _plausible(header: bytes, info: Info) -> bytes:
    """The info header with zeros for a resolution that cannot be, and for colours of a space that needs none.

    Version 4 and 5 name a colour space: an embedded or linked profile becomes sRGB, the usual one.
    """
    if max(struct.unpack_from("<LL", header, 24)) > _MOST_PIXELS_PER_METRE:
        header = header[:24] + bytes(8) + header[32:]
    if info.size_bytes < _V4_BYTES or header[56:60] == bytes(4):
        return header
    space = b"BGRs" if header[56:60] in (b"DEBM", b"KNIL") else header[56:60]
    return header[:56] + space + bytes(48) + header[108:]


def _rows(data: bytes, pos: int, info: Info, tally: Tally) -> Iterator[bytes]:
    """The rows, each filled with zeros to four bytes; or the run-length codes up to their end."""
    if info.compression in (_RLE8, _RLE4):
        end = _end_of_runs(data, pos, info)
        yield data[pos:end]
        return
    bits = info.columns * info.depth
    size = (bits + 31) // 32 * 4
    if pos + size * info.rows > len(data):
        raise truncated("the rows", pos)
    whole, rest = divmod(bits, 8)
    changed = 0
    for start in range(pos, pos + size * info.rows, size):
        row = data[start : start + whole]
        if rest:
            row += bytes((data[start + whole] & (0xFF00 >> rest & 0xFF),))
        filled = row + bytes(size - len(row))
        changed += filled != data[start : start + size]
        yield filled
    if changed:
        tally.drop("bytes that fill up rows", pos, changed)


def _end_of_runs(data: bytes, pos: int, info: Info) -> int:
    """Where the end-of-bitmap code stands behind. Raises Held."""
    start = pos
    while pos + 2 <= len(data):
        count, value = data[pos], data[pos + 1]
        pos += 2
        if count:
            continue
        if value == 1:
            return pos
        if value == 2:
            pos += 2
        elif value > 2:
            size = value if info.compression == _RLE8 else (value + 1) // 2
            pos += size + (size & 1)
    raise truncated("run-length codes", start)
