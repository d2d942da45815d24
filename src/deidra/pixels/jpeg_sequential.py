"""Blank blocks in a sequential scan of a JPEG, or in the first scan of a progressive one (ITU-T T.81 Annex F, G.1.2.1).

A block that is touched gets one coefficient, its mean; the next block kept of the same component has its difference of
means put right. All other bits are copied.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from deidra.pixels.huffman import (
    END_OF_BLOCK,
    Table,
    category,
    codes,
    extended,
    magnitude,
    packed,
    unpacked,
    unstuffed,
)
from deidra.pixels.jpeg_grid import scan_blocks, scan_table
from deidra.pixels.jpeg_reading import BlockPlaces, read_blocks
from deidra.pixels.jpeg_syntax import Scan, Stream, intervals

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from deidra.pixels.jpeg_grid import Grid


def blank_blocks(
    data: bytes,
    stream: Stream,
    scan: Scan,
    grids: Sequence[Grid],
    means: Sequence[int],
    tables: dict[int, Table],
    *,
    means_only: bool = False,
) -> bytes:
    """The coded data of a scan with the blocks blank that `grids` (per component) say. `tables` may gain codes.

    `means`: per component the quantised mean of a blank block; `means_only`: the scan codes no other coefficients.
    Raises Held.
    """
    of_block, touched = scan_blocks(stream, scan, grids)
    found = [
        (scan_table(scan, 0, dc, tables),)
        if means_only
        else (scan_table(scan, 0, dc, tables), scan_table(scan, 1, ac, tables))
        for _, dc, ac in scan.components
    ]
    levels = [means[place] for place, _, _ in scan.components]
    readers = [tuple(tables[place] for place in pair) for pair in found]
    pieces, at = [], scan.start
    for start, end, first, stop in intervals(data, scan, len(touched)):
        pieces.append(data[at:start])
        at = end
        within = touched[first:stop]
        if not within.any():
            pieces.append(data[start:end])
            continue
        raw = unstuffed(data[start:end])
        read = read_blocks(raw, [readers[component] for component in of_block], stop - first)
        pieces.append(packed(_blanked(unpacked(raw), read, of_block, within.ravel(), levels, found, tables)))
    return b"".join(pieces)


def _blanked(
    bits: bytes,
    read: BlockPlaces,
    of_block: Sequence[int],
    touched: NDArray[np.bool_],
    levels: Sequence[int],
    places: Sequence[tuple[int, ...]],
    tables: dict[int, Table],
) -> list[bytes]:
    """The pieces of an interval's bits: what is kept, and new codes."""
    import numpy as np

    starts, dc_ends, differences = read
    component = np.tile(np.array(of_block), len(touched) // len(of_block))
    new = _new_differences(differences, component, touched, levels)
    changed = np.flatnonzero(touched | (new != differences))
    for at in changed.tolist():
        dc, *others = places[component[at]]
        tables[dc] = extended(tables[dc], (category(int(new[at])),))
        for ac in others if touched[at] else ():
            tables[ac] = extended(tables[ac], (END_OF_BLOCK,))
    coders = [[codes(tables[place]) for place in pair] for pair in places]
    pieces, done = [], 0
    for at in changed.tolist():
        dc_codes, *ac_codes = coders[component[at]]
        value = int(new[at])
        pieces += [bits[done : starts[at]], dc_codes[category(value)], magnitude(value)]
        done = dc_ends[at]
        if touched[at]:
            pieces += [known[END_OF_BLOCK] for known in ac_codes]
            done = starts[at + 1]
    pieces.append(bits[done : starts[-1]])
    return pieces


def _new_differences(
    differences: NDArray[Any], component: NDArray[Any], touched: NDArray[np.bool_], levels: Sequence[int]
) -> NDArray[Any]:
    """The differences of DC coefficients when touched blocks have their component's level (F.1.1.5.1)."""
    import numpy as np

    new = np.zeros_like(differences)
    for place, level in enumerate(levels):
        own = component == place
        values = np.where(touched[own], level, np.cumsum(differences[own]))
        new[own] = np.diff(values, prepend=0)
    return new
