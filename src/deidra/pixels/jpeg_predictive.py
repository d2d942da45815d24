"""Blank boxes in lossless JPEG (ITU-T T.81 Annex H): every other sample stays, and so do the bits of most.

Samples are coded as differences from what their neighbours predict. The image is filled and predicted anew; only the
differences that become others, in a box and beside it, get new codes.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import cycle
from typing import TYPE_CHECKING, Any

from msgspec import structs

from deidra.errors import Held
from deidra.pixels.fill import fill_of, stored_of
from deidra.pixels.frames import samples
from deidra.pixels.huffman import (
    Table,
    at_every_bit,
    category,
    codes,
    extended,
    lookup,
    magnitude,
    packed,
    unpacked,
    unstuffed,
)
from deidra.pixels.image import Box, Layout
from deidra.pixels.jpeg_grid import scan_table
from deidra.pixels.jpeg_syntax import LOSSLESS, Scan, Stream, intervals, rebuilt

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Planes = NDArray[Any]  # (components, rows, columns), int32

_MODULUS = 1 << 16
# Each takes some 60 bytes of memory
_MOST_SAMPLES = 1 << 25


def blank(layout: Layout, data: bytes, stream: Stream, boxes: Sequence[Box]) -> bytes:
    """The image with `boxes` filled; what follows EOI is cut. Raises Held."""
    import numpy as np

    image = _samples(layout, data, stream)
    fill = np.array(fill_of(layout, stored_of(layout, image), boxes)) & ((1 << stream.precision) - 1)
    filled = image.copy()
    for top, left, bottom, right in boxes:
        filled[top:bottom, left:right] = fill if image.ndim == 3 else fill[0]
    return _become(data, stream, image, filled)


def clear_unused_bits(layout: Layout, data: bytes, stream: Stream) -> bytes:
    """As `native.clear_unused_bits`. Raises Held."""
    import numpy as np

    image = _samples(layout, data, stream)
    cleared = stored_of(layout, image) & ((1 << stream.precision) - 1)
    return data if np.array_equal(image, cleared) else _become(data, stream, image, cleared)


def _samples(layout: Layout, data: bytes, stream: Stream) -> NDArray[Any]:
    """All bits of the samples (rows, columns[, samples]), int32: prediction uses them, whatever the object says."""
    import numpy as np

    if layout.rows * layout.columns * layout.samples_per_pixel > _MOST_SAMPLES:
        raise Held("image-too-large", "the image has more samples than are coded anew")
    if stream.marker not in LOSSLESS or any(
        (component.across, component.down) != (1, 1) for component in stream.components
    ):
        raise Held("stream-unsupported", "this mode of lossless JPEG is not understood")
    precision = stream.precision
    whole = structs.replace(
        layout, bits_allocated=16, bits_stored=precision, high_bit=precision - 1, is_signed=False, is_float=False
    )
    return samples(whole, data).astype(np.int32)


def _become(data: bytes, stream: Stream, before: NDArray[Any], after: NDArray[Any]) -> bytes:
    """The image with other samples."""
    import numpy as np

    old, new = (np.atleast_3d(image).transpose(2, 0, 1) for image in (before, after))
    tables = dict(stream.tables)
    coded = {scan.start: _recoded(data, stream, scan, old, new, tables) for scan in stream.scans}
    return rebuilt(data, stream, coded, tables)


def _recoded(data: bytes, stream: Stream, scan: Scan, before: Planes, after: Planes, tables: dict[int, Table]) -> bytes:
    """The coded data of a scan when the image becomes another. `tables` may gain codes."""
    columns = stream.columns
    if scan.restart_interval % columns or not 1 <= scan.first <= 7 or scan.low >= stream.precision:
        raise Held("stream-unsupported", "a scan of lossless JPEG is set in a way that is not understood")
    own = [place for place, _, _ in scan.components]
    places = [scan_table(scan, 0, dc, tables) for _, dc, _ in scan.components]
    middle = 1 << stream.precision - scan.low - 1
    pieces, at = [], scan.start
    for start, end, first, stop in intervals(data, scan, stream.rows * columns):
        pieces.append(data[at:start])
        at = end
        # Prediction starts anew with each interval (H.1.1), which holds whole rows
        rows = slice(first // columns, stop // columns)
        old, new = (_differences(image[own, rows] >> scan.low, scan.first, middle) for image in (before, after))
        changed = (old != new).nonzero()[0]
        if changed.size:
            pieces.append(packed(_with_codes(unstuffed(data[start:end]), old, new, changed, places, tables)))
        else:
            pieces.append(data[start:end])
    return b"".join(pieces)


def _with_codes(
    raw: bytes,
    old: NDArray[Any],
    new: NDArray[Any],
    changed: NDArray[Any],
    places: Sequence[int],
    tables: dict[int, Table],
) -> list[bytes]:
    """The pieces of an interval's bits, with new codes for the differences that became others."""
    starts = _code_starts(raw, [tables[place] for place in places], len(old))
    order = changed.tolist()
    values = [(int(old[at]), int(new[at])) for at in order]
    for at, (_, value) in zip(order, values, strict=True):
        place = places[at % len(places)]
        tables[place] = extended(tables[place], (category(value),))
    coders = [codes(tables[place]) for place in places]
    bits, pieces, done = unpacked(raw), [], 0
    for at, (was, value) in zip(order, values, strict=True):
        known = coders[at % len(places)]
        if bits[starts[at] : starts[at + 1]] != known.get(category(was), b"") + magnitude(was):
            raise Held("stream-malformed", "a coded difference is not what its image asks for")
        pieces += [bits[done : starts[at]], known[category(value)], magnitude(value)]
        done = starts[at + 1]
    pieces.append(bits[done : starts[-1]])
    return pieces


def _code_starts(data: bytes, tables: Sequence[Table], count: int) -> array[int]:
    """Where each of `count` codes starts, in bits, and where the last ends; `tables` take turns.

    Some 100 ns a code. Raises Held where the data end too early or have a code that no table has.
    """
    found = {table: _steps(data, table) for table in set(tables)}
    starts, at = array("q"), 0
    turns = cycle([found[table] for table in tables])
    try:
        for _, steps in zip(range(count), turns, strict=False):
            starts.append(at)
            at += steps[at]
    except IndexError:
        raise _ends_early() from None
    if at > 8 * len(data):
        raise _ends_early()
    starts.append(at)
    return starts


def _steps(data: bytes, table: Table) -> bytes:
    """For every bit of the data how many bits a difference takes that starts there, 255 where no code does."""
    import numpy as np

    entries = np.array(lookup(table))
    size = entries & 0xFF
    # Category 16 has no further bits (H.1.2.2)
    lengths = np.where((entries < 0) | (size > 16), 255, (entries >> 8) + size % 16).astype(np.uint8)
    return at_every_bit(data, lengths).tobytes()


def _differences(planes: Planes, predictor: int, middle: int) -> NDArray[Any]:
    """What is coded of samples (components, rows, columns), in coded order: from -32767 to 32768 (H.1.2.1)."""
    import numpy as np

    predicted = np.empty_like(planes)
    predicted[:, 0, 0] = middle
    predicted[:, 0, 1:] = planes[:, 0, :-1]
    predicted[:, 1:, 0] = planes[:, :-1, 0]
    predicted[:, 1:, 1:] = _selected(predictor, planes[:, 1:, :-1], planes[:, :-1, 1:], planes[:, :-1, :-1])
    differences = (planes - predicted) % _MODULUS
    differences[differences > _MODULUS >> 1] -= _MODULUS
    return differences.transpose(1, 2, 0).ravel()


def _selected(predictor: int, left: Planes, above: Planes, corner: Planes) -> Planes:
    """Table H.1."""
    predicted: Planes
    if predictor < 4:
        predicted = (left, above, corner)[predictor - 1]
    elif predictor == 4:
        predicted = left + above - corner
    elif predictor == 5:
        predicted = left + (above - corner >> 1)
    elif predictor == 6:
        predicted = above + (left - corner >> 1)
    else:
        predicted = left + above >> 1
    return predicted


def _ends_early() -> Held:
    return Held("stream-truncated", "the coded data of a scan end too early")
