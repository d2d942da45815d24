"""A deflated stream that holds exactly the bytes it should: none behind its end, none behind the last sample."""

from __future__ import annotations

import zlib
from collections.abc import Callable

from deidra.bitstream.work import malformed, truncated, unsupported

_PIECE_BYTES = 1 << 20
_MOST_RECOMPRESSED_BYTES = 1 << 30


def exact(
    data: bytes,
    expected_bytes: int,
    position: int,
    see: Callable[[bytes], object] | None = None,
    *,
    raw: bool = False,
) -> bytes:
    """`data` itself where it is one zlib stream of `expected_bytes` bytes; else that stream without what is too much.

    `raw`: deflated data alone (RFC 1951), not in a zlib stream (RFC 1950).

    `see` is given the inflated bytes in order. Raises Held, with `position` for where.
    """
    wbits = -zlib.MAX_WBITS if raw else zlib.MAX_WBITS
    inflater, left, count = zlib.decompressobj(wbits), data, 0
    try:
        while not inflater.eof:
            out = inflater.decompress(left, min(_PIECE_BYTES, expected_bytes - count + 1))
            left = inflater.unconsumed_tail
            if see is not None:
                see(out[: expected_bytes - count])
            count += len(out)
            if count > expected_bytes:
                return _recompressed(data, expected_bytes, position, wbits)
            if not out and not left:
                break
    except zlib.error:
        raise malformed("deflated data are damaged", position) from None
    if count < expected_bytes or not inflater.eof:
        raise truncated("deflated data", position)
    return data[: len(data) - len(inflater.unused_data)]


def _recompressed(data: bytes, expected_bytes: int, position: int, wbits: int) -> bytes:
    """The first `expected_bytes` bytes, deflated again: no cut of the old stream would end there."""
    if expected_bytes > _MOST_RECOMPRESSED_BYTES:
        raise unsupported("surplus data in an image too large to be deflated again", position)
    return zlib.compress(zlib.decompressobj(wbits).decompress(data, expected_bytes), wbits=wbits)
