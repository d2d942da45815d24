"""IODs: where an attribute may stand and with which Type."""

from __future__ import annotations

import pytest

from deidra.standard import dictionary, iods, uids

CT = "1.2.840.10008.5.1.4.1.1.2"
RT_STRUCTURE_SET = "1.2.840.10008.5.1.4.1.1.481.3"
COMPREHENSIVE_SR = "1.2.840.10008.5.1.4.1.1.88.33"


def at(sop_class: str, *keywords: str) -> str | None:
    """Type of an attribute by its path of keywords."""
    node = iods.iod(sop_class)
    tags = [tag for keyword in keywords if (tag := dictionary.tag_of(keyword)) is not None]
    assert len(tags) == len(keywords)
    for tag in tags[:-1]:
        assert node is not None
        node = node.child(tag)
    assert node is not None
    return node.type_of(tags[-1])


@pytest.mark.parametrize(
    ("sop_class", "path", "kind"),
    [
        (CT, "SOPInstanceUID", "1"),
        (CT, "PatientName", "2"),
        (CT, "StudyDate", "2"),
        (CT, "SeriesDescription", "3"),
        (CT, "PixelData", "1C"),
        (CT, "VerifyingObserverSequence", None),
        (CT, "ContentSequence", None),
        (RT_STRUCTURE_SET, "SeriesDescription", "3"),
        (RT_STRUCTURE_SET, "SourceSeriesInformationSequence/SeriesDescription", "1"),
        (RT_STRUCTURE_SET, "StructureSetROISequence/ROIName", "2"),
        ("1.2.840.10008.5.1.4.1.1.11.1", "PresentationCreationDate", "1"),
        (
            "1.2.840.10008.5.1.4.1.1.130",
            "RadiopharmaceuticalInformationSequence/RadiopharmaceuticalStartDateTime",
            "1",
        ),
        (COMPREHENSIVE_SR, "VerifyingObserverSequence", "1C"),
        (COMPREHENSIVE_SR, "ContentSequence/TextValue", "1C"),
        (
            "1.2.840.10008.5.1.4.1.1.2.1",
            "SharedFunctionalGroupsSequence/PixelMeasuresSequence/PixelSpacing",
            "1C",
        ),
    ],
)
def test_types_are_those_of_the_modules(sop_class: str, path: str, kind: str | None) -> None:
    assert at(sop_class, *path.split("/")) == kind


def test_content_items_nest_without_end() -> None:
    node = iods.iod(COMPREHENSIVE_SR)
    for _ in range(50):
        assert node is not None
        assert node.type_of(0x0040A730) in ("1", "1C")
        node = node.child(0x0040A730)
    assert node is not None
    assert node.type_of(dictionary.tag_of("RelationshipType") or 0) == "1"


def test_overlay_planes_of_every_group_share_one_description() -> None:
    node = iods.iod(CT)
    assert node is not None
    assert {node.type_of(group << 16 | 0x3000) for group in range(0x6000, 0x6020, 2)} == {"1"}
    assert node.type_of(0x60013000) is None
    assert node.type_of(0x60203000) is None


@pytest.mark.parametrize(
    ("retired", "successor"),
    [
        ("1.2.840.10008.5.1.4.1.1.3", "1.2.840.10008.5.1.4.1.1.3.1"),
        ("1.2.840.10008.5.1.4.1.1.6", "1.2.840.10008.5.1.4.1.1.6.1"),
        ("1.2.840.10008.5.1.4.1.1.5", "1.2.840.10008.5.1.4.1.1.20"),
    ],
)
def test_retired_sop_classes_have_the_iod_of_their_successor(retired: str, successor: str) -> None:
    assert iods.iod(retired) is not None
    assert iods.iod(retired) is iods.iod(successor)


@pytest.mark.parametrize(
    "sop_class",
    [
        "",
        "1.3.12.2.1107.5.9.1",
        "1.2.840.10008.5.1.4.1.1.8",  # standalone overlay: nothing alike
        "1.2.840.10008.5.1.4.1.1.9.100.1",  # half of its modules are not described
    ],
)
def test_unknown_iods_are_not_guessed(sop_class: str) -> None:
    assert iods.iod(sop_class) is None


def test_every_described_iod_can_be_walked_and_has_the_common_attributes() -> None:
    described = [uid for uid in uids._file().storage if iods.iod(uid) is not None]
    assert len(described) > 170
    seen: set[int] = set()

    def walk(node: iods.Node) -> None:
        if id(node) in seen:
            return
        seen.add(id(node))
        for tag, kind in node.items():
            assert kind in ("1", "1C", "2", "2C", "3")
            assert dictionary.vr(tag) is not None
            child = node.child(tag)
            if child is not None:
                assert dictionary.vr(tag) == "SQ"
                walk(child)

    for uid in described:
        node = iods.iod(uid)
        assert node is not None
        walk(node)
        # A DICOMDIR and an inventory are the only ones without a SOP Common Module
        assert node.type_of(0x00080018) == "1" or uid in (
            "1.2.840.10008.1.3.10",
            "1.2.840.10008.5.1.4.1.1.201.1",
        )
    assert len(seen) > 500
