"""The way back, for those who may have it: look up, export, import. With a vault, every access is on record."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from deidra.errors import Held, UsageError, VaultError, WorkspaceError
from deidra.identity.keys import key_path
from deidra.identity.pseudonyms import identity, patient_id_of, subject_key
from deidra.identity.subject_list import read_subject_list
from deidra.identity.vault import binding, crosswalk, opening
from deidra.identity.vault.crosswalk import Pair
from deidra.identity.vault.transfer import read_project_key, write_project_key
from deidra.run.collection import ledger_at
from deidra.run.keeper import keeper, pairs_of, shift_range, uid_pairs
from deidra.run.table_files import write_rows
from deidra.run.vault_admin import ensure
from deidra.workspace import outcomes, studies
from deidra.workspace.ledger import meta
from deidra.workspace.lock import locked
from deidra.workspace.paths import LEDGER, SUBJECTS_CSV, UIDS_CSV, open_workspace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from deidra.identity.vault.opening import Opened

_HEADER = ("id_old", "id_new")
_ANY_SHIFT_DAYS = (1, 1)  # dates play no part in UIDs
_UNKNOWN = "an unknown identifier"


class Original(msgspec.Struct, frozen=True):
    """What an identifier was. Sensitive: its repr hides it.

    `shift_days` of a subject is 0 where its dates were not shifted or that is not on record; `accession_number` is that
    of a study which the ledger knows.
    """

    kind: str
    original: str
    issuer: str
    shift_days: int
    accession_number: str = ""

    def __repr__(self) -> str:
        return f"Original(kind={self.kind!r}, <redacted>)"


def export(
    workspace: Path,
    uids: Path | None = None,
    subjects: Path | None = None,
    *,
    key: Path | None = None,
    unlock: str = "",
    reason: str = "",
) -> dict[str, int]:
    """Write the files asked for (0600, CSV or XLSX by their ending), uids.csv and subjects.csv in the workspace when
    none is; gives how many UIDs and subjects they hold.

    UIDs are those of every study, series, instance and frame of reference surveyed, every other one that was mapped in
    what was released, and the names of documents beside the SHA-256 of what they were; subjects are those with a
    Patient ID of whom something was released. `key` receives the project's key, for another site. Raises UsageError
    when there is no such workspace or a file would lie in the output folder.
    """
    workspace = Path(os.path.realpath(workspace))
    if not (uids or subjects or key):
        uids, subjects = workspace / UIDS_CSV, workspace / SUBJECTS_CSV
    bound = binding.load(workspace)
    _refuse_output(workspace, (uids, subjects, key))
    if not (workspace / LEDGER).is_file() and (uids or subjects or not bound):
        raise UsageError("workspace-missing", "there is no ledger in that workspace")
    if bound is None:
        if key:
            opening.require_binding(workspace)
        return _export_files(workspace, uids, subjects, keeper(workspace, dry_run=True).master if uids else b"")
    with opening.opened(workspace, unlock=unlock) as vault:
        refuse_without_trace(vault)
        what = ", ".join(name for name, file in (("uids", uids), ("subjects", subjects), ("key", key)) if file)
        with vault.store.transaction():
            vault.log("export", what=what, reason=reason)
        if key:
            write_project_key(key, vault.project)
        return _export_files(workspace, uids, subjects, vault.project.master) if uids or subjects else {}


def import_pairs(
    workspace: Path, uids: Path | None, subjects: Path | None, *, unlock: str = "", reason: str = ""
) -> int:
    """Record pairs from lists of ``id_old,id_new``, all or none; gives how many were new.

    Raises SubjectListError for a list that is not one to one, VaultError for a pair that contradicts the vault.
    """
    workspace = Path(os.path.realpath(workspace))
    pairs: list[Pair] = []
    for path, of in ((subjects, _subject_pair), (uids, _uid_pair)):
        if path:
            listed = read_subject_list(path).pseudonyms
            pairs += [of(old, issuer or "", new) for (old, issuer), new in listed.items()]
    with opening.opened(workspace, unlock=unlock) as vault, vault.store.transaction():
        refuse_without_trace(vault)
        added = crosswalk.record(vault.store, vault.project, pairs)
        vault.log("import", what=f"{added} new records", reason=reason)
    return added


def import_key(workspace: Path, key: Path, *, vault: str = "", unlock: str = "", crosswalk: bool = False) -> str:
    """Give a workspace the project whose key another site exported; gives its name."""
    workspace = Path(os.path.realpath(workspace))
    name, settings = read_project_key(key, crosswalk=crosswalk)
    open_workspace(workspace)
    with locked(workspace):
        if key_path(workspace).exists():
            raise WorkspaceError("key-conflict", "this workspace has a key of its own; use a new workspace")
        opening.create(workspace, vault=vault, project=name, settings=settings, unlock=unlock, joins=False)
    return name


def lookup(workspace: Path, identifier: str, *, reason: str = "", unlock: str = "") -> Original | None:
    """What a pseudonym or a new UID was, from the crosswalk or else from the ledger; None when nobody knows.

    The access is on record before the answer is given. A workspace without a vault gets one for this: its key moves
    there. Raises VaultError.
    """
    workspace = Path(os.path.realpath(workspace))
    ensure(workspace)
    with opening.opened(workspace, unlock=unlock) as vault:
        refuse_without_trace(vault)
        found = crosswalk.find(vault.store, vault.project, identifier) or _from_ledger(workspace, vault, identifier)
        with vault.store.transaction():
            # An identifier that nobody knows may be an original typed by mistake: it does not go into the log.
            vault.log("lookup", what=f"{found.kind} {identifier}" if found else _UNKNOWN, reason=reason)
    return _with_accession(workspace, _original(found)) if found else None


def _with_accession(workspace: Path, found: Original) -> Original:
    if found.kind != "study" or not (workspace / LEDGER).is_file():
        return found
    with locked(workspace), ledger_at(workspace / LEDGER) as ledger:
        return msgspec.structs.replace(found, accession_number=studies.accession_number(ledger, found.original))


def refuse_without_trace(vault: Opened) -> None:
    """Raises VaultError where nobody can go back, by the choice of whoever made the project."""
    if vault.project.settings.scheme == "random":
        raise VaultError("vault-no-way-back", "this project has random pseudonyms without trace: there is no way back")


def _refuse_output(workspace: Path, paths: Iterable[Path | None]) -> None:
    if not (workspace / LEDGER).is_file():
        return
    with locked(workspace), ledger_at(workspace / LEDGER) as ledger:
        out = meta(ledger, "out")
    if out and any(path and Path(os.path.realpath(path)).is_relative_to(out) for path in paths):
        raise UsageError("vault-in-output", "the way back must not lie in the output folder")


def _export_files(workspace: Path, uids: Path | None, subjects: Path | None, master: bytes) -> dict[str, int]:
    counts: dict[str, int] = {}
    with locked(workspace), ledger_at(workspace / LEDGER) as ledger:
        if uids:
            new = identity(master, shift_range_days=_ANY_SHIFT_DAYS).uid
            counts["UIDs"] = _write(uids, uid_pairs(ledger, new))
        if subjects:
            counts["subjects"] = _write(subjects, outcomes.released_subjects(ledger))
    return counts


def _from_ledger(workspace: Path, vault: Opened, identifier: str) -> Pair | None:
    """What a vault without a crosswalk can say: everything derived again until it meets."""
    if not (workspace / LEDGER).is_file():
        return None
    with locked(workspace), ledger_at(workspace / LEDGER) as ledger:
        shifts = shift_range(ledger)
        who = identity(vault.project.master, shift_range_days=shifts or _ANY_SHIFT_DAYS)
        found = next((pair for pair in pairs_of(ledger, who) if pair.new == identifier), None)
    return found if shifts or found is None else msgspec.structs.replace(found, shift_days=0)


def _original(pair: Pair) -> Original:
    if pair.kind != "subject":
        return Original(pair.kind, pair.old, "", 0)
    patient = patient_id_of(pair.old)
    if patient:
        return Original("subject", *patient, pair.shift_days)
    # Without a Patient ID: the name, or the study that stands for a subject
    return Original("subject", pair.old.split("\x1f")[1], "", pair.shift_days)


def _subject_pair(old: str, issuer: str, new: str) -> Pair:
    return Pair("subject", subject_key(old, issuer, "", "", ""), new, new)


def _uid_pair(old: str, _: str, new: str) -> Pair:
    return Pair("uid", old, new)


def _write(path: Path, pairs: Iterable[tuple[str, str]]) -> int:
    count = 0

    def counted() -> Iterator[tuple[str, list[str]]]:
        nonlocal count
        yield "", list(_HEADER)
        for pair in pairs:
            count += 1
            yield "", list(pair)

    try:
        write_rows(path, counted(), ",")
    except OSError as error:
        raise WorkspaceError("vault-unwritable", f"cannot write the file: {error.strerror}") from None
    except Held as error:
        raise WorkspaceError("vault-unwritable", error.message) from None
    return count
