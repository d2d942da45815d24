"""The child process that decodes a video: ``python -m deidra.pixels.video_decoder`` reads the stream on standard input,
a file that can be sought in, and writes one frame after another to standard output. See video_redact.py.
"""

from __future__ import annotations

import os
import struct
import sys
from typing import IO

# 1 and rows and columns before every frame of RGB samples; 0 at the end; 2 where the stream is damaged
FRAME = struct.Struct("<BII")
MOST_CHILD_BYTES = 6 << 30

_OPTIONS = {
    # What PS3.5 8.2.5 to 8.2.11 let a video be wrapped in, and nothing that refers to other files
    "format_whitelist": "mpegvideo,mpeg,mpegts,h264,hevc,mov,mp4,m4a,3gp,3g2,mj2",
    "codec_whitelist": "mpeg2video,mpeg1video,h264,hevc",
    "protocol_whitelist": "",
}


def serve(stream: IO[bytes], answers: IO[bytes]) -> None:
    """Write every frame of the first video track; colours are RGB of 8 bits."""
    import av
    from av.video.reformatter import Interpolation

    smooth = Interpolation.BILINEAR
    try:
        with av.open(stream, "r", options=_OPTIONS) as container:
            track = container.streams.video[0]
            track.thread_count = 1
            track.codec_context.options = {"err_detect": "explode"}
            for frame in container.decode(track):
                if frame.is_corrupt:
                    raise ValueError("corrupt")
                answers.write(FRAME.pack(1, frame.height, frame.width))
                answers.write(frame.to_ndarray(format="rgb24", interpolation=smooth).data)
    except Exception:  # noqa: BLE001 - what a decoder says may quote the stream
        answers.write(FRAME.pack(2, 0, 0))
    else:
        answers.write(FRAME.pack(0, 0, 0))
    answers.flush()


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
        serve(source, sys.stdout.buffer)
