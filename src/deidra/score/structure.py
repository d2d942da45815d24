"""What only the whole collection shows: intervals between dates, closed references, one-to-one maps."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date

import msgspec

from deidra.score.result import Rate, Structure, rate
from deidra.score.truth import Truth


class Place(msgspec.Struct, frozen=True):
    """What stands now where a date or a UID was planted; "" where nothing does."""

    truth: Truth
    value: str


def structure_of(places: Iterable[Place], patient_ids: Iterable[tuple[str, str]]) -> Structure:
    """Judge maps and shifts over the whole collection.

    `patient_ids`: (subject, Patient ID in the output) of every matched object.
    """
    shifts: dict[str, list[int | None]] = defaultdict(list)
    uids: dict[str, list[str]] = defaultdict(list)
    for place in places:
        if place.truth.must == "shift":
            shifts[place.truth.subject].append(_days_between(place.truth.moment, place.value))
        elif place.truth.must == "map":
            uids[place.truth.surface].append(place.value)
    of_subject: dict[str, list[str]] = defaultdict(list)
    for subject, patient_id in patient_ids:
        of_subject[subject].append(patient_id)
    return Structure(_intervals(shifts), _references(uids), _one_to_one(uids, of_subject))


def _days_between(moment: str, value: str) -> int | None:
    try:
        new = date(int(value[:4]), int(value[4:6]), int(value[6:8]))
        old = date(int(moment[:4]), int(moment[4:6]), int(moment[6:8]))
    except ValueError:
        return None
    return (new - old).days


def _intervals(shifts: dict[str, list[int | None]]) -> Rate:
    right = total = 0
    for days in shifts.values():
        seen = Counter(day for day in days if day is not None)
        right += max(seen.values(), default=0)
        total += len(days)
    return rate(right, total)


def _references(uids: dict[str, list[str]]) -> Rate:
    right = total = 0
    for values in uids.values():
        seen = Counter(value for value in values if value)
        right += max(seen.values(), default=0)
        total += len(values)
    return rate(right, total)


def _one_to_one(uids: dict[str, list[str]], of_subject: dict[str, list[str]]) -> Rate:
    right = total = 0
    for originals in (uids, of_subject):
        new = {
            original: Counter(value for value in values if value).most_common(1)[0][0]
            for original, values in originals.items()
            if any(values)
        }
        owners = Counter(new.values())
        right += sum(owners[value] == 1 for value in new.values())
        total += len(new)
    return rate(right, total)
