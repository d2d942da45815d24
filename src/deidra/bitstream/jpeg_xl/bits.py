"""Bits of a JPEG XL codestream: least significant first, and its variable-length numbers (ISO/IEC 18181-1 Clause 9)."""

from __future__ import annotations

from deidra.bitstream.work import truncated, unsupported

# U32: four ways to write a number, each (offset, bits) with the value offset + u(bits)
Ways = tuple[tuple[int, int], tuple[int, int], tuple[int, int], tuple[int, int]]


class Bits:
    """A cursor over the bits of `data`. Raises Held behind the end."""

    def __init__(self, data: bytes, start: int, end: int) -> None:
        self._data = data
        self._at = 8 * start
        self._limit = 8 * end

    def take(self, count: int) -> int:
        """The next `count` bits as a number."""
        at = self._at
        self._at += count
        if self._at > self._limit:
            raise truncated("the codestream", at >> 3)
        word = int.from_bytes(self._data[at >> 3 : (self._at + 7) >> 3], "little")
        return word >> (at & 7) & ((1 << count) - 1)

    def flag(self) -> bool:
        return self.take(1) == 1

    def number(self, ways: Ways) -> int:
        """U32()."""
        offset, bits = ways[self.take(2)]
        return offset + self.take(bits)

    def enumerated(self) -> int:
        """Enum()."""
        return self.number(((0, 0), (1, 0), (2, 4), (18, 6)))

    def long(self) -> int:
        """U64()."""
        selector = self.take(2)
        if selector < 3:
            offset, bits = ((0, 0), (1, 4), (17, 8))[selector]
            return offset + self.take(bits)
        value, shift = self.take(12), 12
        while self.flag():
            if shift == 60:
                return value | self.take(4) << shift
            value |= self.take(8) << shift
            shift += 8
        return value

    def require_no_extensions(self) -> None:
        """No extension is defined: its bits could be anything. Raises Held."""
        if self.long():
            raise unsupported("an extension of the codestream", self._at >> 3)

    def require_no_name(self) -> None:
        """Layers, channels and frames may have a name in plain text. Raises Held where one has."""
        if self.number(((0, 0), (0, 4), (16, 5), (48, 10))):
            raise unsupported("a channel or frame with a name", self._at >> 3)

    def skip(self, count: int) -> None:
        self._at += count
        if self._at > self._limit:
            raise truncated("the codestream", self._limit >> 3)

    def align(self) -> int:
        """Go on at the next byte and return its position. The bits between must be zero. Raises Held."""
        left = -self._at % 8
        if self.take(left):
            raise unsupported("bits that should be zero are not", self._at >> 3)
        return self._at >> 3
