"""Measure how fast coded streams are cleaned, each with a few carriers to find.

    python -m bench.bitstream [--seconds N]

Prints megabytes of stream per second of CPU, on one core, beside the time that a decoder takes for the same frames.
Needs the extra `dev`: the streams are coded by imagecodecs, Pillow and PyAV.
"""

from __future__ import annotations

import argparse
import io
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import imagecodecs
import numpy as np
from PIL import Image

from bench.machine import machine

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from bitstream.decoders import DECODERS
from bitstream.planted import segment
from deidra.bitstream import StreamKind, clean_stream, clean_video
from deidra.bitstream.video.source import BytesSource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

_COMMENT = b"A comment of thirty-two letters."


class Case(NamedTuple):
    """A stream to clean again and again."""

    name: str
    kind: StreamKind
    data: bytes
    pixels: int


def picture(side: int, samples: int, depth: int = 8) -> NDArray[Any]:
    """Something like an image: smooth, with noise in it."""
    rng = np.random.default_rng(side)
    top = (1 << depth) - 1
    down, across = np.mgrid[0:side, 0:side]
    smooth = (np.sin(down / 37) + np.cos(across / 53)) * top / 6 + top / 2
    planes = [smooth + rng.normal(0, top / 40, (side, side)) for _ in range(samples)]
    found = np.stack(planes, axis=-1).clip(0, top).astype(np.uint8 if depth == 8 else np.uint16)
    return found[..., 0] if samples == 1 else found


def _jpeg(pixels: NDArray[Any], **options: Any) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", **options)
    data = out.getvalue()
    return data[:2] + segment(0xFE, _COMMENT) + segment(0xE1, b"Exif\0\0" + bytes(200)) + data[2:]


def cases() -> Iterator[Case]:
    """Frames of the sizes that clinics make, and a minute of video."""
    for side in (512, 2048):
        yield Case(f"JPEG {side} x {side}, colour", StreamKind.JPEG, _jpeg(picture(side, 3), quality=90), side * side)
    yield Case("JPEG 512 x 512, grey", StreamKind.JPEG, _jpeg(picture(512, 1), quality=90), 512 * 512)
    yield Case("JPEG progressive 2048 x 2048", StreamKind.JPEG, _jpeg(picture(2048, 3), progressive=True), 2048**2)
    yield Case("JPEG tile 256 x 256", StreamKind.JPEG, _jpeg(picture(256, 3), quality=80), 256 * 256)
    deep = picture(512, 1, 12)
    yield Case(
        "JPEG lossless 512 x 512 x 12", StreamKind.JPEG, bytes(imagecodecs.ljpeg_encode(deep, bitspersample=12)), 512**2
    )
    yield Case("JPEG-LS 512 x 512 x 12", StreamKind.JPEG_LS, bytes(imagecodecs.jpegls_encode(deep)), 512 * 512)
    for side in (512, 2048):
        coded = bytes(imagecodecs.jpeg2k_encode(picture(side, 1, 12), level=0, reversible=True, codecformat="j2k"))
        yield Case(f"JPEG 2000 {side} x {side} x 12", StreamKind.JPEG_2000, coded, side * side)
    yield Case(
        "HTJ2K 512 x 512 x 12", StreamKind.JPEG_2000, bytes(imagecodecs.htj2k_encode(deep, reversible=True)), 512**2
    )
    out = io.BytesIO()
    Image.fromarray(picture(1024, 3)).save(out, "PNG")
    yield Case("PNG 1024 x 1024", StreamKind.PNG, out.getvalue(), 1024**2)


def videos() -> Iterator[Case]:
    """Streams of some megabytes, made by repeating a short one."""
    from bitstream.videos import written

    for name, kind, form, codec in (
        ("H.264", StreamKind.H264, "h264", "libx264"),
        ("HEVC", StreamKind.HEVC, "hevc", "libx265"),
        ("MPEG-2", StreamKind.MPEG_2, "mpeg2video", "mpeg2video"),
        ("H.264 in a transport stream", StreamKind.MPEG_TS, "mpegts", "libx264"),
        ("H.264 in MP4", StreamKind.MP4, "mp4", "libx264"),
    ):
        # Some 20 Mbit/s, as endoscopes record
        options = {"x265-params": "log-level=none:pools=none:frame-threads=1", "preset": "ultrafast", "b": "20M"}
        data = written(form, codec, options, frames=20, size=(1280, 720), noise=24)
        copies = 1 if kind is StreamKind.MP4 else max(1, (16 << 20) // len(data))
        yield Case(name, kind, data * copies, 0)


def rate(work: Callable[[], object], size_bytes: int, seconds: float) -> float:
    """Megabytes per second of CPU."""
    runs, began = 0, time.process_time()
    while (spent := time.process_time() - began) < seconds or not runs:
        work()
        runs += 1
    return size_bytes * runs / spent / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=1.0, help="of CPU for each figure")
    seconds = parser.parse_args().seconds
    print("; ".join(f"{key} {value}" for key, value in machine().items()))
    print("| stream | bytes | cleaning, MB/s | per frame, ms | a decoder, MB/s |\n|---|--:|--:|--:|--:|")
    for case in cases():
        decoder = next(iter(DECODERS[case.kind].values()))
        cleaned = clean_stream(case.data, case.kind, frame_pixels=case.pixels).data

        def clean(case: Case = case) -> object:
            return clean_stream(case.data, case.kind, frame_pixels=case.pixels)

        def decode(data: bytes = cleaned, decoder: Callable[[bytes], Any] = decoder) -> object:
            return decoder(data)

        fast = rate(clean, len(case.data), seconds)
        try:
            slow = f"{rate(decode, len(case.data), seconds):.0f}"
        except Exception:  # noqa: BLE001 - the first decoder does not read every form
            slow = "-"
        print(
            f"| {case.name} | {len(case.data):,} | {fast:,.0f} | {len(case.data) / fast / 1e3:.3f} | {slow} |",
            flush=True,
        )
    for case in videos():
        source = BytesSource(case.data)

        def clean_all(source: BytesSource = source, kind: StreamKind = case.kind) -> object:
            return clean_video(source, kind, len)

        fast = rate(clean_all, len(case.data), seconds)
        print(f"| {case.name} | {len(case.data):,} | {fast:,.0f} | - | - |", flush=True)


if __name__ == "__main__":
    main()
