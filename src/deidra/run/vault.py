"""Original and new identifiers side by side, derived again from the key when they are asked for."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import TYPE_CHECKING

from deidra.errors import UsageError, WorkspaceError
from deidra.identity.keys import load_or_create_key
from deidra.identity.pseudonyms import identity
from deidra.run.collection import ledger_at
from deidra.standard.uids import is_registered
from deidra.workspace import inputs, outcomes
from deidra.workspace.ledger import meta
from deidra.workspace.lock import locked
from deidra.workspace.paths import LEDGER, create_private

if TYPE_CHECKING:
    from collections.abc import Iterable

_HEADER = ("id_old", "id_new")
_ANY_SHIFT_DAYS = (1, 1)  # dates play no part in UIDs


def export(workspace: Path, uids: Path | None, subjects: Path | None) -> dict[str, int]:
    """Write the CSV files asked for (0600); gives how many UIDs and subjects they hold.

    UIDs are those of every study, series, instance and frame of reference surveyed; subjects are those with a
    Patient ID of whom something was released. Raises UsageError when there is no such workspace or a file would
    lie in the output folder.
    """
    workspace = Path(os.path.realpath(workspace))
    if not (workspace / LEDGER).is_file():
        raise UsageError("workspace-missing", "there is no ledger in that workspace")
    counts: dict[str, int] = {}
    with locked(workspace), ledger_at(workspace / LEDGER) as ledger:
        out = meta(ledger, "out")
        for path in (uids, subjects):
            if path and out and Path(os.path.realpath(path)).is_relative_to(out):
                raise UsageError("vault-in-output", "the way back must not lie in the output folder")
        if uids:
            new = identity(load_or_create_key(workspace), shift_range_days=_ANY_SHIFT_DAYS).uid
            kept = bool(meta(ledger, "uids_kept"))
            pairs = ((old, old if kept or is_registered(old) else new(old)) for old in inputs.original_uids(ledger))
            counts["UIDs"] = _write(uids, pairs)
        if subjects:
            counts["subjects"] = _write(subjects, outcomes.released_subjects(ledger))
    return counts


def _write(path: Path, pairs: Iterable[tuple[str, str]]) -> int:
    count = 0
    try:
        with os.fdopen(create_private(path), "w", encoding="utf-8", newline="") as file:
            table = csv.writer(file, lineterminator="\n")
            table.writerow(_HEADER)
            for pair in pairs:
                table.writerow(pair)
                count += 1
    except OSError as error:
        raise WorkspaceError("vault-unwritable", f"cannot write the file: {error.strerror}") from None
    return count
