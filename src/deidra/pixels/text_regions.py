"""READ THIS FIRST of pixels/. Where text, codes and known device regions stand in the images of a series.

Images with the same series group and layout are looked at together. A few frames are each looked at closely. Of many,
every frame is compared with the one before, the detectors look at what is new in it, at projections of all frames and
at some whole frames; what is found anywhere counts for every frame that is not seen to be without it.

An examination is made of all frames or it is not made: `Examined.refused` then says why, and nothing may be concluded
from the regions.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import msgspec

from deidra.errors import Held, ObjectError
from deidra.pixels import barcodes
from deidra.pixels.devices import Catalogue, device_regions
from deidra.pixels.frames import check, samples
from deidra.pixels.image import Box, Image, Layout, Region
from deidra.pixels.networks import FINDERS, V6_READER, runtime_version, weights_file
from deidra.pixels.picture import Keep, Look, Sight, look, scale_of
from deidra.pixels.render import comparable, grey, main_rendering, renderings, view_layout
from deidra.pixels.series import Projections, Strokes, crops, letter_like, new_strokes, strokes
from deidra.pixels.sightings import EVERYWHERE, NOWHERE, Sighting, Sightings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# So few frames are each looked at closely
_MOST_CLOSE = 4
# Of more, every so many: a detector's own look, which assumes nothing of the frames beside
_CLOSE_EVERY = 64
_LESS_ENLARGED = 0.8


class Settings(msgspec.Struct, frozen=True):
    """What is looked for, and how closely."""

    sight: Sight = Sight()
    looks_for_codes: bool = True
    devices: Catalogue = Catalogue()


class Examined(msgspec.Struct, frozen=True):
    """What one image shows. `kept` counts places of harmless text that were let stay.

    `refused` is None when every frame was examined, else why the examination was not made.
    """

    regions: tuple[Region, ...]
    frames_examined: int
    cpu_seconds: float
    finders: tuple[str, ...]
    kept: int = 0
    refused: Held | None = None


def finders(settings: Settings) -> tuple[str, ...]:
    """Everything that would look, with versions; empty when any part of it is not installed."""
    if not settings.sight.detectors or not FINDERS.keys() >= set(settings.sight.detectors):
        return ()
    needed = [FINDERS[name] for name in settings.sight.detectors] + [V6_READER]
    if not all(find_spec(name) for name in ("numpy", "cv2", "onnxruntime")):
        return ()
    if not all(weights_file(weights) for weights in needed):
        return ()
    names = [f"{weights.name} {weights.sha256[:8]}" for weights in needed] + [f"onnxruntime {runtime_version()}"]
    if settings.looks_for_codes:
        if not barcodes.finder_version():
            return ()
        names.append(barcodes.finder_version())
    return (*names, *settings.devices.names)


def examine(images: Sequence[Image], settings: Settings, keep: Keep) -> list[Examined]:
    """Look at every frame of every image; one answer for each, in their order.

    `keep(text)` says of recognised text whether it is harmless. Memory does not grow with the number of frames but for
    the findings. Raises Held "detector-missing" when what `settings` names is not installed.
    """
    names = finders(settings)
    if not names:
        raise Held("detector-missing", "what looks for text in pixels is not installed")
    groups: dict[object, list[int]] = {}
    for index, image in enumerate(images):
        layout = image.layout
        alike = (
            image.series_group, layout.rows, layout.columns, layout.samples_per_pixel, layout.bits_allocated,
            layout.bits_stored, layout.is_signed, layout.is_float, layout.photometric_interpretation, layout.palette,
        )  # fmt: skip
        groups.setdefault(alike, []).append(index)
    answers: dict[int, Examined] = {}
    for indexes in groups.values():
        group = _Group([images[index] for index in indexes], settings, keep, names)
        answers.update(zip(indexes, group.examined(), strict=True))
    return [answers[index] for index in range(len(images))]


class _Group:
    """The images that are looked at together."""

    def __init__(self, images: Sequence[Image], settings: Settings, keep: Keep, names: tuple[str, ...]) -> None:
        self._images = images
        self._settings = settings
        self._keep = keep
        self._names = names
        self._refused: dict[int, Held] = {}
        self._places: list[tuple[int, int]] = []
        self._first: dict[int, int] = {}
        for index, image in enumerate(images):
            try:
                check(image.layout)
            except Held as error:
                self._refused[index] = error
                continue
            self._first[index] = len(self._places)
            self._places += [(index, frame) for frame in range(image.layout.frames)]
        self._sightings = Sightings()
        self._kept: set[Box] = set()

    def examined(self) -> list[Examined]:
        """One answer for each image."""
        began = time.process_time()
        projections = Projections(len(self._places))
        self._first_look(projections)
        if len(self._places) > _MOST_CLOSE:
            self._look_at(projections)
        if self._sightings.doubtful():
            self._second_look()
        seconds = (time.process_time() - began) / max(len(self._places), 1)
        return [self._answer(index, image, seconds) for index, image in enumerate(self._images)]

    def _frames(self) -> Iterator[tuple[int, Layout, NDArray[Any]]]:
        """Number in the group, layout and samples of each frame that can be decoded; the other images are refused."""
        before: tuple[bytes, NDArray[Any]] | None = None
        for number, (index, frame) in enumerate(self._places):
            if index in self._refused:
                continue
            image = self._images[index]
            try:
                coded = image.coded(frame)
                values = before[1] if before and before[0] == coded else samples(image.layout, coded)
            except ObjectError as error:
                self._refused[index] = Held(error.code, error.message, f"px:frames={frame}")
                before = None
                continue
            before = coded, values
            yield number, image.layout, values

    def _first_look(self, projections: Projections) -> None:
        last = len(self._places) - 1
        before: Strokes | None = None
        for number, layout, values in self._frames():
            try:
                view = comparable(layout, values)
                now = strokes(grey(view))
                close = before is None or last < _MOST_CLOSE or number % _CLOSE_EVERY == 0 or number == last
                if close:
                    pictures = renderings(layout, values)
                    brief = last >= _MOST_CLOSE and before is not None
                    self._take(self._look(pictures, layout, brief=brief), (0, 0), number, now)
                    self._take_codes(pictures[0], number, now)
                elif before is not None:
                    self._look_at_what_is_new(number, layout, values, now, before)
            except Held as error:
                self._refused[self._places[number][0]] = error
                continue
            projections.add(view)
            before = now

    def _look_at_what_is_new(
        self, number: int, layout: Layout, values: NDArray[Any], now: Strokes, before: Strokes
    ) -> None:
        boxes = self._sightings.unknown(number, letter_like(new_strokes(now, before)))
        for top, left, bottom, right in crops(boxes, layout.rows, layout.columns):
            # Strokes that stand out so much are seen in the main rendering, and without much enlarging
            part = main_rendering(layout, values[top:bottom, left:right])
            scale = max(1.0, _LESS_ENLARGED * scale_of(layout.rows, layout.columns, self._settings.sight))
            seen = look([part], self._settings.sight, self._keep, scale=scale, brief=True, reads=True)
            self._take(seen, (top, left), number, now)

    def _look(self, pictures: list[NDArray[np.uint8]], layout: Layout, *, brief: bool, reads: bool = False) -> Look:
        """At both renderings; `brief`: with the leading detector."""
        sight = self._settings.sight
        scale = scale_of(layout.rows, layout.columns, sight)
        return look(pictures, sight, self._keep, scale=scale, brief=brief, reads=reads)

    def _take(self, seen: Look, origin: tuple[int, int], number: int, now: Strokes) -> None:
        self._kept.update(_moved(box, origin) for box in seen.kept)
        for one in seen.found:
            boxes = tuple(_moved(box, origin) for box in one.boxes)
            self._sightings.add(Sighting(boxes, one.score, one.detector, "text"), number, now)

    def _take_codes(self, picture: NDArray[np.uint8], number: int, now: Strokes) -> None:
        if not self._settings.looks_for_codes:
            return
        for box in barcodes.find_codes(picture):
            self._sightings.add(Sighting((box,), 1.0, barcodes.finder_version(), "barcode"), number, now)

    def _look_at(self, projections: Projections) -> None:
        """What stands in a projection: in all frames when most show it, else in those that resemble it."""
        layout = next((i.layout for n, i in enumerate(self._images) if n not in self._refused), None)
        if layout is None:
            return
        for name, view in projections.pictures():
            pictures = renderings(view_layout(layout, view), view)
            # Anatomy that moves leaves shapes in projections; letters that stay can be read there
            seen = self._look(pictures, layout, brief=name != "median", reads=name != "median")
            self._take(seen, (0, 0), EVERYWHERE if name == "median" else NOWHERE, strokes(grey(view)))
            if name == "median":
                self._take_codes(pictures[0], EVERYWHERE, strokes(grey(view)))

    def _second_look(self) -> None:
        """Which frames show what was found in another."""
        for number, layout, values in self._frames():
            self._sightings.verify(number, grey(comparable(layout, values)))

    def _answer(self, index: int, image: Image, seconds: float) -> Examined:
        frames = image.layout.frames
        refused = self._refused.get(index)
        if refused is not None:
            spent = seconds * frames if index in self._first else 0.0
            return Examined((), 0, spent, self._names, refused=refused)
        regions = self._sightings.regions(self._first[index], frames)
        boxes = device_regions(self._settings.devices, image.device, image.layout)
        regions += [Region(box, 0, frames - 1, "device", 1.0, name) for box, name in boxes]
        return Examined(tuple(regions), frames, seconds * frames, self._names, len(self._kept))


def _moved(box: Box, origin: tuple[int, int]) -> Box:
    down, across = origin
    return box[0] + down, box[1] + across, box[2] + down, box[3] + across
