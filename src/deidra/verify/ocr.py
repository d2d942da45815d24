"""Text in rendered pixels, where an OCR engine is installed: rapidocr (any flavour) or tesseract. Optional."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deidra.verify.examine import Examined, Scope
from deidra.verify.frames import pictures
from deidra.verify.judge import Setting
from deidra.verify.look import Found, Piece, Searcher

if TYPE_CHECKING:
    from collections.abc import Callable

# Modalities whose pictures often carry text, besides colour images
_LIKELY = frozenset({"US", "SC", "OT", "XA", "RF", "ES", "XC", "GM", "SM", "OP", "IVUS", "MG", "DX", "CR", "PX", "DOC"})


def engine() -> str:
    """The OCR engine that is installed, "" if none is or samples cannot be decoded."""
    if find_spec("numpy") is None:
        return ""
    for module in ("rapidocr", "rapidocr_onnxruntime"):
        if find_spec(module) is not None:
            return module
    return "tesseract" if shutil.which("tesseract") and find_spec("PIL") is not None else ""


def read_pixels(path: str, examined: Examined, scope: Scope, which: str) -> tuple[list[Found], bool | None]:
    """Known identifiers in the text of pictures, and whether they were read; None when there was nothing to read.

    `which`: of objects that seldom carry text, "likely" reads what looks like writing, "all" everything.
    """
    reader = _reader(engine())
    if reader is None:
        return [], False
    searcher = Searcher(scope.store, examined.task.subject, scope.shortest_in_bulk)
    found: list[Found] = []
    read = None
    try:
        for picture in pictures(path, everything=which == "all" or examined.facts.modality in _LIKELY):
            text = "\n".join(reader(picture.samples)).encode()
            piece = Piece(text, Setting.TEXT, picture.where, "text in pixels")
            found += searcher.judged([piece], searcher.hits([piece]))
            read = True
    except Exception:  # noqa: BLE001 - decoders and engines raise anything: then the pixels were not read
        return found, False
    return found, read


@cache
def _reader(name: str) -> Callable[[Any], list[str]] | None:
    if name == "rapidocr":
        from rapidocr import RapidOCR

        modern: Any = RapidOCR(params={"Global.log_level": "critical"})
        return lambda frame: list(modern(frame).txts or ())
    if name == "rapidocr_onnxruntime":
        from rapidocr_onnxruntime import RapidOCR as Older  # type: ignore[import-untyped,import-not-found,unused-ignore]

        older = Older()
        return lambda frame: [line[1] for line in older(frame)[0] or ()]
    return _tesseract if name == "tesseract" else None


def _tesseract(frame: Any) -> list[str]:
    from PIL import Image

    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder) / "frame.png"
        Image.fromarray(frame).save(picture)
        done = subprocess.run(["tesseract", str(picture), "-"], capture_output=True, check=True, timeout=120)
    return done.stdout.decode("utf-8", "replace").splitlines()
