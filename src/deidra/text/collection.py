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


def unknown_words(text: str, vocabulary: Vocabulary) -> frozenset[str]:
    """The folded words of `text` that the vocabulary does not know: what a collection may vouch for."""
    words = {folded(found) for found in _WORD.findall(text)}
    return frozenset(word for word in words if len(word) >= _SHORTEST and vocabulary.standing(word) == Standing.UNKNOWN)


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
