"""The tables of a track that say when its samples are shown: taken over only where each number can be what it says.

ISO/IEC 14496-12 8.6. A table may have a million entries; numbers that no player looks at are room for anything.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from deidra.bitstream.boxes import Box, box
from deidra.bitstream.work import malformed, unsupported

TABLES = (b"stts", b"ctts", b"stss", b"stps", b"stsc")
_ENTRY_BYTES = {b"stts": 8, b"ctts": 8, b"stss": 4, b"stps": 4, b"stsc": 12}
_MOST_EDITS = 1_000
_ONE = 0x10000
_UNITY_W = 0x40000000


def clean_table(data: bytes, one: Box, samples: int, duration: int, entries: int) -> bytes:
    """A table of a track with `samples` samples and `entries` sample entries, `duration` long. Raises Held."""
    each = _ENTRY_BYTES[one.kind]
    count = int.from_bytes(data[one.body + 4 : one.body + 8])
    if one.end - one.body != 8 + count * each:
        raise malformed("a table has not as many entries as it tells", one.start)
    content = data[one.body + 8 : one.end]
    if one.kind in (b"stts", b"ctts"):
        fits = _runs_fit(content, samples, duration, signed=one.kind == b"ctts")
    elif one.kind == b"stsc":
        fits = all(1 <= which <= entries for _, _, which in struct.iter_unpack(">LLL", content))
    else:
        numbers = [number for (number,) in struct.iter_unpack(">L", content)]
        fits = numbers == sorted(set(numbers)) and (not numbers or 1 <= numbers[0] <= numbers[-1] <= samples)
    if not fits:
        raise malformed("a table of a track has numbers that it cannot have", one.start)
    # Only composition offsets have a version, for signed ones
    version = data[one.body : one.body + 1] if one.kind == b"ctts" and data[one.body] == 1 else b"\0"
    return box(one.kind, version, bytes(3), data[one.body + 4 : one.body + 8], content)


def _runs_fit(content: bytes, samples: int, duration: int, *, signed: bool) -> bool:
    """Runs of samples with the same duration or offset: all samples, and none longer than the track."""
    total = 0
    for count, value in struct.iter_unpack(">Ll" if signed else ">LL", content):
        total += count
        if not count or abs(value) > duration:
            return False
    return total == samples


def clean_edits(data: bytes, one: Box, track_duration: int, media_duration: int) -> bytes:
    """The edit list, if it stays within the track (8.6.6). Raises Held."""
    wide = data[one.body] == 1
    count = int.from_bytes(data[one.body + 4 : one.body + 8])
    entry = struct.Struct(">QqL" if wide else ">LlL")
    if one.end - one.body != 8 + count * entry.size or count > _MOST_EDITS:
        raise malformed("an edit list has not its size", one.start)
    content = data[one.body + 8 : one.end]
    for duration, start, rate in entry.iter_unpack(content):
        if duration > track_duration or not -1 <= start <= media_duration or rate not in (0, _ONE):
            raise malformed("an edit does not stay within its track", one.start)
    return box(b"edts", box(b"elst", data[one.body : one.body + 1], bytes(3), count.to_bytes(4), content))


def plain_matrix(matrix: bytes, position: int) -> bytes:
    """The matrix, if it only turns by quarters, mirrors, and shifts by whole pixels (8.2.2.3). Raises Held."""
    a, b, u, c, d, v, x, y, w = struct.unpack(">9l", matrix)
    quarters = all(value in (0, _ONE, -_ONE) for value in (a, b, c, d))
    if not quarters or u or v or w != _UNITY_W or x % _ONE or y % _ONE:
        raise unsupported("a picture that is turned by something else than quarters", position)
    return matrix


def whole_numbers(content: bytes, largest: int) -> bool:
    """Whether all numbers of 32 bits are within `largest` of zero."""
    return all(abs(number) <= largest for number in _numbers(content))


def _numbers(content: bytes) -> Iterator[int]:
    for (number,) in struct.iter_unpack(">l", content[: len(content) // 4 * 4]):
        yield number
