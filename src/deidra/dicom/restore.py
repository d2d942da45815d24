"""The way back for an object that was made of de-identified ones: original identity, UIDs and dates put in again.

Bytes that need not change do not change, as on the way out. What is the object's own stays: its UIDs, its content, and
every date that its maker's clock gave.
"""

from __future__ import annotations

from collections.abc import Mapping
from operator import itemgetter
from typing import NamedTuple

import msgspec

from deidra.dicom import charsets, container, dates, dummies, encode, grammar
from deidra.dicom.claims import TEXT_VRS, UID_IN_TEXT
from deidra.dicom.header import CHARACTER_SET, SOP_CLASS_UID, SOP_INSTANCE_UID, Header
from deidra.dicom.reader import Piece, Reader
from deidra.dicom.rewrite import Cut, splice
from deidra.dicom.source import Section, Source, read_sections
from deidra.dicom.stream import FRAGMENTS, IMPLICIT_LITTLE, Element, Encoding, items_of
from deidra.errors import Held, Rejected
from deidra.policy import temporal
from deidra.standard import confidentiality, dictionary

PATIENT_NAME, PATIENT_AGE = 0x00100010, 0x00101010
# What says that an object is de-identified (PS3.15 E.1.1 duty 6, E.3.6), and signatures, which hold no longer
_GONE = frozenset((0x00120062, 0x00120063, 0x00120064, 0x00280303, 0x4FFE0001, 0xFFFAFFFA))
_UTF_8 = b"ISO_IR 192"
_TRIAL_GROUP = 0x0012


Value = str | tuple[str, bytes] | None


class Original(msgspec.Struct, frozen=True):
    """What stood in place of what was released of one person. Sensitive: its repr hides it.

    `uids` maps new ones to original ones; `attributes` are those of the top level by tag, as text or as VR with the raw
    value in the object's character set, None for one that was not there; `shift_days` is what was taken from dates, 0
    for nothing; `last_day` is the person's last date (YYYYMMDD) as it was released: what is later was not copied.
    """

    uids: Mapping[str, str]
    pseudonym: str
    patient_id: str
    patient_name: str
    attributes: Mapping[int, Value]
    shift_days: int
    last_day: str

    def __repr__(self) -> str:
        return "Original(<redacted>)"


class Restored(NamedTuple):
    """The object as it is written, and how many values went back."""

    reader: Reader
    pieces: list[Piece]
    uids: int
    dates: int


class _NotEncodable(Exception):  # noqa: N818 - never leaves this module
    """A value does not fit the character set of the object."""


class _Counts:
    """How many values of a kind went back."""

    __slots__ = ("dates", "uids")

    def __init__(self) -> None:
        self.uids = 0
        self.dates = 0


class _Walk(NamedTuple):
    original: Original
    counts: _Counts
    vrs: Mapping[int, str]
    as_utf_8: bool  # every text is written anew, because the original values need it


def restored(source: Source, original: Original) -> Restored:
    """The pieces of the object with what `original` says. Raises Held and Rejected for what cannot be read."""
    try:
        return _restored(source, original, as_utf_8=False)
    except _NotEncodable:
        return _restored(source, original, as_utf_8=True)


def _restored(source: Source, original: Original, *, as_utf_8: bool) -> Restored:
    walk = _Walk(original, _Counts(), dictionary.vr_table(), as_utf_8)
    sections = list(read_sections(source))
    header = Header(sections, source)
    charset = header.raw(CHARACTER_SET)
    if not charsets.is_known(charset):
        raise Held("character-set-unknown", "text cannot be read in this character set", "dcm:(0008,0005)")
    pending = _top_level(walk, header, charset, source.encoding)
    body: list[Piece] = []
    last = -1
    for section in sections:
        body += _section(walk, section, source.encoding, charset, pending, last)
        last = section.elements[-1][0]
    body += [content for _, content in pending]
    instance = original.attributes.get(SOP_INSTANCE_UID)
    uid = instance[1].decode("latin-1").strip(" \0") if isinstance(instance, tuple) else header.text(SOP_INSTANCE_UID)
    head = container.file_head(header.text(SOP_CLASS_UID), uid, source.transfer_syntax_uid)
    return Restored(source.reader, [head, *body], walk.counts.uids, walk.counts.dates)


def _top_level(walk: _Walk, header: Header, charset: bytes, encoding: Encoding) -> list[tuple[int, bytes]]:
    """The elements of the top level to write, b"" for those that go, in tag order."""
    found = dict.fromkeys(_GONE, b"")
    written = _UTF_8 if walk.as_utf_8 else charset
    for tag, value in walk.original.attributes.items():
        if isinstance(value, tuple):
            found[tag] = encode.element(tag, *value, encoding)
        elif value is None:
            found[tag] = b""
        elif tag != PATIENT_AGE or tag in header:
            found[tag] = encode.element(tag, walk.vrs[tag], _encoded(value, written), encoding)
    if walk.as_utf_8:
        found[CHARACTER_SET] = encode.element(CHARACTER_SET, "CS", _UTF_8, encoding)
    return sorted(found.items())


def _section(
    walk: _Walk, section: Section, encoding: Encoding, charset: bytes, pending: list[tuple[int, bytes]], last: int
) -> list[Piece]:
    buf, base, elements, _ = section
    cuts: list[Cut] = []
    left: list[Element] = []
    for element in elements:
        tag, _, at, _, stop, _ = element
        if tag <= last:
            raise Rejected("unordered", "the elements are not in ascending order", f"byte {base + at}")
        last = tag
        while pending and pending[0][0] < tag:
            cuts.append((at, at, pending.pop(0)[1]))
        if pending and pending[0][0] == tag:
            if stop > len(buf):
                raise Held("value-too-large", "an attribute of patient or study is too large", f"byte {base + at}")
            cuts.append((at, stop, pending.pop(0)[1]))
        else:
            left.append(element)
    _add_cuts(cuts, walk, buf, left, encoding, 0, charset)
    cuts.sort(key=itemgetter(0, 1))
    end = elements[-1]
    if end[4] <= len(buf):
        return [splice(buf, cuts, 0, end[4])]
    return [splice(buf, cuts, 0, end[2]), (base + end[2], end[4] - end[2])]


def _add_cuts(
    cuts: list[Cut], walk: _Walk, buf: bytes, elements: list[Element], encoding: Encoding, depth: int, charset: bytes
) -> None:
    last = -1
    for element in elements:
        tag, vr, at, value, stop, items = element
        if tag <= last:
            raise Rejected("unordered", "the elements are not in ascending order", f"byte {at}")
        last = tag
        if stop > len(buf) or items is FRAGMENTS:
            continue
        if tag in _GONE:
            cuts.append((at, stop, b""))
            continue
        real = vr or walk.vrs.get(tag, "")
        if items is not None or real == "SQ":
            _add_sequence_cuts(cuts, walk, buf, element, encoding, depth, charset)
            continue
        raw = buf[value:stop]
        if depth and tag == CHARACTER_SET:
            charset = raw
            new: bytes | None = _UTF_8 if walk.as_utf_8 else None
        else:
            new = _changed(walk, tag, real, raw, charset)
        if new is not None:
            cuts.append((at, stop, encode.element(tag, real, new, encoding)))


def _add_sequence_cuts(
    cuts: list[Cut], walk: _Walk, buf: bytes, element: Element, encoding: Encoding, depth: int, charset: bytes
) -> None:
    tag, vr, at, value, stop, items = element
    inner = IMPLICIT_LITTLE if vr == "UN" else encoding
    mark = len(cuts)
    for start, first, end, elements, undefined in items_of(buf, element, encoding, depth):
        before = len(cuts)
        _add_cuts(cuts, walk, buf, elements, inner, depth + 1, charset)
        growth = _growth(cuts, before)
        if growth and not undefined:
            cuts.insert(before, (start, first, encode.item_header(end - first + growth)))
    growth = _growth(cuts, mark)
    if growth and items is None:
        cuts.insert(mark, (at, value, encode.header(tag, vr or "SQ", stop - value + growth, encoding)))


def _growth(cuts: list[Cut], mark: int) -> int:
    return sum([len(new) - (stop - at) for at, stop, new in cuts[mark:]])


def _changed(walk: _Walk, tag: int, vr: str, raw: bytes, charset: bytes) -> bytes | None:
    """The new value of an element, or None when it stays."""
    if vr == "UI":
        return _uids_back(walk, raw)
    if vr in ("DA", "DT"):
        return _date_back(walk, tag, vr, raw)
    return _text_back(walk, tag, vr, raw, charset) if vr in TEXT_VRS else None


def _uids_back(walk: _Walk, raw: bytes) -> bytes | None:
    uids = walk.original.uids
    values = [part.strip(b" \0").decode("latin-1") for part in raw.split(b"\\")]
    if not any(value in uids for value in values):
        return None
    walk.counts.uids += sum(value in uids for value in values)
    return "\\".join(uids.get(value, value) for value in values).encode("latin-1")


def _date_back(walk: _Walk, tag: int, vr: str, raw: bytes) -> bytes | None:
    """A date that was copied from a released object: of the subject, and not later than its last one there."""
    days, last = walk.original.shift_days, walk.original.last_day
    values = [part.strip(b" \0") for part in raw.split(b"\\")]
    if not days or not any(values) or temporal.is_fixed(confidentiality.EDITIONS[-1], tag):
        return None
    move = dates.shift_date if vr == "DA" else dates.shift_datetime

    def back(value: bytes) -> bytes:
        day = (value.replace(b".", b"") if vr == "DA" else value)[: len(last)].decode("latin-1")
        is_ours = day.isdigit() and day <= last[: len(day)] and not value.startswith(dummies.DATE)
        return (is_ours and move(value, days)) or value

    new = [back(value) for value in values]
    if new == values:
        return None
    walk.counts.dates += sum(one != other for one, other in zip(new, values, strict=True))
    return b"\\".join(new)


def _text_back(walk: _Walk, tag: int, vr: str, raw: bytes, charset: bytes) -> bytes | None:
    original = walk.original
    new = UID_IN_TEXT.sub(lambda match: _uid_back(walk, match[0]), raw) if b"." in raw else raw
    name = original.pseudonym.encode()
    # In a trial the pseudonym may be the subject's number there, and that it stays
    if name in new and tag >> 16 != _TRIAL_GROUP and any(part.strip(b" \0") == name for part in new.split(b"\\")):
        text = original.patient_name if vr == "PN" else original.patient_id
        if len(text) <= grammar.MAX_CHARACTERS.get(vr, len(text)):
            written = _encoded(text, _UTF_8 if walk.as_utf_8 else charset)
            return b"\\".join(written if part.strip(b" \0") == name else part for part in new.split(b"\\"))
    if walk.as_utf_8 and not new.isascii():
        decoded = charsets.decode(new, charset)
        if decoded is None:
            raise Held("character-set-unknown", "text cannot be read in its character set", _locator(tag))
        new = decoded.encode()
    return new if new != raw else None


def _uid_back(walk: _Walk, found: bytes) -> bytes:
    old = walk.original.uids.get(found.decode())
    if old is None:
        return found
    walk.counts.uids += 1
    return old.encode("latin-1")


def _encoded(text: str, charset: bytes) -> bytes:
    written = charsets.encode(text.split("\\"), charset) if text.isascii() or charset.strip(b" \0") else None
    if written is None:
        raise _NotEncodable
    return written


def _locator(tag: int) -> str:
    return f"dcm:({tag >> 16:04X},{tag & 0xFFFF:04X})"
