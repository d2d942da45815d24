"""The selection of what is to be exported: a list (CSV or XLSX), or a Key Object Selection made for it.

A row of the list names an instance, a series, a study, a patient or a file; what it names in several columns must hold
at once. Further columns tell of the case. A single column without a header may name any of these. Problems name rows,
never values.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from typing import TYPE_CHECKING

import msgspec

from deidra.dicom.export_codes import CHOICES, TEXTS
from deidra.dicom.key_objects import read_key_objects
from deidra.errors import Held, SelectionError, SubjectListError
from deidra.identity.spreadsheet import MAGIC, sheet_rows

if TYPE_CHECKING:
    from pathlib import Path

_LARGEST_BYTES = 64 << 20
_MOST_CHARACTERS = 1 << 16
_MOST_ROWS_NAMED = 20
_PADDING = "\0 \t\r\n"
_DICOM_AT = 128
_NAMES = {
    "instance": ("sop instance uid", "sop instance", "sop uid", "sop", "instance", "instance uid"),
    "series": ("series instance uid", "series uid", "series"),
    "study": ("study instance uid", "study uid", "study"),
    "patient": ("patient id", "patient", "id old"),
    "issuer": ("issuer of patient id", "issuer"),
    "path": ("path", "file", "file path", "filename", "file name"),
    "anything": ("uid", "id", "identifier"),
    "case": ("case", "case id"),
    "title": ("title", "description"),
    **{name: (name,) for name in (*TEXTS, *CHOICES)},
    "keywords": ("keywords", "keyword"),
    "findings": ("findings", "finding"),
    "differential diagnosis": ("differential diagnosis", "differential diagnoses", "impression"),
}
_COLUMNS = {alias: column for column, aliases in _NAMES.items() for alias in aliases}
_SELECTORS = ("instance", "series", "study", "patient", "path", "anything")
_NO_TEXTS = frozenset((*_SELECTORS, "issuer", "case"))


class Row(msgspec.Struct, frozen=True):
    """What one row names, and what it tells of its case: (column, text). Sensitive."""

    number: int
    instance: str = ""
    series: str = ""
    study: str = ""
    patient: str = ""
    issuer: str | None = None
    path: str = ""
    anything: str = ""
    case: str = ""
    told: tuple[tuple[str, str], ...] = ()

    def __repr__(self) -> str:
        return f"Row({self.number}, <redacted>)"


class Selection(msgspec.Struct, frozen=True):
    """The rows of a selection. `folder` is where it lies, for paths; `is_delayed`: it asks to wait. Sensitive.

    `title` is of all rows, if they are of one subject.
    """

    rows: tuple[Row, ...]
    folder: str
    is_delayed: bool = False
    title: str = ""

    @property
    def digest(self) -> str:
        """Names the selection: with another, other objects go out."""
        return hashlib.sha256(msgspec.json.encode([self.rows, self.is_delayed, self.title])).hexdigest()

    def __repr__(self) -> str:
        return f"Selection(<redacted>, rows={len(self.rows)})"


def read_selection(path: Path) -> Selection:
    """Read a list or a key object selection; raises SelectionError with every problem."""
    try:
        with path.open("rb") as file:
            first = file.read(_DICOM_AT + 4)
        if first[_DICOM_AT:] == b"DICM":
            return _of_key_objects(path)
        if path.stat().st_size > _LARGEST_BYTES:
            raise SelectionError("selection-unreadable", "the selection is larger than 64 MiB")
        return Selection(_checked(_table(path.read_bytes())), str(path.resolve().parent))
    except OSError as error:
        raise SelectionError("selection-unreadable", f"cannot read the selection: {error.strerror}") from None


def _of_key_objects(path: Path) -> Selection:
    try:
        found = read_key_objects(str(path))
    except Held as error:
        raise SelectionError("selection-unreadable", error.message) from None
    if found is None:
        why = "the DICOM object is no Key Object Selection with the title of an export (TCE001, TCE002, TCE007)"
        raise SelectionError("selection-invalid", why)
    if not found.instances:
        raise SelectionError("selection-invalid", "the key object selection names no instances")
    rows = [Row(number, instance=uid) for number, uid in enumerate(found.instances, start=1)]
    return Selection(tuple(rows), str(path.resolve().parent), found.is_delayed, found.description)


def _table(content: bytes) -> list[tuple[int, list[str]]]:
    try:
        if content.startswith(MAGIC):
            return sheet_rows(content)
        text = content.decode("utf-8-sig")
        return list(enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), start=1))
    except SubjectListError as error:
        raise SelectionError("selection-unreadable", error.message) from None
    except UnicodeDecodeError:
        raise SelectionError("selection-unreadable", "the selection is not UTF-8 text") from None
    except csv.Error:
        raise SelectionError("selection-unreadable", "the selection is not CSV: a quote is out of place") from None


def _checked(table: list[tuple[int, list[str]]]) -> tuple[Row, ...]:
    bare = bool(table) and len(table[0][1]) == 1 and _folded(table[0][1][0]) not in _COLUMNS
    columns = ["anything"] if bare else _header(table[0][1] if table else [])
    rows, problems = [], []
    for number, cells in table if bare else table[1:]:
        if not any(cell.strip(_PADDING) for cell in cells):
            continue
        if len(cells) != len(columns):
            problems.append(f"row {number}: {len(cells)} columns instead of {len(columns)}")
            continue
        values = {name: cell.strip(_PADDING) for name, cell in zip(columns, cells, strict=True)}
        problems += [f"row {number}: {problem}" for problem in _problems(values)]
        rows.append(_row(number, values))
    if problems:
        raise SelectionError("selection-invalid", "\n".join(shortened(problems)))
    if not rows:
        raise SelectionError("selection-invalid", "the selection has no rows")
    return tuple(rows)


def _header(cells: list[str]) -> list[str]:
    columns = [_COLUMNS.get(_folded(cell), "") for cell in cells]
    unknown = [str(place) for place, name in enumerate(columns, start=1) if not name]
    if unknown:
        why = f"the header of column {', '.join(unknown[:_MOST_ROWS_NAMED])} is not known"
        raise SelectionError("selection-header", f"{why}; known: {', '.join(_NAMES)}")
    if len(set(columns)) != len(columns):
        raise SelectionError("selection-header", "two columns say the same")
    if not set(columns) & set(_SELECTORS):
        raise SelectionError("selection-header", f"one column must name what is selected: {', '.join(_SELECTORS)}")
    return columns


def _folded(header: str) -> str:
    """``SOPInstanceUID``, ``sop_instance_uid`` and ``SOP Instance UID`` are the same."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", header.strip(_PADDING))
    return " ".join(re.split(r"[^a-z]+", apart.lower())).strip()


def _problems(values: dict[str, str]) -> list[str]:
    found = []
    if not any(values.get(name) for name in _SELECTORS):
        found.append("nothing is named")
    if any(len(text) > _MOST_CHARACTERS for text in values.values()):
        found.append(f"a text is longer than {_MOST_CHARACTERS} characters")
    for name, (_, choices) in CHOICES.items():
        if values.get(name) and values[name].lower() not in choices:
            found.append(f"{name} is none of {', '.join(choices)}")
    return found


def _row(number: int, values: dict[str, str]) -> Row:
    told = tuple((name, values[name]) for name in _NAMES if values.get(name) and name not in _NO_TEXTS)
    named = {name: values.get(name, "") for name in (*_SELECTORS, "case")}
    return Row(number, issuer=values.get("issuer"), told=told, **named)


def shortened(lines: list[str]) -> list[str]:
    """Not more lines than somebody reads."""
    more = len(lines) - _MOST_ROWS_NAMED
    return [*lines[:_MOST_ROWS_NAMED], f"and {more} more"] if more > 0 else lines


def rows_named(numbers: list[int]) -> str:
    """``row 3``, ``rows 3, 5 and 7 more``."""
    shown = ", ".join(map(str, numbers[:_MOST_ROWS_NAMED]))
    more = len(numbers) - _MOST_ROWS_NAMED
    return f"row{'s' if len(numbers) > 1 else ''} {shown}{f' and {more} more' if more > 0 else ''}"
