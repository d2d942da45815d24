"""What the files of a series have in common is decided once.

The headers of a series differ in a few elements: positions, times, instance UIDs. Decisions are pure functions of
an element's bytes and of its context, so a run of elements that is byte for byte the run of an earlier file has
the same result. A template holds those runs with their results and names the elements that vary; only these are
read and decided in each further file. Anything unexpected (another length, another element, another outcome) makes
the template step aside, and the object takes the full path. Both paths give the same bytes.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from deidra.dicom import layout, markers, pixel_gate
from deidra.dicom.header import (
    CHARACTER_SET,
    PIXELS,
    SERIES_INSTANCE_UID,
    SOP_INSTANCE_UID,
    STUDY_INSTANCE_UID,
)
from deidra.dicom.private import DeclaredSafe, PrivateBlocks
from deidra.dicom.reader import Piece
from deidra.dicom.rewrite import Cut, Insert, Scope, Walk, changed, splice, written
from deidra.dicom.rules import Decision, Place
from deidra.dicom.source import WINDOW_BYTES, Source, skip_fragments
from deidra.dicom.stream import FRAGMENTS, NO_STOP, Element, Seen
from deidra.errors import ObjectError
from deidra.model import Action, Edit

# The outcome of other elements depends on these: where they vary there is no template
_CONTEXT = markers.DEPENDS_ON | pixel_gate.DEPENDS_ON | layout.DEPENDS_ON | {
    CHARACTER_SET,
    SERIES_INSTANCE_UID,
    STUDY_INSTANCE_UID,
    0x00080300,  # Private Data Element Characteristics Sequence
    0x00700060,  # Graphic Layer Sequence
}


class Done(NamedTuple):
    """One section of an object that took the full path: what stood there and what was cut."""

    buf: bytes
    elements: list[Element]
    cuts: list[Cut]


class _Run(msgspec.Struct, frozen=True):
    """Elements that are the same in all files, and what becomes of them."""

    raw: bytes
    output: bytes


class _Varying(msgspec.Struct, frozen=True):
    """An element that differs: its decision, and the records that its outcome must have."""

    element: Element
    decision: Decision
    edits: list[Edit]
    action: Action | None  # of a transform


class _Bulk(msgspec.Struct, frozen=True):
    """A bulk value at the end of a section: kept as a span, or replaced by `output`."""

    header: bytes
    value_bytes: int  # 0 for fragments: they are counted in each file
    output: bytes | None


class _SectionTemplate(msgspec.Struct, frozen=True):
    parts: list[_Run | _Varying]
    bulk: _Bulk | None


class Filled(NamedTuple):
    """The body of an object that fits its template."""

    body: list[Piece]
    sop_instance_uid: str
    end: int


class SeriesTemplate(msgspec.Struct, frozen=True):
    """The runs and the varying elements of a kind of object within one batch."""

    sections: list[_SectionTemplate]
    tail: bytes
    scope: Scope

    def fill(self, source: Source, walk: Walk) -> Filled | None:
        """The new body of `source`, or None when it does not fit."""
        body: list[Piece] = []
        sop_instance_uid = ""
        base = source.data_start
        for section in self.sections:
            buf = source.reader.read_at(base, WINDOW_BYTES)
            position = 0
            for part in section.parts:
                if isinstance(part, _Run):
                    if not buf.startswith(part.raw, position):
                        return None
                    body.append(part.output)
                    position += len(part.raw)
                    continue
                element = _read_one(source, buf, position, part.element)
                if element is None:
                    return None
                new = _outcome(walk, self.scope, buf, element, part)
                if new is None:
                    return None
                body.append(new)
                position = element[4]
                if element[0] == SOP_INSTANCE_UID:
                    sop_instance_uid = _value_of(source, new)
            end = base + position
            if section.bulk is not None:
                stop = _fill_bulk(source, buf, position, end, section.bulk, body)
                if stop is None:
                    return None
                end = stop
            base = end
        body.append(self.tail)
        # The full path says what is wrong with an instance UID that is none or several
        plain = sop_instance_uid and "\\" not in sop_instance_uid
        return Filled(body, sop_instance_uid, base) if plain else None


def _value_of(source: Source, element: bytes) -> str:
    found: list[Element] = []
    source.encoding.read_elements(found, element, 0, len(element), source.encoding, 0, Seen(), NO_STOP)
    return element[found[0][3] : found[0][4]].rstrip(b"\0 ").decode("ascii", "replace")


def _read_one(source: Source, buf: bytes, position: int, like: Element) -> Element | None:
    """The element at `position` if it is the same attribute as `like`, in this window."""
    found: list[Element] = []
    encoding = source.encoding
    try:
        encoding.read_elements(found, buf, position, len(buf), encoding, 0, Seen(), like[0])
    except ObjectError:
        if not found:
            return None
    if len(found) != 1 or found[0][:2] != like[:2]:
        return None
    return found[0]


def _outcome(walk: Walk, scope: Scope, buf: bytes, element: Element, part: _Varying) -> bytes | None:
    """The new bytes of a varying element, or None when its outcome is of another kind than in the template."""
    tag, vr, at, value, stop, _ = element
    decision = part.decision
    if decision.operation in ("transform", "number"):
        new, action = decision.apply(buf[value:stop], scope)
        if action is not part.action:
            return None
        if action is Action.KEEP:
            return buf[at:stop]
        return b"" if new is None else written(tag, vr, new, decision, scope.encoding)
    if decision.operation == "remove":
        return b""
    if decision.operation == "keep":
        # How long pixels may be is not compared anywhere else: longer ones hold more than pixels
        like = part.element
        return buf[at:stop] if tag not in PIXELS or stop - value == like[4] - like[3] else None
    walk.edits.clear()
    result = changed(walk, scope, buf, element, decision)
    if walk.edits != part.edits:
        return None
    return buf[at:stop] if result is None else result


def _fill_bulk(
    source: Source, buf: bytes, position: int, base: int, bulk: _Bulk, body: list[Piece]
) -> int | None:
    if not buf.startswith(bulk.header, position):
        return None
    start = base + len(bulk.header)
    stop = start + bulk.value_bytes if bulk.value_bytes else skip_fragments(source.reader, start)
    if stop > source.reader.size:
        return None
    if bulk.output is None:
        body += [bulk.header, (start, stop - start)]
    else:
        body.append(bulk.output)
    return stop


def fits_windows(done: list[Done]) -> bool:
    """Whether the sections are short enough for a template, which reads each in one window of the usual size."""
    return all(len(section.buf) <= WINDOW_BYTES for section in done)


def varying_tags(one: list[Done], other: list[Done]) -> set[int] | None:
    """Tags of the top-level elements that differ, or None when the two are not built alike."""
    if len(one) != len(other):
        return None
    tags: set[int] = set()
    for first, second in zip(one, other, strict=True):
        if [e[:2] for e in first.elements] != [e[:2] for e in second.elements]:
            return None
        for a, b in zip(first.elements, second.elements, strict=True):
            if first.buf[a[2] : a[4]] != second.buf[b[2] : b[4]]:
                if a[4] > len(first.buf):
                    if first.buf[a[2] : a[3]] != second.buf[b[2] : b[3]]:
                        return None
                    continue
                tags.add(a[0])
    return tags


def build(
    done: list[Done],
    varying: set[int],
    place: Place,
    declared: DeclaredSafe,
    scope: Scope,
    walk: Walk,
    tail: bytes,
) -> SeriesTemplate | None:
    """The template of an object that took the full path; None when what varies is context."""
    if varying & _CONTEXT or _graphics_vary(done, varying):
        return None
    sections = []
    for section in done:
        built = _section(section, varying, place, declared, scope, walk)
        if built is None:
            return None
        sections.append(built)
    return SeriesTemplate(sections, tail, scope)


def _graphics_vary(done: list[Done], varying: set[int]) -> bool:
    """Whether a group of graphics varies that was judged as a whole (overlays and curves, see graphic_groups)."""
    elements = [element for section in done for element in section.elements]
    judged = any(items.__class__ is Insert and _is_graphic(tag) for tag, _, _, _, _, items in elements)
    return judged and any(map(_is_graphic, varying))


def _is_graphic(tag: int) -> bool:
    return tag >> 24 in (0x50, 0x60)


def _section(
    done: Done, varying: set[int], place: Place, declared: DeclaredSafe, scope: Scope, walk: Walk
) -> _SectionTemplate | None:
    buf, elements, cuts = done
    private = PrivateBlocks(place, declared)
    parts: list[_Run | _Varying] = []
    start = 0
    bulk: _Bulk | None = None
    for element in elements:
        tag, _, at, value, stop, items = element
        decision = private.decide(buf, element) if tag & 0x10000 else place.standard.get(tag)
        if stop > len(buf):
            if items.__class__ is Insert:
                return None  # made from the value, which is not compared
            _close_run(parts, buf, cuts, start, at)
            output = next((new for cut_at, cut_stop, new in cuts if cut_at == at and cut_stop == stop), None)
            if output:
                return None  # made from the value, which is not compared
            bulk = _Bulk(buf[at:value], 0 if items is FRAGMENTS else stop - value, output)
            return _SectionTemplate(parts, bulk)
        if tag not in varying or items.__class__ is Insert:
            continue
        if decision is None:
            return None  # a private creator: the fate of its block depends on it
        _close_run(parts, buf, cuts, start, at)
        part = _varying(walk, scope, buf, element, decision)
        if tag & 0x10000 and (decision.operation == "recurse" or part.action is Action.REMOVE):
            return None  # whether its creator stays may depend on it
        parts.append(part)
        start = stop
    _close_run(parts, buf, cuts, start, elements[-1][4])
    return _SectionTemplate(parts, bulk)


def _close_run(parts: list[_Run | _Varying], buf: bytes, cuts: list[Cut], start: int, stop: int) -> None:
    inside = [cut for cut in cuts if start <= cut[0] and cut[1] <= stop]
    output = splice(buf, inside, start, stop)
    if start < stop or output:
        parts.append(_Run(buf[start:stop], output))


def _varying(walk: Walk, scope: Scope, buf: bytes, element: Element, decision: Decision) -> _Varying:
    action = None
    walk.edits.clear()
    if decision.operation in ("transform", "number"):
        _, action = decision.apply(buf[element[3] : element[4]], scope)
    elif decision.operation not in ("keep", "remove"):
        changed(walk, scope, buf, element, decision)
    return _Varying(element, decision, list(walk.edits), action)
