"""Which element of which FHIR resource has which data type (FHIR R4B), generated."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import msgspec


class Element(msgspec.Struct, frozen=True):
    """One element: its type, whether it repeats, and the codes it is bound to (empty: any)."""

    kind: str
    many: bool
    codes: frozenset[str]


class _Table(msgspec.Struct):
    resources: list[str]
    types: dict[str, dict[str, str]]


@cache
def _table() -> _Table:
    raw = files("deidra.documents").joinpath("data/fhir_r4.json").read_bytes()
    return msgspec.json.decode(raw, type=_Table)


@cache
def resources() -> frozenset[str]:
    """The names of all resources."""
    return frozenset(_table().resources)


@cache
def elements(type_name: str) -> dict[str, Element]:
    """The elements of a type, in the order that XML wants; empty for an unknown type."""
    found = {}
    for name, text in _table().types.get(type_name, {}).items():
        kind, _, codes = text.lstrip("*").partition(":")
        found[name] = Element(kind, text.startswith("*"), frozenset(codes.split("|")) if codes else frozenset())
    return found


def is_type(name: str) -> bool:
    """Whether `name` is a complex type."""
    return name in _table().types
