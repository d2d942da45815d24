"""Attributes that Table E.1-1 lists: the profile's code, changed by the options (PS3.15 E.1.1, E.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deidra.policy import temporal
from deidra.policy.rules import AGES, CLEANABLE_VRS, PATIENT_ID, PATIENT_NAME, Rule
from deidra.policy.schema import DATES_CONFLICT, NEWEST_EDITION, Policy
from deidra.standard import confidentiality, dictionary

if TYPE_CHECKING:
    from deidra.standard.confidentiality import Edition, Row

# How the options are called in citations.
SHORT_NAMES = {
    "safe-private": "Retain Safe Private",
    "uids": "Retain UIDs",
    "device-identity": "Retain Device Identity",
    "institution-identity": "Retain Institution Identity",
    "patient-characteristics": "Retain Patient Characteristics",
    "full-dates": "Full Dates",
    "modified-dates": "Modified Dates",
    "clean-descriptors": "Clean Descriptors",
    "clean-structured-content": "Clean Structured Content",
    "clean-graphics": "Clean Graphics",
}


def rule(policy: Policy, edition: Edition, tag: int, vr: str) -> Rule | None:
    """The rule of a listed attribute, or None when no row speaks of it."""
    row, cited = edition.row(tag), edition.name
    if row is None and edition.name != NEWEST_EDITION:
        # An attribute that only a later edition lists is protected as that edition says.
        row, cited = confidentiality.edition(NEWEST_EDITION).row(tag), NEWEST_EDITION
    if row is None:
        return _whole_overlay(edition, tag)
    rule_id, source = f"E.1-1:{row.tag}", f"PS3.15 {cited} Table E.1-1 {row.tag} {row.basic}"
    if tag in (PATIENT_NAME, PATIENT_ID):
        return Rule("D", "pseudonym", rule_id, f"{source}; E.1.1 duty 2: a dummy that keeps subjects apart")
    keeping = [option for option in policy.options if row.options.get(option) == "K"]
    cleaning = [option for option in policy.options if row.options.get(option) == "C"]
    if keeping and "modified-dates" in cleaning and policy.winner(DATES_CONFLICT) != "keep":
        keeping = []
    if keeping:
        named = ", ".join(SHORT_NAMES[option] for option in keeping)
        return Rule("K", "age" if tag in AGES else "", rule_id, f"{source}; {named} K")
    if "modified-dates" in cleaning:
        return _modified_date(policy, row, tag, vr, source)
    if cleaning:
        named = ", ".join(SHORT_NAMES[option] for option in cleaning)
        if (dictionary.vr(tag) or vr)[:2] in CLEANABLE_VRS:
            return Rule("C", "text", rule_id, f"{source}; {named} C")
        source = f"{source}; {named} C: nothing to clean it with, so the profile's code holds"
    return basic(row, tag, vr, source)


def basic(row: Row, tag: int, vr: str, source: str) -> Rule:
    """The profile's own code. A dummy UID is one that keeps references together."""
    uid = row.basic == "U" or (row.basic == "D" and (dictionary.vr(tag) or vr) == "UI")
    return Rule(row.basic, "uid" if uid else "", f"E.1-1:{row.tag}", source)


def _modified_date(policy: Policy, row: Row, tag: int, vr: str, source: str) -> Rule:
    source = f"{source}; Modified Dates C"
    if not temporal.is_temporal(tag, vr):
        # Frame Origin Timestamp and Certified Timestamp are bytes (OB): nothing can shift what is in them.
        return basic(row, tag, vr, f"{source}: VR OB cannot be shifted, so the profile's code holds")
    if temporal.is_fixed(policy.edition, tag):
        return fixed(
            dictionary.vr(tag) or vr, f"E.1-1:{row.tag}", f"{source}: not the subject's date, a fixed dummy"
        )
    return Rule("C", "shift", f"E.1-1:{row.tag}", source)


def fixed(vr: str, rule_id: str, source: str) -> Rule:
    """A date of a thing: one value for everybody, which discloses nothing."""
    dated = vr in temporal.DATE_VRS
    return Rule("C", "fixed-date", rule_id, source) if dated else Rule("X", "", rule_id, source)


def _whole_overlay(edition: Edition, tag: int) -> Rule | None:
    """Overlay rows, origins and the like go with Overlay Data: alone they break the module (PS3.3 C.9.2)."""
    group = tag >> 16
    if group % 2 or not 0x6000 <= group <= 0x601E:
        return None
    row = edition.families["60xx,3000"]
    return Rule(
        "X",
        "",
        f"E.1-1:{row.tag}",
        f"PS3.15 {edition.name} Table E.1-1 {row.tag} {row.basic}: the whole group",
    )
