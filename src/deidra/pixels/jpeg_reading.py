"""Where the blocks of a sequential scan lie in its bits (ITU-T T.81 F.2.2)."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from deidra.errors import Held
from deidra.pixels.huffman import Table, at_every_bit, lookup

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Data are looked up in pieces; no unit, of 64 blocks at most, is longer than what pieces overlap by
_PIECE_BYTES, _OVERLAP_BYTES = 1 << 18, 1 << 14
_KEPT_TABLES = 16
# A step: how many bits further, times 128, and how many coefficients further. No step is as long as this one
_NO_CODE = 0xFFFF


class BlockPlaces(NamedTuple):
    """Per block where it starts, in bits (and where the last ends), where its DC part ends, and its DC difference."""

    starts: array[int]
    dc_ends: array[int]
    differences: NDArray[Any]


def read_blocks(data: bytes, tables: Sequence[tuple[Table, ...]], units: int) -> BlockPlaces:
    """Read `units` units of as many blocks as there are `tables`: for DC, and AC where the scan has such coefficients.

    Some 100 ns a coefficient. Raises Held where the data end too early or have a code that no table has.
    """
    starts, dc_ends = array("q"), array("q")
    base, at, limit = 0, 0, -1  # `at` counts from `base`
    blocks: list[tuple[array[int], array[int] | None]] = []
    try:
        for _ in range(units):
            if at > limit:
                base, at = base + (at & ~7), at & 7
                limit = 8 * _PIECE_BYTES
                blocks = _steps_within(data[base >> 3 : (base >> 3) + _PIECE_BYTES + _OVERLAP_BYTES], tables)
            for dc, ac in blocks:
                starts.append(base + at)
                at += dc[at]
                dc_ends.append(base + at)
                if ac is None:
                    continue
                position = 1
                while position < 64:
                    step = ac[at]
                    at += step >> 7
                    position += step & 127
                if position > 127:
                    raise _no_code()
    except IndexError:
        raise _ends_early() from None
    starts.append(base + at)
    if starts[-1] > 8 * len(data):
        raise _ends_early()
    return BlockPlaces(starts, dc_ends, _differences(data, tables, starts, dc_ends))


def _steps_within(piece: bytes, tables: Sequence[tuple[Table, ...]]) -> list[tuple[array[int], array[int] | None]]:
    """Per block of a unit the steps at every bit of a piece of the data."""
    found = {
        pair: [_array(at_every_bit(piece, _steps(table, at > 0))) for at, table in enumerate(pair)]
        for pair in set(tables)
    }
    return [(found[pair][0], found[pair][1] if len(pair) > 1 else None) for pair in tables]


def _array(values: NDArray[Any]) -> array[int]:
    found = array("H")
    found.frombytes(values.tobytes())
    return found


@lru_cache(_KEPT_TABLES)
def _steps(table: Table, is_ac: bool) -> NDArray[Any]:
    """For every 16 bits the step of an AC code that they start with, or the bits of a DC difference."""
    import numpy as np

    entries = _entries(table)
    symbol, length = entries & 0xFF, entries >> 8
    if not is_ac:
        return np.where((entries < 0) | (symbol > 16), _NO_CODE, length + symbol).astype(np.uint16)
    run, size = symbol >> 4, symbol & 15
    further = np.where((size > 0) | (run == 15), run + 1, 64)
    return np.where(entries < 0, _NO_CODE, (length + size) << 7 | further).astype(np.uint16)


@lru_cache(_KEPT_TABLES)
def _entries(table: Table) -> NDArray[Any]:
    import numpy as np

    return np.array(lookup(table))


def _differences(
    data: bytes, tables: Sequence[tuple[Table, ...]], starts: Sequence[int], ends: Sequence[int]
) -> NDArray[Any]:
    """The DC differences that lie between `starts` and `ends`."""
    import numpy as np

    found = np.zeros(len(ends), np.int64)
    padded = np.frombuffer(data + bytes(8), np.uint8).astype(np.int64)
    for at, (table, *_) in enumerate(tables):
        begin, end = (np.array(places[at : len(ends) : len(tables)]) for places in (starts, ends))
        entries = _entries(table)[_bits_at(padded, begin, 16)]
        size = entries & 0xFF
        if (entries < 0).any() or (size > 16).any():
            raise _no_code()
        bits = _bits_at(padded, end - size, size)
        is_negative = (bits >> np.maximum(size - 1, 0) == 0) & (size > 0)
        found[at :: len(tables)] = np.where(is_negative, bits - (1 << size) + 1, bits)
    return found


def _bits_at(data: NDArray[Any], places: NDArray[Any], count: Any) -> NDArray[Any]:
    """`count` bits, no more than 16, from each of `places` on."""
    first = places >> 3
    word = data[first] << 16 | data[first + 1] << 8 | data[first + 2]
    bits: NDArray[Any] = word >> 24 - (places & 7) - count & (1 << count) - 1
    return bits


def _no_code() -> Held:
    return Held("stream-malformed", "coded data have a code that their table has not")


def _ends_early() -> Held:
    return Held("stream-truncated", "the coded data of a scan end too early")
