"""Dates move by whole days, keep their form, and never pass when they are not dates."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from deidra.dicom.dates import age_string, cap_age, completed_years, shift_date, shift_datetime

DATES = st.dates(date(1100, 1, 1), date(9900, 12, 31))
SHIFTS = st.integers(-3650, 3650).filter(bool)
PADDING = st.sampled_from((b"", b" ", b"  ", b"\0", b"\0\0"))
ZONES = st.sampled_from((b"", b"+0000", b"-0500", b"+1400", b"+0530"))


def da(day: date) -> bytes:
    return day.strftime("%Y%m%d").rjust(8, "0").encode()


def parsed(raw: bytes) -> date:
    return date(int(raw[:4]), int(raw[4:6]), int(raw[6:8]))


@st.composite
def times(draw: st.DrawFn) -> bytes:
    """The part of a DT behind the day, from nothing to a fraction of a second."""
    hour, minute, second = draw(st.integers(0, 23)), draw(st.integers(0, 59)), draw(st.integers(0, 60))
    parts = [b"%02d" % hour, b"%02d" % minute, b"%02d" % second, b"." + draw(st.from_regex(rb"\A[0-9]{1,6}\Z"))]
    return b"".join(parts[: draw(st.integers(0, 4))])


@given(DATES, SHIFTS, PADDING)
def test_shifting_a_date_there_and_back_restores_it(day: date, days: int, padding: bytes) -> None:
    there = shift_date(da(day) + padding, days)
    assert there is not None
    assert parsed(there) - day == timedelta(days)
    assert shift_date(there, -days) == da(day)


@given(DATES, DATES, SHIFTS)
def test_the_interval_between_two_dates_stays_exact(one: date, other: date, days: int) -> None:
    moved = [shift_date(da(day), days) for day in (one, other)]
    assert moved[0] is not None
    assert moved[1] is not None
    assert parsed(moved[1]) - parsed(moved[0]) == other - one


@given(st.lists(st.one_of(DATES.map(da), st.just(b"")), min_size=1, max_size=5), SHIFTS)
def test_every_value_of_a_multi_valued_date_moves(values: list[bytes], days: int) -> None:
    moved = shift_date(b"\\".join(values), days)
    assert moved is not None
    singles = [shift_date(value, days) if value else b"" for value in values]
    assert moved.split(b"\\") == singles


@given(DATES, SHIFTS)
def test_the_retired_form_with_dots_becomes_the_modern_one(day: date, days: int) -> None:
    raw = da(day)
    assert shift_date(raw[:4] + b"." + raw[4:6] + b"." + raw[6:], days) == shift_date(raw, days)


@given(DATES, times(), ZONES, SHIFTS)
def test_a_date_time_keeps_its_time_fraction_and_zone_to_the_byte(
    day: date, time: bytes, zone: bytes, days: int
) -> None:
    moved = shift_datetime(da(day) + time + zone, days)
    assert moved is not None
    assert moved[8:] == time + zone
    assert moved[:8] == shift_date(da(day), days)
    assert shift_datetime(moved, -days) == da(day) + time + zone


@given(DATES, st.sampled_from((4, 6)), ZONES, SHIFTS)
def test_a_coarse_date_time_stays_as_coarse_as_it_was(day: date, digits: int, zone: bytes, days: int) -> None:
    moved = shift_datetime(da(day)[:digits] + zone, days)
    assert moved is not None
    assert (len(moved), moved[digits:]) == (digits + len(zone), zone)
    first = date(day.year, day.month if digits == 6 else 1, 1)
    assert moved[:digits] == da(first + timedelta(days))[:digits]


def is_date(value: bytes) -> bool:
    if not re.fullmatch(rb"[0-9]{8}|[0-9]{4}\.[0-9]{2}\.[0-9]{2}", value):
        return False
    try:
        return parsed(value.replace(b".", b"")).year >= 1000
    except ValueError:
        return False


NEARLY_DATES = st.one_of(
    st.binary(max_size=12),
    st.from_regex(rb"\A[0-9. -]{6,11}\Z"),
    st.from_regex(rb"\A(19|20)[0-9]{2}[.-]?[0-3][0-9][.-]?[0-9]{2}\Z"),
)


@given(NEARLY_DATES)
@example(b"20230229")
@example(b"2023.0101")
@example(b"20230101-20240101")
@example("２０２３０１０１".encode())
@example(b"00000000")
@example(b"99991231")
def test_what_is_no_date_becomes_none(raw: bytes) -> None:
    assume(b"\\" not in raw)
    stripped = raw.strip(b" \0")
    assume(stripped)
    moved = shift_date(raw, 400)
    if not is_date(stripped):
        assert moved is None
    elif parsed(stripped.replace(b".", b"")) <= date(9998, 1, 1):
        assert moved is not None


@given(NEARLY_DATES, st.sampled_from((b"", b"25", b"2460", b"12.5", b"1261", b"120000.1234567", b"+05", b"&0500")))
def test_what_is_no_date_time_becomes_none(raw: bytes, rest: bytes) -> None:
    assume(b"\\" not in raw)
    stripped = raw.strip(b" \0")
    if rest and re.fullmatch(rb"[0-9]{8}", stripped) and is_date(stripped):
        assert shift_datetime(stripped + rest, 400) is None
    elif not re.fullmatch(rb"[0-9]{4,14}(\.[0-9]{1,6})?([+-][0-9]{4})?", stripped + rest):
        assert shift_datetime(stripped + rest, 400) is None or not (stripped + rest).strip(b" \0")


@pytest.mark.parametrize("raw", [b"10000101", b"10010101", b"99991231"])
def test_a_date_that_would_leave_the_calendar_becomes_none(raw: bytes) -> None:
    assert shift_date(raw, -3650 if raw < b"2" else 3650) is None
    assert shift_datetime(raw + b"120000", -3650 if raw < b"2" else 3650) is None


def test_a_leap_day_moves_like_any_other() -> None:
    assert shift_date(b"20240229", -365) == b"20230301"
    assert shift_datetime(b"20240229235960.999999+0100", 1) == b"20240301235960.999999+0100"


# Ages


@given(st.integers(0, 999), st.sampled_from("DWMY"), PADDING)
def test_an_age_over_89_years_becomes_90_and_every_other_stays(number: int, unit: str, padding: bytes) -> None:
    raw = f"{number:03d}{unit}".encode()
    years = number * {"D": 1, "W": 7, "M": 30.4375, "Y": 365.25}[unit] / 365.25
    assert cap_age(raw + padding) == (b"090Y" if years >= 90 else raw)


@given(st.one_of(st.binary(max_size=6), st.from_regex(rb"\A[0-9]{0,4}[DWMYdwmy ]{0,2}\Z")))
@example(b"100y")
@example(b"0100Y")
@example(b"95")
@example(b"-95Y")
def test_what_is_no_age_becomes_none(raw: bytes) -> None:
    for value in raw.rstrip(b" \0").split(b"\\"):
        if not re.fullmatch(rb"[0-9]{3}[DWMY]", value):
            assert cap_age(raw) is None


@given(st.dates(date(1850, 1, 1), date(2100, 1, 1)), st.integers(0, 50_000))
def test_an_age_is_counted_in_completed_years_months_or_days(birth: date, days: int) -> None:
    later = birth + timedelta(days)
    years = 0
    while (birth.year + years + 1, birth.month, birth.day) <= (later.year, later.month, later.day):
        years += 1
    assert completed_years(da(birth), da(later)) == years
    months = 0
    while True:
        month = birth.month + months
        if ((birth.year + month // 12), month % 12 + 1, birth.day) > (later.year, later.month, later.day):
            break
        months += 1
    age = age_string(da(birth) + b" ", da(later))
    below = b"%03dM" % months if months else b"%03dD" % days
    assert age == (b"%03dY" % min(years, 90) if years >= 2 else below)
    assert cap_age(age) == age


@given(DATES, DATES)
def test_no_age_is_derived_from_a_birth_after_the_study(one: date, other: date) -> None:
    assume(one != other)
    assert age_string(da(max(one, other)), da(min(one, other))) is None


@pytest.mark.parametrize("birth", [b"", b"UNKNOWN", b"19700230", b"1970", b"19700101\\19710101"])
def test_no_age_is_derived_from_what_is_no_date(birth: bytes) -> None:
    assert age_string(birth, b"20240101") is None
    assert age_string(b"19700101", birth) is None
