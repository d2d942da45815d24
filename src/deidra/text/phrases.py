"""Words that stay because of the words beside them: those of listed phrases, and eponyms ("Foley catheter")."""

from __future__ import annotations

import re
from collections.abc import Sequence

from deidra.text.neighbours import PARTICLES
from deidra.text.tokens import Token
from deidra.text.vocabulary import Standing, Vocabulary

# Between the words of one term; a possessive or a hyphen, but no comma and no caret: those part names
_WITHIN = re.compile(r"[ _/-]{0,2}|['’]s?[ -]|['’]")
_POSSESSIVE = frozenset({"'", "’"})


def disarm(flat: str, found: Sequence[Token], vocabulary: Vocabulary) -> None:
    """The words of a phrase, and an eponym beside the noun that makes it one, are terms whatever they are alone."""
    words = [token for at, token in enumerate(found) if not _is_possessive(flat, found, at)]
    for at, token in enumerate(words):
        for phrase in vocabulary.phrases.get(token.word, ()):
            inside = words[at : at + len(phrase)]
            if [other.word for other in inside] == phrase:
                for other in inside:
                    other.standing = Standing.STRONG
                break
        if token.kind:
            continue
        if _is_defined(flat, words, at, vocabulary):
            token.standing = Standing.STRONG
        elif token.word in vocabulary.bearers:
            _disarm_eponym(flat, words, at, vocabulary)


def _is_possessive(flat: str, found: Sequence[Token], at: int) -> bool:
    token = found[at]
    return token.word == "s" and token.start > 0 and flat[token.start - 1] in _POSSESSIVE


def _is_defined(flat: str, words: Sequence[Token], at: int, vocabulary: Vocabulary) -> bool:
    """Whether a noun follows that makes a term of any name: "Walch classification"."""
    after = at + 1
    return (
        after < len(words)
        and words[after].word in vocabulary.defining
        and words[at].text.istitle()
        and _is_within(flat, words[at], words[after])
    )


def _disarm_eponym(flat: str, words: Sequence[Token], at: int, vocabulary: Vocabulary) -> None:
    """Look for a noun behind the name, or one in front of it with a particle between or none."""
    token = words[at]
    after = at + 1
    if after < len(words) and words[after].word in vocabulary.heads and _is_within(flat, token, words[after]):
        token.standing = Standing.STRONG
        return
    before = at - 1
    if before >= 0 and words[before].word in PARTICLES:
        before -= 1
    if (
        before >= 0
        and words[before].word in vocabulary.leads
        and not words[before].kind
        and all(_is_within(flat, words[one], words[one + 1]) for one in range(before, at))
    ):
        for one in words[before + 1 : at + 1]:
            one.standing = Standing.STRONG


def _is_within(flat: str, one: Token, other: Token) -> bool:
    return not one.kind and not other.kind and _WITHIN.fullmatch(flat[one.end : other.start]) is not None
