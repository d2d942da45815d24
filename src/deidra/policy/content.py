"""Content items that Table E.3.4-1 lists, by their concept name and value type (PS3.15 E.3.4).

The table says of an item what Table E.1-1 says of an attribute: X means that the item goes with all below it, D that it
stays with a dummy value. X/D leaves the choice to the template that the item belongs to; a dummy suits every template.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING

import msgspec

from deidra.policy.rules import Rule
from deidra.policy.schema import NEWEST_EDITION
from deidra.standard import confidentiality

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

    from deidra.policy.schema import Policy
    from deidra.standard.confidentiality import ContentRow

Code = tuple[str, str]  # code value, coding scheme designator
TEXT_VALUE = 0x0040A160
# The attribute that holds the value of each value type that has a plain one (PS3.3 Table C.17.3-7, Table 10-2)
VALUE_ATTRIBUTES = {
    "DATETIME": 0x0040A120,
    "DATE": 0x0040A121,
    "TIME": 0x0040A122,
    "PNAME": 0x0040A123,
    "UIDREF": 0x0040A124,
    "TEXT": TEXT_VALUE,
}
_OTHER_VALUE_TYPES = frozenset(
    ("CODE", "COMPOSITE", "CONTAINER", "IMAGE", "NUM", "NUMERIC", "SCOORD", "SCOORD3D", "TABLE", "TCOORD", "WAVEFORM")
)
# Value types that a concept which only identifies may be written in although the table lists another
_INTERCHANGEABLE = frozenset(("TEXT", "PNAME", "NUM"))
_REFERENCES = frozenset(("COMPOSITE", "IMAGE", "WAVEFORM"))
_AGE = ("121033", "DCM")  # Subject Age


class ItemRules(msgspec.Struct, frozen=True):
    """What becomes of the content items of one concept name and value type.

    `item` is the rule by which an item goes with all below it; only when it holds an age over 89, where `ages` says so.
    `values` are rules for attributes that hold the value of an item that stays.
    """

    item: Rule | None
    values: dict[int, Rule]
    ages: bool = False


def item_rules(
    policy: Policy,
    names: Iterable[Code],
    value_type: str,
    overridden: Container[int] = (),
    *,
    selected: bool = False,
) -> ItemRules | None:
    """The rules for items with this concept name, or None when the table does not list it.

    `names`: the codes of the concept name, its own first, then equivalent ones. `overridden` are value attributes that
    the policy itself speaks of: they follow its word. `selected` says that the item above is coordinates in what this
    one refers to: they need it (PS3.3 C.18.6), so it stays and gets new UIDs.
    """
    rows: dict[str, ContentRow] = {}
    for name in names:
        rows = {**_listed(policy.edition).get(_folded(name), {}), **rows}
    if not rows:
        return None
    rules = {kind: _rule(policy, row) for kind, row in rows.items()}
    values = {
        tag: rule for kind, rule in rules.items() if (tag := VALUE_ATTRIBUTES.get(kind)) and tag not in overridden
    }
    item = _of_item(rows, rules, value_type)
    needed = selected and value_type in _REFERENCES
    if item is None or needed or VALUE_ATTRIBUTES.get(value_type) in overridden:
        return ItemRules(None, values)
    return ItemRules(item, values, item.method == "age")


def _of_item(rows: Mapping[str, ContentRow], rules: Mapping[str, Rule], value_type: str) -> Rule | None:
    """The rule by which the whole item goes, or None when it stays."""
    rule = rules.get(value_type)
    if rule is not None:
        return rule if rule.code == "X" or rule.method == "age" else None
    if value_type not in VALUE_ATTRIBUTES and value_type not in _OTHER_VALUE_TYPES:
        # What does not say what it is goes if it could be something that goes
        return next((rule for rule in rules.values() if rule.code == "X" or rule.method == "age"), None)
    if value_type in _INTERCHANGEABLE and not any(row.options for row in rows.values()):
        # A number or a name that no option keeps identifies in any form
        return next((rule for rule in rules.values() if rule.code == "X" or value_type == "NUM"), None)
    return None


def _rule(policy: Policy, row: ContentRow) -> Rule:
    """One row under the options of the policy. Code X: the item goes; K: nothing but the attributes' own rules."""
    rule_id = f"E.3.4-1:{row.code},{row.scheme},{row.value_type}"
    source = f"PS3.15 {policy.edition} Table E.3.4-1 ({row.code}, {row.scheme}) {row.value_type} {row.basic}"
    keeping = [option for option in policy.options if row.options.get(option) == "K"]
    cleaning = [option for option in policy.options if row.options.get(option) == "C"]
    if keeping:
        source = f"{source}; {_names(keeping)} K"
        if (row.code, row.scheme) == _AGE:
            return Rule("K", "age", rule_id, f"{source}, but for ages over 89")
        return Rule("K", "", rule_id, source)
    if cleaning:
        method = "shift" if "modified-dates" in cleaning else "text"
        return Rule("C", method, rule_id, f"{source}; {_names(cleaning)} C")
    if row.basic == "X":
        return Rule("X", "", rule_id, f"{source}: the item goes with what is below it")
    if row.value_type == "UIDREF":
        return Rule("U", "uid", rule_id, f"{source}: a UID that keeps references together is a dummy")
    if row.value_type in _REFERENCES:
        return Rule("K", "", rule_id, f"{source}: new UIDs in what it refers to")
    source = f"{source}: a dummy suits every template" if row.basic == "X/D" else source
    return Rule("D", "", rule_id, source)


def _names(options: list[str]) -> str:
    return ", ".join(option.replace("-", " ").title() for option in options)


@cache
def _listed(edition: str) -> dict[Code, dict[str, ContentRow]]:
    """Folded code -> value type -> row. What only a later edition lists is protected as that one says."""
    listed: dict[Code, dict[str, ContentRow]] = defaultdict(dict)
    for name in (NEWEST_EDITION, edition):
        for row in confidentiality.structured_content(name):
            listed[_folded((row.code, row.scheme))][row.value_type] = row
    for other, code in confidentiality.content_synonyms().items():
        if _folded(code) in listed:
            listed[_folded(other)] = listed[_folded(code)]
    return dict(listed)


def _folded(code: Code) -> Code:
    return code[0].strip().upper(), code[1].strip().upper()
