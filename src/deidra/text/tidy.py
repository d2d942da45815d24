"""What is left of separators and brackets once words are gone, so that the rest stays readable."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from deidra.text.spans import Span

_OPEN, _CLOSE = "([{<", ")]}>"
_NO_BRACKETS = dict.fromkeys(map(ord, _OPEN + _CLOSE))
_PAIRS = dict(zip(_CLOSE, _OPEN, strict=True))
# The separator that says most stays when there is one on either side of what went
_RANK = "\n;|:,./\\&+_^=-"
# Signs that belong to a word or number beside them rather than part it from others
_KEEPS_LEFT = "%°+!?)²³"
_LAYERS = ("known", "format", "plugin")
_WORD = re.compile(r"[^\W_]")
_BRACKET = re.compile(r"[()\[\]{}<>]")


def tidied(text: str, spans: Sequence[Span], *, multi_line: bool) -> tuple[Span, ...]:
    """`spans` (in order, disjoint) widened by the separators that part nothing any more; runs become one span."""
    merged = [_with_separators(text, run, multi_line=multi_line) for run in _runs(text, spans)]
    return tuple(_without_brackets(text, merged))


def _runs(text: str, spans: Sequence[Span]) -> list[Span]:
    """Spans with nothing but separators between them as one; a replacement keeps a run apart."""
    runs: list[Span] = []
    for span in spans:
        if (
            runs
            and not runs[-1].replacement
            and not span.replacement
            and _WORD.search(text, runs[-1].end, span.start) is None
        ):
            last = runs[-1]
            first = min(last, span, key=_authority)
            runs[-1] = Span(last.start, span.end, first.kind, first.rule)
        else:
            runs.append(span)
    return runs


def _authority(span: Span) -> int:
    return _LAYERS.index(layer) if (layer := span.rule.partition(":")[0]) in _LAYERS else len(_LAYERS)


def _with_separators(text: str, run: Span, *, multi_line: bool) -> Span:
    if run.replacement:
        return run
    start, end = run.start, run.end
    while start > 0 and not _stays(text[start - 1]):
        start -= 1
    while end < len(text) and not _is_word(text[end]):
        end += 1
    if _WORD.search(text, 0, start) is None:
        start = 0
    left, right = text[start : run.start], text[run.end : end]
    if start > 0 and text[start - 1] in _KEEPS_LEFT and not left and not right and end < len(text):
        left = " "
    if start == 0 or end == len(text):
        return Span(start, end, run.kind, run.rule)
    if _BRACKET.search(text, start, end) and _balanced(text[start:end]):
        left, right = (side.translate(_NO_BRACKETS) for side in (left, right))
    return Span(start, end, run.kind, run.rule, _between(left, right, text, multi_line=multi_line))


def _stays(letter: str) -> bool:
    return _is_word(letter) or letter in _KEEPS_LEFT


def _is_word(letter: str) -> bool:
    return letter.isalnum() or bool(unicodedata.combining(letter))


def _between(left: str, right: str, text: str, *, multi_line: bool) -> str:
    """One separator for two: the one that says most, without brackets that hold nothing."""
    if "\n" in left or "\n" in right:
        return "\n" if multi_line else " "
    best = min(left, right, key=_rank)
    return re.sub(r" {2,}", " ", best) or (" " if " " in text or "_" not in text else "_")


def _rank(separator: str) -> int:
    bare = separator.strip()
    if not separator:
        return len(_RANK) + 2
    if not bare:
        return len(_RANK) + 1
    return min((_RANK.find(letter) for letter in bare if letter in _RANK), default=len(_RANK))


def _without_brackets(text: str, spans: list[Span]) -> list[Span]:
    """`spans` and one for each bracket whose partner went."""
    if _BRACKET.search(text) is None:
        return spans
    kept: list[tuple[int, str]] = []
    at = 0
    for span in spans:
        kept.extend((place, text[place]) for place in range(at, span.start) if text[place] in _OPEN + _CLOSE)
        kept.extend((-1, letter) for letter in span.replacement if letter in _OPEN + _CLOSE)
        at = span.end
    kept.extend((place, text[place]) for place in range(at, len(text)) if text[place] in _OPEN + _CLOSE)
    if not kept or _balanced(text) is False:
        return spans
    loose = _loose(kept)
    added = [Span(place, place + 1, "separator", "tidy:bracket") for place in loose if place >= 0]
    return sorted([*spans, *added], key=lambda span: span.start)


def _loose(brackets: Sequence[tuple[int, str]]) -> list[int]:
    open_: list[tuple[int, str]] = []
    loose = []
    for place, letter in brackets:
        if letter in _OPEN:
            open_.append((place, letter))
        elif open_ and open_[-1][1] == _PAIRS[letter]:
            open_.pop()
        else:
            loose.append(place)
    return loose + [place for place, _ in open_]


def _balanced(text: str) -> bool:
    return not _loose([(place, letter) for place, letter in enumerate(text) if letter in _OPEN + _CLOSE])
