"""The frames of a video one after another, decoded in a child process that a crash or a bomb cannot outlive.

A video is one stream whose frames are predicted from one another: it is decoded from its beginning. Objects miscount
their frames, and decoders leave out those whose reference is missing, so that what is decoded is what counts.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import IO, TYPE_CHECKING, Any

from deidra.errors import Held
from deidra.pixels.image import Layout
from deidra.pixels.video_decoder import FRAME

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MOST_SECONDS_PER_FRAME = 60
# Frames more or less than the object says: so many, and so many of a hundred
_FEW, _FEW_PERCENT = 2, 1


def decoded(layout: Layout, stream: IO[bytes], *, deep: bool = False) -> Iterator[NDArray[Any]]:
    """Every frame as RGB, (rows, columns, 3). `stream`: an open file with nothing but the coded video.

    Samples have 8 bits, or the Bits Stored of `layout` where `deep`.
    Raises Held "decoder-missing", "decoder-crashed", "frame-undecodable", "frame-size-mismatch", "video-unsupported"
    (several tracks, views or layers, of which one is decoded) and "frame-count-mismatch" (clearly more or fewer frames
    than the object says).
    """
    import numpy as np

    shape = layout.rows, layout.columns, 3
    for data in _answers(layout, stream, "deep" if deep else "frames"):
        if deep:
            yield np.frombuffer(data, "<u2").reshape(shape) >> 16 - layout.bits_stored
        else:
            yield np.frombuffer(data, np.uint8).reshape(shape)


def count_frames(layout: Layout, stream: IO[bytes]) -> int:
    """How many frames are decoded. Raises Held like `decoded`."""
    return sum(1 for _ in _answers(layout, stream, "count"))


def _answers(layout: Layout, stream: IO[bytes], mode: str) -> Iterator[bytes]:
    """What the child writes for each frame: its samples, or nothing where frames are only counted."""
    few = _FEW + layout.frames * _FEW_PERCENT // 100
    size = layout.rows * layout.columns * {"frames": 3, "deep": 6, "count": 0}[mode]
    process = _started(stream, mode)
    count = 0
    try:
        while True:
            state, rows, columns = FRAME.unpack(_read(process, FRAME.size))
            if state == 0:
                break
            if state == 3:
                raise Held("video-unsupported", "a video has several tracks or views, of which one is decoded")
            if state != 1:
                raise Held("frame-undecodable", "a video is damaged or not of its transfer syntax")
            if (rows, columns) != (layout.rows, layout.columns):
                raise Held("frame-size-mismatch", "a coded frame has another size than its object says")
            count += 1
            if count > layout.frames + few:
                raise Held("frame-count-mismatch", "a video has more frames than its object says")
            yield _read(process, size)
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
    if not count or count + few < layout.frames:
        raise Held("frame-count-mismatch", "a video has fewer frames than its object says")


def _started(stream: IO[bytes], mode: str) -> subprocess.Popen[bytes]:
    if find_spec("av") is None:
        raise Held("decoder-missing", "no decoder of videos is installed: the extra video brings one")
    stream.seek(0)
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "deidra.pixels.video_decoder", mode],
        stdin=stream,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def _read(process: subprocess.Popen[bytes], size: int) -> bytes:
    """What the child says next. Raises Held where it died, or takes too long."""
    assert process.stdout is not None  # noqa: S101 - asked for
    timer = threading.Timer(_MOST_SECONDS_PER_FRAME, process.kill)
    timer.start()
    try:
        data = process.stdout.read(size)
    finally:
        timer.cancel()
    if len(data) < size:
        raise Held("decoder-crashed", "the decoder died or did not end on a video")
    return data


class FrameByFrame:
    """Frames of a video by number. Asked for in order they are decoded once; what was shown before is decoded anew.

    `opened` gives the coded video as an open file; it is closed when the last frame was read or nobody asks any more.
    """

    def __init__(self, layout: Layout, opened: Callable[[], IO[bytes]], frames: int) -> None:
        self._layout = layout
        self._opened = opened
        self._frames = frames
        self._next = 0
        self._coming: Iterator[NDArray[Any]] = iter(())
        self._shown: NDArray[Any] | None = None

    def frame(self, number: int) -> NDArray[Any]:
        """Frame `number`, from 0, (rows, columns, 3). Raises Held like `decoded`."""
        if number == self._next - 1 and self._shown is not None:
            return self._shown
        if number < self._next or self._next == 0:
            self._next, self._coming = 0, self._all()
        while self._next <= number:
            shown = next(self._coming, None)
            if shown is None:
                raise Held("frame-count-mismatch", "a video has fewer frames than it had before")
            self._shown = shown
            self._next += 1
        if self._next == self._frames:
            self._coming = iter(())  # ends the child
        assert self._shown is not None  # noqa: S101 - at least one was read
        return self._shown

    def _all(self) -> Iterator[NDArray[Any]]:
        with self._opened() as stream:
            yield from decoded(self._layout, stream)
