"""Look for markers in every layer of every file: names, raw bytes, inflated bytes, decoded values."""

from __future__ import annotations

import re
import struct
import warnings
import zlib
from io import BytesIO
from typing import TYPE_CHECKING

import msgspec
from pydicom import config, dcmread
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

CODECS = (
    "utf-8", "latin-1", "iso8859_2", "iso8859_5", "iso8859_6", "iso8859_7", "iso8859_8", "tis-620",
    "gb18030", "gbk",
    "euc_kr", "shift_jis", "iso2022_jp", "iso2022_jp_2", "iso2022_kr", "utf-16-le", "utf-16-be",
)  # fmt: skip
PREFIX_BYTES = 4


class Hit(msgspec.Struct, frozen=True):
    """A marker that was found: in which file and layer. Markers are synthetic, so they may be printed."""

    marker: str
    file: str
    layer: str


def unpacked_layers(path: Path, root: Path | None = None) -> Iterator[tuple[str, bytes]]:
    """Every layer of a file that may hide text: (what it is, its bytes); strings re-encoded as UTF-8.

    `root`: folder and file names below it belong to the layers; default, the whole path.
    """
    yield "names", str(path.relative_to(root) if root else path).encode("utf-8", "surrogateescape")
    data = path.read_bytes()
    yield "raw", data
    for number, packed in enumerate(_deflated_parts(data)):
        yield f"inflated {number}", packed
    text = _decoded(data)
    if text:
        yield "decoded", text


def _deflated_parts(data: bytes) -> Iterator[bytes]:
    """A deflated data set, compressed streams of a PDF, and deflated frames."""
    if data[128:132] == b"DICM" and len(data) > 144:
        start = 144 + struct.unpack("<L", data[140:144])[0]
        yield from _inflate(data[start:], -15)
    for found in re.finditer(rb"stream\r?\n", data):
        yield from _inflate(data[found.end() :], 15)


def _inflate(data: bytes, bits: int) -> Iterator[bytes]:
    try:
        inflated = zlib.decompressobj(bits).decompress(data)
    except zlib.error:
        return
    if inflated:
        yield inflated


def _decoded(data: bytes) -> bytes:
    """All values as pydicom decodes them, by each data set's character set, one a line."""
    lines: list[str] = []
    with warnings.catch_warnings(), config.disable_value_validation():
        warnings.simplefilter("ignore")
        try:
            ds = dcmread(BytesIO(data), force=True)
            _collect(getattr(ds, "file_meta", Dataset()), lines)
            _collect(ds, lines)
        except Exception:  # noqa: BLE001 - hostile bytes: whatever was decoded so far counts, raw bytes always do
            lines.append("")
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def _collect(ds: Dataset, lines: list[str]) -> None:
    for tag in ds.keys():  # noqa: SIM118 - iterating the data set itself stops at the first bad element
        try:
            element = ds[tag]
            if element.VR == "SQ":
                for item in element.value:
                    _collect(item, lines)
            elif isinstance(element.value, MultiValue | list):
                lines.extend(map(str, element.value))
            elif not isinstance(element.value, bytes):
                lines.append(str(element.value))
        except Exception:  # noqa: BLE001, S112 - one bad value must not hide the others
            continue


def find(markers: Collection[str], folder: Path) -> list[Hit]:
    """Where any of the markers stands in any layer of any file, ASCII letters in either case.

    A marker of digits alone (a date) counts only where no digit stands before it, lest a part of some
    number be taken for it.
    """
    wanted = _spellings(markers)
    pattern = re.compile(b"(?=(" + b"|".join(sorted(map(re.escape, wanted), reverse=True)) + b"))")
    hits = set()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        for layer, data in unpacked_layers(path, folder):
            for marker in _in_bytes(data.upper(), pattern, wanted):
                hits.add(Hit(marker, path.relative_to(folder).as_posix(), layer))
    return sorted(hits, key=msgspec.structs.astuple)


def _spellings(markers: Iterable[str]) -> dict[bytes, dict[bytes, str]]:
    """Encoded spellings of the markers, by their first bytes."""
    wanted: dict[bytes, dict[bytes, str]] = {}
    for marker in markers:
        words = {marker} if marker.isascii() else {marker, marker.upper(), marker.lower()}
        for codec in ("ascii", "utf-16-le") if marker.isascii() else CODECS:
            for word in words:
                try:
                    spelt = word.encode(codec).upper()
                except UnicodeEncodeError:
                    continue
                wanted.setdefault(spelt[:PREFIX_BYTES], {})[spelt] = marker
    return wanted


def _in_bytes(data: bytes, pattern: re.Pattern[bytes], wanted: dict[bytes, dict[bytes, str]]) -> set[str]:
    found = set()
    for match in pattern.finditer(data):
        spellings = wanted[match[1]]
        for length in {len(s) for s in spellings}:
            marker = spellings.get(data[match.start() : match.start() + length])
            if marker is None:
                continue
            inside_a_number = marker.isdigit() and data[max(match.start() - 1, 0) : match.start()].isdigit()
            if not inside_a_number:
                found.add(marker)
    return found
