"""A text as its letters and digits alone, with the way back to where they stood."""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_left
from collections.abc import Callable

from deidra.text.folding import LetterTable
from deidra.text.terms import SQUEEZED

_INSIDE, _SOFT, _HARD = 0, 1, 2  # before a letter: nothing, a change of case or of kind, a separator


class Squeezed:
    """`letters` of a text; `offsets` holds for each the place in the text it comes from."""

    __slots__ = ("ends_at", "gaps", "letters", "offsets")

    def __init__(self, letters: str, offsets: array[int], ends_at: array[int], gaps: bytearray) -> None:
        self.letters = letters
        self.offsets = offsets
        self.ends_at = ends_at
        self.gaps = gaps

    def end_offset(self, last: int) -> int:
        """Where the text goes on after the letter before `last`."""
        return self.ends_at[last - 1]

    def starts(self, at: int) -> bool:
        """Whether a word or number begins at `at`."""
        return at == 0 or self.gaps[at] != _INSIDE

    def ends(self, at: int) -> bool:
        """Whether a word or number ends before `at`."""
        return at == len(self.letters) or self.gaps[at] != _INSIDE

    def is_split(self, at: int, end: int) -> bool:
        """Whether separators stand inside."""
        return _HARD in self.gaps[at + 1 : end]

    def is_spelled_out(self, at: int, end: int) -> bool:
        """Whether a separator stands before every letter but the first."""
        return end - at > 1 and all(gap == _HARD for gap in self.gaps[at + 1 : end])

    def token(self, at: int, end: int) -> tuple[int, int]:
        """`at` and `end` widened to the words they stand in."""
        while not self.starts(at):
            at -= 1
        while not self.ends(end):
            end += 1
        return at, end

    def run(self, at: int, end: int, belongs: Callable[[str], bool]) -> tuple[int, int]:
        """`at` and `end` widened by letters of the same kind that stand next to them without a gap."""
        while at > 0 and self.gaps[at] != _HARD and belongs(self.letters[at - 1]):
            at -= 1
        while end < len(self.letters) and self.gaps[end] != _HARD and belongs(self.letters[end]):
            end += 1
        return at, end

    def with_digits(self, at: int, end: int) -> tuple[int, int]:
        """Two digits and more that are glued to the end go along, if nothing else is glued to them."""
        last = end
        while last < len(self.letters) and self.gaps[last] != _HARD and self.letters[last].isdigit():
            last += 1
        whole = last == len(self.letters) or self.gaps[last] == _HARD
        return (at, last) if whole and last - end >= 2 else (at, end)


def scan(text: str) -> Squeezed:
    """`text` squeezed, with offsets (characters of `text`)."""
    sorts = text.translate(_SORTS)
    return _scan_slowly(text) if _RARE.search(sorts) else _scan(text, sorts)


def _scan(text: str, sorts: str) -> Squeezed:
    """For text whose letters each become one letter and have case or none."""
    gaps = bytearray(len(text))
    for change in _CHANGES.finditer(sorts):
        gaps[change.start()] = _SOFT
    offsets = array("I", [offset for offset, sort in enumerate(sorts) if sort != "-"])
    between = [gaps[offset] for offset in offsets]
    for separators in _SEPARATORS.finditer(sorts):
        after = separators.end()
        if after < len(text):
            between[bisect_left(offsets, after)] = _HARD
    if between:
        between[0] = _HARD
    ends_at = array("I", [offset + 1 for offset in offsets])
    return Squeezed(text.translate(SQUEEZED), offsets, ends_at, bytearray(between))


def _sort(letter: str) -> str:
    """What sort of letter it is: upper case, lower case, caseless, digit, separator, or one that is rare."""
    squeezed = SQUEEZED[ord(letter)]
    if not squeezed:
        return "*" if unicodedata.combining(letter) else "-"
    if len(squeezed) != 1 or _unspaced(letter):
        return "*"
    if letter.isdigit():
        return "0"
    return "A" if letter.isupper() else "a" if letter.islower() else "c"


_SORTS = LetterTable(_sort)
_RARE = re.compile(r"\*")
_SEPARATORS = re.compile(r"-+")
# Where a word or number begins without a separator before it
_CHANGES = re.compile(r"(?<=a)A|(?<=A)A(?=a)|(?<=0)[Aac]|(?<=[Aac])0")


def _scan_slowly(text: str) -> Squeezed:
    pieces: list[str] = []
    offsets, ends_at = array("I"), array("I")
    gaps = bytearray()
    before = ""
    gap = _HARD
    for offset, letter in enumerate(text):
        piece = SQUEEZED[ord(letter)]
        if not piece:
            if unicodedata.combining(letter):
                if ends_at:
                    ends_at[-1] = offset + 1
            else:
                gap = _HARD
            continue
        if (gap == _INSIDE and _changes(before, letter)) or (
            gap == _INSIDE and before.isupper() and letter.isupper() and text[offset + 1 : offset + 2].islower()
        ):
            gap = _SOFT
        pieces.append(piece)
        offsets.extend([offset] * len(piece))
        ends_at.extend([offset + 1] * len(piece))
        gaps.append(gap)
        gaps.extend(bytes(len(piece) - 1))
        before, gap = letter, _INSIDE
    return Squeezed("".join(pieces), offsets, ends_at, gaps)


def _changes(before: str, letter: str) -> bool:
    if before.isdigit() != letter.isdigit():
        return True
    if before.islower() and letter.isupper():
        return True
    return before.isascii() != letter.isascii() and (_unspaced(before) or _unspaced(letter))


def _unspaced(letter: str) -> bool:
    return "\u0e00" <= letter <= "\u0eff" or "\u1100" <= letter <= "\u11ff" or letter >= "\u2e80"
