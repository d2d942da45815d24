"""Content trees: relationships by reference, depth, cycles, repeated items, and the shortcuts of a series."""

from __future__ import annotations

import random
from collections import Counter
from struct import pack
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from deidra.dicom.deidentify import SeriesRules
from deidra.engine import series_rules
from deidra.errors import Held
from dicom.release import batch, context
from dicom.report_fuzzing import check, damaged
from dicom.report_kinds import KINDS, mammography_cad
from dicom.reports import (
    CLEAN,
    COMPREHENSIVE,
    CONTAINS,
    INFERRED,
    OBS,
    ROOT,
    content,
    encoded,
    items,
    read,
    reference,
    released,
    report,
)
from dicom.test_series_template import processed

if TYPE_CHECKING:
    from collections.abc import Iterator

GOES, STAYS = "121022 DCM Accession", "121106 DCM Comment"


def links_of(ds: Dataset) -> list[tuple[str, str]]:
    """Text of the item above each reference, and text of the item referred to, "" for the root."""
    found = {item.position: item for item in items(ds)}
    names = {(1,): "", **{position: item.item.get("TextValue") for position, item in found.items()}}
    return [
        (names[position[:-1]], names[tuple(referred(item.item))])
        for position, item in found.items()
        if "ReferencedContentItemIdentifier" in item.item
    ]


def referred(item: Dataset) -> list[int]:
    value = item.ReferencedContentItemIdentifier
    return [value] if isinstance(value, int) else list(value)


def numbered(name: str, *children: Dataset, stays: bool = True) -> Dataset:
    return content(CONTAINS, "TEXT", STAYS if stays else GOES, name, *children)


def test_positions_are_counted_anew_when_items_before_them_go() -> None:
    tree = (
        numbered("1", stays=False),
        numbered("2", numbered("3", stays=False), numbered("4"), numbered("5", stays=False), numbered("6")),
        numbered("7", stays=False),
        numbered("8", reference(INFERRED, 1, 2, 4), reference(OBS, 1, 2, 2), reference(CONTAINS, 1, 2, 3)),
        numbered("9", reference(INFERRED, 1, 4), reference(OBS, 1)),
    )
    ds = read(released(report(COMPREHENSIVE, "126000 DCM Report", *tree)).data)
    assert links_of(ds) == [("8", "6"), ("8", "4"), ("9", "8"), ("9", "")]
    assert [referred(item.item) for item in items(ds) if "ReferencedContentItemIdentifier" in item.item] == [
        [1, 1, 2],
        [1, 1, 1],
        [1, 2],
        [1],
    ]


@pytest.mark.parametrize("position", [(1, 9), (2, 1), (1, 1, 1), (1, 0), (1, 2, 1), (19310704,), (1, 19310704)])
def test_a_reference_that_leads_nowhere_goes(position):
    tree = (numbered("1"), numbered("2", reference(INFERRED, *position)), numbered("3", reference(INFERRED, 1, 1)))
    result = released(report(COMPREHENSIVE, "126000 DCM Report", *tree))
    assert links_of(read(result.data)) == [("3", "1")]
    assert [edit.action for edit in result.edits if edit.rule == "content:reference"] == ["remove"]


def test_a_reference_that_is_no_list_of_numbers_goes() -> None:
    data = encoded(report(COMPREHENSIVE, "126000 DCM Report", numbered("1"), numbered("2", reference(INFERRED, 1, 1))))
    at = data.index(b"\x40\x00\x73\xdbUL")
    for value in (b"ZZNEEDLE", pack("<II", 1, 1)[:6] + b"QQ"):
        ds = read(released(data[: at + 8] + value + data[at + 16 :]).data)
        assert links_of(ds) == []


def test_references_outside_the_tree_of_a_report_go() -> None:
    ds = report(COMPREHENSIVE, "126000 DCM Report", numbered("1"))
    ds.AcquisitionContextSequence = Sequence([numbered("2", reference(INFERRED, 1, 1)), reference(OBS, 1)])
    assert b"\x40\x00\x73\xdb" not in released(ds).data


def test_untouched_references_stay_byte_for_byte() -> None:
    tree = (numbered("1"), numbered("2", reference(INFERRED, 1, 1)))
    result = released(report(COMPREHENSIVE, "126000 DCM Report", *tree))
    assert not [edit for edit in result.edits if "A730" in edit.locator]


def test_cycles_by_reference_are_walked_once() -> None:
    tree = (
        numbered("1", numbered("2", reference(INFERRED, 1, 1), reference(OBS, 1, 2)), stays=True),
        numbered("3", reference(INFERRED, 1, 1, 1), numbered("x", stays=False), reference(CONTAINS, 1, 2)),
    )
    ds = read(released(report(COMPREHENSIVE, "126000 DCM Report", *tree)).data)
    assert links_of(ds) == [("2", "1"), ("2", "3"), ("3", "2"), ("3", "3")]


def test_the_finding_of_a_computer_keeps_its_image() -> None:
    before, after = (read(data) for data in (encoded(mammography_cad()), released(mammography_cad()).data))
    assert [item.position for item in items(before) if "ReferencedContentItemIdentifier" in item.item] == [
        (1, 6, 2, 1),
        (1, 6, 2, 2),
        (1, 6, 2, 3),
    ]
    places = {item.position: item.item for item in items(after)}
    image, finding = (
        places[tuple(referred(item.item))] for item in items(after) if "ReferencedContentItemIdentifier" in item.item
    )
    assert image.ContentSequence[0].ConceptCodeSequence[0].CodeValue == "399162004"
    assert finding.ConceptNameCodeSequence[0].CodeValue == "111059"


# ------------------------------------------------------------------ any tree

numbers = st.integers(0, 10**6)


@st.composite
def trees(draw: st.DrawFn) -> list[tuple[bool, list[object]]]:
    """(whether it stays, children) nested up to four levels."""
    leaf = st.tuples(st.booleans(), st.just([]))
    node = st.recursive(leaf, lambda inner: st.tuples(st.booleans(), st.lists(inner, max_size=4)), max_leaves=14)
    return draw(st.lists(node, min_size=1, max_size=5))


def built(tree: list[tuple[bool, list[object]]], position: tuple[int, ...], names: dict) -> Iterator[Dataset]:
    for number, (stays, children) in enumerate(tree, 1):
        here = (*position, number)
        names[here] = f"item {len(names)}"
        yield numbered(names[here], *built(children, here, names), stays=stays)


@settings(max_examples=60, deadline=None)
@given(trees(), st.lists(st.tuples(numbers, numbers), max_size=8), st.booleans())
def test_in_any_tree_a_reference_leads_to_the_same_item_or_is_gone(tree, links, undefined):
    names: dict[tuple[int, ...], str] = {}
    ds = report(COMPREHENSIVE, "126000 DCM Report", *built(tree, (1,), names))
    given_items = {item.position: item for item in items(ds)}
    positions = sorted(given_items)
    expected: list[tuple[str, str]] = []
    gone = {p for p in positions if any(given_items[p[:n]].concept[0] == "121022" for n in range(2, len(p) + 1))}
    for source, target in links:
        here, there = positions[source % len(positions)], positions[target % len(positions)]
        item = given_items[here].item
        item.ContentSequence = Sequence([*item.get("ContentSequence", []), reference(INFERRED, *there)])
        if here not in gone and there not in gone:
            expected.append((names[here], names[there]))
    ds = read(released(encoded(ds, undefined=undefined)).data)
    assert sorted(links_of(ds)) == sorted(expected)
    left = [names[position] for position in given_items if position not in gone]
    assert [item.value for item in items(ds) if item.value_type == "TEXT"] == left


# ------------------------------------------------------------------ size and depth


@pytest.mark.parametrize("levels", [90, 120, 5000])
@pytest.mark.parametrize("undefined", [False, True])
def test_deep_trees_are_cleaned_or_held(levels, undefined):
    base = encoded(report(COMPREHENSIVE, "126000 DCM Report", numbered("Liver Zzneedlename")), undefined=undefined)
    at = base.index(b"\x40\x00\x30\xa7SQ\0\0")
    inner = base[at + 12 :]
    item = inner[8:-16] if undefined else inner[8:]
    content_bytes = b""
    for _ in range(levels):
        if undefined:
            content_bytes = (
                b"\x40\x00\x30\xa7SQ\0\0\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff"
                + item
                + content_bytes
                + b"\xfe\xff\x0d\xe0\0\0\0\0\xfe\xff\xdd\xe0\0\0\0\0"
            )
        else:
            whole = item + content_bytes
            whole = pack("<HHI", 0xFFFE, 0xE000, len(whole)) + whole
            content_bytes = b"\x40\x00\x30\xa7SQ\0\0" + pack("<I", len(whole)) + whole
    data = base[:at] + content_bytes
    if levels > 100:
        with pytest.raises(Held) as held:
            released(data)
        assert held.value.code == "nesting-too-deep"
    else:
        assert b"Zzneedlename" not in released(data).data


def test_equal_items_are_changed_equally_and_each_is_recorded() -> None:
    group = [content(OBS, "TEXT", GOES, "ZZ1"), content(OBS, "TEXT", STAYS, "Liver Zzneedlename")]
    tree = [content(CONTAINS, "CONTAINER", "125007 DCM Group", None, *group) for _ in range(5)]
    result = released(report(COMPREHENSIVE, "126000 DCM Report", *tree))
    assert [item.value for item in items(read(result.data)) if item.value_type == "TEXT"] == ["Liver"] * 5
    assert len([edit for edit in result.edits if edit.rule == "E.3.4-1:121022,DCM,TEXT"]) == 5


@pytest.mark.parametrize("name", KINDS)
def test_a_series_of_reports_is_released_alike_with_and_without_templates(tmp_path, name):
    contents = []
    for number in range(6):
        ds = KINDS[name]()
        ds.SOPInstanceUID = f"{ROOT}.3.{number}"
        ds.InstanceNumber = str(number)
        if number % 2:
            ds.ContentSequence[0].ContentSequence = Sequence([numbered(f"Liver {number}")])
        contents.append(encoded(ds))
    rules = series_rules(batch([]), context(tmp_path, "public-research", CLEAN)).rules
    shortcut, _ = processed(contents, SeriesRules(rules))
    full, none = processed(contents, SeriesRules(rules, use_templates=False))
    assert none == 0
    assert shortcut == full
    assert {result.status for result in full} == {"released"}


def test_damaged_reports_are_refused_or_name_nobody() -> None:
    rng = random.Random(20240311)
    verdicts = Counter(check(damaged(rng)) for _ in range(250))
    assert verdicts.keys() == {"released", "refused"}
    assert verdicts["released"] > 100
