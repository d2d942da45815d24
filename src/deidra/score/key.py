"""Keys as files: JSON lines with a head, the objects, the truths, and a closing line that proves completeness."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Literal

import msgspec

from deidra.errors import UsageError
from deidra.score.truth import Half, Key, PlantedObject, Truth

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FORMAT: Literal["deidra-key"] = "deidra-key"
VERSION = 1
SQLITE_MAGIC = b"SQLite format 3\0"
_MOST_BYTES = 4 << 30


class _Head(msgspec.Struct, frozen=True):
    format: Literal["deidra-key"]
    version: int
    seed: int
    half: Half


class _End(msgspec.Struct, frozen=True):
    objects: int
    truths: int
    sha256: str


class _Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of the file: exactly one of the four is there."""

    head: _Head | None = None
    object: PlantedObject | None = None
    truth: Truth | None = None
    end: _End | None = None


def write_key(path: Path, key: Key) -> None:
    """Write a key. The same key gives the same bytes. Raises UsageError when the file cannot be written."""
    encode = msgspec.json.Encoder().encode
    lines = [encode(_Line(head=_Head(_FORMAT, VERSION, key.seed, key.half)))]
    lines += [encode(_Line(object=planted)) for planted in key.objects]
    lines += [encode(_Line(truth=truth)) for truth in key.truths]
    body = b"\n".join(lines) + b"\n"
    end = _End(len(key.objects), len(key.truths), hashlib.sha256(body).hexdigest())
    try:
        path.write_bytes(body + encode(_Line(end=end)) + b"\n")
    except OSError as error:
        raise UsageError("key-unwritable", f"cannot write the key: {error.strerror}") from None


def read_key(path: Path) -> Key:
    """Read a key back.

    Raises UsageError: key-missing, key-invalid (not a key, or changed), key-truncated (its end is not there).
    """
    data = _bytes_of(path)
    head: _Head | None = None
    objects: list[PlantedObject] = []
    truths: list[Truth] = []
    end: _End | None = None
    seen = 0
    for start, line in _lines(data):
        if head is None:
            head = line.head
            if head is None or head.version != VERSION:
                raise UsageError("key-invalid", "this is not a key of this version of Deidra")
        elif line.object is not None:
            objects.append(line.object)
        elif line.truth is not None:
            truths.append(line.truth)
        elif line.end is not None:
            end, seen = line.end, start
            break
    if head is None:
        raise UsageError("key-invalid", "this is not a key")
    if end is None or (len(objects), len(truths)) != (end.objects, end.truths):
        raise UsageError("key-truncated", f"the key ends after {len(truths):,} records, before its closing line")
    if hashlib.sha256(data[:seen]).hexdigest() != end.sha256:
        raise UsageError("key-invalid", "the key was changed after it was written")
    return Key(head.seed, head.half, tuple(objects), tuple(truths))


def is_database(path: Path) -> bool:
    """Whether the key is an SQLite file, which only the answer data of MIDI-B are."""
    return _bytes_of(path, len(SQLITE_MAGIC)) == SQLITE_MAGIC


def _bytes_of(path: Path, most: int = _MOST_BYTES) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(most)
    except OSError as error:
        raise UsageError("key-missing", f"cannot read the key: {error.strerror}") from None


def _lines(data: bytes) -> Iterator[tuple[int, _Line]]:
    decode = msgspec.json.Decoder(_Line).decode
    at = 0
    while at < len(data):
        stop = data.find(b"\n", at)
        if stop < 0:
            raise UsageError("key-truncated", "the last line of the key is cut off")
        try:
            yield at, decode(data[at:stop])
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise UsageError("key-invalid", f"line {data.count(bytes([10]), 0, at) + 1} is not a record") from None
        at = stop + 1
