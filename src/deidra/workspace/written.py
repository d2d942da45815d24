"""What a run writes of its own, besides what it made of its inputs: manifests.

Known here, they are kept, renewed or taken back like everything else below the output folder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator


def written(ledger: sqlite3.Connection) -> Iterator[tuple[str, bytes, int]]:
    """(path below the output folder, what it was made of, size in bytes), sorted."""
    return ledger.execute("SELECT output, state, size FROM written ORDER BY output")


def note(
    ledger: sqlite3.Connection, output: str, subject: int, state: bytes, size: int, texts: Iterable[tuple[str, str]]
) -> None:
    """Record a file. `texts`: (attribute, text) that stay in it, for people to look at."""
    ledger.execute("INSERT OR REPLACE INTO written VALUES (?, ?, ?, ?)", (output, subject, state, size))
    ledger.execute("DELETE FROM written_texts WHERE output = ?", (output,))
    for attribute, text in texts:
        ledger.execute(
            "INSERT OR IGNORE INTO texts (attribute, value, why) VALUES (?, ?, 'cleaned')", (attribute, text)
        )
        ledger.execute(
            "INSERT OR IGNORE INTO written_texts "
            "SELECT ?, id FROM texts WHERE attribute = ? AND value = ? AND why = 'cleaned'",
            (output, attribute, text),
        )


def forget(ledger: sqlite3.Connection, output: str) -> None:
    """Drop a file that was taken back."""
    ledger.execute("DELETE FROM written WHERE output = ?", (output,))
    ledger.execute("DELETE FROM written_texts WHERE output = ?", (output,))
