"""Videos: searched frame by frame, released as they are, or filled and coded without loss."""

from __future__ import annotations

import io
import os
import random
import signal
import subprocess
import tempfile
from fractions import Fraction
from functools import cache
from typing import IO, TYPE_CHECKING, Any

import av
import imagecodecs
import numpy as np
import pytest
from msgspec import structs
from PIL import Image, ImageDraw, ImageFont
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate, generate_frames

import deidra
from bitstream.videos import written
from deidra.errors import Held
from deidra.pixels import video_frames
from deidra.pixels.text_regions import Settings, finders
from deidra.pixels.video_decoder import shows_more
from dicom.hard_objects import image
from peers import peer
from pixels import coded as still

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(not finders(Settings()), reason="what looks for text in pixels is not installed")

ROWS, COLUMNS, FRAMES = 96, 160, 8
NAME = "DOE JANE"
LAYOUT = structs.replace(
    still.layout("1.2.840.10008.1.2.4.102", "YBR_PARTIAL_420"), rows=ROWS, columns=COLUMNS, frames=FRAMES
)
SYNTAXES = {
    ("mpeg2video", "mpeg2video"): "1.2.840.10008.1.2.4.100",
    ("mp4", "libx264"): "1.2.840.10008.1.2.4.102",
    ("hevc", "libx265"): "1.2.840.10008.1.2.4.107",
}


@cache
def coded(form: str, codec: str, words: str, *, first: int = 0, sound: bool = False) -> bytes:
    """A short video of something that moves, with `words` in its frames from `first`."""
    out = io.BytesIO()
    quality = {"x265-params": "log-level=none:pools=none:frame-threads=1"} if codec == "libx265" else {"qmin": "2"}
    with av.open(out, "w", format=form) as container:
        stream = container.add_stream(codec, rate=25, options={"threads": "1", **quality})
        stream.width, stream.height, stream.pix_fmt = COLUMNS, ROWS, "yuv420p"
        stream.bit_rate, stream.time_base = 4_000_000, Fraction(1, 25)
        tone = container.add_stream("aac", rate=44_100, layout="mono") if sound else None
        for number in range(FRAMES):
            frame = av.VideoFrame.from_ndarray(picture(number, words if number >= first else ""), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if tone is not None:
            wave = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
            wave.sample_rate, wave.pts = 44_100, 0
            for packet in [*tone.encode(wave), *tone.encode(None)]:
                container.mux(packet)
    return out.getvalue()


def picture(number: int, words: str) -> np.ndarray[Any, Any]:
    canvas = Image.new("RGB", (COLUMNS, ROWS), (20, 10, 10))
    pen = ImageDraw.Draw(canvas)
    pen.ellipse((40 + 3 * number, 55, 90 + 3 * number, 90), fill=(160, 70, 60))
    pen.text((12, 8), words, fill=(255, 255, 255), font=ImageFont.load_default(20))
    return np.asarray(canvas)


def endoscopy(data: bytes, syntax: str, frames: int = FRAMES, **more: Any) -> Dataset:
    """A Video Endoscopic Image with this stream."""
    ds = image("1.2.840.10008.5.1.4.1.1.77.1.1.1", Modality="ES", **more)
    ds.Rows, ds.Columns, ds.SamplesPerPixel, ds.PhotometricInterpretation = ROWS, COLUMNS, 3, "YBR_PARTIAL_420"
    ds.BitsAllocated = ds.BitsStored = 8
    ds.HighBit, ds.PixelRepresentation, ds.PlanarConfiguration = 7, 0, 0
    ds.NumberOfFrames, ds.FrameTime, ds.FrameIncrementPointer, ds.CineRate = frames, "40", 0x00181063, 25
    channel = Dataset()
    channel.ChannelIdentificationCode, channel.ChannelMode = 1, "MONO"
    ds.MultiplexedAudioChannelsDescriptionCodeSequence = [channel]
    ds.file_meta.TransferSyntaxUID = syntax
    ds.PixelData = encapsulate([data + b"\0" * (len(data) & 1)], has_bot=False)
    ds["PixelData"].VR = "OB"
    return ds


def refused(ds: Dataset, *settings: str) -> str:
    with pytest.raises(Held) as caught:
        deidra.deidentify(ds, settings=settings)
    return caught.value.code


def shown(data: bytes, form: str = "rgb24") -> list[np.ndarray[Any, Any]]:
    with av.open(io.BytesIO(data)) as container:
        return [frame.to_ndarray(format=form, interpolation="BILINEAR") for frame in container.decode(video=0)]


@pytest.mark.parametrize(("form", "codec"), SYNTAXES)
def test_a_name_in_a_video_is_filled_and_all_other_pixels_stay(form: str, codec: str) -> None:
    data = coded(form, codec, NAME, sound=form == "mp4")
    released = deidra.deidentify(endoscopy(data, SYNTAXES[form, codec]))
    ds = released.dataset()
    assert ds.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.4.80"
    assert (ds.NumberOfFrames, ds.PhotometricInterpretation, ds.LossyImageCompression) == (FRAMES, "RGB", "01")
    assert (ds.FrameTime, ds.CineRate, ds.BurnedInAnnotation) == (40, 25, "NO")
    assert "MultiplexedAudioChannelsDescriptionCodeSequence" not in ds
    before = shown(data)
    after = [imagecodecs.jpegls_decode(frame) for frame in generate_frames(ds.PixelData, number_of_frames=FRAMES)]
    assert len(before) == len(after) == FRAMES
    for old, new in zip(before, after, strict=True):
        assert np.array_equal(old[50:], new[50:])
        assert np.array_equal(old[:, 150:], new[:, 150:])
        assert np.ptp(new[14:26, 16:100]) == 0
    assert "clean-pixel-data:text" in [edit.rule for edit in released.edits]


def test_a_video_without_text_keeps_its_samples_and_loses_its_sound() -> None:
    data = coded("mp4", "libx264", "", sound=True)
    ds = deidra.deidentify(endoscopy(data, SYNTAXES["mp4", "libx264"])).dataset()
    (stream,) = generate_frames(ds.PixelData, number_of_frames=1)
    assert all(np.array_equal(old, new) for old, new in zip(shown(data), shown(stream), strict=True))
    with av.open(io.BytesIO(stream)) as container:
        assert not container.streams.audio
    assert "MultiplexedAudioChannelsDescriptionCodeSequence" not in ds
    assert ds.file_meta.TransferSyntaxUID == SYNTAXES["mp4", "libx264"]
    assert ds.BurnedInAnnotation == "NO"
    assert "113101" in [code.CodeValue for code in ds.DeidentificationMethodCodeSequence]


def test_text_of_the_last_frames_alone_is_found() -> None:
    data = coded("mp4", "libx264", NAME, first=5)
    ds = deidra.deidentify(endoscopy(data, SYNTAXES["mp4", "libx264"])).dataset()
    after = [imagecodecs.jpegls_decode(frame) for frame in generate_frames(ds.PixelData, number_of_frames=FRAMES)]
    assert all(np.ptp(frame[14:26, 16:100]) == 0 for frame in after[5:])


@pytest.mark.parametrize("damage", ["cut", "garbage", "frames", "size", "several fragments cut"])
def test_a_video_that_cannot_be_decoded_was_not_examined(damage: str) -> None:
    data, frames = coded("mp4", "libx264", NAME), FRAMES
    if damage == "cut":
        data = data[: len(data) // 3]
    elif damage == "garbage":
        data = np.random.default_rng(1).bytes(4000)
    elif damage == "frames":
        frames += 40
    ds = endoscopy(data, SYNTAXES["mp4", "libx264"], frames)
    if damage == "size":
        ds.Columns = COLUMNS + 2
    elif damage == "several fragments cut":
        ds.PixelData = encapsulate([data[:200], data[200:400]], has_bot=False)
        ds["PixelData"].VR = "OB"
    assert refused(ds) in ("frame-undecodable", "frame-count-mismatch", "frame-size-mismatch")


def rule(folder: Path) -> str:
    """The setting of a rule that fills a place of every endoscopy."""
    (folder / "ours.script").write_text('Ours\n{ Modality.equals("ES") }\n(100, 60, 20, 20)\n')
    return f"pixels.device_rules={folder / 'ours.script'}"


def test_a_count_of_frames_that_is_a_little_wrong_becomes_right(tmp_path: Path) -> None:
    source = endoscopy(coded("mp4", "libx264", ""), SYNTAXES["mp4", "libx264"], FRAMES + 1)
    ds = deidra.deidentify(source, settings=(rule(tmp_path),)).dataset()
    assert ds.NumberOfFrames == len(list(generate_frames(ds.PixelData))) == FRAMES


def test_a_wrong_count_of_frames_that_are_told_apart_is_held(tmp_path: Path) -> None:
    ds = endoscopy(coded("mp4", "libx264", ""), SYNTAXES["mp4", "libx264"], FRAMES + 1)
    ds.FrameTimeVector, ds.FrameIncrementPointer = [0, *[40] * FRAMES], 0x00181065
    assert refused(ds, rule(tmp_path)) == "frame-count-mismatch"


def of_ten_bits(folder: Path, high_bit: int = 9) -> tuple[bytes, Dataset, str]:
    """A stream, an object with it, and the setting of a rule that fills a place."""
    quiet = {"x265-params": "log-level=none:pools=none:frame-threads=1"}
    data = written("hevc", "libx265", quiet, pixels="yuv420p10le", size=(COLUMNS, ROWS), frames=4)
    ds = endoscopy(data, "1.2.840.10008.1.2.4.108", 4)
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = 16, 10, high_bit
    return data, ds, rule(folder)


def test_videos_of_ten_bits_keep_them(tmp_path: Path) -> None:
    data, source, setting = of_ten_bits(tmp_path)
    ds = deidra.deidentify(source, settings=(setting,)).dataset()
    assert (ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PhotometricInterpretation) == (16, 10, 9, "RGB")
    after = [imagecodecs.jpegls_decode(frame) for frame in generate_frames(ds.PixelData, number_of_frames=4)]
    for old, new in zip(shown(data, "rgb48le"), after, strict=True):
        expected = old >> 6
        expected[60:80, 100:120] = 0
        assert np.array_equal(new, expected)
    assert max(frame.max() for frame in after) > 255


def test_videos_of_bits_that_do_not_go_together_are_held(tmp_path: Path) -> None:
    _, source, setting = of_ten_bits(tmp_path, high_bit=15)
    assert refused(source, setting) == "bits-unsupported"


def test_without_a_decoder_of_videos_the_policy_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video_frames, "find_spec", lambda _: None)
    ds = endoscopy(coded("mp4", "libx264", ""), SYNTAXES["mp4", "libx264"])
    assert refused(ds) == "decoder-missing"
    released = deidra.deidentify(ds, settings=("pixels.unexamined=release",))
    assert released.dataset().get("BurnedInAnnotation") != "NO"
    assert [look.made for look in released.examinations if look.kind == "pixel-text"] == [False]


def test_a_decoder_that_dies_refuses_its_video_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    killed = []
    started = video_frames._started

    def dies(stream: IO[bytes], mode: str) -> subprocess.Popen[bytes]:
        process = started(stream, mode)
        if mode == "frames":
            os.kill(process.pid, signal.SIGKILL)
            killed.append(process.pid)
        return process

    monkeypatch.setattr(video_frames, "_started", dies)
    assert refused(endoscopy(coded("mp4", "libx264", ""), SYNTAXES["mp4", "libx264"])) == "decoder-crashed"
    assert killed


def test_frames_are_decoded_again_when_earlier_ones_are_asked_for() -> None:
    data = coded("mp4", "libx264", NAME)
    opened: list[IO[bytes]] = []

    def open_again() -> IO[bytes]:
        opened.append(tempfile.TemporaryFile())  # noqa: SIM115 - closed by whoever asked
        opened[-1].write(data)
        return opened[-1]

    frames, expected = video_frames.FrameByFrame(LAYOUT, open_again, FRAMES), shown(data)
    for number in (0, 1, 1, 4, 7, 7, 2, 0, 7):
        assert np.array_equal(frames.frame(number), expected[number])
    assert len(opened) == 3
    assert all(stream.closed for stream in opened)


@pytest.mark.peer
def test_a_filled_video_is_as_right_as_it_was(tmp_path: Path) -> None:
    before = endoscopy(coded("mp4", "libx264", NAME), SYNTAXES["mp4", "libx264"])
    before.save_as(tmp_path / "before", enforce_file_format=True)
    (tmp_path / "after").write_bytes(deidra.deidentify(before).data)
    found = []
    for name in ("before", "after"):
        run = subprocess.run([peer("dciodvfy"), "-new", tmp_path / name], capture_output=True, text=True, check=False)
        found.append({line for line in run.stderr.splitlines() if line.startswith("Error")})
    assert not found[1] - found[0]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("form", "codec"), SYNTAXES)
def test_damaged_videos_are_decoded_or_refused(form: str, codec: str, seed: int) -> None:
    assert ends(damaged(coded(form, codec, NAME), seed)) in REASONS


def damaged(data: bytes, seed: int) -> bytes:
    """Bytes changed, cut off or repeated."""
    rng = random.Random(seed)
    new = bytearray(data)
    for _ in range(rng.choice((1, 5, 40))):
        new[rng.randrange(len(new))] = rng.randrange(256)
    if seed % 3 == 1:
        del new[rng.randrange(len(new)) :]
    elif seed % 3 == 2:
        start = rng.randrange(len(new))
        new[start:start] = new[start : start + rng.randrange(2000)]
    return bytes(new)


REASONS = (
    "", "video-unsupported", "frame-undecodable", "frame-size-mismatch", "frame-count-mismatch", "decoder-crashed",
)  # fmt: skip


def ends(data: bytes) -> str:
    """How the decoding of a stream ends: "" when all of it is decoded, else the reason."""
    with tempfile.TemporaryFile() as stream:
        stream.write(data)
        try:
            video_frames.count_frames(LAYOUT, stream)
        except Held as error:
            return error.code
    return ""


def test_a_second_track_that_nobody_looks_at_refuses_the_video() -> None:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        streams = [container.add_stream("libx264", rate=25, options={"threads": "1"}) for _ in range(2)]
        for stream in streams:
            stream.width, stream.height, stream.pix_fmt = COLUMNS, ROWS, "yuv420p"
        for stream, words in zip(streams, ("", NAME), strict=True):
            for number in range(FRAMES):
                frame = av.VideoFrame.from_ndarray(picture(number, words), format="rgb24")
                frame.pts, frame.time_base = number, Fraction(1, 25)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
    assert refused(endoscopy(out.getvalue(), SYNTAXES["mp4", "libx264"])) == "video-unsupported"


@pytest.mark.parametrize("unit", [b"\x6f\x64", b"\x74\x01"])
def test_a_second_view_that_nobody_looks_at_refuses_the_video(unit: bytes) -> None:
    data = coded("h264", "libx264", "")
    second = data.index(b"\0\0\1", data.index(b"\0\0\1\x65") + 4)
    stereo = data[:second] + b"\0\0\1" + unit + bytes(range(1, 40)) + data[second:]
    assert ends(data) == ""
    assert ends(stereo) == "video-unsupported"


def test_a_further_layer_that_nobody_looks_at_refuses_the_video() -> None:
    data = coded("hevc", "libx265", "")
    layer = b"\0\0\1\x02\x09" + bytes(range(1, 40))
    last = data.rindex(b"\0\0\1")
    assert ends(data) == ""
    assert ends(data[:last] + layer + data[last:]) == "video-unsupported"


@pytest.mark.parametrize(
    ("packet", "codec", "prefix", "expected"),
    [
        (b"\0\0\0\x02\x65\x01\0\0\0\x02\x6f\x01", "h264", 4, True),
        (b"\0\0\0\x02\x65\x01\0\0\0\x02\x68\x01", "h264", 4, False),
        (b"\0\x02\x40\x01\0\x02\x41\x01", "hevc", 2, True),
        (b"\xff\xff\xff\xff\x65", "h264", 4, False),
        (b"\0\0\1", "h264", 0, False),
        (b"", "hevc", 1, False),
        (b"\0\0\1\x6f\0", "mpeg2video", 0, False),
    ],
)
def test_units_of_further_views_are_told_by_their_heads(packet: bytes, codec: str, prefix: int, expected: bool) -> None:
    assert shows_more(packet, codec, prefix) == expected
