"""Which objects of a collection are exported, and what becomes of the others: nothing, and it is said so."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from deidra.dicom.export_codes import Purpose, title_codes
from deidra.dicom.key_objects import KEY_OBJECT_SELECTION, KeyObjects, read_key_objects
from deidra.errors import Held, SelectionError
from deidra.model import Reason, SourceObject
from deidra.run.left_out import Fate, leave_out
from deidra.run.pool import Failed, each
from deidra.run.selection import Row, Selection, rows_named, shortened
from deidra.workspace import inputs
from deidra.workspace.inputs import MEMBER_MARK, to_bytes

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Collection, Container, Iterable, Iterator, Sequence

_NOT_SELECTED = Reason("not-selected", "", "not part of the selection")
_CONSUMED = Reason(
    "selection-consumed", "", "a selection of what to export; a manifest of what was released takes its place"
)
_DELAYED = Reason("export-delayed", "", "the selection asks to wait with the export")
_ABSENT = "is not among the sources"


class Case(msgspec.Struct, frozen=True):
    """Objects of one subject that are exported together, and what is told of them: (column, text). Sensitive.

    `label` tells the cases of a subject apart; `objects` None: everything of the subject.
    """

    subject: int
    label: str
    objects: frozenset[int] | None
    told: tuple[tuple[str, str], ...] = ()
    is_delayed: bool = False

    def __repr__(self) -> str:
        return f"Case({self.subject}, <redacted>)"


class Asked(msgspec.Struct, frozen=True):
    """What a run was asked to export: by a list or file, or by key objects among the sources that say `purpose`."""

    selection: Selection | None
    purpose: Purpose | None


def select(
    ledger: sqlite3.Connection,
    run: int,
    job: int,
    asked: Asked,
    sources: Sequence[str],
    withdraw: Callable[[int], None],
) -> tuple[Case, ...] | None:
    """Record what is not exported; gives the cases, None when everything is.

    `withdraw` is told of objects that were released before. Raises SelectionError when the selection names what is
    not there.
    """
    if asked.selection is None and asked.purpose is None:
        return None
    found = list(_key_objects(ledger, run)) if asked.purpose else []
    titles = title_codes(asked.purpose) if asked.purpose else frozenset()
    wanted = [(item, said) for item, said in found if isinstance(said, Reason) or said.title in titles]
    fates: dict[int, Fate] = {item.id: (item, "not-selected", _CONSUMED) for item, _ in found}
    cases = None
    if asked.selection is not None:
        cases = _of_rows(ledger, run, asked.selection, sources)
    elif wanted:
        cases, own = _of_key_objects(ledger, run, wanted)
        fates |= {fate[0].id: fate for fate in own}
    leave_out(ledger, job, fates.values(), withdraw)
    if cases is not None:
        leave_out(ledger, job, _left_out(ledger, run, cases, fates), withdraw)
    return cases


def _key_objects(ledger: sqlite3.Connection, run: int) -> Iterable[tuple[SourceObject, KeyObjects | Reason]]:
    """The key object selections among the inputs of this run that ask for an export, or why one cannot be read."""
    rows = ledger.execute(
        "SELECT id, path, name, size, mtime_ns FROM objects WHERE kind = 'dicom' AND seen = ? AND sop_class_uid = ? "
        "ORDER BY id",
        (run, KEY_OBJECT_SELECTION),
    ).fetchall()
    items = {item.path: item for item in (inputs.source_object(*row) for row in rows)}
    # In a worker: what a hostile object can bring down is not this process
    for path, answer in each(_read, items, 1, inline=False):
        said = Reason(answer.code, "", answer.message) if isinstance(answer, Failed) else answer
        if said is not None:
            yield items[path], said


def _read(path: str) -> KeyObjects | Reason | None:
    try:
        return read_key_objects(path)
    except Held as error:
        return Reason(error.code, error.locator, error.message)
    except OSError as error:
        return Reason("unreadable", "", f"the file cannot be read: {error.strerror}")


def _of_key_objects(
    ledger: sqlite3.Connection, run: int, found: Sequence[tuple[SourceObject, KeyObjects | Reason]]
) -> tuple[tuple[Case, ...], list[Fate]]:
    """The cases that selections among the inputs make, and what becomes of these. Copies of one make one case."""
    cases: dict[tuple[int, frozenset[int]], Case] = {}
    fates: list[Fate] = []
    homes = _Homes({}, {}, {}, {})  # instances are found without
    for item, said in found:
        if isinstance(said, Reason):
            fates.append((item, "held", said))
            continue
        matches = [_matching(ledger, run, Row(0, instance=uid), homes, ()) for uid in said.instances]
        absent = sum(not match for match in matches)
        subjects = _by_subject(pair for match in matches for pair in match)
        told = _title(said.description, subjects)
        for subject, objects in subjects.items():
            case = Case(subject, str(item.id), objects, told, said.is_delayed)
            cases.setdefault((subject, objects), case)
        if said.is_delayed:
            fates.append((item, "held", _DELAYED))
        elif absent:
            why = f"{absent} of the {len(matches)} objects that it names are not among the sources; the others went on"
            fates.append((item, "held", Reason("selection-incomplete", "", why)))
        else:
            fates.append((item, "not-selected", _CONSUMED))
    return tuple(cases.values()), fates


def _of_rows(ledger: sqlite3.Connection, run: int, selection: Selection, sources: Sequence[str]) -> tuple[Case, ...]:
    """The cases of a list. Raises SelectionError, naming the rows that select nothing or tell of several patients."""
    grouped: dict[tuple[int, str], tuple[set[int], dict[tuple[str, str], None]]] = {}
    absent, shared = [], []
    homes, folders = _homes(ledger), (*sources, selection.folder)
    for row in selection.rows:
        subjects = _by_subject(_matching(ledger, run, row, homes, folders))
        if not subjects:
            absent.append(row.number)
        if len(subjects) > 1 and row.told:
            shared.append(row.number)
        for subject, objects in subjects.items():
            members, told = grouped.setdefault((subject, row.case), (set(), {}))
            members |= objects
            told |= dict.fromkeys(row.told)
    problems = [f"{rows_named(absent)}: what is named {_ABSENT}"] if absent else []
    if shared:
        problems.append(f"{rows_named(shared)}: names objects of several patients, so its texts can be given to none")
    if problems:
        raise SelectionError("selection-absent" if absent else "selection-invalid", "\n".join(shortened(problems)))
    title = _title(selection.title, {subject for subject, _ in grouped})
    return tuple(
        Case(subject, label, frozenset(members), (*title, *told), selection.is_delayed)
        for (subject, label), (members, told) in grouped.items()
    )


def _title(text: str, subjects: Collection[int]) -> tuple[tuple[str, str], ...]:
    """What is told of one subject; of several, nobody could clean it with what is known of each."""
    return (("title", text),) if text and len(subjects) == 1 else ()


def _by_subject(pairs: Iterable[tuple[int, int]]) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = {}
    for number, subject in pairs:
        found.setdefault(subject, set()).add(number)
    return {subject: frozenset(numbers) for subject, numbers in found.items()}


class _Homes(msgspec.Struct, frozen=True):
    """Series of the ledger by what a row may say of them: a pass over the objects for each row would take too long."""

    by_series: dict[str, set[int]]
    by_study: dict[str, set[int]]
    by_patient: dict[str, set[int]]
    by_issuer: dict[str, set[int]]

    def of(self, row: Row) -> set[int] | None:
        """The series that a row names; None when it names none."""
        named = [(self.by_series, row.series), (self.by_study, row.study), (self.by_patient, row.patient)]
        if row.patient and row.issuer is not None:
            named.append((self.by_issuer, row.issuer))
        found = [known.get(value, set()) for known, value in named if value or known is self.by_issuer]
        return set.intersection(*found) if found else None

    def of_anything(self, name: str) -> set[int]:
        """The series with this identifier of any level above objects."""
        return {home for known in (self.by_series, self.by_study, self.by_patient) for home in known.get(name, ())}


def _homes(ledger: sqlite3.Connection) -> _Homes:
    homes = _Homes({}, {}, {}, {})
    rows = ledger.execute(
        "SELECT series.id, series_uid, study_uid, patient_id, issuer FROM series "
        "JOIN subjects ON subjects.id = subject_id"
    )
    for number, *values in rows:
        for known, value in zip(msgspec.structs.astuple(homes), values, strict=True):
            known.setdefault(value, set()).add(number)
    return homes


# What is there: met in this run, or released before
_THERE = (
    "SELECT objects.id, subject_id FROM objects JOIN series ON series.id = series_id "
    "LEFT JOIN outcomes ON object_id = objects.id "
    "WHERE kind IN ('dicom', 'document') AND (seen = ? OR status = 'released') AND "
)


def _matching(
    ledger: sqlite3.Connection, run: int, row: Row, homes: _Homes, folders: Sequence[str]
) -> set[tuple[int, int]]:
    """(object, subject) for what a row names."""

    def there(condition: str, *values: str | int | bytes) -> set[tuple[int, int]]:
        return set(ledger.execute(_THERE + condition, (run, *values)))

    def inside(numbers: Iterable[int]) -> set[tuple[int, int]]:
        return {pair for number in numbers for pair in there("series_id = ?", number)}

    found = []
    named = homes.of(row)
    if named is not None:
        found.append(inside(named))
    if row.instance:
        found.append(there("sop_instance_uid = ?", row.instance))
    if row.path:
        found.append(there(*_below(row.path, folders)))
    if row.anything:
        any_level = inside(homes.of_anything(row.anything)) | there("sop_instance_uid = ?", row.anything)
        found.append(any_level | there(*_below(row.anything, folders)))
    return set.intersection(*found) if found else set()


def _below(path: str, folders: Sequence[str]) -> tuple[str, *tuple[bytes, ...]]:
    """The condition for being a file, in a folder or in an archive, and its values."""
    places = list(_places(path, folders))
    one = "name = ? OR (name > ? AND name < ?) OR (name > ? AND name < ?)"
    bounds = [bound for place in places for bound in (place, *(place + end for end in (b"/", b"0", b"\0", b"\1")))]
    return f"({' OR '.join([one] * len(places))})", *bounds


def _places(path: str, folders: Sequence[str]) -> Iterable[bytes]:
    """How the ledger may know a path: below a source or beside the list; a member of an archive stands after "!"."""
    places = [Path(folder) for folder in folders]
    around = dict.fromkeys(place if place.is_dir() else place.parent for place in places)
    archive, mark, member = path.partition("!")
    for folder in around:  # an absolute path does not care
        yield to_bytes(os.path.realpath(folder / path))
        if mark:
            yield to_bytes(os.path.realpath(folder / archive) + MEMBER_MARK + member)


def _left_out(ledger: sqlite3.Connection, run: int, cases: Sequence[Case], known: Container[int]) -> Iterator[Fate]:
    """What no case has, and what is to wait."""
    chosen = {number for case in cases if not case.is_delayed for number in case.objects or ()}
    waiting = {number for case in cases if case.is_delayed for number in case.objects or ()} - chosen
    rows = ledger.execute(
        "SELECT id, path, name, size, mtime_ns FROM objects "
        "WHERE kind IN ('dicom', 'document') AND seen = ? ORDER BY id",
        (run,),
    )
    for row in rows:
        if row[0] in waiting:
            yield inputs.source_object(*row), "held", _DELAYED
        elif row[0] not in chosen and row[0] not in known:
            yield inputs.source_object(*row), "not-selected", _NOT_SELECTED
