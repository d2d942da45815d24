"""The cheap look at every frame: what is new is pointed at, what stays is in the projections; and codes are found."""

from __future__ import annotations

import numpy as np
import pytest

from deidra.pixels.series import Projections, crops, letter_like, new_strokes, resemblance, strokes
from pixels.drawn import anatomy, written


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int16, np.int32, np.float32])
def test_strokes_that_are_new_are_pointed_at_and_others_are_not(dtype: type) -> None:
    before = anatomy(200, 240)
    after = written(before, (60, 90, "DOE^JANE", 14))
    if dtype is not np.uint8:
        before, after = (frame.astype(dtype) * 12 for frame in (before, after))
    boxes = letter_like(new_strokes(strokes(after), strokes(before)))
    assert any(top < 100 < bottom and left < 80 < right for top, left, bottom, right in boxes)
    assert letter_like(new_strokes(strokes(after), strokes(after))) == []
    assert letter_like(new_strokes(strokes(before), strokes(after))) == []


def test_dark_text_on_bright_ground_is_new_too() -> None:
    bright = np.full((120, 200), 220, np.uint8)
    after = written(bright, (20, 40, "DOE^JANE", 14), level=0)
    assert letter_like(new_strokes(strokes(after), strokes(bright)))


def test_parts_to_look_at_have_a_margin_and_are_joined() -> None:
    assert crops([], 500, 500) == []
    assert len(crops([(10, 10, 20, 60), (30, 30, 40, 80)], 500, 500)) == 1
    assert crops([(10, 10, 20, 60), (400, 400, 410, 480)], 500, 500) != [(0, 0, 500, 500)]
    assert crops([(0, 0, 400, 490)], 500, 500) == [(0, 0, 500, 500)]


def test_projections_show_what_stays() -> None:
    shown = Projections(40)
    frames = [written(anatomy(60, 160, seed), (10, 20, "DOE^JANE", 14)) for seed in range(40)]
    for frame in frames:
        shown.add(frame)
    views = shown.pictures()
    assert [name for name, _ in views] == ["median", "part", "part", "part", "minimum", "maximum"]
    ink = written(np.zeros((60, 160), np.uint8), (10, 20, "DOE^JANE", 14)) > 200
    for name, view in views:
        assert view.dtype == np.uint8
        assert view[ink].min() > 200, name
    assert np.array_equal(views[-1][1], np.max(frames, axis=0))
    assert np.array_equal(views[-2][1], np.min(frames, axis=0))
    assert Projections(3).pictures() == []


def test_resemblance_is_of_patterns_not_of_levels() -> None:
    pattern = np.random.default_rng(0).integers(0, 100, (20, 40)).astype(np.uint8)
    assert resemblance(pattern, pattern) == pytest.approx(1)
    assert resemblance(pattern, (pattern // 2) + 60) > 0.99
    assert abs(resemblance(pattern, pattern[::-1])) < 0.2
    assert resemblance(pattern, np.zeros_like(pattern)) == 0


def test_codes_are_found_and_pictures_without_are_not() -> None:
    zxingcpp = pytest.importorskip("zxingcpp")
    from deidra.pixels.barcodes import find_codes, finder_version

    assert finder_version().startswith("zxing-cpp ")
    for kind in (zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.DataMatrix):
        code = np.asarray(zxingcpp.create_barcode("HAVERSHAM 1956", kind).to_image(scale=3))
        page = np.full((400, 900), 255, np.uint8)
        page[60 : 60 + code.shape[0], 40 : 40 + code.shape[1]] = code
        (box,) = find_codes(page)
        blanked = page.copy()
        blanked[box[0] : box[2], box[1] : box[3]] = 255
        assert (blanked < 128).sum() < 0.02 * (page < 128).sum()
    assert list(find_codes(anatomy(200, 240))) == []
