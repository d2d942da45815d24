"""What the ledger knows of inputs: files, the subjects and series they belong to. Sensitive throughout."""

from __future__ import annotations

import itertools
import operator
from typing import TYPE_CHECKING, Literal

import msgspec

from deidra.model import SourceObject, SubjectKnowledge, Term

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

# Joins the name of an archive and of its member: the one character that no file name can hold. Shown as "!".
MEMBER_MARK = "\0"


class Known(msgspec.Struct, frozen=True):
    """An input met in an earlier run."""

    id: int
    size: int
    mtime_ns: int
    surveyed: bool


class ObjectRow(msgspec.Struct, frozen=True, array_like=True):
    """One input as the survey saw it. `path` is empty when it is the name itself; `series_id` 0 means none."""

    id: int
    name: str
    path: str
    size: int
    mtime_ns: int
    kind: str
    series_id: int = 0
    sop_instance_uid: str = ""
    modality: str = ""
    sop_class_uid: str = ""


def to_bytes(name: str) -> bytes:
    """File names are bytes: what is no UTF-8 comes back unchanged."""
    return name.encode("utf-8", "surrogateescape")


def to_name(raw: bytes) -> str:
    """The inverse of `to_bytes`."""
    return raw.decode("utf-8", "surrogateescape")


def next_object_id(ledger: sqlite3.Connection) -> int:
    """The first number that no input has yet."""
    return int(ledger.execute("SELECT coalesce(max(id), 0) + 1 FROM objects").fetchone()[0])


def known(ledger: sqlite3.Connection, name: str) -> Known | None:
    """What is on record for a name."""
    row = ledger.execute(
        "SELECT id, size, mtime_ns, series_id IS NOT NULL OR kind IN ('dicomdir', 'document') FROM objects "
        "WHERE name = ?",
        (to_bytes(name),),
    ).fetchone()
    return Known(row[0], row[1], row[2], bool(row[3])) if row else None


def add_objects(ledger: sqlite3.Connection, run: int, rows: Iterable[ObjectRow]) -> None:
    """Record inputs met in this run, replacing what was known of them."""
    ledger.executemany(
        "INSERT INTO objects VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
        "path = excluded.path, size = excluded.size, mtime_ns = excluded.mtime_ns, kind = excluded.kind, "
        "series_id = excluded.series_id, sop_instance_uid = excluded.sop_instance_uid, "
        "modality = excluded.modality, sop_class_uid = excluded.sop_class_uid, seen = excluded.seen",
        [
            (
                row.id,
                to_bytes(row.name),
                to_bytes(row.path) if row.path else None,
                row.size,
                row.mtime_ns,
                row.kind,
                row.series_id or None,
                row.sop_instance_uid or None,
                row.modality,
                row.sop_class_uid,
                run,
            )
            for row in rows
        ],
    )


def mark_seen(ledger: sqlite3.Connection, run: int, rows: Sequence[tuple[int, str]]) -> None:
    """Inputs (id, path or "") met again unchanged."""
    ledger.executemany(
        "UPDATE objects SET seen = ?, path = ? WHERE id = ?",
        [(run, to_bytes(path) if path else None, number) for number, path in rows],
    )


def subject_ids(ledger: sqlite3.Connection) -> dict[str, int]:
    """Subject key -> number."""
    return dict(ledger.execute("SELECT key, id FROM subjects"))


def add_subject(ledger: sqlite3.Connection, key: str, patient_id: str, issuer: str) -> int:
    """Record a subject; gives its number."""
    cursor = ledger.execute(
        "INSERT INTO subjects (key, patient_id, issuer) VALUES (?, ?, ?)", (key, patient_id, issuer)
    )
    return int(cursor.lastrowid or 0)


def add_terms(ledger: sqlite3.Connection, subject: int, terms: Iterable[Term]) -> None:
    """Names and identifiers of a subject; those on record already do not count twice."""
    rows = [(subject, term.kind, term.value) for term in terms]
    ledger.executemany("INSERT OR IGNORE INTO terms VALUES (?, ?, ?)", rows)


def add_words(ledger: sqlite3.Connection, subject: int, words: Iterable[tuple[str, str]]) -> None:
    """(site, word) of a subject's texts whose words no vocabulary knows."""
    ledger.executemany("INSERT OR IGNORE INTO words VALUES (?, ?, ?)", [(word, subject, site) for site, word in words])


def words_of_many(
    ledger: sqlite3.Connection, fewest_subjects: int
) -> tuple[dict[str, int], dict[str, frozenset[str]]]:
    """Words that at least so many subjects have: word -> subjects, word -> sites."""
    counts = dict(
        ledger.execute(
            "SELECT word, count(DISTINCT subject_id) FROM words GROUP BY word HAVING count(DISTINCT subject_id) >= ?",
            (fewest_subjects,),
        )
    )
    sites = {
        word: frozenset(site for (site,) in ledger.execute("SELECT DISTINCT site FROM words WHERE word = ?", (word,)))
        for word in counts
    }
    return counts, sites


def names_and_places(ledger: sqlite3.Connection) -> Iterator[Term]:
    """Every term of any subject that is made of words."""
    rows = ledger.execute("SELECT DISTINCT kind, term FROM terms WHERE kind IN ('name', 'institution', 'address')")
    return (Term(kind, term) for kind, term in rows)


def series_ids(ledger: sqlite3.Connection) -> dict[tuple[int, str, str], int]:
    """(subject, Study Instance UID, Series Instance UID) -> number."""
    rows = ledger.execute("SELECT subject_id, study_uid, series_uid, id FROM series")
    return {(subject, study, series): number for subject, study, series, number in rows}


def add_series(ledger: sqlite3.Connection, subject: int, study_uid: str, series_uid: str) -> int:
    """Record a series of a subject; gives its number."""
    cursor = ledger.execute(
        "INSERT INTO series (subject_id, study_uid, series_uid) VALUES (?, ?, ?)",
        (subject, study_uid, series_uid),
    )
    return int(cursor.lastrowid or 0)


def add_frames_of_reference(ledger: sqlite3.Connection, uids: Iterable[str]) -> None:
    """Frame of Reference UIDs met, for the way back."""
    ledger.executemany("INSERT OR IGNORE INTO frames_of_reference VALUES (?)", [(uid,) for uid in uids])


def subject_keys(ledger: sqlite3.Connection, run: int) -> list[str]:
    """The keys of the subjects whose objects were met in this run and are not left out."""
    rows = ledger.execute(
        "SELECT DISTINCT subjects.key FROM objects JOIN series ON series.id = objects.series_id "
        "JOIN subjects ON subjects.id = series.subject_id LEFT JOIN outcomes ON object_id = objects.id "
        "WHERE objects.seen = ? AND coalesce(status, '') != 'not-selected' ORDER BY subjects.key",
        (run,),
    )
    return [key for (key,) in rows]


def pending_series(
    ledger: sqlite3.Connection, run: int
) -> Iterator[tuple[int, Literal["dicom", "document"], list[SourceObject]]]:
    """(subject number, kind, objects) of each series that still has objects without an outcome."""
    rows = ledger.execute(
        "SELECT series.subject_id, kind, objects.series_id, objects.id, path, name, size, mtime_ns FROM objects "
        "JOIN series ON series.id = objects.series_id LEFT JOIN outcomes ON object_id = objects.id "
        "WHERE kind IN ('dicom', 'document') AND seen = ? AND object_id IS NULL "
        "ORDER BY objects.series_id, kind, objects.id",
        (run,),
    )
    for (subject, kind, _), group in itertools.groupby(rows, key=operator.itemgetter(0, 1, 2)):
        yield subject, kind, [source_object(*row[3:]) for row in group]


def subject_knowledge(ledger: sqlite3.Connection, subject: int) -> SubjectKnowledge:
    """The key and all known terms of a subject."""
    (key,) = ledger.execute("SELECT key FROM subjects WHERE id = ?", (subject,)).fetchone()
    terms = ledger.execute("SELECT kind, term FROM terms WHERE subject_id = ? ORDER BY kind, term", (subject,))
    return SubjectKnowledge(key, tuple(Term(kind, term) for kind, term in terms))


def directories(ledger: sqlite3.Connection) -> list[SourceObject]:
    """The DICOMDIR files among the inputs."""
    rows = ledger.execute("SELECT id, path, name, size, mtime_ns FROM objects WHERE kind = 'dicomdir' ORDER BY id")
    return [source_object(*row) for row in rows]


def repeated_instances(ledger: sqlite3.Connection) -> Iterator[list[tuple[SourceObject, int, bool]]]:
    """Groups of objects that share a SOP Instance UID: (object, run it was last met in, released already).

    What is not selected is nobody's double. Within a group, what is released comes first, then by name: the first is
    the one that goes through.
    """
    uids = ledger.execute(
        "SELECT sop_instance_uid FROM objects WHERE sop_instance_uid IS NOT NULL AND kind = 'dicom' "
        "GROUP BY sop_instance_uid HAVING count(*) > 1"
    ).fetchall()
    for (uid,) in uids:
        rows = ledger.execute(
            "SELECT id, path, name, size, mtime_ns, seen, coalesce(status = 'released', 0) FROM objects "
            "LEFT JOIN outcomes ON object_id = id WHERE sop_instance_uid = ? AND kind = 'dicom' "
            "AND coalesce(status, '') != 'not-selected' ORDER BY 7 DESC, name",
            (uid,),
        )
        yield [(source_object(*row[:5]), row[5], bool(row[6])) for row in rows]


def original_uids(ledger: sqlite3.Connection) -> Iterator[str]:
    """Study, series, SOP Instance and Frame of Reference UIDs met in the inputs, each once, sorted.

    Documents stand among them by the digest of their content, after ``sha256:``. UIDs of anything else that was
    released are `crosswalk.other_uids`.
    """
    rows = ledger.execute(
        "SELECT study_uid FROM series WHERE study_uid != '' UNION SELECT series_uid FROM series WHERE series_uid != '' "
        "UNION SELECT sop_instance_uid FROM objects WHERE sop_instance_uid IS NOT NULL AND kind = 'dicom' "
        "UNION SELECT uid FROM frames_of_reference UNION SELECT 'sha256:' || digest FROM documents ORDER BY 1"
    )
    return (uid for (uid,) in rows)


def count_seen(ledger: sqlite3.Connection, run: int) -> int:
    """Inputs met in this run."""
    return int(ledger.execute("SELECT count(*) FROM objects WHERE seen = ?", (run,)).fetchone()[0])


def forget_unseen(ledger: sqlite3.Connection, run: int) -> None:
    """Drop inputs that are no longer given and left nothing in the output."""
    ledger.execute(
        "DELETE FROM outcomes WHERE status != 'released' AND object_id IN (SELECT id FROM objects WHERE seen != ?)",
        (run,),
    )
    ledger.execute(
        "DELETE FROM objects WHERE seen != ? AND NOT EXISTS (SELECT 1 FROM outcomes WHERE object_id = id)",
        (run,),
    )
    ledger.execute("DELETE FROM documents WHERE object_id NOT IN (SELECT id FROM objects WHERE kind = 'document')")


def source_object(number: int, path: bytes | None, name: bytes, size: int, mtime_ns: int) -> SourceObject:
    shown = to_name(name)
    return SourceObject(number, to_name(path) if path else shown, shown.replace(MEMBER_MARK, "!"), size, mtime_ns)
