"""ICC profiles: what the colour transform needs, written anew (ICC.1:2022, and ICC.1:2001-04 for version 2).

Kept: version, class, colour spaces and rendering intent of the header; curves, matrix and tables of the transform.
Not kept: description, copyright, makers, models, dates, profile id, measurement data, named colours, private tags, and
every byte between and behind tags. The two texts that a profile must have say nothing.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from deidra.bitstream.icc_tables import lut8_size, lut16_size, lut_a_b
from deidra.bitstream.work import Tally, malformed, unsupported

_HEADER_BYTES, _ENTRY_BYTES = 128, 12
_MOST_TAGS = 100
_CLASSES = frozenset((b"scnr", b"mntr", b"prtr", b"spac", b"abst"))
_D50 = struct.pack(">3L", 0xF6D6, 0x10000, 0xD32D)
_DATE = struct.pack(">6H", 2000, 1, 1, 0, 0, 0)
_CURVES = ("curv", "para")
_TABLES = ("mft1", "mft2", "mAB ", "mBA ")
# Tag -> the types that it may have (ICC.1:2022 Clause 9)
_KEPT: dict[bytes, tuple[str, ...]] = {
    **dict.fromkeys((b"rXYZ", b"gXYZ", b"bXYZ", b"wtpt", b"bkpt"), ("XYZ ",)),
    **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC", b"kTRC"), _CURVES),
    **dict.fromkeys((b"A2B0", b"A2B1", b"A2B2", b"B2A0", b"B2A1", b"B2A2"), _TABLES),
    b"chad": ("sf32",),
    b"cicp": ("cicp",),
}
_FLOATING = frozenset((b"D2B0", b"D2B1", b"D2B2", b"D2B3", b"B2D0", b"B2D1", b"B2D2", b"B2D3"))
_TRANSFORMS = (b"A2B0", b"rTRC", b"kTRC")


def clean_icc(data: bytes, tally: Tally) -> bytes:
    """A profile that stands alone, e.g. the value of (0028,2000). Raises Held where it is none."""
    trailer = len(data) - int.from_bytes(data[:4])
    profile = data[:-1] if trailer == 1 and data[-1] == 0 else data
    cleaned = clean_profile(profile, tally, 0)
    if not cleaned:
        raise malformed("this is no ICC profile that a colour transform could be made of", 0)
    return data if cleaned == profile else cleaned


def clean_profile(profile: bytes, tally: Tally, position: int) -> bytes:
    """The profile without anything that colour does not need, or b"" where no reader could use it.

    Raises Held where it may be right but the transform cannot be taken out of it.
    """
    tags = _tags(profile)
    if tags is None:
        tally.drop("ICC profile that is none", position, len(profile))
        return b""
    if profile[8] not in (2, 4) or profile[12:16] not in _CLASSES or not _FLOATING.isdisjoint(tags):
        raise unsupported("an ICC profile of a version or class, or with tags, that are not understood", position)
    kept: dict[bytes, bytes] = {}
    for tag, (start, end) in tags.items():
        if tag in _KEPT:
            content = _content(profile[start:end], _KEPT[tag])
            if not content:
                raise unsupported("a colour tag of an ICC profile cannot be read", position)
            kept[tag] = content
    if not any(tag in kept for tag in _TRANSFORMS):
        tally.drop("ICC profile without a colour transform", position, len(profile))
        return b""
    cleaned = _written(profile, kept)
    if cleaned != profile:
        tally.drop("ICC texts, makers, dates, private tags", position, max(1, len(profile) - len(cleaned)))
    return cleaned


def _tags(profile: bytes) -> dict[bytes, tuple[int, int]] | None:
    """Tag -> where its data are; None where this is no profile."""
    if len(profile) < _HEADER_BYTES + 4 or profile[36:40] != b"acsp":
        return None
    count = struct.unpack_from(">L", profile, _HEADER_BYTES)[0]
    if not 0 < count <= _MOST_TAGS or _HEADER_BYTES + 4 + count * _ENTRY_BYTES > len(profile):
        return None
    tags: dict[bytes, tuple[int, int]] = {}
    for number in range(count):
        at = _HEADER_BYTES + 4 + number * _ENTRY_BYTES
        start, size = struct.unpack_from(">LL", profile, at + 4)
        if size < 8 or start < _HEADER_BYTES or start + size > len(profile):
            return None
        tags.setdefault(profile[at : at + 4], (start, start + size))
    return tags


def _content(data: bytes, types: tuple[str, ...]) -> bytes:
    """The data of a tag, no longer than they must be and with reserved bytes zero; b"" where they are not as told."""
    kind = data[:4].decode("latin-1")
    if kind not in types:
        return b""
    if kind in ("mAB ", "mBA "):
        return lut_a_b(data, curve=lambda at: _exact(data[at:], _CURVES))
    return _exact(data, types)


def _exact(data: bytes, types: tuple[str, ...]) -> bytes:
    kind = data[:4].decode("latin-1")
    size = _SIZES[kind](data) if kind in types and kind in _SIZES and len(data) >= 12 else 0
    if not 8 < size <= len(data):
        return b""
    content = data[:4] + bytes(4) + data[8:size]
    if kind == "para":
        content = content[:10] + bytes(2) + content[12:]
    elif kind in ("mft1", "mft2"):
        content = content[:11] + b"\0" + content[12:]
    return content


def _curve_size(data: bytes) -> int:
    return 12 + 2 * int(struct.unpack_from(">L", data, 8)[0])


def _parametric_size(data: bytes) -> int:
    function = int.from_bytes(data[8:10])
    return 12 + 4 * (1, 3, 4, 5, 7)[function] if function < 5 else 0


_SIZES: dict[str, Callable[[bytes], int]] = {
    "XYZ ": lambda _: 20,
    "sf32": lambda _: 44,
    "cicp": lambda _: 12,
    "curv": _curve_size,
    "para": _parametric_size,
    "mft1": lut8_size,
    "mft2": lut16_size,
}


def _written(profile: bytes, kept: dict[bytes, bytes]) -> bytes:
    """A profile of the kept tags and the two texts; tags with the same data share them."""
    version = profile[8]
    tags = {b"desc": _description(version), b"cprt": _copyright(version), **kept}
    offset = _HEADER_BYTES + 4 + len(tags) * _ENTRY_BYTES
    places: dict[bytes, int] = {}
    table, pieces = [struct.pack(">L", len(tags))], []
    for tag, content in tags.items():
        if content not in places:
            places[content] = offset
            padded = content + bytes(-len(content) % 4)
            pieces.append(padded)
            offset += len(padded)
        table.append(tag + struct.pack(">LL", places[content], len(content)))
    header = b"".join(
        (
            struct.pack(">L4xBBxx", offset, version, profile[9]),
            profile[12:24],  # class, colour space, connection space
            _DATE,
            b"acsp",
            bytes(24),  # platform, flags, maker, model, attributes
            struct.pack(">L", struct.unpack_from(">L", profile, 64)[0] & 3),
            _D50,
            bytes(48),  # creator, profile id, reserved
        )
    )
    return b"".join((header, *table, *pieces))


def _description(version: int) -> bytes:
    if version == 4:
        return _localised("profile")
    text = b"profile\0"
    return b"desc" + bytes(4) + struct.pack(">L", len(text)) + text + bytes(4 + 4 + 2 + 1 + 67)


def _copyright(version: int) -> bytes:
    return _localised("none") if version == 4 else b"text" + bytes(4) + b"none\0"


def _localised(text: str) -> bytes:
    coded = text.encode("utf-16-be")
    return b"mluc" + bytes(4) + struct.pack(">LL2s2sLL", 1, 12, b"en", b"US", len(coded), 28) + coded
