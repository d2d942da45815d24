"""Addresses of values inside an object, printed as everywhere: ``dcm:(0040,0275)[0]/(0032,1060)``."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import NamedTuple

from deidra.standard.dictionary import is_known_creator

_ADDRESSES_CACHED = 10_000
PIXEL_DATA = frozenset({0x7FE00008, 0x7FE00009, 0x7FE00010})


class Step(NamedTuple):
    """An item of a sequence; `creator` is that of a private sequence, else empty."""

    tag: int
    creator: str
    item: int


class Place(NamedTuple):
    """One value as it stands in the object.

    `value` holds its bytes as encoded, or None where they were left in the file. `start` and `stop` are offsets of
    the value in the stream of the data set; those of nested elements are the offsets of the outermost sequence.
    """

    path: tuple[Step, ...]
    tag: int
    creator: str
    vr: str
    value: bytes | None
    start: int
    stop: int
    encodings: tuple[str, ...]
    little_endian: bool

    @property
    def inside(self) -> tuple[int, ...]:
        """Tags of the enclosing sequences, outermost first."""
        return tuple(step.tag for step in self.path)

    @property
    def private(self) -> bool:
        """Whether the element or one around it is private."""
        return bool(self.tag >> 16 & 1) or any(step.tag >> 16 & 1 for step in self.path)


def key(tag: int, creator: str) -> tuple[int, str]:
    """What names an element wherever its private block was put."""
    return (tag & 0xFFFF00FF, creator.strip()) if tag >> 16 & 1 and tag & 0xFF00 else (tag, "")


def locator(place: Place) -> str:
    """The address of a value."""
    return _address(place.path, place.tag, place.creator)


def pattern(place: Place) -> str:
    """The address without item numbers: what the values of many objects have in common."""
    return "dcm:" + "/".join([*(f"{_name(s.tag, s.creator)}[]" for s in place.path), _name(place.tag, place.creator)])


@lru_cache(_ADDRESSES_CACHED)
def _address(path: tuple[Step, ...], tag: int, creator: str) -> str:
    return "dcm:" + "/".join([*(f"{_name(s.tag, s.creator)}[{s.item}]" for s in path), _name(tag, creator)])


@cache
def _name(tag: int, creator: str) -> str:
    if not creator:
        return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"
    shown = creator.strip() if is_known_creator(creator) else "?"  # any other creator may itself hold a name
    return f'({tag >> 16:04X},"{shown}",{tag & 0xFF:02X})'
