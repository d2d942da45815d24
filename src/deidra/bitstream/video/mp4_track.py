"""One track of an MP4: which boxes of it stay, and how they are written (ISO/IEC 14496-12 8.3 to 8.7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from deidra.bitstream.boxes import Box, box, boxes_of
from deidra.bitstream.video.mp4_entries import Coding, clean_entries
from deidra.bitstream.video.mp4_samples import Chunk, chunk_offsets, chunks_of, sample_sizes
from deidra.bitstream.video.mp4_timing import TABLES, clean_edits, clean_table, plain_matrix
from deidra.bitstream.work import Tally, malformed, unsupported

_VIDEO = b"vide"
_HANDLERS = {
    b"soun": "audio track", b"text": "text track", b"sbtl": "subtitle track", b"subt": "subtitle track",
    b"tmcd": "time code track", b"meta": "timed metadata track", b"hint": "hint track",
}  # fmt: skip
_UNDETERMINED = 0x55C4  # the language "und"
_REFERENCES = box(b"dinf", box(b"dref", bytes(4), b"\0\0\0\1", box(b"url ", b"\0\0\0\1")))
_USUAL_RATE, _USUAL_VOLUME = b"\0\1\0\0", b"\1\0"
# Copy, and QuickTime's way to draw
_GRAPHICS_MODES = (bytes(8), b"\0\x40\x80\0\x80\0\x80\0")
_MOST_UNITS_PER_SECOND = 100_000_000


class Track(NamedTuple):
    """A video track: its coding, its chunks, and its boxes around the one that says where the chunks are."""

    coding: Coding
    chunks: list[Chunk]
    written: Callable[[bytes], bytes]


def read_track(data: bytes, track: Box, number: int, tally: Tally) -> Track | None:
    """The track if it is video, to be written under a number; else None. Raises Held."""
    parts = _parts(data, track)
    media = _parts(data, _required(parts, b"mdia", track))
    handler = _required(media, b"hdlr", track)
    kind = data[handler.body + 8 : handler.body + 12]
    if kind != _VIDEO:
        tally.drop(_HANDLERS.get(kind, "track of another kind"), track.start, track.end - track.start)
        return None
    information = _parts(data, _required(media, b"minf", track))
    tables = _parts(data, _required(information, b"stbl", track))
    _require_own_data(data, information, track)
    entries, coding = clean_entries(data, _required(tables, b"stsd", track), tally)
    sizes = tables.get(b"stsz") or _required(tables, b"stz2", track)
    offsets = tables.get(b"stco") or _required(tables, b"co64", track)
    runs = _required(tables, b"stsc", track)
    all_sizes = sample_sizes(data, sizes)
    chunks = chunks_of(data, runs, chunk_offsets(data, offsets), all_sizes)
    track_header, media_header = _required(parts, b"tkhd", track), _required(media, b"mdhd", track)
    duration = _duration(data, media_header, 4)
    count = int.from_bytes(data[tables[b"stsd"].body + 4 : tables[b"stsd"].body + 8])
    timing = [clean_table(data, tables[name], len(all_sizes), duration, count) for name in TABLES if name in tables]
    table = [entries, *timing, box(sizes.kind, bytes(4), data[sizes.body + 4 : sizes.end])]
    edits = _parts(data, parts[b"edts"]).get(b"elst") if b"edts" in parts else None
    head = [_track_header(data, track_header, number)]
    if edits is not None:
        head.append(clean_edits(data, edits, _duration(data, track_header, 8), duration))
    middle = [_media_header(data, media_header), _handler(data, handler)]

    def written(places: bytes) -> bytes:
        inner = box(b"minf", _video_header(data, information), _REFERENCES, box(b"stbl", *table, places))
        return box(b"trak", *head, box(b"mdia", *middle, inner))

    if written(data[offsets.start : offsets.end]) != data[track.start : track.end]:
        tally.drop("names, times and other boxes of a track", track.start, track.end - track.start)
    return Track(coding, chunks, written)


def _parts(data: bytes, one: Box) -> dict[bytes, Box]:
    """The boxes inside one, of each kind the first."""
    found: dict[bytes, Box] = {}
    end = one.end
    if (end - one.body) % 4 == 0 and end - one.body >= 4 and data[end - 4 : end] == bytes(4) and not _fills(data, one):
        end -= 4
    for part in boxes_of(data, one.body, end):
        found.setdefault(part.kind, part)
    return found


def _fills(data: bytes, one: Box) -> bool:
    """Whether boxes fill this one without the four zero bytes with which QuickTime may end a list."""
    at = one.body
    while at + 8 <= one.end:
        at += max(8, int.from_bytes(data[at : at + 4]))
    return at == one.end


def _required(parts: dict[bytes, Box], kind: bytes, where: Box) -> Box:
    if kind not in parts:
        raise malformed("a track lacks a box that it must have", where.start)
    return parts[kind]


def _times(data: bytes, one: Box, flags: int = 0) -> tuple[bytes, bytes]:
    """Version and flags with the two times at zero, and the rest. Raises Held."""
    version = data[one.body]
    if version > 1:
        raise unsupported("a header of a version that is not known", one.start)
    size = 16 if version else 8
    return bytes((version, 0, 0, flags)) + bytes(size), data[one.body + 4 + size : one.end]


def _duration(data: bytes, one: Box, between: int) -> int:
    """The duration, which stands `between` bytes behind the times."""
    wide = data[one.body] == 1
    at = one.body + 4 + (16 if wide else 8) + between
    return int.from_bytes(data[at : at + (8 if wide else 4)])


def _time_scale(rest: bytes, one: Box) -> bytes:
    """Units per second, of which no clock has more than a hundred million. Raises Held."""
    if not 0 < int.from_bytes(rest[:4]) <= _MOST_UNITS_PER_SECOND:
        raise malformed("a time scale that no clock has", one.start)
    return rest[:4]


def clean_header(data: bytes, one: Box, tracks: int, tally: Tally) -> bytes:
    """The movie header without times of creation, for a number of tracks (8.2.2). Raises Held."""
    head, rest = _times(data, one)
    duration = 8 if data[one.body] else 4
    if len(rest) != 4 + duration + 80:
        raise malformed("the movie header has not its size", one.start)
    # Time scale, duration, rate, volume; ten reserved; matrix; six of QuickTime's times; next track
    matrix = plain_matrix(rest[4 + duration + 16 : 4 + duration + 52], one.start)
    times = _time_scale(rest, one) + rest[4 : 4 + duration]
    following = (tracks + 1).to_bytes(4)
    new = box(b"mvhd", head, times, _USUAL_RATE, _USUAL_VOLUME, bytes(10), matrix, bytes(24), following)
    if new != data[one.start : one.end]:
        tally.drop("times of creation", one.start, 16 if data[one.body] else 8)
    return new


def _track_header(data: bytes, one: Box, number: int) -> bytes:
    """Track number, duration, layer, matrix, size (8.3.2). Raises Held."""
    head, rest = _times(data, one, data[one.body + 3] & 15)
    duration = 8 if data[one.body] else 4
    if len(rest) != 8 + duration + 60:
        raise malformed("a track header has not its size", one.start)
    behind = 8 + duration
    # Eight reserved; layer, group and volume, which one track alone does not need; matrix; size
    matrix = plain_matrix(rest[behind + 16 : behind + 52], one.start)
    return box(b"tkhd", head, number.to_bytes(4), bytes(4), rest[8:behind], bytes(16), matrix, rest[behind + 52 :])


def _media_header(data: bytes, one: Box) -> bytes:
    """Time scale and duration; no language (8.4.2). Raises Held."""
    head, rest = _times(data, one)
    size = 12 if data[one.body] else 8
    if len(rest) != size + 4:
        raise malformed("a media header has not its size", one.start)
    return box(b"mdhd", head, _time_scale(rest, one), rest[4:size], _UNDETERMINED.to_bytes(2), bytes(2))


def _handler(data: bytes, one: Box) -> bytes:
    """A handler without a name; QuickTime tells its kind in the field before (8.4.3)."""
    kind = b"mhlr" if data[one.body + 4 : one.body + 8] == b"mhlr" else bytes(4)
    return box(b"hdlr", bytes(4), kind, _VIDEO, bytes(12), b"\0")


def _video_header(data: bytes, information: dict[bytes, Box]) -> bytes:
    one = information.get(b"vmhd")
    mode = data[one.body + 4 : one.end] if one is not None else b""
    return box(b"vmhd", b"\0\0\0\1", mode if mode in _GRAPHICS_MODES else bytes(8))


def _require_own_data(data: bytes, information: dict[bytes, Box], track: Box) -> None:
    """All data stand in this file (8.7.2). Raises Held."""
    references = _parts(data, _required(information, b"dinf", track)).get(b"dref")
    if references is None:
        return
    for entry in boxes_of(data, references.body + 8, references.end):
        if not data[entry.body + 3 : entry.body + 4] >= b"\1" or not data[entry.body + 3] & 1:
            raise unsupported("a track whose data stand in another file", entry.start)
