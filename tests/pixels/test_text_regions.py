"""Examination: text is found in every frame that shows it, harmless text stays, what fails is no examination."""

from __future__ import annotations

import tracemalloc
from collections.abc import Sequence

import numpy as np
import pytest
from msgspec.structs import replace

from deidra.errors import Held
from deidra.pixels.image import Device
from deidra.pixels.keep import keeper
from deidra.pixels.picture import Sight
from deidra.pixels.text_regions import Settings, examine, finders
from pixels.drawn import Held as InMemory
from pixels.drawn import anatomy, covers, grey, layout, written

pytest.importorskip("onnxruntime")
pytest.importorskip("zxingcpp")

SETTINGS = Settings()
if not finders(SETTINGS):
    pytest.skip("the detectors are not installed", allow_module_level=True)

NAME = "HAVERSHAM^ANN"


def nothing(_: str) -> bool:
    return False


def ink(shape: tuple[int, int], *texts: tuple[int, int, str, int], angle: int = 0) -> np.ndarray:
    return written(np.zeros(shape, np.uint8), *texts, angle=angle) > 127


@pytest.mark.parametrize(("angle", "size"), [(0, 9), (0, 16), (0, 60), (90, 14), (270, 14), (180, 14), (45, 16)])
def test_a_name_is_found_whatever_its_size_and_direction(angle: int, size: int) -> None:
    text = (30, 60, NAME if size < 40 else "DOE", size)
    picture = written(anatomy(300, 340), text, angle=angle)
    (answer,) = examine([grey(picture)], SETTINGS, nothing)
    assert covers(answer.regions, ink(picture.shape, text, angle=angle)) > 0.97
    assert answer.refused is None
    assert answer.frames_examined == 1
    assert answer.cpu_seconds > 0


def test_pictures_without_text_are_left_alone() -> None:
    assert [one.regions for one in examine([grey(anatomy(300, 340, seed), group=str(seed)) for seed in range(3)],
                                           SETTINGS, nothing)] == [(), (), ()]  # fmt: skip


def test_colour_palette_and_deep_pictures_are_looked_at() -> None:
    text = (20, 40, NAME, 16)
    where = ink((120, 240), text)
    deep = np.where(where, 3000, 1200).astype(np.uint16)
    colours = np.zeros((120, 240, 3), np.uint8)
    colours[..., 1] = anatomy(120, 240)
    colours[where] = (250, 210, 0)
    images = [
        InMemory(layout(120, 240, bits_allocated=16, bits_stored=12, high_bit=11), [deep]),
        InMemory(layout(120, 240, samples_per_pixel=3, photometric_interpretation="RGB"), [colours]),
        InMemory(layout(120, 240, bits_allocated=16, bits_stored=12, high_bit=11, is_signed=True), [deep - 2000]),
        InMemory(
            layout(120, 240, photometric_interpretation="MONOCHROME1"), [np.where(where, 0, 200).astype(np.uint8)]
        ),
    ]
    for answer in examine(images, SETTINGS, nothing):
        assert covers(answer.regions, where) > 0.97


def cine(frames: int, changed: dict[int, tuple[int, int, str, int]]) -> list[np.ndarray]:
    """A name in every frame, more in some, over anatomy that moves."""
    wide = anatomy(200, 256 + frames, 3)
    pictures = []
    for number in range(frames):
        texts = [(8, 8, NAME, 14), (8, 180, f"{number + 1}", 14)]
        if number in changed:
            texts.append(changed[number])
        pictures.append(written(np.ascontiguousarray(wide[:, number : number + 256]), *texts))
    return pictures


def test_every_frame_of_a_series_is_covered_and_only_where_there_is_text() -> None:
    note, some = (90, 120, "DR KLOUTERN", 14), (100, 60, "SOME FRAMES", 14)
    changed = {9: note, **dict.fromkeys(range(12, 14), some)}
    frames = cine(16, changed)
    (answer,) = examine([grey(*frames)], SETTINGS, nothing)
    for number in range(16):
        assert covers(answer.regions, ink((200, 256), (8, 8, NAME, 14)), number) > 0.97
        if number in changed:
            assert covers(answer.regions, ink((200, 256), changed[number]), number) > 0.95, number
    assert covers(answer.regions, ink((200, 256), note), 3) < 0.2
    assert covers(answer.regions, ink((200, 256), some), 5) < 0.2
    objects = examine([grey(frame) for frame in frames], SETTINGS, nothing)
    for number, each in enumerate(objects):
        shown = {(one.box, one.kind) for one in answer.regions if one.first_frame <= number <= one.last_frame}
        assert {(one.box, one.kind) for one in each.regions} == shown


def test_harmless_text_stays_and_what_is_known_goes() -> None:
    depth, name = (20, 20, "Depth 16 cm", 18), (20, 140, NAME, 18)
    picture = written(np.zeros((200, 300), np.uint8), depth, name)
    (answer,) = examine([grey(picture)], SETTINGS, keeper(nothing))
    assert answer.kept >= 1
    assert covers(answer.regions, ink((200, 300), depth)) == 0
    assert covers(answer.regions, ink((200, 300), name)) > 0.97
    (answer,) = examine([grey(picture)], SETTINGS, keeper(lambda text: "depth" in text.casefold()))
    assert covers(answer.regions, ink((200, 300), depth)) > 0.97


class Broken(InMemory):
    """An image of which one frame cannot be read."""

    def coded(self, frame: int) -> bytes:
        if frame == 2:
            raise Held("fragment-missing", "a frame has no fragment")
        return super().coded(frame)


def test_an_examination_of_not_all_frames_is_not_made_and_leaves_the_others_alone() -> None:
    frames = cine(8, {})
    broken = Broken(layout(200, 256, 8), frames)
    refused, whole = examine([broken, grey(*frames)], SETTINGS, nothing)
    assert refused.refused is not None
    assert refused.refused.code == "fragment-missing"
    assert refused.regions == ()
    assert refused.frames_examined == 0
    assert whole.refused is None
    assert whole.frames_examined == 8


@pytest.mark.parametrize(
    "wrong",
    [
        {"rows": 0}, {"bits_stored": 77}, {"photometric_interpretation": "HSV"}, {"transfer_syntax_uid": "1.2.3"},
        {"rows": 1 << 20, "columns": 1 << 20}, {"frames": 40}, {"frames": 1 << 40}, {"frames": -1},
    ],
)  # fmt: skip
def test_whatever_is_wrong_with_an_image_is_a_reason(wrong: dict[str, object]) -> None:
    picture = anatomy(64, 64)
    image = InMemory(replace(layout(64, 64), **wrong), [picture])
    (answer,) = examine([image], SETTINGS, nothing)
    assert answer.refused is not None
    assert answer.regions == ()


def test_detectors_that_are_not_installed_are_no_examination() -> None:
    with pytest.raises(Held) as caught:
        examine([grey(anatomy(64, 64))], Settings(sight=Sight(detectors=("no-such-detector",))), nothing)
    assert caught.value.code == "detector-missing"


def test_the_same_images_get_the_same_answer_and_what_was_blanked_is_not_found_again() -> None:
    frames = cine(6, {3: (60, 100, "DOE^JANE", 14)})
    (first,), (second,) = (examine([grey(*frames)], SETTINGS, nothing) for _ in range(2))
    assert first.regions == second.regions
    blanked = [frame.copy() for frame in frames]
    for region in first.regions:
        top, left, bottom, right = region.box
        for number in range(region.first_frame, region.last_frame + 1):
            blanked[number][top:bottom, left:right] = 0
    (after,) = examine([grey(*blanked)], SETTINGS, nothing)
    assert after.regions == ()


class Endless(InMemory):
    """Many frames that are made when they are asked for."""

    def coded(self, frame: int) -> bytes:
        return np.roll(self.frames[0], frame % 50, axis=1).tobytes()


def test_memory_does_not_grow_with_the_number_of_frames() -> None:
    picture = anatomy(160, 160)

    def peak(frames: int) -> int:
        tracemalloc.start()
        examine([Endless(layout(160, 160, frames), [picture])], SETTINGS, nothing)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    examine([grey(picture)], SETTINGS, nothing)
    assert peak(120) < 1.3 * peak(40) + (1 << 20)


def test_values_of_images_are_in_no_repr() -> None:
    assert "Secret" not in repr(Device(manufacturer="Secret", attributes={"0008103E": "Secret"}))


def images_of(sizes: Sequence[tuple[int, int]]) -> list[InMemory]:
    return [grey(written(anatomy(*size), (10, 10, NAME, 14))) for size in sizes]


def test_images_of_several_sizes_are_looked_at_each_with_its_like() -> None:
    sizes = [(120, 200), (160, 240), (120, 200)]
    for size, answer in zip(sizes, examine(images_of(sizes), SETTINGS, nothing), strict=True):
        assert covers(answer.regions, ink(size, (10, 10, NAME, 14))) > 0.97


def test_layouts_of_no_frame_are_refused() -> None:
    image = InMemory(layout(8, 8, 0), [np.zeros((8, 8), np.uint8)])
    (answer,) = examine([image], SETTINGS, nothing)
    assert answer.refused is not None


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1), (3, 3), (12, 900), (33, 31)])
def test_pictures_of_any_shape_get_an_answer(size: tuple[int, int]) -> None:
    frames = [np.random.default_rng(seed).integers(0, 256, size).astype(np.uint8) for seed in range(6)]
    for answer in examine([grey(*frames), grey(frames[0], group="alone")], SETTINGS, nothing):
        assert answer.refused is None


@pytest.mark.parametrize("side", ["R", "L"])
def test_the_side_of_the_body_stays_beside_a_name(side: str) -> None:
    name, mark = (30, 60, NAME, 16), (230, 250, side, 16)
    picture = written(anatomy(300, 340), name, mark)
    (answer,) = examine([grey(picture)], SETTINGS, keeper(nothing))
    assert covers(answer.regions, ink(picture.shape, name)) > 0.97
    assert covers(answer.regions, ink(picture.shape, mark)) == 0
