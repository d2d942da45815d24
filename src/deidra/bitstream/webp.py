"""WebP: the images, their transparency, animation and colour (RFC 9649).

Kept: VP8, VP8L, VP8X, ALPH, ANIM, ANMF with the same inside, ICCP cleaned; of EXIF the orientation. XMP and every other
chunk go, and what stands behind the end that the file tells.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from deidra.bitstream.exif import EXIF_PREFIX, minimal_exif
from deidra.bitstream.icc import clean_profile
from deidra.bitstream.tail import LEAST_HELD, ends_in_text
from deidra.bitstream.work import Tally, hidden, malformed, truncated

_CODED = frozenset((b"VP8 ", b"VP8L", b"ALPH"))
_NAMES = {b"EXIF": "EXIF", b"XMP ": "XMP", b"ICCP": "ICCP"}
_FLAG_ICC, _FLAG_EXIF = 0x20, 0x08
_FLAGS_KEPT = 0x3A  # without XMP and reserved bits
_FRAME_HEADER_BYTES = 16


class Chunk(NamedTuple):
    """A chunk data[start:end] with its content; `end` includes the byte that makes its length even."""

    kind: bytes
    start: int
    end: int
    content: bytes


def clean_webp(data: bytes, tally: Tally) -> bytes:
    """A WebP with the same frames and nothing else. Raises Held."""
    start = data.find(b"RIFF")
    if start < 0 or data[start + 8 : start + 12] != b"WEBP":
        raise malformed("there is no WebP signature", 0)
    if start:
        tally.drop("bytes before the image", 0, start)
    end = start + 8 + int.from_bytes(data[start + 4 : start + 8], "little")
    if end > len(data):
        raise truncated("the WebP", start)
    end += end - start & 1
    chunks = list(_chunks(data, start + 12, min(end, len(data))))
    if not chunks or chunks[0].kind not in (b"VP8 ", b"VP8L", b"VP8X"):
        raise malformed("the WebP does not start with an image or its features", start)
    if end < len(data):
        tally.drop("bytes behind the image", end, len(data) - end)
    kept = {chunk.start: _kept(chunk, tally) for chunk in chunks}
    pieces = list(_written(chunks, kept, tally))
    size = 4 + sum(map(len, pieces))
    cleaned = b"".join((b"RIFF", size.to_bytes(4, "little"), b"WEBP", *pieces))
    return data if cleaned == data else cleaned


def _chunks(data: bytes, pos: int, end: int) -> Iterator[Chunk]:
    while pos < end:
        body = pos + 8
        size = int.from_bytes(data[pos + 4 : body], "little")
        if body + size > end:
            raise truncated("a chunk", pos)
        stop = min(body + size + (size & 1), end)
        yield Chunk(data[pos : pos + 4], pos, stop, data[body : body + size])
        pos = stop


def _written(chunks: list[Chunk], kept: dict[int, bytes | None], tally: Tally) -> Iterator[bytes]:
    seen: set[bytes] = set()
    exif = any(chunk.kind == b"EXIF" and kept[chunk.start] for chunk in chunks)
    profile = any(chunk.kind == b"ICCP" and kept[chunk.start] for chunk in chunks)
    for chunk in chunks:
        new = kept[chunk.start]
        if new is None or (chunk.kind in seen and chunk.kind != b"ANMF"):
            tally.drop(_NAMES.get(chunk.kind, "unknown chunk"), chunk.start, chunk.end - chunk.start)
            continue
        seen.add(chunk.kind)
        if chunk.kind == b"VP8X":
            flags = new[0] & _FLAGS_KEPT & ~(0 if exif else _FLAG_EXIF) & ~(0 if profile else _FLAG_ICC)
            new = bytes((flags,)) + bytes(3) + new[4:]
        yield _chunk(chunk.kind, new)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return kind + len(content).to_bytes(4, "little") + content + bytes(len(content) & 1)


def _kept(chunk: Chunk, tally: Tally) -> bytes | None:
    """The new content of a chunk, None where it goes. Raises Held."""
    kind, content = chunk.kind, chunk.content
    if kind in _CODED:
        if ends_in_text(content, 0, len(content), LEAST_HELD):
            raise hidden("coded data end in text", chunk.start)
        return content
    if kind == b"ANMF":
        return _frame(chunk, tally)
    if kind in (b"VP8X", b"ANIM") and len(content) == {b"VP8X": 10, b"ANIM": 6}[kind]:
        return content
    new: bytes | None = None
    if kind == b"ICCP":
        new = clean_profile(content, tally, chunk.start) or None
    elif kind == b"EXIF":
        new = minimal_exif(content.removeprefix(EXIF_PREFIX)) or None
    if kind == b"EXIF" and new is not None and new != content:
        tally.drop("EXIF", chunk.start, max(1, len(content) - len(new)))
    return new


def _frame(chunk: Chunk, tally: Tally) -> bytes:
    """A frame of an animation: place, size and duration; then the chunks of a still image."""
    content = chunk.content
    if len(content) < _FRAME_HEADER_BYTES:
        raise truncated("a frame", chunk.start)
    pieces = [content[: _FRAME_HEADER_BYTES - 1], bytes((content[_FRAME_HEADER_BYTES - 1] & 3,))]
    for inner in _chunks(content, _FRAME_HEADER_BYTES, len(content)):
        new = _kept(inner, tally) if inner.kind in _CODED else None
        if new is None:
            tally.drop("unknown chunk", chunk.start + inner.start, inner.end - inner.start)
        else:
            pieces.append(_chunk(inner.kind, new))
    return b"".join(pieces)
