"""What the ledger knows of documents that stand free: what they are, their content's digest, whom they name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from deidra.workspace.inputs import source_object, to_name

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

    from deidra.model import SourceObject

# Stands for a document where others are told by their UID
CONTENT_PREFIX = "sha256:"


class DocumentRow(msgspec.Struct, frozen=True, array_like=True):
    """A document as the survey saw it. `people` is an encoded record of whom it names. Sensitive."""

    id: int
    mime_type: str
    digest: str  # SHA-256 of the content, hexadecimal
    people: bytes


class Unsettled(msgspec.Struct, frozen=True):
    """A document of this run, with the series (of nothing but documents) that it belonged to so far, 0 for none."""

    id: int
    name: str
    size: int
    mtime_ns: int
    series: int
    people: bytes


def add(ledger: sqlite3.Connection, rows: Iterable[DocumentRow]) -> None:
    """Record documents, replacing what was known of them."""
    ledger.executemany(
        "INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?)",
        [(row.id, row.mime_type, row.digest, row.people) for row in rows],
    )


def seen(ledger: sqlite3.Connection, run: int) -> Iterator[Unsettled]:
    """The documents met in a run, by number."""
    rows = ledger.execute(
        "SELECT id, name, size, mtime_ns, coalesce(series_id, 0), people FROM objects JOIN documents "
        "ON object_id = id WHERE kind = 'document' AND seen = ? ORDER BY id",
        (run,),
    )
    return (Unsettled(row[0], to_name(row[1]), *row[2:]) for row in rows)


def assign(ledger: sqlite3.Connection, number: int, series: int) -> None:
    """Say to which series of documents, so to which subject, a document belongs; 0 for none."""
    ledger.execute("UPDATE objects SET series_id = ? WHERE id = ?", (series or None, number))


def places(ledger: sqlite3.Connection, run: int) -> Iterator[tuple[str, int]]:
    """(name, subject) of the DICOM objects met in a run."""
    rows = ledger.execute(
        "SELECT name, subject_id FROM objects JOIN series ON series.id = series_id WHERE kind = 'dicom' AND seen = ?",
        (run,),
    )
    return ((to_name(name), subject) for name, subject in rows)


def patient_ids(ledger: sqlite3.Connection) -> Iterator[tuple[int, str, str]]:
    """(subject, Patient ID, issuer) of every subject that has one."""
    return ledger.execute("SELECT id, patient_id, issuer FROM subjects WHERE patient_id != ''")


def names_and_dates(ledger: sqlite3.Connection) -> Iterator[tuple[int, str, str]]:
    """(subject, "name" or "date", term) of everybody."""
    return ledger.execute("SELECT subject_id, kind, term FROM terms WHERE kind IN ('name', 'date')")


def repeated(ledger: sqlite3.Connection) -> Iterator[list[tuple[SourceObject, int, bool]]]:
    """Groups of documents of one subject with the same content, as `inputs.repeated_instances` gives them."""
    groups = ledger.execute(
        "SELECT series_id, digest FROM documents JOIN objects ON id = object_id WHERE series_id IS NOT NULL "
        "GROUP BY series_id, digest HAVING count(*) > 1"
    ).fetchall()
    for group in groups:
        rows = ledger.execute(
            "SELECT id, path, name, size, mtime_ns, seen, coalesce(status = 'released', 0) FROM objects "
            "JOIN documents ON documents.object_id = id LEFT JOIN outcomes ON outcomes.object_id = id "
            "WHERE series_id = ? AND digest = ? AND coalesce(status, '') != 'not-selected' ORDER BY 7 DESC, name",
            group,
        )
        yield [(source_object(*row[:5]), row[5], bool(row[6])) for row in rows]
