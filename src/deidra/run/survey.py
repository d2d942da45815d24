"""One quick read-only pass over all headers: subjects, series, instances, all into the ledger.

Archives met on the way are unpacked into the spool and surveyed in turn.
"""

from __future__ import annotations

import functools
import itertools
from typing import TYPE_CHECKING

import msgspec

from deidra.errors import UsageError, WorkspaceError
from deidra.model import ObjectFacts, Outcome, Reason, SourceObject
from deidra.run.discover import Found, discover
from deidra.run.documents import settle_documents
from deidra.run.look import ArchiveTask, Chunk, Row, Seen, Subject, Unpacked, look, unpack
from deidra.run.pool import Failed, each
from deidra.workspace import documents, inputs, outcomes, studies
from deidra.workspace.ledger import transaction

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from deidra.run.mechanisms import Mechanisms

CHUNK_FILES = 64
ARCHIVE_DEPTH = 2  # an archive inside an archive is opened; a third level is refused


class Survey(msgspec.Struct, frozen=True):
    """What a survey works with. `withdraw` is told of inputs whose content changed since they were released."""

    ledger: sqlite3.Connection
    run: int
    job: int
    mechanisms: Mechanisms
    spool: Path
    jobs: int
    withdraw: Callable[[int], None]
    notify: Callable[[int], None]


def survey(task: Survey, sources: tuple[str, ...]) -> None:
    """Record every input. Raises UsageError when there is nothing, WorkspaceError when the disk is full."""
    numbers = itertools.count(inputs.next_object_id(task.ledger))
    intake = _Intake(task)
    found: Iterable[Found] = discover(sources)
    while True:
        archives = sorted(_round(task, intake, found, numbers), key=lambda archive: archive.id)
        if not archives:
            break
        found = _open_archives(task, archives)
    settle_documents(task.ledger, task.run, task.job, sources, task.withdraw)
    if inputs.count_seen(task.ledger, task.run) == 0:
        raise UsageError("nothing-found", "there are no files under the sources")


def _round(task: Survey, intake: _Intake, found: Iterable[Found], numbers: Iterator[int]) -> Iterator[ArchiveTask]:
    """Survey these files; gives the archives among them."""
    function = functools.partial(look, task.mechanisms)
    broken: list[Chunk] = []
    for chunk, answer in each(function, _chunks(task, found, numbers), task.jobs, inline=False):
        if isinstance(answer, Failed):
            _stop_if_fatal(answer)
            broken.append(chunk)
            continue
        yield from _take(task, intake, chunk, answer)
    # A worker died over a file of these chunks: one by one, the culprit is found and the others are not lost.
    singles = ((row,) for chunk in broken for row in chunk)
    for chunk, answer in each(function, singles, 1, inline=False):
        if isinstance(answer, Failed):
            _stop_if_fatal(answer)
            _record_trouble(task, chunk[0], "held", Reason(answer.code, "", answer.message))
            continue
        yield from _take(task, intake, chunk, answer)


def _chunks(task: Survey, found: Iterable[Found], numbers: Iterator[int]) -> Iterator[Chunk]:
    """Files that need a look, numbered; the others are settled here."""
    rows: list[Row] = []
    unchanged: list[tuple[int, str]] = []
    fresh = inputs.next_object_id(task.ledger) == 1
    for file in found:
        known = None if fresh else inputs.known(task.ledger, file.name)
        number = known.id if known else next(numbers)
        row = (number, file.name, file.path, file.size, file.mtime_ns, file.depth)
        same = known is not None and (known.size, known.mtime_ns) == (file.size, file.mtime_ns)
        if known and not same:
            task.withdraw(number)
        if file.reason is not None:
            _record_trouble(task, row, "rejected", file.reason)
        elif known and same and known.surveyed:
            unchanged.append((number, file.path))
            if len(unchanged) >= CHUNK_FILES:
                _mark(task, unchanged)
        else:
            rows.append(row)
            if len(rows) >= CHUNK_FILES:
                yield tuple(rows)
                rows.clear()
    _mark(task, unchanged)
    if rows:
        yield tuple(rows)


def _mark(task: Survey, unchanged: list[tuple[int, str]]) -> None:
    if unchanged:
        with transaction(task.ledger):
            inputs.mark_seen(task.ledger, task.run, unchanged)
        task.notify(len(unchanged))
        unchanged.clear()


def _take(task: Survey, intake: _Intake, chunk: Chunk, seen: Seen) -> list[ArchiveTask]:
    """Record what a worker saw; gives the archives it met."""
    rows = {row[0]: row for row in chunk}
    with transaction(task.ledger):
        intake.record(rows, seen)
        inputs.add_objects(task.ledger, task.run, [_object_row(rows[each.id], "document") for each in seen.documents])
        documents.add(task.ledger, seen.documents)
        inputs.add_objects(
            task.ledger, task.run, [_object_row(rows[trouble[0]], "other") for trouble in seen.troubles.rows]
        )
        outcomes.record(task.ledger, task.job, seen.troubles)
    task.notify(len(chunk) - len(seen.archives))
    archives = []
    for number, kind in seen.archives:
        _, name, path, size, mtime_ns, depth = rows[number]
        if depth >= ARCHIVE_DEPTH:
            reason = Reason("archive-too-deep", "", f"archives are opened {ARCHIVE_DEPTH} levels deep")
            _record_trouble(task, rows[number], "rejected", reason)
            continue
        folder = str(task.spool / str(number))
        archives.append(ArchiveTask(number, name, path or name, kind, size, mtime_ns, depth, folder))
    return archives


def _open_archives(task: Survey, archives: list[ArchiveTask]) -> list[Found]:
    """Unpack them in the pool: what a hostile archive can bring down is a worker."""
    found: list[tuple[int, list[Found]]] = []
    for archive, answer in each(unpack, archives, task.jobs):
        if isinstance(answer, Failed):
            _stop_if_fatal(answer)
            unpacked = Unpacked([], Reason("archive-damaged", "", answer.message))
        else:
            unpacked = answer
        if unpacked.reason is not None:
            row = (archive.id, archive.name, archive.path, archive.size, archive.mtime_ns, archive.depth)
            _record_trouble(task, row, "rejected", unpacked.reason)
        members = []
        for member in unpacked.members:
            reason = Reason(member.code, "", member.message) if member.code else None
            if reason is None and member.size == 0:
                reason = Reason("empty-file", "", "the file has no bytes")
            name = f"{archive.name}{inputs.MEMBER_MARK}{member.name}"
            members.append(Found(name, member.size, archive.mtime_ns, member.path, archive.depth + 1, reason))
        found.append((archive.id, members))
    return [member for _, members in sorted(found, key=lambda item: item[0]) for member in members]


def _record_trouble(task: Survey, row: Row, status: str, reason: Reason) -> None:
    outcome = Outcome(row[0], status, (reason,), facts=ObjectFacts(size_in=row[3]))  # type: ignore[arg-type]
    packed = outcomes.pack([outcome], {row[0]: SourceObject(row[0], row[2], row[1], row[3], row[4])})
    with transaction(task.ledger):
        inputs.add_objects(task.ledger, task.run, [_object_row(row, "other")])
        outcomes.record(task.ledger, task.job, packed)
    task.notify(1)


def _object_row(row: Row, kind: str, series: int = 0, *about: str) -> inputs.ObjectRow:
    number, name, path, size, mtime_ns, _ = row
    return inputs.ObjectRow(number, name, path, size, mtime_ns, kind, series, *about)


def _stop_if_fatal(failed: Failed) -> None:
    if failed.fatal:
        raise WorkspaceError(failed.code, failed.message)


class _Intake:
    """Numbers subjects and series across chunks. The dictionaries mirror tables of the ledger."""

    def __init__(self, task: Survey) -> None:
        self._task = task
        self._subjects = inputs.subject_ids(task.ledger)
        self._series = inputs.series_ids(task.ledger)
        self._frames: set[str] = set()

    def record(self, rows: dict[int, Row], seen: Seen) -> None:
        ledger = self._task.ledger
        subjects = [self._subject(subject) for subject in seen.subjects]
        series = [self._place(subjects[subject], study, uid) for subject, study, uid in seen.series]
        studies.add(ledger, [(subjects[subject], uid, identity) for subject, uid, identity in seen.studies])
        fresh = set(seen.frames_of_reference) - self._frames
        if fresh:
            inputs.add_frames_of_reference(ledger, fresh)
            self._frames |= fresh
        inputs.add_objects(
            ledger,
            self._task.run,
            [
                _object_row(rows[number], kind, series[home] if home >= 0 else 0, *about)
                for number, kind, home, *about in seen.objects
            ],
        )

    def _subject(self, seen: Subject) -> int:
        ledger, number = self._task.ledger, self._subjects.get(seen.key)
        if number is None:
            number = self._subjects[seen.key] = inputs.add_subject(ledger, seen.key, seen.patient_id, seen.issuer)
        inputs.add_terms(ledger, number, seen.terms)
        inputs.add_words(ledger, number, seen.words)
        return number

    def _place(self, subject: int, study_uid: str, series_uid: str) -> int:
        place = (subject, study_uid, series_uid)
        number = self._series.get(place)
        if number is None:
            number = self._series[place] = inputs.add_series(self._task.ledger, *place)
        return number
