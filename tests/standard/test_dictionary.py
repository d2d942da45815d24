"""The data dictionary against pydicom, over every entry there is."""

from __future__ import annotations

import random

import pydicom
import pytest
from pydicom._dicom_dict import DicomDictionary, RepeatersDictionary
from pydicom._private_dict import private_dictionaries
from pydicom.datadict import get_entry

from deidra.standard import dictionary
from deidra.standard.confidentiality import edition

# The generated tables are those of one pydicom; another one may know more
same_pydicom = pytest.mark.skipif(
    f"pydicom {pydicom.__version__} " not in dictionary._file().header.source,
    reason="the tables were generated from another pydicom",
)


@same_pydicom
def test_every_attribute_is_that_of_pydicom() -> None:
    for tag, (vr, _, name, retired, keyword) in DicomDictionary.items():
        assert dictionary.vr(tag) == vr
        assert dictionary.name(tag) == name
        assert dictionary.keyword(tag) == keyword
        assert dictionary.is_retired(tag) is bool(retired)
        if keyword:
            assert dictionary.tag_of(keyword) == tag


@same_pydicom
def test_repeating_groups_are_those_of_pydicom() -> None:
    digits = random.Random(7)
    for mask, (vr, _, name, retired, keyword) in RepeatersDictionary.items():
        for _ in range(20):
            tag = int("".join(digits.choice("02468ACE") if d == "x" else d for d in mask), 16)
            if tag in DicomDictionary:
                continue
            assert get_entry(tag)[2] == name
            assert dictionary.repeater_mask(tag) == mask
            assert dictionary.vr(tag) == vr
            assert dictionary.name(tag) == name
            assert dictionary.keyword(tag) == keyword
            assert dictionary.is_retired(tag) is bool(retired)


@same_pydicom
def test_tags_that_pydicom_does_not_know_have_no_vr() -> None:
    numbers = random.Random(11)
    for _ in range(20_000):
        tag = numbers.randrange(1 << 32)
        try:
            known = get_entry(tag)[0]
        except KeyError:
            known = None
        assert dictionary.vr(tag) == known


def test_attributes_newer_than_pydicom_keep_the_name_of_the_table() -> None:
    unknown = [tag for tag in edition("2026c").rows if dictionary.vr(tag) is None]
    assert len(unknown) == 25
    assert all(dictionary.name(tag) for tag in unknown)
    assert dictionary.name(0x00100012) == "Name to Use"
    assert dictionary.keyword(0x00100012) == ""


def test_the_plain_table_holds_every_attribute_with_a_vr() -> None:
    table = dictionary.vr_table()
    assert table[0x00080005] == "CS"
    assert table[0x00280106] == "US or SS"
    assert 0x60003000 not in table
    assert dictionary.vr(0x60003000) == "OB or OW"
    assert dictionary.vr(0x60013000) is None
    assert dictionary.tag_of("NoSuchKeyword") is None


@same_pydicom
def test_private_vrs_are_those_of_pydicom() -> None:
    checked = 0
    for creator, entries in private_dictionaries.items():
        for key, entry in entries.items():
            if key[4:6] == "xx" and "x" not in key[:4]:
                group = int(key[:4], 16)
            elif key[2:6] == "xxxx":
                group = int(key[:2] + "11", 16)
            else:
                continue
            assert dictionary.private_vr(creator, group, int(key[6:], 16)) == entry[0]
            checked += 1
    assert checked > 8_800


def test_private_vrs_know_blocks_freed_padding_and_the_safe_list() -> None:
    assert dictionary.private_vr("SIEMENS MR HEADER ", 0x0019, 0x0C) == "IS"
    assert dictionary.private_vr("TOSHIBA_MEC_MR3^10", 0x0011, 0x03) is not None
    assert dictionary.private_vr("NQHeader", 0x0099, 0x02) == "UI"  # only Table E.3.10-1 knows it
    assert dictionary.private_vr("no such creator", 0x0019, 0x0C) is None
    assert dictionary.private_vr("SIEMENS MR HEADER", 0x0021, 0x0C) is None
