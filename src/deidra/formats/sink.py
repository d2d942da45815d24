"""Released files: written under a temporary name, flushed with their batch, then renamed. All or nothing."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from deidra.dicom.reader import Piece, Reader, write_pieces
from deidra.errors import Held, ObjectError

TEMPORARY_SUFFIX = ".part"


class Sink:
    """The files of one batch on their way into the output folder."""

    def __init__(self, out: Path) -> None:
        self._out = str(out)
        self._waiting: list[tuple[str, str]] = []
        self._targets: set[str] = set()
        self._folders: set[str] = set()

    def write(self, relative: str, reader: Reader, pieces: Sequence[Piece]) -> None:
        """Write one object under a temporary name. Raises OSError or Held and leaves nothing behind when it cannot."""
        target = f"{self._out}/{relative}"
        if target in self._targets:
            raise Held("duplicate-instance", "another object of this batch has the same identity", "dcm:(0008,0018)")
        folder = os.path.dirname(target)  # noqa: PTH120 - the hot path, one string operation
        if folder not in self._folders:
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103
            self._folders.add(folder)
        temporary = target + TEMPORARY_SUFFIX
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)
        try:
            write_pieces(descriptor, reader, pieces)
        except (OSError, ObjectError):  # pixels that are made while they are written may not be makeable
            os.close(descriptor)
            os.unlink(temporary)  # noqa: PTH108
            raise
        os.close(descriptor)
        self._targets.add(target)
        self._waiting.append((temporary, target))

    def commit(self) -> None:
        """Flush what was written to the disk and give it its final names."""
        if not self._waiting:
            return
        flush(self._waiting[0][0], [temporary for temporary, _ in self._waiting])
        for temporary, target in self._waiting:
            os.replace(temporary, target)  # noqa: PTH105
        self._waiting.clear()


def flush(first: str, paths: list[str]) -> None:
    """One flush for the whole file system where the platform has it, else one for each file."""
    descriptor = os.open(first, os.O_RDONLY | os.O_CLOEXEC)
    try:
        import ctypes

        if ctypes.CDLL(None, use_errno=True).syncfs(descriptor) == 0:
            return
    except (AttributeError, OSError):
        pass
    finally:
        os.close(descriptor)
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        os.fsync(descriptor)
        os.close(descriptor)
