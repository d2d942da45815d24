"""The pixels of an object as the rooms that look at pixels want them: layout, device, and one frame at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from struct import unpack

from deidra.dicom.fragments import EXTENDED_OFFSETS, frames_of, read_fragments
from deidra.dicom.header import MODALITY, SOP_CLASS_UID, Header, loaded
from deidra.dicom.layout import check_subsampling, frame_bits, frame_count, us
from deidra.dicom.reader import FileReader, Reader, Span
from deidra.dicom.source import Source
from deidra.dicom.stream import FRAGMENTS, PIXEL_DATA
from deidra.errors import Held
from deidra.pixels.image import Box, Device, Layout, Palette, UltrasoundRegion
from deidra.pixels.segmented_palette import expanded

_SAMPLES, _PHOTOMETRIC, _PLANAR, _ROWS, _COLUMNS = 0x00280002, 0x00280004, 0x00280006, 0x00280010, 0x00280011
_BITS_ALLOCATED, _BITS_STORED, _HIGH_BIT, _SIGNED, _PADDING = 0x00280100, 0x00280101, 0x00280102, 0x00280103, 0x00280120
_CENTRES, _WIDTHS, _INTERCEPT, _SLOPE = 0x00281050, 0x00281051, 0x00281052, 0x00281053
# Red, green, blue; the plain table of each, and that in segments
_DESCRIPTOR, _PALETTES = 0x00281101, ((0x00281201, 0x00281221), (0x00281202, 0x00281222), (0x00281203, 0x00281223))
_MANUFACTURER, _MODEL, _SOFTWARE, _IMAGE_TYPE = 0x00080070, 0x00081090, 0x00181020, 0x00080008
_ULTRASOUND_REGIONS = 0x00186011
_FORMAT, _DATA_TYPE, _LEFT, _TOP, _RIGHT, _BOTTOM = 0x6012, 0x6014, 0x6018, 0x601A, 0x601C, 0x601E
_ORIENTATION = 0x00200037
_MOST_WINDOWS = 4


def layout_of(header: Header, source: Source) -> Layout:
    """The Image Pixel Module of an object (PS3.3 C.7.6.3). Raises Held where it does not say how to read pixels."""
    is_float = PIXEL_DATA not in header
    return Layout(
        transfer_syntax_uid=source.transfer_syntax_uid,
        rows=us(header, _ROWS),
        columns=us(header, _COLUMNS),
        frames=frame_count(header),
        samples_per_pixel=max(us(header, _SAMPLES), 1),
        photometric_interpretation=header.text(_PHOTOMETRIC),
        planar_configuration=us(header, _PLANAR),
        bits_allocated=us(header, _BITS_ALLOCATED),
        bits_stored=us(header, _BITS_STORED) or us(header, _BITS_ALLOCATED),
        high_bit=us(header, _HIGH_BIT) if _HIGH_BIT in header else us(header, _BITS_ALLOCATED) - 1,
        is_signed=us(header, _SIGNED) == 1,
        palette=_palette(header, source),
        windows=() if is_float else _windows(header),
        padding_value=_padding(header),
        is_float=is_float,
    )


def _padding(header: Header) -> int | None:
    raw = header.raw(_PADDING)
    signed = us(header, _SIGNED) == 1
    return int.from_bytes(raw, "little", signed=signed) if len(raw) == 2 else None


def _palette(header: Header, source: Source) -> Palette | None:
    if header.text(_PHOTOMETRIC) != "PALETTE COLOR":
        return None
    raw = header.raw(_DESCRIPTOR)
    if len(raw) != 6:
        raise Held("palette-missing", "the palette of the image is missing or damaged", "dcm:(0028,1101)")
    entries, first, bits = unpack("<3H", raw)
    tables = [
        _whole(header, source, plain) or expanded(_whole(header, source, segmented), bits)
        for plain, segmented in _PALETTES
    ]
    if not all(tables):
        raise Held("palette-missing", "the palette of the image is missing or damaged", "dcm:(0028,1101)")
    return Palette((entries, first, bits), *tables)


def _whole(header: Header, source: Source, tag: int) -> bytes:
    """A value that may be bulk; b"" where it is absent."""
    found = header.element(tag)
    if found is None:
        return b""
    section, (_, _, _, value, stop, _) = found
    return loaded(source, section.base + value, section.base + stop)


def _windows(header: Header) -> tuple[tuple[float, float], ...]:
    """Window Center and Width in stored values: Rescale Slope and Intercept undone (PS3.3 C.11.2.1.2)."""
    slope, intercept = (_numbers(header, tag) for tag in (_SLOPE, _INTERCEPT))
    m, b = (slope or [1.0])[0] or 1.0, (intercept or [0.0])[0]
    pairs = zip(_numbers(header, _CENTRES), _numbers(header, _WIDTHS), strict=False)
    return tuple(((centre - b) / m, width / abs(m)) for centre, width in pairs if width > 0)[:_MOST_WINDOWS]


def _numbers(header: Header, tag: int) -> list[float]:
    try:
        return [float(value) for value in header.text(tag).split("\\") if value.strip()]
    except ValueError:
        return []


def device_of(header: Header, tags: frozenset[str]) -> Device:
    """Who made the image; `tags` are further attributes that rules ask for, as eight hexadecimal digits."""
    asked = {tag: header.text(int(tag, 16)) for tag in sorted(tags) if int(tag, 16) in header}
    return Device(
        manufacturer=header.text(_MANUFACTURER),
        model=header.text(_MODEL),
        software_versions=tuple(filter(None, header.text(_SOFTWARE).split("\\"))),
        modality=header.text(MODALITY),
        sop_class_uid=header.text(SOP_CLASS_UID),
        image_type=tuple(header.text(_IMAGE_TYPE).split("\\")),
        us_regions=tuple(_ultrasound_regions(header)),
        attributes=asked,
    )


def _ultrasound_regions(header: Header) -> Iterator[UltrasoundRegion]:
    found = header.sequence(_ULTRASOUND_REGIONS)
    if found is None:
        return
    buf, _, items = found
    for _, _, _, elements, _ in items:
        values = {tag & 0xFFFF: int.from_bytes(buf[value:stop], "little") for tag, _, _, value, stop, _ in elements}
        if all(key in values for key in (_LEFT, _TOP, _RIGHT, _BOTTOM)):
            box: Box = (values[_TOP], values[_LEFT], values[_BOTTOM] + 1, values[_RIGHT] + 1)
            yield UltrasoundRegion(box, values.get(_FORMAT, 0), values.get(_DATA_TYPE, 0))


def frame_spans(header: Header, source: Source, layout: Layout) -> list[list[Span]]:
    """Where the bytes of each frame stand in the reader of `source`. Raises Held.

    Of images of one bit, a frame may begin and end within a byte: its span covers both.
    """
    found = header.pixels
    if found is None:
        raise Held("pixels-missing", "there is no pixel data at the top of the object", "dcm:(7FE0,0010)")
    section, (_, _, _, value, stop, items) = found
    if items is FRAGMENTS:
        encapsulated = read_fragments(source.reader, section.base + value)
        return frames_of(encapsulated, layout.frames, header.raw(EXTENDED_OFFSETS), source.reader, lambda _: False)
    bits = frame_bits(header)
    if bits is None or bits * layout.frames > (stop - value) * 8:
        raise Held("frames-missing", "there are fewer pixels than the image says", "dcm:(7FE0,0010)")
    check_subsampling(header, stop - value)
    start = section.base + value
    edges = [divmod(frame * bits, 8) for frame in range(layout.frames + 1)]
    return [
        [(start + first, last + bool(rest) - first)]
        for (first, _), (last, rest) in pairwise(edges)
    ]


class DicomImage:
    """One object's pixel data in a file that is opened when a frame is asked for, or in a reader that stays open."""

    def __init__(self, where: str | Reader, header: Header, source: Source, tags: frozenset[str]) -> None:
        self.layout = layout_of(header, source)
        self.device = device_of(header, tags)
        self.series_group = series_group_of(header)
        self._where = where
        self._is_plain = isinstance(source.reader, FileReader)
        self._spans = frame_spans(header, source, self.layout)
        # Only frames that stand one behind the other share a byte
        self._shares_bytes = self.layout.bits_allocated == 1 and PIXEL_DATA in header and not _is_coded(header)

    def coded(self, frame: int) -> bytes:
        """The bytes of frame `frame`, from 0. Raises Held when the file cannot be read any more."""
        with reopened(self._where, is_plain=self._is_plain) as reader:
            data = b"".join([reader.read_at(*span) for span in self._spans[frame]])
        return _shifted(data, frame, self.layout) if self._shares_bytes else data


@contextmanager
def reopened(where: str | Reader, *, is_plain: bool) -> Iterator[Reader]:
    """The reader of an object that was opened before: of a path or of the reader of its whole file.

    `is_plain`: the data set is neither inflated nor converted. Raises Held where the file cannot be read any more.
    """
    from deidra.dicom.deidentify import open_normalised

    if not isinstance(where, str):
        yield open_normalised(where).reader
        return
    try:
        descriptor = os.open(where, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        raise Held("io-error", "the file cannot be read any more") from None
    try:
        reader = FileReader(descriptor, os.fstat(descriptor).st_size)
        yield reader if is_plain else open_normalised(reader).reader
    finally:
        os.close(descriptor)


def _is_coded(header: Header) -> bool:
    found = header.pixels
    return found is not None and found[1][5] is FRAGMENTS


def series_group_of(header: Header) -> str:
    """What images have in common that may be looked at together: orientation and Image Type."""
    return f"{header.text(_ORIENTATION)}|{header.text(_IMAGE_TYPE)}"


def _shifted(data: bytes, frame: int, layout: Layout) -> bytes:
    """A frame of one-bit pixels with its first pixel in the lowest bit of the first byte (PS3.5 8.1.1)."""
    if not 1 <= layout.samples_per_pixel <= 1:
        raise Held("layout-unsupported", "one-bit pixels of several samples are not read", "dcm:(0028,0100)")
    bits = layout.rows * layout.columns
    skipped = frame * bits & 7
    if not skipped and not bits & 7:
        return data
    number = int.from_bytes(data, "little") >> skipped & ((1 << bits) - 1)
    return number.to_bytes((bits + 7) >> 3, "little")
