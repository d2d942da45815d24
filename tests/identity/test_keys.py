"""The key of a workspace."""

from __future__ import annotations

import multiprocessing
import os
import stat
from typing import TYPE_CHECKING

import pytest

from deidra.errors import WorkspaceError
from deidra.identity import keys
from deidra.identity.keys import derive, key_path, load_or_create_key

if TYPE_CHECKING:
    from pathlib import Path

posix = pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")


def test_the_key_is_made_once_and_read_ever_after(tmp_path: Path) -> None:
    first = load_or_create_key(tmp_path)
    assert len(first) == 32
    assert load_or_create_key(tmp_path) == first
    assert [file.name for file in key_path(tmp_path).parent.iterdir()] == ["key"]


def test_two_workspaces_have_different_keys(tmp_path: Path) -> None:
    assert load_or_create_key(tmp_path / "a") != load_or_create_key(tmp_path / "b")


@posix
def test_only_the_owner_can_read_the_key_whatever_the_umask(tmp_path: Path) -> None:
    earlier = os.umask(0)
    try:
        load_or_create_key(tmp_path)
    finally:
        os.umask(earlier)
    assert stat.S_IMODE(key_path(tmp_path).stat().st_mode) == 0o600
    assert stat.S_IMODE(key_path(tmp_path).parent.stat().st_mode) == 0o700


def test_processes_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    with context.Pool(4) as pool:
        found = pool.map(load_or_create_key, [tmp_path] * 16, chunksize=1)
    assert len(set(found)) == 1


def test_a_file_system_without_hard_links_gets_a_key_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)
    assert load_or_create_key(tmp_path) == load_or_create_key(tmp_path)


@posix
def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    load_or_create_key(tmp_path)
    key_path(tmp_path).chmod(0o640)
    with pytest.raises(WorkspaceError, match="key-exposed"):
        load_or_create_key(tmp_path)


@posix
def test_a_link_in_place_of_the_key_is_not_followed(tmp_path: Path) -> None:
    load_or_create_key(tmp_path / "real")
    folder = key_path(tmp_path / "fake").parent
    folder.mkdir(parents=True)
    key_path(tmp_path / "fake").symlink_to(key_path(tmp_path / "real"))
    with pytest.raises(WorkspaceError, match="key-unreadable"):
        load_or_create_key(tmp_path / "fake")


@pytest.mark.parametrize("damage", [b"", b"deidra-key-v1:", b"x" * 79, b"deidra-key-v1:" + b"g" * 64 + b"\n"])
def test_a_damaged_key_is_refused_without_printing_it(
    tmp_path: Path, damage: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "_WAIT_SECONDS", 0.05)
    load_or_create_key(tmp_path)
    key_path(tmp_path).write_bytes(damage)
    with pytest.raises(WorkspaceError, match="key-damaged") as error:
        load_or_create_key(tmp_path)
    assert "ggg" not in str(error.value)


def test_derived_keys_follow_rfc_5869_and_differ_by_purpose() -> None:
    import hmac

    master = bytes(range(32))
    extracted = hmac.digest(bytes(32), master, "sha256")
    assert derive(master, "uid") == hmac.digest(extracted, b"deidra/1/uid\x01", "sha256")
    assert len({derive(master, purpose) for purpose in ("uid", "subject", "date-shift")}) == 3
