"""Blank boxes in JPEG-LS, JPEG 2000, HTJ2K and JPEG XL: decode, fill, and code again without loss.

A stream that is reversible comes back with every other sample the same. One that was lossy is coded reversibly: what it
decodes to stays, and it grows. Decoders run in a child process (frames.py); encoders are given nothing but samples.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from deidra.errors import Held
from deidra.pixels.fill import filled
from deidra.pixels.frames import samples
from deidra.pixels.image import Box, Layout
from deidra.pixels.stream_headers import SizeHeader, ls_header, naked, size_header

if TYPE_CHECKING:
    from numpy.typing import NDArray

# PS3.5 8.2.14 asks that the lowest resolution of a stream in RPCL order be no larger
_LOWEST_RESOLUTION_PIXELS = 64
_DECOMPOSITIONS = 5


def blank_ls(layout: Layout, coded: bytes, boxes: Sequence[Box]) -> bytes:
    """The frame with `boxes` filled, as lossless JPEG-LS with the precision and interleave that the source has."""
    header = ls_header(coded)
    _check_size(layout, header.rows, header.columns, header.components)
    frame = filled(layout, samples(layout, coded), boxes)
    return encode_ls(frame, header.precision, header.interleave)


def encode_ls(frame: NDArray[Any], precision: int, interleave: int = 2) -> bytes:
    """(rows, columns[, samples]) as lossless JPEG-LS. `interleave` of colours: 0 by plane, 1 by line, 2 by sample.

    Raises Held "encoder-missing".
    """
    try:
        # The encoder of imagecodecs knows 8 and 16 bits alone
        import jpeg_ls  # type: ignore[import-untyped]
    except ImportError:
        raise Held("encoder-missing", "no encoder of JPEG-LS is installed") from None

    # Lines too are handed over by sample
    ordered = frame.transpose(2, 0, 1) if frame.ndim == 3 and interleave == 0 else frame
    # Signed values are coded as their bits, PS3.5 8.2.3
    bits = ordered.astype("<u2" if precision > 8 else "u1") & (1 << precision) - 1
    data = bits.tobytes()
    rows, columns = frame.shape[:2]
    count = frame.shape[2] if frame.ndim == 3 else 1
    mode = interleave if count > 1 else None
    return bytes(jpeg_ls.encode_buffer(data, rows, columns, count, precision, interleave_mode=mode))


def blank_j2k(layout: Layout, coded: bytes, boxes: Sequence[Box], *, high_throughput: bool = False) -> bytes:
    """The frame with `boxes` filled, as a naked reversible JPEG 2000 or HTJ2K codestream.

    Precision, sign and the transform of components are those of the source.
    """
    stream = naked(coded)
    header = size_header(stream)
    _check_size(layout, header.rows, header.columns, header.components)
    frame = filled(layout, samples(layout, stream), boxes)
    encode = _high_throughput if high_throughput else _jpeg_2000
    return without_comments(encode(_as_coded(frame, header), header))


def blank_xl(layout: Layout, coded: bytes, boxes: Sequence[Box]) -> bytes:
    """The frame with `boxes` filled, as a lossless JPEG XL codestream."""
    import imagecodecs
    import numpy as np

    frame = filled(layout, samples(layout, coded), boxes)
    if layout.is_signed or layout.bits_stored > 16:
        raise Held("bits-unsupported", "JPEG XL samples of this number of bits are not coded")
    kind = np.uint8 if layout.bits_stored <= 8 else np.uint16
    return bytes(imagecodecs.jpegxl_encode(frame.astype(kind), lossless=True, numthreads=1))


def _as_coded(frame: NDArray[Any], header: SizeHeader) -> NDArray[Any]:
    """Stored values as the source codes them: its sign may be another than that of the object."""
    import numpy as np

    wide = np.int32 if header.precision <= 24 else np.int64
    values: NDArray[Any] = np.bitwise_and(frame.astype(wide), (1 << header.precision) - 1)
    if header.is_signed:
        values -= (values >> header.precision - 1) << header.precision
    size = 1 if header.precision <= 8 else 2 if header.precision <= 16 else 4
    return values.astype(f"{'i' if header.is_signed else 'u'}{size}")


def _jpeg_2000(frame: NDArray[Any], header: SizeHeader) -> bytes:
    import imagecodecs

    return bytes(
        imagecodecs.jpeg2k_encode(
            frame,
            level=0,
            codecformat="J2K",
            bitspersample=header.precision,
            reversible=True,
            mct=header.transforms,
            numthreads=1,
        )
    )


def _high_throughput(frame: NDArray[Any], header: SizeHeader) -> bytes:
    """HTJ2K with resolutions in order, each a tile-part, and their lengths in front: right for all three syntaxes."""
    import imagecodecs
    import numpy as np

    size = 8 * frame.dtype.itemsize
    if header.precision < size and not header.is_signed:
        # The encoder knows 8 and 16 bits alone. Signed samples have no offset that depends on their number of bits:
        # taken off here, the header may tell the true number
        frame = (frame.astype(np.int32) - (1 << header.precision - 1)).astype(f"i{frame.dtype.itemsize}")
    levels = max(_DECOMPOSITIONS, -(-max(frame.shape[:2]) // _LOWEST_RESOLUTION_PIXELS - 1).bit_length())
    coded = bytearray(
        imagecodecs.htj2k_encode(
            frame, level=0, reversible=True, rgb=header.transforms, resolutions=levels, tlm=True, tilepart=1
        )
    )
    # Ssiz of each component in the SIZ segment, which comes first (T.800 A.5.1)
    for component in range(header.components):
        coded[42 + 3 * component] = (0x80 if header.is_signed else 0) | (header.precision - 1)
    return bytes(coded)


def without_comments(codestream: bytes) -> bytes:
    """A codestream without the COM segments of its main header, in which encoders sign."""
    at, pieces = 2, [codestream[:2]]
    while codestream[at : at + 2] != b"\xff\x90":
        end = at + 2 + int.from_bytes(codestream[at + 2 : at + 4])
        if codestream[at : at + 2] != b"\xff\x64":
            pieces.append(codestream[at:end])
        at = end
    return b"".join((*pieces, codestream[at:]))


def _check_size(layout: Layout, rows: int, columns: int, components: int) -> None:
    if (rows, columns, components) != (layout.rows, layout.columns, layout.samples_per_pixel):
        raise Held("frame-size-mismatch", "a coded frame declares another size than its object")
