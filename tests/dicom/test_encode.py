"""What we write is what pydicom writes, byte for byte."""

from __future__ import annotations

from struct import pack
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset
from pydicom.tag import Tag

from deidra.dicom import encode
from deidra.dicom.stream import EXPLICIT_LITTLE, IMPLICIT_LITTLE, VR_FORMS, Encoding

ENCODINGS = (EXPLICIT_LITTLE, IMPLICIT_LITTLE)
TEXT = st.text("ABCxyz 0189", max_size=15).map(str.strip)
FORMATS = {"US": "<H", "SS": "<h", "UL": "<L", "SL": "<l", "UV": "<Q", "SV": "<q", "FL": "<f", "FD": "<d"}


def range_of(form: str) -> st.SearchStrategy[Any]:
    bits = {"h": 16, "l": 32, "q": 64}[form[1].lower()]
    return st.integers(-(1 << bits - 1), (1 << bits - 1) - 1) if form[1].islower() else st.integers(0, (1 << bits) - 1)


# VR -> (a value as pydicom takes it, the same value as bytes)
VALUES: dict[str, st.SearchStrategy[tuple[Any, bytes]]] = {
    **{vr: TEXT.map(lambda text: (text, text.encode())) for vr in ("AE", "LO", "LT", "PN", "SH", "ST", "UC", "UT")},
    "UR": st.integers(0, 10**6).map(lambda number: (f"urn:x:{number}", b"urn:x:%d" % number)),
    "CS": st.text("ABC_019", max_size=15).map(lambda text: (text, text.encode())),
    "AS": st.integers(0, 999).map(lambda age: (f"{age:03d}Y", b"%03dY" % age)),
    "DA": st.dates().map(lambda day: day.isoformat().replace("-", "")).map(lambda text: (text, text.encode())),
    "TM": st.integers(0, 23).map(lambda hour: (f"{hour:02d}", b"%02d" % hour)),
    "DT": st.integers(1900, 2100).map(lambda year: (f"{year}", b"%d" % year)),
    "IS": st.integers(-99999, 99999).map(lambda number: (str(number), b"%d" % number)),
    "DS": st.integers(-99999, 99999).map(lambda number: (str(number), b"%d" % number)),
    "UI": st.integers(0, 10**12).map(lambda number: (f"1.2.{number}", b"1.2.%d" % number)),
    "AT": st.integers(0, 0xFFFFFFFF).map(lambda tag: (Tag(tag), pack("<HH", tag >> 16, tag & 0xFFFF))),
    **{
        vr: (st.floats(width=32 if vr == "FL" else 64, allow_nan=False) if vr[0] == "F" else range_of(form)).map(
            lambda number, form=form: (number, pack(form, number))
        )
        for vr, form in FORMATS.items()
    },
    **{vr: st.binary(max_size=5).map(lambda raw: (raw * 8, raw * 8)) for vr in ("OW", "OF", "OL", "OD", "OV", "UN")},
    "OB": st.binary(max_size=21).map(lambda raw: (raw, raw)),
}


def written(data_set: Dataset, encoding: Encoding) -> bytes:
    out = DicomBytesIO()
    out.is_little_endian, out.is_implicit_VR = True, not encoding.explicit
    write_dataset(out, data_set)
    return out.getvalue()


def test_there_is_an_example_of_every_vr() -> None:
    assert {vr for vr, _ in VR_FORMS.values()} == {*VALUES, "SQ"}


@settings(max_examples=25)
@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("vr", sorted(VALUES))
@given(data=st.data())
def test_an_element_is_written_as_pydicom_writes_it(vr: str, encoding: Encoding, data: st.DataObject) -> None:
    value, raw = data.draw(VALUES[vr])
    data_set = Dataset()
    data_set.add(DataElement(0x00091001, vr, value))
    assert encode.element(0x00091001, vr, raw, encoding) == written(data_set, encoding)


@settings(max_examples=50)
@pytest.mark.parametrize("encoding", ENCODINGS)
@given(st.lists(st.lists(TEXT, max_size=3), max_size=4), st.booleans(), st.booleans())
def test_a_sequence_is_written_as_pydicom_writes_it(
    encoding: Encoding, values: list[list[str]], undefined: bool, undefined_items: bool
) -> None:
    data_set, items = Dataset(), []
    for texts in values:
        item = Dataset()
        for number, text in enumerate(texts):
            item.add(DataElement(0x00080100 + number, "LO", text))
        item.is_undefined_length_sequence_item = undefined_items
        items.append(item)
    data_set.add(DataElement(0x00081140, "SQ", items))
    data_set[0x00081140].is_undefined_length = undefined
    contents = [
        b"".join(
            encode.element(0x00080100 + number, "LO", text.encode(), encoding) for number, text in enumerate(texts)
        )
        for texts in values
    ]
    content = b"".join(encode.item_like(inner, undefined_items) for inner in contents)
    ours = encode.sequence_like(0x00081140, "SQ", content, undefined, encoding)
    assert ours == written(data_set, encoding)
    if not undefined and not undefined_items:
        assert ours == encode.sequence(0x00081140, [encode.item([inner]) for inner in contents], encoding)


def test_a_value_too_long_for_its_vr_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="too long"):
        encode.element(0x00080070, "LO", bytes(0x10000), EXPLICIT_LITTLE)
    assert len(encode.element(0x00080070, "LO", bytes(0x10000), IMPLICIT_LITTLE)) == 0x10008
