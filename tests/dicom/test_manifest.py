"""Documents of an export in any script, of many instances, and with the modules of what they were taken from."""

from __future__ import annotations

import subprocess
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from pydicom import Dataset, dcmread

from deidra.dicom.content_items import Instance
from deidra.dicom.export_codes import TITLES
from deidra.dicom.key_objects import read_key_objects
from deidra.dicom.manifest import BASIC_TEXT_SR, head_of, key_object_selection, teaching_file_information
from dicom.hard_objects import CT, KEY_OBJECTS, ROOT, STUDY, image
from peers import peer

if TYPE_CHECKING:
    from pathlib import Path

ECG, PDF = "1.2.840.10008.5.1.4.1.1.9.1.1", "1.2.840.10008.5.1.4.1.1.104.1"
DOCUMENT = Instance(STUDY, f"{ROOT}.50", f"{ROOT}.51", KEY_OBJECTS)


def head(folder: Path, **values: object) -> Dataset:
    ds = image(PatientName="KB7", PatientID="KB7", **values)
    ds.save_as(folder / "one.dcm", enforce_file_format=True)
    return head_of(folder / "one.dcm")


def test_texts_of_any_script_and_what_says_how_it_was_made_come_through(tmp_path: Path) -> None:
    method, cleaned = Dataset(), Dataset()
    method.CodeValue, cleaned.CodeValue = "113100", "113101"
    for code in (method, cleaned):
        code.CodingSchemeDesignator, code.CodeMeaning = "DCM", "Method"
    start = head(
        tmp_path,
        SpecificCharacterSet="ISO_IR 126",
        StudyDescription="Ακτινογραφία θώρακος",
        PatientIdentityRemoved="YES",
        DeidentificationMethodCodeSequence=[method, cleaned],
        ClinicalTrialProtocolID="LUNG-7",
        ClinicalTrialSeriesID="S",
    )
    of = Instance(STUDY, f"{ROOT}.50", f"{ROOT}.52", BASIC_TEXT_SR)
    told = (("history", "Βήχας, кашель, 咳嗽"), ("category", "Pulmonary"), ("diagnosis confirmed", "no"))
    ds = dcmread(BytesIO(teaching_file_information(start, of, told)))
    assert ds.StudyDescription == "Ακτινογραφία θώρακος"
    assert ds.SpecificCharacterSet == "ISO_IR 192"
    assert ds.ContentSequence[0].TextValue == "Βήχας, кашель, 咳嗽"
    assert [item.ConceptCodeSequence[0].CodeMeaning for item in ds.ContentSequence[1:]] == ["Pulmonary", "No"]
    assert [code.CodeValue for code in ds.DeidentificationMethodCodeSequence] == ["113100"]
    assert (ds.PatientIdentityRemoved, ds.ClinicalTrialProtocolID) == ("YES", "LUNG-7")
    assert "ClinicalTrialSeriesID" not in ds
    assert "ReferringPhysicianName" in ds
    assert "InstitutionName" not in ds


@pytest.mark.parametrize("purpose", list(TITLES))
def test_references_have_the_value_type_of_what_they_lead_to(tmp_path: Path, purpose: str) -> None:
    listed = [Instance(STUDY, f"{ROOT}.60", f"{ROOT}.61.{n}", uid) for n, uid in enumerate((CT, ECG, PDF, "1.2.3"))]
    copy = Instance(f"{ROOT}.70", f"{ROOT}.71", f"{ROOT}.72", KEY_OBJECTS)
    data = key_object_selection(head(tmp_path), DOCUMENT, listed, purpose, "", [copy])  # type: ignore[arg-type]
    ds = dcmread(BytesIO(data))
    assert [item.ValueType for item in ds.ContentSequence] == ["IMAGE", "WAVEFORM", "COMPOSITE", "COMPOSITE"]
    assert ds.IdenticalDocumentsSequence[0].StudyInstanceUID == copy.study_uid
    (tmp_path / "ko.dcm").write_bytes(data)
    found = read_key_objects(str(tmp_path / "ko.dcm"))
    assert found is not None
    assert found.instances == tuple(instance.uid for instance in listed)
    done = subprocess.run([peer("dciodvfy"), str(tmp_path / "ko.dcm")], capture_output=True, text=True)
    assert [line for line in done.stderr.splitlines() if line.startswith("Error")] == []


def test_ten_thousand_instances_are_listed(tmp_path: Path) -> None:
    listed = [Instance(STUDY, f"{ROOT}.{n % 7}", f"{ROOT}.80.{n}", CT) for n in range(10_000)]
    ds = dcmread(BytesIO(key_object_selection(head(tmp_path), DOCUMENT, listed, "research", "All", ())))
    assert len(ds.ContentSequence) == 10_001
    series = ds.CurrentRequestedProcedureEvidenceSequence[0].ReferencedSeriesSequence
    assert sum(len(one.ReferencedSOPSequence) for one in series) == 10_000
