"""The two commands: the contract of their arguments, output and exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from score.conftest import Corpus

RATE = {"rate", "ci_low", "ci_high", "count", "total"}


def _deidra(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run((sys.executable, "-m", "deidra", *map(str, arguments)), capture_output=True, text=True)


def test_a_corpus_is_planted_and_scored_from_the_command_line(tmp_path: Path) -> None:
    done = _deidra("plant", tmp_path / "in", "--key", tmp_path / "key", "--subjects", "1", "--half", "held-out")
    assert done.returncode == 0, done.stderr
    assert "26 objects" in done.stdout
    done = _deidra("score", tmp_path / "in", "--key", tmp_path / "key")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    for word in ("identity-copy", "remove-everything", "carrier", "hardness", "0 without a verdict"):
        assert word in done.stdout


def test_the_json_has_the_shape_of_the_contract(corpus: Corpus) -> None:
    done = _deidra("score", corpus.folder, "--key", corpus.key_file, "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    for entry in (found, *found["carriers"].values(), *found["kinds"].values(), *found["hardness"].values(),
                  *found["baselines"].values()):  # fmt: skip
        for name in ("leak", "known_leak", "utility"):
            assert set(entry[name]) == RATE
    assert set(found["baselines"]) == {"identity-copy", "remove-everything"}
    assert found["checks"] == len(corpus.key.truths)
    assert found["unscored"] == 0


@pytest.mark.parametrize("damage", ["cut", "gone", "other"])
def test_a_key_that_cannot_be_used_ends_with_2_and_one_line(corpus: Corpus, tmp_path: Path, damage: str) -> None:
    key = tmp_path / "key"
    if damage == "cut":
        key.write_bytes(corpus.key_file.read_bytes()[:5000])
    if damage == "other":
        key.write_bytes(corpus.key_file.read_bytes())
    out = tmp_path / "out" if damage == "other" else corpus.folder
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "file").write_text("nothing that was planted")
    done = _deidra("score", out, "--key", key, "--json")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("deidra: key-")
    assert done.stderr.count("\n") == 1


def test_a_map_without_its_columns_is_refused(corpus: Corpus, tmp_path: Path) -> None:
    (tmp_path / "map.csv").write_text("old;new\n1;2\n")
    done = _deidra("score", corpus.folder, "--key", corpus.key_file, "--uids", tmp_path / "map.csv")
    assert done.returncode == 2
    assert "map-invalid" in done.stderr
