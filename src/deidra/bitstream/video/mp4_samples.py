"""Where the samples of a track are, and their cleaning in place (ISO/IEC 14496-12 8.6 and 8.7)."""

from __future__ import annotations

import struct
from typing import NamedTuple

from deidra.bitstream.boxes import Box
from deidra.bitstream.tail import LEAST_HELD_IN_VIDEO, ends_in_text
from deidra.bitstream.video.mp4_entries import Coding
from deidra.bitstream.video.nal import filled
from deidra.bitstream.video.start_codes import StartCodes
from deidra.bitstream.work import StreamKind, Tally, hidden, malformed, truncated, unsupported

_MOST_SAMPLES, _MOST_ALIKE = 1 << 24, 1 << 20
_MOST_SAMPLE_BYTES = 1 << 27


class Chunk(NamedTuple):
    """Samples that stand one behind the other: where, and the size of each in bytes."""

    offset: int
    sizes: tuple[int, ...]


def sample_sizes(data: bytes, table: Box) -> list[int]:
    """The size of every sample (stsz, stz2). Raises Held."""
    common, count = struct.unpack_from(">LL", data, table.body + 4)
    if count > (_MOST_SAMPLES if table.end - table.body > 12 else _MOST_ALIKE):
        raise unsupported("more samples than are looked at", table.start)
    at = table.body + 12
    if table.kind == b"stz2":
        bits = common & 0xFF
        if common >> 8 or bits not in (4, 8, 16):
            raise malformed("sizes of samples have a width that there is not", table.start)
        packed = data[at : at + (count * bits + 7) // 8]
        if at + len(packed) != table.end:
            raise malformed("there are not as many sizes as samples", table.start)
        if bits == 4:
            return [nibble for byte in packed for nibble in (byte >> 4, byte & 15)][:count]
        return list(struct.unpack(f">{count}{'B' if bits == 8 else 'H'}", packed))
    if table.end - at != (0 if common else 4 * count):
        raise malformed("there are not as many sizes as samples", table.start)
    sizes = [common] * count if common else list(struct.unpack_from(f">{count}L", data, at))
    if max(sizes, default=0) > _MOST_SAMPLE_BYTES:
        raise unsupported("a sample larger than any picture", table.start)
    return sizes


def chunk_offsets(data: bytes, table: Box) -> list[int]:
    """Where the chunks start (stco, co64). Raises Held."""
    count = struct.unpack_from(">L", data, table.body + 4)[0]
    letter, size = ("Q", 8) if table.kind == b"co64" else ("L", 4)
    if table.end - table.body != 8 + count * size:
        raise malformed("there are not as many offsets as chunks", table.start)
    return list(struct.unpack_from(f">{count}{letter}", data, table.body + 8))


def chunks_of(data: bytes, runs: Box, offsets: list[int], sizes: list[int]) -> list[Chunk]:
    """The chunks with their samples, by the runs of chunks with as many (stsc). Raises Held."""
    count = struct.unpack_from(">L", data, runs.body + 4)[0]
    if runs.end - runs.body != 8 + 12 * count:
        raise malformed("the runs of chunks do not fill their box", runs.start)
    table = [struct.unpack_from(">LL", data, runs.body + 8 + 12 * number) for number in range(count)]
    chunks: list[Chunk] = []
    at = 0
    for (first, each), following in zip(table, [*table[1:], (len(offsets) + 1, 0)], strict=True):
        if first != len(chunks) + 1 or not first <= following[0] <= len(offsets) + 1:
            raise malformed("the runs of chunks are not in order", runs.start)
        for number in range(first - 1, following[0] - 1):
            mine = tuple(sizes[at : at + each])
            if len(mine) < each:
                raise malformed("the chunks have more samples than the track", runs.start)
            chunks.append(Chunk(offsets[number], mine))
            at += each
    if at != len(sizes) or len(chunks) != len(offsets):
        raise malformed("the chunks have fewer samples than the track", runs.start)
    return chunks


def clean_sample(sample: bytes, coding: Coding, tally: Tally, position: int) -> bytes:
    """A sample of the same size, without what decoding does not need. Raises Held."""
    if coding.kind is StreamKind.MPEG_2:
        codes = StartCodes(coding.codec, tally, same_size=True)
        return codes.push(sample) + codes.finish(of_stream=False)
    pieces: list[bytes] = []
    at, coded = 0, False
    while at < len(sample):
        body = at + coding.length_bytes
        size = int.from_bytes(sample[at:body])
        if body + size > len(sample):
            raise truncated("a NAL unit", position + at)
        unit = sample[body : body + size]
        if size and coding.codec.passes(unit[:2], position + at):
            coded = True
            if ends_in_text(unit, 0, size, LEAST_HELD_IN_VIDEO):
                raise hidden("a slice ends in text", position + body + size)
            pieces.append(sample[at : body + size])
        elif size:
            pieces.append(_replaced(unit, coding, position + at, coded=coded))
        else:
            pieces.append(sample[at:body])
        at = body + size
    return b"".join(pieces)


def _replaced(unit: bytes, coding: Coding, position: int, *, coded: bool) -> bytes:
    """The unit after cleaning, with its length, and as much filler as makes up its size. Raises Held."""
    width = coding.length_bytes
    new = coding.codec.clean(unit, position)
    hevc = coding.kind is StreamKind.HEVC
    kind = unit[0] >> 1 & 0x3F if hevc else unit[0] & 31
    if new == unit:
        pieces = [new]
    elif kind in ((39, 40) if hevc else (6,)):
        pieces = [filled(unit[: 2 if hevc else 1], new, len(unit), position)]
    elif not new:
        pieces = [_filler(len(unit), coded=coded, hevc=hevc, position=position)]
    else:
        pieces = [new, _filler(len(unit) - len(new) - width, coded=coded, hevc=hevc, position=position)]
    return b"".join(len(piece).to_bytes(width) + piece for piece in pieces)


def _filler(size: int, *, coded: bool, hevc: bool, position: int) -> bytes:
    """A unit of nothing: filler data behind the first slice of a picture, an SEI of filler before it."""
    if not coded:
        return filled(b"\x4e\x01" if hevc else b"\x06", b"", size, position)
    header = b"\x4c\x01" if hevc else b"\x0c"
    if size <= len(header):
        raise malformed("a unit has no room for filler", position)
    return header + b"\xff" * (size - len(header) - 1) + b"\x80"
