"""Whatever is given as a selection is read or refused, and no refusal repeats what stands in it."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deidra.errors import SelectionError
from deidra.run.selection import Row, read_selection

NEEDLE = "Quackenbushzz"


def refusal_of(content: bytes) -> str:
    """What is said when a list is refused; nothing when it is read."""
    try:
        read(content)
    except SelectionError as error:
        return str(error)
    return ""


def read(content: bytes) -> tuple[Row, ...]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "list")
        path.write_bytes(content)
        return read_selection(path).rows


@given(st.binary(max_size=400))
def test_any_bytes_are_a_list_or_refused(content: bytes) -> None:
    assert re.match(r"selection-(?:unreadable|header|invalid): |$", refusal_of(content))


@given(
    st.lists(st.lists(st.sampled_from(["", "study", "case", NEEDLE, "1.2", '"', ",", "neuro", "level"]), max_size=4))
)
def test_no_refusal_repeats_a_cell(rows: list[list[str]]) -> None:
    assert NEEDLE not in refusal_of("\n".join(",".join(cells) for cells in rows).encode())


@pytest.mark.parametrize(
    "header",
    ["SOPInstanceUID", "sop_instance_uid", "SOP Instance UID", "sop-instance-uid", " Instance ", "\ufeffSOP UID"],
)
def test_a_header_is_known_however_it_is_written(header: str) -> None:
    (row,) = read(f"{header},Case\n1.2.3 ,a\n".encode())
    assert (row.number, row.instance, row.case) == (2, "1.2.3", "a")


def test_what_is_told_keeps_its_lines_and_its_order() -> None:
    (row,) = read(b'study,diagnosis,history,level\n1.2,Flu,"cough,\nfever",Primary\n')
    assert row.told == (("history", "cough,\nfever"), ("diagnosis", "Flu"), ("level", "Primary"))
    assert "Flu" not in repr(row)
