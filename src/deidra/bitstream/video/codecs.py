"""The coded formats that video containers carry."""

from __future__ import annotations

from deidra.bitstream.video.h264 import H264
from deidra.bitstream.video.hevc import Hevc
from deidra.bitstream.video.mpeg2 import Mpeg2
from deidra.bitstream.video.start_codes import Codec
from deidra.bitstream.work import StreamKind, Tally


def codec_for(kind: StreamKind, tally: Tally) -> Codec:
    """The decisions for a video of this kind; a new one for each stream, because it remembers parameter sets."""
    if kind is StreamKind.H264:
        return H264(tally)
    return Hevc(tally) if kind is StreamKind.HEVC else Mpeg2(tally)
