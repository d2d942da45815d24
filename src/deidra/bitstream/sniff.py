"""What a stream is, by its first bytes and never by its name."""

from __future__ import annotations

from deidra.bitstream import png
from deidra.bitstream.jpeg2000 import jp2
from deidra.bitstream.jpeg_xl import clean as jpeg_xl
from deidra.bitstream.work import StreamKind

_STARTS = (
    (b"\xff\xd8\xff", StreamKind.JPEG),
    (b"\xff\x4f\xff\x51", StreamKind.JPEG_2000),
    (jp2.SIGNATURE, StreamKind.JP2),
    (jpeg_xl.NAKED, StreamKind.JPEG_XL),
    (jpeg_xl.SIGNATURE, StreamKind.JPEG_XL),
    (png.SIGNATURE, StreamKind.PNG),
    (b"GIF87a", StreamKind.GIF),
    (b"GIF89a", StreamKind.GIF),
    (b"II*\0", StreamKind.TIFF),
    (b"MM\0*", StreamKind.TIFF),
    (b"II+\0", StreamKind.TIFF),
    (b"MM\0+", StreamKind.TIFF),
    (b"BM", StreamKind.BMP),
    (b"\0\0\1\xba", StreamKind.MPEG_PS),
    (b"\0\0\1\xb3", StreamKind.MPEG_2),
)
_SOF_LS = 0xF7
_PACKET_BYTES, _SYNC = 188, 0x47


def kind_of(data: bytes | memoryview) -> StreamKind | None:
    """The kind of a stream from its first kilobytes, None where none is certain. DICOM RLE has no mark of its own."""
    head = bytes(data[:4096])
    for start, kind in _STARTS:
        if head.startswith(start):
            return StreamKind.JPEG_LS if kind is StreamKind.JPEG and _is_jpeg_ls(head) else kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return StreamKind.WEBP
    if head[36:40] == b"acsp":
        return StreamKind.ICC
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"):
        return StreamKind.MP4
    if head[:1] == b"G" and all(
        head[at] == _SYNC for at in range(0, min(len(head), 20 * _PACKET_BYTES), _PACKET_BYTES)
    ):
        return StreamKind.MPEG_TS
    return _byte_stream(head)


def _is_jpeg_ls(head: bytes) -> bool:
    """Walk the segments up to the frame header."""
    pos = 2
    while pos + 4 <= len(head) and head[pos] == 0xFF:
        marker = head[pos + 1]
        if marker == 0xFF:
            pos += 1
            continue
        if marker == _SOF_LS or marker in range(0xC0, 0xC4):
            return marker == _SOF_LS
        pos += 2 + int.from_bytes(head[pos + 2 : pos + 4])
    return False


def _byte_stream(head: bytes) -> StreamKind | None:
    """H.264 and H.265 Annex B: zeros, a start code, and the header of the first NAL unit."""
    at = head.find(b"\0\0\1")
    if at < 0 or any(head[:at]) or at + 5 > len(head):
        return None
    first, second = head[at + 3], head[at + 4]
    if first & 0x80:
        return None
    # H.265: VPS, SPS, access unit delimiter or prefix SEI of the base layer
    if first >> 1 & 0x3F in (32, 33, 35, 39) and first & 1 == 0 and second & 0xF8 == 0 and second & 7:
        return StreamKind.HEVC
    if first & 0x1F in (6, 7, 9):
        return StreamKind.H264
    return None
