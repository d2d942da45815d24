"""Words that the texts of a collection share: safe to keep when many subjects at several sites have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deidra.text.collection import collection_words
from deidra.text.known import compile_known
from deidra.workspace import inputs

if TYPE_CHECKING:
    import sqlite3

    from deidra.text.vocabulary import Vocabulary


def shared_words(ledger: sqlite3.Connection, vocabulary: Vocabulary, fewest_subjects: int) -> frozenset[str]:
    """Folded words seen in the texts of at least `fewest_subjects` subjects, at two sites; no known name is learnt."""
    if not fewest_subjects:
        return frozenset()
    counts, sites = inputs.words_of_many(ledger, fewest_subjects)
    if not counts:
        return frozenset()
    known = compile_known(inputs.names_and_places(ledger))
    return collection_words(counts, fewest_subjects, [known.holds], sites=sites, vocabulary=vocabulary)
