"""Blank boxes in frames that are not compressed, little endian (PS3.5 section 8.1, PS3.3 C.7.6.3.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from deidra.errors import Held
from deidra.pixels.fill import fill_of
from deidra.pixels.frames import native_frame_bytes
from deidra.pixels.image import Box, Layout

if TYPE_CHECKING:
    from numpy.typing import NDArray


def is_paired(layout: Layout) -> bool:
    """Whether two pixels share their chrominance (PS3.3 C.7.6.3.1.2): Y1 Y2 Cb Cr."""
    return layout.photometric_interpretation == "YBR_FULL_422" and layout.samples_per_pixel == 3


def blank(layout: Layout, coded: bytes, boxes: Sequence[Box]) -> bytes:
    """The frame with `boxes` filled; bytes behind the frame are cut.

    Where two pixels share chrominance, boxes grow to even columns. Raises Held where the frame is too short or its
    layout is not known.
    """
    coded = cut(layout, coded)
    if is_paired(layout):
        return _blank_paired(layout, coded, boxes)
    if layout.bits_allocated == 1:
        return _blank_bits(layout, coded, boxes)
    cells = cells_of(layout, coded)
    fill = to_cells(layout, fill_of(layout, stored_values(layout, cells), boxes))
    blanked = cells.copy()
    for top, left, bottom, right in boxes:
        blanked[top:bottom, left:right] = fill if cells.ndim == 3 else fill[0]
    return to_bytes(layout, blanked)


def cut(layout: Layout, coded: bytes) -> bytes:
    """The bytes of the frame without what stands behind it. Raises Held where there are too few."""
    if layout.rows < 1 or layout.columns < 1 or (is_paired(layout) and layout.columns % 2):
        raise Held("layout-unsupported", "the number of rows or columns is not understood")
    size = native_frame_bytes(layout)
    if len(coded) < size:
        raise Held("frame-truncated", "a frame has fewer bytes than its rows and columns ask for")
    return coded[:size]


def cells_of(layout: Layout, coded: bytes) -> NDArray[Any]:
    """The frame as (rows, columns[, samples]), of whole cells of Bits Allocated."""
    import numpy as np

    if layout.bits_allocated not in (8, 16, 32, 64):
        raise Held("bits-unsupported", "samples of this number of bits are not understood")
    kind = "f" if layout.is_float else "u"
    cells = np.frombuffer(coded, np.dtype(f"<{kind}{layout.bits_allocated // 8}"))
    shape = layout.rows, layout.columns
    if layout.samples_per_pixel == 1:
        return cells.reshape(shape)
    if layout.planar_configuration:
        return cells.reshape(layout.samples_per_pixel, *shape).transpose(1, 2, 0)
    return cells.reshape(*shape, layout.samples_per_pixel)


def to_bytes(layout: Layout, cells: NDArray[Any]) -> bytes:
    """The frame's bytes of `cells_of`."""
    if layout.samples_per_pixel > 1 and layout.planar_configuration:
        cells = cells.transpose(2, 0, 1)
    return cells.tobytes()


def stored_values(layout: Layout, cells: NDArray[Any]) -> NDArray[Any]:
    """The values of samples within their cells: Bits Stored below High Bit, with their sign."""
    import numpy as np

    if layout.is_float:
        return cells
    shift = check_bits(layout)
    above = layout.bits_allocated - layout.bits_stored - shift
    raised = np.left_shift(cells, above)
    signed = raised.view(raised.dtype.str.replace("u", "i")) if layout.is_signed else raised
    values: NDArray[Any] = np.right_shift(signed, above + shift)
    return values


def to_cells(layout: Layout, values: Sequence[Any]) -> tuple[Any, ...]:
    """What cells hold for the values: the bits above them repeat the sign, those below are zero."""
    if layout.is_float:
        return tuple(values)
    shift = check_bits(layout)
    return tuple((value << shift) & ((1 << layout.bits_allocated) - 1) for value in values)


def check_bits(layout: Layout) -> int:
    """How many bits stand below the stored ones. Raises Held where the three numbers of bits do not go together."""
    shift = layout.high_bit + 1 - layout.bits_stored
    if not 1 <= layout.bits_stored <= layout.bits_allocated or not 0 <= shift <= layout.bits_allocated:
        raise Held("bits-unsupported", "Bits Allocated, Bits Stored and High Bit do not go together")
    if layout.high_bit >= layout.bits_allocated:
        raise Held("bits-unsupported", "Bits Allocated, Bits Stored and High Bit do not go together")
    return shift


def clear_unused_bits(layout: Layout, coded: bytes) -> bytes:
    """The frame with every bit outside the stored ones cleared; above a signed value they repeat its sign.

    The stored values stay. The same bytes come back where nothing was to clear.
    """
    coded = cut(layout, coded)
    if layout.is_float or layout.bits_allocated == 1:
        return coded
    if is_paired(layout):
        if layout.bits_stored < layout.bits_allocated:
            raise Held("layout-unsupported", "spare bits of pairs of pixels are not cleared")
        return coded
    import numpy as np

    cells = cells_of(layout, coded)
    values = stored_values(layout, cells)
    cleared = np.left_shift(values, check_bits(layout)).view(cells.dtype)
    return coded if np.array_equal(cleared, cells) else to_bytes(layout, cleared)


def _blank_bits(layout: Layout, coded: bytes, boxes: Sequence[Box]) -> bytes:
    """One bit for each pixel, the first in the lowest bit (PS3.5 8.1.1)."""
    import numpy as np

    if layout.samples_per_pixel != 1:
        raise Held("bits-unsupported", "more than one sample of one bit is not understood")
    bits = np.unpackbits(np.frombuffer(coded, np.uint8), bitorder="little")
    image = bits[: layout.rows * layout.columns].reshape(layout.rows, layout.columns)
    for top, left, bottom, right in boxes:
        image[top:bottom, left:right] = fill_of(layout, image, boxes)[0]
    return np.packbits(bits, bitorder="little").tobytes()


def _blank_paired(layout: Layout, coded: bytes, boxes: Sequence[Box]) -> bytes:
    import numpy as np

    if layout.bits_allocated not in (8, 16) or layout.planar_configuration:
        raise Held("layout-unsupported", "pairs of pixels in this layout are not understood")
    kind = f"<u{layout.bits_allocated // 8}"
    pairs = np.frombuffer(coded, kind).reshape(layout.rows, layout.columns // 2, 4).copy()
    luma, blue, red = fill_of(layout, pairs, boxes)
    for top, left, bottom, right in boxes:
        pairs[top:bottom, left // 2 : -(-right // 2)] = (luma, luma, blue, red)
    return pairs.tobytes()
