"""Text in pixels: what leaks in which regime, what is touched that is no text, what it costs.

``python -m bench.pixels [--strings N] [--tune] [--slices N]`` prints one table; the held-out set is the default.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np
from PIL import Image as Pictures
from PIL import ImageDraw, ImageFont

from bench.pixels_peers import peers
from bench.pixels_synth import SIZE, Mask, Picture, background, burned, regimes, samples, stand_in_regime
from deidra.pixels.image import Box, Device, Layout
from deidra.pixels.keep import keeper
from deidra.pixels.text_regions import Settings, examine
from deidra.score.intervals import clopper_pearson

Finder = Callable[[Picture], Sequence[Box]]
_EXPLICIT_LITTLE = "1.2.840.10008.1.2.1"
_KINDS = ("ct", "cr", "us", "mr", "noise")
_HARMLESS = (
    "R|L|AP|10 cm|Depth 16 cm|Gain 42 dB|WW 400 WL 40|Zoom 120%|Im: 12/300|FR 32 Hz|120 kV|Thk 5.0 mm|MI 0.9|TE 90 ms"
    "|D 12.4 mm|RCC|LMLO|T2 TSE|kVp 110|Mean 34.2 HU"
).split("|")


class Held(NamedTuple):
    """An image of frames in memory."""

    layout: Layout
    series_group: str
    device: Device
    frames: Sequence[np.ndarray]

    def coded(self, frame: int) -> bytes:
        """The bytes of one frame."""
        return self.frames[frame].tobytes()


def held(frames: Sequence[np.ndarray], group: str) -> Held:
    """Frames as native images: 8 bits, or 12 of 16."""
    bits = 8 if frames[0].dtype == np.uint8 else 12
    rows, columns = frames[0].shape
    layout = Layout(
        _EXPLICIT_LITTLE, rows, columns, len(frames), 1, "MONOCHROME2", 0, 8 if bits == 8 else 16, bits, bits - 1, False
    )  # fmt: skip
    return Held(layout, group, Device(), frames)


def own(picture: Picture) -> list[Box]:
    """What this project finds in one picture, nothing kept."""
    (answer,) = examine([held([picture], "one")], Settings(), lambda _: False)
    return [region.box for region in answer.regions]


def covered(boxes: Sequence[Box], shape: tuple[int, ...]) -> Mask:
    """The pixels in any of the boxes."""
    mask = np.zeros(shape[:2], bool)
    for top, left, bottom, right in boxes:
        mask[top:bottom, left:right] = True
    return mask


def leaks(finders: dict[str, Finder], pictures: int, seed: int, *, held_out: bool, only: Sequence[str] = ()) -> None:
    """A line for each regime: strings of which less than 90 % of the ink is covered, per finder, with 95 % bounds.

    "mild" are the regimes called so, "clear" the strings that differ from what is under them by 30 % of the range or
    more, 10 pixels or higher and not on noise.
    """
    total: dict[tuple[str, str], tuple[int, int]] = {}
    touched: dict[str, list[float]] = {name: [] for name in finders}
    print(f"{'regime':16} " + "  ".join(f"{name:>26}" for name in finders))
    for regime in (one for one in regimes() if not only or one.name in only):
        for sample in samples(regime, pictures, seed, held_out=held_out):
            near = cv2.dilate(np.any(sample.ink, axis=0).astype(np.uint8), np.ones((25, 25))) if sample.ink else None
            for name, find in finders.items():
                mask = covered(find(sample.picture), sample.picture.shape)
                if near is not None:
                    touched[name].append(float((mask & (near == 0)).mean()))
                for ink, contrast in zip(sample.ink, sample.contrast, strict=True):
                    leaked = int((mask & ink).sum() < 0.9 * ink.sum())
                    is_clear = contrast >= 0.3 and regime.height >= 10 and regime.background != "noise"
                    for part in (regime.name, "all", *["mild"] * regime.mild, *["clear"] * is_clear):
                        before, of = total.get((name, part), (0, 0))
                        total[name, part] = before + leaked, of + 1
        _line(regime.name, finders, total)
    for part in ("all", "mild", "clear"):
        _line(part, finders, total)
    print(f"{'area off text':16} " + "  ".join(f"{100 * float(np.mean(touched[name])):>24.2f} %" for name in finders))


def _line(part: str, finders: dict[str, Finder], total: dict[tuple[str, str], tuple[int, int]]) -> None:
    counts = "  ".join(f"{_share(*total.get((name, part), (0, 0))):>26}" for name in finders)
    print(f"{part:16} {counts}", flush=True)


def _share(count: int, of: int) -> str:
    low, high = clopper_pearson(count, of)
    return f"{count}/{of} {100 * count / max(of, 1):.1f} % [{100 * low:.1f}-{100 * high:.1f}]"


def clean(finders: dict[str, Finder], pictures: int, *, held_out: bool) -> None:
    """Pictures without text: how many are left alone, and how much of them is touched."""
    for name, find in finders.items():
        areas = []
        for kind in _KINDS:
            for number in range(pictures):
                picture = background(kind, np.random.default_rng([3000 if held_out else 500, number, len(kind)]))
                areas.append(float(covered(find(picture), picture.shape).mean()))
        alone = sum(area == 0 for area in areas)
        print(
            f"clean pictures left alone, {name}: {_share(alone, len(areas))}; area {100 * float(np.mean(areas)):.3f} %"
        )


def kept(pictures: int, *, held_out: bool) -> None:
    """Harmless text beside identifiers: how much of it survives, and whether the identifiers do."""
    rng = np.random.default_rng(11 if held_out else 12)
    survived = strings = leaked = identifiers = 0
    for number in range(pictures):
        under = background(("ct", "us", "cr", "flat0")[number % 4], rng)
        sample = burned(under, stand_in_regime("flat0"), rng, held_out=held_out, strings=1)
        picture, inks = _with_harmless(sample.picture, rng)
        (answer,) = examine([held([picture], "one")], Settings(), keeper(lambda _: False))
        mask = covered([region.box for region in answer.regions], picture.shape)
        strings += len(inks)
        survived += sum(int((mask & ink).sum() < 0.2 * ink.sum()) for ink in inks)
        identifiers += len(sample.ink)
        leaked += sum(int((mask & ink).sum() < 0.9 * ink.sum()) for ink in sample.ink)
    print(f"harmless text that survives: {_share(survived, strings)}")
    print(f"identifiers beside harmless text that leak: {_share(leaked, identifiers)}")


def _with_harmless(picture: Picture, rng: np.random.Generator) -> tuple[Picture, list[Mask]]:
    """Four harmless lines in the corners, where scanners write them."""
    image = Pictures.fromarray(picture)
    draw = ImageDraw.Draw(image)
    inks = []
    for left, top in ((8, 8), (330, 8), (8, 480), (330, 480)):
        text = str(rng.choice(_HARMLESS))
        font = ImageFont.load_default(int(rng.integers(14, 22)))
        alone = Pictures.new("L", image.size)
        ImageDraw.Draw(alone).text((left, top), text, fill=255, font=font)
        draw.text((left, top), text, fill=255, font=font)
        inks.append(np.asarray(alone) > 127)
    return np.asarray(image), inks


def series(slices: int, *, text: bool) -> Iterator[np.ndarray]:
    """12 bits, anatomy that changes from slice to slice; a name in all, a counter, a note in one slice."""
    rng = np.random.default_rng(1)
    ends = [background("ct", np.random.default_rng([1, end])).astype(np.float32) for end in (0, 1)]
    font = ImageFont.load_default(16)
    for number in range(slices):
        weight = number / max(slices - 1, 1)
        turn = cv2.getRotationMatrix2D((SIZE / 2, SIZE / 2), 3 * np.sin(number / 9), 1 + 0.05 * np.sin(number / 17))
        mixed = cv2.warpAffine(ends[0] * (1 - weight) + ends[1] * weight, turn, (SIZE, SIZE))
        values = mixed * 8 + rng.normal(0, 40, mixed.shape) + 1000
        if text:
            drawn = Pictures.new("L", (SIZE, SIZE))
            draw = ImageDraw.Draw(drawn)
            draw.text((10, 8), "GRESTOUT^MARIAL 02.11.1951", fill=255, font=font)
            draw.text((10, 30), f"Im {number + 1}", fill=255, font=font)
            if number == slices // 3:
                draw.text((280, 240), "Dr Kloutern", fill=255, font=font)
            ink = np.asarray(drawn) / 255
            values = values * (1 - ink) + 4000 * ink
        yield values.clip(0, 4095).astype(np.uint16)


def cost(slices: int) -> None:
    """CPU of one thread per frame for a series of single-frame objects, with and without text."""
    for text in (True, False):
        images = [held([frame], "series") for frame in series(slices, text=text)]
        began, seconds = time.perf_counter(), time.process_time()
        answers = examine(images, Settings(), lambda _: False)
        seconds, wall = time.process_time() - seconds, time.perf_counter() - began
        touched = sum(bool(answer.regions) for answer in answers)
        where = "with text" if text else "clean"
        print(f"{slices} slices 512x512, {where}: {1000 * seconds / slices:.0f} ms CPU per frame"
              f" ({1000 * wall / slices:.0f} ms wall), {touched} images with regions")  # fmt: skip


def main() -> None:
    """Run all parts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=8, help="pictures for each regime, two strings each")
    parser.add_argument("--slices", type=int, default=300)
    parser.add_argument("--regime", action="append", help="only these regimes")
    parser.add_argument("--seed", type=int, help="of the pictures with text")
    parser.add_argument("--tune", action="store_true", help="the set for tuning, not the held-out one")
    parser.add_argument("--part", choices=("leaks", "clean", "kept", "cost"), action="append")
    parser.add_argument("--peers", action="store_true", help="Tesseract too, as Presidio's image redactor calls it")
    chosen = parser.parse_args()
    parts = chosen.part or ["leaks", "clean", "kept", "cost"]
    cv2.setNumThreads(1)
    finders: dict[str, Finder] = {"deidra": own, **(peers() if chosen.peers else {})}
    if "leaks" in parts:
        leaks(finders, chosen.pictures, chosen.seed or (7 if chosen.tune else 4391), held_out=not chosen.tune,
              only=chosen.regime or ())  # fmt: skip
    if "clean" in parts:
        clean(finders, 2 * chosen.pictures, held_out=not chosen.tune)
    if "kept" in parts:
        kept(8 * chosen.pictures, held_out=not chosen.tune)
    if "cost" in parts:
        cost(chosen.slices)


if __name__ == "__main__":
    main()
