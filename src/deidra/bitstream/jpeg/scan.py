"""Where the coded data of a scan end: behind its last coded unit, which only decoding tells.

Decoding takes microseconds per coefficient here, so it is done only where the end of an interval reads as text. What is
decoded is thrown away; the coded bytes stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from deidra.bitstream.jpeg.entropy import (
    Bits,
    lookup,
    read_bands,
    read_blocks,
    read_differences,
    read_refinement,
)
from deidra.bitstream.jpeg.ls import end_of_ls_scan
from deidra.bitstream.jpeg.markers import ARITHMETIC, BASELINE, LOSSLESS, SOF_LS, Frame, Scan
from deidra.bitstream.jpeg.tables import Definition, Key
from deidra.bitstream.tail import LEAST_CHECKED, LEAST_CHECKED_SLOWLY, LEAST_HELD, ends_in_text
from deidra.bitstream.work import hidden

_RESTART = re.compile(rb"\xff[\xd0-\xd7]")
_NO_LIMIT = 1 << 62
_MOST_UNITS = 1 << 22  # a number of 8 bytes for each may be kept


class CodedScan(NamedTuple):
    """A scan with its coded data data[start:end] and the tables and settings in force."""

    header: Scan
    start: int
    end: int
    restart_interval: int  # in units, zero for none
    tables: Mapping[Key, Definition]  # the last defined, by class and identifier
    preset: bytes  # the body of the LSE with coding parameters, b"" for none


class Interval(NamedTuple):
    """The coded data data[start:end] of the units first to first + units."""

    start: int
    end: int
    first: int
    units: int


def end_of_scan(data: bytes, frame: Frame, scans: Sequence[CodedScan]) -> int:
    """Where the coded data of the last of `scans` end; the others came before it.

    Raises Held where the end reads as text and it cannot be told whether it is.
    """
    current = scans[-1]
    end = current.end
    least = LEAST_CHECKED_SLOWLY if frame.marker == SOF_LS else LEAST_CHECKED
    for interval in intervals_of(data, frame, current):
        end = interval.end
        if not ends_in_text(data, interval.start, end, least):
            continue
        found = decoded_end(data, frame, scans, interval)
        is_last = interval.first + interval.units >= units_in_scan(frame, current.header)
        if found is not None and (is_last or found == end):
            end = found
        elif found is not None or ends_in_text(data, interval.start, end, LEAST_HELD):
            raise hidden("a scan ends in text", end)
    return end


def intervals_of(data: bytes, frame: Frame, scan: CodedScan) -> Iterator[Interval]:
    """The restart intervals that the image asks for."""
    units, each, start, first = units_in_scan(frame, scan.header), scan.restart_interval, scan.start, 0
    if frame.marker == SOF_LS and each:
        units = _NO_LIMIT  # T.87 counts lines, not units
    for match in _RESTART.finditer(data, scan.start, scan.end) if each else ():
        yield Interval(start, match.start(), first, min(each, units - first))
        start, first = match.end(), first + each
        if first >= units:
            return
    yield Interval(start, scan.end, first, units - first)


def units_in_scan(frame: Frame, scan: Scan) -> int:
    """How many coded units (MCU) the scan has (T.81 A.2)."""
    across = max(component.across for component in frame.components)
    down = max(component.down for component in frame.components)
    size = 1 if frame.marker in (*LOSSLESS, ARITHMETIC[2], SOF_LS) else 8
    if len(scan.components) > 1:
        return -(-frame.columns // (size * across)) * -(-frame.rows // (size * down))
    component = next(c for c in frame.components if c.identifier == scan.components[0][0])
    columns = -(-frame.columns * component.across // across)
    rows = -(-frame.rows * component.down // down)
    return -(-columns // size) * -(-rows // size)


def decoded_end(data: bytes, frame: Frame, scans: Sequence[CodedScan], interval: Interval) -> int | None:
    """Where the last unit of an interval ends; None where that cannot be told."""
    scan = scans[-1]
    if frame.marker == SOF_LS:
        return None if scan.restart_interval else end_of_ls_scan(data, interval.start, interval.end, frame, scan)
    if frame.marker in ARITHMETIC or interval.first + interval.units > _MOST_UNITS:
        return None
    try:
        masks = _coefficients_before(data, frame, scans) if scan.header.high and scan.header.first else None
        bits = _read(data, frame, scan, interval, masks)
    except (KeyError, IndexError, EOFError):
        return None
    return _stuffed(data, interval.start, interval.end, bits.used_bytes())


def _read(data: bytes, frame: Frame, scan: CodedScan, interval: Interval, masks: list[int] | None) -> Bits:
    """Read an interval. `masks` has a mask of coefficients that are not zero for each block, for bands alone."""
    header = scan.header
    tables = {key: data[found.start + 1 : found.end] for key, found in scan.tables.items()}
    blocks = _blocks_of_unit(frame, header)
    bits = Bits(data[interval.start : interval.end].replace(b"\xff\x00", b"\xff"))
    if frame.marker in BASELINE:
        read_blocks(bits, [(tables["D", dc], tables["A", ac]) for dc, ac in blocks], interval.units)
    elif frame.marker in LOSSLESS or (header.first == 0 and not header.high):
        found = {dc: lookup(tables["D", dc]) for dc, _ in blocks}
        read_differences(bits, [found[dc] for dc, _ in blocks], interval.units)
    elif header.first == 0:
        bits.skip(interval.units * len(blocks))
    else:
        ac, band = lookup(tables["A", blocks[0][1]]), range(header.first, header.last + 1)
        reader = read_refinement if header.high else read_bands
        masks = masks or [0] * (interval.first + interval.units)
        reader(bits, ac, band, masks, range(interval.first, interval.first + interval.units))
    return bits


def _coefficients_before(data: bytes, frame: Frame, scans: Sequence[CodedScan]) -> list[int]:
    """Per block of the last scan's component, the coefficients that earlier scans made other than zero."""
    component = scans[-1].header.components[0][0]
    masks = [0] * units_in_scan(frame, scans[-1].header)
    for scan in scans[:-1]:
        if scan.header.first and scan.header.components[0][0] == component:
            for interval in intervals_of(data, frame, scan):
                _read(data, frame, scan, interval, masks)
    return masks


def _blocks_of_unit(frame: Frame, scan: Scan) -> list[tuple[int, int]]:
    """The table selectors of each block of a coded unit."""
    sizes = {c.identifier: c.across * c.down for c in frame.components}
    if len(scan.components) == 1:
        return [scan.components[0][1:]]
    return [(dc, ac) for identifier, dc, ac in scan.components for _ in range(sizes.get(identifier, 1))]


def _stuffed(data: bytes, start: int, end: int, count: int) -> int:
    """The position behind `count` bytes of coded data, each 0xFF of which has a zero behind it."""
    pos, left = start, count
    while True:
        found = data.find(b"\xff", pos, min(end, pos + left))
        if found < 0:
            return min(end, pos + left)
        left -= found + 1 - pos
        pos = found + 2
