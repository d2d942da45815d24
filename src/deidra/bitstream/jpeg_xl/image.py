"""The header of a JPEG XL codestream, as far as it says how frames are coded (ISO/IEC 18181-1 Annex D).

What may hold words or a second picture is not decoded here and holds the image: a profile inside the codestream, names
of channels, a preview, extensions.
"""

from __future__ import annotations

from typing import NamedTuple

from deidra.bitstream.jpeg_xl.bits import Bits, Ways
from deidra.bitstream.work import malformed, unsupported

_SIDE: Ways = ((1, 9), (1, 13), (1, 18), (1, 30))
_RATIOS = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))
_HALF = 16  # bits of an F16
_GREY, _XYB = 1, 2
_CUSTOM_WHITE, _CUSTOM_PRIMARIES = 2, 2
_ALPHA, _SPOT, _CFA = 0, 2, 5
_MOST_CHANNELS = 256


class Image(NamedTuple):
    """What the frame headers depend on."""

    columns: int
    rows: int
    xyb: bool
    extra_channels: int
    animated: bool
    timecodes: bool


def read_image(bits: Bits) -> Image:
    """Read the header up to the first frame. Raises Held."""
    columns, rows = _size(bits)
    xyb, extra_channels, animated, timecodes, profile = True, 0, False, False, False
    if not bits.flag():
        more = bits.flag()
        if more:
            animated, timecodes = _display(bits)
        _depth(bits)
        bits.flag()  # modular_16bit_buffers
        extra_channels = bits.number(((0, 0), (1, 0), (2, 4), (1, 12)))
        if extra_channels > _MOST_CHANNELS:
            raise malformed("more channels than any encoder makes", 0)
        for _ in range(extra_channels):
            _extra_channel(bits)
        xyb = bits.flag()
        profile = _colour(bits)
        if more:
            _tone_mapping(bits)
        bits.require_no_extensions()
    _transform(bits, xyb=xyb)
    if profile:
        raise unsupported("an ICC profile inside the codestream", 0)
    return Image(columns, rows, xyb, extra_channels, animated, timecodes)


def _size(bits: Bits) -> tuple[int, int]:
    small = bits.flag()
    rows = 8 * (1 + bits.take(5)) if small else bits.number(_SIDE)
    ratio = bits.take(3)
    if ratio:
        over, under = _RATIOS[ratio - 1]
        return rows * over // under, rows
    return (8 * (1 + bits.take(5)) if small else bits.number(_SIDE)), rows


def _display(bits: Bits) -> tuple[bool, bool]:
    """Orientation, intrinsic size, preview, animation: whether it is one, and whether it has time codes."""
    bits.take(3)
    if bits.flag():
        _size(bits)
    if bits.flag():
        raise unsupported("a preview picture", 0)
    if not bits.flag():
        return False, False
    bits.number(((100, 0), (1000, 0), (1, 10), (1, 30)))
    bits.number(((1, 0), (1001, 0), (1, 8), (1, 10)))
    bits.number(((0, 0), (0, 3), (0, 16), (0, 32)))
    return True, bits.flag()


def _depth(bits: Bits) -> None:
    if bits.flag():
        bits.number(((32, 0), (16, 0), (24, 0), (1, 6)))
        bits.take(4)
    else:
        bits.number(((8, 0), (10, 0), (12, 0), (1, 6)))


def _extra_channel(bits: Bits) -> None:
    if bits.flag():
        return
    kind = bits.enumerated()
    _depth(bits)
    bits.number(((0, 0), (3, 0), (4, 0), (1, 3)))
    bits.require_no_name()
    if kind == _ALPHA:
        bits.flag()
    elif kind == _SPOT:
        bits.skip(4 * _HALF)
    elif kind == _CFA:
        bits.number(((1, 0), (0, 2), (3, 4), (19, 8)))


def _colour(bits: Bits) -> bool:
    """Whether a profile follows."""
    if bits.flag():
        return False
    profile = bits.flag()
    space = bits.enumerated()
    if profile:
        return True
    if space != _XYB and bits.enumerated() == _CUSTOM_WHITE:
        _chromaticity(bits)
    if space not in (_XYB, _GREY) and bits.enumerated() == _CUSTOM_PRIMARIES:
        for _ in range(3):
            _chromaticity(bits)
    if space != _XYB:
        if bits.flag():
            bits.take(24)
        else:
            bits.enumerated()
    bits.enumerated()
    return False


def _chromaticity(bits: Bits) -> None:
    for _ in range(2):
        bits.number(((0, 19), (524_288, 19), (1_048_576, 20), (2_097_152, 21)))


def _tone_mapping(bits: Bits) -> None:
    if not bits.flag():
        bits.skip(2 * _HALF + 1 + _HALF)


def _transform(bits: Bits, *, xyb: bool) -> None:
    """Opsin matrix and upsampling weights, where they are not the usual ones."""
    if bits.flag():
        return
    if xyb and not bits.flag():
        bits.skip(16 * _HALF)
    mask = bits.take(3)
    for bit, weights in enumerate((15, 55, 210)):
        if mask >> bit & 1:
            bits.skip(weights * _HALF)
