"""Only what is selected leaves, the rest is counted; manifests lead to everything released and say nothing else."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import shutil
import subprocess
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import highdicom
import pytest
from openpyxl import Workbook
from pydicom import Dataset, dcmread
from pydicom.data import get_testdata_file
from pydicom.sr.codedict import Code as HighdicomCode
from pydicom.uid import generate_uid

import deidra
from corpus.search import find
from deidra.dicom.key_objects import read_key_objects
from deidra.errors import Held, SelectionError, VaultError
from deidra.verify.verify import verify
from dicom.release import WITHOUT_PIXELS
from peers import peer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

KEY_OBJECTS, BASIC_TEXT = "1.2.840.10008.5.1.4.1.1.88.59", "1.2.840.10008.5.1.4.1.1.88.11"
NEEDLE = "Quackenbushzz"
SETTINGS = (*WITHOUT_PIXELS, "pixels.unexamined=release")
TEACHING = {"policy": "teaching-file", "settings": SETTINGS, "jobs": 1}


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    """The media that pydicom brings for its tests: seven images of two studies of one patient, and those of another."""
    folder = tmp_path / "scans"
    media = Path(str(get_testdata_file("DICOMDIR"))).parent
    shutil.copytree(media / "77654033", folder / "one")
    shutil.copytree(media / "98892003", folder / "two")
    return folder


def images(folder: Path) -> list[Dataset]:
    """The headers of everything in a folder, each with its `path`."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            ds = dcmread(path, stop_before_pixels=True)
            ds.path = path
            found.append(ds)
    return found


def released(folder: Path, *classes: str) -> list[Dataset]:
    """The released objects of these classes; without classes, all others than manifests and what belongs to them."""
    found = images(folder)
    if classes:
        return [ds for ds in found if ds.SOPClassUID in classes]
    return [ds for ds in found if ds.SOPClassUID not in (KEY_OBJECTS, BASIC_TEXT)]


def listed(folder: Path, header: str, *rows: Iterable[str]) -> Path:
    path = folder / "cases.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(header.split(","))
        table.writerows(rows)
    return path


def selection_of(instances: Sequence[Dataset], code: str, *, text: str = "", delay: str = "") -> Dataset:
    """A Key Object Selection by highdicom."""
    whole = [dcmread(ds.path) for ds in instances]
    content = highdicom.ko.KeyObjectSelection(
        document_title=HighdicomCode("113004", "DCM", "For Teaching"),
        referenced_objects=whole,
        description=text or None,
    )
    made = BytesIO()
    highdicom.ko.KeyObjectSelectionDocument(
        whole, content, generate_uid(), 1, generate_uid(), 1, manufacturer="Maker"
    ).save_as(made)
    made.seek(0)
    document = dcmread(made)
    scheme = "DCM" if code.isdigit() else "IHERADTF"
    concept = document.ConceptNameCodeSequence[0]
    concept.CodeValue, concept.CodingSchemeDesignator, concept.CodeMeaning = code, scheme, "For Export"
    if delay:
        item, name, value = Dataset(), Dataset(), Dataset()
        name.CodeValue, name.CodingSchemeDesignator, name.CodeMeaning = "113011", "DCM", "Document Title Modifier"
        value.CodeValue, value.CodingSchemeDesignator, value.CodeMeaning = delay, "IHERADTF", "Delay"
        item.RelationshipType, item.ValueType = "HAS CONCEPT MOD", "CODE"
        item.ConceptNameCodeSequence, item.ConceptCodeSequence = [name], [value]
        document.ContentSequence.insert(0, item)
    return document


def evidence(document: Dataset) -> set[tuple[str, str, str]]:
    return {
        (study.StudyInstanceUID, series.SeriesInstanceUID, sop.ReferencedSOPInstanceUID)
        for study in document.CurrentRequestedProcedureEvidenceSequence
        for series in study.ReferencedSeriesSequence
        for sop in series.ReferencedSOPSequence
    }


def content(document: Dataset) -> set[str]:
    return {
        item.ReferencedSOPSequence[0].ReferencedSOPInstanceUID
        for item in document.ContentSequence
        if "ReferencedSOPSequence" in item
    }


def texts(document: Dataset) -> list[str]:
    return [item.TextValue for item in document.ContentSequence if item.ValueType == "TEXT"]


def test_without_a_selection_everything_goes_and_each_subject_has_a_manifest_in_each_study(
    scans: Path, tmp_path: Path
) -> None:
    summary = deidra.run([scans], tmp_path / "out", **TEACHING)
    assert (summary.not_selected, summary.exit_code) == (0, 0)
    manifests = released(tmp_path / "out", KEY_OBJECTS)
    assert len(released(tmp_path / "out")) == summary.released
    for subject in {ds.PatientID for ds in manifests}:
        objects = [ds for ds in released(tmp_path / "out") if ds.PatientID == subject]
        own = [ds for ds in manifests if ds.PatientID == subject]
        triples = {(ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.SOPInstanceUID) for ds in objects}
        studies = {ds.StudyInstanceUID for ds in objects}
        assert sorted(ds.StudyInstanceUID for ds in own) == sorted(studies)
        for ds in own:
            assert evidence(ds) == triples
            assert content(ds) == {uid for _, _, uid in triples}
            title = ds.ConceptNameCodeSequence[0]
            assert (title.CodeValue, title.CodingSchemeDesignator) == ("TCE001", "IHERADTF")
            assert title.EquivalentCodeSequence[0].CodeValue == "128710"
            others = {
                sop.ReferencedSOPInstanceUID
                for study in ds.get("IdenticalDocumentsSequence", ())
                for series in study.ReferencedSeriesSequence
                for sop in series.ReferencedSOPSequence
            }
            assert others == {other.SOPInstanceUID for other in own} - {ds.SOPInstanceUID}


def test_manifests_are_valid_and_highdicom_resolves_them(scans: Path, tmp_path: Path) -> None:
    chosen = images(scans / "one")[0]
    path = listed(
        tmp_path, "SOPInstanceUID,title,history,category", (chosen.SOPInstanceUID, "Fracture", "Pain", "neuro")
    )
    deidra.run([scans], tmp_path / "out", selection=path, **TEACHING)
    (manifest,) = released(tmp_path / "out", KEY_OBJECTS)
    (information,) = released(tmp_path / "out", BASIC_TEXT)
    for ds in (manifest, information):
        done = subprocess.run([peer("dciodvfy"), str(ds.path)], capture_output=True, text=True)
        assert [line for line in done.stderr.splitlines() if line.startswith("Error")] == []
    document = highdicom.ko.KeyObjectSelectionDocument.from_dataset(dcmread(manifest.path))
    (image,) = released(tmp_path / "out")
    assert document.resolve_reference(image.SOPInstanceUID) == (
        image.StudyInstanceUID,
        image.SeriesInstanceUID,
        image.SOPInstanceUID,
    )
    assert content(manifest) == {image.SOPInstanceUID, information.SOPInstanceUID}
    assert texts(manifest) == ["Fracture"]
    done = subprocess.run([peer("dsrdump"), str(manifest.path)], capture_output=True, text=True)
    assert done.returncode == 0


@pytest.mark.parametrize("policy", ["teaching-file", "public-research"])
def test_only_what_a_list_names_leaves_and_the_rest_is_counted_aloud(scans: Path, tmp_path: Path, policy: str) -> None:
    everything = images(scans)
    one, two = images(scans / "one"), images(scans / "two")
    series, study = one[0].SeriesInstanceUID, two[0].StudyInstanceUID
    by_path = next(ds for ds in one if ds.SeriesInstanceUID != series)
    path = listed(
        tmp_path,
        "Series Instance UID,study,path",
        (series, "", ""),
        ("", study, ""),
        ("", "", str(by_path.path.relative_to(scans))),
    )
    wanted = [
        ds
        for ds in everything
        if series == ds.SeriesInstanceUID or study == ds.StudyInstanceUID or ds.path == by_path.path
    ]
    summary = deidra.run([scans], tmp_path / "out", selection=path, policy=policy, settings=SETTINGS, jobs=1)
    assert (summary.released, summary.not_selected) == (len(wanted), len(everything) - len(wanted))
    assert summary.exit_code == 0
    assert len(released(tmp_path / "out")) == len(wanted)
    assert bool(released(tmp_path / "out", KEY_OBJECTS)) == (policy == "teaching-file")
    report = json.loads(summary.report.read_bytes())
    assert report["not_selected"] == summary.not_selected
    assert sum(entry["status"] == "not-selected" for entry in report["objects"]) == summary.not_selected
    assert f"{summary.not_selected} not selected" in summary.report_html.read_text("utf-8")


def test_texts_of_cases_lose_names_and_keep_the_medicine(scans: Path, tmp_path: Path) -> None:
    person = images(scans / "one")[0]
    family = str(person.PatientName).split("^")[0]
    path = listed(
        tmp_path,
        "patient_id,case,title,history,findings,author,diagnosis confirmed",
        (
            person.PatientID,
            f"case of {NEEDLE}",
            f"Fracture of Mr {NEEDLE}",
            f"{family} fell on 12.03.2004. Born 1947-04-01. Seen by Dr. {NEEDLE}, tel. 089 1234567.",
            "Fracture of the odontoid process.",
            NEEDLE,
            "yes",
        ),
    )
    summary = deidra.run([scans], tmp_path / "out", selection=path, **TEACHING)
    assert find([NEEDLE, "12.03.2004", "1947-04-01", "1234567", str(person.PatientID)], tmp_path / "out") == []
    (information,) = released(tmp_path / "out", BASIC_TEXT)
    assert "Fracture of the odontoid process." in texts(information)
    assert not any(family in text for text in texts(information))
    retained = (summary.workspace / "retained-text.csv").read_text("utf-8")
    assert "Fracture of the odontoid process." in retained
    for report in (summary.report, summary.report_html):
        assert NEEDLE not in report.read_text("utf-8")


def test_a_policy_that_cleans_no_text_writes_none(scans: Path, tmp_path: Path) -> None:
    person = images(scans / "one")[0]
    path = listed(tmp_path, "patient_id,title,history", (person.PatientID, "Fracture", "Pain"))
    settings = ("manifest=research", "pixels.unexamined=release")
    deidra.run([scans], tmp_path / "out", policy="basic", settings=settings, selection=path, jobs=1)
    assert released(tmp_path / "out", BASIC_TEXT) == []
    for ds in released(tmp_path / "out", KEY_OBJECTS):
        assert texts(ds) == []
        assert ds.ConceptNameCodeSequence[0].CodeValue == "TCE007"


@pytest.mark.parametrize("code", ["TCE001", "128710"])
def test_a_selection_among_the_sources_decides_and_does_not_leave(scans: Path, tmp_path: Path, code: str) -> None:
    everything = images(scans)
    wanted = images(scans / "one")[:2]
    selection_of(wanted, code, text=f"Fracture of the hip, {NEEDLE}").save_as(scans / "ko.dcm")
    summary = deidra.run([scans], tmp_path / "out", **TEACHING)
    assert (summary.released, summary.not_selected) == (2, len(everything) - 2 + 1)
    assert {row.code for row in summary.reasons} == {"not-selected", "selection-consumed"}
    assert find([NEEDLE], tmp_path / "out") == []
    assert {text for ds in released(tmp_path / "out", KEY_OBJECTS) for text in texts(ds)} == {"Fracture of the hip"}


def test_a_selection_may_be_a_key_object_selection_beside_the_sources(scans: Path, tmp_path: Path) -> None:
    wanted = images(scans / "one")[:1]
    selection_of(wanted, "TCE002").save_as(tmp_path / "ko.dcm")
    summary = deidra.run([scans], tmp_path / "out", selection=tmp_path / "ko.dcm", **TEACHING)
    assert summary.released == 1
    assert [ds.ConceptNameCodeSequence[0].CodeValue for ds in released(tmp_path / "out", KEY_OBJECTS)] == ["TCE001"]


def test_a_selection_for_another_purpose_selects_nothing_and_does_not_leave(scans: Path, tmp_path: Path) -> None:
    count = len(images(scans))
    selection_of(images(scans / "one")[:1], "TCE002").save_as(scans / "ko.dcm")
    summary = deidra.run([scans], tmp_path / "out", **TEACHING)
    assert (summary.released, summary.not_selected) == (count, 1)


def test_what_is_to_wait_is_held_and_so_is_a_selection_of_absent_objects(scans: Path, tmp_path: Path) -> None:
    one, two = images(scans / "one"), images(scans / "two")
    selection_of(one[:2], "TCE001", delay="TCE013").save_as(scans / "later.dcm")
    now = selection_of(two[:2], "TCE001")
    now.save_as(scans / "now.dcm")
    two[1].path.unlink()
    summary = deidra.run([scans], tmp_path / "out", **TEACHING)
    codes = {(row.status, row.code): row.objects for row in summary.reasons}
    assert codes[("held", "export-delayed")] == 3
    assert codes[("held", "selection-incomplete")] == 1
    assert (summary.released, summary.exit_code) == (1, 3)


def test_workbooks_are_read_like_lists(scans: Path, tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["Study Instance UID", "Keywords"])
    book.active.append([str(images(scans / "one")[0].StudyInstanceUID), "fracture"])
    book.save(tmp_path / "cases.xlsx")
    summary = deidra.run([scans], tmp_path / "out", selection=tmp_path / "cases.xlsx", **TEACHING)
    assert summary.released == sum(
        ds.StudyInstanceUID == images(scans / "one")[0].StudyInstanceUID for ds in images(scans)
    )
    assert texts(released(tmp_path / "out", BASIC_TEXT)[0]) == ["fracture"]


@pytest.mark.parametrize(
    ("header", "row", "code"),
    [
        ("SOPInstanceUID", (f"1.2.{NEEDLE}",), "selection-absent"),
        ("path", (f"../{NEEDLE}",), "selection-absent"),
        (f"SOPInstanceUID,{NEEDLE}", ("1.2", "x"), "selection-header"),
        ("title", ("x",), "selection-header"),
        ("study,study uid", ("1", "1"), "selection-header"),
        ("study,category", ("1.2", NEEDLE), "selection-invalid"),
        ("study,title", ("", NEEDLE), "selection-invalid"),
        ("study,title", ("1.2", NEEDLE, NEEDLE), "selection-invalid"),
        ("path,history", (".", NEEDLE), "selection-invalid"),
        ("study", (), "selection-invalid"),
    ],
)
def test_a_selection_that_does_not_fit_is_refused_by_row_and_nothing_is_released(
    scans: Path, tmp_path: Path, header: str, row: tuple[str, ...], code: str
) -> None:
    path = listed(scans.parent, header, row)
    with pytest.raises(SelectionError) as refusal:
        deidra.run([scans], tmp_path / "out", selection=path, **TEACHING)
    assert refusal.value.code == code
    assert NEEDLE not in str(refusal.value)
    assert not any((tmp_path / "out").rglob("*.dcm"))


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b'a,"b\n', bytes(128) + b"DICM" + bytes(40)])
def test_what_is_no_selection_is_refused(scans: Path, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "cases").write_bytes(content)
    with pytest.raises(SelectionError):
        deidra.run([scans], tmp_path / "out", selection=tmp_path / "cases", **TEACHING)
    with pytest.raises(SelectionError):
        deidra.run([scans], tmp_path / "out", selection=tmp_path / "nowhere", **TEACHING)
    assert not (tmp_path / "out").exists()


KEYED = {"policy": "teaching-file", "settings": (*SETTINGS, "subjects.scheme=keyed"), "jobs": 1}


def test_manifests_are_renewed_when_the_release_changes_and_left_alone_when_not(scans: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    deidra.run([scans], out, **KEYED)
    first = {ds.path: ds.path.stat().st_mtime_ns for ds in released(out, KEY_OBJECTS)}
    again = deidra.run([scans], out, **KEYED)
    assert {ds.path: ds.path.stat().st_mtime_ns for ds in released(out, KEY_OBJECTS)} == first
    assert again.kept == again.released
    lost = next(iter(first))
    lost.unlink()
    deidra.run([scans], out, **KEYED)
    assert lost.exists()
    selection_of(images(scans / "one")[:1], "TCE001").save_as(scans / "ko.dcm")
    deidra.run([scans], out, **KEYED)
    assert not set(first) & {ds.path for ds in released(out, KEY_OBJECTS)}
    (image,) = released(out)
    (manifest,) = released(out, KEY_OBJECTS)
    assert content(manifest) == {image.SOPInstanceUID}


def test_without_a_manifest_in_the_policy_those_of_before_are_taken_back(scans: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    deidra.run([scans], out, **KEYED)
    settings = (*KEYED["settings"], "manifest=none")
    deidra.run([scans], out, policy="teaching-file", settings=settings, jobs=1)
    assert released(out, KEY_OBJECTS) == []


def test_verification_knows_manifests_and_a_directory_lists_them(scans: Path, tmp_path: Path) -> None:
    shutil.copy(str(get_testdata_file("DICOMDIR")), scans / "DICOMDIR")
    out = tmp_path / "out"
    deidra.run([scans], out, **TEACHING)
    summary = verify(out, source=scans, with_validators=False, ocr="none", jobs=1)
    assert summary.exit_code in (0, 3)  # 3: something was not examined
    findings = json.loads((tmp_path / "out.deidra" / "verify.json").read_bytes())["findings"]
    assert not [one for one in findings if one["severity"] in ("leak", "error", "unclear")]
    directory = dcmread(out / "DICOMDIR")
    kinds = {record.DirectoryRecordType for record in directory.DirectoryRecordSequence}
    assert "KEY OBJECT DOC" in kinds


def test_a_plan_tells_what_would_not_be_selected(scans: Path, tmp_path: Path) -> None:
    path = listed(tmp_path, "SOPInstanceUID", (images(scans)[0].SOPInstanceUID,))
    report = deidra.plan([scans], policy="teaching-file", settings=SETTINGS, selection=path, jobs=1)
    assert (report.released, report.not_selected) == (1, len(images(scans)) - 1)


def test_an_archive_may_be_named_as_a_whole_or_by_member(scans: Path, tmp_path: Path) -> None:
    folder = tmp_path / "packed"
    folder.mkdir()
    shutil.make_archive(str(folder / "one"), "zip", scans / "one")
    shutil.make_archive(str(folder / "two"), "zip", scans / "two")
    member = os.path.relpath(images(scans / "two")[0].path, scans / "two")
    path = listed(tmp_path, "path", ("one.zip",), (f"two.zip!{member}",))
    summary = deidra.run([folder], tmp_path / "out", selection=path, **TEACHING)
    assert summary.released == len(images(scans / "one")) + 1


def test_doubles_and_strangers_to_a_list_of_pseudonyms_do_not_matter_when_not_selected(
    scans: Path, tmp_path: Path
) -> None:
    one = images(scans / "one")
    shutil.copy(one[0].path, scans / "copy-of-selected")
    shutil.copy(one[1].path, scans / "copy-of-other")
    path = listed(tmp_path, "SOPInstanceUID", (one[0].SOPInstanceUID,))
    pseudonyms = tmp_path / "subjects.csv"
    pseudonyms.write_text(f"id_old,id_new\n{one[0].PatientID},CASE-1\n", "utf-8")
    settings = (*SETTINGS, "subjects.scheme=keyed")
    summary = deidra.run(
        [scans],
        tmp_path / "out",
        policy="teaching-file",
        settings=settings,
        selection=path,
        subjects=pseudonyms,
        jobs=1,
    )
    assert [(row.code, row.objects) for row in summary.reasons if row.status == "held"] == [("duplicate-instance", 1)]
    assert {ds.PatientID for ds in images(tmp_path / "out")} == {"CASE-1"}
    assert (summary.released, summary.held) == (1, 1)


def test_a_damaged_selection_never_brings_its_reader_down(scans: Path, tmp_path: Path) -> None:
    whole = tmp_path / "ko.dcm"
    selection_of(images(scans / "one")[:2], "TCE001", text="Fracture").save_as(whole)
    data, told = whole.read_bytes(), 0
    for place in range(132, len(data), 37):
        for damaged in (data[:place], data[:place] + bytes((data[place] ^ 0xFF,)) + data[place + 1 :]):
            (tmp_path / "damaged").write_bytes(damaged)
            with contextlib.suppress(Held):
                told += read_key_objects(str(tmp_path / "damaged")) is not None
    assert told


def test_one_column_without_a_header_may_name_anything(scans: Path, tmp_path: Path) -> None:
    one, two = images(scans / "one"), images(scans / "two")
    path = tmp_path / "list.txt"
    names = [one[0].SOPInstanceUID, one[-1].SeriesInstanceUID, two[0].PatientID, str(one[1].path.relative_to(scans))]
    path.write_text("\n".join(map(str, names)) + "\n", "utf-8")
    wanted = {ds.path for ds in one if ds.SeriesInstanceUID == one[-1].SeriesInstanceUID}
    wanted |= {one[0].path, one[1].path, *(ds.path for ds in two)}
    summary = deidra.run([scans], tmp_path / "out", selection=path, **TEACHING)
    assert summary.released == len(wanted)
    path.write_text(f"{one[0].SOPInstanceUID}\n{NEEDLE}\n", "utf-8")
    with pytest.raises(SelectionError, match="row 2: what is named is not among the sources"):
        deidra.run([scans], tmp_path / "other", selection=path, **TEACHING)


def test_a_teaching_file_has_no_way_back_and_two_of_them_share_nothing(scans: Path, tmp_path: Path) -> None:
    for name in ("first", "second"):
        deidra.run([scans], tmp_path / name, **TEACHING)
    first, second = (
        {str(ds[keyword].value) for ds in images(tmp_path / name) for keyword in ("PatientID", "StudyInstanceUID")}
        for name in ("first", "second")
    )
    assert not first & second
    with pytest.raises(VaultError):
        deidra.run([scans], tmp_path / "first", **TEACHING)


@pytest.mark.parametrize("beside", [True, False])
def test_the_words_of_a_selection_of_two_patients_are_given_to_none(scans: Path, tmp_path: Path, beside: bool) -> None:
    one, two = images(scans / "one")[0], images(scans / "two")[0]
    document = selection_of([one], "TCE001", text="Fracture of the hip")
    other = selection_of([two], "TCE001")
    document.CurrentRequestedProcedureEvidenceSequence.extend(other.CurrentRequestedProcedureEvidenceSequence)
    path = (tmp_path if beside else scans) / "ko.dcm"
    document.save_as(path)
    deidra.run([scans], tmp_path / "out", selection=path if beside else None, **TEACHING)
    manifests = released(tmp_path / "out", KEY_OBJECTS)
    assert len({ds.PatientID for ds in manifests}) == 2
    assert [text for ds in manifests for text in texts(ds)] == []
