"""JPEG 2000 codestreams, HTJ2K among them: what a decoder needs of the headers stays (ITU-T T.800 Annex A, T.814).

Comments go, and with them component registration (CRG) and packet lengths of the main header (PLM), which no decoder
needs. Tile-part lengths (TLM) and packet lengths (PLT) stay where they are true, TLM with the new lengths.
Packet headers and bodies are copied.
"""

from __future__ import annotations

import struct
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from operator import attrgetter
from typing import NamedTuple

from deidra.bitstream.jpeg2000.ends import coded_ends
from deidra.bitstream.jpeg2000.markers import (
    PLT,
    SIZ,
    SOT,
    TLM,
    Segment,
    TilePart,
    levels_of,
    require_once,
    rewritten,
    segments_of,
)
from deidra.bitstream.padding import without_trailer
from deidra.bitstream.tail import LEAST_CHECKED_FAST, LEAST_HELD, ends_in_text
from deidra.bitstream.work import Tally, hidden, malformed, truncated

_SOC_SIZ = b"\xff\x4f\xff\x51"
_SOC, _EOC, _SOD = b"\xff\x4f", b"\xff\xd9", b"\xff\x93"
_SOT_BYTES = 12
_MOST_TILE_PARTS = 1 << 20


class Codestream(NamedTuple):
    """A parsed codestream; `end` is the position behind EOC."""

    main: list[Segment]
    tile_parts: list[TilePart]
    end: int


def clean_jpeg2000(data: bytes, tally: Tally) -> bytes:
    """A naked codestream with nothing but what decoding needs. Raises Held."""
    start = 0 if data.startswith(_SOC_SIZ) else data.find(_SOC_SIZ)
    if start < 0:
        raise malformed("there is no start of a codestream", 0)
    if start:
        tally.drop("bytes before the image", 0, start)
    parsed = parse_codestream(data, start)
    cleaned = b"".join(_written(data, parsed, tally))
    return without_trailer(data, parsed.end, cleaned, tally, more_images=data.startswith(_SOC, parsed.end))


def parse_codestream(data: bytes, start: int) -> Codestream:
    """The headers of the codestream that starts there. Raises Held."""
    main, pos = segments_of(data, start + 2, SOT)
    if not main or main[0].marker != SIZ:
        raise malformed("the codestream does not start with its size", start)
    components = main[0].components(data)
    require_once(data, main, components)
    tile_parts: list[TilePart] = []
    while not data.startswith(_EOC, pos):
        if len(tile_parts) == _MOST_TILE_PARTS:
            raise malformed("more tile-parts than any encoder makes", pos)
        part = _tile_part(data, pos)
        require_once(data, part.header, components)
        tile_parts.append(part)
        pos = part.end
    if not tile_parts:
        raise truncated("the codestream, before its first tile", pos)
    return Codestream(main, list(_checked(data, main, tile_parts)), pos + 2)


def _checked(data: bytes, main: list[Segment], tile_parts: list[TilePart]) -> Iterator[TilePart]:
    """The tile-parts, shorter where bytes stand behind their packets that read as text. Raises Held."""
    tiles: dict[int, list[TilePart]] = defaultdict(list)
    for part in tile_parts:
        tiles[part.tile].append(part)
    ends: dict[int, list[int] | None] = {}
    for part in tile_parts:
        if not ends_in_text(data, part.body, part.end, LEAST_CHECKED_FAST):
            yield part
            continue
        mine = tiles[part.tile]
        if part.tile not in ends:
            ends[part.tile] = coded_ends(data, main, mine)
        told = ends[part.tile]
        if told is None and ends_in_text(data, part.body, part.end, LEAST_HELD):
            raise hidden("a tile-part ends in text", part.end)
        end = part.end if told is None else told[bisect_left(mine, part.start, key=attrgetter("start"))]
        if end < part.end and part is not mine[-1]:
            raise hidden("a tile-part that is not the last ends in text", part.end)
        yield part._replace(coded_end=end)


def _tile_part(data: bytes, start: int) -> TilePart:
    """A tile-part from its SOT (T.800 A.4.2); a length of zero reaches to EOC."""
    if not data.startswith(b"\xff\x90\x00\x0a", start) or start + _SOT_BYTES > len(data):
        raise truncated("the codestream, where a tile-part or its end should be", start)
    tile, length = struct.unpack_from(">HL", data, start + 4)
    header, body = segments_of(data, start + _SOT_BYTES, _SOD[1])
    body += len(_SOD)
    if length == 0:
        end = data.find(_EOC, body)
        if end < 0:
            raise truncated("the last tile-part", start)
    else:
        end = start + length
    if end > len(data) - len(_EOC):
        raise truncated("a tile-part", start)
    if end < body:
        raise malformed("a tile-part is shorter than its header", start)
    return TilePart(tile, length, start, header, body, end, end)


def _written(data: bytes, parsed: Codestream, tally: Tally) -> Iterator[bytes]:
    components = parsed.main[0].components(data)
    headers = [parsed.main, *(part.header for part in parsed.tile_parts)]
    levels = max((levels_of(data, segment, components) for header in headers for segment in header), default=0)
    tile_headers = []
    for part in parsed.tile_parts:
        lengths_are_true = _packet_lengths_are_true(data, part)
        tile_headers.append(
            b"".join(
                b"" if segment.marker == PLT and not lengths_are_true else rewritten(data, segment, components, levels)
                for segment in part.header
            )
        )
    lengths = [
        _SOT_BYTES + len(header) + len(_SOD) + part.coded_end - part.body
        for part, header in zip(parsed.tile_parts, tile_headers, strict=True)
    ]
    told = _told_lengths(data, parsed)
    yield _SOC
    taken = 0
    for segment in parsed.main:
        if segment.marker == TLM and told:
            count = len(told[segment.start])
            new = _tile_part_lengths(data, segment, lengths[taken : taken + count])
            taken += count
        else:
            new = rewritten(data, segment, components, levels)
        segment.tell(data, new, tally)
        yield new
    for part, header, length in zip(parsed.tile_parts, tile_headers, lengths, strict=True):
        part.tell(data, header, tally)
        yield data[part.start : part.start + 6]
        yield struct.pack(">L", length if part.length else 0)
        yield data[part.start + 10 : part.start + 12]
        yield header
        yield data[part.body - len(_SOD) : part.coded_end]
    yield _EOC


def _packet_lengths_are_true(data: bytes, part: TilePart) -> bool:
    """Whether the PLT segments add up to the tile-part's data (T.800 A.7.3): seven bits a byte, 0x80 for more."""
    found = sorted((data[s.body], s.body + 1, s.end) for s in part.header if s.marker == PLT and s.end > s.body)
    total = value = 0
    for _, start, end in found:
        for byte in data[start:end]:
            value = value << 7 | byte & 0x7F
            if byte < 0x80:
                total += value
                value = 0
            elif value > 1 << 40:
                return False
    return bool(found) and value == 0 and total == part.coded_end - part.body


def _told_lengths(data: bytes, parsed: Codestream) -> dict[int, list[tuple[int, int]]]:
    """Per TLM segment its (tile, length) pairs, if all of them are true; else nothing (T.800 A.7.1)."""
    told: dict[int, list[tuple[int, int]]] = {}
    numbers = []
    for segment in parsed.main:
        if segment.marker == TLM:
            entries = _tile_part_entries(data, segment)
            if entries is None:
                return {}
            told[segment.start] = entries
            numbers.append(data[segment.body])
    flat = [entry for entries in told.values() for entry in entries]
    if numbers != sorted(set(numbers)) or len(flat) != len(parsed.tile_parts):
        return {}
    for (tile, length), part in zip(flat, parsed.tile_parts, strict=True):
        if length != part.end - part.start or tile not in (part.tile, -1):
            return {}
    return told


def _tile_part_entries(data: bytes, segment: Segment) -> list[tuple[int, int]] | None:
    if segment.end - segment.body < 2:
        return None
    layout = _entry_layout(data, segment)
    if layout is None or (segment.end - segment.body - 2) % layout.size:
        return None
    found = layout.iter_unpack(data[segment.body + 2 : segment.end])
    return [(entry[0], entry[1]) if len(entry) == 2 else (-1, entry[0]) for entry in found]


def _entry_layout(data: bytes, segment: Segment) -> struct.Struct | None:
    """Stlm: size of the tile index in bits 4 and 5, of the length in bit 6."""
    sizes = data[segment.body + 1]
    tile = {0: "", 1: "B", 2: "H"}.get(sizes >> 4 & 3)
    if tile is None or sizes & 0x8F:
        return None
    return struct.Struct(f">{tile}{'L' if sizes & 0x40 else 'H'}")


def _tile_part_lengths(data: bytes, segment: Segment, lengths: list[int]) -> bytes:
    """The TLM segment with new lengths, which are never longer than the old."""
    layout = _entry_layout(data, segment)
    entries = _tile_part_entries(data, segment)
    if layout is None or entries is None:
        return b""
    packed = [
        layout.pack(*((length,) if tile < 0 else (tile, length)))
        for (tile, _), length in zip(entries, lengths, strict=True)
    ]
    return data[segment.start : segment.body + 2] + b"".join(packed)
