"""Explicit VR Big Endian (retired, PS3.5 2016b A.3) turned into little endian, under the same grammar."""

from __future__ import annotations

from array import array

from deidra.dicom import encode
from deidra.dicom.source import elements_of
from deidra.dicom.stream import EXPLICIT_BIG, EXPLICIT_LITTLE, FRAGMENTS, Element, items_of
from deidra.errors import Held

# Bytes per number of each VR whose byte order matters
_WIDTHS = {
    **dict.fromkeys(("US", "SS", "OW", "AT"), 2),
    **dict.fromkeys(("UL", "SL", "FL", "OL", "OF"), 4),
    **dict.fromkeys(("FD", "OD", "OV", "SV", "UV"), 8),
}
_TYPECODES = {2: "H", 4: "I", 8: "Q"}


def to_little_endian(buf: bytes) -> bytes:
    """A whole big-endian data set as explicit VR little endian. Raises Rejected where the grammar is broken."""
    return b"".join(_converted(buf, element, 0) for element in elements_of(EXPLICIT_BIG, buf))


def _converted(buf: bytes, element: Element, depth: int) -> bytes:
    tag, vr, _, value, stop, items = element
    if items is FRAGMENTS:
        raise Held("fragments-big-endian", "encapsulated pixel data cannot be big endian", "dcm:(7FE0,0010)")
    if vr == "UN" and items is not None:
        # Little endian already, whatever is around it (PS3.5 6.2.2)
        return encode.sequence_like(tag, vr, buf[value : stop - 8], True, EXPLICIT_LITTLE)
    if vr == "SQ":
        content = []
        for _, _, _, elements, undefined in items_of(buf, element, EXPLICIT_BIG, depth):
            inner = b"".join(_converted(buf, child, depth + 1) for child in elements)
            content.append(encode.item_like(inner, undefined))
        return encode.sequence_like(tag, "SQ", b"".join(content), items is not None, EXPLICIT_LITTLE)
    raw = buf[value:stop]
    width = _WIDTHS.get(vr, 1)
    if width > 1:
        whole = len(raw) - len(raw) % width
        numbers = array(_TYPECODES[width], raw[:whole])
        numbers.byteswap()
        raw = numbers.tobytes() + raw[whole:]
    return encode.header(tag, vr, len(raw), EXPLICIT_LITTLE) + raw
