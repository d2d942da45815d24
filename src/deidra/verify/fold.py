"""One spelling for many: bytes and text without case, separators and accents, so that few needles find all forms."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

# What stands between the parts of a name, a number or a date. NUL is among them: UTF-16 becomes plain ASCII.
# The backslash is not: it parts values, and no identifier runs across two of them.
SEPARATORS = b"\0\t\n\x0b\x0c\r !\"#$%&'()*+,-./:;<=>?@[]^_`{|}~"
_LOWER = bytes(byte + 32 if 65 <= byte <= 90 else byte for byte in range(256))

# Letters of Latin scripts that Unicode does not take apart (NFKD), and the two spellings of an umlaut
_WHOLE_LETTERS = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
_TEXT_SEPARATORS = re.compile(r"[\W_]+")


def squeeze(data: bytes) -> bytes:
    """Bytes in lower case (ASCII) without separators."""
    return data.translate(_LOWER, SEPARATORS)


@cache
def _mark(character: str) -> bool:
    return unicodedata.category(character) == "Mn"


def fold(text: str) -> str:
    """Text without case and accents; separators stay, those beyond ASCII as spaces."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold()).translate(_WHOLE_LETTERS)
    kept = "".join(c if c < "\x80" or c.isalnum() else " " for c in apart if c < "\x80" or not _mark(c))
    return unicodedata.normalize("NFC", kept)


def fold_umlauts(text: str) -> str:
    """The other way to write Müller without an umlaut: mueller."""
    return fold(unicodedata.normalize("NFC", text.casefold()).translate(_UMLAUTS))


def words(text: str) -> list[str]:
    """The folded words of a text; letters and digits belong together."""
    return [word for word in _TEXT_SEPARATORS.split(fold(text)) if word]


def mask(text: str) -> str:
    """The shape of a value without the value: letters as A and a, digits as 9, at most 24 characters."""
    shape = "".join(
        "9" if c.isdigit() else "A" if c.isupper() else "a" if c.isalpha() else c if c in " ^=-./@,:" else "?"
        for c in text[:24]
    )
    return shape + ("..." if len(text) > 24 else "")
