"""Every layer of a stream in which a text could hide from a search of its bytes."""

from __future__ import annotations

import base64
import re
import zlib
from typing import TYPE_CHECKING

import imagecodecs

if TYPE_CHECKING:
    from collections.abc import Iterator

NEEDLE = "ZZNEEDLE^QUARTZ"
_CODES = ("ascii", "utf-16-le", "utf-16-be", "utf-32-le", "cp500")
# A part of the needle is a find too
_PART = 5
_FORMS = tuple({NEEDLE[at : at + _PART].encode(code) for code in _CODES for at in range(len(NEEDLE) - _PART + 1)})
_DEFLATED = re.compile(rb"[\x08\x18\x28\x38\x48\x58\x68\x78]")
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{16,}={0,2}")
_DEPTH = 3


def layers(data: bytes, depth: int = _DEPTH) -> Iterator[bytes]:
    """The bytes, and what comes out of them by inflating, Brotli, base64, and taking blocks of packets together."""
    yield data
    yield data.replace(b"\0\0\3", b"\0\0")
    if data[:1] == b"G" and not len(data) % 188:
        yield b"".join(data[at + 4 : at + 188] for at in range(0, len(data), 188))
    if not depth:
        return
    for match in _DEFLATED.finditer(data):
        at = match.start()
        if at + 2 <= len(data) and int.from_bytes(data[at : at + 2]) % 31 == 0:
            try:
                out = zlib.decompressobj().decompress(data[at:], 1 << 22)
            except zlib.error:
                continue
            if len(out) > 8:
                yield from layers(out, depth - 1)
    for match in re.finditer(rb"brob....", data, re.DOTALL):
        yield from layers(bytes(imagecodecs.brotli_decode(data[match.end() :], out=1 << 20)), depth - 1)
    for found in _BASE64.findall(data):
        whole = found.rstrip(b"=")
        yield base64.b64decode(whole[: len(whole) // 4 * 4])


def found_in(data: bytes) -> bool:
    """Whether the needle stands in any layer, in any of its forms."""
    return any(form in layer for layer in layers(data) for form in _FORMS)
