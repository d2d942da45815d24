"""XML of no known vocabulary: the tree stays, every text and attribute goes through the cleaner, also every name.

Names that do not survive become `removed`; so do the URIs of namespaces, except well-known ones. Prefixes are new.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from deidra.documents import codes
from deidra.documents.cda_values import NUMBER
from deidra.documents.dates import is_iso_date, shift_iso
from deidra.documents.joined import clean_pieces
from deidra.documents.work import IDENTIFIER_SOURCE, Work
from deidra.documents.xml_source import FHIR, HL7_V3, XHTML, XML, XSI, local_name, namespace, parse, written
from deidra.errors import Held
from deidra.model import Action

if TYPE_CHECKING:
    from lxml.etree import _Element

_SVG = "http://www.w3.org/2000/svg"
_KNOWN = frozenset((FHIR, HL7_V3, XHTML, XML, XSI, "http://dicom.nema.org/PS3.19/models"))
_DROPPED_ATTRIBUTES = ("schemaLocation", "noNamespaceSchemaLocation")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|[_.:-]")
_LONGEST_NUMBER = 6


def clean_other_xml(data: bytes, work: Work) -> bytes:
    """Any XML: as clean as its words."""
    writer = _Writer(work)
    root = writer.element(parse(data, work.settings), None, "xml:/0")
    writer.clean_texts()
    return written(root)


class _Writer:
    def __init__(self, work: Work) -> None:
        self._work = work
        self._names: dict[str, str] = {}
        self._spaces: dict[str, str] = {"": ""}
        self._pieces: list[tuple[str, str]] = []
        self._places: list[tuple[_Element, str]] = []

    def element(self, source: _Element, parent: _Element | None, locator: str) -> _Element:
        from lxml import etree

        if namespace(source) == _SVG or local_name(source) in ("html", "svg"):
            raise Held("examination-not-possible", "the XML draws: what it shows, nothing has read", locator)
        tag = self._tag(namespace(source), local_name(source), locator)
        target: _Element = etree.Element(tag) if parent is None else etree.SubElement(parent, tag)
        for key, value in source.attrib.items():
            self._attribute(str(key), str(value), target, locator)
        self._text(source.text, target, "text", locator)
        for number, child in enumerate(source):
            if not isinstance(child.tag, str):
                continue
            made = self.element(child, target, f"{locator}/{number}")
            self._text(child.tail, made, "tail", locator)
        return target

    def clean_texts(self) -> None:
        """The words of the whole tree at once: a name may stand in two neighbouring elements."""
        for (element, where), text in zip(self._places, clean_pieces(self._pieces, self._work, "xml:/"), strict=True):
            setattr(element, where, text)

    def _text(self, text: str | None, target: _Element, where: str, locator: str) -> None:
        if not text:
            return
        value = self._typed(text.strip(), locator) if where == "text" else None
        if not text.strip() or value is not None:
            setattr(target, where, text if value is None else value)
        else:
            self._pieces.append((text, "\n"))
            self._places.append((target, where))

    def _typed(self, value: str, locator: str) -> str | None:
        """A value that is a date, a UID or a small number as a whole; None when it is words."""
        if is_iso_date(value):
            self._work.edit(locator, Action.DATE, "document:date", IDENTIFIER_SOURCE)
            return shift_iso(value, self._work.shift_date) or ""
        if codes.UUID.fullmatch(value) or (codes.OID.fullmatch(value) and value.count(".") >= 4):
            self._work.edit(locator, Action.UID, "document:uid", IDENTIFIER_SOURCE)
            return self._work.instance_uid(value)
        short = sum(character.isdigit() for character in value.partition(".")[0]) <= _LONGEST_NUMBER
        if short and NUMBER.fullmatch(value) and not self._work.names_subject(value):
            return value
        return None

    def _attribute(self, key: str, value: str, target: _Element, locator: str) -> None:
        space, _, name = key[1:].rpartition("}") if key.startswith("{") else ("", "", key)
        if name in _DROPPED_ATTRIBUTES or (space == XML and name == "base"):
            self._work.edit(locator, Action.REMOVE, "document:xml-attribute", IDENTIFIER_SOURCE)
            return
        typed = self._typed(value.strip(), locator)
        target.set(self._tag(space, name, locator), self._work.text(value, locator) if typed is None else typed)

    def _tag(self, space: str, name: str, locator: str) -> str:
        if name not in self._names:
            words = " ".join(_HUMP.split(name))
            clean = self._work.is_clean(words) and self._work.is_clean(name)
            self._names[name] = name if clean else "removed"
            if not clean:
                self._work.edit(locator, Action.REMOVE, "document:xml-name", IDENTIFIER_SOURCE)
        if space not in self._spaces:
            self._spaces[space] = space if space in _KNOWN else f"urn:removed:{len(self._spaces)}"
        prefix = f"{{{self._spaces[space]}}}" if space else ""
        return prefix + self._names[name]
