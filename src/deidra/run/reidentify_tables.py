"""Tables among the results: read for what they name, and written with what that was."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from deidra.errors import Held, ObjectError
from deidra.run import result_tables, table_files
from deidra.run.way_home import ResultRow, discard, refusal, stop_if_full
from deidra.workspace.paths import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

    from deidra.dicom.restore import Original
    from deidra.run.attribution import Registry


class _Row(NamedTuple):
    sheet: str
    names: list[str]  # of the columns
    texts: list[str]
    cells: list[Any]
    is_header: bool


def uids_in(path: Path) -> set[str]:
    """The UIDs in a table; those before the first row that cannot be read, which is found out when it is written."""
    uids: set[str] = set()
    try:
        for row in _rows(path):
            uids |= result_tables.read_row(row.names, row.texts).uids
    except (ObjectError, OSError):
        pass
    return uids


def subjects_in(path: Path, known: Registry, fresh: Collection[str]) -> set[int]:
    """The subjects of the rows that can go back."""
    subjects: set[int] = set()
    try:
        for row in _rows(path):
            found = result_tables.read_row(row.names, row.texts, known.pseudonyms)
            try:
                subjects.add(result_tables.subject_of(found, known, fresh))
            except Held:
                continue
    except (ObjectError, OSError):
        pass
    return subjects


def write(
    path: Path,
    relative: str,
    out: Path,
    known: Registry,
    fresh: Collection[str],
    original_of: Callable[[int], Original],
) -> ResultRow:
    """Write a table (0600) below `out`, without the rows that are not of one subject."""
    left_out: Counter[str] = Counter()
    restored = 0

    def back() -> Iterator[tuple[str, list[Any]]]:
        nonlocal restored
        for row in _rows(path):
            found = result_tables.read_row(row.names, row.texts, known.pseudonyms)
            if not any(row.texts) or (row.is_header and not found.subjects and not found.uids):
                yield row.sheet, row.cells
                continue
            try:
                original = original_of(result_tables.subject_of(found, known, fresh))
            except Held as error:
                left_out[error.code] += 1
                continue
            restored += 1
            new = result_tables.restored_row(row.names, row.texts, original)
            old_and_new = zip(row.cells, row.texts, new, strict=True)
            yield row.sheet, [cell if text == old else text for cell, old, text in old_and_new]

    target = out / relative
    partial = target.with_name("." + target.name)  # its ending says how it is written
    most = ""
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        delimiter = "" if target.suffix.lower() == ".xlsx" else table_files.delimiter_of(path)
        table_files.write_rows(partial, back(), delimiter)
        most = left_out.most_common(1)[0][0] if left_out else ""
        if not restored:
            raise Held(most or "unattributed", "no row is of one subject of this workspace")
        partial.replace(target)
    except Exception as error:  # noqa: BLE001 - one bad file never stops the others
        discard(partial)
        stop_if_full(error)
        return refusal(relative, error)
    message = "rows that are not of one subject were left out" if left_out else ""
    return ResultRow(printable(relative), True, most, "", message, rows=left_out.total())


def _rows(path: Path) -> Iterator[_Row]:
    names: dict[str, list[str]] = {}
    for sheet, cells in table_files.rows(path):
        texts = ["" if cell is None else str(cell) for cell in cells]
        first = sheet not in names
        yield _Row(sheet, names.setdefault(sheet, texts), texts, cells, first)
