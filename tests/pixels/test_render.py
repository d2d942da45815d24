"""Renderings: what stands out by little in many bits stands out in one of them; colours come out as they are meant."""

from __future__ import annotations

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.pixels import apply_color_lut

from deidra.errors import Held
from deidra.pixels.frames import samples
from deidra.pixels.image import Palette
from deidra.pixels.render import comparable, grey, renderings
from pixels.drawn import layout, written
from pixels.test_frames import of_dataset

TWELVE_OF_SIXTEEN = {"bits_allocated": 16, "bits_stored": 12, "high_bit": 11}


@pytest.mark.parametrize("above", [3000, 400, 60])
def test_text_that_stands_out_by_little_stands_out_in_one_rendering(above: int) -> None:
    ink = written(np.zeros((200, 200), np.uint8), (20, 90, "DOE^JANE", 16)) > 127
    values = np.where(ink, 1000 + above, 1000).astype(np.uint16)
    values[:8] = 0
    values[-8:] = 4095
    best = max(
        abs(float(picture[ink].mean()) - float(picture[90:110][~ink[90:110]].mean()))
        for picture in renderings(layout(200, 200, **TWELVE_OF_SIXTEEN), values)
    )
    assert best > 50


def test_monochrome1_is_shown_the_other_way_round() -> None:
    values = np.tile(np.arange(256, dtype=np.uint8), (16, 1))
    first = renderings(layout(16, 256), values)[0]
    other = renderings(layout(16, 256, photometric_interpretation="MONOCHROME1"), values)[0]
    assert np.array_equal(255 - first, other)


def test_palettes_give_the_colours_that_pydicom_sees() -> None:
    dataset = dcmread(get_testdata_file("examples_palette.dcm", download=False))
    palette = Palette(
        tuple(int(value) for value in dataset.RedPaletteColorLookupTableDescriptor),
        dataset.RedPaletteColorLookupTableData,
        dataset.GreenPaletteColorLookupTableData,
        dataset.BluePaletteColorLookupTableData,
    )
    shape = of_dataset(dataset)
    values = samples(shape, dataset.PixelData)
    expected = apply_color_lut(dataset.pixel_array, dataset)
    shown = renderings(
        layout(shape.rows, shape.columns, photometric_interpretation="PALETTE COLOR", palette=palette), values
    )
    assert np.abs(shown[0].astype(int) - (expected >> 8 if expected.dtype == np.uint16 else expected)).max() <= 1


def test_luminance_and_chrominance_become_colours() -> None:
    shape = layout(1, 2, samples_per_pixel=3, photometric_interpretation="YBR_FULL")
    values = np.array([[[76, 85, 255], [255, 128, 128]]], np.uint8)
    red, white = comparable(shape, values)[0].astype(int)
    assert np.abs(red - (255, 0, 0)).max() <= 2
    assert white.tolist() == [255, 255, 255]
    assert grey(comparable(shape, values)).shape == (1, 2)


@pytest.mark.parametrize("photometric", ["HSV", "", "CMYK"])
def test_unknown_photometric_interpretations_are_held(photometric: str) -> None:
    for values in (np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3), np.uint8)):
        shape = layout(4, 4, samples_per_pixel=values.ndim * 2 - 3, photometric_interpretation=photometric)
        with pytest.raises(Held):
            renderings(shape, values)


def test_palettes_that_are_too_short_are_held() -> None:
    palette = Palette((256, 0, 8), bytes(256), bytes(255), bytes(256))
    with pytest.raises(Held):
        renderings(
            layout(4, 4, photometric_interpretation="PALETTE COLOR", palette=palette), np.zeros((4, 4), np.uint8)
        )


def test_values_that_are_not_numbers_and_flat_frames_are_shown() -> None:
    values = np.full((8, 8), np.nan, np.float32)
    values[0, 0], values[1, 1] = np.inf, 3
    shape = layout(8, 8, bits_allocated=32, bits_stored=32, high_bit=31, is_float=True)
    assert renderings(shape, values)[0].shape == (8, 8)
    assert renderings(layout(8, 8), np.full((8, 8), 7, np.uint8))[0].shape == (8, 8)
