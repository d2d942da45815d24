"""Reports and meshes beside images: each goes with the patient it belongs to, or is held with the reason."""

from __future__ import annotations

import csv
import ctypes
import faulthandler
import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from deidra.engine import deidentify
from deidra.run.collection import RunSummary, run, run_job
from deidra.run.job import prepare
from deidra.run.plan import plan
from deidra.run.vault import export
from deidra.workspace.lock import locked
from deidra.workspace.paths import open_workspace, settle_folders
from dicom.hard_objects import ROOT, file_bytes, image
from documents.pdf_makers import report, text_of, unpacked
from documents.subject import found_in
from documents.test_mesh import MTL, OBJ, binary

if TYPE_CHECKING:
    from deidra.model import Batch, Outcome

ANNA, OTTO = ("Vandersloot^Wilhelmina", "MRN-4711-0815", "19310203"), ("Zimmerbaum^Otto", "90210555", "19600101")
NEEDLES = ("Vandersloot", "Wilhelmina", "MRN-4711-0815", "Zimmerbaum", "90210555", "Quackenbush", "Haversham")
LINES = ("CT of the chest", "Liver is normal.", "Largest diameter 12.5 mm")
NOTE = b"Seen by Dr. Quackenbush: Wilhelmina Vandersloot, MRN-4711-0815. Liver normal, 12.5 mm.\n"


def images(folder: Path, person: tuple[str, str, str], number: int, **more: str) -> None:
    """Two slices of one person."""
    folder.mkdir(parents=True, exist_ok=True)
    name, patient_id, born = person
    for slice_number in range(2):
        ds = image(PatientName=name, PatientID=patient_id, PatientBirthDate=born, **more)
        ds.StudyInstanceUID, ds.SeriesInstanceUID = f"{ROOT}.{number}", f"{ROOT}.{number}.1"
        ds.SOPInstanceUID, ds.FrameOfReferenceUID = f"{ROOT}.{number}.1.{slice_number}", f"{ROOT}.{number}.9"
        (folder / f"slice{slice_number}").write_bytes(file_bytes(ds))


def cda(patient_id: str, name: str, words: str = "The liver is normal.", born: str = "") -> bytes:
    family, given = name.split("^")
    birth = f'<birthTime value="{born}"/>' if born else ""
    return f"""<ClinicalDocument xmlns="urn:hl7-org:v3"><id root="1.2.3.4.5.6" extension="D1"/><recordTarget>
    <patientRole><id root="1.9.8.7.6.5" extension="{patient_id}"/><patient><name><given>{given}</given>
    <family>{family}</family></name>{birth}</patient></patientRole></recordTarget><component><structuredBody><component>
    <section><text>{words}</text></section></component></structuredBody></component></ClinicalDocument>""".encode()


def hl7(patient_id: str) -> bytes:
    return (
        f"MSH|^~\\&|A|B|C|D|20210312||ORU^R01|1|P|2.5\rPID|1||{patient_id}^^^HOSP||Zimmerbaum^Otto||19600101|M\r"
        "OBR|1|||24627-2^CT Chest^LN\rOBX|1|TX|x||Liver of Mr Zimmerbaum is normal, 12 mm||||||F\r"
    ).encode()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Two people, each with a folder that is named after them, and a folder of loose documents."""
    folder = tmp_path / "source"
    images(folder / "Vandersloot" / "ct", ANNA, 1)
    images(folder / "Zimmerbaum" / "ct", OTTO, 2)
    (folder / "loose").mkdir()
    return folder


def outcomes(summary: RunSummary) -> dict[str, str]:
    """Source below its folder -> "released", or the reason, of everything but images."""
    with (summary.workspace / "inputs.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = {row["source"].split("/source/")[-1]: row["reason"] or row["status"] for row in rows}
    return {name: what for name, what in found.items() if "slice" not in name}


def released(summary: RunSummary, ending: str) -> list[bytes]:
    return [path.read_bytes() for path in sorted(summary.out.glob(f"*/documents/*.{ending}"))]


def folder_of(summary: RunSummary, number: int) -> str:
    """The pseudonym of the person with this study."""
    from dicom.hard_objects import read

    for path in summary.out.rglob("*.dcm"):
        study = read(path.read_bytes()).StudyInstanceUID
        if study == export_of(summary)[f"{ROOT}.{number}"]:
            return path.relative_to(summary.out).parts[0]
    raise AssertionError(number)


def export_of(summary: RunSummary) -> dict[str, str]:
    path = summary.workspace / "uids.csv"
    path.unlink(missing_ok=True)
    export(summary.workspace, path, None)
    with path.open(encoding="utf-8", newline="") as file:
        return {row["id_old"]: row["id_new"] for row in csv.DictReader(file)}


def test_a_folder_of_images_and_reports_becomes_one_of_the_same_patient(source: Path, tmp_path: Path) -> None:
    anna = source / "Vandersloot"
    (anna / "Vandersloot report.pdf").write_bytes(report((*LINES, "Patient: Wilhelmina Vandersloot, MRN-4711-0815")))
    (anna / "note").write_bytes(NOTE)
    (anna / "reports").mkdir()
    (anna / "reports" / "mesh").write_bytes(binary(b"Vandersloot", b"\0\0"))
    (anna / "skull.obj").write_bytes(OBJ)
    (anna / "skull.mtl").write_bytes(MTL)
    summary = run([source], tmp_path / "out", jobs=2)
    assert set(outcomes(summary).values()) == {"released"}
    pseudonym = folder_of(summary, 1)
    files = {path.suffix: path for path in (summary.out / pseudonym / "documents").iterdir()}
    assert set(files) == {".pdf", ".txt", ".stl", ".obj", ".mtl"}
    for path in (path for path in summary.out.rglob("*") if path.is_file()):
        content = path.read_bytes()
        assert found_in(str(path.relative_to(summary.out)).encode() + content, NEEDLES) == []
    pdf = files[".pdf"].read_bytes()
    assert found_in(unpacked(pdf), NEEDLES) == []
    assert [line.strip() for line in text_of(pdf)[0].split("\r\n")][:3] == list(LINES)
    assert files[".stl"].read_bytes()[80:] == binary(b"", b"\0\0")[80:]
    assert b"Liver normal, 12.5 mm." in files[".txt"].read_bytes()


def test_a_document_that_names_its_patient_finds_them_from_anywhere(source: Path, tmp_path: Path) -> None:
    loose = source / "loose"
    (loose / "a").write_bytes(cda("MRN-4711-0815", ANNA[0], "Vandersloot: the liver is normal."))
    (loose / "b").write_bytes(hl7("90210555"))
    fhir = {"resourceType": "Patient", "identifier": [{"value": "90210555"}], "name": [{"text": "Otto Zimmerbaum"}]}
    (loose / "c").write_bytes(json.dumps(fhir).encode())
    (loose / "by name and birth date").write_bytes(cda("other", ANNA[0], born=ANNA[2]))
    summary = run([source], tmp_path / "out", jobs=2)
    assert set(outcomes(summary).values()) == {"released"}
    where = {path.relative_to(summary.out).parts[0] for path in summary.out.glob("*/documents/*.xml")}
    assert where == {folder_of(summary, 1)}
    where = {path.relative_to(summary.out).parts[0] for path in summary.out.glob("*/documents/*.[hj]*")}
    assert where == {folder_of(summary, 2)}
    everything = b"".join(path.read_bytes() for path in summary.out.rglob("*") if path.is_file())
    assert found_in(everything, NEEDLES) == []
    assert released(summary, "hl7")[0].count(folder_of(summary, 2).encode()) == 2


def test_a_document_of_nobody_known_is_held(source: Path, tmp_path: Path) -> None:
    (source / "note").write_bytes(NOTE)
    (source / "loose" / "note").write_bytes(b"The liver is normal and nothing else is told.\n")
    (source / "Zimmerbaum" / "of another.xml").write_bytes(cda("unknown", ANNA[0]))
    (source / "loose" / "of two.xml").write_bytes(
        cda("90210555", OTTO[0]).replace(b"<patient>", b'<id extension="MRN-4711-0815"/><patient>')
    )
    summary = run([source], tmp_path / "out", jobs=2)
    assert outcomes(summary) == {
        "note": "subject-unknown",
        "loose/note": "subject-unknown",
        "Zimmerbaum/of another.xml": "subject-unknown",
        "loose/of two.xml": "several-subjects",
    }
    assert not list(summary.out.glob("*/documents"))
    assert summary.exit_code == 3


def test_the_issuer_tells_two_patients_with_one_number_apart(source: Path, tmp_path: Path) -> None:
    images(source / "elsewhere", ("Zimmerbaum^Otto", "90210555", "19600101"), 3, IssuerOfPatientID="HOSP")
    (source / "loose" / "m").write_bytes(hl7("90210555"))
    summary = run([source], tmp_path / "out", jobs=2)
    assert outcomes(summary) == {"loose/m": "released"}
    (path,) = summary.out.glob("*/documents/*")
    assert path.relative_to(summary.out).parts[0] == folder_of(summary, 3)


def test_bad_documents_and_other_files_are_held_each_with_its_reason(source: Path, tmp_path: Path) -> None:
    anna = source / "Vandersloot"
    contents = {
        "bomb.xml": b'<!DOCTYPE a [<!ENTITY b "Vandersloot">]><a>&b;</a>',
        "latin.txt": "Größe der Leber normal, Befund unauffällig.".encode("latin-1"),
        "broken.pdf": report(LINES)[:600],
        "table.csv": b"Name;ID;Date\nVandersloot;1;2\nZimmerbaum;2;3\nX;3;4\n",
        "binary": bytes(range(256)) * 4,
        "bundle.json": json.dumps(
            {"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient", "id": n}} for n in "ab"]}
        ).encode(),
    }
    for name, content in contents.items():
        (anna / name).write_bytes(content)
    summary = run([source], tmp_path / "out", jobs=2)
    assert {name.partition("/")[2]: why for name, why in outcomes(summary).items()} == {
        "bomb.xml": "xml-dtd",
        "latin.txt": "text-undecodable",
        "broken.pdf": "document-damaged",
        "table.csv": "not-dicom",
        "binary": "not-dicom",
        "bundle.json": "several-subjects",
    }


def test_documents_in_archives_belong_to_the_images_beside_them(tmp_path: Path) -> None:
    images(tmp_path / "loose", ANNA, 1)
    (tmp_path / "source").mkdir()
    with zipfile.ZipFile(tmp_path / "source" / "all.zip", "w") as archive:
        for path in sorted((tmp_path / "loose").iterdir()):
            archive.write(path, f"disc/{path.name}")
        archive.writestr("disc/report/note.txt", NOTE)
    summary = run([tmp_path / "source"], tmp_path / "out", jobs=2)
    assert outcomes(summary) == {"all.zip!disc/report/note.txt": "released"}
    (text,) = released(summary, "txt")
    assert b"Liver normal, 12.5 mm." in text


def test_a_second_run_changes_nothing_and_a_changed_document_is_done_again(source: Path, tmp_path: Path) -> None:
    note = source / "Vandersloot" / "note"
    note.write_bytes(NOTE)
    first = run([source], tmp_path / "out", jobs=2)
    before = {path: path.read_bytes() for path in first.out.rglob("*") if path.is_file()}
    again = run([source], tmp_path / "out", jobs=1)
    assert again.kept == again.released == 5
    assert {path: path.read_bytes() for path in again.out.rglob("*") if path.is_file()} == before
    note.write_bytes(NOTE + b"The spleen is normal.\n")
    third = run([source], tmp_path / "out", jobs=2)
    assert (third.kept, third.released) == (4, 5)
    (text,) = released(third, "txt")
    assert b"spleen" in text


def test_a_document_moves_when_the_images_around_it_are_no_longer_of_one_patient(source: Path, tmp_path: Path) -> None:
    (source / "Vandersloot" / "note").write_bytes(NOTE)
    first = run([source], tmp_path / "out", jobs=2)
    assert len(released(first, "txt")) == 1
    images(source / "Vandersloot" / "more", ("Other^Person", "X-99", "19700101"), 7)
    second = run([source], tmp_path / "out", jobs=2)
    assert outcomes(second) == {"Vandersloot/note": "subject-unknown"}
    assert released(second, "txt") == []


def test_a_copy_is_held_and_the_same_text_of_two_patients_is_not(source: Path, tmp_path: Path) -> None:
    text = b"The liver is normal and the spleen is normal.\n"
    for name in ("Vandersloot/a", "Vandersloot/b", "Zimmerbaum/a"):
        (source / name).write_bytes(text)
    summary = run([source], tmp_path / "out", jobs=2)
    assert outcomes(summary) == {
        "Vandersloot/a": "released",
        "Vandersloot/b": "duplicate-document",
        "Zimmerbaum/a": "released",
    }
    names = [path.name for path in summary.out.glob("*/documents/*")]
    assert len(names) == 2
    assert len(set(names)) == 1, "the name tells the content"
    again = run([source], tmp_path / "out", jobs=2)
    assert outcomes(again) == outcomes(summary)


def test_the_reports_and_the_way_back_cover_documents(source: Path, tmp_path: Path) -> None:
    (source / "Vandersloot" / "note").write_bytes(NOTE)
    summary = run([source], tmp_path / "out", jobs=2)
    written = json.loads(summary.report.read_bytes())
    (kind,) = (row for row in written["kinds"] if not row["modality"])
    assert (kind["sop_class"], kind["released"], kind["held"]) == ("Document: plain text", 1, 0)
    (entry,) = (entry for entry in written["objects"] if entry["output"].endswith(".txt"))
    assert entry["mime_type"] == "text/plain"
    assert {"document:text"} <= {row["rule"] for row in written["actions"]}
    assert found_in(summary.report.read_bytes() + summary.report_html.read_bytes(), NEEDLES) == []
    uids = export_of(summary)
    (name,) = (path.stem for path in summary.out.glob("*/documents/*"))
    assert [old[:7] for old, new in uids.items() if new == name] == ["sha256:"]
    with (summary.workspace / "retained-text.csv").open(encoding="utf-8", newline="") as file:
        kept = [row for row in csv.DictReader(file) if row["attribute"] == "document"]
    assert ["Liver normal" in row["text"] for row in kept] == [True]


def test_a_plan_tells_what_a_run_does(source: Path, tmp_path: Path) -> None:
    (source / "Vandersloot" / "note").write_bytes(NOTE)
    (source / "loose" / "note").write_bytes(NOTE)
    planned = plan([source], jobs=2)
    assert (planned.released, planned.held) == (5, 1)
    assert [row.code for row in planned.reasons] == ["subject-unknown"]
    summary = run([source], tmp_path / "out", jobs=2)
    assert (summary.released, summary.held) == (5, 1)


def test_a_dicomdir_does_not_list_documents(source: Path, tmp_path: Path) -> None:
    from pydicom.fileset import FileSet

    (source / "Vandersloot" / "note").write_bytes(NOTE)
    disc = FileSet()
    for path in sorted((source / "Zimmerbaum" / "ct").iterdir()):
        disc.add(path)
    disc.write(source / "disc")
    summary = run([source / "disc", source / "Vandersloot"], tmp_path / "out", jobs=2)
    assert released(summary, "txt")
    assert len(list(FileSet(summary.out / "DICOMDIR"))) == 4


def test_a_policy_that_replaces_documents_holds_those_that_stand_free(source: Path, tmp_path: Path) -> None:
    (source / "Vandersloot" / "note").write_bytes(NOTE)
    summary = run([source], tmp_path / "out", policy="basic", jobs=2)
    assert outcomes(summary) == {"Vandersloot/note": "documents-replaced"}


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_brings_a_worker_down_is_held_and_everything_else_goes_through(
    source: Path, tmp_path: Path, jobs: int
) -> None:
    """A fault in native code, as a parser of PDF may have one, in the middle of a batch of documents."""
    for number in range(6):
        (source / "Vandersloot" / f"note{number}").write_bytes(NOTE + b"The liver is normal. " * number)
    (source / "Vandersloot" / "note3").write_bytes(b"This FAULT is a report of the liver.\n")
    folders = settle_folders([source], tmp_path / "out", None)
    open_workspace(folders.workspace)
    with locked(folders.workspace):
        job = prepare("public-research", (), None)(folders.workspace)
        faulty = msgspec.structs.replace(job.mechanisms, deidentify=with_a_fault)
        summary = run_job(msgspec.structs.replace(job, mechanisms=faulty), folders, jobs)
    assert outcomes(summary) == {
        f"Vandersloot/note{number}": "worker-crashed" if number == 3 else "released" for number in range(6)
    }
    assert len(released(summary, "txt")) == 5


def with_a_fault(batch: Batch, context: object) -> list[Outcome]:
    if any(b"FAULT" in Path(item.path).read_bytes() for item in batch.objects):
        faulthandler.disable()  # it would print where the test stands
        ctypes.string_at(0)
    return deidentify(batch, context)  # type: ignore[arg-type]
