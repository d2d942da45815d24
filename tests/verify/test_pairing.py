"""An output is judged beside the source that it was made of, however little of it stayed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verify.clinic import JOERG, MARGIT, ct, part10
from verify.damage import codes, look

if TYPE_CHECKING:
    from pathlib import Path

    from verify.clinic import Person


def without_names(person: Person, study: int) -> bytes:
    """What a tool leaves that gives everybody one Patient ID and new UIDs, and forgets the dates."""
    ds = ct(person, study, 1, f"2001010{study}")
    ds.PatientName = ds.PatientID = "ANON"
    for number, keyword in enumerate(("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")):
        setattr(ds, keyword, f"1.2.3.{study}.{number}")
    return part10(ds)


def test_objects_alike_are_told_apart_by_the_path_that_a_tool_kept(tmp_path: Path) -> None:
    for number, person in enumerate((MARGIT, JOERG), start=1):
        for folder, content in (
            ("in", part10(ct(person, number, 1, f"2001010{number}"))),
            ("out", without_names(person, number)),
        ):
            path = tmp_path / folder / f"visit{number}" / "image.dcm"
            path.parent.mkdir(parents=True)
            path.write_bytes(content)
    summary = look(tmp_path, source=True)
    assert summary.paired == summary.objects == 2
    assert "unchanged-date" in codes(tmp_path, "leak", "suspect")
