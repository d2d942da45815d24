"""Pieces of a text that have to go, and putting a text together without them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import islice

import msgspec


class Span(msgspec.Struct, frozen=True):
    """Characters `start` to `end` of a text, why they go, and what stands there instead.

    `kind` says what they are (name, identifier, date, time, age, phone, email, url, ip, national-id, record-number,
    postal-code, address, coordinates, plate, uid, unknown-word, known-term, neighbour, number, separator, length);
    `rule` is the stable id of the rule that found them.
    """

    start: int
    end: int
    kind: str
    rule: str
    replacement: str = ""


def apply(text: str, spans: Iterable[Span]) -> str:
    """`text` with every span replaced. The spans are in order and do not overlap."""
    pieces = []
    at = 0
    for span in spans:
        pieces.append(text[at : span.start])
        pieces.append(span.replacement)
        at = span.end
    pieces.append(text[at:])
    return "".join(pieces)


def resolved(layers: Sequence[Sequence[Span]]) -> list[Span]:
    """Spans of all layers without overlap, in order. The earlier layer keeps its ground.

    A span of a later layer loses the part that is taken already; what is left of it goes, but without replacement.
    """
    taken: list[Span] = []
    for layer in layers:
        if not layer:
            continue
        if not taken:
            taken = _disjoint(layer)
            continue
        ends = [span.end for span in taken]
        fresh = [rest for span in layer for rest in _rest(span, taken, ends)]
        taken = sorted([*taken, *_disjoint(fresh)], key=lambda span: span.start)
    return taken


def composed(first: Sequence[Span], second: Sequence[Span]) -> tuple[Span, ...]:
    """Spans of a text, and spans of what they leave of it (both in order), as spans of that text."""
    places = _Places(first)
    result = []
    for span in second:
        start, end = places.origin(span.start, end=False), places.origin(span.end, end=True)
        result.append(Span(start, end, span.kind, span.rule, span.replacement))
    starts = [span.start for span in result]
    beside = []
    for span in first:
        holder = bisect_right(starts, span.start) - 1
        if holder < 0 or span.end > result[holder].end:
            beside.append(span)
    return tuple(sorted([*beside, *result], key=lambda span: span.start))


class _Places:
    """Where the characters of a text stood before `spans` were replaced."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._spans = spans
        self._finishes: list[int] = []  # of each replacement, in the result
        self._shifts: list[int] = []  # characters of the original before it that the result lacks
        shift = 0
        for span in spans:
            self._shifts.append(shift)
            self._finishes.append(span.start - shift + len(span.replacement))
            shift += span.end - span.start - len(span.replacement)
        self._shifts.append(shift)

    def origin(self, place: int, *, end: bool) -> int:
        """Where `place` of the result stood. Inside or at the edge of what was replaced: beyond it."""
        at = bisect_left(self._finishes, place)
        while at < len(self._spans):
            span = self._spans[at]
            begins = span.start - self._shifts[at]
            if place < begins or (place == begins and end and span.replacement):
                break
            if end or place < self._finishes[at] or not span.replacement:
                return span.end if end else span.start
            at += 1
        return place + self._shifts[at]


def _disjoint(layer: Sequence[Span]) -> list[Span]:
    result: list[Span] = []
    for span in sorted(layer, key=lambda span: (span.start, -span.end)):
        if not result or span.start >= result[-1].end:
            result.append(span)
        elif span.end > result[-1].end:
            last = result[-1]
            result[-1] = Span(last.start, span.end, last.kind, last.rule)
    return result


def _rest(span: Span, taken: Sequence[Span], ends: Sequence[int]) -> list[Span]:
    """What `taken` (in order, with their `ends`) leaves of `span`."""
    first = bisect_right(ends, span.start)
    if first == len(taken) or taken[first].start >= span.end:
        return [span]
    rest = []
    at = span.start
    for other in islice(taken, first, None):
        if other.start >= span.end:
            break
        if other.start > at:
            rest.append(Span(at, other.start, span.kind, span.rule))
        at = max(at, other.end)
    if at < span.end:
        rest.append(Span(at, span.end, span.kind, span.rule))
    return rest
