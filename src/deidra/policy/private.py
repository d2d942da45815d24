"""Private elements: nothing stays by default; under Retain Safe Private, what a selected source vouches for.

Listing makes an element safe to look at, not to copy: what is kept depends on its VR (PS3.15 E.3.10).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from deidra.policy import second, temporal
from deidra.policy.rules import TEXT_VRS, Rule
from deidra.standard import dictionary, private_elements

if TYPE_CHECKING:
    from deidra.policy.schema import Policy
    from deidra.standard.private_elements import PathStep

_CITATIONS = {
    "standard": "PS3.15 Table E.3.10-1",
    "declared": "declared safe in the object, (0008,0303) or (0008,0304), PS3.15 E.3.10",
    "tcia-kb": "TCIA private tag knowledge base (PosdaTools)",
    "tcia-observed": "private elements observed and curated by TCIA (PosdaTools)",
}
_AUTHORITATIVE = ("standard", "declared")
_KEPT_VRS = frozenset(
    {"AT", "CS", "DS", "FD", "FL", "IS", "LO", "SH", "SL", "SQ", "SS", "SV", "UL", "US", "UV"}
)
_LONG_TEXT_VRS = frozenset({"LT", "ST", "UC", "UT"})
_BASIC = "PS3.15 Table E.1-1, odd groups X"


class Element(msgspec.Struct, frozen=True):
    """One private element as it stands in an object."""

    creator: str
    group: int
    low: int
    vr: str
    path: tuple[PathStep, ...]
    declared_safe: bool


def rule(policy: Policy, element: Element) -> Rule:
    """The rule of a private element."""
    if "safe-private" not in policy.options:
        return Rule("X", "", "private:basic-profile", _BASIC)
    vouched = _vouched(policy, element)
    if vouched is None:
        return Rule(
            "X", "", "private:unlisted", f"{_BASIC}; Retain Safe Private: no selected source knows it"
        )
    source_name, disposition = vouched
    rule_id = f"private:{source_name}"
    source = f"{_BASIC}; Retain Safe Private: {_CITATIONS[source_name]}: {disposition}"
    vr = element.vr
    if vr == "UN":
        vr = dictionary.private_vr(element.creator, element.group, element.low) or vr
    if disposition == "remove":
        return Rule("X", "", rule_id, source)
    if disposition == "uid" or vr == "UI":
        return _uid(policy, vr, rule_id, source)
    if disposition == "date" or vr in temporal.DATE_VRS:
        return second.date(policy, vr, rule_id, source)
    if vr == "AS" and "patient-characteristics" in policy.options:
        return Rule("K", "age", rule_id, f"{source}; Retain Patient Characteristics")
    if vr == "AS":
        return Rule("X", "", rule_id, f"{source}; an age, and no option retains ages")
    if vr in TEXT_VRS and "clean-descriptors" in policy.options:
        return Rule("C", "text", rule_id, f"{source}; Clean Descriptors")
    if vr in _KEPT_VRS or (vr in _LONG_TEXT_VRS and source_name in _AUTHORITATIVE):
        return Rule("K", "", rule_id, source)
    return Rule("X", "", rule_id, f"{source}; VR {vr} may hold anything and cannot be cleaned")


def _vouched(policy: Policy, element: Element) -> tuple[str, str] | None:
    """(source, what it says) of the first selected source that knows the element.

    The standard and the object's own declaration are final. The observed lists disagree here and there;
    when one of them says remove, that counts.
    """
    found: tuple[str, str] | None = None
    for name in policy.private.sources:
        disposition = _disposition(name, element)
        if disposition is None:
            continue
        if found is None:
            found = (name, disposition)
        if name not in _AUTHORITATIVE and disposition == "remove":
            found = (name, disposition)
        if found[0] in _AUTHORITATIVE or found[1] == "remove":
            break
    return found


def _disposition(source: str, element: Element) -> str | None:
    if source == "declared":
        return "keep" if element.declared_safe else None
    # Only the observed list speaks of places; the others mean the element wherever it stands (E.1.1 duty 10).
    path = element.path if source == "tcia-observed" else ()
    return private_elements.disposition(source, element.creator, element.group, element.low, path)


def _uid(policy: Policy, vr: str, rule_id: str, source: str) -> Rule:
    if vr != "UI":
        return Rule("X", "", rule_id, f"{source}; VR {vr} cannot be mapped as a UID")
    if "uids" in policy.options:
        return Rule("K", "", rule_id, f"{source}; Retain UIDs")
    return Rule("U", "uid", rule_id, source)
