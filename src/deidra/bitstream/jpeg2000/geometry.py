"""How JPEG 2000 divides a tile: components, resolutions, precincts, code-blocks (ITU-T T.800 Annex B)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

_LEAST_PRECINCTS, _LEAST_BLOCKS = 1 << 12, 1 << 16


class TooMany(Exception):  # noqa: N818 - not an error of the stream
    """More parts than are worth looking at."""


class Size(NamedTuple):
    """SIZ: the image area, the tile grid, and the sampling of each component, on the reference grid."""

    right: int
    bottom: int
    left: int
    top: int
    tile_columns: int
    tile_rows: int
    tiles_left: int
    tiles_top: int
    sampling: tuple[tuple[int, int], ...]  # across, down


class Style(NamedTuple):
    """COD or COC, as far as it says where coded data are."""

    levels: int
    block_columns: int  # exponent
    block_rows: int
    block_style: int
    precincts: tuple[tuple[int, int], ...]  # exponents across and down, by resolution


class Precinct(NamedTuple):
    """One precinct: where it comes in progressions by position, and per sub-band its code-blocks across and down."""

    component: int
    resolution: int
    row: int
    column: int
    bands: tuple[tuple[int, int], ...]


def ceil_div(value: int, by: int) -> int:
    return -(-value // by)


def precincts_of_tile(size: Size, styles: list[Style], tile: int, coded_bytes: int) -> list[Precinct]:
    """All precincts of a tile; those of a component and resolution in raster order.

    Raises TooMany where `coded_bytes` bytes could not have a packet for each.
    """
    across = ceil_div(size.right - size.tiles_left, size.tile_columns)
    column, row = tile % across, tile // across
    left = max(size.tiles_left + column * size.tile_columns, size.left)
    top = max(size.tiles_top + row * size.tile_rows, size.top)
    right = min(size.tiles_left + (column + 1) * size.tile_columns, size.right)
    bottom = min(size.tiles_top + (row + 1) * size.tile_rows, size.bottom)
    found: list[Precinct] = []
    blocks = 0
    for component, ((step_x, step_y), style) in enumerate(zip(size.sampling, styles, strict=True)):
        area = (ceil_div(left, step_x), ceil_div(top, step_y), ceil_div(right, step_x), ceil_div(bottom, step_y))
        for resolution in range(style.levels + 1):
            for one in _precincts(area, style, component, resolution, (step_x, step_y), (left, top)):
                found.append(one)
                blocks += sum(columns * rows for columns, rows in one.bands)
                if len(found) > _LEAST_PRECINCTS + coded_bytes or blocks > _LEAST_BLOCKS + coded_bytes:
                    raise TooMany
    return found


def _precincts(
    area: tuple[int, int, int, int],
    style: Style,
    component: int,
    resolution: int,
    steps: tuple[int, int],
    start: tuple[int, int],
) -> Iterator[Precinct]:
    """B.6: the grid of precincts at a resolution."""
    shift = style.levels - resolution
    left, top, right, bottom = (ceil_div(value, 1 << shift) for value in area)
    if left >= right or top >= bottom:
        return
    wide, high = style.precincts[min(resolution, len(style.precincts) - 1)]
    for row in range(top >> high, ceil_div(bottom, 1 << high)):
        for column in range(left >> wide, ceil_div(right, 1 << wide)):
            bands = tuple(
                _blocks(band, style, (wide, high), (column, row), resolution)
                for band in _bands(area, style.levels, resolution)
            )
            at_row = max(start[1], (row << high + shift) * steps[1])
            at_column = max(start[0], (column << wide + shift) * steps[0])
            yield Precinct(component, resolution, at_row, at_column, bands)


def _bands(area: tuple[int, int, int, int], levels: int, resolution: int) -> list[tuple[int, int, int, int]]:
    """B.5: the sub-bands of a resolution: LL, or HL, LH and HH."""
    if resolution == 0:
        left, top, right, bottom = (ceil_div(value, 1 << levels) for value in area)
        return [(left, top, right, bottom)]
    shift = levels - resolution + 1
    half = 1 << shift - 1
    return [
        (
            ceil_div(area[0] - half * x, 1 << shift),
            ceil_div(area[1] - half * y, 1 << shift),
            ceil_div(area[2] - half * x, 1 << shift),
            ceil_div(area[3] - half * y, 1 << shift),
        )
        for x, y in ((1, 0), (0, 1), (1, 1))
    ]


def _blocks(
    band: tuple[int, int, int, int], style: Style, precinct: tuple[int, int], at: tuple[int, int], resolution: int
) -> tuple[int, int]:
    """B.7: how many code-blocks of a sub-band stand in a precinct, across and down."""
    wide, high = (max(0, exponent - (resolution > 0)) for exponent in precinct)
    left, right = max(band[0], at[0] << wide), min(band[2], at[0] + 1 << wide)
    top, bottom = max(band[1], at[1] << high), min(band[3], at[1] + 1 << high)
    if left >= right or top >= bottom:
        return 0, 0
    block_columns, block_rows = min(style.block_columns, wide), min(style.block_rows, high)
    columns = ceil_div(right, 1 << block_columns) - (left >> block_columns)
    rows = ceil_div(bottom, 1 << block_rows) - (top >> block_rows)
    return columns, rows
