"""Blank blocks in the further scans of a progressive JPEG (ITU-T T.81 G.1.2).

Blocks that are blank have no coefficients, and so no correction bits: they join the runs of blocks that have ended.
Runs are written anew; the codes of coefficients that stay are copied.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from deidra.errors import Held
from deidra.pixels.huffman import Table, bits_of, codes, extended, lookup, packed, unpacked, unstuffed
from deidra.pixels.jpeg_grid import scan_blocks, scan_table
from deidra.pixels.jpeg_syntax import Scan, Stream, intervals

if TYPE_CHECKING:
    from deidra.pixels.jpeg_grid import Grid

_LONGEST_RUN_BITS = 15


class _Block(NamedTuple):
    """Where a block's bits are: codes of coefficients [start:end], and correction bits behind its end [tail:stop]."""

    start: int
    end: int
    has_ended: bool  # by the code of an end, its own or of a run
    tail: int
    stop: int


def blank_refinement(data: bytes, stream: Stream, scan: Scan, grids: Sequence[Grid], means: Sequence[int]) -> bytes:
    """The coded data of a scan with one more bit of each mean (G.1.2.1.1)."""
    import numpy as np

    of_block, touched = scan_blocks(stream, scan, grids)
    wanted = np.array([means[scan.components[at][0]] >> scan.low & 1 for at in of_block], np.uint8)
    pieces, at = [], scan.start
    for start, end, first, stop in intervals(data, scan, len(touched)):
        bits = np.frombuffer(unpacked(unstuffed(data[start:end])), np.uint8)
        count = (stop - first) * len(of_block)
        if len(bits) < count:
            raise _ends_early()
        old = bits[:count].reshape(-1, len(of_block))
        pieces += [data[at:start], packed([np.where(touched[first:stop], wanted, old).tobytes()])]
        at = end
    return b"".join(pieces)


def blank_band(
    data: bytes,
    stream: Stream,
    scan: Scan,
    grids: Sequence[Grid],
    tables: dict[int, Table],
    masks: dict[int, list[int]],
) -> bytes:
    """The coded data of a scan of a band of one component, its first or a refinement (G.1.2.2, G.1.2.3).

    `masks` keep, between the scans, which coefficients of each block were not zero before blanking; `tables` may gain
    codes.
    """
    if len(scan.components) != 1 or not scan.first <= scan.last < 64:
        raise Held("stream-malformed", "a scan of coefficients is not of one component and band")
    place, _, ac = scan.components[0]
    _, touched = scan_blocks(stream, scan, grids)
    table = scan_table(scan, 1, ac, tables)
    found = lookup(tables[table])
    known = masks.setdefault(place, [0] * len(touched))
    pieces, at = [], scan.start
    for start, end, first, stop in intervals(data, scan, len(touched)):
        raw = unstuffed(data[start:end])
        blocks = _read_band(_Bits(raw), found, scan, known, range(first, stop))
        new, tables[table] = _rewritten(unpacked(raw), blocks, touched[first:stop, 0].tolist(), tables[table])
        pieces += [data[at:start], packed(new)]
        at = end
    return b"".join(pieces)


def _rewritten(
    bits: bytes, blocks: Sequence[_Block], touched: Sequence[bool], table: Table
) -> tuple[list[bytes], Table]:
    """The bits of an interval without those of the touched blocks, and the table with what its runs need."""
    pieces: list[bytes] = []
    tails: list[bytes] = []  # of the blocks that have ended and are not written yet
    for block, is_blank in zip(blocks, touched, strict=True):
        if not is_blank and block.start < block.end:
            table = _write_runs(pieces, tails, table)
            tails = []
            pieces.append(bits[block.start : block.end])
        if is_blank or block.has_ended:
            tails.append(b"" if is_blank else bits[block.tail : block.stop])
    return pieces, _write_runs(pieces, tails, table)


def _write_runs(pieces: list[bytes], tails: Sequence[bytes], table: Table) -> Table:
    """Write the end of as many blocks as there are `tails`, in runs that the table has codes for; else it gains one."""
    done = 0
    while done < len(tails):
        most = min((len(tails) - done).bit_length(), _LONGEST_RUN_BITS) - 1
        size = next((size for size in range(most, -1, -1) if size << 4 in table.symbols), most)
        table = extended(table, (size << 4,))
        run = tails[done : done + (2 << size) - 1]
        pieces += [codes(table)[size << 4], bits_of(len(run) - (1 << size), size), *run]
        done += len(run)
    return table


class _Bits:
    """Bits of coded data, most significant first. Raises Held behind the end."""

    def __init__(self, data: bytes) -> None:
        self._data = data + bytes(8)
        self._limit = 8 * len(data)
        self.at = 0

    def _peek(self) -> int:
        word = int.from_bytes(self._data[self.at >> 3 : (self.at >> 3) + 3])
        return word >> 8 - (self.at & 7) & 0xFFFF

    def skip(self, count: int) -> None:
        self.at += count
        if self.at > self._limit:
            raise _ends_early()

    def symbol(self, table: Sequence[int]) -> int:
        entry = table[self._peek()]
        if entry < 0:
            raise Held("stream-malformed", "coded data have a code that their table has not")
        self.skip(entry >> 8)
        return entry & 0xFF

    def take(self, count: int) -> int:
        value = self._peek() >> 16 - count
        self.skip(count)
        return value


def _read_band(bits: _Bits, table: Sequence[int], scan: Scan, masks: list[int], blocks: range) -> list[_Block]:
    """The blocks of an interval. `masks` learns which coefficients are not zero."""
    found = []
    band = ((2 << scan.last) - 1) ^ ((1 << scan.first) - 1)
    refines = scan.high > 0
    run = 0  # blocks that a run still covers
    for block in blocks:
        start = end = bits.at
        position = scan.first
        if not run:
            position, end, run = _read_block(bits, table, scan, masks, block)
        tail = bits.at
        if run:
            run -= 1
            left = masks[block] & band & -(1 << position)
            bits.skip(left.bit_count() if refines else 0)
        found.append(_Block(start, end, position <= scan.last, tail, bits.at))
    return found


def _read_block(bits: _Bits, table: Sequence[int], scan: Scan, masks: list[int], block: int) -> tuple[int, int, int]:
    """How far the coefficients of a block go, where their codes end, and the length of the run that ends the block."""
    position, refines = scan.first, scan.high > 0
    before = masks[block]
    while position <= scan.last:
        end = bits.at
        symbol = bits.symbol(table)
        zeros, size = symbol >> 4, symbol & 15
        if not size and zeros != 15:
            return position, end, (1 << zeros) + (bits.take(zeros) if zeros else 0)
        if refines:
            bits.skip(1 if size else 0)
            position = _behind_zeros(bits, position, scan.last, before, zeros)
        else:
            bits.skip(size)
            position += zeros
        if size and position <= scan.last:
            masks[block] |= 1 << position
        position += 1
    return position, bits.at, 0


def _behind_zeros(bits: _Bits, position: int, last: int, mask: int, zeros: int) -> int:
    """The position of the zero behind `zeros` others; coefficients between that are not zero have a bit each."""
    while position <= last:
        if mask >> position & 1:
            bits.skip(1)
        elif not zeros:
            break
        else:
            zeros -= 1
        position += 1
    return position


def _ends_early() -> Held:
    return Held("stream-truncated", "the coded data of a scan end too early")
