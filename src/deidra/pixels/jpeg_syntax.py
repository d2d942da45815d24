"""The marker segments of one JPEG image, as far as rewriting its coded data asks for them (ITU-T T.81 Annex B)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from deidra.errors import Held
from deidra.pixels.huffman import Table

_SOI, _EOI, _SOS, _DQT, _DHT, _DRI, _DNL, _APP0, _APP14 = 0xD8, 0xD9, 0xDA, 0xDB, 0xC4, 0xDD, 0xDC, 0xE0, 0xEE
SEQUENTIAL, PROGRESSIVE, LOSSLESS = (0xC0, 0xC1), (0xC2,), (0xC3,)
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_END_OF_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_RESTART = re.compile(rb"\xff+[\xd0-\xd7]")

Key = tuple[int, int]  # class (0: DC or lossless, 1: AC) and destination


class Component(NamedTuple):
    """One component of the frame header (B.2.2) with the step of its DC coefficient, 0 where it has none."""

    identifier: int
    across: int
    down: int
    dc_step: int


class Scan(NamedTuple):
    """A scan: per component its place in the frame and its DC and AC tables; coded data are data[start:end].

    `tables` says for each key where in the stream the table in force is defined.
    """

    components: tuple[tuple[int, int, int], ...]
    first: int  # spectral selection, or predictor
    last: int
    high: int  # successive approximation
    low: int  # successive approximation, or point transform
    start: int
    end: int
    restart_interval: int
    tables: Mapping[Key, int]


class Stream(NamedTuple):
    """A JPEG image. `tables` by where they are defined; `segments` are the DHT segments: start, end, tables in
    them; `end` is behind EOI. `is_rgb` is what the stream says of its colours: None where it says nothing.
    """

    marker: int
    precision: int
    rows: int
    columns: int
    components: tuple[Component, ...]
    scans: tuple[Scan, ...]
    tables: Mapping[int, Table]
    segments: tuple[tuple[int, int, tuple[int, ...]], ...]
    is_rgb: bool | None
    end: int


class _Segment(NamedTuple):
    marker: int
    start: int
    body: int
    end: int


def parse(data: bytes) -> Stream:
    """The structure of the JPEG image in `data`. Raises Held where it is broken or not understood."""
    found = list(_segments(data))
    frames = [segment for segment in found if segment.marker in _FRAMES]
    scans = [segment for segment in found if segment.marker == _SOS]
    if len(frames) != 1 or not scans or scans[0].start < frames[0].start:
        raise _malformed("there is not one frame header followed by scans")
    if any(segment.marker == _DNL for segment in found):
        raise Held("stream-unsupported", "the number of lines is given behind the scan")
    header = data[frames[0].body : frames[0].end]
    components = _components(header, _dc_steps(data, found))
    if not 2 <= header[0] <= 16:
        raise _malformed("samples have no possible number of bits")
    segments = {s: _huffman_tables(data, s) for s in found if s.marker == _DHT}
    end = data.index(b"\xff\xd9", _end_of_scan(data, scans[-1].end)) + 2
    return Stream(
        marker=frames[0].marker,
        precision=header[0],
        rows=int.from_bytes(header[1:3]),
        columns=int.from_bytes(header[3:5]),
        components=components,
        scans=tuple(_scans(data, found, segments, [component.identifier for component in components])),
        tables={place: table for tables in segments.values() for place, (_, table) in tables.items()},
        segments=tuple((segment.start, segment.end, tuple(tables)) for segment, tables in segments.items()),
        is_rgb=_colours(data, found, components),
        end=end,
    )


def _segments(data: bytes) -> Iterator[_Segment]:
    """From behind SOI to EOI; the coded data of a scan are jumped over."""
    if data[:2] != bytes((0xFF, _SOI)):
        raise _malformed("there is no start of an image")
    at = 2
    while True:
        start = at
        while at < len(data) and data[at] == 0xFF:
            at += 1
        if at >= len(data):
            raise _truncated()
        if at == start:
            raise _malformed("bytes stand between marker segments")
        marker = data[at]
        if marker == _EOI:
            return
        end = at + 1 + int.from_bytes(data[at + 1 : at + 3])
        if end < at + 3 or marker < 0xC0 or 0xD0 <= marker <= _SOI:
            raise _malformed("a marker segment is not understood")
        if end > len(data):
            raise _truncated()
        yield _Segment(marker, start, at + 3, end)
        at = end
        if marker == _SOS:
            at = _end_of_scan(data, end)


def _end_of_scan(data: bytes, start: int) -> int:
    found = _END_OF_SCAN.search(data, start)
    if found is None:
        raise _truncated()
    end = found.start()
    while end > start and data[end - 1] == 0xFF:
        end -= 1
    return end


def _huffman_tables(data: bytes, segment: _Segment) -> dict[int, tuple[Key, Table]]:
    """The tables of a DHT segment by where they are defined (B.2.4.2)."""
    found = {}
    at = segment.body
    while at < segment.end:
        counts = data[at + 1 : at + 17]
        end = at + 17 + sum(counts)
        if end > segment.end or data[at] >> 4 > 1:
            raise _malformed("a segment of Huffman tables is not filled by them")
        found[at] = (data[at] >> 4, data[at] & 15), Table(counts, data[at + 17 : end])
        at = end
    return found


def _dc_steps(data: bytes, segments: Sequence[_Segment]) -> dict[int, int]:
    """The step of the DC coefficient in each quantisation table (B.2.4.1)."""
    steps = {}
    for segment in segments:
        at = segment.body if segment.marker == _DQT else segment.end
        while at < segment.end:
            size = 1 + (data[at] >> 4)
            if size > 2 or at + 1 + 64 * size > segment.end:
                raise _malformed("a segment of quantisation tables is not filled by them")
            steps[data[at] & 15] = int.from_bytes(data[at + 1 : at + 1 + size])
            at += 1 + 64 * size
    return steps


def _colours(data: bytes, segments: Sequence[_Segment], components: Sequence[Component]) -> bool | None:
    """Whether components are RGB, as Adobe's and JFIF's segments or the components' names say it, in this order."""
    bodies = [(segment.marker, data[segment.body : segment.end]) for segment in segments]
    for marker, body in bodies:
        if marker == _APP14 and body[:5] == b"Adobe" and len(body) >= 12:
            return body[11] == 0
    if any(marker == _APP0 and body[:5] == b"JFIF\0" for marker, body in bodies):
        return False
    return True if bytes(component.identifier for component in components) == b"RGB" else None


def _components(header: bytes, steps: Mapping[int, int]) -> tuple[Component, ...]:
    """The components of a frame header (B.2.2)."""
    count = header[5] if len(header) >= 6 else 0
    if not 1 <= count <= 4 or len(header) != 6 + 3 * count:
        raise _malformed("the length of the frame header is not what its components ask for")
    found = tuple(
        Component(header[at], header[at + 1] >> 4, header[at + 1] & 15, steps.get(header[at + 2], 0))
        for at in range(6, len(header), 3)
    )
    if any(not (1 <= c.across <= 4 and 1 <= c.down <= 4) for c in found):
        raise _malformed("a sampling factor is not between one and four")
    return found


def _scans(
    data: bytes,
    segments: Sequence[_Segment],
    tables: Mapping[_Segment, Mapping[int, tuple[Key, Table]]],
    identifiers: Sequence[int],
) -> Iterator[Scan]:
    """The scans (B.2.3), each with the restart interval and the tables in force."""
    interval = 0
    current: dict[Key, int] = {}
    for segment in segments:
        body = data[segment.body : segment.end]
        if segment.marker == _DHT:
            current.update((key, place) for place, (key, _) in tables[segment].items())
        elif segment.marker == _DRI:
            interval = int.from_bytes(body[:2])
        elif segment.marker == _SOS:
            if not body or not 1 <= body[0] <= 4 or len(body) != 4 + 2 * body[0]:
                raise _malformed("the length of a scan header is not what its components ask for")
            named = [(body[at], body[at + 1] >> 4, body[at + 1] & 15) for at in range(1, len(body) - 3, 2)]
            if any(name not in identifiers for name, _, _ in named):
                raise _malformed("a scan has a component that the frame has not")
            components = tuple((identifiers.index(name), dc, ac) for name, dc, ac in named)
            end = _end_of_scan(data, segment.end)
            first, last, approximation = body[-3:]
            high, low = approximation >> 4, approximation & 15
            yield Scan(components, first, last, high, low, segment.end, end, interval, dict(current))


def intervals(data: bytes, scan: Scan, units: int) -> Iterator[tuple[int, int, int, int]]:
    """The restart intervals of a scan: coded data data[start:end] of the units first to stop.

    Raises Held where there are fewer or more of them than the image asks for.
    """
    each = scan.restart_interval or units
    start, first = scan.start, 0
    for match in _RESTART.finditer(data, scan.start, scan.end):
        if first + each >= units:
            raise _malformed("there are more restart intervals than the image asks for")
        yield start, match.start(), first, first + each
        start, first = match.end(), first + each
    if units - first > each:
        raise _truncated()
    yield start, scan.end, first, units


def rebuilt(data: bytes, stream: Stream, coded: Mapping[int, bytes], tables: Mapping[int, Table]) -> bytes:
    """The image with other coded data (by where they start) and other Huffman tables (by where they are defined).

    All else is copied as it stands; what follows EOI is cut.
    """
    edits: list[tuple[int, int, bytes]] = [(s.start, s.end, coded[s.start]) for s in stream.scans if s.start in coded]
    for start, end, places in stream.segments:
        if any(tables[place] is not stream.tables[place] for place in places):
            edits.append((start, end, _dht([(data[place], tables[place]) for place in places])))
    pieces, at = [], 0
    for start, end, new in sorted(edits):
        pieces += [data[at:start], new]
        at = end
    return b"".join((*pieces, data[at : stream.end]))


def _dht(tables: Sequence[tuple[int, Table]]) -> bytes:
    body = b"".join(bytes((selector,)) + table.counts + table.symbols for selector, table in tables)
    return bytes((0xFF, _DHT)) + (2 + len(body)).to_bytes(2) + body


def _malformed(why: str) -> Held:
    return Held("stream-malformed", why)


def _truncated() -> Held:
    return Held("stream-truncated", "the coded image ends too early")
