"""Which dates belong to a subject and which to a thing: only the first may ever take the subject's shift.

Who knows when a device was calibrated or a vocabulary published can subtract, and has the shift.
"""

from __future__ import annotations

from functools import cache

from deidra.standard import confidentiality, dictionary, second_layer

DATE_VRS = frozenset({"DA", "DT", "TM"})
TIMEZONE_OFFSET = 0x00080201

# Listed in Table E.1-1 as dates to clean, although they are the same for every subject and often published.
# (Calibration and manufacture dates need no list: they are the date rows that Retain Device Identity keeps.)
_LISTED_FIXED = frozenset(
    {
        0x00080106,  # Context Group Version: a published vocabulary (PS3.16)
        0x00080107,  # Context Group Local Version
        0x0040DB06,  # Template Version: a published template (PS3.16)
        0x0040DB07,  # Template Local Version
        0x00120086,  # Ethics Committee Approval Effectiveness Start Date: one date for a whole trial
        0x00120087,  # Ethics Committee Approval Effectiveness End Date
        0x0044000B,  # Product Expiration DateTime: printed on every package of a lot
        0x00686226,  # Effective DateTime of an implant template: published by its maker
        0x00686270,  # Information Issue DateTime of an implant template
        0x0072000A,  # Hanging Protocol Creation DateTime: no subject at all
    }
)


def is_temporal(tag: int, vr: str) -> bool:
    """Whether the attribute is a date, a time, or the time zone."""
    return (dictionary.vr(tag) or vr) in DATE_VRS or tag == TIMEZONE_OFFSET


def is_fixed(edition: str, tag: int) -> bool:
    """Whether a date belongs to a thing (device, vocabulary, product, trial), not to a subject."""
    row = confidentiality.edition(edition).row(tag) or confidentiality.edition().row(tag)
    if row is not None:
        return tag in _LISTED_FIXED or (is_date_row(row) and row.options.get("device-identity") == "K")
    return second_layer.category(tag) == "date-fixed"


def is_date_row(row: confidentiality.Row) -> bool:
    """Whether a row of Table E.1-1 is governed by the date options."""
    return "modified-dates" in row.options


@cache
def conflict_rows(edition: str) -> tuple[int, ...]:
    """Tags that Retain Device Identity keeps and Modified Dates cleans: no output satisfies both."""
    rows = confidentiality.edition(edition).rows
    return tuple(
        tag
        for tag, row in sorted(rows.items())
        if row.options.get("device-identity") == "K" and row.options.get("modified-dates") == "C"
    )


def conflict_names(edition: str) -> list[str]:
    """The conflicting attributes as people know them, with tags."""
    rows = confidentiality.edition(edition).rows
    return [f"{rows[tag].name} {rows[tag].tag}" for tag in conflict_rows(edition)]
