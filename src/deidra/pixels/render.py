"""Stored values as pictures in which text can be found: eight bits, grey or RGB, a few renderings of each frame.

No window is safe for more than eight bits: text that stands out by a hundredth of the range is invisible in one and
plain in another. What stands out from its surroundings by little does so in the rendering of local contrast, whatever
the window.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from deidra.errors import Held
from deidra.pixels.image import Layout, Palette

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]

_AROUND_PIXELS = 12
_LEAST_CONTRAST = 4.0  # of 256 levels


def renderings(layout: Layout, values: NDArray[Any]) -> list[Picture]:
    """Two pictures of a frame: as it is meant to be seen, and with its local contrast.

    `values` are as `frames.samples` gives them. Raises Held "pixel-layout" when the photometric interpretation is
    unknown or does not fit the samples.
    """
    main = main_rendering(layout, values)
    return [main, local_contrast(*_one_channel(layout, values, main))]


def main_rendering(layout: Layout, values: NDArray[Any]) -> Picture:
    """The first of `renderings` alone: colours, or grey between the percentiles 0.5 and 99.5."""
    import numpy as np

    if values.ndim == 3 or layout.palette is not None:
        return _colours(layout, values)
    if layout.photometric_interpretation not in ("MONOCHROME1", "MONOCHROME2", "PALETTE COLOR"):
        raise Held("pixel-layout", "the photometric interpretation is unknown or does not fit the samples")
    finite = values
    if layout.is_float:
        finite = np.nan_to_num(values.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    picture = _grey(layout, finite)
    return 255 - picture if layout.photometric_interpretation == "MONOCHROME1" else picture


def _one_channel(layout: Layout, values: NDArray[Any], main: Picture) -> tuple[NDArray[Any], float]:
    """What local contrast is taken of, and the contrast that is noise: stored values where they have more bits."""
    import cv2
    import numpy as np

    if main.ndim == 3:
        return cv2.cvtColor(main, cv2.COLOR_RGB2GRAY), _LEAST_CONTRAST
    if layout.bits_stored <= 8 and not layout.is_float:
        return main, _LEAST_CONTRAST
    view = comparable(layout, values)
    low, high = (float(v) for v in np.percentile(view[:: max(1, view.shape[0] // 256)], (0.5, 99.5)))
    return view, max(_LEAST_CONTRAST * (high - low) / 1024, 1e-6 if layout.is_float else 1.0)


def comparable(layout: Layout, values: NDArray[Any]) -> NDArray[Any]:
    """A frame such that frames of one layout can be compared: RGB of eight bits for colours, else finite values."""
    import numpy as np

    if values.ndim == 3 or layout.palette is not None:
        return _colours(layout, values)
    if layout.is_float:
        return np.nan_to_num(values.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    return values


def view_layout(layout: Layout, view: NDArray[Any]) -> Layout:
    """The layout of what `comparable` made of a frame."""
    if view.ndim == 2:
        return layout
    return msgspec.structs.replace(
        layout, samples_per_pixel=3, photometric_interpretation="RGB", bits_allocated=8, bits_stored=8, high_bit=7,
        is_signed=False, palette=None,
    )  # fmt: skip


def grey(view: NDArray[Any]) -> NDArray[Any]:
    """One channel of what `comparable` made: the luminance of colours."""
    import cv2

    return cv2.cvtColor(view, cv2.COLOR_RGB2GRAY) if view.ndim == 3 else view


def _grey(layout: Layout, values: NDArray[Any]) -> Picture:
    import numpy as np

    low, high = float(values.min()), float(values.max())
    if layout.bits_stored == 1 or high <= low:
        return _window(values, low, max(high, low + 1))
    if layout.bits_stored <= 8 and not layout.is_float:
        if high - low > 200 and low >= 0:
            return np.asarray(values.astype(np.int16).clip(0, 255), np.uint8)
        return _window(values, low, high)
    bottom, top = (float(v) for v in np.percentile(values[:: max(1, values.shape[0] // 256)], (0.5, 99.5)))
    return _window(values, bottom, top) if top > bottom else _window(values, low, high)


def _window(values: NDArray[Any], low: float, high: float) -> Picture:
    import numpy as np

    scaled = (values.astype(np.float32) - np.float32(low)) * np.float32(255 / (high - low))
    return scaled.clip(0, 255).astype(np.uint8)


def local_contrast(values: NDArray[Any], least: float) -> Picture:
    """A picture in which faint letters on a bright or uneven ground stand out.

    Distance from the mean of what is around, in its deviations; deviations below `least` are not enlarged. Dark is
    bright and bright dark: letters are mostly bright in the clinic, and dark where the networks were taught.
    """
    import cv2
    import numpy as np

    around = values.astype(np.float32)
    away = around - cv2.GaussianBlur(around, (0, 0), _AROUND_PIXELS)
    spread = np.sqrt(cv2.GaussianBlur(away * away, (0, 0), _AROUND_PIXELS))
    return np.asarray((128 - away / (spread + np.float32(least)) * 40).clip(0, 255).astype(np.uint8))


def _colours(layout: Layout, values: NDArray[Any]) -> Picture:
    import numpy as np

    photometric = layout.photometric_interpretation
    if layout.palette is not None and values.ndim == 2:
        return _palette(layout.palette, values)
    if layout.bits_stored > 8:
        low, high = float(values.min()), float(values.max())
        picture = _window(values, low, max(high, low + 1))
    else:
        picture = values.astype(np.uint8)
    if photometric in ("RGB", "YBR_RCT", "YBR_ICT"):
        return np.ascontiguousarray(picture)
    if photometric in ("YBR_FULL", "YBR_FULL_422", "YBR_PARTIAL_420", "YBR_PARTIAL_422"):
        return _rgb(picture)
    raise Held("pixel-layout", "the photometric interpretation is unknown or does not fit the samples")


def _rgb(picture: Picture) -> Picture:
    """From luminance and chrominance, PS3.3 C.7.6.3.1.2 (full range; what is partial looks a little dull)."""
    import cv2
    import numpy as np

    return np.asarray(cv2.cvtColor(picture[:, :, (0, 2, 1)].copy(), cv2.COLOR_YCrCb2RGB), np.uint8)


def _palette(palette: Palette, values: NDArray[Any]) -> Picture:
    """Through the lookup tables, PS3.3 C.7.6.3.1.5: below the first value mapped the first entry, above the last."""
    import numpy as np

    entries, first, bits = palette.descriptor
    entries = entries or 1 << 16
    channels = []
    for data in (palette.red, palette.green, palette.blue):
        wide = bits > 8 or len(data) >= 2 * entries
        table = np.frombuffer(data[: len(data) // 2 * 2] if wide else data, "<u2" if wide else np.uint8)
        if len(table) < entries:
            raise Held("pixel-layout", "a palette is shorter than its descriptor says")
        top = int(table[:entries].max())
        # Tables of 16 bits hold 16 significant bits, or 8 in the low byte (both exist)
        channels.append((table[:entries] >> 8 if top > 255 else table[:entries]).astype(np.uint8))
    index = (values.astype(np.int64) - first).clip(0, entries - 1)
    return np.asarray(np.stack(channels, axis=1)[index])
