"""Frames in every transfer syntax that is redacted, made by other people's encoders, and two decoders for each."""

from __future__ import annotations

import io
import warnings
import zlib
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import av
import imagecodecs
import jpeg_ls
import numpy as np
import openjpeg
import rle
from msgspec import structs
from openjpeg.utils import encode_buffer
from PIL import Image, ImageDraw
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.pixels import get_decoder
from pydicom.pixels.decoders.rle import _rle_decode_frame

from deidra.pixels.image import Layout

ROWS, COLUMNS = 149, 203
PREFIX = "1.2.840.10008.1.2"
EXPLICIT, RLE = PREFIX + ".1", PREFIX + ".5"
BASELINE, EXTENDED, LOSSLESS, FIRST_ORDER = (f"{PREFIX}.4.{last}" for last in (50, 51, 57, 70))
LS, LS_NEAR, J2K, J2K_ANY = (f"{PREFIX}.4.{last}" for last in (80, 81, 90, 91))
HT, HT_RPCL, HT_ANY, XL, XL_LOSSY = (f"{PREFIX}.4.{last}" for last in (201, 202, 203, 110, 112))

# Top, left, bottom, right: odd ones, on a corner, overlapping, of one pixel, and touching the next below
BOXES = ((3, 5, 29, 101), (20, 90, 41, 150), (131, 180, 149, 203), (60, 61, 61, 62), (61, 40, 75, 70))


class Frame(NamedTuple):
    """A coded frame with the layout of its object."""

    layout: Layout
    coded: bytes


def layout(
    syntax: str, photometric: str = "MONOCHROME2", *, bits: int = 8, allocated: int = 0, signed: bool = False
) -> Layout:
    """The layout of one of the pictures."""
    return Layout(
        transfer_syntax_uid=syntax,
        rows=ROWS,
        columns=COLUMNS,
        frames=1,
        samples_per_pixel=1 if photometric in ("MONOCHROME1", "MONOCHROME2", "PALETTE COLOR") else 3,
        photometric_interpretation=photometric,
        planar_configuration=0,
        bits_allocated=allocated or (8 if bits <= 8 else 16),
        bits_stored=bits,
        high_bit=bits - 1,
        is_signed=signed,
    )


def grey(bits: int = 8, *, signed: bool = False) -> Any:
    """Slopes and noise over most of the range that `bits` have, and flat areas."""
    down, across = np.mgrid[:ROWS, :COLUMNS]
    noise = np.random.default_rng(bits).normal(0, 0.02, (ROWS, COLUMNS))
    picture = 0.5 + 0.3 * np.sin(across / 17) * np.cos(down / 11) + noise
    picture[70:90, 100:160] = 0.8
    picture[90:100] = 0.1
    values = (picture * ((1 << bits) - 1)).clip(1, (1 << bits) - 2).astype(np.int64)
    if signed:
        return (values - (1 << bits - 1)).astype(np.int8 if bits <= 8 else np.int16)
    return values.astype(np.uint8 if bits <= 8 else np.uint16)


def colour(bits: int = 8) -> Any:
    """Three pictures that are unlike."""
    one = grey(bits)
    return np.stack((one, np.roll(one, 40, 1), one[::-1]), axis=2)


def _jpeg(picture: Any, **settings: Any) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, "JPEG", **settings)
    return stream.getvalue()


def _runs(picture: Any) -> bytes:
    count = 1 if picture.ndim == 2 else 3
    return bytes(
        rle.encode_pixel_data(
            picture.tobytes(),
            rows=ROWS,
            columns=COLUMNS,
            samples_per_pixel=count,
            bits_allocated=8 * picture.itemsize,
            byteorder="<",
        )
    )


def _predictive(picture: Any, predictor: int, bits: int) -> bytes:
    spaces = {} if picture.ndim == 2 else {"colorspace": "RGB", "outcolorspace": "RGB"}
    pattern = picture if picture.dtype.kind == "u" else picture.view(f"u{picture.itemsize}") & ((1 << bits) - 1)
    coded: bytes = imagecodecs.jpeg8_encode(pattern, lossless=True, predictor=predictor, bitspersample=bits, **spaces)
    return coded


def _ls(picture: Any, bits: int, error: int = 0, interleave: int | None = None) -> bytes:
    pattern = picture.view(f"u{picture.itemsize}") & ((1 << bits) - 1)
    if interleave == 0:
        pattern = pattern.transpose(2, 0, 1)
    count = 1 if picture.ndim == 2 else 3
    data = np.ascontiguousarray(pattern).tobytes()
    return bytes(jpeg_ls.encode_buffer(data, ROWS, COLUMNS, count, bits, error, interleave))


def _openjpeg(picture: Any, bits: int, *, transforms: bool = False, ratio: float = 0) -> bytes:
    coded: bytes = encode_buffer(
        picture.tobytes(),
        COLUMNS,
        ROWS,
        1 if picture.ndim == 2 else 3,
        bits,
        picture.dtype.kind == "i",
        photometric_interpretation=1 if picture.ndim == 3 else 2,
        use_mct=transforms,
        compression_ratios=[ratio] if ratio else None,
    )
    return coded


def _tiled(picture: Any) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, "JPEG2000", tile_size=(64, 64), irreversible=False, no_jp2=True)
    return stream.getvalue()


def _native() -> dict[str, Frame]:
    found = {}
    for bits, allocated, signed in ((8, 8, False), (8, 8, True), (12, 16, False), (12, 16, True), (16, 16, True)):
        name = f"native {bits} of {allocated} {'signed' if signed else 'unsigned'}"
        found[name] = Frame(layout(EXPLICIT, bits=bits, signed=signed), grey(bits, signed=signed).tobytes())
    wide = layout(EXPLICIT, bits=32, allocated=32)
    found["native 32"] = Frame(wide, grey(16).astype("<u4").tobytes())
    floating = structs.replace(wide, is_float=True)
    found["native float"] = Frame(floating, (grey(12).astype("<f4") / 7).tobytes())
    found["native double"] = Frame(structs.replace(floating, bits_allocated=64), grey(12).astype("<f8").tobytes())
    bitwise = layout(EXPLICIT, bits=1, allocated=1)
    found["native 1"] = Frame(bitwise, np.packbits(grey() > 128, bitorder="little").tobytes())
    found["native MONOCHROME1"] = Frame(layout(EXPLICIT, "MONOCHROME1", bits=12), grey(12).tobytes())
    high = structs.replace(layout(EXPLICIT, bits=12), high_bit=15)
    found["native high bit 15"] = Frame(high, (grey(12) << 4).tobytes())
    for photometric in ("RGB", "YBR_FULL"):
        found[f"native {photometric}"] = Frame(layout(EXPLICIT, photometric), colour().tobytes())
    planes = structs.replace(layout(EXPLICIT, "RGB", bits=16), planar_configuration=1)
    found["native planes"] = Frame(planes, np.ascontiguousarray(colour(16).transpose(2, 0, 1)).tobytes())
    even = structs.replace(layout(EXPLICIT, "YBR_FULL_422"), columns=COLUMNS - 1)
    paired = np.ascontiguousarray(colour()[:, : COLUMNS - 1])
    pairs = np.concatenate((paired[:, :, 0].reshape(ROWS, -1, 2), paired[:, ::2, 1:]), axis=2)
    found["native pairs"] = Frame(even, pairs.tobytes())
    return found


def _jpegs() -> dict[str, Frame]:
    ways: dict[str, tuple[Any, dict[str, Any]]] = {
        "grey": (grey(), {}),
        "grey, own tables": (grey(), {"optimize": True, "quality": 30}),
        "grey, quality 100": (grey(), {"optimize": True, "quality": 100}),
        "4:4:4": (colour(), {"subsampling": 0}),
        "4:2:2": (colour(), {"subsampling": 1}),
        "4:2:0": (colour(), {"subsampling": 2}),
        "4:2:0, own tables": (colour(), {"subsampling": 2, "optimize": True}),
        "restarts by rows": (colour(), {"subsampling": 2, "restart_marker_rows": 1}),
        "restarts by blocks": (colour(), {"subsampling": 1, "restart_marker_blocks": 5}),
        "progressive grey": (grey(), {"progressive": True}),
        "progressive 4:2:0": (colour(), {"progressive": True, "subsampling": 2}),
        "progressive, restarts": (colour(), {"progressive": True, "subsampling": 0, "restart_marker_rows": 2}),
    }
    found = {}
    for name, (picture, settings) in ways.items():
        photometric = "MONOCHROME2" if picture.ndim == 2 else "YBR_FULL_422"
        found[f"JPEG {name}"] = Frame(layout(BASELINE, photometric), _jpeg(picture, **settings))
    rgb = _jpeg(colour(), keep_rgb=True, subsampling=0)
    found["JPEG RGB"] = Frame(layout(BASELINE, "RGB"), rgb)
    found["JPEG MONOCHROME1"] = Frame(layout(BASELINE, "MONOCHROME1"), _jpeg(grey()))
    extended = imagecodecs.jpeg8_encode(grey(12), level=90, bitspersample=12)
    found["JPEG extended 12"] = Frame(layout(EXTENDED, bits=12), extended)
    for predictor in range(1, 8):
        syntax = LOSSLESS if predictor > 1 else FIRST_ORDER
        found[f"JPEG lossless, predictor {predictor}"] = Frame(
            layout(syntax, bits=16), _predictive(grey(16), predictor, 16)
        )
    found["JPEG lossless 12"] = Frame(layout(FIRST_ORDER, bits=12), _predictive(grey(12), 1, 12))
    signed = grey(12, signed=True)
    found["JPEG lossless 12 signed"] = Frame(layout(FIRST_ORDER, bits=12, signed=True), _predictive(signed, 1, 12))
    found["JPEG lossless RGB"] = Frame(layout(FIRST_ORDER, "RGB"), _predictive(colour(), 1, 8))
    return found


def _packaged() -> dict[str, Frame]:
    found = {}
    for bits, signed in ((8, False), (12, False), (12, True), (16, False), (16, True)):
        name = f"{bits} {'signed' if signed else 'unsigned'}"
        picture = grey(bits, signed=signed)
        one = layout(RLE, bits=bits, signed=signed)
        found[f"RLE {name}"] = Frame(one, _runs(picture))
        found[f"JPEG-LS {name}"] = Frame(structs.replace(one, transfer_syntax_uid=LS), _ls(picture, bits))
        found[f"JPEG 2000 {name}"] = Frame(structs.replace(one, transfer_syntax_uid=J2K), _openjpeg(picture, bits))
        if bits != 12:
            fast = imagecodecs.htj2k_encode(picture, level=0, reversible=True)
            found[f"HTJ2K {name}"] = Frame(structs.replace(one, transfer_syntax_uid=HT), fast)
    found["RLE RGB"] = Frame(layout(RLE, "RGB"), _runs(colour()))
    found["JPEG 2000 lossy"] = Frame(layout(J2K_ANY, bits=16), _openjpeg(grey(16), 16, ratio=10))
    found["JPEG 2000 tiles"] = Frame(layout(J2K), _tiled(grey()))
    rct = layout(J2K, "YBR_RCT")
    found["JPEG 2000 RCT"] = Frame(rct, _openjpeg(colour(), 8, transforms=True))
    ict = layout(J2K_ANY, "YBR_ICT")
    found["JPEG 2000 ICT"] = Frame(ict, _openjpeg(colour(), 8, transforms=True, ratio=8))
    found["JPEG 2000 RGB"] = Frame(layout(J2K, "RGB"), _openjpeg(colour(), 8))
    fast = imagecodecs.htj2k_encode(colour(), level=0, reversible=True, rgb=True)
    found["HTJ2K RCT"] = Frame(layout(HT_RPCL, "YBR_RCT"), fast)
    fast = imagecodecs.htj2k_encode(grey(16), reversible=False, level=0.001)
    found["HTJ2K lossy"] = Frame(layout(HT_ANY, bits=16), fast)
    for interleave in range(3):
        # The package takes lines by sample
        found[f"JPEG-LS RGB, interleave {interleave}"] = Frame(layout(LS, "RGB"), _ls(colour(), 8, 0, interleave))
    found["JPEG-LS near"] = Frame(layout(LS_NEAR, bits=12), _ls(grey(12), 12, 3))
    found["JPEG XL"] = Frame(layout(XL, bits=16), imagecodecs.jpegxl_encode(grey(16), lossless=True))
    found["JPEG XL lossy"] = Frame(layout(XL_LOSSY, "XYB"), imagecodecs.jpegxl_encode(colour(), lossless=False))
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
    deflated = deflater.compress(grey(12).tobytes()) + deflater.flush()
    found["deflated frame"] = Frame(layout(PREFIX + ".8.1", bits=12), deflated)
    return found


@cache
def frames() -> dict[str, Frame]:
    """One frame of each kind."""
    return {**_native(), **_jpegs(), **_packaged()}


def hiding(way: str, *, signed: bool) -> Frame:
    """A frame of 12 bits whose four bits above hold something else."""
    picture = grey(12, signed=signed)
    down, across = np.mgrid[:ROWS, :COLUMNS]
    above = ((down * across) % 5 == 0).astype("<u2") * 0x5000
    pattern = (picture.view("<u2") & 0x0FFF) | above
    makers: dict[str, tuple[str, Callable[[], bytes]]] = {
        "RLE": (RLE, lambda: _runs(pattern)),
        "JPEG lossless": (FIRST_ORDER, lambda: _predictive(pattern, 1, 16)),
        "JPEG-LS": (LS, lambda: _ls(pattern, 16)),
        "JPEG 2000": (J2K, lambda: _openjpeg(pattern, 16)),
        "HTJ2K": (HT, lambda: imagecodecs.htj2k_encode(pattern, level=0, reversible=True)),
    }
    syntax, make = makers[way]
    return Frame(layout(syntax, bits=12, signed=signed), make())


WAYS = ("native", "RLE", "JPEG", "JPEG extended", "JPEG lossless", "JPEG-LS", "JPEG 2000", "HTJ2K")


def written(way: str, text: str) -> Frame:
    """A frame with white letters in its boxes, and nothing of them beside."""
    letters = Image.new("L", (COLUMNS, ROWS))
    for top, left, _, _ in BOXES:
        ImageDraw.Draw(letters).text((left, top), text, fill=1)
    inside = np.zeros((ROWS, COLUMNS), bool)
    for top, left, bottom, right in BOXES:
        inside[top:bottom, left:right] = True
    white = np.asarray(letters, bool) & inside
    small, deep = (np.where(white, (1 << bits) - 1, grey(bits)).astype(grey(bits).dtype) for bits in (8, 12))
    makers: dict[str, tuple[str, int, Callable[[], bytes]]] = {
        "native": (EXPLICIT, 12, deep.tobytes),
        "RLE": (RLE, 12, lambda: _runs(deep)),
        "JPEG": (BASELINE, 8, lambda: _jpeg(small)),
        "JPEG extended": (EXTENDED, 12, lambda: imagecodecs.jpeg8_encode(deep, 90, bitspersample=12)),
        "JPEG lossless": (FIRST_ORDER, 12, lambda: _predictive(deep, 1, 12)),
        "JPEG-LS": (LS, 12, lambda: _ls(deep, 12)),
        "JPEG 2000": (J2K, 12, lambda: _openjpeg(deep, 12)),
        "HTJ2K": (HT, 12, lambda: imagecodecs.htj2k_encode(deep, level=0, reversible=True)),
    }
    syntax, bits, make = makers[way]
    return Frame(layout(syntax, bits=bits), make())


Decoder = Callable[[Layout, bytes], Any]


def decoders(one: Layout) -> tuple[Decoder, ...]:
    """Two decoders by different people, of what a layout's transfer syntax holds."""
    last = one.transfer_syntax_uid.rpartition(".")[2]
    if one.transfer_syntax_uid == RLE:
        return (_rle_rust, _rle_pydicom)
    if last in ("50", "51"):
        # FFmpeg repeats chrominance, libjpeg smooths it
        return (_pillow, _ffmpeg) if one.bits_stored == 8 else (_libjpeg_turbo, _ffmpeg)
    if last in ("57", "70"):
        return (_libjpeg_turbo, _ljpeg if one.samples_per_pixel == 1 else _sof3)
    if last in ("80", "81"):
        # FFmpeg leaves out what is interleaved by sample
        return (_charls, _ffmpeg) if one.samples_per_pixel == 1 else (_charls,)
    if last in ("90", "91"):
        return (_openjpeg_decode, _ffmpeg)
    if last in ("201", "202", "203"):
        return (_openjpeg_decode, _openjph)
    if last in ("110", "112"):
        return (_libjxl,)
    return (_pydicom_native,) if one.transfer_syntax_uid == EXPLICIT else (_inflated,)


def _pydicom_native(one: Layout, coded: bytes) -> Any:
    """Of whole cells: bits above the stored ones too."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = one.transfer_syntax_uid
    dataset = Dataset()
    dataset.file_meta = meta
    dataset.Rows, dataset.Columns, dataset.SamplesPerPixel = one.rows, one.columns, one.samples_per_pixel
    dataset.PhotometricInterpretation, dataset.BitsAllocated = one.photometric_interpretation, one.bits_allocated
    dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = one.bits_allocated, one.bits_allocated - 1, 0
    if one.samples_per_pixel > 1:
        dataset.PlanarConfiguration = one.planar_configuration
    keyword = {32: "FloatPixelData", 64: "DoubleFloatPixelData"}[one.bits_allocated] if one.is_float else "PixelData"
    setattr(dataset, keyword, coded + b"\0" * (len(coded) % 2))
    if keyword == "PixelData":
        dataset[keyword].VR = "OW" if one.bits_allocated > 8 else "OB"
    decoder = get_decoder(one.transfer_syntax_uid)
    return decoder.as_array(dataset, raw=True)[0]


def _inflated(_: Layout, coded: bytes) -> Any:
    return np.frombuffer(zlib.decompress(coded, -15), "<u2").reshape(ROWS, COLUMNS)


def _rle_rust(one: Layout, coded: bytes) -> Any:
    return _planes(one, rle.rle.decode_frame(coded, ROWS * COLUMNS, one.bits_allocated, "<"))


def _planes(one: Layout, data: bytes) -> Any:
    samples = np.frombuffer(data, f"<u{one.bits_allocated // 8}").reshape(-1, ROWS, COLUMNS)
    return samples[0] if len(samples) == 1 else np.moveaxis(samples, 0, 2)


def _rle_pydicom(one: Layout, coded: bytes) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = _rle_decode_frame(coded, ROWS, COLUMNS, one.samples_per_pixel, one.bits_allocated)
    return _planes(one, bytes(found))


def _pillow(_: Layout, coded: bytes) -> Any:
    return np.asarray(Image.open(io.BytesIO(coded)))


def _libjpeg_turbo(_: Layout, coded: bytes) -> Any:
    return imagecodecs.jpeg8_decode(coded)


def _ljpeg(_: Layout, coded: bytes) -> Any:
    return imagecodecs.ljpeg_decode(coded)


def _sof3(_: Layout, coded: bytes) -> Any:
    return imagecodecs.jpegsof3_decode(coded)


def _charls(_: Layout, coded: bytes) -> Any:
    return imagecodecs.jpegls_decode(coded)


def _openjpeg_decode(_: Layout, coded: bytes) -> Any:
    return openjpeg.decode(coded, j2k_format=0)


def _openjph(_: Layout, coded: bytes) -> Any:
    return imagecodecs.htj2k_decode(coded)


def _libjxl(_: Layout, coded: bytes) -> Any:
    return imagecodecs.jpegxl_decode(coded)


_FFMPEG_CODECS = {"50": "mjpeg", "51": "mjpeg", "80": "jpegls", "81": "jpegls", "90": "jpeg2000", "91": "jpeg2000"}


def _ffmpeg(one: Layout, coded: bytes) -> Any:
    context = av.CodecContext.create(_FFMPEG_CODECS[one.transfer_syntax_uid.rpartition(".")[2]], "r")
    found = [*context.decode(av.Packet(coded)), *context.decode(None)]
    frame = found[0]
    if len(frame.planes) == 1:
        return frame.to_ndarray()
    # Every sample of a plane for the pixels it stands for: nothing is smoothed
    planes = []
    for plane in frame.planes:
        samples = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: plane.height, : plane.width]
        times = -(-frame.height // plane.height), -(-frame.width // plane.width)
        planes.append(samples.repeat(times[0], axis=0).repeat(times[1], axis=1)[: frame.height, : frame.width])
    return np.stack(planes, axis=2)
