"""The bytes of Pixel Data besides pixels: what coded frames carry, and what stands behind the last frame."""

from __future__ import annotations

from typing import NamedTuple

from deidra.dicom import coded_frames, layout
from deidra.dicom.header import Header
from deidra.dicom.reader import Piece
from deidra.dicom.rewrite import Insert
from deidra.dicom.source import Source
from deidra.dicom.stream import FRAGMENTS, PIXEL_DATA
from deidra.model import Edit
from deidra.policy.compile import Rulebook


class PixelBytes(NamedTuple):
    """The element to write in place of Pixel Data (None: it stays), with what goes with it.

    `streams`: whether coded frames were looked at, None where there are none. `depends_on_bytes`: whether another
    object with the same header may have another outcome.
    """

    element: list[Piece] | None
    inserts: list[Insert]
    edits: list[Edit]
    streams: bool | None
    depends_on_bytes: bool


def examined(header: Header, source: Source, rulebook: Rulebook) -> PixelBytes:
    """What becomes of the pixels of an object besides their samples. Raises Held where frames are not understood."""
    found = header.element(PIXEL_DATA)
    if found is None:
        return PixelBytes(None, [], [], None, depends_on_bytes=False)
    if found[1][5] is not FRAGMENTS:
        shorter = layout.without_surplus(header)
        if shorter is None:
            return PixelBytes(None, [], [], None, depends_on_bytes=False)
        return PixelBytes(shorter[0], [], [shorter[1]], None, depends_on_bytes=True)
    if rulebook.policy.pixels.streams == "keep":
        return PixelBytes(None, [], [], streams=False, depends_on_bytes=False)
    element, inserts, edits = coded_frames.cleaned(header, source)
    return PixelBytes(element, inserts, edits, streams=True, depends_on_bytes=True)
