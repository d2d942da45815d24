"""READ THIS FIRST. What came out of a de-identification, looked at by somebody who did not do it.

    learn      what must not be found: from the ledger of the workspace, from the sources themselves
    pair       which source each output was made of
    examine    every file: its name, every byte, every value, everything packed inside; beside its source
    settle     what only the whole collection can tell: shifted days, common words, references, one-to-one maps
    report     verify.json, verify.html, an exit code

Nothing here imports the engine, its rules, its reader or its cleaner.
"""

from __future__ import annotations

import contextlib
import functools
import math
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from deidra.errors import UsageError, WorkspaceError
from deidra.standard.confidentiality import OPTIONS
from deidra.verify import collection as store_of_findings
from deidra.verify import validators
from deidra.verify.examine import Scope, Task
from deidra.verify.execute import default_jobs, each
from deidra.verify.findings import Check, Finding, Severity
from deidra.verify.folders import files_below, private_folder
from deidra.verify.integrity import check_integrity, settle_common_words, settle_days
from deidra.verify.learn import Learnt, Request, learn
from deidra.verify.ocr import engine
from deidra.verify.report import VerifySummary, write_reports
from deidra.verify.search import forget, knowledge_of, wide_indexes
from deidra.verify.studies import check_studies
from deidra.verify.tally import Tally
from deidra.verify.work import Done, Job, Settings, work
from deidra.workspace.inputs import to_bytes, to_name
from deidra.workspace.paths import LEDGER, default_workspace

OCR_CHOICES = ("none", "likely", "all")
_CHANCE = 0.01  # false findings in bulk bytes that a whole verification may expect
_SHORTEST_IN_BULK = 6
_REPORT_SUFFIX = ".verify"
_PAGE = 1000


class Progress(msgspec.Struct, frozen=True):
    """How far a verification is. `phase`: learn, examine, settle. `total` is 0 while nobody knows it."""

    phase: str
    done: int
    total: int
    findings: int = 0


class Places(msgspec.Struct, frozen=True):
    """Where things are. `workspace` None: no run is known; `sources` empty: originals are not read."""

    out: Path
    source: Path | None
    workspace: Path | None
    report: Path


def verify(
    out: str | os.PathLike[str],
    *,
    source: str | os.PathLike[str] | None = None,
    workspace: str | os.PathLike[str] | None = None,
    report: str | os.PathLike[str] | None = None,
    jobs: int | None = None,
    options: Sequence[str] = (),
    ocr: str = "likely",
    with_validators: bool = True,
    progress: Callable[[Progress], None] | None = None,
) -> VerifySummary:
    """Verify the released files below `out`, against the originals where `source` or `workspace` give them.

    `workspace` defaults to ``<out>.deidra`` where that holds a ledger; `report` is the folder for ``verify.json`` and
    ``verify.html``, by default the workspace, else ``<out>.verify``. Raises UsageError before anything is written;
    one bad file never raises, it becomes a finding.
    """
    began, started = time.monotonic(), datetime.now(UTC)
    if ocr not in OCR_CHOICES:
        raise UsageError("unknown-choice", f"ocr is one of {', '.join(OCR_CHOICES)}")
    places = settle(out, source, workspace, report)
    tell = progress or (lambda _: None)
    with _private(places.report) as folder:
        collection = store_of_findings.create(folder / "collection.sqlite")
        with contextlib.closing(collection):
            total = _list_output(collection, places.out)
            workers = jobs or default_jobs()
            request = Request(places.out, places.source, places.workspace, _options(options), workers)
            learnt = learn(collection, folder, request, lambda done, whole: tell(Progress("learn", done, whole)))
            _accounts(collection, learnt, places)
            tally = Tally()
            settings = _settings(places, learnt, total, ocr, with_validators)
            wide_indexes(settings.scope.store, settings.scope.shortest_in_bulk)  # loaded before workers are forked
            for done in _examined(collection, settings, workers):
                tally.add(collection, done)
                tell(Progress("examine", tally.files, total.files, tally.findings))
            tell(Progress("settle", 0, 0, tally.findings))
            _settle(collection, settings, learnt, tally)
            span = (started, time.monotonic() - began)
            return write_reports(collection, places.out, places.report, learnt, tally, settings, span)


def settle(
    out: str | os.PathLike[str],
    source: str | os.PathLike[str] | None,
    workspace: str | os.PathLike[str] | None,
    report: str | os.PathLike[str] | None,
) -> Places:
    """Resolve the folders. Raises UsageError when one is missing or they overlap."""
    real = Path(os.path.realpath(out))
    if not real.is_dir():
        raise UsageError("output-missing", "OUT is no folder")
    if source is not None and not os.path.lexists(source):
        raise UsageError("source-missing", "the source does not exist")
    origin = Path(os.path.realpath(source)) if source is not None else None
    if origin is not None and (origin == real or origin.is_relative_to(real) or real.is_relative_to(origin)):
        raise UsageError("folders-overlap", "the source and the output are not apart")
    found = Path(os.path.realpath(workspace)) if workspace is not None else default_workspace(real)
    has_ledger = (found / LEDGER).is_file()
    if workspace is not None and not has_ledger:
        raise UsageError("workspace-missing", "the workspace holds no ledger of a run; was it destroyed? Give --source")
    home = found if has_ledger else real.with_name(real.name + _REPORT_SUFFIX)
    target = Path(os.path.realpath(report)) if report is not None else home
    if target == real or target.is_relative_to(real):
        raise UsageError("folders-overlap", "the report must not lie in the output")
    return Places(real, origin, found if has_ledger else None, target)


class Total(msgspec.Struct, frozen=True):
    """What lies below the output."""

    files: int
    bytes: int


@contextlib.contextmanager
def _private(report: Path) -> Iterator[Path]:
    """A private folder for what is known of the originals, gone at the end."""
    try:
        report.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = private_folder(report)
    except OSError as error:
        raise WorkspaceError("report-unusable", f"cannot write the folder of the report: {error.strerror}") from None
    try:
        yield folder
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", "") or type(error).__name__
        code = "disk-full" if name == "SQLITE_FULL" else "report-unusable"
        raise WorkspaceError(code, f"the private store beside the report cannot be used ({name})") from None
    finally:
        forget()
        shutil.rmtree(folder, ignore_errors=True)


def _list_output(collection: sqlite3.Connection, out: Path) -> Total:
    files = volume = 0
    odd = []
    for number, entry in enumerate(files_below(out), start=1):
        store_of_findings.add_files(collection, [(number, to_bytes(entry.name), entry.size)])
        if entry.odd:
            odd.append((number, entry.odd))
        files, volume = files + 1, volume + entry.size
    if not files:
        raise UsageError("nothing-found", "there are no files below OUT")
    for number, what in odd:
        finding = Finding(Check.FILES, Severity.UNCLEAR, "no-file", "", f"{what}: not followed, not examined")
        store_of_findings.add_finding(collection, number, finding)
        collection.execute("UPDATE object SET kind = 'odd' WHERE id = ?", (number,))
    return Total(files, volume)


def _options(named: Sequence[str]) -> frozenset[str] | None:
    """The options that the caller names; raises UsageError for one that PS3.15 E.3 does not have."""
    unknown = set(named) - set(OPTIONS)
    if unknown:
        raise UsageError("unknown-option", f"the options of PS3.15 E.3 are {', '.join(OPTIONS)}")
    return frozenset(named) if named else None


_DIFFERENCES = (
    ("foreign", "expected IS NULL", "the ledger knows nothing of this file"),
    ("size-differs", "expected > 0 AND expected != size", "the file is not as long as the ledger says"),
)


def _accounts(collection: sqlite3.Connection, learnt: Learnt, places: Places) -> None:
    """What the ledger and the folder do not agree on."""
    if places.workspace is None:
        return
    for _ in range(learnt.missing):
        finding = Finding(
            Check.FILES, Severity.UNCLEAR, "missing", "", "a file that the ledger calls released is not there"
        )
        store_of_findings.add_finding(collection, None, finding)
    for code, condition, message in _DIFFERENCES:
        rows = collection.execute(f"SELECT id FROM object WHERE {condition} AND kind != 'odd' ORDER BY id").fetchall()  # noqa: S608
        for (number,) in rows:
            store_of_findings.add_finding(collection, number, Finding(Check.FILES, Severity.UNCLEAR, code, "", message))


def _settings(places: Places, learnt: Learnt, total: Total, ocr: str, with_validators: bool) -> Settings:
    # The length from which chance alone is not expected to spell a needle in the bulk bytes of this collection
    trials = 3.0 * max(learnt.needles, 1) * max(total.bytes, 1) / _CHANCE
    shortest = max(_SHORTEST_IN_BULK, math.ceil(math.log(trials, 256)))
    scope = Scope(places.out, learnt.store, shortest, learnt.informed, learnt.options, learnt.stated)
    return Settings(
        scope, validators.installed() if with_validators and places.source else (), ocr if engine() else "none"
    )


def _examined(collection: sqlite3.Connection, settings: Settings, jobs: int) -> Iterator[Done]:
    tasks = _jobs(collection)
    for job, done in each(functools.partial(work, settings), tasks, jobs):
        if done is not None:
            yield done
            continue
        finding = Finding(Check.FILES, Severity.UNREAD, "reader-crashed", "", "the file brought its reader down")
        store_of_findings.add_finding(collection, job.task.number, finding)


def _jobs(collection: sqlite3.Connection) -> Iterator[Job]:
    """Files in order of their paths, so that those of one subject follow each other; read in pages."""
    last = b""
    while True:
        rows = collection.execute(
            "SELECT object.id, object.path, object.subject, coalesce(source.path, '') FROM object "
            "LEFT JOIN source ON source.id = source_id WHERE object.kind != 'odd' AND object.path > ? "
            "ORDER BY object.path LIMIT ?",
            (last, _PAGE),
        ).fetchall()
        if not rows:
            return
        last = rows[-1][1]
        for number, path, subject, source in rows:
            yield Job(Task(number, to_name(path), subject), source)


def _settle(collection: sqlite3.Connection, settings: Settings, learnt: Learnt, tally: Tally) -> None:
    known = knowledge_of(settings.scope.store)
    settle_days(collection, known)
    settle_common_words(collection, known)
    paired = collection.execute("SELECT count(*) FROM object WHERE source_id IS NOT NULL").fetchone()[0]
    check_integrity(collection, paired=bool(paired), options=learnt.options)
    if "dcentvfy" in settings.validators:
        check_studies(collection, settings.scope.out, tally)
    tally.add_introduced(collection)
