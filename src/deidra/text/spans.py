"""Pieces of a text that have to go, and putting a text together without them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

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
        fresh: list[Span] = []
        for span in layer:
            fresh.extend(_rest(span, taken))
        taken = sorted([*taken, *_disjoint(fresh)], key=lambda span: span.start)
    return taken


def composed(first: Sequence[Span], second: Sequence[Span]) -> tuple[Span, ...]:
    """Spans of a text, and spans of what they leave of it, as spans of that text."""
    result: list[Span] = []
    for span in second:
        start, end = _origin(first, span.start, end=False), _origin(first, span.end, end=True)
        result.append(Span(start, end, span.kind, span.rule, span.replacement))
    beside = [
        span for span in first if not any(other.start <= span.start and span.end <= other.end for other in result)
    ]
    return tuple(sorted([*beside, *result], key=lambda span: span.start))


def _origin(first: Sequence[Span], place: int, *, end: bool) -> int:
    """Where `place` of the result stood. Inside or at the edge of what was replaced: beyond it."""
    shift = 0
    for span in first:
        begins = span.start - shift
        finishes = begins + len(span.replacement)
        if place < begins or (place == begins and end and span.replacement):
            break
        if place <= finishes and (end or place < finishes or not span.replacement):
            return span.end if end else span.start
        shift += span.end - span.start - len(span.replacement)
    return place + shift


def _disjoint(layer: Sequence[Span]) -> list[Span]:
    result: list[Span] = []
    for span in sorted(layer, key=lambda span: (span.start, -span.end)):
        if not result or span.start >= result[-1].end:
            result.append(span)
        elif span.end > result[-1].end:
            last = result[-1]
            result[-1] = Span(last.start, span.end, last.kind, last.rule)
    return result


def _rest(span: Span, taken: Sequence[Span]) -> list[Span]:
    rest = []
    at = span.start
    touched = False
    for other in taken:
        if other.end <= at:
            continue
        if other.start >= span.end:
            break
        touched = True
        if other.start > at:
            rest.append(Span(at, other.start, span.kind, span.rule))
        at = max(at, other.end)
    if not touched:
        return [span]
    if at < span.end:
        rest.append(Span(at, span.end, span.kind, span.rule))
    return rest
