"""Segmented palettes expanded (PS3.3 C.7.9.2): discrete, linear and indirect segments into one entry after another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deidra.errors import Held

_DISCRETE, _LINEAR, _INDIRECT = 0, 1, 2
# Segments that add nothing could be repeated without end
_MOST_ENTRIES = _MOST_SEGMENTS = 1 << 16
_MOST_BYTES = 1 << 20


def expanded(data: bytes, bits: int) -> bytes:
    """The plain table of one channel, entries of `bits` (8 or 16) as stored, little endian.

    Raises Held "palette-malformed" where segments are cut, unknown, nested, or give more than 65536 entries.
    """
    if len(data) > _MOST_BYTES:
        raise _malformed()
    size = 2 if bits > 8 else 1
    words = [int.from_bytes(data[at : at + size], "little") for at in range(0, len(data) - size + 1, size)]
    entries: list[int] = []
    segments = 0
    for start in _starts(words, size):
        segments += words[start + 1] if words[start] == _INDIRECT else 1
        if segments > _MOST_SEGMENTS:
            raise _malformed()
        if words[start] != _INDIRECT:
            _append(entries, words, start)
            continue
        at = _address(words, start, size)
        for _ in range(words[start + 1]):
            if words[at : at + 1] == [_INDIRECT]:
                raise _malformed()
            at = _append(entries, words, at)
    return b"".join([entry.to_bytes(size, "little") for entry in entries])


def _starts(words: Sequence[int], size: int) -> Iterator[int]:
    """Where each segment of the table begins. A single word behind the last fills up to even length."""
    at = 0
    while at + 1 < len(words):
        yield at
        at = at + 2 + _address_words(size) if words[at] == _INDIRECT else _end(words, at)


def _address_words(size: int) -> int:
    return 4 // size


def _end(words: Sequence[int], start: int) -> int:
    """Behind the discrete or linear segment that begins at `start`."""
    opcode, length = (*words[start : start + 2], None, None)[:2]
    if length is None or opcode not in (_DISCRETE, _LINEAR):
        raise _malformed()
    end = start + 2 + (length if opcode == _DISCRETE else 1)
    if end > len(words):
        raise _malformed()
    return end


def _address(words: Sequence[int], start: int, size: int) -> int:
    """The index of the first segment that an indirect one repeats; in the table it is an offset in bytes."""
    parts = words[start + 2 : start + 2 + _address_words(size)]
    offset = sum(part << 8 * size * index for index, part in enumerate(parts))
    if len(parts) < _address_words(size) or offset % size or offset // size >= start:
        raise _malformed()
    return offset // size


def _append(entries: list[int], words: Sequence[int], start: int) -> int:
    """Add the entries of a discrete or linear segment; gives where the next one begins."""
    end = _end(words, start)
    length = words[start + 1]
    if len(entries) + length > _MOST_ENTRIES:
        raise _malformed()
    if words[start] == _DISCRETE:
        entries += words[start + 2 : end]
    elif entries:
        first, last = entries[-1], words[start + 2]
        entries += [first + round((last - first) * step / length) for step in range(1, length + 1)]
    else:
        raise _malformed()
    return end


def _malformed() -> Held:
    return Held("palette-malformed", "a segmented palette cannot be expanded", "dcm:(0028,1221)")
