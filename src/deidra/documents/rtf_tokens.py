"""RTF cut into tokens (Rich Text Format 1.9.1, Contents of an RTF file)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from deidra.errors import Rejected

_TOKEN = re.compile(
    rb"(?P<open>\{)|(?P<close>\})|\\(?P<word>[A-Za-z]{1,32})(?P<number>-?\d{1,10})? ?"
    rb"|\\'(?P<hex>[0-9A-Fa-f]{2})|\\(?P<symbol>[^A-Za-z0-9'])|(?P<line>[\r\n]+)|(?P<text>[^\\{}\r\n]+)",
    re.DOTALL,
)


class Token(msgspec.Struct, frozen=True):
    """One token: kind "open" "close" "word" "byte" "symbol" "text", with its bytes or word and number."""

    kind: str
    value: bytes = b""
    number: int | None = None


def tokens(data: bytes) -> Iterator[Token]:
    """The tokens of an RTF document. Raises Rejected where it is not RTF."""
    position = 0
    while position < len(data):
        match = _TOKEN.match(data, position)
        if match is None:
            raise Rejected("document-damaged", "the RTF is not well-formed")
        position = match.end()
        kind = match.lastgroup
        if match["word"] is not None:
            number = int(match["number"]) if match["number"] else None
            if match["word"] == b"bin" and number:
                # Raw bytes, which may hold braces
                position += max(0, number)
                continue
            yield Token("word", match["word"], number)
        elif kind == "hex":
            yield Token("byte", bytes.fromhex(match["hex"].decode()))
        elif kind == "text":
            yield Token("text", match["text"])
        elif kind == "symbol":
            yield Token("symbol", match["symbol"])
        elif kind in ("open", "close"):
            yield Token(kind)
