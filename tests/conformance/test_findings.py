"""Findings are comparable before and after, and hold no values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pydicom
import pytest
from pydicom.data import get_testdata_file

from conformance.findings import Finding, entity_verdict, object_verdict, without_items, without_values
from peers import peer

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.peer


def test_a_message_ends_where_it_begins_to_quote_a_value():
    quoted = "Value invalid for this VR [UI] = <1.2 - Error> - Character invalid for this VR = 'a' (0x61)"
    assert without_values(quoted) == "Value invalid for this VR [UI]"


def test_an_item_number_or_a_private_creator_is_no_part_of_a_path():
    path = '/ContentSequence(0040,a730)[5]/(0029,1010,"SOME CREATOR")[1]'
    assert without_items(path) == "/ContentSequence(0040,a730)/(0029,1010)"


def test_an_emptied_type_1_attribute_is_an_introduced_error(tmp_path: Path):
    ds = pydicom.dcmread(get_testdata_file("CT_small.dcm"))
    ds.save_as(tmp_path / "before.dcm")
    ds.ImageOrientationPatient = None
    ds.save_as(tmp_path / "after.dcm")
    before, after = (object_verdict(peer("dciodvfy"), tmp_path / f"{name}.dcm") for name in ("before", "after"))
    expected = Finding(
        "Error",
        "/ImageOrientationPatient(0020,0037)",
        "Empty attribute (no value) for Type # Required",
        "ImagePlane",
    )
    assert set(after.findings - before.findings) == {expected}
    assert before.kind == after.kind == "CTImage"


def test_two_patients_in_one_study_are_an_error_that_quotes_neither(tmp_path: Path):
    ds = pydicom.dcmread(get_testdata_file("CT_small.dcm"))
    for name in ("One^Person", "Another^Person"):
        ds.PatientID = name
        ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"{ds.SOPInstanceUID}.1"
        ds.save_as(tmp_path / name)
    verdict = entity_verdict(peer("dcentvfy"), sorted(tmp_path.iterdir()))
    messages = {str(finding) for finding in verdict.findings}
    assert "Error: Different PatientID for same StudyInstanceUID" in messages
    assert not [message for message in messages if "Person" in message]
