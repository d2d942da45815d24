"""The LZW coding of TIFF, read only to tell where it ends (TIFF 6.0 Section 13)."""

from __future__ import annotations

from deidra.bitstream.work import malformed, truncated

_CLEAR, _END, _FIRST = 256, 257, 258
_MOST_CODES, _LEAST_BITS, _MOST_BITS = 4096, 9, 12


def read_codes(data: bytes, expected_bytes: int) -> tuple[int, set[int]]:
    """Where the codes of `expected_bytes` bytes end, the end code with them, and which bytes occur. Raises Held.

    The old bit order of the first writers is not known here.
    """
    lengths = [1] * _CLEAR + [0, 0]
    width, at, word, held, left, previous = _LEAST_BITS, 0, 0, 0, expected_bytes, 0
    needed = 0
    single: set[int] = set()  # each byte first occurs as a code of its own
    while True:
        while held < width:
            if at == len(data):
                if left > 0:
                    raise truncated("the codes of a strip", at)
                return needed, single
            word = (word << 8 | data[at]) & 0xFFFFFF
            held += 8
            at += 1
        held -= width
        code = word >> held & ((1 << width) - 1)
        if code == _END:
            if left > 0:
                raise truncated("the codes of a strip", at)
            return at, single
        if left <= 0:
            return needed, single
        if code == _CLEAR:
            del lengths[_FIRST:]
            width, previous = _LEAST_BITS, 0
            continue
        if previous and len(lengths) < _MOST_CODES:
            lengths.append(previous + 1)
        if code >= len(lengths):
            raise malformed("a code that was not defined", at)
        # Codes become longer one code early
        width = min(_MOST_BITS, max(_LEAST_BITS, (len(lengths) + 1).bit_length()))
        if code < _CLEAR:
            single.add(code)
        previous = lengths[code]
        left -= previous
        needed = at - held // 8
