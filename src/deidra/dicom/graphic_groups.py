"""Overlays (60xx) and curves (50xx) of one object under Clean Graphics (PS3.15 E.3.3): a group stays or goes whole.

The rules let the words and numbers of a group stay, but never its data: those are put back here when they were looked
at and understood. A group whose data cannot be is taken out, for without them it breaks its module (PS3.3 C.9.2).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from struct import unpack
from typing import NamedTuple

from deidra.dicom import encode, grammar
from deidra.dicom.header import LOAD_LIMIT_BYTES, Header, loaded
from deidra.dicom.planes import FindText, Plane, without_text
from deidra.dicom.rewrite import Insert
from deidra.dicom.rules import Place
from deidra.dicom.source import Source
from deidra.model import Action, Edit
from deidra.policy.graphics import DATA, OVERLAYS, family_of
from deidra.policy.rules import Rule

_ROWS, _COLUMNS, _FRAMES, _TYPE, _ORIGIN = 0x0010, 0x0011, 0x0015, 0x0040, 0x0050
_COMPRESSION_CODE, _BITS_ALLOCATED, _BIT_POSITION, _ACTIVATION_LAYER = 0x0060, 0x0100, 0x0102, 0x1001
_DIMENSIONS, _POINTS, _REPRESENTATION, _DESCRIPTOR = 0x0005, 0x0010, 0x0103, 0x0110
_AUDIO = range(0x2000, 0x2010)
# Bytes of a coordinate by Data Value Representation: US, SS, FL, FD, SL (PS3.3-1998 C.10.2)
_COORDINATE_BYTES = (2, 2, 4, 8, 4)
# One look takes some tenths of a second
_MOST_FRAMES = 512
_MOST_PIXELS_OF_FRAME = 1 << 26

_SHUTTER_SHAPE, _SHUTTER_VALUE, _SHUTTER_GROUP, _SHUTTER_COLOUR = 0x00181600, 0x00181622, 0x00181623, 0x00181624
_SHUTTER_SHAPES = frozenset((b"RECTANGULAR", b"CIRCULAR", b"POLYGONAL"))


class Examined(NamedTuple):
    """What to write, or to leave out where it is empty; whether overlays were looked at, None where there are none."""

    inserts: list[Insert]
    overlays: bool | None


class _Group(NamedTuple):
    """The elements of one repeating group of an object, read as needed."""

    number: int
    tags: tuple[int, ...]
    header: Header
    source: Source

    def has(self, element: int) -> bool:
        return self.number << 16 | element in self.tags

    def raw(self, element: int) -> bytes:
        """A short value."""
        return self.header.raw(self.number << 16 | element)

    def count(self, element: int) -> int:
        """A value of VR US, 0 where it is no single one."""
        raw = self.raw(element)
        return int.from_bytes(raw, "little") if len(raw) == 2 else 0

    def data(self) -> bytes | None:
        """The data; None where there are none, or in a form that data do not have, or too many."""
        found = self.header.element(self.number << 16 | DATA)
        if found is None:
            return None
        section, (_, vr, _, value, stop, items) = found
        if vr not in ("OB", "OW", "UN", "") or items is not None or stop - value > LOAD_LIMIT_BYTES:
            return None
        if stop <= len(section.buf):
            return section.buf[value:stop]
        return loaded(self.source, section.base + value, section.base + stop)


def examined(header: Header, source: Source, place: Place, find_text: FindText | None) -> Examined:
    """What becomes of the overlays and curves whose data the rules leave to be looked at. Raises what `find_text` does.

    Without `find_text` no overlay is looked at, and the rules let none stay.
    """
    inserts: list[Insert] = []
    overlays: bool | None = None
    kept: set[int] = set()
    for group in _groups(header, source):
        tag = group.number << 16 | DATA
        rule = place.decide(tag, "OW").rule  # in the file it may have a VR that nothing is decided by
        if family_of(tag) == OVERLAYS and tag in group.tags:
            overlays = find_text is not None
        if rule.method not in ("overlay", "curve") or group.tags == (group.number << 16 | _ACTIVATION_LAYER,):
            continue  # not of this policy, or what a presentation state says of the plane of an image
        before = group.data()
        after = None if before is None else _looked_at(group, before, rule.method, find_text)
        if before is None or after is None:
            inserts += _removed(group, rule)
        else:
            kept.add(group.number)
            inserts.append(_stays(group, rule, before, after))
    return Examined([*_shutter(header, source, kept), *inserts], overlays)


def _groups(header: Header, source: Source) -> Iterator[_Group]:
    tags = header.tags(0x50000000, 0x601EFFFF)
    for number, members in groupby((tag for tag in tags if family_of(tag)), lambda tag: tag >> 16):
        yield _Group(number, tuple(members), header, source)


def _looked_at(group: _Group, data: bytes, method: str, find_text: FindText | None) -> bytes | None:
    """The data that may stay, or None."""
    if method == "curve":
        return _numbers(group, data)
    plane = _plane(group, data)
    return None if plane is None or find_text is None else without_text(plane, find_text)


def _plane(group: _Group, data: bytes) -> Plane | None:
    """The overlay when its module is whole (PS3.3 Table C.9-2) and its data hold all of its pixels."""
    frames = _frames(group)
    rows, columns = group.count(_ROWS), group.count(_COLUMNS)
    understood = (
        group.count(_BITS_ALLOCATED) == 1
        and group.raw(_BIT_POSITION) == b"\0\0"
        and group.raw(_TYPE).strip(b" ") in (b"G", b"R")
        and len(group.raw(_ORIGIN)) == 4
        and not group.raw(_COMPRESSION_CODE).strip(b" \0")
    )
    plane = Plane(rows, columns, frames, data)
    if not understood or not 0 < rows * columns <= _MOST_PIXELS_OF_FRAME or not 0 < frames <= _MOST_FRAMES:
        return None
    return plane if len(data) << 3 >= plane.pixels else None


def _frames(group: _Group) -> int:
    """Frames of an overlay, 0 where that cannot be read."""
    raw = group.raw(_FRAMES).strip(b" \0")
    if not raw:
        return 1
    return int(raw) if raw.isdigit() and len(raw) <= 6 else 0


def _numbers(group: _Group, data: bytes) -> bytes | None:
    """The points of a curve when they are numbers throughout (PS3.3-1998 C.10.2), and no speech comes with them."""
    dimensions, points, kind = group.count(_DIMENSIONS), group.count(_POINTS), group.raw(_REPRESENTATION)
    if any(group.has(element) for element in _AUDIO) or len(kind) != 2 or "big-endian" in group.source.notes:
        return None
    representation = int.from_bytes(kind, "little")
    if representation >= len(_COORDINATE_BYTES):
        return None
    descriptor = group.raw(_DESCRIPTOR)
    if descriptor and len(descriptor) != 2 * dimensions:
        return None
    # 0: the coordinates are evenly spaced and not written
    written = unpack(f"<{dimensions}H", descriptor).count(1) if descriptor else dimensions
    size = points * written * _COORDINATE_BYTES[representation]
    if not size or len(data) not in (size, size + size % 2):
        return None
    return data[:size] if size < grammar.SHORTEST_TEXT_BYTES or grammar.text_in_number(data) is None else None


def _stays(group: _Group, rule: Rule, before: bytes, after: bytes) -> Insert:
    tag = group.number << 16 | DATA
    found = group.header.element(tag)
    assert found is not None  # noqa: S101 - its data were read
    vr = found[1][1] if found[1][1] in ("OB", "OW") else "OW"
    padded = after + bytes(len(after) & 1)
    action = Action.KEEP if padded == before else Action.PAINT
    return Insert(tag, encode.element(tag, vr, padded, group.source.encoding), _edit(tag, action, rule))


def _removed(group: _Group, rule: Rule) -> list[Insert]:
    """Nothing in place of any element of a group."""
    gone = Rule("X", "", rule.id, f"{rule.source}: not understood, or text in it cannot be taken out")
    return [Insert(tag, b"", _edit(tag, Action.REMOVE, gone)) for tag in group.tags]


def _shutter(header: Header, source: Source, kept: set[int]) -> list[Insert]:
    """A shutter in the shape of an overlay that goes cannot stay (PS3.3 C.7.6.15)."""
    if _SHUTTER_GROUP not in header or int.from_bytes(header.raw(_SHUTTER_GROUP), "little") in kept:
        return []
    rule = Rule("X", "", "dependent", "PS3.3 C.7.6.15: the shutter is an overlay that goes")
    shapes = [shape.strip() for shape in header.raw(_SHUTTER_SHAPE).split(b"\\")]
    left = [shape for shape in shapes if shape in _SHUTTER_SHAPES]
    if not left:
        tags = (_SHUTTER_SHAPE, _SHUTTER_VALUE, _SHUTTER_GROUP, _SHUTTER_COLOUR)
        return [Insert(tag, b"", _edit(tag, Action.REMOVE, rule)) for tag in tags if tag in header]
    shape = encode.element(_SHUTTER_SHAPE, "CS", b"\\".join(left), source.encoding)
    return [
        Insert(_SHUTTER_SHAPE, shape, _edit(_SHUTTER_SHAPE, Action.CLEAN, rule)),
        Insert(_SHUTTER_GROUP, b"", _edit(_SHUTTER_GROUP, Action.REMOVE, rule)),
    ]


def _edit(tag: int, action: Action, rule: Rule) -> Edit:
    return Edit(f"dcm:({tag >> 16:04X},{tag & 0xFFFF:04X})", action, rule.id, rule.source)
