"""What was altered, cut, put back or mixed up is noticed; the answer is a refusal, never a wrong answer."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from deidra.errors import DeidraError, VaultError
from deidra.identity.vault import access_log, opening, store
from deidra.run.keeper import record
from deidra.run.vault_admin import accept_clock, check, log_of
from identity.vaults import PAIRS, SECRETS, fill, look, make

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def alter(address: str, *statements: str) -> None:
    """What somebody with the file, but without a key, can do."""
    with contextlib.closing(store.open_store(address)) as found:
        for statement in statements:
            found.write(statement)


SWAP = (
    "UPDATE crosswalk SET sealed = (SELECT b.sealed FROM crosswalk b WHERE b.by_new != crosswalk.by_new "
    "ORDER BY b.by_new LIMIT 1)"
)


@pytest.mark.parametrize(
    "statement",
    [
        SWAP,
        "UPDATE crosswalk SET by_old = (SELECT hash FROM log_head) WHERE by_new = (SELECT min(by_new) FROM crosswalk)",
        "DELETE FROM crosswalk WHERE by_new = (SELECT max(by_new) FROM crosswalk)",
        "UPDATE crosswalk SET sealed = (SELECT hash FROM log_head)",
        "UPDATE projects SET tally = sealed",
        "UPDATE projects SET sealed = tally",
        "UPDATE projects SET id = 2",
        "UPDATE wrapping SET sealed = (SELECT tally FROM projects)",
        'UPDATE wrapping SET parameters = \'{"salt": "00"}\'',
        "UPDATE wrapping SET kind = 'passphrase'",
        "UPDATE vault SET value = 'x' WHERE name = 'id'",
        "UPDATE vault SET value = '2' WHERE name = 'schema'",
        "DELETE FROM log_head",
        "DELETE FROM projects",
    ],
)
def test_an_altered_row_is_refused(statement: str, tmp_path: Path, address: str) -> None:
    make(tmp_path, address)
    fill(tmp_path)
    alter(address, statement.replace("min(by_new)", "by_new").replace("max(by_new)", "by_new").replace(
        "by_new FROM crosswalk)", "by_new FROM crosswalk ORDER BY by_new LIMIT 1)"))  # fmt: skip
    with pytest.raises(DeidraError) as refused:
        check(tmp_path)
    assert not any(secret in str(refused.value) for secret in SECRETS)


def test_a_record_that_was_taken_away_does_not_pass_for_one_that_never_was(tmp_path: Path, address: str) -> None:
    make(tmp_path, address)
    fill(tmp_path)
    alter(address, "DELETE FROM crosswalk")
    with pytest.raises(VaultError, match="vault-tampered"):
        look(tmp_path, "P7")


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.5, 0.8, 0.99])
def test_a_truncated_vault_is_refused(share: float, tmp_path: Path) -> None:
    make(tmp_path)
    fill(tmp_path)
    file = tmp_path / "vault.sqlite"
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(VaultError, match=r"vault-(damaged|unusable)"):
        check(tmp_path)
    with pytest.raises(VaultError):
        look(tmp_path, "P7")


def test_flipped_bytes_are_refused_or_harmless(tmp_path: Path) -> None:
    make(tmp_path)
    fill(tmp_path)
    file = tmp_path / "vault.sqlite"
    content = file.read_bytes()
    for place in range(0, len(content), 997):
        file.write_bytes(content[:place] + bytes((content[place] ^ 0x41,)) + content[place + 1 :])
        with contextlib.suppress(DeidraError):
            assert look(tmp_path, "P7") == PAIRS[0]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"vault": 1}', b"\xff\xfe"])
def test_a_damaged_binding_is_refused(content: bytes, tmp_path: Path) -> None:
    make(tmp_path)
    (tmp_path / "vault.json").write_bytes(content)
    with pytest.raises(VaultError, match="vault-damaged"):
        look(tmp_path, "P7")


def test_a_vault_without_its_binding_is_refused_until_it_is_bound_again(tmp_path: Path) -> None:
    make(tmp_path)
    fill(tmp_path)
    (tmp_path / "vault.json").unlink()
    with pytest.raises(VaultError, match="vault-unbound"):
        look(tmp_path, "P7")
    make(tmp_path)
    assert look(tmp_path, "P7") == PAIRS[0]


def test_another_vault_in_its_place_is_refused(tmp_path: Path) -> None:
    make(tmp_path / "a")
    make(tmp_path / "b")
    shutil.copy(tmp_path / "b" / "vault.sqlite", tmp_path / "a" / "vault.sqlite")
    with pytest.raises(VaultError, match="vault-foreign"):
        look(tmp_path / "a", "P7")


def test_a_vault_put_back_from_an_older_copy_is_noticed(tmp_path: Path) -> None:
    make(tmp_path)
    shutil.copy(tmp_path / "vault.sqlite", tmp_path / "older")
    fill(tmp_path)
    shutil.copy(tmp_path / "older", tmp_path / "vault.sqlite")
    with pytest.raises(VaultError, match="vault-log-tampered"):
        look(tmp_path, "P7")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE log SET who = 'nobody' WHERE seq = 1",
        "UPDATE log SET reason = 'better' WHERE seq = 2",
        "UPDATE log SET at = '2001-01-01T00:00:00+00:00' WHERE seq = 2",
        "DELETE FROM log WHERE seq = 1",
        "DELETE FROM log WHERE seq = 3",
        "UPDATE log SET seq = 9 WHERE seq = 3",
        "INSERT INTO log SELECT 4, at, who, action, project, what, reason, hash FROM log WHERE seq = 3",
        "UPDATE log_head SET seq = 2, hash = (SELECT hash FROM log WHERE seq = 2)",
        "UPDATE log_head SET closed = 1",
    ],
)
def test_an_altered_or_cut_log_is_refused(statement: str, tmp_path: Path, address: str) -> None:
    make(tmp_path, address)
    fill(tmp_path)
    with opening.opened(tmp_path) as vault:
        record(vault, iter(()))
    assert [entry.seq for entry in log_of(tmp_path)] == [1, 2, 3]
    alter(address, statement)
    with pytest.raises(VaultError, match="vault-log-tampered"):
        log_of(tmp_path)


def test_a_cut_log_with_a_matching_older_end_is_noticed_by_the_workspace(tmp_path: Path) -> None:
    make(tmp_path)
    with contextlib.closing(sqlite3.connect(tmp_path / "vault.sqlite")) as vault:
        older = vault.execute("SELECT seq, hash, mac FROM log_head").fetchone()
    fill(tmp_path)
    with contextlib.closing(sqlite3.connect(tmp_path / "vault.sqlite", isolation_level=None)) as vault:
        vault.execute("DELETE FROM log WHERE seq > ?", older[:1])
        vault.execute("UPDATE log_head SET seq = ?, hash = ?, mac = ?", older)
    with pytest.raises(VaultError, match="vault-log-tampered"):
        log_of(tmp_path)


def test_a_chain_calculated_anew_without_the_key_is_refused(tmp_path: Path) -> None:
    make(tmp_path)
    fill(tmp_path)
    with contextlib.closing(store.open_store(str(tmp_path / "vault.sqlite"))) as vault:
        vault_id = opening.vault_id_of(vault)
        with vault.transaction():
            vault.write("DELETE FROM log")
            vault.write("DELETE FROM log_head")
            access_log.begin(vault, vault_id, b"a guess")
            access_log.append(vault, b"a guess", vault.now, "nothing")
    with pytest.raises(VaultError, match="vault-log-tampered"):
        log_of(tmp_path)


def at(hours: float) -> Callable[[], datetime]:
    return lambda: datetime.now(UTC) + timedelta(hours=hours)


def test_a_clock_that_went_back_is_refused_with_nothing_written_until_it_is_accepted(
    tmp_path: Path, address: str
) -> None:
    make(tmp_path, address)
    with opening.opened(tmp_path, now=at(1)) as vault:
        record(vault, iter(PAIRS[:1]))
    for _ in range(2):
        with opening.opened(tmp_path) as vault, pytest.raises(VaultError, match="vault-clock"):
            record(vault, iter(PAIRS[1:]))
    assert check(tmp_path).records == 1
    accept_clock(tmp_path)
    with opening.opened(tmp_path) as vault:
        record(vault, iter(PAIRS[1:]))
    assert [entry.action for entry in log_of(tmp_path)] == ["create", "record", "clock-accepted", "record"]


@pytest.mark.parametrize("reason", ["two\nlines", "x" * 501, "\x1b[2J"])
def test_a_reason_that_could_forge_the_printed_log_is_refused(reason: str, tmp_path: Path) -> None:
    make(tmp_path)
    with opening.opened(tmp_path) as vault, pytest.raises(VaultError, match="vault-reason"), vault.store.transaction():
        vault.log("lookup", reason=reason)
    assert len(log_of(tmp_path)) == 1
