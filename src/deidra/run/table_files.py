"""Tables as files: CSV and TSV in UTF-8, XLSX workbooks; read and written row by row."""

from __future__ import annotations

import csv
import io
import os
import zipfile
from collections import Counter
from typing import TYPE_CHECKING, Any

from deidra.errors import Held, Rejected
from deidra.workspace.paths import create_private

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

SUFFIXES = (".csv", ".tsv", ".xlsx")
_LARGEST_UNPACKED_BYTES = 1 << 30
_LARGEST_CELL_CHARACTERS = 1 << 20
_FIRST_CHARACTERS = 1 << 16
_MOST_ROWS = 1 << 20
_DAMAGED = "the table cannot be read"


def is_table(path: Path) -> bool:
    """Whether the ending is that of a table."""
    return path.suffix.lower() in SUFFIXES


def rows(path: Path) -> Iterator[tuple[str, list[Any]]]:
    """(sheet, cells) of every row; a text file has one sheet without a name. Raises Held and Rejected."""
    if path.suffix.lower() == ".xlsx":
        yield from _sheets(path)
        return
    delimiter = delimiter_of(path)
    csv.field_size_limit(_LARGEST_CELL_CHARACTERS)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for cells in csv.reader(file, delimiter=delimiter, strict=True):
                yield "", cells
    except (csv.Error, UnicodeDecodeError):
        raise Rejected("table-damaged", "the table is no CSV in UTF-8") from None


def delimiter_of(path: Path) -> str:
    """What stands between the cells of a text file: what its first line has most of."""
    if path.suffix.lower() == ".tsv":
        return "\t"
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        first = file.readline(_FIRST_CHARACTERS)
    return max(",;\t", key=first.count)


def write_rows(path: Path, found: Iterable[tuple[str, list[Any]]], delimiter: str) -> None:
    """Write a table (0600) in the form that its ending names; raises OSError."""
    if path.suffix.lower() == ".xlsx":
        _write_sheets(path, found)
        return
    with os.fdopen(create_private(path), "w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, delimiter=delimiter, lineterminator="\n")
        table.writerows(cells for _, cells in found)


def _sheets(path: Path) -> Iterator[tuple[str, list[Any]]]:
    load_workbook = _openpyxl().load_workbook
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > _LARGEST_UNPACKED_BYTES:
                raise Held("table-too-large", "the workbook is too large")
        workbook = load_workbook(path, read_only=True, data_only=True)
        try:
            for sheet in workbook.worksheets:
                for cells in sheet.iter_rows(values_only=True):
                    yield sheet.title, list(cells)
        finally:
            workbook.close()
    except (Held, OSError):
        raise
    except Exception:  # noqa: BLE001 - a damaged workbook fails in many ways, and none may print what it holds
        raise Rejected("table-damaged", _DAMAGED) from None


def _write_sheets(path: Path, found: Iterable[tuple[str, list[Any]]]) -> None:
    openpyxl = _openpyxl()
    workbook = openpyxl.Workbook(write_only=True)
    sheets: dict[str, Any] = {}
    lengths: Counter[str] = Counter()
    for name, cells in found:
        lengths[name] += 1
        if lengths[name] > _MOST_ROWS:
            raise Held("table-too-large", f"a sheet of a workbook has at most {_MOST_ROWS:,} rows; use CSV")
        sheet = sheets.get(name)
        if sheet is None:
            sheet = sheets[name] = workbook.create_sheet(name or "Sheet1")
        sheet.append([_as_text(openpyxl, sheet, cell) for cell in cells])
    content = io.BytesIO()
    workbook.save(content)
    with os.fdopen(create_private(path), "wb") as file:
        file.write(content.getvalue())


def _as_text(openpyxl: Any, sheet: Any, value: Any) -> Any:
    """A text that begins like a formula stays a text."""
    if not isinstance(value, str) or not value.startswith("="):
        return value
    cell = openpyxl.cell.WriteOnlyCell(sheet, value)
    cell.data_type = "s"
    return cell


def _openpyxl() -> Any:
    try:
        import openpyxl
        import openpyxl.cell
    except ImportError:
        raise Held("table-unsupported", "XLSX needs: pip install 'deidra[xlsx]'") from None
    return openpyxl
