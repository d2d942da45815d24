"""A video in which something was found, as frames without loss: pixel data, offset tables, and what goes with them.

What times the frames (Frame Time, Cine Rate, Recommended Display Frame Rate) stays true as long as each frame stays;
where the object miscounted them and says more of single frames than their number, it is held.
"""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Callable
from functools import partial
from typing import IO, NamedTuple

from deidra.dicom import encode
from deidra.dicom.coded_frames import without_sound
from deidra.dicom.fragments import EXTENDED_LENGTHS, EXTENDED_OFFSETS, LOCATOR
from deidra.dicom.header import Header
from deidra.dicom.pixel_redaction import Redaction
from deidra.dicom.reader import Made, Piece
from deidra.dicom.rewrite import Insert
from deidra.dicom.source import Source
from deidra.dicom.stream import PIXEL_DATA
from deidra.dicom.video_image import copied, video_spans
from deidra.errors import Held
from deidra.model import Action, Edit
from deidra.pixels.video_redact import redacted_frames

_RULE = "clean-pixel-data"
_CITED = "PS3.5 A.4, PS3.3 C.7.6.3.1.8: offsets of the frames as they are written"
_ITEM_TAG, _END = b"\xfe\xff\x00\xe0", b"\xfe\xff\xdd\xe0\0\0\0\0"
# Frame Time Vector, Start Trim, Stop Trim, Shared and Per-frame Functional Groups: they tell frames apart
_PER_FRAME = (0x00181065, 0x00082142, 0x00082143, 0x52009229, 0x52009230)
_COPIED_BYTES = 1 << 20
_MOST_FRAME_BYTES = 0xFFFFFFFE
_MOST_BASIC_OFFSET = 0xFFFFFFFF


class RedactedVideo(NamedTuple):
    """The element to write in place of Pixel Data, elements beside it, and how many frames it has."""

    element: list[Piece]
    inserts: list[Insert]
    frames: int


class _Frames(NamedTuple):
    """Items on disk: the offset of each from the first, and the bytes of its frame without padding."""

    items: IO[bytes]
    offsets: list[int]
    lengths: list[int]
    size_bytes: int


def redacted(header: Header, source: Source, redaction: Redaction) -> RedactedVideo:
    """The pixel data of a video whose frames are coded without loss. Raises Held.

    Coded frames wait in a nameless temporary file: memory holds one of them.
    """
    found = header.element(PIXEL_DATA)
    spans = video_spans(header, source)
    assert found is not None  # noqa: S101 - its fragments were found
    section, (_, _, at, value, _, _) = found
    with copied(source.reader, spans) as stream:
        frames = _spooled(redaction, stream)
    put = partial(_put, frames.items)
    weakref.finalize(put, frames.items.close)  # with the object that was written, or was not
    count = len(frames.offsets)
    if count != redaction.layout.frames and any(tag in header for tag in _PER_FRAME):
        raise Held("frame-count-mismatch", "a video has another number of frames than its object tells apart", LOCATOR)
    fits = frames.offsets[-1] <= _MOST_BASIC_OFFSET
    table = b"".join([offset.to_bytes(4, "little") for offset in frames.offsets]) if fits else b""
    item = _ITEM_TAG + len(table).to_bytes(4, "little") + table
    pixels: list[Piece] = [section.buf[at:value], item, Made(frames.size_bytes, put), _END]
    return RedactedVideo(pixels, _beside(header, source, frames, fits), count)


def _spooled(redaction: Redaction, stream: IO[bytes]) -> _Frames:
    items = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    offsets, lengths, at = [], [], 0
    try:
        for coded in redacted_frames(redaction.layout, stream, redaction.boxes):
            padding = b"\0" * (len(coded) & 1)
            size = len(coded) + len(padding)
            if size > _MOST_FRAME_BYTES:
                raise Held("frame-too-large", "a frame without loss does not fit into one fragment", LOCATOR)
            items.write(_ITEM_TAG + size.to_bytes(4, "little"))
            items.write(coded)
            items.write(padding)
            offsets.append(at)
            lengths.append(len(coded))
            at += 8 + size
        items.flush()
    except BaseException:
        items.close()
        raise
    return _Frames(items, offsets, lengths, at)


def _put(items: IO[bytes], put: Callable[[bytes], object]) -> None:
    items.seek(0)
    while data := items.read(_COPIED_BYTES):
        put(data)


def _beside(header: Header, source: Source, frames: _Frames, fits: bool) -> list[Insert]:
    """Extended offset tables where they are needed, none where they are not, and no description of sound."""
    values = {EXTENDED_OFFSETS: frames.offsets, EXTENDED_LENGTHS: frames.lengths}
    if fits:
        gone = [tag for tag in values if tag in header]
        return [*(Insert(tag, b"", _edit(tag, Action.REMOVE, _CITED)) for tag in gone), *without_sound(header)]
    tables = [
        Insert(
            tag,
            encode.element(tag, "OV", b"".join([number.to_bytes(8, "little") for number in numbers]), source.encoding),
            _edit(tag, Action.REWRITE, _CITED),
        )
        for tag, numbers in values.items()
    ]
    return [*tables, *without_sound(header)]


def _edit(tag: int, action: Action, cited: str) -> Edit:
    return Edit(f"dcm:({tag >> 16:04X},{tag & 0xFFFF:04X})", action, _RULE, cited)
