"""Damaged and hostile streams: held with a reason, or cleaned; never a crash, a hang, or memory without bound."""

from __future__ import annotations

import random
import struct
import time
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitstream import pictures, planted, videos
from bitstream.hostile import CODES, check, mutated, seeds
from deidra.bitstream import StreamKind, clean_stream, kind_of
from deidra.bitstream.boxes import box
from deidra.errors import Held

MUTANTS, SECONDS = 12, 0.5
MOST_BYTES = 48 << 20
_SMALL = {
    StreamKind.JPEG: "grey",
    StreamKind.JPEG_LS: "1x8 near 3",
    StreamKind.JPEG_2000: "one resolution",
    StreamKind.JPEG_XL: "slow",
    StreamKind.PNG: "two colours",
    StreamKind.TIFF: "Pillow bilevel",
    StreamKind.GIF: "GIF",
    StreamKind.WEBP: "lossy",
    StreamKind.BMP: "1",
}
_SMALL_VIDEOS = {
    StreamKind.H264: "plain",
    StreamKind.HEVC: "10 bit",
    StreamKind.MPEG_2: "MPEG-1",
    StreamKind.MP4: "H.264",
}


@pytest.mark.parametrize("kind", _SMALL)
def test_a_picture_cut_short_anywhere_is_held_or_cleaned(kind: StreamKind) -> None:
    data = pictures.coded(kind)[_SMALL[kind]]
    for size in range(len(data)):
        assert check(data[:size], kind) == [], f"cut at byte {size}"


@pytest.mark.parametrize("kind", _SMALL_VIDEOS)
def test_a_video_cut_short_is_held_or_cleaned(kind: StreamKind) -> None:
    data = videos.video(kind, _SMALL_VIDEOS[kind])
    for size in (*range(200), *range(200, len(data), 11)):
        assert check(data[:size], kind) == [], f"cut at byte {size}"


@pytest.mark.parametrize("name", sorted(seeds()))
def test_no_damage_brings_a_cleaner_down(name: str) -> None:
    kind, data = seeds()[name]
    assert check(data, kind) == []
    rng = random.Random(f"damage {name}")
    ends = time.monotonic() + SECONDS
    for number in range(MUTANTS):
        assert check(mutated(data, rng), kind) == [], f"mutant {number}"
        if time.monotonic() > ends:
            break


@given(data=st.binary(max_size=300), kind=st.sampled_from(list(StreamKind)))
def test_any_bytes_are_held_or_cleaned(data: bytes, kind: StreamKind) -> None:
    assert check(data, kind) == []
    kind_of(data)


_STARTS = {
    StreamKind.JPEG: b"\xff\xd8\xff\xc0\0\x0b\x08\0\x08\0\x08\1\1\x11\0",
    StreamKind.JPEG_2000: b"\xff\x4f\xff\x51",
    StreamKind.JPEG_XL: b"\xff\x0a",
    StreamKind.PNG: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    StreamKind.TIFF: b"II*\0\x08\0\0\0",
    StreamKind.GIF: b"GIF89a",
    StreamKind.WEBP: b"RIFF\0\0\1\0WEBP",
    StreamKind.H264: b"\0\0\1\x67",
    StreamKind.HEVC: b"\0\0\1\x42\1",
    StreamKind.MPEG_2: b"\0\0\1\xb3",
    StreamKind.MPEG_PS: b"\0\0\1\xba\x44",
    StreamKind.MP4: b"\0\0\0\x08mdat\0\0\1\0moov",
    StreamKind.ICC: bytes(36) + b"acsp",
}


@given(rest=st.binary(max_size=200), kind=st.sampled_from(list(_STARTS)))
def test_any_bytes_behind_a_right_start_are_held_or_cleaned(rest: bytes, kind: StreamKind) -> None:
    assert check(_STARTS[kind] + rest, kind) == []


def _chunk(name: bytes, content: bytes) -> bytes:
    return len(content).to_bytes(4) + name + content + zlib.crc32(name + content).to_bytes(4)


def _png(columns: int, rows: int, stream: bytes, *more: bytes) -> bytes:
    head = struct.pack(">LLBBBBB", columns, rows, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (_chunk(b"IHDR", head), *more, _chunk(b"IDAT", stream), _chunk(b"IEND", b""))
    )


_BOMB = b"icc\0\0" + zlib.compress(bytes(80 << 20))


def _segment(marker: int, content: bytes) -> bytes:
    return b"\xff" + bytes((marker,)) + (len(content) + 2).to_bytes(2) + content


def _huge() -> dict[str, tuple[StreamKind, bytes]]:
    """Streams that promise far more than they hold, or hold far more than they promise."""
    jpeg, j2k = pictures.coded(StreamKind.JPEG)["grey"], pictures.coded(StreamKind.JPEG_2000)["one resolution"]
    video = videos.video(StreamKind.MP4, "H.264")
    sizes = video.index(b"stsz")
    frame = jpeg.index(b"\xff\xc0") + 5
    tiff = pictures.coded(StreamKind.TIFF)["plain"]
    siz = j2k.index(b"\xff\x51") + 4
    return {
        "PNG of 4 G pixels": (StreamKind.PNG, _png(65_535, 65_535, zlib.compress(bytes(1 << 20)))),
        "deflate bomb in PNG": (StreamKind.PNG, _png(10, 10, zlib.compress(bytes(80 << 20)))),
        "deflate bomb in iCCP": (StreamKind.PNG, _png(10, 10, zlib.compress(bytes(110)), _chunk(b"iCCP", _BOMB))),
        "JPEG of 4 G pixels that ends in text": (
            StreamKind.JPEG,
            jpeg[:frame] + b"\xff\xff\xff\xff" + jpeg[frame + 4 : -2] + b"ABCDEFGHIJKLMNOP" + jpeg[-2:],
        ),
        "JPEG 2000 of 4 G columns that ends in text": (
            StreamKind.JPEG_2000,
            j2k[: siz + 2] + b"\xff" * 8 + j2k[siz + 10 : -2] + b"ABCDEFGHIJ" + j2k[-2:],
        ),
        "many comments": (StreamKind.JPEG, jpeg[:2] + _segment(0xFE, b"x") * 5_000 + jpeg[2:]),
        "many scans": (StreamKind.JPEG, jpeg[:-2] + jpeg[jpeg.index(b"\xff\xda") : -2] * 1_100 + jpeg[-2:]),
        "MP4 of 4 G samples": (StreamKind.MP4, video[: sizes + 8] + b"\0\0\0\1\xff\xff\xff\xff" + video[sizes + 16 :]),
        "MP4 with a table of 4 G entries": (
            StreamKind.MP4,
            video[: sizes + 12] + b"\xff\xff\xff\xff" + video[sizes + 16 :],
        ),
        "boxes in boxes": (StreamKind.MP4, box(b"moov", box(b"trak", box(b"mdia")) * 12_000)),
        "TIFF directory of itself": (StreamKind.TIFF, tiff[:4] + b"\x08\0\0\0\0\0\x08\0\0\0" + tiff[14:]),
        "GIF of 4 G pixels": (
            StreamKind.GIF,
            b"GIF89a\xff\xff\xff\xff\0\0\0," + bytes(4) + b"\xff\xff\xff\xff\0\2\3\4\5\6\0;",
        ),
        "BMP of 4 G pixels": (StreamKind.BMP, pictures.coded(StreamKind.BMP)["RGB"][:18] + b"\xff\xff\xff\x7f" * 2),
        "RLE that runs on": (StreamKind.RLE, struct.pack("<16L", 1, 64, *[0] * 14) + b"\x80" * (1 << 15)),
        "zeros for video": (StreamKind.H264, bytes(17 << 20)),
        "a start code in every third byte": (StreamKind.H264, b"\0\0\1" * 6_000),
        "an endless parameter set": (StreamKind.H264, b"\0\0\1\x67" + b"\x64" * (18 << 20)),
        "packets of nothing": (StreamKind.MPEG_TS, (b"\x47\x1f\xff\x10" + b"\xff" * 184) * 4_000),
    }


@pytest.mark.parametrize("name", sorted(_huge()))
def test_memory_stays_bounded_whatever_a_stream_promises(name: str) -> None:
    kind, data = _huge()[name]
    tracemalloc.start()
    try:
        began = time.monotonic()
        wrong = check(data, kind)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert wrong == []
    assert peak < MOST_BYTES + 6 * len(data)
    assert time.monotonic() - began < 60


def _scrambled(data: bytes) -> bytes:
    at = next(at for at in range(0, len(data), 188) if data[at + 1 : at + 3] == b"\x41\0") + 3
    return data[:at] + bytes((data[at] | 0x80,)) + data[at + 1 :]


def _not_understood() -> dict[str, tuple[StreamKind, bytes]]:
    """Streams that may be right, but are not of a kind that is known to the last byte."""
    grey, frame = pictures.coded(StreamKind.JPEG)["grey"], _segment(0xC0, b"\x08\0\x08\0\x08\1\1\x11\0")
    scan = _segment(0xDA, b"\1\1\0\0\x3f\0") + b"\0"
    again = grey[grey.index(b"\xff\xda") : -2]
    j2k, jp2 = planted.carriers(StreamKind.JPEG_2000)["CRG"], pictures.coded(StreamKind.JP2)["colour"]
    tiff, h264 = pictures.coded(StreamKind.TIFF)["plain"], videos.video(StreamKind.H264, "plain")
    plain, other = b"\x03\1\x03\0\1\0\0\0\1\0", b"\x03\1\x03\0\1\0\0\0\x50\xc3"
    mp4 = videos.video(StreamKind.MP4, "H.264")
    matrix = mp4.index(b"tkhd") + 44
    return {
        "hierarchical JPEG": (StreamKind.JPEG, b"\xff\xd8" + _segment(0xDE, frame[4:]) + b"\xff\xd9"),
        "JPEG with settings of JPEG-LS": (StreamKind.JPEG, grey[:2] + _segment(0xF8, b"\1" + bytes(10)) + grey[2:]),
        "two frame headers": (StreamKind.JPEG, b"\xff\xd8" + frame * 2 + scan + b"\xff\xd9"),
        "a second picture in a second scan": (StreamKind.JPEG, grey[:-2] + again + b"\xff\xd9"),
        "JPEG 2000 Part 2": (StreamKind.JPEG_2000, j2k.replace(b"\xff\x63", b"\xff\x74")),
        "JPX without JP2": (StreamKind.JP2, jp2.replace(b"jp2 ", b"jpx ")),
        "unknown critical chunk of PNG": (
            StreamKind.PNG,
            planted.carriers(StreamKind.PNG)["private chunk"].replace(b"zzZz", b"ZzZz"),
        ),
        "TIFF in a coding without an end": (StreamKind.TIFF, tiff.replace(plain, other, 1)),
        "MP4 in fragments": (
            StreamKind.MP4,
            videos.written("mp4", "libx264", muxing={"movflags": "frag_keyframe+empty_moov"}),
        ),
        "MP4 without video": (StreamKind.MP4, box(b"ftyp", b"isom\0\0\0\0isom") + box(b"moov", box(b"mvhd"))),
        "MP4 with a matrix of text": (StreamKind.MP4, mp4[:matrix] + b"SMITH^JOHN^X" + mp4[matrix + 12 :]),
        "scrambled packets": (StreamKind.MPEG_TS, _scrambled(videos.video(StreamKind.MPEG_TS, "H.264"))),
        "reserved bits of a parameter set": (StreamKind.H264, b"\0\0\1\x67\x42\x03\x1e\xf4\x05\1\xed\0\xf0\x88"),
        "text behind a parameter set": (StreamKind.H264, h264.replace(b"\0\0\0\1\x68", b"SMITH\0\0\0\1\x68", 1)),
        "RLE whose pixels are not told": (StreamKind.RLE, planted.carriers(StreamKind.RLE)["unused offsets"]),
    }


@pytest.mark.parametrize("name", sorted(_not_understood()))
def test_what_is_not_understood_is_held_with_a_reason(name: str) -> None:
    kind, data = _not_understood()[name]
    with pytest.raises(Held) as caught:
        clean_stream(data, kind)
    assert caught.value.code in CODES
    assert caught.value.locator.startswith("byte ")


def test_text_at_the_end_of_a_scan_that_cannot_be_decoded_is_held_and_not_quoted() -> None:
    arithmetic = pictures.coded(StreamKind.JPEG)["grey"].replace(b"\xff\xc0", b"\xff\xc9")
    with pytest.raises(Held, match="stream-hidden-text") as caught:
        clean_stream(arithmetic[:-2] + b"ZZNEEDLE^QUARTZ^SMITH" + arithmetic[-2:], StreamKind.JPEG)
    assert "NEEDLE" not in str(caught.value) + caught.value.locator
