"""Video of any length in constant memory: the second door of this room.

What decoding and timing need stays; coded samples are copied. Elementary streams become shorter; in containers each
picture keeps its size.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

import msgspec

from deidra.bitstream.video.codecs import codec_for
from deidra.bitstream.video.mp4 import clean_mp4
from deidra.bitstream.video.mpeg_ps import clean_program
from deidra.bitstream.video.mpeg_ts import clean_transport
from deidra.bitstream.video.source import Source
from deidra.bitstream.video.start_codes import StartCodes
from deidra.bitstream.work import Dropped, StreamKind, Tally, truncated

_PIECE_BYTES = 1 << 20
_CONTAINERS: dict[StreamKind, Callable[[Source, Tally, Callable[[bytes], object]], int]] = {
    StreamKind.MPEG_TS: clean_transport,
    StreamKind.MPEG_PS: clean_program,
    StreamKind.MP4: clean_mp4,
}


class CleanedVideo(msgspec.Struct, frozen=True):
    """What was written: its size, and what the original had besides."""

    kind: StreamKind
    size_bytes: int
    dropped: tuple[Dropped, ...]


def clean_video(source: Source, kind: StreamKind, write: Callable[[bytes], object]) -> CleanedVideo:
    """Give `write` the cleaned stream piece by piece.

    Raises Held, also after pieces were written: what was written is then worthless. Memory does not grow with the
    stream but for the index of an MP4 (some 20 bytes a picture).
    """
    tally = Tally()
    try:
        container = _CONTAINERS.get(kind)
        size_bytes = container(source, tally, write) if container else _elementary(source, kind, tally, write)
    except (struct.error, IndexError):
        # A fixed field read past the end
        raise truncated("a header", source.size) from None
    return CleanedVideo(kind, size_bytes, tally.dropped())


def _elementary(source: Source, kind: StreamKind, tally: Tally, write: Callable[[bytes], object]) -> int:
    codes = StartCodes(codec_for(kind, tally), tally, same_size=False)
    size_bytes = 0
    for at in range(0, source.size, _PIECE_BYTES):
        data = codes.push(source.read_at(at, _PIECE_BYTES))
        size_bytes += len(data)
        write(data)
    data = codes.finish()
    write(data)
    return size_bytes + len(data)
