"""Short videos coded in every way that is cleaned, by the encoders of FFmpeg."""

from __future__ import annotations

import io
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any

import av
import numpy as np

from deidra.bitstream import StreamKind

if TYPE_CHECKING:
    from collections.abc import Mapping

COLUMNS, ROWS, FRAMES, RATE = 96, 64, 16, 25
av.logging.set_level(av.logging.PANIC)


def _picture(number: int, columns: int, rows: int, noise: int) -> np.ndarray[Any, Any]:
    down, across = np.mgrid[0:rows, 0:columns]
    shade = (across * 2 + down + number * 6) % 256
    if noise:
        shade = np.clip(shade // 2 + np.random.default_rng(number).integers(0, noise, shade.shape), 0, 255)
    return np.stack([shade, np.roll(shade, number * 3, axis=1), 255 - shade], axis=-1).astype(np.uint8)


def written(
    form: str,
    codec: str,
    options: Mapping[str, str] | None = None,
    *,
    pixels: str = "yuv420p",
    sound: str = "",
    metadata: Mapping[str, str] | None = None,
    muxing: Mapping[str, str] | None = None,
    frames: int = FRAMES,
    size: tuple[int, int] = (COLUMNS, ROWS),
    noise: int = 0,
) -> bytes:
    """A video as a file of the given form."""
    out = io.BytesIO()
    with av.open(out, "w", format=form, options=dict(muxing or {})) as container:
        container.metadata.update(metadata or {})
        stream = container.add_stream(codec, rate=RATE, options={"threads": "1", **(options or {})})
        stream.width, stream.height, stream.pix_fmt = *size, pixels
        stream.time_base = Fraction(1, RATE)
        tone = container.add_stream(sound, rate=44_100, layout="mono") if sound else None
        for number in range(frames):
            frame = av.VideoFrame.from_ndarray(_picture(number, *size, noise), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if tone is not None:
            _sound(container, tone)
    return out.getvalue()


def _sound(container: Any, tone: Any) -> None:
    """Half a second of a tone."""
    for number in range(10):
        wave = (np.sin(np.arange(1152) / 16) * 9_000).astype(np.int16)[None, :]
        frame = av.AudioFrame.from_ndarray(wave, format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 44_100, number * 1152, Fraction(1, 44_100)
        for packet in tone.encode(frame):
            container.mux(packet)
    container.mux(tone.encode(None))


def muxed(form: str, coded_as: str, data: bytes) -> bytes:
    """An elementary stream, whose pictures stand in the order of their times, as a file of the given form."""
    out = io.BytesIO()
    with av.open(io.BytesIO(data), format=coded_as) as source, av.open(out, "w", format=form) as container:
        stream = container.add_stream_from_template(source.streams.video[0])
        packets = [packet for packet in source.demux(video=0) if packet.size]
        for number, packet in enumerate(packets):
            packet.stream, packet.time_base = stream, Fraction(1, RATE)
            packet.pts = packet.dts = number
            container.mux(packet)
    return out.getvalue()


_HRD = "keyint=8:nal-hrd=vbr:vbv-maxrate=900:vbv-bufsize=900:pic-struct=1:aud=1:open-gop=1"
_HEVC_HRD = (
    "log-level=none:pools=none:frame-threads=1:hrd=1:vbv-maxrate=900:vbv-bufsize=900:aud=1:hash=1:repeat-headers=1"
)
_PLAIN_HEVC = "log-level=none:pools=none:frame-threads=1:keyint=8"
_MADE: dict[StreamKind, dict[str, dict[str, Any]]] = {
    StreamKind.MPEG_2: {
        "MPEG-2": {"form": "mpeg2video", "codec": "mpeg2video", "options": {"g": "6", "bf": "2"}},
        "interlaced": {"form": "mpeg2video", "codec": "mpeg2video", "options": {"flags": "+ilme+ildct", "g": "6"}},
        "MPEG-1": {"form": "mpeg1video", "codec": "mpeg1video"},
    },
    StreamKind.H264: {
        "plain": {"form": "h264", "codec": "libx264", "options": {"x264-params": "keyint=8:bframes=2"}},
        "buffers": {"form": "h264", "codec": "libx264", "options": {"x264-params": _HRD}},
        "interlaced": {"form": "h264", "codec": "libx264", "options": {"x264-params": "tff=1:keyint=8"}},
        "slices": {"form": "h264", "codec": "libx264", "options": {"x264-params": "slices=4:intra-refresh=1"}},
        "baseline": {"form": "h264", "codec": "libx264", "options": {"profile": "baseline"}},
        "10 bit": {"form": "h264", "codec": "libx264", "pixels": "yuv422p10le", "options": {"x264-params": "cqm=jvt"}},
    },
    StreamKind.HEVC: {
        "plain": {"form": "hevc", "codec": "libx265", "options": {"x265-params": _PLAIN_HEVC}},
        "buffers": {"form": "hevc", "codec": "libx265", "options": {"x265-params": _HEVC_HRD}},
        "interlaced": {"form": "hevc", "codec": "libx265", "options": {"x265-params": _PLAIN_HEVC + ":interlace=tff"}},
        "10 bit": {
            "form": "hevc",
            "codec": "libx265",
            "pixels": "yuv420p10le",
            "options": {"x265-params": _PLAIN_HEVC + ":scaling-list=default:temporal-layers=3:weightp=1"},
        },
    },
    StreamKind.MPEG_TS: {
        "H.264": {"form": "mpegts", "codec": "libx264", "sound": "aac"},
        "HEVC": {"form": "mpegts", "codec": "libx265", "options": {"x265-params": _PLAIN_HEVC}, "sound": "aac"},
        "MPEG-2": {"form": "mpegts", "codec": "mpeg2video", "sound": "mp2"},
    },
    StreamKind.MPEG_PS: {
        "MPEG-2": {"form": "vob", "codec": "mpeg2video", "sound": "mp2"},
        "H.264": {"form": "vob", "codec": "libx264", "options": {"x264-params": "bframes=0"}},
    },
    StreamKind.MP4: {
        "H.264": {"form": "mp4", "codec": "libx264", "sound": "aac"},
        "HEVC": {"form": "mp4", "codec": "libx265", "options": {"x265-params": _HEVC_HRD}, "sound": "aac"},
        "MPEG-2": {"form": "mp4", "codec": "mpeg2video"},
        "QuickTime": {"form": "mov", "codec": "libx264", "sound": "aac"},
        "QuickTime MPEG-2": {"form": "mov", "codec": "mpeg2video"},
    },
}


@cache
def video(kind: StreamKind, name: str) -> bytes:
    """A video by kind and name."""
    return written(**_MADE[kind][name])


def every() -> list[tuple[StreamKind, str]]:
    """All kinds and names, for the tests to go through."""
    return [(kind, name) for kind, made in _MADE.items() for name in made]
