"""The vault of a workspace itself: made, described, checked, rotated, destroyed; and its access log."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from deidra.errors import UsageError
from deidra.identity.private_files import erase
from deidra.identity.vault import access_log, binding, destroy, opening, projects, store
from deidra.identity.vault import crosswalk as records
from deidra.identity.vault.projects import DEFAULT_PROJECT, SchemeName
from deidra.workspace.lock import locked
from deidra.workspace.paths import INPUTS_CSV, LEDGER, SUBJECTS_CSV, UIDS_CSV, open_workspace

if TYPE_CHECKING:
    from deidra.identity.vault.access_log import Entry
    from deidra.identity.vault.destroy import Proof

# What pairs old with new outside the vault
_PAIRING = (LEDGER, LEDGER + "-wal", LEDGER + "-shm", INPUTS_CSV, UIDS_CSV, SUBJECTS_CSV)


class Info(msgspec.Struct, frozen=True):
    """What can be said of a vault without unlocking it. `log_hash` is the SHA-256 of the last entry."""

    vault: str
    opened_by: str  # "passphrase", "key", or "" when nothing does any more
    key_file: str
    project: str
    projects: tuple[str, ...]
    log_entries: int
    log_hash: str
    destroyed: bool


class Checked(msgspec.Struct, frozen=True):
    """What a whole look at an unlocked vault found: all of it intact."""

    scheme: SchemeName
    crosswalk: bool
    records: int
    log_entries: int


def create(
    workspace: Path,
    *,
    vault: str = "",
    project: str = DEFAULT_PROJECT,
    scheme: SchemeName = "keyed",
    crosswalk: bool = False,
    unlock: str = "",
) -> bool:
    """Give a workspace a vault, or a project of one; says whether the vault was made. See `opening.create`."""
    workspace = Path(os.path.realpath(workspace))
    settings = projects.new_settings(scheme, crosswalk=crosswalk)
    projects.check_name(project)
    open_workspace(workspace)
    with locked(workspace):
        return opening.create(workspace, vault=vault, project=project, settings=settings, unlock=unlock)


def ensure(workspace: Path) -> None:
    """Give a workspace a vault of its own unless it has one; raises UsageError when it is no workspace."""
    if binding.load(workspace) is None:
        if not (workspace / LEDGER).is_file():
            raise UsageError("workspace-missing", "there is no ledger in that workspace")
        create(workspace)


def info(workspace: Path) -> Info:
    """Describe the vault of a workspace; raises VaultError."""
    workspace = Path(os.path.realpath(workspace))
    bound = opening.require_binding(workspace)
    with contextlib.closing(store.open_store(binding.address_of(workspace, bound))) as found:
        end = access_log.head(found)
        return Info(
            vault=bound.vault,
            opened_by="" if end.closed else opening.wrapping_of(found)[0],
            key_file="" if end.closed else bound.key_file,
            project=bound.project,
            projects=tuple(projects.names(found)),
            log_entries=end.seq,
            log_hash=end.hash.hex(),
            destroyed=end.closed,
        )


def check(workspace: Path, *, unlock: str = "") -> Checked:
    """Look at every record of the project and at the whole access log; raises VaultError at what is not intact."""
    with opening.opened(Path(os.path.realpath(workspace)), unlock=unlock) as vault:
        vault.store.check()
        with vault.store.transaction():
            count = sum(1 for _ in records.pairs(vault.store, vault.project))
            end = access_log.follow(vault.store, vault.project.vault_id)
    settings = vault.project.settings
    return Checked(settings.scheme, settings.crosswalk, count, end.seq)


def rotate(workspace: Path, *, unlock: str = "", new_unlock: str = "", reason: str = "") -> None:
    """Let another key open the vault. See `opening.rotate`."""
    workspace = Path(os.path.realpath(workspace))
    opening.require_binding(workspace)
    with locked(workspace):
        opening.rotate(workspace, unlock=unlock, new_unlock=new_unlock, reason=reason)


def destroy_all(workspace: Path, *, unlock: str = "", reason: str = "") -> tuple[Proof, list[str]]:
    """Destroy the vault and whatever else in the workspace pairs old with new; gives the proof and the files erased.

    A workspace without a vault gets one for this, so that there is a log to seal and a proof to give.
    """
    workspace = Path(os.path.realpath(workspace))
    ensure(workspace)
    with locked(workspace):
        proof = destroy.destroy(workspace, unlock=unlock, reason=reason)
        return proof, [name for name in _PAIRING if erase(workspace / name)]


def log_of(workspace: Path, *, unlock: str = "") -> list[Entry]:
    """The access log, checked to its end; raises VaultError when an entry was altered or is missing.

    The log of a destroyed vault is checked without a key: by its chain, and by the end that the workspace remembers.
    """
    workspace = Path(os.path.realpath(workspace))
    bound = opening.require_binding(workspace)
    with contextlib.closing(store.open_store(binding.address_of(workspace, bound))) as found:
        if access_log.head(found).closed:
            return _followed(found, bound)
    with opening.opened(workspace, unlock=unlock) as vault:
        return _followed(vault.store, bound)


def accept_clock(workspace: Path, *, unlock: str = "") -> None:
    """Put on record that the clock is behind the last entry and may go on from there."""
    with opening.opened(Path(os.path.realpath(workspace)), unlock=unlock) as vault, vault.store.transaction():
        vault.log(access_log.CLOCK_ACCEPTED)


def _followed(found: store.Store, bound: binding.Binding) -> list[Entry]:
    with found.transaction():
        opening.check_continues(found, bound)
        access_log.follow(found, bound.vault_id)
        return list(access_log.entries(found))
