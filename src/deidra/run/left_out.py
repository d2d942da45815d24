"""What becomes of inputs that are not exported: recorded, and taken back where they were released before."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Literal, TypeAlias

from deidra.model import Examination, ObjectFacts, Outcome, Reason, SourceObject
from deidra.workspace import outcomes
from deidra.workspace.ledger import transaction

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable

Fate: TypeAlias = tuple[SourceObject, Literal["held", "not-selected"], Reason]

_AT_ONCE = 1000
_NOT_EXAMINED = (Examination("metadata", made=False, note="not selected, not examined"),)


def leave_out(ledger: sqlite3.Connection, job: int, fates: Iterable[Fate], withdraw: Callable[[int], None]) -> None:
    """Record these outcomes; `withdraw` is told of objects that were released before."""
    waiting = iter(fates)
    while some := list(itertools.islice(waiting, _AT_ONCE)):
        for item, _, _ in some:
            if outcomes.is_released(ledger, item.id):
                withdraw(item.id)
        found = [
            Outcome(item.id, status, (reason,), examinations=_NOT_EXAMINED, facts=ObjectFacts(size_in=item.size))
            for item, status, reason in some
        ]
        with transaction(ledger):
            outcomes.record(ledger, job, outcomes.pack(found, {item.id: item for item, _, _ in some}))
