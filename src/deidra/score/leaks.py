"""Where an output still says what had to go, and which planted thing a find belongs to.

The same name stands in many places of an object. A find counts for the thing that was planted there; at a place where
nothing of the kind was planted it counts for every thing that it discloses.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import msgspec

from deidra.score import forms
from deidra.score.reading import Reading
from deidra.score.truth import Truth

_ITEM = re.compile(r"\[\d+\]")
_HOMES = {"stream:": "dcm:(7FE0,0010)", "doc:": "dcm:(0042,0011)"}
# Bytes that are seen twice: as what they are, and as the end or the whole of the file
_OVERLAPPING = ("tail:", "file:")
_ONLY_BYTES = ("trailing:", "dcm:(7FE0,0010)", "dcm:(0042,0011)")
_SURE_BYTES = 8  # so many letters or digits in a row do not meet by chance


class Saying(msgspec.Struct, frozen=True):
    """What one planted thing says, folded."""

    truth: int
    words: str
    letters: str


Homes = Mapping[str, Sequence[Saying]]


def homes(truths: Sequence[Truth]) -> Homes:
    """By place, what was planted there and had to go; drawn things say nothing in letters."""
    found: dict[str, list[Saying]] = {}
    for truth in truths:
        if truth.must != "keep" and truth.glyphs is None:
            surface = Saying(truth.id, forms.folded(truth.surface), forms.squeezed(truth.surface))
            found.setdefault(home(truth), []).append(surface)
    return found


def home(truth: Truth) -> str:
    """The place of a thing as finds name it: without item numbers, since items may go."""
    for prefix, place in _HOMES.items():
        if truth.locator.startswith(prefix):
            return place
    return _ITEM.sub("", truth.locator)


def leak_of(reading: Reading, truth: Truth, known: Homes) -> str:
    """Where the thing leaks: its own place, or one where nothing else explains the find. "" when nowhere."""
    found = places(reading, truth)
    own = home(truth)
    if own in found or (own == "trailing:" and _ends_with(reading, truth)):
        return own
    return next((place for place in found if not _explained(place, truth, known)), "")


def _ends_with(reading: Reading, truth: Truth) -> bool:
    """Whether the last bytes of the file say it: readers make an element of them, or nothing."""
    return reading.unpacked.raw.rstrip(b"\0 ").endswith(truth.surface.lower().encode())


def _explained(place: str, truth: Truth, known: Homes) -> bool:
    there = (place,) if place in known else _ONLY_BYTES if place in {*_OVERLAPPING, "bytes"} else ()
    return any(
        saying.truth != truth.id and forms.found_in_text(truth, saying.words, saying.letters)
        for home_place in there
        for saying in known.get(home_place, ())
    )


def places(reading: Reading, truth: Truth) -> list[str]:
    """Every place whose text says it; the raw bytes, as "bytes", only when no text does."""
    found = dict.fromkeys(_in_texts(reading, truth))
    sure = [place for place in found if place not in _OVERLAPPING]
    if found or truth.kind == "date":
        return sure or list(found)
    raw, cased = reading.unpacked.raw, reading.unpacked.cased
    for piece in forms.pieces(truth):
        if _in_bytes(piece, raw) or any(form in cased for form in forms.base64_forms(piece)):
            return ["bytes"]
    return []


def _in_texts(reading: Reading, truth: Truth) -> list[str]:
    dated = truth.kind == "date"
    if not forms.found_in_text(truth, reading.undated if dated else reading.words, reading.letters):
        return []
    found = []
    for (place, text), letters in zip(reading.unpacked.texts, reading.squeezed, strict=True):
        if not (dated and place in reading.dated) and forms.found_in_text(truth, text, letters):
            found.append("trailing:" if place.startswith("dcm:(0000,") else _ITEM.sub("", place))
    return found


def _in_bytes(piece: str, raw: bytes) -> bool:
    for form in forms.byte_forms(piece):
        at = raw.find(form)
        while at >= 0:
            before, after = raw[at - 1 : at], raw[at + len(form) : at + len(form) + 1]
            inside = (form[:1].isalnum() and before.isalnum()) or (form[-1:].isalnum() and after.isalnum())
            if not (inside and form.isalnum() and len(form) < _SURE_BYTES):
                return True
            at = raw.find(form, at + 1)
    return False
