"""What an entry of a policy file holds, when it is of the kind that is wanted; otherwise a problem is noted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from deidra.policy.source import Entry, Items, Problems, Table, Text, Value
from deidra.policy.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable


def text(entry: Entry, problems: Problems) -> Text | None:
    """The single value of an entry; None, with a problem noted, when it is something else."""
    if isinstance(entry.value, Text):
        return entry.value
    problems.add(entry.where, f"{entry.key}: expected one value, not a {_kind(entry.value)}")
    return None


def word(entry: Entry, known: Iterable[str], what: str, problems: Problems) -> Text | None:
    """The single value of an entry, which must be one of `known`; `what` names it in messages."""
    found = text(entry, problems)
    if found is not None and found.value not in known:
        near = did_you_mean(found.value, known) or f"; known: {', '.join(known)}"
        problems.add(found.where, f"{entry.key}: unknown {what} {found.value!r}{near}")
        return None
    return found


def items(entry: Entry, problems: Problems) -> list[Text] | None:
    """The values of a list; None, with a problem noted, when the entry is no list of plain values."""
    if not isinstance(entry.value, Items):
        problems.add(entry.where, f"{entry.key}: expected a list, such as [a, b]")
        return None
    found = [item for item in entry.value.values if isinstance(item, Text)]
    if len(found) != len(entry.value.values):
        problems.add(entry.where, f"{entry.key}: the list may hold plain values only")
        return None
    return found


def table(entry: Entry, problems: Problems) -> tuple[Entry, ...]:
    """The entries of a mapping, none for a key with nothing below it."""
    if isinstance(entry.value, Table):
        return entry.value.entries
    if isinstance(entry.value, Text) and not entry.value.value:
        return ()  # a key with nothing below it, such as a section whose lines are all comments
    problems.add(entry.where, f"{entry.key}: expected keys below it, not a {_kind(entry.value)}")
    return ()


def known(entry: Entry, keys: tuple[str, ...], problems: Problems) -> list[Entry]:
    """The entries of a section, their keys written with the section's: ``dates.shift_days_min``."""
    below = table(entry, problems)
    for item in below:
        if item.key not in keys:
            near = did_you_mean(item.key, keys) or f"; known: {', '.join(keys)}"
            problems.add(item.where, f"{entry.key}: unknown key {item.key!r}{near}")
    return [msgspec.structs.replace(item, key=f"{entry.key}.{item.key}") for item in below if item.key in keys]


def _kind(value: Value) -> str:
    return {Text: "single value", Items: "list", Table: "mapping"}[type(value)]
