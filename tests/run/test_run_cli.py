"""The command line keeps its contract: exit codes, one line per error, nothing written where it should not be."""

from __future__ import annotations

import csv
import json
import os
import pty
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pydicom
import pytest
from pydicom.data import get_testdata_file

import deidra
from dicom.release import WITHOUT_PIXELS


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Two CT images of one patient, in a folder named after her."""
    folder = tmp_path / "NEEDLE^ANNA"
    folder.mkdir()
    dataset = pydicom.dcmread(str(get_testdata_file("CT_small.dcm")))
    dataset.PatientName, dataset.PatientID = "NEEDLE^ANNA", "NEEDLE77"
    for number in (1, 2):
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = f"1.2.999.{number}"
        dataset.save_as(folder / f"NEEDLE{number}.dcm")
    return folder


def call(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "deidra", *map(str, arguments)]
    if arguments[0] in ("run", "plan"):
        command += [f"--set={setting}" for setting in WITHOUT_PIXELS]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def error_line(done: subprocess.CompletedProcess[str]) -> str:
    """The one line of an error; nothing else may be said."""
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert "Traceback" not in line
    return line


def add_ultrasound(source: Path) -> None:
    shutil.copy(str(get_testdata_file("examples_palette.dcm")), source / "us.dcm")


def test_everything_released_is_0_and_the_summary_says_where_the_report_is(source: Path, tmp_path: Path) -> None:
    done = call("run", source, tmp_path / "out")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("2 released, 0 held, 0 rejected")
    assert str(tmp_path / "out.deidra" / "report.html") in done.stdout
    assert "Not examined: text in pixels (2), faces (2)" in done.stdout


def test_something_rejected_is_1_something_held_is_3_and_held_wins(source: Path, tmp_path: Path) -> None:
    (source / "empty").touch()
    assert call("run", source, tmp_path / "a").returncode == 1
    add_ultrasound(source)
    done = call("run", source, tmp_path / "b")
    assert done.returncode == 3
    assert "pixels-unexamined" in done.stdout
    allowed = call("run", source, tmp_path / "b", "--set", "pixels.unexamined=release")
    assert allowed.returncode == 1
    assert allowed.stdout.startswith("3 released")


def test_json_is_the_only_thing_on_standard_output(source: Path, tmp_path: Path) -> None:
    done = call("run", source, tmp_path / "out", "--json")
    summary = json.loads(done.stdout)
    assert (summary["released"], summary["exit_code"]) == (2, 0)
    report = json.loads(Path(summary["report"]).read_bytes())
    assert report["released"] == len(report["objects"]) == 2


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), "usage"),
        (("nowhere", "out"), "source-missing"),
        (("source", "source/out"), "folders-overlap"),
        (("source", "out", "--policy", "no-such-policy"), "policy-invalid"),
        (("source", "out", "--set", "pixels.unexamined=perhaps"), "policy-invalid"),
        (("source", "out", "--subjects", "missing.csv"), "subject-list-unreadable"),
        (("source", "out", "--jobs", "0"), "usage"),
        (("source", "file/out"), "workspace-unusable"),
    ],
)
def test_a_usage_error_is_2_in_one_line_before_anything_is_written(
    arguments: tuple[str, ...], code: str, source: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    before = set(tmp_path.rglob("*"))
    places = {"source": source, "nowhere": tmp_path / "NEEDLE", "out": tmp_path / "out"}
    places |= {"source/out": source / "out", "missing.csv": tmp_path / "m", "file/out": tmp_path / "file" / "out"}
    done = call("run", *(places.get(argument, argument) for argument in arguments))
    assert done.returncode == 2
    line = error_line(done)
    assert line.startswith(f"deidra: {code}: ")
    assert "NEEDLE" not in line
    assert set(tmp_path.rglob("*")) == before


def test_an_unknown_command_is_2_in_one_line() -> None:
    done = call("frobnicate")
    assert done.returncode == 2
    assert error_line(done).startswith("deidra: usage: ")


def test_a_list_of_pseudonyms_that_lacks_a_subject_is_refused_before_anything_is_released(
    source: Path, tmp_path: Path
) -> None:
    (tmp_path / "ids.csv").write_text("id_old,id_new\nsomebody else,TRIAL1\n")
    done = call("run", source, tmp_path / "out", "--subjects", tmp_path / "ids.csv")
    assert done.returncode == 2
    assert error_line(done).startswith("deidra: subject-list-incomplete: ")
    assert list((tmp_path / "out").iterdir()) == []
    (tmp_path / "ids.csv").write_text("id_old,id_new\nNEEDLE77,TRIAL1\n")
    assert call("run", source, tmp_path / "out", "--subjects", tmp_path / "ids.csv").returncode == 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["TRIAL1"]


@pytest.mark.skipif(not Path("/sys/kernel").is_dir(), reason="needs a place where even the superuser cannot write")
def test_a_read_only_output_is_2_in_one_line(source: Path, tmp_path: Path) -> None:
    done = call("run", source, "/sys/deidra-test-out", "--workspace", tmp_path / "work")
    assert done.returncode == 2
    assert error_line(done).startswith("deidra: output-unusable: cannot write the output folder: ")


def test_plan_says_what_would_be_done_to_each_attribute_and_writes_nothing(source: Path, tmp_path: Path) -> None:
    add_ultrasound(source)
    before = set(tmp_path.rglob("*"))
    done = call("plan", source)
    assert done.returncode == 3
    assert set(tmp_path.rglob("*")) == before
    (name_line,) = (line for line in done.stdout.splitlines() if " dcm:(0010,0010) " in line)
    assert "Patient's Name" in name_line
    assert "PS3.15 2026c Table E.1-1 (0010,0010)" in name_line
    assert any(line.startswith("keep ") and "(0028,0010)" in line for line in done.stdout.splitlines())
    assert "Would release 2, hold 1, reject 0" in done.stdout
    assert "NEEDLE" not in done.stdout


def test_plan_and_run_agree_on_what_is_done(source: Path, tmp_path: Path) -> None:
    planned = json.loads(call("plan", source, "--json").stdout)
    call("run", source, tmp_path / "out")
    report = json.loads((tmp_path / "out.deidra" / "report.json").read_bytes())
    assert [row for row in planned["actions"] if row["action"] != "keep"] == report["actions"]
    assert planned["examinations"] == report["examinations"]


def test_plan_in_a_workspace_leaves_its_ledger_alone(source: Path, tmp_path: Path) -> None:
    call("run", source, tmp_path / "out")
    workspace = tmp_path / "out.deidra"
    before = {path.name: path.read_bytes() for path in workspace.iterdir() if path.is_file() and path.name != "lock"}
    assert call("plan", source, "--workspace", workspace, "--policy", "basic").returncode == 0
    after = {path.name: path.read_bytes() for path in workspace.iterdir() if path.is_file() and path.name != "lock"}
    assert after == before
    assert not (workspace / "plan").exists()


def test_vault_export_gives_the_way_back_to_the_owner_only(source: Path, tmp_path: Path) -> None:
    call("run", source, tmp_path / "out")
    workspace, uids, subjects = tmp_path / "out.deidra", tmp_path / "uids.csv", tmp_path / "subjects.csv"
    done = call("vault", "export", "--workspace", workspace, "--uids", uids, "--subjects", subjects)
    assert done.returncode == 0
    assert {stat.S_IMODE(path.stat().st_mode) for path in (uids, subjects)} == {0o600}
    rows = list(csv.DictReader(uids.read_text().splitlines()))
    mapped = {row["id_old"]: row["id_new"] for row in rows}
    released = [pydicom.dcmread(path) for path in sorted((tmp_path / "out").rglob("*.dcm"))]
    assert {mapped["1.2.999.1"], mapped["1.2.999.2"]} == {dataset.SOPInstanceUID for dataset in released}
    assert released[0].FrameOfReferenceUID in mapped.values()
    (row,) = csv.DictReader(subjects.read_text().splitlines())
    assert row == {"id_old": "NEEDLE77", "id_new": released[0].PatientID}


def test_vault_export_never_writes_into_the_output(source: Path, tmp_path: Path) -> None:
    call("run", source, tmp_path / "out")
    done = call("vault", "export", "--workspace", tmp_path / "out.deidra", "--uids", tmp_path / "out" / "u.csv")
    assert done.returncode == 2
    assert error_line(done).startswith("deidra: vault-in-output: ")
    missing = call("vault", "export", "--workspace", tmp_path / "nothing", "--uids", tmp_path / "u.csv")
    assert error_line(missing).startswith("deidra: workspace-missing: ")
    assert not (tmp_path / "nothing").exists()


def test_version_and_help_are_there_for_every_command() -> None:
    assert call("--version").stdout == f"deidra {deidra.__version__}\n"
    overview = call("--help").stdout
    for command in ("run", "plan", "policy", "vault"):
        assert f"\n  {command} " in overview
        done = call(command, "--help")
        assert done.returncode == 0
        assert "Usage: deidra " in done.stdout


def test_a_terminal_gets_a_bar_and_the_summary_stays_on_standard_output(source: Path, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "deidra", "run", str(source), str(tmp_path / "out")]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=theirs, timeout=60)
    os.close(theirs)
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    assert done.returncode == 0
    assert done.stdout.startswith(b"2 released")
    assert "Looking" in shown
    assert "NEEDLE" not in shown


def test_a_reader_that_leaves_early_causes_no_complaint(source: Path) -> None:
    command = [sys.executable, "-m", "deidra", "plan", str(source)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == b""
    process.stderr.close()
    process.wait()


def test_the_python_interface_runs_a_collection_and_tells_how_far_it_is(source: Path, tmp_path: Path) -> None:
    told: list[deidra.Progress] = []
    summary = deidra.run([source], tmp_path / "out", jobs=1, settings=WITHOUT_PIXELS, progress=told.append)
    assert isinstance(summary, deidra.RunSummary)
    assert (summary.released, summary.exit_code) == (2, 0)
    assert [step.phase for step in told] == ["survey", "execute", "execute", "summarise"]
    with pytest.raises(deidra.UsageError):
        deidra.run([], tmp_path / "out")
    assert deidra.plan([source], jobs=1).released == 2


def test_a_process_with_threads_can_run_a_collection_with_workers(source: Path, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import sys, threading, deidra\n"
        "if __name__ == '__main__':\n"
        "    threading.Thread(target=threading.Event().wait, daemon=True).start()\n"
        "    print(deidra.run([sys.argv[1]], sys.argv[2], jobs=2, settings=['options=-clean-pixel-data']).released)\n"
    )
    command = [sys.executable, str(program), str(source), str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("2\n", "")


def test_public_names_are_sorted_and_all_of_them_exist() -> None:
    names = [name for name in deidra.__all__ if name != "__version__"]
    assert names == sorted(names)
    assert dir(deidra) == sorted(deidra.__all__)
    for name in set(names) - {"deidentify"}:
        assert getattr(deidra, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = deidra.nothing
