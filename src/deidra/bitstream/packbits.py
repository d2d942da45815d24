"""Packed bytes, as in DICOM RLE (PS3.5 G.3) and TIFF (TIFF 6.0 Section 9): only where they end."""

from __future__ import annotations

from deidra.bitstream.work import malformed, truncated


def end_of_packed(data: bytes, start: int, stop: int, expected_bytes: int) -> int:
    """Where in data[start:stop] `expected_bytes` bytes are unpacked. Raises Held where that is nowhere."""
    pos, left = start, expected_bytes
    while left > 0:
        if pos >= stop:
            raise truncated("packed bytes", pos)
        control = data[pos]
        if control < 128:
            pos += control + 2
            left -= control + 1
        elif control > 128:
            pos += 2
            left -= 257 - control
        else:
            pos += 1
    if pos > stop:
        raise truncated("packed bytes", pos)
    if left < 0:
        raise malformed("packed bytes unpack to more than the image has", start)
    return pos


def values_of_packed(data: bytes) -> set[int]:
    """The bytes that occur when `data` are unpacked."""
    values: set[int] = set()
    pos = 0
    while pos < len(data):
        control = data[pos]
        size = control + 1 if control < 128 else int(control > 128)
        values.update(data[pos + 1 : pos + 1 + size])
        pos += 1 + size
    return values
