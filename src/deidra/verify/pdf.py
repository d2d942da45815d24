"""Everything written in a PDF, by other parties' readers: decoded streams and strings by pikepdf, text by PDFium.

Without them streams are inflated by hand, and text in subset fonts stays unread: `has_readers` tells.
"""

from __future__ import annotations

import io
import re
import zlib
from contextlib import suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_STREAM = re.compile(rb"stream\r?\n")
_DEEPEST = 20


def has_readers() -> bool:
    """Whether both readers are installed (extra ``documents``)."""
    return find_spec("pikepdf") is not None and find_spec("pypdfium2") is not None


def pdf_parts(data: bytes) -> Iterator[tuple[str, bytes]]:
    """(where, bytes) of decoded streams, strings and the text of pages. Raises ValueError if it is locked or broken."""
    yield from _inflated(data)  # also what an older revision left behind, which no reader shows
    if not has_readers():
        return
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(data)) as document:
            for number, item in enumerate(document.objects):
                if isinstance(item, pikepdf.Stream):
                    yield f"object {number}", _decoded(item)
                strings = b"\n".join(_strings(item, 0))
                if strings:
                    yield f"object {number}", strings
    except pikepdf.PdfError:
        raise ValueError("a PDF cannot be read") from None
    yield from _pages(data)


def _decoded(stream: Any) -> bytes:
    import pikepdf

    try:
        return bytes(stream.read_bytes())
    except pikepdf.PdfError:  # an image filter: its bytes as they are
        return bytes(stream.read_raw_bytes())


def _strings(item: Any, depth: int) -> Iterator[bytes]:
    """Strings of an object, decoded and raw; of nested ones too. Streams and references are met as objects."""
    import pikepdf

    if depth > _DEEPEST or (depth and getattr(item, "is_indirect", False)):
        return
    if isinstance(item, pikepdf.String):
        yield bytes(item)
        with suppress(UnicodeError):
            yield str(item).encode("utf-8", "replace")
    elif isinstance(item, pikepdf.Array):
        for inner in item:
            yield from _strings(inner, depth + 1)
    elif isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
        for name, inner in item.items():
            yield name.encode("utf-8", "replace")
            yield from _strings(inner, depth + 1)
    elif isinstance(item, pikepdf.Name):
        yield str(item).encode("utf-8", "replace")


def _pages(data: bytes) -> Iterator[tuple[str, bytes]]:
    import pypdfium2  # type: ignore[import-untyped]

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        raise ValueError("a PDF cannot be rendered") from None
    try:
        for number in range(len(document)):
            page = document[number]
            text = page.get_textpage()
            yield f"page {number + 1}", text.get_text_bounded().encode("utf-8", "replace")
            text.close()
            page.close()
    finally:
        document.close()


def _inflated(data: bytes) -> Iterator[tuple[str, bytes]]:
    for number, match in enumerate(_STREAM.finditer(data)):
        with suppress(zlib.error):
            yield f"stream {number}", zlib.decompressobj().decompress(data[match.end() :], 64 << 20)
