"""Sources, output and workspace are kept apart; the workspace is its owner's alone."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from deidra.errors import UsageError, WorkspaceError
from deidra.workspace.lock import locked
from deidra.workspace.paths import (
    create_private,
    default_workspace,
    open_output,
    open_workspace,
    printable,
    replace_private,
    settle_folders,
)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    return folder


def test_the_workspace_stands_beside_the_output_unless_told_otherwise(source: Path, tmp_path: Path) -> None:
    folders = settle_folders([source], tmp_path / "out", None)
    assert folders.workspace == tmp_path / "out.deidra"
    assert default_workspace(Path("out")).name == "out.deidra"


@pytest.mark.parametrize(
    ("out", "workspace"),
    [
        ("source/out", "work"),
        ("source", "work"),
        (".", "../elsewhere"),
        ("out", "out/work"),
        ("work/out", "work"),
        ("out", "source/work"),
        ("out", "."),
        ("out", "out"),
    ],
)
def test_overlapping_folders_are_refused_before_anything_is_written(
    out: str, workspace: str, source: Path, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="folders-overlap"):
        settle_folders([source], tmp_path / out, tmp_path / workspace)
    assert list(tmp_path.iterdir()) == [source]


def test_an_overlap_through_a_symbolic_link_is_seen(source: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(source)
    with pytest.raises(UsageError, match="folders-overlap"):
        settle_folders([source], tmp_path / "link" / "out", None)


def test_a_missing_source_is_named_by_its_number_only(source: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="source 2 does not exist") as error:
        settle_folders([source, tmp_path / "NEEDLE"], tmp_path / "out", None)
    assert "NEEDLE" not in str(error.value)


def test_a_source_inside_another_is_met_once(source: Path, tmp_path: Path) -> None:
    inner = source / "inner"
    inner.mkdir()
    beside = tmp_path / "source2"
    beside.mkdir()
    folders = settle_folders([inner, beside, source, source], tmp_path / "out", None)
    assert folders.sources == (str(source), str(beside))


def test_the_workspace_is_made_for_its_owner_only_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        open_workspace(tmp_path / "a" / "work")
        os.close(create_private(tmp_path / "a" / "work" / "identity"))
        replace_private(tmp_path / "a" / "work" / "text", "text")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a" / "work").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "a" / "work").iterdir()} == {0o600}


def test_a_workspace_that_others_could_read_is_closed_when_it_is_opened_again(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir(mode=0o755)
    open_workspace(tmp_path / "work")
    assert stat.S_IMODE((tmp_path / "work").stat().st_mode) == 0o700


def test_a_folder_that_holds_something_else_is_not_taken_as_workspace(tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("mine")
    with pytest.raises(WorkspaceError, match="workspace-foreign"):
        open_workspace(tmp_path)


def test_places_that_cannot_be_written_are_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(WorkspaceError, match="output-unusable"):
        open_output(tmp_path / "file" / "out")
    with pytest.raises(WorkspaceError, match="workspace-unusable"):
        open_workspace(tmp_path / "file" / "work")


def test_names_are_printed_on_one_line_whatever_bytes_they_hold() -> None:
    assert printable("scan 1.dcm") == "scan 1.dcm"
    assert printable("na\udcefve\nname\t\x1b[31m") == r"na\xefve\nname\t\x1b[31m"
    assert printable("a.zip\0member") == "a.zip!member"
    assert printable("Ärzte") == "Ärzte"


def test_a_second_run_is_refused_while_the_first_lives_and_welcome_after_it_was_killed(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from deidra.workspace.lock import locked\n"
        f"with locked(Path({str(tmp_path)!r})): print('held', flush=True); time.sleep(60)"
    )
    first = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    try:
        assert first.stdout is not None
        assert first.stdout.readline() == b"held\n"
        with pytest.raises(WorkspaceError, match="workspace-busy"), locked(tmp_path):
            pass
    finally:
        first.kill()
        first.communicate()
    with locked(tmp_path):
        assert (tmp_path / "lock").read_bytes() == str(os.getpid()).encode()
