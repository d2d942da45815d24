"""The child process that decodes a video: ``python -m deidra.pixels.video_decoder MODE`` reads the stream on standard
input, a file that can be sought in, and writes one frame after another to standard output. See video_frames.py.
"""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Iterator
from typing import IO, Any

# 1 and rows and columns before every frame of RGB samples, if the mode has any; 0 at the end; 2 where the stream is
# damaged; 3 where it shows more than is decoded
FRAME = struct.Struct("<BII")
# RGB of 8 bits, RGB of 16 bits (the most significant are those of the video), nothing
MODES = {"frames": "rgb24", "deep": "rgb48le", "count": ""}
MOST_CHILD_BYTES = 6 << 30

_OPTIONS = {
    # What PS3.5 8.2.5 to 8.2.11 let a video be wrapped in, and nothing that refers to other files
    "format_whitelist": "mpegvideo,mpeg,mpegts,h264,hevc,mov,mp4,m4a,3gp,3g2,mj2",
    "codec_whitelist": "mpeg2video,mpeg1video,h264,hevc",
    "protocol_whitelist": "",
    # Frames that an edit list leaves out are in the file, and some players show them
    "ignore_editlist": "1",
}
# Subset parameter sets and slices of further views (H.264 Annex H): the decoder leaves them out
_FURTHER_VIEWS = frozenset((15, 20, 21))


class MoreIsShownError(Exception):
    """There is more to see than the one picture that is decoded."""


def serve(stream: IO[bytes], answers: IO[bytes], mode: str) -> None:
    """Write every frame of the only video track, as a mode of MODES says."""
    from av.video.reformatter import Interpolation

    try:
        for frame in _frames(stream):
            answers.write(FRAME.pack(1, frame.height, frame.width))
            if MODES[mode]:
                answers.write(frame.to_ndarray(format=MODES[mode], interpolation=Interpolation.BILINEAR).data)
    except MoreIsShownError:
        answers.write(FRAME.pack(3, 0, 0))
    except Exception:  # noqa: BLE001 - what a decoder says may quote the stream
        answers.write(FRAME.pack(2, 0, 0))
    else:
        answers.write(FRAME.pack(0, 0, 0))
    answers.flush()


def _frames(stream: IO[bytes]) -> Iterator[Any]:
    import av

    with av.open(stream, "r", options=_OPTIONS) as container:
        if len(container.streams.video) > 1:
            raise MoreIsShownError
        track = container.streams.video[0]
        track.thread_count = 1
        track.codec_context.options = {"err_detect": "explode"}
        name = track.codec_context.name
        prefix = _prefix_bytes(bytes(track.codec_context.extradata or b""), name)
        for packet in container.demux(track):
            if shows_more(bytes(packet), name, prefix):
                raise MoreIsShownError
            for frame in packet.decode():
                if frame.is_corrupt:
                    raise ValueError("corrupt")
                yield frame


def _prefix_bytes(extradata: bytes, codec: str) -> int:
    """Bytes of the length before each unit; 0 where units stand between start codes (ISO/IEC 14496-15 5.3.3, 8.3.3)."""
    at = 21 if codec == "hevc" else 4
    return (extradata[at] & 3) + 1 if extradata[:1] == b"\1" and len(extradata) > at else 0


def shows_more(packet: bytes, codec: str, prefix_bytes: int) -> bool:
    """Whether a packet of H.264 or HEVC has units of a second view or of a further layer."""
    if codec not in ("h264", "hevc"):
        return False
    for unit in _units(packet, prefix_bytes):
        if codec == "h264" and unit[0] & 31 in _FURTHER_VIEWS:
            return True
        if codec == "hevc" and (unit[0] & 1 or unit[1] >> 3):
            return True
    return False


def _units(packet: bytes, prefix_bytes: int) -> Iterator[bytes]:
    """The first two bytes of each network abstraction layer unit."""
    at = 0
    while prefix_bytes and at + prefix_bytes + 2 <= len(packet):
        size = int.from_bytes(packet[at : at + prefix_bytes], "big")
        yield packet[at + prefix_bytes : at + prefix_bytes + 2]
        at += prefix_bytes + size
    while not prefix_bytes and (at := packet.find(b"\0\0\1", at) + 3) >= 3:
        if at + 2 <= len(packet):
            yield packet[at : at + 2]


def _limited() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (MOST_CHILD_BYTES, MOST_CHILD_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    _limited()
    with os.fdopen(0, "rb") as source:
        serve(source, sys.stdout.buffer, sys.argv[1])
