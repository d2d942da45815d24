"""Names and dates written on real screens, as devices write them: what of them leaks.

``python -m bench.pixels_real [--layouts N]``. The images come with pydicom and pydicom-data. On each stand names, dates
and numbers of nobody in a header, in the corners and over the anatomy, in white, yellow or green, in several fonts and
sizes with thin bitmap ones among them; half of the pictures of eight bits are coded as JPEG afterwards.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Iterator
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import ImageFont
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.pixels import apply_color_lut

from bench.pixels import Held, covered
from bench.pixels_synth import Mask, drawn, fonts, identifier
from deidra.pixels.image import Device, Layout
from deidra.pixels.text_regions import Settings, examine
from deidra.score.intervals import clopper_pearson

_EXPLICIT_LITTLE = "1.2.840.10008.1.2.1"
_SCREENS = {
    "US": ("examples_rgb_color.dcm", "examples_palette.dcm", "US1_UNCR.dcm", "OBXXXX1A.dcm", "color-pl.dcm",
           "gdcm-US-ALOKA-16.dcm"),
    "CT": ("693_UNCR.dcm", "J2K_pixelrep_mismatch.dcm", "explicit_VR-UN.dcm", "CT_small.dcm"),
    "CR": ("RG1_UNCR.dcm", "RG3_UNCR.dcm"),
    "MR": ("MR2_UNCR.dcm", "MR-SIEMENS-DICOM-WithOverlays.dcm", "examples_overlay.dcm"),
    "NM, OT": ("JPEG2000_UNC.dcm", "image_dfl.dcm", "vlut_04.dcm"),
}  # fmt: skip
_COLOURS = ((255, 255, 255), (255, 255, 0), (0, 255, 0), (255, 255, 255))
_PLACES = ("header left", "header right", "low left", "low right", "anatomy", "anatomy")


class Screen(NamedTuple):
    """An image, and the ink of each string that can be seen in it with how it was written."""

    image: Held
    ink: tuple[Mask, ...]
    how: tuple[str, ...]


def screens(name: str, layouts: int, seed: int) -> Iterator[Screen]:
    """A real image with text written on it, in `layouts` ways."""
    path = get_testdata_file(name, download=False)
    if path is None:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset = dcmread(path)
        frame: NDArray[Any] = dataset.pixel_array
        if dataset.PhotometricInterpretation == "PALETTE COLOR":
            frame = apply_color_lut(frame, dataset)
            frame = (frame >> 8).astype(np.uint8) if frame.dtype == np.uint16 else frame
    bits = 8 * frame.dtype.itemsize if dataset.PhotometricInterpretation == "PALETTE COLOR" else int(dataset.BitsStored)
    frame = frame[0] if int(dataset.get("NumberOfFrames", 1) or 1) > 1 else frame
    for number in range(layouts):
        rng = np.random.default_rng([seed, number, *name.encode()])
        yield _written(frame, str(dataset.PhotometricInterpretation), bits, rng, jpeg=number % 2)


def _written(frame: NDArray[Any], photometric: str, bits: int, rng: np.random.Generator, *, jpeg: int) -> Screen:
    """The frame with a string in each place, all in one font and colour, as a device has them."""
    picture = frame.astype(np.float32)
    rows, columns = frame.shape[:2]
    font, how = _font(rng, rows)
    is_colour = frame.ndim == 3
    low, high = float(frame.min()), float(max(frame.max(), 255 if bits == 8 else frame.max()))
    colour: Any = np.float32(low if photometric == "MONOCHROME1" else high)
    if is_colour:
        colour = np.array(_COLOURS[int(rng.integers(len(_COLOURS)))], np.float32)
    smooth = bool(rng.integers(2))
    taken = np.zeros((rows, columns), bool)
    inks: list[Mask] = []
    for place in _PLACES:
        stamp = drawn(identifier(rng), font).astype(np.float32) / 255
        stamp = stamp if smooth else (stamp > 0.5).astype(np.float32)
        where = _place(place, stamp.shape, (rows, columns), rng)
        if where is None or taken[where].any():
            continue
        taken[where] = True
        weight = stamp[..., None] if is_colour else stamp
        before = picture[where].copy()
        picture[where] = before * (1 - weight) + colour * weight
        away = np.abs(picture[where] - before)
        away = away.max(axis=2) if is_colour else away
        ink = np.zeros((rows, columns), bool)
        ink[where] = (stamp > 0.5) & (away >= 0.1 * (high - low))
        # What stands on something as bright is no text to anybody
        if ink.sum() >= 0.6 * (stamp > 0.5).sum():
            inks.append(ink)
    out = picture.round().clip(np.iinfo(frame.dtype).min, np.iinfo(frame.dtype).max).astype(frame.dtype)
    if jpeg and out.dtype == np.uint8:
        coded = cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(50, 95))])[1]
        out = np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR if is_colour else cv2.IMREAD_GRAYSCALE), np.uint8)
        how += ", JPEG"
    layout = Layout(
        _EXPLICIT_LITTLE, rows, columns, 1, 3 if is_colour else 1, "RGB" if is_colour else photometric, 0,
        8 * frame.dtype.itemsize, bits, bits - 1, frame.dtype.kind == "i",
    )  # fmt: skip
    return Screen(Held(layout, "one", Device(), [out]), tuple(inks), (how,) * len(inks))


def _font(rng: np.random.Generator, rows: int) -> tuple[Any, str]:
    """Bitmap or outlines, 10 pixels to a thirtieth of the height of the picture."""
    files = fonts(held_out=True)
    kind = int(rng.integers(3))
    if kind == 0 and rows <= 800:
        return ImageFont.load_default_imagefont(), "bitmap"
    size = int(rng.integers(14, max(20, rows // 22)))
    return ImageFont.truetype(files[int(rng.integers(len(files)))], size), f"{size} pixels"


def _place(
    place: str, stamp: tuple[int, ...], shape: tuple[int, int], rng: np.random.Generator
) -> tuple[slice, slice] | None:
    """Where a stamp stands, or None where it does not fit."""
    free_down, free_across = shape[0] - stamp[0], shape[1] - stamp[1]
    if free_down < 4 or free_across < 4:
        return None
    edge = int(rng.integers(0, min(12, free_across)))
    line = int(rng.integers(0, 3)) * stamp[0]
    top = min(line, free_down) if place.startswith("header") else max(0, free_down - line)
    left = edge if place.endswith("left") else free_across - edge
    if place == "anatomy":
        top = int(rng.integers(free_down // 4, 3 * free_down // 4 + 1))
        left = int(rng.integers(free_across // 4, 3 * free_across // 4 + 1))
    return np.s_[top : top + stamp[0], left : left + stamp[1]]


def main() -> None:
    """A line for each kind of device, and one for each leak."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--layouts", type=int, default=6, help="ways in which each image is written on")
    parser.add_argument("--seed", type=int, default=31)
    chosen = parser.parse_args()
    cv2.setNumThreads(1)
    all_leaked = all_strings = 0
    for kind, names in _SCREENS.items():
        leaked = strings = 0
        for name in names:
            for number, screen in enumerate(screens(name, chosen.layouts, chosen.seed)):
                (answer,) = examine([screen.image], Settings(), lambda _: False)
                mask = covered([region.box for region in answer.regions], screen.ink[0].shape if screen.ink else (1, 1))
                for index, (ink, how) in enumerate(zip(screen.ink, screen.how, strict=True)):
                    strings += 1
                    share = float((mask & ink).sum() / ink.sum())
                    if answer.refused is not None or share < 0.9:
                        leaked += 1
                        print(f"  leak: {name} layout {number}, string {index}, {how}, covered {share:.2f}")
        print(f"{kind:8} {_share(leaked, strings)}", flush=True)
        all_leaked, all_strings = all_leaked + leaked, all_strings + strings
    print(f"{'all':8} {_share(all_leaked, all_strings)}")


def _share(count: int, of: int) -> str:
    low, high = clopper_pearson(count, of)
    return f"{count}/{of} {100 * count / max(of, 1):.1f} % [{100 * low:.1f}-{100 * high:.1f}]"


if __name__ == "__main__":
    main()
