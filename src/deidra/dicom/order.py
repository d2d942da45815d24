"""Data sets whose elements are out of order or doubled (PS3.5 Section 7.1): put right before the rules see them."""

from __future__ import annotations

from operator import itemgetter

from deidra.dicom.stream import NO_STOP, Element, Encoding, Seen
from deidra.model import Action, Edit

_SOURCE = "PS3.5 7.1: every element occurs once, in ascending order"


def in_order(
    buf: bytes, elements: list[Element], encoding: Encoding, prefix: str, depth: int
) -> tuple[bytes, list[Element], list[Edit]]:
    """The same elements sorted, each tag once: of doubled ones the first stays and the others are removed."""
    pieces: list[bytes] = []
    edits: list[Edit] = []
    last = -1
    for element in sorted(elements, key=itemgetter(0)):
        tag = element[0]
        if tag == last:
            locator = f"{prefix}({tag >> 16:04X},{tag & 0xFFFF:04X})"
            edits.append(Edit(locator, Action.REMOVE, "container:duplicate-element", _SOURCE))
        else:
            pieces.append(buf[element[2] : element[4]])
        last = tag
    sorted_buf = b"".join(pieces)
    again: list[Element] = []
    encoding.read_elements(again, sorted_buf, 0, len(sorted_buf), encoding, depth, Seen(), NO_STOP)
    return sorted_buf, again, edits
