"""``attributes`` of a policy file: what it says of single attributes, each selector once."""

from __future__ import annotations

from deidra.policy import entries, schema
from deidra.policy.selectors import SelectorError, parse
from deidra.policy.source import Entry, Problems, Table, Text
from deidra.policy.suggest import did_you_mean


def read(entry: Entry, problems: Problems) -> dict[str, schema.Override]:
    """The overrides of a section, by the canonical spelling of what they select."""
    here: dict[str, str] = {}
    found: dict[str, schema.Override] = {}
    for item in entries.table(entry, problems):
        try:
            selector = parse(item.key)
        except SelectorError as error:
            problems.add(item.where, f"attribute {item.key!r}: {error}")
            continue
        # One attribute under two spellings is as much a repetition as under one.
        canonical = str(selector)
        if canonical in here:
            line = here[canonical].rpartition(":")[2]
            problems.add(item.where, f"{item.key} is the attribute already named on line {line}")
            continue
        here[canonical] = item.where
        action = _action(item, problems)
        if action is not None:
            found[canonical] = schema.Override(selector, action[0], action[1], item.where)
    return found


def _action(item: Entry, problems: Problems) -> tuple[str, str] | None:
    if isinstance(item.value, Table):
        entry = item.value.get("replace")
        if entry is None or len(item.value.entries) != 1 or not isinstance(entry.value, Text):
            problems.add(item.where, f'{item.key}: the only mapping allowed is {{replace: "text"}}')
            return None
        return "replace", entry.value.value
    if not isinstance(item.value, Text):
        problems.add(item.where, f"{item.key}: expected an action, not a list")
        return None
    action = item.value.value
    if action == "replace":
        problems.add(item.where, f'{item.key}: replace needs a text: {{replace: "text"}}')
    elif action not in schema.ACTIONS:
        near = did_you_mean(action, schema.ACTIONS) or f"; known: {', '.join(schema.ACTIONS)}"
        problems.add(item.where, f"{item.key}: unknown action {action!r}{near}")
    else:
        return action, ""
    return None
