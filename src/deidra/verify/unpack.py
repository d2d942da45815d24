"""Bytes inside bytes: archives, compressed streams, PDF, office files, coded images. Bounded in depth and size."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import tarfile
import zipfile
import zlib
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DEEPEST = 4
MOST_BYTES = 1 << 30  # unpacked from one file, all layers together
MOST_PARTS = 100_000
_PART_BYTES = 64 << 20
_TAGS = re.compile(rb"<[^<>]{0,2000}>")
_RTF_WORDS = re.compile(rb"\\[a-z]+-?\d* ?|[{}\r\n]")
_XML_HEAD = re.compile(rb"\s*(?:\xef\xbb\xbf)?<(?:\?xml|!DOCTYPE|html|[A-Za-z])", re.IGNORECASE)


class _Readable(Protocol):
    """What gives its bytes part by part."""

    def read(self, size: int, /) -> bytes: ...


class Layer(NamedTuple):
    """A part: its address within the object (``zip:member``), how it was packed, its bytes."""

    where: str
    form: str
    data: bytes


class Unpacked(Exception):  # noqa: N818 - how far it got
    """Unpacking stopped: the bounds were met, or the container is damaged or locked. The text says which."""


class Budget:
    """What one file may still unfold to."""

    def __init__(self) -> None:
        self.bytes, self.parts = MOST_BYTES, MOST_PARTS

    def take(self, count: int) -> None:
        """Spend bytes of one part; raises Unpacked when there is nothing left."""
        self.bytes, self.parts = self.bytes - count, self.parts - 1
        if self.bytes < 0 or self.parts < 0:
            raise Unpacked("it unfolds beyond all bounds")


def layers(data: bytes, budget: Budget, depth: int = 0) -> Iterator[Layer]:
    """Everything packed inside, layers of layers included, without the data itself. Raises Unpacked."""
    opener = _opener(data)
    if opener is None:
        return
    if depth >= DEEPEST:
        raise Unpacked("it is packed too deep")
    try:
        for layer in opener(data):
            budget.take(len(layer.data))
            yield layer
            for inner in layers(layer.data, budget, depth + 1):
                yield Layer(f"{layer.where}/{inner.where}", f"{layer.form}, {inner.form}", inner.data)
    except (
        zipfile.BadZipFile,
        tarfile.TarError,
        zlib.error,
        lzma.LZMAError,
        OSError,
        EOFError,
        ValueError,
        RuntimeError,
        NotImplementedError,
    ):
        raise Unpacked("a container inside it is damaged or locked") from None


def _opener(data: bytes) -> Callable[[bytes], Iterator[Layer]] | None:
    head = data[:8]
    for magic, opener in _OPENERS:
        if head.startswith(magic):
            return opener
    if b"%PDF-" in data[:1024]:
        return _pdf
    if data[257:262] == b"ustar":
        return _tar
    if len(data) > 8 and data[0] == 0x78 and int.from_bytes(data[:2], "big") % 31 == 0:
        return _zlib
    if _XML_HEAD.match(data[:64]):
        return _markup
    return None


def _zip(data: bytes) -> Iterator[Layer]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        yield Layer("zip:comment", "zip", archive.comment)
        for number, member in enumerate(archive.infolist()):
            where = f"zip:{number}"
            yield Layer(
                f"{where}/name",
                "zip",
                member.filename.encode("utf-8", "surrogateescape") + b"\n" + member.comment + member.extra,
            )
            if not member.is_dir():
                with archive.open(member) as file:
                    yield from _streamed(file, where, "zip")


def _tar(data: bytes) -> Iterator[Layer]:
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        for number, member in enumerate(archive):
            where = f"tar:{number}"
            yield Layer(
                f"{where}/name",
                "tar",
                f"{member.name}\n{member.uname}\n{member.gname}\n{member.pax_headers}".encode(
                    "utf-8", "surrogateescape"
                ),
            )
            file = archive.extractfile(member) if member.isreg() else None
            if file is not None:
                yield from _streamed(file, where, "tar")


def _gzip(data: bytes) -> Iterator[Layer]:
    with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
        yield from _streamed(file, "gzip", "gzip")


def _bzip2(data: bytes) -> Iterator[Layer]:
    with bz2.BZ2File(io.BytesIO(data)) as file:
        yield from _streamed(file, "bzip2", "bzip2")


def _xz(data: bytes) -> Iterator[Layer]:
    with lzma.LZMAFile(io.BytesIO(data)) as file:
        yield from _streamed(file, "xz", "xz")


def _zlib(data: bytes) -> Iterator[Layer]:
    inflater = zlib.decompressobj()
    try:
        first = inflater.decompress(data, _PART_BYTES)
    except zlib.error:
        return  # two bytes in front that looked like a header
    yield Layer("zlib", "zlib", first)
    while inflater.unconsumed_tail:
        yield Layer("zlib", "zlib", inflater.decompress(inflater.unconsumed_tail, _PART_BYTES))


def _streamed(file: _Readable, where: str, form: str) -> Iterator[Layer]:
    while part := file.read(_PART_BYTES):
        yield Layer(where, form, part)


def _png(data: bytes) -> Iterator[Layer]:
    """Compressed text chunks; plain ones stand in the raw bytes."""
    position = 8
    while position + 8 <= len(data):
        length, kind = int.from_bytes(data[position : position + 4], "big"), data[position + 4 : position + 8]
        if kind in (b"zTXt", b"iTXt", b"iCCP"):
            body = data[position + 8 : position + 8 + length]
            start = body.find(b"x", body.find(b"\0"))
            if start >= 0:
                for layer in _zlib(body[start:]):
                    yield Layer(f"png:{kind.decode()}", "PNG text", layer.data)
        position += length + 12


def _markup(data: bytes) -> Iterator[Layer]:
    """XML and HTML as read: names are often parted by tags."""
    yield Layer("text", "markup", _TAGS.sub(b"", data))


def _rtf(data: bytes) -> Iterator[Layer]:
    yield Layer("text", "RTF", _RTF_WORDS.sub(b"", data))


def _pdf(data: bytes) -> Iterator[Layer]:
    from deidra.verify.pdf import pdf_parts

    for where, part in pdf_parts(data):
        yield Layer(f"pdf:{where}", "PDF", part)


_OPENERS: tuple[tuple[bytes, Callable[[bytes], Iterator[Layer]]], ...] = (
    (b"PK\x03\x04", _zip),
    (b"PK\x05\x06", _zip),
    (b"\x1f\x8b", _gzip),
    (b"BZh", _bzip2),
    (b"\xfd7zXZ\0", _xz),
    (b"%PDF-", _pdf),
    (b"\x89PNG\r\n\x1a\n", _png),
    (b"{\\rtf", _rtf),
)
