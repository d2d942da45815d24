"""Elements, items and files written byte by byte, right or wrong on purpose."""

from __future__ import annotations

from struct import pack

UNDEFINED = 0xFFFFFFFF
LONG_VRS = {"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"}

IMPLICIT, EXPLICIT = "1.2.840.10008.1.2", "1.2.840.10008.1.2.1"
DEFLATED, BIG_ENDIAN = "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.2"
JPEG_BASELINE = "1.2.840.10008.1.2.4.50"

CT, SR = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.88.33"
STUDY, SERIES, INSTANCE = "1.2.826.0.1.3680043.99.1", "1.2.826.0.1.3680043.99.1.2", "1.2.826.0.1.3680043.99.1.2.3"
PIXEL_DATA, PIXEL_BYTES = 0x7FE00010, 32

ITEM_END = pack("<HHL", 0xFFFE, 0xE00D, 0)
SEQUENCE_END = pack("<HHL", 0xFFFE, 0xE0DD, 0)


def head(tag: int, vr: str, length: int, order: str = "<") -> bytes:
    """The header of an element; `vr` "" writes implicit VR."""
    group, number = tag >> 16, tag & 0xFFFF
    if not vr:
        return pack(order + "HHL", group, number, length)
    if vr in LONG_VRS:
        return pack(order + "HH2sHL", group, number, vr.encode(), 0, length)
    return pack(order + "HH2sH", group, number, vr.encode(), length)


def element(tag: int, vr: str, value: bytes | str, order: str = "<") -> bytes:
    """One element, its value padded to even length."""
    raw = value.encode() if isinstance(value, str) else value
    if len(raw) % 2:
        raw += b"\0" if vr in {"UI", "OB", "UN", ""} else b" "
    return head(tag, vr, len(raw), order) + raw


def item(content: bytes, *, undefined: bool = False, order: str = "<") -> bytes:
    """An item around encoded elements, or a fragment around coded bytes."""
    start = pack(order + "HHL", 0xFFFE, 0xE000, UNDEFINED if undefined else len(content)) + content
    return start + pack(order + "HHL", 0xFFFE, 0xE00D, 0) if undefined else start


def sequence(tag: int, items: list[bytes], vr: str = "SQ", *, undefined: bool = False, order: str = "<") -> bytes:
    """A sequence around encoded items."""
    content = b"".join(items)
    if undefined:
        return head(tag, vr, UNDEFINED, order) + content + pack(order + "HHL", 0xFFFE, 0xE0DD, 0)
    return head(tag, vr, len(content), order) + content


def file_of(data_set: bytes, transfer_syntax_uid: str = EXPLICIT, preamble: bytes = bytes(128)) -> bytes:
    """A Part 10 file around an encoded data set."""
    meta = b"".join(
        (
            element(0x00020001, "OB", b"\0\1"),
            element(0x00020002, "UI", CT),
            element(0x00020003, "UI", INSTANCE),
            element(0x00020010, "UI", transfer_syntax_uid),
        )
    )
    return preamble + b"DICM" + element(0x00020000, "UL", pack("<L", len(meta))) + meta + data_set


# What makes an object a CT image: enough to be released
CT_VALUES: dict[int, tuple[str, bytes]] = {
    0x00080008: ("CS", b"ORIGINAL\\PRIMARY\\AXIAL"),
    0x00080016: ("UI", CT.encode()),
    0x00080018: ("UI", INSTANCE.encode()),
    0x00080020: ("DA", b"20240229"),
    0x00080022: ("DA", b"20240229"),
    0x00080030: ("TM", b"101112"),
    0x00080050: ("SH", b"A-4711"),
    0x00080060: ("CS", b"CT"),
    0x00080070: ("LO", b"ACME"),
    0x00080090: ("PN", b"Overbeck^Ruth"),
    0x00100010: ("PN", b"Zzneedlename^Qqfirst"),
    0x00100020: ("LO", b"ZZNEEDLEID77"),
    0x00100030: ("DA", b"19700102"),
    0x00100040: ("CS", b"O"),
    0x00101001: ("PN", b"Xxneedleother^Jjsecond"),
    0x00180050: ("DS", b"1.25"),
    0x00180060: ("DS", b"120"),
    0x0020000D: ("UI", STUDY.encode()),
    0x0020000E: ("UI", SERIES.encode()),
    0x00200010: ("SH", b"1"),
    0x00200011: ("IS", b"2"),
    0x00200013: ("IS", b"3"),
    0x00200032: ("DS", b"-1.5\\2.25\\1000.125"),
    0x00280002: ("US", pack("<H", 1)),
    0x00280004: ("CS", b"MONOCHROME2"),
    0x00280010: ("US", pack("<H", 4)),
    0x00280011: ("US", pack("<H", 4)),
    0x00280100: ("US", pack("<H", 16)),
    0x00280101: ("US", pack("<H", 12)),
    0x00280102: ("US", pack("<H", 11)),
    0x00280103: ("US", pack("<H", 0)),
    PIXEL_DATA: ("OW", bytes(range(32))),
}


def encoded_ct(
    changes: dict[int, tuple[str, bytes] | None] | None = None,
    more: dict[int, bytes] | None = None,
    *,
    implicit: bool = False,
) -> bytes:
    """The data set of a small CT image. `changes` replace or drop (None) values, `more` are encoded elements."""
    values = CT_VALUES | (changes or {})
    pieces = {
        tag: element(tag, "" if implicit else entry[0], entry[1]) for tag, entry in values.items() if entry is not None
    }
    pieces |= more or {}
    return b"".join(pieces[tag] for tag in sorted(pieces))


def size_of(pixel_bytes: int) -> dict[int, tuple[str, bytes]]:
    """Rows and Columns of an image of two bytes a pixel."""
    columns = 4 if pixel_bytes < 8 << 16 else 0x8000
    return {0x00280010: ("US", pack("<H", pixel_bytes // 2 // columns)), 0x00280011: ("US", pack("<H", columns))}


def ct_file(
    changes: dict[int, tuple[str, bytes] | None] | None = None,
    more: dict[int, bytes] | None = None,
    transfer_syntax_uid: str = EXPLICIT,
) -> bytes:
    """A small CT image as a file; with other pixels, of as many rows as they fill."""
    implicit = transfer_syntax_uid == IMPLICIT
    pixels = (changes or {}).get(PIXEL_DATA)
    if pixels and len(pixels[1]) > PIXEL_BYTES:
        changes = {**size_of(len(pixels[1])), **(changes or {})}
    return file_of(encoded_ct(changes, more, implicit=implicit), transfer_syntax_uid)
