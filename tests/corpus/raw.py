"""Elements, sequences and data sets written byte by byte, where pydicom would refuse or repair."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from pydicom.uid import ExplicitVRLittleEndian

from corpus.yard import encoded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydicom.dataset import Dataset

LONG_LENGTH_VRS = {"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"}
UNDEFINED = 0xFFFFFFFF


def element(tag: int, vr: str, value: bytes, *, implicit: bool = False, pad: bytes | None = None) -> bytes:
    """One encoded little endian element, its value padded to even length unless `pad` is empty."""
    if pad is None:
        pad = b"\0" if vr in {"UI", "OB", "UN"} else b" "
    if len(value) % 2:
        value += pad
    return _head(tag, vr, len(value), implicit) + value


def _head(tag: int, vr: str, length: int, implicit: bool) -> bytes:
    start = struct.pack("<HH", tag >> 16, tag & 0xFFFF)
    if implicit:
        return start + struct.pack("<L", length)
    if vr in LONG_LENGTH_VRS:
        return start + vr.encode() + struct.pack("<HL", 0, length)
    return start + vr.encode() + struct.pack("<H", length)


def sequence(
    tag: int, items: Sequence[bytes], *, defined: bool, implicit: bool = False, un: bool = False
) -> bytes:
    """A sequence of encoded items; `un` writes it as VR UN (implicit little endian inside)."""
    body = b""
    for inner in items:
        length = len(inner) if defined else UNDEFINED
        body += struct.pack("<HHL", 0xFFFE, 0xE000, length) + inner
        if not defined:
            body += struct.pack("<HHL", 0xFFFE, 0xE00D, 0)
    if not defined:
        body += struct.pack("<HHL", 0xFFFE, 0xE0DD, 0)
    length = len(body) if defined else UNDEFINED
    return _head(tag, "UN" if un else "SQ", length, implicit and not un) + body


def spliced(ds: Dataset, added: Mapping[int, bytes], syntax: str = ExplicitVRLittleEndian) -> bytes:
    """The encoded data set with raw bytes put in before the first element whose tag is not smaller."""
    out, rest = b"", 0
    for tag in sorted(added):
        out += encoded(ds[rest:tag], syntax) + added[tag]
        rest = tag
    return out + encoded(ds[rest:], syntax)
