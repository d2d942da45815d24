"""Images that tell how far the look at them is: each frame that is read counts once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from deidra.pixels.image import Device, Image, Layout

# Objects of a series that are done with, as a fraction where frames are left
Tell = Callable[[float], None]
_EVERY_SECONDS = 0.2
# Frames are read again where something was found, and written; that takes no place of its own
_MOST = 0.95


class Watch:
    """Counts frames of a series of `objects` objects. Mutable, because it counts."""

    def __init__(self, images: Iterable[Image], objects: int, tell: Tell) -> None:
        self._frames = max(1, sum(image.layout.frames for image in images))
        self._objects = objects
        self._tell = tell
        self._seen = 0
        self._last = time.monotonic()

    def seen(self) -> None:
        """One more frame was read."""
        self._seen += 1
        now = time.monotonic()
        if now - self._last >= _EVERY_SECONDS:
            self._last = now
            self._tell(self._objects * _MOST * min(1.0, self._seen / self._frames))


class Watched:
    """`image`, as `watch` sees it read."""

    def __init__(self, image: Image, watch: Watch) -> None:
        self._image = image
        self._watch = watch

    @property
    def layout(self) -> Layout:
        return self._image.layout

    @property
    def device(self) -> Device:
        return self._image.device

    @property
    def series_group(self) -> str:
        return self._image.series_group

    def coded(self, frame: int) -> bytes:
        """As of the image."""
        self._watch.seen()
        return self._image.coded(frame)
