"""Who keeps the secrets of a workspace: its key file, or its vault. A run asks here and never sees which."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from deidra.errors import VaultError
from deidra.identity.keys import load_or_create_key
from deidra.identity.schemes import Scheme, keyed, recorded, sequential
from deidra.identity.vault import binding, crosswalk
from deidra.identity.vault.crosswalk import Pair
from deidra.identity.vault.destroy import discard_key
from deidra.identity.vault.opening import Opened, create, opened
from deidra.identity.vault.projects import new_settings
from deidra.standard.uids import is_registered
from deidra.workspace import crosswalk as released
from deidra.workspace import inputs
from deidra.workspace.documents import CONTENT_PREFIX
from deidra.workspace.ledger import meta

if TYPE_CHECKING:
    import sqlite3

    from deidra.identity.pseudonyms import Identity
    from deidra.identity.vault.projects import SchemeName

# What the ledger remembers of the last run: the range of date shifts
SHIFT_RANGE = "shift_range_days"

_Again: TypeAlias = Callable[[], AbstractContextManager[Opened]]
_Finish: TypeAlias = "Callable[[Identity, sqlite3.Connection], None]"


class Keeper(msgspec.Struct, frozen=True):
    """`master` is the key that identities derive from; `scheme` gives pseudonyms.

    `finish` is called when all is done, with the identity that was used and the ledger: the vault then records what
    became of whom if it was asked to, or forgets its key. `gives_pseudonyms`: no list of the user's can be used.
    """

    master: bytes
    scheme: Scheme
    finish: Callable[..., None]
    gives_pseudonyms: bool = False

    def __repr__(self) -> str:
        return "Keeper(<redacted>)"


def keeper(
    workspace: Path,
    prefix: str = "",
    *,
    scheme: SchemeName = "keyed",
    records: bool = False,
    dry_run: bool = False,
) -> Keeper:
    """The keeper of a workspace, whose vault is unlocked for this if it has one; raises WorkspaceError, VaultError.

    `prefix` begins pseudonyms given in turn. A vault is made where there is none and `scheme` asks for one, or
    `records` a crosswalk; keyed, where there is one, leaves the choice to it. With `dry_run` nothing is given, recorded
    or forgotten.
    """
    needs_vault = scheme != "keyed" or records
    if binding.load(workspace) is None:
        if dry_run or not needs_vault:
            return Keeper(load_or_create_key(workspace), keyed, _nothing, scheme != "keyed")
        create(workspace, settings=new_settings(scheme, crosswalk=records))
    with opened(workspace) as vault:
        _check_scheme(vault, scheme)
        master, settings, data_key = vault.project.master, vault.project.settings, vault.data_key
        with vault.store.transaction():
            vault.log("plan" if dry_run else "run")
    again = functools.partial(opened, workspace, data_key=data_key)
    gives = settings.scheme != "keyed"
    if dry_run:
        return Keeper(master, keyed, _nothing, gives)
    finish: _Finish = _nothing
    if settings.scheme == "random":
        finish = functools.partial(_forget, again)
    elif settings.crosswalk or records:
        finish = functools.partial(_record, again)
    allocated = settings.scheme in ("sequential", "list")
    return Keeper(master, functools.partial(_given, again, prefix) if allocated else keyed, finish, gives)


def _check_scheme(vault: Opened, scheme: SchemeName) -> None:
    given = vault.project.settings.scheme
    if scheme not in ("keyed", given):
        raise VaultError("vault-settings", f"the vault gives {given} pseudonyms, the policy asks for {scheme} ones")


def record(vault: Opened, pairs: Iterator[Pair]) -> int:
    """Record pairs and that they were recorded, all or nothing; gives how many were new."""
    with vault.store.transaction():
        added = crosswalk.record(vault.store, vault.project, pairs)
        vault.log("record", what=f"{added} new records")
    return added


def pairs_of(ledger: sqlite3.Connection, who: Identity) -> Iterator[Pair]:
    """What the ledger knows of everything released, as the crosswalk holds it."""
    derived, new_uid = msgspec.structs.replace(who, subjects=None), uid_map(ledger, who.uid)
    for key, pseudonym in released.subjects(ledger):
        yield Pair("subject", key, pseudonym, pseudonym, derived.subject(key).shift_days)
    for kind, old, pseudonym in released.originals(ledger):
        yield msgspec.convert((kind, old, new_uid(old), pseudonym), Pair)
    for old in released.other_uids(ledger):
        yield Pair("uid", old, who.uid(old))


def uid_pairs(ledger: sqlite3.Connection, new: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    """(original, new) of every UID and document that was met, and of every other UID that was mapped."""
    mapped = uid_map(ledger, new)
    yield from ((old, mapped(old)) for old in inputs.original_uids(ledger))
    yield from ((old, new(old)) for old in released.other_uids(ledger))


def shift_range(ledger: sqlite3.Connection) -> tuple[int, int] | None:
    """The smallest and largest date shift of the last run in days; None where dates were not shifted."""
    low, _, high = meta(ledger, SHIFT_RANGE).partition(" ")
    return (int(low), int(high)) if low else None


def uid_map(ledger: sqlite3.Connection, new: Callable[[str], str]) -> Callable[[str], str]:
    """What a UID, or the digest of a document, became in the last run."""
    kept = bool(meta(ledger, "uids_kept"))

    def mapped(old: str) -> str:
        stays = (kept and not old.startswith(CONTENT_PREFIX)) or is_registered(old)
        return old if stays else new(old)

    return mapped


def _given(again: _Again, prefix: str, keys: Sequence[str]) -> Mapping[str, str] | None:
    with again() as vault:
        scheme = sequential(vault, prefix) if vault.project.settings.scheme == "sequential" else recorded(vault)
        return scheme(keys)


def _record(again: _Again, who: Identity, ledger: sqlite3.Connection) -> None:
    with again() as vault:
        record(vault, pairs_of(ledger, who))


def _forget(again: _Again, _: Identity, __: sqlite3.Connection) -> None:
    with again() as vault:
        discard_key(vault)


def _nothing(_: Identity, __: sqlite3.Connection) -> None:
    pass
