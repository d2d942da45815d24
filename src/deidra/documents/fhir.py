"""FHIR resources cleaned by data type: what the standard has no element for is dropped.

Works on the JSON form; FHIR XML is brought into it and back (fhir_xml). FHIR R4B, tolerant of R4.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from typing import Any

from deidra.documents import codes, fhir_types
from deidra.documents.dates import shift_iso
from deidra.documents.fhir_references import Links
from deidra.documents.naming import names
from deidra.documents.work import IDENTIFIER_SOURCE, CleanedDocument, Work
from deidra.errors import Held
from deidra.model import Action

SOURCE = "HL7 FHIR R4B; " + IDENTIFIER_SOURCE
CleanInner = Callable[[bytes, str, Work], CleanedDocument]
CleanNarrative = Callable[[str, Work, str], str]
# Data types that are a person, a place or a way to reach them
_DROPPED_TYPES = names("HumanName Address ContactPoint Extension Signature ContactDetail VirtualServiceDetail")
# Elements that are dropped though their type is harmless, by type
_DROPPED: dict[str, frozenset[str]] = {
    "": frozenset(("implicitRules", "fhir_comments")),
    "Patient": frozenset(("photo", "contact", "link", "maritalStatus", "communication")),
    "RelatedPerson": frozenset(("photo", "communication", "birthDate")),
    "Practitioner": frozenset(("photo", "birthDate", "communication")),
    "Person": frozenset(("photo", "birthDate", "link")),
    "Organization": frozenset(("name", "alias", "contact")),
    "Location": frozenset(("name", "alias", "position", "description")),
    "HealthcareService": frozenset(("name", "photo", "comment", "extraDetails")),
    "Endpoint": frozenset(("name", "address", "header", "contact")),
    "CareTeam": frozenset(("name",)),
    "Group": frozenset(("name",)),
    "Device": frozenset(("serialNumber", "lotNumber", "url", "contact", "udiCarrier", "distinctIdentifier")),
    "Meta": frozenset(("source", "versionId")),
    "Reference": frozenset(("display",)),
    "Annotation": frozenset(("authorString", "authorReference")),
    "Attachment": frozenset(("url", "hash", "size")),
    "BundleLink": frozenset(("url",)),
    "BundleEntryRequest": frozenset(("ifNoneExist", "ifMatch", "ifNoneMatch")),
    "BundleEntryResponse": frozenset(("location", "etag")),
    "MessageHeaderSource": frozenset(("name", "software", "version", "contact", "endpoint")),
    "MessageHeaderDestination": frozenset(("name", "endpoint")),
    "AuditEventAgent": frozenset(("altId", "name", "network")),
}
_NUMBERS_AS_TEXT = re.compile(r"([-+0-9.eE]+|[EUL])( ([-+0-9.eE]+|[EUL]))*")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z]{2,4})?")
_MIME = re.compile(r"(text|application|image|model|audio|video|multipart)/[a-z0-9.+-]{1,40}")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d:[0-6]\d(\.\d{1,9})?")


class Number(str):
    """A number of the JSON text, digit for digit: 1.50 is not 1.5 (FHIR R4 2.24.0.1, decimal)."""

    __slots__ = ()


class FhirCleaner:
    """Cleans the resources of one document, so that references between them close."""

    def __init__(self, work: Work, clean_inner: CleanInner, clean_narrative: CleanNarrative) -> None:
        self._work = work
        self._clean_inner = clean_inner
        self._clean_narrative = clean_narrative
        self._links = Links(work)

    def resource(self, source: Any, locator: str) -> dict[str, Any] | None:
        """A cleaned resource, or None for one of a kind that is not known."""
        name = source.get("resourceType") if isinstance(source, dict) else None
        if not isinstance(name, str) or name not in fhir_types.resources():
            self._work.edit(locator, Action.REMOVE, "document:fhir-unknown-resource", SOURCE)
            return None
        where = f"{locator}/{name}"
        cleaned = {"resourceType": name, **self._complex(source, name, name, where, is_resource=True)}
        if name == "Binary" and isinstance(source.get("data"), str):
            cleaned["data"] = self._inner(source["data"], str(source.get("contentType", "")), where + "/data")
        return cleaned

    def _complex(
        self, source: dict[str, Any], type_name: str, resource: str, locator: str, *, is_resource: bool = False
    ) -> dict[str, Any]:
        elements = fhir_types.elements(type_name)
        dropped = _DROPPED[""] | _DROPPED.get(type_name, frozenset())
        if source.get("modifierExtension"):
            # It may turn the meaning of what it stands on around; without it the rest would lie
            raise Held("fhir-modifier-extension", "an extension changes the meaning of an element", locator)
        result = {}
        for name, element in elements.items():
            if name not in source or (name == "id" and not is_resource):
                continue
            where = f"{locator}/{name}"
            if name in dropped or element.kind in _DROPPED_TYPES or self._is_personal(type_name, name):
                self._work.edit(where, Action.REMOVE, "document:fhir-person", SOURCE)
                continue
            value = self._values(source[name], element, type_name, name, resource, where)
            if value is not None:
                result[name] = value
        if any(name not in elements and name != "resourceType" for name in source):
            self._work.edit(f"{locator}/*", Action.REMOVE, "document:fhir-unknown-element", SOURCE)
        return result

    def _is_personal(self, type_name: str, name: str) -> bool:
        return type_name == "Patient" and name == "gender" and not self._work.settings.patient_characteristics

    def _values(
        self, source: Any, element: fhir_types.Element, type_name: str, name: str, resource: str, where: str
    ) -> Any:
        if not element.many:
            return self._value(source, element, type_name, name, resource, where)
        if not isinstance(source, list):
            self._work.edit(where, Action.REMOVE, "document:fhir-unknown-element", SOURCE)
            return None
        values = [self._value(each, element, type_name, name, resource, where) for each in source]
        return [value for value in values if value is not None] or None

    def _value(
        self, source: Any, element: fhir_types.Element, type_name: str, name: str, resource: str, where: str
    ) -> Any:
        kind = element.kind
        if kind == "Resource":
            return self.resource(source, where)
        if fhir_types.is_type(kind):
            if not isinstance(source, dict):
                self._work.edit(where, Action.REMOVE, "document:fhir-unknown-element", SOURCE)
                return None
            special = self._special(kind, source, resource, where)
            return special if special is not None else self._complex(source, kind, resource, where) or None
        if kind == "bool" and isinstance(source, bool):
            return source
        if kind == "number" and isinstance(source, Number):
            return None if self._work.names_subject(source) else source
        if not isinstance(source, str) or isinstance(source, Number):
            self._work.edit(where, Action.REMOVE, "document:fhir-unknown-element", SOURCE)
            return None
        return self._primitive(source, element, type_name, name, where)

    def _special(self, kind: str, source: dict[str, Any], resource: str, where: str) -> dict[str, Any] | None:
        if kind in ("Coding", "CodeableConcept"):
            return None if kind == "CodeableConcept" else self._coding(source, where)
        if kind == "Identifier":
            return self._identifier(source, resource, where)
        if kind == "Reference":
            return self._links.reference(source, where)
        if kind == "Attachment":
            return self._attachment(source, where)
        return None

    def _primitive(self, source: str, element: fhir_types.Element, type_name: str, name: str, where: str) -> Any:
        kind, work = element.kind, self._work
        if kind == "date":
            return self._date(source, name, where)
        if kind == "code":
            return self._code(source, element, where)
        if kind == "id":
            return self._links.new_id(source, where)
        if kind == "xhtml":
            return self._clean_narrative(source, work, where)
        if kind == "time":
            return source if _TIME.fullmatch(source) else None
        if kind in ("uri", "canonical", "oid", "uuid"):
            return self._links.uri(source, where)
        if kind == "base64":
            if type_name != "Binary":
                work.edit(where, Action.REMOVE, "document:fhir-binary", SOURCE)
            return None
        if _NUMBERS_AS_TEXT.fullmatch(source) and type_name == "SampledData":
            return source
        return work.text(source, where, multi_line=True) or None

    def _date(self, source: str, name: str, where: str) -> str | None:
        if name == "birthDate" and self._work.settings.birth_dates == "remove":
            self._work.edit(where, Action.REMOVE, "document:birth-date", SOURCE)
            return None
        shifted = shift_iso(source, self._work.shift_date)
        action = Action.REMOVE if shifted is None else Action.DATE
        self._work.edit(where, action, "document:date", "PS3.15 E.3.6; " + SOURCE)
        return shifted

    def _code(self, source: str, element: fhir_types.Element, where: str) -> str | None:
        if source in element.codes or _MIME.fullmatch(source) or _LANGUAGE.fullmatch(source):
            return None if self._work.names_subject(source) else source
        if not element.codes and len(source) <= 64 and self._work.is_clean(source):
            return source
        self._work.edit(where, Action.REMOVE, "document:code", SOURCE)
        return None

    def _coding(self, source: dict[str, Any], where: str) -> dict[str, Any]:
        system, code, display = (str(source.get(key, "")) for key in ("system", "code", "display"))
        result: dict[str, Any] = {}
        if system:
            kept_system = self._links.uri(system, where)
            if kept_system:
                result["system"] = kept_system
        if system == "urn:ietf:rfc:3986":
            # The code is itself a URI, such as that of a SOP class
            target = self._links.uri(code, where)
            return result | ({"code": target} if target else {})
        if code and codes.kept_code(code, system, self._work):
            result["code"] = code
            if display and (kept := codes.meaning(display, self._work, where)):
                result["display"] = kept
        elif code:
            self._work.edit(where, Action.REMOVE, "document:code", SOURCE)
        elif display:
            result["display"] = self._work.text(display, where)
        return result

    def _identifier(self, source: dict[str, Any], resource: str, where: str) -> dict[str, Any]:
        self._work.edit(where, Action.ID, "document:fhir-identifier", SOURCE)
        result: dict[str, Any] = {}
        if source.get("use") in ("usual", "official", "temp", "secondary", "old"):
            result["use"] = source["use"]
        value = str(source.get("value", "")).strip()
        if isinstance(source.get("type"), dict):
            result["type"] = self._complex(source["type"], "CodeableConcept", resource, where + "/type")
        if system := str(source.get("system", "")):
            result["system"] = self._links.uri(system, where) or "urn:oid:" + self._work.uid_of(system)
        if value:
            result["value"] = self._new_value(value, resource, where)
        if isinstance(source.get("period"), dict):
            result["period"] = self._complex(source["period"], "Period", resource, where + "/period")
        return result

    def _new_value(self, value: str, resource: str, where: str) -> str:
        if resource == "Patient" and where.endswith("/Patient/identifier"):
            return self._work.pseudonym
        bare = value.removeprefix("urn:oid:").removeprefix("urn:uuid:")
        if codes.UUID.fullmatch(bare) or (codes.OID.fullmatch(bare) and bare.count(".") >= 4):
            return ("urn:oid:" if bare != value else "") + self._work.instance_uid(bare)
        return self._work.new_id(value)

    def _attachment(self, source: dict[str, Any], where: str) -> dict[str, Any]:
        result = self._complex(
            {name: value for name, value in source.items() if name != "data"}, "Attachment", "Attachment", where
        )
        if isinstance(source.get("data"), str):
            mime_type = str(source.get("contentType", ""))
            result["data"] = self._inner(source["data"], mime_type, where + "/data")
        return result

    def _inner(self, data: str, mime_type: str, where: str) -> str:
        try:
            raw = base64.b64decode("".join(data.split()), validate=True)
        except (binascii.Error, ValueError):
            raise Held("document-damaged", "a document inside the document is not base 64", where) from None
        inner = self._clean_inner(raw, mime_type, self._work)
        self._work.adopt(inner, mime_type, where)
        return base64.b64encode(inner.data).decode("ascii")
