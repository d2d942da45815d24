"""Text made comparable: without case, diacritics and width."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

_LETTERS = re.compile(r"[^\W\d_]+")

# Letters that Unicode does not decompose; without them a name in Polish, Danish or Vietnamese would not be found
# under its spelling in ASCII. German ss needs no entry: casefold does it.
_UNDECOMPOSED = str.maketrans(
    {
        "ł": "l", "Ł": "l", "ø": "o", "Ø": "o", "đ": "d", "Đ": "d", "ð": "d", "Ð": "d", "ħ": "h", "Ħ": "h",
        "ŧ": "t", "Ŧ": "t", "ı": "i", "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe", "þ": "th", "Þ": "th",
        "ŋ": "n", "Ŋ": "n", "ə": "e", "Ə": "e", "ƒ": "f", "ɓ": "b", "Ɓ": "b", "ɗ": "d", "Ɗ": "d", "ƙ": "k",
        "Ƙ": "k", "ƴ": "y", "Ƴ": "y", "ĸ": "k", "ʼ": "'", "ʻ": "'", "ɛ": "e", "Ɛ": "e", "ɔ": "o", "Ɔ": "o",
        "ǥ": "g", "Ǥ": "g", "ƶ": "z", "Ƶ": "z", "ɨ": "i", "Ɨ": "i", "ʉ": "u", "Ʉ": "u", "ɫ": "l",
    }
)  # fmt: skip


def folded(text: str) -> str:
    """`text` without case, diacritics and width, for comparing names and terms."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(mark for mark in decomposed if not unicodedata.combining(mark))
    return bare.translate(_UNDECOMPOSED).casefold()


def words(text: str) -> list[str]:
    """The runs of letters in `text`, folded. An underscore joins nothing: it separates words."""
    return _LETTERS.findall(folded(text))


def same_length(text: str) -> str:
    """`text` folded letter by letter to as many characters, for patterns whose offsets have to fit `text`.

    A letter whose folded form is longer (ß, œ) or empty (a combining mark) stays; digits of all scripts become 0-9.
    """
    if text.isascii():
        return text.lower()
    return text.translate(_SAME_LENGTH)


def level(text: str) -> str:
    """`text` with digits, dashes, spaces and full-width letters of all scripts as ASCII, in as many characters."""
    if text.isascii():
        return text
    return text.translate(_LEVEL)


_DASHES = dict.fromkeys("‐‑‒–—―−﹣－", "-") | dict.fromkeys("’‘ʼ`´", "'")


def _plain(letter: str) -> str:
    if letter.isascii():
        return letter
    if letter in _DASHES:
        return _DASHES[letter]
    if letter.isspace() and letter not in "\u2028\u2029\x85":
        return " "
    value = unicodedata.digit(letter, None)
    if value is not None:
        return str(value)
    narrow = unicodedata.normalize("NFKC", letter)
    return narrow if len(narrow) == 1 and narrow.isascii() else letter


def _one(letter: str) -> str:
    if letter.isascii():
        return letter.lower()
    plain = _plain(letter)
    short = plain if plain.isascii() else folded(letter)
    return short.lower() if len(short) == 1 else letter


class LetterTable(dict[int, str]):
    """A table for str.translate that works out what becomes of a letter where it is first met."""

    def __init__(self, of_letter: Callable[[str], str]) -> None:
        super().__init__()
        self._of_letter = of_letter

    def __missing__(self, code: int) -> str:
        becomes = self[code] = self._of_letter(chr(code))
        return becomes


_LEVEL = LetterTable(_plain)
_SAME_LENGTH = LetterTable(_one)
