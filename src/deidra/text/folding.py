"""Text made comparable: without case, diacritics and width."""

from __future__ import annotations

import re
import unicodedata

_LETTERS = re.compile(r"[^\W\d_]+")


def folded(text: str) -> str:
    """`text` without case, diacritics and width, for comparing names and terms."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(mark for mark in decomposed if not unicodedata.combining(mark)).casefold()


def words(text: str) -> list[str]:
    """The runs of letters in `text`, folded. An underscore joins nothing: it separates words."""
    return _LETTERS.findall(folded(text))
