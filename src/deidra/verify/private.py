"""Private elements that are there although nobody vouches for them (PS3.15 E.3.10)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from deidra.standard.private_elements import SOURCES, safe_private
from deidra.verify.findings import Check, Finding, Severity
from deidra.verify.places import Place, locator

_CHARACTERISTICS = 0x00080300  # Private Data Element Characteristics Sequence: the object vouches for some itself
_NUMBERS = frozenset({"US", "SS", "UL", "SL", "FL", "FD", "SV", "UV", "DS", "IS", "AT", "CS"})

Step = int | tuple[int, str, int]


def private_findings(places: Iterable[Place], options: frozenset[str], *, stated: bool) -> Iterator[Finding]:
    """One finding for each private element that should not be there.

    Numbers are a note where private elements may stay at all, as far as anybody said: the standard itself suggests
    to keep them.
    """
    allowed = "safe-private" in options or not stated
    declares = any(place.path and place.path[0].tag == _CHARACTERISTICS for place in places)
    for place in places:
        if not place.tag >> 16 & 1 or place.tag & 0xFFFF < 0x0100 or not place.value:
            continue
        if allowed and _vouched(_path(place)):
            continue
        harmless = allowed and (place.vr in _NUMBERS or declares)
        severity = Severity.NOTE if harmless else Severity.SUSPECT
        message = "a private element that no table vouches for" if allowed else "a private element; no option keeps any"
        yield Finding(Check.SHAPE, severity, "private-element", locator(place), message)


def _path(place: Place) -> tuple[Step, ...]:
    steps = [(step.tag, step.creator) for step in place.path]
    return tuple(
        (tag >> 16, creator, tag & 0xFF) if tag >> 16 & 1 else tag
        for tag, creator in (*steps, (place.tag, place.creator))
    )


@cache
def _vouched(path: tuple[Step, ...]) -> bool:
    *around, last = path
    if not isinstance(last, tuple):
        return False
    group, creator, low = last
    dispositions = (safe_private(source).disposition(creator, group, low, around) for source in SOURCES)
    return any(disposition not in (None, "remove") for disposition in dispositions)
