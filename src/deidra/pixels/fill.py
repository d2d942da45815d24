"""What a redacted area is filled with: the sample values that are shown black, plainly artificial, telling nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from deidra.errors import Held
from deidra.pixels.image import Box, Layout, Palette

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_YBR = ("YBR_FULL", "YBR_FULL_422")
# Decoders of JPEG 2000 and JPEG XL undo these transforms and give RGB
_RGB = ("RGB", "YBR_ICT", "YBR_RCT", "XYB")
_YBR_PARTIAL = ("YBR_PARTIAL_422", "YBR_PARTIAL_420")


def black(layout: Layout) -> tuple[int, ...]:
    """The stored value of each sample that is shown black (PS3.3 C.7.6.3.1.2), at the end of what can be stored.

    Raises Held for a photometric interpretation that is not known.
    """
    photometric, spread = layout.photometric_interpretation, 1 << max(layout.bits_stored - 8, 0)
    least, most = value_range(layout)
    if photometric == "PALETTE COLOR" and layout.palette is not None:
        return (darkest_entry(layout.palette),)
    known: dict[str, tuple[int, ...]] = {
        "MONOCHROME1": (most,),
        "MONOCHROME2": (least,),
        "PALETTE COLOR": (least,),
        "HSV": (0, 0, 0),
        "CMYK": (most,) * 4,
        **dict.fromkeys(_RGB, (least,) * 3),
        **dict.fromkeys(_YBR, (0, 128 * spread, 128 * spread)),
        **dict.fromkeys(_YBR_PARTIAL, (16 * spread, 128 * spread, 128 * spread)),
    }
    values = known.get(photometric)
    if values is None or len(values) != layout.samples_per_pixel:
        raise Held("photometric-unsupported", "what is black in this photometric interpretation is not known")
    return values


def value_range(layout: Layout) -> tuple[int, int]:
    """The least and the greatest value that Bits Stored and Pixel Representation allow."""
    if layout.is_signed:
        return -(1 << layout.bits_stored - 1), (1 << layout.bits_stored - 1) - 1
    return 0, (1 << layout.bits_stored) - 1


def darkest_entry(palette: Palette) -> int:
    """The stored value that the palette shows darkest."""
    import numpy as np

    count, first, bits = palette.descriptor
    kind = "<u2" if bits > 8 else "u1"
    if any(len(table) % np.dtype(kind).itemsize for table in (palette.red, palette.green, palette.blue)):
        raise Held("palette-malformed", "a palette has half an entry")
    channels = [np.frombuffer(table, kind).astype(np.int64) for table in (palette.red, palette.green, palette.blue)]
    entries = min(count or 1 << 16, *map(len, channels))
    if not entries:
        raise Held("palette-malformed", "a palette has no entries")
    return first + int(np.argmin(sum(channel[:entries] for channel in channels)))


def fill_of(layout: Layout, samples: NDArray[Any], boxes: Sequence[Box]) -> tuple[Any, ...]:
    """What `boxes` of a frame (rows, columns[, samples]) are filled with.

    Greyscale beyond 8 bits takes the darkest value that stays in the frame, so that windows set from the least and the
    greatest value are not thrown off; all else, and a frame that is covered whole, takes `black`.
    """
    import numpy as np

    is_grey = layout.photometric_interpretation in ("MONOCHROME1", "MONOCHROME2") and samples.ndim == 2
    if not is_grey or not (layout.is_float or layout.bits_stored > 8):
        return black(layout)
    stays = samples[~covered(samples.shape[:2], boxes)]
    if layout.is_float:
        stays = stays[np.isfinite(stays)]
    if not stays.size:
        return (0.0,) if layout.is_float else black(layout)
    return ((stays.max() if layout.photometric_interpretation == "MONOCHROME1" else stays.min()).item(),)


def stored_of(layout: Layout, patterns: NDArray[Any]) -> NDArray[Any]:
    """The stored values that the lowest Bits Stored bits of `patterns` (signed integers, wide enough) stand for."""
    import numpy as np

    values: NDArray[Any] = np.bitwise_and(patterns, (1 << layout.bits_stored) - 1)
    if layout.is_signed:
        values -= (values >> layout.bits_stored - 1) << layout.bits_stored
    return values


def covered(shape: tuple[int, ...], boxes: Sequence[Box]) -> NDArray[np.bool_]:
    """Which pixels (rows, columns) boxes cover."""
    import numpy as np

    mask = np.zeros(shape, bool)
    for top, left, bottom, right in boxes:
        mask[top:bottom, left:right] = True
    return mask


def filled(layout: Layout, samples: NDArray[Any], boxes: Sequence[Box]) -> NDArray[Any]:
    """A copy of a frame's samples (rows, columns[, samples]) with `boxes` filled."""
    result = samples.copy()
    fill = fill_of(layout, samples, boxes)
    for top, left, bottom, right in boxes:
        result[top:bottom, left:right] = fill if samples.ndim == 3 else fill[0]
    return result


def within(layout: Layout, boxes: Sequence[Box]) -> tuple[Box, ...]:
    """The boxes cut to the image; those outside it or empty are left out."""
    cut = (
        (max(top, 0), max(left, 0), min(bottom, layout.rows), min(right, layout.columns))
        for top, left, bottom, right in boxes
    )
    return tuple(box for box in cut if box[0] < box[2] and box[1] < box[3])
