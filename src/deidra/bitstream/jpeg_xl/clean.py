"""JPEG XL: the codestream, naked or in boxes (ISO/IEC 18181-1 and -2).

Kept: signature, file type, level, codestream. Everything else goes: Exif, XML, JUMBF, compressed boxes of any of them
(`brob`), the frame index, and `jbrd`, which holds all metadata of the JPEG that the image was made from.
"""

from __future__ import annotations

from deidra.bitstream.boxes import Box, box, boxes_of
from deidra.bitstream.jpeg_xl.frames import end_of_codestream
from deidra.bitstream.padding import without_trailer
from deidra.bitstream.work import Tally, malformed

NAKED = b"\xff\x0a"
SIGNATURE = b"\0\0\0\x0cJXL \r\n\x87\n"
_FILE_TYPE = box(b"ftyp", b"jxl ", bytes(4), b"jxl ")
_WHOLE, _PART, _LEVEL = b"jxlc", b"jxlp", b"jxll"
_NAMES = {
    b"Exif": "Exif box", b"xml ": "XML box", b"jumb": "JUMBF box", b"brob": "compressed box",
    b"jbrd": "JPEG's own data",
    b"jxli": "frame index", b"ftyp": "second file type", b"jhgm": "gain map",
}  # fmt: skip


def clean_jpeg_xl(data: bytes, tally: Tally) -> bytes:
    """A JPEG XL image that decodes to the same samples and says nothing else. Raises Held."""
    starts = [at for at in (data.find(SIGNATURE), 0 if data.startswith(NAKED) else -1) if at >= 0]
    if not starts:
        raise malformed("there is no start of a JPEG XL image", 0)
    if data.startswith(NAKED):
        end = end_of_codestream(data, 0, len(data))
        return without_trailer(data, end, data[:end], tally)
    start = starts[0]
    if start:
        tally.drop("bytes before the image", 0, start)
    return _clean_boxes(data, start, tally)


def _clean_boxes(data: bytes, start: int, tally: Tally) -> bytes:
    level = b""
    parts: list[Box] = []
    pos = start + len(SIGNATURE)
    while pos < len(data):
        if parts and _is_whole(data, parts) and int.from_bytes(data[pos : pos + 4]) > len(data) - pos:
            break
        one = next(boxes_of(data, pos, len(data)))
        pos = one.end
        if one.kind in (_WHOLE, _PART) and not _is_whole(data, parts):
            parts.append(one)
        elif one.kind == _LEVEL and one.end - one.body == 1 and not level:
            level = box(_LEVEL, data[one.body : one.end])
        elif one.kind == b"ftyp" and data[one.start : one.end] == _FILE_TYPE:
            continue
        else:
            tally.drop(_NAMES.get(one.kind, "unknown box"), one.start, one.end - one.start)
    cleaned = b"".join((SIGNATURE, _FILE_TYPE, level, *_codestream(data, parts, tally)))
    return without_trailer(data, pos, cleaned, tally)


def _is_whole(data: bytes, parts: list[Box]) -> bool:
    """Whether the codestream is complete: one box, or parts of which the last says so in its high bit."""
    return bool(parts) and (parts[-1].kind == _WHOLE or data[parts[-1].body : parts[-1].body + 1] >= b"\x80")


def _codestream(data: bytes, parts: list[Box], tally: Tally) -> list[bytes]:
    """The boxes of the codestream, one in place of all where bytes stand behind its last frame."""
    if not parts or not _is_whole(data, parts):
        raise malformed("the codestream is not there or not whole", 0)
    if any(one.kind == _PART for one in parts):
        numbers = [int.from_bytes(data[one.body : one.body + 4]) & 0x7FFFFFFF for one in parts]
        if numbers != list(range(len(parts))) or any(one.end - one.body < 4 or one.kind != _PART for one in parts):
            raise malformed("the parts of the codestream are not in order", parts[0].start)
        codestream = b"".join(data[one.body + 4 : one.end] for one in parts)
    else:
        codestream = data[parts[0].body : parts[0].end]
    if not codestream.startswith(NAKED):
        raise malformed("the codestream has no signature", parts[0].body)
    end = end_of_codestream(codestream, 0, len(codestream))
    if end == len(codestream):
        return [box(one.kind, data[one.body : one.end]) for one in parts]
    tally.drop("bytes behind the last frame", parts[-1].start, len(codestream) - end)
    return [box(_WHOLE, codestream[:end])]
