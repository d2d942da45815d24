"""Bytes to text, strictly: what cannot be decoded without guessing is not guessed."""

from __future__ import annotations

import codecs

from deidra.errors import Held, Rejected

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode_text(data: bytes, declared: str = "") -> str:
    """The text of `data`, by its byte order mark, the `declared` Python codec, or UTF-8.

    Raises Held when that does not fit: the words could not be told from what they would look like in another
    character set.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decode(data[len(mark) :], encoding)
    return _decode(data, declared or "utf-8")


def _decode(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        raise Held("text-undecodable", "the text is not in the character set it claims, or in none known") from None
    if "\0" in text.rstrip("\0"):
        raise Held("text-undecodable", "the text holds NUL characters: binary data, or another character set")
    return text.rstrip("\0")


def require_content(data: bytes) -> None:
    """Raises Rejected for a document of nothing, or of padding."""
    if not data.strip(b"\0 \t\r\n"):
        raise Rejected("document-empty", "the document has no content")
