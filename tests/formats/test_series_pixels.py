"""What is made of a search that fails in ways nobody expects: the images that make it fail are refused, no others."""

from __future__ import annotations

import errno
from collections.abc import Sequence

import pytest

from deidra.errors import Held
from deidra.formats.series_pixels import _searched
from deidra.pixels.image import Device, Image, Layout
from deidra.pixels.text_regions import Examined
from deidra.pixels.watched import Watch, Watched
from pixels.drawn import layout

NEEDLE = "NEEDLE^QUILL"


class Numbered:
    """An image that knows its number."""

    layout: Layout = layout(4, 4, 3)
    device = Device()
    series_group = ""

    def __init__(self, number: int) -> None:
        self.number = number

    def coded(self, frame: int) -> bytes:
        return bytes([self.number, frame])


def failing(error: Exception, *bad: int, seen: list[int] | None = None) -> object:
    """A search that a library brings down wherever it meets a `bad` image."""

    def look(images: Sequence[Image]) -> list[Examined]:
        numbers = [image.coded(0)[0] for image in images]
        if seen is not None:
            seen.append(len(numbers))
        if any(number in bad for number in numbers):
            raise error
        return [Examined((), 1, 0.0, ("finder",)) for _ in numbers]

    return look


def searched(count: int, look: object) -> dict[int, Examined]:
    return _searched({number: Numbered(number) for number in range(count)}, look)  # type: ignore[arg-type]


@pytest.mark.parametrize("bad", [(), (0,), (7,), (3, 12), tuple(range(16))])
def test_only_images_that_make_a_library_fail_are_refused(bad: tuple[int, ...]) -> None:
    answers = searched(16, failing(RuntimeError(NEEDLE), *bad))
    assert {number for number, one in answers.items() if one.refused is not None} == set(bad)
    assert len(answers) == 16
    for number in bad:
        refused = answers[number].refused
        assert refused is not None
        assert refused.code == "examination-failed"
        assert NEEDLE not in str(refused)


def test_one_bad_image_is_found_in_few_looks() -> None:
    looks: list[int] = []
    searched(128, failing(MemoryError(), 77, seen=looks))
    assert len(looks) == 1 + 2 * 7


def test_a_reason_that_counts_for_all_is_not_looked_for_in_halves() -> None:
    looks: list[int] = []
    answers = searched(8, failing(Held("detector-missing", "it is not installed"), 1, seen=looks))
    assert looks == [8]
    assert all(one.refused is not None and one.refused.code == "detector-missing" for one in answers.values())


def test_a_full_disk_stops_the_run() -> None:
    with pytest.raises(OSError, match="28"):
        searched(1, failing(OSError(errno.ENOSPC, "no space"), 0))


def test_a_watched_image_tells_how_far_the_look_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deidra.pixels.watched._EVERY_SECONDS", 0.0)
    told: list[float] = []
    images = [Numbered(number) for number in range(4)]
    watch = Watch(images, 4, told.append)
    for image in images:
        for frame in range(3):
            assert Watched(image, watch).coded(frame) == image.coded(frame)
    Watched(images[0], watch).coded(0)
    assert told == sorted(told)
    assert len(told) == 13
    assert told[0] == pytest.approx(4 * 0.95 / 12)
    assert told[-1] == told[-2] == pytest.approx(3.8)
