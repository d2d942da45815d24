"""The elementary stream descriptor of MPEG-2 video in MP4 (ISO/IEC 14496-1 7.2.6)."""

from __future__ import annotations

from deidra.bitstream.video.start_codes import Codec, StartCodes
from deidra.bitstream.work import Tally, malformed, unsupported

_STREAM, _CONFIG, _SPECIFIC = 3, 4, 5
_CONFIG_BYTES = 13
# Object types of MPEG-2 video by profile, and of MPEG-1
_MPEG_2 = frozenset((*range(0x60, 0x66), 0x6A))
_DEPENDS, _URL, _CLOCK = 0x80, 0x40, 0x20


def clean_descriptors(content: bytes, codec: Codec, tally: Tally, position: int) -> bytes:
    """The content of an `esds` box with the decoder's configuration and nothing else. Raises Held."""
    tag, body, _ = _descriptor(content[4:], position)
    flags = body[2] if len(body) > 2 else 0xFF
    if tag != _STREAM or flags & (_DEPENDS | _URL | _CLOCK):
        raise unsupported("a stream descriptor that is not known", position)
    tag, config, _ = _descriptor(body[3:], position)
    if tag != _CONFIG or len(config) < _CONFIG_BYTES or config[0] not in _MPEG_2:
        raise unsupported("a coding that is not MPEG-2", position)
    # Object and stream type; the size of the buffer and the bit rates are left open
    pieces = [config[:2] + bytes(_CONFIG_BYTES - 2)]
    if len(config) > _CONFIG_BYTES and config[_CONFIG_BYTES] == _SPECIFIC:
        _, headers, _ = _descriptor(config[_CONFIG_BYTES:], position)
        codes = StartCodes(codec, tally, same_size=False)
        pieces.append(_written(_SPECIFIC, codes.push(headers) + codes.finish()))
    stream = body[:2] + b"\0" + _written(_CONFIG, b"".join(pieces)) + _written(6, b"\2")
    return bytes(4) + _written(_STREAM, stream)


def _descriptor(data: bytes, position: int) -> tuple[int, bytes, bytes]:
    """Tag, content and what follows; a length has seven bits a byte."""
    size, at = 0, 1
    while at < len(data) and at <= 4:
        size = size << 7 | data[at] & 0x7F
        at += 1
        if data[at - 1] < 0x80:
            if at + size > len(data):
                break
            return data[0], data[at : at + size], data[at + size :]
    raise malformed("a descriptor is cut short", position)


def _written(tag: int, content: bytes) -> bytes:
    size = len(content)
    return (
        bytes((tag, size >> 21 & 0x7F | 0x80, size >> 14 & 0x7F | 0x80, size >> 7 & 0x7F | 0x80, size & 0x7F)) + content
    )
