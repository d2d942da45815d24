"""Whether the text that was drawn into a box can still be read."""

from __future__ import annotations

import difflib
import json
import logging
import re
from functools import cache
from pathlib import Path
from typing import Any

from deidra.score import font
from deidra.score.forms import squeezed
from deidra.score.glyphs import Frames, frames_of, legible
from deidra.score.midi_b.actions import Verdict
from deidra.score.midi_b.picture import png
from deidra.score.truth import Glyphs
from deidra.score.unpack import read_dataset

_ALIKE = 0.5  # share of letters in common: a reader that errs in every other letter has still seen the text


def pixels_hidden(text: str | None, path: Path) -> tuple[Verdict, str]:
    """Pass, fail, or None with the reason why nobody here can tell.

    A box of one colour has nothing to read. Text of `deidra plant` is compared dot by dot. Any other goes to an
    optical reader, where one is installed; that it reads nothing in a busy box is no proof that nothing is there.
    All frames count, at their full range: the script casts signed pixels without scaling and drops multi-frame images.
    """
    try:
        asked = json.loads((text or "").strip("<>"))
        left, top = (int(v) for v in asked["top_left"])
        right, bottom = (int(v) for v in asked["bottom_right"])
        wanted = re.sub(r"\[[A-Za-z]\]", "", str(asked["text"]).replace("\n", " ").replace("DOB:", ""))
    except (ValueError, KeyError, TypeError):
        return None, "the check of the pixels cannot be read"
    ds = read_dataset(path.read_bytes())
    if ds is None or "PixelData" not in ds:
        return True, ""
    frames = frames_of(ds)
    if frames is None:
        return None, "pixels cannot be decoded here"
    if bottom > frames.rows or right > frames.columns:
        return None, "the image has another size"
    boxes = {_box(frames, number, (top, bottom, left, right)) for number in range(frames.frames)}
    busy = [box for box in boxes if len(set(box)) > 1]
    if not busy:
        return True, ""
    scale = max(1, (bottom - top) // font.HEIGHT)
    if font.drawable(wanted) == wanted and font.size(wanted, scale) == (bottom - top, right - left):
        return not legible(frames, Glyphs(wanted, top, left, scale)), ""
    return _read_verdict(busy, (bottom - top, right - left), wanted)


def _box(frames: Frames, frame: int, box: tuple[int, int, int, int]) -> tuple[int, ...]:
    top, bottom, left, right = box
    start = frame * frames.offset_per_frame
    return tuple(
        frames.samples[start + (row * frames.columns + column) * frames.stride]
        for row in range(top, bottom)
        for column in range(left, right)
    )


def _read_verdict(boxes: list[tuple[int, ...]], size: tuple[int, int], wanted: str) -> tuple[Verdict, str]:
    reader = _reader()
    if reader is None:
        return None, "nothing that reads text is installed"
    read = [_read(reader, box, size) for box in boxes]
    alike = [difflib.SequenceMatcher(None, squeezed(one), squeezed(wanted)).ratio() for one in read]
    if max(alike) >= _ALIKE:
        return False, ""
    if all(read):
        return True, ""
    return None, "the box is not of one colour and the reader sees no text in it: look at it"


@cache
def _reader() -> Any:
    """An optical character reader with its weights in the package; None when there is none."""
    try:
        from rapidocr import RapidOCR  # type: ignore[import-not-found,import-untyped,unused-ignore]
    except ImportError:
        return None
    logging.disable(logging.WARNING)  # it reports its files at every start
    try:
        return RapidOCR()
    finally:
        logging.disable(logging.NOTSET)


def _read(reader: Any, box: tuple[int, ...], size: tuple[int, int]) -> str:
    low, high = min(box), max(box)
    logging.disable(logging.WARNING)
    try:
        found = reader(png(bytes((value - low) * 255 // (high - low) for value in box), *size))
    finally:
        logging.disable(logging.NOTSET)
    return " ".join(found.txts or ())
