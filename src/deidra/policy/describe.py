"""A policy explained: what it says, what follows for every attribute, and how two policies differ."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import msgspec
import yaml

from deidra.policy import encrypted, schema
from deidra.standard import confidentiality, dictionary

if TYPE_CHECKING:
    from collections.abc import Iterable

    from deidra.policy.compile import Rulebook
    from deidra.policy.rules import Rule
    from deidra.policy.schema import Policy


class Line(msgspec.Struct, frozen=True):
    """What becomes of one attribute."""

    tag: str
    name: str
    code: str
    method: str
    rule: str
    source: str


class Difference(msgspec.Struct, frozen=True):
    """One setting or attribute that two policies treat differently."""

    where: str
    first: str
    second: str


class Differences(msgspec.Struct, frozen=True):
    """Everything in which two policies differ."""

    settings: tuple[Difference, ...]
    attributes: tuple[Difference, ...]


def as_yaml(policy: Policy) -> str:
    """The resolved policy as a file that needs no other: loading it gives the same policy again."""
    text: str = yaml.safe_dump(schema.content(policy), sort_keys=False, allow_unicode=True, width=110)
    return text


def table(rulebook: Rulebook) -> list[Line]:
    """Every row of Table E.1-1 with what this policy does, then the overrides that are not in the table."""
    edition = rulebook.edition
    lines = [
        _line(row.tag, row.name, rulebook.standard(tag, _vr(tag)))
        for tag, row in sorted(edition.rows.items())
    ]
    for key, tag in (("50xx,xxxx", 0x50003000), ("60xx,3000", 0x60003000), ("60xx,4000", 0x60004000)):
        row = edition.families[key]
        lines.append(_line(row.tag, row.name, rulebook.standard(tag, _vr(tag))))
    named = {line.rule for line in lines}
    lines += [_line(item.id, "", item) for item in rulebook.override_rules if item.id not in named]
    return lines


def summary(rulebook: Rulebook) -> dict[str, Any]:
    """What the policy comes to, for people and for --json."""
    counts = Counter(f"{line.code} {line.method}".strip() for line in table(rulebook))
    claimed = rulebook.claims
    return {
        "policy": schema.content(rulebook.policy),
        "digest": rulebook.digest,
        "method_codes": [{"value": value, "meaning": meaning} for value, meaning in claimed.codes],
        "method_texts": list(claimed.texts),
        "longitudinal_temporal_information_modified": claimed.temporal,
        "kept_against_the_profile": list(claimed.departures),
        "warnings": [encrypted.WARNING] if rulebook.policy.encrypted_attributes.certificates else [],
        "options_not_claimed": {option: list(rows) for option, rows in claimed.unclaimed.items()},
        "rows_by_action": dict(counts.most_common()),
    }


def differences(first: Rulebook, second: Rulebook) -> Differences:
    """How two policies differ: in what they say, and in what becomes of each attribute of the dictionary."""
    said = [dict(_flat(schema.content(item.policy))) for item in (first, second)]
    settings = [
        Difference(key, said[0].get(key, "-"), said[1].get(key, "-"))
        for key in sorted(said[0].keys() | said[1].keys())
        if said[0].get(key) != said[1].get(key)
    ]
    tags = {*first.edition.rows, *second.edition.rows, *dictionary.vr_table()}
    attributes = []
    for tag in sorted(tags):
        if tag >> 16 in (0x0000, 0x0002, 0x0004):
            continue
        one, other = first.standard(tag, _vr(tag)), second.standard(tag, _vr(tag))
        if (one.code, one.method, one.value) != (other.code, other.method, other.value):
            attributes.append(Difference(f"{_printed(tag)} {_name(tag)}", _short(one), _short(other)))
    return Differences(tuple(settings), tuple(attributes))


def _line(tag: str, name: str, rule: Rule) -> Line:
    return Line(tag, name, rule.code, rule.method, rule.id, rule.source)


def _vr(tag: int) -> str:
    return dictionary.vr(tag) or ""


def _name(tag: int) -> str:
    row = confidentiality.edition().rows.get(tag)
    return dictionary.name(tag) or (row.name if row else "")


def _printed(tag: int) -> str:
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"


def _short(rule: Rule) -> str:
    return f"{rule.code} {rule.method}".strip()


def _flat(value: Any, key: str = "") -> Iterable[tuple[str, str]]:
    if not isinstance(value, dict):
        yield key, ", ".join(value) if isinstance(value, list) else str(value)
        return
    for name, inner in value.items():
        yield from _flat(inner, f"{key}.{name}" if key else name)
