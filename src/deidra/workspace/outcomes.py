"""What became of each input, and the folds over it. Edits are stored once per distinct list."""

from __future__ import annotations

import functools
import hashlib
import itertools
import operator
import zlib
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from deidra.model import Edit, Examination, Outcome, Reason, SourceObject
from deidra.workspace.inputs import to_name

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping, Sequence

# object id, source size, source mtime_ns, status, output, digests of reasons, edits and examinations,
# modality, SOP Class UID, transfer syntax UID, size of the output, CPU that its pixels took. A tuple: made by workers,
# stored as it comes.
OutcomeRow: TypeAlias = tuple[
    int, int, int, str, str, bytes | None, bytes | None, bytes | None, str, str, str, int, int
]

_REASONS_CACHED = 10_000
_encode = msgspec.msgpack.encode


class Packed(msgspec.Struct, frozen=True):
    """Outcomes of one batch as the ledger stores them; small to send from a worker."""

    rows: list[OutcomeRow]
    blobs: dict[bytes, bytes]
    retained: list[tuple[int, str, str, str]]  # object id, attribute, value, why
    mapped_uids: list[str] = []  # original UIDs that were mapped. Sensitive


class Recorded(msgspec.Struct, frozen=True):
    """One line of the reports: an input and what became of it. `source` is sensitive."""

    object_id: int
    source: str
    status: str
    output: str
    reasons: tuple[Reason, ...]
    modality: str
    sop_class_uid: str
    transfer_syntax_uid: str
    bytes_in: int
    bytes_out: int


def pack(outcomes: Sequence[Outcome], objects: Mapping[int, SourceObject]) -> Packed:
    """Encode outcomes for the ledger. Runs in workers, so that the one writer has little left to do."""
    blobs: dict[bytes, bytes] = {}
    digests: dict[int, bytes] = {}  # by identity: an engine that shares a list among objects is paid for once

    def digest(values: Sequence[msgspec.Struct]) -> bytes | None:
        if not values:
            return None
        known = digests.get(id(values))
        if known is None:
            content = _encode(values)
            known = digests[id(values)] = hashlib.blake2b(content, digest_size=16).digest()
            if known not in blobs:
                blobs[known] = zlib.compress(content, 1)
        return known

    rows: list[OutcomeRow] = []
    for outcome in outcomes:
        source, facts = objects[outcome.object_id], outcome.facts
        rows.append(
            (
                outcome.object_id,
                source.size,
                source.mtime_ns,
                outcome.status,
                outcome.output,
                digest(outcome.reasons),
                digest(outcome.edits),
                digest(outcome.examinations),
                facts.modality,
                facts.sop_class_uid,
                facts.transfer_syntax_uid,
                facts.size_out,
                facts.pixel_cpu_ms,
            )
        )
    texts: list[tuple[int, str, str, str]] = [
        (one.object_id, text.attribute, text.value, text.why) for one in outcomes for text in one.retained
    ]
    return Packed(rows, blobs, texts, [uid for outcome in outcomes for uid in outcome.mapped_uids])


def record(ledger: sqlite3.Connection, job: int, packed: Packed) -> None:
    """Store the outcomes of one batch."""
    ledger.executemany("INSERT OR IGNORE INTO blobs VALUES (?, ?)", packed.blobs.items())
    slots = ", ".join(f"?{number}" for number in range(2, 14))
    ledger.executemany(f"INSERT OR REPLACE INTO outcomes VALUES (?1, {job:d}, {slots})", packed.rows)  # noqa: S608 - numbers of our own


    ledger.executemany("DELETE FROM retained WHERE object_id = ?", [(row[0],) for row in packed.rows])
    texts = [text[1:] for text in packed.retained]
    ledger.executemany("INSERT OR IGNORE INTO texts (attribute, value, why) VALUES (?, ?, ?)", texts)
    ledger.executemany(
        "INSERT OR IGNORE INTO retained SELECT ?, id FROM texts WHERE attribute = ? AND value = ? AND why = ?",
        packed.retained,
    )
    mapped = ((uid, job) for uid in packed.mapped_uids)
    ledger.executemany("INSERT OR IGNORE INTO mapped_uids VALUES (?, ?)", mapped)


def retained_texts(ledger: sqlite3.Connection) -> Iterator[tuple[str, str, str, int]]:
    """(attribute, value, why, number of series) for each distinct text that stays in what is released, sorted."""
    return ledger.execute(
        "SELECT attribute, value, why, count(DISTINCT place) FROM texts JOIN ("
        "SELECT text_id, series_id AS place FROM retained JOIN outcomes USING (object_id) "
        "JOIN objects ON objects.id = object_id WHERE status = 'released' "
        "UNION ALL SELECT text_id, output FROM written_texts) ON text_id = texts.id "
        "GROUP BY texts.id ORDER BY attribute, value, why"
    )


def forget(ledger: sqlite3.Connection, objects: Iterable[int]) -> None:
    """Drop outcomes that no longer hold."""
    ledger.executemany("DELETE FROM outcomes WHERE object_id = ?", [(number,) for number in objects])


def released(ledger: sqlite3.Connection) -> Iterator[tuple[int, str, int, int, bool, bool]]:
    """(object id, output, size of the output, job, source unchanged, met in the last run) of what was released."""
    return ledger.execute(
        "SELECT object_id, output, size_out, job_id, size = source_size AND mtime_ns = source_mtime_ns, "
        "seen = (SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'run') "
        "FROM outcomes JOIN objects ON id = object_id WHERE status = 'released' ORDER BY object_id"
    )


def is_released(ledger: sqlite3.Connection, number: int) -> bool:
    """Whether an object is on record as released."""
    row = ledger.execute("SELECT status = 'released' FROM outcomes WHERE object_id = ?", (number,)).fetchone()
    return bool(row and row[0])


def forget_unreleased(ledger: sqlite3.Connection) -> None:
    """What was held or rejected before is tried again."""
    ledger.execute("DELETE FROM outcomes WHERE status != 'released'")


def outputs(ledger: sqlite3.Connection) -> set[str]:
    """Every path below the output folder that an outcome accounts for, or that the run wrote of its own."""
    rows = ledger.execute("SELECT output FROM outcomes WHERE output != '' UNION SELECT output FROM written")
    return {output for (output,) in rows}


def released_instances(ledger: sqlite3.Connection) -> Iterator[str]:
    """Paths below the output folder of released DICOM instances and of manifests, sorted."""
    rows = ledger.execute(
        "SELECT output FROM outcomes JOIN objects ON id = object_id "
        "WHERE status = 'released' AND kind = 'dicom' UNION SELECT output FROM written ORDER BY output"
    )
    return (output for (output,) in rows)


def released_by_series(ledger: sqlite3.Connection) -> list[tuple[int, int]]:
    """(released, met) DICOM instances of each series."""
    return ledger.execute(
        "SELECT sum(status = 'released'), count(*) FROM outcomes JOIN objects ON id = object_id "
        "WHERE kind = 'dicom' AND series_id IS NOT NULL GROUP BY series_id"
    ).fetchall()


def released_by_subject(ledger: sqlite3.Connection) -> Iterator[tuple[int, list[tuple[int, str, str]]]]:
    """(subject, [(object id, output, SOP Class UID)]) of released DICOM instances, in order of outputs."""
    rows = ledger.execute(
        "SELECT subject_id, object_id, output, outcomes.sop_class_uid FROM outcomes "
        "JOIN objects ON objects.id = object_id JOIN series ON series.id = series_id "
        "WHERE status = 'released' AND kind = 'dicom' ORDER BY subject_id, output"
    )
    for subject, group in itertools.groupby(rows, key=operator.itemgetter(0)):
        yield subject, [row[1:] for row in group]


def released_subjects(ledger: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """(Patient ID, pseudonym) of subjects with a Patient ID of whom something was released, sorted."""
    return ledger.execute(
        "SELECT DISTINCT patient_id, substr(output, 1, instr(output, '/') - 1) FROM outcomes "
        "JOIN objects ON objects.id = object_id JOIN series ON series.id = series_id "
        "JOIN subjects ON subjects.id = subject_id "
        "WHERE status = 'released' AND kind IN ('dicom', 'document') AND patient_id != '' ORDER BY 1, 2"
    )


# An object that the engine refused has no facts of its own; the survey may have seen some.
_MODALITY = "coalesce(nullif(outcomes.modality, ''), objects.modality)"
# What documents are is told by their MIME type.
_SOP_CLASS = (
    "coalesce(nullif(outcomes.sop_class_uid, ''), nullif(objects.sop_class_uid, ''), "
    "(SELECT mime_type FROM documents WHERE documents.object_id = objects.id), '')"
)


def recorded(ledger: sqlite3.Connection) -> Iterator[Recorded]:
    """Every input with its outcome, by object id."""
    reasons = functools.lru_cache(_REASONS_CACHED)(functools.partial(_read, ledger, tuple[Reason, ...]))
    rows = ledger.execute(
        f"SELECT object_id, name, status, output, reasons, {_MODALITY}, {_SOP_CLASS}, transfer_syntax_uid, "  # noqa: S608
        "source_size, size_out FROM outcomes JOIN objects ON id = object_id ORDER BY object_id"
    )
    for number, name, status, output, digest, *facts in rows:
        yield Recorded(number, to_name(name), status, output, reasons(digest) if digest else (), *facts)


def count_by_status(ledger: sqlite3.Connection) -> dict[str, int]:
    """Status -> objects."""
    return dict(ledger.execute("SELECT status, count(*) FROM outcomes GROUP BY status"))


def count_by_kind(ledger: sqlite3.Connection) -> list[tuple[str, str, str, int, int, int]]:
    """(modality, SOP Class UID, status, objects, bytes in, bytes out)."""
    return ledger.execute(
        f"SELECT {_MODALITY}, {_SOP_CLASS}, status, count(*), sum(source_size), sum(size_out) "  # noqa: S608
        "FROM outcomes JOIN objects ON id = object_id GROUP BY 1, 2, 3"
    ).fetchall()


def edit_lists(ledger: sqlite3.Connection) -> Iterator[tuple[str, int, tuple[Edit, ...]]]:
    """(status, objects, edits) for each distinct list of edits."""
    rows = ledger.execute("SELECT status, edits, count(*) FROM outcomes WHERE edits IS NOT NULL GROUP BY 1, 2")
    for status, digest, count in rows.fetchall():
        yield status, count, _read(ledger, tuple[Edit, ...], digest)


def examination_lists(ledger: sqlite3.Connection) -> Iterator[tuple[str, int, tuple[Examination, ...]]]:
    """(status, objects, examinations) for each distinct list; objects that were not examined at all have ()."""
    rows = ledger.execute("SELECT status, examinations, count(*) FROM outcomes GROUP BY 1, 2")
    for status, digest, count in rows.fetchall():
        yield status, count, _read(ledger, tuple[Examination, ...], digest) if digest else ()


def pixel_cpu_seconds(ledger: sqlite3.Connection) -> float:
    """What looking at the pixels of everything released took."""
    (spent,) = ledger.execute("SELECT total(pixel_cpu_ms) FROM outcomes WHERE status = 'released'").fetchone()
    return float(spent) / 1000


def reason_lists(ledger: sqlite3.Connection) -> Iterator[tuple[str, int, int, tuple[Reason, ...]]]:
    """(status, objects, one of the object ids, reasons) for each distinct list of reasons."""
    rows = ledger.execute(
        "SELECT status, reasons, count(*), min(object_id) FROM outcomes WHERE reasons IS NOT NULL GROUP BY 1, 2"
    )
    for status, digest, count, example in rows.fetchall():
        yield status, count, example, _read(ledger, tuple[Reason, ...], digest)


def _read(ledger: sqlite3.Connection, kind: Any, digest: bytes) -> Any:
    (content,) = ledger.execute("SELECT content FROM blobs WHERE digest = ?", (digest,)).fetchone()
    return msgspec.msgpack.decode(zlib.decompress(content), type=kind)
