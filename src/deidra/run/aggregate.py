"""The folds over outcomes that reports and plans show. Nothing here holds an original value."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from deidra.standard import dictionary, uids
from deidra.workspace import outcomes

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from deidra.model import Edit

_INDEX = re.compile(r"\[\d+\]")
_PAGE = re.compile(r"(?<=page=)\d+")
_REGION = re.compile(r"^px:.*")
_CONFIDENCE = re.compile(r", confidence [\d.]+$")
_BYTE = "byte "
_PLACES_SHOWN = 5
_LAST_TAG = re.compile(r"\(([0-9A-F]{4}),([0-9A-F]{4})\)$")
_LAST_PRIVATE = re.compile(r'\(([0-9A-F]{4}),"(.*)",([0-9A-F]{2})\)$')
# Code strings as the standard defines them for Modality; anything else might be somebody's name in the wrong field.
_MODALITY = re.compile(r"[A-Z]{2,10}")
_UNKNOWN_CREATOR = "?"  # how the engine prints a private creator that no dictionary knows
_LOCATORS_REMEMBERED = 100_000
_VALUES_REMEMBERED = 1000
# Documents that stand free, by MIME type
DOCUMENTS = {
    "application/pdf": "Document: PDF",
    "text/xml": "Document: XML (CDA, FHIR and others)",
    "application/fhir+json": "Document: FHIR in JSON",
    "application/hl7-v2": "Document: HL7 v2 message",
    "application/rtf": "Document: RTF",
    "text/plain": "Document: plain text",
    "model/stl": "Document: mesh (STL)",
    "model/obj": "Document: mesh (OBJ)",
    "model/mtl": "Document: materials of a mesh (MTL)",
}
EXAMINATIONS = (
    "metadata", "container", "known-identifiers", "free-text", "overlay-text", "pixel-text", "faces", "streams",
)  # fmt: skip


class ActionRow(msgspec.Struct, frozen=True):
    """What was done at one attribute: `attribute` is a locator without item numbers, `objects` how many it concerns."""

    attribute: str
    name: str
    action: str
    rule: str
    source: str
    objects: int


class KindRow(msgspec.Struct, frozen=True):
    """Objects of one modality and SOP class."""

    modality: str
    sop_class: str
    released: int
    held: int
    rejected: int
    bytes_in: int
    bytes_out: int
    not_selected: int = 0


class ExaminationRow(msgspec.Struct, frozen=True):
    """How many of the released objects were examined in one way, how many were not, and why not.

    Objects that the examination does not apply to (faces in a document) count in neither. `by` and `cpu_seconds` tell
    what searched pixels, with versions, and what that took.
    """

    kind: str
    made: int
    not_made: int
    notes: tuple[str, ...]
    by: tuple[str, ...] = ()
    cpu_seconds: float = 0.0


class ReasonRow(msgspec.Struct, frozen=True):
    """Why objects were not released, in one wording; some of the places, and the id of one of the objects."""

    status: str
    code: str
    message: str
    objects: int
    places: tuple[str, ...]
    example: int


def actions(ledger: sqlite3.Connection, statuses: Iterable[str] = ("released",)) -> list[ActionRow]:
    """What was done per attribute over all objects of these statuses, by attribute."""
    counts: Counter[tuple[str, str, str, str]] = Counter()
    wanted = frozenset(statuses)
    for status, objects, edits in outcomes.edit_lists(ledger):
        if status in wanted:
            for row in {_general(edit) for edit in edits}:
                counts[row] += objects
    rows = [ActionRow(row[0], attribute_name(row[0]), *row[1:], objects) for row, objects in counts.items()]
    return sorted(
        rows,
        key=lambda row: (row.attribute.count("/"), '"' in row.attribute, row.attribute, row.action, row.rule),
    )


def _general(edit: Edit) -> tuple[str, str, str, str]:
    return general_locator(edit.locator), str(edit.action), edit.rule, _CONFIDENCE.sub("", edit.source)


def kinds(ledger: sqlite3.Connection) -> list[KindRow]:
    """Objects by modality and SOP class, the most frequent first."""
    groups: dict[tuple[str, str], Counter[str]] = {}
    for modality, sop_class, status, objects, bytes_in, bytes_out in outcomes.count_by_kind(ledger):
        group = groups.setdefault((modality_text(modality), sop_class_text(sop_class)), Counter())
        group[status] += objects
        group["in"] += bytes_in
        group["out"] += bytes_out
    rows = [
        KindRow(
            *group,
            count["released"],
            count["held"],
            count["rejected"],
            count["in"],
            count["out"],
            count["not-selected"],
        )
        for group, count in groups.items()
    ]
    return sorted(rows, key=lambda row: (-(row.released + row.held + row.rejected), row.modality, row.sop_class))


def examinations(ledger: sqlite3.Connection) -> list[ExaminationRow]:
    """Which looks at the released objects were made; every kind is listed, made or not."""
    made: Counter[str] = Counter()
    skipped: Counter[str] = Counter()
    notes: dict[str, set[str]] = {}
    finders: set[str] = set()
    for status, objects, looks in outcomes.examination_lists(ledger):
        if status != "released":
            continue
        for look in looks:
            (made if look.made else skipped)[look.kind] += objects
            if look.made and look.kind == "pixel-text":
                finders.add(look.by)
            if look.note:
                notes.setdefault(look.kind, set()).add(look.note)
    return [
        ExaminationRow(
            kind,
            made[kind],
            skipped[kind],
            tuple(sorted(notes.get(kind, ()))),
            tuple(sorted(finders)) if kind == "pixel-text" else (),
            outcomes.pixel_cpu_seconds(ledger) if kind == "pixel-text" else 0.0,
        )
        for kind in EXAMINATIONS
    ]


def reasons(ledger: sqlite3.Connection) -> list[ReasonRow]:
    """Why objects were held or rejected, the most frequent first."""
    counts: Counter[tuple[str, str, str]] = Counter()
    examples: dict[tuple[str, str, str], int] = {}
    places: dict[tuple[str, str, str], set[str]] = {}
    for status, objects, example, found in outcomes.reason_lists(ledger):
        for reason in found:
            row = (status, reason.code, reason.message)
            counts[row] += objects
            examples[row] = min(example, examples.get(row, example))
            # Byte offsets differ from file to file; report.json has them object by object.
            if reason.locator and not reason.locator.startswith(_BYTE):
                places.setdefault(row, set()).add(general_locator(reason.locator))
    rows = [
        ReasonRow(*row, objects, tuple(sorted(places.get(row, ()))[:_PLACES_SHOWN]), examples[row])
        for row, objects in counts.items()
    ]
    return sorted(rows, key=lambda row: (row.status, -row.objects, row.code, row.message))


@lru_cache(_LOCATORS_REMEMBERED)
def general_locator(locator: str) -> str:
    """A locator without its item and page numbers, frames and boxes."""
    return _REGION.sub("px:regions", _PAGE.sub("*", _INDEX.sub("[]", locator)))


def attribute_name(locator: str) -> str:
    """What PS3.6 calls the attribute at the end of a locator; ``""`` where it has no name."""
    standard = _LAST_TAG.search(locator)
    if standard:
        group, element = int(standard[1], 16), int(standard[2], 16)
        if element == 0:
            return "Group Length"
        if group & 1:
            return "Private Creator" if 0x10 <= element <= 0xFF else ""
        return dictionary.name(group << 16 | element)
    private = _LAST_PRIVATE.search(locator)
    if private:
        return "private element of an unknown creator" if private[2] == _UNKNOWN_CREATOR else "private element"
    return ""


@lru_cache(_VALUES_REMEMBERED)
def modality_text(value: str) -> str:
    """A modality as reports show it: only what can be a defined term."""
    return value if _MODALITY.fullmatch(value) else ""


@lru_cache(_VALUES_REMEMBERED)
def sop_class_text(uid: str) -> str:
    """The name of a SOP class, or of a kind of document by its MIME type; ``""`` for what may be anything."""
    return DOCUMENTS.get(uid) or (uids.uid_name(uid) if uids.is_registered(uid) else "")


@lru_cache(_VALUES_REMEMBERED)
def transfer_syntax_text(uid: str) -> str:
    """A transfer syntax UID if it is one of PS3.6 Annex A."""
    return uid if uids.is_registered(uid) else ""
