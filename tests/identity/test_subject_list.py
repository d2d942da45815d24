"""The user's own list of pseudonyms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deidra.errors import SubjectListError
from deidra.identity.pseudonyms import subject_key
from deidra.identity.subject_list import assign, read_subject_list, unlisted

if TYPE_CHECKING:
    from pathlib import Path


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "subjects.csv"
    path.write_bytes(text.encode(encoding))
    return path


def key(patient_id: str, issuer: str = "") -> str:
    return subject_key(patient_id, issuer, "", "", "")


def problems_of(folder: Path, text: str) -> list[str]:
    with pytest.raises(SubjectListError) as error:
        read_subject_list(written(folder, text))
    return error.value.message.splitlines()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_good_list_gives_each_subject_its_pseudonym(tmp_path: Path, encoding: str) -> None:
    listed = read_subject_list(written(tmp_path, "id_new,id_old\r\nS 1,P-Å1 \r\n\r\nS2,P2\r\n", encoding))
    assert assign(listed, [key("P-Å1"), key("P2"), subject_key("", "", "", "", "1.2")]) == {
        key("P-Å1"): "S 1",
        key("P2"): "S2",
    }


def test_the_issuer_column_tells_equal_ids_apart(tmp_path: Path) -> None:
    listed = read_subject_list(written(tmp_path, "id_old,id_new,issuer\nP1,S1,North\nP1,S2,South\nP1,S3,\n"))
    keys = [key("P1", "North"), key("P1", "South"), key("P1")]
    assert list(assign(listed, keys).values()) == ["S1", "S2", "S3"]


def test_equal_ids_of_two_issuers_need_the_issuer_column(tmp_path: Path) -> None:
    listed = read_subject_list(written(tmp_path, "id_old,id_new\nP1,S1\n"))
    with pytest.raises(SubjectListError, match="1 Patient IDs occur under several issuers"):
        assign(listed, [key("P1", "North"), key("P1", "South")])


def test_every_problem_is_reported_at_once_by_row_and_without_values(tmp_path: Path) -> None:
    text = (
        "id_old,id_new\n"
        "SECRET1,S1\n"
        "SECRET1,S2\n"
        ",S3\n"
        "SECRET2,\n"
        "SECRET3,s1\n"
        "SECRET4,a\\b\n"
        "SECRET5,secret4\n"
        "SECRET6,S6,extra\n"
        f"SECRET7,{'x' * 65}\n"
        "SECRET8,..\n"
    )
    problems = problems_of(tmp_path, text)
    assert [line.split(":")[0] for line in problems] == [f"row {row}" for row in range(3, 12)]
    assert "SECRET" not in "\n".join(problems).upper().replace("ID_", "")


@pytest.mark.parametrize(
    "text", ["", "old,new\nP,S\n", "id_old\nP\n", "id_old,id_new,id_new\nP,S,S\n", "P1,S1\n"]
)
def test_a_list_without_its_header_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SubjectListError, match="subject-list-header"):
        read_subject_list(written(tmp_path, text))


def test_a_list_without_rows_is_refused(tmp_path: Path) -> None:
    assert problems_of(tmp_path, "id_old,id_new\n") == ["the list has no rows"]


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b'id_old,id_new\n"P,S\n', b"id_old,id_new\nP\xc5,S\n"])
def test_what_is_not_utf_8_csv_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "subjects.csv"
    path.write_bytes(content)
    with pytest.raises(SubjectListError, match="subject-list-unreadable"):
        read_subject_list(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SubjectListError, match="No such file"):
        read_subject_list(tmp_path / "none.csv")


def test_an_incomplete_list_is_refused_and_the_missing_can_be_found(tmp_path: Path) -> None:
    listed = read_subject_list(written(tmp_path, "id_old,id_new\nP1,S1\nP9,S9\n"))
    keys = [key("P1"), key("SECRET2"), key("SECRET3")]
    with pytest.raises(SubjectListError, match="2 of 3 subjects") as error:
        assign(listed, keys)
    assert "SECRET" not in str(error.value)
    assert unlisted(listed, keys) == keys[1:]


def test_a_list_never_prints_what_it_holds(tmp_path: Path) -> None:
    listed = read_subject_list(written(tmp_path, "id_old,id_new\nSECRET,S1\n"))
    assert repr(listed) == "SubjectList(<redacted>, rows=1)"
