"""One run at a time in a workspace."""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING

from deidra.errors import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# The workers of a run that was killed can outlive it by moments, and they hold the lock too.
_ORPHANS_SECONDS = 10.0


@contextlib.contextmanager
def locked(workspace: Path) -> Iterator[None]:
    """Hold the workspace; raises WorkspaceError when another run holds it. Freed by the kernel after a crash."""
    import fcntl

    descriptor = os.open(workspace / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        deadline = time.monotonic() + _ORPHANS_SECONDS
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if _holder_lives(descriptor) or time.monotonic() > deadline:
                    raise WorkspaceError("workspace-busy", "another run is using this workspace") from None
                time.sleep(0.05)
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, b"%d" % os.getpid(), 0)
        yield
    finally:
        os.close(descriptor)


def _holder_lives(descriptor: int) -> bool:
    text = os.pread(descriptor, 20, 0)
    try:
        os.kill(int(text), 0)
    except ProcessLookupError:
        return False
    except (ValueError, PermissionError):
        return True
    return True
