"""Long texts in pieces that are read by themselves, and what is known of the subject in them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from operator import itemgetter

from deidra.text.known import Known
from deidra.text.spans import Span
from deidra.text.terms import squeeze
from deidra.text.vocabulary import Vocabulary

LONGEST_PIECE = 512  # characters
_MOST_PIECES_OF_A_TERM = 200
_BLOCK = 4_000  # letters that are searched for known terms at once
_LINE = re.compile(r"(?:[^\n]*-\r?\n){0,20}[^\n]*")
# A sentence ends after a word that is no abbreviation ("Dr.", "Prof."); failing that, between two words
_SENTENCE = re.compile(r"(?<=[^\W\d_]{6}[.!?])\s+(?=[^\W\d_])")
_WORDS = re.compile(r"(?<=[^\W\d_])\s+(?=[^\W\d_])")


def pieces(text: str) -> Iterator[tuple[int, int]]:
    """The lines of `text` without their ends, with the next where a hyphen ends them; long ones in sentences."""
    at = 0
    while at < len(text):
        end = _LINE.match(text, at).end()  # type: ignore[union-attr] # it matches nothing, too
        following = end + 1
        if end > at and text[end - 1] == "\r":
            end -= 1
        while end - at > LONGEST_PIECE:
            cut, begin = _cut(text, at)
            yield at, cut
            at = begin
        if end > at:
            yield at, end
        at = following


def _cut(text: str, at: int) -> tuple[int, int]:
    """Where a piece that begins at `at` ends, and where the next begins."""
    for between in (_SENTENCE, _WORDS):
        cuts = [cut.span() for cut in between.finditer(text, at + LONGEST_PIECE // 4, at + LONGEST_PIECE)]
        if cuts:
            return cuts[-1]
    return at + LONGEST_PIECE, at + LONGEST_PIECE


def known_in_pieces(
    known: Known, text: str, places: Sequence[tuple[int, int]], vocabulary: Vocabulary
) -> dict[int, list[Span]]:
    """Piece -> the known terms in it, as offsets into the piece. A term may begin in one piece and end in another."""
    found: dict[int, list[Span]] = {}
    for first, last in _runs(_suspects(known, text, places), len(places)):
        start, end = places[first][0], places[last][1]
        for span in known.find(text[start:end], vocabulary.is_safe, term=vocabulary.is_term):
            _distribute(Span(span.start + start, span.end + start, span.kind, span.rule), places, first, last, found)
    return found


def _suspects(known: Known, text: str, places: Sequence[tuple[int, int]]) -> list[int]:
    """The pieces that may hold a known term, or a part of one that goes on in the next piece."""
    suspects: set[int] = set()
    letters = [squeeze(text[start:end]) for start, end in places]
    at = 0
    tail = ""
    while at < len(places):
        after, length = at, 0
        while after < len(places) and length < _BLOCK:
            length += len(letters[after])
            after += 1
        block = tail + "".join(letters[at:after])
        if known.may_be_in(block) or known.holds_initials(text[places[at][0] : places[after - 1][1]]):
            suspects.update(_suspects_of_block(known, text, places, letters, range(at, after), tail))
        tail = block[-known.longest :]
        at = after
    return sorted(suspects)


def _suspects_of_block(
    known: Known, text: str, places: Sequence[tuple[int, int]], letters: Sequence[str], block: range, tail: str
) -> Iterator[int]:
    for at in block:
        if known.may_be_in(tail + letters[at]):
            first, before = at, 0
            while first > 0 and before < known.longest and at - first < _MOST_PIECES_OF_A_TERM:
                first -= 1
                before += len(letters[first])
            yield from range(first, at + 1)
        elif known.holds_initials(text[places[at][0] : places[at][1]]):
            yield at
        tail = (tail + letters[at])[-known.longest :]


def _runs(suspects: Sequence[int], count: int) -> Iterator[tuple[int, int]]:
    """Runs of suspects with a piece on either side, for what stands beside a name."""
    first = last = -1
    for at in suspects:
        if last >= 0 and at <= last + 2:
            last = max(last, at)
            continue
        if last >= 0:
            yield max(first - 1, 0), min(last + 1, count - 1)
        first = last = at
    if last >= 0:
        yield max(first - 1, 0), min(last + 1, count - 1)


def _distribute(
    span: Span, places: Sequence[tuple[int, int]], first: int, last: int, found: dict[int, list[Span]]
) -> None:
    # From the first piece that ends behind the start of the span
    for at in range(bisect_right(places, span.start, first, last + 1, key=itemgetter(1)), last + 1):
        start, end = places[at]
        if start >= span.end:
            break
        inside = Span(max(span.start, start) - start, min(span.end, end) - start, span.kind, span.rule)
        found.setdefault(at, []).append(inside)
