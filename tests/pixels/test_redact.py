"""What redaction fills with, what it says beforehand, and what it changes around the pixels."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from msgspec import structs
from pydicom import Dataset, dcmread
from pydicom.dataset import FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID, generate_uid

from deidra.pixels import consequences, fill, huffman, native, rle_rows
from deidra.pixels import frames as frame_source
from deidra.pixels.image import Palette
from deidra.pixels.jpeg_syntax import parse
from deidra.pixels.redact import Plan, clear_unused_bits, plan, redact_frame, transcode_frame
from peers import peer
from pixels import coded
from pixels.coded import BOXES, Frame

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("photometric", "bits", "signed", "expected"),
    [
        ("MONOCHROME2", 8, False, (0,)),
        ("MONOCHROME1", 8, False, (255,)),
        ("MONOCHROME2", 12, True, (-2048,)),
        ("MONOCHROME1", 12, True, (2047,)),
        ("RGB", 16, False, (0, 0, 0)),
        ("YBR_FULL", 8, False, (0, 128, 128)),
        ("YBR_RCT", 8, False, (0, 0, 0)),
    ],
)
def test_black_is_what_is_shown_black(photometric: str, bits: int, signed: bool, expected: tuple[int, ...]) -> None:
    assert fill.black(coded.layout(coded.EXPLICIT, photometric, bits=bits, signed=signed)) == expected


def test_a_palette_is_filled_with_its_darkest_entry() -> None:
    shades = bytes((200, 90, 3, 255))
    one = coded.layout(coded.EXPLICIT, "PALETTE COLOR")
    assert fill.black(structs.replace(one, palette=Palette((4, 10, 8), shades, shades, shades))) == (12,)
    deep = b"".join(value.to_bytes(2, "little") for value in (900, 256, 40000))
    assert fill.black(structs.replace(one, palette=Palette((3, 0, 16), deep, deep, deep))) == (1,)


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_beyond_8_bits_the_fill_is_the_darkest_value_that_stays(photometric: str) -> None:
    """A window set from the least and the greatest value must not be thrown off."""
    picture = coded.grey(12, signed=True)
    picture[5, 20] = -2048  # within a box
    picture[6, 20] = 2047
    one = coded.layout(coded.EXPLICIT, photometric, bits=12, signed=True)
    after = np.frombuffer(redact_frame(one, picture.tobytes(), BOXES), "<i2").reshape(picture.shape)
    stays = picture[~fill.covered(picture.shape, BOXES)]
    assert after[5, 20] == (stays.max() if photometric == "MONOCHROME1" else stays.min())
    assert (after.min(), after.max()) == (stays.min(), stays.max())


def test_bits_outside_the_stored_ones_are_cleared_and_values_stay() -> None:
    picture = coded.grey(12)
    overlay = np.where(np.add.outer(np.arange(coded.ROWS), np.arange(coded.COLUMNS)) % 7, 0, 0x9000).astype("<u2")
    one = coded.layout(coded.EXPLICIT, bits=12)
    assert native.clear_unused_bits(one, (picture | overlay).tobytes()) == picture.tobytes()
    raised = structs.replace(one, high_bit=14)
    assert native.clear_unused_bits(raised, ((picture << 3) | 0x8005).tobytes()) == (picture << 3).tobytes()


def test_bits_above_a_signed_value_repeat_its_sign() -> None:
    picture = coded.grey(12, signed=True)
    one = coded.layout(coded.EXPLICIT, bits=12, signed=True)
    hidden = ((picture.view("<u2") & 0x0FFF) | 0x5000).tobytes()
    assert native.clear_unused_bits(one, hidden) == picture.tobytes()


def test_a_frame_without_anything_in_unused_bits_keeps_its_bytes() -> None:
    data = coded.grey(12, signed=True).tobytes()
    assert native.clear_unused_bits(coded.layout(coded.EXPLICIT, bits=12, signed=True), data) is data


HIDING = ("RLE", "JPEG lossless", "JPEG-LS", "JPEG 2000", "HTJ2K")


@pytest.mark.parametrize("way", HIDING)
@pytest.mark.parametrize("signed", [False, True])
def test_bits_above_the_stored_ones_are_cleared_in_coded_frames(way: str, signed: bool) -> None:
    frame = coded.hiding(way, signed=signed)
    clean = clear_unused_bits(frame.layout, frame.coded)
    whole = structs.replace(frame.layout, bits_stored=16, high_bit=15)
    assert np.array_equal(frame_source.samples(whole, clean), coded.grey(12, signed=signed))
    assert not np.array_equal(frame_source.samples(whole, frame.coded), coded.grey(12, signed=signed))
    assert clear_unused_bits(whole, frame.coded) is frame.coded


def test_a_box_leaves_no_bit_of_a_cell() -> None:
    picture = coded.grey(12) | 0xF000
    after = np.frombuffer(redact_frame(coded.layout(coded.EXPLICIT, bits=12), picture.tobytes(), BOXES), "<u2")
    assert not (after.reshape(picture.shape)[fill.covered(picture.shape, BOXES)] & 0xF000).any()


def test_rows_of_rle_that_no_box_touches_keep_their_runs() -> None:
    one, data = coded.frames()["RLE 8 unsigned"]
    after = rle_rows.blank(one, data, ((140, 10, 145, 20),))
    common = next(at for at in range(64, len(data)) if data[at] != after[at])
    assert common > 0.8 * len(data)


@pytest.mark.parametrize("size", [1, 2, 3, 127, 128, 129, 300])
def test_packed_rows_are_no_longer_than_they_may_be(size: int) -> None:
    rng = np.random.default_rng(size)
    for row in (bytes(size), rng.bytes(size), rng.integers(0, 2, size).astype(np.uint8).tobytes()):
        packed = rle_rows.packbits(row)
        assert unpacked(packed) == row
        assert len(packed) <= size + -(-size // 128)


def unpacked(data: bytes) -> bytes:
    found, at = b"", 0
    while at < len(data):
        count = data[at] + 1 if data[at] < 128 else 1
        found += data[at + 1 : at + 1 + count] * (1 if data[at] < 128 else 257 - data[at])
        at += 1 + count
    return found


def test_a_code_is_added_behind_the_others() -> None:
    stream = parse(coded.frames()["JPEG grey, own tables"].coded)
    for table in stream.tables.values():
        longer = huffman.extended(table, (0xEE, 0xDD))
        before, after = huffman.codes(table), huffman.codes(longer)
        assert {symbol: after[symbol] for symbol in before} == before
        assert len(set(after.values())) == len(after)
        assert not any(set(code) == {1} for code in after.values())
        assert not any(one != other and other.startswith(one) for one in after.values() for other in after.values())


def test_a_table_without_room_is_held() -> None:
    full = huffman.Table(bytes((1,) * 15 + (1,)), bytes(range(16)))
    with pytest.raises(Exception, match="redaction-table-full"):
        huffman.extended(full, (200,))


def test_the_plan_names_the_attributes_of_the_dictionary() -> None:
    from pydicom.datadict import tag_for_keyword

    for name, frame in coded.frames().items():
        what = plan(frame.layout)
        assert all(tag_for_keyword(keyword) for keyword in (*what.attributes, *what.attributes_where_absent)), name
        assert what.attributes["SmallestImagePixelValue"] is None


def test_what_was_lossy_stays_so() -> None:
    for name in ("JPEG-LS near", "JPEG 2000 ICT", "JPEG XL lossy"):
        what = plan(coded.frames()[name].layout)
        assert what.recodes_all
        assert what.attributes["LossyImageCompression"] == "01"
        assert what.attributes_where_absent["LossyImageCompressionMethod"].startswith("ISO_")
    assert plan(coded.frames()["JPEG 2000 ICT"].layout).attributes["PhotometricInterpretation"] == "YBR_RCT"
    assert "LossyImageCompression" not in plan(coded.frames()["JPEG-LS 8 unsigned"].layout).attributes


def test_padding_is_spoken_of() -> None:
    one = coded.layout(coded.EXPLICIT, bits=12)
    assert not plan(one).remarks
    assert plan(structs.replace(one, padding_value=0)).remarks
    assert not consequences.padding_remarks(coded.layout(coded.EXPLICIT, "RGB"))


def secondary_capture(frame: Frame) -> Dataset:
    """An object around a frame as complete as its class asks for."""
    one = frame.layout
    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.7", generate_uid()
    ds.StudyInstanceUID, ds.SeriesInstanceUID = generate_uid(), generate_uid()
    ds.StudyDate = ds.StudyTime = ds.ReferringPhysicianName = ds.StudyID = ds.AccessionNumber = ""
    ds.PatientName, ds.PatientID, ds.PatientBirthDate, ds.PatientSex = "P", "1", "", "O"
    ds.Modality, ds.SeriesNumber, ds.InstanceNumber, ds.ConversionType = "OT", 1, 1, "WSD"
    ds.ImageType, ds.PatientOrientation = ["DERIVED", "SECONDARY"], ""
    ds.SamplesPerPixel, ds.PhotometricInterpretation = one.samples_per_pixel, one.photometric_interpretation
    ds.Rows, ds.Columns, ds.BitsAllocated, ds.BitsStored = one.rows, one.columns, one.bits_allocated, one.bits_stored
    ds.HighBit, ds.PixelRepresentation = one.high_bit, int(one.is_signed)
    if one.samples_per_pixel > 1:
        ds.PlanarConfiguration = one.planar_configuration
    ds.SmallestImagePixelValue = ds.LargestImagePixelValue = 1
    for keyword in ("SmallestImagePixelValue", "LargestImagePixelValue"):
        ds[keyword].VR = "SS" if one.is_signed else "US"
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = UID(one.transfer_syntax_uid)
    ds.PixelData = pixel_data(ds, frame.coded)
    ds["PixelData"].VR = "OB" if UID(one.transfer_syntax_uid).is_encapsulated or one.bits_allocated <= 8 else "OW"
    return ds


def pixel_data(ds: Dataset, frame: bytes) -> bytes:
    if UID(ds.file_meta.TransferSyntaxUID).is_encapsulated:
        return encapsulate([frame])
    return frame + b"\0" * (len(frame) % 2)


def applied(ds: Dataset, what: Plan, frame: bytes) -> Dataset:
    """What the caller does with a plan."""
    ds.file_meta.TransferSyntaxUID = UID(what.transfer_syntax_uid)
    for keyword, value in what.attributes.items():
        if value is not None:
            setattr(ds, keyword, value)
        elif keyword in ds:
            delattr(ds, keyword)
    for keyword, value in what.attributes_where_absent.items():
        if keyword not in ds:
            setattr(ds, keyword, value)
    ds.PixelData = pixel_data(ds, frame)
    return ds


def written(ds: Dataset, path: Path) -> Path:
    ds.save_as(path, enforce_file_format=True, little_endian=True, implicit_vr=False)
    return path


def complaints(path: Path) -> set[str]:
    run = subprocess.run([peer("dciodvfy"), "-new", path], capture_output=True, text=True, check=False)
    return {line for line in run.stderr.splitlines() if line.startswith("Error")}


OBJECTS = [
    "native 12 of 16 signed", "native planes", "native pairs", "RLE RGB", "JPEG 4:2:0", "JPEG RGB", "JPEG extended 12",
    "JPEG lossless 12 signed", "JPEG-LS RGB, interleave 2", "JPEG-LS near", "JPEG 2000 ICT", "JPEG 2000 RCT",
    "JPEG 2000 lossy", "HTJ2K 16 signed",
]  # fmt: skip


@pytest.mark.peer
@pytest.mark.parametrize("name", OBJECTS)
def test_an_object_stays_as_right_as_it_was(name: str, tmp_path: Path) -> None:
    frame = coded.frames()[name]
    what = plan(frame.layout)
    after = transcode_frame if what.recodes_all else redact_frame
    ds = secondary_capture(frame)
    before = complaints(written(ds, tmp_path / "before.dcm"))
    found = complaints(written(applied(ds, what, after(frame.layout, frame.coded, BOXES)), tmp_path / "after.dcm"))
    assert not found - before
    assert_shown(tmp_path / "after.dcm")


def assert_shown(path: Path) -> None:
    """By a toolkit that knows of objects and not only of frames: boxes are even."""
    syntax = dcmread(path, specific_tags=[]).file_meta.TransferSyntaxUID
    if syntax == coded.HT:
        return  # neither toolkit knows it
    if syntax in (coded.EXTENDED, coded.FIRST_ORDER):
        subprocess.run([peer("dcmdjpeg"), path, path.with_suffix(".raw")], check=True, capture_output=True)
        path = path.with_suffix(".raw")
    shown: Any = dcmread(path).pixel_array
    top, left, bottom, right = BOXES[0]
    first = shown[top:bottom, left:right]
    first = first[:, :, 0] if first.ndim == 3 else first
    # JPEG: chrominance is smoothed at the edge of a box, and turned into colours
    assert np.ptp(first[2:-2, 2:-2]) == 0
