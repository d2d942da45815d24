"""Overlays in bits of the pixels that no stored value uses (retired since 2004, PS3.3 C.9.2).

Their data are removed as those of any overlay that nobody looks at: the bits are cleared, the stored values stay.
"""

from __future__ import annotations

from collections.abc import Iterator

from deidra.dicom.header import PIXELS, Header
from deidra.dicom.layout import us
from deidra.dicom.stream import PIXEL_DATA
from deidra.model import Action, Edit

_GROUPS = range(0x6000, 0x6020, 2)
_ROWS, _BIT_POSITION, _DATA = 0x0010, 0x0102, 0x3000
_BITS_ALLOCATED, _BITS_STORED, _HIGH_BIT = 0x00280100, 0x00280101, 0x00280102
# Every element that says which bits are spare, and whether an overlay is there
DEPENDS_ON = frozenset((_BITS_STORED, _HIGH_BIT, *(group << 16 | _BIT_POSITION for group in _GROUPS)))
CLEARED = Edit(
    "dcm:(7FE0,0010)/overlay in spare bits",
    Action.REMOVE,
    "container",
    "PS3.15 Table E.1-1 (60xx,3000), PS3.3 C.9.2: the bits are cleared, stored values stay",
)


def embedded_overlays(header: Header) -> bool:
    """Whether the plane of an overlay group is in bits of the pixels: it has no data, or a spare bit's position."""
    return any(True for _ in _groups(header))


def are_clearable(header: Header) -> bool:
    """Whether all embedded overlays are in bits outside the stored values, which can be cleared."""
    return PIXEL_DATA in header and all(_is_spare(header, group) for group in _groups(header))


def _groups(header: Header) -> Iterator[int]:
    if not any(tag in header for tag in PIXELS):
        return
    for group in _GROUPS:
        if group << 16 | _DATA in header:
            # Whoever wrote its data may have left them in the pixels too
            is_embedded = us(header, group << 16 | _BIT_POSITION) > 0 and _is_spare(header, group)
        else:
            is_embedded = any(group << 16 | element in header for element in (_ROWS, _BIT_POSITION))
        if is_embedded:
            yield group


def _is_spare(header: Header, group: int) -> bool:
    """Whether the bit of an overlay group is told, and outside the stored values."""
    allocated, stored = us(header, _BITS_ALLOCATED), us(header, _BITS_STORED)
    high = us(header, _HIGH_BIT) if _HIGH_BIT in header else stored - 1
    position = group << 16 | _BIT_POSITION
    return position in header and us(header, position) < allocated and not 0 <= high - us(header, position) < stored
