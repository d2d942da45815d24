"""The values of one object as pieces to search, with everything encoded or packed inside them; and their shapes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from deidra.standard.uids import transfer_syntax
from deidra.verify.attributes import Nature, nature
from deidra.verify.coded import segments
from deidra.verify.encoded import decoded_runs
from deidra.verify.findings import Check, Finding, Severity
from deidra.verify.fold import mask
from deidra.verify.forms import calendar_day
from deidra.verify.judge import Setting, setting_of
from deidra.verify.look import Piece
from deidra.verify.pdf import has_readers
from deidra.verify.places import PIXEL_DATA, Place, locator, pattern
from deidra.verify.reading import Structure
from deidra.verify.search import PIECE_MARK
from deidra.verify.shapes import Shape, shapes
from deidra.verify.texts import foldings, text_of
from deidra.verify.unpack import Budget, Unpacked, layers

LONGEST_UNPACKED = 256 << 20
_PART_BYTES = 16 << 20
_LONGEST_REMEMBERED, _READINGS_REMEMBERED = 512, 10_000
_BULK_VRS = frozenset({"OW", "OF", "OD", "OL", "OV"})
_BULK_FROM_BYTES = 1 << 10
_NOISE = frozenset({0x54001010, 0x04000520})  # Waveform Data, Encrypted Content
_NUMBERS = frozenset({"US", "SS", "UL", "SL", "FL", "FD", "SV", "UV", "AT", "US or SS", "US or SS or OW"})
_PLAIN_VRS = frozenset({"UI", "DA", "TM", "DT", "AS", "DS", "IS"})

# Told of what could not be unpacked, and of what could not be examined at all: (place, why)
Trouble = Callable[[str, str], None]


class Opened(NamedTuple):
    """What one file may still unfold to, and whom to tell when it cannot be unfolded."""

    budget: Budget
    trouble: Trouble
    gap: Callable[[str], None]


def is_bulk(place: Place) -> bool:
    """Whether a value is samples, or enciphered: searched as bytes in which chance spells short words."""
    long = place.value is None or len(place.value) >= _BULK_FROM_BYTES
    return place.tag in PIXEL_DATA or place.tag in _NOISE or (place.vr in _BULK_VRS and long)


def pieces_of(structure: Structure, place: Place, stays: bool, opened: Opened) -> Iterator[Piece]:
    """One value, in every reading of it. `stays`: the policy keeps it as it is."""
    value, where = place.value, locator(place)
    if is_bulk(place):
        yield from _coded(structure, place, where)
        return
    if value is None:  # long bytes that stayed in the file: searched there, unpacked here
        yield from _long_value(structure, place, where, opened)
        return
    if not value or (place.vr in _NUMBERS and len(value) <= 8):
        return
    piece = Piece(value, setting_of(place.vr), where, lenient=stays, top=place.start)
    if place.vr in _PLAIN_VRS or place.vr in _NUMBERS:
        yield piece
        return
    yield from readings(piece, place.vr, place.encodings)
    if len(value) > 8:
        yield from unpacked(value, where, place.start, opened)


def readings(piece: Piece, vr: str, encodings: tuple[str, ...]) -> Iterator[Piece]:
    """A piece as it stands, as folded text, and what encoded runs in it say."""
    yield piece
    short = len(piece.data) <= _LONGEST_REMEMBERED
    for form, data in _remembered(piece.data, vr, encodings) if short else _others(piece.data, vr, encodings):
        if form:
            joined = f"{piece.form}, {form}" if piece.form else form
            yield piece._replace(data=data, setting=Setting.BYTES, form=joined)
        else:
            yield piece._replace(data=data)


@lru_cache(_READINGS_REMEMBERED)
def _remembered(value: bytes, vr: str, encodings: tuple[str, ...]) -> tuple[tuple[str, bytes], ...]:
    """The same few values stand in all images of a series."""
    return tuple(_others(value, vr, encodings))


def _others(value: bytes, vr: str, encodings: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    """(how it was written, bytes): folded text, without a form, and what encoded runs say."""
    for folded in foldings(value, vr, encodings):
        yield "", folded
    runs: dict[str, list[bytes]] = {}
    for form, data in decoded_runs(value):
        runs.setdefault(form, []).append(data.replace(PIECE_MARK, b"\x02"))
    for form, parts in runs.items():
        joined = PIECE_MARK.join(parts)
        yield form, joined
        for folded in foldings(joined, "LO", ("utf-8",)):
            yield form, folded


def unpacked(data: bytes, where: str, top: int, opened: Opened) -> Iterator[Piece]:
    """Pieces of everything packed inside bytes."""
    try:
        for layer in layers(data, opened.budget):
            if layer.form == "PDF" and not has_readers():
                opened.gap("text of PDF files (needs the extra documents)")
            piece = Piece(layer.data, Setting.TEXT, f"{where} {layer.where}".strip(), layer.form, top=top)
            yield from readings(piece, "LO", ("utf-8",))
    except Unpacked as stopped:
        opened.trouble(where, str(stopped))


def _long_value(structure: Structure, place: Place, where: str, opened: Opened) -> Iterator[Piece]:
    length = place.stop - place.start
    if length > LONGEST_UNPACKED:
        opened.trouble(where, "a value too long to be unpacked")
        return
    structure.stream.seek(place.start)
    data = structure.stream.read(length)
    yield from unpacked(data, where, place.start, opened)
    for start in range(0, length, _PART_BYTES):
        part = Piece(data[start : start + _PART_BYTES], Setting.BYTES, where, top=place.start)
        yield from (piece for piece in readings(part, place.vr, place.encodings) if piece is not part)


def _coded(structure: Structure, place: Place, where: str) -> Iterator[Piece]:
    """Comments and metadata of coded frames."""
    syntax = transfer_syntax(structure.transfer_syntax_uid)
    if place.path or place.tag not in PIXEL_DATA or syntax is None or not syntax.encapsulated:
        return
    for segment in segments(structure.stream, place.start, place.stop, structure.transfer_syntax_uid):
        piece = Piece(segment.data, Setting.BYTES, f"{where} {segment.where}", top=place.start)
        yield from readings(piece, "OB", ("utf-8",))


def digest_of(place: Place) -> bytes | None:
    """Eight bytes that stand for a kept text and the attribute it stands in; None for what is no text."""
    if not place.value or place.vr in _NUMBERS or place.vr in _PLAIN_VRS or place.vr == "SQ" or is_bulk(place):
        return None
    where = f"{pattern(place)}\0".encode("utf-8", "replace")
    return hashlib.blake2b(where + place.value.rstrip(b"\0 "), digest_size=8).digest()


def original_days(place: Place, days: frozenset[date]) -> Iterator[tuple[Finding, date]]:
    """Dates that are original ones of the subject. The whole collection tells whether they are so by chance."""
    if place.vr not in ("DA", "DT") or not place.value:
        return
    kind = Nature.DATE if place.private else nature(place.tag, place.vr, place.inside)
    for part in place.value.decode("latin-1").split("\\"):
        day = calendar_day(part)
        if day in days and day is not None:
            message = "an original date of this subject"
            yield (
                Finding(
                    Check.KNOWN, Severity.LEAK, f"known-{kind.value}", locator(place), message, "", mask(part.strip())
                ),
                day,
            )


def shape_findings(place: Place, *, informed: bool) -> Iterator[Finding]:
    """Findings by the look of one value."""
    if not place.value or place.vr in _NUMBERS or is_bulk(place) or (place.tag >> 16 == 2 and not place.path):
        return
    text = text_of(place.value, place.vr, place.encodings)
    for shape in shapes(place.tag, place.vr, place.inside, text, informed) if text else ():
        message = f"looks like {_LOOKS[shape.code]}"
        yield Finding(
            Check.SHAPE, _severity(shape, place), f"shape-{shape.code}", locator(place), message, "", mask(shape.text)
        )


def _severity(shape: Shape, place: Place) -> Severity:
    """Numbers and days in private elements are mostly versions and counters: worth a note."""
    return Severity.NOTE if place.private and shape.code in ("day", "long-number") else shape.severity


_LOOKS = {
    "name-with-caret": "the name of a person",
    "name-with-title": "the name of a person",
    "person-name": "the name of a person",
    "labelled": "a labelled personal detail",
    "email": "a mail address",
    "phone": "a telephone number",
    "social-security-number": "a social security number",
    "day": "a calendar day",
    "street": "an address",
    "long-number": "an identification number",
    "age-over-89": "an age over 89 years",
    "birth-date-kept": "a day of birth",
    "day-out-of-range": "a day that cannot be",
    "day-in-uid": "a UID with a calendar day in it",
}
