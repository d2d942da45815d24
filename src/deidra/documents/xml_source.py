"""XML opened as if somebody hostile had written it: no DTD, no entities, no network, bounded depth and size."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from deidra.documents.decoding import require_content
from deidra.documents.work import Settings, missing
from deidra.errors import Held, Rejected

if TYPE_CHECKING:
    from lxml.etree import _Element

XSI = "http://www.w3.org/2001/XMLSchema-instance"
XML = "http://www.w3.org/XML/1998/namespace"
XHTML = "http://www.w3.org/1999/xhtml"
HL7_V3 = "urn:hl7-org:v3"
FHIR = "http://hl7.org/fhir"
_CHUNK_BYTES = 1 << 16
_DOCTYPE = re.compile(r"<!(DOCTYPE|ENTITY)")


def parse(data: bytes, settings: Settings) -> _Element:
    """The root element. Raises Rejected when it is not well-formed, Held when it declares a DTD or is too much."""
    try:
        from lxml import etree
    except ImportError:
        raise missing("lxml") from None
    data = data.rstrip(b"\0")
    require_content(data)
    if len(data) > settings.max_text_bytes:
        raise Held("document-too-large", f"more than {settings.max_text_bytes >> 20} MiB of XML")
    _refuse_dtd(data)
    parser = etree.XMLPullParser(
        events=("start", "end"),
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    meter = _Meter(settings)
    try:
        for start in range(0, len(data), _CHUNK_BYTES):
            parser.feed(data[start : start + _CHUNK_BYTES])
            meter.count(parser.read_events())
        root: _Element = parser.close()
    except etree.XMLSyntaxError:
        # The parser has a limit of depth of its own; its words quote the document
        meter.count(parser.read_events())
        raise Rejected("document-damaged", "the XML is not well-formed") from None
    tree = root.getroottree()
    if tree.docinfo.internalDTD is not None:
        raise Held("xml-dtd", "the XML declares a document type; entities are never expanded")
    return root


class _Meter:
    """Counts elements and depth while the tree grows; raises Held at the limits."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._depth = self._elements = 0

    def count(self, events: Iterable[Any]) -> None:
        for event, _ in events:
            self._depth += 1 if event == "start" else -1
            self._elements += event == "start"
            if self._depth > self._settings.max_depth:
                raise Held("document-too-deep", f"XML nested deeper than {self._settings.max_depth} levels")
            if self._elements > self._settings.max_elements:
                raise Held("document-too-large", f"more than {self._settings.max_elements} XML elements")


def _refuse_dtd(data: bytes) -> None:
    """A DTD stands before the root element, in whatever character set: look for it before anything is parsed."""
    head = data[:_CHUNK_BYTES]
    readings = [head.decode("latin-1")]
    if b"\0" in head:
        readings += [head.decode("utf-16-le", "replace"), head.decode("utf-16-be", "replace")]
    for reading in readings:
        if _DOCTYPE.search(reading.split("<![CDATA[")[0]):
            raise Held("xml-dtd", "the XML declares a document type; entities are never expanded")


def local_name(element: _Element) -> str:
    """The name of an element without its namespace; "" for an entity reference left standing."""
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""


def namespace(element: _Element) -> str:
    """The namespace of an element, "" for none."""
    tag = element.tag if isinstance(element.tag, str) else ""
    return tag[1:].partition("}")[0] if tag.startswith("{") else ""


def text_of(element: _Element) -> str:
    """All text inside an element."""
    return "".join(str(text) for text in element.itertext())


def new_root(space: str, name: str, **prefixes: str) -> _Element:
    """An element in a default namespace, with the other namespaces that its tree will need."""
    from lxml import etree

    spaces: Any = {None: space, **prefixes}
    return etree.Element(f"{{{space}}}{name}", nsmap=spaces)


def written(root: _Element) -> bytes:
    """A tree as UTF-8 with a declaration, and nothing that stood around the root."""
    from lxml import etree

    body: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return body
