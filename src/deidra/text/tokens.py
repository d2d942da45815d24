"""A text as words and numbers, each with what it is worth."""

# ruff: noqa: E501 - lists of words read better in long lines
from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator

from deidra.text.folding import folded
from deidra.text.vocabulary import Chunk, Piece, Standing, Vocabulary

_MARKS = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u200b-\u200f\u00ad\u2060\ufe00-\ufe0f"
_CHUNK = re.compile(rf"(?:[^\W_][{_MARKS}]*|(?<=\d)[.,](?=\d))+")
_ASCII_CHUNK = re.compile(r"[A-Za-z0-9]+(?:[.,](?<=\d[.,])(?=\d)[A-Za-z0-9]+)*")  # the same, found faster
_PIECES = re.compile(rf"(?:[^\W\d_][{_MARKS}]*)+|\d+(?:[.,]\d+)*")
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_]")
_SCRIPTS = re.compile(
    r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff\u0250-\u02af]+|[\u0370-\u03ff\u1f00-\u1fff]+|[\u0400-\u052f]+|[\u0590-\u05ff]+|"
    r"[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]+|[\u0e00-\u0eff]+|[\uac00-\ud7af\u1100-\u11ff]+|"
    r"[\u2e80-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]+|[^\W\d_]"
)
_LONGEST_WORD = 64

UNITS = frozenset(
    "mm cm um nm ms us ns s sec secs min mins h hr hrs hz khz mhz ghz kv kvp ma mas mgy gy cgy ugy msv sv usv mbq kbq gbq bq mci "
    "uci ci kev mev mv hu ml cc dl mg ug kg g mol mmol mt t d w wk wks mo mos y yr yrs deg grad rad pt pts ch fr fps im img imgs sl "
    "ph x dir dirs echo echos db dpi px pix bit bits bpm cmh pa kpa mmhg st nd rd th er mgi cm2 cm3 mm2 mm3 m m2 l j jr mu rpm ppm "
    "cps kcps mw kw w dim plane planes view views vw slice slices phases".split()
)  # fmt: skip
_UNITS = "|".join(sorted(UNITS, key=lambda unit: (-len(unit), unit)))
_NUMBER = r"\d{1,4}(?:[.,]\d{1,8})?"
_TECHNICAL = re.compile(
    rf"{_NUMBER}(?:x{_NUMBER}){{1,3}}(?:{_UNITS})?|\d{{1,6}}(?:[.,]\d{{1,4}})?(?:{_UNITS})|"
    r"\d{1,4}[.,]\d{1,8}|\d{1,3}(?:[.,]\d{1,3}){2,3}|"
    r"[a-z]\d{1,3}(?:[.,]\d{1,2})?[a-z]{0,2}|[bs]\d{4}|\d{1,2}[a-z]\d{0,2}|\d{1,3}[a-z]|"
    r"v[a-f]\d{2}[a-z]?|x[ab]\d{2}[a-z]?|sp\d"  # versions of scanner software
)
_YEAR_LIKE = re.compile(r"(?:19\d\d|20[0-3]\d)")
_MOST_PIECES = 9
_MOST_DIGITS = 8


class Token:
    """A word or number of a text: `start` to `end`, its standing, and whether it has to go (and why)."""

    __slots__ = ("end", "is_name", "is_word", "kind", "rule", "standing", "start", "text", "word")

    def __init__(self, at: int, piece: Piece) -> None:
        self.start = at + piece.start
        self.end = at + piece.end
        self.text = piece.text
        self.word = piece.word
        self.standing = piece.standing
        self.is_name = piece.is_name
        self.is_word = piece.is_word
        self.kind = ""
        self.rule = ""


def tokens(flat: str, start: int, end: int, vocabulary: Vocabulary) -> list[Token]:
    """The words and numbers of `flat` between `start` and `end`."""
    found: list[Token] = []
    for match in (_ASCII_CHUNK if flat.isascii() else _CHUNK).finditer(flat, start, end):
        at = match.start()
        found += [Token(at, piece) for piece in vocabulary.chunk(match[0], take_apart).pieces]
    return found


def worst_standing(flat: str, vocabulary: Vocabulary) -> Standing:
    """The standing of the word or number of `flat` that is worth least."""
    chunks = set((_ASCII_CHUNK if flat.isascii() else _CHUNK).findall(flat))
    return max((vocabulary.chunk(chunk, take_apart).worst for chunk in chunks), default=Standing.STRONG)


def take_apart(chunk: str, vocabulary: Vocabulary) -> Chunk:
    """The words and numbers of a run of letters and digits."""
    pieces = tuple(_words(chunk, vocabulary))
    for piece in pieces:
        piece.is_word = vocabulary.is_word(piece.word)
        # What is only a form of a word may be a name just as well
        formed = piece.standing == Standing.COMMON and not piece.is_word
        piece.is_name = formed or piece.word in vocabulary.names
    return Chunk(pieces, max((piece.standing for piece in pieces), default=Standing.STRONG))


def _words(chunk: str, vocabulary: Vocabulary) -> Iterator[Piece]:
    if chunk.isascii() and chunk.isalpha():
        word = chunk.lower()
        if len(word) > 1:
            standing = vocabulary.standing(word) if len(word) <= _LONGEST_WORD else Standing.UNKNOWN
            if standing != Standing.UNKNOWN or chunk.islower() or chunk.isupper():
                yield Piece(0, len(chunk), chunk, word, standing)
                return
    yield from _judged(chunk, 0, vocabulary)


def _judged(chunk: str, at: int, vocabulary: Vocabulary) -> Iterator[Piece]:
    if len(chunk) == 1 and not chunk.isdigit():
        alone = Standing.LETTER if chunk.isascii() or not _is_ideographic(chunk) else _other(chunk, vocabulary)
        yield Piece(at, at + 1, chunk, folded(chunk), alone)
        return
    if chunk.isdigit():
        yield Piece(at, at + len(chunk), chunk, chunk, _number(chunk))
        return
    low = chunk.lower()
    if _TECHNICAL.fullmatch(low):
        yield Piece(at, at + len(chunk), chunk, low, Standing.TECHNICAL)
        return
    pieces = _PIECES.finditer(chunk)
    found = [token for piece in pieces for token in _piece(piece.group(), at + piece.start(), vocabulary)]
    if len(found) > 1:
        _join(found, chunk)
    yield from found


def _number(digits: str) -> Standing:
    if len(digits) < 4:
        return Standing.NUMBER
    if len(digits) > 4 or digits[0] == "0" or _YEAR_LIKE.fullmatch(digits):
        return Standing.LONG_NUMBER
    return Standing.NUMBER


def _piece(piece: str, at: int, vocabulary: Vocabulary) -> Iterator[Piece]:
    if piece[0].isdigit():
        digits = piece if piece.isdigit() else ""
        yield Piece(at, at + len(piece), piece, piece, _number(digits) if digits else Standing.TECHNICAL)
        return
    if len(piece) > _LONGEST_WORD and piece.isascii():
        yield Piece(at, at + len(piece), piece, piece.lower(), Standing.UNKNOWN)
        return
    word = bare(piece)
    standing = _other(piece, vocabulary) if len(word) != 1 or not piece.isascii() else Standing.LETTER
    if standing == Standing.UNKNOWN:
        parts = _CAMEL.finditer(piece) if piece.isascii() else _runs(piece)
        split = [(part.start(), part.group()) for part in parts]
        if len(split) > 1:
            for start, part in split:
                yield Piece(at + start, at + start + len(part), part, bare(part), _part(part, vocabulary))
            return
        if not piece.isascii() and _is_ideographic(piece[0]):
            yield from _segments(piece, at, vocabulary)
            return
    yield Piece(at, at + len(piece), piece, word, standing)


def bare(piece: str) -> str:
    """`piece` folded, without marks and characters that do not show."""
    return "".join(letter for letter in folded(piece) if letter.isalnum())


def _other(piece: str, vocabulary: Vocabulary) -> Standing:
    word = bare(piece)
    return vocabulary.standing(word) if len(word) <= _LONGEST_WORD else Standing.UNKNOWN


def _part(part: str, vocabulary: Vocabulary) -> Standing:
    if len(part) == 1 and part.isascii():
        return Standing.LETTER
    return _other(part, vocabulary)


def _runs(piece: str) -> Iterator[re.Match[str]]:
    """The parts of `piece` by script; the whole of it when there is but one."""
    if len({_script(letter) for letter in piece}) > 1:
        yield from _SCRIPTS.finditer(piece)


def _script(letter: str) -> str:
    match = _SCRIPTS.match(letter)
    if match is None or unicodedata.combining(letter):
        return ""
    return unicodedata.name(letter, "?").split(" ")[0].replace("HIRAGANA", "CJK").replace("KATAKANA", "CJK")


def _is_ideographic(letter: str) -> bool:
    return letter >= "\u2e80" and not "\uac00" <= letter <= "\ud7af"


def _segments(piece: str, at: int, vocabulary: Vocabulary) -> Iterator[Piece]:
    """A run of ideographs as the longest words of the vocabulary, and what is left."""
    start = 0
    while start < len(piece):
        for end in range(min(len(piece), start + 8), start + 1, -1):
            if vocabulary.is_safe(bare(piece[start:end])):
                yield Piece(at + start, at + end, piece[start:end], piece[start:end], Standing.WEAK)
                start = end
                break
        else:
            yield Piece(at + start, at + start + 1, piece[start], piece[start], Standing.UNKNOWN)
            start += 1


PREFIXES = frozenset("mc mac de la le du di da del van von o al el st fitz dos das den ter ten".split())


def _join(found: list[Piece], chunk: str) -> None:
    """Pieces of one chunk judge each other: a name glued together from safe pieces, digits glued to a name."""
    digits = sum(map(str.isdigit, chunk))
    unknown = any(token.standing >= Standing.UNKNOWN for token in found)
    if len(found) > _MOST_PIECES or digits > _MOST_DIGITS:
        for token in found:
            token.standing = Standing.UNKNOWN
        return
    for one, other in itertools.pairwise(found):
        if one.word in PREFIXES and other.standing != Standing.STRONG and other.text[:1].isupper():
            one.standing = other.standing = Standing.UNKNOWN
            unknown = True
    if unknown:
        for token in found:
            strong = token.standing == Standing.STRONG and len(token.word) > 1 and token.word not in PREFIXES
            if not strong and token.standing != Standing.TECHNICAL:
                token.standing = Standing.UNKNOWN
