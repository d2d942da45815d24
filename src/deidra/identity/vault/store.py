"""Where a vault lies: one SQLite file, or the schema `deidra_vault` of a PostgreSQL database.

Every writer takes the whole vault for the length of its transaction, so what it read there still holds when it
writes. Statements are spelled for both, with `?` for a parameter.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from deidra.errors import VaultError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SCHEMA_VERSION = "1"
_BUSY_SECONDS = 600
_NAMESPACE = "deidra_vault"

_TABLES = (
    "CREATE TABLE vault (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE wrapping (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, parameters TEXT NOT NULL, "
    "sealed BLOB NOT NULL)",
    "CREATE TABLE projects (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, sealed BLOB NOT NULL, "
    "tally BLOB NOT NULL)",
    "CREATE TABLE crosswalk (project INTEGER NOT NULL, by_new BLOB NOT NULL, by_old BLOB NOT NULL, "
    "sealed BLOB NOT NULL, PRIMARY KEY (project, by_new), UNIQUE (project, by_old))",
    "CREATE TABLE log (seq INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, action TEXT NOT NULL, "
    "project TEXT NOT NULL, what TEXT NOT NULL, reason TEXT NOT NULL, hash BLOB NOT NULL)",
    "CREATE TABLE log_head (id INTEGER PRIMARY KEY, seq INTEGER NOT NULL, hash BLOB NOT NULL, mac BLOB NOT NULL, "
    "closed INTEGER NOT NULL)",
)
_ALL = ("wrapping", "projects", "crosswalk", "log_head")


class Store:
    """An open connection. Errors of the database become VaultError, which says their kind and nothing else."""

    def __init__(self, connection: Any, path: Path | None) -> None:
        self._connection = connection
        self.path = path  # of the SQLite file; None for PostgreSQL

    def rows(self, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
        """What a query gives."""
        with _clear_errors():
            return list(self._connection.execute(self._spelled(statement), parameters).fetchall())

    def write(self, statement: str, *parameters: object) -> None:
        """Carry out one statement."""
        with _clear_errors():
            self._connection.execute(self._spelled(statement), parameters)

    def write_many(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """Carry out one statement for many rows."""
        with _clear_errors():
            self._connection.cursor().executemany(self._spelled(statement), rows)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing, with no other writer meanwhile."""
        self.write("BEGIN IMMEDIATE" if self.path else "BEGIN")
        try:
            if not self.path:
                self.write("LOCK TABLE log_head IN EXCLUSIVE MODE")
            yield
            self.write("COMMIT")
        except BaseException:
            with contextlib.suppress(VaultError):
                self.write("ROLLBACK")
            raise

    def now(self) -> datetime:
        """The time; of the server, where one serves many machines."""
        if self.path:
            return datetime.now(UTC)
        found: datetime = self.rows("SELECT clock_timestamp()")[0][0]
        return found.astimezone(UTC)

    def check(self) -> None:
        """Raises VaultError when the file is damaged."""
        if self.path and self.rows("PRAGMA integrity_check") != [("ok",)]:
            raise VaultError("vault-damaged", "the vault is damaged; restore it from a copy")

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def scrub(self) -> None:
        """Leave nothing of deleted rows in the files of the database: SQLite's free pages and journal, old rows."""
        if self.path is None:
            for table in _ALL:
                self.write(f"VACUUM FULL {table}")
            return
        self.write("VACUUM")
        # The journal holds pages as they were. Kept open exclusively, so that no other writer needs it meanwhile
        self.rows("PRAGMA locking_mode=EXCLUSIVE")
        self.rows("PRAGMA journal_mode=PERSIST")
        with self.transaction():
            self.write("UPDATE vault SET value = value")
        _blank(self.path.with_name(self.path.name + "-journal"))
        self.rows("PRAGMA journal_mode=DELETE")
        self.rows("PRAGMA locking_mode=NORMAL")
        self.rows("SELECT count(*) FROM vault")  # only now is the lock let go

    def _spelled(self, statement: str) -> str:
        return statement if self.path else statement.replace("?", "%s")


def is_url(address: str) -> bool:
    """Whether an address names a PostgreSQL database."""
    return address.startswith(("postgresql://", "postgres://"))


def checked_address(address: str) -> str:
    """The address of a vault, made absolute; raises VaultError for one that cannot be."""
    if not is_url(address):
        return os.path.realpath(address)
    with contextlib.suppress(ValueError):
        url = urlsplit(address)
        if url.password is None and "password" not in url.query:
            return address
    raise VaultError(
        "vault-address", "no password in the address, where others see it: use PGPASSWORD, PGPASSFILE or a service file"
    )


def exists(address: str) -> bool:
    """Whether there is a vault; raises VaultError when the database cannot be asked."""
    if not is_url(address):
        return os.path.lexists(address)
    with contextlib.closing(_postgresql(address)) as store:
        return bool(store.rows("SELECT 1 FROM information_schema.tables WHERE table_schema = ?", _NAMESPACE))


def make(address: str) -> Store:
    """Make the tables of a new vault in an open transaction, which the caller ends; raises VaultError.

    A new SQLite file is only given its name by `settle`, when all is in it.
    """
    if is_url(address):
        store = _postgresql(address)
        store.write("BEGIN")
        store.write(f"CREATE SCHEMA {_NAMESPACE}")
        tables: Iterable[str] = (table.replace("BLOB", "BYTEA") for table in _TABLES)
    else:
        store = _sqlite(Path(address), new=True)
        store.write("BEGIN IMMEDIATE")
        tables = _TABLES
    for table in tables:
        store.write(table)
    store.write("INSERT INTO vault VALUES ('schema', ?)", SCHEMA_VERSION)
    return store


def open_store(address: str) -> Store:
    """Open an existing vault; raises VaultError when it is missing, damaged, exposed or of another version."""
    store = _postgresql(address) if is_url(address) else _sqlite(Path(address), new=False)
    try:
        store.write("BEGIN")  # nobody writes meanwhile
        found = store.rows("SELECT value FROM vault WHERE name = 'schema'")
        _check_whole(store)
        store.write("COMMIT")
    except VaultError:
        store.close()
        raise
    if found != [(SCHEMA_VERSION,)]:
        store.close()
        raise VaultError("vault-version", "the vault was made by another version of Deidra")
    return store


def _sqlite(path: Path, *, new: bool) -> Store:
    try:
        descriptor = os.open(
            path, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | (os.O_CREAT | os.O_EXCL if new else 0), 0o600
        )
        exposed = os.name == "posix" and os.fstat(descriptor).st_mode & 0o077
        os.close(descriptor)
    except FileNotFoundError:
        raise VaultError("vault-missing", "the vault of this workspace is not where it was") from None
    except OSError as error:
        raise VaultError("vault-unreadable", f"cannot open the vault: {error.strerror}") from None
    if exposed:
        raise VaultError("vault-exposed", "the vault can be read by others; make it private: chmod 600")
    with _clear_errors():
        connection = sqlite3.connect(path, isolation_level=None, timeout=_BUSY_SECONDS)
        # FULL: an entry of the log is on the disk before an answer is given. secure_delete: what is deleted is
        # overwritten. temp_store: sorting must not spill values into files elsewhere.
        for pragma in ("synchronous=FULL", "secure_delete=ON", "temp_store=MEMORY", "trusted_schema=OFF"):
            connection.execute(f"PRAGMA {pragma}")
    return Store(connection, path)


def _check_whole(store: Store) -> None:
    """SQLite takes a last page that is cut for one that ends in zeros."""
    if store.path:
        ((pages,),), ((page_bytes,),) = store.rows("PRAGMA page_count"), store.rows("PRAGMA page_size")
        if store.path.stat().st_size != pages * page_bytes:
            raise _refusal("SQLITE_CORRUPT")


def _postgresql(address: str) -> Store:
    try:
        import psycopg
    except ImportError:
        raise VaultError(
            "vault-needs-psycopg", "a vault in PostgreSQL needs: pip install 'deidra[postgresql]'"
        ) from None
    with _clear_errors():
        connection = psycopg.connect(
            address,
            autocommit=True,
            connect_timeout=20,
            application_name="deidra",
            options=f"-c search_path={_NAMESPACE} -c lock_timeout={_BUSY_SECONDS}s",
        )
    return Store(connection, None)


@contextlib.contextmanager
def _clear_errors() -> Iterator[None]:
    """The text of a database's error can hold values and passwords; its kind is enough."""
    try:
        yield
    except sqlite3.Error as error:
        kind = getattr(error, "sqlite_errorname", "") or type(error).__name__
        raise _refusal(kind) from None
    except Exception as error:
        if type(error).__module__.partition(".")[0] != "psycopg":
            raise
        raise _refusal(getattr(error, "sqlstate", None) or type(error).__name__) from None


def _refusal(kind: str) -> VaultError:
    if kind in ("SQLITE_CORRUPT", "SQLITE_NOTADB"):
        return VaultError("vault-damaged", f"the vault is truncated or damaged; restore it from a copy ({kind})")
    if kind in ("SQLITE_FULL", "53100"):
        return VaultError("disk-full", "no space left for the vault")
    if kind.startswith("SQLITE_BUSY"):
        return VaultError("vault-busy", "others have used the vault for too long; try again")
    return VaultError("vault-unusable", f"the vault cannot be used ({kind})")


def _blank(path: Path) -> None:
    with contextlib.suppress(FileNotFoundError), path.open("r+b") as file:
        file.write(bytes(os.fstat(file.fileno()).st_size))
        file.flush()
        os.fsync(file.fileno())
