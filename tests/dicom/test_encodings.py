"""Big endian and deflated objects give what the same data set gives in explicit little endian."""

from __future__ import annotations

import time
import warnings
import zlib
from io import BytesIO
from struct import pack
from typing import TYPE_CHECKING, Any

import numpy as np
import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag

from conformance.collection import public_files
from deidra.dicom.bigendian import to_little_endian
from deidra.dicom.source import CONVERT_LIMIT_BYTES
from dicom.by_hand import (
    BIG_ENDIAN,
    CT_VALUES,
    DEFLATED,
    EXPLICIT,
    PIXEL_DATA,
    ct_file,
    element,
    encoded_ct,
    file_of,
    head,
    item,
    sequence,
)
from dicom.release import release, release_one

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FILES = public_files()
SOURCES = (
    "test_files/CT_small.dcm",
    "test_files/MR_small.dcm",
    "test_files/rtplan.dcm",
    "test_files/rtstruct.dcm",
    "test_files/test-SR.dcm",
    "test_files/waveform_ecg.dcm",
    "test_files/liver_1frame.dcm",
    "emri_small.dcm",
)
_SWAPPED = {"OW": "u2", "OL": "u4", "OF": "u4", "OD": "u8", "OV": "u8"}


def bulk_swapped(data_set: Dataset) -> None:
    """Other words in the order of the encoding: pydicom writes their bytes as they are."""
    for entry in data_set:
        if entry.VR == "SQ":
            for part in entry.value:
                bulk_swapped(part)
        elif entry.VR in _SWAPPED and entry.value:
            entry.value = np.frombuffer(entry.value, _SWAPPED[entry.VR]).byteswap().tobytes()


def encoded(name: str, *, little_endian: bool) -> bytes:
    """The data set of a public file in explicit VR."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data_set = pydicom.dcmread(FILES[name], force=True)
        data_set.decode()
        for tag in [entry.tag for entry in data_set if entry.tag.element == 0]:
            del data_set[tag]
        out = DicomBytesIO()
        out.is_little_endian, out.is_implicit_VR = True, False
        write_dataset(out, data_set)
        if not little_endian:
            # Written once, so that ambiguous VRs are settled
            data_set = pydicom.dcmread(BytesIO(file_of(out.getvalue())))
            data_set.decode()
            bulk_swapped(data_set)
            out = DicomBytesIO()
            out.is_little_endian, out.is_implicit_VR = False, False
            write_dataset(out, data_set)
        return out.getvalue()


def deflate(data_set: bytes) -> bytes:
    machine = zlib.compressobj(wbits=-15)
    return machine.compress(data_set) + machine.flush()


def plain(data_set: Dataset) -> dict[str, Any]:
    """Every element at every depth, by its path."""
    found: dict[str, Any] = {}
    for entry in data_set:
        if entry.VR == "SQ":
            found[f"{entry.tag}"] = len(entry.value)
            for index, part in enumerate(entry.value):
                found |= {f"{entry.tag}[{index}]{path}": value for path, value in plain(part).items()}
        else:
            found[f"{entry.tag}"] = (entry.VR, entry.value)
    return found


@pytest.mark.parametrize("name", SOURCES)
def test_a_big_endian_object_gives_what_its_little_endian_twin_gives(name: str, tmp_path: Path) -> None:
    little = release_one(tmp_path / "little", file_of(encoded(name, little_endian=True)))
    big = release_one(tmp_path / "big", file_of(encoded(name, little_endian=False), BIG_ENDIAN))
    assert plain(pydicom.dcmread(BytesIO(big))) == plain(pydicom.dcmread(BytesIO(little)))
    assert big == little


@pytest.mark.parametrize("name", SOURCES)
def test_a_deflated_object_gives_what_its_plain_twin_gives(name: str, tmp_path: Path) -> None:
    data_set = encoded(name, little_endian=True)
    little = release_one(tmp_path / "little", file_of(data_set))
    assert release_one(tmp_path / "deflated", file_of(deflate(data_set), DEFLATED)) == little


def test_the_big_endian_public_files_agree_with_pydicom(tmp_path: Path) -> None:
    for name in ("test_files/MR_small_bigendian.dcm", "test_files/ExplVR_BigEnd.dcm", "emri_small_big_endian.dcm"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            data_set = pydicom.dcmread(FILES[name], force=True)
            ((outcome, content),) = release(tmp_path / name, FILES[name].read_bytes())
            assert outcome.status == "released", (name, outcome.reasons)
            released = pydicom.dcmread(BytesIO(content))
            assert released.pixel_array.tolist() == data_set.pixel_array.tolist()
            for tag in (0x00280010, 0x00280011, 0x00280100, 0x00280103, 0x00200032, 0x00180050):
                assert released.get(tag) == data_set.get(tag)


# Every VR, value by value

BINARY: dict[str, st.SearchStrategy[Any]] = {
    "US": st.integers(0, 0xFFFF),
    "SS": st.integers(-0x8000, 0x7FFF),
    "UL": st.integers(0, 0xFFFFFFFF),
    "SL": st.integers(-(2**31), 2**31 - 1),
    "UV": st.integers(0, 2**64 - 1),
    "SV": st.integers(-(2**63), 2**63 - 1),
    "FL": st.floats(width=32, allow_nan=False),
    "FD": st.floats(allow_nan=False),
    "AT": st.integers(0, 0xFFFFFFFF).map(Tag),
}


@st.composite
def binary_data_sets(draw: st.DrawFn, depth: int = 2) -> Dataset:
    data_set = Dataset()
    for number in range(draw(st.integers(1, 5))):
        vr = draw(st.sampled_from([*BINARY, "LO", "OB", *(["SQ"] if depth else [])]))
        if vr == "SQ":
            value: Any = Sequence(draw(st.lists(binary_data_sets(depth=depth - 1), max_size=3)))
        elif vr == "LO":
            value = draw(st.text("abcXYZ 019", max_size=20)).strip()
        elif vr == "OB":
            value = draw(st.binary(max_size=20))
            value += b"\0" * (len(value) % 2)
        else:
            value = draw(st.lists(BINARY[vr], max_size=4))
        data_set.add(DataElement(0x00480000 + 2 * number + 1, vr, value))
    return data_set


def written(data_set: Dataset, *, little_endian: bool) -> bytes:
    out = DicomBytesIO()
    out.is_little_endian, out.is_implicit_VR = little_endian, False
    write_dataset(out, data_set)
    return out.getvalue()


@settings(max_examples=200)
@given(binary_data_sets())
def test_every_number_of_a_big_endian_data_set_is_turned_as_pydicom_writes_it(data_set: Dataset) -> None:
    assert to_little_endian(written(data_set, little_endian=False)) == written(data_set, little_endian=True)


@pytest.mark.parametrize(("vr", "width"), [("OB", 1), ("UN", 1), ("OW", 2), ("OL", 4), ("OF", 4), ("OD", 8), ("OV", 8)])
def test_other_words_are_turned_by_their_width(vr: str, width: int) -> None:
    numbers = bytes(range(48))
    turned = b"".join(numbers[at : at + width][::-1] for at in range(0, 48, width))
    assert to_little_endian(element(0x00420011, vr, numbers, ">")) == element(0x00420011, vr, turned)


def test_the_way_a_length_was_written_survives_the_conversion() -> None:
    def built(order: str) -> bytes:
        inner = element(0x00280010, "US", pack(order + "H", 7), order)
        parts = [item(inner, undefined=True, order=order), item(inner, order=order), item(b"", order=order)]
        return sequence(0x00081140, parts, undefined=True, order=order) + sequence(0x00082112, parts, order=order)

    assert to_little_endian(built(">")) == built("<")


def test_a_sequence_of_vr_un_inside_a_big_endian_object_is_judged_like_any_other(tmp_path: Path) -> None:
    # What stands in UN of undefined length is implicit VR little endian, whatever is around it (PS3.5 6.2.2)
    inside = sequence(0x00180026, [item(element(0x00081050, "", "Zzneedlename^Q") + element(0x00080104, "", "x"))], "")
    values = {tag: entry for tag, entry in CT_VALUES.items() if tag != PIXEL_DATA and entry[0] != "US"}
    pieces = {tag: element(tag, vr, raw, ">") for tag, (vr, raw) in values.items()}
    little = {tag: element(tag, vr, raw) for tag, (vr, raw) in values.items()}
    delimiter = head(0xFFFEE0DD, "", 0)
    pieces[0x00180026] = head(0x00180026, "UN", 0xFFFFFFFF, ">") + inside[8:] + delimiter
    little[0x00180026] = head(0x00180026, "UN", 0xFFFFFFFF) + inside[8:] + delimiter
    big = release_one(tmp_path / "big", file_of(b"".join(pieces[tag] for tag in sorted(pieces)), BIG_ENDIAN))
    assert b"Zzneedlename" not in big
    twin = release_one(tmp_path / "little", file_of(b"".join(little[tag] for tag in sorted(little))))
    assert plain(pydicom.dcmread(BytesIO(big))) == plain(pydicom.dcmread(BytesIO(twin)))


def test_zeros_behind_a_big_endian_object_are_padding_as_they_are_elsewhere(tmp_path: Path) -> None:
    values = b"".join(element(tag, vr, raw, ">") for tag, (vr, raw) in CT_VALUES.items() if vr != "US")
    clean = release_one(tmp_path / "clean", file_of(values, BIG_ENDIAN))
    assert release_one(tmp_path / "padded", file_of(values + bytes(64), BIG_ENDIAN)) == clean


# Deflated on purpose


def cut_stream(stream: bytes) -> bytes:
    return stream[:-3]


def flipped(stream: bytes) -> bytes:
    return stream[:4] + bytes(byte ^ 0xFF for byte in stream[4:24]) + stream[24:]


@pytest.mark.parametrize(
    ("damage", "code"), [(cut_stream, "truncated"), (flipped, "malformed"), (lambda _: b"", "empty-data-set")]
)
def test_a_damaged_stream_is_rejected(damage: Callable[[bytes], bytes], code: str, tmp_path: Path) -> None:
    ((outcome, _),) = release(tmp_path, file_of(damage(deflate(encoded_ct())), DEFLATED))
    assert (outcome.status, [reason.code for reason in outcome.reasons]) == ("rejected", [code])


def test_a_bomb_of_zeros_is_held(tmp_path: Path) -> None:
    machine = zlib.compressobj(9, wbits=-15)
    block = bytes(1 << 24)
    start = machine.compress(encoded_ct({PIXEL_DATA: None}) + head(PIXEL_DATA, "OW", 0xFFFFFFFE))
    bomb = start + b"".join(machine.compress(block) for _ in range((CONVERT_LIMIT_BYTES >> 24) + 2)) + machine.flush()
    assert len(bomb) < CONVERT_LIMIT_BYTES / 500
    started = time.monotonic()
    ((outcome, _),) = release(tmp_path, file_of(bomb, DEFLATED))
    assert (outcome.status, [reason.code for reason in outcome.reasons]) == ("held", ["too-large-to-convert"])
    assert time.monotonic() - started < 20


def test_what_stands_behind_the_deflated_stream_never_leaves(tmp_path: Path) -> None:
    stream = deflate(encoded_ct())
    released = release_one(tmp_path, file_of(stream + b"Zzneedlename^Qqfirst" * 4, DEFLATED))
    assert released == release_one(tmp_path / "clean", file_of(stream, DEFLATED))
    assert b"Zzneedlename" not in released


def test_the_released_file_says_explicit_little_endian(tmp_path: Path) -> None:
    for syntax, content in ((DEFLATED, deflate(encoded_ct())), (EXPLICIT, encoded_ct())):
        released = pydicom.dcmread(BytesIO(release_one(tmp_path / syntax, file_of(content, syntax))))
        assert released.file_meta.TransferSyntaxUID == EXPLICIT
    assert release_one(tmp_path / "same", ct_file()) == release_one(
        tmp_path / "deflated", file_of(deflate(encoded_ct()), DEFLATED)
    )
