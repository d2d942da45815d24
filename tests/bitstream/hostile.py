"""Damaged streams, and what must hold whatever they are. Also the target of tools/fuzz_bitstream.py."""

from __future__ import annotations

import random
from functools import cache
from typing import TYPE_CHECKING

from bitstream import pictures, planted, videos
from deidra.bitstream import StreamKind, clean_stream
from deidra.errors import Held

if TYPE_CHECKING:
    from collections.abc import Callable

CODES = frozenset(("stream-truncated", "stream-malformed", "stream-unsupported", "stream-hidden-text"))
_WORDS = (0, 1, 2, 3, 4, 7, 8, 0x7F, 0x80, 0xFE, 0xFF)
_LENGTHS = tuple(
    value.to_bytes(size, order)
    for size in (2, 4, 8)
    for order in ("big", "little")
    for value in (0, 1, 2, 8, 0xFF, 0x7FFF, 0xFFFF, (1 << 8 * size) - 1, 1 << 8 * size - 1)
    if value < 1 << 8 * size
)


@cache
def seeds() -> dict[str, tuple[StreamKind, bytes]]:
    """Small streams of every kind, many with more in them than decoding needs."""
    found = {f"{kind}: {name}": (kind, pictures.coded(kind)[name]) for kind, name in pictures.every()}
    found |= {f"{kind}, planted: {name}": (kind, planted.carriers(kind)[name]) for kind, name in planted.every()}
    found |= {f"{kind}: {name}": (kind, videos.video(kind, name)) for kind, name in videos.every()}
    return {name: (kind, data) for name, (kind, data) in found.items() if len(data) < 30_000}


def check(data: bytes, kind: StreamKind) -> list[str]:
    """What is wrong, nothing when all is well: held with a known code, or cleaned, and clean a second time too."""
    try:
        cleaned = clean_stream(data, kind, frame_pixels=planted.PIXELS)
    except Held as error:
        return [] if error.code in CODES else [f"unknown code {error.code}"]
    except Exception as error:  # noqa: BLE001 - that nothing else is raised is the point
        return [f"{type(error).__name__} while cleaning"]
    try:
        again = clean_stream(cleaned.data, kind, frame_pixels=planted.PIXELS)
    except Exception as error:  # noqa: BLE001
        return [f"{type(error).__name__} while cleaning again"]
    wrong = []
    if again.data != cleaned.data or again.dropped:
        wrong.append("a second cleaning changes something")
    if len(cleaned.data) > len(data) + 4_096:
        wrong.append("the stream has grown")
    return wrong


def mutated(data: bytes, rng: random.Random) -> bytes:
    """One to five changes."""
    content = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 5))):
        if content:
            rng.choice(_CHANGES)(content, rng)
    return bytes(content)


def _place(content: bytearray, rng: random.Random) -> int:
    """Any byte, more often one of the first, where headers are."""
    return rng.randrange(min(len(content), rng.choice((64, 512, len(content)))))


def _flip(content: bytearray, rng: random.Random) -> None:
    content[_place(content, rng)] ^= 1 << rng.randrange(8)


def _word(content: bytearray, rng: random.Random) -> None:
    content[_place(content, rng)] = rng.choice(_WORDS)


def _length(content: bytearray, rng: random.Random) -> None:
    at, new = _place(content, rng), rng.choice(_LENGTHS)
    content[at : at + len(new)] = new


def _cut(content: bytearray, rng: random.Random) -> None:
    at = _place(content, rng)
    del content[at : at + rng.choice((1, 2, 4, 20, 300))]


def _truncate(content: bytearray, rng: random.Random) -> None:
    del content[rng.randrange(len(content)) :]


def _repeat(content: bytearray, rng: random.Random) -> None:
    at = _place(content, rng)
    piece = content[at : at + rng.choice((1, 2, 4, 12, 60, 400))]
    where = _place(content, rng)
    content[where:where] = piece


def _insert(content: bytearray, rng: random.Random) -> None:
    where = _place(content, rng)
    content[where:where] = rng.randbytes(rng.choice((1, 2, 3, 16)))


_CHANGES: tuple[Callable[[bytearray, random.Random], None], ...] = (
    _flip, _flip, _word, _length, _cut, _truncate, _repeat, _insert,
)  # fmt: skip
