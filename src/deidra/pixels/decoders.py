"""Decoders of coded frames, and the child process in which they run.

Native decoders have crashed on damaged streams before and will again: ``python -m deidra.pixels.decoders`` reads one
request after another on standard input and answers on standard output, within a limit of memory. See frames.py.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Callable
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

REQUEST = struct.Struct("<64sHBQ")  # transfer syntax UID, bits allocated, samples per pixel, bytes that follow
ANSWER = struct.Struct("<B8sIIHQ")  # 0 when decoded, dtype, rows, columns, samples per pixel, bytes that follow
MOST_CHILD_BYTES = 3 << 30

_PREFIX = "1.2.840.10008.1.2."
RLE = _PREFIX + "5"
_JPEG = tuple(_PREFIX + "4." + last for last in ("50", "51", "57", "70"))
_JPEG_LS = tuple(_PREFIX + "4." + last for last in ("80", "81"))
_JPEG_2000 = tuple(_PREFIX + "4." + last for last in ("90", "91", "92", "93"))
_HTJ2K = tuple(_PREFIX + "4." + last for last in ("201", "202", "203"))
_JPEG_XL = tuple(_PREFIX + "4." + last for last in ("110", "111", "112"))
STILL_SYNTAXES = frozenset((RLE, *_JPEG, *_JPEG_LS, *_JPEG_2000, *_HTJ2K, *_JPEG_XL))
VIDEO_SYNTAXES = frozenset(
    _PREFIX + "4." + last for last in ("100", "100.1", "101", "101.1", "102", "102.1", "103", "103.1", "104", "104.1",
                                       "105", "105.1", "106", "106.1", "107", "108")
)  # fmt: skip


def declared_size(coded: bytes) -> tuple[int, int, int] | None:
    """Rows, columns and components that a JPEG, JPEG-LS or JPEG 2000 stream declares, or None."""
    if coded[:12] == _JP2_SIGNATURE:
        # A whole JP2 file is not allowed in an object, and met
        coded = coded[max(0, coded.find(_J2K_START)) :]
    if coded[:4] == _J2K_START and len(coded) >= 44:
        right, bottom, left, top = struct.unpack_from(">4I", coded, 8)
        return bottom - top, right - left, struct.unpack_from(">H", coded, 40)[0]
    if coded[:2] != b"\xff\xd8":
        return None
    at = 2
    while at + 4 <= len(coded) and coded[at] == 0xFF:
        marker = coded[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker in _FRAME_HEADERS and at + 10 <= len(coded):
            rows, columns, components = struct.unpack_from(">HHB", coded, at + 5)
            return rows, columns, components
        if marker == 0xDA:
            return None
        at += 2 + int.from_bytes(coded[at + 2 : at + 4], "big")
    return None


_J2K_START = b"\xff\x4f\xff\x51"
_JP2_SIGNATURE = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
# SOF0-15 without DHT, JPG and DAC (ITU-T T.81 table B.1), and SOF55 of JPEG-LS
_FRAME_HEADERS = frozenset((*range(0xC0, 0xD0), 0xF7)) - {0xC4, 0xC8, 0xCC}


def decode(syntax: str, coded: bytes, bits_allocated: int, samples_per_pixel: int) -> NDArray[Any]:
    """A still frame as its stream has it: components are not turned into another colour space, but for the reversible
    and irreversible transforms inside JPEG 2000. Raises whatever the decoder raises."""
    import imagecodecs

    if syntax == RLE:
        return _run_length(coded, bits_allocated, samples_per_pixel)
    if syntax in _JPEG:
        space = "YCBCR" if samples_per_pixel == 3 else None
        return imagecodecs.jpeg8_decode(coded, colorspace=space, outcolorspace=space)
    family: Callable[..., NDArray[Any]]
    if syntax in _JPEG_LS:
        family = imagecodecs.jpegls_decode
    elif syntax in _JPEG_2000:
        family = imagecodecs.jpeg2k_decode
    elif syntax in _HTJ2K:
        family = imagecodecs.htj2k_decode
    elif syntax in _JPEG_XL:
        family = imagecodecs.jpegxl_decode
    else:
        raise ValueError("no decoder")
    return family(coded)


def _run_length(coded: bytes, bits_allocated: int, samples_per_pixel: int) -> NDArray[Any]:
    """RLE Lossless, PS3.5 annex G: a segment for each byte of each sample, most significant byte first. One row."""
    import imagecodecs
    import numpy as np

    offsets = struct.unpack_from("<16I", coded)
    count, size = offsets[0], bits_allocated // 8
    if count != size * samples_per_pixel or not 1 <= count <= 15:
        raise ValueError("segments")
    ends = [*offsets[2 : count + 1], len(coded)]
    planes = [
        np.frombuffer(imagecodecs.packbits_decode(coded[start:end]), np.uint8)
        for start, end in zip(offsets[1 : count + 1], ends, strict=True)
    ]
    pixels = min(map(len, planes))
    samples = [
        np.stack([plane[:pixels] for plane in planes[first : first + size][::-1]], axis=1)
        .copy()
        .view(f"<u{size}")[:, 0]
        for first in range(0, count, size)
    ]
    return np.stack(samples, axis=1)[None]


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer requests until there are no more. A frame that cannot be decoded is answered with 1 and nothing else."""
    import numpy as np

    while len(head := requests.read(REQUEST.size)) == REQUEST.size:
        syntax, bits, samples, length = REQUEST.unpack(head)
        coded = requests.read(length)
        try:
            frame = np.ascontiguousarray(decode(syntax.rstrip(b"\0").decode(), coded, bits, samples))
            rows, columns, *rest = frame.shape
            head = ANSWER.pack(
                0, frame.dtype.str.encode().ljust(8), rows, columns, rest[0] if rest else 1, frame.nbytes
            )
        except Exception:  # noqa: BLE001 - what a decoder says may quote the stream
            answers.write(ANSWER.pack(1, b"", 0, 0, 0, 0))
        else:
            answers.write(head)
            answers.write(frame.data)
        answers.flush()


def _limited() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (MOST_CHILD_BYTES, MOST_CHILD_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    _limited()
    serve(sys.stdin.buffer, sys.stdout.buffer)
