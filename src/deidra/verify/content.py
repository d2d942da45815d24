"""Content items of structured reports that the options keep, by their concept name (PS3.15 Table E.3.4-1)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from deidra.standard.confidentiality import structured_content
from deidra.standard.vocabulary import is_public_scheme
from deidra.verify.places import Place, Step
from deidra.verify.texts import text_of

_CONCEPT_NAME, _CODE_VALUE = 0x0040A043, 0x00080100
# Text Value, Person Name, UID, DateTime, Date, Time, and the measured and coded values
_VALUES = frozenset({0x0040A160, 0x0040A123, 0x0040A124, 0x0040A120, 0x0040A121, 0x0040A122})

_SCHEME = 0x00080102
_CODES = frozenset({_CODE_VALUE, 0x00080104, 0x00080119})  # and Code Meaning, Long Code Value

Path = tuple[Step, ...]


def kept_items(places: Iterable[Place], options: frozenset[str]) -> frozenset[Path]:
    """Paths of the items whose value some option keeps (K)."""
    kept = _kept_concepts(options)
    return frozenset(
        place.path[:-1]
        for place in places
        if place.tag == _CODE_VALUE
        and place.value
        and place.path
        and place.path[-1].tag == _CONCEPT_NAME
        and text_of(place.value, place.vr, place.encodings) in kept
    )


def local_codes(places: Iterable[Place]) -> frozenset[Path]:
    """Paths of the items whose code belongs to no public scheme: value and meaning may say anything."""
    return frozenset(
        place.path
        for place in places
        if place.tag == _SCHEME
        and place.value
        and not is_public_scheme(text_of(place.value, place.vr, place.encodings))
    )


def is_local_code(place: Place, local: frozenset[Path]) -> bool:
    """Whether a place holds the value or the meaning of such a code."""
    return place.tag in _CODES and place.path in local


def is_kept_content(place: Place, kept: frozenset[Path]) -> bool:
    """Whether a place holds the value of such an item."""
    return place.tag in _VALUES and place.path in kept


@cache
def _kept_concepts(options: frozenset[str]) -> frozenset[str]:
    return frozenset(
        row.code for row in structured_content() if any(row.options.get(option) == "K" for option in options)
    )
