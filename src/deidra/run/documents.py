"""Whose a document is that stands free: it says so itself, or the images around it do. Otherwise it is held.

A document belongs to the subject whose Patient ID it names; else to the one whose name and birth date it gives; else
to the only subject whose DICOM objects lie in the nearest folder that has any. What it names as its patient must not
contradict that.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

import msgspec

from deidra.documents.people import People
from deidra.model import ObjectFacts, Outcome, Reason, SourceObject
from deidra.text.folding import words
from deidra.workspace import documents, inputs, outcomes
from deidra.workspace.ledger import transaction

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator

_MIXED = 0
_UNKNOWN = "subject-unknown"


def settle_documents(
    ledger: sqlite3.Connection, run: int, job: int, sources: Iterable[str], withdraw: Callable[[int], None]
) -> None:
    """Give each document of the run to its subject, or record that it is held.

    `withdraw` is told of documents that were released as somebody else's.
    """
    found = list(documents.seen(ledger, run))
    if not found:
        return
    subjects = _Subjects(ledger)
    folders = _Folders(found, sources)
    for name, subject in documents.places(ledger, run):
        folders.add(name, subject)
    series = inputs.series_ids(ledger)
    for document in found:
        people = msgspec.msgpack.decode(document.people, type=People)
        answer = _whose(people, subjects, folders.subject_of(document.name))
        _record(ledger, job, document, people, answer, series, withdraw)


def _record(
    ledger: sqlite3.Connection,
    job: int,
    document: documents.Unsettled,
    people: People,
    answer: int | Reason,
    series: dict[tuple[int, str, str], int],
    withdraw: Callable[[int], None],
) -> None:
    place = (0, "", "") if isinstance(answer, Reason) else (answer, "", "")
    if document.series and document.series != series.get(place):
        # First, so that a crash in between leaves nothing behind
        withdraw(document.id)
    with transaction(ledger):
        if isinstance(answer, Reason):
            documents.assign(ledger, document.id, 0)
            source = SourceObject(document.id, "", document.name, document.size, document.mtime_ns)
            held = Outcome(document.id, "held", (answer,), facts=ObjectFacts(size_in=document.size))
            outcomes.record(ledger, job, outcomes.pack([held], {document.id: source}))
            return
        if place not in series:
            series[place] = inputs.add_series(ledger, *place)
        documents.assign(ledger, document.id, series[place])
        inputs.add_terms(ledger, answer, people.terms)


def _whose(people: People, subjects: _Subjects, around: int | None) -> int | Reason:
    """The subject of a document, or why there is none. `around`: that of its folder, 0 where there are several."""
    by_number = subjects.with_ids(people.patient_ids)
    if len(by_number) > 1:
        return Reason("several-subjects", "", "the document names the Patient IDs of several subjects")
    named = by_number or subjects.with_name(people)
    subject = next(iter(named)) if len(named) == 1 else around
    if subject is None:
        return Reason(_UNKNOWN, "", "the document names no patient that the images name, and no images lie around it")
    if subject == _MIXED:
        why = "the document names no patient that the images name, and the images around it are of several subjects"
        return Reason(_UNKNOWN, "", why)
    if subjects.contradict(subject, people):
        return Reason(_UNKNOWN, "", "the document gives its patient another name than the images that it belongs to")
    return subject


class _Subjects:
    """The surveyed subjects by what documents may say of them."""

    def __init__(self, ledger: sqlite3.Connection) -> None:
        self._by_id: dict[str, list[tuple[int, str]]] = {}
        for subject, patient_id, issuer in documents.patient_ids(ledger):
            self._by_id.setdefault(patient_id, []).append((subject, issuer))
        self._names: dict[int, set[frozenset[str]]] = {}
        self._by_name: dict[frozenset[str], set[int]] = {}
        self._dates: dict[int, set[str]] = {}
        for subject, kind, term in documents.names_and_dates(ledger):
            if kind == "date":
                self._dates.setdefault(subject, set()).add("".join(filter(str.isdigit, term)))
            elif name := frozenset(words(term)):
                self._names.setdefault(subject, set()).add(name)
                self._by_name.setdefault(name, set()).add(subject)

    def with_ids(self, patient_ids: Iterable[tuple[str, str]]) -> set[int]:
        """The subjects with one of these (number, issuer); of several with a number, the one of that issuer."""
        found = set()
        for number, issuer in patient_ids:
            candidates = self._by_id.get(number, [])
            same_issuer = [each for each in candidates if each[1] == issuer]
            chosen = same_issuer if len(candidates) > 1 and same_issuer else candidates
            found |= {subject for subject, _ in chosen}
        return found

    def with_name(self, people: People) -> set[int]:
        """The subjects with this name and birth date."""
        if not people.birth_date:
            return set()
        named = {subject for name in people.patient_names for subject in self._by_name.get(frozenset(words(name)), ())}
        return {subject for subject in named if people.birth_date in self._dates.get(subject, ())}

    def contradict(self, subject: int, people: People) -> bool:
        """Whether the document and the images both name the patient, and differently."""
        names = self._names.get(subject, set())
        given = [frozenset(words(name)) for name in people.patient_names]
        return bool(names and given) and not any(_agree(one, other) for one in given for other in names)


def _agree(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two names can be of one person: the shorter has nothing, initials apart, that the longer has not."""
    short, long = sorted((one, other), key=len)
    initials = {word[0] for word in long}
    return bool(short) and all(word in long or (len(word) == 1 and word in initials) for word in short)


class _Folders:
    """Whose DICOM objects lie below the folders around documents. An archive is a folder."""

    def __init__(self, found: Iterable[documents.Unsettled], sources: Iterable[str]) -> None:
        self._tops = frozenset(sources) | {posixpath.dirname(source) for source in sources}
        self._subjects: dict[str, int | None] = {
            folder: None for document in found for folder in self._around(document.name)
        }
        self._last: tuple[str, int] = ("", 0)

    def add(self, name: str, subject: int) -> None:
        """Note a DICOM object."""
        folder = posixpath.dirname(_as_path(name))
        if (folder, subject) == self._last:
            return
        self._last = (folder, subject)
        for each in self._around(name):
            if each in self._subjects:
                before = self._subjects[each]
                self._subjects[each] = subject if before in (None, subject) else _MIXED

    def subject_of(self, name: str) -> int | None:
        """The subject of the nearest folder around a document that has any, 0 for several, None where none has."""
        for folder in self._around(name):
            subject = self._subjects[folder]
            if subject is not None:
                return subject
        return None

    def _around(self, name: str) -> Iterator[str]:
        """The folders around an input, the nearest first, none outside of the sources."""
        folder = posixpath.dirname(_as_path(name))
        while folder not in self._tops and folder not in ("", "/"):
            yield folder
            folder = posixpath.dirname(folder)
        yield folder


def _as_path(name: str) -> str:
    return name.replace(inputs.MEMBER_MARK, "/")
