"""Text in pixels: drawn, encoded without an image library, seen while it is there and not when it is gone."""

from __future__ import annotations

import io
import random
from array import array

import pytest
from PIL import Image

from deidra.score import font
from deidra.score.glyphs import Frames, legible
from deidra.score.planting import jpeg
from deidra.score.planting.pdf import document
from deidra.score.truth import Glyphs
from deidra.score.unpack import document_text

ROWS, COLUMNS = 48, 160
GLYPHS = Glyphs("WETHERBY, A 26.06", 9, 5, 1)


def _frames(values: list[int]) -> Frames:
    samples = array("h", values)
    return Frames(ROWS, COLUMNS, 1, 1, ROWS * COLUMNS, samples, samples.tobytes())


def _ground(noise: int, ink: int | None) -> list[int]:
    rng = random.Random(1)
    values = [200 + row + column + rng.randint(-noise, noise) for row in range(ROWS) for column in range(COLUMNS)]
    if ink is not None:
        for row, column in font.text_ink(GLYPHS.text, GLYPHS.scale):
            values[(GLYPHS.row + row) * COLUMNS + GLYPHS.column + column] = ink
    return values


@pytest.mark.parametrize(("noise", "ink"), [(0, 2000), (40, 2000), (10, -900), (5, 600)])
def test_drawn_text_is_seen_in_either_polarity_over_noise(noise: int, ink: int) -> None:
    assert legible(_frames(_ground(noise, ink)), GLYPHS)


@pytest.mark.parametrize("noise", [0, 10, 100])
def test_a_ground_without_text_shows_none(noise: int) -> None:
    assert not legible(_frames(_ground(noise, None)), GLYPHS)


def test_painted_text_is_gone_and_half_painted_text_is_not() -> None:
    height, width = font.size(GLYPHS.text, GLYPHS.scale)
    for share, seen in ((1.0, False), (0.5, True)):
        values = _ground(3, 2000)
        for row in range(GLYPHS.row, GLYPHS.row + height):
            for column in range(GLYPHS.column, GLYPHS.column + int(width * share)):
                values[row * COLUMNS + column] = 0
        assert legible(_frames(values), GLYPHS) is seen


def test_blurred_text_is_still_seen() -> None:
    values = _ground(3, 2000)
    blurred = list(values)
    for row in range(1, ROWS - 1):
        for column in range(1, COLUMNS - 1):
            around = [values[(row + r) * COLUMNS + column + c] for r in (-1, 0, 1) for c in (-1, 0, 1)]
            blurred[row * COLUMNS + column] = (sum(around) + 4 * values[row * COLUMNS + column]) // 13
    assert legible(_frames(blurred), GLYPHS)


@pytest.mark.parametrize("count", [1, 3])
def test_the_encoder_writes_what_an_independent_decoder_reads(count: int) -> None:
    rng = random.Random(count)
    planes = [bytes(rng.randrange(256) for _ in range(64 * 32)) for _ in range(count)]
    stream = jpeg.encode(planes, 32, 64, [(0xFE, b"a comment")])
    image = Image.open(io.BytesIO(stream))
    assert image.size == (64, 32)
    assert image.info["comment"] == b"a comment"
    if count == 1:
        assert max(abs(a - b) for a, b in zip(image.tobytes(), planes[0], strict=True)) <= 1


def test_a_document_says_what_was_written_into_it() -> None:
    made = document(["Seen by (Dr) Müller \\ Söhne", "No lesion."], title="T-1", author="A. Ümlaut")
    text = document_text(made)
    for said in ("(Dr) Müller \\ Söhne", "No lesion.", "T-1", "A. Ümlaut"):
        assert said in text
