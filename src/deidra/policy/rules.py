"""What a Rule is, and how an override becomes one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from deidra.policy.selectors import spell

if TYPE_CHECKING:
    from deidra.policy.schema import Override

PATIENT_NAME = 0x00100010
PATIENT_ID = 0x00100020
# What the cleaner of free text is for. A sequence is cleaned by cleaning what stands in its items.
TEXT_VRS = frozenset({"CS", "LO", "LT", "SH", "ST", "UC", "UT"})
CLEANABLE_VRS = TEXT_VRS | {"SQ"}
# Kept under Retain Patient Characteristics, but an age over 89 singles people out (HIPAA 164.514(b)(2)(C)).
AGES = frozenset({0x00101010, 0x0072005F})


class Rule(msgspec.Struct, frozen=True):
    """What to do with one attribute, before its Type in the object's IOD is known.

    `code` is a code of PS3.15 Table E.1-1a: K X Z D U C or a compound (X/Z X/D Z/D X/Z/D X/Z/U*).
    `method` says how K, C or D is carried out: "" | "pseudonym" | "shift" (by the subject's days; times of
    day and the time zone stay) | "fixed-date" (the same dummy for everybody) | "age" (over 89 becomes 90) |
    "uid" | "literal" (`value` is the text) | "text" (by the cleaner of free text) | "code-meaning" |
    "code-value" | "coding-scheme".
    `id` is stable; `source` cites the standard, the second layer, a private list or the policy.
    """

    code: str
    method: str
    id: str
    source: str
    value: str = ""


def overridden(override: Override, policy_name: str, tag: int | None = None) -> Rule:
    """The rule an override stands for."""
    spelled = spell(override.selector)
    rule_id, source = f"policy:{spelled}", f"policy {policy_name}: {spelled}: {override.action}"
    code, method = {
        "keep": ("K", "age" if tag in AGES else ""),
        "clean": ("C", "text"),
        "remove": ("X", ""),
        "empty": ("Z", ""),
        "dummy": ("D", ""),
        "uid": ("U", "uid"),
        "date": ("C", "shift"),
        "pseudonym": ("D", "pseudonym"),
        "replace": ("D", "literal"),
    }[override.action]
    return Rule(code, method, rule_id, source, override.value)
