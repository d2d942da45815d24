"""The cleaner: takes the person out of a text and leaves the medicine.

In the order of their authority: what is known of the subject, identifiers that their form gives away, what further
recognisers point at, and every word that no vocabulary vouches for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Literal

import msgspec

from deidra.errors import Held
from deidra.text.known import Known
from deidra.text.lines import LONGEST_PIECE, known_in_pieces, pieces
from deidra.text.reading import read, readings
from deidra.text.recognisers import Recogniser
from deidra.text.spans import Span, apply, composed
from deidra.text.tidy import tidied
from deidra.text.vocabulary import Vocabulary

Mode = Literal["balanced", "strict", "remove"]

MOST_CHARACTERS = 10_485_760
_MOST_CACHED = 10_000
_LONGEST_CACHED = 1_024  # characters
_ROUNDS = 3
_WORD = re.compile(r"[^\W_]")
# Spans that leave no doubt about the words beside them; all others empty a value in strict mode
_CERTAIN = frozenset({"date", "time", "age", "phone", "email", "url", "ip", "uid", "identifier", "separator"})


class Cleaned(msgspec.Struct, frozen=True):
    """A text without its identifiers. `spans` are offsets into the original and, applied to it, give `text`."""

    text: str
    spans: tuple[Span, ...]
    emptied: bool  # nothing is left of a text that had words


class _Doubt(Exception):  # noqa: N818 - caught where it is raised for
    """Strict mode met a word that may name somebody."""


class Cleaner:
    """Cleans the texts of one subject. Values repeat, so what it has seen it remembers."""

    def __init__(
        self,
        known: Known,
        vocabulary: Vocabulary,
        *,
        mode: Mode = "balanced",
        uid_of: Callable[[str], str],
        recognisers: Sequence[Recogniser] = (),
    ) -> None:
        self._known = known
        self._vocabulary = vocabulary
        self._readings = readings(vocabulary, strict=mode == "strict")
        self._mode = mode
        self._uid_of = uid_of
        self._recognisers = tuple(recognisers)
        self._seen: dict[tuple[str, int | None, bool], Cleaned] = {}

    def __repr__(self) -> str:
        return f"Cleaner(mode={self._mode!r})"

    def clean(self, text: str, *, max_characters: int | None = None, multi_line: bool = False) -> Cleaned:
        """`text` without identifiers, at most `max_characters` long.

        Raises Held: "text-too-long" for more than MOST_CHARACTERS, "recogniser-failed" when a recogniser fails.
        """
        key = (text, max_characters, multi_line)
        if (seen := self._seen.get(key)) is not None:
            return seen
        cleaned = self._cleaned(text, max_characters, multi_line=multi_line)
        if len(text) <= _LONGEST_CACHED:
            if len(self._seen) >= _MOST_CACHED:
                self._seen.clear()
            self._seen[key] = cleaned
        return cleaned

    def _cleaned(self, text: str, max_characters: int | None, *, multi_line: bool) -> Cleaned:
        if _WORD.search(text) is None:
            return _fitting(text, (), max_characters)
        if self._mode == "remove":
            return Cleaned("", (Span(0, len(text), "unknown-word", "mode:remove"),), emptied=True)
        if len(text) > MOST_CHARACTERS:
            raise Held("text-too-long", f"a text of more than {MOST_CHARACTERS} characters is not read")
        try:
            if len(text) <= LONGEST_PIECE and "\n" not in text:
                known = self._known.find(text, self._vocabulary.is_safe, term=self._vocabulary.is_term)
                spans = self._settled(text, known, self._uid_of, multi_line=multi_line)
            else:
                spans = self._of_pieces(text, multi_line=multi_line)
        except _Doubt:
            return Cleaned("", (Span(0, len(text), "unknown-word", "mode:strict"),), emptied=True)
        return _fitting(text, spans, max_characters)

    def _settled(
        self, text: str, known: Sequence[Span], uid_of: Callable[[str], str], *, multi_line: bool
    ) -> tuple[Span, ...]:
        """What goes from one line, with its separators.

        What moved together when words went may say something new, so what is left is read again.
        """
        found = self._found(text, known, uid_of)
        if not found:
            return ()
        if self._mode == "strict" and any(map(_leaves_doubt, found)):
            raise _Doubt
        spans = tidied(text, found, multi_line=multi_line)
        for _ in range(_ROUNDS):
            left = apply(text, spans)
            known = self._known.find(left, self._vocabulary.is_safe, term=self._vocabulary.is_term)
            again = self._found(left, known, _unchanged)
            if not again:
                break
            spans = composed(spans, tidied(left, again, multi_line=multi_line))
        return spans

    def _found(self, text: str, known: Sequence[Span], uid_of: Callable[[str], str]) -> list[Span]:
        if known or self._recognisers:
            strict = self._mode == "strict"
            return read(text, known, self._vocabulary, uid_of, self._recognisers, strict=strict)
        return self._readings.of(text, uid_of)

    def _of_pieces(self, text: str, *, multi_line: bool) -> tuple[Span, ...]:
        """What goes from a text of several lines, or a long one: each line by itself, then the known terms again."""
        spans: tuple[Span, ...] = ()
        left = text
        for round_ in range(_ROUNDS):
            places = tuple(pieces(left))
            known = known_in_pieces(self._known, left, places, self._vocabulary)
            if round_ and not known:
                break
            found: list[Span] = []
            uid_of = _unchanged if round_ else self._uid_of
            for at, (start, end) in enumerate(places):
                inside = self._settled(left[start:end], known.get(at, ()), uid_of, multi_line=multi_line)
                _put_line(left, start, end, inside, found)
            if not found:
                break
            spans = composed(spans, found) if round_ else tuple(found)
            left = apply(text, spans)
        return spans


def _leaves_doubt(span: Span) -> bool:
    return span.kind not in _CERTAIN and not span.rule.startswith("known:")


def _unchanged(uid: str) -> str:
    """UIDs that stand in a cleaned text are mapped already."""
    return uid


def _put_line(text: str, start: int, end: int, spans: Sequence[Span], found: list[Span]) -> None:
    """Add the `spans` of the line from `start` to `end` of `text`; of a line that has nothing left its end goes too."""
    if len(spans) == 1 and spans[0].start == 0 and spans[0].end == end - start and not spans[0].replacement:
        taken = found[-1].end if found else 0
        if end < len(text) and text[end] in "\r\n":
            end = text.index("\n", end) + 1
        elif start - 1 >= taken and text[start - 1] == "\n":
            start -= 1
        found.append(Span(start, end, spans[0].kind, spans[0].rule))
        return
    found.extend(Span(s.start + start, s.end + start, s.kind, s.rule, s.replacement) for s in spans)


def _fitting(text: str, spans: tuple[Span, ...], max_characters: int | None) -> Cleaned:
    """What is left, shortened to `max_characters` by leaving out replacements first and then the end."""
    left = apply(text, spans)
    if max_characters is not None and len(left) > max_characters:
        spans = tuple(Span(s.start, s.end, s.kind, s.rule) if len(s.replacement) > 1 else s for s in spans)
        left = apply(text, spans)
        if len(left) > max_characters:
            return _cut(text, spans, max_characters)
    if spans and _WORD.search(left) is None:
        return Cleaned("", (Span(0, len(text), spans[0].kind, spans[0].rule),), emptied=True)
    return Cleaned(left, spans, emptied=False)


def _cut(text: str, spans: tuple[Span, ...], max_characters: int) -> Cleaned:
    """The beginning of what is left, at most `max_characters`, ending with a whole word where there is one."""
    kept: list[Span] = []
    at = length = 0
    for span in (*spans, Span(len(text), len(text), "length", "length:cut")):
        room = max_characters - length
        if span.start - at + len(span.replacement) > room:
            at = min(span.start, at + room)
            break
        kept.append(span)
        length += span.start - at + len(span.replacement)
        at = span.end
    least = kept[-1].end if kept else 0
    end = at
    if at < len(text) and text[at - 1].isalnum() and text[at].isalnum():
        while end > least and text[end - 1].isalnum():
            end -= 1
    while end > least and not text[end - 1].isalnum():
        end -= 1
    end = end if end > least else at
    kept.append(Span(end, len(text), "length", "length:cut"))
    left = apply(text, kept)
    return Cleaned(left, tuple(kept), emptied=not any(map(str.isalnum, left)))
