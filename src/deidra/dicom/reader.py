"""Where the bytes come from: a file that is never read whole, or a buffer after inflating."""

from __future__ import annotations

import os
from typing import Protocol

_COPY_BYTES = 1 << 20


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
            write_all(target, data)
            offset += len(data)


class BytesReader:
    """Bytes in memory, e.g. an inflated data set."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.size = len(data)

    def read_at(self, offset: int, length: int) -> bytes:
        return self.data[offset : offset + length]

    def copy_to(self, target: int, offset: int, length: int) -> None:
        write_all(target, memoryview(self.data)[offset : offset + length])


def write_all(target: int, data: bytes | memoryview) -> None:
    """Write every byte, also where the system takes only some at a time."""
    done = os.write(target, data)
    while done < len(data):
        done += os.write(target, memoryview(data)[done:])
