"""Where the packets of JPEG 2000 end: their headers tell the length of every code-block (ITU-T T.800 B.9 and B.10).

Some hundred microseconds a frame, and done only where the end of a tile-part reads as text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from deidra.bitstream.jpeg2000.geometry import Precinct, Style, TooMany

_SOP, _EPH = b"\xff\x91", b"\xff\x92"
_SOP_BYTES = 6
_FIRST_LENGTH_BITS = 3
_LAZY, _ALL_TERMINATED, _HIGH_THROUGHPUT = 0x01, 0x04, 0x40
_LRCP, _RLCP, _RPCL, _PCRL, _CPRL = range(5)
_MOST_PASSES = 109
# Of code-blocks: each layer visits all of them, most of them in vain
_LEAST_VISITS, _VISITS_PER_BYTE = 1 << 16, 16


class Volume(NamedTuple):
    """One progression: components, resolutions and layers up to which it goes, and its order (T.800 A.6.6)."""

    order: int
    layers: int
    resolutions: tuple[int, int]
    components: tuple[int, int]


class _Bits:
    """Bits of a packet header: behind a byte 0xFF the next has seven (B.10.1). IndexError behind the end."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data, self.at = data, at
        self._byte = self._held = 0

    def bit(self) -> int:
        if not self._held:
            self._held = 7 if self._byte == 0xFF else 8
            self._byte = self._data[self.at]
            self.at += 1
        self._held -= 1
        return self._byte >> self._held & 1

    def take(self, count: int) -> int:
        value = 0
        for _ in range(count):
            value = value << 1 | self.bit()
        return value

    def end(self) -> int:
        """Where the next byte begins; a last byte 0xFF has a stuffed one behind it."""
        return self.at + 1 if self._byte == 0xFF else self.at


class _TagTree:
    """B.10.2: minima of code-blocks by fours."""

    def __init__(self, columns: int, rows: int) -> None:
        self._sizes = [(columns, rows)]
        while columns > 1 or rows > 1:
            columns, rows = (columns + 1) // 2, (rows + 1) // 2
            self._sizes.append((columns, rows))
        self._values = [[0] * (wide * high) for wide, high in self._sizes]
        self._known = [[False] * (wide * high) for wide, high in self._sizes]

    def reaches(self, bits: _Bits, column: int, row: int, threshold: int) -> bool:
        """Whether the value of a leaf is known to be below `threshold`, after reading what tells it."""
        low = 0
        for level in range(len(self._sizes) - 1, -1, -1):
            at = (row >> level) * self._sizes[level][0] + (column >> level)
            low = max(low, self._values[level][at])
            while low < threshold and not self._known[level][at]:
                if bits.bit():
                    self._known[level][at] = True
                else:
                    low += 1
            self._values[level][at] = low
        return self._known[0][row * self._sizes[0][0] + column] and low < threshold


class _Band:
    """The state of the code-blocks of one sub-band in one precinct."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns, self.rows = columns, rows
        self.inclusion, self.planes = _TagTree(columns, rows), _TagTree(columns, rows)
        self.passes = [0] * (columns * rows)
        self.length_bits = [_FIRST_LENGTH_BITS] * (columns * rows)


def packet_order(
    precincts: Sequence[Precinct], volumes: Sequence[Volume], most_layers: int
) -> Iterator[tuple[int, int]]:
    """Each packet once, as (index of its precinct, layer) (B.12)."""
    sent = [0] * len(precincts)
    for volume in volumes:
        members = [
            index
            for index, one in enumerate(precincts)
            if volume.resolutions[0] <= one.resolution < volume.resolutions[1]
            and volume.components[0] <= one.component < volume.components[1]
        ]
        for layer, index in _in_volume(precincts, members, volume.order, min(volume.layers, most_layers)):
            if layer == sent[index]:
                sent[index] += 1
                yield index, layer


def _in_volume(precincts: Sequence[Precinct], members: list[int], order: int, layers: int) -> Iterator[tuple[int, int]]:
    """The packets of one progression, as (layer, index of the precinct)."""
    ordered = _sorted(precincts, members, order)
    if order == _LRCP:
        yield from ((layer, index) for layer in range(layers) for index in ordered)
    elif order == _RLCP:
        for _, group in groupby(ordered, key=lambda index: precincts[index].resolution):
            mine = list(group)
            yield from ((layer, index) for layer in range(layers) for index in mine)
    else:
        yield from ((layer, index) for index in ordered for layer in range(layers))


def _sorted(precincts: Sequence[Precinct], members: list[int], order: int) -> list[int]:
    def key(index: int) -> tuple[int, ...]:
        one = precincts[index]
        if order == _RPCL:
            return (one.resolution, one.row, one.column, one.component, index)
        if order == _PCRL:
            return (one.row, one.column, one.component, one.resolution, index)
        if order == _CPRL:
            return (one.component, one.row, one.column, one.resolution, index)
        return (one.resolution, one.component, index)

    return sorted(members, key=key)


def ends_of_packets(
    data: bytes,
    parts: Sequence[tuple[int, int]],
    precincts: Sequence[Precinct],
    styles: Sequence[Style],
    order: Iterator[tuple[int, int]],
) -> list[int]:
    """Where the packets end in each tile-part data[start:end] of a tile. Raises IndexError or TooMany if they fail.

    Packets do not cross tile-parts: each part but the last is filled by its packets.
    """
    bands: dict[int, list[_Band]] = {}
    visits = _LEAST_VISITS + _VISITS_PER_BYTE * sum(end - start for start, end in parts)
    ends = []
    packets = iter(order)
    packet = next(packets, None)
    for number, (start, end) in enumerate(parts):
        pos, is_last = start, number == len(parts) - 1
        while packet is not None and (pos < end or is_last):
            index, layer = packet
            if index not in bands:
                bands[index] = [_Band(*size) for size in precincts[index].bands]
            visits -= sum(band.columns * band.rows for band in bands[index])
            if visits < 0:
                raise TooMany
            pos = _behind_packet(data, pos, bands[index], layer, styles[precincts[index].component])
            if pos > end:
                raise IndexError
            packet = next(packets, None)
        ends.append(pos)
    return ends


def _behind_packet(data: bytes, pos: int, bands: list[_Band], layer: int, style: Style) -> int:
    """The position behind a packet (B.10.8)."""
    if data.startswith(_SOP, pos):
        pos += _SOP_BYTES
    bits = _Bits(data, pos)
    body = 0
    if bits.bit():
        for band in bands:
            for row in range(band.rows):
                for column in range(band.columns):
                    body += _block_bytes(bits, band, column, row, layer, style)
    pos = bits.end()
    if data.startswith(_EPH, pos):
        pos += len(_EPH)
    return pos + body


def _block_bytes(bits: _Bits, band: _Band, column: int, row: int, layer: int, style: Style) -> int:
    """How many bytes of a code-block the packet has."""
    at = row * band.columns + column
    if band.passes[at]:
        if not bits.bit():
            return 0
    else:
        if not band.inclusion.reaches(bits, column, row, layer + 1):
            return 0
        planes = 1
        while not band.planes.reaches(bits, column, row, planes):
            planes += 1
            if planes > _MOST_PASSES:
                raise IndexError
    passes = _passes(bits)
    while bits.bit():
        band.length_bits[at] += 1
    total = 0
    for count in _segments(band.passes[at], passes, style.block_style):
        total += bits.take(band.length_bits[at] + count.bit_length() - 1)
    band.passes[at] += passes
    return total


def _passes(bits: _Bits) -> int:
    """B.10.6."""
    if not bits.bit():
        return 1
    if not bits.bit():
        return 2
    more = bits.take(2)
    if more < 3:
        return 3 + more
    more = bits.take(5)
    return 6 + more if more < 31 else 37 + bits.take(7)


def _segments(before: int, passes: int, style: int) -> Iterator[int]:
    """The passes of each codeword segment, whose lengths are told apart (B.10.7.2, T.814 B.3)."""
    if style & _ALL_TERMINATED:
        yield from [1] * passes
        return
    at, left = before, passes
    while left:
        if style & _HIGH_THROUGHPUT:
            # Placeholder passes by threes and a cleanup pass; then what refines them
            room = 1 + 3 * ((passes - 1) // 3) if at == 0 else left
        elif style & _LAZY:
            # Ten passes in one; then two raw and one coded in turn
            room = 10 - at if at < 10 else (2 if (at - 10) % 3 == 0 else 1)
        else:
            room = left
        count = min(room, left)
        yield count
        at += count
        left -= count
