"""Dates in every common writing, times beside them, and ages over 89."""
# ruff: noqa: E501 - a table reads better with a line for each entry

from __future__ import annotations

import re

from deidra.text import months
from deidra.text.spans import Span

_START, _END = r"(?<![^\W_])", r"(?![^\W_])"
_NOT_IN_NUMBER, _NUMBER_ENDS = r"(?<!\d)(?<!\d[.,])", r"(?!\d)(?![.,]\d)"
_YEAR = r"(?:18|19|20)\d\d"
_ANY_YEAR = rf"(?:{_YEAR}|'?\d\d)"
_M, _D = r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12]\d|3[01])"
_MM, _DD = r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])"
_ZONE = r"(?:\s?(?:z|utc|gmt|ce[st]t?|[ecmp][sd]t|[+-]\d\d:?\d\d)(?![^\W_]))?"
_CLOCK = (
    r"(?:[01]?\d|2[0-3])(?:[:.h][0-5]\d(?:[:.m][0-5]\d(?:[.,]\d{1,6})?s?)?|h)"
    rf"(?:\s?(?:[ap]\.?m\b\.?|uhr|hrs|h|óra)(?![^\W_]))?{_ZONE}"
).replace(r"\b", "")
_TIME_SHORT = r"(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d(?:\.\d{1,6})?)?"

_NUMERIC = [
    # ISO and the like: the year in front
    ("date-iso", rf"{_NOT_IN_NUMBER}{_YEAR}(?P<a>\s?[-/._:\s]\s?){_M}(?P=a){_D}(?:t{_TIME_SHORT})?(?!\d)"),
    # Day and month in either order, the year last
    ("date-numeric", rf"(?<!\d)(?<!\d\.)(?:{_D}(?P<b>\s?[-/._\\]\s?|\s){_M}|{_M}(?P<c>\s?[-/._\\]\s?|\s){_D})(?:(?P=b)|(?P=c))\s?{_YEAR}(?!\d)"),
    ("date-numeric-short", rf"{_NOT_IN_NUMBER}(?:{_D}(?P<e>\s?[-/._]\s?){_M}|{_M}(?P<f>\s?[-/._]\s?){_D})(?:(?P=e)|(?P=f))'?\d\d{_NUMBER_ENDS}"),
    ("date-numeric-short", rf"{_NOT_IN_NUMBER}\d\d(?P<g>[-/._]){_MM}(?P=g){_DD}{_NUMBER_ENDS}"),
    # 14, 12 and 8 digits
    ("date-compact", rf"(?<!\d){_YEAR}{_MM}{_DD}(?:[-_t\s]?{_TIME_SHORT})?(?:[+-]\d{{4}})?(?!\d)"),
    ("date-compact", rf"(?<!\d)(?:{_DD}{_MM}|{_MM}{_DD}){_YEAR}(?!\d)"),
    ("date-compact-short", rf"(?<!\d)(?:\d\d{_MM}{_DD}|{_DD}{_MM}\d\d|{_MM}{_DD}\d\d)(?!\d)(?!\s?[a-z]{{1,3}}(?![^\W_]))"),
    # Month and year
    ("date-month", rf"{_NOT_IN_NUMBER}(?:{_M}\s?[-/._]\s?{_YEAR}|{_YEAR}\s?[-/._]\s?{_MM}){_NUMBER_ENDS}"),
    ("date-han", r"(?<!\d)\d{2,4}\s?[年년]\s?(?:\d{1,2}\s?[月월]\s?(?:\d{1,2}\s?[日일号])?)?|(?<!\d)\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일号]"),
    # A day and a month that say that they are one
    ("date-partial", r"(?<![^\W_])(?:dob|d\.o\.b\.?|born|birth|geb\.?|nato|nata|nacid[oa]|ne\(e\)|fodt|fodd|ur\.|nar\.)[\s:]{0,3}\d{1,2}[-/.]\d{1,2}\.?(?!\d)"),
]  # fmt: skip
_DAY_END = r"(?:st|nd|rd|th|er|e|o|º|ª|°)?"
_GAP = r"[\s.,_/'-]{0,3}"
_OF = r"(?:(?:of|de|del|di|den)\s)?"
_NAMED = [
    ("date-named", rf"(?<!\d){_D}{_DAY_END}{_GAP}{_OF}(?:{months.ALL}){_GAP}{_OF}{_ANY_YEAR}(?!\d)"),
    ("date-named", rf"{_START}(?:{months.ALL}){_GAP}{_D}{_DAY_END}[\s.,_/'-]{{1,3}}{_YEAR}(?!\d)"),
    ("date-named", rf"(?<!\d){_YEAR}{_GAP}(?:{months.ALL}){_GAP}{_D}(?!\d)"),
    ("date-named", rf"(?<!\d){_YEAR}{_GAP}(?:{months.CLEAR}){_END}"),
    ("date-named", rf"{_START}(?:{months.ALL}){_GAP}{_OF}(?:{_YEAR}|'\d\d)(?!\d)"),
    (
        "date-named",
        rf"{_START}(?:{months.CLEAR})[\s.,_/'-]{{0,2}}\d\d?{_DAY_END}(?:[\s.,_/'-]{{1,2}}\d\d)?(?![^\W_])(?![.,]\d)",
    ),
    ("date-named", rf"(?<!\d)(?<!\d[.,]){_D}{_DAY_END}{_GAP}{_OF}(?:{months.CLEAR}){_END}"),
]
_WEEKDAY = (
    r"(?:mon|tues?|wed(?:nes)?|thurs?|fri|sat(?:ur)?|sun)(?:day)?|(?:mo|di|mi|do|fr|sa|so)(?=\.,?\s)|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|"
    r"lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miercoles|jueves|viernes|sabado|domingo|"
    r"lunedi|martedi|mercoledi|giovedi|venerdi|sabato|domenica"
)
_BEFORE_DATE = re.compile(rf"{_START}(?:(?:{_WEEKDAY})[.,]?\s{{0,2}}|{_CLOCK}[\s,@_-]{{1,3}}(?:on\s|am\s)?)$")
_AFTER_DATE = re.compile(
    rf"[\s,@_t/-]{{0,3}}(?:at\s|um\s|a\s|kl\.?\s|o\s|alle\s)?(?:{_CLOCK}|{_TIME_SHORT}(?!\d)(?![^\W_]))"
)
_CLOCK_ALONE = re.compile(
    r"(?<![\d.,:])(?:(?:[01]?\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?|(?:[01]?\d|2[0-3])[:.][0-5]\d\s?(?:[ap]\.?m\.?|uhr)|"
    r"(?:0?\d|1[0-2])\s?[ap]\.?m\.?)(?![^\W_:])"
)

_OLD = r"(?:0?9\d|0?1[0-3]\d)"
_YEARS = (
    r"y(?:ears?|rs?|o|/o)?|year|jahren?|jahrige[rsn]?|jaehrige[rsn]?|jahrig|jaehrig|jhr?|j|ans?|anni|anos?|jaar|jarige?|lata?|letn[iay]a?|letych?|let|"
    r"lety|ar|arig[te]?|aars|vuotta|vuotias|vuotiaan?|v|yasinda|yas|yil|л|лет|года?|років|ετων|歳|岁|세"
)
_AGES = [
    ("age", rf"(?<![\d.,]){_OLD}[\s._-]{{0,2}}(?:{_YEARS})(?:[\s.-]{{0,2}}(?:old|alt|of\sage|gammal|gammel))?(?:[\s/_-]?[mfw])?{_END}"),
    ("age", rf"{_START}(?P<sex>[mfwh])[\s_/-]?{_OLD}(?:[\s._-]?(?:{_YEARS}))?{_END}(?![.,]\d)"),
    ("age", rf"(?<![\d.,][\d.,])(?<![\d.,]){_OLD}\s?(?:yo|y/o|j|y)?\s?[mfw]{_END}"),
    ("age", rf"{_START}(?:age[ds]?|alter|agee?|edad|eta|idade|leeftijd|wiek|vek|alder|ika|yasi?|pat(?:ient)?age|im\salter\svon)[\s:=._-]{{0,3}}(?:de\s|von\s)?{_OLD}(?![.,]?\d)(?:[\s._-]{{0,2}}(?:{_YEARS}){_END})?"),
]  # fmt: skip
_OLD_NUMBER = re.compile(_OLD)

_NUMERIC_PATTERNS = [(rule, re.compile(pattern)) for rule, pattern in _NUMERIC]
_NAMED_PATTERNS = [(rule, re.compile(pattern)) for rule, pattern in _NAMED]
_AGE_PATTERNS = [(rule, re.compile(pattern)) for rule, pattern in _AGES]
_WORDS = re.compile(r"[^\W\d_]+")
_HUNDRED = re.compile(r"9\d|1[0-3]\d")


def find_dates(low: str) -> list[Span]:
    """Dates and the times beside them in `low`, a text folded letter by letter."""
    spans = [
        Span(match.start(), match.end(), "date", f"format:{rule}")
        for rule, pattern in _NUMERIC_PATTERNS
        for match in pattern.finditer(low)
    ]
    if not months.NUMBER.keys().isdisjoint(_WORDS.findall(low)):
        spans += [
            Span(match.start(), match.end(), "date", f"format:{rule}")
            for rule, pattern in _NAMED_PATTERNS
            for match in pattern.finditer(low)
        ]
    times: list[Span] = []
    for date in spans:
        if after := _AFTER_DATE.match(low, date.end):
            times.append(Span(date.end, after.end(), "time", "format:time-beside-date"))
        if before := _BEFORE_DATE.search(low, max(0, date.start - 30), date.start):
            times.append(Span(before.start(), date.start, "time", "format:time-beside-date"))
    if ":" in low or "m" in low or "uhr" in low:
        times += [Span(m.start(), m.end(), "time", "format:time") for m in _CLOCK_ALONE.finditer(low)]
    return spans + times


def find_ages(low: str) -> list[Span]:
    """Ages over 89 in `low`; what replaces them says only that."""
    if _HUNDRED.search(low) is None:
        return []
    return [
        Span(match.start(), match.end(), "age", f"format:{rule}", "90+")
        for rule, pattern in _AGE_PATTERNS
        for match in pattern.finditer(low)
        if not _is_technical(match)
    ]


def _is_technical(match: re.Match[str]) -> bool:
    """Whether "f 100" is a frequency and "90 v" a voltage: one letter that is parted from its number by a space."""
    text = match[0]
    return " " in text and len(text.replace(" ", "").strip("0123456789")) == 1 and not text.endswith(("y", "j"))
