"""Writing elements: the inverse of the stream, for what the de-identifier itself puts in (PS3.5 Section 7.1)."""

from __future__ import annotations

from collections.abc import Sequence
from struct import pack

from deidra.dicom.stream import ITEM_END_BYTES, SEQUENCE_END_BYTES, UNDEFINED, VR_FORMS, Encoding

_NUL_PADDED = frozenset(("UI", "OB", "UN"))
_UNDEFINED_ITEM = b"\xfe\xff\x00\xe0\xff\xff\xff\xff"
_SHORT_LIMIT = 0xFFFF


def padded(vr: str, value: bytes) -> bytes:
    """Values have even length; text pads with a space, UI and OB with NUL."""
    return value + (b"\0" if vr in _NUL_PADDED else b" ") if len(value) & 1 else value


def header(tag: int, vr: str, length: int, encoding: Encoding) -> bytes:
    """The element header before a value of `length` bytes (or UNDEFINED)."""
    group, number = tag >> 16, tag & 0xFFFF
    if not encoding.explicit:
        return pack("<HHI", group, number, length)
    code = vr.encode()
    if VR_FORMS[code][1] == 12:
        return pack("<HH2sHI", group, number, code, 0, length)
    if length > _SHORT_LIMIT:
        raise ValueError("the value is too long for its VR")
    return pack("<HH2sH", group, number, code, length)


def element(tag: int, vr: str, value: bytes, encoding: Encoding) -> bytes:
    """One element with its value padded to even length. Little endian."""
    value = padded(vr, value)
    return header(tag, vr, len(value), encoding) + value


def item_header(length: int) -> bytes:
    """The header of an item with `length` bytes of elements."""
    return pack("<HHI", 0xFFFE, 0xE000, length)


def item(elements: Sequence[bytes]) -> bytes:
    """An item of defined length holding `elements`, already in tag order."""
    content = b"".join(elements)
    return item_header(len(content)) + content


def sequence(tag: int, items: Sequence[bytes], encoding: Encoding) -> bytes:
    """A sequence element of defined length."""
    return element(tag, "SQ", b"".join(items), encoding)


def item_like(content: bytes, undefined: bool) -> bytes:
    """An item around `content` with its length written as the original wrote it."""
    if undefined:
        return b"".join((_UNDEFINED_ITEM, content, ITEM_END_BYTES))
    return item_header(len(content)) + content


def sequence_like(tag: int, vr: str, content: bytes, undefined: bool, encoding: Encoding) -> bytes:
    """A sequence around `content` with its length written as the original wrote it."""
    if undefined:
        return b"".join((header(tag, vr, UNDEFINED, encoding), content, SEQUENCE_END_BYTES))
    return header(tag, vr, len(content), encoding) + content
