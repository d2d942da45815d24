"""The vault keeps what it is given, for those who can open it and for nobody else."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
from typing import TYPE_CHECKING

import msgspec
import pytest

from deidra.errors import DeidraError, VaultError, WorkspaceError
from deidra.identity.keys import key_path, load_or_create_key
from deidra.identity.pseudonyms import identity, subject_key
from deidra.identity.vault import crosswalk, opening, projects, store
from deidra.identity.vault.crosswalk import Pair
from deidra.identity.vault.projects import new_settings
from deidra.identity.vault.transfer import read_project_key, write_project_key
from deidra.identity.vault.unlock import obtain
from deidra.run.keeper import record
from identity.vaults import NEEDLE, PAIRS, SECRETS, fill, look, make

if TYPE_CHECKING:
    from pathlib import Path


def test_everything_recorded_comes_back_and_nothing_of_it_can_be_read(tmp_path: Path, address: str) -> None:
    make(tmp_path / "w", address)
    fill(tmp_path / "w")
    assert [look(tmp_path / "w", pair.new) for pair in PAIRS] == list(PAIRS)
    assert look(tmp_path / "w", "2.25.4") is None
    with contextlib.closing(store.open_store(address)) as found:
        tables = ("vault", "wrapping", "projects", "crosswalk", "log", "log_head")
        content = repr([found.rows(f"SELECT * FROM {table}") for table in tables])  # noqa: S608 - constants
    for file in tmp_path.rglob("*"):
        content += file.read_bytes().decode("latin-1") if file.is_file() else ""
    assert not any(secret in content for secret in (*SECRETS, "2.25.1'", "'P7"))


def test_what_is_recorded_again_changes_nothing_and_what_contradicts_is_refused_whole(
    tmp_path: Path, address: str
) -> None:
    make(tmp_path, address)
    fill(tmp_path)
    with opening.opened(tmp_path) as vault:
        assert record(vault, iter(PAIRS)) == 0
        new = Pair("instance", "1.2.999.4711.9", "2.25.9")
        for wrong in (Pair("instance", "1.2.999.4711.3", "2.25.77"), Pair("instance", "1.2.999.4711.77", "2.25.3")):
            with pytest.raises(VaultError, match="vault-conflict"):
                record(vault, iter((new, wrong)))
        with pytest.raises(VaultError, match="vault-conflict"):
            record(vault, iter((new, Pair("instance", "1.2.999.4711.8", "2.25.9"))))
    assert look(tmp_path, "2.25.9") is None


def test_the_date_shift_on_record_is_the_one_last_used(tmp_path: Path, address: str) -> None:
    make(tmp_path, address)
    with opening.opened(tmp_path) as vault:
        for shift in (0, -30, -90):
            record(vault, iter((msgspec.structs.replace(PAIRS[0], shift_days=shift),)))
    found = look(tmp_path, "P7")
    assert found is not None
    assert found.shift_days == -90


@pytest.mark.parametrize("kind", ["file", "env", "command", "passphrase"])
def test_each_way_opens_what_it_made_and_no_other_key_does(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = tmp_path / "elsewhere.key"
    ways = {
        "file": f"file:{key}",
        "env": "env:MY_KEY",
        "command": "command:printf 'AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA='",
        "passphrase": "passphrase",
    }
    monkeypatch.setenv("MY_KEY", "ab" * 32)
    monkeypatch.setenv("DEIDRA_VAULT_PASSPHRASE", "correct horse battery")
    make(tmp_path / "w", unlock=ways[kind])
    fill(tmp_path / "w", unlock=ways[kind])
    assert look(tmp_path / "w", "P7", ways[kind]) == PAIRS[0]
    before = (tmp_path / "w" / "vault.sqlite").read_bytes()
    monkeypatch.setenv("MY_KEY", "cd" * 32)
    monkeypatch.setenv("DEIDRA_VAULT_PASSPHRASE", "correct horse batterz")
    for wrong in ("passphrase", "env:MY_KEY", "command:printf " + "ef" * 32):
        with pytest.raises(VaultError, match="vault-locked") as refused:
            look(tmp_path / "w", "P7", wrong)
        assert not any(secret in str(refused.value) for secret in ("horse", "ef" * 4, "cd" * 4))
    assert (tmp_path / "w" / "vault.sqlite").read_bytes() == before


@pytest.mark.parametrize(
    ("spec", "code"),
    [
        ("env:NOT_SET", "vault-locked"),
        ("env:SHORT", "vault-key-unusable"),
        ("command:false", "vault-unlock-command"),
        ("command:no-such-command-NEEDLE4711", "vault-unlock-command"),
        ("command:printf NEEDLE4711", "vault-key-unusable"),
        ("passphrase", "vault-locked"),
        ("file:missing", "key-unreadable"),
        ("NEEDLE4711", "vault-unlock-unknown"),
        ("file:exposed", "key-exposed"),
        ("file:garbage", "vault-key-unusable"),
    ],
)
def test_what_cannot_open_a_vault_is_refused_without_repeating_it(
    spec: str, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SHORT", NEEDLE)
    (tmp_path / "exposed").write_text("ab" * 32)
    (tmp_path / "garbage").write_text(NEEDLE)
    (tmp_path / "garbage").chmod(0o600)
    with pytest.raises(DeidraError, match=code) as refused:
        obtain(spec)
    assert NEEDLE not in str(refused.value)


def test_a_short_passphrase_is_refused_before_anything_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEIDRA_VAULT_PASSPHRASE", "short")
    with pytest.raises(VaultError, match="vault-passphrase"):
        make(tmp_path, unlock="passphrase")
    assert not (tmp_path / "vault.sqlite").exists()


def test_after_rotation_the_old_key_opens_nothing_and_is_not_in_the_file(tmp_path: Path, address: str) -> None:
    make(tmp_path, address)
    fill(tmp_path)
    old = (tmp_path / "identity" / "vault.key").read_text()
    with contextlib.closing(store.open_store(address)) as found:
        wrapped = opening.wrapping_of(found)[2]
    opening.rotate(tmp_path)
    assert look(tmp_path, "P7") == PAIRS[0]
    (tmp_path / "old.key").write_text(old)
    (tmp_path / "old.key").chmod(0o600)
    with pytest.raises(VaultError, match="vault-locked"):
        look(tmp_path, "P7", f"file:{tmp_path / 'old.key'}")
    assert not any(wrapped in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    opening.rotate(tmp_path, new_unlock=f"file:{tmp_path / 'another.key'}")
    assert look(tmp_path, "P7") == PAIRS[0]
    assert not (tmp_path / "identity" / "vault.key").exists()
    with pytest.raises(VaultError, match="vault-unlock-same"):
        opening.rotate(tmp_path, new_unlock=f"file:{tmp_path / 'another.key'}")


def test_one_passphrase_can_follow_another_without_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEIDRA_VAULT_PASSPHRASE", "correct horse battery")
    make(tmp_path, unlock="passphrase")
    monkeypatch.setenv("DEIDRA_VAULT_NEW_PASSPHRASE", "staple staple staple")
    opening.rotate(tmp_path, new_unlock="passphrase")
    with pytest.raises(VaultError, match="vault-locked"):
        look(tmp_path, "P7")
    monkeypatch.setenv("DEIDRA_VAULT_PASSPHRASE", "staple staple staple")
    assert look(tmp_path, "P7") is None


def test_a_rotation_that_was_killed_halfway_is_finished_by_whoever_opens_the_vault_next(tmp_path: Path) -> None:
    make(tmp_path)
    fill(tmp_path)
    key = tmp_path / "identity" / "vault.key"
    old = key.read_bytes()
    opening.rotate(tmp_path)
    key.rename(key.with_name("vault.key.next"))  # killed after the vault was changed, before the file was named
    key.write_bytes(old)
    key.chmod(0o600)
    assert look(tmp_path, "P7") == PAIRS[0]
    assert key.read_bytes() != old
    assert not key.with_name("vault.key.next").exists()


def test_files_are_their_owners_alone_and_a_vault_that_others_can_read_is_refused(tmp_path: Path) -> None:
    earlier = os.umask(0)
    try:
        make(tmp_path / "w")
        fill(tmp_path / "w")
    finally:
        os.umask(earlier)
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "w").rglob("*") if file.is_file()}
    assert modes == {"vault.sqlite": 0o600, "vault.json": 0o600, "vault.key": 0o600}
    (tmp_path / "w" / "vault.sqlite").chmod(0o644)
    with pytest.raises(VaultError, match="vault-exposed"):
        look(tmp_path / "w", "P7")


def test_the_key_that_a_workspace_had_moves_into_the_vault_and_gives_the_same_answers(
    tmp_path: Path, address: str
) -> None:
    key = load_or_create_key(tmp_path)
    make(tmp_path, address)
    assert not key_path(tmp_path).exists()
    with opening.opened(tmp_path) as vault:
        assert vault.project.master == key
    with pytest.raises(WorkspaceError, match="key-in-vault"):
        load_or_create_key(tmp_path)
    key_path(tmp_path).write_text(f"deidra-key-v1:{'ab' * 32}\n")
    key_path(tmp_path).chmod(0o600)
    with pytest.raises(WorkspaceError, match="key-conflict"):
        look(tmp_path, "P7")


def test_one_person_in_two_projects_of_a_vault_has_nothing_in_common(tmp_path: Path, address: str) -> None:
    found = []
    for project in ("alpha", "beta"):
        make(tmp_path / project, address, project=project, unlock=f"file:{tmp_path / 'k'}")
        with opening.opened(tmp_path / project) as vault:
            who = identity(vault.project.master, shift_range_days=(1, 10**9))
            found.append((who.uid("1.2.3"), *msgspec.structs.astuple(who.subject("id\x1f1\x1f"))))
            record(vault, iter(PAIRS))
            ids = vault.store.rows("SELECT by_new, by_old, sealed FROM crosswalk WHERE project = ?", vault.project.id)
            found[-1] += tuple(bytes(cell) for row in ids for cell in row)
    assert not set(found[0]) & set(found[1])
    settings = new_settings("keyed", crosswalk=False)
    first, second = (projects.Project(1, name, "v", settings).master for name in ("alpha", "beta"))
    assert first != second  # even one root key under two names


def test_a_project_that_has_another_scheme_or_another_key_cannot_be_joined(tmp_path: Path, address: str) -> None:
    unlock = f"file:{tmp_path / 'k'}"
    make(tmp_path / "a", address, unlock=unlock)
    with pytest.raises(VaultError, match="vault-settings"):
        make(tmp_path / "b", address, "sequential", unlock=unlock)
    load_or_create_key(tmp_path / "b")
    with pytest.raises(WorkspaceError, match="key-conflict"):
        make(tmp_path / "b", address, unlock=unlock)
    assert key_path(tmp_path / "b").exists()
    make(tmp_path / "c", address, unlock=unlock)
    fill(tmp_path / "a")
    assert look(tmp_path / "c", "P7") == PAIRS[0]
    with pytest.raises(VaultError, match="vault-exists"):
        make(tmp_path / "c", address, unlock=unlock)


def test_two_sites_with_one_project_key_give_the_same_answers(tmp_path: Path) -> None:
    masters = []
    make(tmp_path / "a", project="trial-7")
    with opening.opened(tmp_path / "a") as vault:
        write_project_key(tmp_path / "project.key", vault.project)
        masters.append(vault.project.master)
    name, settings = read_project_key(tmp_path / "project.key", crosswalk=False)
    (tmp_path / "b").mkdir()
    opening.create(tmp_path / "b", project=name, settings=settings, joins=False)
    with opening.opened(tmp_path / "b") as vault:
        masters.append(vault.project.master)
    assert masters[0] == masters[1]
    (tmp_path / "project.key").write_text("{}")
    with pytest.raises(VaultError, match="project-key-unusable"):
        read_project_key(tmp_path / "project.key", crosswalk=False)


def test_no_repr_shows_a_key_or_an_original(tmp_path: Path) -> None:
    make(tmp_path)
    secret = obtain(f"file:{tmp_path / 'identity' / 'vault.key'}")
    with opening.opened(tmp_path) as vault:
        shown = repr((secret, vault, vault.project, vault.project.settings, PAIRS))
        keys = (secret.value, vault.data_key, vault.project.master, vault.project.settings.record_key)
    assert not any(text in shown for key in keys for text in (key.hex()[:12], repr(key)[2:12]))
    assert not any(text in shown for text in SECRETS)


@pytest.mark.parametrize("address", ["postgresql://u:NEEDLE4711@h/d", "postgresql://h/d?password=NEEDLE4711"])
def test_a_password_in_an_address_is_refused(address: str, tmp_path: Path) -> None:
    with pytest.raises(VaultError, match="vault-address") as refused:
        make(tmp_path, address)
    assert NEEDLE not in str(refused.value)


def test_a_server_that_is_not_there_is_an_error_without_the_address(tmp_path: Path) -> None:
    with pytest.raises(VaultError, match="vault-unusable") as refused:
        make(tmp_path, "postgresql:///NEEDLE4711?host=/nowhere/NEEDLE4711")
    assert NEEDLE not in str(refused.value)


def test_a_vault_is_not_made_twice_nor_over_another_file(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("something else")
    (tmp_path / "other").chmod(0o600)
    with pytest.raises(VaultError, match="vault-damaged"):
        make(tmp_path / "w", str(tmp_path / "other"), unlock=f"file:{_key(tmp_path)}")
    assert (tmp_path / "other").read_text() == "something else"


def _key(folder: Path) -> Path:
    (folder / "k").write_text("ab" * 32)
    (folder / "k").chmod(0o600)
    return folder / "k"


def test_subjects_are_found_by_their_key_whatever_their_number(tmp_path: Path) -> None:
    make(tmp_path)
    pairs = [Pair("subject", subject_key(str(n), "", "", "", ""), f"P{n}") for n in range(1200)]
    with opening.opened(tmp_path) as vault:
        record(vault, iter(pairs))
        found = crosswalk.subjects_of(vault.store, vault.project, [pair.old for pair in pairs] + ["id\x1fx\x1f"])
        assert found == {pair.old: pair.new for pair in pairs}
        assert sorted(crosswalk.pairs(vault.store, vault.project), key=lambda pair: pair.new) == sorted(
            pairs, key=lambda pair: pair.new
        )


def test_an_sqlite_vault_is_readable_by_sqlite_itself(tmp_path: Path) -> None:
    make(tmp_path)
    with contextlib.closing(sqlite3.connect(tmp_path / "vault.sqlite")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
