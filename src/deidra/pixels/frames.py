"""One frame's samples from its bytes, whatever the transfer syntax.

Native frames are read here. Coded frames are decoded in a child process that a crash or a bomb cannot outlive; it is
started once and again after every death. Whatever is wrong with a frame, its object is held with the reason.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import subprocess
import sys
import threading
import zlib
from functools import cache
from typing import TYPE_CHECKING, Any

from deidra.errors import Held
from deidra.pixels.decoders import ANSWER, REQUEST, STILL_SYNTAXES, VIDEO_SYNTAXES, declared_size
from deidra.pixels.image import Layout

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Big-endian and deflated data sets are normalised before pixels are looked at
NATIVE_SYNTAXES = frozenset("1.2.840.10008.1.2" + last for last in ("", ".1", ".1.98", ".1.99"))
# Deflated Image Frame Compression, PS3.5 A.4.13: a native frame, deflated
DEFLATED_FRAME = "1.2.840.10008.1.2.8.1"
MOST_FRAME_SAMPLES = 1 << 28
MOST_FRAMES = 1 << 20
_MOST_SECONDS = 120
_ALLOCATED = (1, 8, 16, 32, 64)


def samples(layout: Layout, coded: bytes) -> NDArray[Any]:
    """The stored values of a frame: (rows, columns) or (rows, columns, 3), bits above High Bit cut off, sign extended.

    Colours are as the photometric interpretation says, but YBR_ICT and YBR_RCT, which decoders turn into RGB, and
    YBR_FULL_422, whose chrominance is repeated. Raises Held "pixel-layout", "frame-truncated", "frame-undecodable",
    "frame-size-mismatch", "transfer-syntax-undecodable", "decoder-missing" or "decoder-crashed".
    """
    check(layout)
    if layout.transfer_syntax_uid == DEFLATED_FRAME:
        return _values(layout, _native(layout, inflated(layout, coded)))
    if layout.transfer_syntax_uid in NATIVE_SYNTAXES:
        return _values(layout, _native(layout, coded))
    if layout.transfer_syntax_uid not in STILL_SYNTAXES:
        what = "video is not decoded" if layout.transfer_syntax_uid in VIDEO_SYNTAXES else "no decoder"
        raise Held("transfer-syntax-undecodable", f"{what} for this transfer syntax")
    return _values(layout, _decoded(layout, coded))


def check(layout: Layout) -> None:
    """Raises Held "pixel-layout" for an Image Pixel Module that cannot be right, or that asks for too much."""
    fits = (
        layout.rows > 0
        and layout.columns > 0
        and 0 < layout.frames <= MOST_FRAMES
        and layout.samples_per_pixel in (1, 3)
        and layout.bits_allocated in _ALLOCATED
        and 0 < layout.bits_stored <= layout.bits_allocated
        and layout.bits_stored - 1 <= layout.high_bit < layout.bits_allocated
        and layout.planar_configuration in (0, 1)
        and (layout.bits_allocated > 1 or layout.samples_per_pixel == 1)
        and (not layout.is_float or layout.bits_allocated in (32, 64))
    )
    if not fits:
        raise Held("pixel-layout", "rows, columns, samples and bits do not describe an image")
    if layout.rows * layout.columns * layout.samples_per_pixel > MOST_FRAME_SAMPLES:
        raise Held("pixel-layout", f"a frame of more than {MOST_FRAME_SAMPLES} samples is not examined")


def native_frame_bytes(layout: Layout) -> int:
    """How many bytes a native frame has."""
    count = layout.rows * layout.columns
    if layout.photometric_interpretation == "YBR_FULL_422":
        return count * 2 * layout.bits_allocated // 8
    return (count * layout.samples_per_pixel * layout.bits_allocated + 7) // 8


def inflated(layout: Layout, coded: bytes) -> bytes:
    """The native frame that was deflated; of what is longer, the bytes of the frame and one more. Raises Held."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        return inflater.decompress(coded, native_frame_bytes(layout) + 1)
    except zlib.error:
        raise Held("frame-undecodable", "a coded frame is damaged or not of its transfer syntax") from None


def _native(layout: Layout, coded: bytes) -> NDArray[Any]:
    import numpy as np

    if len(coded) < native_frame_bytes(layout):
        raise Held("frame-truncated", "a frame is shorter than rows, columns and bits say")
    rows, columns, bits = layout.rows, layout.columns, layout.bits_allocated
    data = memoryview(coded)[: native_frame_bytes(layout)]
    if bits == 1:
        return np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")[: rows * columns].reshape(rows, columns)
    flat = np.frombuffer(data, f"<{'f' if layout.is_float else 'u'}{bits // 8}")
    if layout.photometric_interpretation == "YBR_FULL_422":
        return _from_422(flat, rows, columns)
    if layout.samples_per_pixel == 1:
        return flat.reshape(rows, columns)
    if layout.planar_configuration == 1:
        return flat.reshape(3, rows, columns).transpose(1, 2, 0)
    return flat.reshape(rows, columns, 3)


def _from_422(flat: NDArray[Any], rows: int, columns: int) -> NDArray[Any]:
    """Y Y Cb Cr for every two pixels of a row, PS3.3 C.7.6.3.1.2."""
    import numpy as np

    if columns % 2:
        raise Held("pixel-layout", "YBR_FULL_422 needs an even number of columns")
    pairs = flat.reshape(rows, columns // 2, 4)
    luminance = pairs[:, :, :2].reshape(rows, columns)
    blue, red = (np.repeat(pairs[:, :, index], 2, axis=1) for index in (2, 3))
    return np.stack((luminance, blue, red), axis=2)


def _values(layout: Layout, frame: NDArray[Any]) -> NDArray[Any]:
    """Without what lies in bits above High Bit or below the stored ones, negative where it is signed."""
    import numpy as np

    if layout.is_float:
        return np.asarray(frame, frame.dtype.newbyteorder("="))
    unsigned = frame.astype(f"u{frame.dtype.itemsize}", copy=False)
    bits = frame.dtype.itemsize * 8
    lowest = max(0, layout.high_bit + 1 - layout.bits_stored)
    if layout.bits_stored >= bits:
        return unsigned.astype(f"i{frame.dtype.itemsize}", copy=False) if layout.is_signed else unsigned
    values = (unsigned >> lowest) & ((1 << layout.bits_stored) - 1)
    if not layout.is_signed:
        return values
    spare = bits - layout.bits_stored
    signed = (values << spare).astype(f"i{frame.dtype.itemsize}") >> spare
    return np.asarray(signed)


def _decoded(layout: Layout, coded: bytes) -> NDArray[Any]:
    import numpy as np

    declared = declared_size(coded)
    if declared is not None and declared != (layout.rows, layout.columns, layout.samples_per_pixel):
        raise Held("frame-size-mismatch", "a coded frame declares another size than its object")
    dtype, rows, columns, per_pixel, data = _child_of(os.getpid()).decoded(layout, coded)
    if dtype[:1] not in ("|", "<", ">") or dtype[1:] not in ("u1", "i1", "u2", "i2", "u4", "i4", "f4"):
        raise Held("frame-undecodable", "a coded frame decodes to samples of an unknown kind")
    frame = np.frombuffer(data, dtype)
    wanted = layout.rows * layout.columns * layout.samples_per_pixel
    # Run-length segments may be padded and say nothing of rows
    if rows == 1 and layout.rows != 1 and frame.size >= wanted:
        frame = frame[:wanted]
    elif (rows, columns, per_pixel) != (layout.rows, layout.columns, layout.samples_per_pixel):
        raise Held("frame-size-mismatch", "a coded frame has another size than its object says")
    if frame.size != wanted:
        raise Held("frame-size-mismatch", "a coded frame has another size than its object says")
    shape = (layout.rows, layout.columns) + ((3,) if layout.samples_per_pixel == 3 else ())
    return frame.reshape(shape)


class _Child:
    """The process that decodes: started when first needed, ended when it takes too long, started anew after."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def decoded(self, layout: Layout, coded: bytes) -> tuple[str, int, int, int, bytes]:
        """dtype, rows, columns, samples per pixel, data."""
        with self._lock:
            process = self._running()
            timer = threading.Timer(_MOST_SECONDS, process.kill)
            timer.start()
            try:
                return self._asked(process, layout, coded)
            except (OSError, EOFError):
                self.stop()
                raise Held("decoder-crashed", "the decoder died or did not end on a coded frame") from None
            finally:
                timer.cancel()

    def _asked(
        self, process: subprocess.Popen[bytes], layout: Layout, coded: bytes
    ) -> tuple[str, int, int, int, bytes]:
        assert process.stdin is not None  # noqa: S101 - both were asked for
        assert process.stdout is not None  # noqa: S101
        uid = layout.transfer_syntax_uid.encode("ascii", "replace")[:64]
        process.stdin.write(REQUEST.pack(uid, layout.bits_allocated, layout.samples_per_pixel, len(coded)))
        process.stdin.write(coded)
        process.stdin.flush()
        head = process.stdout.read(ANSWER.size)
        if len(head) < ANSWER.size:
            raise EOFError
        failed, dtype, rows, columns, per_pixel, length = ANSWER.unpack(head)
        if failed:
            raise Held("frame-undecodable", "a coded frame is damaged or not of its transfer syntax")
        # No decoded sample is wider than four bytes, and run-length rows may be padded by a byte
        if length > 4 * (layout.rows * layout.columns + 2) * layout.samples_per_pixel + 64:
            self.stop()
            raise Held("frame-size-mismatch", "a coded frame has another size than its object says")
        data = process.stdout.read(length)
        if len(data) < length:
            raise EOFError
        return dtype.rstrip(b" \0").decode("ascii"), rows, columns, per_pixel, data

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            from importlib.util import find_spec

            if find_spec("imagecodecs") is None:
                raise Held("decoder-missing", "no decoder of coded frames is installed")
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "deidra.pixels.decoders"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        return self._process

    def stop(self) -> None:
        """End the process, if it runs."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


@cache
def _child_of(process_id: int) -> _Child:  # noqa: ARG001 - pipes are not shared with a process that was forked
    child = _Child()
    atexit.register(child.stop)
    return child
