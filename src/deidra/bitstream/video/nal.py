"""NAL units: emulation prevention and SEI messages, alike in H.264 and H.265."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from deidra.bitstream.work import malformed

_ESCAPED = re.compile(rb"\0\0(?=[\0-\3])")
# Fixed content, the same in both standards (H.264 D.2.4, H.265 D.3.4)
FILLER_PAYLOAD = 3
# A message -> what stays of it, None for nothing
MessageRule = Callable[[int, bytes], bytes | None]


def is_filler(kind: int, content: bytes) -> bool:
    """Whether a message is filler payload as the standard writes it, which can say nothing."""
    return kind == FILLER_PAYLOAD and not content.strip(b"\xff")


def is_filler_data(payload: bytes) -> bool:
    """Whether the payload of a filler data unit is as the standard writes it (H.264 7.3.2.7)."""
    return payload[-1:] == b"\x80" and not payload[:-1].strip(b"\xff")


def unescaped(payload: bytes) -> bytes:
    """The RBSP: without the bytes that keep start codes from occurring (H.264 7.3.1)."""
    return payload.replace(b"\0\0\3", b"\0\0")


def escaped(rbsp: bytes) -> bytes:
    """The payload of a NAL unit that carries `rbsp`."""
    return _ESCAPED.sub(b"\0\0\3", rbsp)


def messages_of(rbsp: bytes, position: int) -> Iterator[tuple[int, bytes]]:
    """The type and payload of each SEI message (H.264 7.3.2.3). Raises Held where they do not fill the unit."""
    pos = 0
    while pos < len(rbsp) and rbsp[pos:] != b"\x80":
        kind, pos = _coded_number(rbsp, pos, position)
        size, pos = _coded_number(rbsp, pos, position)
        if pos + size > len(rbsp):
            raise malformed("an SEI message is longer than its unit", position)
        yield kind, rbsp[pos : pos + size]
        pos += size


def _coded_number(rbsp: bytes, pos: int, position: int) -> tuple[int, int]:
    """Bytes of 255 and one below it, which are added up."""
    value = 0
    while pos < len(rbsp):
        value += rbsp[pos]
        pos += 1
        if rbsp[pos - 1] != 255:
            return value, pos
    raise malformed("an SEI message is cut short", position)


def clean_messages(header: bytes, payload: bytes, rule: MessageRule, position: int) -> bytes:
    """The NAL unit with the messages that `rule` keeps, b"" where it keeps none. Raises Held."""
    rbsp = unescaped(payload).rstrip(b"\0")
    kept = [(kind, rule(kind, content)) for kind, content in messages_of(rbsp, position)]
    body = b"".join(_message(kind, content) for kind, content in kept if content is not None)
    return header + escaped(body + b"\x80") if body else b""


def _message(kind: int, content: bytes) -> bytes:
    return _number(kind) + _number(len(content)) + content


def _number(value: int) -> bytes:
    return b"\xff" * (value // 255) + bytes((value % 255,))


def filled(header: bytes, unit: bytes, size_bytes: int, position: int) -> bytes:
    """An SEI unit of `size_bytes` bytes: the messages of `unit`, which may be b"", and filler payload. Raises Held.

    Where units have a length in front, as in MP4, nothing else may take the place of what was removed: a filler data
    unit is not allowed before the first slice of a picture (H.264 7.4.1.2.3).
    """
    kept = unit[len(header) : -1] if unit else b""
    room = size_bytes - len(header) - len(kept) - 1
    filler = _filler(room, position) if room or not kept else b""
    return header + kept + filler + b"\x80"


def _filler(room: int, position: int) -> bytes:
    """Messages of `room` bytes; an empty one beside the other where one alone does not come out even."""
    for empty in (0, 2):
        around = (room - empty - 2) * 255 // 256
        for size in range(max(around - 1, 0), around + 2):
            message = _message(FILLER_PAYLOAD, b"\xff" * size)
            if len(message) == room - empty:
                return _message(FILLER_PAYLOAD, b"") * (empty // 2) + message
    raise malformed("an SEI unit has no room for a message", position)
