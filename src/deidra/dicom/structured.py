"""Content items: which of them go, and which rules hold for those that stay (PS3.15 E.3.4, PS3.3 C.17.3).

An item of a content sequence is judged by its concept name and value type. One that Table E.3.4-1 does not list meets
the rules of its attributes like any other; a listed one goes with all below it, or meets rules of its own for its
value. Both are worked out once per concept name, place and subject.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from deidra.dicom.dummies import CODE_VALUE, CODING_SCHEME
from deidra.dicom.rules import Place
from deidra.dicom.stream import IMPLICIT_LITTLE, Element, Encoding, items_of
from deidra.errors import Rejected
from deidra.policy.compile import Rule
from deidra.policy.content import Code

CONTENT_SEQUENCE = 0x0040A730
RELATIONSHIP_TYPE, VALUE_TYPE, CONCEPT_NAME = 0x0040A010, 0x0040A040, 0x0040A043
_LONG_CODE, _URN_CODE, _EQUIVALENT_CODES = 0x00080119, 0x00080120, 0x00080121
_MEASURED_VALUE, _NUMERIC_VALUE, _UNITS = 0x0040A300, 0x0040A30A, 0x004008EA
_OLDEST_YEARS = 89
_DAYS_PER_YEAR = 365.25
# UCUM units of time per year; an age in any other unit is taken for years
_PER_YEAR = {"mo": 12.0, "wk": _DAYS_PER_YEAR / 7, "d": _DAYS_PER_YEAR, "h": _DAYS_PER_YEAR * 24}
_MEMO_LIMIT = 4096
_LONGEST_NAME_BYTES = 1024


class Fate(NamedTuple):
    """What becomes of items: they go by a rule (`ages`: only those with an age over 89), or stay at a place."""

    place: Place
    goes: Rule | None = None
    ages: bool = False


def judged(place: Place, buf: bytes, elements: list[Element], encoding: Encoding, depth: int) -> Place | Rule:
    """The place whose rules hold for the content item of `elements`, or the rule by which it goes.

    `place`: the items of a content sequence; `depth`: of the data set that the item is.
    """
    concept: Element | None = None
    relationship = value_type = name = b""
    for element in elements:
        tag = element[0]
        if tag == VALUE_TYPE and not value_type:
            value_type = buf[element[3] : element[4]]
        elif tag == CONCEPT_NAME and not name:
            concept, name = element, buf[element[2] : element[4]]
        elif tag == RELATIONSHIP_TYPE and not relationship:
            relationship = buf[element[3] : element[4]]
    fates, key = place.content, (relationship, value_type, name)
    fate = fates.get(key)
    if fate is None:
        names = list(_codes(buf, concept, encoding, depth)) if concept else []
        fate = _fate(place, names, value_type, selected=_text(relationship) == "SELECTED FROM")
        if len(fates) < _MEMO_LIMIT and sum(map(len, key)) <= _LONGEST_NAME_BYTES:
            fates[key] = fate
    if fate.goes is None or (fate.ages and not _over_89(buf, elements, encoding, depth)):
        return fate.place
    return fate.goes


def _fate(place: Place, names: list[Code], value_type: bytes, *, selected: bool) -> Fate:
    rules = place.content_rules(names, _text(value_type).upper(), selected=selected)
    if rules is None:
        return Fate(place)
    return Fate(place.with_rules(rules.values) if rules.values else place, rules.item, rules.ages)


def _codes(buf: bytes, element: Element, encoding: Encoding, depth: int) -> Iterator[Code]:
    """(code, scheme) of the entries of a code sequence, each followed by its equivalent codes."""
    try:
        items = items_of(buf, element, encoding, depth)
    except Rejected:
        return  # the walk meets the same bytes and says what becomes of them
    inner = IMPLICIT_LITTLE if element[1] == "UN" else encoding
    for _, _, _, elements, _ in items:
        code = scheme = ""
        for tag, _, _, value, stop, _ in elements:
            if tag == CODING_SCHEME:
                scheme = _text(buf[value:stop])
            elif tag in (CODE_VALUE, _LONG_CODE, _URN_CODE):
                code = code or _text(buf[value:stop])
        yield code, scheme
        for nested in elements:
            if nested[0] == _EQUIVALENT_CODES:
                yield from _codes(buf, nested, inner, depth + 1)


def _over_89(buf: bytes, elements: list[Element], encoding: Encoding, depth: int) -> bool:
    """Whether a numeric item says more than 89 years, or does not say clearly how many."""
    units: list[Code] = []
    for element in elements:
        tag, vr, _, value, stop, _ = element
        if tag == _UNITS:
            units = list(_codes(buf, element, encoding, depth))
        elif tag == _MEASURED_VALUE:
            try:
                items = items_of(buf, element, encoding, depth)
            except Rejected:
                return True
            inner = IMPLICIT_LITTLE if vr == "UN" else encoding
            return any(_over_89(buf, item[3], inner, depth + 1) for item in items)
        elif tag == _NUMERIC_VALUE:
            try:
                age = float(buf[value:stop].strip(b" \0") or b"0")
            except ValueError:
                return True
            return not age / _PER_YEAR.get(units[0][0] if units else "", 1.0) <= _OLDEST_YEARS
    return False


def _text(raw: bytes) -> str:
    return raw.decode("latin-1").strip(" \0")
