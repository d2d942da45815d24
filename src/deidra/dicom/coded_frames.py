"""Pixel data without what coded frames carry besides pixels, and without bytes that belong to no frame.

Each frame is cleaned by `deidra.bitstream`, which touches no coded sample; frames in which nothing was found are copied
as they stand. Offset tables say where the frames are now (PS3.5 A.4, PS3.3 C.7.6.3.1.8).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import NamedTuple

from deidra.bitstream import Dropped, StreamKind, clean_stream, clean_video, kind_of
from deidra.bitstream.deflated import exact
from deidra.dicom import encode
from deidra.dicom.fragments import (
    EXTENDED_LENGTHS,
    EXTENDED_OFFSETS,
    ITEM_HEAD_BYTES,
    LOCATOR,
    Encapsulated,
    frames_of,
    read_fragments,
)
from deidra.dicom.header import Header
from deidra.dicom.layout import frame_bits, frame_count, plane_pixels
from deidra.dicom.reader import Made, Piece, Reader, Span, size_of
from deidra.dicom.rewrite import Insert
from deidra.dicom.source import Source
from deidra.dicom.stream import FRAGMENTS, PIXEL_DATA
from deidra.errors import Held
from deidra.model import Action, Edit
from deidra.standard import uids

_AUDIO_CHANNELS = 0x003A0300
_ITEM_TAG, _END = b"\xfe\xff\x00\xe0", b"\xfe\xff\xdd\xe0\0\0\0\0"
_RULE = "policy:streams"
# A frame is cleaned in memory; cleaned frames are kept until they take so much, and made again after that
_MOST_FRAME_BYTES = 1 << 29
_MOST_KEPT_BYTES = 1 << 26
# Beginnings of the names in PS3.6 Table A-1, the first that fits
_KINDS = (
    ("High-Throughput JPEG 2000", StreamKind.JPEG_2000),
    ("JPEG 2000", StreamKind.JPEG_2000),
    ("JPEG XL", StreamKind.JPEG_XL),
    ("JPEG-LS", StreamKind.JPEG_LS),
    ("JPEG", StreamKind.JPEG),
    ("RLE", StreamKind.RLE),
)
_STARTS = {
    StreamKind.JPEG: (b"\xff\xd8\xff",),
    StreamKind.JPEG_LS: (b"\xff\xd8\xff",),
    StreamKind.JPEG_2000: (b"\xff\x4f\xff\x51", b"\0\0\0\x0cjP  "),
    StreamKind.JPEG_XL: (b"\xff\x0a", b"\0\0\0\x0cJXL "),
}
_SNIFFED_BYTES = 4096
_START_CODE = b"\0\0\1"


class CleanedPixels(NamedTuple):
    """The element to write in place of Pixel Data (None: it stays), elements beside it, and what was changed."""

    element: list[Piece] | None
    inserts: list[Insert]
    edits: list[Edit]


class _Frame(NamedTuple):
    """What is written for one frame, item heads included, and the bytes of its stream alone."""

    pieces: list[Piece]
    stream_bytes: int
    dropped: tuple[Dropped, ...]
    changed: bool


class Change(NamedTuple):
    """What else becomes of frames: whether that of a number changes, how, and the transfer syntax that comes of it."""

    changes: Callable[[int], bool]
    frame: Callable[[int, bytes], bytes]
    transfer_syntax_uid: str


def cleaned(header: Header, source: Source, change: Change | None = None) -> CleanedPixels:
    """The encapsulated pixel data of an object. Raises Held where frames are not understood.

    Frames that `change` changes are cleaned after that.
    """
    found = header.element(PIXEL_DATA)
    if found is None or found[1][5] is not FRAGMENTS:
        return CleanedPixels(None, [], [])
    section, (_, _, at, value, _, _) = found
    encapsulated = read_fragments(source.reader, section.base + value)
    name = _name(change.transfer_syntax_uid if change else source.transfer_syntax_uid)
    beside: list[Insert] = []
    if "MPEG" in name or "HEVC" in name:
        frames = [_video(encapsulated, source.reader, name)]
        beside = without_sound(header)
    else:
        frames = _still(encapsulated, header, source, name, change)
    changed = any(frame.changed for frame in frames)
    table = _offset_table(encapsulated, frames)
    if not changed and table == encapsulated.offsets and not _extended(header):
        return CleanedPixels(None, beside, [])
    item = _ITEM_TAG + len(table).to_bytes(4, "little") + table
    pieces = [piece for frame in frames for piece in frame.pieces]
    element = [section.buf[at:value], item, *pieces, _END]
    return CleanedPixels(element, [*beside, *_extended_tables(header, source, frames)], _edits(frames, name))


def without_sound(header: Header) -> list[Insert]:
    """What takes out the description of audio channels (003A,0300), where there is one: sound never stays."""
    if _AUDIO_CHANNELS not in header:
        return []
    cited = "PS3.3 C.7.6.5: no channel of sound is left that it could describe"
    return [Insert(_AUDIO_CHANNELS, b"", Edit("dcm:(003A,0300)", Action.REMOVE, _RULE, cited))]


def _name(transfer_syntax_uid: str) -> str:
    syntax = uids.transfer_syntax(transfer_syntax_uid)
    return "" if syntax is None else syntax.name


def _still(
    encapsulated: Encapsulated, header: Header, source: Source, name: str, change: Change | None
) -> list[_Frame]:
    clean = _cleaner(_kind(name), name, header)
    starts = _starts(_name(source.transfer_syntax_uid))
    extended = header.raw(EXTENDED_OFFSETS)
    count = frame_count(header)
    spans = frames_of(encapsulated, count, extended, source.reader, lambda head: head.startswith(starts))
    kept = 0
    frames = []
    for number, fragments in enumerate(spans):
        work = clean if change is None or not change.changes(number) else _after(partial(change.frame, number), clean)
        frame = _frame(source.reader, fragments, work, keep=kept < _MOST_KEPT_BYTES, changed=work is not clean)
        kept += sum(len(piece) for piece in frame.pieces if isinstance(piece, bytes))
        frames.append(frame)
    return frames


def _kind(name: str) -> StreamKind | None:
    return next((kind for start, kind in _KINDS if name.startswith(start)), None)


def _starts(name: str) -> tuple[bytes, ...]:
    kind = _kind(name)
    return _STARTS.get(kind, ()) if kind is not None else ()


Clean = Callable[[bytes], tuple[bytes, tuple[Dropped, ...]]]


def _cleaner(kind: StreamKind | None, name: str, header: Header) -> Clean:
    """What cleans one frame of the transfer syntax `name`."""
    if kind is not None:
        pixels = plane_pixels(header)

        def coded(data: bytes) -> tuple[bytes, tuple[Dropped, ...]]:
            try:
                stream = clean_stream(data, kind, frame_pixels=pixels)
            except Held:
                if kind is not StreamKind.JPEG_XL or not data.endswith(b"\0"):
                    raise
                # What fills a fragment up to even length is no box
                stream = clean_stream(data[:-1], kind)
            return stream.data, stream.dropped

        return coded
    bits = frame_bits(header)
    expected = None if bits is None else (bits + 7) >> 3
    if name.startswith("Encapsulated Uncompressed") and expected is not None:
        return lambda data: _cut(data, data, expected)
    if name.startswith("Deflated Image Frame") and expected is not None:
        return lambda data: _cut(data, exact(data, expected, 0, raw=True), None)
    raise Held("stream-unsupported", "coded frames of this transfer syntax are not understood", "dcm:(0002,0010)")


def _cut(data: bytes, inside: bytes, expected: int | None) -> tuple[bytes, tuple[Dropped, ...]]:
    stop = len(inside) if expected is None else expected
    if len(inside) < stop:
        raise Held("stream-truncated", "a frame is shorter than its image", LOCATOR)
    behind = len(data) - stop
    if behind == 0 or (behind == 1 and data[-1] == 0):
        return data, ()
    return data[:stop], (Dropped("bytes behind the frame", f"byte {stop}", behind),)


def _after(change: Callable[[bytes], bytes], clean: Clean) -> Clean:
    return lambda data: clean(change(data))


def _frame(reader: Reader, fragments: list[Span], clean: Clean, *, keep: bool, changed: bool) -> _Frame:
    size = sum(length for _, length in fragments)
    if size > _MOST_FRAME_BYTES:
        raise Held("frame-too-large", "a coded frame is too large to be examined", LOCATOR)
    data, dropped = clean(_joined(reader, fragments))
    if not dropped and not changed:
        first, last = fragments[0], fragments[-1]
        begin = first[0] - ITEM_HEAD_BYTES
        return _Frame([(begin, last[0] + last[1] - begin)], size, (), changed=False)
    item = _item(data) if keep else Made(_item_bytes(len(data)), lambda put: put(_again(reader, fragments, clean)))
    return _Frame([item], len(data), dropped, changed=True)


def _again(reader: Reader, fragments: list[Span], clean: Clean) -> bytes:
    return _item(clean(_joined(reader, fragments))[0])


def _joined(reader: Reader, fragments: list[Span]) -> bytes:
    return b"".join([reader.read_at(*fragment) for fragment in fragments])


def _item(data: bytes) -> bytes:
    padding = b"\0" * (len(data) & 1)
    return _ITEM_TAG + (len(data) + len(padding)).to_bytes(4, "little") + data + padding


def _item_bytes(stream_bytes: int) -> int:
    return ITEM_HEAD_BYTES + stream_bytes + (stream_bytes & 1)


class _Joined:
    """Fragments read as one stream."""

    def __init__(self, reader: Reader, fragments: list[Span]) -> None:
        self._reader = reader
        self._parts: list[tuple[int, Span]] = []
        self.size = 0
        for fragment in fragments:
            self._parts.append((self.size, fragment))
            self.size += fragment[1]

    def read_at(self, offset: int, length: int) -> bytes:
        found = []
        for at, (start, size) in self._parts:
            begin, stop = max(offset, at), min(offset + length, at + size)
            if begin < stop:
                found.append(self._reader.read_at(start + begin - at, stop - begin))
        return b"".join(found)


def _video(encapsulated: Encapsulated, reader: Reader, name: str) -> _Frame:
    """A video is one stream, whatever its number of frames (PS3.5 8.2.5 to 8.2.8)."""
    fragments = encapsulated.fragments
    if not fragments:
        raise Held("frames-missing", "there is no fragment", LOCATOR)
    stream = _Joined(reader, fragments)
    kind = kind_of(stream.read_at(0, _SNIFFED_BYTES)) or _elementary(name)
    start: list[bytes] = []

    def put_start(data: bytes) -> None:
        if sum(map(len, start)) < _SNIFFED_BYTES:
            start.append(data)

    try:
        done = clean_video(stream, kind, put_start)
    except Held:
        if stream.read_at(stream.size - 1, 1) != b"\0":
            raise
        # What fills a fragment up to even length is no part of a container
        stream.size -= 1
        start.clear()
        done = clean_video(stream, kind, put_start)
    if kind_of(b"".join(start)) is None and _START_CODE not in b"".join(start):
        raise Held("stream-unsupported", "the video is in no container and coding that is understood", LOCATOR)
    if not done.dropped:
        begin, last = fragments[0][0] - ITEM_HEAD_BYTES, fragments[-1]
        return _Frame([(begin, last[0] + last[1] - begin)], stream.size, (), changed=False)
    size = done.size_bytes
    if size >= 0xFFFFFFFE:
        raise Held("frame-too-large", "a video of 4 GiB does not fit into one fragment", LOCATOR)

    def put_all(put: Callable[[bytes], object]) -> None:
        put(_ITEM_TAG + (size + (size & 1)).to_bytes(4, "little"))
        clean_video(stream, kind, put)
        put(b"\0" * (size & 1))

    return _Frame([Made(_item_bytes(size), put_all)], size, done.dropped, changed=True)


def _elementary(name: str) -> StreamKind:
    """The coding of a video whose beginning is not that of a container."""
    if "HEVC" in name:
        return StreamKind.HEVC
    return StreamKind.H264 if "H.264" in name else StreamKind.MPEG_2


def _offsets(frames: Iterable[_Frame]) -> list[int]:
    offsets, at = [], 0
    for frame in frames:
        offsets.append(at)
        at += size_of(frame.pieces)
    return offsets


def _offset_table(encapsulated: Encapsulated, frames: list[_Frame]) -> bytes:
    """A Basic Offset Table where there was one and the frames are not too far apart for it."""
    offsets = _offsets(frames)
    if not encapsulated.offsets or offsets[-1] > 0xFFFFFFFF:
        return b""
    return b"".join([offset.to_bytes(4, "little") for offset in offsets])


def _extended(header: Header) -> bool:
    return EXTENDED_OFFSETS in header or EXTENDED_LENGTHS in header


def _extended_tables(header: Header, source: Source, frames: list[_Frame]) -> list[Insert]:
    """The Extended Offset Table and its lengths, written anew where they were there."""
    if not _extended(header):
        return []
    cited = "PS3.3 C.7.6.3.1.8: offsets of the frames as they are written"
    values = {EXTENDED_OFFSETS: _offsets(frames), EXTENDED_LENGTHS: [frame.stream_bytes for frame in frames]}
    return [
        Insert(
            tag,
            encode.element(tag, "OV", b"".join([number.to_bytes(8, "little") for number in numbers]), source.encoding),
            Edit(f"dcm:({tag >> 16:04X},{tag & 0xFFFF:04X})", Action.REWRITE, _RULE, cited),
        )
        for tag, numbers in values.items()
    ]


def _edits(frames: list[_Frame], name: str) -> list[Edit]:
    """One record for each sort of content that left; a thousand frames have few sorts."""
    sorts = dict.fromkeys(dropped.what for frame in frames for dropped in frame.dropped)
    cited = f"policy pixels.streams: clean; what decoding {name} does not need"
    return [Edit(f"{LOCATOR}/{what}", Action.REMOVE, _RULE, cited) for what in sorts]
