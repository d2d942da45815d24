"""The verdict on one planted thing: leaked, gone, kept, lost, or not to be told."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Literal

from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from deidra.score import forms, locate
from deidra.score.glyphs import legible, legible_in_overlays, unchanged_outside
from deidra.score.leaks import Homes, leak_of
from deidra.score.reading import Reading
from deidra.score.recognise import pixel_digest
from deidra.score.truth import Glyphs, PlantedObject, Truth
from deidra.standard.dictionary import private_vr

Verdict = Literal["leaked", "gone", "kept", "lost", "unscored"]
_NUMBERS = {"number", "private-number"}
_EXACT = {"code", "characteristic", "well-known-uid", "device-characteristic"}


def verdict_on(
    truth: Truth, reading: Reading, source: PlantedObject, drawn: tuple[Truth, ...], known: Homes
) -> tuple[Verdict, str]:
    """The verdict, and where it leaks or why none can be given.

    `drawn`: what was drawn into the same object; `known`: what was planted where in it.
    """
    if truth.glyphs is not None:
        return _drawn_verdict(truth, truth.glyphs, reading)
    if truth.must == "keep":
        return _kept_verdict(truth, reading, source, drawn)
    if truth.must == "shift" and _at_place(truth, reading, lambda value: truth.moment in value):
        return "leaked", truth.locator
    place = leak_of(reading, truth, known)
    return ("leaked" if place else "gone"), place


def _drawn_verdict(truth: Truth, glyphs: Glyphs, reading: Reading) -> tuple[Verdict, str]:
    if truth.carrier == "overlay":
        seen = legible_in_overlays(reading.dataset, glyphs)
    else:
        if "PixelData" not in reading.dataset:
            return ("lost" if truth.must == "keep" else "gone"), ""
        if reading.frames is None:
            return "unscored", "pixels cannot be decoded here"
        try:
            seen = legible(reading.frames, glyphs)
        except IndexError:
            return "unscored", "the image has another size"
    if truth.must == "keep":
        return ("kept" if seen else "lost"), ""
    return ("leaked", truth.carrier) if seen else ("gone", "")


def _kept_verdict(
    truth: Truth, reading: Reading, source: PlantedObject, drawn: tuple[Truth, ...]
) -> tuple[Verdict, str]:
    if truth.kind == "pixels":
        return _pixels_verdict(reading, source)
    if truth.kind == "pixels-outside":
        if reading.frames is None:
            return "lost", ""
        samples = int(reading.dataset.get("SamplesPerPixel", 1))
        near = [other.glyphs for other in drawn if other.glyphs is not None and other.carrier != "overlay"]
        return ("kept" if unchanged_outside(reading.frames, source.tiles, near, samples) else "lost"), ""
    if truth.locator.startswith("doc:"):
        text = "\n".join(text for place, text in reading.unpacked.texts if place == "dcm:(0042,0011)")
        return ("kept" if forms.squeezed(truth.surface) in forms.squeezed(text) else "lost"), ""
    return ("kept" if _at_place(truth, reading, lambda value: _says_still(truth, value)) else "lost"), ""


def _pixels_verdict(reading: Reading, source: PlantedObject) -> tuple[Verdict, str]:
    if pixel_digest(reading.dataset) == source.pixels:
        return "kept", ""
    if source.tiles and reading.frames is not None:
        samples = int(reading.dataset.get("SamplesPerPixel", 1))
        if unchanged_outside(reading.frames, source.tiles, (), samples):
            return "kept", ""
    elif "PixelData" in reading.dataset and not source.tiles:
        return "unscored", "coded pixels were coded anew"
    return "lost", ""


def _at_place(truth: Truth, reading: Reading, holds: Callable[[str], bool]) -> bool:
    """Whether a value at the address of the truth, in the file meta or the data set, satisfies `holds`."""
    if not locate.at(truth.locator):
        return False
    steps = locate.parsed(truth.locator)
    dataset = reading.dataset
    if steps[0].group == 0x0002:
        dataset = getattr(dataset, "file_meta", Dataset())
    kind = private_vr(steps[-1].creator, steps[-1].group, steps[-1].element) if steps[-1].creator else None
    return any(holds(value_text(element, kind or "")) for element in locate.found(dataset, steps))


_PACKED = {"US": "H", "SS": "h", "UL": "I", "SL": "i", "FL": "f", "FD": "d"}


def value_text(element: DataElement, kind: str = "") -> str:
    """A value as keys write it. `kind`: the VR of a private element, which implicit encoding does not tell."""
    value = element.value
    if value is None:
        return ""
    if isinstance(value, bytes):
        packed = _PACKED.get(kind)
        if packed and len(value) % struct.calcsize(f"<{packed}") == 0:
            return "\\".join(map(str, struct.unpack(f"<{len(value) // struct.calcsize('<' + packed)}{packed}", value)))
        return value.decode("latin-1").strip("\0 ")
    return ("\\".join(map(str, value)) if element.VM > 1 else str(value)).strip()


def _says_still(truth: Truth, value: str) -> bool:
    if truth.kind in _NUMBERS:
        return _same_numbers(truth.surface, value)
    if truth.kind in _EXACT:
        return truth.surface.strip().casefold() == value.casefold()
    wanted = forms.squeezed(truth.surface)
    if wanted in forms.squeezed(value):
        return True
    have = _tokens(value)
    return all(token in have for token in _tokens(truth.surface))


def _tokens(text: str) -> list[str]:
    flat = "".join(letter if letter.isalnum() or letter == "." else " " for letter in forms.folded(text))
    return [token.strip(".") for token in flat.split() if token.strip(".")]


def _same_numbers(first: str, second: str) -> bool:
    if first.strip() == second:
        return True
    try:
        ours, theirs = [float(v) for v in first.split("\\")], [float(v) for v in second.split("\\")]
    except ValueError:
        return False
    return len(ours) == len(theirs) and all(
        abs(a - b) <= 1e-6 * max(1.0, abs(a)) for a, b in zip(ours, theirs, strict=True)
    )
