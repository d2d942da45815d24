"""The marker syntax that JPEG and JPEG-LS share (ITU-T T.81 Annex B, T.87 Annex C)."""

from __future__ import annotations

import re
from typing import NamedTuple

from deidra.bitstream.work import malformed, truncated, unsupported

SOI, EOI, SOS, DQT, DHT, DAC, DRI, DNL, COM = 0xD8, 0xD9, 0xDA, 0xDB, 0xC4, 0xCC, 0xDD, 0xDC, 0xFE
APP0, APP1, APP2, APP8, APP14, APP15 = 0xE0, 0xE1, 0xE2, 0xE8, 0xEE, 0xEF
SOF_LS, LSE = 0xF7, 0xF8
BASELINE, PROGRESSIVE, LOSSLESS = (0xC0, 0xC1), (0xC2,), (0xC3,)
# Arithmetic coding of the same three; 0xC5 to 0xC7 and 0xCD to 0xCF are hierarchical
ARITHMETIC = (0xC9, 0xCA, 0xCB)
FRAMES = frozenset((*BASELINE, *PROGRESSIVE, *LOSSLESS, *ARITHMETIC, SOF_LS))
KNOWN = frozenset((*FRAMES, SOS, DQT, DHT, DAC, DRI, DNL, COM, LSE, *range(APP0, APP15 + 1)))

# T.81 B.1.1.5: within coded data 0xFF is followed by zero or, where restarts are set, is a restart marker; fill bytes
# may precede a marker
_END_OF_SCAN = {False: re.compile(rb"\xff[^\x00\xff]"), True: re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")}
# T.87 C.2.1: after 0xFF the high bit of the next byte is a stuffed zero
_END_OF_LS_SCAN = {False: re.compile(rb"\xff[\x80-\xfe]"), True: re.compile(rb"\xff[\x80-\xcf\xd8-\xfe]")}


class Segment(NamedTuple):
    """A marker and what belongs to it: `start` is the first 0xFF, `body` follows the length, and `coded` to `end` is
    the entropy-coded data behind a scan header (else `coded` == `end`)."""

    marker: int
    start: int
    body: int
    coded: int
    end: int


class Component(NamedTuple):
    """One component of a frame header (T.81 B.2.2)."""

    identifier: int
    across: int  # horizontal sampling factor
    down: int
    quantisation: int


class Frame(NamedTuple):
    """A frame header. `rows` is zero where DNL tells it."""

    marker: int
    precision: int
    rows: int
    columns: int
    components: tuple[Component, ...]


class Scan(NamedTuple):
    """A scan header: per component its identifier and two table selectors, and the four numbers behind."""

    components: tuple[tuple[int, int, int], ...]
    first: int  # Ss: start of spectral selection, or predictor, or NEAR
    last: int  # Se
    high: int  # Ah
    low: int  # Al, or point transform


def segments_of(data: bytes, start: int) -> tuple[list[Segment], int]:
    """The segments from the SOI at `start` to EOI, both left out, and the position behind EOI.

    Raises Held for every marker that single-frame JPEG and JPEG-LS do not have, and where EOI is missing.
    """
    segments: list[Segment] = []
    pos = start + 2
    scan_end, restarts = _END_OF_SCAN, False
    while True:
        first, pos = pos, _marker_at(data, pos)
        marker = data[pos - 1]
        if marker == EOI:
            return segments, pos
        if marker not in KNOWN:
            raise unsupported("a marker that single-frame JPEG does not have", first)
        length = int.from_bytes(data[pos : pos + 2])
        end = pos + length
        if length < 2:
            raise malformed("the length of a marker segment is below two", first)
        if end > len(data):
            raise truncated("a marker segment", first)
        coded = end
        if marker == SOF_LS:
            scan_end = _END_OF_LS_SCAN
        elif marker == DRI:
            restarts = any(data[pos + 2 : end])
        elif marker == SOS:
            found = scan_end[restarts].search(data, end)
            if found is None:
                raise truncated("a scan", first)
            end = _before_fill(data, coded, found.start())
        segments.append(Segment(marker, first, pos + 2, coded, end))
        pos = end


def _marker_at(data: bytes, pos: int) -> int:
    """The position behind the marker at `pos`, which fill bytes 0xFF may precede (T.81 B.1.1.2)."""
    if pos >= len(data):
        raise truncated("the image, before its end marker", pos)
    if data[pos] != 0xFF:
        raise malformed("bytes stand between marker segments", pos)
    start = pos
    while pos < len(data) and data[pos] == 0xFF:
        pos += 1
    if pos >= len(data):
        raise truncated("the image, before its end marker", start)
    return pos + 1


def _before_fill(data: bytes, coded: int, marker: int) -> int:
    """Where the coded data end: before the marker and before any fill bytes."""
    while marker > coded and data[marker - 1] == 0xFF:
        marker -= 1
    return marker


def frame_of(data: bytes, segment: Segment) -> Frame:
    """The frame header. Raises Held."""
    body, end = segment.body, segment.end
    count = data[body + 5] if end - body >= 6 else 0
    if count == 0 or end - body != 6 + 3 * count:
        raise malformed("the length of the frame header is not what its components ask for", segment.start)
    components = tuple(
        Component(data[at], data[at + 1] >> 4, data[at + 1] & 15, data[at + 2]) for at in range(body + 6, end, 3)
    )
    if any(not 1 <= c.across <= 4 or not 1 <= c.down <= 4 for c in components):
        raise malformed("a sampling factor is not between one and four", segment.start)
    rows, columns = int.from_bytes(data[body + 1 : body + 3]), int.from_bytes(data[body + 3 : body + 5])
    return Frame(segment.marker, data[body], rows, columns, components)


def scan_of(data: bytes, segment: Segment) -> Scan:
    """The scan header. Raises Held."""
    body, coded = segment.body, segment.coded
    count = data[body] if coded > body else 0
    if not 1 <= count <= 4 or coded - body != 4 + 2 * count:
        raise malformed("the length of the scan header is not what its components ask for", segment.start)
    components = tuple((data[at], data[at + 1] >> 4, data[at + 1] & 15) for at in range(body + 1, coded - 3, 2))
    return Scan(components, data[coded - 3], data[coded - 2], data[coded - 1] >> 4, data[coded - 1] & 15)
