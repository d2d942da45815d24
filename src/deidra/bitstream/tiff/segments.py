"""The strips and tiles of a TIFF: each holds its coded samples and nothing behind them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from deidra.bitstream.deflated import exact
from deidra.bitstream.jpeg.clean import clean_jpeg
from deidra.bitstream.jpeg2000.codestream import clean_jpeg2000
from deidra.bitstream.jpeg_xl.clean import clean_jpeg_xl
from deidra.bitstream.packbits import end_of_packed
from deidra.bitstream.tail import LEAST_CHECKED, LEAST_HELD, ends_in_text
from deidra.bitstream.tiff.lzw import read_codes
from deidra.bitstream.webp import clean_webp
from deidra.bitstream.work import Tally, hidden, malformed, truncated, unsupported

NONE, FAX, FAX_3, FAX_4, LZW, JPEG, DEFLATE, PACKBITS, OLD_DEFLATE = 1, 2, 3, 4, 5, 7, 8, 32773, 32946
# JPEG 2000 as Aperio (33003, 33005) and others (34712) number it; WebP; JPEG XL
_WHOLE_IMAGES: dict[int, Callable[[bytes, Tally], bytes]] = {
    JPEG: clean_jpeg,
    **dict.fromkeys((33003, 33005, 34712), clean_jpeg2000),
    50001: clean_webp,
    **dict.fromkeys((50002, 52546), clean_jpeg_xl),
}


class Layout(NamedTuple):
    """What the directory tells of its segments. A size of a segment is columns, rows in pixels."""

    compression: int
    columns: int
    rows: int
    segment_columns: int
    segment_rows: int
    tiled: bool
    pixel_bits: int  # of all samples of a pixel that stand in one segment
    planes: int  # segments lists one behind the other, one per sample
    subsampling: tuple[int, int]

    @property
    def segments(self) -> int:
        across = -(-self.columns // self.segment_columns)
        return across * -(-self.rows // self.segment_rows) * self.planes

    def segment_bytes(self, number: int) -> int:
        """Bytes of a segment before coding; the last strip may be shorter, tiles are all full."""
        rows = self.segment_rows
        if not self.tiled:
            first = number % (self.segments // self.planes) * rows
            rows = min(rows, self.rows - first)
        if self.subsampling != (1, 1):
            # TIFF 6.0 Section 21: per block all luma, one of each chroma
            across, down = self.subsampling
            return -(-self.segment_columns // across) * -(-rows // down) * (across * down + 2)
        return -(-self.segment_columns * self.pixel_bits // 8) * rows


def clean_segment(data: bytes, start: int, size: int, expected_bytes: int, compression: int, tally: Tally) -> bytes:
    """The bytes of a strip or tile without what stands behind its samples. Raises Held."""
    segment = data[start : start + size]
    if len(segment) != size:
        raise truncated("a strip or tile", start)
    if compression in _WHOLE_IMAGES:
        return _WHOLE_IMAGES[compression](segment, tally)
    if compression == NONE:
        end = expected_bytes
    elif compression in (DEFLATE, OLD_DEFLATE):
        return _counted(segment, exact(segment, expected_bytes, start), start, tally)
    elif compression == PACKBITS:
        end = end_of_packed(segment, 0, size, expected_bytes)
    elif compression == LZW:
        end = read_codes(segment, expected_bytes)[0] if ends_in_text(segment, 0, size, LEAST_CHECKED) else size
    elif compression in (FAX, FAX_3, FAX_4):
        if ends_in_text(segment, 0, size, LEAST_HELD):
            raise hidden("a strip ends in text", start)
        end = size
    else:
        raise unsupported("a compression whose end is not known", start)
    if end > size:
        raise truncated("a strip or tile", start)
    return _counted(segment, segment[:end], start, tally)


def _counted(old: bytes, new: bytes, start: int, tally: Tally) -> bytes:
    if new != old:
        tally.drop("bytes behind the samples of a strip or tile", start, max(1, len(old) - len(new)))
    return new


def require_positive(*values: int) -> None:
    """Sizes are above zero. Raises Held."""
    if min(values) < 1:
        raise malformed("a size of the image is zero", 0)
