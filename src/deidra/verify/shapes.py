"""What identifies by its look alone, without knowing whose it is: names, days, numbers, addresses in kept text."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from deidra.standard.uids import is_registered
from deidra.verify.attributes import Nature, nature
from deidra.verify.findings import Severity
from deidra.verify.fold import fold
from deidra.verify.forms import calendar_day, is_common, is_placeholder

_OLDEST_AGE_YEARS = 90  # ages over 89 count as one (45 CFR 164.514(b)(2)(i)(C))
_EARLIEST_YEAR = 1850
_PATIENT_AGE = 0x00101010
_METHODS = frozenset({0x00120062, 0x00120063})  # how it was de-identified: written by the tool that did it


class Shape(NamedTuple):
    """A suspicious look: stable code, how grave, what it looks like."""

    code: str
    severity: Severity
    text: str


_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_YEAR = r"(?:19|20)\d\d"
_PATTERNS = (
    ("name-with-caret", re.compile(r"\b[^\W\d_]{2,}\^[^\W\d_]{2,}")),
    ("name-with-title", re.compile(r"\b(?:Dr|Mr|Mrs|Ms|Prof|Herr|Frau|Mme|Sra)\.?\s+[^\W\d_][^\W\d_]{2,}")),
    (
        "labelled",
        re.compile(
            r"\b(?:name|patient|pat|dob|born|mrn|tel|phone|ssn|physician|operator|doctor)\b\s*[:=]\s*\S{3,}",
            re.IGNORECASE,
        ),
    ),
    ("email", re.compile(r"[\w.+-]{2,}@[\w-]+(?:\.[\w-]+)+")),
    (
        "phone",
        re.compile(
            r"\+\d{1,3}[ .-]?\(?\d{1,4}\)?(?:[ .-]?\d{2,4}){2,4}\b|(?<!\d)\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?!\d)"
        ),
    ),
    ("social-security-number", re.compile(r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])")),
    ("day", re.compile(rf"(?<!\d){_YEAR}([-./])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])(?!\d)")),
    ("day", re.compile(rf"(?<!\d)(?:0?[1-9]|[12]\d|3[01])([-./])(?:0?[1-9]|[12]\d|3[01])\1{_YEAR}(?!\d)")),
    (
        "day",
        re.compile(
            rf"(?<!\d)(?:0?[1-9]|[12]\d|3[01])[ .-]+{_MONTH}[ .,-]+{_YEAR}(?!\d)"
            rf"|\b{_MONTH}[ .-]+\d{{1,2}},? +{_YEAR}(?!\d)",
            re.IGNORECASE,
        ),
    ),
    ("day", re.compile(rf"(?<!\d){_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)")),
    (
        "street",
        re.compile(
            r"\b\d{1,4} [A-Z][a-z]+ (?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Boulevard|Blvd)\b"
            r"|\b\w+(?:strasse|straße|gasse) \d{1,3}\b"
        ),
    ),
    ("long-number", re.compile(r"(?<![\d.])\d{7,}(?![\d.])")),
)
_DAY_IN_UID = re.compile(rf"(?<!\d)({_YEAR})(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{{0,12}}(?!\d)")


@lru_cache(50_000)
def shapes(tag: int, vr: str, inside: tuple[int, ...], text: str, informed: bool) -> tuple[Shape, ...]:
    """Suspicious looks of one value. `informed`: the originals are known, so that made-up names need no doubt."""
    if vr == "UI":
        return _of_uids(tag, inside, text, informed)
    if vr == "PN":
        return () if informed else _of_names(text)
    if vr in ("DA", "DT"):
        return _of_days(tag, vr, inside, text, informed)
    if vr == "AS":
        years = text.strip()[:3] if text.strip().endswith("Y") else ""
        over = tag == _PATIENT_AGE and years.isdigit() and int(years) > _OLDEST_AGE_YEARS
        return (Shape("age-over-89", Severity.SUSPECT, "age"),) if over else ()
    if vr not in ("LO", "SH", "ST", "LT", "UT", "UC", "UR", "AE", "CS", "UN") or tag in _METHODS:
        return ()
    return _of_text(tag, vr, inside, text)


def _of_text(tag: int, vr: str, inside: tuple[int, ...], text: str) -> tuple[Shape, ...]:
    kind = nature(tag, vr, inside)
    if kind is Nature.ID:  # the pseudonyms stand here
        return ()
    doubtful = kind is Nature.TEXT
    found: dict[str, Shape] = {}
    for code, pattern in _PATTERNS:
        match = pattern.search(text)
        if match is None or not _is_meant(code, match[0]):
            continue
        # Version numbers, serial numbers and the like are kept knowingly, and look like days and numbers
        severe = doubtful or code in ("name-with-caret", "email", "phone", "social-security-number", "street")
        found.setdefault(code, Shape(code, Severity.SUSPECT if severe else Severity.NOTE, match[0]))
    return tuple(found.values())


def _is_meant(code: str, text: str) -> bool:
    if code == "name-with-caret":
        return not all(is_common(fold(part)) for part in text.split("^"))
    if code == "name-with-title":
        return not is_common(fold(text.split()[-1]))
    return True


def _of_names(text: str) -> tuple[Shape, ...]:
    parts = [part for part in re.split(r"[\^= ]+", text) if part.isalpha() and len(part) > 1]
    if len(parts) < 2 or is_placeholder(text):
        return ()
    return (Shape("person-name", Severity.SUSPECT, text),)


def _of_days(tag: int, vr: str, inside: tuple[int, ...], text: str, informed: bool) -> tuple[Shape, ...]:
    day = calendar_day(text)
    if day is None:
        return ()
    if nature(tag, vr, inside) is Nature.BIRTH_DATE and not informed:
        return (Shape("birth-date-kept", Severity.SUSPECT, text),)
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    if day > tomorrow or day.year < _EARLIEST_YEAR:
        return (Shape("day-out-of-range", Severity.NOTE, text),)
    return ()


def _of_uids(tag: int, inside: tuple[int, ...], text: str, informed: bool) -> tuple[Shape, ...]:
    if nature(tag, "UI", inside) is not Nature.UID:
        return ()
    for uid in (part.strip("\0 ") for part in text.split("\\")):
        if uid.startswith("2.25.") or is_registered(uid):
            continue
        match = _DAY_IN_UID.search(uid)
        if match and int(match[1]) <= datetime.now(UTC).year:
            return (Shape("day-in-uid", Severity.NOTE if informed else Severity.SUSPECT, uid),)
    return ()
