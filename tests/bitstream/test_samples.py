"""What other people's encoders wrote decodes to the very same samples, in two decoders that do not share code."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from bitstream import pictures, videos
from bitstream.decoders import decodings
from deidra.bitstream import StreamKind, clean_stream, kind_of

if TYPE_CHECKING:
    from pathlib import Path

# Read by one decoder alone: what is inside is tested by itself
_ONE_DECODER = {
    (StreamKind.TIFF, "jpeg2000"),
    (StreamKind.TIFF, "jpegxl"),
    (StreamKind.TIFF, "webp"),
    (StreamKind.WEBP, "animation"),
}
# Encoders that write nothing but the image: it is to stay as it is, byte for byte
_CLEAN_FROM_THE_START = [
    (kind, name)
    for kind, name in pictures.every()
    if kind in (StreamKind.JPEG, StreamKind.PNG, StreamKind.GIF, StreamKind.BMP) and name not in ("profile", "P")
]


@pytest.mark.parametrize(("kind", "name"), pictures.every())
def test_a_picture_decodes_to_the_same_samples_and_a_second_cleaning_changes_nothing(
    kind: StreamKind, name: str
) -> None:
    original = pictures.coded(kind)[name]
    assert kind_of(original) is kind
    cleaned = clean_stream(original, kind)
    before, after = decodings(original, kind), decodings(cleaned.data, kind)
    assert {decoder: after.get(decoder) == seen for decoder, seen in before.items()} == dict.fromkeys(before, True)
    assert len(after) >= (1 if kind is StreamKind.JPEG_XL or (kind, name) in _ONE_DECODER else 2)
    again = clean_stream(cleaned.data, kind)
    assert (again.data, again.dropped) == (cleaned.data, ())
    assert cleaned.dropped or cleaned.data == original


@pytest.mark.parametrize(("kind", "name"), _CLEAN_FROM_THE_START)
def test_a_picture_with_nothing_to_clean_stays_byte_for_byte(kind: StreamKind, name: str) -> None:
    original = pictures.coded(kind)[name]
    cleaned = clean_stream(original, kind)
    assert cleaned.data == original
    assert cleaned.dropped == ()


@pytest.mark.parametrize(("kind", "name"), videos.every())
def test_a_video_decodes_to_the_same_pictures_at_the_same_times(kind: StreamKind, name: str) -> None:
    original = videos.video(kind, name)
    assert kind_of(original) is kind
    cleaned = clean_stream(original, kind)
    found = decodings(original, kind)["ffmpeg"]
    assert len(found) == videos.FRAMES
    assert decodings(cleaned.data, kind)["ffmpeg"] == found
    again = clean_stream(cleaned.data, kind)
    assert (again.data, again.dropped) == (cleaned.data, ())


_OTHER_DECODERS = {
    StreamKind.MPEG_2: ("mpeg2dec", ["mpeg2dec", "-o", "md5", "{}"]),
    StreamKind.HEVC: ("libde265-dec265", ["libde265-dec265", "-q", "-o", "{}.yuv", "{}"]),
    StreamKind.H264: (
        "gst-launch-1.0",
        "gst-launch-1.0 -q filesrc location={} ! h264parse ! openh264dec ! filesink location={}.yuv".split(),
    ),
}
_NOT_READ_BY_THE_OTHER = {(StreamKind.H264, "10 bit"), (StreamKind.H264, "interlaced")}


@pytest.mark.peer
@pytest.mark.parametrize(("kind", "name"), [one for one in videos.every() if one[0] in _OTHER_DECODERS])
def test_a_second_decoder_sees_the_same_pictures(kind: StreamKind, name: str, tmp_path: Path) -> None:
    tool, command = _OTHER_DECODERS[kind]
    if shutil.which(tool) is None or (kind, name) in _NOT_READ_BY_THE_OTHER:
        pytest.skip(f"{tool} is not installed or does not read this")
    original = videos.video(kind, name)
    found = []
    for label, data in (("before", original), ("after", clean_stream(original, kind).data)):
        path = tmp_path / label
        path.write_bytes(data)
        done = subprocess.run([part.format(path) for part in command], capture_output=True, timeout=60)
        pictures_at = tmp_path / f"{label}.yuv"
        found.append((done.returncode, pictures_at.read_bytes() if pictures_at.exists() else done.stdout))
    assert found[0][0] == 0
    assert len(found[0][1]) > 100
    assert found[0] == found[1]


@pytest.mark.peer
@pytest.mark.parametrize("name", list(pictures.coded(StreamKind.JPEG_XL)))
def test_another_release_of_libjxl_sees_the_same_picture(name: str, tmp_path: Path) -> None:
    if shutil.which("djxl") is None:
        pytest.skip("djxl is not installed (Debian package libjxl-tools)")
    original = pictures.coded(StreamKind.JPEG_XL)[name]
    found = []
    for label, data in (("before", original), ("after", clean_stream(original, StreamKind.JPEG_XL).data)):
        (tmp_path / f"{label}.jxl").write_bytes(data)
        out = tmp_path / f"{label}.ppm"
        subprocess.run(["djxl", tmp_path / f"{label}.jxl", out], capture_output=True, timeout=60)
        found.append([path.read_bytes() for path in sorted(tmp_path.glob(f"{label}*.ppm"))])
    assert found[0]
    assert found[0] == found[1]
