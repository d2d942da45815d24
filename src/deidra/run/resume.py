"""What an earlier run left: what still holds is kept, what does not is taken out of the output.

The order is always file first, ledger second: after a crash in between, the file is simply made again.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from deidra.errors import UsageError, WorkspaceError
from deidra.model import DOCUMENTS_FOLDER
from deidra.workspace import inputs, outcomes
from deidra.workspace.ledger import meta, set_meta, transaction
from deidra.workspace.paths import PARTIAL_SUFFIX, SPOOL

if TYPE_CHECKING:
    import sqlite3

_OBJECT_SUFFIX = ".dcm"
_PICTURE = re.compile(r"(?:[^/]+/)?[0-9a-f]{32}\.(?:png|jpg)")
_DIRECTORY = "DICOMDIR"
_FORGET_AT_ONCE = 1000


def adopt_output(ledger: sqlite3.Connection, out: Path) -> None:
    """Take an output folder for this ledger; raises UsageError when it holds what this workspace did not write."""
    if meta(ledger, "out") == str(out):
        return
    ours = outcomes.outputs(ledger)
    files = _files(out)  # none when it does not exist
    if any(os.path.relpath(path, out) not in ours and not path.endswith(PARTIAL_SUFFIX) for path in files):
        raise UsageError("output-not-empty", "the output folder holds files that this workspace did not write")
    with transaction(ledger):
        if not files:
            # A new output folder: what the other one holds stays there and is not counted here.
            ledger.execute("DELETE FROM outcomes")
            ledger.execute("DELETE FROM written")
        set_meta(ledger, "out", str(out))


def clear_remains(ledger: sqlite3.Connection, out: Path, workspace: Path) -> None:
    """After a crash: unpacked archives, half-written files and files the ledger never heard of go."""
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(workspace / SPOOL)
    for partial in workspace.glob(f"*{PARTIAL_SUFFIX}"):
        partial.unlink()
    if meta(ledger, "unfinished"):
        sweep(ledger, out)


def sweep(ledger: sqlite3.Connection, out: Path) -> None:
    """Remove files of ours below the output folder that no outcome accounts for."""
    if not out.is_dir():
        return
    known = outcomes.outputs(ledger)
    for path in _files(out):
        output = os.path.relpath(path, out)
        if path.endswith(PARTIAL_SUFFIX) or (_is_ours(output) and output not in known):
            withdraw_file(out, output)


def _is_ours(output: str) -> bool:
    """Whether a path below the output folder is of a kind that runs write."""
    if output.endswith((_OBJECT_SUFFIX, _DIRECTORY)) or _PICTURE.fullmatch(output):
        return True
    return Path(output).parts[1:2] == (DOCUMENTS_FOLDER,)


def withdraw(ledger: sqlite3.Connection, out: Path, number: int) -> None:
    """Take back what was released of an input that has changed since."""
    row = ledger.execute("SELECT output FROM outcomes WHERE object_id = ?", (number,)).fetchone()
    if row and row[0]:
        withdraw_file(out, row[0])
    with transaction(ledger):
        outcomes.forget(ledger, [number])


def withdraw_file(out: Path, output: str) -> None:
    """Remove one file and the folders it leaves empty; raises WorkspaceError when it cannot."""
    path = out / output
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise WorkspaceError("output-unusable", f"cannot take a file back: {error.strerror}") from None
    for folder in path.parents:
        if folder == out:
            break
        try:
            folder.rmdir()
        except OSError:
            break


def settle(ledger: sqlite3.Connection, out: Path, run: int, job: int) -> int:
    """Keep outcomes that still hold, take back the others; gives how many objects are not done again.

    Raises UsageError when objects released under another policy cannot be redone, because their
    sources are not given: one output folder never mixes two policies.
    """
    strangers = sum(1 for _, _, _, made_by, _, seen in outcomes.released(ledger) if made_by != job and not seen)
    if strangers:
        raise UsageError(
            "policy-changed",
            f"{strangers} objects in the output were released under other settings and their sources are not given; "
            "give all sources, or use a new output folder",
        )
    kept, stale = 0, []
    for number, output, size, made_by, same_source, seen in outcomes.released(ledger):
        if made_by == job and (same_source or not seen) and _has(out / output, size):
            kept += 1
        else:
            stale.append((number, output))
    # A DICOMDIR stands for many inputs and is written anew, not taken back.
    for output in sorted({output for _, output in stale} - {_DIRECTORY}):
        withdraw_file(out, output)
    with transaction(ledger):
        for start in range(0, len(stale), _FORGET_AT_ONCE):
            outcomes.forget(ledger, (number for number, _ in stale[start : start + _FORGET_AT_ONCE]))
        inputs.forget_unseen(ledger, run)
    return kept


def _has(path: Path, size: int) -> bool:
    try:
        return os.lstat(path).st_size == size
    except OSError:
        return False


def _files(top: Path) -> list[str]:
    found = []
    for folder, _, names in os.walk(top):
        found += [f"{folder}{os.sep}{name}" for name in names]
    return found
