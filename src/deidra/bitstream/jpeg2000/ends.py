"""What the headers of a codestream say about its packets, put together to find where those end."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence

from deidra.bitstream.jpeg2000.geometry import Size, Style, TooMany, precincts_of_tile
from deidra.bitstream.jpeg2000.markers import COC, COD, POC, PPM, PPT, Segment, TilePart, index_bytes
from deidra.bitstream.jpeg2000.packets import Volume, ends_of_packets, packet_order

_USUAL_PRECINCT = (15, 15)
_ALL, _MOST_VOLUMES = 1 << 16, 64


def coded_ends(data: bytes, main: Sequence[Segment], parts: Sequence[TilePart]) -> list[int] | None:
    """Where the packets end in each tile-part of one tile; None where that cannot be told."""
    first = parts[0].header
    later = (segment for part in parts[1:] for segment in part.header)
    if _has(main, (PPM,)) or _has(first, (PPT,)) or _has(later, (PPT, POC)):
        return None
    components = main[0].components(data)
    size = _size(data, main[0], components)
    styles, order, layers = _styles(data, main, first, components)
    volumes = _volumes(data, first, components) or _volumes(data, main, components)
    if len(volumes) > _MOST_VOLUMES:
        return None
    volumes = volumes or [Volume(order, layers, (0, _ALL), (0, _ALL))]
    try:
        coded_bytes = sum(part.end - part.body for part in parts)
        precincts = precincts_of_tile(size, styles, parts[0].tile, coded_bytes)
        packets = packet_order(precincts, volumes, layers)
        return ends_of_packets(data, [(part.body, part.end) for part in parts], precincts, styles, packets)
    except (IndexError, TooMany, ZeroDivisionError):
        return None


def _has(header: Iterable[Segment], markers: tuple[int, ...]) -> bool:
    return any(segment.marker in markers for segment in header)


def _size(data: bytes, segment: Segment, components: int) -> Size:
    """T.800 A.5.1."""
    right, bottom, left, top, wide, high, across, down = struct.unpack_from(">8L", data, segment.body + 2)
    first = segment.body + 36
    sampling = tuple((data[at + 1], data[at + 2]) for at in range(first, first + 3 * components, 3))
    return Size(right, bottom, left, top, wide, high, across, down, sampling)


def _styles(
    data: bytes, main: Sequence[Segment], first: Sequence[Segment], components: int
) -> tuple[list[Style], int, int]:
    """The style of each component, the order and the number of layers; a tile's own settings come before all."""
    order = layers = 0
    default: Style | None = None
    own: dict[int, Style] = {}
    for header in (main, first):
        for segment in header:
            if segment.marker == COD:
                order, layers = struct.unpack_from(">BH", data, segment.body + 1)
                default = _style(data, segment.body + 5, segment.end)
                own = {} if header is first else own
        for segment in header:
            if segment.marker == COC:
                width = index_bytes(components)
                which = int.from_bytes(data[segment.body : segment.body + width])
                own[which] = _style(data, segment.body + width + 1, segment.end)
    if default is None:
        raise IndexError
    return [own.get(component, default) for component in range(components)], order, layers


def _style(data: bytes, at: int, end: int) -> Style:
    """T.800 A.6.1: levels, size and style of code-blocks, transform, precincts."""
    precincts = tuple((byte & 15, byte >> 4) for byte in data[at + 5 : end]) or (_USUAL_PRECINCT,)
    return Style(data[at], (data[at + 1] & 15) + 2, (data[at + 2] & 15) + 2, data[at + 3], precincts)


def _volumes(data: bytes, header: Sequence[Segment], components: int) -> list[Volume]:
    """The progressions of a POC segment (T.800 A.6.6), none where there is no such."""
    width = index_bytes(components)
    entry = struct.Struct(">B" + "BH"[width - 1] + "HB" + "BH"[width - 1] + "B")
    found = []
    for segment in header:
        if segment.marker == POC:
            for low, first, layers, high, last, order in entry.iter_unpack(data[segment.body : segment.end]):
                found.append(Volume(order, layers, (low, high), (first, last or 256)))
    return found
