"""A filter of names of people and towns: tells of a word whether it may be one, without listing them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection

import msgspec

_BITS_PER_NAME = 10  # with seven hashes, about one word in 120 that is no name is taken for one
_HASHES = 7


class Names(msgspec.Struct, frozen=True, eq=False):
    """A Bloom filter of folded words: every name that was put in is found, and few others.

    B. H. Bloom, Space/time trade-offs in hash coding with allowable errors, CACM 13 (1970).
    """

    bits: bytes

    def __contains__(self, word: str) -> bool:
        if not self.bits:
            return False
        return all(self.bits[place >> 3] & (1 << (place & 7)) for place in _places(word, 8 * len(self.bits)))

    def __repr__(self) -> str:
        return f"Names(bytes={len(self.bits)})"


def filter_of(names: Collection[str]) -> Names:
    """A filter that holds all `names`, folded."""
    bits = bytearray(len(names) * _BITS_PER_NAME // 8 + 1)
    for name in names:
        for place in _places(name, 8 * len(bits)):
            bits[place >> 3] |= 1 << (place & 7)
    return Names(bytes(bits))


def _places(word: str, count: int) -> list[int]:
    digest = hashlib.blake2b(word.encode(), digest_size=16).digest()
    first, second = int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:], "little") | 1
    return [(first + at * second) % count for at in range(_HASHES)]
