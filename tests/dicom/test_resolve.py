"""Every code of Table E.1-1 at every Type (PS3.15 E.1.1 duty 2, Table E.1-1a)."""

from __future__ import annotations

import pytest

from deidra.dicom.resolve import fallback, resolve
from deidra.standard.confidentiality import EDITIONS, edition

TYPES = ("1", "1C", "2", "2C", "3", "", None)

# code -> what is done at each of TYPES; "!" where it departs from the table to keep the IOD valid
TABLE = {
    "K": "K   K   K   K   K   K   K",
    "U": "U   U   U   U   U   U   U",
    "C": "C   C   C   C   C   C   C",
    "X": "D!  D!  Z!  Z!  X   X   X",
    "Z": "D!  D!  Z   Z   Z   X   Z",
    "D": "D   D   D   D   D   X   D",
    "X/Z": "D!  D!  Z   Z   X   X   Z",
    "X/D": "D   D   Z!  Z!  X   X   D",
    "Z/D": "D   D   Z   Z   Z   X   D",
    "X/Z/D": "D   D   Z   Z   X   X   D",
    "X/Z/U*": "K   K   K   K   X   X   K",
}
CASES = [
    (code, attribute_type, outcome)
    for code, outcomes in TABLE.items()
    for attribute_type, outcome in zip(TYPES, outcomes.split(), strict=True)
]


@pytest.mark.parametrize(("code", "attribute_type", "outcome"), CASES)
def test_a_code_gives_way_where_the_type_demands_it(code: str, attribute_type: str | None, outcome: str) -> None:
    assert resolve(code, attribute_type) == (outcome.rstrip("!"), outcome.endswith("!"))


def test_every_code_that_the_editions_print_is_in_the_table() -> None:
    printed = set()
    for name in EDITIONS:
        for row in [*edition(name).rows.values(), *edition(name).families.values()]:
            printed |= {row.basic, *row.options.values()}
    assert printed - {""} <= set(TABLE)


@pytest.mark.parametrize(
    ("attribute_type", "outcome"),
    [("1", "D"), ("1C", "D"), ("2", "Z"), ("2C", "Z"), ("3", "X"), ("", "X"), (None, "X")],
)
def test_a_value_that_may_not_stay_is_replaced_as_its_type_demands(attribute_type: str | None, outcome: str) -> None:
    assert fallback(attribute_type) == outcome
