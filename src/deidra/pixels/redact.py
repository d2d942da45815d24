"""Pixels made unreadable within boxes, all others the same: the one door to redaction in every transfer syntax.

`plan` says beforehand what comes out. Where the transfer syntax is kept, `redact_frame` is asked for the frames that
have boxes, and all others keep their bytes; where it is not (`Plan.recodes_all`), `transcode_frame` is asked for every
frame of the object, and video_redact.py for those of a video. What comes back is one frame's bytes: padding them to an
even number, fragments and offset tables are the caller's.

Besides the boxes there changes: in JPEG the blocks of 8 x 8 pixels that a box touches, in each component, so 16 x 16
where it is subsampled; in YBR_FULL_422 the other pixel of a pair. Nothing else in any syntax.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from msgspec import structs

from deidra.errors import Held
from deidra.pixels import jpeg_blocks, jpeg_predictive, lossless, native, rle_rows
from deidra.pixels.consequences import Attributes, of_any_redaction, of_recoding, padding_remarks, where_absent
from deidra.pixels.decoders import VIDEO_SYNTAXES
from deidra.pixels.fill import covered, within
from deidra.pixels.frames import DEFLATED_FRAME, NATIVE_SYNTAXES, check, inflated, samples
from deidra.pixels.image import Box, Layout
from deidra.pixels.jpeg_grid import changed_area
from deidra.pixels.jpeg_syntax import LOSSLESS, parse
from deidra.pixels.stream_headers import ls_header, naked, size_header

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_PREFIX = "1.2.840.10008.1.2"
_EXPLICIT = _PREFIX + ".1"
_RLE = _PREFIX + ".5"
_JPEG, _JPEG_LOSSLESS = (_PREFIX + ".4.50", _PREFIX + ".4.51"), (_PREFIX + ".4.57", _PREFIX + ".4.70")
JPEG_LS, _JPEG_LS_NEAR = _PREFIX + ".4.80", _PREFIX + ".4.81"
_JPEG_2000, _JPEG_2000_ANY = _PREFIX + ".4.90", _PREFIX + ".4.91"
_HTJ2K, _HTJ2K_RPCL, _HTJ2K_ANY = _PREFIX + ".4.201", _PREFIX + ".4.202", _PREFIX + ".4.203"
_JPEG_XL, _JPEG_XL_ANY = _PREFIX + ".4.110", (_PREFIX + ".4.111", _PREFIX + ".4.112")
_HTJ2K_FAMILY = (_HTJ2K, _HTJ2K_RPCL, _HTJ2K_ANY)
_J2K_FAMILY = (_JPEG_2000, _JPEG_2000_ANY, *_HTJ2K_FAMILY)
_KEPT = frozenset(
    (*NATIVE_SYNTAXES, DEFLATED_FRAME, _RLE, *_JPEG_LOSSLESS, JPEG_LS, _JPEG_2000, _HTJ2K, _HTJ2K_RPCL, _JPEG_XL)
)
# Frames of these may be lossless too: what is coded anew stays in the syntax, unless its colours would be others
_LOSSLESS_OF = {_JPEG_2000_ANY: _JPEG_2000, _HTJ2K_ANY: _HTJ2K}
_FALLBACKS = {
    **_LOSSLESS_OF,
    _JPEG_LS_NEAR: JPEG_LS,
    **dict.fromkeys(_JPEG_XL_ANY, _JPEG_XL),
    **dict.fromkeys(VIDEO_SYNTAXES, JPEG_LS),
}

Granularity = Literal["pixel", "pixel pair", "block"]


class Plan(msgspec.Struct, frozen=True):
    """What redacting an object leads to, known before any frame is read.

    `attributes` are set, or removed where None, when at least one frame was changed; `attributes_where_absent` are
    added where the data set has none. `recodes_all`: every frame of the object is coded anew, where `is_video` by
    video_redact.py. `may_grow`: what was lossy becomes lossless, and larger. `granularity`: the least area that
    changes. `remarks` go into the record.
    """

    transfer_syntax_uid: str
    recodes_all: bool = False
    is_video: bool = False
    may_grow: bool = False
    granularity: Granularity = "pixel"
    attributes: Attributes = {}
    attributes_where_absent: Attributes = {}
    remarks: tuple[str, ...] = ()


def plan(layout: Layout, *, may_grow: bool = True) -> Plan:
    """What redacting an object of this layout leads to. Raises Held "transfer-syntax-unsupported".

    Lossy JPEG 2000 and HTJ2K stay in their syntax, which knows frames without loss too, and touched frames grow;
    without `may_grow` all frames go to the lossless syntax of the family.
    """
    syntax, photometric = layout.transfer_syntax_uid, layout.photometric_interpretation
    kept = Plan(syntax, attributes=of_any_redaction(), remarks=padding_remarks(layout))
    if syntax in NATIVE_SYNTAXES and native.is_paired(layout):
        return structs.replace(kept, granularity="pixel pair")
    if syntax in _KEPT:
        return kept
    if syntax in _JPEG:
        return structs.replace(kept, granularity="block")
    if syntax in _LOSSLESS_OF and photometric != "YBR_ICT" and may_grow:
        return structs.replace(kept, may_grow=True, remarks=(*kept.remarks, "redacted frames are coded without loss"))
    target = _FALLBACKS.get(syntax)
    if target is None:
        raise Held("transfer-syntax-unsupported", "pixels in this transfer syntax are not redacted")
    return structs.replace(
        kept,
        transfer_syntax_uid=target,
        recodes_all=True,
        is_video=syntax in VIDEO_SYNTAXES,
        may_grow=True,
        attributes={**kept.attributes, **of_recoding(layout, _photometric(layout))},
        attributes_where_absent=where_absent(layout),
        remarks=(*kept.remarks, "all frames are coded without loss: the transfer syntax changes"),
    )


def redact_frame(layout: Layout, coded: bytes, boxes: Sequence[Box]) -> bytes:
    """A frame with `boxes` filled, in the same transfer syntax; the same bytes where no box is within the image.

    Raises Held: "transfer-syntax-unsupported", "redaction-recodes" where the plan is to code all frames anew, and
    otherwise what is wrong with the frame. What comes back was decoded again and compared.
    """
    if plan(layout).recodes_all:
        raise Held("redaction-recodes", "this transfer syntax is kept by no frame that is redacted")
    check(layout)
    inside = within(layout, boxes)
    return _proven(layout, coded, inside) if inside else coded


def transcode_frame(layout: Layout, coded: bytes, boxes: Sequence[Box]) -> bytes:
    """A frame in the transfer syntax of the plan that has `recodes_all`, with `boxes` filled; there may be none.

    Raises Held.
    """
    what = plan(layout, may_grow=False)
    if not what.recodes_all or what.is_video:
        raise Held("redaction-keeps", "frames of this transfer syntax are not coded anew one by one")
    check(layout)
    return _proven(layout, coded, within(layout, boxes))


def clear_unused_bits(layout: Layout, coded: bytes) -> bytes:
    """The frame with nothing in its samples but the stored bits: old overlays stand above them, and may hold text.

    The same bytes come back where nothing was to clear; the stored values stay, as decoding again proves. Raises Held
    where the frame is damaged, "transfer-syntax-unsupported" where spare bits are coded with loss, and
    "redaction-unproven".
    """
    check(layout)
    cleared = _cleared(layout, coded)
    if cleared is not coded and _differs(samples(layout, coded), samples(layout, cleared)).any():
        raise Held("redaction-unproven", "stored values changed when spare bits were cleared")
    return cleared


def _cleared(layout: Layout, coded: bytes) -> bytes:
    syntax = layout.transfer_syntax_uid
    if syntax in NATIVE_SYNTAXES:
        return native.clear_unused_bits(layout, coded)
    if syntax == DEFLATED_FRAME:
        frame = inflated(layout, coded)
        cleared = native.clear_unused_bits(layout, frame)
        return coded if cleared == frame else _deflate(cleared)
    if syntax == _RLE:
        return rle_rows.clear_unused_bits(layout, coded)
    if syntax in _JPEG_LOSSLESS:
        return jpeg_predictive.clear_unused_bits(layout, coded, parse(coded))
    if _precision(syntax, coded) <= layout.bits_stored:
        return coded
    if syntax == JPEG_LS:
        return lossless.blank_ls(layout, coded, ())
    if syntax in _J2K_FAMILY and size_header(naked(coded)).is_reversible:
        return lossless.blank_j2k(layout, coded, (), high_throughput=syntax in _HTJ2K_FAMILY)
    raise Held("transfer-syntax-unsupported", "spare bits in this transfer syntax are not cleared")


def _precision(syntax: str, coded: bytes) -> int:
    """Bits of the samples of a coded frame. Raises Held "transfer-syntax-unsupported" where they are not known."""
    if syntax in _JPEG:
        return parse(coded).precision
    if syntax in (JPEG_LS, _JPEG_LS_NEAR):
        return ls_header(coded).precision
    if syntax in _J2K_FAMILY:
        return size_header(naked(coded)).precision
    raise Held("transfer-syntax-unsupported", "spare bits in this transfer syntax are not cleared")


def _photometric(layout: Layout) -> str:
    """The photometric interpretation of frames coded anew."""
    syntax, photometric = layout.transfer_syntax_uid, layout.photometric_interpretation
    if syntax in VIDEO_SYNTAXES or syntax in _JPEG_XL_ANY:
        return photometric if layout.samples_per_pixel == 1 else "RGB"
    return "YBR_RCT" if photometric == "YBR_ICT" else photometric


def _proven(layout: Layout, coded: bytes, boxes: Sequence[Box]) -> bytes:
    """The frame redacted, and decoded again: outside the area that may change it is the same, within boxes it is even.

    Raises Held "redaction-unproven" where it is not, or what is wrong with the frame.
    """
    if layout.transfer_syntax_uid == DEFLATED_FRAME:
        return _deflated(layout, coded, boxes)
    redacted, area = _redacted(layout, coded, boxes)
    before = samples(layout, coded)
    after = samples(structs.replace(layout, transfer_syntax_uid=plan(layout).transfer_syntax_uid), redacted)
    if before.shape != after.shape or _differs(before, after)[~area].any():
        raise Held("redaction-unproven", "pixels beside the redacted area changed")
    # Of subsampled components, decoders smooth what is within: the first tells
    first = after if after.ndim == 2 else after[:, :, 0]
    within_boxes = first[covered(first.shape, boxes)]
    if boxes and (within_boxes != within_boxes[0]).any():
        raise Held("redaction-unproven", "a redacted area is not even")
    return redacted


def _differs(before: NDArray[Any], after: NDArray[Any]) -> NDArray[np.bool_]:
    """Which pixels (rows, columns) differ; what is not a number is like itself."""
    import numpy as np

    different: NDArray[np.bool_] = (before != after) & ~((before != before) & (after != after))
    return np.asarray(different if different.ndim == 2 else different.any(axis=2))


def _redacted(layout: Layout, coded: bytes, boxes: Sequence[Box]) -> tuple[bytes, NDArray[np.bool_]]:
    """The frame redacted, and the pixels that may change by it."""
    syntax = layout.transfer_syntax_uid
    if syntax in (*_JPEG, *_JPEG_LOSSLESS):
        return _redacted_jpeg(layout, coded, boxes)
    area = covered((layout.rows, layout.columns), boxes)
    if syntax in NATIVE_SYNTAXES:
        if native.is_paired(layout):
            area = area.reshape(layout.rows, -1, 2).any(axis=2).repeat(2, axis=1)
        return native.blank(layout, coded, boxes), area
    if syntax == _RLE:
        return rle_rows.blank(layout, coded, boxes), area
    if syntax in (JPEG_LS, _JPEG_LS_NEAR):
        return lossless.blank_ls(layout, coded, boxes), area
    if syntax in (_JPEG_2000, _JPEG_2000_ANY):
        return lossless.blank_j2k(layout, coded, boxes), area
    if syntax in _HTJ2K_FAMILY:
        return lossless.blank_j2k(layout, coded, boxes, high_throughput=True), area
    return lossless.blank_xl(layout, coded, boxes), area


def _redacted_jpeg(layout: Layout, coded: bytes, boxes: Sequence[Box]) -> tuple[bytes, NDArray[np.bool_]]:
    stream = parse(coded)
    if (stream.rows, stream.columns, len(stream.components)) != (
        layout.rows, layout.columns, layout.samples_per_pixel,
    ):  # fmt: skip
        raise Held("frame-size-mismatch", "a coded frame declares another size than its object")
    if stream.marker in LOSSLESS:
        return jpeg_predictive.blank(layout, coded, stream, boxes), covered((stream.rows, stream.columns), boxes)
    levels = jpeg_blocks.black_levels(layout, stream)
    return jpeg_blocks.blank(coded, stream, boxes, levels), changed_area(stream, boxes)


def _deflated(layout: Layout, coded: bytes, boxes: Sequence[Box]) -> bytes:
    as_native = structs.replace(layout, transfer_syntax_uid=_EXPLICIT)
    return _deflate(_proven(as_native, inflated(layout, coded), boxes))


def _deflate(frame: bytes) -> bytes:
    deflater = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return deflater.compress(frame) + deflater.flush()
