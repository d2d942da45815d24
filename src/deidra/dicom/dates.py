"""Dates moved by whole days, so that times and intervals stay exact (PS3.15 E.3.6, Modified Dates).

Every function takes and returns the raw value of an element and answers None when the value is not a date:
an unparsable value is never passed on.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

_DA = re.compile(rb"(\d{4})(\.?)(\d\d)\2(\d\d)")
_DT = re.compile(
    rb"(\d{4})(\d\d)?(\d\d)?((?:[01]\d|2[0-3])(?:[0-5]\d(?:[0-5]\d|60)?)?)?((?<=\d{14})\.\d{1,6})?([+-]\d{4})?"
)

# dciodvfy and older readers refuse years before 1000; nothing real is that old
_FIRST_YEAR = 1000


def _moved(year: bytes, month: bytes, day: bytes, shift_days: int) -> date | None:
    try:
        moved = date(int(year), int(month), int(day)) + timedelta(days=shift_days)
    except (ValueError, OverflowError):
        return None
    return moved if moved.year >= _FIRST_YEAR else None


def _each(raw: bytes, one: object, shift_days: int) -> bytes | None:
    values = []
    for value in raw.rstrip(b" \0").split(b"\\"):
        stripped = value.strip(b" \0")
        moved = one(stripped, shift_days) if stripped else b""  # type: ignore[operator]
        if moved is None:
            return None
        values.append(moved)
    return b"\\".join(values)


def _shift_one_date(value: bytes, shift_days: int) -> bytes | None:
    match = _DA.fullmatch(value)
    if match is None:
        return None
    moved = _moved(match[1], match[3], match[4], shift_days)
    return moved.strftime("%Y%m%d").encode() if moved else None


def _shift_one_datetime(value: bytes, shift_days: int) -> bytes | None:
    match = _DT.fullmatch(value)
    if match is None:
        return None
    year, month, day, time, fraction, zone = match.groups()
    if time and not day:
        return None
    moved = _moved(year, month or b"01", day or b"01", shift_days)
    if moved is None:
        return None
    # A coarse date stays as coarse as it was
    digits = moved.strftime("%Y%m%d").encode()[: len(year + (month or b"") + (day or b""))]
    return digits + (time or b"") + (fraction or b"") + (zone or b"")


def shift_date(raw: bytes, shift_days: int) -> bytes | None:
    """A DA value moved by `shift_days`; the retired form YYYY.MM.DD becomes YYYYMMDD."""
    return _each(raw, _shift_one_date, shift_days)


def shift_datetime(raw: bytes, shift_days: int) -> bytes | None:
    """A DT value moved by `shift_days`, with its precision, fraction and zone as they were."""
    return _each(raw, _shift_one_datetime, shift_days)


def completed_years(birth: bytes, later: bytes) -> int | None:
    """Age in years at `later`, both DA values; None when either is no date or the order is impossible."""
    matches = [_DA.fullmatch(value.strip(b" \0")) for value in (birth, later)]
    if matches[0] is None or matches[1] is None:
        return None
    days = [_moved(match[1], match[3], match[4], 0) for match in matches if match]
    if days[0] is None or days[1] is None or days[1] < days[0]:
        return None
    years = days[1].year - days[0].year
    return years - ((days[1].month, days[1].day) < (days[0].month, days[0].day))


def days_between(first: bytes, second: bytes) -> int | None:
    """Days from the first to the second DA value; None when either is no date."""
    matches = [_DA.fullmatch(value.strip(b" \0")) for value in (first, second)]
    days = [_moved(match[1], match[3], match[4], 0) for match in matches if match]
    return (days[1] - days[0]).days if len(days) == 2 and days[0] and days[1] else None


def age_string(birth: bytes, later: bytes) -> bytes | None:
    """An AS value (PS3.5 6.2) in years, below two years in months or days; over 89 becomes 90."""
    years = completed_years(birth, later)
    if years is None:
        return None
    if years >= 2:
        return b"%03dY" % min(years, OLDEST_AGE_YEARS)
    (year, month, day), (later_year, later_month, later_day) = (_parts(value) for value in (birth, later))
    months = (later_year - year) * 12 + later_month - month - (later_day < day)
    if months:
        return b"%03dM" % months
    return b"%03dD" % (date(later_year, later_month, later_day) - date(year, month, day)).days


def _parts(value: bytes) -> tuple[int, int, int]:
    match = _DA.fullmatch(value.strip(b" \0"))
    return (int(match[1]), int(match[3]), int(match[4])) if match else (0, 0, 0)


OLDEST_AGE_YEARS = 90
_DAYS_IN_UNIT = {b"D": 1.0, b"W": 7.0, b"M": 30.4375, b"Y": 365.25}


def cap_age(raw: bytes) -> bytes | None:
    """An AS value with every age over 89 years as 090Y (HIPAA 45 CFR 164.514(b)(2)(i)(C)); None when it is none."""
    values = []
    for value in raw.rstrip(b" \0").split(b"\\"):
        if not re.fullmatch(rb"\d{3}[DWMY]", value):
            return None
        years = int(value[:3]) * _DAYS_IN_UNIT[value[3:]] / 365.25
        values.append(b"%03dY" % OLDEST_AGE_YEARS if years >= OLDEST_AGE_YEARS else value)
    return b"\\".join(values)
