"""The lines of text in a picture of a page, read: what decides about a line is what it says."""

from __future__ import annotations

from collections.abc import Sequence

from deidra.documents.work import PictureReader, ReadWord
from deidra.pixels.networks import V6_FINDER, V6_READER, runtime_version, weights_file

_PROVIDERS = ("CPUExecutionProvider",)
_LEAST_SCORE, _LEAST_CONFIDENCE = 0.4, 0.9
# Letters above 50 pixels are seen at this part of the size
_SCALES = ((1.0, False), (0.4, True))


def picture_reader() -> PictureReader | None:
    """The reader of pictures, None when what reads is not installed."""
    if weights_file(V6_FINDER) is None or weights_file(V6_READER) is None or not runtime_version():
        return None
    return read_picture


def read_picture(width: int, height: int, rgb: bytes) -> Sequence[ReadWord]:
    """The lines of a picture from top to bottom, each as one word; "" for what cannot be read well.

    `rgb`: three bytes a pixel, row by row.
    """
    import numpy as np

    from deidra.pixels.detect import Candidate, candidates
    from deidra.pixels.lines import boxes_of
    from deidra.pixels.recognise import read

    picture = np.frombuffer(rgb, np.uint8).reshape(height, width, 3)
    found: list[Candidate] = []
    for scale, large in _SCALES:
        name = V6_FINDER.name
        found += candidates(picture, name, _PROVIDERS, scale=scale, least_score=_LEAST_SCORE, large=large)
    words = []
    for candidate, boxes in zip(found, boxes_of(found, picture), strict=True):
        reading = read(picture, candidate, _PROVIDERS)
        text = reading.text if reading.confidence >= _LEAST_CONFIDENCE else ""
        words += [ReadWord(text, left, top, right, bottom) for top, left, bottom, right in boxes]
    return sorted(words, key=lambda word: (round(word.top), word.left))
