"""The ledger keeps what it is told, stores shared lists once, and survives a crash."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from deidra.errors import WorkspaceError
from deidra.model import Action, Edit, Examination, ObjectFacts, Outcome, Reason, SourceObject, Term
from deidra.workspace import inputs, outcomes
from deidra.workspace.inputs import ObjectRow
from deidra.workspace.ledger import begin_run, job_id, meta, open_ledger, set_meta, transaction

EDITS = (Edit("dcm:(0010,0010)", Action.EMPTY, "E.1-1:(0010,0010)", "PS3.15 Table E.1-1"),)
LOOKS = (Examination("metadata", made=True, by="test"),)


def source(number: int) -> SourceObject:
    return SourceObject(number, f"/in/{number}", f"/in/{number}", 100 + number, 7)


def released(number: int, edits: tuple[Edit, ...] = EDITS) -> Outcome:
    return Outcome(number, "released", (), edits, LOOKS, ObjectFacts("CT", "1.2", "1.3", 1, 2), f"s/{number}.dcm")


def fill(ledger: sqlite3.Connection, count: int) -> int:
    run, job = begin_run(ledger), job_id(ledger, "job")
    with transaction(ledger):
        subject = inputs.add_subject(ledger, "key", "ID", "")
        series = inputs.add_series(ledger, subject, "1.1", "1.1.1")
        inputs.add_terms(ledger, subject, [Term("name", text) for text in "BAA"])
        rows = [ObjectRow(n, f"/in/{n}", "", 100 + n, 7, "dicom", series, f"1.1.1.{n}") for n in range(1, count + 1)]
        inputs.add_objects(ledger, run, rows)
    return job


def test_outcomes_come_back_as_they_went_in(tmp_path: Path) -> None:
    with closing(open_ledger(tmp_path / "ledger")) as ledger:
        job = fill(ledger, 2)
        reason = Reason("code", "dcm:(0008,0018)", "message")
        found = [released(1), Outcome(2, "held", (reason,))]
        outcomes.record(ledger, job, outcomes.pack(found, {n: source(n) for n in (1, 2)}))
        first, second = outcomes.recorded(ledger)
        assert (first.status, first.output, first.bytes_in, first.bytes_out) == ("released", "s/1.dcm", 101, 2)
        assert (second.status, second.reasons, second.source) == ("held", (reason,), "/in/2")
        assert list(outcomes.edit_lists(ledger)) == [("released", 1, EDITS)]
        assert ("released", 1, LOOKS) in list(outcomes.examination_lists(ledger))


def test_a_list_of_edits_that_objects_share_is_stored_once(tmp_path: Path) -> None:
    with closing(open_ledger(tmp_path / "ledger")) as ledger:
        job = fill(ledger, 50)
        for start in (1, 26):
            # Equal, but not the same tuple: the content counts.
            found = [released(n, (EDITS[0], *())) for n in range(start, start + 25)]
            outcomes.record(ledger, job, outcomes.pack(found, {n: source(n) for n in range(start, start + 25)}))
        assert ledger.execute("SELECT count(*) FROM blobs").fetchone() == (2,)
        assert list(outcomes.edit_lists(ledger)) == [("released", 50, EDITS)]


def test_only_objects_without_an_outcome_are_pending(tmp_path: Path) -> None:
    with closing(open_ledger(tmp_path / "ledger")) as ledger:
        job = fill(ledger, 3)
        outcomes.record(ledger, job, outcomes.pack([released(2)], {2: source(2)}))
        ((subject, _, objects),) = inputs.pending_series(ledger, 1)
        assert [item.id for item in objects] == [1, 3]
        knowledge = inputs.subject_knowledge(ledger, subject)
        assert (knowledge.key, knowledge.terms) == ("key", (Term("name", "A"), Term("name", "B")))


def test_names_that_are_no_utf8_come_back_unchanged(tmp_path: Path) -> None:
    name = "/in/na\udcefve\udcff"
    with closing(open_ledger(tmp_path / "ledger")) as ledger:
        run = begin_run(ledger)
        inputs.add_objects(ledger, run, [ObjectRow(1, name, name + "2", 5, 6, "other")])
        assert inputs.known(ledger, name) == inputs.Known(1, 5, 6, False)
        assert inputs.known(ledger, "/in/naïve") is None


def _stop_in_the_middle(ledger: sqlite3.Connection) -> None:
    with transaction(ledger):
        set_meta(ledger, "a", "1")
        raise KeyboardInterrupt


def test_what_was_not_committed_is_gone_and_what_was_is_there(tmp_path: Path) -> None:
    with closing(open_ledger(tmp_path / "ledger")) as ledger:
        with pytest.raises(KeyboardInterrupt):
            _stop_in_the_middle(ledger)
        with transaction(ledger):
            set_meta(ledger, "b", "2")
    with closing(open_ledger(tmp_path / "ledger")) as ledger:
        assert (meta(ledger, "a"), meta(ledger, "b")) == ("", "2")


def test_the_ledger_and_its_side_files_are_for_the_owner_only(tmp_path: Path) -> None:
    with closing(open_ledger(tmp_path / "ledger")) as ledger:
        fill(ledger, 1)
        assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


def test_a_damaged_ledger_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "ledger").write_bytes(b"this is no database" * 100)
    with pytest.raises(WorkspaceError, match="ledger-unusable"):
        open_ledger(tmp_path / "ledger")


def test_a_ledger_of_another_version_is_refused(tmp_path: Path) -> None:
    with closing(open_ledger(tmp_path / "ledger")) as ledger:
        set_meta(ledger, "schema", "0")
    with pytest.raises(WorkspaceError, match="ledger-version"):
        open_ledger(tmp_path / "ledger")
