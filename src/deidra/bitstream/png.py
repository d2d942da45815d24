"""PNG and APNG: the chunks that decoding, colour and display need (PNG Third Edition, ISO/IEC 15948).

Kept: the image, palette, transparency, colour (cICP, iCCP cleaned, sRGB, gAMA, cHRM), sBIT, bKGD, pHYs, animation; of
eXIf the orientation. Everything else goes: texts, times, histograms, suggested palettes, private chunks, what stands
behind IEND, behind the end of the deflated data or in places of the palette that no pixel uses.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from deidra.bitstream.deflated import exact
from deidra.bitstream.exif import minimal_exif
from deidra.bitstream.icc import clean_profile
from deidra.bitstream.palette import blanked
from deidra.bitstream.png_image import PALETTE, Header, image_bytes, read_header, used_indices
from deidra.bitstream.work import Tally, malformed, truncated, unsupported

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_MOST_CHUNKS = 1_000_000
_MOST_PROFILE_BYTES, _MOST_PALETTE_IMAGE_BYTES = 1 << 24, 1 << 28
_PROFILE_NAME = b"icc\0\0"
_CRITICAL = frozenset((b"IHDR", b"PLTE", b"IDAT", b"IEND"))
_SIZES: dict[bytes, tuple[int, ...]] = {
    b"IHDR": (13,), b"IEND": (0,), b"gAMA": (4,), b"cHRM": (32,), b"sRGB": (1,), b"cICP": (4,), b"pHYs": (9,),
    b"sBIT": (1, 2, 3, 4), b"bKGD": (1, 2, 6),
}  # fmt: skip
# Gamma and chromaticity in hundred thousandths, pixels per metre
_LARGEST = {b"gAMA": 10_000_000, b"cHRM": 1_000_000, b"pHYs": 10_000_000}
_NAMES = frozenset((b"tEXt", b"zTXt", b"iTXt", b"tIME", b"sPLT", b"hIST", b"caBX", b"sCAL", b"oFFs", b"pCAL", b"mDCV"))


class Chunk(NamedTuple):
    """A chunk data[start:end] with its content."""

    kind: bytes
    start: int
    end: int
    content: bytes


class Picture(NamedTuple):
    """The chunks that hold the pixels of one image, each with `skip` bytes before them."""

    header: Header
    chunks: list[Chunk]
    skip: int


def clean_png(data: bytes, tally: Tally) -> bytes:
    """A PNG with the same pixels, colours and frames and nothing else. Raises Held."""
    start = 0 if data.startswith(SIGNATURE) else data.find(SIGNATURE)
    if start < 0:
        raise malformed("there is no PNG signature", 0)
    if start:
        tally.drop("bytes before the image", 0, start)
    chunks = list(_chunks(data, start + len(SIGNATURE)))
    if chunks[0].kind != b"IHDR":
        raise malformed("the PNG does not start with its header", start)
    if chunks[-1].end < len(data):
        tally.drop("bytes behind the image", chunks[-1].end, len(data) - chunks[-1].end)
    header = read_header(chunks[0].content, chunks[0].start)
    cleaned = b"".join((SIGNATURE, *_written(data, chunks, header, tally)))
    return data if cleaned == data else cleaned


def _chunks(data: bytes, pos: int) -> Iterator[Chunk]:
    for _ in range(_MOST_CHUNKS):
        if pos + 12 > len(data):
            raise truncated("the PNG, before its end", pos)
        size, kind = struct.unpack_from(">L4s", data, pos)
        end = pos + 12 + size
        if end > len(data):
            raise truncated("a chunk", pos)
        if not kind.isalpha() or (not kind[0] & 0x20 and kind not in _CRITICAL):
            raise unsupported("a critical chunk that is not known", pos)
        yield Chunk(kind, pos, end, data[pos + 8 : end - 4])
        if kind == b"IEND":
            return
        pos = end
    raise malformed("more chunks than any encoder writes", pos)


def _written(data: bytes, chunks: list[Chunk], header: Header, tally: Tally) -> Iterator[bytes]:
    pictures = _pictures(chunks, header)
    used = {chunk.content[0] for chunk in chunks if chunk.kind == b"bKGD" and len(chunk.content) == 1}
    coded: dict[int, bytes] = {}
    for picture in pictures:
        coded.update(_coded(picture, used, tally))
    animated = len(pictures) > 1 or any(picture.skip for picture in pictures)
    seen: set[bytes] = set()
    new: bytes | None
    for chunk in chunks:
        if chunk.start in coded:
            new = coded[chunk.start]
        elif chunk.kind in (b"acTL", b"fcTL"):
            new = chunk.content if animated and (chunk.kind == b"fcTL" or chunk.kind not in seen) else None
        else:
            new = None if chunk.kind in seen else _beside(chunk, header, used, tally)
        seen.add(chunk.kind)
        if new == chunk.content:
            if zlib.crc32(data[chunk.start + 4 : chunk.end - 4]) != int.from_bytes(data[chunk.end - 4 : chunk.end]):
                raise malformed("the checksum of a chunk is wrong", chunk.start)
            yield data[chunk.start : chunk.end]
        elif new is not None:
            yield len(new).to_bytes(4) + chunk.kind + new + zlib.crc32(chunk.kind + new).to_bytes(4)
        elif chunk.start not in coded:
            name = chunk.kind.decode() if chunk.kind in _NAMES else "chunk that nothing needs"
            tally.drop(name, chunk.start, chunk.end - chunk.start)


def _pictures(chunks: list[Chunk], header: Header) -> list[Picture]:
    """The default image, and the frames of an animation. Raises Held."""
    pictures = [Picture(header, [chunk for chunk in chunks if chunk.kind == b"IDAT"], 0)]
    if not any(chunk.kind == b"acTL" and len(chunk.content) == 8 for chunk in chunks):
        return pictures
    frame: Picture | None = None
    for chunk in chunks:
        if chunk.kind == b"fcTL":
            if len(chunk.content) != 26:
                raise malformed("a frame control has not 26 bytes", chunk.start)
            columns, rows = struct.unpack_from(">4xLL", chunk.content)
            frame = Picture(header._replace(columns=columns, rows=rows), [], 4)
            pictures.append(frame)
        elif chunk.kind == b"fdAT":
            if frame is None or len(chunk.content) < 4:
                raise malformed("frame data stand before any frame control", chunk.start)
            frame.chunks.append(chunk)
    # A frame control before IDAT makes the default image the first frame
    return [picture for picture in pictures if picture.chunks]


def _coded(picture: Picture, used: set[int], tally: Tally) -> dict[int, bytes]:
    """The new content of the chunks of a picture, the first holding all where bytes were too many."""
    if not picture.chunks:
        raise malformed("there are no pixels", 0)
    first, skip, expected_bytes = picture.chunks[0], picture.skip, image_bytes(picture.header)
    stream = b"".join(chunk.content[skip:] for chunk in picture.chunks)
    inflated = bytearray()
    if picture.header.colour == PALETTE:
        if expected_bytes > _MOST_PALETTE_IMAGE_BYTES:
            raise unsupported("a picture with a palette, too large to look up its colours", first.start)
        new = exact(stream, expected_bytes, first.start, inflated.extend)
        used |= used_indices(bytes(inflated), picture.header)
    else:
        new = exact(stream, expected_bytes, first.start)
    if new == stream:
        return {chunk.start: chunk.content for chunk in picture.chunks}
    tally.drop("bytes behind the last pixel", first.start, max(1, len(stream) - len(new)))
    return {first.start: first.content[:skip] + new}


def _beside(chunk: Chunk, header: Header, used: set[int], tally: Tally) -> bytes | None:
    """The new content of a chunk that holds no pixels; None where it goes. Raises Held."""
    kind, content = chunk.kind, chunk.content
    new: bytes | None = None
    if kind in _SIZES:
        new = content if len(content) in _SIZES[kind] and _is_plausible(kind, content, header) else None
    elif kind == b"PLTE":
        if len(content) % 3 or not 3 <= len(content) <= 768:
            raise malformed("the palette is no list of colours", chunk.start)
        new = blanked(content, used, chunk.start, tally) if header.colour == PALETTE else None
    elif kind == b"tRNS":
        new = _transparency(content, header, used)
    elif kind == b"iCCP":
        new = _profile(content, tally, chunk.start)
    elif kind == b"eXIf":
        new = minimal_exif(content) or None
    if new is not None and new != content and kind not in (b"PLTE", b"iCCP"):
        tally.drop("transparency or Exif beyond what is used", chunk.start, max(1, len(content) - len(new)))
    return new


def _is_plausible(kind: bytes, content: bytes, header: Header) -> bool:
    """Whether numbers are of a size that they can have: four letters make a number above 500 million."""
    largest = _LARGEST.get(kind)
    if largest is not None:
        return all(number <= largest for (number,) in struct.iter_unpack(">L", content[: len(content) // 4 * 4]))
    if kind == b"bKGD" and header.colour != PALETTE:
        return all(number >> header.depth == 0 for (number,) in struct.iter_unpack(">H", content))
    return True


def _transparency(content: bytes, header: Header, used: set[int]) -> bytes | None:
    if header.colour == PALETTE:
        return bytes(value if index in used else 255 for index, value in enumerate(content[:256]))
    return content if len(content) == {0: 2, 2: 6}.get(header.colour) else None


def _profile(content: bytes, tally: Tally, position: int) -> bytes | None:
    """The cleaned profile under a name that says nothing (PNG 11.3.2.3); the same bytes where it is clean."""
    name, separator, deflated = content.partition(b"\0")
    try:
        inflater = zlib.decompressobj()
        profile = inflater.decompress(deflated[1:], _MOST_PROFILE_BYTES)
    except zlib.error:
        return None
    cleaned = clean_profile(profile, tally, position)
    if not cleaned:
        return None
    surplus = inflater.unused_data or not inflater.eof
    if cleaned == profile and name + separator + deflated[:1] == _PROFILE_NAME and not surplus:
        return content
    return _PROFILE_NAME + zlib.compress(cleaned)
