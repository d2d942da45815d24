"""Which words of a text may stay: what each is worth, and what stands beside it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from deidra.text.neighbours import (
    BESIDE,
    DOUBTFUL,
    FORMAT,
    KNOWN,
    PARTICLES,
    SIDES,
    SPACED,
    is_abbreviation,
    look_beside,
    remove,
)
from deidra.text.phrases import disarm
from deidra.text.spans import Span
from deidra.text.terms import HONORIFICS
from deidra.text.tokens import UNITS, Token, tokens, worst_standing
from deidra.text.vocabulary import Piece, Standing, Vocabulary

_ROUNDS = 3
# Before a number that would else be a year, and what makes a letter beside a name a side of the body
_KEYS = frozenset(
    "te tr ti td fa fov matrix b bval nex nsa bw thk sp gap etl pf ms hu ww wl wc level window esp kv ma mas".split()
)
_SEGMENTS = frozenset("lrctsm")  # sides, the spine, and metres

# Between a title and the name
_DEGREES = frozenset("med dent vet rer nat habil univ phil ing dipl hc jur".split())
# In prose a word in small letters beside an unknown one is seldom a name
_DESCRIPTOR_LENGTH = 80  # characters
_LONGEST_PLACE = 3  # words in front of the marker of a place
_FEWEST_SMALL, _FEWEST_LINKS = 4, 3  # words in small letters, and those of them that are no terms

_TERMS = frozenset({Standing.STRONG, Standing.TECHNICAL, Standing.WEAK, Standing.NUMBER, Standing.EPONYM})
_TELLING = frozenset(
    {Standing.STRONG, Standing.TECHNICAL, Standing.WEAK, Standing.LETTER, Standing.AMBIGUOUS, Standing.EPONYM}
)
_CLEAR = frozenset({Standing.STRONG, Standing.TECHNICAL, Standing.WEAK})
# Between parts of a descriptor
_PARTING = frozenset(",;^|")
_PARTING_GAPS = frozenset({" / ", " - ", " // ", " -- "})
_PARTING_FOR_WORDS = frozenset({". ", ": ", ":"})  # a term behind these still speaks for an ambiguous word


def judge(flat: str, spans: Sequence[Span], vocabulary: Vocabulary, *, strict: bool = False) -> list[Span]:
    """Spans for the words of `flat` that may not stay. `spans` (in order) are what has been found already.

    `strict`: terms that are names too do not stay where nothing but such words stands beside them.
    """
    if not spans:
        worst = worst_standing(flat, vocabulary)
        if len(flat) > _DESCRIPTOR_LENGTH:
            quick = worst == Standing.COMMON or worst <= Standing.NUMBER
        else:
            quick = worst <= Standing.NUMBER and not strict
        if quick:
            return []
    found = _all_tokens(flat, spans, vocabulary)
    disarm(flat, found, vocabulary)
    prose = _is_prose(flat, found)
    _first_look(flat, found, vocabulary, prose=prose)
    _look_at_initials(flat, found, strict=strict)
    if prose:
        _look_at_capitals(flat, found)
    else:
        _look_at_parts(flat, found, strict=strict)
    for _ in range(_ROUNDS):
        if not look_beside(flat, found, prose=prose):
            break
    return [
        Span(token.start, token.end, token.kind, token.rule)
        for token in found
        if token.kind and token.rule not in {KNOWN, FORMAT}
    ]


def _is_prose(flat: str, found: Sequence[Token]) -> bool:
    """Whether `flat` is a sentence or several, and no descriptor: long, or words in small letters and a full stop."""
    if len(flat) > _DESCRIPTOR_LENGTH:
        return True
    small = sum(token.text.islower() and len(token.word) > 1 for token in found)
    linked = sum(token.standing == Standing.COMMON and token.text.islower() for token in found)
    return small >= _FEWEST_SMALL and (flat.rstrip().endswith((".", "!", "?")) or linked >= _FEWEST_LINKS)


def _all_tokens(flat: str, spans: Sequence[Span], vocabulary: Vocabulary) -> list[Token]:
    found: list[Token] = []
    at = 0
    for span in spans:
        found += tokens(flat, at, span.start, vocabulary)
        taken = Token(0, Piece(span.start, span.end, flat[span.start : span.end], "", Standing.UNKNOWN))
        taken.kind = span.kind
        taken.rule = KNOWN if span.rule.startswith("known:") else FORMAT
        found.append(taken)
        at = span.end
    found += tokens(flat, at, len(flat), vocabulary)
    return found


def _first_look(flat: str, found: list[Token], vocabulary: Vocabulary, *, prose: bool) -> None:
    """Unknown words, numbers that are too long, and names that nothing beside them disarms."""
    doubtful = [at for at, token in enumerate(found) if token.standing > Standing.NUMBER and not token.kind]
    for at in doubtful:
        token = found[at]
        if token.standing == Standing.UNKNOWN:
            remove(token, "unknown-word", "vocabulary:unknown")
        elif token.standing == Standing.LONG_NUMBER and not _measures(flat, found, at):
            remove(token, "number", "number:long")
        elif token.standing == Standing.AMBIGUOUS and not (
            vocabulary.needs_term(token.word) and _has_term(flat, found, at, prose=prose)
        ):
            remove(token, "unknown-word", "vocabulary:ambiguous")
    for at in doubtful:
        token = found[at]
        if token.standing == Standing.TITLE and not token.kind and at + 1 < len(found):
            _beside_title(flat, found, at)
        if token.standing == Standing.PLACE:
            _beside_place(flat, found, at)
            if at + 1 < len(found):
                _place_with_particles(found, at)


def _beside_title(flat: str, found: list[Token], at: int) -> None:
    following = at + 1
    while following + 1 < len(found) and found[following].word in _DEGREES and flat[found[following].end] == ".":
        following += 1
    degrees = following
    while following + 1 < len(found) and found[following].word in PARTICLES and not found[following].kind:
        following += 1
    if following > degrees and found[following].text[0].isupper() and not is_abbreviation(found[at], " "):
        for token in found[degrees : following + 1]:
            if not token.kind:
                remove(token, "name", "vocabulary:after-title")
        return
    _after_title(flat, found[at], found[degrees], beside=degrees == at + 1)


def _has_term(flat: str, found: list[Token], at: int, *, prose: bool) -> bool:
    """Whether a term stands beside the word at `at` in the same part of the text, or it stands alone."""
    alone = True
    for step in (-1, 1):
        other = at + step
        # What is known to be someone's or something else's says nothing, nor does "with" or "of the": look past it
        while 0 <= other < len(found) and (
            found[other].rule in {KNOWN, FORMAT}
            or (found[other].standing == Standing.COMMON and not found[other].kind and found[other].text.islower())
            or _is_with(flat, found, other)
        ):
            other += step
        if not 0 <= other < len(found):
            continue
        alone = False
        first, last = sorted((at, other))
        if not prose and any(_parts(flat, found[one], found[one + 1]) for one in range(first, last)):
            continue
        if not found[other].kind and _is_term(flat, found[other]):
            return True
    return alone


def _is_with(flat: str, found: list[Token], at: int) -> bool:
    """Whether a letter is one of "w/" and "w/o", which say no more than "with" and "without"."""
    token = found[at]
    if token.word == "w":
        return flat[token.end : token.end + 1] == "/"
    return token.word == "o" and at > 0 and found[at - 1].word == "w" and flat[token.start - 1] == "/"


def _is_term(flat: str, token: Token) -> bool:
    if token.standing == Standing.LETTER:
        return token.word in SIDES and flat[token.end : token.end + 1] != "."
    return token.standing in _TERMS


def _parts(flat: str, one: Token, other: Token) -> bool:
    """Whether what stands between two words makes them parts of their own: "Smith, CT" but not "CT/MR"."""
    between = flat[one.end : other.start]
    if between == "_":
        return " " in flat
    return not _PARTING.isdisjoint(between) or between in _PARTING_GAPS


def _look_at_parts(flat: str, found: list[Token], *, strict: bool) -> None:
    """Words of a language and of places that stand in a part of a descriptor without any term, and are names too."""
    start = 0
    for end in range(1, len(found) + 1):
        if end < len(found) and not (
            _parts(flat, found[end - 1], found[end])
            or flat[found[end - 1].end : found[end].start] in _PARTING_FOR_WORDS
        ):
            continue
        part = found[start:end]
        alone = start == 0 and end == len(found)
        start = end
        if alone:
            continue
        if strict and all(token.is_name or token.standing not in _CLEAR for token in part if not token.kind):
            remove(part[0], part[0].kind or "unknown-word", part[0].rule or "vocabulary:names-alone")
            continue
        if any(token.kind or token.standing in _TELLING for token in part):
            continue
        numbered = any(token.standing == Standing.NUMBER and len(token.word) > 1 for token in part)
        for token in part:
            if token.standing in {Standing.COMMON, Standing.PLACE} and (
                token.is_name or (numbered and token.text.istitle())
            ):
                remove(token, "unknown-word", "vocabulary:alone")


def _look_at_capitals(flat: str, found: list[Token]) -> None:
    """Words of a language that are names too and have a capital within a sentence: no such word needs one there."""
    for before, token in itertools.pairwise(found):
        if (
            token.standing == Standing.COMMON
            and token.is_name
            and not token.kind
            and token.text.istitle()
            and before.text.islower()
            and flat[before.end : token.start] in {" ", ", ", " (", "  "}
        ):
            remove(token, "name", "vocabulary:capital")


def _look_at_initials(flat: str, found: list[Token], *, strict: bool) -> None:
    """An initial with a dot and a word with a capital that may be a name: "M. Chin", "A. De Fina"."""
    for at, token in enumerate(found[:-1]):
        if token.standing != Standing.LETTER or token.kind or not token.text.isupper():
            continue
        following = at + 1
        while following + 1 < len(found) and found[following].word in PARTICLES:
            following += 1
        other = found[following]
        if flat[token.end : found[at + 1].start] not in {". ", "."} or not other.text[0].isupper() or other.kind:
            continue
        sided = token.word in SIDES or other.standing == Standing.STRONG
        named = other.standing in DOUBTFUL and (other.standing != Standing.WEAK or not sided)
        strong = other.standing == Standing.STRONG and other.is_name and other.text.istitle()
        if named or (strong and (strict or following > at + 1 or token.word not in _SEGMENTS)):
            for one in found[at : following + 1]:
                if not one.kind:
                    remove(one, "name", "vocabulary:initial")


def _measures(flat: str, found: list[Token], at: int) -> bool:
    """Whether a unit or the name of a setting beside a number makes it a measure."""
    token = found[at]
    if len(token.word) > 6:
        return False
    if at + 1 < len(found):
        after = found[at + 1]
        if after.word in UNITS and flat[token.end : after.start] in {"", " "} and after.end - after.start <= 4:
            return True
    if at:
        before = found[at - 1]
        return (
            before.word in _KEYS
            and len(token.word) <= 5
            and flat[before.end : token.start] in {"", " ", "=", ":", " = ", "_", "-"}
        )
    return False


def _after_title(flat: str, title: Token, following: Token, *, beside: bool) -> None:
    between = flat[title.end : following.start]
    if following.kind or (beside and between not in BESIDE | {":", ": ", " : "}):
        return
    if is_abbreviation(title, between):
        return
    # What is a word too ("med", "mr") is a title only where it is written like one
    clear = not title.is_word or between.startswith(".") or (title.text.istitle() and title.word in HONORIFICS)
    honorific = clear and following.text.istitle() and (title.word in HONORIFICS or title.text.islower())
    named = (
        honorific
        or (clear and following.is_name and following.text.istitle() and title.text.istitle())
        or following.standing in {Standing.AMBIGUOUS, Standing.EPONYM}
        or (following.standing in {Standing.WEAK, Standing.PLACE} and following.text.istitle())
    )
    if named:
        remove(following, "name", "vocabulary:after-title")


def _beside_place(flat: str, found: list[Token], at: int) -> None:
    """What names the place that the marker at `at` speaks of: "Nissen Klinikum", "Calle Mayor"."""
    marker = found[at]
    if marker.is_word and not marker.text.istitle():
        return
    if at + 1 < len(found) and flat[marker.end : found[at + 1].start] in SPACED:
        following = found[at + 1]
        titled = following.text.istitle() and not following.kind
        if (
            titled
            and (
                following.standing == Standing.WEAK or (following.standing == Standing.PLACE and not following.is_word)
            )
        ) or (following.standing == Standing.AMBIGUOUS and not following.kind):
            remove(following, "address", "vocabulary:beside-place")
    chain: list[Token] = []
    first = at
    while first and len(chain) < _LONGEST_PLACE and flat[found[first - 1].end : found[first].start] in SPACED:
        token = found[first - 1]
        if token.kind or not token.text.istitle() or token.standing in {Standing.TECHNICAL, Standing.NUMBER}:
            break
        chain.append(token)
        first -= 1
    if chain and (marker.text.istitle() or chain[0].standing in {Standing.WEAK, Standing.AMBIGUOUS}):
        for token in chain if any(token.standing != Standing.STRONG or token.is_name for token in chain) else chain[:1]:
            remove(token, "address", "vocabulary:beside-place")


def _place_with_particles(found: list[Token], at: int) -> None:
    """ "Saint De La Resistance": what follows the particles behind the marker of a place."""
    last = at + 1
    while last + 1 < len(found) and found[last].word in PARTICLES:
        last += 1
    if last > at + 1 and found[at].text.istitle() and found[last].text.istitle() and not found[last].kind:
        for token in found[at : last + 1]:
            if not token.kind:
                remove(token, "address", "vocabulary:beside-place")
