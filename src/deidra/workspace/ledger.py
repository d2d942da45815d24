"""The ledger: one SQLite file in the workspace that knows every input and what became of it.

It holds original names, paths and UIDs, so it never leaves the workspace (0600). One process writes it.
Each function takes the open connection; `transaction` groups what must be seen together.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from typing import TYPE_CHECKING

from deidra.errors import WorkspaceError
from deidra.workspace.paths import create_private

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCHEMA_VERSION = "4"

# `edits`, `reasons` and `examinations` are digests into `blobs`: objects of a series share theirs.
_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE jobs (id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE);
CREATE TABLE subjects (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, patient_id TEXT NOT NULL, issuer TEXT NOT NULL);
CREATE TABLE terms (
    subject_id INTEGER NOT NULL, kind TEXT NOT NULL, term TEXT NOT NULL,
    PRIMARY KEY (subject_id, kind, term)) WITHOUT ROWID;
CREATE TABLE words (
    word TEXT NOT NULL, subject_id INTEGER NOT NULL, site TEXT NOT NULL,
    PRIMARY KEY (word, subject_id, site)) WITHOUT ROWID;
CREATE TABLE series (
    id INTEGER PRIMARY KEY, subject_id INTEGER NOT NULL, study_uid TEXT NOT NULL, series_uid TEXT NOT NULL,
    UNIQUE (subject_id, study_uid, series_uid));
CREATE TABLE frames_of_reference (uid TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE mapped_uids (uid TEXT NOT NULL, job_id INTEGER NOT NULL, PRIMARY KEY (uid, job_id)) WITHOUT ROWID;
CREATE TABLE studies (
    subject_id INTEGER NOT NULL, study_uid TEXT NOT NULL, identity BLOB NOT NULL,
    PRIMARY KEY (subject_id, study_uid)) WITHOUT ROWID;
CREATE TABLE objects (
    id INTEGER PRIMARY KEY, name BLOB NOT NULL UNIQUE, path BLOB, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
    kind TEXT NOT NULL, series_id INTEGER, sop_instance_uid TEXT, modality TEXT NOT NULL,
    sop_class_uid TEXT NOT NULL, seen INTEGER NOT NULL);
CREATE INDEX objects_by_series ON objects (series_id) WHERE series_id IS NOT NULL;
CREATE INDEX objects_by_instance ON objects (sop_instance_uid) WHERE sop_instance_uid IS NOT NULL;
CREATE TABLE documents (
    object_id INTEGER PRIMARY KEY, mime_type TEXT NOT NULL, digest TEXT NOT NULL, people BLOB NOT NULL);
CREATE TABLE outcomes (
    object_id INTEGER PRIMARY KEY, job_id INTEGER NOT NULL, source_size INTEGER NOT NULL,
    source_mtime_ns INTEGER NOT NULL, status TEXT NOT NULL, output TEXT NOT NULL,
    reasons BLOB, edits BLOB, examinations BLOB, modality TEXT NOT NULL, sop_class_uid TEXT NOT NULL,
    transfer_syntax_uid TEXT NOT NULL, size_out INTEGER NOT NULL,
    pixel_cpu_ms INTEGER NOT NULL);
CREATE TABLE texts (
    id INTEGER PRIMARY KEY, attribute TEXT NOT NULL, value TEXT NOT NULL, why TEXT NOT NULL,
    UNIQUE (attribute, value, why));
CREATE TABLE retained (
    object_id INTEGER NOT NULL, text_id INTEGER NOT NULL, PRIMARY KEY (object_id, text_id)) WITHOUT ROWID;
CREATE TABLE blobs (digest BLOB PRIMARY KEY, content BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE written (
    output TEXT PRIMARY KEY, subject_id INTEGER NOT NULL, state BLOB NOT NULL, size INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE written_texts (
    output TEXT NOT NULL, text_id INTEGER NOT NULL, PRIMARY KEY (output, text_id)) WITHOUT ROWID;
"""


def open_ledger(path: Path) -> sqlite3.Connection:
    """Open the ledger, made on first use; raises WorkspaceError when it is damaged or of another version."""
    try:
        if not path.exists():
            # SQLite gives its side files the mode of the main file.
            os.close(create_private(path))
        ledger = sqlite3.connect(path, isolation_level=None)
        # Exclusive: the lock of the workspace already keeps others out, and WAL then needs no shared memory file.
        # temp_store: sorting must not spill values into files elsewhere.
        for pragma in (
            "locking_mode=EXCLUSIVE",
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "temp_store=MEMORY",
        ):
            ledger.execute(f"PRAGMA {pragma}")
        if ledger.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0:
            ledger.executescript(f"BEGIN; {_SCHEMA} COMMIT;")
            set_meta(ledger, "schema", SCHEMA_VERSION)
        if meta(ledger, "schema") != SCHEMA_VERSION:
            raise WorkspaceError("ledger-version", "the ledger was made by another version; use a new workspace")
    except OSError as error:
        raise WorkspaceError("ledger-unusable", f"cannot open the ledger: {error.strerror}") from None
    except sqlite3.Error as error:
        raise _ledger_error(error) from None
    return ledger


@contextlib.contextmanager
def transaction(ledger: sqlite3.Connection) -> Iterator[None]:
    """Everything inside is committed together or not at all; raises WorkspaceError when the disk is full."""
    try:
        ledger.execute("BEGIN")
        try:
            yield
        except BaseException:
            if ledger.in_transaction:
                ledger.execute("ROLLBACK")
            raise
        ledger.execute("COMMIT")
    except sqlite3.Error as error:
        raise _ledger_error(error) from None


def meta(ledger: sqlite3.Connection, key: str) -> str:
    """A remembered setting, or ``""``."""
    row = ledger.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return str(row[0]) if row else ""


def set_meta(ledger: sqlite3.Connection, key: str, value: str) -> None:
    """Remember a setting."""
    ledger.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


def job_id(ledger: sqlite3.Connection, digest: str) -> int:
    """The number of a job: policy, key settings and software version under which outcomes stay valid."""
    ledger.execute("INSERT OR IGNORE INTO jobs (digest) VALUES (?)", (digest,))
    return int(ledger.execute("SELECT id FROM jobs WHERE digest = ?", (digest,)).fetchone()[0])


def begin_run(ledger: sqlite3.Connection) -> int:
    """The number of a new run, one more than the last; marks it as unfinished."""
    with transaction(ledger):
        number = int(meta(ledger, "run") or 0) + 1
        set_meta(ledger, "run", str(number))
        set_meta(ledger, "unfinished", "yes")
    return number


def _ledger_error(error: sqlite3.Error) -> WorkspaceError:
    # The text of an SQLite error names tables and columns, never values; the code is enough.
    name = getattr(error, "sqlite_errorname", "") or type(error).__name__
    if name == "SQLITE_FULL":
        return WorkspaceError("disk-full", "no space left for the ledger; free some and run again to go on")
    return WorkspaceError("ledger-unusable", f"the ledger cannot be used ({name})")
