"""What coded frames carry besides pixels leaves the object, every sample stays, and offset tables tell the truth."""

from __future__ import annotations

from io import BytesIO
from struct import pack, unpack
from typing import TYPE_CHECKING

import pytest
from pydicom import Dataset, dcmread
from pydicom.encaps import parse_basic_offsets, parse_fragments

from bitstream import planted, planted_video
from bitstream.layers import found_in
from bitstream.pictures import COLUMNS, ROWS, coded
from deidra.bitstream import StreamKind, clean_stream
from deidra.dicom import coded_frames
from dicom.by_hand import JPEG_BASELINE, PIXEL_DATA, ct_file, element, item, sequence
from dicom.release import KEEP_STREAMS, release, release_one

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SYNTAXES = {
    StreamKind.JPEG: JPEG_BASELINE,
    StreamKind.JPEG_LS: "1.2.840.10008.1.2.4.80",
    StreamKind.JPEG_2000: "1.2.840.10008.1.2.4.90",
    StreamKind.JPEG_XL: "1.2.840.10008.1.2.4.112",
    StreamKind.RLE: "1.2.840.10008.1.2.5",
    StreamKind.MPEG_2: "1.2.840.10008.1.2.4.100",
    StreamKind.H264: "1.2.840.10008.1.2.4.102",
    StreamKind.HEVC: "1.2.840.10008.1.2.4.107",
    StreamKind.MPEG_TS: "1.2.840.10008.1.2.4.102",
    StreamKind.MPEG_PS: "1.2.840.10008.1.2.4.100",
    StreamKind.MP4: "1.2.840.10008.1.2.4.102",
}
STILL = [entry for entry in planted.every() if entry[0] in SYNTAXES]
# What stands before the first packet hides that there are packets: held
VIDEO = [
    entry
    for entry in planted_video.every()
    if entry[0] in SYNTAXES and entry != (StreamKind.MPEG_TS, "before the first packet")
]
PLAIN = coded(StreamKind.JPEG)["4:2:0"]
LOADED = planted.carriers(StreamKind.JPEG)["APP1 Exif"]


def even(data: bytes) -> bytes:
    return data + bytes(len(data) % 2)


def wrapped(
    fragments: Sequence[bytes], syntax: str, *, frames: int, table: bytes = b"", more: dict[int, bytes] | None = None
) -> bytes:
    """A file with these fragments as its pixel data."""
    items = [item(table), *(item(even(fragment)) for fragment in fragments)]
    layout = {
        0x00280008: ("IS", b"%d" % frames),
        0x00280010: ("US", pack("<H", ROWS)),
        0x00280011: ("US", pack("<H", COLUMNS)),
    }
    elements = {PIXEL_DATA: sequence(PIXEL_DATA, items, "OB", undefined=True), **(more or {})}
    return ct_file({PIXEL_DATA: None, **layout}, elements, syntax)


def table_of(fragments: Sequence[bytes], starts: Sequence[int]) -> bytes:
    """A Basic Offset Table for frames that begin at the fragments `starts`."""
    sizes = [8 + len(even(fragment)) for fragment in fragments]
    return b"".join(pack("<L", sum(sizes[:start])) for start in starts)


def read(content: bytes) -> tuple[list[int], list[bytes], list[int]]:
    """Offset table, fragments, and where each fragment begins, as pydicom reads them."""
    value = dcmread(BytesIO(content)).PixelData
    offsets = parse_basic_offsets(value)
    count, starts = parse_fragments(value)
    fragments = [value[at + 8 : at + 8 + unpack("<L", value[at + 4 : at + 8])[0]] for at in starts]
    assert count == len(fragments)
    first = 8 + 4 * len(offsets)
    return offsets, fragments[1:], [at - first for at in starts[1:]]


@pytest.mark.parametrize(("kind", "name"), STILL)
def test_no_needle_in_a_frame_survives(kind: StreamKind, name: str, tmp_path: Path) -> None:
    frame = planted.carriers(kind)[name]
    ((outcome, content),) = release(tmp_path, wrapped([frame], SYNTAXES[kind], frames=1))
    assert outcome.status == "released", outcome.reasons
    assert not found_in(content)
    _, (written,), _ = read(content)
    assert written == even(clean_stream(frame, kind, frame_pixels=planted.PIXELS).data)
    assert any(edit.rule == "policy:streams" for edit in outcome.edits)
    assert {look.kind: look.made for look in outcome.examinations}["streams"]


@pytest.mark.parametrize(("kind", "name"), VIDEO)
def test_no_needle_in_a_video_survives(kind: StreamKind, name: str, tmp_path: Path) -> None:
    video = planted_video.carriers(kind)[name]
    half = len(video) // 4 * 2
    ((outcome, content),) = release(tmp_path, wrapped([video[:half], video[half:]], SYNTAXES[kind], frames=9))
    assert outcome.status == "released", outcome.reasons
    assert not found_in(content)
    _, (written,), _ = read(content)
    # Zeros may stand behind the last unit of a video
    assert written.rstrip(b"\0") == clean_stream(video, kind).data.rstrip(b"\0")


@pytest.mark.parametrize("kept_bytes", [coded_frames._MOST_KEPT_BYTES, 0])
def test_frames_without_metadata_keep_their_bytes_and_offsets_are_true(
    kept_bytes: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(coded_frames, "_MOST_KEPT_BYTES", kept_bytes)
    third = len(PLAIN) // 6 * 2
    fragments = [PLAIN, LOADED, PLAIN[:third], PLAIN[third:], LOADED]
    content = wrapped(fragments, JPEG_BASELINE, frames=4, table=table_of(fragments, [0, 1, 2, 4]))
    offsets, written, starts = read(release_one(tmp_path, content))
    clean = even(clean_stream(LOADED, StreamKind.JPEG).data)
    assert written == [even(PLAIN), clean, PLAIN[:third], even(PLAIN[third:]), clean]
    assert offsets == [starts[0], starts[1], starts[2], starts[4]]


def test_the_extended_offset_table_is_written_anew(tmp_path: Path) -> None:
    fragments = [LOADED, PLAIN, LOADED]
    sizes = [8 + len(even(fragment)) for fragment in fragments]
    more = {
        0x7FE00001: element(0x7FE00001, "OV", b"".join(pack("<Q", sum(sizes[:at])) for at in range(3))),
        0x7FE00002: element(0x7FE00002, "OV", b"".join(pack("<Q", len(fragment)) for fragment in fragments)),
    }
    content = release_one(tmp_path, wrapped(fragments, JPEG_BASELINE, frames=3, more=more))
    ds = dcmread(BytesIO(content))
    offsets, written, starts = read(content)
    assert offsets == []
    assert list(unpack("<3Q", ds.ExtendedOffsetTable)) == starts
    lengths = unpack("<3Q", ds.ExtendedOffsetTableLengths)
    assert [even(fragment[:length]) for fragment, length in zip(written, lengths, strict=True)] == written


def test_a_table_that_is_not_true_is_replaced(tmp_path: Path) -> None:
    fragments = [PLAIN, PLAIN]
    content = wrapped(fragments, JPEG_BASELINE, frames=2, table=b"ZZNEEDLE")
    offsets, written, starts = read(release_one(tmp_path, content))
    assert (offsets, written) == (starts, [even(PLAIN)] * 2)


def test_an_object_without_anything_to_drop_keeps_its_pixel_data(tmp_path: Path) -> None:
    content = wrapped([PLAIN, PLAIN], JPEG_BASELINE, frames=2, table=table_of([PLAIN, PLAIN], [0, 1]))
    assert dcmread(BytesIO(release_one(tmp_path, content))).PixelData == dcmread(BytesIO(content)).PixelData


def test_the_policy_may_keep_streams_and_says_so(tmp_path: Path) -> None:
    ((outcome, content),) = release(tmp_path, wrapped([LOADED], JPEG_BASELINE, frames=1), settings=[KEEP_STREAMS])
    assert found_in(content)
    assert {look.kind: look.made for look in outcome.examinations}["streams"] is False


HELD = {
    "frames-missing": wrapped([PLAIN], JPEG_BASELINE, frames=2),
    "frames-unclear": wrapped([PLAIN, b"rest", b"more"], JPEG_BASELINE, frames=2),
    "stream-malformed": wrapped([b"Doe^Jane" * 8], JPEG_BASELINE, frames=1),
    "stream-truncated": wrapped([PLAIN[: len(PLAIN) // 2]], JPEG_BASELINE, frames=1),
    "stream-unsupported": wrapped([b"Doe^Jane" * 8], SYNTAXES[StreamKind.H264], frames=1),
}


@pytest.mark.parametrize("code", HELD)
def test_what_is_not_understood_is_held(code: str, tmp_path: Path) -> None:
    ((outcome, content),) = release(tmp_path, HELD[code])
    assert (outcome.status, [reason.code for reason in outcome.reasons], content) == ("held", [code], b"")
    assert "Doe" not in repr(outcome)


def test_a_frame_that_is_only_wrapped_or_deflated_ends_with_its_last_pixel(tmp_path: Path) -> None:
    import zlib

    pixels = bytes(range(256)) * 16
    frame = pixels[: ROWS * COLUMNS * 2]
    squeezer = zlib.compressobj(wbits=-15)
    deflated = squeezer.compress(frame) + squeezer.flush()
    for folder, syntax, coded_frame in (
        ("wrapped", "1.2.840.10008.1.2.1.98", frame),
        ("deflated", "1.2.840.10008.1.2.8.1", deflated),
    ):
        content = release_one(tmp_path / folder, wrapped([coded_frame + b"ZZNEEDLE"], syntax, frames=1))
        assert read(content)[1] == [even(coded_frame)]


def test_nothing_stands_behind_native_pixels(tmp_path: Path) -> None:
    pixels = bytes(range(32))
    content = ct_file({PIXEL_DATA: None}, {PIXEL_DATA: element(PIXEL_DATA, "OW", pixels + b"ZZNEEDLE^QUARTZ ")})
    ((outcome, released),) = release(tmp_path, content)
    assert dcmread(BytesIO(released)).PixelData == pixels
    assert not found_in(released)
    assert outcome.facts.size_out == len(released)


@pytest.mark.parametrize("nested", [False, True])
def test_a_colour_profile_keeps_what_converts_and_no_word(nested: bool, tmp_path: Path) -> None:
    profile = planted.text_profile()
    assert found_in(profile)
    ds = dcmread(BytesIO(wrapped([PLAIN], JPEG_BASELINE, frames=1)))
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.77.1.6"
    path = Dataset()
    (path if nested else ds).ICCProfile = profile
    ds.OpticalPathSequence = [path]
    content = BytesIO()
    ds.save_as(content)
    released = release_one(tmp_path, content.getvalue())
    assert not found_in(released)
    after = dcmread(BytesIO(released))
    kept = (after.OpticalPathSequence[0] if nested else after).ICCProfile
    assert kept == even(clean_stream(profile, StreamKind.ICC).data)
    assert 0 < len(kept) < len(profile)


def test_pixels_larger_than_their_subsampling_says_are_held_and_not_cut(tmp_path: Path) -> None:
    changes = {
        0x00280002: ("US", pack("<H", 3)),
        0x00280004: ("CS", b"YBR_FULL_422"),
        0x00280100: ("US", pack("<H", 8)),
        PIXEL_DATA: None,
    }
    content = ct_file(changes, {PIXEL_DATA: element(PIXEL_DATA, "OB", bytes(range(48)))})
    ((outcome, released),) = release(tmp_path, content)
    assert ([reason.code for reason in outcome.reasons], released) == (["pixel-layout"], b"")
