"""One planted corpus for all tests of the room: a patient with two studies, 26 objects of 19 kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from deidra.score.corpus import plant_corpus
from deidra.score.key import read_key
from score.reference import reference_answer

if TYPE_CHECKING:
    from pathlib import Path

    from deidra.score.truth import Key


class Corpus(NamedTuple):
    folder: Path
    key_file: Path
    key: Key


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """Planted objects and their key."""
    root = tmp_path_factory.mktemp("planted")
    plant_corpus([], root / "in", root / "key", seed=3, half="tune", format_="deidra", subjects=1)
    return Corpus(root / "in", root / "key", read_key(root / "key"))


@pytest.fixture(scope="session")
def answer(corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a perfect tool makes of it; only to be read."""
    out = tmp_path_factory.mktemp("answer")
    reference_answer(corpus.folder, corpus.key, out)
    return out
