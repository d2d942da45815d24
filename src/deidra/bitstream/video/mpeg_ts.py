"""MPEG-2 transport streams: the packets of one program's video and its clock (ITU-T H.222.0).

Tables are written anew without descriptors. Audio, subtitles, private data, service names, times of day and null
packets go; so do private fields of packets. What is taken out of the video leaves zeros: every packet keeps its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from deidra.bitstream.video.codecs import codec_for
from deidra.bitstream.video.pes import Multiplex, clean_header
from deidra.bitstream.video.psi import (
    NULL_PID,
    PACKET_BYTES,
    PAT_PID,
    SYNC,
    VIDEO_TYPES,
    Program,
    Sections,
    association_packet,
    map_packet,
    program_of,
    programs_of,
)
from deidra.bitstream.video.source import Source
from deidra.bitstream.video.start_codes import StartCodes
from deidra.bitstream.work import Tally, malformed, truncated, unsupported

_BLOCK_PACKETS = 4096
_FIND_BYTES, _SURVEY_BYTES = 1 << 16, 1 << 26
_CLOCK_BYTES = 6
_NAMES = {0x01: "access tables", 0x10: "network tables", 0x11: "service names", 0x12: "events", 0x14: "times of day"}


def clean_transport(source: Source, tally: Tally, write: Callable[[bytes], object]) -> int:
    """Write the cleaned stream and return its size in bytes. Raises Held."""
    start = _first_packet(source)
    if start:
        tally.drop("bytes before the first packet", 0, start)
    program = _survey(source, start)
    return _Transport(program, tally, write).run(source, start)


def _first_packet(source: Source) -> int:
    head = source.read_at(0, _FIND_BYTES)
    for at in range(len(head)):
        following = head[at : at + 5 * PACKET_BYTES : PACKET_BYTES]
        if head[at] == SYNC and following == bytes((SYNC,)) * len(following):
            return at
    raise malformed("there are no packets of 188 bytes", 0)


def _packets(source: Source, start: int, end: int) -> Iterator[tuple[int, bytes]]:
    """Position and bytes of each whole packet. Raises Held where one does not start with its mark."""
    for block_at in range(start, end, _BLOCK_PACKETS * PACKET_BYTES):
        block = source.read_at(block_at, min(_BLOCK_PACKETS * PACKET_BYTES, end - block_at))
        for at in range(0, len(block) - PACKET_BYTES + 1, PACKET_BYTES):
            packet = block[at : at + PACKET_BYTES]
            if packet[0] != SYNC or packet[1] & 0x80 or packet[3] & 0xC0:
                raise unsupported("a packet is out of step, damaged or scrambled", block_at + at)
            yield block_at + at, packet


def _pid(packet: bytes) -> int:
    return int.from_bytes(packet[1:3]) & 0x1FFF


def _payload_at(packet: bytes, position: int) -> int:
    """Where the payload starts; at the end where there is none. Raises Held."""
    control = packet[3] & 0x30
    at = 4 if control == 0x10 else 5 + packet[4]
    if control == 0 or at > PACKET_BYTES:
        raise malformed("an adaptation field is longer than its packet", position)
    return at if control & 0x10 else PACKET_BYTES


def _survey(source: Source, start: int) -> Program:
    """The first program with video that is understood. Raises Held where there is none."""
    sections: dict[int, Sections] = {PAT_PID: Sections()}
    for position, packet in _packets(source, start, min(source.size, start + _SURVEY_BYTES)):
        pid = _pid(packet)
        if pid not in sections:
            continue
        payload = packet[_payload_at(packet, position) :]
        for section in sections[pid].push(payload, starts=packet[1] & 0x40 != 0):
            if pid == PAT_PID:
                for table_pid in programs_of(section):
                    sections.setdefault(table_pid, Sections())
                continue
            program = program_of(section, pid)
            if program is not None and program.videos:
                return program
    raise unsupported("no program with video that is known", start)


class _Transport:
    """One pass over the packets."""

    def __init__(self, program: Program, tally: Tally, write: Callable[[bytes], object]) -> None:
        self._program = program
        self._tally = tally
        self._out = Multiplex(write)
        self._filters = {
            pid: StartCodes(codec_for(VIDEO_TYPES[kind], tally), tally, same_size=True) for pid, kind in program.videos
        }
        self._payloads: dict[int, list[bytes]] = {pid: [] for pid in self._filters}
        self._last = dict.fromkeys(self._filters, b"")
        self._started: set[int] = set()
        self._maps = Sections()
        self._counts = {PAT_PID: 0, program.table_pid: 0}

    def run(self, source: Source, start: int) -> int:
        """Clean all packets. Returns the bytes written. Raises Held."""
        end = start + (source.size - start) // PACKET_BYTES * PACKET_BYTES
        for number, (position, packet) in enumerate(_packets(source, start, end)):
            if number % _BLOCK_PACKETS == 0:
                self._pass_on()
            pid = _pid(packet)
            if pid in self._filters:
                self._video(pid, packet, position)
            elif pid in self._counts:
                self._table(pid, packet, position)
            elif pid == self._program.clock_pid and packet[3] & 0x20:
                self._clock(packet, position)
            else:
                what = "null packets" if pid == NULL_PID else _NAMES.get(pid, "audio and other streams")
                self._tally.drop(what, position, PACKET_BYTES)
        if end < source.size:
            self._tally.drop("bytes behind the last packet", end, source.size - end)
        self._pass_on()
        self._out.finish(self._filters)
        return self._out.size_bytes

    def _pass_on(self) -> None:
        """Give the payloads so far to their filters, and write what has come through."""
        for pid, payloads in self._payloads.items():
            self._out.carry(pid, self._filters[pid].push(b"".join(payloads)))
            payloads.clear()

    def _video(self, pid: int, packet: bytes, position: int) -> None:
        if packet == self._last[pid] and packet[3] & 0x10:
            # A packet may be sent twice
            self._tally.drop("repeated packets", position, PACKET_BYTES)
            return
        self._last[pid] = packet
        at = _payload_at(packet, position)
        if at == PACKET_BYTES:
            self._clock(packet, position)
            return
        head = packet[:4]
        if at > len(head):
            head += self._adaptation(packet, position)
        if packet[1] & 0x40:
            head += clean_header(packet[at:], self._tally, position)
            at = len(head)
            self._started.add(pid)
        elif pid not in self._started:
            self._tally.drop("the rest of a packet without its start", position, PACKET_BYTES)
            return
        self._out.add(pid, head, PACKET_BYTES - at)
        self._payloads[pid].append(packet[at:])

    def _adaptation(self, packet: bytes, position: int) -> bytes:
        """The adaptation field with its clock and nothing else but stuffing (H.222.0 2.4.3.4)."""
        size = packet[4]
        old = packet[4 : 5 + size]
        if size == 0:
            return old
        new = bytes((size, packet[5] & 0xF0))
        if packet[5] & 0x10:
            if size < 1 + _CLOCK_BYTES:
                raise truncated("the clock of a packet", position)
            new += packet[6:10] + bytes((packet[10] | 0x7E, packet[11]))
        new = new.ljust(len(old), b"\xff")
        if new != old:
            self._tally.drop("private fields and stuffing of packets", position, len(old))
        return new

    def _table(self, pid: int, packet: bytes, position: int) -> None:
        """A table that starts here is written anew; the program must stay the same. Raises Held."""
        starts = packet[1] & 0x40 != 0
        if pid == self._program.table_pid:
            for section in self._maps.push(packet[_payload_at(packet, position) :], starts=starts):
                program = program_of(section, pid)
                if program is not None and program != self._program:
                    raise unsupported("the program changes", position)
        new = b""
        if starts:
            make = association_packet if pid == PAT_PID else map_packet
            new = make(self._program, self._counts[pid])
            self._counts[pid] += 1
            self._out.add(-1, new, 0)
        if new != packet:
            self._tally.drop("tables with descriptors or other programs", position, PACKET_BYTES)

    def _clock(self, packet: bytes, position: int) -> None:
        """A packet that only brings the clock."""
        head = packet[:3] + bytes((0x20 | packet[3] & 15,))
        field = self._adaptation(packet, position)
        new = head + (bytes((PACKET_BYTES - 5,)) + field[1:]).ljust(PACKET_BYTES - 4, b"\xff")
        if new != packet:
            self._tally.drop("what travels beside the clock", position, PACKET_BYTES)
        self._out.add(-1, new, 0)
