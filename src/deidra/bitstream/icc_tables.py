"""Sizes and layout of the table types of ICC profiles (ICC.1:2022 10.10 to 10.13)."""

from __future__ import annotations

import struct
from collections.abc import Callable

_MOST_CHANNELS = 15
_MATRIX_BYTES = 48
_MOST_BYTES = 1 << 26


def lut8_size(data: bytes) -> int:
    """Bytes of a lut8Type, 0 where it is none."""
    if len(data) < 48:
        return 0
    inputs, outputs, points = data[8], data[9], data[10]
    if not _channels(inputs, outputs):
        return 0
    return 48 + 256 * inputs + _grid(points, inputs) * outputs + 256 * outputs


def lut16_size(data: bytes) -> int:
    """Bytes of a lut16Type, 0 where it is none."""
    if len(data) < 52:
        return 0
    inputs, outputs, points = data[8], data[9], data[10]
    before, behind = struct.unpack_from(">HH", data, 48)
    if not _channels(inputs, outputs):
        return 0
    return int(52 + 2 * (before * inputs + _grid(points, inputs) * outputs + behind * outputs))


def _channels(inputs: int, outputs: int) -> bool:
    return 1 <= inputs <= _MOST_CHANNELS and 1 <= outputs <= _MOST_CHANNELS


def _grid(points: int, inputs: int) -> int:
    return int(min(points**inputs, _MOST_BYTES))


def lut_a_b(data: bytes, *, curve: Callable[[int], bytes]) -> bytes:
    """A lutAToBType or lutBToAType laid out anew, b"" where it is none. `curve` gives the exact curve at a position."""
    if len(data) < 32 or not _channels(data[8], data[9]):
        return b""
    first_to_last = data[:4] == b"mAB "
    inputs, outputs = data[8], data[9]
    b_at, matrix_at, m_at, grid_at, a_at = struct.unpack_from(">5L", data, 12)
    # B curves stand at the connection space, A curves at the device
    b_count, a_count = (outputs, inputs) if first_to_last else (inputs, outputs)
    pieces = {
        0: _curves(curve, b_at, b_count),
        1: data[matrix_at : matrix_at + _MATRIX_BYTES] if matrix_at else None,
        2: _curves(curve, m_at, b_count),
        3: _grid_bytes(data, grid_at, inputs, outputs) if grid_at else None,
        4: _curves(curve, a_at, a_count),
    }
    if any(piece is not None and not piece for piece in pieces.values()) or pieces[0] is None:
        return b""
    if len(pieces[1] or bytes(_MATRIX_BYTES)) != _MATRIX_BYTES:
        return b""
    offsets, body, at = [0] * 5, [], 32
    for number, piece in pieces.items():
        if piece is not None:
            offsets[number] = at
            padded = piece + bytes(-len(piece) % 4)
            body.append(padded)
            at += len(padded)
    return data[:4] + bytes(4) + data[8:10] + bytes(2) + struct.pack(">5L", *offsets) + b"".join(body)


def _curves(curve: Callable[[int], bytes], at: int, count: int) -> bytes | None:
    """`count` curves one behind the other, each padded to four bytes; None for none, b"" where one is wrong."""
    if not at:
        return None
    found = []
    for _ in range(count):
        one = curve(at)
        if not one:
            return b""
        at += len(one) + -len(one) % 4
        found.append(one + bytes(-len(one) % 4))
    return b"".join(found)


def _grid_bytes(data: bytes, at: int, inputs: int, outputs: int) -> bytes:
    """The multi-dimensional table: 16 grid sizes, precision, reserved, values."""
    if at + 20 > len(data):
        return b""
    sizes, precision = data[at : at + inputs], data[at + 16]
    values = outputs
    for size in sizes:
        values = min(values * size, _MOST_BYTES)
    end = at + 20 + values * precision
    if precision not in (1, 2) or end > len(data):
        return b""
    return sizes + bytes(16 - inputs) + bytes((precision, 0, 0, 0)) + data[at + 20 : end]
