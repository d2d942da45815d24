"""The generator: committed tables are what the sources give, and wrong sources are refused."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
GENERATOR = PROJECT / "tools" / "standard" / "generate.py"
SOURCES = Path(os.environ.get("DEIDRA_STANDARD", PROJECT.parent / "shared" / "standard"))


def _installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"


needs_sources = pytest.mark.skipif(
    not (SOURCES / "part15-2026c.xml").is_file(), reason="the documents of the standard are not here"
)
needs_packages = pytest.mark.skipif(
    (_installed("pydicom"), _installed("highdicom")) != ("3.0.2", "0.28.2")
    or _installed("lxml") == "missing",
    reason="the pinned pydicom, highdicom and lxml are not installed",
)


def generate(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(GENERATOR), *arguments], capture_output=True, text=True, check=False
    )


@needs_sources
@needs_packages
def test_the_committed_tables_are_what_the_sources_give() -> None:
    done = generate(str(SOURCES), "--check")
    assert (done.stdout, done.stderr) == ("", "")
    assert done.returncode == 0


@needs_packages
def test_missing_sources_are_named(tmp_path: Path) -> None:
    done = generate(str(tmp_path), "--check")
    assert done.returncode == 2
    assert "part15-2023b.xml is missing" in done.stderr


@needs_sources
@needs_packages
def test_a_changed_source_is_refused(tmp_path: Path) -> None:
    for path in SOURCES.glob("part15-*.xml"):
        (tmp_path / path.name).symlink_to(path)
    changed = tmp_path / "part15-2023b.xml"
    changed.unlink()
    shutil.copyfile(SOURCES / changed.name, changed)
    with changed.open("ab") as source:
        source.write(b"\n")
    done = generate(str(tmp_path), "--check")
    assert done.returncode == 2
    assert "part15-2023b.xml has another SHA-256" in done.stderr


def test_every_table_names_its_source_and_the_notice_its_owner() -> None:
    data = PROJECT / "src" / "deidra" / "standard" / "data"
    notice = (data / "NOTICE.md").read_text(encoding="utf-8")
    assert "National Electrical Manufacturers Association" in notice
    files = sorted(data.glob("*.json"))
    assert len(files) == 18
    for path in files:
        head = path.read_text(encoding="utf-8")[:2000]
        for field in ("source", "edition", "sha256", "rows", "generated_by", "attribution"):
            assert f'"{field}":' in head, (path.name, field)
        if path.name.startswith(("confidentiality", "structured")):
            assert "copyright National Electrical Manufacturers Association" in head
