"""Headers larger than a window, bulk in every position, and files far larger than memory."""

from __future__ import annotations

import os
import tracemalloc
import zlib
from io import BytesIO
from struct import pack
from typing import TYPE_CHECKING

import pydicom
import pytest

from deidra.dicom.reader import BytesReader, FileReader
from deidra.dicom.source import BULK_BYTES, WINDOW_BYTES, open_source, read_sections
from deidra.dicom.survey import read_facts
from deidra.engine import deidentify
from dicom.by_hand import (
    BIG_ENDIAN,
    DEFLATED,
    EXPLICIT,
    IMPLICIT,
    INSTANCE,
    JPEG_BASELINE,
    PIXEL_DATA,
    ct_file,
    element,
    encoded_ct,
    file_of,
    head,
    item,
    sequence,
    size_of,
)
from dicom.release import KEEP_STREAMS, batch, context, opened, release, release_one, sections
from dicom.walks import differences, our_tree, pydicom_tree

if TYPE_CHECKING:
    from pathlib import Path

    from deidra.dicom.stream import Element

CODE = element(0x00080100, "SH", "T-D1100") + element(0x00080102, "SH", "SRT") + element(0x00080104, "LO", "Head")
CREATOR = element(0x00290010, "LO", "SIEMENS CSA HEADER")
# Kept by the TCIA lists, with an element on either side of bulk (0029,xx10)
SAFE_CREATOR = "GEMS_PARM_01"
TRAILING = {
    0xFFFAFFFA: sequence(0xFFFAFFFA, [item(element(0x04000005, "US", pack("<H", 1)))]),
    0xFFFCFFFC: element(0xFFFCFFFC, "OB", bytes(64)),
}


def agrees_with_pydicom(content: bytes) -> bool:
    return differences(our_tree(BytesReader(content)), pydicom_tree(BytesIO(content))) == []


def spans(content: bytes) -> list[tuple[int, int, int]]:
    """(tag, first byte, last byte + 1) of every top-level element, counted in the object."""
    return [(e[0], s.base + e[2], s.base + e[4]) for s in sections(content) for e in s.elements]


@pytest.mark.parametrize("elements", [700, 3_000])
def test_a_header_of_many_small_elements_is_larger_than_a_window(elements: int) -> None:
    # In group 0019 with creators, 240 elements a block
    pieces = {}
    for number in range(elements):
        block = 0x10 + number // 200
        pieces[0x00190000 | block] = element(0x00190000 | block, "LO", "ACME")
        tag = 0x00190000 | block << 8 | number % 200
        pieces[tag] = element(tag, "LO", f"value {number} " + "x" * 50)
    content = ct_file(more=pieces)
    assert len(content) > WINDOW_BYTES / 2
    assert agrees_with_pydicom(content)


@pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT])
@pytest.mark.parametrize("undefined", [False, True])
@pytest.mark.parametrize("items", [1_500, 3_000])
def test_a_sequence_larger_than_a_window_is_read_and_released_whole(
    items: int, undefined: bool, syntax: str, tmp_path: Path
) -> None:
    vr = "SQ" if syntax == EXPLICIT else ""
    text = "SH" if vr else ""
    code = element(0x00080100, text, "T-D1100") + element(0x00080102, text, "SRT")
    big = sequence(0x00180026, [item(code, undefined=undefined)] * items, vr, undefined=undefined)
    assert len(big) > WINDOW_BYTES / 2
    content = ct_file(more={0x00180026: big}, transfer_syntax_uid=syntax)
    assert agrees_with_pydicom(content)
    released = pydicom.dcmread(BytesIO(release_one(tmp_path, content)))
    assert len(released[0x00180026].value) == items
    assert released.PixelData == pydicom.dcmread(BytesIO(content)).PixelData


@pytest.mark.parametrize("undefined", [False, True])
def test_names_deep_inside_a_sequence_larger_than_a_window_are_removed(undefined: bool, tmp_path: Path) -> None:
    inner = item(element(0x00081050, "PN", "Zzneedlename^Qqfirst") + element(0x00080102, "SH", "SRT"))
    items = [inner] * 4000
    content = ct_file(more={0x00180026: sequence(0x00180026, items, undefined=undefined)})
    released = release_one(tmp_path, content)
    assert b"Zzneedlename" not in released
    assert len(pydicom.dcmread(BytesIO(released))[0x00180026].value) == 4000


def padding_for(offset: int) -> dict[int, bytes]:
    """Encoded elements that take `offset` bytes, at least 12."""
    return {0x00420011: element(0x00420011, "OB", bytes(offset - 12))}


@pytest.mark.parametrize("shift", range(-20, 22, 2))
def test_bulk_that_begins_or_ends_around_the_end_of_a_window_is_read_whole(shift: int) -> None:
    start = next(first for tag, first, _ in spans(ct_file(more=padding_for(100))) if tag == 0x00420011)
    data_start = opened(ct_file()).data_start
    # The element before pixel data ends `shift` bytes from the end of the first window
    length = WINDOW_BYTES - (start - data_start) + shift
    content = ct_file({PIXEL_DATA: ("OW", bytes(range(256)) * 300)}, padding_for(length))
    assert agrees_with_pydicom(content)
    ends = {tag: (first, stop) for tag, first, stop in spans(content)}
    assert ends[0x00420011] == (start, start + length)
    assert ends[PIXEL_DATA][1] == len(content)


@pytest.mark.parametrize("length", [BULK_BYTES - 2, BULK_BYTES, WINDOW_BYTES - 2, WINDOW_BYTES, WINDOW_BYTES * 3 + 2])
@pytest.mark.parametrize("vr", ["OB", "UN", "OW", "LT", "UT"])
def test_a_long_private_value_in_the_middle_hides_nothing_behind_it(length: int, vr: str, tmp_path: Path) -> None:
    if vr == "LT" and length > 0xFFFE:
        length = 0xFFFE
    blob = element(0x00291010, vr, b"x" * length)
    behind = element(0x00291018, "CS", "IMAGE") + element(0x00291020, vr, b"y" * length)
    content = ct_file(more={0x00290010: CREATOR, 0x00291010: blob, 0x00291018: behind})
    assert agrees_with_pydicom(content)
    released = release_one(tmp_path, content)
    assert b"xxxx" not in released
    assert b"yyyy" not in released
    assert pydicom.dcmread(BytesIO(released)).PixelData == bytes(range(32))


@pytest.mark.parametrize("length", [100, 2 * WINDOW_BYTES])
@pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT])
def test_private_elements_behind_bulk_still_know_their_creator(length: int, syntax: str, tmp_path: Path) -> None:
    explicit = syntax == EXPLICIT

    def private(low: int, vr: str, value: bytes) -> bytes:
        return element(0x00430000 | low, vr if explicit else "", value)

    # Of this block both lists keep 1027 (scan pitch ratio) and 1028 is opaque
    more = {
        0x00430010: private(0x10, "LO", SAFE_CREATOR.encode()),
        0x00431026: private(0x1026, "US", pack("<6H", 0, 0, 0, 0, 0, 0)),
        0x00431028: private(0x1028, "OB", bytes(length)),
        0x0043102A: private(0x102A, "OB", bytes(length)),
        0x00431031: private(0x1031, "DS", b"1.5\\2.5"),
    }
    released = pydicom.dcmread(BytesIO(release_one(tmp_path, ct_file(more=more, transfer_syntax_uid=syntax))))
    assert 0x00431026 in released
    assert 0x00431031 in released
    assert released[0x00430010].value == SAFE_CREATOR


@pytest.mark.parametrize("length", [100, 2 * WINDOW_BYTES])
def test_an_element_doubled_on_the_far_side_of_bulk_does_not_stay_twice(length: int, tmp_path: Path) -> None:
    behind = element(0x00291010, "OB", bytes(length)) + element(0x00080060, "CS", "MR") + element(0x00180050, "DS", "9")
    ((outcome, released),) = release(tmp_path, ct_file(more={0x00290010: CREATOR, 0x00291010: behind}))
    if outcome.status == "released":
        tags = [tag for tag, _, _ in spans(released)]
        assert tags == sorted(set(tags))
    else:
        assert [reason.code for reason in outcome.reasons] == ["unordered"]


def fragments(count: int, length: int) -> list[bytes]:
    return [item(b""), *(item(bytes([number % 256]) * length) for number in range(count))]


@pytest.mark.parametrize(
    ("count", "length"), [(1, 10), (3, WINDOW_BYTES), (40, 3000), (5000, 16), (2, 5 * WINDOW_BYTES)]
)
def test_encapsulated_pixel_data_is_kept_over_any_number_of_windows(count: int, length: int, tmp_path: Path) -> None:
    pixels = sequence(PIXEL_DATA, fragments(count, length), "OB", undefined=True)
    content = ct_file({PIXEL_DATA: None}, {PIXEL_DATA: pixels, **TRAILING}, JPEG_BASELINE)
    assert agrees_with_pydicom(content)
    released = release_one(tmp_path, content, settings=[KEEP_STREAMS])
    assert pixels in released


@pytest.mark.parametrize("length", [32, WINDOW_BYTES, 3 * WINDOW_BYTES])
def test_what_stands_behind_pixel_data_meets_its_rules(length: int, tmp_path: Path) -> None:
    name = element(0x7FE10010, "LO", "ACME") + element(0x7FE11001, "PN", "Zzneedlename^Qqfirst")
    content = ct_file({PIXEL_DATA: ("OW", bytes(length))}, {0x7FE10010: name, **TRAILING})
    assert [tag for tag, _, _ in spans(content)][-4:] == [0x7FE10010, 0x7FE11001, 0xFFFAFFFA, 0xFFFCFFFC]
    released = release_one(tmp_path, content)
    assert [tag for tag, _, _ in spans(released)][-1] == PIXEL_DATA
    assert b"Zzneedlename" not in released


RUBBISH = {
    "zeros": bytes(40),
    "an odd zero": bytes(1),
    "text": b"Zzneedlename^Qqfirst",
    "a second data set": element(0x00080060, "CS", "CT") + element(0x00100010, "PN", "Zzneedlename"),
    "half an element": element(0x7FE10010, "LO", "Zzneedlename")[:-4],
    "a whole file": ct_file(),
}


@pytest.mark.parametrize("length", [32, BULK_BYTES, 3 * WINDOW_BYTES])
@pytest.mark.parametrize("rubbish", sorted(RUBBISH))
def test_rubbish_behind_pixel_data_never_leaves(rubbish: str, length: int, tmp_path: Path) -> None:
    clean = ct_file({PIXEL_DATA: ("OW", bytes(length))})
    ((outcome, released),) = release(tmp_path / "rubbish", clean + RUBBISH[rubbish])
    assert b"needle" not in released
    if outcome.status == "released":
        assert released == release_one(tmp_path / "clean", clean)
        rules = {edit.rule for edit in outcome.edits}
        assert rules & {"container:trailing-bytes", "container:duplicate-element"}


def test_rubbish_behind_pixel_data_is_treated_alike_whatever_the_size_of_the_pixel_data(tmp_path: Path) -> None:
    for name, rubbish in RUBBISH.items():
        fates = set()
        for length in (32, BULK_BYTES, 3 * WINDOW_BYTES):
            content = ct_file({PIXEL_DATA: ("OW", bytes(length))}) + rubbish
            ((outcome, _),) = release(tmp_path / f"{name} {length}", content)
            fates.add((outcome.status, tuple(reason.code for reason in outcome.reasons)))
        assert len(fates) == 1, name


def test_a_sequence_of_vr_un_larger_than_a_window_is_judged_item_by_item(tmp_path: Path) -> None:
    name = element(0x00081050, "", "Zzneedlename^Qqfirst") + element(0x00080104, "", "x" * 200)
    unknown = sequence(0x00180026, [item(name)] * 400, "UN")
    content = ct_file(more={0x00180026: unknown})
    assert len(unknown) > WINDOW_BYTES
    released = release_one(tmp_path, content)
    assert b"Zzneedlename" not in released
    assert len(pydicom.dcmread(BytesIO(released))[0x00180026].value) == 400


# Read before the walk: safe private blocks, graphic layers, earlier methods, contributing equipment
@pytest.mark.parametrize("tag", [0x00080300, 0x00120064, 0x0018A001, 0x00700060])
@pytest.mark.parametrize("vr", ["UN", "OB", "SQ"])
def test_a_bulk_value_where_a_small_sequence_is_read_first_does_no_harm(tag: int, vr: str, tmp_path: Path) -> None:
    items = [item(element(0x00080104, "" if vr == "UN" else "UT", b"x" * WINDOW_BYTES))] * 3
    value = sequence(tag, items, vr)
    ((outcome, _),) = release(tmp_path, ct_file({0x00120062: ("CS", b"YES")}, {tag: value}))
    assert [reason.code for reason in outcome.reasons if reason.code == "internal-error"] == []


# Large files


def sparse(path: Path, start: bytes, size: int) -> None:
    path.write_bytes(start)
    os.truncate(path, size)


FOUR_GB = 0xFFFF0000  # 65,535 rows of 32,768 pixels


def sparse_ct(path: Path) -> None:
    content = ct_file({PIXEL_DATA: None, **size_of(FOUR_GB)}) + head(PIXEL_DATA, "OW", FOUR_GB)
    sparse(path, content, len(content) + FOUR_GB)


def test_an_object_of_four_gigabytes_takes_the_memory_of_its_header(tmp_path: Path) -> None:
    path = tmp_path / "4GB.dcm"
    sparse_ct(path)
    deidentify(batch([path]), context(tmp_path, dry_run=True))  # loads the tables
    tracemalloc.start()
    read_facts(str(path), path.stat().st_size)
    (outcome,) = deidentify(batch([path]), context(tmp_path, dry_run=True))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert outcome.status == "released"
    assert outcome.facts.size_out > FOUR_GB
    assert peak < 20 << 20


def test_a_private_blob_of_gigabytes_is_left_out_without_being_loaded(tmp_path: Path) -> None:
    path = tmp_path / "blob.dcm"
    start = ct_file({PIXEL_DATA: None}, {0x00290010: CREATOR}) + head(0x00291010, "UN", FOUR_GB)
    sparse(path, start, len(start) + FOUR_GB)
    deidentify(batch([path]), context(tmp_path, dry_run=True))
    tracemalloc.start()
    (outcome,) = deidentify(batch([path]), context(tmp_path, dry_run=True))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert outcome.status == "released"
    assert outcome.facts.size_out < 10_000
    assert peak < 20 << 20


@pytest.mark.parametrize("vr", ["UT", "SQ"])
def test_text_or_sequences_of_gigabytes_are_held_without_being_loaded(vr: str, tmp_path: Path) -> None:
    path = tmp_path / "big.dcm"
    start = ct_file({PIXEL_DATA: None}) + head(0x7FDF1010, vr, FOUR_GB)
    sparse(path, start, len(start) + FOUR_GB)
    tracemalloc.start()
    (outcome,) = deidentify(batch([path]), context(tmp_path, dry_run=True))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [reason.code for reason in outcome.reasons] == ["header-too-large"]
    assert peak < 20 << 20


def test_a_copy_of_a_large_object_takes_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "64MB.dcm"
    content = ct_file({PIXEL_DATA: None}) + head(PIXEL_DATA, "OW", 64 << 20)
    sparse(path, content, len(content) + (64 << 20))
    tracemalloc.start()
    (outcome,) = deidentify(batch([path]), context(tmp_path / "out"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (tmp_path / "out" / outcome.output).stat().st_size == outcome.facts.size_out
    assert peak < 20 << 20


def test_a_file_that_shrinks_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "shrinks.dcm"
    content = ct_file({PIXEL_DATA: None}) + head(PIXEL_DATA, "OW", 1 << 20)
    sparse(path, content, len(content) + (1 << 20))
    descriptor = os.open(path, os.O_RDONLY)
    try:
        source = open_source(FileReader(descriptor, path.stat().st_size))
        read = list(read_sections(source))
        os.truncate(path, len(content))
        with pytest.raises(OSError, match="shorter"):
            source.reader.copy_to(os.open(tmp_path / "copy", os.O_WRONLY | os.O_CREAT), read[-1].base, 1 << 20)
    finally:
        os.close(descriptor)


def test_the_survey_reads_the_same_facts_whatever_stands_in_between(tmp_path: Path) -> None:
    blob = {
        0x00090010: element(0x00090010, "LO", "ACME"),
        0x00091001: element(0x00091001, "OB", bytes(3 * WINDOW_BYTES)),
    }
    (tmp_path / "plain").write_bytes(ct_file())
    (tmp_path / "blob").write_bytes(ct_file(more=blob))
    facts = [read_facts(str(path), path.stat().st_size) for path in (tmp_path / "plain", tmp_path / "blob")]
    assert facts[0] == facts[1]
    assert facts[0].patient_id == "ZZNEEDLEID77"
    assert facts[0].sop_instance_uid == INSTANCE


@pytest.mark.parametrize("window", range(WINDOW_BYTES // 4 - 10, WINDOW_BYTES // 4 + 10, 3))
def test_the_survey_reads_the_same_facts_wherever_its_window_ends(window: int, tmp_path: Path) -> None:
    content = ct_file()
    before = next(first for tag, first, _ in spans(content) if tag == 0x00100010) - opened(content).data_start
    filler = element(0x00080104, "UT", b"x" * ((window - before - 12) // 2 * 2))
    (tmp_path / "long").write_bytes(ct_file(more={0x00080104: filler}))
    (tmp_path / "plain").write_bytes(content)
    facts = [read_facts(str(path), path.stat().st_size) for path in (tmp_path / "plain", tmp_path / "long")]
    assert facts[0] == facts[1]


def test_no_object_needs_a_window_that_its_header_does_not() -> None:
    # (0028,1201) of a megabyte is bulk: neither loaded nor searched for elements
    content = ct_file(more={0x00281201: element(0x00281201, "OW", bytes(1 << 20))})
    assert max(len(section.buf) for section in sections(content)) <= WINDOW_BYTES
    elements: list[Element] = [element for section in sections(content) for element in section.elements]
    assert max(element[4] - element[3] for element in elements) == 1 << 20


@pytest.mark.parametrize("syntax", [BIG_ENDIAN, DEFLATED])
def test_an_object_to_convert_is_held_when_it_is_too_large(syntax: str, tmp_path: Path) -> None:
    path = tmp_path / "large"
    machine = zlib.compressobj(wbits=-15)
    deflated = machine.compress(encoded_ct()) + machine.flush()
    sparse(path, file_of(deflated if syntax == DEFLATED else encoded_ct(), syntax), 600 << 20)
    tracemalloc.start()
    (outcome,) = deidentify(batch([path]), context(tmp_path, dry_run=True))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [reason.code for reason in outcome.reasons] == ["too-large-to-convert"]
    assert peak < 20 << 20


@pytest.mark.parametrize("transfer_syntax_uid", [EXPLICIT, IMPLICIT])
def test_zeros_and_words_behind_an_object_without_pixels_are_no_element(
    transfer_syntax_uid: str, tmp_path: Path
) -> None:
    content = ct_file({PIXEL_DATA: None}, transfer_syntax_uid=transfer_syntax_uid)
    ((outcome, released),) = release(tmp_path, content + b"\0\0ZZNEEDLE-4711\0\0Zzneedlename\0\0\0\0")
    assert outcome.status == "released", outcome.reasons
    assert b"needle" not in released.lower()
    assert "container:trailing-bytes" in {edit.rule for edit in outcome.edits}
