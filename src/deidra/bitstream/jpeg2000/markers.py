"""The marker segments of JPEG 2000 headers: which are known, how long each must be, which are written anew.

ITU-T T.800 Tables A.2 and following; CAP and CPF: T.814 Annex A.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from deidra.bitstream.work import Tally, malformed, truncated, unsupported

SIZ, CAP, COD, COC, CPF, QCD, QCC, RGN, POC = 0x51, 0x50, 0x52, 0x53, 0x59, 0x5C, 0x5D, 0x5E, 0x5F
PRF, TLM, PLM, PLT, PPM, PPT, CRG, COM = 0x56, 0x55, 0x57, 0x58, 0x60, 0x61, 0x63, 0x64
SOT = 0x90
_DROPPED = {COM: "COM", CRG: "CRG", PLM: "PLM", PLT: "PLT that is not true", TLM: "TLM that is not true"}
_REPEATED = frozenset((COM, PLM, PLT, PPM, PPT, TLM))
_KNOWN = frozenset((SIZ, CAP, COD, COC, CPF, PRF, QCD, QCC, RGN, POC, TLM, PLM, PLT, PPM, PPT, CRG, COM))
_MOST_COMPONENTS, _MOST_LEVELS, _MOST_PROFILE_NUMBERS = 16_384, 32, 2


class Segment(NamedTuple):
    """A marker segment data[start:end]; `body` follows marker and length."""

    marker: int
    start: int
    body: int
    end: int

    def components(self, data: bytes) -> int:
        """How many components a SIZ segment tells (T.800 A.5.1). Raises Held where its length says otherwise."""
        size = self.end - self.body
        count = int(struct.unpack_from(">H", data, self.body + 34)[0]) if size >= 36 else 0
        if not 1 <= count <= _MOST_COMPONENTS or size != 36 + 3 * count:
            raise malformed("the length of SIZ is not what its components ask for", self.start)
        return count

    def tell(self, data: bytes, new: bytes, tally: Tally) -> None:
        """Tell the tally what became of the segment."""
        old = data[self.start : self.end]
        if new == old or (new and self.marker == TLM):
            return
        what = _DROPPED.get(self.marker, "quantisation of levels that there are not")
        tally.drop(what, self.start, len(old) - len(new))


class TilePart(NamedTuple):
    """A tile-part: `length` as told, zero for the last; header segments; data[body:coded_end] are its packets."""

    tile: int
    length: int
    start: int
    header: list[Segment]
    body: int
    end: int
    coded_end: int

    def tell(self, data: bytes, new_header: bytes, tally: Tally) -> None:
        """Tell the tally what left the header and what stood behind the packets."""
        if self.coded_end < self.end:
            tally.drop("bytes behind the last packet", self.coded_end, self.end - self.coded_end)
        if sum(segment.end - segment.start for segment in self.header) == len(new_header):
            return
        for segment in self.header:
            if segment.marker in _DROPPED:
                tally.drop(_DROPPED[segment.marker], segment.start, segment.end - segment.start)
            elif data[segment.start : segment.end] not in new_header:
                tally.drop("quantisation of levels that there are not", segment.start, 1)


def segments_of(data: bytes, pos: int, last: int) -> tuple[list[Segment], int]:
    """The segments of a header up to the marker `last`, and the position of that. Raises Held."""
    segments: list[Segment] = []
    while True:
        if pos + 4 > len(data):
            raise truncated("a header", pos)
        marker = data[pos + 1]
        if data[pos] != 0xFF or (marker != last and marker not in _KNOWN):
            raise unsupported("a marker that headers of JPEG 2000 Part 1 do not have", pos)
        if marker == last:
            return segments, pos
        end = pos + 2 + int.from_bytes(data[pos + 2 : pos + 4])
        if end < pos + 4:
            raise malformed("the length of a marker segment is below two", pos)
        if end > len(data):
            raise truncated("a marker segment", pos)
        segments.append(Segment(marker, pos, pos + 4, end))
        pos = end


def require_once(data: bytes, header: list[Segment], components: int) -> None:
    """No setting is made twice in a header, for the same component where it names one. Raises Held."""
    seen = set()
    for segment in header:
        key = (segment.marker, _component(data, segment, components) if segment.marker in (COC, QCC, RGN) else -1)
        if segment.marker not in _REPEATED and key in seen:
            raise malformed("a header makes the same setting twice", segment.start)
        seen.add(key)


def index_bytes(components: int) -> int:
    """How wide the number of a component is written."""
    return 1 if components < 257 else 2


def _component(data: bytes, segment: Segment, components: int) -> int:
    return int.from_bytes(data[segment.body : segment.body + index_bytes(components)])


def levels_of(data: bytes, segment: Segment, components: int) -> int:
    """How many decomposition levels a COD or COC segment asks for, zero for others. Raises Held."""
    if segment.marker not in (COD, COC):
        return 0
    at = segment.body if segment.marker == COD else segment.body + index_bytes(components)
    # Scod, progression order, layers, component transform; Scoc alone
    settings = at + (5 if segment.marker == COD else 1)
    if settings + 5 > segment.end:
        raise malformed("the coding style is cut short", segment.start)
    levels = data[settings]
    precincts = levels + 1 if data[at] & 1 else 0
    if levels > _MOST_LEVELS or segment.end != settings + 5 + precincts:
        raise malformed("the length of the coding style is not what its levels ask for", segment.start)
    return levels


def rewritten(data: bytes, segment: Segment, components: int, levels: int) -> bytes:
    """The segment as it may stay: the same bytes, fewer where a quantisation has too many steps, or none.

    Raises Held where the length is not what its kind asks for.
    """
    marker = segment.marker
    if marker in (COM, CRG, PLM, TLM):
        return b""
    if marker in (QCD, QCC):
        return _quantisation(data, segment, components, levels)
    size = segment.end - segment.body
    index = index_bytes(components)
    if marker == CAP:
        fits = size >= 4 and size == 4 + 2 * int.from_bytes(data[segment.body : segment.body + 4]).bit_count()
    elif marker in (CPF, PRF):
        fits = size in range(2, 2 * _MOST_PROFILE_NUMBERS + 1, 2)
    elif marker == RGN:
        fits = size == index + 2
    elif marker == POC:
        fits = size > 0 and size % (5 + 2 * index) == 0
    else:
        fits = True
    if not fits:
        raise malformed("a marker segment has not the length that its kind asks for", segment.start)
    return data[segment.start : segment.end]


def _quantisation(data: bytes, segment: Segment, components: int, levels: int) -> bytes:
    """Step sizes for no more than the sub-bands of `levels` levels (T.800 A.6.4)."""
    at = segment.body + (0 if segment.marker == QCD else index_bytes(components))
    steps = segment.end - at - 1
    style = data[at] & 31 if steps >= 0 else 3
    if style == 1 and steps == 2:
        return data[segment.start : segment.end]
    step_bytes = {0: 1, 2: 2}.get(style, 0)
    if not step_bytes or steps % step_bytes or (steps // step_bytes) % 3 != 1:
        raise malformed("the length of a quantisation is not what its style asks for", segment.start)
    end = min(segment.end, at + 1 + step_bytes * (3 * levels + 1))
    body = data[segment.body : end]
    return data[segment.start : segment.start + 2] + (len(body) + 2).to_bytes(2) + body
