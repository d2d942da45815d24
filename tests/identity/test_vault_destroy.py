"""After `destroy` there is no way back, and that can be shown."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest

from deidra.errors import VaultError
from deidra.identity.vault import opening, store
from deidra.identity.vault.destroy import destroy, discard_key
from deidra.run.keeper import keeper
from deidra.run.vault_admin import info, log_of
from identity.vaults import fill, look, make

if TYPE_CHECKING:
    from pathlib import Path


def test_no_key_is_left_anywhere_and_nothing_can_be_looked_up(tmp_path: Path, address: str) -> None:
    make(tmp_path, address)
    fill(tmp_path)
    key = (tmp_path / "identity" / "vault.key").read_bytes()
    with opening.opened(tmp_path) as vault:
        keys = [vault.data_key, vault.project.master, vault.project.settings.root, vault.project.settings.record_key]
        wrapped = opening.wrapping_of(vault.store)[2]
    proof = destroy(tmp_path, reason="end of the study")
    assert proof.whole
    (tmp_path / "copy.key").write_bytes(key)
    (tmp_path / "copy.key").chmod(0o600)
    for unlock in ("", f"file:{tmp_path / 'copy.key'}"):
        with pytest.raises(VaultError, match="vault-destroyed"):
            look(tmp_path, "P7", unlock)
    with pytest.raises(VaultError, match="vault-destroyed"):
        keeper(tmp_path)
    (tmp_path / "copy.key").unlink()
    left = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    for secret in (*keys, wrapped, key.strip()):
        assert secret not in left
        assert secret.hex().encode() not in left
    assert proof.log_hash == info(tmp_path).log_hash == log_of(tmp_path)[-1].hash.hex()
    assert [entry.action for entry in log_of(tmp_path)][-2:] == ["destroy-project", "destroy-vault"]
    assert log_of(tmp_path)[-1].reason == "end of the study"


def test_it_can_be_run_again_and_says_the_same(tmp_path: Path, address: str) -> None:
    make(tmp_path, address)
    fill(tmp_path)
    assert destroy(tmp_path).log_hash == destroy(tmp_path).log_hash


def test_the_log_of_a_destroyed_vault_takes_no_entry_and_shows_when_it_was_altered(tmp_path: Path) -> None:
    make(tmp_path)
    destroy(tmp_path)
    with contextlib.closing(store.open_store(str(tmp_path / "vault.sqlite"))) as vault:
        vault.write("UPDATE log SET who = 'nobody' WHERE seq = 1")
    with pytest.raises(VaultError, match="vault-log-tampered"):
        log_of(tmp_path)


def test_the_projects_of_others_stay_as_they_are(tmp_path: Path, address: str) -> None:
    unlock = f"file:{tmp_path / 'k'}"
    for project in ("alpha", "beta"):
        make(tmp_path / project, address, project=project, unlock=unlock)
        fill(tmp_path / project)
    assert not destroy(tmp_path / "alpha").whole
    assert look(tmp_path / "beta", "P7") is not None
    with pytest.raises(VaultError, match="project-missing"):
        look(tmp_path / "alpha", "P7")
    assert destroy(tmp_path / "beta").whole


def test_who_cannot_open_the_vault_cannot_destroy_it_by_this_command(tmp_path: Path) -> None:
    make(tmp_path)
    fill(tmp_path)
    with pytest.raises(VaultError, match="vault-locked"):
        destroy(tmp_path, unlock="command:printf " + "ab" * 32)
    assert look(tmp_path, "P7") is not None


def test_a_discarded_key_closes_the_project_for_good(tmp_path: Path, address: str) -> None:
    make(tmp_path, address, "random")
    before = keeper(tmp_path).master
    assert keeper(tmp_path).master == before  # a run that was stopped goes on with the same pseudonyms
    with opening.opened(tmp_path) as vault:
        root = vault.project.settings.root
        discard_key(vault)
    with pytest.raises(VaultError, match="project-closed"):
        keeper(tmp_path)
    with opening.opened(tmp_path) as vault:
        assert vault.project.settings.root == b""
    assert not any(root in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
