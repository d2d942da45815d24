"""What a workspace knows of its vault: where it is, which project the workspace belongs to, how the log last ended.

The file holds no secret. It is 0600 all the same: a vault that was cut short is noticed by what it remembers.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import msgspec

from deidra.errors import VaultError
from deidra.identity.keys import BINDING
from deidra.identity.private_files import replace
from deidra.identity.vault.store import is_url

if TYPE_CHECKING:
    from pathlib import Path

VAULT_FILE = "vault.sqlite"
KEY_FILE = "vault.key"
_LARGEST_BYTES = 1 << 16


class Binding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`vault` is a file name in the workspace, an absolute path, or a URL; `key_file` is where its key file lies."""

    vault: str
    vault_id: str
    project: str
    key_file: str
    log_entries: int = 0
    log_hash: str = ""
    version: int = 1


def load(workspace: Path) -> Binding | None:
    """The binding of a workspace, or None when it has no vault; raises VaultError when it is damaged or gone."""
    path = workspace / BINDING
    try:
        content = path.read_bytes()[:_LARGEST_BYTES]
    except FileNotFoundError:
        if (workspace / VAULT_FILE).exists():
            raise VaultError(
                "vault-unbound", f"{BINDING} is missing beside the vault: restore it, or run deidra vault create again"
            ) from None
        return None
    except OSError as error:
        raise VaultError("vault-unreadable", f"cannot read {BINDING}: {error.strerror}") from None
    try:
        found = msgspec.json.decode(content, type=Binding)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise VaultError("vault-damaged", f"{BINDING} in the workspace is damaged; restore it from a copy") from None
    if found.version != 1:
        raise VaultError("vault-version", "the vault was made by another version of Deidra")
    return found


def save(workspace: Path, binding: Binding) -> None:
    """Write the binding, all of it or none; raises VaultError."""
    try:
        replace(workspace / BINDING, msgspec.json.format(msgspec.json.encode(binding), indent=1))
    except OSError as error:
        raise VaultError("vault-unwritable", f"cannot write {BINDING}: {error.strerror}") from None


def address_of(workspace: Path, binding: Binding) -> str:
    """Where the vault is: a URL or an absolute path."""
    return binding.vault if is_url(binding.vault) else os.path.join(workspace, binding.vault)  # noqa: PTH118 - may be absolute
