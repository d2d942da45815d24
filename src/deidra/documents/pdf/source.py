"""PDF opened as if somebody hostile had written it: no passwords, no repairs, bounded pages and streams."""

from __future__ import annotations

import base64
import binascii
import io
import logging
import re
import zlib
from typing import TYPE_CHECKING, Any

from deidra.documents.work import Settings, missing
from deidra.errors import Held, Rejected

if TYPE_CHECKING:
    import pikepdf

_STREAM = re.compile(rb"stream\r?\n")
_STRUCTURE = re.compile(rb"/(ObjStm|XRef)\b")
_ODD_FILTER = re.compile(rb"/(ASCII85|ASCIIHex|LZW|RunLength|Crypt)")
_HEADER_BYTES = 2048
_BLOCK_BYTES = 1 << 16
_UNPACKED_PER_STEP = 1 << 20
# No filter of PDF unfolds a byte to more than 2048
_LARGEST_EXPANSION_BITS = 11
# All streams of a document together, as a multiple of the limit for one
_WHOLE_DOCUMENT = 8


def open_pdf(data: bytes, settings: Settings) -> pikepdf.Pdf:
    """The document. Raises Held when it is encrypted or too much, Rejected when it is damaged."""
    try:
        import pikepdf
    except ImportError:
        raise missing("pikepdf") from None
    # The library quotes what it stumbles upon
    logging.getLogger("pikepdf").setLevel(logging.CRITICAL + 1)
    _require_bounded_streams(data, settings)
    try:
        pdf = pikepdf.Pdf.open(io.BytesIO(data), suppress_warnings=True)
    except pikepdf.PasswordError:
        raise Held("document-encrypted", "the PDF is encrypted") from None
    except (pikepdf.PdfError, ValueError, RuntimeError, RecursionError):
        raise Rejected("document-damaged", "the PDF is damaged") from None
    if pdf.is_encrypted:
        # With an empty password it opens, but whoever encrypted it did not mean it to be changed
        raise Held("document-encrypted", "the PDF is encrypted")
    _require_pages(pdf, settings)
    return pdf


def _require_pages(pdf: pikepdf.Pdf, settings: Settings) -> None:
    import pikepdf

    try:
        # The declared count first: the list of pages is built whole
        declared = int(pdf.Root.Pages.Count)
        if declared > settings.max_pages:
            raise Held("document-too-large", f"more than {settings.max_pages} pages")
        count = len(pdf.pages)
    except (pikepdf.PdfError, AttributeError, KeyError, ValueError, TypeError, RuntimeError, RecursionError):
        raise Rejected("document-damaged", "the PDF has no list of pages") from None
    if count > settings.max_pages:
        raise Held("document-too-large", f"more than {settings.max_pages} pages")
    if count != declared:
        raise Rejected("document-damaged", "the PDF has other pages than it says")
    if count == 0:
        raise Rejected("document-empty", "the PDF has no pages")


def _require_bounded_streams(data: bytes, settings: Settings) -> None:
    """Unpack every deflated stream in small steps before anything unpacks it at once. Raises Held at the limit."""
    total = 0
    position = 0
    while (match := _STREAM.search(data, position)) is not None:
        position = match.end()
        header = data[max(0, match.start() - _HEADER_BYTES) : match.start()].rpartition(b" obj")[2]
        if _STRUCTURE.search(header) and (_ODD_FILTER.search(header) or header.count(b"FlateDecode") > 1):
            raise Held("unknown-structure", "the PDF packs its own structure in an unusual way")
        # Both bytes of a zlib header (RFC 1950 2.2)
        first, second = (*data[position : position + 2], 0, 0)[:2]
        if first & 0x0F != 8 or (first << 8 | second) % 31:
            continue
        unpacked, end = _unpacked_bytes(data, position, settings.max_stream_bytes)
        total += unpacked
        if unpacked > settings.max_stream_bytes or total > _WHOLE_DOCUMENT * settings.max_stream_bytes:
            raise Held("document-too-large", "a stream of the PDF unfolds to more than is looked at")
        # Nothing that looks like a stream inside packed data is one; a damaged one is left to the parser
        position = max(position, end)


def _unpacked_bytes(data: bytes, position: int, limit: int) -> tuple[int, int]:
    unpacker = zlib.decompressobj()
    count = 0
    at = position
    try:
        while not unpacker.eof and count <= limit and at < len(data):
            block = data[at : at + _BLOCK_BYTES]
            at += len(block)
            while block and not unpacker.eof and count <= limit:
                count += len(unpacker.decompress(block, _UNPACKED_PER_STEP))
                block = unpacker.unconsumed_tail
    except zlib.error:
        return count, position
    return count, at - len(unpacker.unused_data) if unpacker.eof else position


def stream_bytes(stream: Any, limit: int) -> bytes:
    """The unpacked bytes of a stream, never more than `limit`. Raises Held beyond it, Rejected when damaged."""
    filters = _filters(stream)
    if "/Crypt" in filters or len(filters) > 2:
        raise Held("unknown-structure", "a stream of the PDF is packed in an unusual way")
    raw: bytes = stream.read_raw_bytes()
    try:
        for name in filters:
            if name == "/ASCII85Decode":
                raw = base64.a85decode(raw.strip().removeprefix(b"<~").removesuffix(b"~>"))
            elif name == "/ASCIIHexDecode":
                raw = binascii.unhexlify(b"".join(raw.partition(b">")[0].split()))
            elif name == "/FlateDecode" and "/DecodeParms" not in stream:
                raw = _inflated(raw, limit)
            elif len(filters) == 1 and len(raw) <= limit >> _LARGEST_EXPANSION_BITS:
                raw = stream.read_bytes()
            else:
                raise Held("unknown-structure", "a stream of the PDF is packed in an unusual way")
    except (ValueError, zlib.error, RuntimeError):
        raise Rejected("document-damaged", "a stream of the PDF is damaged") from None
    if len(raw) > limit:
        raise Held("document-too-large", "a stream of the PDF unfolds to more than is looked at")
    return raw


def _filters(stream: Any) -> list[str]:
    import pikepdf

    value = stream.get("/Filter")
    if value is None:
        return []
    return [str(each) for each in value] if isinstance(value, pikepdf.Array) else [str(value)]


def _inflated(raw: bytes, limit: int) -> bytes:
    unpacker = zlib.decompressobj()
    unpacked = unpacker.decompress(raw, limit + 1)
    if not unpacker.eof and len(unpacked) <= limit:
        raise Rejected("document-damaged", "a stream of the PDF is cut short")
    return unpacked
