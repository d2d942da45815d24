"""What the ledger of a run knows: subjects, their names and numbers, original UIDs, and what was written where."""

from __future__ import annotations

import itertools
import re
import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from deidra.verify import knowledge
from deidra.verify.attributes import Nature
from deidra.verify.fold import words
from deidra.verify.forms import calendar_day, is_common
from deidra.verify.knowledge import Known
from deidra.workspace.crosswalk import other_uids
from deidra.workspace.inputs import original_uids, to_name

_STEM = re.compile(r"([^/\0]+?)(?:\.[A-Za-z0-9]{1,5})?$")
_SHORTEST_STEM = 10


_KINDS = {
    "name": Nature.NAME,
    "physician": Nature.NAME,
    "operator": Nature.NAME,
    "identifier": Nature.ID,
    "phone": Nature.CONTACT,
    "date": Nature.DATE,
    "address": Nature.ADDRESS,
    "institution": Nature.INSTITUTION,
}


class Release(NamedTuple):
    """One object that the ledger says was released. `source` is how the run knew the input. Sensitive."""

    output: str
    size: int
    source: str
    subject: int | None
    sop: str

    def __repr__(self) -> str:
        return "Release(<redacted>)"


def learn(ledger: sqlite3.Connection, store: sqlite3.Connection, options: frozenset[str]) -> dict[int, int]:
    """Take over subjects, terms and UIDs; gives the subject numbers of the store by those of the ledger."""
    numbers = {}
    for number, patient_id, issuer in ledger.execute("SELECT id, patient_id, issuer FROM subjects").fetchall():
        own = numbers[number] = knowledge.subject_number(store, patient_id or f"\0{number}", issuer)
        knowledge.add(store, own, [Known(Nature.ID, patient_id)] if patient_id else [])
    for number, named, term in ledger.execute("SELECT subject_id, kind, term FROM terms"):
        kind = _KINDS.get(named) or kind_of(term)
        if kind and knowledge.is_searched(kind, options):
            knowledge.add(store, numbers[number], [Known(kind, part) for part in term.split("\\") if part.strip()])
    if "uids" not in options:
        knowledge.add_uids(store, itertools.chain(original_uids(ledger), other_uids(ledger)))
    _learn_file_names(ledger, store, numbers)
    return numbers


def _learn_file_names(ledger: sqlite3.Connection, store: sqlite3.Connection, numbers: dict[int, int]) -> None:
    """Names of input files that are long, numbered and no words: they may stand in a reference or a comment."""
    rows = ledger.execute(
        "SELECT name, subject_id FROM objects JOIN series ON series.id = series_id WHERE kind != 'dicomdir'"
    )
    for name, subject in rows:
        match = _STEM.search(to_name(name))
        stem = match[1] if match else ""
        telling = (
            len(stem) >= _SHORTEST_STEM and any(c.isdigit() for c in stem) and not all(map(is_common, words(stem)))
        )
        if telling and not re.fullmatch(r"[\d.]+", stem):
            knowledge.add(store, numbers[subject], [Known(Nature.ID, stem)])


def kind_of(term: str) -> Nature | None:
    """What a term of no named kind is, by its look."""
    text = term.strip()
    if len(text) == 8 and calendar_day(text):
        return Nature.DATE
    if "^" in text or "=" in text:
        return Nature.NAME
    if any(c.isdigit() for c in text):
        return Nature.ID
    return Nature.NAME if text else None


def releases(ledger: sqlite3.Connection, numbers: dict[int, int]) -> Iterator[Release]:
    """Everything that the ledger says was released, by its place below the output."""
    rows = ledger.execute(
        "SELECT output, size_out, name, subject_id, coalesce(sop_instance_uid, '') FROM outcomes "
        "JOIN objects ON objects.id = object_id LEFT JOIN series ON series.id = series_id "
        "WHERE status = 'released' AND output != '' "
        # Manifests, which were made of no single input: whose they are, their Patient ID says
        "UNION ALL SELECT output, size, x'', NULL, '' FROM written ORDER BY output"
    )
    for output, size, name, subject, sop in rows:
        yield Release(output, size, to_name(name), numbers.get(subject), sop)
