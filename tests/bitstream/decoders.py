"""Decoders that other people wrote, at least two independent ones for every kind of stream."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from typing import Any

import av
import imagecodecs
import jpeg_ls
import numpy as np
import openjpeg
import rle
import tifffile
from PIL import Image, ImageSequence
from pydicom.pixels.decoders.rle import _rle_decode_frame

from deidra.bitstream import StreamKind
from deidra.bitstream.work import VIDEO_KINDS

# A stream -> something that equals only what was decoded alike
Decoder = Callable[[bytes], Any]


def _arrays(*found: Any) -> Any:
    return [(np.asarray(one).shape, str(np.asarray(one).dtype), np.asarray(one).tobytes()) for one in found]


def pillow(data: bytes) -> Any:
    """All frames, their mode and how long they are shown."""
    with Image.open(io.BytesIO(data)) as image:
        return [
            (
                frame.mode,
                frame.info.get("duration"),
                frame.convert("RGBA").tobytes(),
                frame.tobytes() if frame.mode != "P" else b"",
            )
            for frame in ImageSequence.Iterator(image)
        ]


def ffmpeg(data: bytes) -> Any:
    """All frames with their format, by the decoders of FFmpeg. Colours of a palette that no pixel uses do not count."""
    found = []
    with av.open(io.BytesIO(data)) as container:
        for frame in container.decode(video=0):
            name, shown = frame.format.name, frame.reformat(format="rgba") if frame.format.name == "pal8" else frame
            found.append((name, frame.width, frame.height, frame.pts, frame.color_range, _samples(shown)))
    assert found, "no frame"
    return found


def _samples(frame: Any) -> list[bytes]:
    """The samples of a frame without what fills up its lines in memory."""
    try:
        return [frame.to_ndarray().tobytes()]
    except (ValueError, AssertionError):
        return [bytes(plane) for plane in frame.planes]


def _first(decoder: Decoder) -> Decoder:
    """Of one image: what stands behind it is no part of it, though some programs read on."""
    return lambda data: decoder(data)[:1]


def _codec(name: str) -> Decoder:
    decode = getattr(imagecodecs, f"{name}_decode")

    def decoded(data: bytes) -> Any:
        return _arrays(decode(data))

    return decoded


def _tifffile(data: bytes) -> Any:
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        return _arrays(*(page.asarray() for page in file.pages))


def _charls(data: bytes) -> Any:
    return _arrays(jpeg_ls.decode(data if len(data) % 2 == 0 else data + b"\0"))


def _openjpeg(data: bytes) -> Any:
    return _arrays(openjpeg.decode(data))


def _pydicom_rle(data: bytes) -> Any:
    return bytes(_rle_decode_frame(data, 37, 53, 1, 16))


def _pylibjpeg_rle(data: bytes) -> Any:
    return bytes(rle.decode_frame(data, 37 * 53, 16, "<"))


def _video(data: bytes) -> Any:
    try:
        return ffmpeg(data)
    except Exception:  # noqa: BLE001 - not every planted stream was right before
        return None


DECODERS: dict[StreamKind, dict[str, Decoder]] = {
    StreamKind.JPEG: {
        "pillow": _first(pillow),
        "ffmpeg": _first(ffmpeg),
        "jpeg8": _codec("jpeg8"),
        "ljpeg": _codec("ljpeg"),
        "sof3": _codec("jpegsof3"),
    },
    StreamKind.JPEG_LS: {"charls": _charls, "ffmpeg": ffmpeg, "imagecodecs": _codec("jpegls")},
    StreamKind.JPEG_2000: {"openjpeg": _openjpeg, "ffmpeg": ffmpeg, "openjph": _codec("htj2k"), "pillow": pillow},
    StreamKind.JP2: {"openjpeg": _openjpeg, "ffmpeg": _first(ffmpeg), "pillow": pillow},
    StreamKind.JPEG_XL: {"libjxl": _codec("jpegxl"), "ffmpeg": ffmpeg},
    StreamKind.PNG: {"pillow": pillow, "ffmpeg": ffmpeg, "libpng": _codec("png")},
    StreamKind.TIFF: {"pillow": pillow, "ffmpeg": ffmpeg, "tifffile": _tifffile},
    StreamKind.GIF: {"pillow": pillow, "ffmpeg": ffmpeg, "giflib": _codec("gif")},
    StreamKind.WEBP: {"pillow": pillow, "ffmpeg": ffmpeg},
    StreamKind.RLE: {"pydicom": _pydicom_rle, "pylibjpeg": _pylibjpeg_rle},
    **{kind: {"ffmpeg": _video} for kind in VIDEO_KINDS},
    StreamKind.BMP: {"pillow": pillow, "ffmpeg": ffmpeg, "imagecodecs": _codec("bmp")},
}


def decodings(data: bytes, kind: StreamKind) -> dict[str, Any]:
    """What each decoder that can makes of a stream."""
    found = {}
    for name, decoder in DECODERS[kind].items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                found[name] = decoder(data)
            except Exception:  # noqa: BLE001, S112 - not every decoder reads every form
                continue
    return found
