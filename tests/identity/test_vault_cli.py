"""`deidra vault` keeps its contract, from a run to the end of the way back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pydicom
import pytest
from pydicom.data import get_testdata_file

from dicom.release import WITHOUT_PIXELS

NEEDLES = ("NEEDLE^ANNA", "NEEDLE77", "1.2.999.1", "1.2.999.2")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Two CT images of one patient."""
    folder = tmp_path / "source"
    folder.mkdir()
    dataset = pydicom.dcmread(str(get_testdata_file("CT_small.dcm")))
    dataset.PatientName, dataset.PatientID = NEEDLES[:2]
    for number in (1, 2):
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = f"1.2.999.{number}"
        dataset.save_as(folder / f"{number}.dcm")
    return folder


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return tmp_path / "out.deidra"


def call(*arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "deidra", *map(str, arguments)]
    if arguments[0] == "run":
        command += [f"--set={setting}" for setting in WITHOUT_PIXELS]
    environment = {**os.environ, **variables}
    return subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment)


def vault(verb: str, workspace: Path, *arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return call("vault", verb, *arguments, "--workspace", workspace, **variables)


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """The code of a refusal: one line, nothing else, and no original value."""
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert not any(needle in line for needle in NEEDLES)
    return line.split(": ")[1]


def released(tmp_path: Path) -> list[pydicom.Dataset]:
    return [pydicom.dcmread(path) for path in sorted((tmp_path / "out").rglob("*.dcm"))]


def log(workspace: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in vault("log", workspace, "--json").stdout.splitlines()]


def test_a_run_without_a_vault_can_be_looked_up_and_that_is_on_record(
    source: Path, tmp_path: Path, workspace: Path
) -> None:
    call("run", source, tmp_path / "out")
    first = released(tmp_path)[0]
    found = vault("lookup", workspace, first.PatientID, "--reason", "incidental finding")
    assert (found.returncode, found.stdout, found.stderr) == (0, "NEEDLE77\n", "")
    assert vault("lookup", workspace, first.SOPInstanceUID).stdout.strip() in NEEDLES
    unknown = vault("lookup", workspace, "NEEDLE77")
    assert (unknown.returncode, unknown.stdout) == (1, "")
    entries = log(workspace)
    assert [entry["action"] for entry in entries] == ["create", "lookup", "lookup", "lookup"]
    assert [entry["reason"] for entry in entries] == ["", "incidental finding", "", ""]
    assert entries[1]["what"] == f"subject {first.PatientID}"
    assert entries[3]["what"] == "an unknown identifier"
    assert not any(needle in json.dumps(entries) for needle in NEEDLES)
    again = call("run", source, tmp_path / "out")
    assert "(2 of them before)" in again.stdout  # the key is the same, so what was released stays
    assert not (workspace / "identity" / "key").exists()


def test_a_vault_with_a_crosswalk_answers_without_the_ledger(source: Path, tmp_path: Path, workspace: Path) -> None:
    secret = {"DEIDRA_VAULT_PASSPHRASE": "correct horse battery"}
    made = vault("create", workspace, "--crosswalk", "--scheme", "sequential", "--unlock", "passphrase", **secret)
    assert made.returncode == 0, made.stderr
    assert refused(call("run", source, tmp_path / "out")) == "vault-locked"
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").iterdir())
    done = call("run", source, tmp_path / "out", **secret)
    assert done.returncode == 0, done.stderr
    first = released(tmp_path)[0]
    assert first.PatientID == "SUBJ000001"
    (workspace / "ledger.sqlite").unlink()
    found = vault("lookup", workspace, "SUBJ000001", "--json", **secret)
    content = json.loads(found.stdout)
    assert (content["kind"], content["original"]) == ("subject", "NEEDLE77")
    original = pydicom.dcmread(source / "1.dcm")
    shift = pydicom.valuerep.DA(first.StudyDate) - pydicom.valuerep.DA(original.StudyDate)
    assert content["shift_days"] == shift.days
    assert vault("lookup", workspace, first.StudyInstanceUID, **secret).stdout == f"{original.StudyInstanceUID}\n"
    wrong = vault("lookup", workspace, "SUBJ000001", **{**secret, "DEIDRA_VAULT_PASSPHRASE": "correct horse batterx"})
    assert refused(wrong) == "vault-locked"
    for file in workspace.rglob("vault.*"):
        assert not any(needle.encode() in file.read_bytes() for needle in (*NEEDLES, "correct horse"))


def test_destroy_ends_the_way_back_and_says_so(source: Path, tmp_path: Path, workspace: Path) -> None:
    call("run", source, tmp_path / "out")
    first = released(tmp_path)[0]
    assert refused(vault("destroy", workspace)) == "usage"
    done = vault("destroy", workspace, "--yes", "--reason", "study closed")
    assert done.returncode == 0, done.stderr
    assert "The log is sealed: " in done.stdout
    for identifier in (first.PatientID, first.SOPInstanceUID):
        assert refused(vault("lookup", workspace, identifier)) == "vault-destroyed"
    assert refused(call("run", source, tmp_path / "out")) == "vault-destroyed"
    assert refused(vault("rotate", workspace)) == "vault-destroyed"
    assert "workspace-missing" in vault("export", workspace, "--uids", tmp_path / "u.csv").stderr
    assert log(workspace)[-1]["reason"] == "study closed"
    left = {file.name: file.read_bytes() for file in workspace.rglob("*") if file.is_file()}
    assert not any(needle.encode() in content for content in left.values() for needle in NEEDLES)
    assert {"ledger.sqlite", "inputs.csv", "key", "vault.key"}.isdisjoint(left)
    assert "destroyed" in vault("info", workspace).stdout
    assert vault("destroy", workspace, "--yes").returncode == 0


def test_random_pseudonyms_have_no_way_back_even_for_their_maker(source: Path, tmp_path: Path, workspace: Path) -> None:
    vault("create", workspace, "--scheme", "random")
    assert call("run", source, tmp_path / "out").returncode == 0
    first = released(tmp_path)[0]
    assert refused(vault("lookup", workspace, first.PatientID)) == "vault-no-way-back"
    assert refused(vault("export", workspace, "--subjects", tmp_path / "s.csv")) == "vault-no-way-back"
    assert refused(call("run", source, tmp_path / "out")) == "project-closed"
    assert log(workspace)[-1]["action"] == "discard-key"


def test_a_list_imported_into_the_vault_gives_the_pseudonyms(source: Path, tmp_path: Path, workspace: Path) -> None:
    vault("create", workspace, "--scheme", "list", "--crosswalk")
    assert refused(call("run", source, tmp_path / "out")) == "subject-list-incomplete"
    (tmp_path / "list.csv").write_text("id_old,id_new\nNEEDLE77,TRIAL-1\n")
    assert refused(call("run", source, tmp_path / "out", "--subjects", tmp_path / "list.csv")) == "subjects-scheme"
    assert vault("import", workspace, "--subjects", tmp_path / "list.csv").stdout == "1 new records\n"
    assert call("run", source, tmp_path / "out").returncode == 0
    assert {dataset.PatientID for dataset in released(tmp_path)} == {"TRIAL-1"}
    for wrong in ("NEEDLE77,TRIAL-2", "other,TRIAL-1", "a,T1\nb,T1"):
        (tmp_path / "list.csv").write_text(f"id_old,id_new\n{wrong}\n")
        done = vault("import", workspace, "--subjects", tmp_path / "list.csv")
        assert refused(done) in ("vault-conflict", "subject-list-invalid")
    assert "intact" in vault("info", workspace, "--check").stdout


def test_two_sites_with_one_project_key_release_the_same_identifiers(source: Path, tmp_path: Path) -> None:
    key = tmp_path / "project.key"
    vault("create", tmp_path / "a.deidra", "--project", "trial-7")
    assert vault("export", tmp_path / "a.deidra", "--key", key, "--reason", "site B").returncode == 0
    assert vault("import", tmp_path / "b.deidra", "--key", key).returncode == 0
    for site in "ab":
        assert call("run", source, tmp_path / site).returncode == 0
    names = [{path.relative_to(tmp_path / site) for path in (tmp_path / site).rglob("*.dcm")} for site in "ab"]
    assert names[0] == names[1]
    assert len(names[0]) == 2


def test_what_makes_no_sense_is_a_usage_error(tmp_path: Path, workspace: Path) -> None:
    for verb, arguments in (("info", ()), ("log", ()), ("rotate", ()), ("import", ("--uids", tmp_path / "none.csv"))):
        assert refused(vault(verb, workspace, *arguments)) in ("vault-missing", "subject-list-unreadable")
    assert refused(vault("lookup", workspace, "P1")) == "workspace-missing"
    assert refused(vault("destroy", workspace, "--yes")) == "workspace-missing"
    assert refused(vault("create", workspace, "--scheme", "random", "--crosswalk")) == "vault-settings"
    assert refused(vault("create", workspace, "--project", "a b")) == "project-name"
    assert refused(vault("create", workspace, "--unlock", "NEEDLE77")) == "vault-unlock-unknown"
    assert not (workspace / "vault.sqlite").exists()
