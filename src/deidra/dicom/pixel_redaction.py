"""What was found in the pixels of an object is filled; the data set says what that changed (PS3.15 E.3.1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from deidra.dicom import encode
from deidra.dicom.fragments import LOCATOR
from deidra.dicom.header import Header
from deidra.dicom.pixel_image import frame_spans, layout_of
from deidra.dicom.reader import Made, Piece, Reader, Span
from deidra.dicom.rewrite import Insert
from deidra.dicom.source import Source
from deidra.dicom.spare_bits import CLEARED, embedded_overlays
from deidra.dicom.stream import FRAGMENTS
from deidra.errors import Held
from deidra.model import Action, Edit
from deidra.pixels.consequences import Attributes
from deidra.pixels.frames import NATIVE_SYNTAXES
from deidra.pixels.image import Box, Layout, Region
from deidra.pixels.redact import Plan, clear_unused_bits, plan, redact_frame, transcode_frame
from deidra.standard import dictionary

_RULE = "clean-pixel-data"
_SOURCE = "PS3.15 E.3.1"
# Redacted frames are kept until they take so much, and made again while they are written after that
_MOST_KEPT_BYTES = 1 << 26
# By so much of its bytes an object may grow in the transfer syntax that it has
_MOST_GROWTH = 0.1


class Redaction(NamedTuple):
    """How the frames of one object are redacted: boxes filled, overlays in spare bits cleared."""

    layout: Layout
    plan: Plan
    regions: tuple[Region, ...]
    clears_spare_bits: bool = False

    def boxes(self, frame: int) -> list[Box]:
        """What is filled in `frame`, from 0."""
        return [region.box for region in self.regions if region.first_frame <= frame <= region.last_frame]

    def changes(self, frame: int) -> bool:
        """Whether the bytes of `frame` become others."""
        return self.plan.recodes_all or self.clears_spare_bits or bool(self.boxes(frame))

    def frame(self, number: int, coded: bytes) -> bytes:
        """The bytes of frame `number` as they are released. Raises Held."""
        if self.plan.recodes_all:  # from stored values: spare bits are clear
            return transcode_frame(self.layout, coded, self.boxes(number))
        redacted = redact_frame(self.layout, coded, self.boxes(number))
        return clear_unused_bits(self.layout, redacted) if self.clears_spare_bits else redacted


def redaction_of(header: Header, source: Source, regions: Sequence[Region]) -> Redaction:
    """The redaction of an object in which `regions` were found. Raises Held when its pixels cannot be redacted.

    Where there are none, frames change only in their spare bits.
    """
    layout = layout_of(header, source)
    todo = Plan(layout.transfer_syntax_uid)
    if regions:
        todo = planned(layout, regions, partial(_coded, header, source, layout))
    if layout.bits_allocated == 1 and layout.rows * layout.columns & 7 and todo.transfer_syntax_uid in NATIVE_SYNTAXES:
        raise Held("redaction-unsupported", "frames of one bit that share a byte are not redacted", LOCATOR)
    return Redaction(layout, todo, tuple(regions), clears_spare_bits=embedded_overlays(header))


def planned(layout: Layout, regions: Sequence[Region], coded: Callable[[int], bytes]) -> Plan:
    """What redacting an object leads to; a syntax in which it would grow by more than a tenth is not kept. Raises Held.

    `coded` gives the bytes of a frame. How much the first one that is touched grows stands for all.
    """
    redaction = Redaction(layout, plan(layout), tuple(regions))
    if not redaction.plan.may_grow or redaction.plan.recodes_all:
        return redaction.plan
    touched = [number for number in range(layout.frames) if redaction.changes(number)]
    if not touched:
        return redaction.plan
    before = coded(touched[0])
    growth = len(redaction.frame(touched[0], before)) / max(len(before), 1) - 1
    share = len(touched) / layout.frames
    return redaction.plan if growth * share <= _MOST_GROWTH else plan(layout, may_grow=False)


def _coded(header: Header, source: Source, layout: Layout, number: int) -> bytes:
    return b"".join([source.reader.read_at(*span) for span in frame_spans(header, source, layout)[number]])


def native_element(header: Header, source: Source, redaction: Redaction) -> list[Piece]:
    """Pixel data with its frames redacted; frames that do not change are spans of the source. Raises Held."""
    found = header.pixels
    if found is None or found[1][5] is FRAGMENTS:
        raise Held("redaction-unsupported", "there are no pixels that are not coded", LOCATOR)
    section, (_, _, at, value, _, _) = found
    spans = frame_spans(header, source, redaction.layout)
    pieces: list[Piece] = []
    kept = total = 0
    for number, (span,) in enumerate(spans):
        total += span[1]
        if not redaction.changes(number):
            pieces.append(span)
            continue
        if kept + span[1] <= _MOST_KEPT_BYTES:
            kept += span[1]
            pieces.append(_redacted(source.reader, span, redaction, number))
        else:
            pieces.append(_made(source.reader, span, redaction, number))
    padding = total & 1
    head = section.buf[at : value - 4] + (total + padding).to_bytes(4, "little")
    return [head, *pieces, bytes(padding)]


def _redacted(reader: Reader, span: Span, redaction: Redaction, number: int) -> bytes:
    redacted = redaction.frame(number, reader.read_at(*span))
    if len(redacted) != span[1]:
        raise Held("redaction-unproven", "a redacted frame has another size", LOCATOR)
    return redacted


def _made(reader: Reader, span: Span, redaction: Redaction, number: int) -> Made:
    return Made(span[1], lambda put: put(_redacted(reader, span, redaction, number)))


def attributes(header: Header, source: Source, redaction: Redaction, also: Attributes | None = None) -> list[Insert]:
    """The elements that say of the image what redaction made of it, those of `also` among them."""
    changes = redaction.plan.attributes | (also or {})
    changes |= {
        keyword: value
        for keyword, value in redaction.plan.attributes_where_absent.items()
        if not header.raw(dictionary.tag_of(keyword) or 0)
    }
    inserts = []
    for keyword, value in changes.items():
        tag = dictionary.tag_of(keyword)
        if tag is None or (value is None and tag not in header):
            continue
        if value is None:
            inserts.append(Insert(tag, b"", _edit(tag, Action.REMOVE)))
            continue
        vr = dictionary.vr(tag) or "CS"
        raw = value.to_bytes(2, "little") if isinstance(value, int) else value.encode("ascii")
        inserts.append(Insert(tag, encode.element(tag, vr[:2], raw, source.encoding), _edit(tag, Action.REWRITE)))
    return inserts


def _edit(tag: int, action: Action) -> Edit:
    return Edit(f"dcm:({tag >> 16:04X},{tag & 0xFFFF:04X})", action, _RULE, f"{_SOURCE}; PS3.3 C.7.6.3")


def edits(redaction: Redaction) -> list[Edit]:
    """One record for each region: frames, box, what it is, who found it and how sure."""
    found = [
        Edit(
            f"px:frames={one.first_frame}-{one.last_frame},"
            f"box={one.box[0]}:{one.box[2]},{one.box[1]}:{one.box[3]}",
            Action.PAINT,
            f"{_RULE}:{one.kind}",
            f"{_SOURCE}; {one.finder}, confidence {one.confidence:.2f}",
        )
        for one in redaction.regions
    ]
    remarks = [
        Edit(LOCATOR, Action.REWRITE, _RULE, f"{_SOURCE}: {remark}") for remark in redaction.plan.remarks
    ]
    cleared = [CLEARED] if redaction.clears_spare_bits else []
    return [*found, *remarks, *cleared]
