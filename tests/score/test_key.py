"""Keys as files: whole or refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deidra.errors import UsageError
from deidra.score.key import is_database, read_key, write_key

if TYPE_CHECKING:
    from pathlib import Path

    from score.conftest import Corpus


def _code(path: Path) -> str:
    with pytest.raises(UsageError) as refused:
        read_key(path)
    return refused.value.code


def test_a_key_is_read_back_as_written_and_written_the_same(corpus: Corpus, tmp_path: Path) -> None:
    write_key(tmp_path / "again", corpus.key)
    assert read_key(tmp_path / "again") == corpus.key
    assert (tmp_path / "again").read_bytes() == corpus.key_file.read_bytes()
    assert not is_database(corpus.key_file)


@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 0.5, 0.9, 0.9999])
def test_a_truncated_key_is_refused_wherever_it_was_cut(corpus: Corpus, tmp_path: Path, share: float) -> None:
    data = corpus.key_file.read_bytes()
    (tmp_path / "cut").write_bytes(data[: int(len(data) * share)])
    assert _code(tmp_path / "cut") in {"key-truncated", "key-invalid"}


def test_a_key_cut_at_the_end_of_a_line_is_refused(corpus: Corpus, tmp_path: Path) -> None:
    lines = corpus.key_file.read_bytes().splitlines(keepends=True)
    for left in (1, 2, len(lines) - 1):
        (tmp_path / "cut").write_bytes(b"".join(lines[:left]))
        assert _code(tmp_path / "cut") == "key-truncated"


def test_a_key_with_a_truth_less_or_another_word_is_refused(corpus: Corpus, tmp_path: Path) -> None:
    lines = corpus.key_file.read_bytes().splitlines(keepends=True)
    (tmp_path / "less").write_bytes(b"".join(lines[:200] + lines[201:]))
    assert _code(tmp_path / "less") == "key-truncated"
    (tmp_path / "other").write_bytes(corpus.key_file.read_bytes().replace(b'"must":"remove"', b'"must":"shift" ', 1))
    assert _code(tmp_path / "other") == "key-invalid"


@pytest.mark.parametrize("content", [b"{}\n", b"\xff\xfe\n", b"[1]\n", b'{"head":{"format":"x"}}\n', b"\n"])
def test_what_is_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "no").write_bytes(content)
    assert _code(tmp_path / "no") == "key-invalid"


def test_a_missing_key_is_refused(tmp_path: Path) -> None:
    assert _code(tmp_path / "nowhere") == "key-missing"
