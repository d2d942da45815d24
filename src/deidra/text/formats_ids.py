"""National identity numbers and shapes of record numbers."""
# ruff: noqa: E501 - a table reads better with a line for each entry

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import cast

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
_CANDIDATE = re.compile(
    r"(?<![^\W_])(?<![^\W_][.,])(?=[^\W_]{0,3}[\s./-]{0,1}[^\W_]{0,4}\d)[A-Za-z0-9]+(?:[ ./+-][A-Za-z0-9]+){0,8}(?![^\W_])"
)
_PIECE = re.compile(r"[A-Za-z0-9]+")
_MOST_PIECES = 8
_FEWEST_DIGITS = 8  # of a national number that is believed without separators that say so

_LABEL = (
    r"(?<![^\W_])(?:mrn|pid|ipp|nhc|nip|pesel|bsn|ssn|nhs|cpf|cns|sin|dni|nie|nif|nir|rrn|cpr|hetu|pps|tckn|tc|amka|emrn|medrec|medical\s?record|patient[\s_-]?(?:id|nr|no|num(?:ber|mer)?)|"
    r"pat(?:ienten)?[.\s_-]{0,2}(?:id|nr|no)|acc(?:ession)?[\s_.-]?(?:no|nr|num(?:ber)?|id)?|acc(?:ession)?|accession|case[\s_-]?(?:no|nr|id|number)|case|fall(?:nummer|nr|zahl)?|"
    r"dossier|numero|n[ou°]|num(?:ero)?|nr|rec(?:ord)?|file|akte|chart|visit|encounter|episode|order|req(?:uest)?|study[\s_-]?(?:id|no|nr)|subject(?:[\s_-]?id)?|id|ident|"
    r"policy|insurance|versicherten(?:nummer|nr)|vers|account|acct|licen[cs]e|passport|pass|ausweis|serial|sn|journal(?:nr|nummer)?|cartella|processo|utente|historia|hc|hn|exp(?:ediente)?)"
)
_LABELLED = re.compile(
    rf"{_LABEL}(?:\s?(?:no|nr|id|number|num|code|#)\.?)?[\s:#=._-]{{0,3}}(?=[A-Za-z0-9./-]{{0,12}}\d)[A-Za-z0-9]{{1,24}}(?:[-/.][A-Za-z0-9]{{1,24}}){{0,5}}(?![^\W_])",
    re.IGNORECASE,
)
_SHAPES = re.compile(
    r"(?<![^\W_])(?:"
    r"(?P<prefix>[A-Za-z]{1,5}[-/#.:]?)\d{5,}[A-Za-z]?|"  # AB-123456
    r"[A-Za-z]{1,4}[-_/]\d{2,4}[-_/]\d{3,}(?:[-_/]\d+)?|"  # S-19-1234
    r"[A-Za-z]{1,3}\d{2}[-/]\d{3,}|"  # S19-12345
    r"\d{2,6}[-/]\d{4,}(?:[-/]\d{1,6})?|\d{1,3}[-/]\d{5,}|\d{4,}[-/]\d{2,}(?:[-/]\d+)*|"  # 12-34567
    r"\d{2,4}(?:[-./ ]\d{2,4}){3,6}|"  # 756.1234.5678.97
    r"\d{3}[-. ]\d{2}[-. ]\d{4}|"  # social security
    r"\d{3}[. ]\d{3}[. ]\d{3}(?:[-. ]\d{2})?|\d{1,2}[. ]\d{3}[. ]\d{3}-?[\dKk]?|"
    r"\d{5,}(?:-?[A-Za-z]{1,2}(?:-?\d{2,})?)?|"
    r"(?=[A-Z0-9]{8,24}(?![^\W_]))(?=(?:[A-Z]*\d){4})[A-Z0-9]+|"  # letters and digits mixed, eight and more
    r"#\s?\d{3,}"
    r")(?![^\W_])"
)
# A day of birth and a serial number, with a separator that dates do not have; the French number in its groups
_PERSONAL = re.compile(
    r"(?<![^\W_])(?:\d{6}[-+A/]\d{3,4}[A-Za-z]?|[12] \d\d \d\d \d[\dAB] \d{3} \d{3}(?: \d\d)?)(?![^\W_])"
)
_UNIT = re.compile(
    r"\s?(?:ms|us|s|mm|cm|hz|khz|mhz|mgy|mbq|kbq|bq|kev|ev|hu|ml|px|mas|gy|dpi|kg|g|%|x\d)(?![^\W_])", re.IGNORECASE
)
_TWO_DIGITS = re.compile(r"\d.*\d", re.DOTALL)


def find_personal_numbers(flat: str) -> list[Span]:
    """National numbers that hold a date: they are read before dates are."""
    return [Span(m.start(), m.end(), "national-id", "format:personal-number") for m in _PERSONAL.finditer(flat)]


def find_record_numbers(flat: str, safe: Callable[[str], bool]) -> list[Span]:
    """What a label calls a number, and shapes that only record numbers have. Letters in front stay if `safe`."""
    spans = [
        Span(match.start(), match.end(), "record-number", "format:labelled-number")
        for match in _LABELLED.finditer(flat)
        if _TWO_DIGITS.search(match[0])
    ]
    spans += [
        Span(_start(match, safe), match.end(), "record-number", "format:number-shape")
        for match in _SHAPES.finditer(flat)
        if not _is_measure(flat, match)
    ]
    return spans


def _start(match: re.Match[str], safe: Callable[[str], bool]) -> int:
    prefix = match["prefix"]
    return match.end("prefix") if prefix and safe(prefix.rstrip("-/#.:").lower()) else match.start()


def _is_measure(flat: str, match: re.Match[str]) -> bool:
    """Whether five or six digits are followed by a unit ("12000 ms")."""
    return match[0].isdigit() and len(match[0]) <= 6 and _UNIT.match(flat, match.end()) is not None


def find_national_ids(flat: str) -> list[Span]:
    """Numbers whose check digits are those of a national number, with or without separators."""
    spans = []
    for match in _CANDIDATE.finditer(flat):
        pieces = [piece.span() for piece in _PIECE.finditer(flat, match.start(), match.end())]
        spans += _among(flat, pieces)
    return spans


def _among(flat: str, pieces: list[tuple[int, int]]) -> list[Span]:
    spans: list[Span] = []
    at = 0
    while at < len(pieces):
        for count in range(min(_MOST_PIECES, len(pieces) - at), 0, -1):
            start, end = pieces[at][0], pieces[at + count - 1][1]
            if _is_number(flat[start:end]):
                spans.append(Span(start, end, "national-id", "format:national-id"))
                at += count - 1
                break
        at += 1
    return spans


def _is_number(text: str) -> bool:
    digits = sum(map(str.isdigit, text))
    if digits < _FEWEST_DIGITS or len(text) > 40 or ("." in text and " " in text):
        return False
    return any(valid(text) for valid in _validators())


@cache
def _validators() -> tuple[Callable[[str], bool], ...]:
    return tuple(cast("Callable[[str], bool]", import_module(f"stdnum.{name}").is_valid) for name in _NUMBERS)
