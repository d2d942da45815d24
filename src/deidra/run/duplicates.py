"""The same SOP Instance UID twice in one collection: the first by name goes through, the others are held."""

from __future__ import annotations

import filecmp
from typing import TYPE_CHECKING

from deidra.model import Examination, ObjectFacts, Outcome, Reason, SourceObject
from deidra.workspace import inputs, outcomes
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
_NOT_EXAMINED = (Examination("metadata", made=False, note="held before it was examined"),)


def hold_duplicates(ledger: sqlite3.Connection, run: int, job: int) -> int:
    """Record what is held for sharing its SOP Instance UID; gives how many objects that are."""
    held = 0
    for group in list(inputs.repeated_instances(ledger)):
        (first, first_seen, _), *others = group
        copies = [copy for copy, seen, released in others if seen == run and not released]
        found = [_outcome(first, copy, first_here=first_seen == run) for copy in copies]
        packed = outcomes.pack(found, {copy.id: copy for copy in copies})
        with transaction(ledger):
            outcomes.record(ledger, job, packed)
        held += len(found)
    return held


def _outcome(first: SourceObject, copy: SourceObject, *, first_here: bool) -> Outcome:
    if not first_here:
        reason = _GONE
    elif first.size == copy.size and _same_bytes(first.path, copy.path):
        reason = _IDENTICAL
    else:
        reason = _CONFLICT
    facts = ObjectFacts(size_in=copy.size)
    return Outcome(copy.id, "held", (reason,), examinations=_NOT_EXAMINED, facts=facts)


def _same_bytes(first: str, second: str) -> bool:
    try:
        return filecmp.cmp(first, second, shallow=False)
    except OSError:
        return False
    finally:
        filecmp.clear_cache()
