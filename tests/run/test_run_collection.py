"""A run accounts for every input, whatever the inputs are, and gives the same bytes whatever the order."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import socket
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest

from deidra.errors import UsageError, WorkspaceError
from deidra.run.collection import RunSummary
from deidra.run.progress import Progress
from run.standin import build, new_uid, run, tree, write_collection


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    return folder


def report_of(summary: RunSummary) -> dict:
    return json.loads(summary.report.read_bytes())


def inputs_of(summary: RunSummary) -> dict[str, tuple[str, str]]:
    """Source below its folder -> (status, reason)."""
    with (summary.workspace / "inputs.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row["source"].split("/source/")[-1]: (row["status"], row["reason"]) for row in rows}


def test_every_object_is_released_and_the_reports_are_in_a_private_workspace(source: Path, tmp_path: Path) -> None:
    write_collection(source)
    summary = run([source], tmp_path / "out")
    assert (summary.released, summary.held, summary.rejected, summary.exit_code) == (20, 0, 0, 0)
    assert len(tree(tmp_path / "out")) == 20
    assert stat.S_IMODE(summary.workspace.stat().st_mode) == 0o700
    files = [path for path in summary.workspace.rglob("*") if path.is_file()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    report = report_of(summary)
    assert [entry["status"] for entry in report["objects"]] == ["released"] * 20
    assert {entry["output"] for entry in report["objects"]} == set(tree(tmp_path / "out"))


def test_everything_that_is_no_readable_file_is_rejected_with_its_reason(source: Path, tmp_path: Path) -> None:
    (source / "good").write_bytes(build("P", "1", "1.1", "1.1.1"))
    (source / "empty").touch()
    (source / "link").symlink_to("good")
    (source / "dangling").symlink_to("nowhere")
    (source / "loop").symlink_to(source)
    os.mkfifo(source / "fifo")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(source / "socket"))
        summary = run([source], tmp_path / "out")
    assert inputs_of(summary) == {
        "good": ("released", ""),
        "empty": ("rejected", "empty-file"),
        "link": ("rejected", "link-not-followed"),
        "dangling": ("rejected", "link-not-followed"),
        "loop": ("rejected", "link-not-followed"),
        "fifo": ("rejected", "not-a-file"),
        "socket": ("rejected", "not-a-file"),
    }
    assert summary.exit_code == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser can read everything")
def test_files_and_folders_without_permission_are_rejected(source: Path, tmp_path: Path) -> None:
    write_collection(source, patients=1, series=1, objects=2)
    (source / "person0" / "scan0" / "file0.img").chmod(0)
    (source / "closed").mkdir(mode=0)
    summary = run([source], tmp_path / "out")
    (source / "closed").chmod(0o700)
    assert inputs_of(summary)["person0/scan0/file0.img"] == ("rejected", "unreadable")
    assert inputs_of(summary)["closed"] == ("rejected", "folder-unreadable")
    assert summary.released == 1


def test_what_is_not_dicom_is_held_not_skipped(source: Path, tmp_path: Path) -> None:
    (source / "notes.dcm").write_text("named like an image, but text")
    (source / "broken").write_bytes(b"STANDIN\npatient=P\n\n")
    summary = run([source], tmp_path / "out")
    assert inputs_of(summary) == {"notes.dcm": ("held", "not-dicom"), "broken": ("rejected", "truncated")}
    assert summary.exit_code == 3


def test_a_name_that_is_no_utf8_goes_through_and_is_printed_escaped(source: Path, tmp_path: Path) -> None:
    name = os.fsdecode(b"na\xefve\n.img")
    (source / name).write_bytes(build("P", "1", "1.1", "1.1.1"))
    assert inputs_of(run([source], tmp_path / "out")) == {r"na\xefve\n.img": ("released", "")}


def test_an_engine_that_forgets_or_refuses_an_object_loses_none(source: Path, tmp_path: Path) -> None:
    for number, payload in enumerate(("pixels", "FORGET", "HOLD", "REJECT")):
        (source / payload).write_bytes(build("P", "1", "1.1", f"1.1.{number}", payload))
    summary = run([source], tmp_path / "out")
    assert inputs_of(summary) == {
        "pixels": ("released", ""),
        "FORGET": ("held", "no-outcome"),
        "HOLD": ("held", "stand-in"),
        "REJECT": ("rejected", "stand-in"),
    }
    assert summary.exit_code == 3


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_unexpected_error_holds_its_object_only_and_its_text_is_not_shown(
    jobs: int, source: Path, tmp_path: Path
) -> None:
    write_collection(source, patients=1, series=1, objects=5)
    (source / "bad").write_bytes(build("NEEDLE-0", "1.9.0", "1.9.0.0", "1.9.0.0.99", "RAISE"))
    summary = run([source], tmp_path / "out", jobs=jobs)
    assert (summary.released, summary.held) == (5, 1)
    (reason,) = summary.reasons
    assert reason.code == "internal-error"
    assert "NEEDLE" not in summary.report.read_text()


@pytest.mark.parametrize("jobs", [2, 3])
def test_an_object_that_kills_its_worker_is_held_and_the_rest_of_its_series_is_released(
    jobs: int, source: Path, tmp_path: Path
) -> None:
    write_collection(source)
    (source / "bad").write_bytes(build("NEEDLE-0", "1.9.0", "1.9.0.0", "1.9.0.0.99", "CRASH"))
    summary = run([source], tmp_path / "out", jobs=jobs)
    assert (summary.released, summary.held) == (20, 1)
    assert inputs_of(summary)["bad"] == ("held", "worker-crashed")


def test_a_file_that_kills_the_survey_is_held_and_the_others_are_released(source: Path, tmp_path: Path) -> None:
    write_collection(source)
    (source / "bad").write_bytes(build("P", "1", "1.1", "1.1.1", "BREAK-SURVEY"))
    summary = run([source], tmp_path / "out", jobs=2)
    assert inputs_of(summary)["bad"] == ("held", "worker-crashed")
    assert summary.released == 20


def test_order_of_sources_and_number_of_workers_do_not_change_the_output(source: Path, tmp_path: Path) -> None:
    write_collection(source, patients=3, series=2, objects=4)
    # Conflicting copies: which one goes through must not depend on chance.
    (source / "person0" / "scan0" / "again.img").write_bytes(build("NEEDLE-0", "1.9.0", "1.9.0.0", "1.9.0.0.0", "x"))
    parts = sorted(source.iterdir())
    first = run([source], tmp_path / "a" / "out", jobs=1)
    second = run(list(reversed(parts)), tmp_path / "b" / "out", jobs=2)
    third = run([parts[1], parts[0], parts[2]], tmp_path / "c" / "out", jobs=3)
    assert tree(first.out) == tree(second.out) == tree(third.out)
    assert len(tree(first.out)) == 24
    assert first.held == second.held == third.held == 1


def test_a_long_series_is_shared_among_workers_and_comes_out_whole(source: Path, tmp_path: Path) -> None:
    write_collection(source, patients=1, series=1, objects=300)
    told: list[Progress] = []
    summary = run([source], tmp_path / "out", jobs=2, told=told)
    assert summary.released == len(tree(summary.out)) == 300
    executed = [step for step in told if step.phase == "execute"]
    assert [step.released for step in executed] == [0, 100, 200, 300]
    assert {step.total for step in executed} == {300}


def test_identical_copies_and_conflicting_objects_are_held_and_told_apart(source: Path, tmp_path: Path) -> None:
    (source / "a").write_bytes(build("P", "1", "1.1", "1.1.1", "same"))
    (source / "b").write_bytes(build("P", "1", "1.1", "1.1.1", "same"))
    (source / "c").write_bytes(build("P", "1", "1.1", "1.1.1", "else"))
    (source / "d").write_bytes(build("Q", "1", "1.1", "1.1.1", "same"))
    summary = run([source], tmp_path / "out")
    assert inputs_of(summary) == {
        "a": ("released", ""),
        "b": ("held", "duplicate-instance"),
        "c": ("held", "conflicting-instance"),
        "d": ("held", "conflicting-instance"),
    }
    assert list(tree(summary.out).values()) == [b"same"]


def test_archives_are_opened_two_levels_deep_and_the_spool_is_gone_afterwards(source: Path, tmp_path: Path) -> None:
    def zipped(members: dict[str, bytes]) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, content in members.items():
                archive.writestr(name, content)
        return buffer.getvalue()

    third = zipped({"deep": build("P", "1", "1.1", "1.1.3")})
    second = zipped({"inner": build("P", "1", "1.1", "1.1.2"), "third.zip": third})
    (source / "outer").write_bytes(
        zipped({"x/one": build("P", "1", "1.1", "1.1.1"), "second.zip": second, "../up": b"x"})
    )
    with tarfile.open(source / "more.tar.gz", "w:gz") as archive:
        info = tarfile.TarInfo("member")
        content = build("P", "1", "1.1", "1.1.4")
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
    (source / "cut.zip").write_bytes(second[: len(second) - 30])
    for jobs in (1, 2):
        summary = run([source], tmp_path / f"out{jobs}", jobs=jobs)
        assert inputs_of(summary) == {
            "outer!x/one": ("released", ""),
            "outer!../up": ("rejected", "member-unsafe-path"),
            "outer!second.zip!inner": ("released", ""),
            "outer!second.zip!third.zip": ("rejected", "archive-too-deep"),
            "more.tar.gz!member": ("released", ""),
            "cut.zip": ("rejected", "archive-damaged"),
        }
        assert not (summary.workspace / "spool").exists()
    assert tree(tmp_path / "out1") == tree(tmp_path / "out2")


def test_an_archive_can_be_the_source_itself(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "scans", "w") as archive:
        archive.writestr("one", build("P", "1", "1.1", "1.1.1"))
    assert run([tmp_path / "scans"], tmp_path / "out").released == 1


def test_a_collection_without_files_is_a_usage_error(source: Path, tmp_path: Path) -> None:
    (source / "empty-folder").mkdir()
    with pytest.raises(UsageError, match="nothing-found"):
        run([source], tmp_path / "out")


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_full_disk_ends_the_run_in_one_line_and_the_next_one_goes_on(jobs: int, source: Path, tmp_path: Path) -> None:
    write_collection(source)
    full = source / "person9"
    full.write_bytes(build("P", "1", "1.1", "1.1.1", "FULL"))
    with pytest.raises(WorkspaceError, match="disk-full"):
        run([source], tmp_path / "out", jobs=jobs)
    full.write_bytes(build("P", "1", "1.1", "1.1.1", "room again"))
    assert run([source], tmp_path / "out", jobs=jobs).released == len(tree(tmp_path / "out")) == 21


def test_a_folder_with_foreign_files_is_not_taken_as_output(source: Path, tmp_path: Path) -> None:
    write_collection(source, patients=1)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("mine")
    with pytest.raises(UsageError, match="output-not-empty"):
        run([source], tmp_path / "out")
    assert tree(tmp_path / "out") == {"thesis.txt": b"mine"}


def test_no_original_value_and_no_file_name_stands_in_the_reports_or_below_the_output(
    source: Path, tmp_path: Path
) -> None:
    write_collection(source)
    (source / "NEEDLE.txt").write_text("NEEDLE")
    (source / "NEEDLE-modality").write_bytes(build("NEEDLE-9", "1.9.9", "1.9.9.9", "1.9.9.9.9", modality="NEEDLE^JOHN"))
    summary = run([source], tmp_path / "out")
    assert summary.held == 1
    for path in (summary.report, summary.report_html):
        text = path.read_text(encoding="utf-8")
        for needle in ("NEEDLE", "1.9.", "person0", "scan0", "file0", str(tmp_path)):
            assert needle not in text
    names = "\n".join(str(path.relative_to(summary.out)) for path in summary.out.rglob("*"))
    assert "NEEDLE" not in names
    assert "1.9." not in names
    assert new_uid("1.9.0") in names


def test_a_moved_output_is_taken_up_with_its_workspace(source: Path, tmp_path: Path) -> None:
    write_collection(source)
    run([source], tmp_path / "out")
    shutil.move(tmp_path / "out", tmp_path / "new")
    shutil.move(tmp_path / "out.deidra", tmp_path / "new.deidra")
    assert run([source], tmp_path / "new").kept == 20
