from __future__ import annotations

import base64

import pytest
from lxml import etree

from deidra.documents.work import Settings
from deidra.errors import Held, Rejected

from .subject import PSEUDONYM, TERMS, clean, found_in, markers, new_uid

M = markers(60)
NS = {"v": "urn:hl7-org:v3"}
STUDY = "1.2.826.0.1.3680043.8.498.11223344556677"
CDA = f"""<?xml version="1.0" encoding="UTF-8"?>
<?xml-stylesheet type="text/xsl" href="{M[0]}.xsl"?>
<!-- {M[1]} -->
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xmlns:sdtc="urn:hl7-org:sdtc" xmlns:hosp="http://{M[2]}.example" xsi:schemaLocation="urn:hl7-org:v3 {M[3]}.xsd">
 <realmCode code="US"/>
 <typeId root="2.16.840.1.113883.1.3" extension="{M[4]}"/>
 <templateId root="2.16.840.1.113883.10.20.22.1.5" extension="2014-06-09" assigningAuthorityName="{M[5]}"/>
 <id root="1.2.3.4.5.6.7.8" extension="{M[6]}" assigningAuthorityName="{M[7]}"/>
 <code code="18748-4" codeSystem="2.16.840.1.113883.6.1" codeSystemName="LOINC" displayName="Diagnostic imaging study"/>
 <title>Report for Wilhelmina Vandersloot</title>
 <effectiveTime value="20240229143015+0100"/>
 <confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25"/>
 <languageCode code="en-US"/>
 <recordTarget typeCode="RCT"><patientRole classCode="PAT">
  <id root="1.9.8.7.6" extension="MRN-4711-0815"/>
  <addr use="HP"><streetAddressLine>{M[8]}</streetAddressLine><city>{M[9]}</city></addr>
  <telecom value="tel:{M[10]}"/>
  <patient><name><given>{M[11]}</given><family>{M[12]}</family></name>
   <administrativeGenderCode code="F" codeSystem="2.16.840.1.113883.5.1" displayName="Female"/>
   <birthTime value="19310203"/><maritalStatusCode code="M" codeSystem="2.16.840.1.113883.5.2"/>
   <sdtc:raceCode code="{M[13]}"/>
   <guardian><guardianPerson><name>{M[14]}</name></guardianPerson></guardian>
   <birthplace><place><addr>{M[15]}</addr></place></birthplace></patient>
  <providerOrganization><id root="1.7.7.7" extension="{M[16]}"/><name>{M[17]}</name></providerOrganization>
 </patientRole></recordTarget>
 <author><time value="20240229"/><assignedAuthor><id root="1.5.5" extension="{M[18]}"/>
  <addr>{M[19]}</addr><telecom value="{M[20]}"/><assignedPerson><name>{M[21]}</name></assignedPerson>
  <representedOrganization><name>{M[22]}</name></representedOrganization></assignedAuthor></author>
 <informant><relatedEntity classCode="PRS">
  <relatedPerson><name>{M[23]}</name></relatedPerson></relatedEntity></informant>
 <custodian><assignedCustodian><representedCustodianOrganization><id root="1.6.6" extension="{M[24]}"/>
  <name>{M[25]}</name><telecom value="{M[26]}"/><addr>{M[27]}</addr></representedCustodianOrganization>
 </assignedCustodian></custodian>
 <legalAuthenticator><time value="20240301"/><signatureCode code="S"/><assignedEntity>
  <id root="1.5.5" extension="{M[28]}"/>
  <assignedPerson><name>{M[29]}</name></assignedPerson></assignedEntity></legalAuthenticator>
 <participant typeCode="REF"><associatedEntity classCode="PROV">
  <associatedPerson><name>{M[30]}</name></associatedPerson>
 </associatedEntity></participant>
 <inFulfillmentOf><order><id root="1.2.3.99" extension="{M[31]}"/></order></inFulfillmentOf>
 <documentationOf><serviceEvent classCode="ACT"><id root="{STUDY}"/>
  <effectiveTime><low value="202402291200"/></effectiveTime>
  <performer typeCode="PRF"><assignedEntity><id nullFlavor="NI"/><assignedPerson><name>{M[32]}</name></assignedPerson>
  </assignedEntity></performer></serviceEvent></documentationOf>
 <componentOf><encompassingEncounter><id root="1.2.3.98" extension="{M[33]}"/><effectiveTime value="20240229"/>
  <location><healthCareFacility><location><name>{M[34]}</name></location></healthCareFacility></location>
 </encompassingEncounter></componentOf>
 <hosp:note>{M[35]}</hosp:note>
 <{M[36]}>{M[37]}</{M[36]}>
 <component><structuredBody><component><section ID="{M[38]}">
  <code code="{M[39]} Vandersloot" codeSystem="1.2.3.4.5" displayName="Findings for Quackenbush"/>
  <title>Findings</title>
  <text>{M[40][:0]}The <content ID="{M[41]}" styleCode="Bold">Vander</content>sloot liver is normal.
   <!-- {M[42]} --><table border="1"><thead><tr><th>Measure</th><th>Value</th></tr></thead>
   <tbody><tr><td>Diameter</td><td>12.5 mm</td></tr>
   <tr><td>Seen by</td><td>Dr. Quackenbush on 2024-02-29</td></tr></tbody>
   </table><linkHtml href="http://{M[43]}.example">compare</linkHtml>
   <renderMultiMedia referencedObject="{M[44]}"/></text>
  <entry><observation classCode="OBS" moodCode="EVN"><id root="1.2.3.97" extension="{M[45]}"/>
   <code code="246120007" codeSystem="2.16.840.1.113883.6.96" displayName="Nodule size">
    <originalText><reference value="#{M[41]}"/></originalText></code>
   <text><reference value="http://{M[46]}"/></text>
   <effectiveTime value="20240229"/>
   <value xsi:type="PQ" value="12.50" unit="mm"/></observation></entry>
  <entry><observation classCode="OBS" moodCode="{M[47]}"><code code="18782-3" codeSystem="2.16.840.1.113883.6.1"/>
   <value xsi:type="ST">Reported to Wilhelmina</value></observation></entry>
  <entry><observation classCode="OBS" moodCode="EVN"><code code="18782-3" codeSystem="2.16.840.1.113883.6.1"/>
   <value xsi:type="PN">{M[48]}</value></observation></entry>
  <entry><observationMedia classCode="OBS" moodCode="EVN" ID="{M[44]}"><value mediaType="image/png" representation="B64"
   >{base64.b64encode(M[49].encode()).decode()}</value></observationMedia></entry>
 </section></component></structuredBody></component>
</ClinicalDocument>""".encode()


def parsed(data: bytes) -> etree._Element:
    return etree.fromstring(data)


def test_no_needle_of_any_carrier_is_left() -> None:
    planted = [marker for marker in M if marker.encode() in CDA or base64.b64encode(marker.encode()) in CDA]
    assert len(planted) >= 48
    assert found_in(clean(CDA, "text/xml").data, (*planted, *TERMS, "19310203", "20240229", "1.9.8.7.6")) == []


def test_a_name_split_by_markup_is_found() -> None:
    text = "".join(parsed(clean(CDA, "text/xml").data).find(".//v:section/v:text", NS).itertext())
    assert "Vander" not in text
    assert "sloot" not in text
    assert "liver is normal" in text


def test_codes_measurements_and_structure_stay() -> None:
    root = parsed(clean(CDA, "text/xml").data)
    assert root.find("v:code", NS).get("code") == "18748-4"
    assert root.find("v:code", NS).get("displayName") == "Diagnostic imaging study"
    value = root.find(".//v:entry/v:observation/v:value", NS)
    assert (value.get("value"), value.get("unit")) == ("12.50", "mm")
    assert [cell.text for cell in root.iterfind(".//v:td", NS)][:2] == ["Diameter", "12.5 mm"]
    assert root.find(".//v:templateId", NS).get("extension") == "2014-06-09"
    assert root.find(".//v:administrativeGenderCode", NS).get("code") == "F"


def test_the_patient_becomes_the_pseudonym_and_uids_map_as_elsewhere() -> None:
    root = parsed(clean(CDA, "text/xml").data)
    assert root.find(".//v:patientRole/v:id", NS).get("extension") == PSEUDONYM
    assert root.find(".//v:serviceEvent/v:id", NS).get("root") == new_uid(STUDY)


def test_dates_move_together_and_keep_their_times() -> None:
    root = parsed(clean(CDA, "text/xml").data)
    assert root.find("v:effectiveTime", NS).get("value") == "20231121143015+0100"
    assert root.find(".//v:author/v:time", NS).get("value") == "20231121"
    assert root.find(".//v:birthTime", NS).get("nullFlavor") == "MSK"


def test_references_inside_the_document_still_meet() -> None:
    root = parsed(clean(CDA, "text/xml").data)
    target = root.find(".//v:content", NS).get("ID")
    assert root.find(".//v:originalText/v:reference", NS).get("value") == f"#{target}"
    assert root.find(".//v:renderMultiMedia", NS).get("referencedObject") == root.find(".//v:observationMedia", NS).get(
        "ID"
    )


def test_required_elements_are_masked_not_missing() -> None:
    root = parsed(clean(CDA, "text/xml").data)
    for path in (".//v:patient/v:name", ".//v:patientRole/v:addr", ".//v:assignedAuthor/v:telecom"):
        assert root.find(path, NS).get("nullFlavor") == "MSK"


def test_a_document_inside_is_cleaned_as_what_it_is() -> None:
    inner = base64.b64encode(b"Seen by Dr. Quackenbush. Liver normal.").decode()
    outer = (
        '<ClinicalDocument xmlns="urn:hl7-org:v3"><component><nonXMLBody><text mediaType="text/plain"'
        f' representation="B64">{inner}</text></nonXMLBody></component></ClinicalDocument>'
    )
    text = parsed(clean(outer.encode(), "text/xml").data).find(".//v:nonXMLBody/v:text", NS)
    assert base64.b64decode(text.text) == b"Seen by Dr. . Liver normal."


def test_a_document_inside_of_an_unknown_kind_is_held() -> None:
    outer = (
        b'<ClinicalDocument xmlns="urn:hl7-org:v3"><component><nonXMLBody><text mediaType="application/msword"'
        b' representation="B64">AAAA</text></nonXMLBody></component></ClinicalDocument>'
    )
    with pytest.raises(Held, match="unknown-format"):
        clean(outer, "text/xml")


def test_two_patients_in_one_document_are_held() -> None:
    outer = b'<ClinicalDocument xmlns="urn:hl7-org:v3"><recordTarget/><recordTarget/></ClinicalDocument>'
    with pytest.raises(Held, match="several-subjects"):
        clean(outer, "text/xml")


def test_edits_tell_where_and_never_what() -> None:
    cleaned = clean(CDA, "text/xml")
    told = repr(cleaned.edits).encode()
    assert found_in(told, (*M, *TERMS)) == []
    assert any(edit.locator == "xml:/ClinicalDocument/recordTarget/patientRole/id" for edit in cleaned.edits)


BOMB = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]><a>&c;</a>'
EXTERNAL = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (BOMB, "xml-dtd"),
        (EXTERNAL, "xml-dtd"),
        (BOMB.decode().encode("utf-16"), "xml-dtd"),
        (b'<!DOCTYPE html SYSTEM "http://example.invalid/x.dtd"><a/>', "xml-dtd"),
        (b"<a>" * 10_000 + b"</a>" * 10_000, "document-too-deep"),
        (CDA[: len(CDA) // 2], "document-damaged"),
        (b"<a>\xff\xfe</a>", "document-damaged"),
        (b'<?xml version="1.0" encoding="x-unheard-of"?><a/>', "document-damaged"),
        (b"", "document-empty"),
        (b"\0\0", "document-empty"),
        (b"<a>&undefined;</a>", "document-damaged"),
    ],
)
def test_bad_xml_is_refused_with_the_reason(data: bytes, code: str) -> None:
    with pytest.raises((Held, Rejected)) as refused:
        clean(data, "text/xml")
    assert refused.value.code == code
    assert "passwd" not in str(refused.value)


def test_more_elements_than_allowed_are_held() -> None:
    with pytest.raises(Held, match="document-too-large"):
        clean(b"<a>" + b"<b/>" * 5_000 + b"</a>", "text/xml", Settings(max_elements=1_000))


def test_xml_of_no_known_vocabulary_keeps_its_tree_and_clean_words() -> None:
    marks = markers(3)
    data = (
        f'<?xml version="1.0"?><!-- {marks[0]} --><Report xmlns="http://zumwalt.example/" day="2024-02-29">'
        f"<VanderslootName>x</VanderslootName><Size unit='mm'>12.50</Size><Uid>{STUDY}</Uid>"
        f"<Given>Wilhelmina</Given><Text>Liver normal.<?pi {marks[1]}?></Text></Report>"
    ).encode()
    cleaned = clean(data, "application/xml").data
    assert found_in(cleaned, (*TERMS, *marks, "zumwalt", STUDY, "2024-02-29")) == []
    root = parsed(cleaned)
    assert root.get("day") == "2023-11-21"
    assert [etree.QName(child).localname for child in root] == ["removed", "Size", "Uid", "Given", "Text"]
    assert [child.text for child in root][1:] == ["12.50", new_uid(STUDY), None, "Liver normal."]
