"""Whom a document names in the places that its format has for people, before anything is cleaned.

Says whose document it is, and gives the words that must not stand anywhere else in it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from deidra.documents import codes
from deidra.documents.decoding import decode_text
from deidra.documents.fhir_json import require_shallow
from deidra.documents.hl7_source import Encoding, field_types, open_message, unescape
from deidra.documents.work import Settings
from deidra.documents.xml_source import FHIR, HL7_V3, local_name, namespace, parse, text_of
from deidra.errors import Held, Rejected
from deidra.model import Term

if TYPE_CHECKING:
    from lxml.etree import _Element

# Letters and digits; shorter ones are codes, such as US for a country
_SHORTEST = {"identifier": 3, "phone": 5, "address": 4}
_DATE_DIGITS = 8
_ORGANISATIONS = frozenset(
    """representedOrganization providerOrganization serviceProviderOrganization wholeOrganization
    scopingOrganization manufacturerOrganization receivedOrganization assignedOrganization
    representedCustodianOrganization location place""".split()
)
_HEADER_IDS = frozenset(("order", "parentDocument", "encompassingEncounter", "serviceEvent"))
_FHIR_PEOPLE = {
    "Patient": "name", "RelatedPerson": "name", "Person": "name", "Practitioner": "physician",
    "Organization": "institution", "Location": "institution",
}  # fmt: skip
# Type of a field -> kind of term and the components that tell (HL7 v2.8.2 2A), counted from 0
_HL7_PEOPLE: dict[str, tuple[str, tuple[int, ...]]] = {
    "XPN": ("name", (0, 1, 2)),
    "XCN": ("physician", (1, 2, 3)),
    "XON": ("institution", (0,)),
    "XAD": ("address", (0, 1, 2, 4)),
    "XTN": ("phone", (0, 3, 11)),
    "CX": ("identifier", (0,)),
    "EI": ("identifier", (0,)),
}
# Patient IDs, names, day of birth, account, social security and driver's licence numbers
_HL7_PATIENT = frozenset((2, 3, 4, 5, 7, 9, 18, 19, 20))


class People(msgspec.Struct, frozen=True):
    """What a document tells of people. Sensitive: its repr shows nothing.

    `patient_ids` are pairs (number, who gave it); `birth_date` is YYYYMMDD or ""; `terms` are of everybody.
    """

    patient_ids: tuple[tuple[str, str], ...] = ()
    patient_names: tuple[str, ...] = ()
    birth_date: str = ""
    terms: tuple[Term, ...] = ()

    def __repr__(self) -> str:
        return f"People(<redacted>, terms={len(self.terms)})"


class _Gathered:
    """Collects what is found, each thing once and in order."""

    def __init__(self) -> None:
        self._ids: dict[tuple[str, str], None] = {}
        self._names: dict[str, None] = {}
        self._birth_date = ""
        self._terms: dict[Term, None] = {}

    def term(self, kind: str, value: str) -> None:
        value = " ".join(value.split())
        if sum(map(str.isalnum, value)) < _SHORTEST.get(kind, 1):
            return
        # A UID is mapped wherever it stands, and its digits would be found in every long number
        if not codes.UUID.fullmatch(value) and not (codes.OID.fullmatch(value) and value.count(".") >= 4):
            self._terms[Term(kind, value)] = None

    def patient_id(self, number: str, issuer: str = "") -> None:
        if number.strip():
            self._ids[number.strip(), issuer.strip()] = None
            self.term("identifier", number)

    def patient_name(self, name: str) -> None:
        if any(map(str.isalpha, name)):
            self._names[" ".join(name.split())] = None
            self.term("name", name)

    def born(self, value: str) -> None:
        digits = "".join(filter(str.isdigit, value))[:_DATE_DIGITS]
        if len(digits) == _DATE_DIGITS:
            self._birth_date = self._birth_date or digits
            self.term("date", digits)

    def people(self) -> People:
        return People(tuple(self._ids), tuple(self._names), self._birth_date, tuple(self._terms))


def people_of(data: bytes, kind: str, settings: Settings) -> People:
    """The people of a document of a `kind` as `clean.kind_of` tells it; nobody for formats without places for them.

    Raises Held and Rejected as cleaning does.
    """
    gathered = _Gathered()
    if kind == "xml":
        root = parse(data, settings)
        if namespace(root) == HL7_V3:
            _of_cda(root, gathered)
        elif namespace(root) == FHIR:
            _of_fhir(_as_json(root), gathered)
    elif len(data) > settings.max_text_bytes and kind in ("json", "hl7"):
        raise Held("document-too-large", f"more than {settings.max_text_bytes >> 20} MiB of text")
    elif kind == "json":
        text = decode_text(data)
        require_shallow(text, settings.max_depth)
        try:
            _of_fhir(json.loads(text, parse_int=str, parse_float=str), gathered)
        except (ValueError, RecursionError):
            raise Rejected("document-damaged", "the JSON is not well-formed") from None
    elif kind == "hl7":
        _of_hl7(data, gathered)
    return gathered.people()


def _of_cda(root: _Element, gathered: _Gathered) -> None:
    for element in root.iter(*(f"{{{HL7_V3}}}{name}" for name in _CDA_PEOPLE)):
        above = [local_name(each) for each in element.iterancestors()]
        if "text" not in above and above:
            _CDA_PEOPLE[local_name(element)](element, above[0], gathered)


def _cda_address(element: _Element, _: str, gathered: _Gathered) -> None:
    for part in element.iter():
        if not len(part) and local_name(part) not in ("state", "country", "county"):
            gathered.term("address", text_of(part))


def _cda_telecom(element: _Element, _: str, gathered: _Gathered) -> None:
    scheme, _, address = str(element.get("value", "")).rpartition(":")
    gathered.term("phone", address if scheme else str(element.get("value", "")))


def _cda_birth(element: _Element, parent: str, gathered: _Gathered) -> None:
    if parent == "patient":
        gathered.born(str(element.get("value", "")))


def _cda_id(element: _Element, parent: str, gathered: _Gathered) -> None:
    extension = str(element.get("extension", ""))
    if parent == "patientRole":
        gathered.patient_id(extension, str(element.get("root", "")))
    elif parent in _HEADER_IDS:
        gathered.term("identifier", extension)


def _cda_name(element: _Element, parent: str, gathered: _Gathered) -> None:
    if parent in _ORGANISATIONS:
        gathered.term("institution", text_of(element))
        return
    plain = " ".join(part for part in _name_parts(element) if part.strip())
    if parent == "patient":
        gathered.patient_name(plain)
    else:
        gathered.term("name" if "patient" in (parent, "guardianPerson") else "physician", plain)


_CDA_PEOPLE: dict[str, Callable[[_Element, str, _Gathered], None]] = {
    "name": _cda_name,
    "addr": _cda_address,
    "telecom": _cda_telecom,
    "birthTime": _cda_birth,
    "id": _cda_id,
}


def _as_json(element: _Element) -> Any:
    """FHIR XML, near enough to its JSON form to be searched: everything may repeat."""
    if not len(element):
        return str(element.get("value", ""))
    if len(element) == 1 and local_name(element[0])[:1].isupper():
        # A resource stands inside the element that contains it (FHIR R4 2.6.1)
        return _as_json(element[0])
    name = local_name(element)
    found: dict[str, Any] = {"resourceType": name} if name[:1].isupper() else {}
    for child in element:
        found.setdefault(local_name(child), []).append(_as_json(child))
    return found


def _name_parts(element: _Element) -> Iterator[str]:
    """The texts of a name without titles, in their order."""
    if local_name(element) not in ("prefix", "suffix"):
        yield element.text or ""
        for child in element:
            yield from _name_parts(child)
            yield child.tail or ""


def _of_fhir(root: Any, gathered: _Gathered) -> None:
    for value in _dictionaries(root):
        kind = value.get("resourceType")
        if isinstance(kind, str) and kind in _FHIR_PEOPLE:
            _fhir_person(value, kind, gathered)
        for reference in _listed(value.get("subject")) + _listed(value.get("patient")):
            if isinstance(reference, dict):
                _fhir_subject(reference, gathered)
        display, target = _text(value.get("display")), _text(value.get("reference")) or _text(value.get("type"))
        role = _FHIR_PEOPLE.get(target.rpartition("/")[0].rpartition("/")[2] or target)
        if display and role:
            gathered.term(role, display)


def _fhir_person(resource: dict[str, Any], kind: str, gathered: _Gathered) -> None:
    role = _FHIR_PEOPLE[kind]
    for name in _listed(resource.get("name")):
        plain = _human_name(name) if isinstance(name, dict) else _text(name)
        if kind == "Patient":
            gathered.patient_name(plain)
        else:
            gathered.term(role, plain)
    for identifier in _listed(resource.get("identifier")):
        number = _text(identifier.get("value")) if isinstance(identifier, dict) else ""
        if kind == "Patient":
            gathered.patient_id(number, _text(identifier.get("system")) if isinstance(identifier, dict) else "")
        else:
            gathered.term("identifier", number)
    for contact in _listed(resource.get("telecom")):
        gathered.term("phone", _text(contact.get("value")) if isinstance(contact, dict) else "")
    for address in _listed(resource.get("address")):
        for key in ("text", "line", "city", "district", "postalCode"):
            for part in _listed(address.get(key)) if isinstance(address, dict) else ():
                gathered.term("address", _text(part))
    if kind == "Patient":
        gathered.born(_text(resource.get("birthDate")))


def _fhir_subject(reference: dict[str, Any], gathered: _Gathered) -> None:
    """A Reference to the patient: its logical id may be the Patient ID (FHIR R4 2.3.0)."""
    target = _text(reference.get("reference"))
    for identifier in _listed(reference.get("identifier")):
        if isinstance(identifier, dict):
            gathered.patient_id(_text(identifier.get("value")), _text(identifier.get("system")))
    if target.rpartition("/")[0].endswith("Patient"):
        gathered.patient_id(target.rpartition("/")[2])


def _human_name(name: dict[str, Any]) -> str:
    parts = [_text(part) for key in ("given", "family") for part in _listed(name.get(key))]
    return " ".join(parts) if any(parts) else " ".join(_text(part) for part in _listed(name.get("text")))


def _dictionaries(root: Any) -> Iterator[dict[str, Any]]:
    waiting = [root]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield value
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _text(value: Any) -> str:
    """A string; of the lists that XML makes of everything, the first."""
    if isinstance(value, list):
        value = value[0] if value else ""
    return value.strip() if isinstance(value, str) else ""


def _of_hl7(data: bytes, gathered: _Gathered) -> None:
    encoding, segments = open_message(data)
    for segment in segments:
        name, *fields = segment.split(encoding.field)
        kinds = field_types(name)
        for number, value in enumerate(fields, 1):
            kind = kinds[number - 1] if number <= len(kinds) else ""
            for repetition in value.split(encoding.repetition):
                parts = [_plain(part, encoding) for part in repetition.split(encoding.component)]
                if name == "PID" and number in _HL7_PATIENT:
                    _hl7_patient(number, parts, gathered)
                else:
                    _hl7_field(name, kind, parts, gathered)


def _hl7_patient(number: int, parts: list[str], gathered: _Gathered) -> None:
    if number in (2, 3, 4):
        gathered.patient_id(parts[0], parts[3] if len(parts) > 3 else "")
    elif number in (5, 9):
        gathered.patient_name(" ".join(reversed(parts[:3])))
    elif number == 7:
        gathered.born(parts[0])
    else:
        gathered.term("identifier", parts[0])


def _hl7_field(segment: str, kind: str, parts: list[str], gathered: _Gathered) -> None:
    role, components = _HL7_PEOPLE.get(kind, ("", ()))
    if not role or (role == "identifier" and segment in ("MSH", "MSA", "OBX")):
        return
    found = [parts[each] for each in components if each < len(parts)]
    if role in ("name", "physician"):
        gathered.term(role, " ".join(found))
        return
    for each in found:
        gathered.term(role, each)


def _plain(part: str, encoding: Encoding) -> str:
    return unescape(part.split(encoding.subcomponent)[0], encoding).strip('" ')
