"""Which blocks of a JPEG hold which pixels, and in which order a scan codes them (ITU-T T.81 Annex A)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from deidra.errors import Held
from deidra.pixels.huffman import Table
from deidra.pixels.image import Box
from deidra.pixels.jpeg_syntax import Component, Scan, Stream

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Grid = NDArray[np.bool_]

_MOST_BLOCKS = 1 << 22


def touched_blocks(stream: Stream, boxes: Sequence[Box]) -> list[Grid]:
    """For each component the blocks (down, across) that boxes touch, those filling up the last unit included.

    Blocks beyond the image repeat its edge: they go with the last block within it.
    """
    import numpy as np

    most_across, most_down = (max(c.across for c in stream.components), max(c.down for c in stream.components))
    units_across = -(-stream.columns // (8 * most_across))
    units_down = -(-stream.rows // (8 * most_down))
    if units_across * units_down * most_across * most_down > _MOST_BLOCKS:
        raise Held("image-too-large", "the image has more blocks than are rewritten")
    grids = []
    for component in stream.components:
        grid = np.zeros((units_down * component.down, units_across * component.across), bool)
        down, across = blocks_within(stream, component)
        for top, left, bottom, right in boxes:
            first, last = (component.down * row // (8 * most_down) for row in (top, bottom - 1))
            start, stop = (component.across * column // (8 * most_across) for column in (left, right - 1))
            rows = slice(first, None if last >= down - 1 else last + 1)
            columns = slice(start, None if stop >= across - 1 else stop + 1)
            grid[rows, columns] = True
        grids.append(grid)
    return grids


def blocks_within(stream: Stream, component: Component) -> tuple[int, int]:
    """How many blocks of a component, down and across, hold part of the image (A.2.2)."""
    most_across, most_down = (max(c.across for c in stream.components), max(c.down for c in stream.components))
    rows = -(-stream.rows * component.down // most_down)
    columns = -(-stream.columns * component.across // most_across)
    return -(-rows // 8), -(-columns // 8)


def scan_blocks(stream: Stream, scan: Scan, grids: Sequence[Grid]) -> tuple[list[int], Grid]:
    """The blocks of a scan in coded order: whose component each block of a unit is, and (units, blocks) touched."""
    import numpy as np

    if len(scan.components) == 1:
        place = scan.components[0][0]
        down, across = blocks_within(stream, stream.components[place])
        return [0], grids[place][:down, :across].reshape(-1, 1)
    of_block: list[int] = []
    columns = []
    for at, (place, _, _) in enumerate(scan.components):
        component = stream.components[place]
        down, across = (size // by for size, by in zip(grids[place].shape, component[2:0:-1], strict=True))
        units = grids[place].reshape(down, component.down, across, component.across).transpose(0, 2, 1, 3)
        columns.append(units.reshape(down * across, -1))
        of_block += [at] * (component.down * component.across)
    return of_block, np.concatenate(columns, axis=1)


def scan_table(scan: Scan, kind: int, identifier: int, tables: Mapping[int, Table]) -> int:
    """Where the table is defined that a scan names. Raises Held where it is nowhere."""
    place = scan.tables.get((kind, identifier))
    if place is None or place not in tables:
        raise Held("stream-malformed", "a Huffman table is missing")
    return place


def changed_area(stream: Stream, boxes: Sequence[Box]) -> Grid:
    """The pixels (rows, columns) that may change when the blocks are blank that `boxes` touch.

    Decoders smooth over subsampled components: there one pixel beside the blocks changes too.
    """
    import numpy as np

    most_across, most_down = (max(c.across for c in stream.components), max(c.down for c in stream.components))
    area = np.zeros((stream.rows, stream.columns), bool)
    for component, grid in zip(stream.components, touched_blocks(stream, boxes), strict=True):
        down, across = -(-8 * most_down // component.down), -(-8 * most_across // component.across)
        own = np.repeat(np.repeat(grid, down, axis=0), across, axis=1)[: stream.rows, : stream.columns]
        area[: own.shape[0], : own.shape[1]] |= own
        if (component.across, component.down) != (most_across, most_down):
            own = np.pad(own, 1)
            for shifted in (own[:-2], own[1:-1], own[2:]):
                for ring in (shifted[:, :-2], shifted[:, 1:-1], shifted[:, 2:]):
                    area[: ring.shape[0], : ring.shape[1]] |= ring
    return area
