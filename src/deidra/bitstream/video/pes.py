"""Packets of an elementary stream, as transport and program streams have them (ITU-T H.222.0 2.4.3.6)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from deidra.bitstream.video.start_codes import StartCodes
from deidra.bitstream.work import Tally, malformed, truncated, unsupported

FIXED_BYTES = 9
_FIRST_VIDEO, _LAST_VIDEO = 0xE0, 0xEF
_TIMES_BYTES = {0: 0, 2: 5, 3: 10}


def is_video(stream_id: int) -> bool:
    return _FIRST_VIDEO <= stream_id <= _LAST_VIDEO


def clean_header(packet: bytes, tally: Tally, position: int) -> bytes:
    """The header of a video packet, as long as before: its times stay, all other optional fields become stuffing.

    Raises Held.
    """
    if len(packet) < FIXED_BYTES or not packet.startswith(b"\0\0\1") or not is_video(packet[3]):
        raise unsupported("a video packet without its header, or with one that is not known", position)
    size = FIXED_BYTES + packet[8]
    if len(packet) < size:
        raise truncated("the header of a video packet", position)
    if packet[6] >> 4 != 8:
        raise unsupported("a scrambled packet, or one of MPEG-1", position)
    told = packet[7] >> 6
    times_bytes = _TIMES_BYTES.get(told)
    if times_bytes is None or times_bytes > packet[8]:
        raise malformed("a video packet does not have the times that it tells", position)
    # Priority and alignment stay; copyright and original go
    flags = bytes((packet[6] & 0xFC, told << 6, packet[8]))
    times = packet[FIXED_BYTES : FIXED_BYTES + times_bytes]
    new = packet[:6] + flags + times + b"\xff" * (packet[8] - times_bytes)
    if new != packet[:size]:
        tally.drop("optional fields of a packet", position, size)
    return new


class Multiplex:
    """Packets in their order, each written when the bytes that it carries have come through their filter."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write
        self._waiting: deque[tuple[int, bytes, int]] = deque()
        self._ready: dict[int, bytes] = {}
        self.size_bytes = 0

    def add(self, stream: int, head: bytes, payload_bytes: int) -> None:
        """A packet that starts with `head` and carries `payload_bytes` of `stream`."""
        self._waiting.append((stream, head, payload_bytes))

    def carry(self, stream: int, data: bytes) -> None:
        """Bytes of a stream that have come through; writes what is complete."""
        if data:
            self._ready[stream] = self._ready.get(stream, b"") + data
        out: list[bytes] = []
        taken = dict.fromkeys(self._ready, 0)
        while self._waiting:
            which, head, size = self._waiting[0]
            if size:
                ready, at = self._ready.get(which, b""), taken.get(which, 0)
                if len(ready) - at < size:
                    break
                out += (head, ready[at : at + size])
                taken[which] = at + size
            else:
                out.append(head)
            self._waiting.popleft()
        for which, at in taken.items():
            self._ready[which] = self._ready[which][at:]
        if out:
            done = b"".join(out)
            self.size_bytes += len(done)
            self._write(done)

    def finish(self, filters: dict[int, StartCodes]) -> None:
        """Write the rest. Raises Held."""
        for stream, codec in filters.items():
            self.carry(stream, codec.finish())
        self.carry(0, b"")
        if self._waiting or any(self._ready.values()):
            raise malformed("a video does not fill its packets", 0)
