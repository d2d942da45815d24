"""MPEG-2 program streams: packs of video and their clock (ITU-T H.222.0 2.5).

Audio, private streams (navigation, subtitles), padding and stream maps go; so do optional fields of packets. What is
taken out of the video leaves zeros, so every packet keeps its length.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from deidra.bitstream.sniff import kind_of
from deidra.bitstream.video.codecs import codec_for
from deidra.bitstream.video.pes import Multiplex, clean_header, is_video
from deidra.bitstream.video.source import Source
from deidra.bitstream.video.start_codes import PREFIX, StartCodes
from deidra.bitstream.work import StreamKind, Tally, malformed, truncated, unsupported

_PACK, _SYSTEM, _END, _MAP, _PRIVATE_1, _PADDING, _PRIVATE_2 = 0xBA, 0xBB, 0xB9, 0xBC, 0xBD, 0xBE, 0xBF
_PACK_BYTES = 14
_LONGEST_BYTES = 6 + 0xFFFF
_VIDEOS = (StreamKind.MPEG_2, StreamKind.H264, StreamKind.HEVC)
_NAMES = {_MAP: "stream map", _PRIVATE_1: "private stream", _PADDING: "padding", _PRIVATE_2: "private stream"}


class Packet(NamedTuple):
    """A pack header, a system header or a packet of a stream, whole."""

    code: int
    position: int
    data: bytes


def clean_program(source: Source, tally: Tally, write: Callable[[bytes], object]) -> int:
    """Write the cleaned stream and return its size in bytes. Raises Held."""
    out = Multiplex(write)
    filters: dict[int, StartCodes] = {}
    pos = 0
    while pos < source.size:
        packet = _packet(source, pos)
        if packet is None:
            tally.drop("bytes behind the last packet", pos, source.size - pos)
            break
        pos += len(packet.data)
        if is_video(packet.code):
            _video(packet, filters, out, tally)
            continue
        new = _beside(packet)
        if new != packet.data:
            tally.drop(_NAMES.get(packet.code, "audio and other streams"), packet.position, len(packet.data))
        out.add(-1, new, 0)
        out.carry(-1, b"")
        if packet.code == _END:
            if pos < source.size:
                tally.drop("bytes behind the end", pos, source.size - pos)
            break
    if not filters:
        raise unsupported("a program without video", 0)
    out.finish(filters)
    return out.size_bytes


def _packet(source: Source, pos: int) -> Packet | None:
    """The packet at `pos`; None where no start code follows. Raises Held."""
    head = source.read_at(pos, _PACK_BYTES)
    if not head.startswith(PREFIX) or len(head) < 4:
        if pos and source.size - pos < _LONGEST_BYTES and PREFIX not in source.read_at(pos, _LONGEST_BYTES):
            return None
        raise malformed("a packet does not start where the last ended", pos)
    code = head[3]
    if code == _END:
        return Packet(code, pos, head[:4])
    if code < _END:
        raise malformed("video stands outside of packets", pos)
    if code == _PACK:
        if len(head) < _PACK_BYTES:
            raise truncated("a pack header", pos)
        if head[4] >> 6 != 1:
            raise unsupported("a program stream of MPEG-1", pos)
        size = _PACK_BYTES + (head[13] & 7)
    else:
        size = 6 + int.from_bytes(head[4:6])
    data = source.read_at(pos, size)
    if len(data) < size:
        raise truncated("a packet", pos)
    return Packet(code, pos, data)


def _video(packet: Packet, filters: dict[int, StartCodes], out: Multiplex, tally: Tally) -> None:
    head = clean_header(packet.data, tally, packet.position)
    payload = packet.data[len(head) :]
    if packet.code not in filters:
        kind = kind_of(payload)
        if kind not in _VIDEOS:
            raise unsupported("video of a kind that is not known", packet.position)
        filters[packet.code] = StartCodes(codec_for(kind, tally), tally, same_size=True)
    out.add(packet.code, head, len(payload))
    out.carry(packet.code, filters[packet.code].push(payload))


def _beside(packet: Packet) -> bytes:
    """What stays of a packet that is not video."""
    data = packet.data
    if packet.code == _PACK:
        return data[:13] + bytes((0xF8 | data[13] & 7,)) + b"\xff" * (len(data) - _PACK_BYTES)
    if packet.code == _END:
        return data
    if packet.code == _SYSTEM and len(data) >= 12:
        entries = b"".join(data[at : at + 3] for at in range(12, len(data) - 2, 3) if is_video(data[at]))
        # No audio: its bound is zero
        fixed = data[6:9] + bytes((data[9] & 3, data[10], data[11] | 0x7F))
        return data[:4] + (len(fixed) + len(entries)).to_bytes(2) + fixed + entries
    return b""
