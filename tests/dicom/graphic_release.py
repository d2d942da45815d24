"""Data sets sent through the engine under Clean Graphics, and what became of them."""

from __future__ import annotations

import warnings
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from pydicom import dcmread, dcmwrite

from conformance import allowed
from conformance.findings import object_verdict
from corpus.search import unpacked_layers
from deidra.engine import deidentify
from dicom.release import batch, context, written

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pydicom.dataset import Dataset

    from deidra.dicom.planes import FindText
    from deidra.model import Outcome

OPTIONS = (
    "options=modified-dates,patient-characteristics,device-identity,safe-private,"
    "clean-descriptors,clean-structured-content,clean-graphics"
)
NEEDLE = b"needle"


class Released(NamedTuple):
    """One released object: what was done, its file, and the data set in it."""

    outcome: Outcome
    path: Path
    ds: Dataset

    @property
    def done(self) -> set[tuple[str, str]]:
        """(locator, action) of every edit."""
        return {(edit.locator, edit.action.value) for edit in self.outcome.edits}


def content(ds: Dataset) -> bytes:
    """`ds` as a file."""
    out = BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dcmwrite(out, ds, enforce_file_format=True)
    return out.getvalue()


def released(
    folder: Path, *contents: bytes, find_text: FindText | None = None, settings: Sequence[str] = (OPTIONS,)
) -> list[Released]:
    """`contents` de-identified as one series; all of them must be released."""
    paths = written(folder / "in", contents)
    with_hook = msgspec.structs.replace(context(folder / "out", "public-research", *settings), find_text=find_text)
    outcomes = deidentify(batch(paths), with_hook)
    assert [outcome.reasons for outcome in outcomes] == [()] * len(contents)
    found = [folder / "out" / outcome.output for outcome in outcomes]
    return [Released(outcome, path, dcmread(path)) for outcome, path in zip(outcomes, found, strict=True)]


def needles(path: Path) -> list[str]:
    """The layers of a file in which a needle is found."""
    return [name for name, data in unpacked_layers(path, path.parents[3]) if NEEDLE in data.lower()]


def introduced(dciodvfy: str, before: Path, after: Path) -> list[str]:
    """What dciodvfy says of an object only after its release, but what nothing de-identified is spared."""
    found = object_verdict(dciodvfy, after).findings - object_verdict(dciodvfy, before).findings
    reviewed = allowed.load()
    return [
        str(finding)
        for finding in found
        if not allowed.explanation(finding, reviewed)
        # A pseudonym has no comma, and the Study ID may be empty
        and not (finding.severity == "Warning" and finding.path.startswith(("/PatientName", "/StudyID")))
    ]
