"""Two readers, one file: the same elements and the same nesting, or both refuse."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.filereader import read_file_meta_info

from conformance.collection import public_files
from deidra.dicom.reader import BytesReader
from deidra.dicom.source import open_source
from deidra.errors import ObjectError
from dicom import by_hand
from dicom.walks import differences, our_tree, pydicom_tree

if TYPE_CHECKING:
    from pathlib import Path

FILES = public_files()

# What we refuse although pydicom reads something: file -> (code, message)
REFUSED = {
    "test_files/ExplVR_BigEndNoMeta.dcm": ("not-dicom", "not a DICOM object"),  # big endian that nothing announces
    "test_files/no_meta.dcm": ("not-dicom", "not a DICOM object"),  # pydicom finds one element of rubbish
    # An implicit data set under an explicit transfer syntax: pydicom tries both
    "test_files/SC_rgb_jpeg.dcm": ("malformed", "the value representation is not one of DICOM"),
    # The last item is longer than its sequence
    "test_files/dicomdirtests/DICOMDIR-nooffset": ("truncated", "the data end inside an element"),
    # Cut off: pydicom hands out what there is
    "test_files/MR_truncated.dcm": ("truncated", "the file ends inside an element"),
    "test_files/rtplan_truncated.dcm": ("truncated", "the file ends inside an element"),
    "emri_small_jpeg_2k_lossless_too_short.dcm": (
        "truncated",
        "the file ends inside encapsulated pixel data",
    ),
}
# What pydicom shows differently: file -> what differs
DIFFERENT = {"palettes/winter.dcm": [": other elements"]}  # SOP Instance UID twice: pydicom keeps the last


def test_enough_public_files_are_compared() -> None:
    assert len(FILES) > 230


@pytest.mark.parametrize("name", [name for name in sorted(FILES) if name not in REFUSED])
def test_every_element_of_a_public_file_is_read_as_pydicom_reads_it(name: str) -> None:
    ours = our_tree(BytesReader(FILES[name].read_bytes()))
    theirs = pydicom_tree(FILES[name])
    assert differences(ours, theirs) == DIFFERENT.get(name, [])


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_public_file_that_breaks_the_grammar_is_refused(name: str) -> None:
    with pytest.raises(ObjectError) as refusal:
        our_tree(BytesReader(FILES[name].read_bytes()))
    assert (refusal.value.code, refusal.value.message) == REFUSED[name]


def _part_10(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(132)[128:] == b"DICM"


@pytest.mark.parametrize("name", sorted(name for name, path in FILES.items() if _part_10(path)))
def test_the_file_meta_information_is_read_as_pydicom_reads_it(name: str) -> None:
    ours = open_source(BytesReader(FILES[name].read_bytes())).meta
    theirs = read_file_meta_info(FILES[name])
    assert set(ours) == {int(tag) for tag in theirs._dict}
    uid = ours.get(0x00020010, b"").rstrip(b"\0 ").decode()
    assert uid == str(theirs.get("TransferSyntaxUID", ""))


# Generated data sets: (tag, VR, value or items, undefined length), in every encoding

_PLAIN = {
    0x00080060: "CS", 0x00080070: "LO", 0x00081030: "LO", 0x00181020: "LO", 0x00189004: "CS",
    0x00280010: "US", 0x00281201: "OW", 0x00420011: "OB", 0x00720066: "LO", 0x00720070: "UT",
}  # fmt: skip
_SEQUENCES = (0x00081140, 0x00082112, 0x0040A730, 0x00540016, 0x52009230)


@st.composite
def data_sets(draw: st.DrawFn, depth: int = 3) -> list[tuple[int, str, Any, bool]]:
    tags = draw(st.sets(st.sampled_from(sorted((*_PLAIN, *_SEQUENCES))), max_size=6))
    elements: list[tuple[int, str, Any, bool]] = []
    for tag in sorted(tags):
        undefined = draw(st.booleans())
        if tag in _PLAIN:
            elements.append(
                (tag, _PLAIN[tag], draw(st.binary(max_size=20).map(lambda raw: raw + b"x" * (len(raw) % 2))), False)
            )
        elif depth:
            items = draw(st.lists(st.tuples(data_sets(depth=depth - 1), st.booleans()), max_size=3))
            as_unknown = draw(st.booleans()) and undefined
            elements.append((tag, "UN" if as_unknown else "SQ", items, undefined))
    return elements


def encoded(elements: list[tuple[int, str, Any, bool]], explicit: bool, order: str) -> bytes:
    pieces = []
    for tag, vr, value, undefined in elements:
        if isinstance(value, list):
            # What stands in a sequence of VR UN is implicit VR little endian (PS3.5 6.2.2)
            inner_explicit, inner_order = (False, "<") if vr == "UN" else (explicit, order)
            content = b"".join(
                by_hand.item(encoded(item, inner_explicit, inner_order), undefined=open_item, order=inner_order)
                for item, open_item in value
            )
            end = by_hand.head(0xFFFEE0DD, "", 0, inner_order) if undefined else b""
            length = by_hand.UNDEFINED if undefined else len(content)
            pieces.append(by_hand.head(tag, vr if explicit else "", length, order) + content + end)
        else:
            pieces.append(by_hand.head(tag, vr if explicit else "", len(value), order) + value)
    return b"".join(pieces)


def expected(elements: list[tuple[int, str, Any, bool]], explicit: bool) -> list[tuple[int, str, Any]]:
    return [
        (tag, "SQ", [expected(item, explicit and vr != "UN") for item, _ in value])
        if isinstance(value, list)
        else (tag, vr if explicit else "", value)
        for tag, vr, value, _ in elements
    ]


@settings(max_examples=120)
@given(data_sets().filter(bool), st.sampled_from(((by_hand.EXPLICIT, True, "<"), (by_hand.IMPLICIT, False, "<"))))
def test_a_generated_data_set_is_read_as_it_was_built_and_as_pydicom_reads_it(
    elements: list[tuple[int, str, Any, bool]], syntax: tuple[str, bool, str]
) -> None:
    uid, explicit, order = syntax
    content = by_hand.file_of(encoded(elements, explicit, order), uid)
    ours = our_tree(BytesReader(content))
    assert differences(ours, expected(elements, explicit)) == []
    assert differences(ours, pydicom_tree(BytesIO(content))) == []


@settings(max_examples=60)
@given(data_sets().filter(bool))
def test_a_generated_big_endian_data_set_is_read_as_it_was_built(
    elements: list[tuple[int, str, Any, bool]],
) -> None:
    # pydicom reads what stands in UN as big endian, against PS3.5 6.2.2: it is no witness here
    content = by_hand.file_of(encoded(elements, True, ">"), by_hand.BIG_ENDIAN)
    assert differences(our_tree(BytesReader(content)), expected(elements, True)) == []
