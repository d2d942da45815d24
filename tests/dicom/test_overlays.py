"""Overlays under Clean Graphics: kept when they show no text, blanked where they do, and gone when nobody can look."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRBigEndian

from deidra.engine import deidentify
from deidra.model import Examination
from deidra.pixels.text_finder import find_text
from dicom import graphic_objects
from dicom.graphic_objects import PATIENT, PATIENT_ID, ROOT, ct
from dicom.graphic_release import OPTIONS, content, introduced, needles, released
from dicom.overlay_objects import drawing, image, packed, unpacked, with_overlay
from dicom.release import batch, context, written
from peers import peer

if TYPE_CHECKING:
    from collections.abc import Callable

    from deidra.dicom.planes import Box

NAME = PATIENT.replace("^", " ")
LOOKED, NOBODY = ("overlay-text", True), ("overlay-text", False)


def no_text(_: memoryview) -> tuple[Box, ...]:
    return ()


def named(harmless: str) -> str:
    return f"{harmless} {NAME} {PATIENT_ID}"


def looks(examinations: tuple[Examination, ...]) -> set[tuple[str, bool]]:
    return {(one.kind, one.made) for one in examinations if one.kind == "overlay-text"}


def group(ds: Dataset, number: int = 0x6000) -> list[int]:
    return [element.tag.element for element in ds if element.tag.group == number]


def test_a_name_drawn_in_an_overlay_is_blanked_and_the_outline_beside_it_stays(tmp_path: Path) -> None:
    before = image(drawing(NAME, outline=True))
    (out,) = released(tmp_path, content(before), find_text=find_text)
    assert np.array_equal(unpacked(out.ds)[0], drawing(outline=True))
    assert find_text(memoryview(unpacked(out.ds)[0] * 255)) == ()
    assert ("dcm:(6000,3000)", "paint") in out.done
    assert looks(out.outcome.examinations) == {LOOKED}


def test_an_overlay_of_outlines_stays_bit_for_bit(tmp_path: Path) -> None:
    before = image(drawing(outline=True))
    (out,) = released(tmp_path, content(before), find_text=find_text)
    assert group(out.ds) == group(before)
    assert [out.ds[0x6000, tag].value for tag in group(before)] == [before[0x6000, tag].value for tag in group(before)]
    assert ("dcm:(6000,3000)", "keep") in out.done


def test_only_the_frame_that_shows_text_changes(tmp_path: Path) -> None:
    frames = drawing(outline=True), drawing(NAME), drawing()
    (out,) = released(tmp_path, content(image(*frames)), find_text=find_text)
    assert np.array_equal(unpacked(out.ds), [frames[0], frames[2], frames[2]])


@pytest.mark.parametrize("name", ["examples_overlay.dcm", "MR-SIEMENS-DICOM-WithOverlays.dcm"])
def test_public_overlays_stay_but_for_what_is_written_in_them(name: str, tmp_path: Path) -> None:
    path = Path(str(get_testdata_file(name)))
    (out,) = released(tmp_path, path.read_bytes(), find_text=find_text)
    after = unpacked(out.ds)
    assert after.any()
    assert find_text(memoryview(after[0] * 255)) == ()


def test_labels_and_comments_of_an_overlay_are_cleaned_and_its_statistics_stay(tmp_path: Path) -> None:
    (out,) = released(tmp_path, content(image(drawing(outline=True), words=named)), find_text=no_text)
    assert needles(out.path) == []
    assert [out.ds[0x6000, tag].value for tag in (0x0022, 0x1500, 0x4000)] == ["Lesion", "Liver", "Measurement"]
    assert [float(out.ds[0x6000, tag].value) for tag in (0x1301, 0x1302, 0x1303)] == [42, 12.5, 1.25]


@pytest.mark.parametrize("settings", [(OPTIONS,), ("options=modified-dates,clean-descriptors",)])
def test_what_nobody_looked_at_goes_as_a_whole_group(settings: tuple[str, ...], tmp_path: Path) -> None:
    (out,) = released(tmp_path, content(image(drawing(NAME), words=named)), settings=settings)
    assert group(out.ds) == []
    assert needles(out.path) == []
    assert looks(out.outcome.examinations) == ({NOBODY} if settings == (OPTIONS,) else set())


def test_without_the_option_no_overlay_stays_whoever_looks(tmp_path: Path) -> None:
    settings = ("options=modified-dates,clean-descriptors",)
    (out,) = released(tmp_path, content(image(drawing(outline=True))), find_text=no_text, settings=settings)
    assert group(out.ds) == []


def test_text_that_blanking_does_not_take_out_takes_the_group_with_it(tmp_path: Path) -> None:
    looked: list[int] = []

    def always(_: memoryview) -> tuple[Box, ...]:
        looked.append(1)
        return ((50 + len(looked), 0, 51 + len(looked), 331),)

    whole = np.ones((200, 331), dtype=np.uint8)
    (out,) = released(tmp_path, content(image(whole)), find_text=always)
    assert group(out.ds) == []
    assert ("dcm:(6000,3000)", "remove") in out.done


def _shorter(ds: Dataset) -> None:
    ds[0x6000, 0x3000].value = packed([drawing(NAME)])[:-2]


def _put(element: int, vr: str, value: object) -> Callable[[Dataset], None]:
    return lambda ds: ds.add_new((0x6000, element), vr, value)


def _drop(element: int) -> Callable[[Dataset], None]:
    def drop(ds: Dataset) -> None:
        del ds[0x6000, element]

    return drop


BROKEN = {
    "no rows": _drop(0x0010), "rows of another VR": _put(0x0010, "UL", 200), "no columns": _put(0x0011, "US", 0),
    "no type": _drop(0x0040), "a strange type": _put(0x0040, "CS", "TEXT"), "no origin": _drop(0x0050),
    "bits in the pixels": _put(0x0100, "US", 16), "another bit": _put(0x0102, "US", 3),
    "too many frames": _put(0x0015, "IS", 2), "no number of frames": _put(0x0015, "IS", "-1"),
    "compressed": _put(0x0060, "CS", "RLE"), "too few bytes": _shorter, "another VR": _put(0x3000, "UT", "needle"),
    "a sequence": _put(0x3000, "SQ", Sequence([Dataset()])),
    "absurd": _put(0x0015, "IS", 100_000),
}  # fmt: skip


@pytest.mark.parametrize("how", BROKEN)
def test_an_overlay_that_is_not_understood_goes_whole(how: str, tmp_path: Path) -> None:
    ds = image(drawing(NAME), words=named)
    BROKEN[how](ds)
    (out,) = released(tmp_path, content(ds), find_text=no_text)
    assert group(out.ds) == []
    assert needles(out.path) == []


def test_bytes_behind_the_last_pixel_and_retired_elements_go(tmp_path: Path) -> None:
    ds = image(drawing(outline=True))
    ds[0x6000, 0x3000].value += b"Zzneedlename"
    ds.add_new((0x6000, 0x0063), "CS", "ZZNEEDLENAME")
    ds.add_new((0x6000, 0x0061), "SH", "Zzneedlename")
    (out,) = released(tmp_path, content(ds), find_text=no_text)
    assert needles(out.path) == []
    assert np.array_equal(unpacked(out.ds)[0], drawing(outline=True))
    assert ("dcm:(6000,3000)", "paint") in out.done


def test_overlays_in_items_and_in_groups_that_are_none_go(tmp_path: Path) -> None:
    ds = with_overlay(ct(), drawing(outline=True), group=0x6002)
    ds.ReferencedImageSequence = Sequence([with_overlay(Dataset(), drawing(NAME), words=named)])
    ds.ReferencedImageSequence[0].ReferencedSOPInstanceUID = ROOT
    with_overlay(ds, drawing(NAME), group=0x6020, words=named)
    (out,) = released(tmp_path, content(ds), find_text=no_text)
    assert group(out.ds, 0x6002) == group(ds, 0x6002)
    assert group(out.ds, 0x6020) == []
    assert needles(out.path) == []


def test_words_of_a_big_endian_overlay_are_turned_and_its_picture_is_the_same(tmp_path: Path) -> None:
    ds = image(drawing(NAME, outline=True))
    data = np.frombuffer(ds[0x6000, 0x3000].value, "<u2")
    ds[0x6000, 0x3000].value = data.byteswap().tobytes()
    pixels = np.frombuffer(ds.PixelData, "<u2")
    ds.PixelData = pixels.byteswap().tobytes()
    ds.file_meta.TransferSyntaxUID = ExplicitVRBigEndian
    seen: list[bool] = []

    def look(picture: memoryview) -> tuple[Box, ...]:
        seen.append(np.array_equal(np.asarray(picture) // 255, drawing(NAME, outline=True)))
        return ()

    (out,) = released(tmp_path, content(ds), find_text=look)
    assert seen == [True]
    assert np.array_equal(unpacked(out.ds)[0], drawing(NAME, outline=True))


@pytest.mark.peer
@pytest.mark.parametrize("hook", [None, no_text])
def test_dciodvfy_finds_nothing_new(hook: Callable[[memoryview], tuple[Box, ...]] | None, tmp_path: Path) -> None:
    (out,) = released(tmp_path, content(image(drawing(outline=True), words=named)), find_text=hook)
    assert introduced(peer("dciodvfy"), tmp_path / "in" / "0.dcm", out.path) == []


@pytest.mark.parametrize("scale", [1, 3])
def test_overlays_of_a_series_come_out_as_each_does_alone(scale: int, tmp_path: Path) -> None:
    """`scale`: beside other elements, and as bulk that is not loaded."""

    def top_has_ink(picture: memoryview) -> tuple[Box, ...]:
        shown = np.asarray(picture)
        return ((0, 0, 60 * scale, shown.shape[1]),) if shown[: 60 * scale].any() else ()

    contents = []
    for number, words in enumerate(("", "", "", "", NAME, "", NAME, "", "")):
        ds = image(np.kron(drawing(words, outline=True), np.ones((scale, scale), dtype=np.uint8)))
        if number == 0:
            ds.add_new((0x6000, 0x3000), "UT", "needle")
        if number == 5:
            ds[0x6000, 0x0010].value, ds[0x6000, 0x0011].value = ds[0x6000, 0x0011].value, ds[0x6000, 0x0010].value
        if number == 7:
            ds[0x6000, 0x0100].value = 16
            ds[0x6000, 0x3000].value = packed([drawing(NAME)])
        ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"{ROOT}.9.{number}"
        contents.append(content(ds))
    together = released(tmp_path / "together", *contents, find_text=top_has_ink)
    for number, one in enumerate(contents):
        (alone,) = released(tmp_path / f"alone{number}", one, find_text=top_has_ink)
        assert together[number].path.read_bytes() == alone.path.read_bytes()
        assert together[number].done == alone.done
    assert [bool(group(out.ds)) for out in together] == [False, *[True] * 6, False, True]


def test_a_shutter_in_the_shape_of_an_overlay_goes_with_it(tmp_path: Path) -> None:
    def state() -> Dataset:
        ds = with_overlay(graphic_objects.grayscale(str), drawing(outline=True))
        ds.ShutterShape, ds.ShutterOverlayGroup, ds.ShutterPresentationValue = "BITMAP", 0x6000, 0
        return ds

    (kept,) = released(tmp_path / "kept", content(state()), find_text=no_text)
    assert (kept.ds.ShutterShape, kept.ds.ShutterOverlayGroup) == ("BITMAP", 0x6000)
    (gone,) = released(tmp_path / "gone", content(state()))
    assert not {"ShutterShape", "ShutterOverlayGroup", "ShutterPresentationValue"} & set(gone.ds.dir())
    both = state()
    both.ShutterShape = ["RECTANGULAR", "BITMAP"]
    (rest,) = released(tmp_path / "rest", content(both))
    assert rest.ds.ShutterShape == "RECTANGULAR"
    assert "ShutterOverlayGroup" not in rest.ds


def test_a_finder_that_fails_holds_the_object_and_tells_nothing(tmp_path: Path) -> None:
    def broken(_: memoryview) -> tuple[Box, ...]:
        raise RuntimeError(NAME)

    paths = written(tmp_path / "in", [content(image(drawing(NAME)))])
    held = msgspec.structs.replace(context(tmp_path / "out", "public-research", OPTIONS), find_text=broken)
    (outcome,) = deidentify(batch(paths), held)
    assert outcome.status == "held"
    assert "needle" not in repr(outcome).lower()
