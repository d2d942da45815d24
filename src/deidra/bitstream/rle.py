"""DICOM RLE (PS3.5 Annex G): a header of 16 numbers and up to 15 segments of packed bytes, with nothing in between."""

from __future__ import annotations

import struct

from deidra.bitstream.packbits import end_of_packed
from deidra.bitstream.work import Tally, malformed, truncated, unsupported

_HEADER_BYTES, _MOST_SEGMENTS = 64, 15


def clean_rle(data: bytes, tally: Tally, frame_pixels: int | None) -> bytes:
    """An RLE frame whose segments end where `frame_pixels` bytes are unpacked, each padded to an even length.

    Raises Held, also where `frame_pixels` (rows times columns) is not given: only it tells where the last segment ends.
    """
    if frame_pixels is None:
        raise unsupported("an RLE frame whose number of pixels is not told", 0)
    if len(data) < _HEADER_BYTES:
        raise truncated("the RLE header", 0)
    count, *offsets = struct.unpack_from("<16L", data)
    if not 1 <= count <= _MOST_SEGMENTS or offsets[0] != _HEADER_BYTES:
        raise malformed("the RLE header does not say where its segments are", 0)
    used, unused = offsets[:count], offsets[count:]
    if used != sorted(set(used)) or used[-1] >= len(data):
        raise malformed("RLE segments are not one behind the other", 0)
    if any(unused):
        tally.drop("numbers in unused places of the RLE header", 4 + 4 * count, 4 * sum(map(bool, unused)))
    segments = []
    for start, stop in zip(used, [*used[1:], len(data)], strict=True):
        end = end_of_packed(data, start, stop, frame_pixels)
        left = data[end:stop]
        padding = bytes(end - start & 1)
        if left not in (b"", padding):
            tally.drop("bytes behind an RLE segment", end, stop - end)
            left = padding
        segments.append(data[start:end] + left)
    sizes = [len(segment) for segment in segments]
    places = [_HEADER_BYTES + sum(sizes[:number]) for number in range(count)]
    header = struct.pack("<16L", count, *places, *[0] * (_MOST_SEGMENTS - count))
    cleaned = b"".join((header, *segments))
    return data if cleaned == data else cleaned
