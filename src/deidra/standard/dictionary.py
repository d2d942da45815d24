"""The data dictionary (PS3.6) with repeating groups, and VRs of private elements; tags are 0xGGGGEEEE."""

from __future__ import annotations

import sys
from functools import cache
from typing import TYPE_CHECKING

import msgspec

from deidra.standard._data import Header, load

if TYPE_CHECKING:
    from collections.abc import Mapping


class _Element(msgspec.Struct, frozen=True, array_like=True, gc=False):
    tag: int
    vr: str
    keyword: str
    name: str
    retired: int


class _Repeater(msgspec.Struct, frozen=True, array_like=True, gc=False):
    vr: str
    keyword: str
    name: str
    retired: int


class _DictionaryFile(msgspec.Struct, frozen=True):
    header: Header
    elements: tuple[_Element, ...]
    repeaters: dict[str, _Repeater]


class _PrivateFile(msgspec.Struct, frozen=True):
    header: Header
    creators: dict[str, dict[str, str]]


@cache
def _file() -> _DictionaryFile:
    return load("dictionary", _DictionaryFile)


@cache
def vr_table() -> Mapping[int, str]:
    """Tag -> VR as a plain dict, for hot loops. Without repeating groups: ask `vr` for what is not in it."""
    return {element.tag: sys.intern(element.vr) for element in _file().elements if element.vr}


@cache
def _elements() -> dict[int, _Element]:
    return {element.tag: element for element in _file().elements}


@cache
def _tags() -> dict[str, int]:
    return {element.keyword: element.tag for element in _file().elements if element.keyword}


@cache
def _repeaters() -> tuple[tuple[int, dict[int, tuple[str, _Repeater]]], ...]:
    """Per distinct mask of fixed digits: fixed part of the tag -> (printed mask, entry)."""
    by_bits: dict[int, dict[int, tuple[str, _Repeater]]] = {}
    for mask, entry in _file().repeaters.items():
        bits = int("".join("0" if digit == "x" else "F" for digit in mask), 16)
        by_bits.setdefault(bits, {})[int(mask.replace("x", "0"), 16)] = (mask, entry)
    return tuple(by_bits.items())


def _repeating(tag: int) -> tuple[str, _Repeater] | None:
    if tag >> 16 & 1:
        return None
    for bits, entries in _repeaters():
        found = entries.get(tag & bits)
        if found is not None:
            return found
    return None


def repeater_mask(tag: int) -> str | None:
    """The printed mask, e.g. "60xx3000", of an attribute of a repeating group; None for any other tag."""
    if tag in _elements():
        return None
    found = _repeating(tag)
    return found[0] if found else None


def _entry(tag: int) -> _Element | _Repeater | None:
    element = _elements().get(tag)
    if element is not None:
        return element
    found = _repeating(tag)
    return found[1] if found else None


def vr(tag: int) -> str | None:
    """VR of a standard attribute; "US or SS" and the like as printed; None if not known."""
    known = vr_table().get(tag)
    if known is not None:
        return known
    found = _repeating(tag)
    return found[1].vr if found else None


def keyword(tag: int) -> str:
    """Keyword of a standard attribute, "" if not known."""
    entry = _entry(tag)
    return entry.keyword if entry else ""


def name(tag: int) -> str:
    """Name of a standard attribute, "" if not known."""
    entry = _entry(tag)
    return entry.name if entry else ""


def tag_of(keyword: str) -> int | None:
    """Tag of a keyword; None if not known. Keywords of repeating groups have no single tag."""
    return _tags().get(keyword)


def is_retired(tag: int) -> bool:
    """Whether PS3.6 marks the attribute as retired. False for unknown tags."""
    entry = _entry(tag)
    return bool(entry and entry.retired)


@cache
def _private() -> dict[str, dict[str, str]]:
    return load("private_dictionary", _PrivateFile).creators


def private_vr(creator: str, group: int, low: int) -> str | None:
    """VR of a private element by creator, group and low byte of the element number; None if not known."""
    entries = _private().get(creator.strip("\0 "))
    if entries is None:
        return None
    return entries.get(f"{group:04X}xx{low:02X}") or entries.get(f"{group >> 8:02X}xxxx{low:02X}")


def is_known_creator(creator: str) -> bool:
    """Whether a dictionary knows the private creator. Any other creator may itself hold a name."""
    return creator.strip("\0 ") in _private()
