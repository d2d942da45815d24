"""What breaks the grammar of PS3.5 Section 7 is refused, in bounded time and memory, and never guessed at."""

from __future__ import annotations

import time
import tracemalloc
from struct import pack
from typing import TYPE_CHECKING

import pytest

from deidra.dicom.deidentify import open_normalised
from deidra.dicom.reader import BytesReader
from deidra.dicom.source import read_sections
from deidra.dicom.survey import read_facts
from deidra.errors import ObjectError
from dicom.by_hand import (
    BIG_ENDIAN,
    CT_VALUES,
    EXPLICIT,
    IMPLICIT,
    ITEM_END,
    JPEG_BASELINE,
    PIXEL_DATA,
    SEQUENCE_END,
    UNDEFINED,
    ct_file,
    element,
    encoded_ct,
    file_of,
    head,
    item,
    sequence,
)
from dicom.release import KEEP_STREAMS, release, release_one, sections, verdicts
from dicom.walks import our_tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from deidra.model import Outcome

SEQUENCE_TAG = 0x00081140
UID_ITEM = element(0x00081150, "UI", "1.2.840.10008.5.1.4.1.1.2")
NAME = element(0x00081030, "LO", "text")
MEMORY_LIMIT = 50 << 20
SECONDS_LIMIT = 10
TINY_PARTS = 1 << 15


def refusal(content: bytes) -> tuple[str, str]:
    """Read everything, defined-length sequences too; the code and message of the refusal."""
    with pytest.raises(ObjectError) as caught:
        our_tree(BytesReader(content))
    return caught.value.code, caught.value.message


def malformed(why: str) -> tuple[str, str]:
    return "malformed", why


OUTSIDE = malformed("an item or delimiter stands outside a sequence")
NO_VR = malformed("the value representation is not one of DICOM")
NO_ITEM = malformed("something other than an item stands in a sequence")
NO_FRAGMENT = malformed("something other than a fragment stands in encapsulated pixel data")
WRONG_PLACE = malformed("undefined length where no sequence may stand")
SHORT_ITEM = malformed("an item is shorter than its elements")
WITH_LENGTH = malformed("a delimiter has a length")
CUT = ("truncated", "the file ends inside an element")
CUT_INSIDE = ("truncated", "the data end inside an element")

LONG_ITEM = pack("<HHL", 0xFFFE, 0xE000, 400) + NAME
SEQUENCE_END_LONG = pack("<HHL", 0xFFFE, 0xE0DD, 4)
ITEM_END_LONG = pack("<HHL", 0xFFFE, 0xE00D, 2)
OPEN = pack("<HHL", 0xFFFE, 0xE000, UNDEFINED)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(pack("<HH2sH", 8, 0x1030, b"ZZ", 0) + NAME, NO_VR, id="a VR that does not exist"),
        pytest.param(pack("<HH2sH", 8, 0x1030, b"\0\0", 0) + NAME, NO_VR, id="no VR"),
        pytest.param(pack("<HH2sH", 8, 0x1030, b"lo", 0) + NAME, NO_VR, id="a VR in lower case"),
        pytest.param(head(0x00081030, "UT", UNDEFINED) + SEQUENCE_END, WRONG_PLACE, id="undefined length in text"),
        pytest.param(head(0x00281201, "OW", UNDEFINED) + SEQUENCE_END, WRONG_PLACE, id="undefined length in OW"),
        pytest.param(
            head(PIXEL_DATA, "OF", UNDEFINED) + SEQUENCE_END, WRONG_PLACE, id="undefined length in pixel data of OF"
        ),
        pytest.param(item(NAME), NO_VR, id="an item at top level"),
        pytest.param(SEQUENCE_END, NO_VR, id="a sequence delimiter at top level"),
        pytest.param(ITEM_END, NO_VR, id="an item delimiter at top level"),
        pytest.param(
            element(0xFFFEE000, "OB", b"abcd"),
            OUTSIDE,
            id="an item at top level whose length spells a VR",
        ),
        pytest.param(sequence(SEQUENCE_TAG, [NAME]), NO_ITEM, id="an element in place of an item"),
        pytest.param(
            sequence(SEQUENCE_TAG, [NAME], undefined=True), NO_ITEM, id="an element in place of the first item"
        ),
        pytest.param(
            sequence(SEQUENCE_TAG, [item(NAME), NAME], undefined=True), NO_ITEM, id="an element between items"
        ),
        pytest.param(
            sequence(SEQUENCE_TAG, [item(NAME), SEQUENCE_END]),
            NO_ITEM,
            id="a delimiter in a sequence of defined length",
        ),
        pytest.param(sequence(SEQUENCE_TAG, [ITEM_END], undefined=True), NO_ITEM, id="an item end without an item"),
        pytest.param(
            head(SEQUENCE_TAG, "SQ", UNDEFINED) + item(NAME) + SEQUENCE_END_LONG + bytes(4),
            WITH_LENGTH,
            id="a sequence delimiter with a length",
        ),
        pytest.param(
            head(SEQUENCE_TAG, "SQ", UNDEFINED) + OPEN + NAME + ITEM_END_LONG + bytes(2) + SEQUENCE_END,
            WITH_LENGTH,
            id="an item delimiter with a length",
        ),
        pytest.param(
            sequence(SEQUENCE_TAG, [OPEN + NAME + SEQUENCE_END], undefined=True),
            NO_VR,
            id="a sequence delimiter in an open item",
        ),
        pytest.param(sequence(SEQUENCE_TAG, [LONG_ITEM]), CUT_INSIDE, id="an item longer than its sequence"),
        pytest.param(
            sequence(SEQUENCE_TAG, [pack("<HHL", 0xFFFE, 0xE000, len(NAME) - 2) + NAME], undefined=True),
            SHORT_ITEM,
            id="an item shorter than its element",
        ),
        pytest.param(
            sequence(SEQUENCE_TAG, [item(NAME + b"\x08\0")], undefined=True),
            SHORT_ITEM,
            id="an item that ends inside the header of an element",
        ),
        pytest.param(
            sequence(SEQUENCE_TAG, [item(sequence(SEQUENCE_TAG, [LONG_ITEM], undefined=True))], undefined=True),
            SHORT_ITEM,
            id="an item longer than the item around it",
        ),
        pytest.param(
            sequence(PIXEL_DATA, [item(b"abcd"), element(0x00081030, "LO", b"abcd")], "OB", undefined=True),
            NO_FRAGMENT,
            id="an element among fragments",
        ),
        pytest.param(
            sequence(PIXEL_DATA, [item(b"abcd", undefined=True)], "OB", undefined=True),
            NO_FRAGMENT,
            id="a fragment of undefined length",
        ),
        pytest.param(
            head(PIXEL_DATA, "OB", UNDEFINED) + item(b"abcd") + SEQUENCE_END_LONG + bytes(4),
            WITH_LENGTH,
            id="a delimiter of fragments with a length",
        ),
        pytest.param(head(0x00081030, "UT", 0xFFFFFFFE) + b"text", CUT, id="an absurd length of text"),
        pytest.param(head(PIXEL_DATA, "OW", 0xFFFFFFFE) + b"data", CUT, id="an absurd length of pixel data"),
        pytest.param(head(SEQUENCE_TAG, "SQ", 0xFFFFFFFE) + item(NAME), CUT, id="an absurd length of a sequence"),
        pytest.param(
            sequence(SEQUENCE_TAG, [pack("<HHL", 0xFFFE, 0xE000, 0xFFFFFFFE) + NAME], undefined=True),
            CUT,
            id="an absurd length of an item",
        ),
        pytest.param(head(0x00081030, "LO", 0xFFFE) + b"text", CUT, id="the longest short length"),
        pytest.param(head(SEQUENCE_TAG, "SQ", UNDEFINED) + item(NAME), CUT, id="a sequence without its end"),
        pytest.param(
            head(PIXEL_DATA, "OB", UNDEFINED) + item(b"abcd"),
            ("truncated", "the file ends inside encapsulated pixel data"),
            id="fragments without their end",
        ),
    ],
)
def test_what_breaks_the_grammar_in_explicit_vr_is_refused(content: bytes, expected: tuple[str, str]) -> None:
    assert refusal(file_of(element(0x00080060, "CS", "CT") + content)) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(item(b""), OUTSIDE, id="an item at top level"),
        pytest.param(SEQUENCE_END, OUTSIDE, id="a sequence delimiter at top level"),
        pytest.param(ITEM_END, OUTSIDE, id="an item delimiter at top level"),
        pytest.param(
            sequence(SEQUENCE_TAG, [OPEN + SEQUENCE_END], "", undefined=True), OUTSIDE, id="a delimiter in an open item"
        ),
        pytest.param(sequence(SEQUENCE_TAG, [item(item(b""))], "", undefined=True), OUTSIDE, id="an item in an item"),
        pytest.param(
            sequence(SEQUENCE_TAG, [element(0x00081030, "", "x")], "", undefined=True),
            NO_ITEM,
            id="an element in place of an item",
        ),
        pytest.param(head(0x00081030, "", 0xFFFFFFFE) + b"text", CUT, id="an absurd length"),
        pytest.param(head(0x00081030, "", UNDEFINED) + b"text" * 4, NO_ITEM, id="undefined length in text"),
        pytest.param(head(SEQUENCE_TAG, "", UNDEFINED) + item(b""), CUT, id="a sequence without its end"),
    ],
)
def test_what_breaks_the_grammar_in_implicit_vr_is_refused(content: bytes, expected: tuple[str, str]) -> None:
    assert refusal(file_of(element(0x00080060, "", "CT") + content, IMPLICIT)) == expected


def test_a_sequence_that_overruns_its_item_is_refused_also_when_the_same_sequence_was_read_before() -> None:
    inner = sequence(0x00082112, [item(UID_ITEM)], undefined=True)
    # The end of the inner sequence serves a second time as the end of the outer one
    overrun = pack("<HHL", 0xFFFE, 0xE000, len(inner) - 8) + inner
    assert refusal(file_of(head(SEQUENCE_TAG, "SQ", UNDEFINED) + overrun)) == SHORT_ITEM
    assert refusal(file_of(head(SEQUENCE_TAG, "SQ", UNDEFINED) + item(inner) + overrun)) == SHORT_ITEM


def test_the_place_of_an_error_is_counted_from_the_beginning_of_the_file() -> None:
    before = file_of(element(0x00080060, "CS", "CT"))
    with pytest.raises(ObjectError) as caught:
        sections(before + pack("<HH2sH", 8, 0x1030, b"ZZ", 0))
    assert caught.value.locator == f"byte {len(before)}"


def test_no_message_of_a_refusal_quotes_the_file() -> None:
    for content in (b"ZZ", b"SECRET", head(0x00081030, "UT", 0xFFFFFFFE) + b"SECRET^NAME"):
        code, message = refusal(file_of(element(0x00080060, "CS", "CT") + content))
        assert "SECRET" not in code + message
        assert "ZZ" not in message


# Nesting


def nested(levels: int, kind: str) -> bytes:
    """Sequences inside each other, `levels` deep."""
    vr, undefined = {
        "explicit": ("SQ", True),
        "implicit": ("", True),
        "unknown": ("UN", True),
        "explicit defined": ("SQ", False),
        "implicit defined": ("", False),
        "unknown defined": ("UN", False),
    }[kind]
    if undefined:
        inner = "" if vr == "UN" else vr
        first = head(SEQUENCE_TAG, vr, UNDEFINED) + OPEN
        rest = head(SEQUENCE_TAG, inner, UNDEFINED) + OPEN
        return first + rest * (levels - 1) + (ITEM_END + SEQUENCE_END) * levels
    heads, content_bytes = [], 0
    for level in range(levels):
        written = "" if vr == "UN" and level < levels - 1 else vr
        start = head(SEQUENCE_TAG, written, content_bytes + 8) + pack("<HHL", 0xFFFE, 0xE000, content_bytes)
        heads.append(start)
        content_bytes += len(start)
    return b"".join(reversed(heads))


KINDS = ("explicit", "implicit", "unknown", "explicit defined", "implicit defined", "unknown defined")


def measured(folder: Path, content: bytes) -> tuple[Outcome, bytes, float, int]:
    """De-identify and say what it took: seconds and the peak of memory."""
    release(folder / "before", ct_file())  # tables are loaded once, that is not the file's doing
    tracemalloc.start()
    started = time.monotonic()
    ((outcome, released),) = release(folder, content)
    seconds = time.monotonic() - started
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return outcome, released, seconds, peak


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_nested_ten_thousand_deep_is_held_within_bounded_time_and_memory(kind: str, tmp_path: Path) -> None:
    uid = IMPLICIT if kind.startswith("implicit") else EXPLICIT
    content = ct_file(more={SEQUENCE_TAG: nested(10_000, kind)}, transfer_syntax_uid=uid)
    outcome, released, seconds, peak = measured(tmp_path, content)
    if outcome.status == "released":  # a sequence that goes unread takes its depth with it
        assert kind.endswith("defined")
        assert SEQUENCE_TAG.to_bytes(4) not in released
        assert len(released) < 10_000
    else:
        assert [reason.code for reason in outcome.reasons] == ["nesting-too-deep"]
    assert seconds < SECONDS_LIMIT
    assert peak < MEMORY_LIMIT


@pytest.mark.parametrize("kind", KINDS)
def test_the_survey_holds_a_file_nested_ten_thousand_deep(kind: str, tmp_path: Path) -> None:
    uid = IMPLICIT if kind.startswith("implicit") else EXPLICIT
    content = ct_file(more={SEQUENCE_TAG: nested(10_000, kind)}, transfer_syntax_uid=uid)
    (tmp_path / "deep").write_bytes(content)
    tracemalloc.start()
    try:
        assert read_facts(str(tmp_path / "deep"), len(content)).is_dicomdir is False
    except ObjectError as error:
        assert error.code == "nesting-too-deep"  # noqa: PT017 - reading no deeper than needed is as good
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < MEMORY_LIMIT


@pytest.mark.parametrize("kind", KINDS)
def test_nesting_up_to_fifty_levels_is_released(kind: str, tmp_path: Path) -> None:
    uid = IMPLICIT if kind.startswith("implicit") else EXPLICIT
    ((outcome, _),) = release(
        tmp_path, ct_file(more={SEQUENCE_TAG: nested(50, kind)}, transfer_syntax_uid=uid), policy="public-research"
    )
    assert outcome.reasons == ()


def test_a_deep_big_endian_file_is_held(tmp_path: Path) -> None:
    one = head(SEQUENCE_TAG, "SQ", UNDEFINED, ">") + pack(">HHL", 0xFFFE, 0xE000, UNDEFINED)
    ((outcome, _),) = release(tmp_path, file_of(one * 10_000, BIG_ENDIAN))
    assert [reason.code for reason in outcome.reasons] == ["nesting-too-deep"]


@pytest.mark.parametrize(
    "bomb",
    [
        pytest.param(head(0x00181020, "LO", 0) * TINY_PARTS, id="many empty elements"),
        pytest.param(
            sequence(SEQUENCE_TAG, [pack("<HHL", 0xFFFE, 0xE000, 0)] * TINY_PARTS, undefined=True),
            id="many empty items",
        ),
        pytest.param(
            sequence(SEQUENCE_TAG, [pack("<HHL", 0xFFFE, 0xE000, 0)] * TINY_PARTS),
            id="many empty items of a sequence of defined length",
        ),
    ],
)
def test_a_bomb_of_tiny_parts_takes_bounded_memory(bomb: bytes, tmp_path: Path) -> None:
    _, _, seconds, peak = measured(tmp_path, ct_file(more={SEQUENCE_TAG: bomb}))
    assert seconds < SECONDS_LIMIT
    assert peak < MEMORY_LIMIT


# Truncation


def encapsulated() -> bytes:
    frames = sequence(
        PIXEL_DATA, [item(b""), item(b"\xff\xd8first!\xff\xd9"), item(b"\xff\xd8more\xff\xd9")], "OB", undefined=True
    )
    return ct_file({PIXEL_DATA: None}, {PIXEL_DATA: frames}, JPEG_BASELINE)


def with_sequences() -> bytes:
    """Every way to write a sequence, around a small image."""
    deep = sequence(0x00082112, [item(UID_ITEM, undefined=True)], undefined=True)
    return ct_file(
        more={
            SEQUENCE_TAG: sequence(SEQUENCE_TAG, [item(UID_ITEM + deep), item(UID_ITEM)]),
            0x00082112: sequence(0x00082112, [item(UID_ITEM), item(UID_ITEM, undefined=True)], undefined=True),
            0x00321064: sequence(0x00321064, [item(element(0x00080100, "", "T-1"))], "UN", undefined=True),
        }
    )


SMALL_FILES = {
    "explicit": ct_file,
    "implicit": lambda: ct_file(transfer_syntax_uid=IMPLICIT),
    "big endian": lambda: file_of(
        b"".join(element(tag, vr, raw, ">") for tag, (vr, raw) in CT_VALUES.items()), BIG_ENDIAN
    ),
    "encapsulated": encapsulated,
    "with sequences": with_sequences,
    "without meta": encoded_ct,
}


def cuts(content: bytes) -> Iterator[tuple[int, bytes]]:
    return ((length, content[:length]) for length in range(len(content)))


@pytest.mark.parametrize("kind", sorted(SMALL_FILES))
def test_a_file_cut_at_any_byte_is_refused_or_read_but_nothing_else(kind: str, tmp_path: Path) -> None:
    content = SMALL_FILES[kind]()
    our_tree(BytesReader(content))
    path = tmp_path / "cut"
    for length, cut in cuts(content):
        for read in (
            lambda cut=cut: our_tree(BytesReader(cut)),
            lambda cut=cut: list(read_sections(open_normalised(BytesReader(cut)), stop_tag=0x00200052)),
        ):
            try:
                read()
            except ObjectError as error:
                assert error.code in {"truncated", "malformed", "not-dicom", "empty-data-set"}, length  # noqa: PT017
        path.write_bytes(cut)
        try:
            read_facts(str(path), length)
        except ObjectError:
            continue


@pytest.mark.parametrize("kind", sorted(SMALL_FILES))
def test_no_file_is_released_that_is_cut_inside_an_element(kind: str, tmp_path: Path) -> None:
    content = SMALL_FILES[kind]()
    release_one(tmp_path / "whole", content, settings=[KEEP_STREAMS])
    outcomes = verdicts(tmp_path / "cut", [cut for _, cut in cuts(content)], settings=[KEEP_STREAMS])
    released = {length for length, outcome in enumerate(outcomes) if outcome.status == "released"}
    # Nothing tells a file that ends between two elements, or in zeros, from one that never had more
    ends = {section.base + element[2] for section in sections(content) for element in section.elements}
    released -= ends
    assert [
        length for length in sorted(released) if content[max(end for end in ends if end < length) : length].strip(b"\0")
    ] == []
