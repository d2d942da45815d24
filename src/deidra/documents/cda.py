"""CDA R2 written anew from what is known of it: what the standard does not name, the result does not have.

Header and entries go by element and data type, narrative text through the cleaner, as a whole section at a time.
Comments, processing instructions, other namespaces, schema locations and prefixes do not come along.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from deidra.documents import cda_names, cda_values
from deidra.documents.joined import clean_pieces
from deidra.documents.naming import names
from deidra.documents.work import CleanedDocument, Work
from deidra.documents.xml_source import HL7_V3, XML, XSI, local_name, namespace, new_root, parse, text_of, written
from deidra.errors import Held
from deidra.model import Action

if TYPE_CHECKING:
    from lxml.etree import _Element

SOURCE = cda_values.SOURCE
_NAMING_TYPES = frozenset(("ST", "ED", "SC", "TEL", "AD", "EN", "PN", "ON", "TN", "ANY"))
# How a document inside the document is cleaned: (data, MIME type, work of the outer one)
CleanInner = Callable[[bytes, str, Work], CleanedDocument]
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z]{2,4})?")
_STRUCTURAL = names(
    """classCode moodCode typeCode determinerCode contextControlCode contextConductionInd negationInd inversionInd
    nullFlavor operator inclusive institutionSpecified use mediaType representation isCriterionInd unsorted"""
)
_NARRATIVE_ATTRIBUTES = {
    "align": r"left|center|right|justify|char",
    "valign": r"top|middle|bottom|baseline",
    "colspan": r"\d{1,3}",
    "rowspan": r"\d{1,3}",
    "span": r"\d{1,3}",
    "border": r"\d{1,3}",
    "cellpadding": r"\d{1,3}%?",
    "cellspacing": r"\d{1,3}%?",
    "width": r"\d{1,5}(%|px|em|pt)?",
    "listType": r"ordered|unordered",
    "revised": r"insert|delete",
    "styleCode": r"(Bold|Underline|Italics|Emphasis|[LRTB]rule|Arabic|LittleRoman|BigRoman|LittleAlpha|BigAlpha|Disc"
    r"|Circle|Square|[ ])+",
}


def clean_cda(data: bytes, work: Work, clean_inner: CleanInner) -> bytes:
    """A ClinicalDocument without its people. Raises Held when several patients share it."""
    root = parse(data, work.settings)
    if namespace(root) != HL7_V3 or local_name(root) != "ClinicalDocument":
        raise Held("unknown-structure", "the XML is no ClinicalDocument of HL7 V3")
    if sum(1 for child in root if local_name(child) == "recordTarget") > 1:
        raise Held("several-subjects", "the document is about more than one patient")
    result = new_root(HL7_V3, "ClinicalDocument", xsi=XSI)
    _Writer(work, clean_inner).fill(root, result, "xml:/ClinicalDocument")
    identifier = result.find(f"{{{HL7_V3}}}id")
    if identifier is not None:
        work.identifier = "^".join(filter(None, (identifier.get("root"), identifier.get("extension"))))
    return written(result)


class _Writer:
    """Writes one document; remembers the ids that references inside it point to."""

    def __init__(self, work: Work, clean_inner: CleanInner) -> None:
        self._work = work
        self._clean_inner = clean_inner
        self._anchors: dict[str, str] = {}

    def fill(self, source: _Element, target: _Element, locator: str) -> None:
        """Attributes and children of a structural element."""
        self._structural_attributes(source, target, locator)
        if (source.text or "").strip():
            self._work.edit(locator, Action.REMOVE, "document:cda-stray-text", SOURCE)
        for child in source:
            self._child(child, target, locator)

    def _child(self, source: _Element, parent: _Element, above: str) -> None:
        name = local_name(source)
        if namespace(source) != HL7_V3 or not (writer := self._writer_of(name, source)):
            # The name may itself be what identifies
            self._work.edit(f"{above}/*", Action.REMOVE, "document:cda-unknown-element", SOURCE)
            return
        if (source.tail or "").strip():
            self._work.edit(above, Action.REMOVE, "document:cda-stray-text", SOURCE)
        target = _append(parent, name)
        writer(source, target, f"{above}/{name}")

    def _writer_of(self, name: str, source: _Element) -> Callable[[_Element, _Element, str], None] | None:
        if name == "reference" and source.get("value") is not None:
            return self._reference
        if name in cda_names.DROPPED:
            return None
        if name in cda_names.PERSONAL_CODES and not self._work.settings.patient_characteristics:
            return None
        if name == "name" and local_name(_parent(source)) in cda_names.THINGS:
            return self._words
        table: dict[str, Callable[[_Element, _Element, str], None]] = {
            "id": self._identifier,
            "setId": self._identifier,
            "templateId": self._template,
            "typeId": self._template,
            "realmCode": self._small_code,
            "languageCode": self._small_code,
            "title": self._words,
            "text": self._text,
            "originalText": self._text,
            "value": self._value,
            "manufacturerModelName": self._words,
            "softwareName": self._words,
            "lotNumberText": self._masked,
            "derivationExpr": self._masked,
        }
        if name in table:
            return table[name]
        for members, writer in (
            (cda_names.STRUCTURE, self.fill),
            (cda_names.CODED, self._coded),
            (cda_names.MASKED, self._masked),
            (cda_names.TIMES, self._time),
            (cda_names.QUANTITIES, self._quantity),
        ):
            if name in members:
                return writer
        return None

    def _structural_attributes(self, source: _Element, target: _Element, locator: str) -> None:
        for key, value in source.attrib.items():
            name = str(key)
            if name in _STRUCTURAL and str(value) in cda_names.RIM_VALUES:
                target.set(name, str(value))
            elif name == "ID":
                target.set("ID", self._anchor(str(value)))
            elif name.startswith(f"{{{XSI}}}type") and cda_values.data_type(source) in cda_names.DATA_TYPES:
                target.set(f"{{{XSI}}}type", cda_values.data_type(source))
            elif name == f"{{{XML}}}lang" and _LANGUAGE.fullmatch(str(value)):
                target.set(name, str(value))
            elif name not in _BY_VALUE_WRITERS:
                self._work.edit(locator, Action.REMOVE, "document:cda-unknown-attribute", SOURCE)

    def _anchor(self, name: str) -> str:
        return self._anchors.setdefault(name, f"a{len(self._anchors) + 1}")

    def _identifier(self, source: _Element, target: _Element, locator: str) -> None:
        of_patient = local_name(_parent(source)) in ("patientRole", "patient")
        cda_values.identifier(source, target, self._work, locator, of_patient=of_patient)

    def _template(self, source: _Element, target: _Element, locator: str) -> None:
        cda_values.template(source, target, self._work, locator)

    def _small_code(self, source: _Element, target: _Element, locator: str) -> None:
        code = str(source.get("code", ""))
        if _LANGUAGE.fullmatch(code) and not self._work.names_subject(code):
            target.set("code", code)
        else:
            target.set("nullFlavor", "MSK")
            self._work.edit(locator, Action.REMOVE, "document:code", SOURCE)

    def _coded(self, source: _Element, target: _Element, locator: str) -> None:
        self._structural_attributes(source, target, locator)
        cda_values.coded(source, target, self._work, locator)
        for child in source:
            if local_name(child) in ("originalText", "translation", "qualifier"):
                self._child(child, target, locator)
            elif local_name(child) in ("name", "value") and local_name(source) == "qualifier":
                self._coded(child, _append(target, local_name(child)), f"{locator}/{local_name(child)}")
            else:
                self._work.edit(f"{locator}/*", Action.REMOVE, "document:cda-unknown-element", SOURCE)

    def _masked(self, _: _Element, target: _Element, locator: str) -> None:
        target.set("nullFlavor", "MSK")
        self._work.edit(locator, Action.REMOVE, "document:cda-person", SOURCE)

    def _time(self, source: _Element, target: _Element, locator: str) -> None:
        if local_name(source) == "birthTime" and self._work.settings.birth_dates == "remove":
            self._masked(source, target, locator)
            return
        self._structural_attributes(source, target, locator)
        cda_values.time(source, target, self._work, locator)
        for child in source:
            name = local_name(child)
            if name in ("low", "high", "center", "comp"):
                self._time(child, _append(target, name), f"{locator}/{name}")
            elif name in ("width", "period"):
                self._quantity(child, _append(target, name), f"{locator}/{name}")
            elif name == "phase":
                self._time(child, _append(target, name), f"{locator}/{name}")
            elif name == "event":
                self._coded(child, _append(target, name), f"{locator}/{name}")

    def _quantity(self, source: _Element, target: _Element, locator: str) -> None:
        self._structural_attributes(source, target, locator)
        cda_values.quantity(source, target, self._work, locator)
        for child in source:
            name = local_name(child)
            if name in ("low", "high", "center", "width", "numerator", "denominator", "origin", "scale"):
                self._quantity(child, _append(target, name), f"{locator}/{name}")
            elif name == "translation":
                self._coded(child, _append(target, name), f"{locator}/{name}")
            elif name == "digits":
                self._digits(child, _append(target, name), locator)

    def _digits(self, source: _Element, target: _Element, locator: str) -> None:
        numbers = text_of(source).split()
        if all(cda_values.NUMBER.fullmatch(number) for number in numbers):
            target.text = " ".join(numbers)
        else:
            self._masked(source, target, locator)

    def _value(self, source: _Element, target: _Element, locator: str) -> None:
        """The value of an observation, by its declared type; of an image, nothing."""
        kind = cda_values.data_type(source)
        if kind in ("CD", "CE", "CV", "CS", "CO"):
            self._coded(source, target, locator)
        elif kind.endswith("_TS") or kind == "TS":
            self._time(source, target, locator)
        elif kind in ("ST", "ED") and source.get("representation") != "B64" and not source.get("mediaType"):
            self._structural_attributes(source, target, locator)
            self._text(source, target, locator)
        elif kind == "II":
            self._structural_attributes(source, target, locator)
            self._identifier(source, target, locator)
        elif kind in cda_names.DATA_TYPES - _NAMING_TYPES or (
            # The coordinates of a region of interest have no type (POCD_MT000040.RegionOfInterest.value)
            not kind and local_name(_parent(source)) == "regionOfInterest"
        ):
            self._quantity(source, target, locator)
        else:
            self._structural_attributes(source, target, locator)
            self._masked(source, target, locator)

    def _words(self, source: _Element, target: _Element, locator: str) -> None:
        self._structural_attributes(source, target, locator)
        target.text = self._work.text(text_of(source), locator)
        if not (target.text or "").strip():
            target.set("nullFlavor", "MSK")

    def _reference(self, source: _Element, target: _Element, locator: str) -> None:
        value = str(source.get("value", ""))
        if value.startswith("#"):
            target.set("value", "#" + self._anchor(value[1:]))
        else:
            self._masked(source, target, locator)

    def _text(self, source: _Element, target: _Element, locator: str) -> None:
        """Narrative, or text that stands alone, or a document wrapped in base 64."""
        parent = local_name(_parent(source))
        if parent == "nonXMLBody" or source.get("representation") == "B64":
            self._wrapped(source, target, locator)
            return
        pieces: list[tuple[str, str]] = []
        places: list[tuple[_Element, str]] = []
        self._narrative(source, target, locator, pieces, places)
        for (element, where), text in zip(places, clean_pieces(pieces, self._work, locator), strict=True):
            setattr(element, where, text)

    def _narrative(
        self,
        source: _Element,
        target: _Element,
        locator: str,
        pieces: list[tuple[str, str]],
        places: list[tuple[_Element, str]],
    ) -> None:
        """Copy marked-up text; gather its pieces, to be cleaned together."""
        self._narrative_attributes(source, target, locator)
        if source.text:
            pieces.append((source.text, ""))
            places.append((target, "text"))
        for child in source:
            written_child = self._narrative_child(child, target, locator, pieces, places)
            if child.tail and (written_child or child.tail.strip()):
                slot = (target[-1], "tail") if written_child else (_append(target, "content"), "text")
                pieces.append((child.tail, ""))
                places.append(slot)

    def _narrative_child(
        self,
        child: _Element,
        target: _Element,
        locator: str,
        pieces: list[tuple[str, str]],
        places: list[tuple[_Element, str]],
    ) -> bool:
        name = local_name(child)
        if name == "reference":
            self._reference(child, _append(target, "reference"), f"{locator}/reference")
            return True
        if namespace(child) != HL7_V3 or name not in _NARRATIVE:
            self._work.edit(f"{locator}/*", Action.REMOVE, "document:cda-unknown-element", SOURCE)
            return False
        if name in cda_names.NARRATIVE_BLOCKS:
            _break_line(pieces)
        self._narrative(child, _append(target, name), locator, pieces, places)
        if name in cda_names.NARRATIVE_BLOCKS:
            _break_line(pieces)
        return True

    def _narrative_attributes(self, source: _Element, target: _Element, locator: str) -> None:
        for key, value in source.attrib.items():
            name, text = str(key), str(value)
            shape = _NARRATIVE_ATTRIBUTES.get(name)
            if name in ("ID", "IDREF", "referencedObject"):
                anchors = [self._anchor(part) for part in text.split()]
                target.set(name, " ".join(anchors))
            elif name == "href" and text.startswith("#"):
                target.set(name, "#" + self._anchor(text[1:]))
            elif shape is not None and re.fullmatch(shape, text):
                target.set(name, text)
            elif not name.startswith(f"{{{XSI}}}") and name not in _STRUCTURAL:
                self._work.edit(locator, Action.REMOVE, "document:cda-unknown-attribute", SOURCE)

    def _wrapped(self, source: _Element, target: _Element, locator: str) -> None:
        """A document inside (CDA R2 4.3.1.1 nonXMLBody): cleaned as what it is. Raises Held when it cannot be."""
        mime_type = str(source.get("mediaType", "text/plain")).partition(";")[0].strip().lower()
        if source.get("representation") != "B64":
            inner = self._clean_inner(text_of(source).encode(), mime_type, self._work)
            target.text = inner.data.decode("utf-8")
        else:
            try:
                data = base64.b64decode("".join(text_of(source).split()), validate=True)
            except (binascii.Error, ValueError):
                raise Held("document-damaged", "a document inside the document is not base 64", locator) from None
            inner = self._clean_inner(data, mime_type, self._work)
            target.text = base64.b64encode(inner.data).decode("ascii")
            target.set("representation", "B64")
        target.set("mediaType", mime_type)
        self._work.adopt(inner, mime_type, locator)


_NARRATIVE = cda_names.NARRATIVE_BLOCKS | cda_names.NARRATIVE_INLINE
_BY_VALUE_WRITERS = names("root extension code codeSystem codeSystemName codeSystemVersion displayName value unit")


def _append(parent: _Element, name: str) -> _Element:
    from lxml import etree

    return etree.SubElement(parent, f"{{{HL7_V3}}}{name}")


def _parent(element: _Element) -> _Element:
    parent = element.getparent()
    return element if parent is None else parent


def _break_line(pieces: list[tuple[str, str]]) -> None:
    if pieces and not pieces[-1][1]:
        pieces[-1] = (pieces[-1][0], "\n")
