"""JPEG and JPEG-LS: what a decoder needs of the markers stays, everything else goes (ITU-T T.81, T.87).

Kept: SOI, the frame header, tables that a scan uses, scan headers with their coded data, DRI, DNL and EOI; of the
application segments those that decide about colour or display, written anew. Coded data are copied.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from deidra.bitstream.jpeg.applications import name_of, rewritten
from deidra.bitstream.jpeg.markers import (
    APP0,
    APP15,
    COM,
    DNL,
    DRI,
    EOI,
    FRAMES,
    LSE,
    SOF_LS,
    SOI,
    SOS,
    Frame,
    Segment,
    frame_of,
    scan_of,
    segments_of,
)
from deidra.bitstream.jpeg.order import require_order
from deidra.bitstream.jpeg.scan import CodedScan, end_of_scan
from deidra.bitstream.jpeg.tables import TABLE_KEYS, TABLES, Definition, Key, definitions, used_by_scans
from deidra.bitstream.padding import without_trailer
from deidra.bitstream.work import Tally, malformed, unsupported

_START = bytes((0xFF, SOI, 0xFF))
_MOST_SCANS = 1_000


class _Settings(NamedTuple):
    """What segments set for the scans behind them."""

    restart_interval: int
    tables: dict[Key, Definition]
    preset: bytes


def clean_jpeg(data: bytes, tally: Tally) -> bytes:
    """One JPEG or JPEG-LS image with nothing but what decoding and colour need. Raises Held."""
    start = 0 if data.startswith(_START) else data.find(_START)
    if start < 0:
        raise malformed("there is no start of an image", 0)
    if start:
        tally.drop("bytes before the image", 0, start)
    segments, end = segments_of(data, start)
    pieces = _image(data, segments, _frame(data, segments, start), tally)
    cleaned = b"".join((data[start : start + 2], *pieces, bytes((0xFF, EOI))))
    return without_trailer(data, end, cleaned, tally, more_images=data.startswith(_START, end))


def keys_from_elsewhere(data: bytes) -> set[Key]:
    """The tables that a cleaned image uses but does not have, as strips and tiles of a TIFF do. Raises Held."""
    segments, _ = segments_of(data, 0)
    tables = {one.start: list(definitions(data, one)) for one in segments if one.marker in TABLES}
    missing: set[Key] = set()
    used_by_scans(data, segments, _frame(data, segments, 0), tables, missing)
    return {key for key in missing if key[0] in TABLE_KEYS}


def clean_tables(data: bytes, keys: Collection[Key], tally: Tally) -> bytes:
    """A stream of tables alone (T.81 B.5) with those of `keys`, each as it was defined last. Raises Held."""
    if not data.startswith(_START):
        raise malformed("there is no start of tables", 0)
    segments, end = segments_of(data, 0)
    tables = {one.start: list(definitions(data, one)) for one in segments if one.marker in TABLES}
    last = {found.key: found.start for one in tables.values() for found in one}
    used = {start for key, start in last.items() if key in keys}
    pieces = []
    for segment in segments:
        original = data[segment.start : segment.end]
        new = _tables(data, segment, tables[segment.start], used) if segment.marker in TABLES else b""
        if new != original:
            _count(data, segment, new, tally)
        pieces.append(new)
    cleaned = b"".join((data[:2], *pieces, bytes((0xFF, EOI))))
    return without_trailer(data, end, cleaned, tally)


def _frame(data: bytes, segments: list[Segment], start: int) -> Frame:
    """The one frame header, with the rows of DNL where it leaves them open (T.81 B.2.5). Raises Held."""
    headers = [segment for segment in segments if segment.marker in FRAMES]
    if len(headers) != 1:
        raise unsupported("not one frame header, but none or more", start)
    frame = frame_of(data, headers[0])
    if frame.rows:
        return frame
    lines = [segment for segment in segments if segment.marker == DNL and segment.end - segment.body == 2]
    if not lines:
        raise malformed("neither the frame header nor DNL says how many lines there are", headers[0].start)
    return frame._replace(rows=int.from_bytes(data[lines[0].body : lines[0].end]))


def _image(data: bytes, segments: list[Segment], frame: Frame, tally: Tally) -> Iterator[bytes]:
    scans = [number for number, segment in enumerate(segments) if segment.marker == SOS]
    if not 1 <= len(scans) <= _MOST_SCANS:
        raise unsupported("an image without scans, or with more than any encoder makes", segments[0].start)
    tables = {one.start: list(definitions(data, one)) for one in segments if one.marker in TABLES}
    used = used_by_scans(data, segments, frame, tables)
    require_order(frame, [scan_of(data, segments[number]) for number in scans], segments[scans[0]].start)
    applications = rewritten(data, [s for s in segments[: scans[0]] if APP0 <= s.marker <= APP15], tally)
    settings = _Settings(0, {}, b"")
    coded: list[CodedScan] = []
    for number, segment in enumerate(segments):
        marker, original = segment.marker, data[segment.start : segment.end]
        new = original
        if marker in TABLES:
            new = _tables(data, segment, tables[segment.start], used)
            settings = settings._replace(tables=settings.tables | {one.key: one for one in tables[segment.start]})
        elif marker == SOS:
            coded.append(CodedScan(scan_of(data, segment), segment.coded, segment.end, *settings))
            new = data[segment.start : end_of_scan(data, frame, coded)]
        elif marker in (DRI, LSE):
            settings = _set(data, segment, frame, settings)
            new = original if segment.body in used else b""
        elif marker == DNL:
            new = original if number == scans[0] + 1 and segment.end - segment.body == 2 else b""
        elif marker not in FRAMES:
            new = applications.get(segment.start, b"")
        if new != original:
            _count(data, segment, new, tally)
        yield new


def _count(data: bytes, segment: Segment, new: bytes, tally: Tally) -> None:
    marker = segment.marker
    size = segment.end - segment.start
    if marker == SOS:
        tally.drop("bytes behind the last coded unit", segment.start + len(new), size - len(new))
    elif marker == COM:
        tally.drop("COM", segment.start, size)
    elif APP0 <= marker <= APP15:
        tally.drop(name_of(data, segment), segment.start, size if not new else max(0, size - len(new)))
    else:
        tally.drop("tables or settings that no scan uses", segment.start, size - len(new))


def _tables(data: bytes, segment: Segment, found: list[Definition], used: set[int]) -> bytes:
    """A table segment with the tables that a scan uses: the same bytes where all are."""
    kept = [data[d.start : d.end] for d in found if d.start in used]
    if len(kept) == len(found):
        return data[segment.start : segment.end]
    content = b"".join(kept)
    return bytes((0xFF, segment.marker)) + (len(content) + 2).to_bytes(2) + content if kept else b""


def _set(data: bytes, segment: Segment, frame: Frame, settings: _Settings) -> _Settings:
    """DRI has two bytes, in JPEG-LS up to four (T.87 C.2.5); LSE stands in JPEG-LS alone. Raises Held."""
    body = data[segment.body : segment.end]
    if segment.marker == LSE:
        if frame.marker != SOF_LS:
            raise unsupported("a JPEG-LS segment in a JPEG", segment.start)
        return settings._replace(preset=body) if body[:1] == b"\1" else settings
    if len(body) != 2 and not (frame.marker == SOF_LS and len(body) in (3, 4)):
        raise malformed("the restart interval is not a number of two bytes", segment.start)
    return settings._replace(restart_interval=int.from_bytes(body))
