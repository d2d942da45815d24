"""Text in a drawing of one bit, such as an overlay plane: the detectors of detect.py on the drawing itself.

Whatever looks very much like text counts, and what looks like it and can half be read: arcs and corners of drawings
look like single letters.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version

from deidra.pixels.image import Box
from deidra.pixels.networks import V6_FINDER, V6_READER, runtime_version, weights_file

_PROVIDERS = ("CPUExecutionProvider",)
_LEAST_SCORE, _LIKELY = 0.5, 0.88
_HALF_READ, _LEAST_LETTERS = 0.5, 2
# The detector looks at no less than 736 pixels: smaller drawings are enlarged, and small letters with them
_SMALL_SIDE_PIXELS, _MOST_ENLARGED, _SMALLER = 736, 3.0, 0.4


def finder_version() -> str:
    """What would look for text, with its version; "" when it is not installed."""
    if not (weights_file(V6_FINDER) and weights_file(V6_READER) and runtime_version()):
        return ""
    try:
        return f"rapidocr {version('rapidocr')}, onnxruntime {runtime_version()}"
    except PackageNotFoundError:
        return ""


def text_finder() -> Callable[[memoryview], Sequence[Box]] | None:
    """The finder of text, or None when what looks is not installed. The model is loaded at its first call."""
    return find_text if finder_version() else None


def find_text(picture: memoryview) -> Sequence[Box]:
    """The boxes of text in `picture` (rows x columns, uint8), with a margin. The same picture, the same answer."""
    import numpy as np

    from deidra.pixels.detect import candidates
    from deidra.pixels.lines import boxes_of
    from deidra.pixels.recognise import read

    image = np.asarray(picture)
    if image.size == 0 or image.min() == image.max():
        return ()
    rows, columns = image.shape
    scale = min(max(_SMALL_SIDE_PIXELS / min(rows, columns), 1.0), _MOST_ENLARGED)
    name = V6_FINDER.name
    found = candidates(image, name, _PROVIDERS, scale=scale, least_score=_LEAST_SCORE)
    found += candidates(image, name, _PROVIDERS, scale=scale * _SMALLER, least_score=_LEAST_SCORE, large=True)
    texts = []
    for one in found:
        reading = read(image, one, _PROVIDERS)
        half_read = reading.confidence >= _HALF_READ and sum(map(str.isalnum, reading.text)) >= _LEAST_LETTERS
        if one.score >= _LIKELY or half_read:
            texts.append(one)
    return tuple(box for boxes in boxes_of(texts, image) for box in boxes)
