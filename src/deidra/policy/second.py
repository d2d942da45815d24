"""Standard attributes that Table E.1-1 does not list: kept only when their category is known to be safe.

The table is a minimum (PS3.15 E.1.1); hundreds of texts, dates and UIDs are not in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from deidra.policy import listed, temporal
from deidra.policy.content import TEXT_VALUE
from deidra.policy.rules import Rule
from deidra.standard import dictionary, second_layer

if TYPE_CHECKING:
    from deidra.policy.schema import Policy

_KEPT = {
    "technical": "",
    "pixels": "",
    "sequence": "",
    "uid-class": "",
    "coding-scheme": "coding-scheme",
    "code-value": "code-value",
    "code-meaning": "code-meaning",
}
_CODED = ("coding-scheme", "code-value", "code-meaning")
_WHY_REMOVED = {
    "identifier": "it may identify a person, an order or a place",
    "free-text": "people write in it, and no option cleans it",
    "person": "it names a person",
    "url": "it names a place in a network",
    "ae": "it names a system in a network",
    "opaque": "bytes that may hold anything",
}


def rule(policy: Policy, tag: int, vr: str) -> Rule:
    """The rule of an attribute outside the table; what nothing is known of is removed."""
    category = second_layer.category(tag)
    if category is None:
        return _uncategorised(tag)
    rule_id, source = f"second-layer:{category}", f"not in PS3.15 Table E.1-1; second layer: {category}"
    if tag == TEXT_VALUE and "clean-structured-content" in policy.options:
        return Rule("C", "text", rule_id, f"{source}; Clean Structured Content")
    if category == "free-text" and "clean-descriptors" in policy.options:
        return Rule("C", "text", rule_id, f"{source}; Clean Descriptors")
    if category in _CODED and "clean-descriptors" in policy.options:
        return Rule("C", category, rule_id, f"{source}; Clean Descriptors")
    if category == "device":
        return _device(policy, rule_id, source)
    if category == "descriptor":
        return _descriptor(policy, rule_id, source)
    if category == "technical" and vr == "CS" and "clean-descriptors" in policy.options:
        return Rule("C", "text", rule_id, f"{source}; Clean Descriptors")
    if category in _KEPT:
        return Rule("K", _KEPT[category], rule_id, source)
    if category == "uid-instance":
        if "uids" in policy.options:
            return Rule("K", "", rule_id, f"{source}; Retain UIDs")
        return Rule("U", "uid", rule_id, f"{source}; PS3.15 E.1.1 duty 5: references are always protected")
    if category in ("date-subject", "date-fixed"):
        return date(policy, dictionary.vr(tag) or vr, rule_id, source, fixed=category == "date-fixed")
    return Rule("X", "", rule_id, f"{source}: {_WHY_REMOVED.get(category, 'nothing says that it is safe')}")


def _device(policy: Policy, rule_id: str, source: str) -> Rule:
    if "device-identity" in policy.options:
        return Rule("K", "", rule_id, f"{source}; Retain Device Identity")
    return Rule("X", "", rule_id, f"{source}: no option retains devices")


def _descriptor(policy: Policy, rule_id: str, source: str) -> Rule:
    """Words that somebody picked from a list that can be changed: what cleans texts cleans these too."""
    if "clean-descriptors" in policy.options:
        return Rule("C", "text", rule_id, f"{source}; Clean Descriptors")
    return Rule("K", "", rule_id, source)


def date(policy: Policy, vr: str, rule_id: str, source: str, *, fixed: bool = False) -> Rule:
    """A date outside the table is treated as the table treats its own (PS3.15 E.1.1 Note 4, E.3.6)."""
    if "full-dates" in policy.options:
        return Rule("K", "", rule_id, f"{source}; Full Dates")
    if "modified-dates" not in policy.options:
        return Rule("X", "", rule_id, f"{source}; no option retains dates")
    if fixed:
        return listed.fixed(vr, rule_id, f"{source}; Modified Dates: a fixed dummy")
    if vr not in temporal.DATE_VRS:
        return Rule("X", "", rule_id, f"{source}; not a VR that can be shifted")
    return Rule("C", "shift", rule_id, f"{source}; Modified Dates")


def _uncategorised(tag: int) -> Rule:
    if dictionary.vr(tag) is None:
        return Rule("X", "", "unknown-attribute", "not in PS3.6: nothing says what it holds")
    if dictionary.is_retired(tag):
        return Rule("X", "", "retired-attribute", "retired from PS3.6 and not known to be safe")
    return Rule("X", "", "second-layer:unclassified", "not in PS3.15 Table E.1-1 and not known to be safe")
