"""Projects that share a vault: each has keys of its own, so the same person in two of them cannot be joined.

A project has a root key, drawn at random, or taken over from the key file that a workspace had before its vault, or
imported so that two sites give the same answers. What identities derive from has the project's name in it (HKDF
info), so that even one root key under two names gives two derivations; a key taken over is used as it is, because
what was released with it must stay true.
"""

from __future__ import annotations

import functools
import re
from typing import Literal

import msgspec

from deidra.errors import VaultError
from deidra.identity.keys import KEY_BYTES, derive
from deidra.identity.vault.seal import new_key, place, seal, settings_key, unseal
from deidra.identity.vault.store import Store

SchemeName = Literal["keyed", "sequential", "list", "random"]
SCHEMES: tuple[SchemeName, ...] = ("keyed", "sequential", "list", "random")
DEFAULT_PROJECT = "default"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Settings(msgspec.Struct, frozen=True):
    """What a project keeps sealed. `root` is empty once its key was discarded."""

    root: bytes
    record_key: bytes
    scheme: SchemeName
    crosswalk: bool  # whether runs record original and new identifiers
    taken_over: bool  # whether the root is a key that was used before there was a vault

    def __repr__(self) -> str:
        return f"Settings(scheme={self.scheme!r}, crosswalk={self.crosswalk}, <redacted>)"


class Project(msgspec.Struct, frozen=True, dict=True):
    """An opened project of a vault."""

    id: int
    name: str
    vault_id: str
    settings: Settings

    @property
    def master(self) -> bytes:
        """The key that identities of this project derive from; raises VaultError when it was discarded."""
        if not self.settings.root:
            raise VaultError("project-closed", "the key of this project was discarded; start a new workspace")
        if self.settings.taken_over:
            return self.settings.root
        return derive(self.settings.root, f"project/{self.name}")

    @functools.cached_property
    def index_key(self) -> bytes:
        """The key of the blind indexes."""
        return derive(self.settings.record_key, f"vault/index/{self.name}")


class Tally(msgspec.Struct, frozen=True):
    """How many records a project has and the last number given: what is missing is noticed."""

    records: int = 0
    last_number: int = 0


def new_settings(
    scheme: SchemeName, *, crosswalk: bool, root: bytes | None = None, taken_over: bool = False
) -> Settings:
    """The settings of a new project; without a root key one is drawn. Raises VaultError."""
    if scheme == "random" and crosswalk:
        raise VaultError("vault-settings", "random pseudonyms leave no trace: they cannot have a crosswalk")
    return Settings(root or new_key(), new_key(), scheme, crosswalk, taken_over)


def check_name(name: str) -> None:
    """Raises VaultError when a project cannot be named so."""
    if _NAME.fullmatch(name) is None:
        raise VaultError("project-name", "a project is named by up to 64 letters, digits, '.', '_' and '-'")


def add(store: Store, vault_id: str, data_key: bytes, name: str, settings: Settings) -> None:
    """Record a new project. Inside a transaction."""
    check_name(name)
    if len(settings.root) != KEY_BYTES:
        raise VaultError("project-key-unusable", "the key of the project is not 32 bytes")
    ((number,),) = store.rows("SELECT coalesce(max(id), 0) + 1 FROM projects")
    project = Project(number, name, vault_id, settings)
    store.write("INSERT INTO projects VALUES (?, ?, ?, ?)", number, name, _sealed(project, data_key), b"")
    set_tally(store, project, Tally())


def change(store: Store, data_key: bytes, project: Project, settings: Settings) -> None:
    """Give a project other settings. Inside a transaction."""
    changed = msgspec.structs.replace(project, settings=settings)
    store.write("UPDATE projects SET sealed = ? WHERE id = ?", _sealed(changed, data_key), project.id)


def names(store: Store) -> list[str]:
    """The projects of a vault, in the order they were made."""
    return [name for (name,) in store.rows("SELECT name FROM projects ORDER BY id")]


def find(store: Store, vault_id: str, data_key: bytes, name: str) -> Project | None:
    """A project by name; raises VaultError when its record was altered."""
    rows = store.rows("SELECT id, sealed FROM projects WHERE name = ?", name)
    if not rows:
        return None
    number, sealed = rows[0]
    plain = unseal(settings_key(data_key), place("project", vault_id, number, name), bytes(sealed))
    return Project(number, name, vault_id, msgspec.msgpack.decode(plain, type=Settings))


def tally(store: Store, project: Project) -> Tally:
    """How much a project has; raises VaultError when that was altered."""
    rows = store.rows("SELECT tally FROM projects WHERE id = ?", project.id)
    if not rows:
        raise VaultError("vault-tampered", "a project of the vault is gone; restore the vault from a copy")
    plain = unseal(project.settings.record_key, _tally_place(project), bytes(rows[0][0]))
    return msgspec.msgpack.decode(plain, type=Tally)


def set_tally(store: Store, project: Project, counted: Tally) -> None:
    """Record how much a project has. Inside a transaction."""
    sealed = seal(project.settings.record_key, _tally_place(project), msgspec.msgpack.encode(counted))
    store.write("UPDATE projects SET tally = ? WHERE id = ?", sealed, project.id)


def remove(store: Store, project: Project) -> None:
    """Remove a project with all its records. Inside a transaction."""
    store.write("DELETE FROM crosswalk WHERE project = ?", project.id)
    store.write("DELETE FROM projects WHERE id = ?", project.id)


def _sealed(project: Project, data_key: bytes) -> bytes:
    where = place("project", project.vault_id, project.id, project.name)
    return seal(settings_key(data_key), where, msgspec.msgpack.encode(project.settings))


def _tally_place(project: Project) -> bytes:
    return place("tally", project.vault_id, project.id, project.name)
