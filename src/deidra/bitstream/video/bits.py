"""Bits, most significant first, as video headers have them (H.264 7.2, H.265 7.2, H.262 5.2)."""

from __future__ import annotations

from deidra.bitstream.work import malformed, truncated, unsupported

_MOST_ZEROS = 32  # of an Exp-Golomb code


class BitReader:
    """A cursor over the bits of `data`. Raises Held behind the end. `position` is for reports."""

    def __init__(self, data: bytes, position: int = 0) -> None:
        self._value = int.from_bytes(data)
        self._size = 8 * len(data)
        self._position = position
        self.at = 0

    @property
    def left(self) -> int:
        """Bits that are not read yet."""
        return self._size - self.at

    def u(self, count: int) -> int:
        """The next `count` bits as a number."""
        self.at += count
        if self.at > self._size:
            raise truncated("a video header", self._position)
        return self._value >> (self._size - self.at) & ((1 << count) - 1)

    def flag(self) -> bool:
        return self.u(1) == 1

    def ue(self) -> int:
        """An unsigned Exp-Golomb code (H.264 9.1)."""
        zeros = 0
        while not self.flag():
            zeros += 1
            if zeros > _MOST_ZEROS:
                raise malformed("a number in a video header is too large", self._position)
        return (1 << zeros) - 1 + self.u(zeros)

    def ues(self, count: int) -> None:
        """Read past `count` codes, signed or not: they are as long."""
        for _ in range(count):
            self.ue()

    def below(self, limit: int) -> int:
        """A number below `limit`, so that it can bound a loop."""
        value = self.ue()
        if value >= limit:
            raise malformed("a number in a video header is too large", self._position)
        return value

    def more_data(self) -> bool:
        """more_rbsp_data(): whether anything stands before the last bit that is set (H.264 7.2)."""
        rest = self._value & ((1 << self.left) - 1)
        return rest != 0 and rest & (rest - 1) != 0

    def require_end(self, what: str) -> None:
        """rbsp_trailing_bits(): one bit that is set, then zeros, and nothing behind (H.264 7.3.2.11). Raises Held."""
        left = self.left
        if not 1 <= left <= 8 or self.u(left) != 1 << (left - 1):
            raise unsupported(f"{what} has more to say than is understood", self._position)


class BitWriter:
    """Bits put one behind the other."""

    def __init__(self) -> None:
        self._value = 0
        self._size = 0

    def u(self, value: int, count: int) -> None:
        self._value = self._value << count | value
        self._size += count

    def copy(self, reader: BitReader, count: int) -> int:
        """Take `count` bits over from the reader."""
        value = reader.u(count)
        self.u(value, count)
        return value

    def aligned(self, *, stop_bit: bool) -> bytes:
        """The bytes, filled up with zeros, behind a bit that is set if asked for and if there is something to fill."""
        left = -self._size % 8
        if left:
            self.u(1 << (left - 1) if stop_bit else 0, left)
        return self._value.to_bytes(self._size // 8)
