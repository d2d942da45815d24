"""Categories of the attributes that Table E.1-1 does not list."""

from __future__ import annotations

import pytest

from deidra.standard import dictionary, second_layer
from deidra.standard.confidentiality import edition

CATEGORIES = {
    "technical", "sequence", "descriptor", "device", "free-text", "identifier", "person", "code-value", "code-meaning",
    "coding-scheme",
    "uid-class", "uid-instance", "date-subject", "date-fixed", "url", "ae", "opaque", "pixels", "remove",
}  # fmt: skip


def test_every_attribute_is_either_listed_or_has_a_category() -> None:
    listed = edition("2026c").rows
    categories = second_layer.category_table()
    for tag in dictionary.vr_table():
        container = tag >> 16 in (0x0000, 0x0002, 0x0004)
        assert (tag in categories) == (tag not in listed and not container)
    assert set(categories.values()) <= CATEGORIES


@pytest.mark.parametrize(
    ("keyword", "expected"),
    [
        ("Rows", "technical"),
        ("Manufacturer", "technical"),
        ("PatientBirthDateInAlternativeCalendar", "identifier"),
        ("SOPClassUID", "uid-class"),
        ("CodeMeaning", "code-meaning"),
        ("PixelData", "pixels"),
        ("ReferencedSOPSequence", "sequence"),
        ("RetrieveURL", "url"),
    ],
)
def test_spot_categories(keyword: str, expected: str) -> None:
    assert second_layer.category(dictionary.tag_of(keyword) or 0) == expected


def test_the_table_listed_the_unknown_and_the_private_have_no_category() -> None:
    for tag in (
        0x00100010,
        0x00080018,
        0x00100999,
        0x00091001,
        0x00041200,
        0x00020016,
        0x50000005,
        0x60203000,
    ):
        assert second_layer.category(tag) is None


def test_overlays_keep_their_description_and_lose_their_text() -> None:
    assert second_layer.category(0x60020010) == "technical"
    assert second_layer.category(0x60020022) == "remove"
    assert second_layer.category(0x60023000) is None  # Table E.1-1 lists it
    assert second_layer.category(0x60030010) is None
    assert second_layer.category(0x60220010) is None


def test_a_retired_sequence_is_not_known_to_be_safe() -> None:
    retired = {tag for tag in second_layer.category_table() if dictionary.is_retired(tag)}
    sequences = {second_layer.category(tag) for tag in retired if dictionary.vr(tag) == "SQ"}
    assert "sequence" not in sequences
    assert "remove" in sequences
