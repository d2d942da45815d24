"""Text written in other letters: base64, hex, percent and entity escapes. Each run is turned back into bytes."""

from __future__ import annotations

import base64
import binascii
import html
import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

SHORTEST_BASE64 = 8  # six bytes; shorter needles are never searched in encoded text
SHORTEST_HEX = 12
LONGEST_RUN = 8 << 20

_BASE64_LETTERS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_")
_HEX_LETTERS = frozenset(b"0123456789abcdefABCDEF")
_BASE64 = bytes(97 if byte in _BASE64_LETTERS else 10 if byte in b"\r\n" else 0 for byte in range(256))
_HEX = bytes(97 if byte in _HEX_LETTERS else 0 for byte in range(256))
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_RUN = re.compile(b"a{%d,}" % SHORTEST_BASE64)
_LINES = re.compile(b"a{60,}(?:\n{1,2}a{60,})*\n{1,2}a{2,}")
_HEX_RUN = re.compile(b"a{%d,}" % SHORTEST_HEX)
_PARTED_HEX = re.compile(rb"(?:(?:0x|\\x)?[0-9A-Fa-f]{2}[ :,;\-]?){6,}")
_HEX_FILLING = re.compile(rb"0x|\\x|[ :,;\-]")
_PERCENT = re.compile(rb"%[0-9A-Fa-f]{2}")
_ENTITY = re.compile(rb"&#?\w{2,8};")
_QUOTED = re.compile(rb"=[0-9A-F]{2}")
_ESCAPED = re.compile(rb"\\u([0-9A-Fa-f]{4})|\\'([0-9A-Fa-f]{2})|\\u(-?\d{3,5})\??")


class Decoded(NamedTuple):
    """What a run says, and how it was written."""

    form: str
    data: bytes


def decoded_runs(data: bytes) -> Iterator[Decoded]:
    """Every run of other letters in the data, as bytes. A run whose first letter is uncertain is read four ways."""
    if b"%" in data and _PERCENT.search(data):
        yield Decoded("URL-encoded", unquote_to_bytes(data.replace(b"+", b" ")))
    if b"&" in data and _ENTITY.search(data):
        yield Decoded("HTML entities", html.unescape(data.decode("utf-8", "replace")).encode())
    if b"=" in data and _QUOTED.search(data):
        yield Decoded("quoted-printable", binascii.a2b_qp(data))
    if b"\\" in data and _ESCAPED.search(data):
        yield Decoded("backslash escapes", _ESCAPED.sub(_character, data))
    yield from _base64_runs(data)
    yield from _hex_runs(data)


def _character(match: re.Match[bytes]) -> bytes:
    """\\u00fc of JSON, \\'fc and \\u252 of RTF."""
    if match[2]:
        return bytes([int(match[2], 16)])
    number = int(match[1], 16) if match[1] else int(match[3]) & 0xFFFF
    return chr(number).encode("utf-8", "replace")


def _base64_runs(data: bytes) -> Iterator[Decoded]:
    classes = data.translate(_BASE64)
    if b"a" * SHORTEST_BASE64 not in classes:
        return
    for match in _LINES.finditer(classes):
        yield _base64(re.sub(rb"[\r\n]", b"", data[match.start() : match.end()]), 0)
    for match in _RUN.finditer(classes):
        run = data[match.start() : min(match.end(), match.start() + LONGEST_RUN)]
        for shift in range(4):
            yield _base64(run, shift)


def _base64(run: bytes, shift: int) -> Decoded:
    letters = run[shift:].translate(_URL_SAFE)
    usable = len(letters) - (len(letters) % 4 == 1)
    letters = letters[:usable]
    return Decoded("base64", base64.b64decode(letters + b"=" * (-len(letters) % 4)))


def _hex_runs(data: bytes) -> Iterator[Decoded]:
    classes = data.translate(_HEX)
    if b"aa" not in classes:
        return
    for match in _HEX_RUN.finditer(classes):
        run = data[match.start() : min(match.end(), match.start() + LONGEST_RUN)]
        for shift in range(2):
            letters = run[shift:]
            yield Decoded("hex", bytes.fromhex(letters[: len(letters) & ~1].decode("ascii")))
    for match in _PARTED_HEX.finditer(data) if any(mark in data for mark in (b" ", b":", b",", b"x", b"-")) else ():
        letters = _HEX_FILLING.sub(b"", match[0])
        if len(letters) % 2 == 0 and len(letters) != len(match[0]):
            yield Decoded("hex", bytes.fromhex(letters.decode("ascii")))
