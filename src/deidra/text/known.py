"""What is known of one subject, found in a text in whatever way it is written there.

A text is searched as its letters and digits alone, folded and romanised, so that separators, case and diacritics
do not matter; a hit then has to stand in the original text as its rule demands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

import msgspec

from deidra.model import Term
from deidra.text.spans import Span
from deidra.text.squeezed import Squeezed, scan
from deidra.text.terms import GRAM, Forms, Rule, collect, squeeze

__all__ = ["Known", "Term", "compile_known"]

_FREE_EXTENT = 6  # letters: a word this long counts inside any longer word
_EXTRA_LETTERS = 2  # around a shorter one: initials, a plural, a genitive
_LONG_IDENTIFIER = 5
_LABEL = re.compile(r"(?:id|mrn|pid|pat|patient|subject|case|nr|no|num|number|acc|accession|#)\W{0,3}$", re.IGNORECASE)
_DOTTED = re.compile(r"(?<![^\W_])[^\W\d_](?:\.\s?[^\W\d_](?![^\W_])){1,3}\.?")
_AFTER = re.compile(r"[\s.,^_;:/'\-]{0,3}([^\W\d_]+)(?![^\W_])")
_BEFORE = re.compile(r"(?<![^\W_])([^\W\d_]+)[\s.,^_;:/'\-]{0,3}$")

_KINDS: dict[Rule, tuple[str, str]] = {
    "word": ("name", "known:name"),
    "cased": ("name", "known:name"),
    "soft": ("known-term", "known:institution"),
    "phrase": ("known-term", "known:institution"),
    "id": ("identifier", "known:identifier"),
    "date": ("date", "known:date"),
}


_SAMPLE, _STEP = 4, 3
_SLICES = tuple(slice(at, at + GRAM) for at in range(8192))
_SAMPLE_SLICES = tuple(slice(at, at + _SAMPLE) for at in range(0, 8192, _STEP))


def _nothing_safe(_word: str) -> bool:
    return False


class Known(msgspec.Struct, frozen=True):
    """The terms of one subject, compiled. Sensitive: its repr hides them."""

    short_forms: tuple[str, ...]
    long_forms: dict[str, tuple[str, ...]]  # by their first letters
    rules: dict[str, Rule]
    grams: frozenset[str]
    samples: frozenset[str]  # pieces of the grams
    letter_grams: frozenset[str]
    digit_grams: frozenset[str]
    particles: frozenset[str]
    initials: frozenset[str]
    initial_groups: frozenset[str]
    siblings: dict[str, tuple[str, ...]]
    longest: int  # letters and digits of the longest form

    def __repr__(self) -> str:
        return f"Known(<redacted>, forms={len(self.rules)})"

    def find(
        self, text: str, safe: Callable[[str], bool] = _nothing_safe, *, term: Callable[[str], bool] = _nothing_safe
    ) -> list[Span]:
        """Where a known term stands in `text`. A longer word that merely holds a term is spared if it is `safe`.

        `term` says of a word that it is a term of medicine: an institution that is called by such words alone ("CT",
        "Chest Clinic") is found as a whole only.
        """
        if not self.rules:
            return []
        if not self.may_be_in(squeeze(text)):
            return self._dotted_initials(text)
        scanned = scan(text)
        spans = self._hits(scanned, text, safe, term)
        spans += self._dotted_initials(text)
        return self._with_neighbours(_merged(spans), text, safe)

    def _hits(
        self, scanned: Squeezed, text: str, safe: Callable[[str], bool], term: Callable[[str], bool]
    ) -> list[Span]:
        letters = scanned.letters
        found = [(form, at) for form in self.short_forms for at in _occurrences(letters, form)]
        pieces = []
        for at, gram in enumerate(_grams_of(letters)):
            if gram not in self.grams:
                continue
            found += [(form, at) for form in self.long_forms.get(gram, ()) if letters.startswith(form, at)]
            if gram in self.letter_grams or gram in self.digit_grams:
                pieces.append((gram, at))
        found = [(form, at) for form, at in found if self.rules[form] != "soft" or not self._says_nothing(form, term)]
        spans = [self._judged(form, self.rules[form], at, scanned, text, safe) for form, at in found]
        spans += [self._piece(gram, at, scanned, safe) for gram, at in pieces]
        return [span for span in spans if span is not None]

    def _says_nothing(self, form: str, term: Callable[[str], bool]) -> bool:
        """Whether a word of an institution is a term, as are all others that could tell which one it is."""
        return form in self.siblings and term(form) and all(map(term, self.siblings[form]))

    def may_be_in(self, letters: str) -> bool:
        """Whether the squeezed `letters` hold a form, or the beginning or a piece of one."""
        if any(form in letters for form in self.short_forms):
            return True
        # Every third place is enough for pieces of four letters, if they are those of all places of the grams
        return not self.samples.isdisjoint(_samples_of(letters)) and not self.grams.isdisjoint(_grams_of(letters))

    def holds_initials(self, text: str) -> bool:
        """Whether initials of the subject stand in `text`, with dots."""
        return bool(self._dotted_initials(text))

    def holds(self, word: str) -> bool:
        """Whether the single folded `word` is, or holds a piece of, a known term: it must not be learnt as safe."""
        letters = squeeze(word)
        return letters in self.rules or letters in self.particles or not self.grams.isdisjoint(_grams_of(letters))

    def _judged(
        self, form: str, rule: Rule, at: int, scanned: Squeezed, text: str, safe: Callable[[str], bool]
    ) -> Span | None:
        end = at + len(form)
        if rule == "id":
            counts = _identifier_counts(form, at, end, scanned, text)
        elif rule == "date":
            counts = len(form) == 8 or (scanned.starts(at) and scanned.ends(end))
        elif rule == "phrase":
            counts = scanned.starts(at) and scanned.ends(end)
        elif rule == "cased":
            written = text[scanned.offsets[at] : scanned.end_offset(end)]
            counts = scanned.starts(at) and scanned.ends(end) and not written.islower()
        else:
            counts = self._word_counts(form, rule, at, end, scanned, safe)
        if not counts:
            return None
        kind, rule_id = _KINDS[rule]
        if rule in {"id", "date"}:
            first, last = scanned.run(at, end, str.isdigit) if len(form) >= _LONG_IDENTIFIER else (at, end)
        else:
            first, last = scanned.with_digits(*scanned.token(at, end))
        return Span(scanned.offsets[first], scanned.end_offset(last), kind, rule_id)

    def _word_counts(
        self, form: str, rule: Rule, at: int, end: int, scanned: Squeezed, safe: Callable[[str], bool]
    ) -> bool:
        if not form.isascii():
            return True
        first, last = scanned.token(at, end)
        split = scanned.is_split(at, end)
        # "Bones" is the genitive of a Mr Bone before it is a word
        exact = first == at and (last == end or (rule == "word" and scanned.letters[end:last] == "s"))
        if exact and not split:
            # A safe word of an institution ("Mary's Chest Clinic") stays only if another word tells which one it is
            return rule == "word" or not (
                safe(form) and any(not safe(other) for other in self.siblings.get(form, (form,)))
            )
        if rule == "soft":
            near = len(form) >= _FREE_EXTENT or (len(form) >= 4 and last - first - len(form) <= _EXTRA_LETTERS)
            return near and not split and not safe(scanned.letters[first:last])
        if split and exact:
            return len(form) >= 4 or scanned.is_spelled_out(at, end)
        if not split and safe(scanned.letters[first:last]):
            return False
        extra = (at - first) + (last - end)
        if len(form) >= _FREE_EXTENT and not split:
            return True
        if len(form) >= 4:
            return extra <= _EXTRA_LETTERS
        around = scanned.letters[first:at] + scanned.letters[end:last]
        return not split and extra <= _EXTRA_LETTERS and all(letter in self.initials for letter in around)

    def _piece(self, gram: str, at: int, scanned: Squeezed, safe: Callable[[str], bool]) -> Span | None:
        """A word that holds six letters, or a number that holds six digits, of a known one."""
        end = at + GRAM
        split = scanned.is_split(at, end)
        if gram in self.letter_grams:
            if split:
                return None
            first, last = scanned.token(at, end)
            if safe(scanned.letters[first:last]):
                return None
            first, last = scanned.with_digits(first, last)
            kind, rule = _KINDS["word"]
        else:
            if split and not gram.isdigit():
                return None
            first, last = scanned.run(at, end, str.isdigit)
            kind, rule = _KINDS["id"]
        return Span(scanned.offsets[first], scanned.end_offset(last), kind, rule)

    def _dotted_initials(self, text: str) -> list[Span]:
        if "." not in text or not self.initial_groups:
            return []
        return [
            Span(match.start(), match.end(), "name", "known:initials")
            for match in _DOTTED.finditer(text)
            if "." in match[0] and squeeze(match[0]) in self.initial_groups
        ]

    def _with_neighbours(self, spans: list[Span], text: str, safe: Callable[[str], bool]) -> list[Span]:
        """Initials and particles of the name beside a part of it go with it."""
        added: list[Span] = []
        for span in spans:
            if span.kind != "name":
                continue
            at = span.end
            while (match := _AFTER.match(text, at)) and self._belongs(match[1], safe):
                added.append(Span(match.start(1), match.end(1), "name", "known:initials"))
                at = match.end(1)
            at = span.start
            while (match := _BEFORE.search(text, max(0, at - 40), at)) and self._belongs(match[1], safe):
                added.append(Span(match.start(1), match.end(1), "name", "known:initials"))
                at = match.start(1)
        return _merged([*spans, *added]) if added else spans

    def _belongs(self, word: str, safe: Callable[[str], bool]) -> bool:
        letters = squeeze(word)
        if letters in self.particles or (len(letters) == 1 and letters in self.initials):
            return True
        # "CT" beside Công Trưởng is what was made, rather than who
        return len(letters) <= 3 and word.isupper() and letters in self.initial_groups and not safe(letters)


def _identifier_counts(form: str, at: int, end: int, scanned: Squeezed, text: str) -> bool:
    if len(form) >= _LONG_IDENTIFIER:
        return True
    if not (scanned.starts(at) and scanned.ends(end)):
        return False
    if len(form) >= 3:
        return not scanned.is_split(at, end)
    return _LABEL.search(text, max(0, scanned.offsets[at] - 20), scanned.offsets[at]) is not None


def _grams_of(letters: str) -> Iterator[str]:
    count = len(letters) - GRAM + 1
    if count <= len(_SLICES):
        return map(letters.__getitem__, _SLICES[: max(count, 0)])
    return (letters[at : at + GRAM] for at in range(count))


def _samples_of(letters: str) -> Iterator[str]:
    count = (len(letters) - _SAMPLE) // _STEP + 1
    if count <= len(_SAMPLE_SLICES):
        return map(letters.__getitem__, _SAMPLE_SLICES[: max(count, 0)])
    return (letters[at : at + _SAMPLE] for at in range(0, len(letters) - _SAMPLE + 1, _STEP))


def _occurrences(letters: str, form: str) -> Iterable[int]:
    at = letters.find(form)
    while at >= 0:
        yield at
        at = letters.find(form, at + 1)


def _merged(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if merged and span.start < merged[-1].end:
            last = merged[-1]
            if span.end > last.end:
                merged[-1] = Span(last.start, span.end, last.kind, last.rule)
        else:
            merged.append(span)
    return merged


def compile_known(terms: Iterable[Term]) -> Known:
    """What `terms` say of one subject, ready to be found."""
    forms: Forms = collect(terms)
    by_start: dict[str, list[str]] = {}
    for form in forms.search:
        by_start.setdefault(form[:GRAM], []).append(form)
    long_forms = {start: tuple(listed) for start, listed in by_start.items() if len(start) == GRAM}
    grams = frozenset(forms.letter_grams | forms.digit_grams | long_forms.keys())
    return Known(
        short_forms=tuple(sorted(form for form in forms.search if len(form) < GRAM)),
        long_forms=long_forms,
        rules=forms.search,
        grams=grams,
        samples=frozenset(gram[at : at + _SAMPLE] for gram in grams for at in range(_STEP)),
        letter_grams=frozenset(forms.letter_grams),
        digit_grams=frozenset(forms.digit_grams),
        particles=frozenset(forms.particles),
        initials=frozenset(forms.initials),
        initial_groups=frozenset(forms.initial_groups),
        siblings=forms.siblings,
        longest=max(map(len, forms.search), default=1),
    )
