"""Reading an answer database: SQLite, table answer_data, one row per source instance with its checks as JSON."""

from __future__ import annotations

import contextlib
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from deidra.errors import UsageError

ACTIONS = (
    "tag_retained", "text_notnull", "text_retained", "text_removed", "date_shifted", "uid_changed", "pixels_hidden",
    "pixels_retained", "uid_consistent", "patid_consistent",
)  # fmt: skip
REMOVING = frozenset({"text_removed", "date_shifted", "uid_changed", "pixels_hidden"})
RETAINING = frozenset({"tag_retained", "text_notnull", "text_retained", "pixels_retained"})
CATEGORY_CODES = (("hipaa", ("z", "m")), ("dicom", ("p15", "iod", "safe")), ("tcia", ("ptkb", "p15", "rev")))
_COLUMNS = ("Modality", "SOPClassUID", "PatientID", "StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "Digest",
            "AnswerData")  # fmt: skip


class Check(msgspec.Struct, frozen=True):
    """One check. Texts are as in the database, in angle brackets; None where the database has null."""

    action: str
    place: str | None
    value: str | None
    text: str | None
    category: dict[str, Any] | None


class Instance(msgspec.Struct, frozen=True):
    """One row without its checks; `row` finds them again."""

    row: int
    scope: str
    patient: str
    study: str
    series: str
    instance: str
    digest: str


class Answers:
    """An open answer database. Rows are read when their file is judged: the published ones do not fit in memory."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.instances: dict[str, list[Instance]] = defaultdict(list)
        self.of_series: dict[str, list[Instance]] = defaultdict(list)
        self.of_study: dict[str, list[Instance]] = defaultdict(list)
        for instance in self._rows():
            self.instances[instance.instance].append(instance)
            if instance.scope == "<Series>":
                self.of_series[instance.series].append(instance)
            elif instance.scope in {"<Study>", "<Patient>"}:
                self.of_study[instance.study].append(instance)

    def _rows(self) -> Iterator[Instance]:
        names = {row[1] for row in self._connection.execute("PRAGMA table_info(answer_data)")}
        if not set(_COLUMNS) <= names:
            raise UsageError("key-invalid", "the database has no table answer_data of MIDI-B")
        scope = "scope" if "scope" in names else "'<Instance>'"
        query = f"SELECT rowid, {scope}, PatientID, StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID, Digest FROM answer_data"  # noqa: E501, S608 - fixed words
        for row in self._connection.execute(query):
            yield Instance(row[0], str(row[1]), *("" if value is None else str(value) for value in row[2:]))

    def applying(self, instance: Instance) -> list[Instance]:
        """The rows that apply to the file of an instance: its own, and those of its series, study or patient."""
        rows = [row for row in self.instances[instance.instance] if row.scope == "<Instance>"]
        return rows + self.of_series.get(instance.series, []) + self.of_study.get(instance.study, [])

    def checks(self, instance: Instance) -> list[Check]:
        """The checks of a row. Raises UsageError key-invalid when they are no JSON object of checks."""
        (text,) = self._connection.execute(
            "SELECT AnswerData FROM answer_data WHERE rowid = ?", (instance.row,)
        ).fetchone()
        try:
            rows = list(msgspec.json.decode(text, type=dict[str, dict[str, Any]]).values())
        except (msgspec.DecodeError, TypeError):
            raise UsageError("key-invalid", f"the checks of row {instance.row} are not readable") from None
        return [_check(row) for row in rows]


def _check(row: dict[str, Any]) -> Check:
    category = row.get("answer_category_v2")
    return Check(
        str(row.get("action") or "").strip("<>"), _text(row.get("tag_ds")), _text(row.get("value")),
        _text(row.get("action_text")), category if isinstance(category, dict) else None,
    )  # fmt: skip


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Answers]:
    """Open an answer database read-only.

    Raises UsageError: key-truncated (shorter than its header says), key-invalid (damaged, or another database).
    """
    with path.open("rb") as file:
        head = file.read(100)
    page = int.from_bytes(head[16:18], "big")
    whole = (65536 if page == 1 else page) * int.from_bytes(head[28:32], "big")
    if len(head) < 100 or path.stat().st_size < whole:
        raise UsageError("key-truncated", "the answer database is shorter than its header says")
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        yield Answers(connection)
    except sqlite3.DatabaseError:
        raise UsageError("key-invalid", "the answer database is damaged") from None
    finally:
        connection.close()
