"""dciodvfy and dsrdump find nothing new in released reports, with the option and without it."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest
from pydicom.data import get_testdata_file

from conformance.findings import object_verdict
from deidra.api import deidentify
from dicom.report_kinds import KINDS, SYNCHRONISED
from dicom.reports import ALL_REPORTS, CLEAN, CONTAINS, KEY, OBS, content, encoded, items, read, released_bytes, report
from peers import peer

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.peer
POLICIES = {"cleaned": ("public-research", CLEAN), "dummy": ("basic", "options=[]")}
REAL = ("reportsi.dcm", "test-SR.dcm", "reportsi_with_empty_number_tags.dcm")


def complaints(path: Path) -> set[str]:
    """Errors of dciodvfy, and what dsrdump says, without positions and values."""
    verdict = object_verdict(peer("dciodvfy"), path)
    found = {str(finding) for finding in verdict.findings if finding.severity == "Error"}
    done = subprocess.run((peer("dsrdump"), "-Er", "-d", path), capture_output=True, timeout=60)
    lines = (done.stdout + done.stderr).decode("latin-1").splitlines()
    said = {re.sub(r'"[\d.]+"', "#", line) for line in lines if re.match(r"[WEF]: ", line)}
    return (
        found | {line for line in said if str(path) not in line} | ({"dsrdump refuses"} if done.returncode else set())
    )


def introduced(source: bytes, after: bytes, folder: Path) -> set[str]:
    for name, data in (("before", source), ("after", after)):
        (folder / name).write_bytes(data)
    return complaints(folder / "after") - complaints(folder / "before")


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("name", KINDS)
def test_nothing_new_is_wrong_with_a_report_of_any_kind(tmp_path, name, policy):
    source = encoded(KINDS[name]())
    assert introduced(source, released_bytes(source, *POLICIES[policy]), tmp_path) == set()


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("name", REAL)
def test_nothing_new_is_wrong_with_real_reports(tmp_path, name, policy):
    path = get_testdata_file(name)
    assert isinstance(path, str)
    with open(path, "rb") as file:  # noqa: PTH123
        source = file.read()
    preset, options = POLICIES[policy]
    after = deidentify(source, policy=preset, settings=(options,), key=KEY).data
    assert introduced(source, after, tmp_path) == set()


@pytest.mark.parametrize("sop_class", ALL_REPORTS)
def test_the_dummy_tree_is_valid_in_every_kind_of_report(tmp_path, sop_class):
    text = content(CONTAINS, "TEXT", "121106 DCM Comment", "Zz")
    source = encoded(report(sop_class, "126000 DCM Report", text, **SYNCHRONISED))
    after = released_bytes(source, "basic", "options=[]")
    assert [item.value_type for item in items(read(after))] == ["CODE"]
    assert introduced(source, after, tmp_path) == set()


@pytest.mark.parametrize("sop_class", ALL_REPORTS)
def test_a_report_whose_whole_content_goes_is_valid(tmp_path, sop_class):
    number = content(OBS, "TEXT", "121022 DCM Accession", "Zz")
    source = encoded(report(sop_class, "126000 DCM Report", number, **SYNCHRONISED))
    assert introduced(source, released_bytes(source, "public-research", CLEAN), tmp_path) == set()
