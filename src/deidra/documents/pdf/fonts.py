"""Fonts of a page, written anew: metrics and programs stay, names and notices inside them go.

A font that is not understood makes its page a picture, so nothing here has to guess.
"""

from __future__ import annotations

import re
import struct
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from deidra.documents.pdf.source import stream_bytes

if TYPE_CHECKING:
    import pikepdf

_STANDARD = re.compile(
    r"/(Helvetica|Courier|Times|Arial|ArialMT|TimesNewRoman|TimesNewRomanPS|TimesNewRomanPSMT|CourierNew|CourierNewPSMT"
    r"|Symbol|ZapfDingbats|Verdana|Tahoma|Calibri)([-,]?(Roman|Bold|Italic|Oblique|BoldOblique|BoldItalic|BoldMT"
    r"|ItalicMT|BoldItalicMT))?"
)
_SIMPLE_KEYS = ("/FirstChar", "/LastChar", "/Widths")
_COMPOSITE_KEYS = ("/DW", "/W", "/DW2", "/W2")
_DESCRIPTOR_KEYS = (
    "/Flags /FontBBox /ItalicAngle /Ascent /Descent /Leading /CapHeight /XHeight /StemV /StemH /AvgWidth /MaxWidth"
    " /MissingWidth"
).split()
# What a TrueType or OpenType program needs to draw; names, notices, signatures and private tables are left out
_TABLES = frozenset((b"cmap", b"glyf", b"head", b"hhea", b"hmtx", b"loca", b"maxp", b"cvt ", b"fpgm", b"prep", b"OS/2",
                     b"vhea", b"vmtx", b"gasp"))  # fmt: skip
_GLYPH_NAME = re.compile(r"/[A-Za-z]{1,24}(\.[a-z0-9]{1,8})?|/(uni|u)[0-9A-F]{4,6}|/[a-z]{1,2}\d{1,5}|/\.notdef")
_ENCODINGS = ("/WinAnsiEncoding", "/MacRomanEncoding", "/StandardEncoding", "/MacExpertEncoding")
_CMAPS = ("/Identity-H", "/Identity-V")
_MAX_FONT_BYTES = 32 << 20


class NotUnderstood(Exception):  # noqa: N818 - tells the page to become a picture
    """Something in a page that cannot be kept as it is."""


def clean_font(source: Any, target: pikepdf.Pdf, number: int) -> Any:
    """A font dictionary for `target`. Raises NotUnderstood."""
    import pikepdf

    kind = str(source.get("/Subtype", ""))
    if kind not in ("/Type1", "/TrueType", "/Type0"):
        raise NotUnderstood("font type")
    name = pikepdf.Name(f"/AAAAAA+F{number}")
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name(kind))
    if kind == "/Type0":
        descendants = source.get("/DescendantFonts")
        if str(source.get("/Encoding", "")) not in _CMAPS or descendants is None or len(descendants) != 1:
            raise NotUnderstood("character map")
        font["/Encoding"] = pikepdf.Name(str(source["/Encoding"]))
        font["/DescendantFonts"] = pikepdf.Array([_descendant(descendants[0], target, name)])
    else:
        _copy_numbers(source, font, _SIMPLE_KEYS)
        if "/Encoding" in source:
            font["/Encoding"] = _encoding(source["/Encoding"])
        if "/FontDescriptor" in source and _has_program(source["/FontDescriptor"]):
            font["/FontDescriptor"] = _descriptor(source["/FontDescriptor"], target, name)
        else:
            if not _STANDARD.fullmatch(str(source.get("/BaseFont", ""))):
                raise NotUnderstood("a font that is not embedded")
            name = pikepdf.Name(str(source["/BaseFont"]))
            if "/FontDescriptor" in source:
                font["/FontDescriptor"] = _descriptor(source["/FontDescriptor"], target, name)
    font["/BaseFont"] = name
    if "/ToUnicode" in source:
        font["/ToUnicode"] = _to_unicode(source["/ToUnicode"], target)
    return target.make_indirect(font)


def _descendant(source: Any, target: pikepdf.Pdf, name: Any) -> Any:
    import pikepdf

    # CFF programs (CIDFontType0) carry notices that are not taken apart here
    if str(source.get("/Subtype", "")) != "/CIDFontType2":
        raise NotUnderstood("font program")
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.CIDFontType2,
        BaseFont=name,
        CIDSystemInfo=pikepdf.Dictionary(
            Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String("Identity"), Supplement=0
        ),
    )
    _copy_numbers(source, font, _COMPOSITE_KEYS)
    font["/FontDescriptor"] = _descriptor(source["/FontDescriptor"], target, name)
    mapping = source.get("/CIDToGIDMap")
    if isinstance(mapping, pikepdf.Stream):
        data = stream_bytes(mapping, _MAX_FONT_BYTES)
        if len(data) > 2 << 16:
            raise NotUnderstood("glyph map")
        font["/CIDToGIDMap"] = target.make_stream(data)
    else:
        font["/CIDToGIDMap"] = pikepdf.Name.Identity
    return target.make_indirect(font)


def _has_program(descriptor: Any) -> bool:
    return any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3"))


def _descriptor(source: Any, target: pikepdf.Pdf, name: Any) -> Any:
    import pikepdf

    descriptor = pikepdf.Dictionary(Type=pikepdf.Name.FontDescriptor, FontName=name)
    _copy_numbers(source, descriptor, _DESCRIPTOR_KEYS)
    if "/FontFile" in source or "/FontFile3" in source:
        raise NotUnderstood("font program")
    if "/FontFile2" in source:
        program = clean_truetype(stream_bytes(source["/FontFile2"], _MAX_FONT_BYTES))
        descriptor["/FontFile2"] = target.make_stream(program, Length1=len(program))
    return target.make_indirect(descriptor)


def _copy_numbers(source: Any, target: Any, keys: Any) -> None:
    for key in keys:
        if key in source:
            target[key] = numbers(source[key])


def numbers(value: Any, depth: int = 0) -> Any:
    """A number or an array of numbers. Raises NotUnderstood for anything else."""
    import pikepdf

    if isinstance(value, pikepdf.Array):
        if depth > 3:
            raise NotUnderstood("nested array")
        return pikepdf.Array([numbers(each, depth + 1) for each in value])
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise NotUnderstood("a value that is no number")
    return value


def _encoding(source: Any) -> Any:
    import pikepdf

    if isinstance(source, pikepdf.Name):
        if str(source) not in _ENCODINGS:
            raise NotUnderstood("encoding")
        return pikepdf.Name(str(source))
    encoding = pikepdf.Dictionary(Type=pikepdf.Name.Encoding)
    if "/BaseEncoding" in source:
        encoding["/BaseEncoding"] = _encoding(pikepdf.Name(str(source["/BaseEncoding"])))
    differences = pikepdf.Array()
    for each in source.get("/Differences", []):
        if isinstance(each, pikepdf.Name):
            if not _GLYPH_NAME.fullmatch(str(each)):
                raise NotUnderstood("glyph name")
            differences.append(pikepdf.Name(str(each)))
        else:
            differences.append(numbers(each))
    encoding["/Differences"] = differences
    return encoding


_CMAP_LINE = re.compile(rb"(<[0-9A-Fa-f]+>|\[|\]|\s+|\d+ begin(bf(char|range)|codespacerange)|end(bf(char|range)"
                        rb"|codespacerange))*")  # fmt: skip
_CMAP_BODY = re.compile(rb"\d+\s+begincodespacerange.*endbf(?:char|range)", re.DOTALL)


def _to_unicode(source: Any, target: pikepdf.Pdf) -> Any:
    """The map to Unicode with a header of its own: the original may name people."""
    raw = stream_bytes(source, 1 << 20) if hasattr(source, "read_raw_bytes") else b""
    body = _CMAP_BODY.search(raw)
    if body is None or not all(_CMAP_LINE.fullmatch(line) for line in re.split(rb"[\r\n]+", body[0])):
        raise NotUnderstood("map to Unicode")
    return target.make_stream(
        b"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CMapType 2 def\n/CMapName /U def\n"
        + body[0]
        + b"\nendcmap\nend\nend\n"
    )


_HEX = rb"<([0-9A-Fa-f]{4})>"
_SECTION = re.compile(rb"beginbf(char|range)(.*?)endbf", re.DOTALL)
_CHARACTER = re.compile(_HEX + rb"\s*" + _HEX)
_RANGE = re.compile(_HEX + rb"\s*" + _HEX + rb"\s*" + _HEX)
_BLANKS = (0x20, 0xA0)


def blank_codes(source: Any) -> frozenset[bytes]:
    """The two-byte codes of a composite font that its map to Unicode gives to a blank."""
    if "/ToUnicode" not in source or not hasattr(source["/ToUnicode"], "read_raw_bytes"):
        return frozenset()
    blanks: set[bytes] = set()
    for kind, body in _SECTION.findall(stream_bytes(source["/ToUnicode"], 1 << 20)):
        if kind == b"char":
            found = [(first, first, target) for first, target in _CHARACTER.findall(body)]
        else:
            found = _RANGE.findall(body)
        for first, last, target in found:
            code, end, start = (int(each, 16) for each in (first, last, target))
            blanks.update((code + blank - start).to_bytes(2) for blank in _BLANKS if 0 <= blank - start <= end - code)
    return frozenset(blanks)


def clean_truetype(data: bytes) -> bytes:
    """A TrueType program with the tables that draw, in the same order (OpenType 1.9, Table Directory)."""
    if data[:4] not in (b"\0\1\0\0", b"true") or len(data) < 12:
        raise NotUnderstood("font program")
    count = struct.unpack_from(">H", data, 4)[0]
    if len(data) < 12 + 16 * count or count > 64:
        raise NotUnderstood("font program")
    kept = []
    for number in range(count):
        tag, checksum, offset, length = struct.unpack_from(">4sLLL", data, 12 + 16 * number)
        if tag in _TABLES:
            if offset + length > len(data):
                raise NotUnderstood("font program")
            kept.append((tag, checksum, data[offset : offset + length]))
    power = max(1, len(kept)).bit_length() - 1
    header = struct.pack(">4sHHHH", data[:4], len(kept), 16 << power, power, (len(kept) << 4) - (16 << power))
    directory, body = [], []
    position = 12 + 16 * len(kept)
    for tag, checksum, table in kept:
        directory.append(struct.pack(">4sLLL", tag, checksum, position, len(table)))
        body.append(table + bytes(-len(table) % 4))
        position += len(body[-1])
    return header + b"".join(directory) + b"".join(body)
