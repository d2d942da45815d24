"""The command: folders that cannot be verified, and what is said when little is known."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deidra.errors import UsageError
from deidra.verify.verify import verify
from verify.clinic import MARGIT
from verify.damage import change, look, released

Copy = Callable[[], Path]


def deidra(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "deidra", "verify", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True)


def said(folder: Path, **places: Any) -> str:
    """The code with which a verification is refused before anything is written."""
    before = sorted(folder.rglob("*"))
    with pytest.raises(UsageError) as refused:
        verify(places.pop("out", folder / "out"), **places, ocr="none", jobs=1)
    assert sorted(folder.rglob("*")) == before
    return refused.value.code


def test_folders_that_cannot_be_used_are_refused(copy: Copy) -> None:
    folder = copy()
    assert said(folder, out=folder / "nowhere") == "output-missing"
    assert said(folder, out=folder / "in" / "later.dcm") == "output-missing"
    assert said(folder, source=folder / "nowhere") == "source-missing"
    assert said(folder, source=folder / "out") == "folders-overlap"
    assert said(folder, source=folder) == "folders-overlap"
    assert said(folder, workspace=folder / "in") == "workspace-missing"
    assert said(folder, report=folder / "out" / "report") == "folders-overlap"


def test_an_empty_output_is_refused(copy: Copy) -> None:
    folder = copy()
    (folder / "empty").mkdir()
    with pytest.raises(UsageError) as refused:
        verify(folder / "empty", ocr="none", jobs=1)
    assert refused.value.code == "nothing-found"


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_damaged_ledger_is_refused_and_left_alone(copy: Copy, content: bytes) -> None:
    folder = copy()
    ledger = folder / "out.deidra" / "ledger.sqlite"
    ledger.write_bytes(content)
    with pytest.raises(UsageError) as refused:
        look(folder)
    assert refused.value.code == "ledger-unusable"
    assert ledger.read_bytes() == content


def test_without_a_ledger_it_is_said_that_nothing_is_known(copy: Copy) -> None:
    folder = copy()
    shutil.rmtree(folder / "out.deidra")
    done = deidra(folder / "out", "--ocr", "none")
    assert done.returncode == 0
    assert "nothing is known of the originals" in done.stdout
    assert (folder / "out.verify" / "verify.html").stat().st_mode & 0o77 == 0


def test_without_any_knowledge_the_looks_of_identifiers_are_found(copy: Copy) -> None:
    folder = copy()
    shutil.rmtree(folder / "out.deidra")
    shutil.rmtree(folder / "out")
    shutil.copytree(folder / "in", folder / "out")
    done = deidra(folder / "out", "--ocr", "none", "--json")
    codes = {group["code"] for group in json.loads(done.stdout)["groups"] if group["severity"] == "suspect"}
    assert done.returncode == 4
    assert {"shape-person-name", "shape-birth-date-kept", "shape-phone"} <= codes


def test_what_is_refused_is_one_line_and_exit_code_2(copy: Copy) -> None:
    done = deidra(copy() / "nowhere")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("deidra: output-missing: ")


def test_a_leak_ends_in_4_and_no_value_is_printed(copy: Copy) -> None:
    folder = copy()
    change(released(folder)[0], lambda ds: setattr(ds, "StudyDescription", f"for {MARGIT.name}"))
    done = deidra(folder / "out", "--source", folder / "in", "--ocr", "none", "--no-validators")
    assert done.returncode == 4
    assert "must not leave" in done.stdout
    assert "halverson" not in (done.stdout + done.stderr).casefold()


def test_an_archive_as_source_says_the_same_as_its_folder(copy: Copy) -> None:
    folder = copy()
    shutil.make_archive(str(folder / "in"), "zip", folder / "in")
    shutil.rmtree(folder / "out.deidra")
    plain = verify(folder / "out", source=folder / "in", report=folder / "a", ocr="none", jobs=1)
    packed = verify(folder / "out", source=folder / "in.zip", report=folder / "b", ocr="none", jobs=2)
    assert (packed.known, packed.paired, packed.exit_code) == (plain.known, plain.paired, 0)
    assert not [path for path in (folder / "b").iterdir() if path.is_dir()]  # nothing of the originals stays behind
