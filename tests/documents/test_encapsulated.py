"""Documents inside DICOM objects, sent through the engine: the person goes, the document stays one of its kind."""

from __future__ import annotations

import io
import struct
import sys
from pathlib import Path

import pytest
from lxml import etree
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import ImplicitVRLittleEndian

from conformance.findings import object_verdict
from deidra.model import Examination, Outcome
from dicom.hard_objects import INSTANCE, ROOT, code, document, file_bytes, item, mapped, reference
from dicom.release import release
from peers import peer

from .pdf_makers import hexed, report, text_of, unpacked, with_everything, with_picture
from .subject import found_in, markers
from .test_cda import CDA
from .test_mesh import ASCII, MTL, OBJ, binary

STORAGE = "1.2.840.10008.5.1.4.1.1.104."
PDF, CDA_CLASS, STL, OBJ_CLASS, MTL_CLASS = (STORAGE + str(number) for number in range(1, 6))
TERMS = ("Vandersloot^Wilhelmina", "MRN-4711-0815", "90210123", "Quackenbush^Ulf")
NEEDLES = ("Vandersloot", "Wilhelmina", "MRN-4711-0815", "90210123", "Quackenbush")
LINES = ("CT of the chest", "Liver and spleen are normal.", "Largest diameter 12.5 mm")


def encapsulated(sop_class: str, mime_type: str, content: bytes, **values: object) -> Dataset:
    """A valid object around `content`; its header names the same person."""
    modality = "DOC" if sop_class in (PDF, CDA_CLASS) else "M3D"
    ds = document(sop_class, modality, PatientName="Vandersloot^Wilhelmina", PatientID="MRN-4711-0815")
    ds.ReferringPhysicianName = "Quackenbush^Ulf"
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.AcquisitionDateTime, ds.BurnedInAnnotation, ds.DocumentTitle = "", "YES", "Report on Vandersloot, chest"
    ds.ConceptNameCodeSequence = code("18748-4", "LN", "Diagnostic imaging study")
    if modality == "DOC":
        ds.ConversionType = "WSD"
    else:
        ds.ManufacturerModelName, ds.DeviceSerialNumber, ds.SoftwareVersions = "Maker", "1", "1"
        ds.MeasurementUnitsCodeSequence = code("mm", "UCUM", "mm")
        ds.FrameOfReferenceUID, ds.PositionReferenceIndicator = f"{ROOT}.4", ""
    ds.MIMETypeOfEncapsulatedDocument = mime_type
    ds.EncapsulatedDocument = content + b"\0" * (len(content) % 2)
    ds.EncapsulatedDocumentLength = len(content)
    for keyword, value in values.items():
        setattr(ds, keyword, value)
    return ds


def sent(folder: Path, ds: Dataset | bytes, *settings: str, policy: str = "public-research") -> tuple[Outcome, bytes]:
    content = ds if isinstance(ds, bytes) else file_bytes(ds)
    ((outcome, data),) = release(folder, content, policy=policy, settings=settings, terms=TERMS)
    return outcome, data


def opened(data: bytes) -> tuple[Dataset, bytes]:
    """The released object and its document without the padding."""
    ds = dcmread(io.BytesIO(data))
    content: bytes = ds.EncapsulatedDocument
    return ds, content[: ds.EncapsulatedDocumentLength] if "EncapsulatedDocumentLength" in ds else content


def look(outcome: Outcome, kind: str) -> Examination | None:
    return next((each for each in outcome.examinations if each.kind == kind), None)


def test_a_pdf_keeps_its_pages_and_words_and_loses_the_person(tmp_path: Path) -> None:
    content = with_everything(report((*LINES, "Seen by Quackenbush: Wilhelmina Vandersloot"), LINES), markers(40))
    source = Dataset()
    source.SourceInstanceSequence = Sequence([reference(uid=INSTANCE)])
    ds = encapsulated(PDF, "application/pdf", content, SourceInstanceSequence=source.SourceInstanceSequence)
    outcome, data = sent(tmp_path, ds)
    assert outcome.status == "released", outcome.reasons
    new, pdf = opened(data)
    assert found_in(data + unpacked(pdf), hexed((*NEEDLES, *markers(22)))) == []
    assert [line.strip() for line in text_of(pdf)[0].split("\r\n")][:3] == list(LINES)
    assert text_of(pdf)[1].split("\r\n") == list(LINES)
    assert (new.MIMETypeOfEncapsulatedDocument, new.BurnedInAnnotation) == ("application/pdf", "NO")
    assert new.DocumentTitle == "Report on, chest"
    assert new.SourceInstanceSequence[0].ReferencedSOPInstanceUID == mapped(INSTANCE)
    assert new.ConceptNameCodeSequence[0].CodeValue == "18748-4"
    assert {each.kind for each in outcome.examinations if each.made} >= {"metadata", "container", "free-text"}
    edits = {(edit.locator, str(edit.action)) for edit in outcome.edits}
    assert {("dcm:(0042,0011)", "clean"), ("dcm:(0042,0011)/pdf:page=1", "paint")} <= edits
    assert "Liver and spleen are normal." in {text.value for text in outcome.retained}


def test_a_cda_keeps_its_findings_and_agrees_with_the_attributes_around_it(tmp_path: Path) -> None:
    ds = encapsulated(
        CDA_CLASS, "text/xml", CDA, HL7InstanceIdentifier="1.9.8.7.6^DOC-90210123",
        ListOfMIMETypes=["image/jpeg", "Vandersloot"],
    )  # fmt: skip
    outcome, data = sent(tmp_path, ds)
    assert outcome.status == "released", outcome.reasons
    new, content = opened(data)
    root = etree.fromstring(content)
    identifier = root.find("{urn:hl7-org:v3}id")
    assert identifier is not None
    parts = [identifier.get("root"), identifier.get("extension")]
    assert new.HL7InstanceIdentifier == "^".join(part for part in parts if part)
    assert found_in(data, (*NEEDLES, *markers(60))) == []
    assert b'value="12.50" unit="mm"' in content
    assert new.MIMETypeOfEncapsulatedDocument == "text/xml"
    assert "ListOfMIMETypes" not in new or new.ListOfMIMETypes != ["image/jpeg", "Vandersloot"]


def test_people_whom_only_the_document_names_go_from_its_words_too(tmp_path: Path) -> None:
    """An author of the document that no DICOM header knows, with a name of words that every report has."""
    content = b"""<ClinicalDocument xmlns="urn:hl7-org:v3"><id root="1.2.3.4.5.6"/>
    <author><assignedAuthor><assignedPerson><name><given>Long</given><family>Marker</family></name></assignedPerson></assignedAuthor></author>
    <component><structuredBody><component><section><text>Read by Marker. The liver is normal.</text></section>
    </component></structuredBody></component></ClinicalDocument>"""
    outcome, data = sent(tmp_path, encapsulated(CDA_CLASS, "text/xml", content))
    assert outcome.status == "released", outcome.reasons
    assert b"Marker" not in data
    assert b"The liver is normal." in data


@pytest.mark.parametrize("content", [binary(b"Vandersloot", b"\1\2"), ASCII], ids=["binary", "ascii"])
def test_an_stl_keeps_its_triangles(content: bytes, tmp_path: Path) -> None:
    outcome, data = sent(tmp_path, encapsulated(STL, "model/stl", content))
    assert outcome.status == "released", outcome.reasons
    new, mesh = opened(data)
    assert found_in(data, NEEDLES) == []
    assert triangles(mesh) == triangles(content)
    assert new.MIMETypeOfEncapsulatedDocument == "model/stl"
    assert look(outcome, "faces") == Examination("faces", False, "", "meshes are not compared with a face")


def triangles(mesh: bytes) -> list[str] | list[bytes]:
    if mesh[:5] == b"solid":
        return [line.strip() for line in mesh.decode().lower().splitlines() if "vertex" in line or "facet n" in line]
    (count,) = struct.unpack_from("<L", mesh, 80)
    return [mesh[84 + 50 * number : 84 + 50 * number + 48] for number in range(count)]


def test_an_obj_its_materials_and_its_textures_still_find_each_other(tmp_path: Path) -> None:
    library = item(ReferencedSOPClassUID=MTL_CLASS, ReferencedSOPInstanceUID=f"{ROOT}.8")
    library.add_new(0x00687005, "UR", "Vandersloot.mtl")
    mesh = OBJ.replace(b"mtllib", b"mtllib Vandersloot.mtl\nmtllib")
    outcome, data = sent(
        tmp_path / "obj", encapsulated(OBJ_CLASS, "model/obj", mesh, ReferencedInstanceSequence=Sequence([library]))
    )
    assert outcome.status == "released", outcome.reasons
    new, content = opened(data)
    name = new.ReferencedInstanceSequence[0][0x00687005].value
    assert name.endswith(".mtl")
    assert f"mtllib {name}\n".encode() in content
    assert content.count(b"mtllib") == 1
    assert new.ReferencedInstanceSequence[0].ReferencedSOPInstanceUID == mapped(f"{ROOT}.8")
    picture = reference(uid=f"{ROOT}.9")
    picture.add_new(0x00687005, "UR", "skin-of-Vandersloot.PNG")
    material = MTL + b"map_Kd skin-of-Vandersloot.PNG\nmap_Ks else.png\n"
    ds = encapsulated(MTL_CLASS, "model/mtl", material, ReferencedInstanceSequence=Sequence([picture]))
    outcome, colours = sent(tmp_path / "mtl", ds)
    assert outcome.status == "released", outcome.reasons
    new, content_of_mtl = opened(colours)
    assert f"map_Kd {new.ReferencedInstanceSequence[0][0x00687005].value}\n".encode() in content_of_mtl
    assert b"else" not in content_of_mtl
    used = [line.split()[1] for line in content.splitlines() if line.startswith(b"usemtl")]
    assert used
    assert set(used) <= {line.split()[1] for line in content_of_mtl.splitlines() if line.startswith(b"newmtl")}
    assert found_in(data + colours, NEEDLES) == []


def test_an_odd_length_is_padded_and_told(tmp_path: Path) -> None:
    for words in ("Liver normal", "Liver is normal"):
        ds = encapsulated(PDF, "text/plain; charset=utf-8", words.encode())
        del ds.EncapsulatedDocumentLength
        _, data = sent(tmp_path / words, ds)
        new, content = opened(data)
        assert content == words.encode()
        assert len(new.EncapsulatedDocument) % 2 == 0
        assert new.MIMETypeOfEncapsulatedDocument == "text/plain"


def test_implicit_vr_and_large_documents_are_cleaned_alike(tmp_path: Path) -> None:
    """A document beyond the window in which headers are read."""
    mesh = binary(b"Vandersloot", b"\0\0")
    many = bytes(80) + struct.pack("<L", 4_000) + mesh[84:134] * 4_000
    ds = encapsulated(STL, "model/stl", b"Wilhelmina".ljust(80) + many[80:])
    outcome, data = sent(tmp_path / "explicit", ds)
    assert outcome.status == "released", outcome.reasons
    assert opened(data)[1] == many
    outcome, again = sent(tmp_path / "implicit", file_bytes_implicit(ds))
    assert outcome.status == "released", outcome.reasons
    assert opened(again)[1] == many


def file_bytes_implicit(ds: Dataset) -> bytes:
    sink = io.BytesIO()
    ds.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID, ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPClassUID, ds.SOPInstanceUID
    ds.save_as(sink, implicit_vr=True, little_endian=True, enforce_file_format=True)
    return sink.getvalue()


def test_documents_of_one_series_never_share_a_decision(tmp_path: Path) -> None:
    """Three objects alike but for their document, of the same length: each keeps its own."""
    contents = []
    for number in range(5):
        ds = encapsulated(PDF, "text/plain", f"Lesion {number} of Vandersloot: {number}{number} mm".encode())
        ds.SOPInstanceUID = f"{ROOT}.5.{number}"
        contents.append(file_bytes(ds))
    results = release(tmp_path, *contents, terms=TERMS)
    assert [opened(data)[1].decode() for _, data in results] == [
        f"Lesion {number} of: {number}{number} mm" for number in range(5)
    ]


HELD = {
    "pictures": ("application/pdf", with_picture(), "held", "examination-not-possible"),
    "unknown kind": ("application/msword", b"\xd0\xcf\x11\xe0Vandersloot", "held", "unknown-format"),
    "no kind": ("", b"Vandersloot", "held", "unknown-format"),
    "dtd": ("text/xml", b'<!DOCTYPE a [<!ENTITY b "Vandersloot">]><a>&b;</a>', "held", "xml-dtd"),
    "other content": ("text/xml", report(LINES), "rejected", "document-mismatch"),
    "broken": ("application/pdf", report(LINES)[:600], "rejected", "document-damaged"),
    "nothing": ("application/pdf", b"", "rejected", "document-empty"),
}


@pytest.mark.parametrize("name", HELD)
def test_a_document_that_cannot_be_cleaned_is_not_released(name: str, tmp_path: Path) -> None:
    mime_type, content, status, reason = HELD[name]
    outcome, data = sent(tmp_path, encapsulated(PDF, mime_type, content))
    assert (outcome.status, [each.code for each in outcome.reasons]) == (status, [reason])
    assert outcome.reasons[0].locator.startswith("dcm:(0042,0011)")
    assert data == b""
    assert found_in(str(outcome).encode(), NEEDLES) == []


@pytest.mark.parametrize(
    ("package", "mime_type", "content"),
    [("pikepdf", "application/pdf", report(LINES)), ("lxml", "text/xml", CDA)],
    ids=["pdf", "cda"],
)
def test_without_the_package_that_reads_it_a_document_is_held(
    package: str, mime_type: str, content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    outcome, _ = sent(tmp_path, encapsulated(PDF, mime_type, content))
    assert (outcome.status, outcome.reasons[0].code) == ("held", "examination-not-possible")


def test_the_policy_decides_about_pictures(tmp_path: Path) -> None:
    ds = encapsulated(PDF, "application/pdf", with_picture())
    outcome, data = sent(tmp_path / "remove", ds, "documents.pictures=remove")
    assert outcome.status == "released"
    assert opened(data)[0].BurnedInAnnotation == "NO"
    outcome, data = sent(tmp_path / "release", ds, "documents.pictures=release")
    assert opened(data)[0].BurnedInAnnotation == "YES"
    seen = look(outcome, "pixel-text")
    assert seen is not None
    assert not seen.made


def test_a_replaced_document_says_nothing_and_is_not_held(tmp_path: Path) -> None:
    for number, (sop_class, mime_type, content) in enumerate(
        [(PDF, "application/pdf", with_picture()), (CDA_CLASS, "text/xml", CDA), (STL, "model/stl", ASCII)]
    ):
        ds = encapsulated(sop_class, mime_type, content)
        settings = ("pixels.unexamined=hold", "documents.content=replace")
        for policy in ("basic", "public-research"):
            outcome, data = sent(tmp_path / f"{number}{policy}", ds, *settings, policy=policy)
            assert outcome.status == "released", outcome.reasons
            new, replaced = opened(data)
            assert len(replaced) < 400
            assert new.BurnedInAnnotation == "NO"
            assert new.MIMETypeOfEncapsulatedDocument == mime_type
            assert found_in(data, NEEDLES) == []


def test_uids_that_the_policy_keeps_stay_in_documents_too(tmp_path: Path) -> None:
    policy = tmp_path / "own.yaml"
    policy.write_text("name: own\nextends: public-research\noptions: [uids, clean-descriptors, modified-dates]\n")
    content = f"""<ClinicalDocument xmlns="urn:hl7-org:v3"><id root="{INSTANCE}"/><recordTarget><patientRole>
    <id root="1.9.8.7.6.5" extension="MRN-4711-0815"/></patientRole></recordTarget></ClinicalDocument>"""
    ds = encapsulated(CDA_CLASS, "text/xml", content.encode(), HL7InstanceIdentifier=INSTANCE)
    outcome, data = sent(tmp_path, ds, policy=str(policy))
    assert outcome.status == "released", outcome.reasons
    new, cleaned = opened(data)
    assert f'root="{INSTANCE}"'.encode() in cleaned
    assert (new.HL7InstanceIdentifier, new.SOPInstanceUID) == (INSTANCE, INSTANCE)
    assert found_in(data, (*NEEDLES, "1.9.8.7.6.5")) == []


@pytest.mark.peer
@pytest.mark.parametrize(
    ("sop_class", "mime_type", "content"),
    [
        (PDF, "application/pdf", report((*LINES, "Wilhelmina Vandersloot"))),
        (CDA_CLASS, "text/XML", CDA),
        (STL, "model/stl", binary(b"Vandersloot", b"\0\0")),
        (OBJ_CLASS, "model/obj", OBJ),
        (MTL_CLASS, "model/mtl", MTL),
    ],
    ids=["pdf", "cda", "stl", "obj", "mtl"],
)
def test_the_release_has_no_new_errors(sop_class: str, mime_type: str, content: bytes, tmp_path: Path) -> None:
    ds = encapsulated(sop_class, mime_type, content)
    if sop_class == CDA_CLASS:
        ds.HL7InstanceIdentifier = "1.9.8.7.6^DOC"
    outcome, data = sent(tmp_path, ds)
    assert outcome.status == "released", outcome.reasons
    before, after = tmp_path / "before", tmp_path / "after"
    before.write_bytes(file_bytes(ds))
    after.write_bytes(data)
    seen = [object_verdict(peer("dciodvfy"), path) for path in (before, after)]
    assert seen[0].gave_up == seen[1].gave_up == (sop_class in (OBJ_CLASS, MTL_CLASS)), "it knows neither OBJ nor MTL"
    assert [str(finding) for finding in seen[1].findings - seen[0].findings if finding.severity == "Error"] == []
