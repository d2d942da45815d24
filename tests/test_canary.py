"""The canary corpus through the command: no marker survives that must not, none is lost that must stay."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest

from corpus.build import build
from corpus.needles import Needle, expected, gone
from corpus.search import find
from dicom.release import WITHOUT_PIXELS

OPTIONS = {
    "basic": (),
    "public-research": (
        "modified-dates", "patient-characteristics", "device-identity", "safe-private", "clean-descriptors",
        "clean-structured-content", "clean-graphics",
    ),
}


# A marker is no member of these enumerations (Patient's Sex, Smoking Status, Sex Neutered), so it goes under any option
ENUMERATED = ("(0010,0040)", "(0010,21A0)", "(0010,2203)")
# Newer than the dictionary and written as UN: nothing tells how to read them, so they go under any option
SETTINGS = ("--set", "pixels.unexamined=release", "--set", *WITHOUT_PIXELS)
WITHOUT_VR = ("(0010,0043)", "(0010,0046)", "(0010,0047)", "(0010,2162)")


class Run(NamedTuple):
    options: tuple[str, ...]
    needles: list[Needle]
    out: Path
    workspace: Path


@pytest.fixture(scope="module", params=sorted(OPTIONS))
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp(request.param)
    needles = build(folder / "source")
    command = [sys.executable, "-m", "deidra", "run", "source", "out", "--policy", request.param]
    done = subprocess.run(
        [*command, *SETTINGS], cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return Run(OPTIONS[request.param], needles, folder / "out", folder / "out.deidra")


def test_no_marker_that_must_go_is_found_in_any_layer_of_the_output(run: Run) -> None:
    forbidden = {needle.marker: needle.carrier for needle in gone(run.needles, run.options)}
    assert len(forbidden) > 8000
    assert [(forbidden[hit.marker], hit.layer) for hit in find(list(forbidden), run.out)] == []


def test_every_marker_that_the_policy_keeps_is_still_there(run: Run) -> None:
    kept = [
        needle
        for needle in run.needles
        if expected(needle, run.options) == "keep" and not needle.carrier.endswith((*ENUMERATED, *WITHOUT_VR))
    ]
    assert len(kept) > 400
    found = {hit.marker for hit in find([needle.marker for needle in kept], run.out)}
    assert [needle.carrier for needle in kept if needle.marker not in found] == []


def test_the_reports_hold_no_marker(run: Run) -> None:
    markers = [needle.marker for needle in run.needles if needle.fate != "keep"]
    text = (run.workspace / "report.json").read_text() + (run.workspace / "report.html").read_text()
    assert [marker for marker in markers if marker in text] == []


def test_every_input_is_released_and_accounted_for(run: Run) -> None:
    report = json.loads((run.workspace / "report.json").read_text())
    files = [path for path in run.out.parent.joinpath("source").rglob("*") if path.is_file()]
    assert report["released"] == len(files) == len(report["objects"])


def test_a_zip_of_the_corpus_gives_the_same_files(run: Run, tmp_path: Path) -> None:
    source = run.out.parent / "source"
    with zipfile.ZipFile(tmp_path / "corpus.zip", "w") as archive:
        for path in sorted(source.rglob("*")):
            if path.is_file():
                archive.write(path, str(path.relative_to(source)).encode("utf-8", "replace").decode())
    # The same key gives the same pseudonyms
    key = tmp_path / "out.deidra" / "identity" / "key"
    key.parent.mkdir(parents=True, mode=0o700)
    key.write_bytes((run.workspace / "identity" / "key").read_bytes())
    key.chmod(0o600)
    policy = "public-research" if run.options else "basic"
    command = [sys.executable, "-m", "deidra", "run", "corpus.zip", "out", "--policy", policy]
    done = subprocess.run([*command, *SETTINGS], cwd=tmp_path, capture_output=True)
    assert done.returncode == 0

    def tree(folder: Path) -> dict[str, bytes]:
        return {
            str(path.relative_to(folder)): path.read_bytes()
            for path in folder.rglob("*.dcm")
            if path.is_file()
        }

    assert tree(tmp_path / "out") == tree(run.out)
