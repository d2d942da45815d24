"""Dates of HL7 (YYYYMMDDHHMMSS) and ISO 8601 (YYYY-MM-DD...) moved by the subject's own offset.

Each function answers None when the value is no date, or when the policy removes dates.
"""

from __future__ import annotations

import re
from datetime import date

from deidra.documents.work import ShiftDate

_HL7 = re.compile(
    r"(\d{4})(?:(\d\d)(?:(\d\d)((?:[01]\d|2[0-3])(?:[0-5]\d(?:[0-5]\d(?:\.\d{1,6})?)?)?)?)?)?([+-]\d{4})?", re.ASCII
)
_ISO = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(T(?:[01]\d|2[0-4]):[0-5]\d(?::[0-6]\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?)?)?",
    re.ASCII,
)
_FIRST_YEAR = 1000


def _moved(year: str, month: str | None, day: str | None, shift: ShiftDate) -> date | None:
    try:
        moved = shift(date(int(year), int(month or 1), int(day or 1)))
    except (ValueError, OverflowError):
        return None
    return moved if moved is not None and moved.year >= _FIRST_YEAR else None


def shift_hl7(value: str, shift: ShiftDate) -> str | None:
    """A TS or DTM value moved; as coarse as it was (HL7 v2.8.2 2A.3.22)."""
    match = _HL7.fullmatch(value.strip())
    if match is None:
        return None
    year, month, day, time, zone = match.groups()
    moved = _moved(year, month, day, shift)
    if moved is None:
        return None
    return moved.strftime("%Y%m%d")[: len(year + (month or "") + (day or ""))] + (time or "") + (zone or "")


def shift_iso(value: str, shift: ShiftDate) -> str | None:
    """A date, dateTime or instant moved; as coarse as it was (FHIR R4 2.24.0.1)."""
    match = _ISO.fullmatch(value.strip())
    if match is None:
        return None
    year, month, day, time = match.groups()
    moved = _moved(year, month, day, shift)
    if moved is None:
        return None
    return "-".join(moved.strftime("%Y-%m-%d").split("-")[: 1 + bool(month) + bool(day)]) + (time or "")


def is_hl7_date(value: str) -> bool:
    """Whether `value` is a full date, with or without a time, as HL7 v2 writes it."""
    match = _HL7.fullmatch(value)
    return match is not None and match[3] is not None


def is_iso_date(value: str) -> bool:
    """Whether `value` is a full date, with or without a time, as ISO 8601 writes it."""
    match = _ISO.fullmatch(value)
    return match is not None and match[3] is not None
