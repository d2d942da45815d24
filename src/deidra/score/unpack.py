"""Everything that an output file says: decoded values with their places, names, streams, documents, raw bytes."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import msgspec
from pydicom import dcmread
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.valuerep import PersonName

from deidra.score.forms import folded
from deidra.score.locate import walked
from deidra.score.quiet import quiet

_MOST_BYTES = 1 << 30
_MOST_INFLATED = 64 << 20
_STREAM_HEAD = 1 << 16
_TAIL = 64
_LITERAL = re.compile(rb"\(((?:[^()\\]|\\.)*)\)|<([0-9A-Fa-f\s]+)>", re.DOTALL)
_ESCAPE = re.compile(rb"\\(\d{1,3}|.)", re.DOTALL)
_TEXT_START = re.compile(rb"\bBT\b|/(?:Title|Author|Subject|Keywords)")


class Unpacked(msgspec.Struct, frozen=True):
    """One output file. `texts` are (address, folded text); `raw` is all its bytes and what was packed in them, lowered.

    `dataset` is None when the file is no DICOM object that can be read; its bytes and name count all the same.
    """

    name: str
    dataset: Dataset | None
    texts: tuple[tuple[str, str], ...]
    raw: bytes
    cased: bytes


def unpack(path: Path, root: Path) -> Unpacked:
    """Read one file below `root`. Raises OSError when it cannot be read at all."""
    name = path.relative_to(root).as_posix()
    with path.open("rb") as file:
        data = file.read(_MOST_BYTES)
    texts = [("name:", folded(name))]
    ds = read_dataset(data)
    more = bytearray()
    if ds is not None:
        texts += [(place, folded(text)) for place, text in _said(ds, more)]
    if data[128:132] == b"DICM":
        texts.append(("preamble:", folded(data[:128].decode("latin-1"))))
    else:
        texts.append(("file:", folded(data[:_STREAM_HEAD].decode("latin-1"))))
    texts.append(("tail:", folded(data[-_TAIL:].decode("latin-1"))))
    whole = data + bytes(more)
    return Unpacked(name, ds, tuple(texts), whole.lower(), whole)


def read_dataset(data: bytes) -> Dataset | None:
    """The object in the bytes, with or without a file meta; None when there is none."""
    with quiet():
        try:
            ds = dcmread(BytesIO(data), force=data[128:132] != b"DICM")
            usable = "SOPClassUID" in ds
        except Exception:  # noqa: BLE001 - damaged or no DICOM: its raw bytes are searched
            return None
    return ds if usable else None


def _said(ds: Dataset, more: bytearray) -> Iterator[tuple[str, str]]:
    with quiet():
        if getattr(ds, "file_meta", None):
            yield from _values(ds.file_meta, more)
        yield from _values(ds, more)


def _values(ds: Dataset, more: bytearray) -> Iterator[tuple[str, str]]:
    for place, element, _ in walked(ds):
        if element.VR == "SQ":
            continue
        for text in _texts(element, more):
            yield place, text


def _texts(element: DataElement, more: bytearray) -> Iterator[str]:
    value = element.value
    if isinstance(value, bytes):
        yield from _binary(element, value, more)
    elif isinstance(value, PersonName):
        yield str(value)
    elif value is not None:
        yield "\\".join(map(str, value)) if element.VM > 1 else str(value)


def _binary(element: DataElement, value: bytes, more: bytearray) -> Iterator[str]:
    if element.tag == 0x7FE00010:
        if element.is_undefined_length:  # markers and boxes stand at the beginning of a frame
            yield value[:_STREAM_HEAD].decode("latin-1")
        return
    if element.tag == 0x00420011:
        more += _documents(value)
        yield document_text(value)
    yield value[:_MOST_INFLATED].decode("latin-1")
    if b"\0" in value[:200]:
        yield value[:_STREAM_HEAD].decode("utf-16-le", "ignore")


def _documents(value: bytes) -> bytes:
    """The inflated streams of a PDF."""
    return b"\n".join(_inflated(value))


def _inflated(value: bytes) -> Iterator[bytes]:
    for match in re.finditer(rb"stream\r?\n", value):
        try:
            yield zlib.decompressobj().decompress(value[match.end() :], _MOST_INFLATED)
        except zlib.error:
            continue


def document_text(value: bytes) -> str:
    """The strings of a PDF's pages and of its information dictionary, in order."""
    if not value.startswith(b"%PDF"):
        return value.decode("utf-8", "replace")
    parts = []
    for data in (*_inflated(value), value):
        if not _TEXT_START.search(data):
            continue
        for literal, hexadecimal in _LITERAL.findall(data):
            plain = _ESCAPE.sub(_unescaped, literal) if literal else _from_hexadecimal(hexadecimal)
            parts.append(plain.decode("utf-16") if plain[:2] == b"\xfe\xff" else plain.decode("latin-1"))
    return " ".join(parts)


def _from_hexadecimal(digits: bytes) -> bytes:
    bare = b"".join(digits.split())
    return bytes.fromhex(bare[: len(bare) // 2 * 2].decode())


def _unescaped(match: re.Match[bytes]) -> bytes:
    said = match[1]
    return bytes([int(said, 8) & 255]) if said.isdigit() else said
