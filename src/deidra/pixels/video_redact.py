"""Boxes filled in videos. Their frames are predicted from one another, so that none can be changed alone.

The documented fall-back: every frame is decoded, filled and coded as lossless JPEG-LS, in RGB. What the decoder showed
stays as it is, at some 25 to 70 times the size; the alternative, to code the video anew with loss, would change every
pixel. Sound and whatever else the container held is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import IO, TYPE_CHECKING, Any

from msgspec import structs

from deidra.errors import Held
from deidra.pixels.decoders import VIDEO_SYNTAXES
from deidra.pixels.fill import filled, within
from deidra.pixels.frames import check, samples
from deidra.pixels.image import Box, Layout
from deidra.pixels.lossless import encode_ls
from deidra.pixels.redact import plan
from deidra.pixels.video_frames import decoded

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MOST_RAW_BYTES = 1 << 36


def redacted_frames(layout: Layout, stream: IO[bytes], boxes_of: Callable[[int], Sequence[Box]]) -> Iterator[bytes]:
    """The frames of a video as lossless JPEG-LS, each with its boxes filled. One frame is in memory at a time.

    `stream`: an open file that holds nothing but the coded video (all fragments in turn). As many frames as come are
    the new Number of Frames; they may be a few more or less than the object said. What comes back was decoded again
    and compared. Raises Held "video-too-large", "bits-unsupported", "redaction-unproven" and what `decoded` raises.
    """
    check(layout)
    if layout.transfer_syntax_uid not in VIDEO_SYNTAXES:
        raise Held("transfer-syntax-unsupported", "this is no video")
    if layout.bits_allocated not in (8, 16) or layout.high_bit != layout.bits_stored - 1 or layout.is_signed:
        raise Held("bits-unsupported", "videos of this number of bits are not redacted")
    if layout.samples_per_pixel != 3 or layout.bits_stored < 8:
        raise Held("bits-unsupported", "videos without colour, or of less than 8 bits, are not redacted")
    if layout.rows * layout.columns * 3 * layout.frames * layout.bits_allocated // 8 > _MOST_RAW_BYTES:
        raise Held("video-too-large", "without loss the video would be too large")
    target = plan(layout).transfer_syntax_uid
    rgb = structs.replace(
        layout, transfer_syntax_uid=target, photometric_interpretation="RGB", planar_configuration=0
    )
    for number, frame in enumerate(decoded(layout, stream, deep=layout.bits_allocated == 16)):
        yield _coded(rgb, filled(rgb, frame, within(layout, boxes_of(number))))


def _coded(layout: Layout, frame: NDArray[Any]) -> bytes:
    """The frame as JPEG-LS that was decoded again. Raises Held "redaction-unproven" where it shows anything else."""
    import numpy as np

    coded = encode_ls(frame, layout.bits_stored)
    if not np.array_equal(samples(layout, coded), frame):
        raise Held("redaction-unproven", "a frame of a video changed when it was coded without loss")
    return coded
