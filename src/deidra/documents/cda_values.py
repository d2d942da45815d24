"""Values of HL7 V3 data types in CDA: identifiers, codes, times, quantities (HL7 V3 Data Types R1)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from deidra.documents import cda_names, codes
from deidra.documents.dates import shift_hl7
from deidra.documents.work import IDENTIFIER_SOURCE, Work
from deidra.documents.xml_source import XSI, local_name
from deidra.model import Action

if TYPE_CHECKING:
    from lxml.etree import _Element

_TYPE = f"{{{XSI}}}type"
NUMBER = re.compile(r"[+-]?(\d{1,20}(\.\d{0,20})?|\.\d{1,20})([eE][+-]?\d{1,3})?")
_TEMPLATE_VERSION = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}(\.\d{1,3}){0,3}")
SOURCE = "HL7 CDA R2; " + IDENTIFIER_SOURCE


def data_type(element: _Element) -> str:
    """The xsi:type of a value without its prefix, "" for none."""
    return str(element.get(_TYPE, "")).rpartition(":")[2]


def new_root(root: str, work: Work) -> str:
    """The OID that stands for an OID or UUID; "" for what is neither."""
    return work.uid_of(root) if _is_uid(root) else ""


def _is_uid(value: str) -> bool:
    return codes.OID.fullmatch(value) is not None or codes.UUID.fullmatch(value) is not None


def identifier(source: _Element, target: _Element, work: Work, locator: str, *, of_patient: bool) -> None:
    """II: the root as the UID it is, the extension as a new id; the patient's own as the pseudonym."""
    root, extension = str(source.get("root", "")).strip(), str(source.get("extension", "")).strip()
    # With an extension the root says who gave the number; alone it is the instance itself
    root = new_root(root, work) if extension or not _is_uid(root) else work.instance_uid(root)
    if root:
        target.set("root", root)
    if extension:
        target.set("extension", work.pseudonym if of_patient else work.new_id(extension))
    if not root and not extension:
        target.set("nullFlavor", "MSK" if source.get("root") else _null(source))
    work.edit(locator, Action.ID if extension else Action.UID, "document:cda-id", SOURCE)


def template(source: _Element, target: _Element, work: Work, locator: str) -> None:
    """templateId and typeId: which template a part follows; registered, the same for everybody."""
    root, extension = str(source.get("root", "")), str(source.get("extension", ""))
    if local_name(source) == "typeId":
        target.set("root", "2.16.840.1.113883.1.3")
        target.set("extension", "POCD_HD000040")
        return
    if codes.OID.fullmatch(root) and not work.names_subject(root):
        target.set("root", root)
        if _TEMPLATE_VERSION.fullmatch(extension):
            target.set("extension", extension)
    else:
        target.set("nullFlavor", "MSK")
        work.edit(locator, Action.REMOVE, "document:cda-template", SOURCE)


def coded(source: _Element, target: _Element, work: Work, locator: str) -> None:
    """CD, CE, CV, CS: the code, its system and its meaning."""
    system = str(source.get("codeSystem", "")).strip()
    code = str(source.get("code", "")).strip()
    public = codes.is_public_system(system)
    if code:
        if (not system and code in cda_names.RIM_VALUES) or codes.kept_code(code, system, work):
            target.set("code", code)
        else:
            target.set("nullFlavor", "MSK")
            work.edit(locator, Action.REMOVE, "document:code", SOURCE)
    elif source.get("nullFlavor"):
        target.set("nullFlavor", _null(source))
    if system:
        # A local system's OID names the institution
        mapped = system if public else new_root(system, work)
        if mapped:
            target.set("codeSystem", mapped)
        if mapped != system:
            work.edit(locator, Action.UID, "document:cda-code-system", SOURCE)
    name = str(source.get("codeSystemName", ""))
    if public and name:
        name = codes.system_name(system) or name
    for attribute, value in (("codeSystemName", name), ("displayName", str(source.get("displayName", "")))):
        kept = codes.meaning(value, work, locator) if value else ""
        if kept and target.get("nullFlavor") is None:
            target.set(attribute, kept)


def time(source: _Element, target: _Element, work: Work, locator: str) -> None:
    """TS and the ends of IVL_TS: shifted, masked when that cannot be done."""
    value = str(source.get("value", "")).strip()
    if not value:
        if source.get("nullFlavor"):
            target.set("nullFlavor", _null(source))
        return
    shifted = shift_hl7(value, work.shift_date)
    if shifted is None:
        target.set("nullFlavor", "MSK")
        work.edit(locator, Action.REMOVE, "document:date", SOURCE)
    else:
        target.set("value", shifted)
        work.edit(locator, Action.DATE, "document:date", "PS3.15 E.3.6; " + SOURCE)


def quantity(source: _Element, target: _Element, work: Work, locator: str) -> None:
    """PQ, INT, REAL, BL: numbers and units stay to the digit."""
    for attribute in ("value", "unit"):
        value = str(source.get(attribute, "")).strip()
        if not value:
            continue
        number = NUMBER.fullmatch(value) is not None or value in ("true", "false")
        if (number or (attribute == "unit" and _is_unit(value, work))) and not work.names_subject(value):
            target.set(attribute, value)
        else:
            target.set("nullFlavor", "MSK")
            work.edit(locator, Action.REMOVE, "document:quantity", SOURCE)
    if source.get("nullFlavor"):
        target.set("nullFlavor", _null(source))


def _is_unit(value: str, work: Work) -> bool:
    if not codes.UCUM.fullmatch(value):
        return False
    return not any(len(run) > 3 for run in re.findall(r"[A-Za-z]+", value)) or work.is_clean(value)


def _null(source: _Element) -> str:
    flavor = str(source.get("nullFlavor", ""))
    return flavor if flavor in cda_names.RIM_VALUES and len(flavor) <= 4 else "NI"
