"""Blank blocks of a JPEG within its coded data: no coefficient of any other block changes.

The coded data are read block by block and copied but for the blocks touched, so that the image neither grows nor loses
anything, at any precision. Where a component is subsampled its blocks cover more of the image. The metadata segments
stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs

from deidra.errors import Held
from deidra.pixels.fill import black
from deidra.pixels.image import Box, Layout
from deidra.pixels.jpeg_grid import touched_blocks
from deidra.pixels.jpeg_progressive import blank_band, blank_refinement
from deidra.pixels.jpeg_sequential import blank_blocks
from deidra.pixels.jpeg_syntax import PROGRESSIVE, SEQUENTIAL, Component, Stream, rebuilt


def blank(data: bytes, stream: Stream, boxes: Sequence[Box], levels: Sequence[int]) -> bytes:
    """The image with every block blank that `boxes` touch, in sequential or progressive mode.

    `levels`: the sample value of each component. What follows EOI is cut. Raises Held.
    """
    if stream.marker not in (*SEQUENTIAL, *PROGRESSIVE):
        raise Held("stream-unsupported", "this mode of JPEG is not rewritten")
    if any(not component.dc_step for component in stream.components):
        raise Held("stream-malformed", "a quantisation table is missing")
    grids = touched_blocks(stream, boxes)
    means = [_mean(stream, c, level) for c, level in zip(stream.components, levels, strict=True)]
    tables = dict(stream.tables)
    coded = {}
    masks: dict[int, list[int]] = {}
    for scan in stream.scans:
        if stream.marker in SEQUENTIAL:
            coded[scan.start] = blank_blocks(data, stream, scan, grids, means, tables)
        elif scan.first:
            coded[scan.start] = blank_band(data, stream, scan, grids, tables, masks)
        elif scan.high:
            coded[scan.start] = blank_refinement(data, stream, scan, grids, means)
        else:
            shifted = [mean >> scan.low for mean in means]
            coded[scan.start] = blank_blocks(data, stream, scan, grids, shifted, tables, means_only=True)
    return rebuilt(data, stream, coded, tables)


def black_levels(layout: Layout, stream: Stream) -> tuple[int, ...]:
    """The sample value of each component that is shown black. What the stream says of its colours comes first."""
    photometric = layout.photometric_interpretation
    if len(stream.components) == 3:
        is_rgb = photometric == "RGB" if stream.is_rgb is None else stream.is_rgb
        photometric = "RGB" if is_rgb else "YBR_FULL"
    values = black(structs.replace(layout, photometric_interpretation=photometric))
    return tuple(value & ((1 << stream.precision) - 1) for value in values)


def _mean(stream: Stream, component: Component, level: int) -> int:
    """The quantised mean of a block of samples `level`; at the ends of the range never short of them."""
    scaled = 8 * (level - (1 << stream.precision - 1))
    return scaled // component.dc_step if scaled < 0 else -(-scaled // component.dc_step)
