"""A byte stream of units between start codes, cleaned while it passes through in pieces of any size.

Coded samples are passed on as they come; every other unit is held until its end: it must be understood as a whole.
"""

from __future__ import annotations

from typing import Protocol

from deidra.bitstream.tail import LEAST_HELD_AT_END, LEAST_HELD_IN_VIDEO, ends_in_text
from deidra.bitstream.work import Tally, hidden, malformed, unsupported

PREFIX = b"\0\0\1"
_MOST_UNIT_BYTES = 1 << 24
_TAIL_BYTES = 4 * LEAST_HELD_IN_VIDEO


class Codec(Protocol):
    """What a coded format says of its units, which come without their start code.

    `look_bytes` of a unit are enough to see whether it passes. Where `ends_in_zero`, zeros before the next start code
    may belong to a unit; else they never do.
    """

    look_bytes: int
    ends_in_zero: bool

    def passes(self, unit: bytes, position: int) -> bool: ...
    def clean(self, unit: bytes, position: int) -> bytes: ...


class StartCodes:
    """Feed with `push`, end with `finish`; both return bytes that are ready.

    With `same_size` what is removed leaves zeros, which may stand before any start code (H.264 B.1.1, H.262 5.2.3), so
    that as many bytes come out as went in.
    """

    def __init__(self, codec: Codec, tally: Tally, *, same_size: bool) -> None:
        self._codec = codec
        self._tally = tally
        self._same_size = same_size
        self._held = b""
        self._position = 0  # of the first held byte
        self._passing = False
        self._tail = b""  # the last bytes of the slice that passes

    def push(self, data: bytes) -> bytes:
        """Take `data` in. Raises Held."""
        return self._advance(data, ends=False)

    def finish(self, *, of_stream: bool = True) -> bytes:
        """Nothing follows, of the picture or, with `of_stream`, of the whole stream. Raises Held."""
        out = self._advance(b"", ends=True)
        self._require_no_text(LEAST_HELD_AT_END if of_stream else LEAST_HELD_IN_VIDEO, 0)
        return out

    def _advance(self, data: bytes, *, ends: bool) -> bytes:
        held = self._held + data
        out: list[bytes] = []
        at, more = 0, True
        while more:
            step = self._pass_on if self._passing else self._take_unit
            at, more = step(held, at, out, ends)
        if len(held) - at > _MOST_UNIT_BYTES:
            raise unsupported("a unit larger than any header", self._position + at)
        self._held = held[at:]
        self._position += at
        return b"".join(out)

    def _pass_on(self, held: bytes, at: int, out: list[bytes], ends: bool) -> tuple[int, bool]:
        """Copy coded samples up to the zeros before the next start code."""
        found = held.find(PREFIX, at)
        stop = found if found >= 0 else len(held)
        if found >= 0 or not ends:
            stop = _without_zeros(held, at, stop)
        out.append(held[at:stop])
        self._tail = (self._tail + held[max(at, stop - _TAIL_BYTES) : stop])[-_TAIL_BYTES:]
        if found >= 0 or ends:
            self._passing = False
            self._require_no_text(LEAST_HELD_IN_VIDEO, stop)
        return stop, found >= 0

    def _require_no_text(self, least: int, stop: int) -> None:
        """The last bytes of the last slice are samples, as far as can be seen. Raises Held."""
        if ends_in_text(self._tail, 0, len(self._tail), least):
            raise hidden("a slice ends in text", self._position + stop)

    def _take_unit(self, held: bytes, at: int, out: list[bytes], ends: bool) -> tuple[int, bool]:
        """Copy, clean or drop the unit whose zeros and start code are next."""
        found = held.find(PREFIX, at)
        start = _without_zeros(held, at, found if found >= 0 else len(held))
        if start > at and (found >= 0 or ends):
            self._tally.drop("bytes before the first unit", self._position + at, start - at)
            out.append(bytes(start - at) if self._same_size else b"")
            at = start
        if found < 0:
            if ends:
                out.append(held[at:])
            return (len(held) if ends else at), False
        body = found + len(PREFIX)
        if len(held) < body + self._codec.look_bytes and not ends:
            return at, False
        position = self._position + at
        if body < len(held) and self._codec.passes(held[body : body + self._codec.look_bytes], position):
            out.append(held[at:body])
            self._passing, self._tail = True, b""
            return body, True
        following = held.find(PREFIX, body)
        if following < 0 and not ends:
            return at, False
        stop = following if following >= 0 else len(held)
        end = stop if self._codec.ends_in_zero else _without_zeros(held, body, stop)
        unit = held[body:end]
        new = self._codec.clean(unit, position) if unit else b""
        if new:
            out += (held[at:body], new)
        if self._same_size:
            if len(new) > len(unit):
                raise malformed("a unit lacks what keeps start codes from occurring in it", position)
            out.append(bytes(len(unit) - len(new) if new else end - at))
        return end, True


def _without_zeros(data: bytes, start: int, stop: int) -> int:
    """The position behind the last byte of data[start:stop] that is not zero."""
    for _ in range(8):
        if stop == start or data[stop - 1]:
            return stop
        stop -= 1
    return start + len(data[start:stop].rstrip(b"\0"))
