from __future__ import annotations

import base64
import json

import pytest
from lxml import etree

from deidra.documents.work import Settings
from deidra.errors import Held, Rejected

from .subject import PSEUDONYM, TERMS, clean, found_in, markers, new_uid

M = markers(60)
STUDY = "1.2.826.0.1.3680043.8.498.11223344556677"
BUNDLE = {
    "resourceType": "Bundle",
    "id": M[0],
    "meta": {
        "source": f"http://{M[1]}",
        "versionId": M[2],
        "profile": [f"http://{M[3]}/p"],
        "lastUpdated": "2024-02-29T10:00:00Z",
    },
    "identifier": {"system": f"http://{M[4]}.example", "value": M[5]},
    "type": "document",
    "timestamp": "2024-02-29T10:00:00+01:00",
    "entry": [
        {
            "fullUrl": f"http://{M[6]}.example/fhir/Patient/{M[7]}",
            "resource": {
                "resourceType": "Patient",
                "id": M[7],
                "extension": [{"url": f"http://{M[8]}", "valueString": M[9]}],
                "text": {
                    "status": "generated",
                    "div": f'<div xmlns="http://www.w3.org/1999/xhtml" title="{M[10]}"><!-- {M[11]} -->'
                    f"<p>Wilhel<b>mina</b>"
                    f' is&nbsp;well</p><a href="http://{M[12]}">x</a><script>{M[13]}</script></div>',
                },
                "identifier": [
                    {"system": "urn:oid:1.9.8.7.6", "value": "MRN-4711-0815", "assigner": {"display": M[14]}}
                ],
                "name": [{"family": M[15], "given": [M[16]], "text": M[17]}],
                "telecom": [{"system": "phone", "value": M[18]}],
                "gender": "female",
                "birthDate": "1931-02-03",
                "_birthDate": {"extension": [{"url": "x", "valueDateTime": M[19]}]},
                "deceasedDateTime": "2024-03-01",
                "address": [{"line": [M[20]], "city": M[21], "country": M[22]}],
                "photo": [{"data": base64.b64encode(M[23].encode()).decode()}],
                "contact": [{"name": {"family": M[24]}}],
                "link": [{"other": {"reference": "Patient/2"}, "type": "seealso"}],
                M[25]: M[26],
            },
        },
        {
            "fullUrl": f"urn:uuid:0f6a1f0e-3c3e-4d5b-9a8f-{'0' * 11}1",
            "resource": {
                "resourceType": "Observation",
                "id": M[27],
                "contained": [
                    {
                        "resourceType": "Practitioner",
                        "id": M[28],
                        "name": [{"family": M[29]}],
                        "address": [{"city": M[30]}],
                    }
                ],
                "status": "final",
                "code": {
                    "coding": [
                        {"system": "http://loinc.org", "code": "18782-3", "display": "Radiology Study observation"},
                        {"system": f"http://{M[31]}", "code": "Vandersloot-1", "display": "by Quackenbush"},
                    ],
                    "text": "Seen by Quackenbush",
                },
                "subject": {"reference": f"Patient/{M[7]}", "display": M[32]},
                "performer": [{"reference": f"#{M[28]}"}, {"identifier": {"value": M[33]}, "display": M[34]}],
                "effectiveDateTime": "2024-02-29",
                "valueQuantity": {"value": 1, "unit": "mm", "system": "http://unitsofmeasure.org", "code": "mm"},
                "note": [{"authorString": M[35], "time": "2024-03-01", "text": "Wilhelmina was well on 29.02.2024."}],
            },
        },
        {
            "resource": {
                "resourceType": "ImagingStudy",
                "identifier": [{"system": "urn:dicom:uid", "value": f"urn:oid:{STUDY}"}],
                "status": "available",
                "subject": {"reference": f"Patient/{M[7]}"},
                "endpoint": [{"reference": f"http://{M[36]}/fhir/Endpoint/{M[37]}"}],
                "series": [
                    {
                        "uid": STUDY + ".1",
                        "modality": {"system": "http://dicom.nema.org/resources/ontology/DCM", "code": "CT"},
                        "instance": [
                            {
                                "uid": STUDY + ".1.1",
                                "sopClass": {
                                    "system": "urn:ietf:rfc:3986",
                                    "code": "urn:oid:1.2.840.10008.5.1.4.1.1.2",
                                },
                            }
                        ],
                    }
                ],
            }
        },
        {"resource": {"resourceType": "Organization", "id": M[38], "name": M[39], "alias": [M[40]]}},
        {"resource": {"resourceType": M[41], "id": "1"}},
        {
            "resource": {
                "resourceType": "Binary",
                "contentType": "text/plain",
                "data": base64.b64encode(b"By Quackenbush: normal.").decode(),
            }
        },
    ],
}
JSON = json.dumps(BUNDLE).replace('"value": 1,', '"value": 12.50,').encode()


def cleaned_bundle() -> dict:
    return json.loads(clean(JSON, "application/fhir+json").data)


def resource(name: str) -> dict:
    return next(
        entry["resource"]
        for entry in cleaned_bundle()["entry"]
        if entry.get("resource", {}).get("resourceType") == name
    )


def test_no_needle_of_any_carrier_is_left_in_json() -> None:
    planted = [mark for mark in M if found_in(JSON, (mark,))]
    assert len(planted) >= 40
    cleaned = clean(JSON, "application/fhir+json")
    needles = (*planted, *TERMS, "1931-02-03", "2024-02-29", STUDY, "mina")
    assert found_in(cleaned.data, needles) == []
    assert found_in(repr(cleaned.edits).encode(), needles) == []


def test_values_codes_and_numbers_stay_to_the_digit() -> None:
    assert b'"value":12.50' in clean(JSON, "application/fhir+json").data
    observation = resource("Observation")
    assert observation["code"]["coding"][0] == {
        "system": "http://loinc.org",
        "code": "18782-3",
        "display": "Radiology Study observation",
    }
    assert observation["status"] == "final"
    assert observation["note"][0]["text"] == " was well on ."
    assert resource("Patient")["gender"] == "female"


def test_references_meet_their_targets() -> None:
    patient, observation = resource("Patient"), resource("Observation")
    assert observation["subject"]["reference"] == f"Patient/{patient['id']}"
    assert observation["performer"][0]["reference"] == "#" + observation["contained"][0]["id"]
    assert cleaned_bundle()["entry"][0]["fullUrl"] == f"Patient/{patient['id']}"


def test_identifiers_map_as_those_of_the_images() -> None:
    assert resource("Patient")["identifier"][0]["value"] == PSEUDONYM
    study = resource("ImagingStudy")
    assert study["identifier"][0] == {"system": "urn:dicom:uid", "value": "urn:oid:" + new_uid(STUDY)}
    assert study["series"][0]["uid"] == new_uid(STUDY + ".1")
    assert study["series"][0]["modality"]["code"] == "CT"


def test_dates_move_together_and_birth_dates_go() -> None:
    assert cleaned_bundle()["timestamp"] == "2023-11-21T10:00:00+01:00"
    assert resource("Observation")["effectiveDateTime"] == "2023-11-21"
    assert resource("Patient")["deceasedDateTime"] == "2023-11-22"
    assert "birthDate" not in resource("Patient")
    kept = json.loads(clean(JSON, "application/fhir+json", Settings(birth_dates="shift")).data)
    assert kept["entry"][0]["resource"]["birthDate"] == "1930-10-26"


def test_a_binary_inside_is_cleaned_as_what_it_is() -> None:
    assert base64.b64decode(resource("Binary")["data"]) == b"By : normal."


XML = (
    b'<Patient xmlns="http://hl7.org/fhir"><!-- q --><id value="p1"/><text><status value="generated"/>'
    b'<div xmlns="http://www.w3.org/1999/xhtml"><p>Seen: Wilhelmina</p></div></text>'
    b'<extension url="http://x"><valueString value="qzxdeadbeef"/></extension>'
    b'<identifier><system value="urn:oid:1.9.8.7.6"/><value value="MRN-4711-0815"/></identifier>'
    b'<active value="true"/><name><family value="qzxfeedface"/></name><gender value="female"/>'
    b'<birthDate value="1931-02-03"/><contained><Observation><status value="final"/><valueQuantity>'
    b'<value value="12.50"/></valueQuantity></Observation></contained></Patient>'
)


def test_fhir_xml_is_cleaned_by_the_same_rules() -> None:
    cleaned = clean(XML, "application/fhir+xml").data
    assert found_in(cleaned, (*TERMS, "qzxdeadbeef", "qzxfeedface", "1931-02-03", "1.9.8.7.6")) == []
    root = etree.fromstring(cleaned)
    ns = {"f": "http://hl7.org/fhir", "h": "http://www.w3.org/1999/xhtml"}
    assert root.find("f:identifier/f:value", ns).get("value") == PSEUDONYM
    assert root.find("f:active", ns).get("value") == "true"
    assert root.find(".//f:valueQuantity/f:value", ns).get("value") == "12.50"
    assert root.find(".//h:p", ns).text.strip() == "Seen:"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'{"resourceType": "Patient"', "document-damaged"),
        (b"[" * 10_000 + b"]" * 10_000, "document-too-deep"),
        (b'{"a": NaN}', "document-damaged"),
        (b"\xff\xfe\xff", "text-undecodable"),
        (b"", "document-empty"),
        (b'{"hello": "world"}', "unknown-structure"),
        (b'{"resourceType": "Patient", "modifierExtension": [{"url": "x"}]}', "fhir-modifier-extension"),
        (
            b'{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","id":"1"}},'
            b'{"resource":{"resourceType":"Patient","id":"2"}}]}',
            "several-subjects",
        ),
        (b"<Patient/>", "document-mismatch"),
    ],
)
def test_bad_json_is_refused_with_the_reason(data: bytes, code: str) -> None:
    with pytest.raises((Held, Rejected)) as refused:
        clean(data, "application/fhir+json")
    assert refused.value.code == code
