"""The same SOP Instance UID twice in one collection, or the same document of one subject.

The first by name goes through, the others are held.
"""

from __future__ import annotations

import filecmp
from typing import TYPE_CHECKING

from deidra.model import Examination, ObjectFacts, Outcome, Reason, SourceObject
from deidra.workspace import documents, inputs, outcomes
from deidra.workspace.ledger import transaction

if TYPE_CHECKING:
    import sqlite3

_UID = "dcm:(0008,0018)"
_IDENTICAL = Reason("duplicate-instance", _UID, "an identical copy of another object; that one went through")
_CONFLICT = Reason(
    "conflicting-instance", _UID, "another object with this SOP Instance UID but other content went through"
)
_GONE = Reason(
    "conflicting-instance",
    _UID,
    "an object with this SOP Instance UID was released before from another source",
)
_SAME_DOCUMENT = Reason("duplicate-document", "", "an identical copy of another document; that one went through")
_NOT_EXAMINED = (Examination("metadata", made=False, note="held before it was examined"),)


def hold_duplicates(ledger: sqlite3.Connection, run: int, job: int) -> int:
    """Record what is held for having been met before; gives how many objects that are."""
    held = 0
    for group in filter(None, list(inputs.repeated_instances(ledger))):
        (first, first_seen, _), *others = group
        copies = [copy for copy, seen, released in others if seen == run and not released]
        reasons = [_reason(first, copy, first_here=first_seen == run) for copy in copies]
        held += _hold(ledger, job, copies, reasons)
    for group in list(documents.repeated(ledger)):
        copies = [copy for copy, seen, released in group[1:] if seen == run and not released]
        held += _hold(ledger, job, copies, [_SAME_DOCUMENT] * len(copies))
    return held


def _hold(ledger: sqlite3.Connection, job: int, copies: list[SourceObject], reasons: list[Reason]) -> int:
    found = [
        Outcome(copy.id, "held", (reason,), examinations=_NOT_EXAMINED, facts=ObjectFacts(size_in=copy.size))
        for copy, reason in zip(copies, reasons, strict=True)
    ]
    packed = outcomes.pack(found, {copy.id: copy for copy in copies})
    with transaction(ledger):
        outcomes.record(ledger, job, packed)
    return len(found)


def _reason(first: SourceObject, copy: SourceObject, *, first_here: bool) -> Reason:
    if not first_here:
        return _GONE
    same = first.size == copy.size and _same_bytes(first.path, copy.path)
    return _IDENTICAL if same else _CONFLICT


def _same_bytes(first: str, second: str) -> bool:
    try:
        return filecmp.cmp(first, second, shallow=False)
    except OSError:
        return False
    finally:
        filecmp.clear_cache()
