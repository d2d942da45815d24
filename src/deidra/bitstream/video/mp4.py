"""MP4 and QuickTime: the file is written anew with its video tracks and nothing else (ISO/IEC 14496-12, 14496-14).

Kept: sizes, durations, order and timing of the samples of video tracks, edit lists, matrices, sample entries. All
else goes: audio, text, timed metadata, user data, times of creation, names of handlers, UUID boxes, free space, media
data that no track uses. Samples keep their size. Fragmented files are held.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import NamedTuple

from deidra.bitstream.boxes import Box, box, boxes_of
from deidra.bitstream.video.mp4_samples import Chunk, clean_sample
from deidra.bitstream.video.mp4_track import Track, clean_header, read_track
from deidra.bitstream.video.source import Source
from deidra.bitstream.work import Tally, malformed, truncated, unsupported

_MOST_MOVIE_BYTES = 1 << 26
_MOST_BOXES = 100_000
_BRANDS = frozenset((b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"qt  ", b"M4V "))
_FRAGMENTS = frozenset((b"moof", b"mfra", b"sidx", b"mvex"))
_NAMES = {
    b"udta": "user data", b"meta": "metadata", b"uuid": "UUID box", b"free": "free space", b"skip": "free space",
    b"wide": "free space", b"iods": "object descriptor", b"pdin": "download information", b"ctab": "colour table",
}  # fmt: skip


class File(NamedTuple):
    """The boxes of a file that matter, and how many bytes of media data there are."""

    brands: bytes
    movie: bytes
    media_bytes: int


def clean_mp4(source: Source, tally: Tally, write: Callable[[bytes], object]) -> int:
    """Write the cleaned file and return its size in bytes. Raises Held."""
    file = _read(source, tally)
    header, tracks = _movie(file.movie, tally)
    order = sorted(
        (
            (chunk.offset, number, index)
            for number, track in enumerate(tracks)
            for index, chunk in enumerate(track.chunks)
        ),
    )
    sizes = [sum(tracks[number].chunks[index].sizes) for _, number, index in order]
    total = sum(sizes)
    if total > source.size:
        raise malformed("samples are used more than once", 0)
    if total < file.media_bytes:
        tally.drop("media data that no track uses", 0, file.media_bytes - total)
    places = list(accumulate(sizes, initial=0))[:-1]
    wide = total + len(file.movie) + len(file.brands) >= 1 << 32
    head = _head(file.brands, header, tracks, order, places, 0, wide=wide)
    start = len(head) + (16 if wide else 8)
    write(_head(file.brands, header, tracks, order, places, start, wide=wide))
    write(b"\0\0\0\1mdat" + (total + 16).to_bytes(8) if wide else (total + 8).to_bytes(4) + b"mdat")
    for _, number, index in order:
        for sample in _samples(source, tracks[number].chunks[index]):
            write(clean_sample(sample[1], tracks[number].coding, tally, sample[0]))
    return start + total


def _head(
    brands: bytes,
    header: bytes,
    tracks: list[Track],
    order: list[tuple[int, int, int]],
    places: list[int],
    start: int,
    *,
    wide: bool,
) -> bytes:
    """File type and movie for media data that start at `start`. Its size does not depend on `start`."""
    offsets: list[dict[int, int]] = [{} for _ in tracks]
    for (_, number, index), place in zip(order, places, strict=True):
        offsets[number][index] = start + place
    letter, kind = (8, b"co64") if wide else (4, b"stco")
    written = []
    for track, mine in zip(tracks, offsets, strict=True):
        table = b"".join(mine[index].to_bytes(letter) for index in range(len(mine)))
        written.append(track.written(box(kind, bytes(4), len(mine).to_bytes(4), table)))
    return brands + box(b"moov", header, *written)


def _samples(source: Source, chunk: Chunk) -> Iterator[tuple[int, bytes]]:
    at = chunk.offset
    for size in chunk.sizes:
        sample = source.read_at(at, size)
        if len(sample) < size:
            raise truncated("a sample", at)
        yield at, sample
        at += size


def _read(source: Source, tally: Tally) -> File:
    """Walk the boxes of the file. Raises Held."""
    brands, movie, media_bytes, pos = b"", b"", 0, 0
    for _ in range(_MOST_BOXES):
        if pos == source.size:
            break
        head = source.read_at(pos, 16)
        size, kind = int.from_bytes(head[:4]), head[4:8]
        body = 16 if size == 1 else 8
        size = int.from_bytes(head[8:16]) if size == 1 else size or source.size - pos
        if len(head) < body or size < body or pos + size > source.size:
            if movie and media_bytes and source.size - pos < 8:
                tally.drop("bytes behind the last box", pos, source.size - pos)
                break
            raise truncated("a box", pos)
        if kind in _FRAGMENTS:
            raise unsupported("a file in fragments", pos)
        if kind == b"mdat":
            media_bytes += size - body
        elif kind == b"ftyp" and not brands:
            brands = _brands(source.read_at(pos + body, min(size - body, 1 << 16)), tally, pos)
        elif kind == b"moov" and not movie:
            if size > _MOST_MOVIE_BYTES:
                raise unsupported("a movie box larger than is looked at", pos)
            movie = source.read_at(pos + body, size - body)
        elif kind not in (b"free", b"skip", b"wide") or any(source.read_at(pos + body, min(size - body, 1 << 20))):
            tally.drop(_NAMES.get(kind, "unknown box"), pos, size)
        pos += size
    if not movie:
        raise malformed("there is no movie box", 0)
    return File(brands, movie, media_bytes)


def _brands(content: bytes, tally: Tally, position: int) -> bytes:
    """The file type with the brands that are still true."""
    told = [content[at : at + 4] for at in (0, *range(8, len(content), 4))]
    kept = list(dict.fromkeys(brand for brand in told[1:] if brand in _BRANDS))
    first = told[0] if told[0] in _BRANDS else (kept or [b"isom"])[0]
    new = b"".join((first, bytes(4), *(kept or [b"isom"])))
    if new != content:
        tally.drop("brands and version of the file", position, len(content))
    return box(b"ftyp", new)


def _movie(data: bytes, tally: Tally) -> tuple[bytes, list[Track]]:
    """The movie header and the video tracks. Raises Held."""
    tracks: list[Track] = []
    headers = []
    for part in boxes_of(data, 0, len(data)):
        if part.kind == b"mvhd":
            headers.append(part)
        elif part.kind == b"trak":
            track = read_track(data, part, len(tracks) + 1, tally)
            if track is not None:
                tracks.append(track)
        elif part.kind in _FRAGMENTS:
            raise unsupported("a file in fragments", part.start)
        else:
            _count(part, tally)
    if len(headers) != 1 or not tracks:
        raise unsupported("a movie without video, or without its one header", 0)
    return clean_header(data, headers[0], len(tracks), tally), tracks


def _count(part: Box, tally: Tally) -> None:
    tally.drop(_NAMES.get(part.kind, "unknown box"), part.start, part.end - part.start)
