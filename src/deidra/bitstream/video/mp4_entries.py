"""Sample entries of video tracks: how the samples are coded (ISO/IEC 14496-12 8.5.2, 14496-15 5.3 and 8.3).

Kept: size and depth of pictures, parameter sets, aspect ratio, clean aperture, colour, field order. Names of
compressors, makers, bit rates and boxes that nothing needs go.
"""

from __future__ import annotations

from typing import NamedTuple

from deidra.bitstream.boxes import Box, box, boxes_of
from deidra.bitstream.icc import clean_profile
from deidra.bitstream.video.codecs import codec_for
from deidra.bitstream.video.mp4_descriptors import clean_descriptors
from deidra.bitstream.video.mp4_timing import whole_numbers
from deidra.bitstream.video.nal import unescaped
from deidra.bitstream.video.start_codes import Codec
from deidra.bitstream.work import StreamKind, Tally, malformed, truncated, unsupported

_FIXED_BYTES = 78
_CODINGS = {
    **dict.fromkeys((b"avc1", b"avc3"), StreamKind.H264),
    **dict.fromkeys((b"hvc1", b"hev1"), StreamKind.HEVC),
    **dict.fromkeys((b"mp4v", b"m2v1"), StreamKind.MPEG_2),
}
# Box -> its bytes, and the largest of its numbers
_NUMBERS = {b"pasp": (8, 0xFFFF), b"clap": (32, 0xFFFFFF), b"fiel": (2, 0), b"gama": (4, 0xFFFFF)}
_DOTS_PER_INCH = b"\0\x48\0\0"
_PROFILES_WITH_DEPTH = frozenset((100, 110, 122, 144))
_HEVC_FIXED_BYTES = 22
_HEVC_SETS, _HEVC_SEQUENCE_SET = (32, 33, 34), 33


class Coding(NamedTuple):
    """How the samples of a track are coded; units of H.264 and H.265 have `length_bytes` in front."""

    kind: StreamKind
    codec: Codec
    length_bytes: int


def clean_entries(data: bytes, table: Box, tally: Tally) -> tuple[bytes, Coding]:
    """The sample description box and the coding that all its entries share. Raises Held."""
    entries = list(boxes_of(data, table.body + 8, table.end))
    kinds = {_CODINGS.get(entry.kind) for entry in entries}
    kind = kinds.pop() if len(kinds) == 1 else None
    if kind is None or int.from_bytes(data[table.body + 4 : table.body + 8]) != len(entries):
        raise unsupported("a video track whose coding is not known", table.start)
    coding = Coding(kind, codec_for(kind, tally), 0)
    written = []
    for entry in entries:
        new, length_bytes = _entry(data, entry, coding, tally)
        if coding.length_bytes not in (0, length_bytes):
            raise unsupported("a track with units of different length fields", entry.start)
        coding = coding._replace(length_bytes=length_bytes)
        written.append(new)
    return box(b"stsd", bytes(4), len(written).to_bytes(4), *written), coding


def _entry(data: bytes, entry: Box, coding: Coding, tally: Tally) -> tuple[bytes, int]:
    fixed = data[entry.body : entry.body + _FIXED_BYTES]
    if len(fixed) < _FIXED_BYTES or entry.body + _FIXED_BYTES > entry.end:
        raise truncated("a sample entry", entry.start)
    # Reserved, data reference; version, vendor, qualities; size and resolution; one picture; name; depth
    head = b"".join(
        (
            bytes(6),
            b"\0\1",
            bytes(16),
            fixed[24:28],
            _DOTS_PER_INCH * 2,
            bytes(4),
            b"\0\1",
            bytes(32),
            fixed[74:76],
            b"\xff\xff",
        )
    )
    parts, length_bytes, configured = [], 0, False
    for part in boxes_of(data, entry.body + _FIXED_BYTES, _without_terminator(data, entry)):
        content = data[part.body : part.end]
        if part.kind == b"avcC" and coding.kind is StreamKind.H264 and not configured:
            new, length_bytes = _avc(content, coding.codec, part.start)
        elif part.kind == b"hvcC" and coding.kind is StreamKind.HEVC and not configured:
            new, length_bytes = _hevc(content, coding.codec, part.start)
        elif part.kind == b"esds" and coding.kind is StreamKind.MPEG_2 and not configured:
            new = clean_descriptors(content, coding.codec, tally, part.start)
        else:
            new = _colour(content, tally, part.start) if part.kind == b"colr" else b""
            size, largest = _NUMBERS.get(part.kind, (-1, 0))
            if len(content) == size and (not largest or whole_numbers(content, largest)):
                new = content
            if new:
                parts.append(box(part.kind, new))
            continue
        configured = True
        parts.append(box(part.kind, new))
    if not configured and entry.kind != b"m2v1":
        raise malformed("a sample entry without its parameters", entry.start)
    return box(entry.kind, head, *parts), length_bytes


def _without_terminator(data: bytes, entry: Box) -> int:
    """QuickTime may end a list of boxes with four zero bytes."""
    return (
        entry.end - 4
        if (entry.end - entry.body - _FIXED_BYTES) % 8 == 4 and data[entry.end - 4 : entry.end] == bytes(4)
        else entry.end
    )


def _colour(content: bytes, tally: Tally, position: int) -> bytes:
    """Numbers of colour spaces, or a profile, cleaned (14496-12 12.1.5)."""
    kind = content[:4]
    if kind == b"nclx" and len(content) == 11:
        return content[:10] + bytes((content[10] & 0x80,))
    if kind == b"nclc" and len(content) == 10:
        return content
    if kind in (b"prof", b"rICC"):
        profile = clean_profile(content[4:], tally, position)
        return kind + profile if profile else b""
    return b""


def _units(content: bytes, at: int, count: int, codec: Codec, position: int) -> tuple[list[bytes], int]:
    """`count` parameter sets with 16-bit lengths, cleaned; and the position behind."""
    units = []
    for _ in range(count):
        size = int.from_bytes(content[at : at + 2])
        unit = content[at + 2 : at + 2 + size]
        if not size or len(unit) < size:
            raise truncated("a parameter set", position)
        new = codec.clean(unit, position)
        if new:
            units.append(len(new).to_bytes(2) + new)
        at += 2 + size
    return units, at


def _avc(content: bytes, codec: Codec, position: int) -> tuple[bytes, int]:
    """AVCDecoderConfigurationRecord (14496-15 5.3.3.1)."""
    if len(content) < 7 or content[0] != 1:
        raise unsupported("a configuration of H.264 that is not known", position)
    sequences, at = _units(content, 6, content[5] & 31, codec, position)
    pictures, at = _units(content, at + 1, content[at], codec, position)
    if not sequences or len(sequences[0]) < 6:
        raise malformed("a configuration without a sequence set", position)
    # Profile, constraints and level are those of the first sequence set
    pieces = [content[:1], sequences[0][3:6], bytes((0xFC | content[4], 0xE0 | len(sequences))), *sequences]
    pieces += [bytes((len(pictures),)), *pictures]
    if content[1] in _PROFILES_WITH_DEPTH and len(content) >= at + 4:
        pieces.append(bytes((0xFC | content[at], 0xF8 | content[at + 1], 0xF8 | content[at + 2], 0)))
    return b"".join(pieces), 1 + (content[4] & 3)


def _hevc(content: bytes, codec: Codec, position: int) -> tuple[bytes, int]:
    """HEVCDecoderConfigurationRecord (14496-15 8.3.3.1); its SEI messages go."""
    if len(content) <= _HEVC_FIXED_BYTES or content[0] != 1:
        raise unsupported("a configuration of H.265 that is not known", position)
    fixed = bytearray(content[:_HEVC_FIXED_BYTES])
    for at, reserved in ((13, 0xF0), (15, 0xFC), (16, 0xFC), (17, 0xF8), (18, 0xF8)):
        fixed[at] |= reserved
    arrays, at = [], _HEVC_FIXED_BYTES + 1
    for _ in range(content[_HEVC_FIXED_BYTES]):
        kind = content[at]
        units, at = _units(content, at + 3, int.from_bytes(content[at + 1 : at + 3]), codec, position)
        if kind & 0x3F == _HEVC_SEQUENCE_SET and units:
            # Profile, constraints and level are those of the sequence set: behind length, header and one byte
            fixed[1:13] = unescaped(units[0][4:])[1:13]
        if kind & 0x3F in _HEVC_SETS and units:
            arrays.append(bytes((kind & 0xBF,)) + len(units).to_bytes(2) + b"".join(units))
    return b"".join((fixed, bytes((len(arrays),)), *arrays)), 1 + (content[21] & 3)
