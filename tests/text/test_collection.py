"""Words that a collection vouches for."""

from __future__ import annotations

import pytest

from deidra.errors import UsageError
from deidra.model import Term
from deidra.text.collection import collection_words, unknown_words
from deidra.text.known import compile_known
from deidra.text.recognisers import load_recognisers
from deidra.text.vocabulary import load_vocabulary

WORDS = load_vocabulary()


Seen = dict[str, set[tuple[int, str]]]


def learnt(sightings: Seen, k: int = 3, fewest_sites: int = 2) -> frozenset[str]:
    known = compile_known([Term("name", "Quuxberg^Anna")])
    counts = {word: len({subject for subject, _ in where}) for word, where in sightings.items()}
    sites = {word: {site for _, site in where} for word, where in sightings.items()}
    return collection_words(counts, k, [known.holds], sites=sites, vocabulary=WORDS, fewest_sites=fewest_sites)


def seen() -> Seen:
    sightings: Seen = {}
    for subject in range(6):
        site = "north" if subject % 2 else "south"
        for text in (f"FROBNIX axial Quuxberg only{'n' * subject}", "Readermann" if site == "north" else "axial"):
            for word in unknown_words(text, WORDS):
                sightings.setdefault(word, set()).add((subject, site))
    return sightings


def test_a_word_of_many_subjects_at_two_sites_is_learnt() -> None:
    assert "frobnix" in learnt(seen())


def test_a_word_of_one_site_is_not_learnt_however_many_subjects_share_it() -> None:
    assert "readermann" not in learnt(seen())
    assert "readermann" in learnt(seen(), fewest_sites=1)


def test_known_terms_of_any_subject_are_never_learnt() -> None:
    assert "quuxberg" not in learnt(seen(), fewest_sites=1)


def test_words_of_few_subjects_and_ambiguous_words_are_not_learnt() -> None:
    found = learnt(seen())
    assert not any(word.startswith("only") for word in found)
    assert "head" not in found
    assert learnt(seen(), k=7) == frozenset()


def test_learnt_words_are_safe_words_of_a_vocabulary() -> None:
    assert load_vocabulary(extra=learnt(seen())).is_safe("frobnix")
    assert not WORDS.is_safe("frobnix")


def test_a_recogniser_that_is_not_installed_is_a_mistake_of_the_user() -> None:
    with pytest.raises(UsageError, match="unknown-recogniser"):
        load_recognisers(["nobody"])
