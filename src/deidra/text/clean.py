"""The cleaner: takes the person out of a text and leaves the medicine.

In the order of their authority: what is known of the subject, identifiers that their form gives away, what further
recognisers point at, and every word that no vocabulary vouches for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Literal

import msgspec

from deidra.text.folding import level
from deidra.text.formats import blanked, find_formats
from deidra.text.formats_contact import find_uids
from deidra.text.judge import judge
from deidra.text.known import Known
from deidra.text.recognisers import Recogniser, recognised
from deidra.text.spans import Span, apply, composed, resolved
from deidra.text.tidy import tidied
from deidra.text.vocabulary import Vocabulary

Mode = Literal["balanced", "strict", "remove"]

_MOST_CACHED = 50_000
_LONGEST_CACHED = 1_024  # characters
_CHUNK = 4_096
_BREAK = re.compile(r"(?<=[^\W\d_])\s+(?=[^\W\d_])")
_LINES = re.compile(r"[^\n]*(?:-\n[^\n]*){0,20}\n?")
_ROUNDS = 3
# Spans that leave no doubt about the words beside them; all others empty a value in strict mode
_CERTAIN = frozenset({"date", "time", "age", "phone", "email", "url", "ip", "uid", "identifier", "separator"})


class Cleaned(msgspec.Struct, frozen=True):
    """A text without its identifiers. `spans` are offsets into the original and, applied to it, give `text`."""

    text: str
    spans: tuple[Span, ...]
    emptied: bool  # nothing is left of a text that had words


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
        self._mode = mode
        self._uid_of = uid_of
        self._recognisers = tuple(recognisers)
        self._seen: dict[tuple[str, int | None, bool], Cleaned] = {}

    def __repr__(self) -> str:
        return f"Cleaner(mode={self._mode!r})"

    def clean(self, text: str, *, max_characters: int | None = None, multi_line: bool = False) -> Cleaned:
        """`text` without identifiers, at most `max_characters` long. Raises Held when a recogniser fails."""
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
        if not any(map(str.isalnum, text)):
            return _fitting(text, (), max_characters)
        if self._mode == "remove":
            return Cleaned("", (Span(0, len(text), "unknown-word", "mode:remove"),), emptied=True)
        found = self._found(text, self._uid_of)
        if not found:
            return _fitting(text, (), max_characters)
        if self._mode == "strict" and any(
            span.kind not in _CERTAIN and not span.rule.startswith("known:") for span in found
        ):
            return Cleaned("", (Span(0, len(text), "unknown-word", "mode:strict"),), emptied=True)
        return _fitting(text, self._settled(text, found, multi_line=multi_line), max_characters)

    def _settled(self, text: str, found: list[Span], *, multi_line: bool) -> tuple[Span, ...]:
        """The final spans: what moved together when words went may say something new, so the rest is read again."""
        spans = tidied(text, found, multi_line=multi_line)
        for _ in range(_ROUNDS):
            left = apply(text, spans)
            again = self._found(left, _unchanged)
            if not again:
                break
            spans = composed(spans, tidied(left, again, multi_line=multi_line))
        return spans

    def _found(self, text: str, uid_of: Callable[[str], str]) -> list[Span]:
        known = self._known.find(text, self._vocabulary.is_safe)
        if len(text) <= _CHUNK and "\n" not in text:
            return self._judged(text, known, uid_of)
        found: list[Span] = []
        at = 0
        for start, end in _chunks(text):
            inside = []
            while at < len(known) and known[at].start < end:
                span = known[at]
                inside.append(Span(max(span.start, start) - start, min(span.end, end) - start, span.kind, span.rule))
                if span.end > end:
                    break
                at += 1
            judged = self._judged(text[start:end], inside, uid_of)
            found.extend(Span(s.start + start, s.end + start, s.kind, s.rule, s.replacement) for s in judged)
        return found

    def _judged(self, text: str, known: Sequence[Span], uid_of: Callable[[str], str]) -> list[Span]:
        flat = level(text)
        kept = find_uids(flat, uid_of)[1]
        formats = find_formats(text, uid_of=uid_of, safe=self._vocabulary.is_safe)
        known = [span for span in known if not any(start <= span.start and span.end <= end for start, end in kept)]
        uids = [span for span in formats if span.kind == "uid"]
        layers: list[Sequence[Span]] = [known, formats]
        if uids and known:
            # A UID is mapped whole, whatever digits of the subject it holds
            layers.insert(0, uids)
        if self._recognisers:
            layers.append(recognised(text, self._recognisers))
        spans = resolved(layers)
        return resolved([spans, judge(blanked(flat, kept), spans, self._vocabulary)])


def _unchanged(uid: str) -> str:
    """UIDs that stand in a cleaned text are mapped already."""
    return uid


def _chunks(text: str) -> Iterator[tuple[int, int]]:
    """Pieces of a long text that are judged by themselves: lines, with the next where a hyphen ends them."""
    for match in _LINES.finditer(text):
        start, end = match.span()
        while end - start > _CHUNK:
            cuts = [cut.end() for cut in _BREAK.finditer(text, start + _CHUNK // 2, start + _CHUNK)]
            cut = cuts[-1] if cuts else start + _CHUNK
            yield start, cut
            start = cut
        if end > start:
            yield start, end


def _fitting(text: str, spans: tuple[Span, ...], max_characters: int | None) -> Cleaned:
    """What is left, shortened to `max_characters` by leaving out replacements first and then the end."""
    left = apply(text, spans)
    if max_characters is not None and len(left) > max_characters:
        spans = tuple(Span(s.start, s.end, s.kind, s.rule) if len(s.replacement) > 1 else s for s in spans)
        left = apply(text, spans)
        if len(left) > max_characters:
            return _cut(text, spans, max_characters)
    if spans and not any(map(str.isalnum, left)):
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
