"""Which colours of a TIFF's palette its pixels name."""

from __future__ import annotations

from collections.abc import Sequence

from deidra.bitstream.deflated import exact
from deidra.bitstream.packbits import values_of_packed
from deidra.bitstream.tiff.lzw import read_codes
from deidra.bitstream.tiff.segments import DEFLATE, LZW, NONE, OLD_DEFLATE, PACKBITS, Layout
from deidra.bitstream.work import unsupported

_MOST_BITS = 8


def used_indices(segments: Sequence[bytes], layout: Layout, position: int) -> set[int]:
    """The indices that occur in the strips or tiles, and a few more where bits fill up a row. Raises Held."""
    if layout.pixel_bits > _MOST_BITS:
        raise unsupported("a palette of more than 256 colours", position)
    values: set[int] = set()
    for number, segment in enumerate(segments):
        if not segment:
            continue
        if layout.compression == NONE:
            values.update(segment)
        elif layout.compression in (DEFLATE, OLD_DEFLATE):
            exact(segment, layout.segment_bytes(number), position, values.update)
        elif layout.compression == PACKBITS:
            values |= values_of_packed(segment)
        elif layout.compression == LZW:
            values |= read_codes(segment, layout.segment_bytes(number))[1]
        else:
            raise unsupported("a palette for pixels that are not looked at", position)
    if layout.pixel_bits == _MOST_BITS:
        return values
    mask = (1 << layout.pixel_bits) - 1
    return {value >> shift & mask for value in values for shift in range(0, 8, layout.pixel_bits)}


def blanked(colours: bytes, used: set[int]) -> bytes:
    """The colour map, all reds before all greens before all blues in two bytes each, with zeros where none is used."""
    count = len(colours) // 6
    return b"".join(colours[2 * at : 2 * at + 2] if at % count in used else b"\0\0" for at in range(len(colours) // 2))
