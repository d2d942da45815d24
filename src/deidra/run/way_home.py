"""What both ways back share: where identity may be written, how an object is, and what is said of it."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

import msgspec

from deidra.dicom.claims import Claims, claims
from deidra.dicom.deidentify import open_normalised
from deidra.dicom.reader import FileReader, write_pieces
from deidra.dicom.restore import Original, restored
from deidra.errors import ObjectError, UsageError, WorkspaceError
from deidra.formats.sink import flush
from deidra.run.pool import CANNOT_GO_ON
from deidra.workspace.paths import PARTIAL_SUFFIX, create_private, printable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class ResultRow(msgspec.Struct, frozen=True):
    """What became of one file. `source` is its path below where it came from; `rows` of a table were left out."""

    source: str
    restored: bool
    code: str = ""
    locator: str = ""
    message: str = ""
    uids: int = 0
    dates: int = 0
    rows: int = 0


class Reidentified(msgspec.Struct, frozen=True):
    """How it ended. `subjects`: whose identity was used."""

    started: str
    restored: int
    refused: int
    rows_left_out: int
    subjects: int
    results: list[ResultRow]

    @property
    def exit_code(self) -> int:
        """0 everything restored, 3 something left out."""
        return 3 if self.refused or self.rows_left_out else 0


def summary(started: str, rows: list[ResultRow], subjects: int) -> Reidentified:
    """The fold over all files, in the order of their paths."""
    done = sum(row.restored for row in rows)
    left_out = sum(row.rows for row in rows)
    return Reidentified(started, done, len(rows) - done, left_out, subjects, sorted(rows, key=lambda row: row.source))


def refusal(relative: str, error: Exception) -> ResultRow:
    """The row of a file that is left out. A defect of ours must neither stop the others nor print what it met."""
    name = printable(relative)
    if isinstance(error, ObjectError):
        return ResultRow(name, False, error.code, error.locator, error.message)
    if isinstance(error, OSError):
        return ResultRow(name, False, "io-error", "", f"the operating system refused: {error.strerror}")
    return ResultRow(name, False, "internal-error", "", f"{type(error).__name__} while reading it")


def refuse_out(out: Path) -> None:
    """Raises UsageError unless `out` is new or an empty folder: identity must not stand among anything else."""
    try:
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise UsageError("output-not-empty", "the output must be a new or an empty folder")
    except OSError as error:
        raise WorkspaceError("output-unusable", f"cannot read the output folder: {error.strerror}") from None


def make_private(out: Path) -> None:
    """Make the output folder, for its owner only."""
    try:
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
        out.chmod(0o700)
    except OSError as error:
        raise WorkspaceError("output-unusable", f"cannot write the output folder: {error.strerror}") from None


def flush_written(out: Path) -> None:
    """Flush what was written to the disk, all at once."""
    try:
        flush(str(out), [str(path) for path in out.rglob("*") if path.is_file()])
    except OSError as error:
        raise WorkspaceError("output-unusable", f"cannot write the output folder: {error.strerror}") from None


def claims_of(path: Path) -> Claims:
    """What a file says of itself; raises Held, Rejected, OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return claims(open_normalised(FileReader(descriptor, os.fstat(descriptor).st_size)))
    finally:
        os.close(descriptor)


def write_object(
    path: Path, relative: str, out: Path, original: Original, check: Callable[[Claims], None]
) -> ResultRow:
    """Write a file with its original identity (0600) below `out`, read it again and let `check` refuse it."""
    target = out / relative
    partial = target.with_name(target.name + PARTIAL_SUFFIX)
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        source = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            back = restored(open_normalised(FileReader(source, os.fstat(source).st_size)), original)
            descriptor = create_private(partial)
            try:
                write_pieces(descriptor, back.reader, back.pieces)
            finally:
                os.close(descriptor)
        finally:
            os.close(source)
        check(claims_of(partial))
        partial.replace(target)
    except Exception as error:  # noqa: BLE001 - one bad file never stops the others
        discard(partial)
        stop_if_full(error)
        return refusal(relative, error)
    return ResultRow(printable(relative), True, uids=back.uids, dates=back.dates)


def discard(partial: Path) -> None:
    """Leave nothing of a file that could not be finished."""
    with contextlib.suppress(OSError):
        partial.unlink(missing_ok=True)


def stop_if_full(error: Exception) -> None:
    """Raises WorkspaceError where no other file can escape the same error."""
    if isinstance(error, OSError) and error.errno in CANNOT_GO_ON:
        raise WorkspaceError(*CANNOT_GO_ON[error.errno]) from None
