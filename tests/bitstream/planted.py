"""Pictures with a text planted where no decoder looks: one stream per carrier."""

from __future__ import annotations

import io
import struct
import zlib
from functools import cache
from typing import TYPE_CHECKING

import imagecodecs
import numpy as np
import tifffile
from PIL import Image

from bitstream.layers import NEEDLE
from bitstream.pictures import animated, coded, frames, pixels, profile, saved
from deidra.bitstream import StreamKind
from deidra.bitstream.boxes import box
from deidra.bitstream.jpeg.markers import segments_of

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXT = NEEDLE.encode()
WIDE = NEEDLE.encode("utf-16-be")
_SOI, _EOI = b"\xff\xd8", b"\xff\xd9"


def segment(marker: int, content: bytes) -> bytes:
    """A marker segment, as JPEG and JPEG 2000 have them."""
    return b"\xff" + bytes((marker,)) + (len(content) + 2).to_bytes(2) + content


def _behind_soi(data: bytes, *segments: bytes) -> bytes:
    return data[:2] + b"".join(segments) + data[2:]


def _before(data: bytes, marker: bytes, new: bytes) -> bytes:
    at = data.index(marker)
    return data[:at] + new + data[at:]


def exif(text: bytes = TEXT) -> bytes:
    """Exif with a description and an orientation of 6."""
    picture = Image.Exif()
    picture[0x010E], picture[0x0112] = text.decode(), 6
    picture.get_ifd(0x8825)[29] = text.decode()
    return picture.tobytes()


def profile_with(tag: bytes, content: bytes) -> bytes:
    """The profile with one more tag at its end."""
    old = profile()
    count = struct.unpack_from(">L", old, 128)[0]
    table = b"".join(
        old[132 + 12 * k : 136 + 12 * k]
        + struct.pack(">L", struct.unpack_from(">L", old, 136 + 12 * k)[0] + 12)
        + old[140 + 12 * k : 144 + 12 * k]
        for k in range(count)
    )
    body = old[132 + 12 * count :]
    size = len(old) + 12 + len(content)
    entry = tag + struct.pack(">LL", len(old) + 12, len(content))
    return struct.pack(">L", size) + old[4:128] + struct.pack(">L", count + 1) + table + entry + body + content


def text_profile() -> bytes:
    return profile_with(b"dmnd", b"text" + bytes(4) + TEXT + b"\0")


def _icc_segments(data: bytes, pieces: int = 2, *, lose: int = 0) -> bytes:
    size = -(-len(data) // pieces)
    found = [data[k * size : (k + 1) * size] for k in range(pieces)]
    return b"".join(
        segment(0xE2, b"ICC_PROFILE\0" + bytes((k + 1, pieces)) + piece)
        for k, piece in enumerate(found)
        if k + 1 != lose
    )


def _xmp() -> bytes:
    return b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta><dc:creator>" + TEXT + b"</dc:creator></x:xmpmeta>"


def _jpeg() -> Iterator[tuple[str, bytes]]:
    plain, grey, progressive = (
        coded(StreamKind.JPEG)["4:2:0"],
        coded(StreamKind.JPEG)["grey"],
        coded(StreamKind.JPEG)["progressive"],
    )
    yield "APP1 Exif", _behind_soi(plain, segment(0xE1, exif()))
    yield "APP1 XMP", _behind_soi(plain, segment(0xE1, _xmp()))
    yield (
        "APP1 extended XMP",
        _behind_soi(plain, segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + bytes(40) + TEXT)),
    )
    yield "APP11 JUMBF", _behind_soi(plain, segment(0xEB, b"JP\0\1\0\0\0\1" + box(b"jumb", box(b"json", TEXT))))
    yield (
        "APP13 Photoshop",
        _behind_soi(plain, segment(0xED, b"Photoshop 3.0\0" + b"8BIM\4\4\0\0\0\0\0\x14\x1c\2\x50\0\x0f" + TEXT)),
    )
    for number in (0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 15):
        yield f"APP{number}", _behind_soi(plain, segment(0xE0 + number, b"Vendor\0" + TEXT))
    yield "COM", _behind_soi(plain, segment(0xFE, TEXT))
    yield "COM in UTF-16", _behind_soi(plain, segment(0xFE, WIDE))
    yield "COM before the scan", _before(plain, b"\xff\xda", segment(0xFE, TEXT))
    last = progressive.rindex(b"\xff\xda")
    yield "COM between scans", progressive[:last] + segment(0xFE, TEXT) + progressive[last:]
    yield "APP1 between scans", progressive[:last] + segment(0xE1, exif()) + progressive[last:]
    yield (
        "thumbnail in JFIF",
        _behind_soi(plain.replace(plain[2:20], b""), segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\1\5" + TEXT)),
    )
    yield (
        "tail of JFIF",
        _behind_soi(plain.replace(plain[2:20], b""), segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0" + TEXT)),
    )
    yield "thumbnail in JFXX", _behind_soi(plain, segment(0xE0, b"JFXX\0\x11\5\1" + TEXT))
    yield (
        "JPEG thumbnail in JFXX",
        _behind_soi(plain, segment(0xE0, b"JFXX\0\x10" + _behind_soi(grey, segment(0xFE, TEXT)))),
    )
    yield "tail of Adobe", _behind_soi(plain, segment(0xEE, b"Adobe\0\x64\0\0\0\0\1" + TEXT))
    yield "flags of Adobe", _behind_soi(plain, segment(0xEE, b"Adobe" + TEXT[:6] + b"\1"), segment(0xFE, TEXT))
    yield "before SOI", TEXT + plain
    yield "behind EOI", plain + TEXT
    yield "second image", plain + _behind_soi(grey, segment(0xFE, TEXT))
    yield "multi-picture", animated("MPO") + _behind_soi(grey, segment(0xFE, TEXT))
    yield "unused quantisation", _behind_soi(plain, segment(0xDB, b"\3" + TEXT.ljust(64, b"\1")))
    yield "quantisation defined again", _before(plain, b"\xff\xdb", segment(0xDB, b"\0" + TEXT.ljust(64, b"\1")))
    unused = b"\x13" + bytes((0, 0, 0, 0, len(TEXT), *[0] * 11)) + TEXT
    yield "unused Huffman table", _behind_soi(plain, segment(0xC4, unused))
    yield "tables behind the last scan", plain[:-2] + segment(0xDB, b"\0" + TEXT.ljust(64, b"\1")) + _EOI
    yield "behind the last coded unit", grey[:-2] + TEXT + _EOI
    yield "behind the last coded unit, colour", plain[:-2] + TEXT * 3 + _EOI
    yield "behind the last unit, lossless", coded(StreamKind.JPEG)["lossless 12"][:-2] + TEXT + _EOI
    scan = [one for one in segments_of(progressive, 0)[0] if one.end > one.coded][1]
    yield "behind a progressive scan", progressive[: scan.end] + TEXT + progressive[scan.end :]
    yield "in one restart interval more", coded(StreamKind.JPEG)["restarts"][:-2] + b"\xff\xd0" + TEXT + _EOI
    yield "behind the last unit, UTF-16", grey[:-2] + WIDE + _EOI
    yield "profile's text", _behind_soi(plain, _icc_segments(text_profile()))
    yield "profile's private tag", _behind_soi(plain, _icc_segments(profile_with(b"Zprv", b"data" + bytes(8) + TEXT)))
    yield "profile not whole", _behind_soi(plain, _icc_segments(text_profile(), 3, lose=2))
    yield "profile that is none", _behind_soi(plain, _icc_segments(TEXT * 20))
    yield "behind fill bytes", _behind_soi(plain, b"\xff\xff\xff" + segment(0xFE, TEXT))


def _jpeg_ls() -> Iterator[tuple[str, bytes]]:
    plain = coded(StreamKind.JPEG_LS)["1x8 near 0"]
    yield "COM", _behind_soi(plain, segment(0xFE, TEXT))
    yield "SPIFF entry", _behind_soi(plain, segment(0xE8, b"\0\0\0\x0a" + TEXT))
    yield "tail of the colour transform", _behind_soi(plain, segment(0xE8, b"mrfx\1" + TEXT))
    yield "unused mapping table", _before(plain, b"\xff\xda", segment(0xF8, b"\2\7\1" + TEXT))
    yield "behind EOI", plain + TEXT
    yield "before SOI", TEXT + plain


def _with_tile_header(data: bytes, new: bytes) -> bytes:
    """A codestream of one tile-part with more in its header."""
    at = data.index(b"\xff\x90\0\x0a")
    length = struct.unpack_from(">L", data, at + 6)[0]
    told = struct.pack(">L", length + len(new) if length else 0)
    return data[: at + 6] + told + data[at + 10 : at + 12] + new + data[at + 12 :]


def _behind_siz(data: bytes, new: bytes) -> bytes:
    at = 4 + struct.unpack_from(">H", data, 4)[0]
    return data[:at] + new + data[at:]


def _jpeg_2000() -> Iterator[tuple[str, bytes]]:
    for name in ("reversible", "HT"):
        plain = coded(StreamKind.JPEG_2000)[name]
        yield f"COM, {name}", _behind_siz(plain, segment(0x64, b"\0\1" + TEXT))
        yield f"binary COM, {name}", _behind_siz(plain, segment(0x64, b"\0\0" + TEXT))
        yield f"COM of a tile-part, {name}", _with_tile_header(plain, segment(0x64, b"\0\1" + TEXT))
        yield f"behind EOC, {name}", plain + TEXT
        yield f"before SOC, {name}", TEXT + plain
    yield "CRG", _behind_siz(plain, segment(0x63, TEXT[:12]) + segment(0x64, b"\0\1" + TEXT))
    yield "PLM", _behind_siz(plain, segment(0x57, b"\0\x0f" + TEXT))
    yield "PLT that is not true", _with_tile_header(plain, segment(0x58, b"\0" + TEXT))
    yield "TLM that is not true", _behind_siz(plain, segment(0x55, b"\0\x40" + TEXT + b"\0"))
    at = plain.index(b"\xff\x5c") + 2
    steps = struct.unpack_from(">H", plain, at)[0]
    surplus = struct.pack(">H", steps + 15) + plain[at + 2 : at + steps] + TEXT
    yield "quantisation of too many levels", plain[:at] + surplus + plain[at + steps :]


def _jp2() -> Iterator[tuple[str, bytes]]:
    plain = coded(StreamKind.JP2)["colour"]
    start = plain.index(b"jp2c") - 4
    for name, one in (
        ("XML", box(b"xml ", b"<patient>" + TEXT + b"</patient>")),
        ("UUID", box(b"uuid", bytes(range(16)), TEXT)),
        ("UUID list", box(b"uinf", box(b"ulst", b"\0\1", bytes(16)), box(b"url ", bytes(4), TEXT + b"\0"))),
        ("rights", box(b"jp2i", TEXT)),
        ("association", box(b"asoc", box(b"lbl ", TEXT), box(b"xml ", b"<a/>"))),
        ("reader requirements", box(b"rreq", b"\1\x80\x80\0\1\0\5\x80\0\0" + TEXT)),
        ("free space", box(b"free", TEXT)),
        ("media data", box(b"mdat", TEXT)),
        ("unknown", box(b"zzzz", TEXT)),
        ("extended length", b"\0\0\0\1xml " + (16 + len(TEXT)).to_bytes(8) + TEXT),
    ):
        yield f"{name} box before the codestream", plain[:start] + one + plain[start:]
        yield f"{name} box behind the codestream", _closed(plain, start) + one
    yield "COM inside", plain[:start] + box(b"jp2c", _behind_siz(plain[start + 8 :], segment(0x64, b"\0\1" + TEXT)))
    yield (
        "second codestream",
        _closed(plain, start) + box(b"jp2c", _behind_siz(plain[start + 8 :], segment(0x64, b"\0\1" + TEXT))),
    )
    yield (
        "brand",
        plain.replace(b"jp2 \0\0\0\0jp2 ", b"jp2 \0\0\0\0jp2 " + TEXT + b"Z").replace(
            b"\0\0\0\x14ftyp", b"\0\0\0\x24ftyp"
        ),
    )
    head = plain.index(b"jp2h") - 4
    inner = plain[head + 8 : start]
    for name, more in (
        ("resolution", box(b"res ", box(b"resc", TEXT[:10]), box(b"resd", TEXT[:10]), TEXT)),
        ("label in the header", box(b"lbl ", TEXT)),
        ("vendor colour", box(b"colr", b"\4\0\0" + TEXT)),
        ("profile's text", box(b"colr", b"\2\0\0" + text_profile())),
    ):
        yield name, plain[:head] + box(b"jp2h", inner, more) + plain[start:]
    yield "behind everything", _closed(plain, start) + TEXT
    yield "before everything", TEXT + plain


def _closed(data: bytes, start: int) -> bytes:
    """The file with an explicit length of its codestream's box."""
    return data[:start] + box(b"jp2c", data[start + 8 :])


def _jpeg_xl() -> Iterator[tuple[str, bytes]]:
    naked = coded(StreamKind.JPEG_XL)["lossless"]
    boxed = coded(StreamKind.JPEG_XL)["box"]
    for name, one in (
        ("Exif", box(b"Exif", bytes(4), exif()[6:])),
        ("XML", box(b"xml ", _xmp())),
        ("JUMBF", box(b"jumb", TEXT)),
        ("compressed XML", box(b"brob", b"xml ", bytes(imagecodecs.brotli_encode(_xmp() * 3)))),
        ("unknown", box(b"zzzz", TEXT)),
        ("frame index", box(b"jxli", TEXT)),
    ):
        yield f"{name} box", boxed + one
        at = boxed.index(b"ftyp") - 4 + 20
        yield f"{name} box before the codestream", boxed[:at] + one + boxed[at:]
    yield "behind the naked codestream", naked + TEXT
    yield "behind the boxed codestream", boxed[: boxed.index(b"jxlc") - 4] + box(b"jxlc", naked + TEXT)
    commented = _behind_soi(saved("JPEG", subsampling=0), segment(0xFE, TEXT * 4), segment(0xE1, exif()))
    yield "JPEG's own data", bytes(imagecodecs.jpegxl_encode_jpeg(commented, usecontainer=True)) + box(b"zzzz", TEXT)
    yield "behind everything", boxed + TEXT
    half = len(naked) // 2
    parts = box(b"jxlp", bytes(4), naked[:half]) + box(b"xml ", _xmp()) + box(b"jxlp", b"\x80\0\0\1", naked[half:])
    yield "between parts", boxed[: boxed.index(b"jxlc") - 4] + parts


def _chunk(kind: bytes, content: bytes) -> bytes:
    return len(content).to_bytes(4) + kind + content + zlib.crc32(kind + content).to_bytes(4)


def _png_with_data(columns: int, rows: int, colour: int, stream: bytes, *more: bytes) -> bytes:
    head = struct.pack(">LLBBBBB", columns, rows, 8, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (_chunk(b"IHDR", head), *more, _chunk(b"IDAT", stream), _chunk(b"IEND", b""))
    )


def _png() -> Iterator[tuple[str, bytes]]:
    plain = coded(StreamKind.PNG)["RGB"]
    at = 8 + 25

    def beside(kind: bytes, content: bytes) -> bytes:
        return plain[:at] + _chunk(kind, content) + plain[at:]

    yield "tEXt", beside(b"tEXt", b"Author\0" + TEXT)
    yield "zTXt", beside(b"zTXt", b"Comment\0\0" + zlib.compress(TEXT * 3))
    yield "iTXt", beside(b"iTXt", b"Title\0\0\0en\0\0" + TEXT)
    yield "compressed iTXt", beside(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(_xmp()))
    yield "raw profile", beside(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(b"\nexif\n 20\n" + TEXT))
    yield "eXIf", beside(b"eXIf", exif()[6:])
    yield "sPLT", beside(b"sPLT", TEXT + b"\0\x08" + bytes(6))
    yield "private chunk", beside(b"zzZz", TEXT)
    yield "caBX", beside(b"caBX", box(b"jumb", TEXT))
    yield "name of the profile", beside(b"iCCP", TEXT + b"\0\0" + zlib.compress(profile()))
    yield "profile's text", beside(b"iCCP", b"icc\0\0" + zlib.compress(text_profile()))
    yield "behind the profile", beside(b"iCCP", b"icc\0\0" + zlib.compress(profile()) + TEXT)
    yield "suggested palette", beside(b"PLTE", TEXT)
    yield "too long gAMA", beside(b"gAMA", TEXT)
    yield "numbers of cHRM", beside(b"cHRM", (TEXT * 3)[:32])
    yield "numbers of pHYs", beside(b"pHYs", TEXT[:8] + b"\1")
    yield "behind IEND", plain + TEXT
    yield "before the signature", TEXT + plain
    rows = b"".join(b"\0" + bytes(range(12)) for _ in range(4))
    yield "behind the deflated data", _png_with_data(4, 4, 2, zlib.compress(rows) + TEXT)
    yield "behind the last row", _png_with_data(4, 4, 2, zlib.compress(rows + TEXT))
    palette = bytes(range(12)) + TEXT * 4
    indices = b"".join(b"\0" + bytes((0, 1, 2, 3)) for _ in range(4))
    yield (
        "unused colours",
        _png_with_data(4, 4, 3, zlib.compress(indices), _chunk(b"PLTE", palette[: len(palette) // 3 * 3])),
    )
    filtered = b"".join(bytes((kind, 0, 1, 1, 1)) for kind in (1, 2, 3, 4))
    yield (
        "unused colours, filtered",
        _png_with_data(4, 4, 3, zlib.compress(filtered), _chunk(b"PLTE", bytes(36) + TEXT * 40)),
    )
    animation = coded(StreamKind.PNG)["animation"]
    yield "animation", animation[:at] + _chunk(b"tEXt", b"Author\0" + TEXT) + animation[at:]


def _tiff() -> Iterator[tuple[str, bytes]]:
    def written(extra: list[tuple[int, int, int, object, bool]] = (), **options: object) -> bytes:  # type: ignore[assignment]
        out = io.BytesIO()
        tifffile.imwrite(out, options.pop("data", pixels(3)), extratags=extra, metadata=None, software=False, **options)
        return out.getvalue()

    for tag in (269, 271, 272, 285, 305, 315, 316, 333, 33432, 65000, 42112):
        yield f"field {tag}", written([(tag, 2, 0, NEEDLE, True)])
    for tag in (700, 33723, 34377, 37500, 50706, 65001):
        yield f"bytes of field {tag}", written([(tag, 7, len(TEXT), TEXT, True)])
    yield "description", written(description=NEEDLE)
    yield "date", written([(306, 2, 0, NEEDLE, True)])
    yield "BigTIFF", written([(270, 2, 0, NEEDLE, True)], bigtiff=True)
    picture = Image.fromarray(pixels(3))
    info = Image.Exif()
    info[0x0112], info[0x010E] = 3, NEEDLE
    info.get_ifd(0x8769)[0xA430], info.get_ifd(0x8825)[29] = NEEDLE, NEEDLE
    yield "Exif and GPS directories", _saved(picture, "TIFF", exif=info)
    plain = coded(StreamKind.TIFF)["plain"]
    yield "behind everything", plain + TEXT
    out = io.BytesIO()
    with tifffile.TiffWriter(out) as file:
        for text in (NEEDLE, "second"):
            file.write(pixels(3), description=text, metadata=None, software=False)
    with tifffile.TiffFile(io.BytesIO(out.getvalue())) as file:
        second = file.pages[1].offset
    yield "page to which nothing refers", out.getvalue()[:4] + struct.pack("<L", second) + out.getvalue()[8:]
    for compression in (None, "deflate", "packbits", "lzw"):
        yield f"behind a strip, {compression}", _longer_strip(written(compression=compression, rowsperstrip=64), TEXT)
    yield "behind a JPEG strip", _longer_strip(coded(StreamKind.TIFF)["jpeg"], TEXT)
    yield "COM in JPEG tables", written([(347, 7, 25, b"\xff\xd8" + segment(0xFE, TEXT) + b"\xff\xd9" + b"\0\0", True)])
    yield "unused table in JPEG tables", _with_unused_table(coded(StreamKind.TIFF)["Pillow JPEG"])
    yield "profile's text", written(iccprofile=text_profile())
    with tifffile.TiffFile(io.BytesIO(plain)) as file:
        at = file.pages[0].tags[282].valueoffset
    yield "digits of the resolution", plain[:at] + TEXT[:8] + plain[at + 8 :]
    few = Image.fromarray(np.arange(64, dtype=np.uint8).reshape(8, 8) % 5, "P")
    few.putpalette((TEXT * 60)[:768])
    for compression in ("raw", "packbits", "tiff_lzw", "tiff_adobe_deflate"):
        yield f"unused colours, {compression}", _palette_in_words(_saved(few, "TIFF", compression=compression))
    yield "second page", _saved(picture, "TIFF", save_all=True, append_images=[*frames(1)], description=NEEDLE)
    out = io.BytesIO()
    with tifffile.TiffWriter(out) as file:
        file.write(pixels(3), subifds=1, metadata=None, software=False)
        file.write(pixels(3)[::2, ::2], subfiletype=1, description=NEEDLE, metadata=None, software=False)
    yield "page below a page", out.getvalue()


def _saved(picture: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **options)  # type: ignore[arg-type]
    return out.getvalue()


def _with_unused_table(data: bytes) -> bytes:
    """A TIFF whose JPEG tables are moved to the end with one more."""
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        tag = file.pages[0].tags[347]
    old = data[tag.valueoffset : tag.valueoffset + tag.count]
    new = old[:2] + segment(0xDB, b"\3" + TEXT.ljust(64, b"\1")) + old[2:]
    entry = struct.pack("<HHLL", 347, 7, len(new), len(data))
    return data[: tag.offset] + entry + data[tag.offset + 12 :] + new


def _palette_in_words(data: bytes) -> bytes:
    """A TIFF whose colour map, two bytes a colour, is text but for the first five colours."""
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        at = file.pages[0].tags[320].valueoffset
    words = bytearray((TEXT * 120)[:1536])
    for plane in range(0, 1536, 512):
        words[plane : plane + 10] = bytes(range(10))
    return data[:at] + bytes(words) + data[at + 1536 :]


def _longer_strip(data: bytes, more: bytes) -> bytes:
    """A TIFF whose last strip is moved to the end with more bytes behind it."""
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        page = file.pages[0]
        offset, size = page.dataoffsets[-1], page.databytecounts[-1]
        places = [page.tags[code] for code in (273, 279)]
        values = [
            (tag.valueoffset + (tag.count - 1) * struct.calcsize({3: "H", 4: "L"}[tag.dtype]), tag.dtype)
            for tag in places
        ]
    longer = bytearray(data + data[offset : offset + size] + more)
    for (at, kind), value in zip(values, (len(data), size + len(more)), strict=True):
        struct.pack_into("<" + {3: "H", 4: "L"}[kind], longer, at, value)
    return bytes(longer)


def _gif() -> Iterator[tuple[str, bytes]]:
    plain = coded(StreamKind.GIF)["animation"]
    at = 13 + 3 * (2 << (plain[10] & 7)) if plain[10] & 0x80 else 13
    sub = bytes((len(TEXT),)) + TEXT + b"\0"
    yield "comment", plain[:at] + b"\x21\xfe" + sub + plain[at:]
    yield "plain text", plain[:at] + b"\x21\x01\x0c" + bytes(12) + sub + plain[at:]
    yield "application", plain[:at] + b"\x21\xff\x0bZZSOFTWR1.0" + sub + plain[at:]
    yield "XMP", plain[:at] + b"\x21\xff\x0bXMP DataXMP" + sub + plain[at:]
    yield "tail of the loop", plain.replace(b"NETSCAPE2.0\3\1\0\0\0", b"NETSCAPE2.0\3\1\0\0" + sub)
    yield "unknown extension", plain[:at] + b"\x21\x77" + sub + plain[at:]
    yield "behind the trailer", plain + TEXT
    yield "before the signature", TEXT + plain
    still = coded(StreamKind.GIF)["GIF"]
    yield "behind the last code", still[:-2] + sub + still[-1:]
    few = Image.fromarray(np.zeros((8, 8), np.uint8), "P")
    few.putpalette(bytes(12) + (TEXT * 60)[:756])
    yield "unused colours", _saved(few, "GIF", optimize=False)


def _webp() -> Iterator[tuple[str, bytes]]:
    picture = Image.fromarray(pixels(3))
    yield "EXIF", _saved(picture, "WEBP", exif=exif())
    yield "XMP", _saved(picture, "WEBP", xmp=_xmp())
    yield "profile's text", _saved(picture, "WEBP", icc_profile=text_profile())
    yield "behind the end", coded(StreamKind.WEBP)["lossy"] + TEXT
    plain = coded(StreamKind.WEBP)["alpha"]
    more = b"zzzz" + len(TEXT).to_bytes(4, "little") + TEXT + b"\0"
    yield "unknown chunk", b"RIFF" + (len(plain) - 8 + len(more)).to_bytes(4, "little") + plain[8:] + more
    yield "animation", animated("WEBP", exif=exif(), xmp=_xmp())


def _bmp() -> Iterator[tuple[str, bytes]]:
    plain = coded(StreamKind.BMP)["RGB"]
    offset = struct.unpack_from("<L", plain, 10)[0]
    gap = plain[:10] + struct.pack("<L", offset + len(TEXT)) + plain[14:offset] + TEXT + plain[offset:]
    yield "before the rows", gap
    yield "behind the rows", plain + TEXT
    narrow = np.arange(5 * 40, dtype=np.uint8).reshape(40, 5) % 7
    rows = bytearray(_saved(Image.fromarray(narrow), "BMP"))
    begin = struct.unpack_from("<L", rows, 10)[0]
    yield "unused colours", bytes(rows[: begin - 4 * 30] + (TEXT * 8)[: 4 * 30] + rows[begin:])
    yield "before the header", TEXT + plain
    yield "resolution", plain[:38] + TEXT[:8] + plain[46:]


def _icc() -> Iterator[tuple[str, bytes]]:
    yield "device maker", text_profile()
    yield "private tag", profile_with(b"Zprv", b"data" + bytes(8) + TEXT)
    yield "tail of a colour tag", profile_with(b"bkpt", b"XYZ " + bytes(16) + TEXT)
    yield (
        "localised text",
        profile_with(b"dmdd", b"mluc" + struct.pack(">4xLL2s2sLL", 1, 12, b"en", b"US", len(WIDE), 28) + WIDE),
    )
    yield "behind the profile", profile() + TEXT
    header = bytearray(text_profile())
    header[48:56] = TEXT[:8]
    yield "header", bytes(header)


def _rle() -> Iterator[tuple[str, bytes]]:
    """Frames of 37 x 53 pixels with two segments."""
    import rle  # of pylibjpeg-rle

    told = {"rows": 37, "columns": 53, "samples_per_pixel": 1, "bits_allocated": 16, "number_of_frames": 1}
    plain = bytes(rle.encode_pixel_data(pixels(1, 16).tobytes(), byteorder="<", **told))
    count, first, second = struct.unpack_from("<3L", plain)
    assert (count, first) == (2, 64)
    yield "unused offsets", plain[:12] + TEXT.ljust(52, b"\0") + plain[64:]
    yield "behind the last segment", plain + TEXT
    gap = struct.pack("<2L", second + len(TEXT) + 1, 0)
    yield "between segments", plain[:8] + gap[:4] + plain[12:second] + TEXT + b"\0" + plain[second:]


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
    StreamKind.ICC: _icc,
    StreamKind.RLE: _rle,
}
PIXELS = 37 * 53


@cache
def carriers(kind: StreamKind) -> dict[str, bytes]:
    """The streams of a kind with a needle, by where it is."""
    return dict(_MAKERS[kind]())


def every() -> list[tuple[StreamKind, str]]:
    """All kinds and carriers, for the tests to go through."""
    return [(kind, name) for kind in _MAKERS for name in carriers(kind)]
