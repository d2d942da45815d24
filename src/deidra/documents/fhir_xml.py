"""FHIR in XML: brought into the JSON form by data type, cleaned there, written back in the order of the schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deidra.documents import fhir_types
from deidra.documents.cda_values import NUMBER
from deidra.documents.fhir import CleanInner, Number
from deidra.documents.fhir_json import clean_root
from deidra.documents.work import IDENTIFIER_SOURCE, Work
from deidra.documents.xml_source import FHIR, local_name, namespace, new_root, parse, written
from deidra.model import Action

if TYPE_CHECKING:
    from lxml.etree import _Element


def clean_fhir_xml(data: bytes, work: Work, clean_inner: CleanInner) -> bytes:
    """A FHIR resource in XML, cleaned. Raises Held for what is no FHIR resource."""
    root = parse(data, work.settings)
    cleaned = clean_root(_resource(root, work), work, clean_inner)
    result = new_root(FHIR, str(cleaned["resourceType"]))
    _write(cleaned, str(cleaned["resourceType"]), result)
    return written(result)


def _resource(source: _Element, work: Work) -> dict[str, Any]:
    name = local_name(source)
    return {"resourceType": name, **_complex(source, name, work)}


def _complex(source: _Element, type_name: str, work: Work) -> dict[str, Any]:
    elements = fhir_types.elements(type_name)
    result: dict[str, Any] = {}
    for child in source:
        name = local_name(child)
        element = elements.get(name)
        if element is None or (namespace(child) != FHIR and element.kind != "xhtml"):
            work.edit("xml:/*", Action.REMOVE, "document:fhir-unknown-element", IDENTIFIER_SOURCE)
            continue
        value = _value(child, element.kind, work)
        if value is None:
            continue
        if element.many:
            result.setdefault(name, []).append(value)
        else:
            result[name] = value
    return result


def _value(source: _Element, kind: str, work: Work) -> Any:
    if kind == "Resource":
        return _resource(source[0], work) if len(source) else None
    if fhir_types.is_type(kind):
        return _complex(source, kind, work)
    if kind == "xhtml":
        from lxml import etree

        return str(etree.tostring(source, encoding="unicode", with_tail=False))
    value = source.get("value")
    if value is None:
        return None
    if kind == "bool":
        return {"true": True, "false": False}.get(str(value))
    if kind == "number":
        return Number(value) if NUMBER.fullmatch(str(value)) else None
    return str(value)


def _write(source: dict[str, Any], type_name: str, target: _Element) -> None:
    from lxml import etree

    for name, element in fhir_types.elements(type_name).items():
        if name not in source:
            continue
        for value in source[name] if element.many else [source[name]]:
            if element.kind == "xhtml":
                # Written by the narrative cleaner, so well-formed
                target.append(etree.fromstring(value, etree.XMLParser(resolve_entities=False, no_network=True)))
                continue
            child = etree.SubElement(target, f"{{{FHIR}}}{name}")
            if element.kind == "Resource":
                inner = etree.SubElement(child, f"{{{FHIR}}}{value['resourceType']}")
                _write(value, str(value["resourceType"]), inner)
            elif isinstance(value, dict):
                _write(value, element.kind, child)
            else:
                child.set("value", str(value).lower() if isinstance(value, bool) else str(value))
