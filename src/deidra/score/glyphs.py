"""Whether text that was drawn can still be seen: the dots of each letter against the dots around them."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable

import msgspec
from pydicom.dataset import Dataset

from deidra.score import font
from deidra.score.quiet import quiet
from deidra.score.recognise import tiles
from deidra.score.truth import Glyphs
from deidra.standard.uids import transfer_syntax

_LEAST_LETTERS = 3
_LEAST_SHARE = 0.4
_CLEAR = 2.0  # difference of ink and paper in standard deviations
_LEAST_CONTRAST = 0.02  # of the range of the image
_TILE = 16
_LEAST_UNCHANGED = 0.9

Sample = Callable[[int, int, int], float]


class Frames(msgspec.Struct, frozen=True):
    """Decoded pixels: `samples` in frame, row, column order, first sample of each pixel; `data` as they are stored."""

    rows: int
    columns: int
    frames: int
    stride: int
    offset_per_frame: int
    samples: array[int]
    data: bytes


def frames_of(ds: Dataset) -> Frames | None:
    """The pixels of an object, decoded if something installed decodes them; None when nothing does."""
    try:
        rows, columns, samples = int(ds.Rows), int(ds.Columns), int(ds.get("SamplesPerPixel", 1))
        bits, count = int(ds.BitsAllocated), int(ds.get("NumberOfFrames", 1) or 1)
        data, planar = _decoded(ds), int(ds.get("PlanarConfiguration", 0) or 0)
        code = ("b" if bits == 8 else "h") if int(ds.get("PixelRepresentation", 0)) else ("B" if bits == 8 else "H")
        size = rows * columns * samples * count * bits // 8
        if bits not in {8, 16} or data is None or len(data) < size:
            return None
        stride = 1 if samples == 1 or planar else samples
        return Frames(rows, columns, count, stride, rows * columns * samples, array(code, data[:size]), data[:size])
    except Exception:  # noqa: BLE001 - foreign output may hold anything
        return None


def _decoded(ds: Dataset) -> bytes | None:
    syntax = transfer_syntax(str(ds.file_meta.TransferSyntaxUID)) if hasattr(ds, "file_meta") else None
    if syntax is None or not syntax.encapsulated:
        data = bytes(ds.PixelData)
        if syntax is not None and syntax.big_endian and int(ds.BitsAllocated) == 16:
            swapped = array("H", data)
            swapped.byteswap()
            data = swapped.tobytes()
        return data
    with quiet():
        try:
            return bytes(ds.pixel_array.tobytes())
        except (ImportError, RuntimeError, AttributeError, NotImplementedError):
            return None


def legible(frames: Frames, glyphs: Glyphs) -> bool:
    """Whether the text can be read in any frame: two letters in five, and three at least where it has so many."""
    low, high = min(frames.samples), max(frames.samples)
    return any(
        _legible_letters(_sampler(frames, frame), glyphs, (high - low) or 1) >= _needed(glyphs.text)
        for frame in range(frames.frames)
    )


def _needed(text: str) -> int:
    inked = sum(1 for letter in text if letter not in " .,-:/")
    return min(inked, max(_LEAST_LETTERS, round(inked * _LEAST_SHARE)))


def _sampler(frames: Frames, frame: int) -> Sample:
    start = frame * frames.offset_per_frame

    def sample(_: int, row: int, column: int) -> float:
        return float(frames.samples[start + (row * frames.columns + column) * frames.stride])

    return sample


def _legible_letters(sample: Sample, glyphs: Glyphs, spread: float) -> int:
    clear = 0
    for number, letter in enumerate(glyphs.text):
        if letter in " .,-:/":
            continue
        left = glyphs.column + number * font.ADVANCE * glyphs.scale
        inked = set(font.ink(letter, glyphs.scale))
        box = [(r, c) for r in range(font.HEIGHT * glyphs.scale) for c in range(font.WIDTH * glyphs.scale)]
        ink = [sample(0, glyphs.row + r, left + c) for r, c in inked]
        paper = [sample(0, glyphs.row + r, left + c) for r, c in box if (r, c) not in inked]
        clear += _stands_out(ink, paper, spread)
    return clear


def _stands_out(ink: list[float], paper: list[float], spread: float) -> bool:
    ink_mean, paper_mean = sum(ink) / len(ink), sum(paper) / len(paper)
    difference = abs(ink_mean - paper_mean)
    variance = (_squares(ink, ink_mean) + _squares(paper, paper_mean)) / (len(ink) + len(paper))
    return bool(difference > _LEAST_CONTRAST * spread and difference > _CLEAR * variance**0.5)


def _squares(values: list[float], mean: float) -> float:
    return sum((value - mean) ** 2 for value in values)


def legible_in_overlays(ds: Dataset, glyphs: Glyphs) -> bool:
    """Whether any overlay plane still shows the text where it was drawn."""
    for group in range(0x6000, 0x6020, 2):
        base = group << 16
        try:
            data = ds[base | 0x3000].value
            rows, columns = int(ds[base | 0x0010].value), int(ds[base | 0x0011].value)
        except Exception:  # noqa: BLE001, S112 - no such plane, or a damaged one
            continue
        if not isinstance(data, bytes) or len(data) * 8 < rows * columns:
            continue

        def sample(_: int, row: int, column: int, data: bytes = data, columns: int = columns) -> float:
            at = row * columns + column
            return float(data[at // 8] >> at % 8 & 1) if at // 8 < len(data) else 0.0

        if _legible_letters(sample, glyphs, 1.0) >= _needed(glyphs.text):
            return True
    return False


def unchanged_outside(frames: Frames, planted: tuple[str, ...], drawn: Iterable[Glyphs], samples: int) -> bool:
    """Whether nine in ten tiles that no drawn text comes near are as planted."""
    pixel_bytes = samples * frames.samples.itemsize
    now = tiles(frames.data, frames.rows, frames.columns, pixel_bytes)
    if len(now) != len(planted):
        return False
    across, down = -(-frames.columns // _TILE), -(-frames.rows // _TILE)
    touched = set()
    for glyphs in drawn:
        height, width = font.size(glyphs.text, glyphs.scale)
        for row in range(max(0, glyphs.row - _TILE), min(frames.rows, glyphs.row + height + _TILE)):
            for column in range(max(0, glyphs.column - _TILE), min(frames.columns, glyphs.column + width + _TILE)):
                touched.add((row // _TILE, column // _TILE))
    far = [n for n in range(len(now)) if (n % (across * down) // across, n % across) not in touched]
    same = sum(now[n] == planted[n] for n in far)
    return same >= _LEAST_UNCHANGED * len(far)
