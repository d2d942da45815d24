"""Where things may be: sources, output and workspace kept apart, the workspace readable by its owner only.

Messages count sources instead of naming them: folder names can carry names of people.
"""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from deidra.errors import UsageError, WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LEDGER = "ledger.sqlite"
SPOOL = "spool"
PLAN = "plan"
REPORT_JSON = "report.json"
REPORT_HTML = "report.html"
INPUTS_CSV = "inputs.csv"
UIDS_CSV = "uids.csv"
SUBJECTS_CSV = "subjects.csv"
RETAINED_CSV = "retained-text.csv"
SLICES_RATIONALE = "slices-rationale.md"
PARTIAL_SUFFIX = ".part"
_MARKS = (LEDGER, "identity", "lock")


class Folders(msgspec.Struct, frozen=True):
    """Absolute, links resolved. No source lies inside another, so that no file is met twice."""

    sources: tuple[str, ...]
    out: Path
    workspace: Path


def default_workspace(out: Path) -> Path:
    """``<OUT>.deidra``, beside the output."""
    real = Path(os.path.realpath(out))
    return real.with_name(real.name + ".deidra")


def settle_folders(sources: Sequence[str | os.PathLike[str]], out: Path, workspace: Path | None) -> Folders:
    """Resolve the three places; raises UsageError, before anything is written, when they overlap."""
    real_out = Path(os.path.realpath(out))
    real_workspace = Path(os.path.realpath(workspace)) if workspace else default_workspace(out)
    if real_out == Path(real_out.anchor):
        raise UsageError("output-unusable", "the output cannot be the root of the file system")
    _require_apart(real_workspace, real_out, "the workspace", "the output folder")
    places = {"the output folder": real_out, "the workspace": real_workspace}
    return Folders(settle_sources(sources, places), real_out, real_workspace)


def settle_sources(sources: Sequence[str | os.PathLike[str]], places: Mapping[str, Path]) -> tuple[str, ...]:
    """Resolve the sources; raises UsageError when one is missing or overlaps one of the named places."""
    if not sources:
        raise UsageError("no-source", "name at least one source")
    found = []
    for number, source in enumerate(sources, start=1):
        real = os.path.realpath(source)
        if not os.path.lexists(real):
            raise UsageError("source-missing", f"source {number} does not exist")
        for name, place in places.items():
            _require_apart(place, Path(real), name, f"source {number}")
        found.append(real)
    return _without_nested(found)


def open_workspace(folder: Path) -> None:
    """Create the workspace (0700) or take an existing one; raises WorkspaceError when it is something else."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.scandir(folder) as entries:
            names = {entry.name for entry in entries}
        if names and names.isdisjoint(_MARKS):
            raise WorkspaceError("workspace-foreign", "the workspace folder holds something else; name an empty one")
        # mkdir obeys the umask and leaves an existing folder as it is; this folder is ours alone.
        folder.chmod(0o700)
        _probe(folder)
    except OSError as error:
        raise WorkspaceError("workspace-unusable", f"cannot use the workspace: {error.strerror}") from None


def open_output(folder: Path) -> None:
    """Create the output folder and prove that files can be made in it; raises WorkspaceError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _probe(folder)
    except OSError as error:
        raise WorkspaceError("output-unusable", f"cannot write the output folder: {error.strerror}") from None


def create_private(path: Path) -> int:
    """Make or empty a file that only its owner can read; gives the open descriptor."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    if os.name == "posix" and stat.S_IMODE(os.fstat(descriptor).st_mode) != 0o600:
        os.fchmod(descriptor, 0o600)
    return descriptor


def replace_private(path: Path, text: str) -> None:
    """Write a text file (UTF-8, 0600) under a temporary name, then give it its own."""
    partial = path.with_name(path.name + PARTIAL_SUFFIX)
    with os.fdopen(create_private(partial), "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
    partial.replace(path)


def write_output(path: Path, content: bytes, moment: float | None = None) -> None:
    """Write a file of the output under a temporary name, flushed, then give it its own.

    `moment`: when it is to have been changed, in seconds since 1970; None: now.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + PARTIAL_SUFFIX)
    with partial.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    if moment is not None:
        os.utime(partial, (moment, moment))
    partial.replace(path)


def printable(name: str) -> str:
    """A file name as one line of plain text: bytes that are no UTF-8 and control characters are escaped."""
    text = name.replace("\0", "!").encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _probe(folder: Path) -> None:
    """Asking for permission is not enough (read-only mounts, full disks): make a file and remove it."""
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".deidra-", suffix=PARTIAL_SUFFIX):
        pass


def _require_apart(first: Path, second: Path, first_name: str, second_name: str) -> None:
    if first == second:
        raise UsageError("folders-overlap", f"{first_name} and {second_name} are the same place")
    if first.is_relative_to(second):
        raise UsageError("folders-overlap", f"{first_name} is inside {second_name}; keep them apart")
    if second.is_relative_to(first):
        raise UsageError("folders-overlap", f"{second_name} is inside {first_name}; keep them apart")


def _without_nested(sources: Sequence[str]) -> tuple[str, ...]:
    kept: list[str] = []
    for source in sorted(set(sources), key=lambda name: Path(name).parts):
        if not kept or not Path(source).is_relative_to(kept[-1]):
            kept.append(source)
    return tuple(kept)
