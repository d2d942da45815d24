"""A small JPEG baseline encoder (ITU-T T.81), grey or RGB, for planted images: no image library, same bytes everywhere.

Quantisation is 1 throughout, so a decoded image differs from its source by rounding alone; the entropy code gives
every symbol the same length, which costs size and spares tables.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from functools import cache

_DC_SYMBOLS = tuple(range(12))
_AC_SYMBOLS = tuple(sorted({0x00, 0xF0} | {run << 4 | bits for run in range(16) for bits in range(1, 11)}))
_DC_BITS, _AC_BITS = 4, 8


@cache
def zigzag() -> tuple[int, ...]:
    """Index in the block, row by row, of each coefficient in zigzag order."""
    cells = [(row, column) for row in range(8) for column in range(8)]
    order = sorted(cells, key=lambda cell: (sum(cell), cell[0] if sum(cell) % 2 else cell[1]))
    return tuple(row * 8 + column for row, column in order)


@cache
def _cosines() -> tuple[tuple[float, ...], ...]:
    return tuple(
        tuple((math.sqrt(0.125) if u == 0 else 0.5) * math.cos((2 * x + 1) * u * math.pi / 16) for x in range(8))
        for u in range(8)
    )


def encode(planes: Sequence[bytes], rows: int, columns: int, segments: Sequence[tuple[int, bytes]] = ()) -> bytes:
    """One frame of 8-bit samples, one plane for grey or three for RGB. `segments`: (marker, payload) put after SOI.

    Rows and columns must be multiples of 8.
    """
    count = len(planes)
    out = bytearray(b"\xff\xd8")
    for marker, payload in segments:
        out += struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload
    out += struct.pack(">BBHB", 0xFF, 0xDB, 67, 0) + bytes([1]) * 64
    out += struct.pack(">BBHBHHB", 0xFF, 0xC0, 8 + 3 * count, 8, rows, columns, count)
    for number in range(count):
        out += bytes((number + 1, 0x11, 0))
    for selector, bits, symbols in ((0x00, _DC_BITS, _DC_SYMBOLS), (0x10, _AC_BITS, _AC_SYMBOLS)):
        lengths = [len(symbols) if length == bits else 0 for length in range(1, 17)]
        out += struct.pack(">BBHB", 0xFF, 0xC4, 19 + len(symbols), selector) + bytes(lengths) + bytes(symbols)
    out += struct.pack(">BBHB", 0xFF, 0xDA, 6 + 2 * count, count)
    for number in range(count):
        out += bytes((number + 1, 0))
    out += bytes((0, 63, 0)) + _entropy_coded(planes, rows, columns) + b"\xff\xd9"
    return bytes(out)


def _entropy_coded(planes: Sequence[bytes], rows: int, columns: int) -> bytes:
    bits: list[str] = []
    before = [0] * len(planes)
    for top in range(0, rows, 8):
        for left in range(0, columns, 8):
            for number, plane in enumerate(planes):
                block = [plane[(top + row) * columns + left + c] - 128 for row in range(8) for c in range(8)]
                coefficients = _transformed(block)
                bits += _block(coefficients, before[number])
                before[number] = coefficients[0]
    text = "".join(bits)
    text += "1" * (-len(text) % 8)
    return int(text, 2).to_bytes(len(text) // 8, "big").replace(b"\xff", b"\xff\0")


def _transformed(block: list[int]) -> list[int]:
    """The discrete cosine transform (T.81 A.3.3), rounded, in zigzag order."""
    table = _cosines()
    half = [
        [sum(table[u][x] * block[row * 8 + x] for x in range(8)) for u in range(8)] for row in range(8)
    ]
    full = [
        round(sum(table[v][y] * half[y][u] for y in range(8))) for v in range(8) for u in range(8)
    ]  # fmt: skip
    return [full[index] for index in zigzag()]


def _block(coefficients: list[int], before: int) -> list[str]:
    out = [_coded(_DC_SYMBOLS, _DC_BITS, 0, coefficients[0] - before)]
    run = 0
    last = max((n for n in range(1, 64) if coefficients[n]), default=0)
    for number in range(1, last + 1):
        if coefficients[number] == 0:
            run += 1
            continue
        while run > 15:
            out.append(f"{_AC_SYMBOLS.index(0xF0):08b}")
            run -= 16
        out.append(_coded(_AC_SYMBOLS, _AC_BITS, run, coefficients[number]))
        run = 0
    if last < 63:
        out.append(f"{_AC_SYMBOLS.index(0):08b}")
    return out


def _coded(symbols: tuple[int, ...], width: int, run: int, value: int) -> str:
    """A symbol of equal length and the value's own bits (T.81 F.1.2)."""
    size = abs(value).bit_length()
    code = f"{symbols.index(run << 4 | size):0{width}b}"
    if size == 0:
        return code
    return code + f"{value if value > 0 else value + (1 << size) - 1:0{size}b}"
