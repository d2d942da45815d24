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

if TYPE_CHECKING:
    from pathlib import Path

KEY_BYTES = 32
_FOLDER = "identity"
_FILE = "key"
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
    the same key. Raises WorkspaceError when the file is damaged, readable by others, or cannot be made.
    """
    path = key_path(workspace)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # mkdir obeys the umask and leaves an existing folder as it is; this folder is ours alone.
        path.parent.chmod(0o700)
        if not path.exists():
            _create(path)
    except OSError as error:
        raise WorkspaceError("key-unwritable", f"cannot create the key: {error.strerror}") from None
    return _load(path)


def derive(master: bytes, purpose: str) -> bytes:
    """A 32-byte key for one purpose (HKDF-SHA256, RFC 5869); different purposes cannot be joined."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"deidra/1/" + purpose.encode()).derive(master)


def _create(path: Path) -> None:
    """Write a new key under a name of its own, then give it the real name unless somebody was first."""
    text = f"{_HEADER}{secrets.token_hex(KEY_BYTES)}\n".encode()
    private = path.with_name(f"{_FILE}.{secrets.token_hex(8)}")
    _write_new(private, text)
    try:
        os.link(private, path)  # atomic, and fails when the name exists
    except FileExistsError:
        pass
    except OSError:  # no hard links on this file system
        _write_in_place(path, text)
    finally:
        private.unlink()
    _flush_folder(path.parent)


def _write_in_place(path: Path, text: bytes) -> None:
    with contextlib.suppress(FileExistsError):
        _write_new(path, text)


def _write_new(path: Path, text: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _load(path: Path) -> bytes:
    deadline = time.monotonic() + _WAIT_SECONDS
    while True:
        text = _read(path)
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


def _read(path: Path) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except OSError as error:
        raise WorkspaceError("key-unreadable", f"cannot read the key: {error.strerror}") from None
    with os.fdopen(descriptor, "rb") as file:
        if os.name == "posix" and os.fstat(file.fileno()).st_mode & 0o077:
            raise WorkspaceError("key-exposed", "the key can be read by others; make it private: chmod 600")
        return file.read(_TEXT_BYTES + 1)
