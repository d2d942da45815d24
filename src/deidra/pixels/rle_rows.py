"""Blank boxes in RLE-coded frames (PS3.5 Annex G): rows that no box touches keep their bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import structs

from deidra.errors import Held
from deidra.pixels import native
from deidra.pixels.fill import fill_of
from deidra.pixels.frames import samples
from deidra.pixels.image import Box, Layout

_HEADER_BYTES = 64
_LONGEST_RUN = 128


def blank(layout: Layout, coded: bytes, boxes: Sequence[Box]) -> bytes:
    """The frame with `boxes` filled. Raises Held where it is truncated, or made otherwise than its layout says."""
    depth = _depth(layout)
    segments = _segments(coded, layout.samples_per_pixel * depth)
    fill = native.to_cells(layout, fill_of(layout, samples(layout, coded), boxes))
    # A segment for each byte of each sample, the most significant first
    values = [value >> 8 * (depth - 1 - at) & 0xFF for value in fill for at in range(depth)]
    new = [_blank_segment(segment, layout, boxes, value) for segment, value in zip(segments, values, strict=True)]
    return _frame(new)


def clear_unused_bits(layout: Layout, coded: bytes) -> bytes:
    """As `native.clear_unused_bits`. Raises Held."""
    import numpy as np

    depth, count = _depth(layout), layout.rows * layout.columns
    planes = []
    for segment in _segments(coded, layout.samples_per_pixel * depth):
        start, at = _run_behind(segment, 0, 0, count - 1)
        end, _ = _run_end(segment, start, at)
        planes.append(_expanded(segment, 0, end)[:count])
    bytes_of = np.frombuffer(b"".join(planes), np.uint8).reshape(layout.samples_per_pixel, depth, count)
    # Native bytes, least significant first, and back
    raw = bytes_of[:, ::-1].transpose(2, 0, 1).tobytes()
    by_sample = structs.replace(layout, planar_configuration=0)
    cleared = native.clear_unused_bits(by_sample, raw)
    if cleared == raw:
        return coded
    new = np.frombuffer(cleared, np.uint8).reshape(count, layout.samples_per_pixel, depth).transpose(1, 2, 0)[:, ::-1]
    flat = new.reshape(-1, count)
    return _frame([b"".join(_coded_rows(plane.tobytes(), 0, layout.columns)) for plane in flat])


def _depth(layout: Layout) -> int:
    """How many bytes a sample has. Raises Held where that is not known."""
    if layout.bits_allocated % 8 or not layout.bits_allocated or layout.is_float:
        raise Held("bits-unsupported", "RLE samples of this number of bits are not understood")
    native.check_bits(layout)
    return layout.bits_allocated // 8


def _segments(coded: bytes, count: int) -> list[bytes]:
    """The segments that the header names (G.5)."""
    numbers = [int.from_bytes(coded[at : at + 4], "little") for at in range(0, _HEADER_BYTES, 4)]
    if len(coded) < _HEADER_BYTES:
        raise Held("stream-truncated", "an RLE frame is shorter than its header")
    starts = numbers[1 : numbers[0] + 1]
    if numbers[0] != count or count > 15:
        raise Held("frame-malformed", "an RLE frame has not the segments that its samples ask for")
    ends = [*starts[1:], len(coded)]
    if starts[0] < _HEADER_BYTES or any(start > end for start, end in zip(starts, ends, strict=True)):
        raise Held("stream-malformed", "the segments of an RLE frame are not in order")
    if ends[-1] < starts[-1]:
        raise Held("stream-truncated", "an RLE frame ends before its last segment")
    return [coded[start:end] for start, end in zip(starts, ends, strict=True)]


def _blank_segment(segment: bytes, layout: Layout, boxes: Sequence[Box], value: int) -> bytes:
    """A segment with the boxes' bytes made `value`; only the rows touched are coded anew."""
    columns = layout.columns
    pieces, done, start, at = [], 0, 0, 0
    for top, bottom in _touched_rows(boxes, columns):
        # Some encoders' runs go on into the next row
        start, at = _run_behind(segment, start, at, top * columns)
        end, stop = _run_behind(segment, start, at, bottom * columns - 1)
        end, stop = _run_end(segment, end, stop)
        content = bytearray(_expanded(segment, start, end))
        for row in range(top, bottom):
            for box_top, left, box_bottom, right in boxes:
                if box_top <= row < box_bottom:
                    content[row * columns + left - at : row * columns + right - at] = bytes((value,)) * (right - left)
        # A last run may go on behind the image
        kept = bytes(content[: layout.rows * columns - at])
        pieces += [segment[done:start], *_coded_rows(kept, at, columns)]
        done = start = end
        at = stop
    if at < layout.rows * columns:
        start, at = _run_behind(segment, start, at, layout.rows * columns - 1)
        start, _ = _run_end(segment, start, at)
    # Padding, and whatever else stands behind the last run, goes
    return b"".join((*pieces, segment[done:start]))


def _run_behind(segment: bytes, start: int, at: int, wanted: int) -> tuple[int, int]:
    """The run that makes byte `wanted` of a plane, from an earlier run on: where it starts, its first byte (G.3.2)."""
    try:
        while True:
            head = segment[start]
            if head < 128:
                if at + head >= wanted:
                    return start, at
                start += 2 + head
                at += head + 1
            elif head == 128:
                start += 1
            else:
                if at + 256 - head >= wanted:
                    return start, at
                start += 2
                at += 257 - head
    except IndexError:
        raise _ends_early() from None


def _run_end(segment: bytes, start: int, at: int) -> tuple[int, int]:
    """Where the run at `start`, that makes the bytes of the plane from `at` on, ends in both."""
    head = segment[start]
    if head == 128:
        return start + 1, at
    end, stop = (start + 2 + head, at + head + 1) if head < 128 else (start + 2, at + 257 - head)
    if end > len(segment):
        raise _ends_early()
    return end, stop


def _expanded(segment: bytes, start: int, end: int) -> bytes:
    """The bytes that the runs segment[start:end] make."""
    pieces = []
    while start < end:
        head, content = segment[start], segment[start + 1 : start + 2 + segment[start]]
        pieces.append(content if head < 128 else b"" if head == 128 else content[:1] * (257 - head))
        start, _ = _run_end(segment, start, 0)
    return b"".join(pieces)


def _touched_rows(boxes: Sequence[Box], columns: int) -> list[tuple[int, int]]:
    """The ranges of rows that boxes touch, in order, too far apart for one run to lie in both."""
    ranges: list[tuple[int, int]] = []
    for top, _, bottom, _ in sorted(boxes):
        if ranges and (top - ranges[-1][1]) * columns <= _LONGEST_RUN:
            ranges[-1] = ranges[-1][0], max(bottom, ranges[-1][1])
        else:
            ranges.append((top, bottom))
    return ranges


def _coded_rows(content: bytes, origin: int, columns: int) -> Iterator[bytes]:
    """Bytes of a plane from `origin` on, each row coded for itself (G.3.1)."""
    at = 0
    while at < len(content):
        end = min(at + columns - (origin + at) % columns, len(content))
        yield packbits(content[at:end])
        at = end


def packbits(row: bytes) -> bytes:
    """The runs of a row (G.3.1): three or more alike are repeated, all others copied."""
    pieces = []
    at = literal = 0
    size = len(row)
    while at < size:
        stop = at + 1
        while stop < size and stop - at < _LONGEST_RUN and row[stop] == row[at]:
            stop += 1
        if stop - at > 2 or (stop - at == 2 and literal == at):
            pieces += [*_literals(row[literal:at]), bytes((257 - (stop - at), row[at]))]
            literal = stop
        at = stop
    pieces += _literals(row[literal:])
    return b"".join(pieces)


def _literals(content: bytes) -> Iterator[bytes]:
    for at in range(0, len(content), _LONGEST_RUN):
        piece = content[at : at + _LONGEST_RUN]
        yield bytes((len(piece) - 1,)) + piece


def _frame(segments: Sequence[bytes]) -> bytes:
    """A frame of segments, each of an even number of bytes (G.5)."""
    even = [segment + b"\0" * (len(segment) % 2) for segment in segments]
    starts, at = [], _HEADER_BYTES
    for segment in even:
        starts.append(at)
        at += len(segment)
    header = [len(even), *starts, *[0] * (15 - len(even))]
    return b"".join((*(number.to_bytes(4, "little") for number in header), *even))


def _ends_early() -> Held:
    return Held("stream-truncated", "an RLE segment has fewer bytes than its rows and columns ask for")
