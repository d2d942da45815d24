"""The finder of text in pictures: letters are found whatever the size of the picture, shapes are not taken for text."""

from __future__ import annotations

import numpy as np
import pytest

from deidra.pixels.text_finder import find_text, text_finder

Image = pytest.importorskip("PIL.Image")
pytest.importorskip("rapidocr")


def picture(rows: int, columns: int, *texts: tuple[int, int, str, int], shapes: bool = False) -> np.ndarray:
    """Texts as (left, top, text, letter height in pixels), and outlines such as people draw around findings."""
    from PIL import ImageDraw, ImageFont

    image = Image.new("L", (columns, rows))
    draw = ImageDraw.Draw(image)
    for left, top, text, size in texts:
        draw.text((left, top), text, fill=255, font=ImageFont.load_default(size))
    if shapes:
        draw.ellipse((columns // 3, rows // 3, columns // 2, rows // 2), outline=255)
        draw.rectangle((columns // 2 + 40, rows // 2, columns - 60, rows - 80), outline=255)
    return np.where(np.asarray(image) > 127, 255, 0).astype(np.uint8)


def covered(image: np.ndarray) -> np.ndarray:
    """What is left of a picture when every box is blanked."""
    left = image.copy()
    for top, start, bottom, stop in find_text(memoryview(image)):
        left[max(top, 0) : bottom, max(start, 0) : stop] = 0
    return left


@pytest.mark.parametrize(("rows", "columns"), [(256, 256), (512, 700), (2500, 2000)])
@pytest.mark.parametrize("size", [12, 24])
def test_a_name_is_found_in_pictures_of_any_size(rows: int, columns: int, size: int) -> None:
    image = picture(rows, columns, (columns // 4, rows - 60, "HAVERSHAM^ANN 1956", size))
    assert not covered(image).any()


def test_a_name_on_the_seam_of_two_tiles_is_found_whole() -> None:
    assert not covered(picture(400, 1900, (850, 200, "HAVERSHAM^ANN 1956", 24))).any()


def test_outlines_are_not_taken_for_text() -> None:
    image = picture(512, 512, shapes=True)
    assert find_text(memoryview(image)) == ()


def test_the_same_picture_gets_the_same_answer() -> None:
    image = picture(512, 512, (30, 30, "Doe, Jane", 14), shapes=True)
    assert find_text(memoryview(image)) == find_text(memoryview(image)) != ()
    assert text_finder() is find_text
