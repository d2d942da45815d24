"""Lists of subjects kept in a spreadsheet."""

from __future__ import annotations

import datetime
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from deidra.errors import SubjectListError
from deidra.identity.subject_list import read_subject_list


def written(folder: Path, *rows: tuple[object, ...], formats: dict[str, str] | None = None) -> Path:
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    for cell, shown in (formats or {}).items():
        sheet[cell].number_format = shown
    workbook.save(folder / "list.xlsx")
    return folder / "list.xlsx"


def test_text_and_whole_numbers_are_read_as_they_are_shown(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        ("id_old", "id_new", None),
        ("0017", "T1"),
        (42, "T2"),
        (43, "T3"),
        (None, None),
        formats={"A4": "00000"},
    )
    assert read_subject_list(path).pseudonyms == {("0017", None): "T1", ("42", None): "T2", ("00043", None): "T3"}


@pytest.mark.parametrize(
    "value",
    [1.5, datetime.date(2020, 1, 2), True, "=1+1", datetime.datetime(2020, 1, 2, tzinfo=None)],  # noqa: DTZ001
)
def test_what_is_stored_otherwise_than_shown_is_refused_by_row(value: object, tmp_path: Path) -> None:
    with pytest.raises(SubjectListError, match="row 3: a cell is no text"):
        read_subject_list(written(tmp_path, ("id_old", "id_new"), ("a", "T1"), (value, "T2")))


def test_the_rules_of_lists_hold_for_spreadsheets_too(tmp_path: Path) -> None:
    path = written(tmp_path, ("id_old", "id_new"), ("NEEDLE4711", "T1"), ("NEEDLE4711", "T2"), ("b", "T1"), ("c", None))
    with pytest.raises(SubjectListError) as refused:
        read_subject_list(path)
    assert refused.value.message.splitlines() == [
        "row 3: id_old is the same as in row 2",
        "row 4: id_new is the same as in row 2",
        "row 5: id_new is empty",
    ]


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_damaged_workbook_is_refused(share: float, tmp_path: Path) -> None:
    path = written(tmp_path, ("id_old", "id_new"), ("NEEDLE4711", "T1"))
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(SubjectListError, match="subject-list-unreadable") as refused:
        read_subject_list(path)
    assert "NEEDLE" not in str(refused.value)


def test_an_archive_that_is_no_workbook_or_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/workbook.xml", "w") as member:
        for _ in range(257):
            member.write(bytes(1 << 20))
    with pytest.raises(SubjectListError, match="too large"):
        read_subject_list(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hello.txt", "x")
    with pytest.raises(SubjectListError, match="cannot be read"):
        read_subject_list(path)
