"""``trial`` of a policy file: what the Clinical Trial modules say, the visits, and the arms."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

import msgspec

from deidra.policy import attribute_actions, entries, schema
from deidra.policy.source import Table

if TYPE_CHECKING:
    from deidra.policy.source import Entry, Problems

_TEXTS = ("sponsor", "protocol_id", "protocol_name", "site_id", "site_name", "coordinating_center")
# One value of VR LO in any character set (PS3.5 Table 6.2-1)
_TEXT = re.compile(r"[!-\[\]-~](?:[ -\[\]-~]{0,62}[!-\[\]-~])?")
_DAYS = re.compile(r"([+-]?[0-9]{1,5})\s*\.\.\s*([+-]?[0-9]{1,5})")
_TEXT_NEEDED = "1 to 64 printable ASCII characters without a backslash"


def read(trial: schema.Trial | None, entry: Entry, problems: Problems) -> schema.Trial:
    """The trial with what this layer says of it. A layer that names a visit or an arm again replaces it."""
    trial = trial or schema.Trial()
    for item in entries.known(entry, (*_TEXTS, "time_points", "arms"), problems):
        field = item.key.removeprefix("trial.")
        if field == "time_points":
            points = {point.id: point for point in trial.time_points}
            points |= {point.id: point for below in entries.table(item, problems) for point in _point(below, problems)}
            found = tuple(sorted(points.values(), key=lambda point: point.first_day))
            _check_apart(found, item, problems)
            trial = msgspec.structs.replace(trial, time_points=found)
        elif field == "arms":
            arms = {arm.name: arm for arm in trial.arms}
            arms |= {arm.name: arm for below in entries.table(item, problems) for arm in _arm(below, problems)}
            trial = msgspec.structs.replace(trial, arms=tuple(arms[name] for name in sorted(arms)))
        else:
            text = entries.text(item, problems)
            if text is not None and not _TEXT.fullmatch(text.value):
                problems.add(text.where, f"{item.key}: {_TEXT_NEEDED}")
            elif text is not None:
                trial = msgspec.structs.replace(trial, **{field: text.value})
    return trial


def _point(entry: Entry, problems: Problems) -> list[schema.TimePoint]:
    if not _TEXT.fullmatch(entry.key):
        problems.add(entry.where, f"time point: {_TEXT_NEEDED}")
        return []
    description, days = "", None
    named = msgspec.structs.replace(entry, key=f"time point {entry.key}")
    for item in entries.known(named, ("description", "days"), problems):
        text = entries.text(item, problems)
        if text is None:
            return []
        if item.key.endswith(".days"):
            days = _DAYS.fullmatch(text.value)
        elif _TEXT.fullmatch(text.value):
            description = text.value
        else:
            problems.add(text.where, f"{item.key}: {_TEXT_NEEDED}")
    if days is None or int(days[1]) > int(days[2]):
        text_needed = "days from baseline, written first..last, such as -28..0"
        problems.add(entry.where, f"{named.key}: {text_needed}")
        return []
    return [schema.TimePoint(entry.key, description, int(days[1]), int(days[2]))]


def _check_apart(points: tuple[schema.TimePoint, ...], entry: Entry, problems: Problems) -> None:
    for point, after in itertools.pairwise(points):
        if after.first_day <= point.last_day:
            problems.add(entry.where, f"time points {point.id} and {after.id} have days in common")


def _arm(entry: Entry, problems: Problems) -> list[schema.Arm]:
    if not _TEXT.fullmatch(entry.key):
        problems.add(entry.where, f"arm: {_TEXT_NEEDED}")
        return []
    if isinstance(entry.value, Table) and not entry.value.entries:
        return [schema.Arm(entry.key, ())]
    overrides = attribute_actions.read(entry, problems)
    return [schema.Arm(entry.key, tuple(overrides[key] for key in sorted(overrides)))]
