"""Exif: of all its fields only the orientation says how an image is to be shown."""

from __future__ import annotations

import struct

EXIF_PREFIX = b"Exif\0\0"
_ORIENTATION, _SHORT = 0x0112, 3
_MOST_FIELDS = 1_000


def minimal_exif(exif: bytes) -> bytes:
    """The TIFF structure that says no more than the orientation of `exif`, or nothing where it is the usual one.

    `exif` starts with the TIFF header (Exif 2.32, 4.6.4 A). What cannot be read has no orientation.
    """
    orientation = _orientation(exif)
    if not 2 <= orientation <= 8:
        return b""
    return struct.pack(">2sHLH HHLHH L", b"MM", 42, 8, 1, _ORIENTATION, _SHORT, 1, orientation, 0, 0)


def _orientation(exif: bytes) -> int:
    order = {b"MM\0*": ">", b"II*\0": "<"}.get(exif[:4])
    if order is None or len(exif) < 8:
        return 0
    at = struct.unpack_from(f"{order}L", exif, 4)[0]
    if at + 2 > len(exif):
        return 0
    count = min(struct.unpack_from(f"{order}H", exif, at)[0], _MOST_FIELDS)
    for entry in range(at + 2, min(at + 2 + 12 * count, len(exif) - 11), 12):
        tag, kind, values, value = struct.unpack_from(f"{order}HHLH", exif, entry)
        if (tag, kind, values) == (_ORIENTATION, _SHORT, 1):
            return int(value)
    return 0
