"""Words that a collection itself vouches for: many subjects at more than one place share them.

It is k-anonymity for words. A word that recurs because one site, street or reader recurs is seen at one place only,
and a name that many share is still a name: neither is learnt.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping

from deidra.text.folding import folded
from deidra.text.vocabulary import Standing, Vocabulary

_WORD = re.compile(r"[^\W\d_]+")
_SHORTEST = 3  # letters: shorter ones are initials
_FEWEST_SITES = 2


class Sightings:
    """In which subjects and at which sites each word was seen. Sensitive: holds words of originals.

    `subject` and `site` are opaque keys; no more of them is kept for a word than are needed to learn it.
    """

    def __init__(self, vocabulary: Vocabulary, k: int) -> None:
        self._vocabulary = vocabulary
        self._k = k
        self._subjects: dict[str, set[str]] = {}
        self._sites: dict[str, set[str]] = {}

    def __repr__(self) -> str:
        return f"Sightings(words={len(self._subjects)})"

    def add(self, text: str, subject: str, site: str) -> None:
        """Count the words of `text` that the vocabulary does not know, once for the subject."""
        for word in {folded(found) for found in _WORD.findall(text)}:
            if len(word) < _SHORTEST or self._vocabulary.standing(word) != Standing.UNKNOWN:
                continue
            subjects = self._subjects.setdefault(word, set())
            if len(subjects) < self._k:
                subjects.add(subject)
            sites = self._sites.setdefault(word, set())
            if len(sites) < _FEWEST_SITES:
                sites.add(site)

    def counts(self) -> dict[str, int]:
        """Word -> number of subjects, up to k."""
        return {word: len(subjects) for word, subjects in self._subjects.items()}

    def sites(self) -> dict[str, frozenset[str]]:
        """Word -> sites, up to two."""
        return {word: frozenset(sites) for word, sites in self._sites.items()}


def collection_words(
    counts: Mapping[str, int],
    k: int,
    excluded: Iterable[Callable[[str], bool]],
    *,
    sites: Mapping[str, Collection[str]],
    vocabulary: Vocabulary,
    fewest_sites: int = _FEWEST_SITES,
) -> frozenset[str]:
    """Folded words to take as safe in this collection.

    `counts`: word -> subjects it was seen in; `sites`: word -> places it was seen at (institution, or station where
    that is all there is); `excluded`: for every subject of the collection what says that a word is one of its known
    terms (`Known.holds`). A collection of one site learns nothing unless `fewest_sites` is lowered to 1.
    """
    tests = tuple(excluded)
    return frozenset(
        word
        for word, subjects in counts.items()
        if subjects >= k
        and len(word) >= _SHORTEST
        and len(set(sites.get(word, ()))) >= fewest_sites
        and vocabulary.standing(word) == Standing.UNKNOWN
        and word not in vocabulary.doubtful
        and word not in vocabulary.eponyms
        and not any(holds(word) for holds in tests)
    )
