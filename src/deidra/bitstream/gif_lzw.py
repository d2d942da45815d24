"""The LZW coding of GIF, read only as far as to tell where it ends and which colours it names (GIF89a Appendix F)."""

from __future__ import annotations

from typing import NamedTuple

from deidra.bitstream.work import malformed, truncated

_MOST_CODES = 4096


class Coded(NamedTuple):
    """The bytes up to the end code, and the indices that occur: each first occurs as a code of its own."""

    size_bytes: int
    indices: frozenset[int]


def read_coded(data: bytes, code_bits: int, pixels: int, position: int) -> Coded:  # noqa: C901 - the hot loop
    """Read the codes of `pixels` pixels and the end code, where it is there. Raises Held."""
    if not 2 <= code_bits <= 8:
        raise malformed("a code size that GIF does not have", position)
    clear, end = 1 << code_bits, (1 << code_bits) + 1
    lengths = [1] * clear + [0, 0]
    indices: set[int] = set()
    width, at, word, held, left = code_bits + 1, 0, 0, 0, pixels
    previous = 0  # pixels of the last code, zero behind a clear code
    needed = 0
    while True:
        while held < width:
            if at == len(data):
                if left > 0:
                    raise truncated("the codes of an image", position)
                return Coded(at, frozenset(indices))
            word |= data[at] << held
            held += 8
            at += 1
        code = word & ((1 << width) - 1)
        word >>= width
        held -= width
        if code == end:
            break
        if code == clear:
            del lengths[end + 1 :]
            width, previous = code_bits + 1, 0
            continue
        if left <= 0:
            # More codes than pixels, which decoders never read
            return Coded(needed, frozenset(indices))
        if previous and len(lengths) < _MOST_CODES:
            lengths.append(previous + 1)
            if len(lengths) == 1 << width and width < 12:
                width += 1
        if code >= len(lengths):
            raise malformed("a code that was not defined", position)
        if code < clear:
            indices.add(code)
        previous = lengths[code]
        left -= previous
        needed = at - held // 8
    if left > 0:
        raise truncated("the codes of an image", position)
    return Coded(at, frozenset(indices))
