"""Every policy that comes with Deidra runs on its own, drops what its page says it drops and keeps what it keeps."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydicom import dcmread
from pydicom.sequence import Sequence

import deidra
from deidra.errors import VaultError
from deidra.run.vault import lookup
from dicom.hard_objects import image, item
from dicom.release import WITHOUT_PIXELS

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

# 45 CFR 164.514(b)(2)(i): each identifier in the attribute it has in DICOM, and what it is in a sentence
NEEDLES = {
    "A name": ("PatientName", "Quuxfamily^Zzgiven"),
    "B address": ("PatientAddress", "12 Elmtreeway, Quuxtown, 99734"),
    "C birth date": ("PatientBirthDate", "19251113"),
    "D telephone": ("PatientTelephoneNumbers", "+1 907 555 0147"),
    "F mail": ("PersonTelecomInformation", "zz.quux@example.org"),
    "G social security": ("OtherPatientIDs", "219-09-9999"),
    "H record": ("PatientID", "MRN-7734521"),
    "I plan": ("PatientInsurancePlanCodeSequence", "HPN-660114"),
    "J account": ("AdmissionID", "ACC-5512890"),
    "K licence": ("IssuerOfPatientID", "DL-0099123"),
    "M device": ("DeviceSerialNumber", "SN-8812345"),
    "N address of a page": ("RetrieveURL", "https://pacs.quuxtown.example/x"),
    "R accession": ("AccessionNumber", "A20260011"),
}
SAID = "{} by Dr Quuxfamily, call +1 907 555 0147, SSN 219-09-9999, MRN-7734521, 10.11.12.13, VIN 1HGCM82633A004352"


def person() -> Dataset:
    """An image of a 93 year old with every kind of identifier."""
    ds = image(PatientAge="093Y", PatientSex="F", StudyDate="20190412", SeriesDescription="CHEST AXIAL")
    for keyword, value in NEEDLES.values():
        if keyword == "PatientInsurancePlanCodeSequence":
            code = item(CodeValue=value, CodingSchemeDesignator="99PLAN", CodeMeaning=value)
            ds.PatientInsurancePlanCodeSequence = Sequence([code])
        else:
            setattr(ds, keyword, value)
    ds.StudyDescription = "CHEST Quuxfamily"
    ds.ImageComments = SAID.format("Chest")
    return ds


def run(tmp_path: Path, policy: str, *objects: Dataset) -> tuple[deidra.RunSummary, list[Dataset]]:
    """The run, and what it released."""
    folder = tmp_path / "in"
    folder.mkdir()
    for number, ds in enumerate(objects):
        ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"1.2.3.9.{number}"
        ds.save_as(folder / f"{number}.dcm", enforce_file_format=True)
    summary = deidra.run([folder], tmp_path / "out", policy=policy, settings=WITHOUT_PIXELS, jobs=1)
    return summary, [dcmread(path) for path in sorted((tmp_path / "out").rglob("*.dcm"))]


def leaked(out: Path) -> list[str]:
    everything = b"".join(path.read_bytes() + path.name.encode() for path in out.rglob("*") if path.is_file()).lower()
    words = [word for _, value in NEEDLES.values() for word in (value, *value.split("^"))]
    words += ["10.11.12.13", "1HGCM82633A004352", "Elmtreeway", "99734", "quuxtown"]
    return [word for word in words if word.lower().encode() in everything]


DICOM_PRESETS = ("public-research", "midi-b", "clinical-trial", "ai-training", "cloud-round-trip", "safe-harbor")


@pytest.mark.parametrize("policy", [*DICOM_PRESETS, "basic"])
def test_no_identifier_of_the_eighteen_leaves_under_any_preset(tmp_path: Path, policy: str) -> None:
    summary, (ds,) = run(tmp_path, policy, person())
    assert (summary.released, summary.exit_code) == (1, 0)
    kept = {"SN-8812345"} if policy in ("public-research", "midi-b", "clinical-trial") else set()  # of a device
    assert set(leaked(tmp_path / "out")) == kept
    assert ds.get("PatientAge") == (None if policy == "basic" else "090Y")


def test_the_limited_data_set_keeps_real_dates_and_no_direct_identifier(tmp_path: Path) -> None:
    summary, (ds,) = run(tmp_path, "limited-data-set", person())
    assert (ds.StudyDate, ds.LongitudinalTemporalInformationModified) == ("20190412", "UNMODIFIED")
    assert leaked(tmp_path / "out") == []
    assert summary.exit_code == 0


def test_safe_harbor_leaves_no_date_at_all(tmp_path: Path) -> None:
    _, (ds,) = run(tmp_path, "safe-harbor", person())
    dates = {element.value for element in ds.iterall() if element.VR in ("DA", "DT") and element.value}
    assert dates <= {"19000101"}
    assert ds.LongitudinalTemporalInformationModified == "REMOVED"
    assert (ds.SeriesDescription, ds.get("ImageComments", "")) == ("CHEST AXIAL", "")  # one name, and a text goes


@pytest.mark.parametrize("policy", ["safe-harbor", "limited-data-set"])
def test_photographs_wait_for_somebody_who_looks_for_faces(tmp_path: Path, policy: str) -> None:
    photograph = image("1.2.840.10008.5.1.4.1.1.77.1.4", Modality="XC", PatientID="P2")
    summary, released = run(tmp_path, policy, person(), photograph)
    assert (summary.held, len(released)) == (1, 1)
    assert [row.code for row in summary.reasons] == ["face-unexamined"]


def test_a_preset_with_a_crosswalk_makes_the_vault_that_knows_the_way_back(tmp_path: Path) -> None:
    _, (ds,) = run(tmp_path, "cloud-round-trip", person())
    (tmp_path / "out.deidra" / "ledger.sqlite").unlink()  # the vault alone knows
    found = lookup(tmp_path / "out.deidra", ds.PatientID, reason="result came back")
    assert found is not None
    assert found.original == "MRN-7734521"


def test_numbers_in_turn_by_policy_and_a_vault_that_gives_others_is_not_overruled(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("name: a\nextends: basic\nsubjects: {scheme: sequential, prefix: LUNG-}\n")
    _, (ds,) = run(tmp_path, str(tmp_path / "a.yaml"), person())
    assert ds.PatientID == "LUNG-000001"
    with pytest.raises(VaultError) as error:
        deidra.run([tmp_path / "in"], tmp_path / "out", policy="basic", settings=("subjects.scheme=random",), jobs=1)
    assert error.value.code == "vault-settings"


def test_random_pseudonyms_by_policy_leave_no_way_back(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("name: a\nextends: basic\nsubjects: {scheme: random}\n")
    _, (ds,) = run(tmp_path, str(tmp_path / "a.yaml"), person())
    with pytest.raises(VaultError) as error:
        lookup(tmp_path / "out.deidra", ds.PatientID, reason="curious")
    assert error.value.code == "vault-no-way-back"
