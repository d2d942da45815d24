"""A name where no name belongs: behind a wrong VR, inside numbers or pixels, in what other software wrote."""

from __future__ import annotations

import warnings
from io import BytesIO
from struct import pack
from typing import TYPE_CHECKING

import pydicom
import pytest
from pydicom.errors import BytesLengthException

from deidra.dicom.grammar import NUMERIC_VRS
from deidra.dicom.reader import BytesReader
from dicom.by_hand import (
    CT,
    IMPLICIT,
    PIXEL_DATA,
    ct_file,
    element,
    head,
    item,
    sequence,
)
from dicom.release import opened, release, release_one
from dicom.walks import our_tree

if TYPE_CHECKING:
    from pathlib import Path

VRS = "AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SS ST SV TM UC UI UL UN UR US UT UV".split()
# One kept attribute of each kind: text, code, number, decimal, date, sequence
ATTRIBUTES = {
    "Patient's Sex": 0x00100040,
    "Modality": 0x00080060,
    "Slice Thickness": 0x00180050,
    "Rows": 0x00280010,
    "Study Date": 0x00080020,
    "Content Qualification": 0x00189004,
    "Reason for the sequence": 0x00180026,
    "Instance Number": 0x00200013,
    "Character Set": 0x00080005,
    "Window Explanation": 0x00281055,
    "Burned In Annotation": 0x00280301,
    "Longitudinal Temporal Information": 0x00280303,
    "Patient Identity Removed": 0x00120062,
    "Method": 0x00120063,
}
TEXT_VRS = {"LO", "LT", "PN", "SH", "ST", "UC", "UT", "UN", "AE", "UR"}
TEXT_ATTRIBUTES = {0x00281055, 0x00120063}
# Nothing that the survey knows: no search for known names can help
SECRET = b"QQSECRET WXYZ 1."


@pytest.mark.parametrize("policy", ["public-research", "basic"])
@pytest.mark.parametrize("tag", ATTRIBUTES.values(), ids=ATTRIBUTES)
def test_text_hidden_by_a_wrong_vr_never_leaves(tag: int, policy: str, tmp_path: Path) -> None:
    leaking, failing = [], []
    for vr in VRS:
        # Text in a text attribute is the business of cleaning, and numbers among numbers that of is_number
        if (tag in TEXT_ATTRIBUTES and vr in TEXT_VRS) or (tag == 0x00280010 and vr in NUMERIC_VRS):
            continue
        ((outcome, released),) = release(tmp_path / vr, ct_file({tag: (vr, SECRET)}), policy=policy)
        leaking += [vr] * (SECRET[:8] in released)
        failing += [vr for reason in outcome.reasons if reason.code == "internal-error"]
    assert (leaking, failing) == ([], [])


@pytest.mark.parametrize("vr", ["OB", "OW", "UN", "US", "LO", "UI", "TM"])
def test_a_date_hidden_by_a_wrong_vr_does_not_leave_as_it_was(vr: str, tmp_path: Path) -> None:
    for tag in (0x00080020, 0x00080022, 0x00080023, 0x0008002A, 0x00100030):
        content = ct_file({0x00080020: None, 0x00080022: None, tag: (vr, b"19880417")})
        ((_, released),) = release(tmp_path / f"{tag}", content)
        assert b"19880417" not in released, f"{tag:08X}"


@pytest.mark.parametrize("syntax", ["explicit", "implicit"])
@pytest.mark.parametrize("tag", [PIXEL_DATA, 0x00280010, 0x00281201, 0x00281101, 0x00180050, 0x00100040, 0x60003000])
def test_items_where_no_sequence_belongs_never_leave(tag: int, syntax: str, tmp_path: Path) -> None:
    vr = "UN" if syntax == "explicit" else ""
    hidden = sequence(tag, [item(element(0x00100010, "", "QQSECRET^JOHN"))], vr, undefined=True)
    content = ct_file({tag: None}, {tag: hidden}, *([IMPLICIT] if syntax == "implicit" else []))
    ((_, released),) = release(tmp_path, content)
    assert b"QQSECRET" not in released


def test_a_name_in_an_earlier_method_never_leaves(tmp_path: Path) -> None:
    for text in (b"made for Zzneedlename", b"line\0Zzneedlename", b"ok\\for ZZNEEDLEID77"):
        content = ct_file({0x00120062: ("CS", b"YES"), 0x00120063: ("LO", text)})
        released = release_one(tmp_path, content)
        assert b"eedle" not in released.lower()


def test_a_harmless_earlier_method_stays(tmp_path: Path) -> None:
    content = ct_file({0x00120062: ("CS", b"YES"), 0x00120063: ("LO", b"Basic Profile")})
    released = pydicom.dcmread(BytesIO(release_one(tmp_path, content)))
    assert "Basic Profile" in released.DeidentificationMethod


@pytest.mark.parametrize("name", ["Zzneedlename", "QQSECRET^JOHN", "qqsecret"])
def test_a_graphic_layer_named_after_the_patient_is_not_copied_into_a_dummy(name: str, tmp_path: Path) -> None:
    presentation = {
        0x00080016: ("UI", b"1.2.840.10008.5.1.4.1.1.11.1"),
        0x00080060: ("CS", b"PR"),
        PIXEL_DATA: None,
    }
    layer = element(0x00700002, "CS", name)
    more = {
        0x00700001: sequence(0x00700001, [item(layer)]),
        0x00700060: sequence(0x00700060, [item(layer + element(0x00700062, "IS", "1"))]),
    }
    ((_, released),) = release(tmp_path, ct_file(presentation, more))
    assert name.encode() not in released


def test_no_value_of_the_object_reaches_the_facts_of_a_report(tmp_path: Path) -> None:
    for tag, vr in ((0x00080060, "LO"), (0x00080060, "CS"), (0x00080060, "UT"), (0x00080060, "UN")):
        ((outcome, _),) = release(tmp_path, ct_file({tag: (vr, b"QQSECRET JOHN")}))
        assert "QQSECRET" not in repr(outcome)


@pytest.mark.parametrize("tag", [0x00100010, 0x00100020, 0x00080050, 0x00080090, 0x0020000D, 0x00080018, 0x00080020])
def test_what_replaces_a_value_can_be_read_whatever_vr_it_had(tag: int, tmp_path: Path) -> None:
    unreadable = []
    for vr in VRS:
        ((outcome, released),) = release(tmp_path / vr, ct_file({tag: (vr, b"" if vr == "SQ" else b"12345678")}))
        unreadable += [vr for reason in outcome.reasons if reason.code == "internal-error"]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                assert not released or [entry.tag for entry in pydicom.dcmread(BytesIO(released)).iterall()]
            except BytesLengthException:
                unreadable.append(vr)
    assert unreadable == []


@pytest.mark.parametrize("tag", [0x00080018, 0x0020000D, 0x0020000E, 0x00080016])
def test_an_object_whose_identity_has_a_wrong_vr_is_consistent_or_held(tag: int, tmp_path: Path) -> None:
    value = CT.encode() if tag == 0x00080016 else b"1.2.3.4.5.6.7.8."
    inconsistent = []
    for vr in VRS:
        ((outcome, released),) = release(tmp_path / vr, ct_file({tag: (vr, value)}))
        inconsistent += [vr for reason in outcome.reasons if reason.code == "internal-error"]
        if released:
            source = opened(released)
            top = {tag: value for tag, _, value in our_tree(BytesReader(released)) if isinstance(value, bytes)}
            names = [
                top.get(one, b"").rstrip(b" \0").decode() for one in (0x0020000D, 0x0020000E, 0x00080018, 0x00080016)
            ]
            stored = [source.meta[one].rstrip(b"\0").decode() for one in (0x00020002, 0x00020003)]
            if [names[3], names[2]] != stored or outcome.output.split("/")[1:] != [*names[:2], f"{names[2]}.dcm"]:
                inconsistent.append(vr)
    assert inconsistent == []


def test_an_implicit_value_of_another_kind_than_its_attribute_is_judged_by_the_attribute(tmp_path: Path) -> None:
    for tag in ATTRIBUTES.values():
        if tag in TEXT_ATTRIBUTES:
            continue
        pieces = element(tag, "", SECRET)
        ((_, released),) = release(tmp_path / f"{tag}", ct_file({tag: None}, {tag: pieces}, IMPLICIT))
        assert SECRET[:8] not in released, f"{tag:08X}"


def test_a_group_length_or_file_meta_element_inside_the_data_set_never_leaves(tmp_path: Path) -> None:
    more = {
        0x00020016: element(0x00020016, "AE", "QQSECRET"),
        0x00041130: element(0x00041130, "CS", "QQSECRET"),
        0x00080000: element(0x00080000, "UL", pack("<L", 42)),
        0x00100000: head(0x00100000, "UL", 8) + b"QQSECRET",
    }
    for tag, piece in more.items():
        ((_, released),) = release(
            tmp_path / f"{tag}", ct_file(more={0x00080001: element(0x00080001, "UL", bytes(4)), tag: piece})
        )
        assert b"QQSECRET" not in released
