"""Ids, references and URIs of FHIR, mapped so that those inside one collection still meet (FHIR R4 2.3)."""

from __future__ import annotations

import re
from typing import Any

from deidra.documents import codes
from deidra.documents.work import IDENTIFIER_SOURCE, Work
from deidra.model import Action

_ID = r"[A-Za-z0-9.-]{1,64}"
_RELATIVE = re.compile(rf"(?:.*/)?([A-Z][A-Za-z]{{2,40}})/({_ID})(?:/_history/{_ID})?(?:#.*)?")
_KNOWN = re.compile(
    r"http://(hl7\.org/fhir|terminology\.hl7\.org|dicom\.nema\.org|www\.dicomstandard\.org)(/[A-Za-z0-9._-]{1,60}){0,4}"
    r"(\|[0-9.]{1,12})?"
)
# Registered by PS3.6: SOP classes, transfer syntaxes, coding schemes
_DICOM = re.compile(r"urn:oid:1\.2\.840\.10008(\.\d{1,6}){1,10}")
SOURCE = "HL7 FHIR R4B references; " + IDENTIFIER_SOURCE


class Links:
    """Gives every id of a document its new one."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def new_id(self, value: str, locator: str) -> str:
        """The new logical id of a resource."""
        self._work.edit(locator, Action.ID, "document:fhir-id", SOURCE)
        if codes.OID.fullmatch(value) and value.count(".") >= 4:
            # Series and instances of an ImagingStudy are named by their DICOM UIDs
            return self._work.instance_uid(value)
        return self._work.new_id(value)

    def uri(self, value: str, locator: str) -> str | None:
        """A URI that may stand: one of the standards, or a mapped one; None for what points elsewhere."""
        value = value.strip()
        known = value in ("urn:dicom:uid", "urn:ietf:rfc:3986") or codes.is_public_system(value)
        if (known or _KNOWN.fullmatch(value) or _DICOM.fullmatch(value)) and not self._work.names_subject(value):
            return value
        self._work.edit(locator, Action.UID, "document:fhir-uri", SOURCE)
        return self.target(value)

    def target(self, value: str) -> str | None:
        """What a reference points to: relative, absolute, contained or by UUID or OID."""
        if value.startswith("#"):
            return "#" + self._work.new_id(value[1:]) if len(value) > 1 else value
        for scheme in ("urn:uuid:", "urn:oid:"):
            bare = value.removeprefix(scheme)
            if bare != value:
                fits = codes.UUID.fullmatch(bare) or codes.OID.fullmatch(bare)
                return "urn:oid:" + self._work.instance_uid(bare) if fits else None
        if codes.OID.fullmatch(value):
            return self._work.instance_uid(value)
        match = _RELATIVE.fullmatch(value)
        if match is None or not _is_resource(match[1]):
            return None
        return f"{match[1]}/{self._work.new_id(match[2])}"

    def reference(self, source: dict[str, Any], locator: str) -> dict[str, Any]:
        """A Reference without its display; with its target and identifier mapped."""
        result: dict[str, Any] = {}
        target = self.target(str(source.get("reference", "")).strip())
        if target:
            result["reference"] = target
        if _is_resource(str(source.get("type", ""))):
            result["type"] = source["type"]
        identifier = source.get("identifier")
        if isinstance(identifier, dict) and identifier.get("value"):
            number = str(identifier["value"]).strip()
            of_patient = result.get("type") == "Patient" or str(target).startswith("Patient/")
            bare = number.removeprefix("urn:oid:").removeprefix("urn:uuid:")
            if codes.UUID.fullmatch(bare) or (codes.OID.fullmatch(bare) and bare.count(".") >= 4):
                value = ("urn:oid:" if bare != number else "") + self._work.instance_uid(bare)
            else:
                value = self._work.pseudonym if of_patient else self._work.new_id(number)
            result["identifier"] = {"value": value}
            system = self.uri(str(identifier.get("system", "")), locator)
            if system:
                result["identifier"] = {"system": system, "value": value}
        self._work.edit(locator, Action.ID, "document:fhir-reference", SOURCE)
        return result


def _is_resource(name: str) -> bool:
    from deidra.documents.fhir_types import resources

    return name in resources()
