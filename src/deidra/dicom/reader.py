"""Where the bytes come from: a file that is never read whole, or a buffer after inflating."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import msgspec

_COPY_BYTES = 1 << 19  # stays in the processor's cache between reading and writing
_PIECES_AT_ONCE = 1024  # the limit of Linux, IOV_MAX


class Made(msgspec.Struct, frozen=True):
    """Bytes that are made while they are written, because there may be too many to keep: their number, and how."""

    size_bytes: int
    make: Callable[[Callable[[bytes], object]], object]


# Offset and length of bytes that are copied from a reader, and what an object is written from
Span = tuple[int, int]
Piece = bytes | memoryview | Span | Made


def size_of(pieces: Iterable[Piece]) -> int:
    """Bytes that the pieces will take."""
    return sum([_size_of(piece) for piece in pieces])


def _size_of(piece: Piece) -> int:
    if isinstance(piece, tuple):
        return piece[1]
    return piece.size_bytes if isinstance(piece, Made) else len(piece)


class Reader(Protocol):
    """Random access to the bytes of one object."""

    size: int

    def read_at(self, offset: int, length: int) -> bytes:
        """Up to `length` bytes from `offset`; fewer only at the end."""

    def copy_to(self, target: int, offset: int, length: int) -> None:
        """Append `length` bytes from `offset` to the open file descriptor `target`."""


class FileReader:
    """A file by descriptor; bulk data moves inside the kernel where it can."""

    def __init__(self, descriptor: int, size: int) -> None:
        self.descriptor = descriptor
        self.size = size

    def read_at(self, offset: int, length: int) -> bytes:
        return os.pread(self.descriptor, length, offset)

    def copy_to(self, target: int, offset: int, length: int) -> None:
        end = offset + length
        while offset < end:
            data = os.pread(self.descriptor, min(_COPY_BYTES, end - offset), offset)
            if not data:
                raise OSError("the source became shorter while it was read")
            write_all(target, [data])
            offset += len(data)


class BytesReader:
    """Bytes in memory, e.g. an inflated data set."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.size = len(data)

    def read_at(self, offset: int, length: int) -> bytes:
        return self.data[offset : offset + length]

    def copy_to(self, target: int, offset: int, length: int) -> None:
        write_all(target, [memoryview(self.data)[offset : offset + length]])


def write_pieces(target: int, reader: Reader, pieces: Iterable[Piece]) -> None:
    """Append bytes as they are, and spans of `reader`, to the open file descriptor `target`."""
    run: list[bytes | memoryview] = []
    for piece in pieces:
        if isinstance(piece, tuple):
            write_all(target, run)
            run.clear()
            reader.copy_to(target, *piece)
        elif isinstance(piece, Made):
            write_all(target, run)
            run.clear()
            piece.make(lambda data: write_all(target, [data]))
        else:
            run.append(piece)
    write_all(target, run)


def write_all(target: int, pieces: Sequence[bytes | memoryview]) -> None:
    """Write every byte, also where the system takes only some at a time."""
    for start in range(0, len(pieces), _PIECES_AT_ONCE):
        some = pieces[start : start + _PIECES_AT_ONCE]
        written = os.writev(target, some)
        if written < sum(map(len, some)):
            rest = memoryview(b"".join(some))
            while written < len(rest):
                written += os.write(target, rest[written:])
