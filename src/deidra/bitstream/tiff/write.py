"""Lay out a TIFF: all strips and tiles, then the directories with their values."""

from __future__ import annotations

import struct
from itertools import pairwise
from typing import NamedTuple

from deidra.bitstream.tiff.structure import IFD, IFD8, LONG, LONG8, SUB_IFDS, Form
from deidra.bitstream.work import unsupported

_MOST_CLASSIC_BYTES = 0xFFFFFFF0


class Page(NamedTuple):
    """A directory to be: fields as (tag, type, count, value), segments as (where they were, bytes), pages below."""

    fields: list[tuple[int, int, int, bytes]]
    offsets_tag: int
    sizes_tag: int
    segments: list[tuple[int, bytes]]
    below: list[Page]


def written(form: Form, pages: list[Page]) -> bytes:
    """The file. Raises Held where it needs longer offsets than it has."""
    pieces: list[bytes] = [_header(form)]
    pos = len(pieces[0])
    everything = _flat(pages)
    places: dict[tuple[int, int], int] = {}
    for page in everything:
        for old, content in page.segments:
            if content and (old, len(content)) not in places:
                places[old, len(content)] = pos
                pieces += (content, bytes(len(content) & 1))
                pos += len(content) + (len(content) & 1)
    starts: dict[int, int] = {}
    for page in everything:
        starts[id(page)] = pos
        pos += len(_directory(form, page, pos, places, starts, 0))
    if not form.big and pos > _MOST_CLASSIC_BYTES:
        raise unsupported("a TIFF that has become too large for its offsets", 0)
    following = {id(page): starts[id(after)] for page, after in pairwise(pages)}
    for page in everything:
        pieces.append(_directory(form, page, starts[id(page)], places, starts, following.get(id(page), 0)))
    pieces[0] = _header(form, starts[id(pages[0])])
    return b"".join(pieces)


def _flat(pages: list[Page]) -> list[Page]:
    return [one for page in pages for one in (page, *_flat(page.below))]


def _header(form: Form, first: int = 0) -> bytes:
    mark = b"II" if form.order == "<" else b"MM"
    if form.big:
        return mark + struct.pack(f"{form.order}HHHQ", 43, 8, 0, first)
    return mark + struct.pack(f"{form.order}HL", 42, first)


def _directory(
    form: Form, page: Page, start: int, places: dict[tuple[int, int], int], starts: dict[int, int], following: int
) -> bytes:
    """A directory at `start` with the values that do not fit into its fields behind it; of even length."""
    kind, letter = (LONG8, "Q") if form.big else (LONG, "L")
    offset_bytes = struct.calcsize(form.order + form.offset)
    offsets = [places[old, len(content)] if content else 0 for old, content in page.segments]
    sizes = [len(content) for _, content in page.segments]
    fields = list(page.fields)
    for tag, values in ((page.offsets_tag, offsets), (page.sizes_tag, sizes)):
        fields.append((tag, kind, len(values), struct.pack(f"{form.order}{len(values)}{letter}", *values)))
    if page.below:
        below = [starts.get(id(sub), 0) for sub in page.below]
        packed = struct.pack(f"{form.order}{len(below)}{letter}", *below)
        fields.append((SUB_IFDS, IFD8 if form.big else IFD, len(below), packed))
    fields.sort(key=lambda field: field[0])
    values_at = start + struct.calcsize(form.order + form.fields) + len(fields) * form.entry_bytes + offset_bytes
    entries, values_behind = [], []
    for tag, kind, count, value in fields:
        entries.append(struct.pack(f"{form.order}HH{form.offset}", tag, kind, count))
        if len(value) > offset_bytes:
            entries.append(struct.pack(form.order + form.offset, values_at))
            values_behind.append(value + bytes(len(value) & 1))
            values_at += len(values_behind[-1])
        else:
            entries.append(value.ljust(offset_bytes, b"\0"))
    head = struct.pack(form.order + form.fields, len(fields))
    tail = struct.pack(form.order + form.offset, following)
    return b"".join((head, *entries, tail, *values_behind))
