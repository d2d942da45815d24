"""Curves (50xx, retired) under Clean Graphics: numbers stay, words are cleaned, speech and everything odd goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from dicom.graphic_objects import PATIENT, PATIENT_ID, ROOT, ct
from dicom.graphic_release import content, introduced, needles, released
from dicom.overlay_objects import with_curve
from peers import peer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pydicom.dataset import Dataset

POINTS = np.array([[number, 40 + number % 7] for number in range(50)], dtype="<f4")


def named(harmless: str) -> str:
    return f"{harmless} {PATIENT.replace('^', ' ')} {PATIENT_ID}"


def group(ds: Dataset, number: int = 0x5000) -> list[int]:
    return [element.tag.element for element in ds if element.tag.group == number]


def test_the_points_stay_and_the_words_beside_them_are_cleaned(tmp_path: Path) -> None:
    before = with_curve(ct(), POINTS, group=0x501E, words=named)
    (out,) = released(tmp_path, content(before))
    assert out.ds[0x501E, 0x3000].value == POINTS.tobytes()
    assert [out.ds[0x501E, tag].value for tag in (0x0022, 0x2500)] == ["Profile", "Profile"]
    assert [list(out.ds[0x501E, tag].value) for tag in (0x0030, 0x0040)] == [["mm", "HU"], ["Distance", "Density"]]
    assert needles(out.path) == []
    assert group(out.ds, 0x501E) == group(before, 0x501E)


def test_without_the_option_curves_go(tmp_path: Path) -> None:
    settings = ("options=modified-dates,clean-descriptors",)
    (out,) = released(tmp_path, content(with_curve(ct(), POINTS, words=named)), settings=settings)
    assert group(out.ds) == []
    assert needles(out.path) == []


def _spaced(ds: Dataset) -> None:
    """The first coordinate is evenly spaced and not written (PS3.3-1998 C.10.2.1.5)."""
    ds.add_new((0x5000, 0x0110), "US", [0, 1])
    ds[0x5000, 0x3000].value = POINTS[:, 1].tobytes()


def test_a_curve_with_an_evenly_spaced_coordinate_stays(tmp_path: Path) -> None:
    ds = with_curve(ct(), POINTS)
    _spaced(ds)
    (out,) = released(tmp_path, content(ds))
    assert out.ds[0x5000, 0x3000].value == POINTS[:, 1].tobytes()


def _put(element: int, vr: str, value: object) -> Callable[[Dataset], None]:
    return lambda ds: ds.add_new((0x5000, element), vr, value)


ODD = {
    "speech": _put(0x200C, "OW", b"Zzneedlename"),
    "comments on speech": _put(0x200E, "LT", "Zzneedlename"),
    "more points than said": _put(0x0010, "US", 49),
    "no dimensions": _put(0x0005, "US", 0),
    "strange numbers": _put(0x0103, "US", 9),
    "a descriptor that does not fit": _put(0x0110, "US", [1, 1, 1]),
    "words for points": _put(0x3000, "OW", b"ZZNEEDLENAME QQFIRST".ljust(400)),
    "text for points": _put(0x3000, "UT", "Zzneedlename"),
}


@pytest.mark.parametrize("how", ODD)
def test_a_curve_that_is_not_plainly_numbers_goes_whole(how: str, tmp_path: Path) -> None:
    ds = with_curve(ct(), POINTS, words=named)
    ODD[how](ds)
    (out,) = released(tmp_path, content(ds))
    assert group(out.ds) == []
    assert needles(out.path) == []


@pytest.mark.peer
def test_dciodvfy_finds_nothing_new(tmp_path: Path) -> None:
    (out,) = released(tmp_path, content(with_curve(ct(), POINTS, words=named)))
    assert introduced(peer("dciodvfy"), tmp_path / "in" / "0.dcm", out.path) == []


@pytest.mark.parametrize("count", [50, 10_000])
def test_curves_of_a_series_come_out_as_each_does_alone(count: int, tmp_path: Path) -> None:
    contents = []
    for number in range(7):
        ds = with_curve(ct(), np.full((count, 2), number + 0.5, dtype="<f4"))
        if number == 4:
            ds[0x5000, 0x0010].value = count - 1
        if number == 5:
            ds[0x5000, 0x3000].value = b"ZZNEEDLENAME ".ljust(8 * count)
        ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"{ROOT}.9.{number}"
        contents.append(content(ds))
    together = released(tmp_path / "together", *contents)
    for number, one in enumerate(contents):
        (alone,) = released(tmp_path / f"alone{number}", one)
        assert together[number].path.read_bytes() == alone.path.read_bytes()
    assert [bool(group(out.ds)) for out in together] == [True] * 4 + [False, False, True]
