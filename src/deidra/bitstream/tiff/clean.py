"""TIFF and BigTIFF: the file is written anew with the fields that decoding and colour need (TIFF 6.0).

Kept: geometry, coding, colour and orientation, the ICC profile and JPEG tables cleaned, pages and SubIFDs, strips and
tiles with their samples untouched. Every other field goes (descriptions, names, dates, Exif, GPS, XMP, IPTC, private
ones), and every byte to which nothing refers.
"""

from __future__ import annotations

import struct

from deidra.bitstream.icc import clean_profile
from deidra.bitstream.jpeg.clean import clean_tables, keys_from_elsewhere
from deidra.bitstream.tiff.palette import blanked, used_indices
from deidra.bitstream.tiff.segments import JPEG, Layout, clean_segment, require_positive
from deidra.bitstream.tiff.structure import (
    BYTE,
    LONG,
    RATIONAL,
    SHORT,
    SUB_IFDS,
    TYPE_BYTES,
    UNDEFINED,
    Directory,
    Field,
    Form,
    Spans,
    numbers,
    read_directories,
    read_form,
)
from deidra.bitstream.tiff.write import Page, written
from deidra.bitstream.work import Tally, malformed, unsupported

STRIPS, STRIP_BYTES, TILES, TILE_BYTES = 273, 279, 324, 325
_DESCRIPTION, _JPEG_TABLES, _PROFILE, _NDPI, _DEPTH, _COLOURS = 270, 347, 34675, 65420, 32997, 320
_LARGEST_IN_RATIO, _DIGITS = 100_000_000, 1_000_000
_WIDTH, _LENGTH, _BITS, _COMPRESSION, _PHOTOMETRIC, _SAMPLES, _ROWS_PER_STRIP, _PLANAR = (
    256,
    257,
    258,
    259,
    262,
    277,
    278,
    284,
)
_TILE_WIDTH, _TILE_LENGTH, _SUBSAMPLING = 322, 323, 530
_YCBCR = 6
_PHOTOMETRICS = frozenset((0, 1, 2, 3, 4, 5, _YCBCR, 8, 9, 10))
_WHOLE = (SHORT, LONG)
# Tag -> types and counts that it may have; "samples" and "colours" depend on the image
_KEPT: dict[int, tuple[tuple[int, ...], tuple[int | str, ...]]] = {
    **dict.fromkeys((254, 255, _WIDTH, _LENGTH, _COMPRESSION, _PHOTOMETRIC, 263, 266, 274), (_WHOLE, (1,))),
    **dict.fromkeys(
        (_SAMPLES, _ROWS_PER_STRIP, _PLANAR, 292, 293, 296, 317, _TILE_WIDTH, _TILE_LENGTH), (_WHOLE, (1,))
    ),
    **dict.fromkeys((332, 334, 531), (_WHOLE, (1,))),
    **dict.fromkeys((_BITS, 339), ((SHORT,), (1, "samples"))),
    **dict.fromkeys((282, 283), ((RATIONAL,), (1,))),
    297: ((SHORT,), (2,)),
    318: ((RATIONAL,), (2,)),
    319: ((RATIONAL,), (6,)),
    _COLOURS: ((SHORT,), ("colours",)),
    336: ((BYTE, SHORT), (2, "twice samples")),
    338: ((SHORT,), ("extra",)),
    529: ((RATIONAL,), (3,)),
    _SUBSAMPLING: ((SHORT,), (2,)),
    532: ((RATIONAL,), (6,)),
}
_NAMES = {
    _DESCRIPTION: "ImageDescription", 271: "Make", 272: "Model", 269: "DocumentName", 285: "PageName", 305: "Software",
    306: "DateTime", 315: "Artist", 316: "HostComputer", 333: "InkNames", 700: "XMP", 33432: "Copyright", 33723: "IPTC",
    34377: "Photoshop", 34665: "Exif directory", 34853: "GPS directory", _PROFILE: "ICC profile",
}  # fmt: skip
_SLACK_BYTES = 16  # zeros between parts that only align them


def clean_tiff(data: bytes, tally: Tally) -> bytes:
    """A TIFF with the same pages and nothing else; `data` itself where there is nothing else. Raises Held."""
    form = read_form(data)
    directories = read_directories(data, form)
    if not directories:
        raise malformed("there is no image", 0)
    if len(directories) == 1:
        _require_no_hidden_stack(data, directories[0])
    used = Spans(len(data))
    used.add(0, 16 if form.big else 8)
    pages = [_page(data, form, directory, used, tally) for directory in directories]
    _count_unreferenced(data, used, tally)
    return written(form, pages) if tally else data


def _require_no_hidden_stack(data: bytes, directory: Directory) -> None:
    """ImageJ describes a whole stack by the first directory and a text. Raises Held."""
    field = directory.fields.get(_DESCRIPTION)
    if field is not None:
        text = data[field.start : field.end]
        if text.startswith(b"ImageJ=") and b"images=" in text:
            raise unsupported("a stack that only its description describes", field.start)


def _count_unreferenced(data: bytes, used: Spans, tally: Tally) -> None:
    """Tell the tally of bytes to which nothing refers; a few zeros are alignment."""
    pos = total = 0
    first = -1
    for start, end in [*sorted(used.found), (len(data), len(data))]:
        if start > pos and (start - pos > _SLACK_BYTES or any(data[pos:start])):
            first = pos if first < 0 else first
            total += start - pos
        pos = max(pos, end)
    if total:
        tally.drop("bytes to which nothing refers", first, total)


def _page(data: bytes, form: Form, directory: Directory, used: Spans, tally: Tally) -> Page:
    fields = directory.fields
    layout = _layout(data, form, directory)
    used.add(directory.start, directory.end)
    kept = []
    for field in fields.values():
        if field.tag in (STRIPS, STRIP_BYTES, TILES, TILE_BYTES, SUB_IFDS):
            used.add(field.start, field.end)
            continue
        content = _content(data, form, field, fields, tally)
        if content is None:
            tally.drop(f"field {_NAMES.get(field.tag, 'that nothing needs')}", field.start, field.end - field.start)
            continue
        used.add(field.start, field.end)
        kept.append((field.tag, field.kind, len(content) // TYPE_BYTES[field.kind], content))
    segments, tags = _segments(data, form, directory, layout, used, tally)
    coded = [segment for _, segment in segments]
    kept = [_fitting(one, coded, layout, fields[one[0]].start, tally) for one in kept]
    below = [_page(data, form, sub, used, tally) for sub in directory.below]
    return Page(kept, *tags, segments, below)


def _fitting(
    field: tuple[int, int, int, bytes], coded: list[bytes], layout: Layout, position: int, tally: Tally
) -> tuple[int, int, int, bytes]:
    """The field; a colour map without colours, and JPEG tables without tables, that no strip or tile uses."""
    tag, kind, count, value = field
    if tag == _COLOURS:
        new = blanked(value, used_indices(coded, layout, position))
        if new != value:
            tally.drop("colours that no pixel uses", position, sum(a != b for a, b in zip(value, new, strict=True)))
        return tag, kind, count, new
    if tag == _JPEG_TABLES:
        keys = (
            {key for one in coded if one for key in keys_from_elsewhere(one)} if layout.compression == JPEG else set()
        )
        new = clean_tables(value, keys, tally)
        return tag, kind, len(new), new
    return field


def _segments(
    data: bytes, form: Form, directory: Directory, layout: Layout, used: Spans, tally: Tally
) -> tuple[list[tuple[int, bytes]], tuple[int, int]]:
    """The strips or tiles with where they were, and the tags that tell where they are. Raises Held."""
    fields = directory.fields
    tag, bytes_tag = (TILES, TILE_BYTES) if layout.tiled else (STRIPS, STRIP_BYTES)
    if tag not in fields or bytes_tag not in fields or not {STRIPS, TILES} - set(fields):
        raise malformed("a directory does not say where its pixels are", directory.start)
    offsets, sizes = numbers(data, form, fields[tag]), numbers(data, form, fields[bytes_tag])
    if not len(offsets) == len(sizes) == layout.segments:
        raise malformed("a directory has not as many strips or tiles as its image", directory.start)
    segments = []
    for number, (start, size) in enumerate(zip(offsets, sizes, strict=True)):
        if not size:
            # A tile that is not there has neither place nor size; some readers guess a size that is missing
            if start:
                raise malformed("a strip or tile has a place but no size", start)
            segments.append((0, b""))
            continue
        used.add(start, start + size)
        expected_bytes = layout.segment_bytes(number)
        segments.append((start, clean_segment(data, start, size, expected_bytes, layout.compression, tally)))
    return segments, (tag, bytes_tag)


def _content(data: bytes, form: Form, field: Field, fields: dict[int, Field], tally: Tally) -> bytes | None:
    """The value of a field as it may stay, None where it goes. Raises Held where it is not as it must be."""
    value = data[field.start : field.end]
    if field.tag == _PROFILE and field.kind in (BYTE, UNDEFINED):
        return clean_profile(value, tally, field.start) or None
    if field.tag == _JPEG_TABLES and field.kind in (BYTE, UNDEFINED):
        return value
    if field.tag in (_NDPI, _DEPTH):
        raise unsupported("a directory in a dialect that is not known", field.start)
    if field.tag not in _KEPT:
        return None
    types, counts = _KEPT[field.tag]
    samples = _one(data, form, fields, _SAMPLES, 1)
    bits = max(numbers(data, form, fields[_BITS])) if _BITS in fields else 1
    allowed = {
        "samples": (samples,),
        "twice samples": (2 * samples,),
        "extra": range(1, samples + 1),
        "colours": (3 << min(bits, 16),),
    }
    fits = any(field.values == count if isinstance(count, int) else field.values in allowed[count] for count in counts)
    if field.kind not in types or not fits:
        raise malformed("a field has not the type or number of values that it must have", field.start)
    if field.kind == RATIONAL:
        value = _plain_ratios(form, value)
        if value != data[field.start : field.end]:
            tally.drop("digits of a ratio", field.start, len(value))
    return value


def _plain_ratios(form: Form, value: bytes) -> bytes:
    """Ratios of plain numbers: four letters make a number above 500 million, which no ratio needs."""
    out = []
    for ratio in struct.iter_unpack(f"{form.order}LL", value):
        over, under = ratio
        quotient = min(over / under, _LARGEST_IN_RATIO / _DIGITS) if under else 0
        plain = ratio if max(ratio) <= _LARGEST_IN_RATIO else (round(quotient * _DIGITS), _DIGITS)
        out.append(struct.pack(f"{form.order}LL", *plain))
    return b"".join(out)


def _one(data: bytes, form: Form, fields: dict[int, Field], tag: int, default: int) -> int:
    """A field of one whole number. Raises Held."""
    if tag not in fields:
        return default
    found = numbers(data, form, fields[tag])
    if len(found) != 1:
        raise malformed("a field of one number has not one", fields[tag].start)
    return found[0]


def _layout(data: bytes, form: Form, directory: Directory) -> Layout:
    """How the pixels are laid out. Raises Held."""
    fields = directory.fields

    def one(tag: int, default: int = 0) -> int:
        return _one(data, form, fields, tag, default)

    columns, rows, compression, photometric = one(_WIDTH), one(_LENGTH), one(_COMPRESSION, 1), one(_PHOTOMETRIC)
    samples, planar = one(_SAMPLES, 1), one(_PLANAR, 1)
    tiled = _TILE_WIDTH in fields
    segment_columns = one(_TILE_WIDTH) if tiled else columns
    segment_rows = one(_TILE_LENGTH) if tiled else min(one(_ROWS_PER_STRIP, rows), rows)
    require_positive(columns, rows, samples, segment_columns, segment_rows)
    if photometric not in _PHOTOMETRICS or planar not in (1, 2):
        raise unsupported("a meaning of samples that is not known", directory.start)
    bits = numbers(data, form, fields[_BITS]) if _BITS in fields else [1]
    if len(bits) not in (1, samples) or (planar == 2 and len(set(bits)) > 1):
        raise malformed("samples do not all have a size", directory.start)
    pixel_bits = bits[0] if planar == 2 else sum(bits) * (samples if len(bits) < samples else 1)
    subsampling = (1, 1)
    if photometric == _YCBCR and compression != JPEG and samples == 3 and planar == 1:
        told = numbers(data, form, fields[_SUBSAMPLING]) if _SUBSAMPLING in fields else [2, 2]
        if len(told) != 2 or not set(told) <= {1, 2, 4}:
            raise malformed("the subsampling of colours is not known", directory.start)
        subsampling = (told[0], told[1])
    planes = samples if planar == 2 else 1
    return Layout(compression, columns, rows, segment_columns, segment_rows, tiled, pixel_bits, planes, subsampling)
