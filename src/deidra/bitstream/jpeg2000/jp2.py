"""JP2 and its relatives: the boxes that say how to show the codestream, and the codestream (ITU-T T.800 Annex I).

Kept: signature, file type, header (size, depth, colour, palette, channels), the first codestream. Everything else goes:
XML, UUID and its lists, texts, associations, resolution, rights, further codestreams, free space.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from deidra.bitstream.boxes import Box, box, boxes_of
from deidra.bitstream.icc import clean_profile
from deidra.bitstream.jpeg2000.codestream import clean_jpeg2000
from deidra.bitstream.padding import without_trailer
from deidra.bitstream.work import Tally, malformed, unsupported

SIGNATURE = b"\0\0\0\x0cjP  \r\n\x87\n"
_BRANDS = (b"jp2 ", b"jph ")
_ENUMERATED, _RESTRICTED_ICC, _ANY_ICC = 1, 2, 3
_MOST_CHANNELS, _UNSPECIFIED = 255, 0xFFFF
_NAMES = {
    b"xml ": "XML box", b"uuid": "UUID box", b"uinf": "UUID list box", b"jp2i": "rights box", b"lbl ": "label box",
    b"asoc": "association box", b"res ": "resolution box", b"rreq": "reader requirements", b"free": "free space",
    b"jp2c": "further codestream", b"jumb": "JUMBF box", b"mdat": "media data box",
}  # fmt: skip


def clean_jp2(data: bytes, tally: Tally) -> bytes:
    """A JP2 file with one codestream and what shows it. Raises Held."""
    start = 0 if data.startswith(SIGNATURE) else data.find(SIGNATURE)
    if start < 0:
        raise malformed("there is no JP2 signature", 0)
    if start:
        tally.drop("bytes before the image", 0, start)
    end = len(data)
    found: dict[bytes, bytes] = {}
    pos = start + len(SIGNATURE)
    while pos < end and not (b"jp2c" in found and not _looks_like_a_box(data, pos)):
        one = next(boxes_of(data, pos, end))
        pos = one.end
        if one.kind in found or one.kind not in (b"ftyp", b"jp2h", b"jp2c"):
            tally.drop(_NAMES.get(one.kind, "unknown box"), one.start, one.end - one.start)
        else:
            found[one.kind] = _kept(data, one, tally)
    if list(found) != [b"ftyp", b"jp2h", b"jp2c"]:
        raise malformed("file type, header and codestream are not there in this order", start)
    cleaned = b"".join((SIGNATURE, *found.values()))
    return without_trailer(data, pos, cleaned, tally)


def _looks_like_a_box(data: bytes, pos: int) -> bool:
    size = int.from_bytes(data[pos : pos + 4])
    return (
        pos + 8 <= len(data) and (size in (0, 1) or 8 <= size <= len(data) - pos) and data[pos + 4 : pos + 8].isascii()
    )


def _kept(data: bytes, one: Box, tally: Tally) -> bytes:
    if one.kind == b"ftyp":
        return _file_type(data, one, tally)
    if one.kind == b"jp2h":
        return _header(data, one, tally)
    original = data[one.body : one.end]
    return box(b"jp2c", clean_jpeg2000(original, tally))


def _file_type(data: bytes, one: Box, tally: Tally) -> bytes:
    """The brands that a JP2 reader reads; others promise boxes that are no longer there (T.800 I.5.2)."""
    content = data[one.body : one.end]
    if len(content) < 12 or len(content) % 4:
        raise malformed("the file type is no list of brands", one.start)
    told = [content[at : at + 4] for at in (0, *range(8, len(content), 4))]
    brands = [brand for brand in _BRANDS if brand in told]
    if not brands:
        raise unsupported("a file that is not meant for readers of JP2", one.start)
    first = told[0] if told[0] in brands else brands[0]
    new = b"".join((first, bytes(4), *brands))
    if new != content:
        tally.drop("brands that need other boxes", one.start, max(1, len(content) - len(new)))
    return box(b"ftyp", new)


def _header(data: bytes, one: Box, tally: Tally) -> bytes:
    """The header boxes, each of the length that it must have (T.800 I.5.3)."""
    inner = list(boxes_of(data, one.body, one.end))
    if not inner or inner[0].kind != b"ihdr" or inner[0].end - inner[0].body != 14:
        raise malformed("the JP2 header does not start with the image header", one.start)
    components = struct.unpack_from(">H", data, inner[0].body + 8)[0]
    kept = []
    seen: set[bytes] = set()
    for part in inner:
        content = data[part.body : part.end]
        if part.kind in _FIXED and part.kind not in seen:
            if not _FIXED[part.kind](content, components):
                raise malformed("a box of the JP2 header has not the length that it must have", part.start)
            kept.append(box(part.kind, content))
        elif part.kind == b"colr":
            colour = _colour(content, tally, part.start)
            if colour:
                kept.append(box(b"colr", colour))
        else:
            tally.drop(_NAMES.get(part.kind, "unknown box"), part.start, part.end - part.start)
        seen.add(part.kind)
    return box(b"jp2h", *kept)


def _colour(content: bytes, tally: Tally, position: int) -> bytes:
    """A colour specification (T.800 I.5.3.3): a number that names the space, or a profile, cleaned."""
    if len(content) < 3:
        raise malformed("a colour specification is cut short", position)
    method = content[0]
    if method == _ENUMERATED and len(content) == 7:
        return content
    if method in (_RESTRICTED_ICC, _ANY_ICC):
        profile = clean_profile(content[3:], tally, position)
        return content[:3] + profile if profile else b""
    if method == _ENUMERATED:
        # JPX puts parameters of CIELab behind the number (T.801 M.11.7.4)
        raise unsupported("a colour space with parameters", position)
    tally.drop("colour by a vendor's method", position, len(content))
    return b""


def _palette_fits(content: bytes, _: int) -> bool:
    if len(content) < 3:
        return False
    entries, columns = struct.unpack_from(">HB", content)
    widths = sum(((depth & 0x7F) + 8) // 8 for depth in content[3 : 3 + columns])
    return 1 <= int(entries) <= 1024 and len(content) == 3 + columns + entries * widths


def _mapping_fits(content: bytes, components: int) -> bool:
    """T.800 I.5.3.5: a component, direct or through the palette, and a column of that."""
    entries = list(struct.iter_unpack(">HBB", content[: len(content) // 4 * 4]))
    return (
        len(content) == 4 * len(entries)
        and 1 <= len(entries) <= _MOST_CHANNELS
        and all(
            component < components and direct <= 1 and column < _MOST_CHANNELS for component, direct, column in entries
        )
    )


def _channels_fit(content: bytes, _: int) -> bool:
    """T.800 I.5.3.6: a channel, its meaning, and the colour to which it belongs."""
    entries = list(struct.iter_unpack(">HHH", content[2 : 2 + (len(content) - 2) // 6 * 6])) if len(content) > 2 else []
    return len(content) == 2 + 6 * int.from_bytes(content[:2]) and all(
        channel < _MOST_CHANNELS
        and kind in (0, 1, 2, _UNSPECIFIED)
        and (colour < _MOST_CHANNELS or colour == _UNSPECIFIED)
        for channel, kind, colour in entries
    )


_FIXED: dict[bytes, Callable[[bytes, int], bool]] = {
    b"ihdr": lambda content, _: len(content) == 14,
    b"bpcc": lambda content, components: len(content) == components,
    b"pclr": _palette_fits,
    b"cmap": _mapping_fits,
    b"cdef": _channels_fit,
}
