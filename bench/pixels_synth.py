"""Pictures with text burned in, and the truth about where: the regimes in which detectors are known to fail.

Everything is drawn from a seed. The set for tuning and the held-out set differ in seeds, words and fonts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Picture = NDArray[np.uint8]
Mask = NDArray[np.bool_]

SIZE = 512
_ONSETS = "b br c ch d f g gr h j k kl l m n p pr r s sch st t th v w z".split()
_VOWELS = "a e i o u ai ei ou".split()
_CODAS = " l m n r s t ck nd rt ng".split(" ")
_FONT_FOLDERS = ("/usr/share/fonts",)
_TUNE_FONTS = ("DejaVuSans.ttf", "LiberationSans-Regular.ttf", "DejaVuSansMono.ttf", "LiberationSerif-Regular.ttf",
               "NimbusSansNarrow-Regular.otf", "LiberationMono-Regular.ttf", "DejaVuSans-ExtraLight.ttf",
               "C059-Roman.otf", "NimbusRoman-Regular.otf")  # fmt: skip
_HELD_OUT_FONTS = ("NotoSansMono-Regular.ttf", "LiberationSansNarrow-Regular.ttf", "NimbusSans-Regular.otf",
                   "DejaVuSansCondensed.ttf", "NimbusMonoPS-Bold.otf")  # fmt: skip


class Regime(NamedTuple):
    """One way in which text is burned in. `mild`: contrast of 30 % or more, 10 pixels or higher, no noise."""

    name: str
    background: str
    height: int = 14
    level: int = 255
    alpha: float = 1.0
    angle: int = 0
    style: str = "plain"  # plain, outlined, boxed, stroke (Hershey), bitmap
    jpeg_quality: int = 0
    mild: bool = False


def regimes() -> list[Regime]:
    """Those of the project's own study of detectors, and a few that it left open."""
    flat = [Regime(f"flat-{g}-h{h}", f"flat{g}", h, 0 if g > 200 else 255, mild=h >= 10)
            for g in (0, 128, 255) for h in (6, 8, 12)]  # fmt: skip
    heights = [Regime(f"ct-h{h}", "ct", h, mild=h >= 10) for h in (6, 8, 10, 16, 24, 40, 64)]
    over = [Regime(f"white-{b}", b, mild=b != "noise") for b in ("cr", "us", "mr", "noise")]
    faint = [
        Regime(f"alpha{round(a * 100)}-{b}", b, alpha=a, mild=a >= 0.3) for a in (0.3, 0.15) for b in ("ct", "cr", "us")
    ]
    styles = [Regime(f"{s}-ct", "ct", style=s, mild=True) for s in ("outlined", "boxed", "stroke", "bitmap")]
    turned = [Regime(f"turned{a}-{b}", b, angle=a, mild=True) for a in (90, 270, 45, 180) for b in ("ct", "cr")]
    coded = [Regime(f"jpeg{q}-ct", "ct", jpeg_quality=q, mild=True) for q in (90, 50, 20)]
    return [
        *flat, *heights, *over, Regime("grey-ct", "ct", level=140), Regime("black-cr", "cr", level=0, mild=True),
        *faint, *styles, *turned, *coded,
    ]  # fmt: skip


class Sample(NamedTuple):
    """A picture, the ink of each string in it, and by what part of the range the ink differs from what is under it."""

    picture: Picture
    ink: tuple[Mask, ...]
    contrast: tuple[float, ...]
    texts: tuple[str, ...]
    regime: Regime


def samples(regime: Regime, pictures: int, seed: int, *, held_out: bool) -> Iterator[Sample]:
    """Pictures of a regime, two strings each."""
    for number in range(pictures):
        rng = np.random.default_rng([seed, number, *regime.name.encode()])
        yield burned(background(regime.background, rng), regime, rng, held_out=held_out)


def burned(under: Picture, regime: Regime, rng: np.random.Generator, *, held_out: bool, strings: int = 2) -> Sample:
    """`under` with strings of a regime at random places that do not overlap."""
    picture = under.astype(np.float32)
    inks: list[Mask] = []
    contrasts: list[float] = []
    texts: list[str] = []
    taken = np.zeros(under.shape, bool)
    for _ in range(strings * 8):
        if len(inks) == strings:
            break
        text = identifier(rng)
        stamp, halo = _stamp(text, regime, rng, held_out=held_out)
        if stamp.shape[0] > under.shape[0] - 8 or stamp.shape[1] > under.shape[1] - 8:
            continue
        top = int(rng.integers(1, under.shape[0] - stamp.shape[0]))
        left = int(rng.integers(1, under.shape[1] - stamp.shape[1]))
        where = np.s_[top : top + stamp.shape[0], left : left + stamp.shape[1]]
        if taken[where].any():
            continue
        taken[where] = True
        if halo is not None:
            picture[where] = picture[where] * (1 - halo)
        weight = stamp * regime.alpha
        picture[where] = picture[where] * (1 - weight) + regime.level * weight
        ink = np.zeros(under.shape, bool)
        ink[where] = stamp > 0.5
        # Ink that nobody can see is no leak: letters as bright as what they stand on
        away = np.abs(picture.clip(0, 255) - under)
        ink &= away >= 6
        if ink.sum() >= 0.6 * (stamp > 0.5).sum():
            inks.append(ink)
            contrasts.append(float(away[ink].mean()) / 255)
            texts.append(text)
    out = picture.clip(0, 255).astype(np.uint8)
    if regime.jpeg_quality:
        coded = cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, regime.jpeg_quality])[1]
        out = np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), np.uint8)
    return Sample(out, tuple(inks), tuple(contrasts), tuple(texts), regime)


def identifier(rng: np.random.Generator) -> str:
    """A name, a date, a number, a place: what scanners burn in. Nobody's."""
    kind = rng.integers(5)
    if kind == 0:
        return f"{_name(rng).upper()}^{_name(rng).upper()}"
    if kind == 1:
        return f"{_name(rng).title()}, {_name(rng).title()}"
    if kind == 2:
        day, month, year = rng.integers(1, 29), rng.integers(1, 13), rng.integers(1930, 2024)
        return f"{day:02d}{rng.choice(['/', '.', '-'])}{month:02d}/{year}"
    if kind == 3:
        return f"ID: {rng.integers(10**6, 10**9)}"
    return f"{_name(rng).title()} Hospital"


def _name(rng: np.random.Generator) -> str:
    return "".join(
        str(rng.choice(_ONSETS)) + str(rng.choice(_VOWELS)) + str(rng.choice(_CODAS)) for _ in range(rng.integers(2, 4))
    )


@cache
def fonts(*, held_out: bool) -> tuple[str, ...]:
    """The files of the fonts of a set that are installed."""
    names = _HELD_OUT_FONTS if held_out else _TUNE_FONTS
    files = {file.name: str(file) for folder in _FONT_FOLDERS for file in Path(folder).rglob("*.[to]tf")}
    return tuple(files[name] for name in names if name in files)


def _stamp(
    text: str, regime: Regime, rng: np.random.Generator, *, held_out: bool
) -> tuple[NDArray[np.float32], NDArray[np.float32] | None]:
    """The text's weight per pixel, 0 to 1, and what is darkened behind it. Capitals are `regime.height` high."""
    if regime.style == "stroke":
        scale = regime.height / 21
        (width, height), below = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, 1)
        canvas = np.zeros((height + below + 6, width + 6), np.uint8)
        cv2.putText(canvas, text, (3, height + 2), cv2.FONT_HERSHEY_SIMPLEX, scale, 255, 1, cv2.LINE_AA)
    elif regime.style == "bitmap":
        small = drawn(text, ImageFont.load_default_imagefont())
        factor = max(1, round(regime.height / 9))
        canvas = np.repeat(np.repeat(small, factor, 0), factor, 1)
    else:
        files = fonts(held_out=held_out)
        font = files[int(rng.integers(len(files)))]
        # Capitals are about 0.72 of the size of a font
        canvas = drawn(text, ImageFont.truetype(font, round(regime.height / 0.72)))
    weight = canvas.astype(np.float32) / 255
    halo: NDArray[np.float32] | None = None
    if regime.style == "outlined":
        halo = np.asarray(cv2.dilate(weight, np.ones((3, 3))), np.float32)
    if regime.style == "boxed":
        halo = np.ones_like(weight)
    return _turned(weight, regime.angle), None if halo is None else _turned(halo, regime.angle)


def drawn(text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> Picture:
    """Text as one bit or antialiased, 0 to 255, with a rim of 3 pixels."""
    left, top, right, bottom = (int(v) for v in font.getbbox(text))
    image = Image.new("L", (right - left + 6, bottom - top + 6))
    ImageDraw.Draw(image).text((3 - left, 3 - top), text, fill=255, font=font)
    return np.asarray(image)


def _turned(weight: NDArray[np.float32], angle: int) -> NDArray[np.float32]:
    if angle % 90 == 0:
        return np.rot90(weight, angle // 90)
    turned = Image.fromarray((weight * 255).astype(np.uint8)).rotate(
        angle, expand=True, resample=Image.Resampling.BILINEAR
    )
    return np.asarray(turned).astype(np.float32) / 255


def background(kind: str, rng: np.random.Generator, size: int = SIZE) -> Picture:
    """A picture of a kind without any text, rows and columns `size`, eight bits."""
    if kind.startswith("flat"):
        return np.full((size, size), int(kind[4:]), np.uint8)
    made: dict[str, Callable[[np.random.Generator, int], NDArray[np.float32]]] = {
        "noise": lambda r, n: r.normal(110, 50, (n, n)).astype(np.float32), "ct": _ct, "cr": _cr, "us": _us, "mr": _mr,
    }  # fmt: skip
    return made[kind](rng, size).clip(0, 255).astype(np.uint8)


def _smooth(rng: np.random.Generator, size: int, sigma: float) -> NDArray[np.float32]:
    """Noise with mean 0 and deviation 1, smooth over `sigma` pixels."""
    field = cv2.GaussianBlur(rng.normal(size=(size, size)).astype(np.float32), (0, 0), sigma)
    return np.asarray(field / field.std(), np.float32)


def _blobs(
    canvas: NDArray[np.float32],
    rng: np.random.Generator,
    number: int,
    radii: tuple[int, int],
    levels: tuple[int, int],
    spread: float,
) -> None:
    size = canvas.shape[0]
    for _ in range(number):
        centre = tuple(int(v) for v in rng.normal(size / 2, size * spread, 2))
        axes = tuple(int(v) for v in rng.integers(*radii, 2))
        cv2.ellipse(
            canvas, centre, axes, float(rng.integers(180)), 0, 360, float(rng.integers(*levels)), -1, cv2.LINE_AA
        )


def _ct(rng: np.random.Generator, size: int) -> NDArray[np.float32]:
    """A trunk in cross-section: soft tissue, organs, lungs or gut, ribs, a spine, a table."""
    canvas = np.full((size, size), 4, np.float32)
    middle = size // 2, size // 2
    body = int(size * rng.uniform(0.36, 0.46)), int(size * rng.uniform(0.26, 0.36))
    cv2.ellipse(canvas, middle, body, 0, 0, 360, 70.0, -1, cv2.LINE_AA)
    cv2.ellipse(canvas, middle, (body[0] - 12, body[1] - 12), 0, 0, 360, 112.0, -1, cv2.LINE_AA)
    _blobs(canvas, rng, 14, (size // 40, size // 9), (15, 160), 0.13)
    _blobs(canvas, rng, 30, (2, size // 40), (90, 190), 0.14)
    for turn in np.arange(0, 2 * np.pi, rng.uniform(0.4, 0.55)):
        where = int(size / 2 + (body[0] - 22) * np.cos(turn)), int(size / 2 + (body[1] - 20) * np.sin(turn))
        cv2.ellipse(canvas, where, (int(rng.integers(6, 16)), 5), np.degrees(turn) + 90, 0, 360, 230.0, -1, cv2.LINE_AA)
    spine = size // 2, size // 2 + body[1] - 50
    cv2.ellipse(canvas, spine, (22, 17), 0, 0, 360, 225.0, -1, cv2.LINE_AA)
    cv2.ellipse(canvas, (spine[0], spine[1] + 20), (5, 16), 0, 0, 360, 240.0, -1, cv2.LINE_AA)
    cv2.ellipse(canvas, (size // 2, size // 2 + body[1] + 20), (body[0], 30), 0, 20, 160, 90.0, 3, cv2.LINE_AA)
    canvas = np.asarray(cv2.GaussianBlur(canvas, (0, 0), 1.1), np.float32)
    return (
        canvas + (canvas > 20) * (9 * _smooth(rng, size, 1.2) + 5 * _smooth(rng, size, 6)) + 2 * _smooth(rng, size, 0.7)
    )


def _cr(rng: np.random.Generator, size: int) -> NDArray[np.float32]:
    """A chest in projection: dark lungs, bright mediastinum, ribs and clavicles as bands, quantum noise."""
    y, x = np.mgrid[0:size, 0:size].astype(np.float32) / size
    canvas = 165 + 40 * _smooth(rng, size, size / 6)
    for side in (-1, 1):
        lung = ((x - 0.5 - side * 0.2) / 0.16) ** 2 + ((y - 0.48) / 0.34) ** 2
        canvas -= 105 / (1 + np.exp(np.minimum(9 * (lung - 1), 50)))
    canvas += 70 * np.exp(-(((x - 0.5) / 0.06) ** 2))
    period = rng.uniform(0.075, 0.1)
    bands = np.sin(2 * np.pi * (y + 0.9 * (x - 0.5) ** 2) / period)
    canvas += 26 / (1 + np.exp(-8 * bands)) * (np.abs(x - 0.5) > 0.05)
    canvas += 55 * np.exp(-(((y - 0.13 - 0.25 * np.abs(x - 0.5)) / 0.018) ** 2))
    return np.asarray(canvas + 7 * _smooth(rng, size, 1.0) + 8 * _smooth(rng, size, 9), np.float32)


def _us(rng: np.random.Generator, size: int) -> NDArray[np.float32]:
    """A sector with speckle on black."""
    y, x = np.mgrid[0:size, 0:size].astype(np.float32)
    radius, angle = np.hypot(x - size / 2, y + 30), np.arctan2(x - size / 2, y + 30)
    inside = (radius > 70) & (radius < size * 0.97) & (np.abs(angle) < rng.uniform(0.55, 0.75))
    speckle = np.abs(_smooth(rng, size, 1.3)) * 36 * (1 + 0.8 * np.tanh(_smooth(rng, size, 22)))
    return np.asarray(inside * (14 + speckle), np.float32)


def _mr(rng: np.random.Generator, size: int) -> NDArray[np.float32]:
    """A head in cross-section: scalp, skull, folded cortex, ventricles, Rician noise."""
    y, x = np.mgrid[0:size, 0:size].astype(np.float32) / size - 0.5
    radius = np.hypot(x / rng.uniform(0.33, 0.39), y / rng.uniform(0.4, 0.46))
    brain = 95 + 34 * np.tanh(2 * _smooth(rng, size, 6)) + 12 * _smooth(rng, size, 20)
    canvas = np.where(radius < 0.86, brain, np.where(radius < 0.93, 18, np.where(radius < 1, 190, 3))).astype(
        np.float32
    )
    for side in (-1, 1):
        canvas[((x - side * 0.05) / 0.03) ** 2 + (y / 0.1) ** 2 < 1] = 25
    canvas = np.asarray(cv2.GaussianBlur(canvas, (0, 0), 1.0), np.float32)
    noise = rng.normal(0, 5, (2, size, size))
    return np.asarray(np.hypot(canvas + noise[0], noise[1]), np.float32)


def stand_in_regime(name: str) -> Regime:
    """A plain regime for text beside other text."""
    return Regime(f"beside-{name}", name, mild=True)
