"""The access log: who did what to the vault, when and why. Entries are added and never changed.

Each entry carries the SHA-256 of itself and of the one before, so that anybody can follow the chain. Its end is
vouched for by a key of the vault, so that nobody else can write a new chain or add to it; and each workspace
remembers the last entry it saw, so that a log cut short, or a whole vault put back from an older copy, is noticed.

No entry holds an original identifier, except where somebody writes one into the reason.
"""

from __future__ import annotations

import os
import socket
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from deidra.errors import VaultError
from deidra.identity.vault.seal import authenticate, fingerprint, place, same

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from deidra.identity.vault.store import Store

LONGEST_REASON = 500
CLOCK_ACCEPTED = "clock-accepted"
DESTROYED = "destroy-vault"
# Clocks are adjusted in small steps; more is a clock that went back.
_TOLERANCE = timedelta(seconds=2)
_READ_AT_ONCE = 1000
_COLUMNS = "seq, at, who, action, project, what, reason, hash"


class Entry(msgspec.Struct, frozen=True):
    """One entry. `at` is UTC in ISO 8601; `what` is a new identifier or a count, never an original."""

    seq: int
    at: str
    who: str
    action: str
    project: str
    what: str
    reason: str
    hash: bytes


class Head(msgspec.Struct, frozen=True):
    """Where the log ends. `closed`: the vault was destroyed, and nothing can be added."""

    seq: int
    hash: bytes
    closed: bool


def begin(store: Store, vault_id: str, key: bytes) -> None:
    """An empty log. Inside a transaction."""
    start = fingerprint(place("log", vault_id))
    store.write(
        "INSERT INTO log_head VALUES (1, 0, ?, ?, 0)", start, authenticate(key, _vouched(0, start, closed=False))
    )


def append(
    store: Store,
    key: bytes,
    now: Callable[[], datetime],
    action: str,
    *,
    project: str = "",
    what: str = "",
    reason: str = "",
) -> None:
    """Add an entry; `DESTROYED` closes the log. Inside a transaction, which is to be undone when this raises.

    Raises VaultError when the end of the log is not what this vault wrote, when the log is closed, when the clock is
    behind the last entry, or when the reason is not one line of up to 500 characters.
    """
    if len(reason) > LONGEST_REASON or not reason.isprintable():
        raise VaultError("vault-reason", f"a reason is one line of up to {LONGEST_REASON} characters")
    last = vouched_head(store, key)
    if last.closed:
        raise VaultError("vault-destroyed", "the vault was destroyed; its log is closed")
    moment = now()
    if last.seq and action != CLOCK_ACCEPTED:
        written = datetime.fromisoformat(_last(store, last).at)
        if moment < written - _TOLERANCE:
            raise VaultError(
                "vault-clock",
                "the clock is behind the last entry of the access log: put it right, or accept it with "
                "deidra vault log --accept-clock",
            )
        moment = max(moment, written)
    seq = last.seq + 1
    row = (seq, moment.isoformat(timespec="microseconds"), _who(), action, project, what, reason)
    chained = _chained(last.hash, row)
    store.write("INSERT INTO log VALUES (?, ?, ?, ?, ?, ?, ?, ?)", *row, chained)
    closed = action == DESTROYED
    mac = authenticate(key, _vouched(seq, chained, closed=closed))
    store.write("UPDATE log_head SET seq = ?, hash = ?, mac = ?, closed = ?", seq, chained, mac, int(closed))


def head(store: Store) -> Head:
    """Where the log ends, taken on trust; raises VaultError when there is none."""
    rows = store.rows("SELECT seq, hash, closed FROM log_head WHERE id = 1")
    if not rows:
        raise _altered()
    return Head(int(rows[0][0]), bytes(rows[0][1]), bool(rows[0][2]))


def vouched_head(store: Store, key: bytes) -> Head:
    """Where the log ends; raises VaultError unless the last entry is there and a key of the vault vouches for it."""
    found = head(store)
    ((mac,),) = store.rows("SELECT mac FROM log_head WHERE id = 1")
    vouched = same(bytes(mac), authenticate(key, _vouched(found.seq, found.hash, closed=found.closed)))
    ((last,),) = store.rows("SELECT coalesce(max(seq), 0) FROM log")
    if not vouched or last != found.seq or (found.seq and _last(store, found).hash != found.hash):
        raise _altered()
    return found


def entries(store: Store) -> Iterator[Entry]:
    """Every entry, the oldest first."""
    last = 0
    while rows := store.rows(f"SELECT {_COLUMNS} FROM log WHERE seq > ? ORDER BY seq LIMIT {_READ_AT_ONCE}", last):  # noqa: S608 - constants
        yield from map(_entry, rows)
        last = int(rows[-1][0])


def follow(store: Store, vault_id: str) -> Head:
    """Follow the whole chain to its end; raises VaultError where it does not hold or goes back in time."""
    found, chained, count, moment, action = head(store), fingerprint(place("log", vault_id)), 0, "", ""
    for entry in entries(store):
        count += 1
        chained = _chained(chained, msgspec.structs.astuple(entry)[:-1])
        backwards = entry.at < moment and entry.action != CLOCK_ACCEPTED
        if entry.seq != count or entry.hash != chained or backwards:
            raise _altered()
        moment, action = entry.at, entry.action
    if (count, chained, action == DESTROYED) != (found.seq, found.hash, found.closed):
        raise _altered()
    return found


def remembers(store: Store, seq: int, expected: bytes) -> bool:
    """Whether an entry seen before is still where it was."""
    if seq == 0:
        return True
    return [bytes(found) for (found,) in store.rows("SELECT hash FROM log WHERE seq = ?", seq)] == [expected]


def _last(store: Store, end: Head) -> Entry:
    """The entry at the end, which must be what its hash says."""
    rows = store.rows(f"SELECT {_COLUMNS} FROM log WHERE seq >= ? ORDER BY seq", end.seq - 1)  # noqa: S608
    if not rows or rows[-1][0] != end.seq:
        raise _altered()
    entry = _entry(rows[-1])
    if len(rows) == 2 and _chained(bytes(rows[0][-1]), rows[-1][:-1]) != entry.hash:
        raise _altered()
    return entry


def _entry(row: tuple[Any, ...]) -> Entry:
    seq, at, who, action, project, what, reason, chained = row
    return Entry(seq, at, who, action, project, what, reason, bytes(chained))


def _chained(previous: bytes, row: tuple[object, ...]) -> bytes:
    return fingerprint(previous + place(*(str(value) for value in row)))


def _vouched(seq: int, chained: bytes, *, closed: bool) -> bytes:
    return place("log-head", seq, chained.hex(), int(closed))


def _altered() -> VaultError:
    return VaultError("vault-log-tampered", "the access log was altered or cut; restore the vault from a copy")


def _who() -> str:
    """The account that the process runs under, which no variable of the environment can change, and the machine."""
    try:
        import pwd

        name = pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError, AttributeError):
        name = str(os.getuid()) if hasattr(os, "getuid") else "unknown"
    return f"{name}@{socket.gethostname()}"
