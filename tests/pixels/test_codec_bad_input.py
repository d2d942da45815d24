"""Damaged frames and layouts that lie: held with a reason, within bounded memory, never by another exception."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Callable

import pytest
from msgspec import structs

from deidra.errors import Held
from deidra.pixels import jpeg_blocks, jpeg_predictive, lossless, native, rle_rows
from deidra.pixels.fill import covered
from deidra.pixels.image import Layout
from deidra.pixels.jpeg_syntax import LOSSLESS, parse
from deidra.pixels.redact import plan, redact_frame, transcode_frame
from deidra.pixels.stream_headers import ls_header, size_header
from pixels import coded
from pixels.coded import BOXES, Frame

# One of each way of rewriting
OURS = (
    "JPEG 4:2:0, own tables",
    "JPEG restarts by rows",
    "JPEG progressive, restarts",
    "JPEG extended 12",
    "JPEG lossless, predictor 7",
    "JPEG lossless RGB",
    "RLE 16 signed",
    "RLE RGB",
)
PACKAGED = (
    "JPEG-LS 12 signed",
    "JPEG-LS near",
    "JPEG 2000 tiles",
    "JPEG 2000 ICT",
    "HTJ2K 16 signed",
    "deflated frame",
)


def redacted(layout: Layout, data: bytes) -> bytes:
    after = transcode_frame if plan(layout).recodes_all else redact_frame
    return after(layout, data, BOXES)


def rewritten(layout: Layout, data: bytes) -> bytes:
    """What our own code makes of a frame, before anything is decoded to prove it."""
    if layout.transfer_syntax_uid == coded.RLE:
        return rle_rows.blank(layout, data, BOXES)
    stream = parse(data)
    if (stream.rows, stream.columns, len(stream.components)) != (coded.ROWS, coded.COLUMNS, layout.samples_per_pixel):
        raise Held("frame-size-mismatch", "")
    if stream.marker in LOSSLESS:
        return jpeg_predictive.blank(layout, data, stream, BOXES)
    return jpeg_blocks.blank(data, stream, BOXES, jpeg_blocks.black_levels(layout, stream))


def held_code(function: Callable[..., object], *arguments: object) -> str:
    """The reason for which a call is held, "" for none; any other exception is a failure."""
    try:
        function(*arguments)
    except Held as error:
        return error.code
    return ""


def damaged(data: bytes, rng: random.Random) -> bytes:
    """A frame cut short, with bytes changed, most of them in its headers, or with a piece left out or doubled."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8))):
        at = rng.randrange(min(len(changed), rng.choice((64, 700, len(changed)))))
        changed[at] = rng.choice((0, 1, 0xFF, 0xD9, 0xD0, changed[at] ^ 1 << rng.randrange(8), rng.randrange(256)))
    if rng.random() < 0.3:
        start = rng.randrange(len(changed))
        stop = start + rng.randrange(40)
        changed[start:stop] = changed[start:stop] * rng.choice((0, 2))
    return bytes(changed[: rng.randrange(len(changed))] if rng.random() < 0.3 else changed)


@pytest.mark.parametrize("name", OURS)
def test_a_damaged_frame_is_held_or_rewritten(name: str) -> None:
    frame, rng = coded.frames()[name], random.Random(name)
    codes = {held_code(rewritten, frame.layout, damaged(frame.coded, rng)) for _ in range(15)}
    assert codes - {""}
    assert all(code.startswith(("stream-", "frame-", "bits-", "image-", "redaction-")) for code in codes - {""})


@pytest.mark.parametrize("name", [*OURS, *PACKAGED])
def test_a_frame_that_ends_early_is_held(name: str) -> None:
    frame = coded.frames()[name]
    for share in (0.0, 0.01, 0.5, 0.9):
        with pytest.raises(Held):
            redacted(frame.layout, frame.coded[: int(share * len(frame.coded))])


@pytest.mark.parametrize("name", [*OURS, *PACKAGED])
def test_a_frame_of_another_size_than_its_object_says_is_held(name: str) -> None:
    frame = coded.frames()[name]
    for change in ({"rows": coded.ROWS + 8}, {"columns": coded.COLUMNS + 1}, {"rows": 0}, {"rows": 60000}):
        with pytest.raises(Held):
            redacted(structs.replace(frame.layout, **change), frame.coded)


@pytest.mark.parametrize(
    "name", ["native 12 of 16 signed", "native planes", "native pairs", "native 1", "native float"]
)
def test_a_native_frame_that_is_too_short_is_held(name: str) -> None:
    layout, data = coded.frames()[name]
    for cut in (data[:-1], data[: len(data) // 2], b""):
        with pytest.raises(Held, match="frame-truncated"):
            redact_frame(layout, cut, BOXES)


def test_what_stands_behind_a_native_frame_is_cut() -> None:
    layout, data = coded.frames()["native planes"]
    assert redact_frame(layout, data + b"HAVERSHAM^ANN", BOXES) == redact_frame(layout, data, BOXES)


def test_what_stands_behind_a_jpeg_is_cut() -> None:
    layout, data = coded.frames()["JPEG 4:2:0"]
    assert redact_frame(layout, data + b"HAVERSHAM^ANN", BOXES) == redact_frame(layout, data, BOXES)


@pytest.mark.parametrize("name", ["JPEG 4:2:0", "JPEG progressive grey", "JPEG lossless, predictor 1"])
def test_a_small_stream_that_declares_a_huge_image_takes_little_memory(name: str) -> None:
    layout, data = coded.frames()[name]
    start = next(at for at in range(len(data)) if data[at] == 0xFF and data[at + 1] in (0xC0, 0xC2, 0xC3))
    huge = data[: start + 5] + b"\xff\x00\xff\x00" + data[start + 9 :]
    lying = structs.replace(layout, rows=0xFF00, columns=0xFF00)
    tracemalloc.start()
    try:
        with pytest.raises(Held):
            redacted(lying, huge)
        assert tracemalloc.get_traced_memory()[1] < 300e6
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", OURS[:6])
def test_a_jpeg_of_garbage_between_whole_markers_is_held(name: str) -> None:
    frame, rng = coded.frames()[name], random.Random(name)
    start = parse(frame.coded).scans[0].start
    garbage = rng.randbytes(4000).replace(b"\xff", b"\xfe")
    with pytest.raises(Held):
        redacted(frame.layout, frame.coded[:start] + garbage + b"\xff\xd9")


def test_numbers_of_bits_that_do_not_go_together_are_held() -> None:
    layout, data = coded.frames()["native 12 of 16 unsigned"]
    for change in ({"bits_stored": 17}, {"bits_stored": 0}, {"high_bit": 16}, {"high_bit": 5}, {"bits_allocated": 12}):
        with pytest.raises(Held):
            redact_frame(structs.replace(layout, **change), data, BOXES)
        with pytest.raises(Held):
            native.clear_unused_bits(structs.replace(layout, **change), data)


def test_a_photometric_interpretation_that_is_not_known_is_held() -> None:
    layout, data = coded.frames()["native RGB"]
    with pytest.raises(Held, match="photometric-unsupported"):
        redact_frame(structs.replace(layout, photometric_interpretation="HAVERSHAM"), data, BOXES)


def test_a_transfer_syntax_that_is_not_known_is_held() -> None:
    layout, data = coded.frames()["native RGB"]
    for syntax in ("1.2.840.10008.1.2.4.94", "1.2.840.10008.1.2.4.92", "1.2.3", ""):
        with pytest.raises(Held, match="transfer-syntax-unsupported"):
            redact_frame(structs.replace(layout, transfer_syntax_uid=syntax), data, BOXES)


def test_headers_of_garbage_are_held() -> None:
    rng = random.Random(4)
    streams = [coded.frames()[name].coded for name in ("JPEG-LS 8 unsigned", "JPEG 2000 RCT")]
    for stream, header in zip(streams, (ls_header, size_header), strict=True):
        for _ in range(300):
            code = held_code(header, damaged(stream[:200], rng))
            assert not code or code.startswith("stream-")


def test_a_box_is_cut_to_the_image() -> None:
    frame: Frame = coded.frames()["native 8 of 8 unsigned"]
    outside = redact_frame(frame.layout, frame.coded, ((-50, -50, 10, 10), (140, 190, 9999, 9999)))
    within = redact_frame(frame.layout, frame.coded, ((0, 0, 10, 10), (140, 190, coded.ROWS, coded.COLUMNS)))
    assert outside == within
    assert covered((4, 4), ((1, 1, 2, 3),)).sum() == 2
    assert lossless.without_comments(b"\xff\x4f\xff\x64\x00\x04ab\xff\x90rest") == b"\xff\x4f\xff\x90rest"
