"""Plain text reports."""

from __future__ import annotations

from deidra.documents.decoding import decode_text
from deidra.documents.work import Work


def clean_plain(data: bytes, work: Work, declared: str = "") -> bytes:
    """Text in, text in UTF-8 out, line ends kept."""
    work.require_text_size(len(data))
    text = decode_text(data, declared)
    if any(ord(character) < 32 and character not in "\t\r\n\f" for character in text):
        text = "".join(character for character in text if ord(character) >= 32 or character in "\t\r\n\f")
    return work.text(text, "text", multi_line=True).encode("utf-8")
