"""The secret of a workspace, and the keys derived from it.

Whoever holds this key can test guesses about who a pseudonym was; without it nobody can.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from typing import TYPE_CHECKING

from deidra.errors import WorkspaceError
from deidra.identity.private_files import flush_folder, read_private, write_new

if TYPE_CHECKING:
    from pathlib import Path

KEY_BYTES = 32
_FOLDER = "identity"
_FILE = "key"
# A workspace that says where its vault is keeps its key there (`deidra.identity.vault`).
BINDING = "vault.json"
_HEADER = "deidra-key-v1:"
_TEXT_BYTES = len(_HEADER) + 2 * KEY_BYTES + 1
# A process that cannot link creates the file in place; others wait this long for its few bytes.
_WAIT_SECONDS = 5.0


def key_path(workspace: Path) -> Path:
    """Where the key of a workspace lives."""
    return workspace / _FOLDER / _FILE


def load_or_create_key(workspace: Path) -> bytes:
    """The 32 random bytes that everything in this workspace derives from; made on first use.

    The file is 0600 in a folder of 0700. Safe when several processes start at once: all of them get
    the same key. Raises WorkspaceError when the file is damaged, readable by others, or cannot be made, and when
    the workspace keeps its key in a vault.
    """
    if (workspace / BINDING).exists():
        raise WorkspaceError("key-in-vault", "this workspace keeps its key in a vault")
    path = key_path(workspace)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # mkdir obeys the umask and leaves an existing folder as it is; this folder is ours alone.
        path.parent.chmod(0o700)
        if not path.exists():
            _create(path)
    except OSError as error:
        raise WorkspaceError("key-unwritable", f"cannot create the key: {error.strerror}") from None
    return load_key(path)


def derive(master: bytes, purpose: str) -> bytes:
    """A 32-byte key for one purpose (HKDF-SHA256, RFC 5869); different purposes cannot be joined."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"deidra/1/" + purpose.encode()).derive(master)


def _create(path: Path) -> None:
    """Write a new key under a name of its own, then give it the real name unless somebody was first."""
    text = f"{_HEADER}{secrets.token_hex(KEY_BYTES)}\n".encode()
    private = path.with_name(f"{_FILE}.{secrets.token_hex(8)}")
    write_new(private, text)
    try:
        os.link(private, path)  # atomic, and fails when the name exists
    except FileExistsError:
        pass
    except OSError:  # no hard links on this file system
        _write_in_place(path, text)
    finally:
        private.unlink()
    flush_folder(path.parent)


def _write_in_place(path: Path, text: bytes) -> None:
    with contextlib.suppress(FileExistsError):
        write_new(path, text)


def load_key(path: Path) -> bytes:
    """The 32 bytes of a key file; raises WorkspaceError when it is damaged or readable by others."""
    deadline = time.monotonic() + _WAIT_SECONDS
    while True:
        text = read_private(path, _TEXT_BYTES, "the key")
        if len(text) >= _TEXT_BYTES or time.monotonic() > deadline:
            break
        time.sleep(0.01)
    digits = text.removeprefix(_HEADER.encode()).removesuffix(b"\n")
    try:
        key = bytes.fromhex(digits.decode("ascii"))
    except ValueError:
        key = b""
    if len(text) != _TEXT_BYTES or len(key) != KEY_BYTES:
        raise WorkspaceError(
            "key-damaged", f"{path.name} in the workspace is not a Deidra key; restore it from a copy"
        )
    return key
