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

    from deidra.run.progress import Meter

Deidentify = Callable[..., list[Outcome]]


def execute(
    ledger: sqlite3.Connection,
    job: int,
    batches: Iterable[Batch],
    deidentify: Deidentify,
    context: Any,
    jobs: int,
    meter: Meter,
) -> bool:
    """Carry out all batches; gives whether a worker died. Raises WorkspaceError when going on makes no sense.

    A batch whose worker died is taken up again at the end, object by object in a worker of its own:
    what kills that one is held, the rest goes through.
    """
    function = functools.partial(carry_out, deidentify, context)
    noted = meter.under_way if meter.tells else None
    broken: list[Batch] = []
    died = False
    # Never in this process: what a hostile document can bring down is a worker
    for batch, answer in each(function, batches, jobs, inline=False, noted=noted):
        if isinstance(answer, Failed):
            _stop_if_fatal(answer)
            died |= answer.died
            broken.append(batch)
            meter.executed(batch, Counter())
        else:
            _record(ledger, job, batch, answer, meter)
    singles = (msgspec.structs.replace(batch, objects=(item,)) for batch in broken for item in batch.objects)
    for batch, answer in each(function, singles, 1, inline=False, noted=noted):
        if isinstance(answer, Failed):
            _stop_if_fatal(answer)
            died |= answer.died
            _record(ledger, job, batch, _held(batch, Reason(answer.code, "", answer.message)), meter)
        else:
            _record(ledger, job, batch, answer, meter)
    return died


def carry_out(
    deidentify: Deidentify, context: Any, batch: Batch, tell: Callable[[float], None] | None = None
) -> Packed:
    """In a worker: the engine's outcomes, packed. An object the engine forgot is held, not lost."""
    objects = {item.id: item for item in batch.objects}
    given = deidentify(batch, context) if tell is None else deidentify(batch, context, tell)
    found = [outcome for outcome in given if outcome.object_id in objects]
    missing = objects.keys() - {outcome.object_id for outcome in found}
    reason = Reason("no-outcome", "", "the engine gave no outcome for this object")
    found += [_outcome(number, objects[number].size, reason) for number in sorted(missing)]
    return pack(found, objects)


def _held(batch: Batch, reason: Reason) -> Packed:
    found = [_outcome(item.id, item.size, reason) for item in batch.objects]
    return pack(found, {item.id: item for item in batch.objects})


def _outcome(number: int, size: int, reason: Reason) -> Outcome:
    return Outcome(number, "held", (reason,), facts=ObjectFacts(size_in=size))


def _record(ledger: sqlite3.Connection, job: int, batch: Batch, packed: Packed, meter: Meter) -> None:
    with transaction(ledger):
        outcomes.record(ledger, job, packed)
    meter.executed(batch, Counter(row[3] for row in packed.rows))


def _stop_if_fatal(failed: Failed) -> None:
    if failed.fatal:
        raise WorkspaceError(failed.code, failed.message)
