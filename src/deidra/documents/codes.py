"""Codes of public code systems: what may stay because it names a concept, not a person."""

from __future__ import annotations

import re

from deidra.documents.work import Work
from deidra.model import Action

# Code systems by OID and by FHIR URI: name, and the shape that a code of it has
_BY_OID: dict[str, tuple[str, str]] = {
    "2.16.840.1.113883.6.1": ("LOINC", r"(LP|LA|LL)?\d{1,7}-\d"),
    "2.16.840.1.113883.6.96": ("SNOMED CT", r"\d{6,18}"),
    "2.16.840.1.113883.6.3": ("ICD-10", r"[A-Z]\d{2}(\.?[0-9A-Z]{1,4})?[*+!-]?"),
    "2.16.840.1.113883.6.90": ("ICD-10-CM", r"[A-Z]\d[0-9A-Z](\.?[0-9A-Z]{1,4})?"),
    "2.16.840.1.113883.6.4": ("ICD-10-PCS", r"[0-9A-HJ-NP-Z]{7}"),
    "2.16.840.1.113883.6.103": ("ICD-9-CM", r"[EV]?\d{2,3}(\.\d{1,2})?"),
    "2.16.840.1.113883.6.12": ("CPT-4", r"\d{4}[0-9A-Z]"),
    "2.16.840.1.113883.6.88": ("RxNorm", r"\d{1,8}"),
    "2.16.840.1.113883.6.8": ("UCUM", r"[!-~]{1,20}"),
    "2.16.840.1.113883.6.73": ("ATC", r"[A-Z](\d\d([A-Z]([A-Z](\d\d)?)?)?)?"),
    "2.16.840.1.113883.6.256": ("RadLex", r"RID\d{1,7}"),
    "2.16.840.1.113883.6.238": ("CDC Race and Ethnicity", r"\d{4}-\d"),
    "1.2.840.10008.2.16.4": ("DCM", r"\d{6}|[A-Z]{2,16}"),
    "1.2.840.10008.2.6.1": ("DCMUID", r"1\.2\.840\.10008(\.\d{1,6}){1,10}"),
}
_URI_OF: dict[str, str] = {
    "http://loinc.org": "2.16.840.1.113883.6.1",
    "http://snomed.info/sct": "2.16.840.1.113883.6.96",
    "http://hl7.org/fhir/sid/icd-10": "2.16.840.1.113883.6.3",
    "http://hl7.org/fhir/sid/icd-10-cm": "2.16.840.1.113883.6.90",
    "http://www.nlm.nih.gov/research/umls/rxnorm": "2.16.840.1.113883.6.88",
    "http://unitsofmeasure.org": "2.16.840.1.113883.6.8",
    "http://www.whocc.no/atc": "2.16.840.1.113883.6.73",
    "http://radlex.org": "2.16.840.1.113883.6.256",
    "http://www.radlex.org": "2.16.840.1.113883.6.256",
    "http://www.ama-assn.org/go/cpt": "2.16.840.1.113883.6.12",
    "http://dicom.nema.org/resources/ontology/DCM": "1.2.840.10008.2.16.4",
    "urn:ietf:bcp:47": "language",
    "urn:ietf:rfc:3986": "uri",
}
# HL7 v2 table 0396
_V2_OF = {
    "LN": "2.16.840.1.113883.6.1",
    "SCT": "2.16.840.1.113883.6.96",
    "SNM": "2.16.840.1.113883.6.96",
    "I10": "2.16.840.1.113883.6.3",
    "I10C": "2.16.840.1.113883.6.90",
    "I9C": "2.16.840.1.113883.6.103",
    "C4": "2.16.840.1.113883.6.12",
    "CDCREC": "2.16.840.1.113883.6.238",
    "RXNORM": "2.16.840.1.113883.6.88",
    "UCUM": "2.16.840.1.113883.6.8",
    "DCM": "1.2.840.10008.2.16.4",
    "RADLEX": "2.16.840.1.113883.6.256",
    "ISO+": "2.16.840.1.113883.6.8",
}
_HL7_OID = re.compile(r"2\.16\.840\.1\.113883\.(5|11|18|12)(\.\d{1,6}){1,3}")
_HL7_URI = re.compile(
    r"(http://terminology\.hl7\.org|http://hl7\.org/fhir)(/(CodeSystem|ValueSet|StructureDefinition))?(/[a-z0-9]"
    r"[A-Za-z0-9.-]{0,60}){0,2}"
)
_HL7_V2_TABLE = re.compile(r"HL7\d{4}")
_HL7_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,30}")
OID = re.compile(r"[0-2](\.(0|[1-9]\d*)){1,40}")
UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
UCUM = re.compile(r"[A-Za-z0-9%\[\]{}'\"./()*^+_-]{1,24}")


def is_public_system(system: str) -> bool:
    """Whether an OID, URI or HL7 v2 name stands for a code system published by its keeper."""
    return (
        system in _BY_OID
        or system in _URI_OF
        or system in _V2_OF
        or _HL7_OID.fullmatch(system) is not None
        or _HL7_URI.fullmatch(system) is not None
        or _HL7_V2_TABLE.fullmatch(system) is not None
    )


def system_name(system: str) -> str:
    """The name that a public code system goes by, "" when there is none to tell."""
    return _BY_OID.get(_URI_OF.get(system, system), ("", ""))[0]


def kept_code(code: str, system: str, work: Work) -> bool:
    """Whether a code may stay: one of a public system in its shape, else one that the cleaner leaves alone."""
    known = _BY_OID.get(_URI_OF.get(system, _V2_OF.get(system, system)))
    if known is not None and re.fullmatch(known[1], code, re.ASCII) and not code.isalpha():
        return not work.names_subject(code)
    if is_public_system(system) and known is None and not _HL7_CODE.fullmatch(code):
        return False
    return len(code) <= 255 and work.is_clean(code)


def meaning(text: str, work: Work, locator: str) -> str:
    """The words of a code: all of them or none, for half a meaning is another one."""
    if work.is_clean(text):
        work.keep(text, changed=False)
        return text
    work.edit(locator, Action.REMOVE, "document:code-meaning", "PS3.15 E.3.5: meanings of codes")
    return ""
