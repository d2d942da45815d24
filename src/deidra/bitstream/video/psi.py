"""Tables of a transport stream: which program has which video (ITU-T H.222.0 2.4.4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from deidra.bitstream.work import StreamKind, malformed

PAT_PID, NULL_PID = 0, 0x1FFF
PACKET_BYTES, SYNC = 188, 0x47
# Table 2-34: stream types of the video that is understood; 0x20 is the second view of stereo H.264
VIDEO_TYPES = {
    0x01: StreamKind.MPEG_2,
    0x02: StreamKind.MPEG_2,
    0x1B: StreamKind.H264,
    0x20: StreamKind.H264,
    0x24: StreamKind.HEVC,
}
# Video that is not understood: MPEG-4 Visual, JPEG 2000, SVC, 3D, VVC, and what others number themselves
OTHER_VIDEO_TYPES = frozenset(
    (0x10, *range(0x1E, 0x20), *range(0x21, 0x24), 0x25, *range(0x28, 0x2C), *range(0x31, 0x36), 0x42, 0xD1, 0xEA)
)
_PAT, _PMT = 0, 2
_MOST_SECTION_BYTES = 1024
_POLYNOMIAL = 0x04C11DB7


class Program(NamedTuple):
    """A program: where its table and its clock are, and the PID and stream type of each video."""

    table_pid: int
    clock_pid: int
    videos: tuple[tuple[int, int], ...]


class Sections:
    """Sections put together from the payloads of one PID."""

    def __init__(self) -> None:
        self._held = b""

    def push(self, payload: bytes, *, starts: bool) -> Iterator[bytes]:
        """The sections that are complete with this payload, each without its checksum, which must be right."""
        if starts and payload:
            behind = 1 + payload[0]
            yield from self._complete(self._held + payload[1:behind])
            self._held = payload[behind:]
        elif self._held:
            self._held += payload
        yield from self._complete(self._held)

    def _complete(self, data: bytes) -> Iterator[bytes]:
        while len(data) >= 3 and data[0] != 0xFF:
            size = 3 + (int.from_bytes(data[1:3]) & 0xFFF)
            if size > _MOST_SECTION_BYTES + 3:
                raise malformed("a section is longer than it may be", 0)
            if len(data) < size:
                break
            if checksum(data[:size]) == 0 and size >= 12:
                yield data[: size - 4]
            data = data[size:]
        self._held = data


def checksum(data: bytes) -> int:
    """CRC-32 of Annex A; zero over a section with its checksum."""
    value = 0xFFFFFFFF
    for byte in data:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1 ^ _POLYNOMIAL) & 0xFFFFFFFF if value & 0x80000000 else value << 1
    return value


def programs_of(section: bytes) -> list[int]:
    """The PIDs of the program tables that a program association names."""
    if section[0] != _PAT:
        return []
    entries = (section[at : at + 4] for at in range(8, len(section) - 3, 4))
    return [int.from_bytes(entry[2:]) & 0x1FFF for entry in entries if entry[:2] != b"\0\0"]


def program_of(section: bytes, table_pid: int) -> Program | None:
    """The program that a section maps, None where it is another table. Raises Held."""
    if section[0] != _PMT or len(section) < 12:
        return None
    clock_pid = int.from_bytes(section[8:10]) & 0x1FFF
    at = 12 + (int.from_bytes(section[10:12]) & 0xFFF)
    videos = []
    while at + 5 <= len(section):
        kind, pid = section[at], int.from_bytes(section[at + 1 : at + 3]) & 0x1FFF
        if kind in OTHER_VIDEO_TYPES:
            raise malformed("a program has video of a kind that is not known", 0)
        if kind in VIDEO_TYPES:
            videos.append((pid, kind))
        at += 5 + (int.from_bytes(section[at + 3 : at + 5]) & 0xFFF)
    return Program(table_pid, clock_pid, tuple(videos))


def association_packet(program: Program, count: int) -> bytes:
    """A packet with a program association of this one program; `count` numbers the packets of the PID."""
    body = b"\0\1\xc1\0\0\0\1" + (0xE000 | program.table_pid).to_bytes(2)
    return _packet(PAT_PID, _PAT, body, count)


def map_packet(program: Program, count: int) -> bytes:
    """A packet with the map of a program: its clock and videos, and no descriptors."""
    streams = b"".join(bytes((kind,)) + (0xE000 | pid).to_bytes(2) + b"\xf0\0" for pid, kind in program.videos)
    body = b"\0\1\xc1\0\0" + (0xE000 | program.clock_pid).to_bytes(2) + b"\xf0\0" + streams
    return _packet(program.table_pid, _PMT, body, count)


def _packet(pid: int, table: int, body: bytes, count: int) -> bytes:
    section = bytes((table,)) + (0xB000 | (len(body) + 4)).to_bytes(2) + body
    section += checksum(section).to_bytes(4)
    head = bytes((SYNC,)) + (0x4000 | pid).to_bytes(2) + bytes((0x10 | count & 15, 0))
    return (head + section).ljust(PACKET_BYTES, b"\xff")
