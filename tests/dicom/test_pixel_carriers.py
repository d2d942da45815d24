"""What carries pixels besides plain Pixel Data: deflated frames, floats, segmented palettes, lossy wavelets."""

from __future__ import annotations

import random
import struct
import zlib
from contextlib import suppress
from io import BytesIO
from typing import Any

import imagecodecs
import numpy as np
import pytest
from pydicom import Dataset, dcmread
from pydicom.data import get_testdata_file
from pydicom.encaps import encapsulate, generate_frames
from pydicom.pixels.processing import _expand_segmented_lut
from pydicom.uid import ImplicitVRLittleEndian

import deidra
from deidra.dicom.pixel_redaction import planned
from deidra.errors import Held
from deidra.pixels.image import Layout, Region
from deidra.pixels.segmented_palette import expanded
from dicom.carriers import COLUMNS, NAME, NEEDLE, ROWS, WITHOUT_PIXELS, looks, picture, refused, secondary, shown

DEFLATED = "1.2.840.10008.1.2.8.1"


# Deflated Image Frame Compression, PS3.5 A.4.13


def deflated(frames: list[bytes]) -> bytes:
    coder = [zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS) for _ in frames]
    return encapsulate([one.compress(frame) + one.flush() for one, frame in zip(coder, frames, strict=True)])


def with_deflated(value: bytes, frames: int, **more: Any) -> bytes:
    """A file with this pixel data. pydicom does not write the transfer syntax yet."""
    ds = secondary(picture(), 8, 8)
    ds.NumberOfFrames, ds.PixelData = frames, value
    ds["PixelData"].VR = "OB"
    for keyword, setting in more.items():
        setattr(ds, keyword, setting)
    ds.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.4.80"
    ds.file_meta.MediaStorageSOPClassUID, ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPClassUID, ds.SOPInstanceUID
    buffer = BytesIO()
    ds.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue().replace(b"1.2.840.10008.1.2.4.80", DEFLATED.encode() + b"\0")


@looks
def test_deflated_frames_are_searched_and_filled() -> None:
    plain = picture("", 0).astype(np.uint8)
    frames = [plain.tobytes(), picture(least=0).astype(np.uint8).tobytes()]
    ds = deidra.deidentify(with_deflated(deflated(frames), 2)).dataset()
    assert ds.file_meta.TransferSyntaxUID == DEFLATED
    first, second = (
        np.frombuffer(zlib.decompress(frame, -zlib.MAX_WBITS), np.uint8).reshape(ROWS, COLUMNS)
        for frame in generate_frames(ds.PixelData, number_of_frames=2)
    )
    assert np.array_equal(first, plain)
    assert np.ptp(second[NAME]) == 0
    assert np.array_equal(second[45:], plain[45:])
    assert ds.BurnedInAnnotation == "NO"


@looks
def test_masks_of_one_bit_in_deflated_frames_begin_with_a_byte() -> None:
    value = deflated([np.packbits(np.eye(11, dtype=np.uint8), bitorder="little").tobytes()] * 3)
    data = with_deflated(value, 3, Rows=11, Columns=11, BitsAllocated=1, BitsStored=1, HighBit=0)
    assert deidra.deidentify(data).dataset().PixelData == value


@looks
@pytest.mark.parametrize("data", [b"", b"\x07garbage", zlib.compress(bytes(9))[2:-4], zlib.compress(bytes(1 << 24))])
def test_damaged_deflated_frames_are_held(data: bytes) -> None:
    reasons = "frame-undecodable", "frame-truncated", "stream-truncated", "stream-malformed"
    assert refused(with_deflated(encapsulate([data or b"\0\0"]), 1)) in reasons


# Float Pixel Data and Double Float Pixel Data, PS3.3 C.7.6.24 and 25


def with_floats(kind: str, words: str = "DOE JANE") -> Dataset:
    ds = secondary(picture(), 8, 8)
    for keyword in ("PixelData", "BitsStored", "HighBit", "PixelRepresentation"):
        delattr(ds, keyword)
    ds.BitsAllocated = 32 if kind == "FloatPixelData" else 64
    values = (picture(words, 0, 1000) / 7 - 3).astype(f"<f{ds.BitsAllocated // 8}")
    setattr(ds, kind, values.tobytes())
    return ds


def floats(ds: Dataset, kind: str) -> np.ndarray[Any, Any]:
    return np.frombuffer(getattr(ds, kind), f"<f{ds.BitsAllocated // 8}").reshape(ROWS, COLUMNS)


@looks
@pytest.mark.parametrize("kind", ["FloatPixelData", "DoubleFloatPixelData"])
def test_floats_are_searched_and_filled(kind: str) -> None:
    before = with_floats(kind)
    ds = deidra.deidentify(before).dataset()
    assert np.ptp(floats(ds, kind)[NAME]) == 0
    assert np.array_equal(floats(ds, kind)[45:], floats(before, kind)[45:])
    assert ds.BurnedInAnnotation == "NO"


@pytest.mark.parametrize("kind", ["FloatPixelData", "DoubleFloatPixelData"])
@pytest.mark.parametrize("syntax", ["explicit", "implicit"])
def test_what_stands_behind_floats_goes(kind: str, syntax: str) -> None:
    ds = with_floats(kind)
    setattr(ds, kind, getattr(ds, kind) + NEEDLE.ljust(16).encode())
    if syntax == "implicit":
        ds.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    after = deidra.deidentify(ds, settings=WITHOUT_PIXELS)
    assert NEEDLE.encode() not in after.data
    assert np.array_equal(floats(after.dataset(), kind), floats(with_floats(kind), kind))


def test_an_object_with_two_kinds_of_pixel_data_is_held() -> None:
    ds = secondary(picture(), 8, 8)
    ds.FloatPixelData = np.zeros((ROWS, COLUMNS), "<f4").tobytes()
    assert refused(ds, *WITHOUT_PIXELS) == "pixel-layout"


@looks
def test_floats_that_are_missing_are_held() -> None:
    ds = with_floats("FloatPixelData")
    ds.FloatPixelData = ds.FloatPixelData[:-8]
    assert refused(ds) == "frames-missing"


# Segmented palettes, PS3.3 C.7.9.2


def segmented(bits: int) -> bytes:
    """Entries by a discrete, a linear and an indirect segment that repeats the first two."""
    size = "<H" if bits == 16 else "<B"
    words = [0, 4, 0, 10, 20, 30, 1, 60, 200, 0, 2, 190, 180]
    data = b"".join(struct.pack(size, word) for word in words)
    return data + struct.pack(size, 2) + struct.pack(size, 2) + struct.pack("<I", 0)


@pytest.mark.parametrize("bits", [8, 16])
def test_segments_expand_as_another_reader_expands_them(bits: int) -> None:
    data, size = segmented(bits), bits // 8
    words = struct.unpack(f"<{len(data) // size}{'H' if bits == 16 else 'B'}", data)
    other = _expand_segmented_lut(words, "<H" if bits == 16 else "<B")
    table = np.frombuffer(expanded(data, bits), f"<u{size}")
    assert len(table) == len(other) == 130
    # Half-way values are rounded either way
    assert np.abs(table.astype(int) - np.asarray(other)).max() <= 1


@pytest.mark.parametrize(
    "words",
    [
        [0, 9, 1], [1, 5, 7], [3, 1, 1], [0, 1, 5, 1, 9], [2, 1, 0, 0], [0, 1, 5, 2, 1, 3, 0], [0, 1, 5, 2, 9, 0, 0],
        [0, 1, 5, 2, 1, 99, 99], [0, 1, 5, *[1, 0xFFFF, 9] * 2], [0, 2, 1, 2, 2, 1, 0, 0, 2, 1, 8, 0],
    ],
)  # fmt: skip
def test_malformed_segments_are_held(words: list[int]) -> None:
    with pytest.raises(Held, match="palette-malformed"):
        expanded(struct.pack(f"<{len(words)}H", *words), 16)


def test_segments_that_are_repeated_without_end_are_held() -> None:
    nothing = struct.pack("<5H", 0, 1, 5, 0, 0)
    with pytest.raises(Held, match="palette-malformed"):
        expanded(nothing + struct.pack("<4H", 2, 0xFFFF, 6, 0) * 3, 16)
    with pytest.raises(Held, match="palette-malformed"):
        expanded(bytes(1 << 21), 16)


@pytest.mark.parametrize("seed", range(40))
def test_random_segments_are_expanded_or_held(seed: int) -> None:
    rng = random.Random(seed)
    words = [rng.choice((0, 1, 2, rng.randrange(9), rng.randrange(1 << 16))) for _ in range(rng.randrange(60))]
    with suppress(Held):
        assert len(expanded(struct.pack(f"<{len(words)}H", *words), 16)) <= 1 << 17


def test_a_linear_segment_of_no_length_adds_nothing() -> None:
    assert expanded(struct.pack("<6H", 0, 1, 5, 1, 0, 9), 16) == struct.pack("<H", 5)


@looks
def test_an_image_with_a_segmented_palette_is_searched_and_filled() -> None:
    ds = secondary(picture(least=0), 8, 8)
    ds.PhotometricInterpretation = "PALETTE COLOR"
    for name in ("Red", "Green", "Blue"):
        setattr(ds, f"{name}PaletteColorLookupTableDescriptor", [256, 0, 16])
        table = struct.pack("<6H", 0, 1, 0, 1, 255, 65535)
        setattr(ds, f"Segmented{name}PaletteColorLookupTableData", table)
    after = deidra.deidentify(ds).dataset()
    assert np.ptp(shown(after)[0][NAME]) == 0
    assert np.array_equal(shown(after)[0][45:], shown(ds)[0][45:])
    assert dcmread(BytesIO(deidra.deidentify(ds).data)).SegmentedRedPaletteColorLookupTableData


def test_a_palette_of_a_real_device_expands_as_another_reader_expands_it() -> None:
    ds = dcmread(get_testdata_file("gdcm-US-ALOKA-16.dcm", download=False))
    for channel in ("Red", "Green", "Blue"):
        data = ds[f"Segmented{channel}PaletteColorLookupTableData"].value
        bits = ds[f"{channel}PaletteColorLookupTableDescriptor"].value[2]
        other = _expand_segmented_lut(struct.unpack(f"<{len(data) // 2}H", data), "<H")
        table = np.frombuffer(expanded(data, bits), "<u2")
        assert len(table) == len(other)
        assert np.abs(table.astype(int) - np.asarray(other)).max() <= 1


# Lossy JPEG 2000: its syntax is kept where the object grows by no more than a tenth


def wavelets(words: list[str], *, lossy: bool) -> Dataset:
    noise = np.random.default_rng(1).normal(0, 60, (ROWS, COLUMNS))
    frames = [np.clip(picture(one, 300, 3800) + noise, 0, 4095).astype(np.uint16) for one in words]
    arguments = {"level": 72, "reversible": False} if lossy else {"level": 0, "reversible": True}
    ds = secondary(frames[0], 16, 12)
    ds.NumberOfFrames, ds.LossyImageCompression = len(frames), "01" if lossy else "00"
    coded_frames = [bytes(imagecodecs.jpeg2k_encode(one, codecformat="J2K", **arguments)) for one in frames]
    ds.PixelData = encapsulate(coded_frames)
    ds["PixelData"].VR = "OB"
    ds.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.4.91"
    return ds


@looks
@pytest.mark.parametrize(
    ("words", "lossy", "syntax", "says"),
    [
        (["DOE JANE"], True, "4.90", "01"),
        (["DOE JANE"], False, "4.91", "00"),
        (["DOE JANE"] * 3, True, "4.90", "01"),
    ],
)
def test_lossy_wavelets_become_lossless_ones_where_they_would_grow(
    words: list[str], lossy: bool, syntax: str, says: str
) -> None:
    before = wavelets(words, lossy=lossy)
    ds = deidra.deidentify(before).dataset()
    assert ds.file_meta.TransferSyntaxUID == f"1.2.840.10008.1.2.{syntax}"
    assert ds.LossyImageCompression == says
    if syntax == "4.91":
        assert len(ds.PixelData) <= 1.1 * len(before.PixelData)
    frames = [generate_frames(one.PixelData, number_of_frames=len(words)) for one in (before, ds)]
    for old, new in zip(*frames, strict=True):
        old_values, new_values = imagecodecs.jpeg2k_decode(old), imagecodecs.jpeg2k_decode(new)
        assert np.array_equal(old_values[45:], new_values[45:])
        assert np.ptp(new_values[NAME]) == 0


@looks
def test_one_frame_of_many_does_not_take_the_syntax_from_all() -> None:
    source = wavelets([""] * 30, lossy=True)
    found = [Region((0, 0, 20, 20), 4, 4, "text", 1.0, "somebody")]
    layout = Layout("1.2.840.10008.1.2.4.91", ROWS, COLUMNS, 30, 1, "MONOCHROME2", 0, 16, 12, 11, False)
    frames = list(generate_frames(source.PixelData, number_of_frames=30))
    assert planned(layout, found, frames.__getitem__).transfer_syntax_uid.endswith(".91")
    everywhere = [Region((0, 0, 20, 20), 0, 29, "text", 1.0, "somebody")]
    assert planned(layout, everywhere, frames.__getitem__).transfer_syntax_uid.endswith(".90")
