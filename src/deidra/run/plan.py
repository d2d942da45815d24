"""What a run would do, without writing anything outside the workspace."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from deidra.run.batches import batches
from deidra.run.collection import DEFAULT_POLICY, ledger_at
from deidra.run.dicomdir import record_directories
from deidra.run.duplicates import hold_duplicates
from deidra.run.execute import execute
from deidra.run.job import Job, prepare
from deidra.run.left_out import leave_out
from deidra.run.pool import default_jobs
from deidra.run.progress import Meter, Progress
from deidra.run.select import select
from deidra.run.slices import not_taken
from deidra.run.summarise import Report, Span, report_of
from deidra.run.survey import Survey, survey
from deidra.workspace import inputs, outcomes
from deidra.workspace.ledger import begin_run, job_id
from deidra.workspace.lock import locked
from deidra.workspace.paths import LEDGER, PLAN, SPOOL, open_workspace, settle_sources

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence

_NO_OUTPUT = "no-output"  # a name only: nothing is ever made there


def plan(
    sources: Sequence[str | os.PathLike[str]],
    *,
    policy: str | os.PathLike[str] = DEFAULT_POLICY,
    settings: Sequence[str] = (),
    workspace: str | os.PathLike[str] | None = None,
    jobs: int | None = None,
    subjects: str | os.PathLike[str] | None = None,
    selection: str | os.PathLike[str] | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Report:
    """What `run` would do to everything under `sources`: a Report whose actions also list what is kept.

    Without a workspace a temporary one is used and removed at the end, so pseudonyms are not those of a later
    run. Raises UsageError.
    """
    listed, selected = Path(subjects) if subjects else None, Path(selection) if selection else None
    job_of = prepare(os.fspath(policy), settings, listed, selected, dry_run=True)
    with _place(workspace) as folder:
        real_sources = settle_sources(sources, {"the workspace": folder})
        open_workspace(folder)
        with locked(folder):
            return plan_job(job_of(folder), real_sources, folder, jobs or default_jobs(), progress)


def plan_job(
    job: Job,
    sources: tuple[str, ...],
    workspace: Path,
    jobs: int,
    progress: Callable[[Progress], None] | None = None,
) -> Report:
    """Plan a prepared job (made with `dry_run`). The workspace is open and locked; its ledger is left alone."""
    began, started = time.monotonic(), datetime.now(UTC)
    meter = Meter(progress)
    folder = workspace / PLAN
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        with ledger_at(folder / LEDGER) as ledger:
            _look_and_decide(ledger, job, sources, folder, jobs, meter)
            return report_of(ledger, job.about, Span(started, time.monotonic() - began))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _look_and_decide(
    ledger: sqlite3.Connection, job: Job, sources: tuple[str, ...], folder: Path, jobs: int, meter: Meter
) -> None:
    number, made_by = begin_run(ledger), job_id(ledger, job.digest)
    task = Survey(
        ledger=ledger,
        run=number,
        job=made_by,
        mechanisms=job.mechanisms,
        spool=folder / SPOOL,
        jobs=jobs,
        withdraw=lambda _: None,
        notify=meter.surveyed,
    )
    survey(task, sources)
    select(ledger, number, made_by, job.asked, sources, lambda _: None)
    context = job.context(inputs.subject_keys(ledger, number), job.learn(ledger), folder / _NO_OUTPUT)
    hold_duplicates(ledger, number, made_by)
    if job.slices.per_series:
        leave_out(ledger, made_by, not_taken(ledger, number, job.slices.per_series, jobs), lambda _: None)
    meter.start_execution(inputs.count_seen(ledger, number), {})
    pending = batches(ledger, number)
    execute(ledger, made_by, pending, job.mechanisms.deidentify, context, jobs, meter)
    if inputs.directories(ledger) and not job.slices.per_series:
        record_directories(ledger, made_by, 1 if any(outcomes.released_instances(ledger)) else 0)


@contextlib.contextmanager
def _place(workspace: str | os.PathLike[str] | None) -> Iterator[Path]:
    if workspace is not None:
        yield Path(os.path.realpath(workspace))
        return
    # Not TemporaryDirectory: its finaliser would also run in a forked worker
    folder = tempfile.mkdtemp(prefix="deidra-plan-")
    try:
        yield Path(os.path.realpath(folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
