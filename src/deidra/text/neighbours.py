"""The neighbour rule: what stands beside a word that goes, and is part of the same name or address, goes with it."""

from __future__ import annotations

from deidra.text.tokens import PREFIXES, UNITS, Token
from deidra.text.vocabulary import Standing

BESIDE = frozenset(
    {"", " ", "  ", ",", ", ", "^", "_", "-", ".", ". ", "'", "’", " - ", "- ", " -", ",_", "=", "^^", "\u3000", "/"}
)
_NAME_LIKE = frozenset({"", " ", "  ", ",", ", ", "^", "^^", ",_", "_", "'", "’", ". ", "-", "/", " - "})
SPACED = frozenset({" ", "  ", ",", ", ", "^", "'", "’", ". "})
SIDES = frozenset("lr")
# Particles go with the name behind them
PARTICLES = frozenset(
    (
        "de la le du des di da do dos das del della dello dei degli van "
        "von den der dem ter ten te op aan onder het el al bin ibn ben bint abu zu zum zur vom af av of the y e"
    ).split()
)
KNOWN, FORMAT = "known", "format"
_DIGITS_OF_A_SETTING = 3
DOUBTFUL = frozenset({Standing.WEAK, Standing.COMMON, Standing.AMBIGUOUS, Standing.EPONYM, Standing.PLACE})


def remove(token: Token, kind: str, rule: str) -> None:
    """Note that `token` goes: what it is, and the rule that says so."""
    token.kind = kind
    token.rule = rule


def is_abbreviation(title: Token, between: str) -> bool:
    """Whether what could be a title is a modality (DR, MR) or another abbreviation."""
    return title.text.isupper() and len(title.text) <= 3 and not between.startswith(".")


def look_beside(flat: str, found: list[Token], *, prose: bool) -> bool:
    """One round of the neighbour rule. True when it removed anything."""
    going: list[tuple[Token, set[str]]] = []
    for at, token in enumerate(found):
        if token.kind or token.standing == Standing.TECHNICAL:
            continue
        before = found[at - 1] if at and found[at - 1].kind else None
        after = found[at + 1] if at + 1 < len(found) else None
        removed_after = after is not None and after.kind != ""
        if before is None and not removed_after:
            continue
        if token.standing == Standing.NUMBER and _belongs_to_term(flat, found, at):
            continue
        left = before is not None and _goes(flat, token, before, flat[before.end : token.start], after, prose=prose)
        right = (
            removed_after
            and after is not None
            and _goes(flat, token, after, flat[token.end : after.start], after, prose=prose)
        )
        if left or right or _makes_a_pair(flat, found, at):
            beside = {other.rule for other, goes in ((before, left), (after, right)) if other is not None and goes}
            going.append((token, beside))
    for token, beside in going:
        # A number beside a known term or a form is part of that, and no stranger to the word on its other side
        number = token.standing in {Standing.NUMBER, Standing.LONG_NUMBER} and beside <= {KNOWN, FORMAT}
        remove(token, "number" if number else "neighbour", "vocabulary:neighbour")
    return bool(going)


def _belongs_to_term(flat: str, found: list[Token], at: int) -> bool:
    """Whether a number of up to three digits follows a term: "Isovue 370", "RAO 30", "PSMA-11"."""
    token, before = found[at], found[at - 1] if at else None
    return (
        before is not None
        and len(token.word) <= _DIGITS_OF_A_SETTING
        and not before.kind
        and before.standing in {Standing.STRONG, Standing.TECHNICAL, Standing.WEAK, Standing.EPONYM}
        and flat[before.end : token.start] in {"", " ", "-"}
    )


def _goes(flat: str, token: Token, removed: Token, between: str, after: Token | None, *, prose: bool) -> bool:
    """Whether a kept `token` is part of what was removed beside it."""
    if between not in BESIDE:
        return False
    if token.standing in {Standing.NUMBER, Standing.LONG_NUMBER}:
        return len(token.word) >= 2 and not (after is not None and is_unit(flat, token, after))
    if removed.rule == KNOWN and removed.kind == "name":
        return token.standing == Standing.TITLE and removed.start > token.start and not is_abbreviation(token, between)
    # What is known to be a number or a day, or has the form of one, is no part of a name
    numeric = removed.rule == FORMAT and removed.kind not in {"address", "postal-code"}
    if numeric or (removed.rule == KNOWN and removed.kind in {"identifier", "date"}):
        return token.standing == Standing.LETTER and between == ""
    if removed.rule == FORMAT and token.standing == Standing.STRONG:
        return token.is_name and token.text.istitle() and between in SPACED and not prose
    if removed.rule not in {KNOWN, FORMAT}:
        if removed.kind == "number":
            return token.standing == Standing.LETTER and between == ""
        if token.word in PARTICLES and between in _NAME_LIKE:
            if removed.start > token.start:
                return not removed.text[0].islower() or removed.word in PARTICLES
            return after is not None and after.text.istitle() and (after.standing in DOUBTFUL or after.is_name)
        if token.standing == Standing.STRONG:
            return _stands_as_name(token, removed, between, short=not prose)
    return token.standing != Standing.STRONG and _goes_with_stranger(flat, token, removed, between, prose=prose)


def _goes_with_stranger(flat: str, token: Token, removed: Token, between: str, *, prose: bool) -> bool:
    """Whether a word that is worth less than a term goes with the unknown word or address beside it."""
    if token.standing == Standing.LETTER:
        return _is_initial(flat, token, between)
    if token.standing == Standing.TITLE:
        return not is_abbreviation(token, between) and not (token.is_word and token.text.islower())
    if token.standing == Standing.PLACE:
        return not (token.is_word and token.text.islower())
    if between not in _NAME_LIKE:
        return False
    if token.standing in {Standing.AMBIGUOUS, Standing.EPONYM}:
        return removed.rule == FORMAT or _alike(token.text, removed.text) or _surname_and_given(token, removed)
    if token.standing == Standing.COMMON:
        if prose:
            return token.is_name and _stands_as_name(token, removed, between, short=False)
        if token.is_name:
            return _alike(token.text, removed.text) or _surname_and_given(token, removed)
    return token.text.istitle() and between in SPACED


def _surname_and_given(one: Token, other: Token) -> bool:
    """Whether one is in capitals and one is not, as in "CHIN Kenneth"."""
    styles = {_style(one.text), _style(other.text)}
    return styles == {"upper", "title"} and len(one.text) > 2 and len(other.text) > 2


def is_unit(flat: str, number: Token, after: Token) -> bool:
    """Whether the unit of `number` follows it."""
    return not after.kind and after.word in UNITS and flat[number.end : after.start] in {"", " "}


def _stands_as_name(token: Token, removed: Token, between: str, *, short: bool) -> bool:
    """Whether a safe word is written beside a stranger as the other half of a name is: "Chest, Anna", "Le Roux"."""
    if not _alike(token.text, removed.text):
        return False
    if between in {",", ", ", "^", "^^"}:
        return token.text[0].isupper()
    if token.text.istitle():
        return between in _NAME_LIKE and (token.is_name or token.word in PREFIXES)
    return short and token.text.islower() and token.is_name and between in {" ", "_"}


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
    if token.word in SIDES and not dotted:
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
