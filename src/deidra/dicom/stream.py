"""The raw element stream: bytes in, element spans out, under a strict grammar (PS3.5 Section 7).

Nothing is decoded and nothing is guessed: what does not follow the grammar raises `Rejected`.
An element is a plain tuple, because a header has hundreds of them and a class would double the cost:

    (tag, vr, start, value, end, items)

`tag` is 0xGGGGEEEE; `vr` two characters ("" in implicit VR); `start`, `value` and `end` are offsets into the
buffer of the element's header, of its value and behind its last byte; `items` is None unless the length is
undefined, then the parsed items or FRAGMENTS. Sequences of defined length are parsed when a rule asks for their items.
An item is `(start, value, end, elements, undefined)` with `elements` parsed.
"""

from __future__ import annotations

from struct import Struct
from typing import Any

from deidra.errors import Held, Rejected

Element = tuple[int, str, int, int, int, Any]
Item = tuple[int, int, int, list[Element], bool]

UNDEFINED = 0xFFFFFFFF
# Real objects stay below 20; the walk is recursive, so depth is bounded before memory is.
MAX_DEPTH = 100

ITEM = 0xFFFEE000
ITEM_END = 0xFFFEE00D
SEQUENCE_END = 0xFFFEE0DD
PIXEL_DATA = 0x7FE00010

# In place of items: the element holds coded fragments, not items
FRAGMENTS: list[Any] = []
# In place of items: the very bytes of an earlier sequence, whose items are parsed when somebody asks
REPEATED: list[Any] = []
_LONGEST_REPEATED_BYTES = 1024
_MOST_REMEMBERED = 4096
# More elements and items than any real object has; each takes more memory than it takes bytes in the file
MAX_PARTS = 1 << 19
ITEM_END_BYTES = b"\xfe\xff\x0d\xe0\0\0\0\0"
SEQUENCE_END_BYTES = b"\xfe\xff\xdd\xe0\0\0\0\0"
# A stop tag that no tag exceeds
NO_STOP = 0xFFFFFFFF

_SHORT_VRS = "AE AS AT CS DA DS DT FL FD IS LO LT PN SH SL SS ST TM UI UL US"
_LONG_VRS = "OB OD OF OL OV OW SQ SV UC UN UR UT UV"
# VR bytes -> (VR, size of the element header); PS3.5 Tables 7.1-1 and 7.1-2
VR_FORMS: dict[bytes, tuple[str, int]] = {
    **{vr.encode(): (vr, 8) for vr in _SHORT_VRS.split()},
    **{vr.encode(): (vr, 12) for vr in _LONG_VRS.split()},
}

_STRAY = "an item or delimiter stands outside a sequence"
_DELIMITER_LENGTH = "a delimiter has a length"

_EXPLICIT = {"<": Struct("<HH2sH"), ">": Struct(">HH2sH")}
_HEADER = {"<": Struct("<HHI"), ">": Struct(">HHI")}
_LENGTH = {"<": Struct("<I"), ">": Struct(">I")}


class Seen:
    """What one reading has met: how many elements and items, and short sequences of undefined length, whole."""

    __slots__ = ("parts", "sequences")

    def __init__(self) -> None:
        self.parts = 0
        self.sequences: set[bytes] = set()


class Encoding:
    """How a data set is written: VR explicit or not, byte order "<" or ">". Two constants suffice."""

    __slots__ = ("explicit", "head", "item_head", "length_at", "order", "read_elements")

    def __init__(self, explicit: bool, order: str) -> None:
        self.explicit = explicit
        self.order = order
        self.head = (_EXPLICIT if explicit else _HEADER)[order].unpack_from
        self.item_head = _HEADER[order].unpack_from
        self.length_at = _LENGTH[order].unpack_from
        self.read_elements = _read_explicit if explicit else _read_implicit

    def __repr__(self) -> str:
        return f"{'explicit' if self.explicit else 'implicit'} VR {'little' if self.order == '<' else 'big'} endian"


class Malformed(Rejected):
    """The bytes break the grammar at `position` of the buffer."""

    def __init__(self, why: str, position: int) -> None:
        super().__init__("malformed", why, f"byte {position}")
        self.position = position

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.message, self.position)


class Truncated(Rejected):
    """The bytes end inside an element. `bound` is the end that was overrun: that of the buffer (then a larger
    window may help) or that of an enclosing item (then the lengths contradict each other)."""

    def __init__(self, position: int, bound: int) -> None:
        super().__init__("truncated", "the data end inside an element", f"byte {position}")
        self.position = position
        self.bound = bound

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.position, self.bound)


def malformed(why: str, position: int) -> Rejected:
    """A grammar error; `why` never quotes bytes of the file."""
    return Malformed(why, position)


def too_many_parts(position: int) -> Held:
    """An object of more parts than memory should be spent on."""
    return Held("too-many-parts", f"more than {MAX_PARTS} elements and items", f"byte {position}")


def _read_explicit(
    elements: list[Element],
    buf: bytes,
    pos: int,
    end: int,
    encoding: Encoding,
    depth: int,
    seen: Seen,
    stop_tag: int,
) -> int:
    """Append the elements from `pos` up to `end`; say where they stop.

    Inside items of undefined length `stop_tag` is the item delimiter; at top level reading may stop behind any
    tag. The caller's list grows as elements are found, so that it keeps what was read when a window ends.
    """
    head, length_at = encoding.head, encoding.length_at
    forms = VR_FORMS
    append = elements.append
    last_start = end - 8
    while pos < end:
        if pos > last_start:
            raise Truncated(pos, end)
        group, number, code, length = head(buf, pos)
        tag = group << 16 | number
        form = forms.get(code)
        if form is None:
            ends = tag == stop_tag == ITEM_END
            if ends and code == b"\0\0" and not length:
                return pos + 8
            raise malformed(_DELIMITER_LENGTH if ends else "the value representation is not one of DICOM", pos)
        if group == 0xFFFE:
            raise malformed(_STRAY, pos)
        if tag > stop_tag:
            return pos
        vr, size = form
        value = pos + size
        if size == 12:
            if value > end:
                raise Truncated(pos, end)
            (length,) = length_at(buf, pos + 8)
            if length == UNDEFINED:
                items, stop = _read_undefined(buf, pos, value, end, encoding, tag, vr, depth, seen)
                append((tag, vr, pos, value, stop, items))
                pos = stop
                continue
        stop = value + length
        if stop > end:
            raise Truncated(pos, end)
        append((tag, vr, pos, value, stop, None))
        pos = stop
    if stop_tag == ITEM_END:
        raise Truncated(pos, end)
    return pos


def _read_implicit(
    elements: list[Element],
    buf: bytes,
    pos: int,
    end: int,
    encoding: Encoding,
    depth: int,
    seen: Seen,
    stop_tag: int,
) -> int:
    head = encoding.head
    append = elements.append
    last_start = end - 8
    while pos < end:
        if pos > last_start:
            raise Truncated(pos, end)
        group, number, length = head(buf, pos)
        tag = group << 16 | number
        value = pos + 8
        if group == 0xFFFE:
            if tag == stop_tag and not length:
                return pos + 8
            raise malformed(_DELIMITER_LENGTH if tag == stop_tag else _STRAY, pos)
        if tag > stop_tag:
            return pos
        if length == UNDEFINED:
            items, stop = _read_undefined(buf, pos, value, end, encoding, tag, "", depth, seen)
            append((tag, "", pos, value, stop, items))
        else:
            stop = value + length
            if stop > end:
                raise Truncated(pos, end)
            append((tag, "", pos, value, stop, None))
        pos = stop
    if stop_tag == ITEM_END:
        raise Truncated(pos, end)
    return pos


EXPLICIT_LITTLE = Encoding(True, "<")
IMPLICIT_LITTLE = Encoding(False, "<")
EXPLICIT_BIG = Encoding(True, ">")


def _read_undefined(
    buf: bytes, start: int, pos: int, end: int, encoding: Encoding, tag: int, vr: str, depth: int, seen: Seen
) -> tuple[list[Any], int]:
    """Content of undefined length: items of SQ or UN (implicit VR inside, PS3.5 6.2.2), or coded fragments."""
    known = seen.sequences
    if known:
        # Reading depends on the bytes alone: where they were a whole sequence once, they are again
        stop = buf.find(SEQUENCE_END_BYTES, pos, pos + _LONGEST_REPEATED_BYTES) + 8
        if buf[start:stop] in known and stop <= end:
            return REPEATED, stop
    if tag == PIXEL_DATA and vr in ("OB", "OW"):
        return FRAGMENTS, _skip_fragments(buf, pos, end, encoding)
    if vr not in ("SQ", "UN", ""):
        raise malformed("undefined length where no sequence may stand", pos)
    inner = IMPLICIT_LITTLE if vr == "UN" else encoding
    items, stop = read_items(buf, pos, end, inner, depth + 1, seen, True)
    if depth and stop - pos <= _LONGEST_REPEATED_BYTES and len(known) < _MOST_REMEMBERED:
        known.add(buf[start:stop])
    return items, stop


def _skip_fragments(buf: bytes, pos: int, end: int, encoding: Encoding) -> int:
    """The end of encapsulated pixel data: items of defined length, then the delimiter (PS3.5 A.4)."""
    head = encoding.item_head
    while True:
        if pos + 8 > end:
            raise Truncated(pos, end)
        group, number, length = head(buf, pos)
        tag = group << 16 | number
        if tag == SEQUENCE_END:
            if length:
                raise malformed(_DELIMITER_LENGTH, pos)
            return pos + 8
        if tag != ITEM or length == UNDEFINED:
            raise malformed("something other than a fragment stands in encapsulated pixel data", pos)
        pos += 8 + length
        if pos > end:
            raise Truncated(pos, end)


def read_items(
    buf: bytes, pos: int, end: int, encoding: Encoding, depth: int, seen: Seen, delimited: bool
) -> tuple[list[Item], int]:
    """Items of a sequence from `pos`; ends at its delimiter, or exactly at `end` (PS3.5 Section 7.5)."""
    if depth > MAX_DEPTH:
        raise Held("nesting-too-deep", f"sequences are nested deeper than {MAX_DEPTH} levels", f"byte {pos}")
    head = encoding.item_head
    read_elements = encoding.read_elements
    items: list[Item] = []
    while delimited or pos < end:
        if pos + 8 > end:
            raise Truncated(pos, end)
        group, number, length = head(buf, pos)
        tag = group << 16 | number
        value = pos + 8
        if tag == ITEM:
            if length == UNDEFINED:
                elements: list[Element] = []
                stop = read_elements(elements, buf, value, end, encoding, depth, seen, ITEM_END)
                items.append((pos, value, stop, elements, True))
            else:
                stop = value + length
                if stop > end:
                    raise Truncated(pos, end)
                elements = []
                read_elements(elements, buf, value, stop, encoding, depth, seen, NO_STOP)
                items.append((pos, value, stop, elements, False))
            pos = stop
            seen.parts += len(elements) + 1
            if seen.parts > MAX_PARTS:
                raise too_many_parts(pos)
        elif tag == SEQUENCE_END and delimited:
            if length:
                raise malformed(_DELIMITER_LENGTH, pos)
            return items, pos + 8
        else:
            raise malformed("something other than an item stands in a sequence", pos)
    return items, pos


def items_of(buf: bytes, element: Element, encoding: Encoding, depth: int) -> list[Item]:
    """The items of a sequence element, whether its length is defined or not."""
    found: list[Item] | None = element[5]
    if found is not None and found is not REPEATED:
        return found
    inner = IMPLICIT_LITTLE if element[1] == "UN" else encoding
    return read_items(buf, element[3], element[4], inner, depth + 1, Seen(), delimited=found is REPEATED)[0]
