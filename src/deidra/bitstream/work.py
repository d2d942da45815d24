"""What cleaning a coded stream speaks of: kinds, what was dropped, and the three ways to be held."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from deidra.errors import Held


class StreamKind(StrEnum):
    """A coded format. The second block are video formats, which are read piece by piece."""

    JPEG = "jpeg"  # baseline, extended, progressive, lossless: ITU-T T.81; and JPEG-LS, whose SOF tells
    JPEG_LS = "jpeg-ls"  # ITU-T T.87
    JPEG_2000 = "jpeg-2000"  # naked codestream, ITU-T T.800, with T.814 (HTJ2K)
    JP2 = "jp2"  # JP2, JPH and the part of JPX that a JP2 reader reads
    JPEG_XL = "jpeg-xl"  # naked or in boxes, ISO/IEC 18181
    RLE = "rle"  # PS3.5 Annex G
    ICC = "icc"
    PNG = "png"
    TIFF = "tiff"
    GIF = "gif"
    WEBP = "webp"
    BMP = "bmp"

    MPEG_2 = "mpeg-2"  # elementary stream, also of MPEG-1
    H264 = "h264"  # byte stream of ITU-T H.264 Annex B
    HEVC = "hevc"  # byte stream of ITU-T H.265 Annex B
    MPEG_TS = "mpeg-ts"
    MPEG_PS = "mpeg-ps"
    MP4 = "mp4"  # ISO base media and QuickTime


VIDEO_KINDS = frozenset(
    (StreamKind.MPEG_2, StreamKind.H264, StreamKind.HEVC, StreamKind.MPEG_TS, StreamKind.MPEG_PS, StreamKind.MP4)
)


class Dropped(msgspec.Struct, frozen=True):
    """One sort of content that left a stream: what it was, where it first stood, its bytes, how often it came.

    Neither `what` nor `where` ever holds bytes of the stream. `size_bytes` counts the content before cleaning; of
    what was only rewritten, the bytes that carried something.
    """

    what: str
    where: str
    size_bytes: int
    times: int = 1


class CleanedStream(msgspec.Struct, frozen=True):
    """A stream that decodes to the very samples of the original. `data` is the original where nothing was dropped."""

    data: bytes
    kind: StreamKind
    dropped: tuple[Dropped, ...]


class Tally:
    """Gathers what is dropped; a thousand like segments are one entry."""

    def __init__(self) -> None:
        self._found: dict[str, list[int]] = {}

    def drop(self, what: str, position: int, size_bytes: int) -> None:
        """Count `size_bytes` bytes of `what` at byte `position`."""
        entry = self._found.setdefault(what, [position, 0, 0])
        entry[1] += size_bytes
        entry[2] += 1

    def dropped(self) -> tuple[Dropped, ...]:
        """All entries in the order in which they were first met."""
        return tuple(Dropped(what, f"byte {at}", size, times) for what, (at, size, times) in self._found.items())

    def __bool__(self) -> bool:
        return bool(self._found)


def truncated(what: str, position: int) -> Held:
    """The stream ends inside `what`."""
    return Held("stream-truncated", f"the stream ends inside {what}", f"byte {position}")


def malformed(why: str, position: int) -> Held:
    """The stream breaks its grammar; `why` never quotes bytes of it."""
    return Held("stream-malformed", why, f"byte {position}")


def unsupported(why: str, position: int) -> Held:
    """The stream may be right, but uses what is not understood here."""
    return Held("stream-unsupported", why, f"byte {position}")


def hidden(why: str, position: int) -> Held:
    """Bytes that look like text stand where coded samples should, and cannot be told from them."""
    return Held("stream-hidden-text", why, f"byte {position}")
