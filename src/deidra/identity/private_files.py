"""Small files that only their owner may read: made, read and erased."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

from deidra.errors import WorkspaceError

if TYPE_CHECKING:
    from pathlib import Path

_ERASED_AT_ONCE = 1 << 20


def write_new(path: Path, content: bytes) -> None:
    """Make a file (0600) that is not there yet and flush it to the disk; raises OSError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def replace(path: Path, content: bytes) -> None:
    """Give a file (0600) new content, all of it or none, whenever the process may end; raises OSError."""
    private = path.with_name(f"{path.name}.{secrets.token_hex(8)}.part")
    write_new(private, content)
    private.replace(path)
    flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Flush the names in a folder to the disk."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_private(path: Path, largest_bytes: int, noun: str) -> bytes:
    """Up to `largest_bytes` and one more of a file; raises WorkspaceError when others can read it or nobody can."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except OSError as error:
        raise WorkspaceError("key-unreadable", f"cannot read {noun}: {error.strerror}") from None
    with os.fdopen(descriptor, "rb") as file:
        if os.name == "posix" and os.fstat(file.fileno()).st_mode & 0o077:
            raise WorkspaceError("key-exposed", f"{noun} can be read by others; make it private: chmod 600")
        return file.read(largest_bytes + 1)


def erase(path: Path) -> bool:
    """Overwrite a file and remove it; says whether it was there. Copies that the disk or a backup keeps are not met."""
    try:
        descriptor = os.open(path, os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0))
    except FileNotFoundError:
        return False
    with os.fdopen(descriptor, "wb") as file:
        left = os.fstat(file.fileno()).st_size
        while left > 0:
            left -= file.write(bytes(min(left, _ERASED_AT_ONCE)))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
    flush_folder(path.parent)
    return True
