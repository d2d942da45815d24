"""Which of a JPEG's tables a scan uses. A table that none uses is room for 64 to 65,000 bytes of anything.

Quantisation: T.81 B.2.4.1. Huffman: B.2.4.2. Arithmetic conditioning: B.2.4.3. Restart interval: B.2.4.4. JPEG-LS
preset parameters and mapping tables: T.87 C.2.4.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from deidra.bitstream.jpeg.markers import (
    ARITHMETIC,
    DAC,
    DHT,
    DQT,
    DRI,
    LOSSLESS,
    LSE,
    PROGRESSIVE,
    SOF_LS,
    SOS,
    Frame,
    Segment,
    scan_of,
)
from deidra.bitstream.work import malformed, unsupported

Key = tuple[str, int]
_RESTART, _PRESET = ("R", 0), ("P", 0)
# Quantisation, Huffman and arithmetic coding of DC and AC
TABLE_KEYS = frozenset("QDAda")
_PRESET_BYTES = 11
TABLES = frozenset((DQT, DHT, DAC))


class Definition(NamedTuple):
    """One table within a segment: what it is and its bytes data[start:end]."""

    key: Key
    start: int
    end: int


def definitions(data: bytes, segment: Segment) -> Iterator[Definition]:
    """The tables of a DQT, DHT or DAC segment. Raises Held where they do not fill it."""
    at, end = segment.body, segment.end
    while at < end:
        selector = data[at]
        kind, identifier = selector >> 4, selector & 15
        if segment.marker == DQT:
            key, stop = ("Q", identifier), at + 1 + 64 * (1 + kind)
        elif segment.marker == DHT:
            key, stop = ("DA"[kind & 1], identifier), at + 17 + sum(data[at + 1 : at + 17])
        else:
            key, stop = ("da"[kind & 1], identifier), at + 2
        if kind > 1 or identifier > 3 or stop > end:
            raise malformed("a table segment is not filled by its tables", segment.start)
        yield Definition(key, at, stop)
        at = stop


def used_by_scans(
    data: bytes,
    segments: Iterable[Segment],
    frame: Frame,
    tables: Mapping[int, Sequence[Definition]],
    missing: set[Key] | None = None,
) -> set[int]:
    """Where the tables (DQT, DHT, DAC) and the bodies (DRI, LSE) start that a scan of the image refers to.

    `tables` are those of each table segment, by where it starts; `missing` learns what is used but nowhere defined.
    Raises Held.
    """
    quantisers = {component.identifier: component.quantisation for component in frame.components}
    current: dict[Key, list[int]] = {}
    used: set[int] = set()
    for segment in segments:
        if segment.marker in TABLES:
            for definition in tables[segment.start]:
                current[definition.key] = [definition.start]
        elif segment.marker == DRI:
            current[_RESTART] = [segment.body]
        elif segment.marker == LSE:
            _define_preset(data, segment, current)
        elif segment.marker == SOS:
            scan = scan_of(data, segment)
            for identifier, dc, ac in scan.components:
                if identifier not in quantisers:
                    raise malformed("a scan has a component that the frame has not", segment.start)
                keys = list(_keys_of(frame.marker, scan.first, scan.last, scan.high, dc, ac))
                if frame.marker not in (*LOSSLESS, SOF_LS):
                    keys.append(("Q", quantisers[identifier]))
                for key in keys:
                    used.update(current.get(key, ()))
                    if missing is not None and key not in current:
                        missing.add(key)
    return used


def _keys_of(marker: int, first: int, last: int, high: int, dc: int, ac: int) -> Iterator[Key]:
    """What a component of a scan needs but for its quantisation, by what the scan codes (T.81 B.2.3, G.1.1)."""
    yield _RESTART
    if marker == SOF_LS:
        # The one byte of T.87 C.2.3 is the whole selector, zero for none
        yield ("M", dc << 4 | ac)
        yield _PRESET
        return
    progressive = marker in PROGRESSIVE or marker == ARITHMETIC[1]
    names = "da" if marker in ARITHMETIC else "DA"
    if not progressive or (first == 0 and high == 0):
        yield (names[0], dc)
    if marker not in LOSSLESS and marker != ARITHMETIC[2] and (not progressive or last > 0):
        yield (names[1], ac)


def _define_preset(data: bytes, segment: Segment, current: dict[Key, list[int]]) -> None:
    """T.87 C.2.4.1: kind 1 are coding parameters, 2 starts a mapping table, 3 continues it."""
    size = segment.end - segment.body
    kind = data[segment.body] if size else 0
    if kind == 1 and size == _PRESET_BYTES:
        current[_PRESET] = [segment.body]
    elif kind in (2, 3) and size > 3:
        key = ("M", data[segment.body + 1])
        if kind == 2:
            current[key] = []
        current.setdefault(key, []).append(segment.body)
    else:
        raise unsupported("a kind of JPEG-LS preset parameters that is not known", segment.start)
