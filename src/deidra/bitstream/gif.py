"""GIF: the images, their colours, delays and the number of repetitions (GIF89a).

Kept: screen, colour tables without the colours that no pixel uses, graphic controls, images, the NETSCAPE2.0 loop.
Everything else goes: comments, plain text, other applications' data (XMP and ICC among them), coded data behind the
last pixel, and what stands behind the trailer.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from deidra.bitstream.gif_lzw import Coded, read_coded
from deidra.bitstream.palette import blanked
from deidra.bitstream.work import Tally, malformed, truncated, unsupported

_SIGNATURES = (b"GIF87a", b"GIF89a")
_EXTENSION, _IMAGE, _TRAILER = 0x21, 0x2C, 0x3B
_CONTROL, _COMMENT, _PLAIN_TEXT, _APPLICATION = 0xF9, 0xFE, 0x01, 0xFF
_LOOP = b"\x0bNETSCAPE2.0\x03\x01"
_NAMES = {_COMMENT: "comment", _PLAIN_TEXT: "plain text", _APPLICATION: "application data", _CONTROL: "stray control"}
_MOST_BLOCKS = 1_000_000


class Block(NamedTuple):
    """An extension or an image, data[start:end]; an image has the span of its colours and its coded data."""

    label: int
    start: int
    end: int
    colours: tuple[int, int] = (0, 0)
    coded: Coded | None = None


def clean_gif(data: bytes, tally: Tally) -> bytes:
    """A GIF with the same frames and nothing else. Raises Held."""
    starts = [at for at in map(data.find, _SIGNATURES) if at >= 0]
    if not starts:
        raise malformed("there is no GIF signature", 0)
    start = min(starts)
    if start:
        tally.drop("bytes before the image", 0, start)
    screen_end = start + 13
    if screen_end > len(data):
        raise truncated("the screen descriptor", start)
    flags, background = data[start + 10], data[start + 11]
    colours = (screen_end, screen_end + _colour_bytes(flags))
    blocks = list(_blocks(data, colours[1]))
    end = blocks[-1].end
    if end < len(data):
        tally.drop("bytes behind the image", end, len(data) - end)
    screen = data[start:screen_end]
    used = _used(data, blocks, local=False)
    if flags & 0x80:
        used.add(background)
    pieces = [screen, blanked(data[colours[0] : colours[1]], used, colours[0], tally), *_written(data, blocks, tally)]
    cleaned = b"".join(pieces)
    return data if cleaned == data else cleaned


def _colour_bytes(flags: int) -> int:
    """A colour table is there where the high bit is set; the low three give its size."""
    return 3 * (2 << (flags & 7)) if flags & 0x80 else 0


def _blocks(data: bytes, pos: int) -> Iterator[Block]:
    """The blocks up to the trailer, which is the last. Raises Held."""
    for _ in range(_MOST_BLOCKS):
        if pos + 2 > len(data) and data[pos : pos + 1] != bytes((_TRAILER,)):
            raise truncated("the GIF, before its trailer", pos)
        if data[pos] == _TRAILER:
            yield Block(_TRAILER, pos, pos + 1)
            return
        if data[pos] == _EXTENSION:
            block = Block(data[pos + 1], pos, _behind_sub_blocks(data, pos + 2))
        elif data[pos] == _IMAGE:
            block = _image(data, pos)
        else:
            raise unsupported("a block that GIF does not have", pos)
        yield block
        pos = block.end
    raise malformed("more blocks than any encoder writes", pos)


def _image(data: bytes, pos: int) -> Block:
    if pos + 10 > len(data):
        raise truncated("an image descriptor", pos)
    columns, rows = (int.from_bytes(data[at : at + 2], "little") for at in (pos + 5, pos + 7))
    colours = (pos + 10, pos + 10 + _colour_bytes(data[pos + 9]))
    end = _behind_sub_blocks(data, colours[1] + 1)
    coded = read_coded(_sub_blocks(data, colours[1] + 1), data[colours[1]], columns * rows, pos)
    return Block(_IMAGE, pos, end, colours, coded)


def _behind_sub_blocks(data: bytes, pos: int) -> int:
    """The position behind sub-blocks and the zero that ends them."""
    while pos < len(data):
        size = data[pos]
        pos += 1 + size
        if size == 0:
            return pos
    raise truncated("sub-blocks", len(data))


def _sub_blocks(data: bytes, pos: int) -> bytes:
    pieces = []
    while data[pos]:
        pieces.append(data[pos + 1 : pos + 1 + data[pos]])
        pos += 1 + data[pos]
    return b"".join(pieces)


def _used(data: bytes, blocks: list[Block], *, local: bool) -> set[int]:
    """The indices that images with a colour table of their own use, or those without."""
    used: set[int] = set()
    control: Block | None = None
    for block in blocks:
        if block.label == _CONTROL:
            control = block
        elif block.coded is not None:
            if (block.colours[0] < block.colours[1]) == local:
                used |= block.coded.indices
                if control is not None:
                    used.add(data[control.start + 6])
            control = None
    return used


def _written(data: bytes, blocks: list[Block], tally: Tally) -> Iterator[bytes]:
    looped = False
    for number, block in enumerate(blocks):
        original = data[block.start : block.end]
        new = b""
        if block.coded is not None:
            used = _used(data, [*blocks[max(0, number - 1) : number], block], local=True)
            head = data[block.start : block.colours[0]] + blanked(
                data[slice(*block.colours)], used, block.colours[0], tally
            )
            new = head + _recoded(data, block, block.coded, tally)
            yield new
            continue
        if block.label == _TRAILER:
            new = original
        elif block.label == _CONTROL and len(original) == 8 and blocks[number + 1].coded is not None:
            # Packed fields, delay, transparent index; three bits are reserved
            new = original[:3] + bytes((original[3] & 0x1F,)) + original[4:]
        elif block.label == _APPLICATION and original.startswith(_LOOP, 2) and not looped:
            new, looped = original[:18] + b"\0", True
        if new != original:
            tally.drop(_NAMES.get(block.label, "unknown extension"), block.start, max(1, len(original) - len(new)))
        yield new


def _recoded(data: bytes, block: Block, coded: Coded, tally: Tally) -> bytes:
    """Code size and sub-blocks: as they are, or cut behind the last code."""
    original = data[block.colours[1] : block.end]
    stream = _sub_blocks(data, block.colours[1] + 1)
    if len(stream) == coded.size_bytes:
        return original
    tally.drop("bytes behind the last pixel", block.start, len(stream) - coded.size_bytes)
    stream = stream[: coded.size_bytes]
    pieces = [stream[at : at + 255] for at in range(0, len(stream), 255)]
    return b"".join((original[:1], *(bytes((len(piece),)) + piece for piece in pieces), b"\0"))
