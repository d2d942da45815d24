"""What the ledger remembers of people and studies, for results that come home."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deidra.model import Term
from deidra.workspace import inputs, studies
from deidra.workspace.ledger import open_ledger

if TYPE_CHECKING:
    from pathlib import Path

NAME, ACCESSION = 0x00100010, 0x00080050


def test_a_study_is_told_as_it_was_and_another_one_by_the_person(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path / "ledger.sqlite")
    maiden, married = {NAME: "Maiden^Name", ACCESSION: "A1"}, {NAME: "Married^Name"}
    studies.add(ledger, [(1, "1.2.1", studies.encoded(maiden)), (1, "1.2.2", studies.encoded({}))])
    studies.add(ledger, [(1, "1.2.2", studies.encoded(married))])
    assert studies.identity(ledger, 1, "1.2.1") == maiden
    assert studies.identity(ledger, 1, "1.2.2") == married
    assert studies.identity(ledger, 1, "9.9.9")[NAME] in (maiden[NAME], married[NAME])
    assert studies.identity(ledger, 2, "1.2.1") == {}
    assert studies.accession_number(ledger, "1.2.1") == "A1"
    assert studies.accession_number(ledger, "1.2.2") == studies.accession_number(ledger, "9") == ""


def test_the_last_date_is_one_of_the_subject_and_a_date(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path / "ledger.sqlite")
    dates = ("19600102", "20190405", "2019-04-06", "20191399", "2019W012", "20991231")
    inputs.add_terms(ledger, 1, [Term("date", date) for date in dates])
    inputs.add_terms(ledger, 1, [Term("identifier", "20240101")])
    inputs.add_terms(ledger, 2, [Term("date", "20230101")])
    assert studies.last_date(ledger, 1, "20261101") == "20190405"
    assert studies.last_date(ledger, 3, "20261101") == ""
