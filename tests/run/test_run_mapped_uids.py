"""Every UID of what was released that is not as it was has its original in the ledger, and so in the vault."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pydicom
from pydicom.data import get_testdata_file

from deidra.run.collection import run
from deidra.run.vault import export, lookup
from deidra.run.vault_admin import create
from dicom.release import WITHOUT_PIXELS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FILES = ("CT_small.dcm", "rtstruct.dcm", "rtplan.dcm", "reportsi.dcm", "test-SR.dcm", "liver_1frame.dcm")
_ELSEWHERE = ("1.2.999.55.1", "1.2.999.55.2")
_IN_TEXT = "1.2.999.55.4.17.18"


def _source(folder: Path) -> Path:
    """Public files; the CT also names events, and an object elsewhere in a comment."""
    folder.mkdir()
    for name in _FILES:
        dataset = pydicom.dcmread(str(get_testdata_file(name)), force=True)
        if name == "CT_small.dcm":
            dataset.IrradiationEventUID = list(_ELSEWHERE)
            dataset.ImageComments = f"compared with {_IN_TEXT}"
        dataset.save_as(folder / name, enforce_file_format=name != "rtstruct.dcm")
    return folder


def _uids(dataset: pydicom.Dataset) -> Iterator[str]:
    for element in dataset.iterall():
        if element.VR == "UI" and element.value:
            yield from [element.value] if element.VM == 1 else element.value


def test_the_map_holds_every_uid_that_was_mapped(tmp_path: Path) -> None:
    out, workspace = tmp_path / "out", tmp_path / "w"
    create(workspace, crosswalk=True)
    done = run([_source(tmp_path / "in")], out, workspace=workspace, jobs=1, settings=WITHOUT_PIXELS)
    assert done.released == len(_FILES)
    export(workspace, tmp_path / "uids.csv", None)
    with (tmp_path / "uids.csv").open() as file:
        olds = {row["id_new"]: row["id_old"] for row in csv.DictReader(file)}
    released = [pydicom.dcmread(path) for path in out.rglob("*.dcm")]
    derived = {uid for dataset in released for uid in _uids(dataset) if uid.startswith("2.25.")}
    assert len(derived) > 30
    assert len(derived - olds.keys()) <= 1  # one report refers to "0", which is no UID
    assert {*_ELSEWHERE, _IN_TEXT} <= set(olds.values())
    news = {old: new for new, old in olds.items()}
    for old in (*_ELSEWHERE, _IN_TEXT):
        found = lookup(workspace, news[old])
        assert found is not None
        assert (found.kind, found.original) == ("uid", old)


def test_a_run_under_other_rules_forgets_what_only_the_first_mapped(tmp_path: Path) -> None:
    source, out, workspace = _source(tmp_path / "in"), tmp_path / "out", tmp_path / "w"
    for options in ("options=-clean-pixel-data", "options=-clean-pixel-data,+uids"):
        run([source], out, workspace=workspace, jobs=1, settings=[options])
    export(workspace, tmp_path / "uids.csv", None)
    with (tmp_path / "uids.csv").open() as file:
        kept = {row["id_old"]: row["id_new"] for row in csv.DictReader(file)}
    assert not kept.keys() & {*_ELSEWHERE}  # they stayed, and nothing says that they became others
    assert sum(old == new for old, new in kept.items()) >= 20
