"""The structure of TIFF and BigTIFF: a chain of directories of numbered fields (TIFF 6.0 Section 2)."""

from __future__ import annotations

import struct
from typing import NamedTuple

from deidra.bitstream.work import malformed, truncated

BYTE, ASCII, SHORT, LONG, RATIONAL, UNDEFINED, IFD, LONG8, IFD8 = 1, 2, 3, 4, 5, 7, 13, 16, 18
TYPE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_NUMBERS = {BYTE: "B", SHORT: "H", LONG: "L", IFD: "L", LONG8: "Q", IFD8: "Q"}
SUB_IFDS = 330
_MOST_DIRECTORIES, _MOST_FIELDS, _MOST_DEPTH, _MOST_TIMES_USED = 10_000, 1_000, 2, 3


class Form(NamedTuple):
    """Byte order ("<" or ">") and whether offsets have eight bytes."""

    order: str
    big: bool

    @property
    def offset(self) -> str:
        return "Q" if self.big else "L"

    @property
    def entry_bytes(self) -> int:
        return 20 if self.big else 12

    @property
    def fields(self) -> str:
        """How the number of fields of a directory is written."""
        return "Q" if self.big else "H"


class Field(NamedTuple):
    """A field: `values` values of `kind`, whose bytes are data[start:end]."""

    tag: int
    kind: int
    values: int
    start: int
    end: int


class Directory(NamedTuple):
    """A directory data[start:end] with its fields, and the directories below each of its SubIFDs."""

    start: int
    end: int
    fields: dict[int, Field]
    below: list[Directory]


class Spans:
    """The stretches of a file to which something refers. Together they may be a little more than the file."""

    def __init__(self, size_bytes: int) -> None:
        self.found: list[tuple[int, int]] = []
        self._left = _MOST_TIMES_USED * size_bytes

    def add(self, start: int, end: int) -> None:
        """Note data[start:end]. Raises Held where the same bytes serve again and again."""
        self._left -= end - start
        if self._left < 0:
            raise malformed("parts of the TIFF overlap", start)
        self.found.append((start, end))


def read_form(data: bytes) -> Form:
    """Byte order and size of offsets. Raises Held."""
    forms = {
        b"II*\0": Form("<", False),
        b"MM\0*": Form(">", False),
        b"II+\0": Form("<", True),
        b"MM\0+": Form(">", True),
    }
    form = forms.get(data[:4])
    if form is None or len(data) < 16 or (form.big and struct.unpack_from(f"{form.order}HH", data, 4) != (8, 0)):
        raise malformed("there is no TIFF header", 0)
    return form


def read_directories(data: bytes, form: Form) -> list[Directory]:
    """The chain of directories. Raises Held where it does not end."""
    first = struct.unpack_from(form.order + form.offset, data, 8 if form.big else 4)[0]
    return _chain(data, form, first, 0, set())


def _chain(data: bytes, form: Form, start: int, depth: int, seen: set[int]) -> list[Directory]:
    found = []
    while start:
        if start in seen or len(seen) >= _MOST_DIRECTORIES or depth > _MOST_DEPTH:
            raise malformed("the directories do not end", start)
        seen.add(start)
        directory, start = _directory(data, form, start, depth, seen)
        found.append(directory)
    return found


def _directory(data: bytes, form: Form, start: int, depth: int, seen: set[int]) -> tuple[Directory, int]:
    count_bytes = struct.calcsize(form.order + form.fields)
    if start + count_bytes > len(data):
        raise truncated("a directory", start)
    count = struct.unpack_from(form.order + form.fields, data, start)[0]
    entries = start + count_bytes
    end = entries + count * form.entry_bytes + struct.calcsize(form.order + form.offset)
    if count > _MOST_FIELDS or end > len(data):
        raise truncated("a directory", start)
    fields: dict[int, Field] = {}
    for at in range(entries, entries + count * form.entry_bytes, form.entry_bytes):
        field = _field(data, form, at)
        if field.tag in fields:
            raise malformed("a directory has a field twice", at)
        fields[field.tag] = field
    below = []
    if SUB_IFDS in fields:
        for offset in numbers(data, form, fields[SUB_IFDS]):
            below += _chain(data, form, offset, depth + 1, seen)[:1]
    following = struct.unpack_from(form.order + form.offset, data, entries + count * form.entry_bytes)[0]
    return Directory(start, end, fields, below), following


def _field(data: bytes, form: Form, at: int) -> Field:
    tag, kind, count = struct.unpack_from(f"{form.order}HH{form.offset}", data, at)
    value = at + 4 + struct.calcsize(form.order + form.offset)
    # A type that is not known: nobody can say how long the value is, and nothing with it is kept
    size = count * TYPE_BYTES.get(kind, 0)
    if size > struct.calcsize(form.order + form.offset):
        value = struct.unpack_from(form.order + form.offset, data, value)[0]
        if value + size > len(data):
            raise truncated("the value of a field", at)
    return Field(tag, kind, count, value, value + size)


def numbers(data: bytes, form: Form, field: Field) -> list[int]:
    """The values of a field of whole numbers. Raises Held for other types."""
    letter = _NUMBERS.get(field.kind)
    if letter is None:
        raise malformed("a field of numbers has a type that is none", field.start)
    return list(struct.unpack_from(f"{form.order}{field.values}{letter}", data, field.start))
