"""Tesseract as Presidio's image redactor calls it: words with their boxes, page segmentation 3, nothing filtered.

Presidio redacts those words that its analyser takes for identifiers: what Tesseract does not see, it cannot redact, so
this is the least that leaks there. Needs the Debian package tesseract-ocr and pytesseract.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

Box = tuple[int, int, int, int]


def peers() -> dict[str, Callable[[NDArray[np.uint8]], Sequence[Box]]]:
    """The peers that are installed, by name."""
    if find_spec("pytesseract") is None or shutil.which("tesseract") is None:
        print("Tesseract is not installed: no peer to compare with")
        return {}
    return {"presidio-tesseract": _tesseract}


def _tesseract(picture: NDArray[np.uint8]) -> Sequence[Box]:
    import pytesseract
    from PIL import Image

    words = pytesseract.image_to_data(Image.fromarray(picture).convert("RGB"), output_type=pytesseract.Output.DICT)
    boxes = []
    for text, left, top, width, height in zip(
        words["text"], words["left"], words["top"], words["width"], words["height"], strict=True
    ):
        if text.strip():
            pad = 2 + round(0.15 * height)
            boxes.append((max(0, top - pad), max(0, left - pad), top + height + pad, left + width + pad))
    return boxes
