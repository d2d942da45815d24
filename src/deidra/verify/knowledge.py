"""What is known of the originals, in one private SQLite file: who the subjects are and what must not be found.

Written by the one process that leads a verification, read by its workers. It holds original values: it lives in a
folder that only its owner can read, and is removed when the verification ends.
"""

from __future__ import annotations

import re
import sqlite3
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from deidra.standard.uids import is_registered
from deidra.verify.attributes import Nature
from deidra.verify.fold import fold, squeeze
from deidra.verify.forms import calendar_day

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

_SCHEMA = """
CREATE TABLE subject (id INTEGER PRIMARY KEY, patient_id TEXT, issuer TEXT, UNIQUE (patient_id, issuer));
CREATE TABLE identifier (id INTEGER PRIMARY KEY, nature TEXT, value TEXT, UNIQUE (nature, value));
CREATE TABLE bearer (subject INTEGER, identifier INTEGER, PRIMARY KEY (subject, identifier)) WITHOUT ROWID;
CREATE INDEX bearer_by_identifier ON bearer (identifier);
CREATE TABLE uid (value TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE kept (value BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE technical (value BLOB, subject INTEGER, PRIMARY KEY (value, subject)) WITHOUT ROWID;
"""
_KEPT_BY = {
    Nature.INSTITUTION: "institution-identity",
    Nature.ADDRESS: "institution-identity",
    Nature.DEVICE: "device-identity",
    Nature.UID: "uids",
    Nature.DATE: "full-dates",
}
SEARCHED = frozenset(
    {Nature.NAME, Nature.ID, Nature.CONTACT, Nature.ADDRESS, Nature.INSTITUTION, Nature.DEVICE, Nature.NETWORK}
    | {Nature.BIRTH_DATE, Nature.DATE}
)


_UID = re.compile(r"\d+(?:\.\d+)+")
_MOST_SUBJECTS = 64  # remembered for one value
_DAYS = (Nature.DATE, Nature.BIRTH_DATE)


class Known(NamedTuple):
    """One identifier. Sensitive."""

    nature: Nature
    value: str

    def __repr__(self) -> str:
        return f"Known({self.nature}, <redacted>)"


def create(path: Path) -> sqlite3.Connection:
    """A new, empty store. The folder around it is private."""
    store = sqlite3.connect(path, isolation_level=None)
    store.executescript(f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; {_SCHEMA}")
    return store


def is_searched(nature: Nature, options: Collection[str]) -> bool:
    """Whether values of this kind are identifiers under the options of the policy."""
    return nature in SEARCHED and _KEPT_BY.get(nature) not in options


def subject_number(store: sqlite3.Connection, patient_id: str, issuer: str) -> int:
    """The number of a subject, given on first use."""
    store.execute("INSERT OR IGNORE INTO subject (patient_id, issuer) VALUES (?, ?)", (patient_id, issuer))
    row = store.execute("SELECT id FROM subject WHERE patient_id = ? AND issuer = ?", (patient_id, issuer)).fetchone()
    return int(row[0])


def add(store: sqlite3.Connection, subject: int, known: Iterable[Known]) -> None:
    """Identifiers that a subject bears."""
    rows = [(item.nature.value, item.value) for item in known]
    store.executemany("INSERT OR IGNORE INTO identifier (nature, value) VALUES (?, ?)", rows)
    store.executemany(
        "INSERT OR IGNORE INTO bearer SELECT ?, id FROM identifier WHERE nature = ? AND value = ?",
        [(subject, *row) for row in rows],
    )


def add_uids(store: sqlite3.Connection, uids: Iterable[str]) -> None:
    """Original UIDs of instances; those that PS3.6 registers are none."""
    rows = [(uid,) for uid in uids if _UID.fullmatch(uid) and not is_registered(uid)]
    store.executemany("INSERT OR IGNORE INTO uid VALUES (?)", rows)


def add_kept(store: sqlite3.Connection, values: Iterable[str]) -> None:
    """Values of things that the policy keeps; a device or an institution spelt like one accuses nobody."""
    store.executemany("INSERT OR IGNORE INTO kept VALUES (?)", [(squeeze(fold(value).encode()),) for value in values])


def add_technical(store: sqlite3.Connection, subject: int, values: Iterable[str]) -> None:
    """Values of attributes that no table calls identifying, such as Manufacturer, in the objects of a subject."""
    store.executemany(
        "INSERT OR IGNORE INTO technical SELECT ?1, ?2 WHERE (SELECT count(*) FROM technical WHERE value = ?1) < ?3",
        [(squeeze(fold(value).encode()), subject, _MOST_SUBJECTS) for value in values],
    )


class Knowledge:
    """The store as workers read it."""

    def __init__(self, path: Path) -> None:
        self._store = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
        self.identifier = lru_cache(10_000)(self._identifier)
        self.bearers = lru_cache(10_000)(self._bearers)
        self.is_kept = lru_cache(10_000)(self._is_kept)
        self.days = lru_cache(100)(self._days)

    def everybody(self) -> Iterator[tuple[int, Known]]:
        """All identifiers that are searched for in everything."""
        for number, nature, value in self._store.execute("SELECT id, nature, value FROM identifier ORDER BY id"):
            yield number, Known(Nature(nature), value)

    def of_subject(self, subject: int) -> list[tuple[int, Known]]:
        """The identifiers of one subject."""
        rows = self._store.execute(
            "SELECT id, nature, value FROM bearer JOIN identifier ON id = identifier WHERE subject = ? ORDER BY id",
            (subject,),
        )
        return [(number, Known(Nature(nature), value)) for number, nature, value in rows]

    def uids(self) -> Iterator[str]:
        """All original UIDs."""
        return (value for (value,) in self._store.execute("SELECT value FROM uid"))

    def is_original_uid(self, uid: str) -> bool:
        """Whether a UID is one of the originals."""
        return self._store.execute("SELECT 1 FROM uid WHERE value = ?", (uid,)).fetchone() is not None

    def is_technical(self, value: bytes, identifier: int) -> bool:
        """Whether a technical attribute has this whole value in objects of one who does not bear the identifier."""
        rows = self._store.execute("SELECT subject FROM technical WHERE value = ?", (squeeze(value),))
        return any(subject not in self.bearers(identifier) for (subject,) in rows)

    def patient_id(self, subject: int) -> str:
        """The original Patient ID of a subject. Sensitive."""
        row = self._store.execute("SELECT patient_id FROM subject WHERE id = ?", (subject,)).fetchone()
        return str(row[0]) if row else ""

    def counts(self) -> dict[str, int]:
        """Identifiers by kind, and subjects."""
        found = dict(self._store.execute("SELECT nature, count(*) FROM identifier GROUP BY nature").fetchall())
        found["uid"] = self._store.execute("SELECT count(*) FROM uid").fetchone()[0]
        found["subject"] = self._store.execute("SELECT count(*) FROM subject").fetchone()[0]
        return {kind: count for kind, count in found.items() if count}

    def _identifier(self, number: int) -> Known:
        nature, value = self._store.execute("SELECT nature, value FROM identifier WHERE id = ?", (number,)).fetchone()
        return Known(Nature(nature), value)

    def _bearers(self, number: int) -> frozenset[int]:
        rows = self._store.execute("SELECT subject FROM bearer WHERE identifier = ?", (number,))
        return frozenset(subject for (subject,) in rows)

    def _is_kept(self, number: int) -> bool:
        value = squeeze(fold(self._identifier(number).value).encode())
        return self._store.execute("SELECT 1 FROM kept WHERE value = ?", (value,)).fetchone() is not None

    def _days(self, subject: int) -> frozenset[date]:
        days = (calendar_day(known.value) for _, known in self.of_subject(subject) if known.nature in _DAYS)
        return frozenset(day for day in days if day is not None)
