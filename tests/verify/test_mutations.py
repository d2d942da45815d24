"""The verifier verified: one leak planted in each file of a clean release is found where it was planted."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from deidra.verify.verify import verify
from verify import clinic
from verify.mutations import MUTATIONS, Mutation

GRAVE = {"leak", "suspect"}


def findings(report: Path) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for entry in json.loads((report / "verify.json").read_text())["findings"]:
        found.setdefault(entry["file"], []).append(entry)
    return found


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clinic.release(tmp_path_factory.mktemp("clinic"), len(MUTATIONS))


@pytest.fixture(scope="module")
def mutated(clean: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Mutation]]:
    """The release with one leak in each file of one subject; which file has which."""
    out = tmp_path_factory.mktemp("mutated") / "out"
    shutil.copytree(clean, out)
    studies = [folder for subject in out.iterdir() if subject.is_dir() for folder in subject.iterdir()]
    largest = max(studies, key=lambda folder: sum(1 for _ in folder.rglob("*.dcm")))
    files = sorted(largest.rglob("*.dcm"))
    planted = {}
    for path, mutation in zip(files, MUTATIONS, strict=True):
        path.write_bytes(mutation.plant(path.read_bytes()))
        planted[path.relative_to(out).as_posix()] = mutation
    return out, planted


def missed(report: Path, planted: dict[str, Mutation], *, with_source: bool) -> list[str]:
    found = findings(report)
    return [
        mutation.name
        for file, mutation in planted.items()
        if (with_source or not mutation.needs_source)
        and not any(f["severity"] in GRAVE and f["locator"].startswith(mutation.where) for f in found.get(file, ()))
    ]


def test_a_clean_release_is_clean(clean: Path, tmp_path: Path) -> None:
    summary = verify(clean, source=clean.parent / "in", report=tmp_path, ocr="none", jobs=1)
    assert (summary.exit_code, summary.paired) == (0, summary.objects)
    assert {kind: count for kind, count in summary.counts.items() if kind != "note"} == dict.fromkeys(
        ("leak", "suspect", "error", "unread", "unclear"), 0
    )


def test_every_leak_is_found_with_the_ledger_alone(
    mutated: tuple[Path, dict[str, Mutation]], clean: Path, tmp_path: Path
) -> None:
    out, planted = mutated
    summary = verify(out, workspace=clean.with_name("out.deidra"), report=tmp_path, ocr="none", jobs=1)
    assert summary.exit_code == 4
    assert missed(tmp_path, planted, with_source=False) == []


def test_every_leak_is_found_with_the_sources(
    mutated: tuple[Path, dict[str, Mutation]], clean: Path, tmp_path: Path
) -> None:
    out, planted = mutated
    verify(
        out, source=clean.parent / "in", workspace=clean.with_name("out.deidra"), report=tmp_path, ocr="none", jobs=2,
        with_validators=False,
    )  # fmt: skip
    assert missed(tmp_path, planted, with_source=True) == []


def test_every_leak_is_found_in_an_output_of_unknown_making(
    mutated: tuple[Path, dict[str, Mutation]], clean: Path, tmp_path: Path
) -> None:
    out, planted = mutated
    verify(out, source=clean.parent / "in", report=tmp_path, ocr="none", jobs=1, with_validators=False)
    assert missed(tmp_path, planted, with_source=True) == []


def test_files_without_a_leak_stay_without_one(
    mutated: tuple[Path, dict[str, Mutation]], clean: Path, tmp_path: Path
) -> None:
    out, planted = mutated
    verify(out, workspace=clean.with_name("out.deidra"), report=tmp_path, ocr="none", jobs=1)
    accused = {file for file, entries in findings(tmp_path).items() if any(e["severity"] in GRAVE for e in entries)}
    assert accused <= planted.keys()


def test_no_report_holds_what_was_planted(
    mutated: tuple[Path, dict[str, Mutation]], clean: Path, tmp_path: Path
) -> None:
    out, _ = mutated
    verify(out, source=clean.parent / "in", report=tmp_path, ocr="none", jobs=1, with_validators=False)
    text = ((tmp_path / "verify.json").read_text() + (tmp_path / "verify.html").read_text()).casefold()
    for secret in (
        "halverson",
        "margit",
        "4471902",
        "quellmalz",
        "wendelin",
        "birkenweg",
        clinic.ROOT,
        "19480317",
        "1948-03-17",
    ):
        assert secret not in text
