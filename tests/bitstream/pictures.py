"""Small pictures coded in every way that is cleaned, made by other people's encoders."""

from __future__ import annotations

import io
import struct
from functools import cache
from typing import TYPE_CHECKING, Any

import imagecodecs
import jpeg_ls
import numpy as np
import tifffile
from PIL import Image, ImageCms

from deidra.bitstream import StreamKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

ROWS, COLUMNS = 37, 53


@cache
def pixels(samples: int = 3, depth: int = 8, rows: int = ROWS, columns: int = COLUMNS) -> NDArray[Any]:
    """A gradient with noise and a block of one value: (rows, columns[, samples]), uint8 or uint16."""
    rng = np.random.default_rng(samples * 100 + depth)
    top = (1 << depth) - 1
    down, across = np.mgrid[0:rows, 0:columns]
    planes = [
        (down * (k + 2) + across * 3) % 200 * top // 255 + rng.integers(0, top // 8, (rows, columns))
        for k in range(samples)
    ]
    picture = np.stack(planes, axis=-1).astype(np.uint8 if depth <= 8 else np.uint16)
    picture[4:12, 6:20] = top // 3
    return picture[..., 0] if samples == 1 else picture


@cache
def profile() -> bytes:
    """An RGB profile with texts, as lcms writes it."""
    made = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return made[:24] + struct.pack(">6H", 2011, 12, 13, 14, 15, 16) + made[36:]


def saved(form: str, mode: str = "RGB", **options: Any) -> bytes:
    """A picture as Pillow writes it."""
    out = io.BytesIO()
    image = Image.fromarray(pixels(1)) if mode in ("L", "P", "1") else Image.fromarray(pixels(3))
    image = image.convert(mode) if image.mode != mode else image
    image.save(out, form, **options)
    return out.getvalue()


def frames(count: int = 3) -> list[Image.Image]:
    """Pictures that differ, for animations and pages."""
    return [Image.fromarray(np.roll(pixels(3), 5 * number, axis=1)) for number in range(count)]


def animated(form: str, **options: Any) -> bytes:
    out = io.BytesIO()
    first, *others = frames()
    first.save(out, form, save_all=True, append_images=others, **options)
    return out.getvalue()


def _jpeg() -> Iterator[tuple[str, bytes]]:
    yield "grey", saved("JPEG", "L")
    yield "4:4:4", saved("JPEG", subsampling=0, quality=90)
    yield "4:2:2", saved("JPEG", subsampling=1)
    yield "4:2:0", saved("JPEG", subsampling=2)
    yield "progressive", saved("JPEG", progressive=True, quality=92)
    yield "progressive grey", saved("JPEG", "L", progressive=True)
    yield "optimised", saved("JPEG", optimize=True)
    yield "restarts", saved("JPEG", restart_marker_blocks=3)
    yield "restarts by row", saved("JPEG", restart_marker_rows=1, subsampling=0)
    yield "progressive restarts", saved("JPEG", progressive=True, restart_marker_rows=1)
    yield "CMYK", saved("JPEG", "CMYK")
    yield "RGB coded", saved("JPEG", keep_rgb=True)
    yield "profile", saved("JPEG", icc_profile=profile())
    yield "resolution", saved("JPEG", dpi=(300, 300))
    yield "12 bit", bytes(imagecodecs.jpeg8_encode(pixels(1, 12), level=95, bitspersample=12))
    yield "lossless 8", bytes(imagecodecs.ljpeg_encode(pixels(1)))
    yield "lossless 12", bytes(imagecodecs.ljpeg_encode(pixels(1, 12), bitspersample=12))
    yield "lossless 16", bytes(imagecodecs.ljpeg_encode(pixels(1, 16)))
    yield "lossless colour", bytes(imagecodecs.jpeg8_encode(pixels(3), lossless=True, predictor=1))
    yield "lossless predictor 7", bytes(imagecodecs.jpeg8_encode(pixels(1), lossless=True, predictor=7))


def _jpeg_ls() -> Iterator[tuple[str, bytes]]:
    for near in (0, 3):
        for samples, depth in ((1, 8), (3, 8), (1, 12), (1, 16)):
            # CharLS 2 writes SPIFF, which older decoders do not read; CharLS 1 does not
            yield f"{samples}x{depth} near {near}", bytes(imagecodecs.jpegls_encode(pixels(samples, depth), level=near))
        for interleave in (0, 1, 2):
            planes = np.ascontiguousarray(np.moveaxis(pixels(3), -1, 0)) if interleave == 0 else pixels(3)
            name = f"{('planes', 'lines', 'samples')[interleave]} near {near}"
            yield name, bytes(jpeg_ls.encode_array(planes, lossy_error=near, interleave_mode=interleave))
        yield f"grey near {near}", bytes(jpeg_ls.encode_array(pixels(1, 16), lossy_error=near))


def _jpeg_2000() -> Iterator[tuple[str, bytes]]:
    def encoded(samples: int = 3, depth: int = 8, **options: Any) -> bytes:
        return bytes(imagecodecs.jpeg2k_encode(pixels(samples, depth), codecformat="j2k", **options))

    yield "reversible", encoded(level=0, reversible=True)
    yield "irreversible", encoded(level=40, reversible=False)
    yield "grey 16", encoded(1, 16, level=0, reversible=True)
    yield "tiles", saved("JPEG2000", no_jp2=True, tile_size=(16, 16))
    yield "one resolution", encoded(1, level=0, resolutions=1)
    yield "packet lengths", saved("JPEG2000", no_jp2=True, plt=True, quality_mode="dB", quality_layers=[30, 40])
    yield "tiles with lengths", saved("JPEG2000", no_jp2=True, plt=True, tile_size=(32, 32))
    yield "RLCP", saved("JPEG2000", no_jp2=True, progression="RLCP", quality_layers=[20, 10, 1])
    yield (
        "precincts",
        saved("JPEG2000", no_jp2=True, precinct_size=(32, 32), codeblock_size=(16, 16), progression="PCRL"),
    )
    for name, options in (
        ("HT", {}),
        ("HT tile lengths", {"tlm": True, "tile": (16, 16)}),
        ("HT lossy", {"level": 40.0}),
    ):
        reversible = "lossy" not in name
        yield name, bytes(imagecodecs.htj2k_encode(pixels(3), reversible=reversible, **options))
    yield "HT grey 16", bytes(imagecodecs.htj2k_encode(pixels(1, 16), reversible=True, tlm=True, tilepart=1))


def _jp2() -> Iterator[tuple[str, bytes]]:
    yield "colour", bytes(imagecodecs.jpeg2k_encode(pixels(3), level=0, reversible=True, codecformat="jp2"))
    yield "grey 16", bytes(imagecodecs.jpeg2k_encode(pixels(1, 16), level=0, reversible=True, codecformat="jp2"))
    yield "alpha", saved("JPEG2000", "RGBA", irreversible=False)


def _jpeg_xl() -> Iterator[tuple[str, bytes]]:
    def encoded(samples: int = 3, depth: int = 8, **options: Any) -> bytes:
        return bytes(imagecodecs.jpegxl_encode(pixels(samples, depth), **options))

    yield "lossy", encoded(distance=1.0)
    yield "lossless", encoded(lossless=True)
    yield "lossless grey 16", encoded(1, 16, lossless=True)
    yield "fast", encoded(lossless=True, effort=1)
    yield "slow", encoded(distance=2.0, effort=7)
    yield "box", encoded(lossless=True, usecontainer=True)
    yield "alpha", bytes(imagecodecs.jpegxl_encode(pixels(4), lossless=True))
    large = np.tile(pixels(3), (9, 7, 1))
    yield "groups", bytes(imagecodecs.jpegxl_encode(large, distance=3.0))
    yield "groups lossless", bytes(imagecodecs.jpegxl_encode(large, lossless=True, effort=3))
    yield "frames", bytes(imagecodecs.jpegxl_encode(np.stack([pixels(3)] * 3), lossless=True))
    yield "from JPEG", bytes(imagecodecs.jpegxl_encode_jpeg(saved("JPEG", subsampling=0), usecontainer=False))
    yield "from 4:2:0", bytes(imagecodecs.jpegxl_encode_jpeg(saved("JPEG", subsampling=2), usecontainer=True))


def _png() -> Iterator[tuple[str, bytes]]:
    for mode in ("1", "L", "P", "RGB", "RGBA", "LA", "I;16"):
        if mode == "I;16":
            yield mode, bytes(imagecodecs.png_encode(pixels(1, 16)))
        else:
            yield mode, saved("PNG", mode)
    yield "48 bit", bytes(imagecodecs.png_encode(pixels(3, 16)))
    yield "two colours", saved("PNG", "P", bits=4, transparency=1)
    yield "profile", saved("PNG", icc_profile=profile(), dpi=(72, 72))
    yield "animation", animated("PNG", duration=40, loop=2)


def _tiff() -> Iterator[tuple[str, bytes]]:
    def written(data: NDArray[Any] | None = None, **options: Any) -> bytes:
        out = io.BytesIO()
        big, order = options.pop("bigtiff", False), options.pop("byteorder", "<")
        tifffile.imwrite(
            out,
            pixels(3) if data is None else data,
            bigtiff=big,
            byteorder=order,
            metadata=None,
            software=False,
            **options,
        )
        return out.getvalue()

    yield "plain", written()
    yield "big endian", written(byteorder=">")
    yield "BigTIFF", written(bigtiff=True)
    yield "planar", written(np.moveaxis(pixels(3), -1, 0).copy(), planarconfig="separate", photometric="rgb")
    yield "16 bit tiles", written(pixels(1, 16), tile=(16, 16))
    yield "pages", written(np.stack([pixels(3)] * 3), photometric="rgb")
    for compression in ("deflate", "lzw", "packbits", "jpeg", "jpeg2000", "jpegxl", "webp"):
        yield compression, written(compression=compression, rowsperstrip=16)
    yield "JPEG tiles", written(compression="jpeg", tile=(32, 32))
    yield "predictor", written(compression="deflate", predictor=True)
    yield "profile", written(iccprofile=profile())
    yield "Pillow palette", saved("TIFF", "P")
    yield "Pillow bilevel", saved("TIFF", "1", compression="group4")
    yield "Pillow JPEG", saved("TIFF", "YCbCr", compression="jpeg")


def _gif() -> Iterator[tuple[str, bytes]]:
    yield "GIF", saved("GIF", "P")
    yield "interlaced", saved("GIF", "L", interlace=1)
    yield "animation", animated("GIF", duration=80, loop=0, disposal=2)


def _webp() -> Iterator[tuple[str, bytes]]:
    yield "lossy", saved("WEBP", quality=70)
    yield "lossless", saved("WEBP", lossless=True)
    yield "alpha", saved("WEBP", "RGBA", quality=60)
    yield "profile", saved("WEBP", icc_profile=profile())
    yield "animation", animated("WEBP", duration=50, loop=0)


def _bmp() -> Iterator[tuple[str, bytes]]:
    for mode in ("1", "L", "P", "RGB", "RGBA"):
        yield mode, saved("BMP", mode)


_MAKERS = {
    StreamKind.JPEG: _jpeg,
    StreamKind.JPEG_LS: _jpeg_ls,
    StreamKind.JPEG_2000: _jpeg_2000,
    StreamKind.JP2: _jp2,
    StreamKind.JPEG_XL: _jpeg_xl,
    StreamKind.PNG: _png,
    StreamKind.TIFF: _tiff,
    StreamKind.GIF: _gif,
    StreamKind.WEBP: _webp,
    StreamKind.BMP: _bmp,
}


@cache
def coded(kind: StreamKind) -> dict[str, bytes]:
    """The streams of a kind by name."""
    return dict(_MAKERS[kind]())


def every() -> list[tuple[StreamKind, str]]:
    """All kinds and names, for the tests to go through."""
    return [(kind, name) for kind in _MAKERS for name in coded(kind)]
