"""Words that may stay: curated lists by language, and words that the caller vouches for."""

# ruff: noqa: E501 - lists of words read better in long lines
from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

import msgspec

from deidra.text.folding import folded

_SHORTEST_PART = 4
# Languages that write compounds as one word; a compound of two safe words of theirs is safe
_COMPOUNDING = frozenset({"de", "nl", "sv", "da", "no", "fi"})
_LINKS = ("", "s", "es", "n", "en", "e")
# Sources that are no language: loaded whatever languages are asked for
_ALWAYS = frozenset({"jargon"})
_DOUBTFUL = "doubtful"

# Ambiguous words that descriptors cannot do without: a term of medicine or technique beside them disarms them. The
# other ambiguous words stay in the phrases of the lists only.
_DISARMED_BY_TERMS = frozenset(
    "doppler pons parkinson cobb kerley tia raynaud meg pia carina kelvin gleason ewing peak weeks buk "
    "head colon chin shin ring wall walls black white bright gray grey long short small little early fine sharp strong power case "
    "day cross key page peak read reader reading sample samples parent major minor iris ma max lo do male bile rod wing make best "
    "kopf lang lange kurz klein kleine kleiner gross grosse hart horn kiefer stark zahn krebs frei gas tong palm rana vita iva "
    "alt petit petite blanc noir gros grand grande rouge vert clair mano pies costa costas bianco nero rosso piccolo grosso alto basso "
    "preto branco verde blanco negro rojo velo mediano stor liten pieni suuri kara kis dlouhy kratky maly velky maly duzy".split()
)


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


class _File(msgspec.Struct, frozen=True):
    words: frozenset[str] = frozenset()
    ambiguous: frozenset[str] = frozenset()
    eponyms: frozenset[str] = frozenset()
    titles: frozenset[str] = frozenset()
    place_markers: frozenset[str] = frozenset()
    phrases: tuple[str, ...] = ()
    surnames: frozenset[str] = frozenset()


class Vocabulary(msgspec.Struct, frozen=True):
    """Folded words by what they are worth. Built once; shared by all cleaners."""

    words: frozenset[str]
    extra: frozenset[str]
    trusted: frozenset[str]
    ambiguous: frozenset[str]
    eponyms: frozenset[str]
    titles: frozenset[str]
    places: frozenset[str]
    doubtful: frozenset[str]
    surnames: frozenset[str]
    compound_parts: frozenset[str]
    phrases: frozenset[tuple[str, ...]]
    phrase_starts: frozenset[str]
    longest_phrase: int

    def __repr__(self) -> str:
        return f"Vocabulary(words={len(self.words)}, extra={len(self.extra)})"

    def standing(self, word: str) -> Standing:
        """What the folded `word` of two letters and more is worth."""
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

    def needs_term(self, word: str) -> bool:
        """Whether a term beside the ambiguous `word` is enough to keep it."""
        return word in _DISARMED_BY_TERMS

    def is_safe(self, word: str) -> bool:
        """Whether the folded `word` names nobody by itself; single letters do not count."""
        return len(word) > 1 and self.standing(word) in {Standing.STRONG, Standing.WEAK}

    def _is_plural(self, word: str) -> bool:
        return len(word) > _SHORTEST_PART + 1 and word.endswith("s") and word[:-1] in self.words

    def _is_compound(self, word: str) -> bool:
        parts = self.compound_parts
        for at in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
            if word[at:] not in parts:
                continue
            first = word[:at]
            if any(first.endswith(link) and first[: len(first) - len(link)] in parts for link in _LINKS):
                return True
        return False


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
    names = _chosen(chosen)
    files = {name: _read(name) for name in names}
    ambiguous = _union(file.ambiguous for file in files.values())
    titles = _union(file.titles for file in files.values())
    places = _union(file.place_markers for file in files.values())
    words = _union(file.words for file in files.values()) - ambiguous - titles - places
    phrases = frozenset(tuple(phrase.split()) for file in files.values() for phrase in file.phrases)
    compounding = _union(file.words for name, file in files.items() if name in _COMPOUNDING)
    return Vocabulary(
        words=words,
        extra=extra,
        trusted=trusted,
        ambiguous=ambiguous,
        eponyms=_union(file.eponyms for file in files.values()),
        titles=titles,
        places=places,
        doubtful=_read(_DOUBTFUL).words,
        surnames=_read(_DOUBTFUL).surnames,
        compound_parts=frozenset(word for word in compounding & words if len(word) >= _SHORTEST_PART),
        phrases=phrases,
        phrase_starts=frozenset(phrase[0] for phrase in phrases if phrase),
        longest_phrase=max(map(len, phrases), default=0),
    )


def _chosen(chosen: frozenset[str] | None) -> list[str]:
    there = languages()
    return [*sorted(_ALWAYS), *(name for name in there if chosen is None or name in chosen)]


def _folder() -> Traversable:
    return resources.files("deidra.text") / "data"


@cache
def _read(name: str) -> _File:
    path = _folder() / f"{name}.json"
    if not path.is_file():
        return _File()
    read = msgspec.json.decode(path.read_bytes(), type=_File)
    # A list may have been written before a letter was added to the folding
    return _File(
        words=frozenset(map(folded, read.words)),
        ambiguous=frozenset(map(folded, read.ambiguous)),
        eponyms=frozenset(map(folded, read.eponyms)),
        titles=frozenset(map(folded, read.titles)),
        place_markers=frozenset(map(folded, read.place_markers)),
        phrases=tuple(map(folded, read.phrases)),
        surnames=read.surnames,
    )


def _union(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*sets)
