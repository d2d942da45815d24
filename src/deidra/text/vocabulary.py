"""Words that may stay: curated lists by language, and words that the caller vouches for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import IntEnum
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

import msgspec

from deidra.text.morphology import ENDINGS, SHORTEST_STEM, TOPONYMS, is_built_of_medicine, other_forms
from deidra.text.names import Names

BEGINNING = 2  # letters
_SHORTEST_PART = 4
_MOST_REMEMBERED, _LONGEST_REMEMBERED = 100_000, 64  # words, characters
# Languages that write compounds as one word; a compound of two safe words of theirs is safe
_COMPOUNDING = frozenset({"de", "nl", "sv", "da", "no", "fi"})
_LINKS = ("", "s", "es", "n", "en", "e")
# Sources that are no language: loaded whatever languages are asked for
_ALWAYS = frozenset({"jargon", "eponyms"})
_DOUBTFUL = "doubtful"


class Standing(IntEnum):
    """What a word is worth on its own."""

    STRONG = 0  # curated: a term that names nobody
    WEAK = 1  # vouched for by the caller's vocabulary alone
    TECHNICAL = 2  # a number, or letters and digits, in a shape that technique uses
    LETTER = 3
    NUMBER = 4  # up to four digits and nothing else
    COMMON = 5  # curated: a word of the language that is no term
    AMBIGUOUS = 6  # a useful word and a name
    EPONYM = 7
    TITLE = 8
    PLACE = 9
    UNKNOWN = 10
    LONG_NUMBER = 11


SAFE = frozenset({Standing.STRONG, Standing.WEAK, Standing.COMMON})


class Piece(msgspec.Struct):
    """A word or number of a longer run of letters and digits: offsets into it, and what it is worth."""

    start: int
    end: int
    text: str
    word: str  # folded
    standing: Standing
    is_name: bool = False  # also the name of a person or place
    is_word: bool = False  # whatever else it is, also a word of a language


class Chunk(msgspec.Struct, frozen=True):
    """A run of letters and digits, taken apart."""

    pieces: tuple[Piece, ...]
    worst: Standing


class _File(msgspec.Struct, frozen=True):
    """A list as it is packaged; long ones are one string of words for every beginning of two letters."""

    words: dict[str, str] = {}
    common: dict[str, str] = {}
    dictionary: dict[str, str] = {}
    ambiguous: frozenset[str] = frozenset()
    disarmed: frozenset[str] = frozenset()
    eponyms: frozenset[str] = frozenset()
    titles: frozenset[str] = frozenset()
    place_markers: frozenset[str] = frozenset()
    phrases: tuple[str, ...] = ()
    bearers: frozenset[str] = frozenset()
    heads: frozenset[str] = frozenset()
    leads: frozenset[str] = frozenset()
    defining: frozenset[str] = frozenset()
    doubtful: dict[str, str] = {}
    names: dict[str, str] = {}


class Lists:
    """Words of several lists, split into words where the first one of a beginning is asked for."""

    __slots__ = ("_lists", "_split", "_stems")

    def __init__(self, lists: Iterable[dict[str, str]]) -> None:
        self._lists = tuple(lists)
        self._split: dict[str, frozenset[str]] = {}
        self._stems: dict[str, frozenset[str]] = {}

    def __contains__(self, word: str) -> bool:
        beginning = word[:BEGINNING]
        if (split := self._split.get(beginning)) is None:
            split = self._split_beginning(beginning)
        return word in split

    def has_stem(self, stem: str) -> bool:
        """Whether any word begins with `stem`, of SHORTEST_STEM letters."""
        beginning = stem[:BEGINNING]
        if (stems := self._stems.get(beginning)) is None:
            split = self._split.get(beginning)
            words = self._split_beginning(beginning) if split is None else split
            stems = self._stems[beginning] = frozenset(word[:SHORTEST_STEM] for word in words)
        return stem in stems

    def _split_beginning(self, beginning: str) -> frozenset[str]:
        found = " ".join(listed[beginning] for listed in self._lists if beginning in listed)
        split = self._split[beginning] = frozenset(found.split())
        return split


class Vocabulary(msgspec.Struct, frozen=True, eq=False):
    """Folded words by what they are worth. Built once; shared by all cleaners."""

    words: Lists
    common: Lists
    dictionary: Lists  # words that nobody has looked at
    by_language: dict[str, Lists]
    compounding: Lists
    extra: frozenset[str]
    trusted: frozenset[str]
    ambiguous: frozenset[str]
    disarmed: frozenset[str]
    eponyms: frozenset[str]
    titles: frozenset[str]
    places: frozenset[str]
    doubtful: Lists
    names: Lists
    all_names: Names
    phrases: dict[str, list[list[str]]]
    # Names that terms are made with, and the nouns that make a term of them: behind the name, and in front of it
    bearers: frozenset[str]
    heads: frozenset[str]
    leads: frozenset[str]
    defining: frozenset[str]  # nouns that make a term of any word with a capital
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
        if word in self.common:
            return Standing.COMMON
        if word in self.extra and word not in self.doubtful:
            return Standing.WEAK
        if word in self.dictionary:
            return Standing.COMMON
        return self._made(word)

    def _made(self, word: str) -> Standing:
        """What a word is worth that no list holds, by how it is made."""
        if self._is_plural(word) or self._is_compound(word) or is_built_of_medicine(word, self._is_long_word):
            made = Standing.STRONG
        elif len(word) > SHORTEST_STEM and self._is_form(word):
            made = Standing.COMMON
        else:
            return Standing.UNKNOWN
        return Standing.UNKNOWN if word in self.all_names else made

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
        """Whether the folded `word` is a term or word that a list holds as it is; single letters do not count."""
        return self.is_known(word) and (self.is_word(word) or word in self.extra)

    def is_term(self, word: str) -> bool:
        """Whether the folded `word` is a curated term and nobody's name."""
        named = word in self.names or word in self.all_names
        return len(word) > 1 and not named and word in self.words and self.standing(word) == Standing.STRONG

    def is_known(self, word: str) -> bool:
        """Whether the folded `word` is a term or a word of a language; single letters do not count."""
        return len(word) > 1 and self.standing(word) in SAFE

    def is_word(self, word: str) -> bool:
        """Whether the folded `word` is a word of any language, whatever it is in another."""
        return word in self.words or word in self.common

    def _is_long_word(self, word: str) -> bool:
        return len(word) >= _SHORTEST_PART and word in self.words and self._is_safe_word(word)

    def _is_form(self, word: str) -> bool:
        """Whether a list of one language holds another form of `word`."""
        return any(
            listed.has_stem(word[:SHORTEST_STEM])
            and any(form in listed and self._is_safe_word(form) for form in other_forms(word, language))
            for language, listed in self.by_language.items()
        )

    def _is_safe_word(self, word: str) -> bool:
        return not (word in self.ambiguous or word in self.titles or word in self.places)

    def _is_plural(self, word: str) -> bool:
        single = word[:-1]
        return (
            len(single) > _SHORTEST_PART and word.endswith("s") and single in self.words and self._is_safe_word(single)
        )

    def _is_compound(self, word: str) -> bool:
        for at in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
            if self._is_part(word[at:]):
                first = word[:at]
                if any(first.endswith(link) and self._is_part(first[: len(first) - len(link)]) for link in _LINKS):
                    return True
        return False

    def _is_part(self, word: str) -> bool:
        return (
            len(word) >= _SHORTEST_PART
            and word in self.compounding
            and self._is_safe_word(word)
            and not word.endswith(TOPONYMS)
        )


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
        common=Lists(file.common for file in listed),
        dictionary=Lists(file.dictionary for file in listed),
        by_language={name: Lists([file.words, file.common]) for name, file in files.items() if name in ENDINGS},
        compounding=Lists(file.words for name, file in files.items() if name in _COMPOUNDING),
        extra=extra,
        trusted=trusted,
        ambiguous=_union(file.ambiguous for file in listed),
        disarmed=_union(file.disarmed for file in listed),
        eponyms=_union(file.eponyms for file in listed),
        titles=_union(file.titles for file in listed),
        places=_union(file.place_markers for file in listed),
        doubtful=Lists([doubtful.doubtful]),
        names=Lists([doubtful.names]),
        all_names=Names((_folder() / "names.bloom").read_bytes()),
        phrases=_by_first_word(phrase for file in listed for phrase in file.phrases),
        bearers=_union(file.bearers for file in listed),
        heads=_union(file.heads for file in listed),
        leads=_union(file.leads for file in listed),
        defining=_union(file.defining for file in listed),
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
