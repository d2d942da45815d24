"""A template is a shortcut and nothing else: the same bytes, records and facts as without it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from conformance.collection import public_files
from deidra.dicom.deidentify import SeriesRules, deidentify_source, open_normalised
from deidra.dicom.learnt import Container, Learnt
from deidra.dicom.reader import BytesReader
from deidra.dicom.rules import Rules
from deidra.engine import series_rules
from deidra.errors import ObjectError
from dicom.by_hand import EXPLICIT, IMPLICIT, JPEG_BASELINE, PIXEL_DATA, item, sequence
from dicom.release import KEEP_STREAMS, batch, context
from dicom.series import CHANGES, Slice, series

if TYPE_CHECKING:
    from deidra.dicom.source import Source
    from deidra.dicom.work import Deidentified

FILES = public_files()


class Result(NamedTuple):
    """All that can be seen of a released object; `status` names the refusal of one that is not."""

    status: str
    content: bytes = b""
    uids: tuple[str, str, str] = ("", "", "")
    edits: tuple[object, ...] = ()
    facts: object = None
    flags: tuple[bool, bool] = (False, False)


class Counting(Learnt):
    """Counts the objects that fitted the template."""

    __slots__ = ("fills",)

    def __init__(self) -> None:
        super().__init__()
        self.fills = 0

    def fill(self, source: Source) -> Deidentified | None:
        filled = super().fill(source)
        self.fills += filled is not None
        return filled


def rules(policy: str, *settings: str) -> Rules:
    return series_rules(batch([]), context(Path(), policy, *settings)).rules


def whole(done: Deidentified) -> bytes:
    return b"".join(done.reader.read_at(*piece) if isinstance(piece, tuple) else piece for piece in done.pieces)


def processed(contents: list[bytes], series_of: SeriesRules) -> tuple[list[Result], int]:
    results, counted = [], []
    for content in contents:
        try:
            source = open_normalised(BytesReader(content))
            learnt = series_of.learnt.setdefault((Container.of(source), False), Counting())
            counted.append(learnt)
            done = deidentify_source(source, series_of)
        except ObjectError as error:
            results.append(Result(f"{error.code} {error.message} {error.locator}"))
            continue
        uids = (done.study_uid, done.series_uid, done.sop_instance_uid)
        flags = (done.streams_examined, done.has_pixels)
        results.append(Result("released", whole(done), uids, done.edits, done.facts, flags))
    fills = sum({id(learnt): learnt.fills for learnt in counted if isinstance(learnt, Counting)}.values())
    return results, fills


def differences(
    contents: list[bytes], policy: str = "public-research", *settings: str
) -> tuple[list[str], int]:
    """What the template changes, object by object; and how often it was used."""
    shortcut, fills = processed(contents, SeriesRules(rules(policy, *settings)))
    full, none = processed(contents, SeriesRules(rules(policy, *settings), use_templates=False))
    assert none == 0
    found = []
    for number, (one, other) in enumerate(zip(shortcut, full, strict=True)):
        found += [
            f"object {number}: other {field}"
            for field in Result._fields
            if getattr(one, field) != getattr(other, field)
        ]
    return found, fills


def changed(
    name: str, touched: set[int], *, explicit: bool = True, pixel_bytes: int = 32, count: int = 5
) -> list[bytes]:
    slices = [Slice(number, explicit=explicit, pixel_bytes=pixel_bytes) for number in range(count)]
    for number in touched:
        CHANGES[name](slices[number])
    return [slice_.content() for slice_ in slices]


@pytest.mark.parametrize("explicit", [True, False])
@pytest.mark.parametrize("pixel_bytes", [32, 70_000])
def test_the_third_object_of_a_plain_series_already_fits_the_template(explicit: bool, pixel_bytes: int) -> None:
    slices = [Slice(number, explicit=explicit, pixel_bytes=pixel_bytes) for number in range(10)]
    assert differences([slice_.content() for slice_ in slices]) == ([], 8)


def test_an_object_that_varies_in_a_new_way_teaches_the_template() -> None:
    contents = changed("another sex", {4}, count=10)
    assert differences(contents) == ([], 7)


def test_encapsulated_slices_of_different_length_fit_the_template() -> None:
    contents = []
    for number in range(6):
        slice_ = Slice(number, explicit=True, pixel_bytes=32)
        frames = [item(b""), *[item(bytes([number]) * 30_000)] * (3 + number)]
        slice_.elements[PIXEL_DATA] = sequence(PIXEL_DATA, frames, "OB", undefined=True)
        contents.append(slice_.content().replace(EXPLICIT.encode() + b"\0", JPEG_BASELINE.encode()))
    assert differences(contents, "public-research", KEEP_STREAMS)[0] == []


# Each difference by itself: in all slices, in the odd ones, in the last ones, in the first two
TOUCHED = (set(range(5)), {1, 3}, {3, 4}, {0, 1}, {4}, {1})


@pytest.mark.parametrize("explicit", [True, False])
@pytest.mark.parametrize("name", sorted(CHANGES))
def test_a_difference_between_slices_gives_the_same_as_without_a_template(name: str, explicit: bool) -> None:
    for touched in TOUCHED:
        for pixel_bytes in (32, 70_000):
            contents = changed(name, touched, explicit=explicit, pixel_bytes=pixel_bytes)
            assert differences(contents)[0] == [], (sorted(touched), pixel_bytes)


@settings(max_examples=120)
@given(series(), st.sampled_from(("public-research", "basic")))
def test_a_generated_series_gives_the_same_as_without_templates(
    drawn: tuple[list[bytes], list[str]], policy: str
) -> None:
    contents, done = drawn
    assert differences(contents, policy)[0] == [], done


def test_an_object_with_two_errors_is_refused_for_the_same_one_with_and_without_a_template() -> None:
    contents = []
    for number in range(5):
        slice_ = Slice(number, explicit=True, pixel_bytes=32)
        CHANGES["a named step"](slice_)
        if number == 4:
            broken = slice_.elements[0x00180026]
            slice_.elements[0x00180026] = broken.replace(b"\xfe\xff\x00\xe0", b"\x08\0\x50\x11", 1)
            slice_.elements[0x00280300] = b"\x28\0\0\x03ZZ\0\0"
        contents.append(slice_.content())
    assert differences(contents) == ([], 2)


# Slices of MR2 are of different acquisitions: no template lasts
SERIES = {"77654033/CT2": True, "98892001/CT5N": True, "98892003/MR2": False, "98892003/MR700": True}


@pytest.mark.parametrize(("folder", "alike"), SERIES.items())
def test_a_real_series_gives_the_same_as_without_templates(folder: str, alike: bool) -> None:
    start = f"test_files/dicomdirtests/{folder}/"
    contents = [path.read_bytes() for name, path in sorted(FILES.items()) if name.startswith(start)]
    assert len(contents) > 2
    found, fills = differences(contents)
    assert found == []
    assert (fills > 0) is alike


def test_kept_elements_recorded_for_a_plan_need_every_object_whole() -> None:
    contents = changed("another time", set(range(5)))
    results, fills = processed(contents, SeriesRules(rules("public-research"), record_keeps=True))
    assert fills == 0
    assert {result.status for result in results} == {"released"}


@settings(max_examples=30)
@given(st.permutations(range(6)))
@example([5, 4, 3, 2, 1, 0])
def test_the_order_of_the_slices_does_not_change_their_bytes(order: list[int]) -> None:
    contents = changed("a named step", {1, 4}, count=6)
    straight, _ = processed(contents, SeriesRules(rules("public-research")))
    mixed, _ = processed([contents[number] for number in order], SeriesRules(rules("public-research")))
    assert [mixed[order.index(number)] for number in range(6)] == straight


def test_slices_of_two_encodings_each_have_their_template() -> None:
    contents = [Slice(number, explicit=number % 2 == 0, pixel_bytes=32).content() for number in range(10)]
    assert IMPLICIT.encode() in contents[1]
    assert differences(contents) == ([], 6)


def test_what_stands_behind_small_pixels_leaves_no_object_of_a_series() -> None:
    slices = [Slice(number, explicit=True, pixel_bytes=32) for number in range(6)]
    slices[4].put(PIXEL_DATA, "OW", bytes(32) + b"ZZNEEDLE^QUARTZ ")
    contents = [slice_.content() for slice_ in slices]
    assert differences(contents)[0] == []
    results, _ = processed(contents, SeriesRules(rules("public-research")))
    assert not any("ZZNEEDLE" in repr(result) for result in results)
