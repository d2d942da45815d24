"""Dates in every common writing, times beside them, and ages over 89."""
# ruff: noqa: E501 - a table reads better with a line for each entry

from __future__ import annotations

import re
from collections.abc import Sequence

from deidra.text import months
from deidra.text.outline import AtNumber, AtWord, Cue, Found, compiled
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

_D1, _YEAR1, _ANY = (1, 2), (4, 4), (1, 64)
_DAY_END = r"(?:st|nd|rd|th|er|e|o|º|ª|°)?"
_GAP = r"[\s.,_/'-]{0,3}"
_OF = r"(?:(?:of|de|del|di|den)\s)?"


def _date(rule: str, pattern: str, first: tuple[int, int], chain: int = 1, cue: int = 0) -> AtNumber:
    return AtNumber("date", rule, pattern, first, chain, cue)


def _named(pattern: str) -> AtWord:
    return AtWord("date", "date-named", pattern, Cue.MONTH, 1)


DATES: tuple[AtNumber | AtWord, ...] = (
    # ISO and the like: the year in front
    _date("date-iso", rf"{_NOT_IN_NUMBER}{_YEAR}(?P<a>\s?[-/._:\s]\s?){_M}(?P=a){_D}(?:t{_TIME_SHORT})?(?!\d)", _YEAR1, 6),
    # Day and month in either order, the year last
    _date("date-numeric", rf"(?<!\d)(?<!\d\.)(?:{_D}(?P<b>\s?[-/._\\]\s?|\s){_M}|{_M}(?P<c>\s?[-/._\\]\s?|\s){_D})(?:(?P=b)|(?P=c))\s?{_YEAR}(?!\d)", _D1, 6),
    _date("date-numeric-short", rf"{_NOT_IN_NUMBER}(?:{_D}(?P<e>\s?[-/._]\s?){_M}|{_M}(?P<f>\s?[-/._]\s?){_D})(?:(?P=e)|(?P=f))'?\d\d{_NUMBER_ENDS}", _D1, 4),
    _date("date-numeric-short", rf"{_NOT_IN_NUMBER}\d\d(?P<g>[-/._]){_MM}(?P=g){_DD}{_NUMBER_ENDS}", (2, 2), 6),
    # 14, 12 and 8 digits
    _date("date-compact", rf"(?<!\d){_YEAR}{_MM}{_DD}(?:[-_t\s]?{_TIME_SHORT})?(?:[+-]\d{{4}})?(?!\d)", (8, 14), 8),
    _date("date-compact", rf"(?<!\d)(?:{_DD}{_MM}|{_MM}{_DD}){_YEAR}(?!\d)", (8, 8), 8),
    _date("date-compact-short", rf"(?<!\d)(?:\d\d{_MM}{_DD}|{_DD}{_MM}\d\d|{_MM}{_DD}\d\d)(?!\d)(?!\s?[a-z]{{1,3}}(?![^\W_]))", (6, 6), 6),
    # Month and year
    _date("date-month", rf"{_NOT_IN_NUMBER}(?:{_M}\s?[-/._]\s?{_YEAR}|{_YEAR}\s?[-/._]\s?{_MM}){_NUMBER_ENDS}", (1, 4), 5),
    _date("date-han", r"(?<!\d)\d{2,4}\s?[年년]\s?(?:\d{1,2}\s?[月월]\s?(?:\d{1,2}\s?[日일号])?)?|(?<!\d)\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일号]", (1, 4), 1, Cue.HAN),
    _date("date-named", rf"(?<!\d){_D}{_DAY_END}{_GAP}{_OF}(?:{months.ALL}){_GAP}{_OF}{_ANY_YEAR}(?!\d)", _D1, 1, Cue.MONTH),
    _date("date-named", rf"(?<!\d){_YEAR}{_GAP}(?:{months.ALL}){_GAP}{_D}(?!\d)", _YEAR1, 4, Cue.MONTH),
    _date("date-named", rf"(?<!\d){_YEAR}{_GAP}(?:{months.CLEAR}){_END}", _YEAR1, 4, Cue.MONTH),
    _date("date-named", rf"(?<!\d)(?<!\d[.,]){_D}{_DAY_END}{_GAP}{_OF}(?:{months.CLEAR}){_END}", _D1, 1, Cue.MONTH),
    _named(rf"{_START}(?:{months.ALL}){_GAP}{_D}{_DAY_END}[\s.,_/'-]{{1,3}}{_YEAR}(?!\d)"),
    _named(rf"{_START}(?:{months.ALL}){_GAP}{_OF}(?:{_YEAR}|'\d\d)(?!\d)"),
    _named(rf"{_START}(?:{months.CLEAR})[\s.,_/'-]{{0,2}}\d\d?{_DAY_END}(?:[\s.,_/'-]{{1,2}}\d\d)?(?![^\W_])(?![.,]\d)"),
    # A day and a month that say that they are one
    AtWord("date", "date-partial", r"(?<![^\W_])(?:dob|d\.o\.b\.?|born|birth|geb\.?|nato|nata|nacid[oa]|ne\(e\)|fodt|fodd|ur\.|nar\.)[\s:]{0,3}\d{1,2}[-/.]\d{1,2}\.?(?!\d)", Cue.BIRTH, 2),
)  # fmt: skip
_WEEKDAY = (
    r"(?:mon|tues?|wed(?:nes)?|thurs?|fri|(?<!fat )(?<!fat_)(?<!fat-)sat(?:ur)?|sun)(?:day)?|(?:mo|di|mi|do|fr|sa|so)(?=\.,?\s)|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|"
    r"lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miercoles|jueves|viernes|sabado|domingo|"
    r"lunedi|martedi|mercoledi|giovedi|venerdi|sabato|domenica"
)
_BEFORE_DATE = rf"{_START}(?:(?:{_WEEKDAY})[.,]?\s{{0,2}}|{_CLOCK}[\s,@_-]{{1,3}}(?:on\s|am\s)?)$"
_AFTER_DATE = rf"[\s,@_t/-]{{0,3}}(?:at\s|um\s|a\s|kl\.?\s|o\s|alle\s)?(?:{_CLOCK}|{_TIME_SHORT}(?!\d)(?![^\W_]))"
_HALF_DAY = r"(?:[ap]\.?m\.?|uhr)"
CLOCKS: tuple[AtNumber | AtWord, ...] = (
    AtNumber("time", "time", r"(?<![\d.,:])(?:[01]?\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?(?![^\W_:])", (1, 2), 5),
    AtNumber("time", "time", rf"(?<![\d.,:])(?:[01]?\d|2[0-3])[:.][0-5]\d\s?{_HALF_DAY}(?![^\W_:])", (1, 2), 3, Cue.CLOCK),
    AtNumber("time", "time", r"(?<![\d.,:])(?:0?\d|1[0-2])\s?[ap]\.?m\.?(?![^\W_:])", (1, 2), 1, Cue.CLOCK),
)  # fmt: skip

_OLD = r"(?:0?9\d|0?1[0-3]\d)"
_YEARS = (
    r"y(?:ears?|rs?|o|/o)?|year|jahren?|jahrige[rsn]?|jaehrige[rsn]?|jahrig|jaehrig|jhr?|j|ans?|anni|anos?|jaar|jarige?|lata?|letn[iay]a?|letych?|let|"
    r"lety|ar|arig[te]?|aars|vuotta|vuotias|vuotiaan?|v|yasinda|yas|yil|л|лет|года?|років|ετων|歳|岁|세"
)
_OLD_DIGITS = (2, 4)
AGES: tuple[AtNumber | AtWord, ...] = (
    AtNumber("age", "age", rf"(?<![\d.,]){_OLD}[\s._-]{{0,2}}(?:{_YEARS})(?:[\s.-]{{0,2}}(?:old|alt|of\sage|gammal|gammel))?(?:[\s/_-]?[mfw])?{_END}", _OLD_DIGITS, 2, Cue.YEARS),
    AtNumber("age", "age", rf"(?<![\d.,][\d.,])(?<![\d.,]){_OLD}\s?(?:yo|y/o|j|y)?\s?[mfw]{_END}", _OLD_DIGITS, 2, Cue.YEARS),
    AtWord("age", "age", rf"{_START}(?P<sex>[mfwh])[\s_/-]?{_OLD}(?:[\s._-]?(?:{_YEARS}))?{_END}(?![.,]\d)", Cue.SEX, 2),
    AtWord("age", "age", rf"{_START}(?:age[ds]?|alter|agee?|edad|eta|idade|leeftijd|wiek|vek|alder|ika|yasi?|pat(?:ient)?age|im\salter\svon)[\s:=._-]{{0,3}}(?:de\s|von\s)?{_OLD}(?![.,]?\d)(?:[\s._-]{{0,2}}(?:{_YEARS}){_END})?", Cue.AGE, 2),
)  # fmt: skip


def date_cues(word: str) -> int:
    """What the folded `word` may begin, or be part of: a date, a time, an age."""
    cues = 0
    if compiled(_MONTH_IN_WORD).match(word):
        cues |= Cue.MONTH
    if any(letter in word for letter in "年년月월"):
        cues |= Cue.HAN
    if word.startswith(("dob", "born", "birth", "geb", "nat", "nacid", "fod")) or word in {"d", "ne", "ur", "nar"}:
        cues |= Cue.BIRTH
    if word in {"a", "p", "am", "pm", "uhr"}:
        cues |= Cue.CLOCK
    if compiled(_YEARS_IN_WORD).match(word):
        cues |= Cue.YEARS
    if word in {"m", "f", "w", "h"}:
        cues |= Cue.SEX
    if word.startswith(
        ("age", "alter", "edad", "eta", "idade", "leeftijd", "wiek", "vek", "alder", "ika", "yas", "pat", "im")
    ):
        cues |= Cue.AGE
    return cues


_MONTH_IN_WORD = rf"{_DAY_END}(?:{months.ALL})"
_YEARS_IN_WORD = rf"(?:{_YEARS})|[mfw]$"


def dates(low: str, matches: Sequence[Found]) -> list[Span]:
    """Dates, `matches` of DATES, and the times beside them in `low`, a text folded letter by letter."""
    spans = [Span(found.start(), found.end(), "date", f"format:{pattern.rule}") for pattern, found in matches]
    times: list[Span] = []
    for date in spans:
        if after := compiled(_AFTER_DATE).match(low, date.end):
            times.append(Span(date.end, after.end(), "time", "format:time-beside-date"))
        if before := compiled(_BEFORE_DATE).search(low, max(0, date.start - 30), date.start):
            times.append(Span(before.start(), date.start, "time", "format:time-beside-date"))
    return spans + times


def clocks(matches: Sequence[Found]) -> list[Span]:
    """Times of day, `matches` of CLOCKS."""
    return [Span(found.start(), found.end(), "time", "format:time") for _, found in matches]


def ages(matches: Sequence[Found]) -> list[Span]:
    """Ages over 89, `matches` of AGES; what replaces them says only that."""
    return [
        Span(found.start(), found.end(), "age", f"format:{pattern.rule}", "90+")
        for pattern, found in matches
        if not _is_technical(found)
    ]


# "Tc-99m" is a metastable isotope, and no age or number of anybody
METASTABLE_ISOTOPE = r"(?i)(?<![^\W_])(?:tc|in|kr|xe|sr|ba|ag|te|sn|hf|ta|lu|ho)[\s-]?\d{2,3}m$"


def _is_technical(match: re.Match[str]) -> bool:
    """Whether "f 100" is a frequency and "90 v" a voltage: one letter that is parted from its number by a space."""
    text = match[0]
    if compiled(METASTABLE_ISOTOPE).search(match.string, max(0, match.start() - 4), match.end()):
        return True
    return " " in text and len(text.replace(" ", "").strip("0123456789")) == 1 and not text.endswith(("y", "j"))
