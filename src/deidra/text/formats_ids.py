"""National identity numbers and shapes of record numbers."""
# ruff: noqa: E501 - a table reads better with a line for each entry

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from typing import cast

from deidra.text.formats_contact import behind_label
from deidra.text.formats_dates import METASTABLE_ISOTOPE
from deidra.text.outline import AtNumber, AtWord, Cue, Found, compiled
from deidra.text.spans import Span

# Modules of python-stdnum: numbers of persons, social security, health services, tax, and bank accounts
_NUMBERS = [
    "ca.sin",
    "gb.nhs",
    "gb.utr",
    "ie.pps",
    "de.idnr",
    "at.vnr",
    "ch.ssn",
    "fr.nir",
    "fr.nif",
    "es.dni",
    "es.nie",
    "pt.nif",
    "pt.cc",
    "it.codicefiscale",
    "nl.bsn",
    "be.nn",
    "pl.pesel",
    "pl.nip",
    "cz.rc",
    "se.personnummer",
    "tr.tckimlik",
    "dk.cpr",
    "no.fodselsnummer",
    "fi.hetu",
    "br.cpf",
    "mx.curp",
    "mx.rfc",
    "cl.rut",
    "cn.ric",
    "in_.aadhaar",
    "in_.pan",
    "kr.rrn",
    "tw.ubn",
    "za.idnr",
    "il.idnr",
    "ro.cnp",
    "bg.egn",
    "gr.amka",
    "hr.oib",
    "ee.ik",
    "lt.asmens",
    "is_.kennitala",
    "au.tfn",
    "nz.ird",
    "iban",
]
_DIGIT = re.compile(r"[0-9]")
_PIECE = re.compile(r"[A-Za-z0-9]+")
_JOINED = frozenset({"", *" ./+-"})  # between the pieces of one number
_MOST_PIECES = 8
_LONGEST, _LONGEST_LETTERS = 40, 4  # characters of a number, and of a piece of it that holds no digit
_FEWEST_DIGITS = 8  # of a national number that is believed without separators that say so

_LABEL = (
    r"(?<![^\W_])(?:mrn|pid|ipp|nhc|nip|pesel|bsn|ssn|nhs|cpf|cns|sin|dni|nie|nif|nir|rrn|cpr|hetu|pps|tckn|tc|amka|emrn|medrec|medical\s?record|patient[\s_-]?(?:id|nr|no|num(?:ber|mer)?)|"
    r"pat(?:ienten)?[.\s_-]{0,2}(?:id|nr|no)|acc(?:ession)?[\s_.-]?(?:no|nr|num(?:ber)?|id)?|acc(?:ession)?|accession|case[\s_-]?(?:no|nr|id|number)|case|fall(?:nummer|nr|zahl)?|"
    r"dossier|numero|n[ou°]|num(?:ero)?|nr|rec(?:ord)?|file|akte|chart|visit|encounter|episode|order|req(?:uest)?|study[\s_-]?(?:id|no|nr)|subject(?:[\s_-]?id)?|id|ident|"
    r"policy|insurance|versicherten(?:nummer|nr)|vers|account|acct|licen[cs]e|passport|pass|ausweis|serial|sn|journal(?:nr|nummer)?|cartella|processo|utente|historia|hc|hn|exp(?:ediente)?)"
)
_LABELLED = rf"(?i:{_LABEL}(?:\s?(?:no|nr|id|number|num|code|#)\.?)?[\s:#=._-]{{0,3}}(?=[A-Za-z0-9./-]{{0,12}}\d)[A-Za-z0-9]{{1,24}}(?:[-/.][A-Za-z0-9]{{1,24}}){{0,5}}(?![^\W_]))"
# What the labels begin with
RECORD_LABELS = (
    "mrn", "pid", "ipp", "nhc", "nip", "pesel", "bsn", "ssn", "nhs", "cpf", "cns", "sin", "dni", "nie", "nif", "nir", "rrn", "cpr", "hetu", "pps", "tc", "amka",
    "emrn", "medrec", "medical", "pat", "acc", "case", "fall", "dossier", "num", "no", "nu", "n", "nr", "rec", "file", "akte", "chart", "visit", "encounter",
    "episode", "order", "req", "study", "subject", "id", "policy", "insurance", "vers", "account", "acct", "licen", "passport", "pass", "ausweis", "serial",
    "sn", "journal", "cartella", "processo", "utente", "historia", "hc", "hn", "exp",
)  # fmt: skip
_ENDS = r"(?![^\W_])"
_ALONE = r"(?<![^\W_])"


def _shape(pattern: str, first: tuple[int, int], chain: int) -> AtNumber:
    return AtNumber("record-number", "number-shape", f"{_ALONE}(?:{pattern}){_ENDS}", first, chain)


def _shape_in_letters(pattern: str, cue: int, digits: int) -> AtWord:
    return AtWord("record-number", "number-shape", f"{_ALONE}(?:{pattern}){_ENDS}", cue, digits)


_MIXED = r"(?=[A-Z0-9]{8,24}(?![^\W_]))(?=(?:[A-Z]*\d){4})[A-Z0-9]+"  # letters and digits mixed, eight and more
SHAPES: tuple[AtNumber | AtWord, ...] = (
    _shape(r"\d{2,6}[-/]\d{4,}(?:[-/]\d{1,6})?|\d{1,3}[-/]\d{5,}", (1, 6), 6),  # 12-34567
    _shape(r"\d{4,}[-/]\d{2,}(?:[-/]\d+)*", (4, 64), 6),
    _shape(r"\d{2,4}(?:[-./ ]\d{2,4}){3,6}", (2, 4), 8),  # 756.1234.5678.97
    _shape(r"\d{3}[-. ]\d{2}[-. ]\d{4}", (3, 3), 9),  # social security
    _shape(r"\d{3}[. ]\d{3}[. ]\d{3}(?:[-. ]\d{2})?", (3, 3), 9),
    _shape(r"\d{1,2}[. ]\d{3}[. ]\d{3}-?[\dKk]?", (1, 2), 7),
    _shape(r"\d{5,}(?:-?[A-Za-z]{1,2}(?:-?\d{2,})?)?", (5, 64), 5),
    _shape(_MIXED, (1, 24), 1),
    _shape_in_letters(r"(?P<prefix>[A-Za-z]{1,5}[-/#.:]?)\d{5,}[A-Za-z]?", Cue.SHORT, 5),  # AB-123456
    _shape_in_letters(r"[A-Za-z]{1,4}[-_/]\d{2,4}[-_/]\d{3,}(?:[-_/]\d+)?", Cue.SHORT, 5),  # S-19-1234
    _shape_in_letters(r"[A-Za-z]{1,3}\d{2}[-/]\d{3,}", Cue.SHORT, 5),  # S19-12345
    _shape_in_letters(_MIXED, Cue.CAPITAL, 4),
)  # fmt: skip
_HASHED = re.compile(r"(?<![^\W_])#\s?\d{3,}(?![^\W_])")
LABELLED_NUMBERS = (AtWord("record-number", "labelled-number", _LABELLED, Cue.LABEL, 2),)
# A day of birth and a serial number, with a separator that dates do not have; the French number in its groups
PERSONAL_NUMBERS: tuple[AtNumber | AtWord, ...] = (
    AtNumber("national-id", "personal-number", r"(?<![^\W_])\d{6}[-+A/]\d{3,4}[A-Za-z]?(?![^\W_])", (6, 6), 6),
    AtNumber(
        "national-id",
        "personal-number",
        r"(?<![^\W_])[12] \d\d \d\d \d[\dAB] \d{3} \d{3}(?: \d\d)?(?![^\W_])",
        (1, 1),
        6,
    ),
)
_UNIT = re.compile(
    r"\s?(?:ms|us|s|mm|cm|hz|khz|mhz|mgy|mbq|kbq|bq|kev|ev|hu|ml|px|mas|gy|dpi|kg|g|%|x\d)(?![^\W_])", re.IGNORECASE
)
_TWO_DIGITS = re.compile(r"\d.*\d", re.DOTALL)


def personal_numbers(matches: Sequence[Found]) -> list[Span]:
    """National numbers that hold a date, `matches` of PERSONAL_NUMBERS: they outweigh dates."""
    return [Span(found.start(), found.end(), pattern.kind, f"format:{pattern.rule}") for pattern, found in matches]


def labelled_numbers(flat: str, matches: Sequence[Found]) -> list[Span]:
    """What a label calls a number, `matches` of LABELLED_NUMBERS in `flat`."""
    return [
        Span(behind_label(flat, found), found.end(), pattern.kind, f"format:{pattern.rule}")
        for pattern, found in matches
        if _TWO_DIGITS.search(found[0]) and not compiled(METASTABLE_ISOTOPE).search(found[0])
    ]


def shapes(flat: str, matches: Sequence[Found], safe: Callable[[str], bool]) -> list[Span]:
    """Shapes that only record numbers have, `matches` of SHAPES in `flat`. Letters in front stay if `safe`."""
    spans = [
        Span(_start(found, safe), found.end(), pattern.kind, f"format:{pattern.rule}")
        for pattern, found in matches
        if not _is_measure(flat, found)
    ]
    if "#" in flat:
        spans += [Span(m.start(), m.end(), "record-number", "format:number-shape") for m in _HASHED.finditer(flat)]
    return spans


def _start(match: re.Match[str], safe: Callable[[str], bool]) -> int:
    prefix = match["prefix"] if "prefix" in match.re.groupindex else ""
    return match.end("prefix") if prefix and safe(prefix.rstrip("-/#.:").lower()) else match.start()


def _is_measure(flat: str, match: re.Match[str]) -> bool:
    """Whether five or six digits are followed by a unit ("12000 ms")."""
    return match[0].isdigit() and len(match[0]) <= 6 and _UNIT.match(flat, match.end()) is not None


def id_cues(word: str) -> int:
    """What the folded `word` may begin: the label of a number."""
    return Cue.LABEL if word.startswith(RECORD_LABELS) else 0


def find_national_ids(flat: str) -> list[Span]:
    """Numbers whose check digits are those of a national number, with or without separators."""
    if not _dense_digits(flat):
        return []
    pieces = [(piece.start(), piece.end()) for piece in _PIECE.finditer(flat)]
    digits = [sum(map(str.isdigit, flat[start:end])) for start, end in pieces]
    spans: list[Span] = []
    at = 0
    while at < len(pieces):
        if sum(digits[at : at + _MOST_PIECES]) < _FEWEST_DIGITS:
            at += 1
            continue
        count = _joined(flat, pieces, digits, at)
        while count and sum(digits[at : at + count]) >= _FEWEST_DIGITS:
            start, end = pieces[at][0], pieces[at + count - 1][1]
            if _stands_alone(flat, start, end) and _is_number(flat[start:end]):
                spans.append(Span(start, end, "national-id", "format:national-id"))
                at += count - 1
                break
            count -= 1
        at += 1
    return spans


def _dense_digits(flat: str) -> bool:
    """Whether any stretch of the length of a national number has as many digits as one."""
    places = [digit.start() for digit in _DIGIT.finditer(flat)]
    return any(end - start < _LONGEST for start, end in zip(places, places[_FEWEST_DIGITS - 1 :], strict=False))


def _joined(flat: str, pieces: list[tuple[int, int]], digits: list[int], at: int) -> int:
    """How many pieces from `at` on could be one number: those without a digit are short."""
    count = 0
    for (start, end), held in zip(pieces[at : at + _MOST_PIECES], digits[at : at + _MOST_PIECES], strict=True):
        if (not held and end - start > _LONGEST_LETTERS) or (
            count and flat[pieces[at + count - 1][1] : start] not in _JOINED
        ):
            break
        count += 1
    return count


def _stands_alone(flat: str, start: int, end: int) -> bool:
    """Whether no letter or digit of another script stands beside it, and it is no part of a decimal number."""
    if start and (flat[start - 1].isalnum() or (flat[start - 1] in ".," and flat[start - 2 : start - 1].isalnum())):
        return False
    return end == len(flat) or not flat[end].isalnum()


def _is_number(text: str) -> bool:
    if len(text) > _LONGEST or ("." in text and " " in text):
        return False
    return any(valid(text) for valid in _validators())


@cache
def _validators() -> tuple[Callable[[str], bool], ...]:
    """The checks of python-stdnum. Without that package every number of eight digits and more is taken for one."""
    try:
        return tuple(cast("Callable[[str], bool]", import_module(f"stdnum.{name}").is_valid) for name in _NUMBERS)
    except ImportError:
        return (_any_number,)


def _any_number(_text: str) -> bool:
    return True
