"""Words that may stay: curated lists by language, and words that the caller vouches for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import IntEnum
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

import msgspec

BEGINNING = 2  # letters
_SHORTEST_PART = 4
_MOST_REMEMBERED, _LONGEST_REMEMBERED = 100_000, 64  # words, characters
# Languages that write compounds as one word; a compound of two safe words of theirs is safe
_COMPOUNDING = frozenset({"de", "nl", "sv", "da", "no", "fi"})
_LINKS = ("", "s", "es", "n", "en", "e")
# Sources that are no language: loaded whatever languages are asked for
_ALWAYS = frozenset({"jargon"})
_DOUBTFUL = "doubtful"


class Standing(IntEnum):
    """What a word is worth on its own."""

    STRONG = 0  # curated: names nobody
    WEAK = 1  # vouched for by the caller's vocabulary alone
    TECHNICAL = 2  # a number, or letters and digits, in a shape that technique uses
    LETTER = 3
    NUMBER = 4  # up to four digits and nothing else
    AMBIGUOUS = 5  # a useful word and a name
    EPONYM = 6
    TITLE = 7
    PLACE = 8
    UNKNOWN = 9
    LONG_NUMBER = 10


class Piece(msgspec.Struct, frozen=True):
    """A word or number of a longer run of letters and digits: offsets into it, and what it is worth."""

    start: int
    end: int
    text: str
    word: str  # folded
    standing: Standing
    is_surname: bool


class Chunk(msgspec.Struct, frozen=True):
    """A run of letters and digits, taken apart."""

    pieces: tuple[Piece, ...]
    worst: Standing


class _File(msgspec.Struct, frozen=True):
    """A list as it is packaged; long ones are one string of words for every beginning of two letters."""

    words: dict[str, str] = {}
    ambiguous: frozenset[str] = frozenset()
    disarmed: frozenset[str] = frozenset()
    eponyms: frozenset[str] = frozenset()
    titles: frozenset[str] = frozenset()
    place_markers: frozenset[str] = frozenset()
    phrases: tuple[str, ...] = ()
    surnames: dict[str, str] = {}


class Lists:
    """Words of several lists, split into words where the first one of a beginning is asked for."""

    __slots__ = ("_lists", "_split")

    def __init__(self, lists: Iterable[dict[str, str]]) -> None:
        self._lists = tuple(lists)
        self._split: dict[str, frozenset[str]] = {}

    def __contains__(self, word: str) -> bool:
        beginning = word[:BEGINNING]
        if (split := self._split.get(beginning)) is None:
            found = " ".join(listed[beginning] for listed in self._lists if beginning in listed)
            split = self._split[beginning] = frozenset(found.split())
        return word in split


class Vocabulary(msgspec.Struct, frozen=True, eq=False):
    """Folded words by what they are worth. Built once; shared by all cleaners."""

    words: Lists
    compounding: Lists
    extra: frozenset[str]
    trusted: frozenset[str]
    ambiguous: frozenset[str]
    disarmed: frozenset[str]
    eponyms: frozenset[str]
    titles: frozenset[str]
    places: frozenset[str]
    doubtful: Lists
    surnames: Lists
    phrases: dict[str, list[list[str]]]
    # What has been asked before
    _standings: dict[str, Standing] = {}
    _chunks: dict[str, Chunk] = {}

    def __post_init__(self) -> None:
        # A copy with other words must not remember what the first one said
        msgspec.structs.force_setattr(self, "_standings", {})
        msgspec.structs.force_setattr(self, "_chunks", {})

    def __repr__(self) -> str:
        return f"Vocabulary(extra={len(self.extra)}, trusted={len(self.trusted)})"

    def standing(self, word: str) -> Standing:
        """What the folded `word` of two letters and more is worth."""
        if (standing := self._standings.get(word)) is None:
            standing = self._judged(word)
            if len(word) <= _LONGEST_REMEMBERED:
                if len(self._standings) >= _MOST_REMEMBERED:
                    self._standings.clear()
                self._standings[word] = standing
        return standing

    def _judged(self, word: str) -> Standing:
        if word in self.trusted:
            return Standing.STRONG
        if word in self.titles:
            return Standing.TITLE
        if word in self.ambiguous:
            return Standing.AMBIGUOUS
        if word in self.places:
            return Standing.PLACE
        if word in self.words:
            return Standing.STRONG
        if word in self.eponyms:
            return Standing.EPONYM
        if word in self.extra and word not in self.doubtful:
            return Standing.WEAK
        if self._is_plural(word) or self._is_compound(word):
            return Standing.STRONG
        return Standing.UNKNOWN

    def chunk(self, text: str, take_apart: Callable[[str, Vocabulary], Chunk]) -> Chunk:
        """What `take_apart` makes of the run of letters and digits `text`, remembered for all texts and subjects."""
        if (chunk := self._chunks.get(text)) is None:
            chunk = take_apart(text, self)
            if len(text) <= _LONGEST_REMEMBERED:
                if len(self._chunks) >= _MOST_REMEMBERED:
                    self._chunks.clear()
                self._chunks[text] = chunk
        return chunk

    def needs_term(self, word: str) -> bool:
        """Whether a term beside the ambiguous `word` is enough to keep it."""
        return word in self.disarmed

    def is_safe(self, word: str) -> bool:
        """Whether the folded `word` names nobody by itself; single letters do not count."""
        return len(word) > 1 and self.standing(word) <= Standing.WEAK

    def _is_safe_word(self, word: str) -> bool:
        return word in self.words and not (word in self.ambiguous or word in self.titles or word in self.places)

    def _is_plural(self, word: str) -> bool:
        return len(word) > _SHORTEST_PART + 1 and word.endswith("s") and self._is_safe_word(word[:-1])

    def _is_compound(self, word: str) -> bool:
        for at in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
            if self._is_part(word[at:]):
                first = word[:at]
                if any(first.endswith(link) and self._is_part(first[: len(first) - len(link)]) for link in _LINKS):
                    return True
        return False

    def _is_part(self, word: str) -> bool:
        return len(word) >= _SHORTEST_PART and word in self.compounding and self._is_safe_word(word)


def languages() -> tuple[str, ...]:
    """The languages that have a list."""
    names = (item.name for item in _folder().iterdir())
    stems = {name.removesuffix(".json") for name in names if name.endswith(".json")}
    return tuple(sorted(stems - _ALWAYS - {_DOUBTFUL}))


def load_vocabulary(
    languages: Iterable[str] | None = None,
    extra: frozenset[str] = frozenset(),
    trusted: frozenset[str] = frozenset(),
) -> Vocabulary:
    """The curated lists of `languages` (None: of all), with words of the caller's.

    `extra` are folded words that a terminology or the collection vouches for: those of them that are names of people
    or places too are left out. `trusted` are folded words that a person has approved: they stay whatever they are.
    """
    return _load(None if languages is None else frozenset(languages), extra, trusted)


@cache
def _load(chosen: frozenset[str] | None, extra: frozenset[str], trusted: frozenset[str]) -> Vocabulary:
    files = {name: _read(name) for name in _chosen(chosen)}
    listed = files.values()
    doubtful = _read(_DOUBTFUL)
    return Vocabulary(
        words=Lists(file.words for file in listed),
        compounding=Lists(file.words for name, file in files.items() if name in _COMPOUNDING),
        extra=extra,
        trusted=trusted,
        ambiguous=_union(file.ambiguous for file in listed),
        disarmed=_union(file.disarmed for file in listed),
        eponyms=_union(file.eponyms for file in listed),
        titles=_union(file.titles for file in listed),
        places=_union(file.place_markers for file in listed),
        doubtful=Lists([doubtful.words]),
        surnames=Lists([doubtful.surnames]),
        phrases=_by_first_word(phrase for file in listed for phrase in file.phrases),
    )


def _chosen(chosen: frozenset[str] | None) -> list[str]:
    there = languages()
    return [*sorted(_ALWAYS), *(name for name in there if chosen is None or name in chosen)]


def _folder() -> Traversable:
    return resources.files("deidra.text") / "data"


@cache
def _read(name: str) -> _File:
    path = _folder() / f"{name}.json"
    return msgspec.json.decode(path.read_bytes(), type=_File) if path.is_file() else _File()


def _by_first_word(phrases: Iterable[str]) -> dict[str, list[list[str]]]:
    """First word -> the phrases that begin with it, as lists of words, the longest first."""
    found: dict[str, list[list[str]]] = {}
    for words in sorted((phrase.split() for phrase in phrases), key=len, reverse=True):
        found.setdefault(words[0], []).append(words)
    return found


def _union(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*sets)
