"""From the table's code to what happens in this IOD at this place (PS3.15 E.1.1 duty 2, Table E.1-1a).

A compound code leaves the choice to the attribute's Type, and even a plain X or Z gives way where it would
break the IOD: the attribute is then emptied or filled with a dummy, and the rule id says so.
"""

from __future__ import annotations

# By Type: the code to carry out. Type 1C and 2C count as 1 and 2, since the input had a value: its condition
# was met there and is kept satisfied. "" is an attribute that the IOD does not have (E.1.1: treated as X).
_BY_TYPE = {
    "X": {"1": "D", "1C": "D", "2": "Z", "2C": "Z", "3": "X", "": "X"},
    "Z": {"1": "D", "1C": "D", "2": "Z", "2C": "Z", "3": "Z", "": "X"},
    "D": {"1": "D", "1C": "D", "2": "D", "2C": "D", "3": "D", "": "X"},
    "X/Z": {"1": "D", "1C": "D", "2": "Z", "2C": "Z", "3": "X", "": "X"},
    "X/D": {"1": "D", "1C": "D", "2": "Z", "2C": "Z", "3": "X", "": "X"},
    "Z/D": {"1": "D", "1C": "D", "2": "Z", "2C": "Z", "3": "Z", "": "X"},
    "X/Z/D": {"1": "D", "1C": "D", "2": "Z", "2C": "Z", "3": "X", "": "X"},
    # Z may be a dummy, and a sequence with new UIDs is one that still says which image belongs to which
    "X/Z/U*": {"1": "K", "1C": "K", "2": "K", "2C": "K", "3": "X", "": "X"},
}
# An IOD without a table (retired or unknown): what stays valid whatever the Type
_UNKNOWN_IOD = {"X/Z": "Z", "X/D": "D", "Z/D": "D", "X/Z/D": "D", "X/Z/U*": "K"}

# Where the table's own codes do not foresee the outcome, the change is an upgrade worth naming
_FORESEEN = {
    "X": "X",
    "Z": "ZX",
    "D": "DX",
    "X/Z": "XZ",
    "X/D": "XD",
    "Z/D": "ZDX",
    "X/Z/D": "XZD",
    "X/Z/U*": "XZK",
}


def resolve(code: str, attribute_type: str | None) -> tuple[str, bool]:
    """The code to carry out and whether it departs from the table to keep the IOD valid.

    `attribute_type` is "1", "1C", "2", "2C", "3", "" (not in this IOD) or None (the IOD is not known).
    """
    if attribute_type is None:
        return _UNKNOWN_IOD.get(code, code), False
    by_type = _BY_TYPE.get(code)
    if by_type is None:
        return code, False
    resolved = by_type[attribute_type]
    return resolved, resolved not in _FORESEEN[code]


def fallback(attribute_type: str | None) -> str:
    """What replaces a value that may not stay: D where the IOD demands one, Z where it may be empty, else X."""
    return _BY_TYPE["X"][attribute_type] if attribute_type is not None else "X"
