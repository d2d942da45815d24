"""A whole collection, from its sources to the reports: discover, survey, execute, summarise."""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import sqlite3
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from deidra.errors import UsageError, WorkspaceError
from deidra.run import resume
from deidra.run.batches import batches
from deidra.run.dicomdir import renew_directory
from deidra.run.duplicates import hold_duplicates
from deidra.run.execute import execute
from deidra.run.job import Job, prepare
from deidra.run.left_out import leave_out
from deidra.run.manifest import renew_manifests
from deidra.run.pool import CANNOT_GO_ON, default_jobs
from deidra.run.progress import Meter, Progress
from deidra.run.select import select
from deidra.run.slices import not_taken
from deidra.run.slices_rationale import write_rationale
from deidra.run.summarise import Span, summarise
from deidra.run.survey import Survey, survey
from deidra.workspace import inputs, outcomes
from deidra.workspace.ledger import begin_run, job_id, meta, open_ledger, set_meta, transaction
from deidra.workspace.lock import locked
from deidra.workspace.paths import (
    LEDGER,
    REPORT_HTML,
    REPORT_JSON,
    SPOOL,
    Folders,
    open_output,
    open_workspace,
    settle_folders,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from deidra.run.aggregate import ExaminationRow, ReasonRow
    from deidra.run.summarise import Report

DEFAULT_POLICY = "public-research"


class RunSummary(msgspec.Struct, frozen=True):
    """How a run ended. Counts are objects; `kept` of the released were there from an earlier run."""

    released: int
    held: int
    rejected: int
    kept: int
    out: Path
    workspace: Path
    report: Path
    report_html: Path
    seconds: float
    reasons: list[ReasonRow]
    examinations: list[ExaminationRow]
    not_selected: int = 0

    @property
    def exit_code(self) -> int:
        """0 everything released, 1 some rejected, 3 something held (the graver)."""
        if self.held:
            return 3
        return 1 if self.rejected else 0


def run(
    sources: Sequence[str | os.PathLike[str]],
    out: str | os.PathLike[str],
    *,
    policy: str | os.PathLike[str] = DEFAULT_POLICY,
    settings: Sequence[str] = (),
    workspace: str | os.PathLike[str] | None = None,
    jobs: int | None = None,
    subjects: str | os.PathLike[str] | None = None,
    selection: str | os.PathLike[str] | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> RunSummary:
    """De-identify everything under `sources` into `out`.

    `sources` are folders, files and archives; `policy` a preset's name or a file; `settings` are
    ``KEY=VALUE`` over it; `workspace` defaults to ``<out>.deidra``; `jobs` to the cores this process may
    use; `subjects` is a CSV of ``id_old,id_new``; `selection` a list or Key Object Selection of what
    is exported, and nothing else. Run again, it goes on where it stopped.
    `progress` is called in this process with frozen `Progress` values.
    Raises UsageError, before anything is written where that is possible; one bad object never raises.
    """
    folders = settle_folders(sources, Path(out), Path(workspace) if workspace else None)
    listed, selected = Path(subjects) if subjects else None, Path(selection) if selection else None
    job_of = prepare(os.fspath(policy), settings, listed, selected)
    open_workspace(folders.workspace)
    with locked(folders.workspace):
        return run_job(job_of(folders.workspace), folders, jobs or default_jobs(), progress)


def run_job(job: Job, folders: Folders, jobs: int, progress: Callable[[Progress], None] | None = None) -> RunSummary:
    """Carry out a prepared job. The workspace is open and locked."""
    began, started = time.monotonic(), datetime.now(UTC)
    meter = Meter(progress)
    out, workspace = folders.out, folders.workspace
    with ledger_at(workspace / LEDGER) as ledger, _tidy(ledger, folders):
        number, made_by = _begun(ledger, job, folders)
        withdraw = functools.partial(resume.withdraw, ledger, out)
        survey(
            Survey(
                ledger=ledger,
                run=number,
                job=made_by,
                mechanisms=job.mechanisms,
                spool=workspace / SPOOL,
                jobs=jobs,
                withdraw=withdraw,
                notify=meter.surveyed,
            ),
            folders.sources,
        )
        cases = select(ledger, number, made_by, job.asked, folders.sources, withdraw)
        context = job.context(inputs.subject_keys(ledger, number), job.learn(ledger), out)
        kept = resume.settle(ledger, out, number, made_by)
        hold_duplicates(ledger, number, made_by)
        if job.slices.per_series:
            leave_out(ledger, made_by, not_taken(ledger, number, job.slices.per_series, jobs), withdraw)
        meter.start_execution(inputs.count_seen(ledger, number), outcomes.count_by_status(ledger))
        pending = batches(ledger, number)
        if execute(ledger, made_by, pending, job.mechanisms.deidentify, context, jobs, meter):
            resume.sweep(ledger, out)
        renew_manifests(ledger, made_by, out, cases, job.manifests(ledger, context))
        if not job.slices.per_series:
            renew_directory(ledger, made_by, out, job.uid)
        meter.summarising()
        report = summarise(ledger, workspace, job.about, Span(started, time.monotonic() - began))
        if job.slices.per_series:
            write_rationale(ledger, workspace, job.slices, report)
        job.finish(ledger)
        set_meta(ledger, "unfinished", "")
    return _summary(report, folders, kept, time.monotonic() - began)


def _begun(ledger: sqlite3.Connection, job: Job, folders: Folders) -> tuple[int, int]:
    """The numbers of the run and of the job in the ledger, with the output ready to be written to."""
    resume.adopt_output(ledger, folders.out)
    open_output(folders.out)
    resume.clear_remains(ledger, folders.out, folders.workspace)
    with transaction(ledger):
        outcomes.forget_unreleased(ledger)
        for key, value in job.identity_settings.items():
            set_meta(ledger, key, value)
    return begin_run(ledger), job_id(ledger, job.digest)


def _summary(report: Report, folders: Folders, kept: int, seconds: float) -> RunSummary:
    return RunSummary(
        released=report.released,
        held=report.held,
        rejected=report.rejected,
        kept=kept,
        out=folders.out,
        workspace=folders.workspace,
        report=folders.workspace / REPORT_JSON,
        report_html=folders.workspace / REPORT_HTML,
        seconds=seconds,
        reasons=report.reasons,
        examinations=report.examinations,
        not_selected=report.not_selected,
    )


@contextlib.contextmanager
def ledger_at(path: Path) -> Iterator[sqlite3.Connection]:
    """The open ledger; what goes wrong with files or the ledger itself becomes one clear error."""
    try:
        with contextlib.closing(open_ledger(path)) as ledger:
            yield ledger
    except OSError as error:
        code, message = CANNOT_GO_ON.get(
            error.errno or 0, ("folder-unusable", f"a file of the output or the workspace: {error.strerror}")
        )
        raise WorkspaceError(code, message) from None
    except sqlite3.Error as error:
        raise WorkspaceError("ledger-unusable", f"the ledger cannot be used ({type(error).__name__})") from None


@contextlib.contextmanager
def _tidy(ledger: sqlite3.Connection, folders: Folders) -> Iterator[None]:
    """Unpacked archives never stay; after an interrupt or a full disk, half-written files go too."""
    try:
        yield
    except BaseException:
        with contextlib.suppress(UsageError, OSError, sqlite3.Error):
            if meta(ledger, "unfinished") and meta(ledger, "out") == str(folders.out):
                resume.sweep(ledger, folders.out)
        raise
    finally:
        shutil.rmtree(folders.workspace / SPOOL, ignore_errors=True)
