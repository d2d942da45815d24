"""Where the last frame of a JPEG XL codestream ends (ISO/IEC 18181-1 Annex F): behind it is nothing to decode."""

from __future__ import annotations

from typing import NamedTuple

from deidra.bitstream.jpeg_xl.bits import Bits, Ways
from deidra.bitstream.jpeg_xl.image import Image, read_image
from deidra.bitstream.work import malformed, truncated, unsupported

_REGULAR, _LOW_FREQUENCY, _REFERENCE, _SKIP_PROGRESSIVE = range(4)
_USES_LOW_FREQUENCY_FRAME = 0x20
_REPLACE, _BLEND, _ALPHA_ADD, _MULTIPLY = 0, 2, 3, 4
_POWERS: Ways = ((1, 0), (2, 0), (4, 0), (8, 0))
_CROP: Ways = ((0, 8), (256, 11), (2304, 14), (18688, 30))
_SECTION: Ways = ((0, 10), (1024, 14), (17_408, 22), (4_211_712, 30))
_HALF = 16  # bits of an F16
_MOST_FRAMES, _MOST_SECTIONS = 100_000, 1 << 20


class Frame(NamedTuple):
    """What the table of sections depends on."""

    last: bool
    columns: int
    rows: int
    group_side: int
    passes: int
    sampling_shift: int


def end_of_codestream(data: bytes, start: int, end: int) -> int:
    """The position behind the last frame of the codestream data[start:end]. Raises Held."""
    bits = Bits(data, start + 2, end)
    image = read_image(bits)
    pos = bits.align()
    for _ in range(_MOST_FRAMES):
        bits = Bits(data, pos, end)
        frame = _read_frame(bits, image)
        pos = _behind_sections(bits, frame, end)
        if frame.last:
            return pos
    raise malformed("more frames than any encoder makes", start)


def _read_frame(bits: Bits, image: Image) -> Frame:
    if bits.flag():
        return Frame(True, image.columns, image.rows, 256, 1, 0)
    kind, modular = bits.take(2), bits.flag()
    flags = bits.long()
    own_low_frequencies = not flags & _USES_LOW_FREQUENCY_FRAME
    luma_chroma = not image.xyb and bits.flag()
    modes = [bits.take(2) for _ in range(3)] if luma_chroma and own_low_frequencies else []
    upsampling = 1
    if own_low_frequencies:
        upsampling = bits.number(_POWERS)
        for _ in range(image.extra_channels):
            bits.number(_POWERS)
    group_side = 128 << bits.take(2) if modular else 256
    if not modular and image.xyb:
        bits.take(6)
    passes = _passes(bits) if kind != _REFERENCE else 1
    level = bits.number(((1, 0), (2, 0), (3, 0), (4, 0))) if kind == _LOW_FREQUENCY else 0
    columns, rows, partial = _area(bits, kind, image)
    last = _referencing(bits, kind, image, partial=partial)
    bits.require_no_name()
    _restoration(bits, modular=modular)
    bits.require_no_extensions()
    scale = upsampling << 3 * level
    shift = 1 if any(mode in (1, 2, 3) for mode in modes) else 0
    return Frame(last, -(-columns // scale), -(-rows // scale), group_side, passes, shift)


def _passes(bits: Bits) -> int:
    count = bits.number(((1, 0), (2, 0), (3, 0), (4, 3)))
    if count > 1:
        downsamplings = bits.number(((0, 0), (1, 0), (2, 0), (3, 1)))
        bits.skip(2 * (count - 1))
        for _ in range(downsamplings):
            bits.number(_POWERS)
        for _ in range(downsamplings):
            bits.number(((0, 0), (1, 0), (2, 0), (0, 3)))
    return count


def _area(bits: Bits, kind: int, image: Image) -> tuple[int, int, bool]:
    """Columns and rows of the frame, and whether it leaves a part of the image uncovered."""
    if kind == _LOW_FREQUENCY or not bits.flag():
        return image.columns, image.rows, False
    left = top = 0
    if kind != _REFERENCE:
        left, top = (_signed(bits.number(_CROP)) for _ in range(2))
    columns, rows = bits.number(_CROP), bits.number(_CROP)
    covers = left <= 0 and top <= 0 and left + columns >= image.columns and top + rows >= image.rows
    return columns, rows, not covers


def _signed(value: int) -> int:
    return value >> 1 if not value & 1 else -(value >> 1) - 1


def _referencing(bits: Bits, kind: int, image: Image, *, partial: bool) -> bool:
    """Blending, duration and references: whether this is the last frame."""
    shown = kind in (_REGULAR, _SKIP_PROGRESSIVE)
    last, mode, duration, saved_as = False, _REPLACE, 0, 0
    if shown:
        mode = _blending(bits, image, partial=partial)
        for _ in range(image.extra_channels):
            _blending(bits, image, partial=partial)
        if image.animated:
            duration = bits.number(((0, 0), (1, 0), (0, 8), (0, 32)))
            if image.timecodes and bits.take(32):
                raise unsupported("a frame with a time code", 0)
        last = bits.flag()
    if kind != _LOW_FREQUENCY and not last:
        saved_as = bits.take(2)
    replaceable = shown and not last and (duration == 0 or saved_as) and mode == _REPLACE and not partial
    if kind == _REFERENCE or replaceable:
        bits.flag()  # save_before_ct
    return last


def _blending(bits: Bits, image: Image, *, partial: bool) -> int:
    mode = bits.number(((0, 0), (1, 0), (2, 0), (3, 2)))
    by_alpha = image.extra_channels > 0 and mode in (_BLEND, _ALPHA_ADD)
    if by_alpha:
        bits.number(((0, 0), (1, 0), (2, 0), (3, 3)))
    if by_alpha or mode == _MULTIPLY:
        bits.flag()
    if mode != _REPLACE or partial:
        bits.take(2)
    return mode


def _restoration(bits: Bits, *, modular: bool) -> None:
    """Filters behind the decoder (Annex J)."""
    if bits.flag():
        return
    if bits.flag() and bits.flag():
        bits.skip(6 * _HALF)
    if bits.take(2):
        if not modular and bits.flag():
            bits.skip(8 * _HALF)
        if bits.flag():
            bits.skip(5 * _HALF)
        if bits.flag():
            bits.skip((3 if modular else 4) * _HALF)
        if modular:
            bits.skip(_HALF)
    bits.require_no_extensions()


def _behind_sections(bits: Bits, frame: Frame, end: int) -> int:
    """The position behind the sections that the frame's table lists (Annex F.3)."""
    groups = -(-frame.columns // frame.group_side) * -(-frame.rows // frame.group_side)
    unit = 8 << frame.sampling_shift
    columns, rows = (-(-side // unit) << frame.sampling_shift for side in (frame.columns, frame.rows))
    low_frequency_groups = -(-columns // frame.group_side) * -(-rows // frame.group_side)
    single = groups == 1 and frame.passes == 1
    count = 1 if single else 2 + low_frequency_groups + groups * frame.passes
    if count > _MOST_SECTIONS:
        raise malformed("more sections than any encoder makes", 0)
    if bits.flag():
        raise unsupported("sections in another order than the usual one", 0)
    bits.align()
    size = sum(bits.number(_SECTION) for _ in range(count))
    pos = bits.align() + size
    if pos > end:
        raise truncated("a frame", end)
    return pos
