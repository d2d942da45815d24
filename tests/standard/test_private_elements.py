"""Dispositions of private elements, per source."""

from __future__ import annotations

from collections import Counter

import pytest

from deidra.errors import UsageError
from deidra.standard.private_elements import SOURCES, disposition, safe_private


def test_table_e_3_10_1_is_whole() -> None:
    table = safe_private("standard")
    assert len(table.rows) == 479
    assert len({key.split('"')[1] for key in table.rows}) == 20
    assert Counter(table.rows.values()) == {"keep": 472, "uid": 7}
    assert table.provenance == "PS3.15 Table E.3.10-1 2026c"


@pytest.mark.parametrize(
    ("creator", "group", "low", "expected"),
    [
        ("Philips PET Private Group", 0x7053, 0x00, "keep"),
        ("ELSCINT1", 0x01F1, 0x26, "keep"),
        ("SIEMENS MR HEADER", 0x0019, 0x0C, "keep"),
        ("Philips Imaging DD 001", 0x2001, 0x0A, "keep"),  # printed in lower case
        ("NQHeader", 0x0099, 0x02, "uid"),
        ("SIEMENS Ultrasound SC2000", 0x0129, 0x02, "uid"),
        ("SIEMENS CSA HEADER", 0x0029, 0x10, None),
        ("Philips PET Private Group", 0x7053, 0x01, None),
        ("ELSCINT1", 0x01F3, 0x26, None),
    ],
)
def test_spot_rows_of_table_e_3_10_1(creator: str, group: int, low: int, expected: str | None) -> None:
    assert disposition("standard", creator, group, low) == expected


def test_the_creator_matches_exactly_but_for_padding_and_case() -> None:
    assert disposition("standard", "ELSCINT1 ", 0x01F1, 0x26) == "keep"
    assert disposition("standard", "Elscint1", 0x01F1, 0x26) == "keep"
    assert disposition("standard", "ELSCINT", 0x01F1, 0x26) is None
    assert disposition("standard", "ELSCINT1 X", 0x01F1, 0x26) is None


def test_a_listed_element_is_not_vouched_for_inside_a_sequence() -> None:
    assert disposition("standard", "ELSCINT1", 0x01F1, 0x26, (0x00081140,)) is None


@pytest.mark.parametrize(
    ("creator", "group", "low", "expected"),
    [
        ("GEMS_ACQU_01", 0x0019, 0x9D, "remove"),  # Z in the source
        ("SIEMENS CSA HEADER", 0x0029, 0x10, "remove"),  # X
        ("SIEMENS MED PT", 0x0071, 0x21, "uid"),  # kept by the source, but a UID
        ("CTP", 0x0013, 0x12, None),  # site name, written by a de-identifier
        ("MRSC", 0x0119, 0x01, "remove"),  # listed twice with different VRs
        ("MRSC", 0x0117, 0x3B, "remove"),  # a comment
        ("GEMS_HELIOS_01", 0x0040, 0x19, None),  # not a private group
        ("1.2.840.113663.1", 0x0029, 0x00, None),  # no disposition
    ],
)
def test_spot_rows_of_the_knowledge_base(creator: str, group: int, low: int, expected: str | None) -> None:
    assert disposition("tcia-kb", creator, group, low) == expected


def test_observed_paths_are_matched_whole() -> None:
    sequence = 0x00081111
    element = ("Philips MR Imaging DD 005", 0x2005, 0x06)
    assert disposition("tcia-observed", "Philips Imaging DD 001", 0x2001, 0xC1, (sequence,)) == "keep"
    assert disposition("tcia-observed", *element, (sequence,)) == "keep"
    assert disposition("tcia-observed", *element, (sequence, sequence)) is None


@pytest.mark.parametrize(
    ("creator", "group", "low", "path", "expected"),
    [
        ("FDMS 1.0", 0x0009, 0x05, (), "remove"),  # hash in one row, delete in another
        ("GEMS_IDEN_01", 0x0009, 0x27, (), "remove"),  # an integer that holds a date
        ("GEMS_IDEN_01", 0x0009, 0xE3, (), "uid"),
        ("GEMS_PETD_01", 0x0009, 0x0D, (), "date"),
        ("GEMS_GENIE_1", 0x0013, 0x26, (), "remove"),  # study comments
        ("", 0x0009, 0x02, (), None),
        ("Unnamed Private Block - 20", 0x0023, 0x13, ((0x0009, "EMAGEON JPEG2K INFO", 0x00),), None),
        (
            "SIEMENS SYNGO ADVANCED PRESENTATION",
            0x0029,
            0x09,
            (
                (0x0029, "SIEMENS SYNGO ADVANCED PRESENTATION", 0x02),
                (0x0029, "SIEMENS SYNGO ADVANCED PRESENTATION", 0x03),
                (0x0029, "SIEMENS SYNGO ADVANCED PRESENTATION", 0x04),
                (0x0029, "SIEMENS SYNGO ADVANCED PRESENTATION", 0x08),
            ),
            "uid",
        ),
    ],
)
def test_spot_rows_of_the_observed_list(
    creator: str, group: int, low: int, path: tuple[tuple[int, str, int], ...], expected: str | None
) -> None:
    assert disposition("tcia-observed", creator, group, low, path) == expected


@pytest.mark.parametrize("source", SOURCES)
def test_dispositions_are_a_closed_set_of_private_elements(source: str) -> None:
    table = safe_private(source)
    assert set(table.rows.values()) <= {"keep", "uid", "date", "remove"}
    for key in table.rows:
        assert int(key.rpartition("/(")[2].lstrip("(")[:4], 16) % 2 == 1


def test_an_unknown_source_is_refused() -> None:
    with pytest.raises(UsageError, match="unknown-private-source"):
        safe_private("folklore")
