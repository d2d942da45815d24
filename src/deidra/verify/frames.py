"""Pictures of an object as a person would see them, for an OCR engine: frames over their full range, overlay planes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

# Of one object: first, middle and last frame, and those that show strokes which none of the frames read before has
MOST_FRAMES = 12
_ALWAYS = 3
_MOST_LOOKED_AT = 600  # evenly spaced
_SPREAD_PIXELS = 1  # strokes that moved by no more are the same ones
_OVERLAYS = range(0x6000, 0x6100, 2)
_MOST_OVERLAY_BYTES = 64 << 20
_MOST_WHOLE_BYTES = 256 << 20
_OUTLIERS = 4.0  # a range so many times that of nearly all samples hides what they show

# Writing is made of thin strokes, many beside each other in a few lines
_STROKE_PIXELS = 8  # the widest
_CONTRAST = 0.25  # of the full range
_STROKES, _WITHIN_PIXELS = 6, 96
_LINES, _OF_LINES = 5, 12


class Picture(NamedTuple):
    """8-bit grey or RGB samples, rows by columns, and where they stand in the object."""

    where: str
    samples: Any


def pictures(path: str, *, everything: bool) -> Iterator[Picture]:
    """Some frames and all overlay planes. Unless `everything`, frames without thin strokes are left out.

    Raises whatever pydicom and its decoders raise for pixels that cannot be decoded.
    """
    from pydicom import dcmread

    ds = dcmread(path, defer_size=1 << 16)
    if "Rows" in ds and _has_pixels(ds):
        everything = everything or int(ds.get("SamplesPerPixel") or 1) > 1
        for number, frame in _frames(path, ds):
            if everything or has_strokes(frame):
                yield from (Picture(f"px:frames={number}", samples) for samples in _renderings(frame))
    for group in _OVERLAYS:
        if (group, 0x3000) in ds and len(ds[group, 0x3000].value or b"") <= _MOST_OVERLAY_BYTES:
            planes = ds.overlay_array(group)
            plane = planes if planes.ndim == 2 else planes.any(axis=0)
            yield Picture(f"dcm:({group:04X},3000)", (plane * 255).astype("uint8"))


def _has_pixels(ds: Dataset) -> bool:
    return any(keyword in ds for keyword in ("PixelData", "FloatPixelData", "DoubleFloatPixelData"))


def _frames(path: str, ds: Dataset) -> Iterator[tuple[int, Any]]:
    from pydicom.pixels.processing import apply_color_lut

    count = max(1, int(ds.get("NumberOfFrames") or 1))
    always = {round(step * (count - 1) / (_ALWAYS - 1)) for step in range(_ALWAYS)}
    numbers = sorted(always.union(range(0, count, -(-count // _MOST_LOOKED_AT))))
    seen: list[Any] = []
    others = MOST_FRAMES - _ALWAYS
    for number, raw in zip(numbers, _decoded(path, ds, numbers), strict=False):
        frame = apply_color_lut(raw, ds) if ds.get("PhotometricInterpretation") == "PALETTE COLOR" else raw
        strokes = _strokes(frame) if count > _ALWAYS else []
        if number not in always:
            if not others or not any(_dense(mask & ~before) for mask, before in zip(strokes, seen, strict=True)):
                continue
            others -= 1
        masks = map(_spread, strokes)
        seen = [mask | before for mask, before in zip(masks, seen, strict=True)] if seen else list(masks)
        yield number, frame


def _decoded(path: str, ds: Dataset, numbers: list[int]) -> Iterator[Any]:
    from pydicom.pixels.utils import iter_pixels

    frames = iter_pixels(path, indices=numbers)
    try:
        first = next(frames)
    except AttributeError:  # it gives up where the encoding is not the declared one; the data set is read all the same
        if Path(path).stat().st_size > _MOST_WHOLE_BYTES:
            raise
        yield from iter_pixels(ds, indices=numbers)
        return
    yield first
    yield from frames


def _renderings(frame: Any) -> Iterator[Any]:
    """A frame over the full range of its samples, and over that of nearly all where few of them are far away."""
    import numpy as np

    low, high = float(frame.min()), float(frame.max())
    if high <= low:
        return
    yield _scaled(frame, low, high)
    most = np.percentile(frame[::2, ::2], (0.5, 99.5))
    if most[1] > most[0] and high - low > _OUTLIERS * float(most[1] - most[0]):
        yield _scaled(frame, float(most[0]), float(most[1]))


def _scaled(frame: Any, low: float, high: float) -> Any:
    return ((frame.clip(low, high).astype("float32") - low) * (255 / (high - low))).astype("uint8")


def has_strokes(frame: Any) -> bool:
    """Whether a frame (rows by columns, or with a last axis of colours) shows lines of thin strokes, as writing does.

    Quick and generous: it says yes to noise and to fine structure, and misses only writing of little contrast, or
    larger or shorter than any that names somebody.
    """
    grey = _grey(frame)
    if min(grey.shape) <= _STROKE_PIXELS:
        return False
    least = _CONTRAST * float(grey.max() - grey.min())
    sharp = abs(grey[:, 2:] - grey[:, :-2]) > least / 2
    if least <= 0 or (sharp.sum(axis=1) >= _STROKES).sum() < _LINES:
        return False
    return _dense(_thin(grey) > least) or _dense(_thin(-grey) > least)


def _strokes(frame: Any) -> list[Any]:
    """Where a frame has thin strokes, brighter and darker than what is beside them; nothing where it is too small."""
    grey = _grey(frame)
    if min(grey.shape) <= _STROKE_PIXELS:
        return []
    least = max(_CONTRAST * float(grey.max() - grey.min()), 1e-6)
    return [_thin(grey) > least, _thin(-grey) > least]


def _spread(mask: Any) -> Any:
    """A mask with all that is within a few pixels along rows and columns."""
    wide = mask.copy()
    for step in range(1, _SPREAD_PIXELS + 1):
        wide[:, step:] |= mask[:, :-step]
        wide[:, :-step] |= mask[:, step:]
    tall = wide.copy()
    for step in range(1, _SPREAD_PIXELS + 1):
        tall[step:] |= wide[:-step]
        tall[:-step] |= wide[step:]
    return tall


def _grey(frame: Any) -> Any:
    return (frame.max(axis=2) if frame.ndim == 3 else frame).astype("float32")


def _thin(grey: Any) -> Any:
    """How much brighter each sample is than its surroundings along the row (white top-hat, flat line)."""
    import numpy as np

    edged = np.pad(grey, ((0, 0), (_STROKE_PIXELS, _STROKE_PIXELS)), mode="edge")
    return grey - _running(_running(edged, np.minimum), np.maximum)


def _running(samples: Any, extreme: Any) -> Any:
    """The extreme of each sample and the eight behind it along the row; so many fewer columns."""
    for step in (1, 2, 4, 1):
        samples = extreme(samples[:, :-step], samples[:, step:])
    return samples


def _dense(mask: Any) -> bool:
    """Whether several neighbouring rows have many strokes close together."""
    import numpy as np

    begins = np.zeros(mask.shape, dtype=np.int32)
    begins[:, 0] = mask[:, 0]
    begins[:, 1:] = mask[:, 1:] & ~mask[:, :-1]
    if (begins.sum(axis=1) >= _STROKES).sum() < _LINES:
        return False
    along = np.cumsum(begins, axis=1)
    width = min(_WITHIN_PIXELS, mask.shape[1] - 1)
    crowded = np.concatenate((along[:, :width], along[:, width:] - along[:, :-width]), axis=1) >= _STROKES
    down = np.cumsum(crowded, axis=0, dtype=np.int32)
    height = min(_OF_LINES, mask.shape[0] - 1)
    lines = np.concatenate((down[:height], down[height:] - down[:-height]), axis=0)
    return bool((lines >= _LINES).any())
