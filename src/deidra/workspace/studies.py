"""How people and studies were described before: what goes back into results that return. Sensitive."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NewType

import msgspec

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

# Encoded tag -> text of attributes of the Patient and the General Study Module
Identity = NewType("Identity", bytes)


_ACCESSION_NUMBER = 0x00080050


def encoded(identity: dict[int, str]) -> Identity:
    """An identity as the ledger keeps it."""
    return Identity(msgspec.msgpack.encode(identity))


def add(ledger: sqlite3.Connection, rows: Iterable[tuple[int, str, bytes]]) -> None:
    """Record (subject, Study Instance UID, encoded identity), replacing what was known of a study."""
    ledger.executemany("INSERT OR REPLACE INTO studies VALUES (?, ?, ?)", rows)


def identity(ledger: sqlite3.Connection, subject: int, study_uid: str) -> dict[int, str]:
    """Tag -> text as the study had it; as any study of the subject had it when this one is not known."""
    row = ledger.execute(
        "SELECT identity FROM studies WHERE subject_id = ? ORDER BY study_uid != ?, study_uid LIMIT 1",
        (subject, study_uid),
    ).fetchone()
    return msgspec.msgpack.decode(row[0], type=dict[int, str]) if row else {}


def accession_number(ledger: sqlite3.Connection, study_uid: str) -> str:
    """The Accession Number that a study had, "" when none is known."""
    rows = ledger.execute("SELECT identity FROM studies WHERE study_uid = ?", (study_uid,))
    found = (msgspec.msgpack.decode(row[0], type=dict[int, str]).get(_ACCESSION_NUMBER, "") for row in rows)
    return next(filter(None, found), "")


def last_date(ledger: sqlite3.Connection, subject: int, until: str) -> str:
    """The latest date (YYYYMMDD), not after `until`, that the survey met in the objects of a subject; "" for none."""
    rows = ledger.execute(
        "SELECT term FROM terms WHERE subject_id = ? AND kind = 'date' AND length(term) = 8 AND term <= ? "
        "ORDER BY term DESC",
        (subject, until),
    )
    return next((str(term) for (term,) in rows if _is_day(term)), "")


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return text.isdigit()


def subjects(ledger: sqlite3.Connection) -> Iterator[tuple[int, str, str]]:
    """(number, subject key, pseudonym) of everybody of whom something was released."""
    return ledger.execute(
        "SELECT DISTINCT subjects.id, subjects.key, substr(output, 1, instr(output, '/') - 1) FROM outcomes "
        "JOIN objects ON objects.id = object_id JOIN series ON series.id = series_id "
        "JOIN subjects ON subjects.id = subject_id WHERE status = 'released' AND instr(output, '/') > 0"
    )
