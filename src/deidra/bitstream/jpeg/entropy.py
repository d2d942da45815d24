"""Huffman-coded units of a JPEG, read past without keeping a sample (ITU-T T.81 F.2.2, G.1.2, H.2)."""

from __future__ import annotations

from collections.abc import Sequence

_LOOKUP_BITS = 16
# For every 16 bits the length of the code they start with (high byte) and its symbol; -1 where there is none
Lookup = list[int]
# More bits than are ever held: makes their number negative
_NO_CODE = 1 << 20 | 64


class Bits:
    """Bits of coded data, most significant first. Raises EOFError behind the end."""

    def __init__(self, data: bytes) -> None:
        self._data = data + bytes(8)
        self._limit = 8 * len(data)
        self._at = 0

    def peek(self) -> int:
        """The next 16 bits; zeros behind the end."""
        at = self._at >> 3
        word = int.from_bytes(self._data[at : at + 3])
        return (word >> (8 - (self._at & 7))) & 0xFFFF

    def skip(self, count: int) -> None:
        self._at += count
        if self._at > self._limit:
            raise EOFError

    def symbol(self, table: Lookup) -> int:
        """One Huffman symbol. A code that the table does not have raises IndexError."""
        entry = table[self.peek()]
        if entry < 0:
            raise IndexError
        self.skip(entry >> 8)
        return entry & 0xFF

    def take(self, count: int) -> int:
        value = self.peek() >> (16 - count) if count else 0
        self.skip(count)
        return value

    def rest(self) -> bytes:
        """The coded data, of which nothing was read yet."""
        return self._data[: self._limit >> 3]

    def used_bytes(self) -> int:
        return (self._at + 7) >> 3


def lookup(definition: bytes) -> Lookup:
    """The table of a DHT, from the bytes behind its selector (T.81 Annex C)."""
    table = [-1] * (1 << _LOOKUP_BITS)
    code, at = 0, 16
    for length in range(1, _LOOKUP_BITS + 1):
        width = 1 << (_LOOKUP_BITS - length)
        for symbol in definition[at : at + definition[length - 1]]:
            if code + width <= len(table):
                table[code : code + width] = [length << 8 | symbol] * width
            code += width
        at += definition[length - 1]
    return table


def read_differences(bits: Bits, tables: Sequence[Lookup], units: int) -> None:
    """A category and as many bits; category 16 has none (T.81 H.1.2.2). DC coefficients alone are coded alike."""
    for _ in range(units):
        for table in tables:
            category = bits.symbol(table)
            bits.skip(category if category < 16 else 0)


def read_blocks(bits: Bits, tables: Sequence[tuple[bytes, bytes]], units: int) -> None:
    """Blocks of 64 coefficients, by the definitions of their tables (T.81 F.2.2). Some 200 ns a coefficient."""
    steps = {pair: (_steps(pair[0], dc=True), _steps(pair[1], dc=False)) for pair in set(tables)}
    blocks = [steps[pair] for pair in tables]
    data, at, word, held = bits.rest(), 0, 0, 0
    for _ in range(units):
        for dc, ac in blocks:
            table, position = dc, 0
            while position < 64:
                if held < 32:
                    # Behind the end are zeros, but no more than one refill of them can be needed
                    if held < 0 or at >= len(data) + 6:
                        raise EOFError
                    word = (word & ((1 << held) - 1)) << 48 | int.from_bytes(data[at : at + 6].ljust(6, b"\0"))
                    at += 6
                    held += 48
                step = table[word >> held - 16 & 0xFFFF]
                held -= step >> 8
                position += step & 0xFF
                table = ac
    bits.skip(8 * at - held)


def _steps(definition: bytes, *, dc: bool) -> Lookup:
    """For every 16 bits how many bits go with them (high byte) and how many coefficients further they lead."""
    steps = []
    for entry in lookup(definition):
        symbol, length = entry & 0xFF, entry >> 8
        run, size = symbol >> 4, symbol & 15
        if entry < 0:
            steps.append(_NO_CODE)
        elif dc:
            steps.append(length + symbol << 8 | 1)
        else:
            steps.append(length + size << 8 | (run + 1 if size or run == 15 else 64))
    return steps


def read_bands(bits: Bits, ac: Lookup, band: range, masks: list[int], blocks: range) -> None:
    """The first scan of a band (T.81 G.1.2.2). `masks` learns, block by block, which coefficients are not zero."""
    done = blocks.start
    while done < blocks.stop:
        position = band.start
        while position < band.stop:
            symbol = bits.symbol(ac)
            run, size = symbol >> 4, symbol & 15
            if size:
                bits.skip(size)
                masks[done] |= 1 << position + run
            elif run != 15:
                # The block ends, and as many behind it hold nothing
                done += (1 << run) - 1 + bits.take(run)
                break
            position += run + 1
        done += 1


def read_refinement(bits: Bits, ac: Lookup, band: range, masks: list[int], blocks: range) -> None:
    """A further scan of a band: one bit for each coefficient that is not zero (T.81 G.1.2.3)."""
    ended = 0
    for block in blocks:
        position = band.start
        while not ended and position < band.stop:
            symbol = bits.symbol(ac)
            run, size = symbol >> 4, symbol & 15
            if size:
                bits.skip(1)
            elif run != 15:
                ended = (1 << run) + bits.take(run)
                break
            position = _behind_zeros(bits, position, band.stop, masks[block], run)
            if size and position < band.stop:
                masks[block] |= 1 << position
            position += 1
        if ended:
            ended -= 1
            bits.skip(sum(masks[block] >> at & 1 for at in range(position, band.stop)))


def _behind_zeros(bits: Bits, position: int, stop: int, mask: int, run: int) -> int:
    """The position of the zero behind `run` others; coefficients between that are not zero have a bit each."""
    while position < stop:
        if mask >> position & 1:
            bits.skip(1)
        elif run == 0:
            break
        else:
            run -= 1
        position += 1
    return position
