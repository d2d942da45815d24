"""A grey picture as PNG, enlarged on a plain ground: readers fail on small text and on text that touches the edge."""

from __future__ import annotations

import struct
import zlib


def png(grey: bytes, rows: int, columns: int, scale: int = 4, margin: int = 24) -> bytes:
    """The 8-bit samples as a PNG file, each pixel `scale` dots wide."""
    ground = grey[:1]
    width = columns * scale + 2 * margin
    blank = b"\0" + ground * width
    lines = [blank] * margin
    for row in range(rows):
        line = b"".join(grey[row * columns + c : row * columns + c + 1] * scale for c in range(columns))
        lines += [b"\0" + ground * margin + line + ground * margin] * scale
    lines += [blank] * margin
    head = struct.pack(">LLBBBBB", width, len(lines), 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(b"".join(lines))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data)) for kind, data in chunks
    )
