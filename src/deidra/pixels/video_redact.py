"""Boxes filled in videos. Their frames are predicted from one another, so that none can be changed alone.

The documented fall-back: every frame is decoded, filled and coded as lossless JPEG-LS, in RGB. What the decoder showed
stays as it is, at some 25 to 70 times the size; the alternative, to code the video anew with loss, would change every
pixel. Sound and whatever else the container held is left out.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from typing import IO, TYPE_CHECKING, Any

from msgspec import structs

from deidra.errors import Held
from deidra.pixels.decoders import VIDEO_SYNTAXES
from deidra.pixels.fill import filled, within
from deidra.pixels.frames import check
from deidra.pixels.image import Box, Layout
from deidra.pixels.lossless import encode_ls
from deidra.pixels.video_decoder import FRAME

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MOST_SECONDS_PER_FRAME = 60
_MOST_RAW_BYTES = 1 << 36


def redacted_frames(layout: Layout, stream: IO[bytes], boxes_of: Callable[[int], Sequence[Box]]) -> Iterator[bytes]:
    """The frames of a video as lossless JPEG-LS, each with its boxes filled. One frame is in memory at a time.

    `stream`: an open file that holds nothing but the coded video (all fragments in turn). As many frames as come are
    the new Number of Frames; they may be a few more or less than the object said. Raises Held "video-too-large",
    "decoder-missing", "decoder-crashed", "bits-unsupported", "frame-undecodable", "frame-size-mismatch" and
    "frame-count-mismatch".
    """
    check(layout)
    if layout.transfer_syntax_uid not in VIDEO_SYNTAXES:
        raise Held("transfer-syntax-unsupported", "this is no video")
    if layout.bits_allocated != 8 or layout.samples_per_pixel != 3:
        raise Held("bits-unsupported", "videos of more than 8 bits, or without colour, are not redacted")
    if layout.rows * layout.columns * 3 * layout.frames > _MOST_RAW_BYTES:
        raise Held("video-too-large", "without loss the video would be too large")
    rgb = structs.replace(layout, photometric_interpretation="RGB", planar_configuration=0)
    # Objects miscount, and decoders leave out frames whose reference is missing: a few may be more or less
    few, count = 2 + layout.frames // 100, 0
    for count, frame in enumerate(_decoded(layout, stream), start=1):
        if count > layout.frames + few:
            raise Held("frame-count-mismatch", "a video has more frames than its object says")
        yield encode_ls(filled(rgb, frame, within(layout, boxes_of(count - 1))), 8)
    if count + few < layout.frames:
        raise Held("frame-count-mismatch", "a video has fewer frames than its object says")


def _decoded(layout: Layout, stream: IO[bytes]) -> Iterator[NDArray[Any]]:
    """The frames (rows, columns, 3) that a child process decodes."""
    import numpy as np

    if find_spec("av") is None:
        raise Held("decoder-missing", "no decoder of videos is installed: the extra video brings one")
    stream.seek(0)
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "deidra.pixels.video_decoder"],
        stdin=stream,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None  # noqa: S101 - asked for
    try:
        while True:
            state, rows, columns = _read(process, FRAME)
            if state == 0:
                return
            if state != 1:
                raise Held("frame-undecodable", "a video is damaged or not of its transfer syntax")
            if (rows, columns) != (layout.rows, layout.columns):
                raise Held("frame-size-mismatch", "a coded frame has another size than its object says")
            data = _read_bytes(process, rows * columns * 3)
            yield np.frombuffer(data, np.uint8).reshape(rows, columns, 3)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def _read(process: subprocess.Popen[bytes], head: Any) -> tuple[int, int, int]:
    state, rows, columns = head.unpack(_read_bytes(process, head.size))
    return state, rows, columns


def _read_bytes(process: subprocess.Popen[bytes], size: int) -> bytes:
    """What the child says next. Raises Held where it died, or takes too long."""
    assert process.stdout is not None  # noqa: S101
    timer = threading.Timer(_MOST_SECONDS_PER_FRAME, process.kill)
    timer.start()
    try:
        data = process.stdout.read(size)
    finally:
        timer.cancel()
    if len(data) < size:
        raise Held("decoder-crashed", "the decoder died or did not end on a video")
    return data
