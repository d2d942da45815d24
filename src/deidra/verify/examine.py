"""One released file: its name, every byte of it, every value, everything packed inside. Never raises for a bad file."""

from __future__ import annotations

import bisect
import os
from collections.abc import Iterable
from pathlib import Path
from typing import IO, NamedTuple

from deidra.verify.attributes import is_kept, options_of_codes
from deidra.verify.content import is_kept_content, kept_items
from deidra.verify.facts import Facts, facts_of
from deidra.verify.findings import Check, Finding, Severity
from deidra.verify.judge import Setting
from deidra.verify.look import Found, Piece, Searcher
from deidra.verify.places import Place, locator
from deidra.verify.private import private_findings
from deidra.verify.quiet import quiet
from deidra.verify.reading import Structure, Unreadable, is_dicom, read_structure
from deidra.verify.unpack import Budget
from deidra.verify.values import (
    LONGEST_UNPACKED,
    Opened,
    digest_of,
    is_bulk,
    original_days,
    pieces_of,
    readings,
    shape_findings,
    unpacked,
)

CHUNK_BYTES = 64 << 10
OVERLAP_BYTES = 1 << 10  # longer than any needle as it is written
_HEAD_BYTES = 132
_WHOLE_BYTES = 64 << 20


class Task(NamedTuple):
    """A file below the output. `subject` numbers the subject whose object it is, if that is known."""

    number: int
    path: str
    subject: int | None


class Scope(NamedTuple):
    """What all examinations of a verification share.

    `options` None: each object says itself which ones it has. `stated`: they are known, and so is what must not stay.
    """

    out: Path
    store: Path
    shortest_in_bulk: int
    informed: bool
    options: frozenset[str] | None
    stated: bool


class Examined(NamedTuple):
    """What was found in a file, and what could not be examined in it. `values` are digests of distinct kept texts."""

    task: Task
    kind: str  # "dicom", "other", or "none" for what cannot be opened
    found: list[Found]
    facts: Facts
    options: frozenset[str]
    stated: bool
    values: set[bytes]
    gaps: set[str]
    size: int
    text_bytes: int
    bulk_bytes: int


class _Look:
    """The examination of one file while it goes on."""

    def __init__(self, task: Task, scope: Scope) -> None:
        self.scope, self.task = scope, task
        self.searcher = Searcher(scope.store, task.subject, scope.shortest_in_bulk)
        self.found: list[Found] = []
        self.met: set[tuple[int, bytes]] = set()  # (where its element stands, needle): seen and judged in a value
        self.values: set[bytes] = set()
        self.gaps: set[str] = set()
        self.text_bytes = self.bulk_bytes = 0
        self.options, self.stated = scope.options or frozenset(), scope.stated
        self.facts = Facts()
        self.places: list[Place] = []
        self.opened = Opened(
            Budget(), lambda where, why: self.note(Severity.UNCLEAR, "not-unpacked", why, where), self.gaps.add
        )

    def search(self, pieces: list[Piece], *, bulk: bool = False) -> None:
        hits = self.searcher.hits(pieces, bulk=bulk)
        self.met.update((pieces[number].top, hit.needles[0][0].squeezed) for number, hit in hits)
        self.found += self.searcher.judged(pieces, hits)

    def note(self, severity: Severity, code: str, message: str, where: str = "", check: Check = Check.FILES) -> None:
        self.found.append(Found(Finding(check, severity, code, where, message)))


def examine(task: Task, scope: Scope) -> tuple[Examined, list[Place]]:
    """Look at one file; gives the values of a DICOM object too. What cannot be read becomes a finding."""
    look = _Look(task, scope)
    kind, size = "none", 0
    with quiet():
        _name(look)
        try:
            descriptor = os.open(scope.out / task.path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
            with os.fdopen(descriptor, "rb") as file:
                size = os.fstat(file.fileno()).st_size
                kind = _content(look, file, size)
        except OSError as error:
            look.note(Severity.UNREAD, "unreadable", f"the operating system refused: {os.strerror(error.errno or 0)}")
    found = list(dict.fromkeys(look.found))
    counts = (size, look.text_bytes, look.bulk_bytes)
    return Examined(
        task, kind, found, look.facts, look.options, look.stated, look.values, look.gaps, *counts
    ), look.places


def _name(look: _Look) -> None:
    raw = look.task.path.encode("utf-8", "surrogateescape")
    parts = [Piece(part, Setting.PATH, "name:") for part in (*raw.split(b"/"), raw)]
    look.search([reading for part in parts for reading in readings(part, "LO", ("utf-8",))])


def _content(look: _Look, file: IO[bytes], size: int) -> str:
    head = file.read(_HEAD_BYTES)
    file.seek(0)
    if size == 0:
        look.note(Severity.UNREAD, "empty-file", "the file has no bytes")
        return "none"
    if not is_dicom(head):
        _other(look, file, size)
        return "other"
    try:
        structure = read_structure(file, size)
    except Unreadable as error:
        look.note(Severity.UNREAD, "not-read", str(error))
    except Exception as error:  # noqa: BLE001 - pydicom meets anything in a damaged file
        look.note(Severity.UNREAD, "not-read", f"pydicom cannot read it ({type(error).__name__})")
    else:
        _values(look, structure)
        _stream(look, structure.stream, _spans(structure.places if structure.inflated else structure.all_places))
        if structure.inflated:
            _stream(look, file, _spans(structure.meta))
        return "dicom"
    _stream(look, file, [])
    return "dicom"


def _values(look: _Look, structure: Structure) -> None:
    """Every value, every text in it, everything that looks like an identifier."""
    look.places = structure.places
    look.facts = facts_of(structure.meta, structure.places)
    if look.scope.options is None:
        look.options = options_of_codes(look.facts.method_codes)
        look.stated = bool(look.facts.method_codes)
    text: list[Piece] = []
    look.found += [Found(finding) for finding in private_findings(structure.places, look.options, stated=look.stated)]
    items = kept_items(structure.places, look.options)
    # Whether the device may be known is for the policy to say: where nobody said it, nobody is accused
    of_device = look.options if look.stated else look.options | {"device-identity"}
    for place in structure.all_places:
        options = look.options if place.path else of_device
        stays = is_kept_content(place, items) or (
            not place.private and is_kept(place.tag, place.vr, options, place.inside)
        )
        text += pieces_of(structure, place, stays, look.opened)
        look.found += [Found(finding) for finding in shape_findings(place, informed=look.scope.informed)]
        look.found += [] if stays else [Found(*found) for found in original_days(place, look.searcher.days)]
        digest = digest_of(place)
        if digest is not None:
            look.values.add(digest)
    look.search(text)
    nested = [p for p in structure.places if p.path and is_bulk(p) and p.value]
    look.search([Piece(p.value or b"", Setting.BULK, locator(p), top=p.start) for p in nested], bulk=True)
    if not structure.places:
        look.note(Severity.UNREAD, "not-read", "there is no data set in it")
    elif structure.cut:
        look.note(Severity.UNREAD, "truncated", "the last value is shorter than it says")
    elif structure.end < structure.size:
        look.note(Severity.UNCLEAR, "bytes-behind-the-end", "there are bytes behind the last element", "file:end")
    if structure.disordered:
        look.note(
            Severity.NOTE, "disordered", "elements are doubled or not in ascending order", check=Check.CONFORMANCE
        )


class _Span(NamedTuple):
    """A stretch of a stream that is one outermost element."""

    start: int
    stop: int
    locator: str
    bulk: bool


def _spans(places: Iterable[Place]) -> list[_Span]:
    found: dict[int, _Span] = {}
    for place in places:
        if place.start in found:
            continue
        tag, creator = place.path[0][:2] if place.path else (place.tag, place.creator)
        where = locator(place._replace(tag=tag, creator=creator, path=()))
        found[place.start] = _Span(place.start, place.stop, where, not place.path and is_bulk(place))
    return sorted(found.values())


def _stream(look: _Look, stream: IO[bytes], spans: list[_Span]) -> None:
    """All bytes of a stream in chunks: what no value accounted for is found here, and what stands in bulk values."""
    size = stream.seek(0, os.SEEK_END)
    position = 0
    for span in (*(span for span in spans if span.bulk), _Span(size, size, "", True)):
        _text(look, stream, position, span.start, spans)
        _bulk(look, stream, span)
        position = span.stop


def _bulk(look: _Look, stream: IO[bytes], span: _Span) -> None:
    for begin in range(span.start, span.stop, CHUNK_BYTES):
        pieces = [Piece(_chunk(stream, begin, span.start, span.stop)[1], Setting.BULK, span.locator)]
        hits = look.searcher.hits(pieces, bulk=True)
        # What stands in a segment of a coded frame was judged there
        look.found += look.searcher.judged(
            pieces, [h for h in hits if (span.start, h[1].needles[0][0].squeezed) not in look.met]
        )
    look.bulk_bytes += span.stop - span.start


def _text(look: _Look, stream: IO[bytes], start: int, stop: int, spans: list[_Span]) -> None:
    starts = [span.start for span in spans]
    for begin in range(start, stop, CHUNK_BYTES):
        low, data = _chunk(stream, begin, start, stop)
        pieces = [Piece(data, Setting.BYTES, "")]
        for _, hit in look.searcher.hits(pieces):
            place = bisect.bisect_right(starts, low + hit.start) - 1
            inside = place >= 0 and low + hit.start < spans[place].stop
            if inside and (spans[place].start, hit.needles[0][0].squeezed) in look.met:
                continue
            where = spans[place].locator if inside else _outside(spans, low + hit.start)
            look.found += look.searcher.judged([pieces[0]._replace(locator=where)], [(0, hit)])
    look.text_bytes += max(stop - start, 0)


def _chunk(stream: IO[bytes], begin: int, first: int, last: int, length: int = CHUNK_BYTES) -> tuple[int, bytes]:
    """Bytes from a little before `begin`, for what runs across; and where they begin."""
    low = max(begin - OVERLAP_BYTES, first)
    stream.seek(low)
    return low, stream.read(min(begin + length, last) - low)


def _outside(spans: list[_Span], offset: int) -> str:
    if not spans or offset < spans[0].start:
        return "file:beginning" if spans else "file:bytes"
    return "file:end" if offset >= spans[-1].stop else "file:between elements"


def _other(look: _Look, file: IO[bytes], size: int) -> None:
    """A file that is no DICOM: its bytes, its text, and what is packed in it."""
    look.text_bytes += size
    if size > LONGEST_UNPACKED:
        look.note(Severity.UNCLEAR, "not-unpacked", "the file is too long to be unpacked")
    else:
        look.search(list(unpacked(file.read(), "file:", -1, look.opened)))
    for begin in range(0, size, _WHOLE_BYTES):
        piece = Piece(_chunk(file, begin, 0, size, _WHOLE_BYTES)[1], Setting.TEXT, "file:")
        look.search(list(readings(piece, "LO", ("utf-8",))))
