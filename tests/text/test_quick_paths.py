"""The quick ways give what the slow ways give."""
# ruff: noqa: E501 - a table reads better with a line for each entry

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deidra.errors import Held
from deidra.standard.vocabulary import vocabulary
from deidra.text.clean import MOST_CHARACTERS, Cleaner
from deidra.text.folding import level, same_length
from deidra.text.formats import _PATTERNS, cues_of
from deidra.text.known import GRAM, Known, Term, compile_known
from deidra.text.lines import LONGEST_PIECE, known_in_pieces, pieces
from deidra.text.outline import AtNumber, AtWord, Outline, compiled
from deidra.text.reading import read
from deidra.text.spans import Span, apply, composed
from deidra.text.squeezed import _scan_slowly, scan
from deidra.text.terms import squeeze
from deidra.text.vocabulary import load_vocabulary

WORDS = load_vocabulary(extra=vocabulary())
ROWS = _PATTERNS.rows
FEWEST_DIGITS = {row.pattern.pattern: row.pattern.digits for row in ROWS if isinstance(row.pattern, AtWord)}
SUBJECTS = [
    [Term("name", "Smith^John Paul"), Term("identifier", "PAT-0012345"), Term("date", "19620407")],
    [
        Term("name", "Müller-Łęcki^Żaneta=Иванов^Юрий=山田^太郎"),
        Term("institution", "St. Mary's Chest Clinic Springfield"),
    ],
    [Term("name", "Ng^Bo"), Term("phone", "+1 (408) 771-2010"), Term("physician", "Ab^C")],
]
KNOWN = [compile_known(terms) for terms in SUBJECTS]

pieces_of_text = st.one_of(
    st.sampled_from(
        [*"Smith SMITH jsmith John Müller Mueller Łęcki Lecki Иванов Ivanov 山田 0012345 PAT-0012345 19620407 07.04.1962 Kowalczyk Ng BNg Bo C.Ab".split(),
         *"CT HEAD axial knee T2 3mm 5x5 left ( ) [ ] , ; / _ - 92yo 12 Dr. + % é 頭 ى 1.2.3.4.5.6.7.8 a@b.de L R mai 3 tel no id AB 12345 12 rue Mill Road St MW 1234 °".split()]
    ),
    st.text(max_size=4),
    st.from_regex(r"[0-9]{1,6}([-./ :][0-9]{1,4}){0,4}", fullmatch=True),
    st.sampled_from(ROWS).flatmap(lambda row: st.from_regex(compiled(row.pattern.pattern))).filter(lambda text: len(text) < 60),
)  # fmt: skip
texts = st.lists(pieces_of_text, max_size=7).flatmap(
    lambda parts: st.lists(
        st.sampled_from(["", " ", "_", "-", ", ", "^"]), min_size=len(parts), max_size=len(parts)
    ).map(lambda glue: "".join(part + between for part, between in zip(parts, glue, strict=True)))
)


def _everywhere(flat: str, low: str) -> set[tuple[str, str, tuple[int, int]]]:
    """Every pattern tried at every number and word, whatever could be known of them before."""
    numbers = [run.start() for run in re.finditer(r"[0-9]+", flat)]
    words = [run.start() for run in re.finditer(r"[^\W\d_]+", flat)] if numbers else []
    found = set()
    for row in ROWS:
        pattern = compiled(row.pattern.pattern)
        for start in numbers if isinstance(row.pattern, AtNumber) else words:
            if match := pattern.match(low if row.folded else flat, start):
                found.add((row.family, row.pattern.pattern, match.span()))
    return found


def _assert_same(text: str) -> None:
    flat = level(text)
    low = same_length(flat)
    outline = Outline(flat, cues_of)
    quick = {
        (family, pattern.pattern, found.span())
        for family, listed in _PATTERNS.matches(flat, low, outline).items()
        for pattern, found in listed
    }
    assert quick == {
        (family, pattern, span)
        for family, pattern, span in _everywhere(flat, low)
        if outline.digits >= FEWEST_DIGITS.get(pattern, 0)
    }


@settings(max_examples=300, deadline=None)
@given(texts)
def test_a_pattern_that_is_not_tried_would_not_have_matched(text: str) -> None:
    _assert_same(text)


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(ROWS).flatmap(lambda row: st.from_regex(compiled(row.pattern.pattern))))
def test_what_matches_a_pattern_is_found_by_it(text: str) -> None:
    _assert_same(text)


@settings(max_examples=600, deadline=None)
@given(
    st.text(alphabet=st.one_of(st.sampled_from("aAbB12 _-.éÉßŁłæ山田کИжЖشب\u0301Ǆ²①"), st.characters()), max_size=14)
)
def test_a_text_is_squeezed_alike_with_and_without_a_table(text: str) -> None:
    quick, slow = scan(text), _scan_slowly(text)
    assert quick.letters == slow.letters
    assert list(quick.offsets) == list(slow.offsets)
    assert list(quick.ends_at) == list(slow.ends_at)
    assert list(quick.gaps) == list(slow.gaps)


@settings(max_examples=400, deadline=None)
@given(texts, st.sampled_from(KNOWN))
def test_a_sample_of_a_text_tells_that_a_term_may_be_in_it(text: str, known: Known) -> None:
    letters = squeeze(text)
    slowly = any(letters[at : at + GRAM] in known.grams for at in range(len(letters))) or any(
        form in letters for form in known.rules
    )
    assert known.may_be_in(letters) == slowly


@settings(max_examples=400, deadline=None)
@given(texts)
def test_what_other_subjects_have_read_changes_nothing(text: str) -> None:
    for known in KNOWN:
        cleaner = Cleaner(known, WORDS, uid_of=lambda uid: f"2.25.{len(uid)}")
        fresh = read(text, known.find(text, WORDS.is_safe), WORDS, lambda uid: f"2.25.{len(uid)}")
        assert cleaner._found(text, known.find(text, WORDS.is_safe), lambda uid: f"2.25.{len(uid)}") == fresh


@settings(max_examples=200, deadline=None)
@given(st.lists(texts, max_size=6), st.sampled_from(KNOWN))
def test_known_terms_are_found_in_pieces_as_in_the_whole(lines: list[str], known: Known) -> None:
    text = "\n".join(lines)
    places = list(pieces(text))
    found = known_in_pieces(known, text, places, WORDS)
    covered = {places[at][0] + offset for at, spans in found.items() for s in spans for offset in range(s.start, s.end)}
    inside = {offset for start, end in places for offset in range(start, end)}
    whole = {offset for s in known.find(text, WORDS.is_safe) for offset in range(s.start, s.end)}
    assert covered == whole & inside


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.sampled_from("abc .\n\r-"), max_size=1500))
def test_pieces_are_in_order_and_leave_out_only_white_space(text: str) -> None:
    places = list(pieces(text))
    at = 0
    for start, end in places:
        assert start >= at
        assert text[at:start].strip() == ""
        assert start < end
        at = end
    assert text[at:].strip() == ""
    assert all(end - start <= LONGEST_PIECE for start, end in places)


disjoint = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), st.sampled_from(["", "x", "yz"])), max_size=6)


def _spans(steps: list[tuple[int, int, str]], length: int) -> list[Span]:
    spans, at = [], 0
    for gap, size, replacement in steps:
        start = at + gap
        if start + size > length:
            break
        if size:
            spans.append(Span(start, start + size, "name", "rule", replacement))
        at = start + size + 1
    return spans


@given(st.text(alphabet="abcdefgh", min_size=1, max_size=30), disjoint, disjoint)
def test_spans_of_what_spans_leave_are_spans_of_the_text(
    text: str, one: list[tuple[int, int, str]], other: list[tuple[int, int, str]]
) -> None:
    first = _spans(one, len(text))
    left = apply(text, first)
    second = [span for span in _spans(other, len(left)) if not span.replacement]
    both = composed(first, second)
    assert all(a.end <= b.start for a, b in itertools.pairwise(both))
    # What the second spans touch goes whole, replacements of the first included
    assert len(apply(text, both)) <= len(apply(left, second))


def test_a_text_that_is_too_long_is_held() -> None:
    with pytest.raises(Held, match="text-too-long"):
        Cleaner(KNOWN[0], WORDS, uid_of=str).clean("a b " * (MOST_CHARACTERS // 4 + 1))
