"""The end of the way back: keys erased, records gone, the log closed, and the proof of each.

What was released is from then on de-identified for good, as far as this vault goes. Copies that were made of the
vault or of its keys (backups, snapshots, exports, what a disk keeps of overwritten blocks) are not reached.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from deidra.errors import VaultError
from deidra.identity.keys import key_path
from deidra.identity.private_files import erase
from deidra.identity.vault import access_log, binding, projects, store
from deidra.identity.vault.opening import NEXT, Opened, opened, require_binding, wrapping_of
from deidra.identity.vault.seal import log_key

if TYPE_CHECKING:
    from deidra.identity.vault.binding import Binding
    from deidra.identity.vault.store import Store


class Proof(msgspec.Struct, frozen=True):
    """What was found when everything was looked at again. `log_hash` is the SHA-256 that ends the log.

    `whole`: the vault itself is destroyed; otherwise other projects still use it, and this one's keys are gone.
    """

    whole: bool
    records_left: int
    log_entries: int
    log_hash: str
    checked: tuple[str, ...]


def destroy(workspace: Path, *, unlock: str = "", reason: str = "") -> Proof:
    """Destroy the project of a workspace, and the vault with its last project; may be run again after a kill.

    Raises VaultError when the vault cannot be unlocked or when something of the keys is still found.
    """
    bound = require_binding(workspace)
    address = binding.address_of(workspace, bound)
    with contextlib.closing(store.open_store(address)) as found, found.transaction():
        ended = access_log.follow(found, bound.vault_id).closed or bound.project not in projects.names(found)
    traces: list[bytes] = []
    if not ended:
        with opened(workspace, unlock=unlock) as vault:
            traces = _end(vault, reason)
    with contextlib.closing(store.open_store(address)) as found:
        found.scrub()
        whole = access_log.head(found).closed
        key_files = [key_path(workspace)]
        if whole and bound.key_file:
            key_files += [Path(bound.key_file), Path(bound.key_file + NEXT)]
        for file in key_files:
            erase(file)
        return _proof(found, bound, traces, key_files, whole=whole)


def discard_key(vault: Opened) -> None:
    """Forget the key of a project of random pseudonyms; its settings stay, so that it is known to be closed."""
    forgotten = msgspec.structs.replace(vault.project.settings, root=b"")
    with vault.store.transaction():
        projects.change(vault.store, vault.data_key, vault.project, forgotten)
        vault.log("discard-key")
    vault.store.scrub()


def _end(vault: Opened, reason: str) -> list[bytes]:
    """Take the keys out of the vault; gives what must not be found in it any more."""
    found, name = vault.store, vault.project.name
    with found.transaction():
        traces = [bytes(sealed) for (sealed,) in found.rows("SELECT sealed FROM projects WHERE name = ?", name)]
        projects.remove(found, vault.project)
        last = not projects.names(found)
        if last:
            traces.append(wrapping_of(found)[2])
            found.write("DELETE FROM wrapping")
        vault.log("destroy-project", reason=reason)
        if last:
            access_log.append(found, log_key(vault.data_key), vault.now, access_log.DESTROYED, reason=reason)
    return traces


def _proof(found: Store, bound: Binding, traces: list[bytes], key_files: list[Path], *, whole: bool) -> Proof:
    checked = []
    if bound.project in projects.names(found):
        raise _not_destroyed()
    checked.append("the keys of the project are not in the vault")
    if whole:
        if found.rows("SELECT 1 FROM wrapping") or found.rows("SELECT 1 FROM projects"):
            raise _not_destroyed()
        checked.append("the data key is not in the vault, and nothing opens it")
    ((left,),) = found.rows("SELECT count(*) FROM crosswalk")
    if whole and left:
        raise _not_destroyed()
    if any(file.exists() for file in key_files):
        raise _not_destroyed()
    checked.append("no key file is left in the workspace")
    if found.path and traces:
        content = found.path.read_bytes()
        if any(trace in content for trace in traces):
            raise _not_destroyed()
        checked.append("the bytes of the wrapped keys are not in the vault file")
    with found.transaction():
        end = access_log.follow(found, bound.vault_id)
    checked.append("the chain of the access log holds to its end")
    return Proof(whole, 0 if whole else left, end.seq, end.hash.hex(), tuple(checked))


def _not_destroyed() -> VaultError:
    return VaultError("vault-not-destroyed", "something of the keys is still there; run the command again")
