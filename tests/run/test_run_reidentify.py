"""The full circle: original, released, a result made of it, and home again."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import pydicom
import pytest
from pydicom.dataset import Dataset

from deidra.errors import UsageError
from deidra.run.collection import run
from deidra.run.reidentify import REPORT, reidentify
from deidra.run.vault import lookup
from deidra.run.vault_admin import create, log_of
from deidra.standard.uids import is_registered
from dicom.release import WITHOUT_PIXELS
from run import cloud

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from deidra.run.way_home import Reidentified

WHY = "contours for planning"


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A collection that was released, and what came back of it; nobody changes it."""
    folder = tmp_path_factory.mktemp("sent")
    cloud.source(folder / "in")
    done = run([folder / "in"], folder / "out", workspace=folder / "w", jobs=1, settings=WITHOUT_PIXELS)
    assert done.released == 2 * cloud.SLICES
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pseudonyms are names of one component
        cloud.results(folder / "out", folder / "results")
    return folder


@pytest.fixture
def came_back(sent: Path, tmp_path: Path) -> Path:
    """The same, to change."""
    for name in ("w", "results"):
        shutil.copytree(sent / name, tmp_path / name, copy_function=shutil.copy2)
    return tmp_path


def home(folder: Path) -> Reidentified:
    return reidentify(folder / "results", folder / "home", workspace=folder / "w", reason=WHY)


def objects(folder: Path) -> dict[str, Dataset]:
    """Objects by the pseudonym that their path has and their modality."""
    return {str(path.relative_to(folder)): pydicom.dcmread(path) for path in sorted(folder.rglob("*.dcm"))}


def uids(dataset: Dataset) -> set[str]:
    found: set[str] = set()
    for element in dataset.iterall():
        if element.VR == "UI" and element.value:
            found.update([element.value] if element.VM == 1 else element.value)
    return {uid for uid in found if not is_registered(uid)}


def test_every_reference_of_every_result_leads_to_an_original(came_back: Path, sent: Path) -> None:
    done = home(came_back)
    assert (done.restored, done.refused, done.rows_left_out, done.exit_code) == (13, 0, 0, 0)
    originals = [pydicom.dcmread(path) for path in (sent / "in").rglob("*.dcm")]
    known = set().union(*map(uids, originals))
    made = objects(came_back / "results")
    sent_uids = set().union(*(uids(image) for images in cloud.released(sent / "out").values() for image in images))
    fresh = set().union(*map(uids, made.values())) - sent_uids
    back = objects(came_back / "home")
    assert back.keys() == made.keys()
    of_study = {image.StudyInstanceUID: image for image in originals}
    for name, result in back.items():
        assert uids(result) <= known | fresh, name
        assert result.SOPInstanceUID == made[name].SOPInstanceUID
        assert result.SeriesInstanceUID == made[name].SeriesInstanceUID
        original = of_study[result.StudyInstanceUID]
        for keyword in ("PatientName", "PatientID", "IssuerOfPatientID", "PatientBirthDate", "PatientSex"):
            assert result[keyword].value == original[keyword].value, (name, keyword)
        for keyword in ("StudyDate", "StudyTime", "AccessionNumber", "StudyID", "ReferringPhysicianName"):
            assert result[keyword].value == original[keyword].value, (name, keyword)
        assert not {"PatientIdentityRemoved", "DeidentificationMethod", "LongitudinalTemporalInformationModified"} & {
            element.keyword for element in result
        }
        references = {
            element.value for element in result.iterall() if element.tag == 0x00081155 and element.value not in fresh
        }
        assert references & {image.SOPInstanceUID for image in originals}, name


def test_no_new_identifier_of_ours_is_left_in_any_byte(came_back: Path, sent: Path) -> None:
    home(came_back)
    images = cloud.released(sent / "out")
    new = {name.encode() for name in images}
    new |= {uid.encode() for slices in images.values() for image in slices for uid in uids(image)}
    shifted = {image.StudyDate.encode() for slices in images.values() for image in slices}
    for path in (came_back / "home").rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        assert not [one for one in new | shifted if one in content], path.suffix


def test_copied_dates_go_back_and_those_of_the_makers_clock_stay(came_back: Path) -> None:
    home(came_back)
    made, back = objects(came_back / "results"), objects(came_back / "home")
    for name, result in back.items():
        if result.Modality == "CT":
            assert result.AcquisitionDate == "20190405"
            assert result.AcquisitionDateTime == "20190405101101.5"
            assert result.SeriesDate == result.ContentDate == result.InstanceCreationDate == "20261102"
        elif result.Modality == "SR":
            said = {item.ConceptNameCodeSequence[0].CodeValue: item for item in result.ContentSequence}
            assert said["111060"].Date == "20190405"
            assert said["121030"].TextValue == result.PatientID
            assert result.StudyInstanceUID.rsplit(".", 1)[0] in said["121106"].TextValue
            assert result.ContentDate == made[name].ContentDate
        elif result.Modality == "RTSTRUCT":
            assert result.StructureSetDate == "20261101"
        elif result.Modality == "SEG":
            assert result.PixelData == made[name].PixelData


def test_a_table_speaks_of_the_originals(came_back: Path) -> None:
    home(came_back)
    with (came_back / "home" / "measured.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert sorted(row["patient"] for row in rows) == ["NEEDLE77", "NEEDLE88"]
    for row in rows:
        root = f"1.2.999.{1 if row['patient'] == 'NEEDLE77' else 2}.1"
        assert (row["StudyDate"], row["series"], row["sop"]) == ("20190405", f"{root}.1", f"{root}.1.1")
        assert row["path"] == f"{row['patient']}/{root}/{root}.1.1.dcm"
        assert (row["volume"], row["label"]) in (("12.5", "190"), ("12.5", "191"))


def test_entities_agree_with_the_originals(came_back: Path, sent: Path) -> None:
    home(came_back)
    if shutil.which("dcentvfy") is None:
        pytest.skip("dcentvfy is not installed")
    for person in ("1", "2"):
        back = [
            path
            for path in (came_back / "home").rglob("*.dcm")
            if pydicom.dcmread(path).StudyInstanceUID == f"1.2.999.{person}.1"
        ]
        assert len(back) == 6
        command = ["dcentvfy", *map(str, (sent / "in" / person).glob("*.dcm")), *map(str, back)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        errors = [line for line in (done.stdout + done.stderr).splitlines() if line.startswith("Error")]
        assert not errors


def test_results_are_as_valid_as_they_were(came_back: Path) -> None:
    home(came_back)
    if shutil.which("dciodvfy") is None:
        pytest.skip("dciodvfy is not installed")
    for name in objects(came_back / "home"):
        before, after = (_errors(came_back / folder / name) for folder in ("results", "home"))
        assert after <= before, name


def _errors(path: Path) -> set[str]:
    done = subprocess.run(["dciodvfy", "-new", str(path)], capture_output=True, text=True, check=False)
    return {line for line in (done.stdout + done.stderr).splitlines() if line.startswith("Error")}


def test_every_access_is_on_record_before_anything_is_written(came_back: Path) -> None:
    home(came_back)
    entries = [entry for entry in log_of(came_back / "w") if entry.action == "reidentify"]
    assert len(entries) == 2
    assert all(entry.reason == WHY and "7 results" in entry.what for entry in entries)
    assert not any("NEEDLE" in entry.what for entry in entries)


def test_files_are_their_owners_alone(came_back: Path) -> None:
    home(came_back)
    assert (came_back / "home").stat().st_mode & 0o777 == 0o700
    assert all(path.stat().st_mode & 0o077 == 0 for path in (came_back / "home").rglob("*") if path.is_file())
    assert not [path for path in (came_back / "home").rglob("*") if path.suffix == ".part"]


def _foreign(ours: Dataset, _: Dataset) -> None:
    ours.PatientID = "SOMEBODY"


def _other_patient(ours: Dataset, other: Dataset) -> None:
    ours.PatientID = ours.PatientName = other.PatientID


def _two_subjects(ours: Dataset, other: Dataset) -> None:
    ours.SourceImageSequence.append(other.SourceImageSequence[0])


def _other_study(ours: Dataset, other: Dataset) -> None:
    ours.StudyInstanceUID = other.StudyInstanceUID


def _unknown_reference(ours: Dataset, _: Dataset) -> None:
    ours.SourceImageSequence[0].ReferencedSOPInstanceUID = "2.25.4711471147114711"


def _names_nothing(ours: Dataset, _: Dataset) -> None:
    kept = {"SOPClassUID", "SOPInstanceUID", "SeriesInstanceUID", "PatientID", "PatientName", "Modality"}
    for element in list(ours):
        if element.keyword not in kept:
            del ours[element.tag]
    ours.StudyInstanceUID = "1.2.3.4.5.6.7"


def _is_ours(ours: Dataset, _: Dataset) -> None:
    ours.SOPInstanceUID = ours.SourceImageSequence[0].ReferencedSOPInstanceUID


def _no_identity(ours: Dataset, _: Dataset) -> None:
    del ours.SeriesInstanceUID


def _wrong_place(ours: Dataset, _: Dataset) -> None:
    study, series = Dataset(), Dataset()
    study.StudyInstanceUID, series.SeriesInstanceUID = ours.StudyInstanceUID, ours.SeriesInstanceUID
    series.ReferencedSOPSequence = [ours.SourceImageSequence[0]]
    study.ReferencedSeriesSequence = [series]
    ours.CurrentRequestedProcedureEvidenceSequence = [study]


def _in_private_sequence(ours: Dataset, other: Dataset) -> None:
    block = ours.private_block(0x0011, "CLOUD", create=True)
    block.add_new(0x01, "SQ", [other.SourceImageSequence[0]])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_foreign, "patient-unknown"),
        (_other_patient, "patient-conflict"),
        (_two_subjects, "two-subjects"),
        (_other_study, "two-subjects"),
        (_unknown_reference, "reference-unknown"),
        (_names_nothing, "unattributed"),
        (_is_ours, "not-a-result"),
        (_no_identity, "uid-missing"),
        (_wrong_place, "reference-conflict"),
        (_in_private_sequence, "two-subjects"),
    ],
)
def test_what_cannot_be_attributed_is_left_out(
    came_back: Path, change: Callable[[Dataset, Dataset], None], code: str
) -> None:
    paths = sorted((came_back / "results").glob("*/CT.dcm"))
    ours, other = map(pydicom.dcmread, paths)
    change(ours, other)
    ours.file_meta.MediaStorageSOPInstanceUID = ours.SOPInstanceUID
    ours.save_as(paths[0])
    done = home(came_back)
    name = str(paths[0].relative_to(came_back / "results"))
    assert (done.refused, done.exit_code) == (1, 3)
    assert [row.code for row in done.results if not row.restored] == [code]
    assert name not in objects(came_back / "home")
    report = (came_back / "w" / REPORT).read_text()
    assert "NEEDLE" not in report
    assert "1.2.999" not in report


def test_what_refers_to_a_refused_result_is_refused_too(came_back: Path) -> None:
    (segments,) = list((came_back / "results").glob("*/SEG.dcm"))[:1]
    changed = pydicom.dcmread(segments)
    changed.PatientID = "SOMEBODY"
    changed.save_as(segments)
    codes = {row.source: row.code for row in home(came_back).results if not row.restored}
    folder = segments.parent.name
    assert codes == {f"{folder}/SEG.dcm": "patient-unknown", f"{folder}/SR.dcm": "reference-unknown"}


def test_results_of_two_subjects_are_not_mixed(came_back: Path) -> None:
    first, second = (
        [pydicom.dcmread(path) for path in sorted((came_back / "results").glob(f"*/{kind}.dcm"))]
        for kind in ("CT", "SEG")
    )
    ours, other = first[0], second[1]  # of different subjects
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = other.SOPClassUID, other.SOPInstanceUID
    ours.SourceImageSequence.append(item)
    ours.save_as(ours.filename)
    done = home(came_back)
    assert [row.code for row in done.results if not row.restored] == ["two-subjects"]


def test_a_new_study_belongs_to_one_subject(came_back: Path) -> None:
    for path in (came_back / "results").glob("*/CT.dcm"):
        image = pydicom.dcmread(path)
        image.StudyInstanceUID = "1.2.3.4.5.6.7"
        image.save_as(path)
    done = home(came_back)
    assert [row.code for row in done.results if not row.restored] == ["two-subjects", "two-subjects"]


def test_a_row_of_nobody_or_of_two_is_left_out(came_back: Path) -> None:
    first, second = sorted(path.name for path in (came_back / "results").iterdir() if path.is_dir())
    table = came_back / "results" / "more.tsv"
    table.write_text(
        f"subject\tother\tn\n{first}\t\t1\n{first}\t{second}\t2\nSOMEBODY\t\t3\n{second}\t2.25.123456\t4\n"
    )
    done = home(came_back)
    (row,) = [row for row in done.results if row.source == "more.tsv"]
    assert (row.restored, row.rows, done.exit_code) == (True, 3, 3)
    lines = (came_back / "home" / "more.tsv").read_text().splitlines()
    assert len(lines) == 2
    assert lines[0] == "subject\tother\tn"
    assert lines[1].startswith("NEEDLE")


def test_a_workbook_comes_back_as_one(came_back: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    name = next(path.name for path in sorted((came_back / "results").iterdir()) if path.is_dir())
    workbook = openpyxl.Workbook()
    workbook.active.append(["patient", "volume", "note"])
    workbook.active.append([name, 12.5, "of " + name])
    workbook.save(came_back / "results" / "book.xlsx")
    home(came_back)
    rows = list(openpyxl.load_workbook(came_back / "home" / "book.xlsx").active.iter_rows(values_only=True))
    assert rows[0] == ("patient", "volume", "note")
    assert rows[1][0].startswith("NEEDLE")
    assert rows[1][1:] == (12.5, f"of {rows[1][0]}")


def test_json_speaks_of_the_originals(came_back: Path, sent: Path) -> None:
    images = cloud.released(sent / "out")
    first, second = images
    uid = images[first][0].SOPInstanceUID
    case = {"patient": first, "findings": [{"sop": uid, "size": 12.5, "ok": True, "note": None}]}
    results = came_back / "results"
    (results / "one.json").write_text(json.dumps(case))
    (results / "keyed.json").write_text(json.dumps({first: {"n": 1}, second: {"n": 2}, "SOMEBODY": {"n": 3}}))
    (results / "list.json").write_text(json.dumps([case, {"patient": second}, {"patient": "SOMEBODY"}]))
    (results / "report.json").write_text(json.dumps({"model": "Finder", "cases": [case, {"patient": second}, [7]]}))
    (results / "lines.jsonl").write_text(f"{json.dumps(case)}\n\n{json.dumps([first, second])}\n")
    (results / "nobody.json").write_text('{"model": "Finder"}')
    (results / "no.json").write_text("{")
    done = {row.source: row for row in home(came_back).results}
    old = {name: lookup_of(came_back, name) for name in (first, second)}
    back = {path.name: path.read_text() for path in (came_back / "home").iterdir() if path.is_file()}
    said = json.loads(back["one.json"])
    assert said["patient"] == old[first]
    assert said["findings"][0] == {"sop": f"1.2.999.{'1' if old[first] == 'NEEDLE77' else '2'}.1.1.1"} | {
        key: value for key, value in case["findings"][0].items() if key != "sop"
    }
    assert json.loads(back["keyed.json"]) == {old[first]: {"n": 1}, old[second]: {"n": 2}}
    assert [one["patient"] for one in json.loads(back["list.json"])] == [old[first], old[second]]
    assert len(back["lines.jsonl"].splitlines()) == 2
    report = json.loads(back["report.json"])
    assert (report["model"], [one["patient"] for one in report["cases"][:2]]) == ("Finder", [old[first], old[second]])
    assert (done["keyed.json"].rows, done["list.json"].rows) == (1, 1)
    assert (done["nobody.json"].code, done["no.json"].code) == ("unattributed", "table-damaged")


def lookup_of(folder: Path, pseudonym: str) -> str:
    found = lookup(folder / "w", pseudonym)
    assert found is not None
    return found.original


def _bad_files() -> Iterator[tuple[str, bytes]]:
    yield "empty.dcm", b""
    yield "text.dcm", b"not an object"
    yield "cut.dcm", b"\0" * 128 + b"DICM\x02\x00\x00\x00UL\x04\x00\x99\x00\x00\x00"
    yield "bytes.csv", b"a,b\n\xff\xfe,2\n"
    yield "quotes.csv", b'a,b\n"1,2\n'
    yield "book.xlsx", b"PK\x03\x04 no workbook"
    yield "notes.pdf", b"%PDF-1.4\n"


def test_files_that_cannot_be_read_are_refused_one_by_one(came_back: Path) -> None:
    for name, content in _bad_files():
        (came_back / "results" / name).write_bytes(content)
    odd = os.fsencode(came_back / "results") + b"/\xff\n.dcm"
    next((came_back / "results").glob("*/PR.dcm")).rename(os.fsdecode(odd))
    done = home(came_back)
    assert (done.restored, done.refused) == (13, len(list(_bad_files())))
    assert all(row.code and row.message for row in done.results if not row.restored)


def test_a_name_that_does_not_fit_the_character_set_changes_that_of_the_object(came_back: Path) -> None:
    for path in (came_back / "results").glob("*/PR.dcm"):
        state = pydicom.dcmread(path)
        state.SpecificCharacterSet = "ISO_IR 100"
        state.ContentDescription = "Übersicht"
        state.save_as(path)
    home(came_back)
    for path in (came_back / "home").glob("*/PR.dcm"):
        state = pydicom.dcmread(path)
        assert state.ContentDescription == "Übersicht"
        if state.PatientID == "NEEDLE77":
            assert (state.SpecificCharacterSet, str(state.PatientName)) == ("ISO_IR 192", cloud.PEOPLE[0][1])
        else:
            assert state.SpecificCharacterSet == "ISO_IR 100"


def test_where_nothing_can_go_home_nothing_is_written(came_back: Path, tmp_path: Path, sent: Path) -> None:
    for out in (tmp_path / "w" / "x", tmp_path / "results", sent / "out", sent / "out" / "x"):
        with pytest.raises(UsageError):
            reidentify(came_back / "results", out, workspace=came_back / "w", reason=WHY)
    with pytest.raises(UsageError) as refused:
        reidentify(came_back / "results", tmp_path / "home", workspace=came_back / "w", reason=" ")
    assert refused.value.code == "reason-missing"
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    with pytest.raises(UsageError) as refused:
        reidentify(came_back / "results", tmp_path / "full", workspace=came_back / "w", reason=WHY)
    assert refused.value.code == "output-not-empty"
    assert not (tmp_path / "home").exists()


def test_random_pseudonyms_have_no_way_home(tmp_path: Path) -> None:
    cloud.source(tmp_path / "in")
    create(tmp_path / "w", scheme="random")
    run([tmp_path / "in"], tmp_path / "out", workspace=tmp_path / "w", jobs=1, settings=WITHOUT_PIXELS)
    (tmp_path / "results").mkdir()
    with pytest.raises(UsageError):
        reidentify(tmp_path / "results", tmp_path / "home", workspace=tmp_path / "w", reason=WHY)
    assert not (tmp_path / "home").exists()


def test_the_command_says_what_it_did(came_back: Path) -> None:
    arguments = ["reidentify", "results", "home", "--workspace", "w", "--reason", WHY, "--json"]
    command = [sys.executable, "-m", "deidra", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=came_back)
    assert (done.returncode, done.stderr) == (0, "")
    said = json.loads(done.stdout)
    assert (said["restored"], said["refused"], said["subjects"]) == (13, 0, 2)
    assert "NEEDLE" not in done.stdout
