"""Table E.1-1 and E.3.4-1 as generated, against what the standard prints."""

from __future__ import annotations

import itertools
from collections import Counter

import pytest

from deidra.errors import UsageError
from deidra.standard import confidentiality
from deidra.standard.confidentiality import EDITIONS, OPTIONS, edition, structured_content

CODES = {"X", "D", "U", "Z", "X/D", "X/Z", "X/Z/D", "Z/D", "X/Z/U*"}
DATES = {"full-dates": "K", "modified-dates": "C"}


@pytest.mark.parametrize(
    ("name", "sha256", "rows", "distinct"),
    [
        ("2023b", "29e15b7449b65e37ff8e75193e12b12efc14fdb08517a88058751e73fbc1db64", 611, 608),
        ("2025e", "c687c0e07ef25d73497a5e879381c8a156160412e787673d1811eb764b874471", 655, 655),
        ("2026c", "77d60b856faf4223ab40a398c53130fc0ee9490d0d811ee3536e6d25c02ac717", 656, 656),
    ],
)
def test_each_edition_has_the_published_number_of_rows(
    name: str, sha256: str, rows: int, distinct: int
) -> None:
    table = edition(name)
    printed = confidentiality.load(
        f"confidentiality_{name}", confidentiality._ConfidentialityFile
    ).header.rows
    assert (table.name, table.sha256, printed) == (name, sha256, rows)
    assert len(table.rows) + len(table.families) == distinct


@pytest.mark.parametrize(
    ("tag", "printed", "name", "basic", "options"),
    [
        (0x00080050, "(0008,0050)", "Accession Number", "Z", {}),
        (0x00100020, "(0010,0020)", "Patient ID", "Z/D", {}),
        (0x00080080, "(0008,0080)", "Institution Name", "X/Z/D", {"institution-identity": "K"}),
        (0x00181000, "(0018,1000)", "Device Serial Number", "X/Z/D", {"device-identity": "K"}),
        (0x00181200, "(0018,1200)", "Date of Last Calibration", "X", {"device-identity": "K", **DATES}),
        (
            0x0018700C,
            "(0018,700C)",
            "Date of Last Detector Calibration",
            "X/D",
            {"device-identity": "K", **DATES},
        ),
        (0x00080012, "(0008,0012)", "Instance Creation Date", "X/D", DATES),
        (0x00080106, "(0008,0106)", "Context Group Version", "D", DATES),
        (0x00081140, "(0008,1140)", "Referenced Image Sequence", "X/Z/U*", {"uids": "K"}),
        (0x0040A124, "(0040,A124)", "UID", "U", {}),
        (0x0040A730, "(0040,A730)", "Content Sequence", "D", {"clean-structured-content": "C"}),
        (0x00700001, "(0070,0001)", "Graphic Annotation Sequence", "D", {"clean-graphics": "C"}),
        (0x00101010, "(0010,1010)", "Patient's Age", "X", {"patient-characteristics": "K"}),
        (
            0x00102110,
            "(0010,2110)",
            "Allergies",
            "X",
            {"patient-characteristics": "C", "clean-descriptors": "C"},
        ),
        (0x0008103E, "(0008,103E)", "Series Description", "X", {"clean-descriptors": "C"}),
        (0x00400241, "(0040,0241)", "Performed Station AE Title", "X", {"device-identity": "C"}),
        (0x00880200, "(0088,0200)", "Icon Image Sequence", "X", {}),  # printed with "(see Note 11)"
        (0x00160074, "(0016,0074)", "GPS Longitude", "X", {}),  # printed with zero-width spaces
        (0x0040E012, "(0040,E012)", "Display URI", "X", {}),
        (0x00420011, "(0042,0011)", "Encapsulated Document", "D", {}),
    ],
)
def test_rows_of_2026c_are_those_of_the_document(
    tag: int, printed: str, name: str, basic: str, options: dict[str, str]
) -> None:
    row = edition("2026c").rows[tag]
    assert (row.tag, row.name, row.basic, row.options) == (printed, name, basic, options)


def test_editions_differ_where_the_standard_changed() -> None:
    assert edition("2023b").rows[0x00100020].basic == "Z"
    assert edition("2025e").rows[0x00100020].basic == "Z/D"
    assert 0x0040E012 not in edition("2025e").rows
    for older, newer in itertools.pairwise(EDITIONS):
        assert edition(older).rows.keys() <= edition(newer).rows.keys()


def test_rows_printed_twice_in_2023b_keep_the_stricter_code() -> None:
    for tag in (0x00400241, 0x00400001, 0x00321021):
        assert edition("2023b").rows[tag].options == {"device-identity": "C"}


@pytest.mark.parametrize("name", EDITIONS)
def test_every_code_and_option_is_one_of_the_legend(name: str) -> None:
    table = edition(name)
    rows = [*table.rows.values(), *table.families.values()]
    assert {row.basic for row in rows} == CODES
    assert {option for row in rows for option in row.options} == set(OPTIONS)
    assert {code for row in rows for code in row.options.values()} == {"K", "C"}


def test_the_columns_of_2026c_hold_as_many_codes_as_the_document() -> None:
    table = edition("2026c")
    rows = [*table.rows.values(), *table.families.values()]
    counts = Counter((option, code) for row in rows for option, code in row.options.items())
    assert counts == {
        ("safe-private", "C"): 1,
        ("uids", "K"): 60,
        ("device-identity", "K"): 48,
        ("device-identity", "C"): 11,
        ("institution-identity", "K"): 10,
        ("patient-characteristics", "K"): 14,
        ("patient-characteristics", "C"): 5,
        ("full-dates", "K"): 169,
        ("modified-dates", "C"): 169,
        ("clean-descriptors", "C"): 140,
        ("clean-structured-content", "C"): 4,
        ("clean-graphics", "C"): 4,
    }


def test_eleven_rows_keep_under_device_identity_and_clean_under_modified_dates() -> None:
    both = [
        r.tag
        for r in edition().rows.values()
        if r.options.get("device-identity") == "K" and "modified-dates" in r.options
    ]
    assert len(both) == 11


@pytest.mark.parametrize(
    ("tag", "printed"),
    [
        (0x50000005, "(50xx,xxxx)"),
        (0x501E3000, "(50xx,xxxx)"),
        (0x60003000, "(60xx,3000)"),
        (0x601E4000, "(60xx,4000)"),
        (0x00091001, "(gggg,eeee)"),
        (0x60013000, "(gggg,eeee)"),
        (0xFFFF0001, "(gggg,eeee)"),
    ],
)
def test_families_answer_for_their_tags(tag: int, printed: str) -> None:
    row = edition().row(tag)
    assert row is not None
    assert row.tag == printed
    assert row.basic == "X"


@pytest.mark.parametrize("tag", [0x60203000, 0x50203000, 0x60000010, 0x00080016, 0x4FFE0001, 0x00180015])
def test_tags_outside_the_table_have_no_row(tag: int) -> None:
    assert edition().row(tag) is None


def test_an_unknown_edition_is_refused() -> None:
    with pytest.raises(UsageError, match="unknown-edition"):
        edition("1993")
    with pytest.raises(UsageError, match="unknown-edition"):
        structured_content("../2026c")


def test_structured_content_has_codes_and_no_meanings() -> None:
    assert [len(structured_content(name)) for name in EDITIONS] == [209, 211, 214]
    rows = {(row.scheme, row.code, row.value_type): row for row in structured_content("2026c")}
    assert len(rows) == 214
    assert rows["DCM", "121022", "TEXT"].basic == "X"
    assert rows["DCM", "113795", "IMAGE"].options == {"uids": "K"}
    assert rows["DCM", "130884", "DATETIME"].options == DATES
    assert rows["SCT", "440252007", "TEXT"].basic == "D"
    assert {field for row in rows.values() for field in row.__struct_fields__} == {
        "code",
        "scheme",
        "value_type",
        "retired",
        "in_template",
        "basic",
        "options",
    }
    assert {row.basic for row in rows.values()} == {"X", "D", "X/D"}
