"""Create a vault, open it, give it another key. Whenever a process is killed, the vault is as before or as after."""

from __future__ import annotations

import contextlib
import os
import secrets
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from deidra.errors import VaultError, WorkspaceError
from deidra.identity.keys import BINDING, key_path, load_key
from deidra.identity.private_files import erase, flush_folder
from deidra.identity.vault import access_log, binding, projects, store
from deidra.identity.vault.binding import KEY_FILE, VAULT_FILE, Binding
from deidra.identity.vault.projects import Project, Settings
from deidra.identity.vault.seal import log_key, new_key, place, same, seal, unseal
from deidra.identity.vault.store import Store
from deidra.identity.vault.unlock import (
    KEY,
    PASSPHRASE,
    UNLOCK_VARIABLE,
    Secret,
    obtain,
    read_key_file,
    write_key_file,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# scrypt (RFC 7914): 128 MiB and the better part of a second for each guess
_SCRYPT = {"n": 1 << 17, "r": 8, "p": 1}
NEXT = ".next"  # the key file of a rotation that is under way


class Opened(msgspec.Struct, frozen=True):
    """An unlocked vault and the project of one workspace. Holds keys."""

    store: Store
    data_key: bytes
    project: Project
    now: Callable[[], datetime]

    def log(self, action: str, *, what: str = "", reason: str = "") -> None:
        """Put an access on record. Inside a transaction of the store."""
        access_log.append(
            self.store, log_key(self.data_key), self.now, action, project=self.project.name, what=what, reason=reason
        )

    def __repr__(self) -> str:
        return f"Opened(project={self.project.name!r}, <redacted>)"


def default_spec(workspace: Path) -> str:
    """How a vault is unlocked when nobody says otherwise: by a key file that is made in the workspace."""
    return os.environ.get(UNLOCK_VARIABLE) or f"file:{key_path(workspace).with_name(KEY_FILE)}"


def create(
    workspace: Path,
    *,
    vault: str = "",
    project: str = projects.DEFAULT_PROJECT,
    settings: Settings,
    unlock: str = "",
    joins: bool = True,
    now: Callable[[], datetime] | None = None,
) -> bool:
    """Bind a workspace to a project of a vault, each made unless it is there; says whether the vault was made.

    A project that is there keeps its settings, unless `joins` is not set: then it must not be there.

    `vault` is an SQLite file or a PostgreSQL URL, by default ``vault.sqlite`` in the workspace; `unlock` is as in
    `unlock.obtain`. The key file of a workspace that has one moves into the vault and is erased. Raises VaultError
    or WorkspaceError; then nothing has changed.
    """
    projects.check_name(project)
    if (workspace / BINDING).exists():
        raise VaultError("vault-exists", "this workspace has a vault already")
    address = store.checked_address(vault) if vault else str(workspace / VAULT_FILE)
    made = not store.exists(address)
    folder = key_path(workspace).parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    secret = obtain(unlock or default_spec(workspace), make=made)
    if made:
        _make(address, secret)
    with contextlib.closing(store.open_store(address)) as opened:
        data_key, vault_id = _unlocked(opened, [secret]), vault_id_of(opened)
        with opened.transaction():
            found = projects.find(opened, vault_id, data_key, project)
            if found is None:
                settings = _with_former_key(workspace, settings)
                projects.add(opened, vault_id, data_key, project, settings)
            else:
                _check_joining(workspace, found, settings, joins=joins)
            action = "create" if made else "join"
            access_log.append(opened, log_key(data_key), now or opened.now, action, project=project)
        written = VAULT_FILE if address == str(workspace / VAULT_FILE) else address
        _remember(workspace, opened, Binding(written, vault_id, project, secret.file))
    erase(key_path(workspace))
    return made


@contextlib.contextmanager
def opened(
    workspace: Path, *, unlock: str = "", data_key: bytes = b"", now: Callable[[], datetime] | None = None
) -> Iterator[Opened]:
    """Unlock the vault of a workspace, by `unlock`, what the environment says, the key file that the workspace
    knows, or a passphrase; or open it again by the data key. Raises VaultError or WorkspaceError.

    Afterwards the workspace remembers how the access log ended.
    """
    bound = require_binding(workspace)
    with contextlib.closing(store.open_store(binding.address_of(workspace, bound))) as found:
        check_continues(found, bound)
        if not data_key:
            data_key = _unlocked(found, _candidates(found, bound, unlock))
        access_log.vouched_head(found, log_key(data_key))
        project = projects.find(found, bound.vault_id, data_key, bound.project)
        if project is None:
            raise VaultError("project-missing", "the project of this workspace is not in the vault")
        if project.settings.root and key_path(workspace).exists():
            _finish_take_over(workspace, project)
        yield Opened(found, data_key, project, now or found.now)
        _remember(workspace, found, require_binding(workspace))  # read again: it may have changed meanwhile


def rotate(workspace: Path, *, unlock: str = "", new_unlock: str = "", reason: str = "") -> None:
    """Wrap the data key anew: from now on another passphrase or key opens the vault, and the old one does not.

    Without `new_unlock` the key file is replaced by a new one. Raises VaultError; then the old one still opens it.
    """
    bound = require_binding(workspace)
    with opened(workspace, unlock=unlock) as vault:
        replaced, spec = None, new_unlock
        if not spec:
            if not bound.key_file:
                raise VaultError("vault-unlock-unknown", "say what shall open the vault from now on: --new-unlock")
            replaced = Path(bound.key_file + NEXT)
            erase(replaced)  # of a rotation that was killed before it took effect
            write_key_file(replaced, new_key())
            spec = f"file:{replaced}"
        secret = obtain(spec, make=True)
        with vault.store.transaction():
            if _opens(vault.store, secret):
                raise VaultError("vault-unlock-same", "the vault is opened by this already; name another")
            _wrap(vault.store, vault.project.vault_id, vault.data_key, secret)
            vault.log("rotate", what=secret.kind, reason=reason)
        if replaced:
            replaced.replace(bound.key_file)
            flush_folder(replaced.parent)
        vault.store.scrub()
    key_file = bound.key_file if replaced else secret.file
    if bound.key_file and bound.key_file != key_file and Path(bound.key_file).parent == key_path(workspace).parent:
        erase(Path(bound.key_file))  # ours, and of no more use
    with contextlib.closing(store.open_store(binding.address_of(workspace, bound))) as found:
        _remember(workspace, found, msgspec.structs.replace(bound, key_file=key_file))


def require_binding(workspace: Path) -> Binding:
    """The binding of a workspace; raises VaultError when it has none."""
    bound = binding.load(workspace)
    if bound is None:
        raise VaultError("vault-missing", "this workspace has no vault; make one: deidra vault create")
    return bound


def vault_id_of(found: Store) -> str:
    """The random name of a vault."""
    rows = found.rows("SELECT value FROM vault WHERE name = 'id'")
    if not rows:
        raise VaultError("vault-damaged", "the vault is damaged; restore it from a copy")
    return str(rows[0][0])


def wrapping_of(found: Store) -> tuple[str, str, bytes]:
    """(kind, parameters, wrapped data key); raises VaultError when the vault was destroyed."""
    rows = found.rows("SELECT kind, parameters, sealed FROM wrapping WHERE id = 1")
    if not rows:
        raise VaultError("vault-destroyed", "the vault was destroyed: there is no way back")
    kind, parameters, sealed = rows[0]
    return kind, parameters, bytes(sealed)


def _make(address: str, secret: Secret) -> None:
    """A vault without projects. The SQLite file gets its name when all is in it."""
    final = None if store.is_url(address) else Path(address)
    partial = f"{address}.{secrets.token_hex(8)}.part" if final else address
    vault_id, data_key = secrets.token_hex(16), new_key()
    with contextlib.closing(store.make(partial)) as made:
        made.write("INSERT INTO vault VALUES ('id', ?)", vault_id)
        access_log.begin(made, vault_id, log_key(data_key))
        _wrap(made, vault_id, data_key, secret)
        made.write("COMMIT")
    if final:
        _name(Path(partial), final)


def _name(partial: Path, final: Path) -> None:
    """Give a finished file its name, but never over a vault that somebody else has just made."""
    try:
        os.link(partial, final)
    except FileExistsError:
        raise VaultError("vault-exists", "somebody else has just made this vault; try again") from None
    except OSError:  # no hard links on this file system
        partial.rename(final)
    finally:
        partial.unlink(missing_ok=True)
    flush_folder(final.parent)


def _wrap(found: Store, vault_id: str, data_key: bytes, secret: Secret) -> None:
    parameters = {**_SCRYPT, "salt": secrets.token_hex(16)} if secret.kind == PASSPHRASE else {}
    spelled = msgspec.json.encode(parameters).decode()
    where = place("wrapping", vault_id, secret.kind, spelled)
    sealed = seal(_wrapping_key(secret, spelled), where, data_key)
    found.write("DELETE FROM wrapping")
    found.write("INSERT INTO wrapping VALUES (1, ?, ?, ?)", secret.kind, spelled, sealed)


def _unlocked(found: Store, secrets_: list[Secret]) -> bytes:
    kind, spelled, sealed = wrapping_of(found)
    where = place("wrapping", vault_id_of(found), kind, spelled)
    for secret in secrets_:
        if secret.kind != kind:
            continue
        with contextlib.suppress(VaultError):
            data_key = unseal(_wrapping_key(secret, spelled), where, sealed)
            if secret.file.endswith(NEXT):  # a rotation was killed before it gave the file its name
                Path(secret.file).replace(secret.file.removesuffix(NEXT))
            return data_key
    raise VaultError("vault-locked", f"this {'passphrase' if kind == PASSPHRASE else 'key'} does not open the vault")


def _opens(found: Store, secret: Secret) -> bool:
    try:
        _unlocked(found, [secret])
    except VaultError:
        return False
    return True


def _wrapping_key(secret: Secret, spelled: str) -> bytes:
    if secret.kind == KEY:
        return secret.value
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    try:
        parameters = msgspec.json.decode(spelled, type=dict[str, int | str])
        salt, n, r, p = bytes.fromhex(str(parameters["salt"])), *(int(parameters[name]) for name in "nrp")
    except (msgspec.MsgspecError, KeyError, ValueError):
        raise VaultError("vault-damaged", "the vault is damaged; restore it from a copy") from None
    if (n, r, p) != tuple(_SCRYPT.values()):  # nothing read from a vault may cost more, or protect less
        raise VaultError("vault-damaged", "the vault is damaged; restore it from a copy")
    return Scrypt(salt=salt, length=32, n=n, r=r, p=p).derive(secret.value)


def _candidates(found: Store, bound: Binding, unlock: str) -> list[Secret]:
    spec = unlock or os.environ.get(UNLOCK_VARIABLE, "")
    if spec:
        return [obtain(spec)]
    kind, _, _ = wrapping_of(found)
    if kind == PASSPHRASE:
        return [obtain(PASSPHRASE)]
    if not bound.key_file:
        raise VaultError("vault-locked", f"say what opens the vault: --unlock or {UNLOCK_VARIABLE}")
    files = [file for file in (bound.key_file, bound.key_file + NEXT) if Path(file).exists()]
    if not files:
        raise VaultError("vault-locked", "the key file of the vault is not where it was; say where: --unlock file:PATH")
    return [Secret(KEY, read_key_file(Path(file)), file) for file in files]


def check_continues(found: Store, bound: Binding) -> None:
    """Raises VaultError unless this is the vault that the workspace knows, with every entry that it saw."""
    if vault_id_of(found) != bound.vault_id:
        raise VaultError("vault-foreign", "this is not the vault that the workspace was bound to")
    if not access_log.remembers(found, bound.log_entries, bytes.fromhex(bound.log_hash)):
        raise VaultError(
            "vault-log-tampered", "the access log was cut or the vault put back from an older copy: entries are missing"
        )


def _remember(workspace: Path, found: Store, bound: Binding) -> None:
    end = access_log.head(found)
    changed = msgspec.structs.replace(bound, log_entries=end.seq, log_hash=end.hash.hex())
    if changed != bound:
        binding.save(workspace, changed)


def _with_former_key(workspace: Path, settings: Settings) -> Settings:
    """The settings of a new project, with the key that the workspace had so far."""
    if not key_path(workspace).exists():
        return settings
    return msgspec.structs.replace(settings, root=load_key(key_path(workspace)), taken_over=True)


def _check_joining(workspace: Path, found: Project, settings: Settings, *, joins: bool) -> None:
    if not joins:
        raise VaultError("project-exists", "the vault has a project of this name already")
    if settings.scheme not in ("keyed", found.settings.scheme):
        raise VaultError("vault-settings", f"the project gives {found.settings.scheme} pseudonyms; that cannot change")
    if key_path(workspace).exists() and not same(found.master, load_key(key_path(workspace))):
        raise _two_keys()


def _finish_take_over(workspace: Path, project: Project) -> None:
    """A process was killed after the key came into the vault and before its file was erased."""
    if not same(project.master, load_key(key_path(workspace))):
        raise _two_keys()
    erase(key_path(workspace))


def _two_keys() -> WorkspaceError:
    return WorkspaceError(
        "key-conflict", "the workspace has a key of its own that is not the project's: use another workspace"
    )
