"""Application segments of a JPEG: the few that decide about colour or display, written anew; no other stays.

JFIF: ITU-T T.871. Adobe: T.872 6.5.3. ICC: ICC.1 Annex B.4. Colour transform of JPEG-LS: the APP8 `mrfx` of its
first implementation.
"""

from __future__ import annotations

from deidra.bitstream.exif import EXIF_PREFIX, minimal_exif
from deidra.bitstream.icc import clean_profile
from deidra.bitstream.jpeg.markers import APP0, APP1, APP2, APP8, APP14, Segment
from deidra.bitstream.work import Tally, malformed

_JFIF, _ADOBE, _COLOUR_TRANSFORM, _ICC = b"JFIF\0", b"Adobe", b"mrfx", b"ICC_PROFILE\0"
_ICC_BYTES = 65_519  # the most of a profile that one segment holds
# How segments announce themselves, for the report: a name that the stream gives itself is never repeated
_NAMES = (
    (0, b"JFIF\0", "JFIF"), (0, b"JFXX\0", "JFXX thumbnail"), (1, EXIF_PREFIX, "Exif"),
    (1, b"http://ns.adobe.com/xap", "XMP"),
    (1, b"http://ns.adobe.com/xmp", "XMP"), (2, _ICC, "ICC profile"), (2, b"MPF\0", "multi-picture index"),
    (2, b"FPXR\0", "FlashPix"), (8, b"SPIFF\0", "SPIFF"), (11, b"JP", "JUMBF"), (13, b"Photoshop", "Photoshop"),
    (14, _ADOBE, "Adobe"),
)  # fmt: skip


def name_of(data: bytes, segment: Segment) -> str:
    """What a segment is called in the report."""
    number = segment.marker - APP0
    for app, prefix, name in _NAMES:
        if app == number and data.startswith(prefix, segment.body, segment.end):
            return f"APP{number} {name}"
    return f"APP{number}"


def rewritten(data: bytes, segments: list[Segment], tally: Tally) -> dict[int, bytes]:
    """The new bytes of the application segments before the first scan, by where each starts; others go.

    Raises Held where two Adobe segments contradict each other about the colour transform.
    """
    written: dict[int, bytes] = {}
    seen: dict[str, bytes] = {}
    for segment in segments:
        kind, content = _kept(data, segment)
        if not content:
            continue
        if kind == "Adobe" and seen.get(kind, content) != content:
            raise malformed("two Adobe segments name different colour transforms", segment.start)
        if kind not in seen:
            seen[kind] = content
            written[segment.start] = _segment(segment.marker, content)
    return written | _profile(data, segments, tally)


def _segment(marker: int, content: bytes) -> bytes:
    return b"\xff" + bytes((marker,)) + (len(content) + 2).to_bytes(2) + content


def _kept(data: bytes, segment: Segment) -> tuple[str, bytes]:
    """The kind and the new content of a segment that may stay, b"" for all others."""
    body = data[segment.body : segment.end]
    if segment.marker == APP0 and body.startswith(_JFIF) and len(body) >= 14:
        # Version, unit and pixel density; the two bytes behind count the pixels of a thumbnail
        version = body[5:7] if body[5] == 1 and body[6] <= 2 else b"\1\1"
        return "JFIF", _JFIF + version + bytes((min(body[7], 2),)) + body[8:12] + b"\0\0"
    if segment.marker == APP14 and body.startswith(_ADOBE):
        return "Adobe", _adobe(body[len(_ADOBE) :])
    if segment.marker == APP8 and body.startswith(_COLOUR_TRANSFORM) and len(body) == 5:
        return "colour transform", body
    if segment.marker == APP1 and body.startswith(EXIF_PREFIX):
        exif = minimal_exif(body[len(EXIF_PREFIX) :])
        return "Exif", EXIF_PREFIX + exif if exif else b""
    return "", b""


def _adobe(body: bytes) -> bytes:
    """Version, two fields of flags, colour transform. One that is cut short makes some decoders think of RGB."""
    if len(body) < 7:
        return _ADOBE + bytes(len(body))
    version = body[:2] if body[0] == 0 else b"\0\x64"
    return _ADOBE + version + bytes((body[2] & 0xC0, 0, 0, 0)) + body[6:7]


def _profile(data: bytes, segments: list[Segment], tally: Tally) -> dict[int, bytes]:
    """The cleaned ICC profile in the place of its first segment; nothing where it is not whole or none."""
    chunks = [s for s in segments if s.marker == APP2 and data.startswith(_ICC, s.body, s.end)]
    if not chunks:
        return {}
    at = len(_ICC)
    bodies = {data[s.body + at]: data[s.body + at + 2 : s.end] for s in chunks if s.end >= s.body + at + 2}
    counts = {data[s.body + at + 1] for s in chunks if s.end >= s.body + at + 2}
    if len(chunks) != len(bodies) or counts != {len(bodies)} or sorted(bodies) != list(range(1, len(bodies) + 1)):
        return {}
    found = b"".join(bodies[number] for number in sorted(bodies))
    profile = clean_profile(found, tally, chunks[0].start)
    if profile == found:
        return {chunk.start: data[chunk.start : chunk.end] for chunk in chunks}
    if not profile:
        return {}
    pieces = [profile[start : start + _ICC_BYTES] for start in range(0, len(profile), _ICC_BYTES)]
    new = [_segment(APP2, _ICC + bytes((number, len(pieces))) + piece) for number, piece in enumerate(pieces, start=1)]
    return {chunks[0].start: b"".join(new)}
