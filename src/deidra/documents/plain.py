"""Plain text reports."""

from __future__ import annotations

from deidra.documents.decoding import decode_text
from deidra.documents.work import Work
from deidra.errors import Held


def clean_plain(data: bytes, work: Work, declared: str = "") -> bytes:
    """Text in, text in UTF-8 out, line ends kept. Raises Held when no word may stay."""
    work.require_text_size(len(data))
    text = decode_text(data, declared)
    if any(ord(character) < 32 and character not in "\t\r\n\f" for character in text):
        text = "".join(character for character in text if ord(character) >= 32 or character in "\t\r\n\f")
    cleaned = work.text(text, "text", multi_line=True)
    if not cleaned.strip():
        raise Held("nothing-left", "no word of the document may stay")
    return cleaned.encode("utf-8")
