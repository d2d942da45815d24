"""XHTML narrative of FHIR (FHIR R4 2.4.1): marks kept, words cleaned, everything that points elsewhere gone."""

from __future__ import annotations

import re
from html.entities import name2codepoint
from typing import TYPE_CHECKING

from deidra.documents.joined import clean_pieces
from deidra.documents.naming import names
from deidra.documents.work import Work, missing
from deidra.documents.xml_source import XHTML, local_name, new_root, parse
from deidra.errors import ObjectError
from deidra.model import Action

if TYPE_CHECKING:
    from lxml.etree import _Element

SOURCE = "HL7 FHIR R4 2.4.1"
_BLOCKS = names(
    """div p ul ol li dl dt dd table thead tbody tfoot tr td th caption h1 h2 h3 h4 h5 h6 br hr pre blockquote"""
)
_KEPT = _BLOCKS | names("span b i em strong u sub sup small tt code a big col colgroup")
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,10});")
_XML_ENTITIES = frozenset(("amp", "lt", "gt", "quot", "apos"))
_SPAN = re.compile(r"\d{1,3}")


def clean_narrative(text: str, work: Work, locator: str) -> str:
    """A `div` in, a clean `div` out; an empty one when it cannot be read."""
    try:
        from lxml import etree
    except ImportError:
        raise missing("lxml") from None
    target = new_root(XHTML, "div")
    try:
        source = parse(_without_entities(text).encode("utf-8"), work.settings)
    except ObjectError:
        work.edit(locator, Action.REMOVE, "document:narrative", SOURCE)
    else:
        pieces: list[tuple[str, str]] = []
        places: list[tuple[_Element, str]] = []
        _copy(source, target, work, locator, pieces, places)
        for (element, where), cleaned in zip(places, clean_pieces(pieces, work, locator), strict=True):
            setattr(element, where, cleaned)
    result: str = etree.tostring(target, encoding="unicode")
    return result


def _without_entities(text: str) -> str:
    def character(match: re.Match[str]) -> str:
        if match[1] in _XML_ENTITIES or match[1] not in name2codepoint:
            return match[0]
        return chr(name2codepoint[match[1]])

    return _ENTITY.sub(character, text)


def _copy(
    source: _Element,
    target: _Element,
    work: Work,
    locator: str,
    pieces: list[tuple[str, str]],
    places: list[tuple[_Element, str]],
) -> None:
    from lxml import etree

    for key, value in source.attrib.items():
        if key in ("colspan", "rowspan") and _SPAN.fullmatch(str(value)):
            target.set(str(key), str(value))
        else:
            work.edit(locator, Action.REMOVE, "document:narrative-attribute", SOURCE)
    if source.text:
        pieces.append((source.text, ""))
        places.append((target, "text"))
    for child in source:
        name = local_name(child)
        kept = name in _KEPT
        made = etree.SubElement(target, f"{{{XHTML}}}{name if kept else 'span'}")
        if kept:
            _break_line(name, pieces)
            _copy(child, made, work, locator, pieces, places)
            _break_line(name, pieces)
        else:
            work.edit(locator, Action.REMOVE, "document:narrative-element", SOURCE)
        if child.tail:
            pieces.append((child.tail, ""))
            places.append((made, "tail"))


def _break_line(name: str, pieces: list[tuple[str, str]]) -> None:
    if name in _BLOCKS and pieces and not pieces[-1][1]:
        pieces[-1] = (pieces[-1][0], "\n")
