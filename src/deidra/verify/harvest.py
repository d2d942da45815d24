"""What one source object says of people, places and instances: the identifiers that must not be found again.

The originals are read with pydicom, every value at every depth. Private elements give names, UIDs and days by their VR.
"""

from __future__ import annotations

import hashlib
import os
from typing import IO, NamedTuple

from deidra.verify.attributes import Nature, is_kept, nature
from deidra.verify.content import is_kept_content, kept_items
from deidra.verify.facts import Facts, facts_of, uids_of
from deidra.verify.fold import fold
from deidra.verify.knowledge import Known, is_searched
from deidra.verify.limits import TooSlow, limited, seconds_for
from deidra.verify.places import PIXEL_DATA, Place
from deidra.verify.quiet import quiet
from deidra.verify.reading import Structure, Unreadable, is_dicom, read_structure
from deidra.verify.texts import text_of

_TEXTS = frozenset({"LO", "SH", "ST", "LT", "UT", "UC", "AE", "UR"})
_KEPT = (Nature.TECHNICAL, Nature.DEVICE, Nature.INSTITUTION)
_MEDIA_STORAGE_DIRECTORY = "1.2.840.10008.1.3.10"
_LONGEST_VALUE = 4096  # longer ones are reports, not identifiers
_IMPLEMENTATION_CLASS_UID = 0x00020012  # names software, in every file that it ever wrote
_GEOMETRY = frozenset(
    {0x00080016, 0x00080060, 0x00200013, 0x00200032, 0x00200037, 0x00201041, 0x00280008, 0x00280010, 0x00280011}
    | {0x00280030, 0x00280100, 0x00280101, 0x00180050, 0x00180088, 0x30060080, 0x300A00B0}
)


class Harvest(NamedTuple):
    """One source object. Sensitive. `pixels` and `geometry` are digests that de-identification leaves as they are."""

    facts: Facts
    known: frozenset[Known]
    uids: frozenset[str]
    kept: frozenset[str]
    technical: frozenset[str]
    pixels: bytes
    geometry: bytes
    is_directory: bool
    problem: str = ""

    def __repr__(self) -> str:
        return "Harvest(<redacted>)"


NOTHING = Harvest(Facts(), frozenset(), frozenset(), frozenset(), frozenset(), b"", b"", False)


def harvest(path: str, options: frozenset[str]) -> Harvest:
    """Read a source file. `problem` says why nothing is known of it."""
    try:
        with quiet(), open(path, "rb") as file:  # noqa: PTH123 - any bytes
            size = os.fstat(file.fileno()).st_size
            if not is_dicom(file.read(132)):
                return NOTHING._replace(problem="not-dicom")
            file.seek(0)
            with limited(seconds_for(size)):
                return _of_structure(read_structure(file, size), options)
    except (Unreadable, TooSlow):
        return NOTHING._replace(problem="not-read")
    except Exception:  # noqa: BLE001 - pydicom meets anything in a damaged file
        return NOTHING._replace(problem="not-read")


def _of_structure(structure: Structure, options: frozenset[str]) -> Harvest:
    known = set[Known]()
    uids, of_classes, kept, technical = (set[str]() for _ in range(4))
    items = kept_items(structure.places, options)
    for place in structure.all_places:
        if not place.value or len(place.value) > _LONGEST_VALUE or place.tag == _IMPLEMENTATION_CLASS_UID:
            continue
        kind = _kind(place)
        stays = is_kept_content(place, items) or (
            not place.private and is_kept(place.tag, place.vr, options, place.inside)
        )
        if kind is Nature.UID and not stays:
            uids.update(uids_of(place.value))
        elif place.vr == "UI":
            of_classes.update(uids_of(place.value))
        elif is_searched(kind, options) and not stays:
            known.update(_known(kind, place))
        elif place.vr in _TEXTS and not place.private and kind in _KEPT:
            (technical if kind is Nature.TECHNICAL else kept).add(text_of(place.value, place.vr, place.encodings))
    facts = facts_of(structure.meta, structure.places)
    return Harvest(
        facts,
        frozenset(known),
        frozenset(uids - of_classes),
        frozenset(kept),
        frozenset(technical),
        pixels_digest(structure.stream, structure.places),
        geometry_digest(structure.places),
        _MEDIA_STORAGE_DIRECTORY in (facts.sop_class, *_stored_class(structure)),
    )


def _kind(place: Place) -> Nature:
    if place.private:
        return {"PN": Nature.NAME, "UI": Nature.UID}.get(place.vr, Nature.TEXT)
    return nature(place.tag, place.vr, place.inside)


def _known(kind: Nature, place: Place) -> list[Known]:
    text = text_of(place.value or b"", place.vr, place.encodings)
    values = [part.strip() for part in text.split("\\")] if place.vr not in ("ST", "LT", "UT", "UR") else [text]
    if kind is Nature.DATE:
        values = [value[:8] for value in values]
    return [Known(kind, value) for value in values if fold(value)]


def _stored_class(structure: Structure) -> list[str]:
    return [text_of(place.value or b"", "UI", ()) for place in structure.meta if place.tag == 0x00020002]


def pixels_digest(stream: IO[bytes], places: list[Place]) -> bytes:
    """A digest of the samples as they are coded; empty without any."""
    digest, found = hashlib.blake2b(digest_size=16), False
    for place in places:
        if place.path or place.tag not in PIXEL_DATA:
            continue
        found = True
        if place.value is not None:
            digest.update(place.value.rstrip(b"\0"))
            continue
        stream.seek(place.start)
        left = place.stop - place.start
        while left > 0 and (data := stream.read(min(left, 1 << 20))):
            digest.update(data)
            left -= len(data)
    return digest.digest() if found else b""


def geometry_digest(places: list[Place]) -> bytes:
    """A digest of where and how an object was acquired, and of its numbers when it is no image."""
    lines = sorted(
        f"{place.inside}{place.tag:08X}={text_of(place.value, place.vr, place.encodings)}"
        for place in places
        if place.value and (place.tag in _GEOMETRY or (place.vr in ("DS", "IS") and place.path))
    )
    return hashlib.blake2b("\n".join(lines).encode("utf-8", "replace"), digest_size=16).digest()
