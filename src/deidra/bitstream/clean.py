"""One coded stream in, the same samples out and nothing else: the door of this room."""

from __future__ import annotations

import struct
from collections.abc import Callable

from deidra.bitstream.bmp import clean_bmp
from deidra.bitstream.gif import clean_gif
from deidra.bitstream.icc import clean_icc
from deidra.bitstream.jpeg.clean import clean_jpeg
from deidra.bitstream.jpeg2000.codestream import clean_jpeg2000
from deidra.bitstream.jpeg2000.jp2 import clean_jp2
from deidra.bitstream.jpeg_xl.clean import clean_jpeg_xl
from deidra.bitstream.png import clean_png
from deidra.bitstream.rle import clean_rle
from deidra.bitstream.tiff.clean import clean_tiff
from deidra.bitstream.video.clean import clean_video
from deidra.bitstream.video.source import BytesSource
from deidra.bitstream.webp import clean_webp
from deidra.bitstream.work import VIDEO_KINDS, CleanedStream, StreamKind, Tally, truncated

_CLEANERS: dict[StreamKind, Callable[[bytes, Tally], bytes]] = {
    StreamKind.JPEG: clean_jpeg,
    StreamKind.JPEG_LS: clean_jpeg,
    StreamKind.JPEG_2000: clean_jpeg2000,
    StreamKind.JP2: clean_jp2,
    StreamKind.JPEG_XL: clean_jpeg_xl,
    StreamKind.ICC: clean_icc,
    StreamKind.PNG: clean_png,
    StreamKind.TIFF: clean_tiff,
    StreamKind.GIF: clean_gif,
    StreamKind.WEBP: clean_webp,
    StreamKind.BMP: clean_bmp,
}


def clean_stream(data: bytes | memoryview, kind: StreamKind, *, frame_pixels: int | None = None) -> CleanedStream:
    """The stream with what decoding and colour need, its coded samples untouched, and what was dropped.

    `frame_pixels` is rows times columns of one frame and needed for RLE alone. Raises Held where the grammar is not
    understood, the stream is cut short, or hides text where it cannot be told from samples.
    """
    tally = Tally()
    whole = bytes(data)
    if kind in VIDEO_KINDS:
        pieces: list[bytes] = []
        video = clean_video(BytesSource(whole), kind, pieces.append)
        return CleanedStream(b"".join(pieces) if video.dropped else whole, kind, video.dropped)
    try:
        is_rle = kind is StreamKind.RLE
        cleaned = clean_rle(whole, tally, frame_pixels) if is_rle else _CLEANERS[kind](whole, tally)
    except (struct.error, IndexError):
        # A fixed field read past the end
        raise truncated("a header", len(whole)) from None
    return CleanedStream(cleaned, kind, tally.dropped())
