"""The needles of an identifier: few squeezed spellings that together meet every usual way to write it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from deidra.standard.vocabulary import vocabulary
from deidra.verify.attributes import Nature
from deidra.verify.fold import fold, fold_umlauts, squeeze, words

UID_PREFIX_DIGITS = 12
SHORTEST_NAME = 4  # letters of a part of a name that may be searched alone
SHORTEST_ID = 5
SHORTEST_PHRASE = 6
_ROMAN = re.compile(r"[ivx]+")
_CJK = "\u2e80"  # where the scripts without spaces begin

# Every encoding that a name beyond ASCII may stand in: the repertoires of PS3.3 C.12.1.1.2, and Unicode. The bytes of
# UTF-16 without NUL are those of Latin-1 for Latin letters, and squeezing takes NUL away.
_UNICODE = ("utf-8", "utf-16-le", "utf-16-be")
_LATIN = ("latin-1", *(f"iso8859_{part}" for part in (2, 3, 4, 5, 6, 7, 8, 9, 15)), "tis_620", "koi8_r", "cp1251")
_ALPHABETIC = (*_UNICODE, *_LATIN)
_JAPANESE = ("iso2022_jp", "iso2022_jp_2", "shift_jis", "euc_jp")
_IDEOGRAPHIC = (*_UNICODE, *_JAPANESE, "iso2022_kr", "euc_kr", "gb18030", "big5")

# What software and people write where no name is wanted
PLACEHOLDERS = frozenset(
    "anon anonym anonymized anonymised anonymous anonymize deidentified deid removed none null nil unknown unbekannt "
    "noname nobody test testing tester patient name doctor demo phantom unspecified notset undefined dummy "
    "sample".split()
)
DUMMY_DATES = frozenset({"00010101", "11111111", "18581117", "19000101", "19010101", "19700101", "99991231"})
_MONTHS = "january february march april may june july august september october november december".split()


class Grade(StrEnum):
    """How much of the identifier a needle is: it decides how much context a hit needs."""

    FULL = "full"  # family and given name together, or another phrase as a whole
    FAMILY = "family"
    GIVEN = "given"
    INITIAL = "initial"
    NUMBER = "number"  # an id: letters and digits
    UID = "uid"  # only the beginning; the whole is looked up
    DATE = "date"


class Needle(NamedTuple):
    """Squeezed bytes to search for. `wide`: in everybody's objects, else in those of the bearer only."""

    squeezed: bytes
    grade: Grade
    wide: bool


def needles(nature: Nature, value: str) -> list[Needle]:
    """The needles of an identifier, without repetition; none for what says nothing."""
    if not value.strip() or is_placeholder(value):
        return []
    made: Iterable[Needle]
    if nature is Nature.NAME:
        made = _of_name(value)
    elif nature in (Nature.DATE, Nature.BIRTH_DATE):
        made = _of_date(value)
    elif nature is Nature.UID:
        made = [Needle(squeeze(value.encode("ascii", "replace"))[:UID_PREFIX_DIGITS], Grade.UID, True)]
    elif nature in (Nature.ID, Nature.CONTACT, Nature.DEVICE, Nature.NETWORK):
        made = _of_id(value)
    else:
        made = _of_phrase(value)
    found: dict[bytes, Needle] = {}
    for needle in made:
        known = found.get(needle.squeezed)
        if known is None or (needle.wide and not known.wide):
            found[needle.squeezed] = needle
    return list(found.values())


@cache
def is_common(word: str) -> bool:
    """Whether a folded word is one of DICOM's own vocabulary, a month, or a placeholder: alone it names nobody."""
    return (
        word in vocabulary()
        or word in PLACEHOLDERS
        or word in _MONTHS
        or (word[:3] in {m[:3] for m in _MONTHS} and len(word) == 3)
    )


def is_placeholder(value: str) -> bool:
    """Whether a value consists of words that stand for no name at all, or of one character repeated."""
    found = words(value)
    return all(word in PLACEHOLDERS or len(set(word)) == 1 for word in found)


def _of_name(value: str) -> Iterator[Needle]:
    for group in value.split("="):
        components = [component.split() for component in group.split("^")]
        if "^" in group:
            family, given = components[0], [word for part in components[1:3] for word in part]
        else:
            family, given = [], components[0]
        yield from _combinations(family or given[-1:], given if family else given[:-1])
        grades = [(Grade.FAMILY, family), (Grade.GIVEN, given)]
        for grade, parts in grades:
            for part in {piece for word in parts for piece in (word, *re.split(r"[-'’]", word))}:
                yield from _part(part, grade)


def _combinations(family: list[str], given: list[str]) -> Iterator[Needle]:
    """Family and given names together in either order, and with initials."""
    if not family or not given:
        return
    surname = "".join(family)
    for first in ("".join(given), given[0]):
        for both in (surname + first, first + surname):
            yield from _spellings(both, Grade.FULL, wide=len(fold(both)) >= _shortest(both, SHORTEST_PHRASE))
    if len(surname) >= SHORTEST_NAME and surname.isascii():
        for both in (surname + given[0][:1], given[0][:1] + surname):
            yield from _spellings(both, Grade.INITIAL, wide=False)


def _part(part: str, grade: Grade) -> Iterator[Needle]:
    plain = "".join(words(part))
    if len(plain) < _shortest(part, 2) or _ROMAN.fullmatch(plain) or not any(c.isalpha() for c in plain):
        return
    wide = grade is Grade.FAMILY and len(plain) >= _shortest(part, SHORTEST_NAME + 1) and not is_common(plain)
    yield from _spellings(part, grade, wide=wide)


def _shortest(text: str, letters: int) -> int:
    """Ideographs say more than letters: two of them make a name."""
    return min(2, letters) if any(c >= _CJK for c in text) else letters


def _spellings(text: str, grade: Grade, *, wide: bool) -> Iterator[Needle]:
    """A word as folded text in UTF-8, and beyond ASCII in every encoding that has its letters."""
    for plain in {fold(text), fold_umlauts(text)}:
        yield Needle(squeeze(plain.encode()), grade, wide)
    if text.isascii():
        return
    composed = unicodedata.normalize("NFC", text)
    codecs = _IDEOGRAPHIC if any(c >= _CJK for c in text) else _ALPHABETIC
    for spelt in {composed, composed.upper(), composed.lower(), unicodedata.normalize("NFD", composed)}:
        for codec in codecs:
            try:
                encoded = spelt.encode(codec)
            except UnicodeEncodeError:
                continue
            squeezed = squeeze(encoded.removesuffix(b"\x1b(B").removesuffix(b"\x0f"))
            if len(squeezed) >= SHORTEST_NAME:
                yield Needle(squeezed, grade, wide)


def _of_id(value: str) -> Iterator[Needle]:
    plain = squeeze(fold(value).encode())
    digits = sum(48 <= byte <= 57 for byte in plain)
    if not digits:
        if len(plain) >= SHORTEST_NAME and not all(is_common(word) for word in words(value)):
            yield from _spellings(value, Grade.FULL, wide=len(plain) > SHORTEST_PHRASE)
        return
    if len(plain) >= 2:
        yield Needle(plain, Grade.NUMBER, len(plain) > SHORTEST_ID and digits >= 3)
    for run in re.findall(rb"\d{6,}", plain):
        yield Needle(run, Grade.NUMBER, False)
    without_zeros = plain.lstrip(b"0")
    if len(without_zeros) > SHORTEST_ID and without_zeros != plain:
        yield Needle(without_zeros, Grade.NUMBER, True)


def _of_phrase(value: str) -> Iterator[Needle]:
    """A phrase as a whole, and its lines and comma-separated parts that are long enough to stand alone."""
    for piece in {value, *re.split(r"[\\,;^\r\n]+", value)}:
        plain, parts = squeeze(fold(piece).encode()), words(piece)
        if len(plain) < SHORTEST_PHRASE or all(is_common(word) or word.isdigit() for word in parts):
            continue
        if piece == value or len(plain) >= SHORTEST_PHRASE + 2:
            yield from _spellings(piece, Grade.FULL, wide=True)


def _of_date(value: str) -> Iterator[Needle]:
    day = calendar_day(value)
    if day is None or f"{day:%Y%m%d}" in DUMMY_DATES:
        return
    month = _MONTHS[day.month - 1]
    spelt = {f"{day:%Y%m%d}", f"{day:%d%m%Y}", f"{day:%m%d%Y}", f"{day.year}{day.month}{day.day}"}
    spelt |= {
        f"{day.day}{day.month}{day.year}",
        f"{day.month}{day.day}{day.year}",
        f"{day:%d%m%y}",
        f"{day:%m%d%y}",
        f"{day:%y%m%d}",
    }
    for name in (month, month[:3]):
        spelt |= {
            f"{day:%d}{name}{day.year}",
            f"{day.day}{name}{day.year}",
            f"{name}{day:%d}{day.year}",
            f"{name}{day.day}{day.year}",
        }
    for text in spelt:
        yield Needle(text.encode(), Grade.DATE, False)


def calendar_day(value: str) -> date | None:
    """The day of a DA or DT value (PS3.5 6.2), also of ACR-NEMA's YYYY.MM.DD; None if it is none."""
    digits = value.strip().replace(".", "", 2) if value[4:5] == "." else value.strip()
    if len(digits) < 8 or not digits[:8].isdigit():
        return None
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None
