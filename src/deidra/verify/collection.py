"""What was found in all files, and the facts of all objects, in one private SQLite file: memory stays the same."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from deidra.verify.examine import Examined
from deidra.verify.findings import Check, Finding, Severity

_SCHEMA = """
CREATE TABLE object (
    id INTEGER PRIMARY KEY, path BLOB NOT NULL, kind TEXT NOT NULL DEFAULT '', size INTEGER NOT NULL, subject INTEGER,
    expected INTEGER, source TEXT, source_id INTEGER, sop_class TEXT, sop TEXT, modality TEXT, study_date TEXT,
    accession TEXT, patient_name TEXT, patient_id TEXT, issuer TEXT, birth_date TEXT, sex TEXT, study TEXT,
    series TEXT, instance_number TEXT, frame_of_reference TEXT, stored_sop TEXT, declared INTEGER,
    pixels BLOB, geometry BLOB);
CREATE UNIQUE INDEX object_by_path ON object (path);
CREATE INDEX object_by_sop ON object (sop);
CREATE TABLE source (
    id INTEGER PRIMARY KEY, name BLOB NOT NULL, path TEXT NOT NULL, problem TEXT NOT NULL, subject INTEGER,
    pixels BLOB, geometry BLOB, sop_class TEXT, sop TEXT, modality TEXT, study_date TEXT, accession TEXT,
    patient_name TEXT, patient_id TEXT, birth_date TEXT, sex TEXT, study TEXT, series TEXT, instance_number TEXT);
CREATE UNIQUE INDEX source_by_name ON source (name);
CREATE INDEX source_by_sop ON source (sop);
CREATE TABLE reference (object INTEGER, place TEXT, uid TEXT, PRIMARY KEY (object, place, uid)) WITHOUT ROWID;
CREATE TABLE day (subject INTEGER, day TEXT, PRIMARY KEY (subject, day)) WITHOUT ROWID;
CREATE TABLE value (digest BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE finding (
    object INTEGER, "check" TEXT, severity TEXT, code TEXT, locator TEXT, message TEXT, form TEXT, shape TEXT,
    identifier INTEGER, day TEXT);
CREATE TABLE uid_pair (old TEXT, new TEXT, object INTEGER, PRIMARY KEY (old, new)) WITHOUT ROWID;
CREATE INDEX uid_pair_by_new ON uid_pair (new);
CREATE TABLE shift (
    subject INTEGER, days INTEGER, place TEXT, count INTEGER, object INTEGER,
    PRIMARY KEY (subject, days, place)) WITHOUT ROWID;
"""
_FACTS = (
    "sop_class", "sop", "modality", "study_date", "accession", "patient_name", "patient_id", "issuer", "birth_date",
    "sex", "study", "series", "instance_number", "frame_of_reference", "stored_sop", "declared",
)  # fmt: skip


def create(path: Path) -> sqlite3.Connection:
    """A new, empty collection. The folder around it is private."""
    collection = sqlite3.connect(path, isolation_level=None)
    collection.executescript(f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA temp_store=MEMORY; {_SCHEMA}")
    return collection


def add_files(collection: sqlite3.Connection, rows: Iterable[tuple[int, bytes, int]]) -> None:
    """Files of the output: (number, path, size)."""
    collection.executemany("INSERT INTO object (id, path, size) VALUES (?, ?, ?)", rows)


def record(collection: sqlite3.Connection, examined: Examined) -> None:
    """What one examination found."""
    number, facts = examined.task.number, examined.facts
    columns = ", ".join(f"{name} = ?" for name in ("kind", *_FACTS))
    values = [examined.kind, *(getattr(facts, name) for name in _FACTS), number]
    collection.execute(f"UPDATE object SET {columns} WHERE id = ?", values)  # noqa: S608 - names of our own
    collection.executemany(
        "INSERT OR IGNORE INTO reference VALUES (?, ?, ?)", [(number, place, uid) for place, uid in facts.references]
    )
    collection.executemany("INSERT OR IGNORE INTO value VALUES (?)", [(digest,) for digest in examined.values])
    if examined.task.subject is not None:
        days = [(examined.task.subject, day.isoformat()) for day in facts.days]
        collection.executemany("INSERT OR IGNORE INTO day VALUES (?, ?)", days)
    for found in examined.found:
        add_finding(collection, number, found.finding, found.day.isoformat() if found.day else None)


def add_finding(collection: sqlite3.Connection, number: int | None, finding: Finding, day: str | None = None) -> None:
    """One finding about an object, or about the collection."""
    row: tuple[Any, ...] = (
        number, finding.check.value, finding.severity.value, finding.code, finding.locator, finding.message,
        finding.form, finding.shape, finding.identifier, day,
    )  # fmt: skip
    collection.execute("INSERT INTO finding VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)


def findings(collection: sqlite3.Connection) -> Iterator[tuple[int | None, bytes | None, Finding]]:
    """(number of the object, its path, finding), the gravest first."""
    order = " ".join(f"WHEN '{severity.value}' THEN {rank}" for rank, severity in enumerate(Severity))
    rows = collection.execute(
        'SELECT object, path, "check", severity, code, locator, message, form, shape, identifier FROM finding '  # noqa: S608 - ours
        f'LEFT JOIN object ON id = object ORDER BY CASE severity {order} END, "check", code, object, locator'
    )
    for number, path, check, severity, *rest in rows:
        yield number, path, Finding(Check(check), Severity(severity), *rest)


def count_by_severity(collection: sqlite3.Connection) -> dict[str, int]:
    """Severity -> findings."""
    return dict(collection.execute("SELECT severity, count(*) FROM finding GROUP BY severity"))


def count_values(collection: sqlite3.Connection) -> int:
    """Distinct texts that were kept, each with the attribute it stands in."""
    return int(collection.execute("SELECT count(*) FROM value").fetchone()[0])
