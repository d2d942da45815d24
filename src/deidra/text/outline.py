"""Where the numbers and words of a text begin. Patterns are tried there, and nowhere else.

A pattern begins with a number or with a word that it knows, so that most of them never come to be tried on most
texts. What a pattern asks of the place it begins at is only what its regular expression asks anyway.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache

import msgspec

_CHAIN = re.compile(r"[0-9]+(?:[\W_]{1,5}[0-9]+)*")
_NUMBER = re.compile(r"[0-9]+")
_WORD = re.compile(r"[^\W\d_]+")
_LONGEST = 64  # digits that are told apart
_NEAR, _FAR = 4, 40  # characters from a word to the next number

_Match = Callable[[str, int], "re.Match[str] | None"]


class Cue:
    """What a word may be the beginning of, or what has to stand somewhere for a number to be part of it: bits."""

    MONTH = 1 << 0
    HAN = 1 << 1
    BIRTH = 1 << 2
    CLOCK = 1 << 3
    AGE = 1 << 4
    YEARS = 1 << 5
    SEX = 1 << 6
    PHONE = 1 << 7
    LABEL = 1 << 8
    STREET = 1 << 9
    STREET_SHORT = 1 << 10
    STREET_BEFORE = 1 << 11
    STREET_ENDING = 1 << 12
    BOX = 1 << 13
    UNIT = 1 << 14
    PLATE = 1 << 15
    STATE = 1 << 16
    SHORT = 1 << 17  # up to five letters of ASCII
    CAPITALS = 1 << 18  # up to three capitals
    CAPITAL = 1 << 19  # a capital of ASCII in front


# What a word begins only with a number near it, and what it may begin with no number in sight
_CLOSE_ONLY = Cue.SHORT | Cue.CAPITALS | Cue.CAPITAL | Cue.STATE
_ANYWHERE = Cue.STREET_BEFORE


class AtNumber(msgspec.Struct, frozen=True):
    """A pattern that begins with a number.

    `first`: fewest and most digits of that number. `chain`: fewest digits of it and of the numbers that follow with
    nothing but separators between. `cue`: a word that has to stand somewhere.
    """

    kind: str
    rule: str
    pattern: str
    first: tuple[int, int] = (1, _LONGEST)
    chain: int = 1
    cue: int = 0


class AtWord(msgspec.Struct, frozen=True):
    """A pattern that begins with a word of `cue`. `digits`: the fewest that the whole text has to hold."""

    kind: str
    rule: str
    pattern: str
    cue: int
    digits: int = 2


class Outline:
    """The numbers of a text with their lengths and chains (digits), and its words with their cues."""

    __slots__ = ("cues", "digits", "numbers", "words")

    def __init__(self, flat: str, cues_of: Callable[[str], int]) -> None:
        self.numbers: list[tuple[int, int, int]] = []
        self.digits = 0
        for chain in _CHAIN.finditer(flat):
            runs = [run.span() for run in _NUMBER.finditer(flat, chain.start(), chain.end())]
            left = sum(end - start for start, end in runs)
            self.digits += left
            for start, end in runs:
                self.numbers.append((start, min(end - start, _LONGEST), min(left, _LONGEST)))
                left -= end - start
        self.words: list[tuple[int, int]] = []
        self.cues = 0
        if self.digits:
            self._find_words(flat, cues_of)

    def _find_words(self, flat: str, cues_of: Callable[[str], int]) -> None:
        """The words with what they may begin, given how far away the next number is."""
        starts = [start for start, _, _ in self.numbers]
        starts.append(len(flat) + _FAR)
        following = 0
        for word in _WORD.finditer(flat):
            if cue := cues_of(word[0]):
                self.cues |= cue
                start, end = word.span()
                while starts[following] < end:
                    following += 1
                distance = starts[following] - end
                if distance > _NEAR:
                    cue &= _ANYWHERE if distance > _FAR else ~_CLOSE_ONLY
                if cue:
                    self.words.append((start, cue))


class Family(msgspec.Struct, frozen=True):
    """Patterns whose matches are judged together. `folded`: they are written for the folded text."""

    patterns: tuple[AtNumber | AtWord, ...]
    folded: bool = False


Found = tuple[AtNumber | AtWord, "re.Match[str]"]


class Patterns:
    """Families of patterns by name, sorted by where they begin."""

    def __init__(self, families: Mapping[str, Family]) -> None:
        self.rows = tuple(
            _Row(name, pattern, family.folded) for name, family in families.items() for pattern in family.patterns
        )
        self._cues = 0
        for row in self.rows:
            self._cues |= row.pattern.cue if isinstance(row.pattern, AtNumber) else 0
        self._for_number = lru_cache(maxsize=8192)(self._possible_at_number)
        self._for_word = lru_cache(maxsize=8192)(self._possible_at_word)

    def matches(self, flat: str, low: str, outline: Outline) -> dict[str, list[Found]]:
        """Family -> the patterns that match, each with its match, in `flat` or, where the family is folded, in `low`.

        Both have the places of `outline`.
        """
        matches: dict[str, list[Found]] = {}
        cues = outline.cues & self._cues
        for start, length, chain in outline.numbers:
            for row, match in self._for_number(length, chain, cues):
                if found := match(low if row.folded else flat, start):
                    matches.setdefault(row.family, []).append((row.pattern, found))
        digits = min(outline.digits, _LONGEST)
        for start, cue in outline.words:
            for row, match in self._for_word(cue, digits):
                if found := match(low if row.folded else flat, start):
                    matches.setdefault(row.family, []).append((row.pattern, found))
        return matches

    def _possible_at_number(self, length: int, chain: int, cues: int) -> tuple[tuple[_Row, _Match], ...]:
        return tuple(
            (row, compiled(row.pattern.pattern).match)
            for row in self.rows
            if isinstance(row.pattern, AtNumber)
            and row.pattern.first[0] <= length <= row.pattern.first[1]
            and chain >= row.pattern.chain
            and (not row.pattern.cue or row.pattern.cue & cues)
        )

    def _possible_at_word(self, cue: int, digits: int) -> tuple[tuple[_Row, _Match], ...]:
        return tuple(
            (row, compiled(row.pattern.pattern).match)
            for row in self.rows
            if isinstance(row.pattern, AtWord) and row.pattern.cue & cue and digits >= row.pattern.digits
        )


class _Row(msgspec.Struct, frozen=True):
    family: str
    pattern: AtNumber | AtWord
    folded: bool


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """`pattern`, compiled where it is first needed: there are many, and most runs need few."""
    return re.compile(pattern)
