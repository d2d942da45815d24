"""A video as the rooms that look at pixels want it: as frames that are not compressed, decoded one after another."""

from __future__ import annotations

import tempfile
from typing import IO

from msgspec.structs import replace

from deidra.dicom.fragments import LOCATOR, read_fragments
from deidra.dicom.header import Header
from deidra.dicom.pixel_image import device_of, layout_of, reopened, series_group_of
from deidra.dicom.reader import FileReader, Reader, Span
from deidra.dicom.source import EXPLICIT_LITTLE_UID, Source
from deidra.dicom.stream import FRAGMENTS, PIXEL_DATA
from deidra.errors import Held
from deidra.pixels.frames import check
from deidra.pixels.image import Layout
from deidra.pixels.video_frames import FrameByFrame, count_frames

_COPIED_BYTES = 1 << 20


class VideoImage:
    """One video in a file that is opened when its frames are asked for, or in a reader that stays open.

    `layout` is that of the decoded frames: RGB of 8 bits, as many as there are. The constructor decodes the whole
    video once to count them. Raises Held like `video_frames.decoded`.
    """

    def __init__(self, where: str | Reader, header: Header, source: Source, tags: frozenset[str]) -> None:
        coded = layout_of(header, source)
        check(coded)
        self._where = where
        self._is_plain = isinstance(source.reader, FileReader)
        self._spans = video_spans(header, source)
        with self._copied() as stream:
            frames = count_frames(coded, stream)
        self.device = device_of(header, tags)
        self.series_group = series_group_of(header)
        self.layout = _shown(coded, frames)
        self._frames = FrameByFrame(coded, self._copied, frames)

    def coded(self, frame: int) -> bytes:
        """The samples of frame `frame`, from 0, as a native frame of `layout`. Raises Held."""
        return self._frames.frame(frame).tobytes()

    def _copied(self) -> IO[bytes]:
        with reopened(self._where, is_plain=self._is_plain) as reader:
            return copied(reader, self._spans)


def _shown(coded: Layout, frames: int) -> Layout:
    return replace(
        coded,
        transfer_syntax_uid=EXPLICIT_LITTLE_UID,
        frames=frames,
        samples_per_pixel=3,
        photometric_interpretation="RGB",
        planar_configuration=0,
        bits_allocated=8,
        bits_stored=8,
        high_bit=7,
        is_signed=False,
        palette=None,
        windows=(),
        padding_value=None,
    )


def video_spans(header: Header, source: Source) -> list[Span]:
    """Where the fragments of a video stand in the reader of `source`. Raises Held."""
    found = header.element(PIXEL_DATA)
    if found is None or found[1][5] is not FRAGMENTS:
        raise Held("pixels-missing", "there is no coded pixel data at the top of the object", LOCATOR)
    section, (_, _, _, value, _, _) = found
    fragments = read_fragments(source.reader, section.base + value).fragments
    if not fragments:
        raise Held("frames-missing", "there is no fragment", LOCATOR)
    return fragments


def copied(reader: Reader, spans: list[Span]) -> IO[bytes]:
    """A nameless temporary file with the bytes of `spans`: what decodes a video seeks in it."""
    stream = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    try:
        for start, size in spans:
            for at in range(0, size, _COPIED_BYTES):
                stream.write(reader.read_at(start + at, min(_COPIED_BYTES, size - at)))
        stream.flush()
        stream.seek(0)
    except BaseException:
        stream.close()
        raise
    return stream
