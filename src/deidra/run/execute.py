"""Batches out to the workers, outcomes back into the ledger: one transaction per batch, one writer."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import msgspec

from deidra.errors import WorkspaceError
from deidra.model import Batch, ObjectFacts, Outcome, Reason
from deidra.run.pool import Failed, each
from deidra.workspace import outcomes
from deidra.workspace.ledger import transaction
from deidra.workspace.outcomes import Packed, pack

if TYPE_CHECKING:
    import sqlite3

Deidentify = Callable[[Batch, Any], list[Outcome]]


def execute(
    ledger: sqlite3.Connection,
    job: int,
    batches: Iterable[Batch],
    deidentify: Deidentify,
    context: Any,
    jobs: int,
    notify: Callable[[Counter[str]], None],
) -> bool:
    """Carry out all batches; gives whether a worker died. Raises WorkspaceError when going on makes no sense.

    A batch whose worker died is taken up again at the end, object by object in a worker of its own:
    what kills that one is held, the rest goes through.
    """
    function = functools.partial(carry_out, deidentify, context)
    broken: list[Batch] = []
    died = False
    # Never in this process: what a hostile document can bring down is a worker
    for batch, answer in each(function, batches, jobs, inline=False):
        if isinstance(answer, Failed):
            _stop_if_fatal(answer)
            died |= answer.died
            broken.append(batch)
        else:
            _record(ledger, job, answer, notify)
    singles = (msgspec.structs.replace(batch, objects=(item,)) for batch in broken for item in batch.objects)
    for batch, answer in each(function, singles, 1, inline=False):
        if isinstance(answer, Failed):
            _stop_if_fatal(answer)
            died |= answer.died
            _record(ledger, job, _held(batch, Reason(answer.code, "", answer.message)), notify)
        else:
            _record(ledger, job, answer, notify)
    return died


def carry_out(deidentify: Deidentify, context: Any, batch: Batch) -> Packed:
    """In a worker: the engine's outcomes, packed. An object the engine forgot is held, not lost."""
    objects = {item.id: item for item in batch.objects}
    found = [outcome for outcome in deidentify(batch, context) if outcome.object_id in objects]
    missing = objects.keys() - {outcome.object_id for outcome in found}
    reason = Reason("no-outcome", "", "the engine gave no outcome for this object")
    found += [_outcome(number, objects[number].size, reason) for number in sorted(missing)]
    return pack(found, objects)


def _held(batch: Batch, reason: Reason) -> Packed:
    found = [_outcome(item.id, item.size, reason) for item in batch.objects]
    return pack(found, {item.id: item for item in batch.objects})


def _outcome(number: int, size: int, reason: Reason) -> Outcome:
    return Outcome(number, "held", (reason,), facts=ObjectFacts(size_in=size))


def _record(ledger: sqlite3.Connection, job: int, packed: Packed, notify: Callable[[Counter[str]], None]) -> None:
    with transaction(ledger):
        outcomes.record(ledger, job, packed)
    notify(Counter(row[3] for row in packed.rows))


def _stop_if_fatal(failed: Failed) -> None:
    if failed.fatal:
        raise WorkspaceError(failed.code, failed.message)
