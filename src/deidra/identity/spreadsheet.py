"""The first sheet of an XLSX workbook (ECMA-376), for lists that people keep in a spreadsheet.

Cells are taken as text. A whole number is taken with the leading zeros that its format shows; any other number, a
date or a formula is refused, because what is stored is not what its author sees.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

from deidra.errors import SubjectListError

MAGIC = b"PK\x03\x04"
_LARGEST_UNPACKED_BYTES = 256 << 20
_MOST_COLUMNS = 64
_ZEROS = re.compile(r"0+")


def sheet_rows(content: bytes) -> list[tuple[int, list[str]]]:
    """(row number, cells) of the first sheet; raises SubjectListError, naming the row of a cell that is no text."""
    try:
        from openpyxl import load_workbook
    except ImportError:
        raise SubjectListError(
            "subject-list-unreadable", "XLSX needs: pip install 'deidra[xlsx]'; or use CSV"
        ) from None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(member.file_size for member in archive.infolist()) > _LARGEST_UNPACKED_BYTES:
                raise SubjectListError("subject-list-unreadable", "the workbook is too large")
        workbook = load_workbook(io.BytesIO(content), read_only=True)
        try:
            sheet = workbook.worksheets[0]
            rows = [
                (number, list(cells)) for number, cells in enumerate(sheet.iter_rows(max_col=_MOST_COLUMNS), start=1)
            ]
        finally:
            workbook.close()
    except SubjectListError:
        raise
    except Exception:  # noqa: BLE001 - a damaged workbook fails in many ways, and none may print what it holds
        raise SubjectListError("subject-list-unreadable", "the workbook cannot be read") from None
    if not rows:
        return []
    texts = [(number, [_text(cell, number) for cell in cells]) for number, cells in rows]
    width = max((place for place, cell in enumerate(texts[0][1], start=1) if cell), default=0)
    return [(number, _fitted(cells, width)) for number, cells in texts]


def _text(cell: Any, row: int) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str) and cell.data_type != "f":
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        shown = str(cell.number_format)
        if shown in ("General", "@"):
            return str(value)
        if _ZEROS.fullmatch(shown):
            return str(value).zfill(len(shown))
    raise SubjectListError("subject-list-invalid", f"row {row}: a cell is no text; format the column as text")


def _fitted(cells: list[str], width: int) -> list[str]:
    """As many cells as the header has; cells beyond it count only when something is in them."""
    while len(cells) > width and not cells[-1]:
        cells = cells[:-1]
    return cells + [""] * (width - len(cells))
