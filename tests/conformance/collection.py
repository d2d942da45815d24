"""Real public files, released once, as pairs of source and release."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pydicom
from pydicom.config import disable_value_validation
from pydicom.data import data_manager

from dicom.release import WITHOUT_PIXELS

NO_OBJECTS = {".dump", ".gz", ".icc", ".json", ".md", ".py", ".pyc", ".txt"}
SOP_INSTANCE_UID = 0x00080018
STUDY_INSTANCE_UID = 0x0020000D


class Pair(NamedTuple):
    """A public file, what was released of it, and which objects it belongs together with."""

    name: str  # the public file's name below its package
    source: Path
    released: Path
    study: str  # the same text for the files of one study in one run; no identifier


class Collection(NamedTuple):
    """What came of the public files. `kept_back` names those held or rejected, with their reasons.

    A DICOMDIR has no counterpart: it is written anew over what was released. `directories` are those.
    """

    pairs: tuple[Pair, ...]
    directories: tuple[Path, ...]
    kept_back: dict[str, str]


def public_files() -> dict[str, Path]:
    """Every DICOM file that comes with pydicom and with pydicom-data, by a stable name."""
    import data_store  # the module of pydicom-data; only the tests have it

    roots = (Path(data_manager.DATA_ROOT), Path(data_store.__file__).parent / "data")
    return {
        path.relative_to(root).as_posix(): path
        for root in roots
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.suffix not in NO_OBJECTS and "README" not in path.name
    }


def release(work: Path) -> Collection:
    """De-identify the public files with the command line; pixels are released without having been examined.

    Many of them share a SOP Instance UID, which one run holds: each run gets files with different ones.
    """
    runs: list[dict[str, tuple[Path, str]]] = []
    seen: Counter[str] = Counter()
    for name, path in public_files().items():
        instance, study = _identifiers(path)
        turn = seen[instance] if instance else 0
        seen[instance] += 1
        runs += [{} for _ in range(turn + 1 - len(runs))]
        runs[turn][name] = (path, study)
    pairs: list[Pair] = []
    kept_back: dict[str, str] = {}
    for number, files in enumerate(runs):
        _release_once(work / f"run{number:02d}", files, pairs, kept_back)
    return Collection(tuple(pairs), tuple(sorted(work.glob("*/out/DICOMDIR"))), kept_back)


def _release_once(work: Path, files: dict[str, tuple[Path, str]], pairs: list[Pair], kept_back: dict[str, str]) -> None:
    source, out = work / "in", work / "out"
    source.mkdir(parents=True)
    names = {f"{number:03d}": name for number, name in enumerate(files)}
    for copy, name in names.items():
        shutil.copyfile(files[name][0], source / copy)
    command = (Path(sys.executable).parent / "deidra", "run", source, out, "--jobs", "1", "--quiet")
    settings = ("--set", "pixels.unexamined=release", "--set", *WITHOUT_PIXELS)
    done = subprocess.run((*command, *settings), capture_output=True, text=True)
    assert done.returncode in {0, 1, 3}, f"deidra run exited with {done.returncode}\n{done.stderr}"
    workspace = work / "out.deidra"
    objects = {str(entry["id"]): entry for entry in json.loads((workspace / "report.json").read_text())["objects"]}
    studies: dict[str, str] = {}
    with (workspace / "inputs.csv").open(newline="") as table:
        for row in csv.DictReader(table):
            entry, name = objects[row["id"]], names[Path(row["source"]).name]
            path, study = files[name]
            if entry["status"] != "released":
                kept_back[name] = f"{entry['status']}: {row['reason']}"
            elif entry["output"] != "DICOMDIR":
                group = studies.setdefault(study, f"{work.name}-{len(studies)}")
                pairs.append(Pair(name, path, out / entry["output"], group))


def _identifiers(path: Path) -> tuple[str, str]:
    """SOP and Study Instance UID as pydicom reads them; empty where it cannot."""
    try:
        with disable_value_validation():  # its warnings quote values
            ds = pydicom.dcmread(path, force=True, specific_tags=[SOP_INSTANCE_UID, STUDY_INSTANCE_UID])
        return str(ds.get("SOPInstanceUID", "")), str(ds.get("StudyInstanceUID", ""))
    except Exception:  # noqa: BLE001 - damaged on purpose; whether it is released is not decided here
        return "", ""
