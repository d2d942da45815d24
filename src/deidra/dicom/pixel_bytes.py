"""The bytes of Pixel Data: what was found in pixels is filled, and what is there besides pixels goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from deidra.dicom import layout
from deidra.dicom.header import Header
from deidra.dicom.reader import Piece
from deidra.dicom.rewrite import Insert
from deidra.dicom.source import Source
from deidra.dicom.spare_bits import embedded_overlays
from deidra.dicom.stream import FRAGMENTS
from deidra.model import Edit
from deidra.policy.compile import Rulebook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deidra.pixels.image import Region


class PixelBytes(NamedTuple):
    """The element to write in place of Pixel Data (None: it stays), with what goes with it.

    `streams`: whether coded frames were looked at, None where there are none. `depends_on_bytes`: whether another
    object with the same header may have another outcome. `transfer_syntax_uid`: of what is written.
    """

    element: list[Piece] | None
    inserts: list[Insert]
    edits: list[Edit]
    streams: bool | None
    depends_on_bytes: bool
    transfer_syntax_uid: str


def examined(header: Header, source: Source, rulebook: Rulebook, regions: Sequence[Region] = ()) -> PixelBytes:
    """What becomes of the pixels of an object in which `regions` were found. Raises Held."""
    syntax = source.transfer_syntax_uid
    found = header.pixels
    if regions or (found is not None and embedded_overlays(header)):
        return _redacted(header, source, regions)
    if found is None:
        return PixelBytes(None, [], [], None, False, syntax)
    if found[1][5] is not FRAGMENTS:
        shorter = layout.without_surplus(header)
        if shorter is None:
            return PixelBytes(None, [], [], None, False, syntax)
        return PixelBytes(shorter[0], [], [shorter[1]], None, True, syntax)
    if rulebook.policy.pixels.streams == "keep":
        return PixelBytes(None, [], [], False, False, syntax)
    from deidra.dicom import coded_frames

    element, inserts, edits = coded_frames.cleaned(header, source)
    return PixelBytes(element, inserts, edits, True, True, syntax)


def _redacted(header: Header, source: Source, regions: Sequence[Region]) -> PixelBytes:
    """Whatever the policy says of streams, those of a redacted object are cleaned: they may show what was filled."""
    from deidra.dicom import coded_frames, pixel_redaction

    redaction = pixel_redaction.redaction_of(header, source, regions)
    edits = pixel_redaction.edits(redaction)
    syntax = redaction.plan.transfer_syntax_uid
    if redaction.plan.is_video:
        from deidra.dicom import video_redaction

        video = video_redaction.redacted(header, source, redaction)
        marks = pixel_redaction.attributes(header, source, redaction, {"NumberOfFrames": str(video.frames)})
        return PixelBytes(video.element, [*marks, *video.inserts], edits, True, True, syntax)
    marks = pixel_redaction.attributes(header, source, redaction)
    found = header.pixels
    if found is None or found[1][5] is not FRAGMENTS:
        element = pixel_redaction.native_element(header, source, redaction)
        return PixelBytes(element, marks, edits, None, True, syntax)
    change = coded_frames.Change(redaction.changes, redaction.frame, syntax)
    written, tables, dropped = coded_frames.cleaned(header, source, change)
    return PixelBytes(written, [*marks, *tables], [*edits, *dropped], True, True, syntax)
