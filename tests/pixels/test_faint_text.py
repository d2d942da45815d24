"""Faint text: lines are followed to their ends by reading, and found where no detector sees them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from deidra.pixels.detect import Candidate, parts
from deidra.pixels.extent import grown
from deidra.pixels.faint import faint_lines
from deidra.pixels.image import Region
from deidra.pixels.lines import boxes_of, line_of
from deidra.pixels.recognise import Letter, Reading, read
from deidra.pixels.render import local_contrast
from deidra.pixels.text_regions import Settings, examine, finders
from pixels.drawn import Held as InMemory
from pixels.drawn import covers, grey, layout, written

pytest.importorskip("onnxruntime")
if not finders(Settings()):
    pytest.skip("the detectors are not installed", allow_module_level=True)

CPU = ("CPUExecutionProvider",)
NAME = (60, 120, "HAVERSHAM ANNABEL", 18)


def ground(rows: int, columns: int, level: int = 110, noise: float = 7, seed: int = 0) -> np.ndarray:
    """Grey with noise, and a band as bright as letters."""
    picture = np.full((rows, columns), float(level))
    picture += np.random.default_rng(seed).normal(0, noise, picture.shape)
    return picture.clip(0, 255).astype(np.uint8)


def faint(under: np.ndarray, text: tuple[int, int, str, int], weight: float) -> tuple[np.ndarray, np.ndarray]:
    """White text of so much weight, and its ink."""
    ink = written(np.zeros(under.shape, np.uint8), text)
    part = weight * ink / 255
    return (under * (1 - part) + 255 * part).astype(np.uint8), ink > 127


def quadrangle(top: float, left: float, bottom: float, right: float) -> Candidate:
    return Candidate(((left, top), (right, top), (right, bottom), (left, bottom)), 0.9, "pp-ocrv6-det")


def covered(ink: np.ndarray, candidates: list[Candidate], picture: np.ndarray) -> float:
    boxes = [box for own in boxes_of(candidates, picture) for box in own]
    return covers([Region(box, 0, 0, "text", 1.0, "x") for box in boxes], ink)


def test_a_line_is_followed_to_both_ends() -> None:
    picture, ink = faint(ground(260, 400), NAME, 0.35)
    columns = np.flatnonzero(ink.any(axis=0))
    rows = np.flatnonzero(ink.any(axis=1))
    middle = (int(columns[0]) + int(columns[-1])) / 2
    part = quadrangle(rows[0] - 4, middle - 25, rows[-1] + 4, middle + 25)
    assert covered(ink, [part], picture) < 0.9
    line = grown(picture, part, read(picture, part, CPU), (), CPU)
    assert covered(ink, [line], picture) > 0.99
    upright = np.ascontiguousarray(np.rot90(picture))
    turned = quadrangle(400 - middle - 25, rows[0] - 4, 400 - middle + 25, rows[-1] + 4)
    line = grown(upright, turned, read(upright, turned, CPU), (), CPU)
    assert covered(np.rot90(ink), [line], upright) > 0.99


def test_a_line_goes_no_further_than_to_one_that_stays_nor_where_nothing_can_be_read() -> None:
    picture, ink = faint(ground(260, 400), NAME, 0.35)
    columns, rows = np.flatnonzero(ink.any(axis=0)), np.flatnonzero(ink.any(axis=1))
    middle = float(columns[0] + columns[-1]) / 2
    part = quadrangle(rows[0] - 4, middle, rows[-1] + 4, float(columns[-1]))
    staying = quadrangle(rows[0] - 4, float(columns[0]), rows[-1] + 4, middle - 30)
    reading = read(picture, part, CPU)
    assert line_of(grown(picture, part, reading, (line_of(staying),), CPU)).length < line_of(part).length + 60
    nothing = ground(260, 400)
    assert line_of(grown(nothing, part, reading, (), CPU)).length < line_of(part).length + 30


def test_what_detectors_do_not_see_is_read() -> None:
    picture, ink = faint(ground(260, 400), NAME, 0.17)
    shown = local_contrast(picture, 4.0)
    found = faint_lines(shown, (), CPU, scale=1.4)
    assert found
    lines = [grown(shown, candidate, reading, (), CPU) for candidate, reading in found]
    assert covered(ink, lines, shown) > 0.95
    assert faint_lines(shown, [line_of(line) for line in lines], CPU, scale=1.4) == []
    assert faint_lines(local_contrast(ground(260, 400), 4.0), (), CPU, scale=1.4) == []


@pytest.mark.parametrize("size", [(1, 1), (5, 900), (900, 5), (40, 41)])
def test_pictures_without_room_for_a_line_have_none(size: tuple[int, int]) -> None:
    assert faint_lines(ground(*size), (), CPU, scale=1.0) == []


def test_faint_text_is_found_in_an_image_whatever_its_window() -> None:
    eight, ink = faint(ground(260, 400), NAME, 0.17)
    deep = (1200 + ground(260, 400, 20).astype(np.uint16) * 2 + 80 * ink).astype(np.uint16)
    deep[:20], deep[-20:] = 0, 4095
    twelve = InMemory(layout(260, 400, bits_allocated=16, bits_stored=12, high_bit=11), [deep], "deep")
    for answer in examine([grey(eight), twelve], Settings(), lambda _: False):
        assert covers(answer.regions, ink) > 0.95


@pytest.mark.parametrize("length", [1, 100, 700, 1031, 1955, 2500, 4321])
def test_tiles_overlap_and_cover_an_axis(length: int) -> None:
    tiles = parts(length, 736, 128)
    assert (tiles[0][0], tiles[-1][1]) == (0, length)
    assert max(stop - start for start, stop in tiles) <= 1.4 * 736 + 1
    for (_, stop), (start, _) in pairwise(tiles):
        assert stop - start >= 127


def test_what_was_read_is_in_no_repr() -> None:
    assert "Q" not in repr(Letter("Q", 0.5, 0.5))
    assert "Queen" not in repr(Reading("Queen", 0.9, (Letter("Q", 0.5, 0.5),)))
