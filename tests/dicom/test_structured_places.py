"""Content items outside Content Sequence: every path of every IOD at which PS3.3 puts them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from deidra.standard import dictionary, iods, uids
from dicom.reports import (
    CLEAN,
    COMPREHENSIVE,
    CONTAINS,
    OBS,
    coded,
    content,
    dataset,
    encoded,
    items,
    read,
    released,
    report,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deidra.standard.iods import Node

CONTENT = 0x0040A730
TEXT_VALUE = 0x0040A160
NEEDLES = (b"zz", b"qq", b"19310704", b"20240312")


def paths(node: Node, above: tuple[int, ...] = (), seen: frozenset[int] = frozenset()) -> Iterator[tuple[int, ...]]:
    """Sequences, outermost first, whose items may hold a Text Value, without those below Content Sequence."""
    if above and node.type_of(TEXT_VALUE) is not None:
        yield above
    for tag in dict(node.items()):
        child = node.child(tag)
        if child is not None and tag not in (*above, CONTENT) and id(child) not in seen and len(above) < 6:
            yield from paths(child, (*above, tag), seen | {id(child)})


def all_paths() -> dict[tuple[int, ...], str]:
    """One SOP class for each of the last two steps of a path."""
    found: dict[tuple[int, ...], tuple[tuple[int, ...], str]] = {}
    for sop_class in sorted(iods._file().sop_classes):
        node = iods.iod(sop_class)
        if node is not None and uids.is_storage_sop_class(sop_class):
            for path in paths(node):
                found.setdefault(path[-2:], (path, sop_class))
    return dict(found.values())


PATHS = all_paths()


def planted() -> list[Dataset]:
    """Listed and unlisted items with a needle each, and a measurement."""
    modifier = content("", "TEXT", "121073 DCM X", "left, Qqobserver")
    made = [
        content("", "TEXT", "121022 DCM X", "ZZACC1"),
        content("", "TEXT", "121106 DCM X", "Liver of Zzneedlename"),
        content("", "TEXT", "121073 DCM X", "Liver of Qqobserver"),
        content("", "PNAME", "121094 DCM X", "Qqobserver^Zz"),
        content("", "PNAME", "121036 DCM X", "Qqmother^Zz"),
        content("", "DATE", "121031 DCM X", "19310704"),
        content("", "DATETIME", "122082 DCM X", "20240312101010"),
        content("", "CODE", "121071 DCM X", "ZZLOCAL77 99ZZCLINIC Seen_by_Qqobserver"),
        content("", "NUM", "103339001 SCT X", "12.5 mm"),
    ]
    made[-1].ContentItemModifierSequence = [modifier]
    for item in (*made, modifier):
        del item.RelationshipType
    return made


def object_with(path: tuple[int, ...], sop_class: str) -> Dataset:
    ds = report(sop_class, "126000 DCM Report")
    inner: list[Dataset] = planted()
    for tag in reversed(path[1:]):
        inner = [dataset(**{dictionary.keyword(tag): Sequence(inner)})]
    setattr(ds, dictionary.keyword(path[0]), Sequence(inner))
    return ds


def test_the_paths_are_those_that_were_counted() -> None:
    assert len({path[-1] for path in PATHS}) == 19
    assert len(PATHS) == 32
    assert len(iods.content_sequences()) == 33


@pytest.mark.parametrize("options", [CLEAN, "options=[]", "options=[clean-structured-content]"])
def test_no_needle_is_found_at_any_path(options):
    for path, sop_class in PATHS.items():
        source = encoded(object_with(path, sop_class))
        data = released(source, options, policy="basic").data.lower()
        assert [needle for needle in NEEDLES if needle in data] == [], (path, sop_class)


def test_measurements_stay_at_every_path_that_stays() -> None:
    for path, sop_class in PATHS.items():
        ds = read(released(object_with(path, sop_class)).data)
        inner = ds.get(path[0])
        if inner is None:
            continue
        inner = inner.value
        for tag in path[1:]:
            inner = inner[0][tag].value
        assert {item.get("ValueType") for item in inner} >= {"NUM", "TEXT", "PNAME"}, path
        (number,) = [item for item in inner if item.get("ValueType") == "NUM"]
        assert str(number.MeasuredValueSequence[0].NumericValue) == "12.5"
        assert "121022" not in {item.ConceptNameCodeSequence[0].CodeValue for item in inner}


def test_edits_at_other_paths_name_the_row() -> None:
    ds = report("1.2.840.10008.5.1.4.1.1.2", "126000 DCM Report")
    ds.AcquisitionContextSequence = Sequence(planted())
    result = released(ds)
    gone = {edit.locator.split("[")[0]: edit.rule for edit in result.edits if edit.rule.startswith("E.3.4-1:121022")}
    assert gone == {"dcm:(0040,0555)": "E.3.4-1:121022,DCM,TEXT"}


def test_an_acquisition_context_of_which_nothing_stays_is_empty() -> None:
    ds = report("1.2.840.10008.5.1.4.1.1.1.1", "126000 DCM Report")  # Type 2 there
    ds.AcquisitionContextSequence = Sequence(planted()[:1])
    assert len(read(released(ds).data).AcquisitionContextSequence) == 0


def test_without_the_option_an_acquisition_context_is_empty() -> None:
    ds = report("1.2.840.10008.5.1.4.1.1.1.1", "126000 DCM Report")
    ds.AcquisitionContextSequence = Sequence(planted())
    assert len(read(released(ds, "options=[]", policy="basic").data).AcquisitionContextSequence) == 0


def test_items_of_the_older_form_without_a_value_type_are_judged_by_their_concept() -> None:
    ds = report("1.2.840.10008.5.1.4.1.1.1.1", "126000 DCM Report")
    text = dataset(ConceptNameCodeSequence=[coded("121022")], TextValue="ZZACC1")
    number = dataset(ConceptNameCodeSequence=[coded("121033")], NumericValue="95")
    number.MeasurementUnitsCodeSequence = [coded("a", "UCUM")]
    other = dataset(ConceptNameCodeSequence=[coded("103339001", "SCT")], NumericValue="12.5")
    ds.AcquisitionContextSequence = Sequence([text, number, other])
    (left,) = read(released(ds).data).AcquisitionContextSequence
    assert left.ConceptNameCodeSequence[0].CodeValue == "103339001"


def test_a_report_below_a_private_or_unknown_parent_is_no_way_round() -> None:
    code = content(CONTAINS, "CODE", "121005 DCM X", "1 DCM X")
    ds = report(COMPREHENSIVE, "126000 DCM Report", code)
    ds.RequestAttributesSequence = [dataset(ContentSequence=[content(OBS, "TEXT", "121022 DCM X", "ZZACC1")])]
    data = released(ds).data
    assert b"ZZACC1" not in data
    assert items(read(data))
