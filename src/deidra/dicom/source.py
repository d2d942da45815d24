"""One DICOM object opened for reading: its container, its encoding, and its header in sections.

A section is a window of the file with the top-level elements that start in it. Bulk values (pixel data, long
private blobs) are never loaded: their element points behind the end of the window and the next section begins
after them. So a 4 GB object needs the memory of its header.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import NamedTuple

from deidra.dicom.reader import BytesReader, Reader
from deidra.dicom.stream import (
    EXPLICIT_BIG,
    EXPLICIT_LITTLE,
    FRAGMENTS,
    IMPLICIT_LITTLE,
    ITEM,
    ITEM_END_BYTES,
    MAX_PARTS,
    NO_STOP,
    PIXEL_DATA,
    SEQUENCE_END,
    UNDEFINED,
    VR_FORMS,
    Element,
    Encoding,
    Malformed,
    Seen,
    Truncated,
    malformed,
    too_many_parts,
)
from deidra.errors import Held, Rejected
from deidra.standard import uids

WINDOW_BYTES = 1 << 16
SURVEY_WINDOW_BYTES = 1 << 14
BULK_BYTES = 1 << 15
# A sequence of undefined length is read again from its beginning when the window was too small
LONG_SEQUENCE_BYTES = 1 << 22
# An item that ends so close to the end of a window is likely not the last of its sequence
_NEAR_END_BYTES = 1 << 13
HEADER_LIMIT_BYTES = 1 << 28
CONVERT_LIMIT_BYTES = 1 << 27
META_LIMIT_BYTES = 1 << 24
_META_BYTES = 1 << 12
_HEADER_BYTES = 8
_LAST_META_TAG = 0x0002FFFF
_BULK_VRS = frozenset(("OB", "OW", "OF", "OD", "OL", "OV", "UN"))

EXPLICIT_LITTLE_UID = "1.2.840.10008.1.2.1"
IMPLICIT_LITTLE_UID = "1.2.840.10008.1.2"


class Section(NamedTuple):
    """A window of the object and the top-level elements that begin in it."""

    buf: bytes
    base: int  # offset of buf[0] in the reader
    elements: list[Element]
    stopped: bool  # before a tag above the one asked for


class Source(NamedTuple):
    """An opened object. `notes` names what had to be normalised: deflated, big-endian, no-meta, no-preamble."""

    reader: Reader
    meta: dict[int, bytes]
    transfer_syntax_uid: str
    encoding: Encoding
    data_start: int
    notes: tuple[str, ...]
    preamble_used: bool


def looks_like_dicom(first: bytes) -> bool:
    """Judge by content alone: a Part 10 prefix, or a data set that begins without one."""
    if first[128:132] == b"DICM":
        return True
    if len(first) < 8 or first[:2] not in (b"\x02\x00", b"\x08\x00"):
        return False
    return first[3] == 0 and (first[4:6] in VR_FORMS or int.from_bytes(first[4:8], "little") < 1 << 16)


def open_source(reader: Reader) -> Source:
    """Read the container (PS3.10 Section 7.1) and inflate what is deflated.

    Raises Held when it is no DICOM or in an unknown transfer syntax, Rejected when the container is broken.
    """
    first = reader.read_at(0, _META_BYTES)
    notes: list[str] = []
    start = 132
    if first[128:132] != b"DICM":
        if not looks_like_dicom(first):
            raise Held("not-dicom", "not a DICOM object")
        start = 0
        notes.append("no-preamble")
    meta, data_start = _read_meta(reader, first, start)
    if data_start >= reader.size:
        raise Rejected("empty-data-set", "there is nothing after the file meta information")
    preamble_used = start > 0 and any(first[:128])
    uid = _text(meta.get(0x00020010, b""))
    if not uid:
        encoding = _detect_encoding(reader.read_at(data_start, 8))
        uid = EXPLICIT_LITTLE_UID if encoding.explicit else IMPLICIT_LITTLE_UID
        notes.append("no-transfer-syntax")
        return Source(reader, meta, uid, encoding, data_start, tuple(notes), preamble_used)
    syntax = uids.transfer_syntax(uid)
    if syntax is None:
        raise Held("transfer-syntax-unknown", "the transfer syntax is not one of PS3.6", "dcm:(0002,0010)")
    encoding = IMPLICIT_LITTLE if syntax.implicit else EXPLICIT_BIG if syntax.big_endian else EXPLICIT_LITTLE
    if syntax.deflated:
        reader = BytesReader(_inflate(reader, data_start))
        data_start = 0
        uid = EXPLICIT_LITTLE_UID
        notes.append("deflated")
    return Source(reader, meta, uid, encoding, data_start, tuple(notes), preamble_used)


def _read_meta(reader: Reader, first: bytes, start: int) -> tuple[dict[int, bytes], int]:
    """File meta elements by tag, and where the data set begins. Always explicit little endian (PS3.10 7.1)."""
    elements: list[Element] = []
    encoding = EXPLICIT_LITTLE
    whole = len(first) >= min(reader.size, META_LIMIT_BYTES)
    try:
        end = encoding.read_elements(elements, first, start, len(first), encoding, 0, Seen(), _LAST_META_TAG)
    except Rejected:
        # The data set behind it need not be explicit: the meta information ends where group 0002 does
        end = elements[-1][4] if elements else start
        if whole and first[end : end + 2] == b"\x02\x00":
            raise
    if not whole and first[end : end + 2] in (b"\x02\x00", b"\x02", b""):
        return _read_meta(reader, reader.read_at(0, 16 * len(first)), start)
    meta = {tag: first[value:stop] for tag, _, _, value, stop, _ in elements if tag >= 0x00020000}
    return meta, end


def _detect_encoding(head: bytes) -> Encoding:
    """Explicit VR shows two letters of the VR table behind the tag; nothing else is tried."""
    return EXPLICIT_LITTLE if head[4:6] in VR_FORMS else IMPLICIT_LITTLE


def _inflate(reader: Reader, offset: int) -> bytes:
    limit = f"a deflated data set beyond {CONVERT_LIMIT_BYTES >> 20} MiB"
    if reader.size - offset > CONVERT_LIMIT_BYTES:
        raise Held("too-large-to-convert", limit, "dcm:(0002,0010)")
    machine = zlib.decompressobj(-15)
    data = reader.read_at(offset, reader.size - offset)
    try:
        plain = machine.decompress(data, CONVERT_LIMIT_BYTES)
    except zlib.error:
        raise Rejected("malformed", "the deflated data set cannot be inflated", f"byte {offset}") from None
    if machine.unconsumed_tail:
        raise Held("too-large-to-convert", limit, "dcm:(0002,0010)")
    if not machine.eof:
        raise Rejected("truncated", "the deflated data set ends early", f"byte {reader.size}")
    return plain


def _text(raw: bytes) -> str:
    return raw.rstrip(b"\0 ").decode("ascii", "replace")


def read_sections(source: Source, *, stop_tag: int = NO_STOP) -> Iterator[Section]:
    """The header, window by window. Stops before the first tag above `stop_tag`.

    Raises Rejected when the grammar is broken or the file is cut, Held when a header is larger than can be held.
    Bytes behind pixel data that are no element end the iteration: the caller sees that something was left.
    """
    base = source.data_start
    pixels_seen = False
    last = -1
    parts = 0
    while base < source.reader.size:
        try:
            section, following = _read_section(source, base, stop_tag)
        except Rejected:
            if pixels_seen:
                return
            raise
        if pixels_seen and not _continues(section):
            return
        if section.elements and section.elements[0][0] <= last:
            raise Held("unordered", "elements are out of order around bulk data", f"byte {base}")
        parts += len(section.elements)
        if parts > MAX_PARTS:
            raise too_many_parts(base)
        yield section
        if section.stopped:
            return
        last = max(element[0] for element in section.elements)
        pixels_seen = pixels_seen or any(element[0] == PIXEL_DATA for element in section.elements)
        base = following


def _continues(section: Section) -> bool:
    """Only elements behind pixel data are digital signatures, padding and late private groups."""
    return section.elements[0][0] > PIXEL_DATA


def _read_section(source: Source, base: int, stop_tag: int) -> tuple[Section, int]:
    """The section that begins at `base`, and where the next one does."""
    reader, encoding = source.reader, source.encoding
    window = WINDOW_BYTES if stop_tag == NO_STOP else SURVEY_WINDOW_BYTES
    elements: list[Element] = []
    while True:
        buf = reader.read_at(base, window)
        complete = base + len(buf) >= reader.size
        if not complete and stop_tag == NO_STOP and _seems_too_small(buf):
            window *= 4
            continue
        error = _read_on(encoding, elements, buf, stop_tag)
        end = elements[-1][4] if elements else 0
        if error is None:
            return Section(buf, base, elements, end < len(buf)), base + end
        if _is_tail(elements, buf, complete, error):
            return Section(buf, base, elements, elements[-1][0] < PIXEL_DATA), base + end
        if not isinstance(error, Truncated):
            raise malformed(error.message, base + error.position) if isinstance(error, Malformed) else error
        bulk = _bulk_element(source, buf, base, end)
        if bulk is not None:
            elements.append(bulk)
            return Section(buf, base, elements, False), base + bulk[4]
        if complete:
            raise Rejected("truncated", "the file ends inside an element", f"byte {base + end}")
        window = max(window * 4, _needed(encoding, buf, end))
        if window > HEADER_LIMIT_BYTES:
            limit = f"the header exceeds {HEADER_LIMIT_BYTES >> 20} MiB"
            raise Held("header-too-large", limit, f"byte {base + end}")


def _seems_too_small(buf: bytes) -> bool:
    """Whether a window ends in the midst of items, so that a larger one is read before it is parsed in vain."""
    return len(buf) < LONG_SEQUENCE_BYTES and buf.find(ITEM_END_BYTES, len(buf) - _NEAR_END_BYTES) >= 0


def elements_of(encoding: Encoding, buf: bytes) -> list[Element]:
    """All elements of a data set in memory, without what follows its end."""
    elements: list[Element] = []
    error = _read_on(encoding, elements, buf, NO_STOP)
    rest = len(buf) - (elements[-1][4] if elements else 0)
    # Fewer zeros than a header may be the beginning of one
    if error is not None and (rest < _HEADER_BYTES or not _is_tail(elements, buf, True, error)):
        raise error
    return elements


def _read_on(encoding: Encoding, elements: list[Element], buf: bytes, stop_tag: int) -> Rejected | None:
    """Append the elements behind those already read; what stopped the reading, or None at the end."""
    start = elements[-1][4] if elements else 0
    try:
        encoding.read_elements(elements, buf, start, len(buf), encoding, 0, Seen(), stop_tag)
    except Truncated as error:
        if error.bound < len(buf):
            return malformed("an item is shorter than its elements", error.position)
        return error
    except Rejected as error:
        return error
    return None


def _is_tail(elements: list[Element], buf: bytes, complete: bool, error: Rejected) -> bool:
    """Whether what follows the elements is no part of the data set.

    That is what stands behind pixel data, or begins with two zeros: no data set has elements of group 0000 (PS3.7 E.1).
    """
    if not elements or (isinstance(error, Truncated) and not complete):
        return False
    return elements[-1][0] >= PIXEL_DATA or (complete and buf[elements[-1][4] :][:2].strip(b"\0") == b"")


def _header_at(encoding: Encoding, buf: bytes, pos: int) -> tuple[int, str, int, int] | None:
    """(tag, vr, value offset, length) of the element at `pos`, or None when its header is not in the window."""
    order = "little" if encoding.order == "<" else "big"
    if pos + 12 > len(buf):
        return None
    tag = int.from_bytes(buf[pos : pos + 2], order) << 16 | int.from_bytes(buf[pos + 2 : pos + 4], order)  # type: ignore[arg-type]
    if not encoding.explicit:
        return tag, "", pos + 8, int.from_bytes(buf[pos + 4 : pos + 8], order)  # type: ignore[arg-type]
    form = VR_FORMS.get(buf[pos + 4 : pos + 6])
    if form is None:
        return None
    vr, size = form
    raw = buf[pos + 8 : pos + 12] if size == 12 else buf[pos + 6 : pos + 8]
    return tag, vr, pos + size, int.from_bytes(raw, order)  # type: ignore[arg-type]


def _needed(encoding: Encoding, buf: bytes, pos: int) -> int:
    """Bytes of the window that will hold the element at `pos`; a guess where its length is undefined."""
    header = _header_at(encoding, buf, pos)
    if header is None:
        return 0
    return LONG_SEQUENCE_BYTES if header[3] == UNDEFINED else header[2] + header[3]


def _bulk_element(source: Source, buf: bytes, base: int, pos: int) -> Element | None:
    """The element at `pos` when its value is bulk that need not be loaded."""
    header = _header_at(source.encoding, buf, pos)
    if header is None:
        return None
    tag, vr, value, length = header
    if length == UNDEFINED:
        if tag == PIXEL_DATA and vr in ("OB", "OW"):
            stop = skip_fragments(source.reader, base + value) - base
            return tag, vr, pos, value, stop, FRAGMENTS
        return None
    if base + value + length > source.reader.size:
        raise Rejected("truncated", "the file ends inside an element", f"byte {base + pos}")
    if length < BULK_BYTES or not (vr in _BULK_VRS or (not vr and _may_be_bulk(tag))):
        return None
    return tag, vr, pos, value, value + length, None


def _may_be_bulk(tag: int) -> bool:
    from deidra.standard import dictionary

    vr = dictionary.vr(tag)
    return vr is None or vr[:2] in _BULK_VRS


def skip_fragments(reader: Reader, pos: int) -> int:
    """The end of encapsulated pixel data, reading only the eight bytes before each fragment (PS3.5 A.4)."""
    while True:
        head = reader.read_at(pos, 8)
        if len(head) < 8:
            raise Rejected("truncated", "the file ends inside encapsulated pixel data", f"byte {pos}")
        tag = int.from_bytes(head[:2], "little") << 16 | int.from_bytes(head[2:4], "little")
        length = int.from_bytes(head[4:], "little")
        if tag == SEQUENCE_END and length == 0:
            return pos + 8
        if tag != ITEM or length == UNDEFINED:
            raise malformed("something other than a fragment stands in encapsulated pixel data", pos)
        pos += 8 + length
