"""What a file is, is told by its content; whom it names, by the places that its format has for that."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deidra.documents.people import people_of
from deidra.documents.work import Settings
from deidra.errors import Held, ObjectError, Rejected
from deidra.formats.document import SNIFF_BYTES, mime_type_of, read_document
from deidra.model import Term
from documents.pdf_makers import report
from documents.subject import markers
from documents.test_cda import CDA
from documents.test_fhir import JSON, XML
from documents.test_hl7 import ORU
from documents.test_hostile import EXAMPLES, damaged
from documents.test_mesh import ASCII, MTL, OBJ, binary
from documents.test_words import RTF

REPORT = "Befund: Die Leber ist unauffällig, größter Durchmesser 12 mm.\n"
KINDS = {
    "pdf": (report(("Liver normal",)), "application/pdf"),
    "pdf behind a few bytes": (b"\r\n junk " + report(("Liver normal",)), "application/pdf"),
    "cda": (CDA, "text/xml"),
    "xml with a byte order mark": (codecs.BOM_UTF8 + CDA, "text/xml"),
    "xml in utf-16": ("<a>Leber</a>".encode("utf-16-le"), "text/xml"),
    "xml bomb": (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "text/xml"),
    "fhir json": (JSON, "application/fhir+json"),
    "fhir xml": (XML, "text/xml"),
    "hl7": (ORU.encode(), "application/hl7-v2"),
    "hl7 as sent": (b"\x0b" + ORU.encode() + b"\x1c\r", "application/hl7-v2"),
    "rtf": (RTF, "application/rtf"),
    "text": (REPORT.encode(), "text/plain"),
    "text in utf-16": (codecs.BOM_UTF16_LE + REPORT.encode("utf-16-le"), "text/plain"),
    "text in another character set": (REPORT.encode("latin-1"), "text/plain"),
    "hebrew": ("כבד תקין, ללא ממצאים חריגים".encode(), "text/plain"),
    "japanese": ("肝臓は正常です。異常所見なし。特になし。".encode(), "text/plain"),
    "stl": (binary(b"solid", b"\0\0"), "model/stl"),
    "ascii stl": (ASCII, "model/stl"),
    "obj": (OBJ, "model/obj"),
    "mtl": (MTL, "model/mtl"),
    "nothing but numbers": (b"0 1 2\n3 4 5\n" * 20, ""),
    "a table": (b"Name;ID;Date\nMeier;1;2020\nHuber;2;2021\nMoser;3;2022\n", ""),
    "a table of findings": (b"liver,normal,good\nspleen,normal,good\nheart,large,bad\n", ""),
    "json of something": (b'{"name": "Meier"}', ""),
    "settings": (b"[Section]\nname = liver normal finding\n", ""),
    "a key": (b"-----BEGIN KEY-----\n" + b"MIIBkzCCATqgAwIBAgIJ\n" * 9, ""),
    "a version": (b"Version 1.0\n", ""),
    "html": (b"<!DOCTYPE html><html><body>Liver normal today</body></html>", ""),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', ""),
    "part of an office file": (b'<w:document xmlns:w="http://schemas.openxmlformats.org/x"/>', ""),
    "office file": (b"PK\x03\x04" + bytes(26) + b"[Content_Types].xml", ""),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(99), ""),
    "binary": (bytes(range(256)), ""),
    "zeros": (bytes(1000), ""),
}


@pytest.mark.parametrize("name", KINDS)
def test_a_file_is_what_its_content_says(name: str) -> None:
    content, expected = KINDS[name]
    assert mime_type_of(content[:SNIFF_BYTES], len(content)) == expected


@pytest.mark.parametrize("data", [CDA, JSON, XML, ORU.encode()], ids=["cda", "json", "xml", "hl7"])
def test_the_patient_is_read_from_where_the_format_has_it(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "document"
    path.write_bytes(data)
    facts = read_document(str(path), len(data))
    assert facts is not None
    people = facts.people
    assert "MRN-4711-0815" in {number for number, _ in people.patient_ids}
    assert people.birth_date == "19310203"
    assert people.patient_names
    assert Term("identifier", "MRN-4711-0815") in people.terms
    assert "MRN" not in repr(facts)
    assert "MRN" not in repr(people)


def test_people_are_gathered_by_what_they_are() -> None:
    data = f"""<ClinicalDocument xmlns="urn:hl7-org:v3">
    <recordTarget><patientRole><id extension="{M[0]}"/><addr><city>{M[1]}</city><country>US</country></addr>
      <telecom value="tel:+1 555 0100"/><patient><name>{M[2]} <family>{M[3]}</family></name></patient></patientRole>
    </recordTarget><author><assignedAuthor><assignedPerson><name><given>{M[4]}</given></name></assignedPerson>
      <representedOrganization><name>{M[5]}</name></representedOrganization></assignedAuthor></author>
    <component><text><name>liver</name></text></component></ClinicalDocument>"""
    terms = set(people_of(data.encode(), "xml", Settings()).terms)
    assert terms == {
        Term("identifier", M[0]), Term("address", M[1]), Term("phone", "+1 555 0100"),
        Term("name", f"{M[2]} {M[3]}"), Term("physician", M[4]), Term("institution", M[5]),
    }  # fmt: skip


M = markers(6)


def test_a_reference_names_its_patient() -> None:
    data = b"""{"resourceType": "DiagnosticReport", "subject": {"reference": "Patient/4711", "display": "Ottilie Z"},
    "performer": [{"reference": "Organization/7", "display": "Haus am See"}, {"reference": "x", "display": "CT"}]}"""
    people = people_of(data, "json", Settings())
    assert people.patient_ids == (("4711", ""),)
    assert {(term.kind, term.value) for term in people.terms} == {
        ("identifier", "4711"), ("name", "Ottilie Z"), ("institution", "Haus am See"),
    }  # fmt: skip


def test_uids_are_no_terms() -> None:
    """They are mapped wherever they stand; their digits would be found in every number."""
    data = b"MSH|^~\\&|A\rPID|1||7^^^1.2.3.4.5.6&7\rORC|RE|1.2.826.0.1.3680043.8.498.1|ACC-99817\r"
    people = people_of(data, "hl7", Settings())
    assert [term.value for term in people.terms] == ["ACC-99817"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "xml-dtd"),
        (b"<a><b></a>", "document-damaged"),
        (b"<a>" * 300 + b"</a>" * 300, "document-too-deep"),
        (b'{"resourceType": "Patient"', "document-damaged"),
        (b'{"resourceType": ' + b"[" * 300, "document-too-deep"),
        (b"MSH|^~\\&" + b"|" * 16 + b"8859/77\r", "text-undecodable"),
        (b'{"resourceType": "\xff\xfe"}', "text-undecodable"),
        (b"<a>" + b"x" * (17 << 20) + b"</a>", "document-too-large"),
    ],
)
def test_hostile_documents_are_refused_at_the_first_look(data: bytes, code: str, tmp_path: Path) -> None:
    path = tmp_path / "document"
    path.write_bytes(data)
    with pytest.raises((Held, Rejected)) as refused:
        read_document(str(path), len(data))
    assert refused.value.code == code


@given(st.binary(max_size=300), st.integers(0, 1 << 33))
def test_any_bytes_are_some_kind_of_file(first: bytes, size: int) -> None:
    assert mime_type_of(first, size) in ("", *(expected for _, expected in KINDS.values()))


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_damaged_document_is_read_or_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / "document"
    refused = 0
    for seed in range(60):
        hurt = damaged(EXAMPLES[name][1], seed)
        path.write_bytes(hurt)
        try:
            read_document(str(path), len(hurt))
        except ObjectError:
            refused += 1
    assert refused < 60


def test_a_document_beyond_the_limit_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "document"
    with path.open("wb") as file:
        file.write(b"%PDF-1.7\n")
        file.truncate((256 << 20) + 1)
    with pytest.raises(Held, match="document-too-large"):
        read_document(str(path), path.stat().st_size)
