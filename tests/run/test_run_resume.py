"""Killed anywhere and started again, a run ends with the same bytes: nothing lost, nothing twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from deidra.errors import UsageError, WorkspaceError
from deidra.run.dicomdir import DICOMDIR
from run import standin
from run.standin import build, run, tree, write_collection

PROGRAM = str(Path(standin.__file__))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    return folder


def start(source: Path, out: Path, jobs: int = 2) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, PROGRAM, str(source), str(out), str(jobs)], stderr=subprocess.PIPE)


def wait_for_files(out: Path, count: int) -> None:
    deadline = time.monotonic() + 20
    while sum(1 for path in out.rglob("*.dcm")) < count:
        assert time.monotonic() < deadline, "the run under test does not get anywhere"
        time.sleep(0.01)


@pytest.mark.parametrize(("jobs", "after"), [(1, 1), (2, 7), (2, 30)])
def test_killed_in_the_middle_and_run_again_it_ends_with_the_same_bytes(
    jobs: int, after: int, source: Path, tmp_path: Path
) -> None:
    write_collection(source, patients=2, series=5, objects=5, payload="SLOW")
    process = start(source, tmp_path / "out", jobs)
    wait_for_files(tmp_path / "out", after)
    process.kill()
    process.communicate()
    left = tree(tmp_path / "out")
    assert len(left) < 50
    summary = run([source], tmp_path / "out", jobs=jobs)
    whole = run([source], tmp_path / "whole", jobs=2)
    assert tree(tmp_path / "out") == tree(tmp_path / "whole")
    assert (summary.released, whole.released) == (50, 50)
    report = json.loads(summary.report.read_bytes())
    assert len({entry["output"] for entry in report["objects"]}) == len(report["objects"]) == 50


def test_the_workers_of_a_killed_run_die_with_it(source: Path, tmp_path: Path) -> None:
    write_collection(source, patients=2, series=2, objects=60, payload="SLOW")
    process = start(source, tmp_path / "out")
    wait_for_files(tmp_path / "out", 3)
    process.kill()
    process.communicate()
    time.sleep(0.2)
    before = tree(tmp_path / "out")
    time.sleep(0.2)
    assert tree(tmp_path / "out") == before


def test_an_interrupt_stops_cleanly_and_leaves_no_half_written_file(source: Path, tmp_path: Path) -> None:
    write_collection(source, patients=2, series=5, objects=5, payload="SLOW")
    process = start(source, tmp_path / "out")
    wait_for_files(tmp_path / "out", 5)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode != 0
    assert not list((tmp_path / "out").rglob("*.part"))
    assert run([source], tmp_path / "out").released == len(tree(tmp_path / "out")) == 50


def test_a_second_run_at_the_same_time_is_refused(source: Path, tmp_path: Path) -> None:
    write_collection(source, patients=2, series=5, objects=5, payload="SLOW")
    process = start(source, tmp_path / "out")
    try:
        wait_for_files(tmp_path / "out", 1)
        with pytest.raises(WorkspaceError, match="workspace-busy"):
            run([source], tmp_path / "out")
    finally:
        process.communicate(timeout=20)
    assert process.returncode == 0


def test_what_is_released_is_not_done_again(source: Path, tmp_path: Path) -> None:
    write_collection(source)
    first = run([source], tmp_path / "out")
    times = {path: path.stat().st_mtime_ns for path in first.out.rglob("*.dcm")}
    second = run([source], tmp_path / "out", jobs=2)
    assert (first.kept, second.kept, second.released) == (0, 20, 20)
    assert {path: path.stat().st_mtime_ns for path in first.out.rglob("*.dcm")} == times


def test_new_sources_are_added_and_earlier_ones_stay(source: Path, tmp_path: Path) -> None:
    write_collection(source)
    run([source / "person0"], tmp_path / "out")
    summary = run([source / "person1"], tmp_path / "out")
    assert (summary.released, summary.kept) == (20, 10)
    assert len(tree(summary.out)) == 20


def test_an_output_that_is_missing_or_has_another_size_is_made_again(source: Path, tmp_path: Path) -> None:
    write_collection(source)
    run([source], tmp_path / "out")
    whole = tree(tmp_path / "out")
    first, second, *_ = sorted((tmp_path / "out").rglob("*.dcm"))
    first.unlink()
    second.write_text("shorter")
    assert run([source], tmp_path / "out").kept == 18
    assert tree(tmp_path / "out") == whole


def test_a_source_that_changed_is_done_again_and_its_old_release_goes(source: Path, tmp_path: Path) -> None:
    write_collection(source)
    changed = source / "person0" / "scan0" / "file0.img"
    run([source], tmp_path / "out")
    changed.write_bytes(build("NEEDLE-0", "1.9.0", "1.9.0.0", "1.9.0.0.77", "new object"))
    assert run([source], tmp_path / "out").kept == 19
    assert b"new object" in tree(tmp_path / "out").values()
    assert len(tree(tmp_path / "out")) == 20
    changed.write_text("no longer an image")
    summary = run([source], tmp_path / "out")
    assert (summary.released, summary.held) == (19, 1)
    assert len(tree(tmp_path / "out")) == 19


def test_under_another_policy_everything_is_done_again_and_what_is_now_held_is_taken_back(
    source: Path, tmp_path: Path
) -> None:
    write_collection(source, patients=1)
    run([source], tmp_path / "out", digest="lenient")
    for path in source.rglob("*0.img"):
        status = path.stat()
        path.write_bytes(path.read_bytes().replace(b"pixels", b"HOLD  "))
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))  # the object is the same, the policy is not
    summary = run([source], tmp_path / "out", digest="strict")
    assert (summary.released, summary.held, summary.kept) == (8, 2, 0)
    assert len(tree(tmp_path / "out")) == 8


def test_one_output_never_mixes_two_policies(source: Path, tmp_path: Path) -> None:
    write_collection(source)
    run([source / "person0"], tmp_path / "out", digest="one")
    before = tree(tmp_path / "out")
    with pytest.raises(UsageError, match="policy-changed"):
        run([source / "person1"], tmp_path / "out", digest="two")
    assert tree(tmp_path / "out") == before
    assert run([source], tmp_path / "out", digest="two").released == 20


def test_a_held_source_that_is_taken_away_no_longer_counts(source: Path, tmp_path: Path) -> None:
    write_collection(source, patients=1)
    (source / "notes.txt").write_text("text")
    assert run([source], tmp_path / "out").exit_code == 3
    (source / "notes.txt").unlink()
    assert run([source], tmp_path / "out").exit_code == 0


def test_half_written_and_unaccounted_files_of_a_killed_run_go(source: Path, tmp_path: Path) -> None:
    write_collection(source, patients=2, series=5, objects=5, payload="SLOW")
    process = start(source, tmp_path / "out")
    wait_for_files(tmp_path / "out", 3)
    process.kill()
    process.communicate()
    stray = tmp_path / "out" / "subject" / "study" / "series"
    stray.mkdir(parents=True)
    (stray / "1.dcm.part").write_text("half")
    (stray / "2.dcm").write_text("renamed, but never recorded")
    (tmp_path / "out.deidra" / "spool" / "1").mkdir(parents=True)
    summary = run([source], tmp_path / "out")
    assert summary.released == len(tree(tmp_path / "out")) == 50
    assert not (tmp_path / "out" / "subject").exists()
    assert not (summary.workspace / "spool").exists()


def test_a_new_output_for_an_old_workspace_is_filled_completely(source: Path, tmp_path: Path) -> None:
    write_collection(source)
    run([source], tmp_path / "out")
    (tmp_path / "out.deidra").rename(tmp_path / "second.deidra")
    summary = run([source / "person0"], tmp_path / "second")
    assert (summary.released, summary.kept) == (10, 0)
    assert len(tree(tmp_path / "second")) == 10
    assert len(tree(tmp_path / "out")) == 20
    assert DICOMDIR not in tree(tmp_path / "second")
