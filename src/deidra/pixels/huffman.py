"""Huffman tables and bits of JPEG streams (ITU-T T.81 Annex C, F.1.2, F.2.2).

Bits that are rewritten are handled "unpacked": one byte, 0 or 1, for each bit. A stream grows eightfold in memory, and
any range of bits is a slice.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from deidra.errors import Held

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LONGEST = 16
END_OF_BLOCK, SIXTEEN_ZEROS = 0x00, 0xF0


class Table(NamedTuple):
    """A Huffman table as DHT gives it: how many codes have 1 to 16 bits, and the symbols in order of their codes."""

    counts: bytes
    symbols: bytes


# The frames of an object mostly share their tables
_KEPT_TABLES = 16


@lru_cache(_KEPT_TABLES)
def lookup(table: Table) -> list[int]:
    """For every 16 bits the length of the code they start with (times 256) plus its symbol; -1 where there is none."""
    found = [-1] * (1 << _LONGEST)
    for symbol, (code, length) in zip(table.symbols, _codes(table), strict=True):
        width = 1 << (_LONGEST - length)
        found[code * width : (code + 1) * width] = [length << 8 | symbol] * width
    return found


@lru_cache(_KEPT_TABLES)
def codes(table: Table) -> dict[int, bytes]:
    """The code of every symbol as unpacked bits."""
    return {symbol: bits_of(code, length) for symbol, (code, length) in zip(table.symbols, _codes(table), strict=True)}


def _codes(table: Table) -> Iterable[tuple[int, int]]:
    code = 0
    for length, count in enumerate(table.counts, start=1):
        for _ in range(count):
            if code >> length:
                raise Held("stream-malformed", "a Huffman table has more codes than its lengths allow")
            yield code, length
            code += 1
        code <<= 1


def extended(table: Table, wanted: Iterable[int]) -> Table:
    """The table with codes for all `wanted` symbols; every code it had stays.

    Codes of a JPEG leave at least the one of all ones free (T.81 C.2), so longer ones fit behind the last. Raises Held
    where all 16 bits are taken.
    """
    for symbol in wanted:
        if symbol not in table.symbols:
            table = _with(table, symbol)
    return table


def _with(table: Table, symbol: int) -> Table:
    longest = max((length for length, count in enumerate(table.counts, start=1) if count), default=0)
    next_code = sum(count << (longest - length) for length, count in enumerate(table.counts[:longest], start=1))
    for length in range(max(longest, 1), _LONGEST + 1):
        # The code of all ones is no code
        if next_code << length - longest < (1 << length) - 1:
            counts = bytearray(table.counts)
            counts[length - 1] += 1
            return Table(bytes(counts), table.symbols + bytes((symbol,)))
    raise Held("redaction-table-full", "a Huffman table has no room for the code of a blank block")


def at_every_bit(data: bytes, of_16_bits: NDArray[Any]) -> NDArray[Any]:
    """For every bit of the data what `of_16_bits` (65536) has for the 16 bits from there on, zeros behind the end."""
    import numpy as np

    padded = np.frombuffer(data + bytes(2), np.uint8).astype(np.uint32)
    words = padded[:-2] << 16 | padded[1:-1] << 8 | padded[2:]
    found = np.empty((len(data), 8), of_16_bits.dtype)
    for bit in range(8):
        found[:, bit] = of_16_bits[words >> 8 - bit & 0xFFFF]
    return found.ravel()


def bits_of(value: int, size: int) -> bytes:
    """`size` unpacked bits, most significant first."""
    return bytes(value >> at & 1 for at in range(size - 1, -1, -1))


def category(value: int) -> int:
    """How many bits follow the code of a difference (T.81 table F.1, H.2)."""
    return abs(value).bit_length()


def magnitude(value: int) -> bytes:
    """The bits that follow the code of a difference; category 16 has none (T.81 F.1.2.1, H.1.2.2)."""
    size = category(value)
    if size > 15:
        return b""
    return bits_of(value if value > 0 else value + (1 << size) - 1, size)


def unstuffed(coded: bytes) -> bytes:
    """Entropy-coded data without the zero behind each 0xFF (T.81 F.1.2.3)."""
    return coded.replace(b"\xff\x00", b"\xff")


def unpacked(data: bytes) -> bytes:
    """One byte for each bit of `data`."""
    import numpy as np

    return np.unpackbits(np.frombuffer(data, np.uint8)).tobytes()


def packed(pieces: Iterable[bytes]) -> bytes:
    """Unpacked bits as entropy-coded data: filled up with ones, a zero behind each 0xFF."""
    import numpy as np

    bits = b"".join(pieces)
    bits += b"\1" * (-len(bits) % 8)
    return np.packbits(np.frombuffer(bits, np.uint8)).tobytes().replace(b"\xff", b"\xff\x00")
