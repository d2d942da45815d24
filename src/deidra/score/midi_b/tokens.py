"""Words of an expected text, as the validation script splits them: the conventions of the Penn Treebank.

Only what reaches a verdict is rebuilt: which strings must be found in the output's value. Texts arrive in lower case.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable

# Function words of English, after the Snowball project's list, which the script leaves out of the comparison
_FUNCTION_WORDS = frozenset(
    """i me my myself we our ours ourselves you you're you've you'll you'd your yours yourself yourselves he him his
    himself she she's her hers herself it it's its itself they them their theirs themselves what which who whom this
    that that'll these those am is are was were be been being have has had having do does did doing a an the and but
    if or because as until while of at by for with about against between into through during before after above
    below to from up down in out on off over under again further then once here there when where why how all any
    both each few more most other some such no nor not only own same so than too very s t can will just don don't
    should should've now d ll m o re ve y ain aren aren't couldn couldn't didn didn't doesn doesn't hadn hadn't hasn
    hasn't haven haven't isn isn't ma mightn mightn't mustn mustn't needn needn't shan shan't shouldn shouldn't wasn
    wasn't weren weren't won won't wouldn wouldn't""".split()
)
_MARKS = frozenset(string.punctuation) | {"“", "”", "‘", "’", "``", "•"}
# Common abbreviations that end no sentence
_ABBREVIATIONS = frozenset(
    """dr mr mrs ms prof st jr sr vs inc ltd co corp dec jan feb aug sept sep oct nov ave ct pa lt sen col ft va yr
    fri tues wed maj gen rep bros ill wash mich conn cos mg tenn minn fla ga ala ore kan ky nev ariz calif okla colo
    wis adm chg sw messrs cie reps ok a.m p.m u.s u.k u.n d.c ph.d a.d u.s.a n.y l.a s.a b.v n.v
    c d e f g h k l m n p r s t v w""".split()
)
_SENTENCE_END = re.compile(r"(\S*)\.([)\]}\"'”’]*)\s+(?=\S)")
_NUMBER_OR_INITIAL = re.compile(r"[-+]?[\d.,]+|[^\W\d_]")

_Step = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]

_OPENING: tuple[_Step, ...] = (
    (re.compile(r"[«“‘„]|`+"), r" \g<0> "),
    (re.compile(r'^"'), "``"),
    (re.compile(r"``"), " `` "),
    (re.compile(r"([ (\[{<])(?:\"|'')"), r"\1 `` "),
    (re.compile(r"(?<!\w)'(?!(?:re|ve|ll|m|t|s|d|n)\b)(?=\w)"), "' "),
)
_INNER: tuple[_Step, ...] = (
    (re.compile(r"(?<=[^.])\.(?=[\])}>\"'»”’ ]*\s*$)"), " . "),
    (re.compile(r"[:,](?=\D)"), r" \g<0> "),
    (re.compile(r"[:,]$"), r" \g<0> "),
    (re.compile(r"\.{2,}"), r" \g<0> "),
    (re.compile(r"[;@#$%&?!*\]\[(){}<>\u2012-\u2015]"), r" \g<0> "),
    (re.compile(r"(?<=[^'])' "), " ' "),
    (re.compile(r"--"), " -- "),
)
_CONTRACTIONS = re.compile(
    r"\b(can)(not)\b|\b(gim|lem)(me)\b|\b(gon)(na)\b|\b(got)(ta)\b|\b(d)('ye)\b|\b(more)('n)\b|\b(wan)(na)(?=\s)"
)


def _parted(match: re.Match[str]) -> str:
    return f" {' '.join(part for part in match.groups() if part)} "


_CLOSING: tuple[_Step, ...] = (
    (re.compile(r"[»”’]"), r" \g<0> "),
    (re.compile(r"''|\""), " '' "),
    (re.compile(r"\s+"), " "),
    (re.compile(r"(?<=[^' ])('s|'m|'d|') ", re.IGNORECASE), r" \1 "),
    (re.compile(r"(?<=[^' ])('ll|'re|'ve|n't) ", re.IGNORECASE), r" \1 "),
    (_CONTRACTIONS, _parted),
    (re.compile(r" ('t)(is|was)\b"), r" \1 \2 "),
)  # fmt: skip


def content_words(text: str) -> list[str]:
    """The tokens of a lower-case text that are neither punctuation nor function words."""
    return [word for word in _tokens(text) if word not in _FUNCTION_WORDS and word not in _MARKS]


def _tokens(text: str) -> list[str]:
    return [word for sentence in _sentences(text) for word in _split(sentence)]


def _sentences(text: str) -> list[str]:
    """The text cut after periods that end a sentence: not those of abbreviations, numbers and initials."""
    found, start = [], 0
    for match in _SENTENCE_END.finditer(text):
        last = match[1].lstrip("([{\"'")
        if last in _ABBREVIATIONS or (text[match.end()].islower() and _NUMBER_OR_INITIAL.fullmatch(last)):
            continue
        found.append(text[start : match.end()].rstrip())
        start = match.end()
    return [*found, text[start:]]


def _split(sentence: str) -> list[str]:
    for pattern, spaced in (*_OPENING, *_INNER):
        sentence = pattern.sub(spaced, sentence)
    sentence = f" {sentence} "
    for pattern, spaced in _CLOSING:
        sentence = pattern.sub(spaced, sentence)
    return sentence.split()
