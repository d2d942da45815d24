"""Redaction in every transfer syntax: what is beside the redacted blocks stays, what was within is gone, size stays."""

from __future__ import annotations

import io
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec import structs
from PIL import Image

from deidra.errors import Held
from deidra.pixels import frames as frame_source
from deidra.pixels.image import Layout
from deidra.pixels.redact import plan, redact_frame, transcode_frame
from peers import peer
from pixels import coded
from pixels.coded import BOXES, Frame, decoders

NAMES = tuple(coded.frames())
JPEG_DCT = (coded.BASELINE, coded.EXTENDED)
LOSSY_WAVELETS = (coded.J2K_ANY, coded.HT_ANY, coded.XL_LOSSY)
INFLATES = ("JPEG-LS near", "JPEG 2000 lossy", "JPEG 2000 ICT", "HTJ2K lossy", "JPEG XL lossy", "JPEG XL")


def redacted(frame: Frame, boxes: tuple[tuple[int, int, int, int], ...] = BOXES) -> tuple[Layout, bytes]:
    """The frame and the layout that it has afterwards."""
    what = plan(frame.layout)
    after = transcode_frame if what.recodes_all else redact_frame
    changes = {"transfer_syntax_uid": what.transfer_syntax_uid}
    if photometric := what.attributes.get("PhotometricInterpretation"):
        changes["photometric_interpretation"] = str(photometric)
    return structs.replace(frame.layout, **changes), after(frame.layout, frame.coded, boxes)


@cache
def result(name: str) -> tuple[Layout, bytes]:
    """What becomes of one of the frames."""
    return redacted(coded.frames()[name])


def inside(rows: int, columns: int) -> Any:
    mask = np.zeros((rows, columns), bool)
    for top, left, bottom, right in BOXES:
        mask[top:bottom, left:right] = True
    return mask


def may_change(frame: Frame, *, ring: int) -> Any:
    """The pixels of the boxes; of a JPEG those of the blocks that they touch, and a ring where those are smoothed."""
    name = next(name for name, one in coded.frames().items() if one is frame)
    mask = inside(frame.layout.rows, frame.layout.columns)
    if "pairs" in name:
        return mask.reshape(mask.shape[0], -1, 2).any(axis=2).repeat(2, axis=1)
    if frame.layout.transfer_syntax_uid not in JPEG_DCT:
        return mask
    area = blocks(mask, 8, 8)
    if "4:2:" in name or "restarts by" in name:
        down = 16 if "4:2:0" in name or "rows" in name else 8
        area |= grown(blocks(mask, down, 16), ring)
    return area


def blocks(mask: Any, down: int, across: int) -> Any:
    rows, columns = mask.shape
    padded = np.pad(mask, ((0, -rows % down), (0, -columns % across)))
    touched = padded.reshape(-1, down, padded.shape[1] // across, across).any(axis=(1, 3))
    return touched.repeat(down, axis=0).repeat(across, axis=1)[:rows, :columns]


def grown(mask: Any, by: int) -> Any:
    padded = np.pad(mask, by)
    found = np.zeros_like(mask)
    for down in range(2 * by + 1):
        for across in range(2 * by + 1):
            found |= padded[down : down + mask.shape[0], across : across + mask.shape[1]]
    return found


def differs(before: Any, after: Any) -> Any:
    different = np.asarray(before) != np.asarray(after)
    return different.any(axis=2) if different.ndim == 3 else different


@pytest.mark.parametrize("name", NAMES)
def test_two_decoders_see_no_pixel_changed_beside_the_redacted_blocks(name: str) -> None:
    frame = coded.frames()[name]
    after, data = result(name)
    for before_decoder, decoder in zip(decoders(frame.layout), decoders(after), strict=True):
        # Decoders round what was coded with loss in their own ways: what ours saw is what all must see from now on
        loses = frame.layout.transfer_syntax_uid in LOSSY_WAVELETS
        old = (frame_source.samples if loses else before_decoder)(frame.layout, frame.coded)
        new = decoder(after, data)
        smooths = decoder.__name__ in ("_pillow", "_libjpeg_turbo")
        area = may_change(frame, ring=1 if smooths else 0)
        assert not differs(old, new)[~area].any(), decoder.__name__
        assert differs(old, new)[area].any()


@pytest.mark.parametrize("way", coded.WAYS)
def test_a_name_in_a_box_leaves_no_trace(way: str) -> None:
    """Whatever stood in the boxes, the redacted frames are the same to the last bit.

    But for Huffman tables that the encoder made to measure: there the samples are.
    """
    frames = [coded.written(way, text) for text in ("", "HAVERSHAM^ANN 19560412", "ID 4711")]
    assert len({frame.coded for frame in frames}) == len(frames)
    after = [redacted(frame) for frame in frames]
    if way in ("JPEG extended", "JPEG lossless"):
        assert len({frame_source.samples(*one).tobytes() for one in after}) == 1
    else:
        assert len({data for _, data in after}) == 1


@pytest.mark.parametrize("name", NAMES)
def test_a_box_is_even(name: str) -> None:
    frame = coded.frames()[name]
    after, data = result(name)
    if frame.layout.transfer_syntax_uid.endswith("8.1"):
        return
    values = frame_source.samples(after, data)
    mask = inside(after.rows, after.columns)
    covered = values[mask]
    first = covered if covered.ndim == 1 else covered[:, 0]
    assert np.all(first == first[0])
    if covered.ndim == 2:
        assert np.ptp(covered, axis=0).max() <= 1 or frame.layout.transfer_syntax_uid == coded.BASELINE


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("JPEG grey", 0),
        ("JPEG MONOCHROME1", 255),
        ("JPEG extended 12", 0),
        ("JPEG RGB", [0, 0, 0]),
        ("JPEG 4:2:0", [0, 128, 128]),
        ("JPEG progressive 4:2:0", [0, 128, 128]),
        ("JPEG 2000 ICT", [0, 0, 0]),
        ("JPEG-LS RGB, interleave 1", [0, 0, 0]),
        ("RLE RGB", [0, 0, 0]),
        ("native YBR_FULL", [0, 128, 128]),
        ("native pairs", [0, 128, 128]),
        ("native 1", 0),
    ],
)
def test_a_box_is_shown_black(name: str, shown: int | list[int]) -> None:
    values = frame_source.samples(*result(name))
    assert values[15, 50].tolist() == shown


@pytest.mark.parametrize("name", NAMES)
def test_a_frame_hardly_grows_where_the_syntax_is_kept(name: str) -> None:
    frame = coded.frames()[name]
    what = plan(frame.layout)
    _, data = result(name)
    if name in INFLATES:
        assert what.may_grow or name == "JPEG XL"
    else:
        assert not what.recodes_all
        assert len(data) <= 1.1 * len(frame.coded)


@pytest.mark.parametrize("name", NAMES)
def test_no_box_in_the_image_changes_no_byte(name: str) -> None:
    frame = coded.frames()[name]
    if not plan(frame.layout).recodes_all:
        assert redact_frame(frame.layout, frame.coded, ()) is frame.coded
        assert (
            redact_frame(frame.layout, frame.coded, ((-9, -9, 0, 50), (5, 5, 5, 90), (500, 0, 600, 9))) is frame.coded
        )


@pytest.mark.parametrize("name", NAMES)
def test_redacting_twice_is_redacting_once(name: str) -> None:
    after, data = result(name)
    again = redact_frame(after, data, BOXES)
    if after.transfer_syntax_uid.endswith("8.1"):
        assert again == data
        return
    assert np.array_equal(frame_source.samples(after, again), frame_source.samples(after, data))


# Slow, and one predictor is like another here
WHOLE = [name for name in NAMES if not name.endswith(("predictor 2", "predictor 3", "predictor 5", "predictor 6"))]


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_image_is_redacted(name: str) -> None:
    frame = coded.frames()[name]
    whole = (0, 0, frame.layout.rows, frame.layout.columns)
    after, data = redacted(frame, (whole,))
    if not after.transfer_syntax_uid.endswith("8.1"):
        values = frame_source.samples(after, data)
        assert np.array_equal(values, np.broadcast_to(values[0, 0], values.shape))
    assert len(data) <= len(frame.coded)


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith(("JPEG ", "RLE")) and "2000" not in name])
def test_no_metadata_segment_comes_or_goes(name: str) -> None:
    frame = coded.frames()[name]
    _, data = result(name)
    if "XL" not in name and "RLE" not in name:
        assert markers(data) == markers(frame.coded)


def markers(data: bytes) -> list[int]:
    """The markers of a JPEG up to its first scan."""
    found, at = [], 2
    while data[at + 1] != 0xDA:
        found.append(data[at + 1])
        at += 2 + int.from_bytes(data[at + 2 : at + 4])
    return found


@pytest.mark.parametrize("name", [name for name in NAMES if plan(coded.frames()[name].layout).recodes_all])
def test_a_syntax_that_is_not_kept_is_refused_frame_by_frame(name: str) -> None:
    frame = coded.frames()[name]
    with pytest.raises(Held, match="redaction-recodes"):
        redact_frame(frame.layout, frame.coded, BOXES)
    after, data = redacted(frame, ())
    assert np.array_equal(frame_source.samples(after, data), frame_source.samples(frame.layout, frame.coded))


# As cjpeg takes them: sampling factors that no camera uses, scans of single components, and of single bits
RARE = [
    "-sample 1x2", "-sample 4x1", "-sample 1x1,2x2,1x1", "-sample 2x2,1x2,2x1", "-sample 3x1,1x1,1x1", "-quality 1",
    "-scans apart", "-scans apart -restart 5B -optimize", "-scans pairs -sample 2x2", "-scans bits",
    "-scans bits -restart 3B", "-rgb -restart 1",
]  # fmt: skip
SCANS = {
    "apart": "0;1;2;",
    "pairs": "0 2;1;",
    "bits": "0,1,2: 0-0, 0, 1; 0: 1-9, 0, 2; 1: 1-63, 0, 1; 2: 1-63, 0, 1; 0: 10-63, 0, 2;"
    "0: 1-63, 2, 1; 0,1,2: 0-0, 1, 0; 0: 1-63, 1, 0; 1: 1-63, 1, 0; 2: 1-63, 1, 0;",
}


@pytest.mark.peer
@pytest.mark.parametrize("options", RARE)
def test_rare_ways_to_lay_out_a_jpeg(options: str, tmp_path: Path) -> None:
    """The frame is proven by decoding; a strict decoder has nothing to warn of."""
    for name, script in SCANS.items():
        (tmp_path / name).write_text(script)
    Image.fromarray(coded.colour()).save(tmp_path / "in.ppm")
    command = [peer("cjpeg"), *options.split(), "in.ppm"]
    made = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True).stdout
    new = redact_frame(coded.layout(coded.BASELINE, "RGB" if "-rgb" in options else "YBR_FULL_422"), made, BOXES)
    assert len(new) <= 1.1 * len(made)
    read = subprocess.run([peer("djpeg"), "-outfile", "/dev/null"], input=new, capture_output=True, check=True)
    assert not read.stderr


def test_a_jpeg_of_more_bytes_than_are_looked_up_at_once() -> None:
    """The frame is proven by decoding."""
    noise = np.random.default_rng(3).integers(0, 256, (640, 640)).astype(np.uint8)
    stream = io.BytesIO()
    Image.fromarray(noise).save(stream, "JPEG", quality=99)
    one = structs.replace(coded.layout(coded.BASELINE), rows=640, columns=640)
    assert len(stream.getvalue()) > 400_000
    new = redact_frame(one, stream.getvalue(), ((600, 600, 630, 640), (3, 3, 9, 20)))
    assert len(new) < len(stream.getvalue())


@pytest.mark.peer
def test_arithmetic_coding_is_held(tmp_path: Path) -> None:
    Image.fromarray(coded.grey()).save(tmp_path / "in.pgm")
    command = [peer("cjpeg"), "-arithmetic", "in.pgm"]
    made = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True).stdout
    with pytest.raises(Held, match="stream-unsupported"):
        redact_frame(coded.layout(coded.BASELINE), made, BOXES)
