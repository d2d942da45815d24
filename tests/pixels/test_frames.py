"""Frames of every transfer syntax: the values that other decoders see, and a reason for everything that is wrong."""

from __future__ import annotations

import os
import signal
import struct
import threading

import numpy as np
import pytest
from msgspec.structs import replace
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.encaps import generate_frames

from deidra.errors import Held
from deidra.pixels import frames as module
from deidra.pixels.decoders import declared_size
from deidra.pixels.frames import native_frame_bytes, samples
from deidra.pixels.image import Layout
from pixels.drawn import layout

imagecodecs = pytest.importorskip("imagecodecs")

CODED = """
    693_J2KR.dcm MR2_J2KI.dcm MR2_J2KR.dcm RG1_J2KR.dcm US1_J2KI.dcm US1_J2KR.dcm OBXXXX1A_rle.dcm emri_small_RLE.dcm
    emri_small_jpeg_2k_lossless.dcm emri_small_jpeg_ls_lossless.dcm MR_small_RLE.dcm MR_small_jp2klossless.dcm
    MR_small_jpeg_ls_lossless.dcm SC_rgb_rle.dcm SC_rgb_rle_16bit.dcm SC_rgb_rle_32bit.dcm SC_rgb_gdcm_KY.dcm
    SC_rgb_jls_lossy_line.dcm SC_rgb_jls_lossy_sample.dcm rtdose_rle_1frame.dcm JPEG2000.dcm
    JPEGLSNearLossless_08.dcm JPEGLSNearLossless_16.dcm SC_jpeg_no_color_transform.dcm J2K_pixelrep_mismatch.dcm
""".split()


def of_dataset(dataset: Dataset) -> Layout:
    return Layout(
        str(dataset.file_meta.TransferSyntaxUID), dataset.Rows, dataset.Columns, int(dataset.get("NumberOfFrames", 1)),
        dataset.SamplesPerPixel, dataset.PhotometricInterpretation, int(dataset.get("PlanarConfiguration", 0)),
        dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, bool(dataset.PixelRepresentation),
    )  # fmt: skip


@pytest.mark.parametrize("name", CODED)
def test_coded_frames_have_the_values_that_pydicom_sees(name: str) -> None:
    dataset = dcmread(get_testdata_file(name, download=False))
    shape = of_dataset(dataset)
    frame = next(generate_frames(dataset.PixelData, number_of_frames=shape.frames))
    expected = dataset.pixel_array[0] if shape.frames > 1 else dataset.pixel_array
    values = np.asarray(expected, np.int64) & ((1 << shape.bits_stored) - 1)
    if shape.is_signed:
        values = np.where(values >> (shape.bits_stored - 1) & 1, values - (1 << shape.bits_stored), values)
    assert np.array_equal(samples(shape, frame), values)


@pytest.mark.parametrize("bits", [8, 16, 32])
@pytest.mark.parametrize("signed", [False, True])
def test_native_values_survive_whatever_lies_above_the_high_bit(bits: int, signed: bool) -> None:
    stored = bits - 4
    rng = np.random.default_rng(bits)
    raw = rng.integers(0, 2**bits, (6, 8), dtype=f"u{bits // 8}")
    shape = layout(6, 8, bits_allocated=bits, bits_stored=stored, high_bit=stored - 1, is_signed=signed)
    values = raw.astype(np.int64) & ((1 << stored) - 1)
    if signed:
        values = np.where(values >= 1 << (stored - 1), values - (1 << stored), values)
    assert np.array_equal(samples(shape, raw.tobytes()), values)


def test_bits_planes_pairs_and_floats_are_laid_out_as_rows_and_columns() -> None:
    rng = np.random.default_rng(0)
    bits = rng.integers(0, 2, (5, 7), dtype=np.uint8)
    packed = np.packbits(bits.reshape(-1), bitorder="little").tobytes()
    assert np.array_equal(samples(layout(5, 7, bits_allocated=1, bits_stored=1, high_bit=0), packed), bits)
    colours = rng.integers(0, 256, (4, 6, 3), dtype=np.uint8)
    rgb = layout(4, 6, samples_per_pixel=3, photometric_interpretation="RGB")
    assert np.array_equal(samples(rgb, colours.tobytes()), colours)
    planes = np.ascontiguousarray(colours.transpose(2, 0, 1)).tobytes()
    assert np.array_equal(samples(replace(rgb, planar_configuration=1), planes), colours)
    pairs = replace(rgb, photometric_interpretation="YBR_FULL_422")
    assert native_frame_bytes(pairs) == 48
    decoded = samples(pairs, bytes(range(48)))
    assert decoded[0, :4].tolist() == [[0, 2, 3], [1, 2, 3], [4, 6, 7], [5, 6, 7]]
    floats = rng.normal(size=(3, 4)).astype("<f4")
    shape = layout(3, 4, bits_allocated=32, bits_stored=32, high_bit=31, is_float=True)
    assert np.array_equal(samples(shape, floats.tobytes()), floats)


@pytest.mark.parametrize(
    "changed",
    [
        {"rows": 0}, {"columns": -1}, {"bits_stored": 9}, {"bits_allocated": 12}, {"high_bit": 3},
        {"samples_per_pixel": 4}, {"samples_per_pixel": 2}, {"planar_configuration": 2},
        {"rows": 1 << 20, "columns": 1 << 20},
        {"bits_allocated": 1, "bits_stored": 1, "high_bit": 0, "samples_per_pixel": 3},
    ],
)  # fmt: skip
def test_layouts_that_cannot_be_are_held(changed: dict[str, object]) -> None:
    with pytest.raises(Held) as caught:
        samples(replace(layout(8, 8), **changed), bytes(64))
    assert caught.value.code == "pixel-layout"


def test_a_native_frame_that_is_too_short_is_held() -> None:
    with pytest.raises(Held) as caught:
        samples(layout(8, 8), bytes(63))
    assert caught.value.code == "frame-truncated"


JPEG_2000, JPEG, JPEG_LS, RLE, HTJ2K = ("1.2.840.10008.1.2." + last for last in ("4.90", "4.50", "4.80", "5", "4.201"))


def coded(syntax: str, picture: np.ndarray) -> bytes:
    encode = {
        JPEG_2000: lambda: imagecodecs.jpeg2k_encode(picture, level=0, codecformat="j2k"),
        JPEG: lambda: imagecodecs.jpeg8_encode(picture),
        JPEG_LS: lambda: imagecodecs.jpegls_encode(picture),
        HTJ2K: lambda: imagecodecs.htj2k_encode(picture),
        RLE: lambda: struct.pack("<16I", 1, 64, *[0] * 14) + imagecodecs.packbits_encode(picture),
    }[syntax]
    return bytes(encode())


def attempted(shape: Layout, stream: bytes) -> str:
    try:
        return "decoded" if samples(shape, stream).shape == (shape.rows, shape.columns) else "another size"
    except Held as held:
        return held.code


@pytest.mark.parametrize("syntax", [JPEG_2000, JPEG, JPEG_LS, RLE, HTJ2K])
def test_damaged_streams_give_a_reason_or_a_picture_and_never_more(syntax: str) -> None:
    picture = np.random.default_rng(1).integers(0, 256, (32, 48), dtype=np.uint8)
    whole = coded(syntax, picture)
    shape = layout(32, 48, transfer_syntax_uid=syntax)
    assert samples(shape, whole).shape == (32, 48)
    rng = np.random.default_rng(2)
    damaged = [whole[: len(whole) * part // 4] for part in range(4)]
    for _ in range(8):
        changed = bytearray(whole)
        for at in rng.integers(0, len(changed), 3):
            changed[at] = rng.integers(256)
        damaged.append(bytes(changed))
    for stream in damaged:
        outcome = attempted(shape, stream)
        assert outcome in ("decoded", "frame-undecodable", "frame-size-mismatch", "decoder-crashed")
    assert samples(shape, whole).shape == (32, 48)


@pytest.mark.parametrize("syntax", [JPEG_2000, JPEG, JPEG_LS, HTJ2K])
def test_a_stream_of_another_size_than_its_object_is_held(syntax: str) -> None:
    stream = coded(syntax, np.random.default_rng(1).integers(0, 256, (32, 48), dtype=np.uint8))
    assert declared_size(stream) == (32, 48, 1)
    with pytest.raises(Held) as caught:
        samples(layout(32, 32, transfer_syntax_uid=syntax), stream)
    assert caught.value.code == "frame-size-mismatch"


def test_a_stream_that_declares_a_monstrous_picture_is_held_before_it_is_decoded() -> None:
    stream = bytearray(coded(JPEG_2000, np.zeros((32, 32), np.uint8)))
    struct.pack_into(">2I", stream, 8, 1 << 30, 1 << 30)
    with pytest.raises(Held) as caught:
        samples(layout(32, 32, transfer_syntax_uid=JPEG_2000), bytes(stream))
    assert caught.value.code == "frame-size-mismatch"


def test_syntaxes_without_a_decoder_are_held() -> None:
    for syntax in ("1.2.840.10008.1.2.4.103", "1.2.3", "1.2.840.10008.1.2.4.94"):
        with pytest.raises(Held) as caught:
            samples(layout(8, 8, transfer_syntax_uid=syntax), bytes(64))
        assert caught.value.code == "transfer-syntax-undecodable"


def test_a_decoder_that_dies_is_a_reason_and_the_next_frame_gets_another() -> None:
    stream = coded(JPEG_LS, np.random.default_rng(1).integers(0, 256, (32, 48), dtype=np.uint8))
    shape = layout(32, 48, transfer_syntax_uid=JPEG_LS)
    samples(shape, stream)
    process = module._child_of(os.getpid())._running()
    # Stopped, it cannot answer before it is killed
    os.kill(process.pid, signal.SIGSTOP)
    killer = threading.Timer(0.2, process.kill)
    killer.start()
    with pytest.raises(Held) as caught:
        samples(shape, stream)
    killer.join()
    assert caught.value.code == "decoder-crashed"
    assert samples(shape, stream).shape == (32, 48)
