"""Which words of a text may stay: what each is worth, and what stands beside it."""

from __future__ import annotations

from collections.abc import Sequence

from deidra.text.spans import Span
from deidra.text.terms import HONORIFICS
from deidra.text.tokens import PREFIXES, UNITS, Token, tokens, worst_standing
from deidra.text.vocabulary import Standing, Vocabulary

_ROUNDS = 3
_BESIDE = frozenset({"", " ", "  ", ",", ", ", "^", "_", "-", ".", ". ", "'", "’", " - ", ",_", "=", "^^", "\u3000"})
_NAME_LIKE = frozenset({"", " ", "  ", ",", ", ", "^", "^^", ",_", "_", "'", "’", ". ", "-"})
_SPACED = frozenset({" ", "  ", ",", ", ", "^", "'", "’", ". "})
# Before a number that would else be a year, and what makes a letter beside a name a side of the body
_KEYS = frozenset(
    "te tr ti td fa fov matrix b bval nex nsa bw thk sp gap etl pf ms hu ww wl wc level window esp kv ma mas".split()
)
_SIDES = frozenset("lr")

# Between a title and the name
_DEGREES = frozenset("med dent vet rer nat habil univ phil ing dipl hc jur".split())
# Particles go with the name behind them
_PARTICLES = frozenset(
    "de la le du di da do dos das del della van von den der ter ten el al bin zu zum zur vom".split()
)
_DESCRIPTOR_LENGTH = 80  # characters: in longer texts a word in small letters beside an unknown one is seldom a name

_KNOWN, _FORMAT = "known", "format"
_TERMS = frozenset({Standing.STRONG, Standing.TECHNICAL, Standing.WEAK, Standing.NUMBER, Standing.LETTER})


def judge(flat: str, spans: Sequence[Span], vocabulary: Vocabulary) -> list[Span]:
    """Spans for the words of `flat` that may not stay. `spans` (in order) are what has been found already."""
    if not spans and worst_standing(flat, vocabulary) <= Standing.NUMBER:
        return []
    found = _all_tokens(flat, spans, vocabulary)
    _disarm_phrases(found, vocabulary)
    _first_look(flat, found, vocabulary)
    for _ in range(_ROUNDS):
        if not _look_beside(flat, found):
            break
    return [
        Span(token.start, token.end, token.kind, token.rule)
        for token in found
        if token.kind and token.rule not in {_KNOWN, _FORMAT}
    ]


def _all_tokens(flat: str, spans: Sequence[Span], vocabulary: Vocabulary) -> list[Token]:
    found: list[Token] = []
    at = 0
    for span in spans:
        found += tokens(flat, at, span.start, vocabulary)
        taken = Token(span.start, span.end, flat[span.start : span.end], "", Standing.UNKNOWN, is_surname=False)
        taken.kind = span.kind
        taken.rule = _KNOWN if span.rule.startswith("known:") else _FORMAT
        found.append(taken)
        at = span.end
    found += tokens(flat, at, len(flat), vocabulary)
    return found


def _disarm_phrases(found: list[Token], vocabulary: Vocabulary) -> None:
    """The words of a phrase of the lists stay, whatever they are worth alone."""
    beginnings = vocabulary.phrases
    for at, token in enumerate(found):
        for phrase in beginnings.get(token.word, ()):
            inside = found[at : at + len(phrase)]
            if [other.word for other in inside] == phrase:
                for other in inside:
                    other.standing = Standing.STRONG
                break


def _first_look(flat: str, found: list[Token], vocabulary: Vocabulary) -> None:
    """Unknown words, numbers that are too long, and names that nothing beside them disarms."""
    doubtful = [at for at, token in enumerate(found) if token.standing > Standing.NUMBER and not token.kind]
    for at in doubtful:
        token = found[at]
        if token.standing == Standing.UNKNOWN:
            _remove(token, "unknown-word", "vocabulary:unknown")
        elif token.standing == Standing.LONG_NUMBER and not _measures(flat, found, at):
            _remove(token, "number", "number:long")
        elif token.standing == Standing.AMBIGUOUS and not (vocabulary.needs_term(token.word) and _has_term(found, at)):
            _remove(token, "unknown-word", "vocabulary:ambiguous")
    for at in doubtful:
        token = found[at]
        if token.standing == Standing.TITLE and not token.kind and at + 1 < len(found):
            _beside_title(flat, found, at)
        if token.standing == Standing.PLACE:
            if at:
                _beside_place(flat, found[at - 1], token)
            if at + 1 < len(found):
                _beside_place(flat, token, found[at + 1])


def _beside_title(flat: str, found: list[Token], at: int) -> None:
    following = at + 1
    while following + 1 < len(found) and found[following].word in _DEGREES and flat[found[following].end] == ".":
        following += 1
    _after_title(flat, found[at], found[following], beside=following == at + 1)


def _has_term(found: list[Token], at: int) -> bool:
    """Whether a term stands beside the word at `at`, or it stands alone."""
    beside = [other for other in (_beyond(found, at, -1), _beyond(found, at, 1)) if other is not None]
    return not beside or any(not other.kind and other.standing in _TERMS for other in beside)


def _beyond(found: list[Token], at: int, step: int) -> Token | None:
    """The next token in a direction. What is known to be someone's or something else's says nothing: look past it."""
    at += step
    while 0 <= at < len(found):
        if found[at].rule not in {_KNOWN, _FORMAT}:
            return found[at]
        at += step
    return None


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
    if following.kind or (beside and between not in _BESIDE | {":", ": ", " : "}):
        return
    if _is_abbreviation(title, between):
        return
    honorific = following.text.istitle() and (title.word in HONORIFICS or title.text.islower())
    named = (
        honorific
        or following.standing in {Standing.AMBIGUOUS, Standing.EPONYM}
        or (following.standing in {Standing.WEAK, Standing.PLACE} and following.text.istitle())
    )
    if named:
        _remove(following, "name", "vocabulary:after-title")


def _is_abbreviation(title: Token, between: str) -> bool:
    """Whether what could be a title is a modality (DR, MR) or another abbreviation."""
    return title.text.isupper() and len(title.text) <= 3 and not between.startswith(".")


def _beside_place(flat: str, one: Token, other: Token) -> None:
    if flat[one.end : other.start] not in _SPACED:
        return
    for token in (one, other):
        named = token.standing == Standing.WEAK or (
            token is one and token.standing == Standing.STRONG and other.text.istitle()
        )
        if not token.kind and (token.standing == Standing.AMBIGUOUS or (named and token.text.istitle())):
            _remove(token, "address", "vocabulary:beside-place")


def _remove(token: Token, kind: str, rule: str) -> None:
    token.kind = kind
    token.rule = rule


def _look_beside(flat: str, found: list[Token]) -> bool:
    """One round of the neighbour rule. True when it removed anything."""
    going = []
    for at, token in enumerate(found):
        if token.kind or token.standing == Standing.TECHNICAL:
            continue
        before = found[at - 1] if at and found[at - 1].kind else None
        after = found[at + 1] if at + 1 < len(found) else None
        removed_after = after is not None and after.kind != ""
        if before is None and not removed_after:
            continue
        left = before is not None and _goes(flat, token, before, flat[before.end : token.start], after)
        right = removed_after and after is not None and _goes(flat, token, after, flat[token.end : after.start], after)
        if left or right or _makes_a_pair(flat, found, at):
            going.append(token)
    for token in going:
        _remove(token, "neighbour", "vocabulary:neighbour")
    return bool(going)


def _goes(flat: str, token: Token, removed: Token, between: str, after: Token | None) -> bool:
    """Whether a kept `token` is part of what was removed beside it."""
    if between not in _BESIDE:
        return False
    if token.standing in {Standing.NUMBER, Standing.LONG_NUMBER}:
        return len(token.word) >= 2 and not (after is not None and _is_unit(flat, token, after))
    if removed.rule == _KNOWN and removed.kind == "name":
        return token.standing == Standing.TITLE and removed.start > token.start
    if removed.rule == _FORMAT and removed.kind not in {"address", "postal-code"}:
        return token.standing == Standing.LETTER and between == ""
    if removed.rule not in {_KNOWN, _FORMAT}:
        if removed.kind == "number":
            return token.standing == Standing.LETTER and between == ""
        if token.word in _PARTICLES and removed.start > token.start and between in _NAME_LIKE:
            return True
        if token.standing == Standing.STRONG:
            return _stands_as_name(token, removed, between, short=len(flat) <= _DESCRIPTOR_LENGTH)
    return token.standing != Standing.STRONG and _goes_with_stranger(flat, token, removed, between)


def _goes_with_stranger(flat: str, token: Token, removed: Token, between: str) -> bool:
    """Whether a word that is worth less than a term goes with the unknown word or address beside it."""
    if token.standing == Standing.LETTER:
        return _is_initial(flat, token, between)
    if token.standing == Standing.TITLE:
        return not _is_abbreviation(token, between)
    if token.standing == Standing.PLACE:
        return True
    if token.standing in {Standing.AMBIGUOUS, Standing.EPONYM}:
        return between in _NAME_LIKE and _alike(token.text, removed.text)
    return token.text.istitle() and between in _SPACED


def _is_unit(flat: str, number: Token, after: Token) -> bool:
    return not after.kind and after.word in UNITS and flat[number.end : after.start] in {"", " "}


def _stands_as_name(token: Token, removed: Token, between: str, *, short: bool) -> bool:
    """Whether a safe word is written beside a stranger as the other half of a name is: "Chest, Anna", "Le Roux"."""
    if not _alike(token.text, removed.text):
        return False
    if between in {",", ", ", "^", "^^"}:
        return token.text[0].isupper()
    if token.text.istitle():
        return between in _NAME_LIKE and (token.is_surname or token.word in PREFIXES)
    return short and token.text.islower() and token.is_surname and between in {" ", "_"}


def _makes_a_pair(flat: str, found: list[Token], at: int) -> bool:
    """Whether a word and an unknown one stand apart from all others, as a name does: "Jane Chest" in "_Jane Chest_"."""
    token = found[at]
    if not token.text.istitle() or token.standing == Standing.TECHNICAL:
        return False
    for first in (at - 1, at):
        if first < 0 or first + 1 >= len(found):
            continue
        other = found[first] if first != at else found[at + 1]
        if (
            other.rule != "vocabulary:unknown"
            or not other.text.istitle()
            or flat[found[first].end : found[first + 1].start] != " "
        ):
            continue
        start, end = found[first].start, found[first + 1].end
        if (first == 0 or not flat[start - 1].isspace()) and (first + 2 == len(found) or not flat[end].isspace()):
            return True
    return False


def _is_initial(flat: str, token: Token, between: str) -> bool:
    if between in {"'", "’", ""}:
        return True
    dotted = flat[token.end : token.end + 1] == "."
    if token.word in _SIDES and not dotted:
        return False
    return token.text.isupper() and between in _NAME_LIKE | {". ", "."}


def _alike(one: str, other: str) -> bool:
    """Whether two words are written alike: small, capital, or with an initial capital. Scripts without case fit all."""
    styles = {_style(one), _style(other)} - {""}
    return len(styles) < 2


def _style(text: str) -> str:
    letters = [letter for letter in text if letter.isupper() or letter.islower()]
    if not letters:
        return ""
    if all(map(str.isupper, letters)):
        return "upper"
    return "title" if letters[0].isupper() else "lower"
