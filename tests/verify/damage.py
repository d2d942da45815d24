"""The released files of the clinic, found again and changed."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydicom import dcmread
from pydicom.dataset import Dataset

from deidra.verify.report import VerifySummary
from deidra.verify.verify import verify
from verify.clinic import part10


def released(folder: Path) -> list[Path]:
    """All released files, those of the largest study first: three images of one patient."""
    files = sorted((folder / "out").rglob("*.dcm"))
    studies = [path.parents[1] for path in files]
    return sorted(files, key=lambda path: (-studies.count(path.parents[1]), path))


def change(path: Path, edit: Callable[[Dataset], object]) -> None:
    """Change the data set of a file."""
    ds = dcmread(io.BytesIO(path.read_bytes()))
    edit(ds)
    path.write_bytes(part10(ds, str(ds.file_meta.TransferSyntaxUID)))


def look(folder: Path, *, source: bool = False, **options: Any) -> VerifySummary:
    """Verify the release, by the ledger of its run unless it is beside the sources."""
    chosen: dict[str, Any] = {
        "ocr": "none",
        "jobs": 1,
        "with_validators": False,
        "report": folder / "report",
        **options,
    }
    return verify(folder / "out", source=folder / "in" if source else None, **chosen)


def found(folder: Path, *severities: str) -> list[dict[str, Any]]:
    """Findings of these severities."""
    entries = json.loads((folder / "report" / "verify.json").read_text())["findings"]
    return [entry for entry in entries if entry["severity"] in severities]


def codes(folder: Path, *severities: str) -> set[str]:
    """Their codes."""
    return {entry["code"] for entry in found(folder, *severities)}
