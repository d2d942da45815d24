"""An object as pydicom sees it: every value with its place, nothing decoded, bulk values left in the file.

pydicom's element generator is used and not its data set, so that doubled elements, short values and bytes behind the
end are seen and not lost.
"""

from __future__ import annotations

import itertools
import tempfile
import zlib
from contextlib import suppress
from functools import lru_cache
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from pydicom.charset import convert_encodings
from pydicom.datadict import dictionary_VR, private_dictionary_VR
from pydicom.filereader import data_element_generator, read_sequence
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian
from pydicom.valuerep import STANDARD_VR

from deidra.verify.places import Place, Step

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydicom.dataset import Dataset

MEMORY_BYTES = 256 << 10  # longer values stay in the file, unless they are sequences or text
PARSED_BYTES = 256 << 20  # longer sequences and texts are searched as bytes only
INFLATED_BYTES = 4 << 30
_SPOOL_BYTES = 32 << 20
_CHUNK_BYTES = 1 << 20
_VRS_CACHED = 20_000

_PREAMBLE_BYTES = 128
_SHORTEST = 12
_CHARACTER_SET = 0x00080005
_TRANSFER_SYNTAX = 0x00020010
_UNDEFINED = 0xFFFFFFFF
_ITEM = b"\xfe\xff\x00\xe0"
_TEXT_VRS = frozenset({"LO", "SH", "ST", "LT", "UT", "UC", "UR", "PN", "AE", "CS", "DS", "IS", "UI", "DA", "TM", "DT"})
_DEFAULT = ("iso8859",)
_TOLERATED = (EOFError, ValueError, KeyError, TypeError, AttributeError, NotImplementedError, IndexError, OSError)


class Unreadable(Exception):  # noqa: N818 - what became of it
    """The object cannot be read as DICOM; the text names the cause, never a value."""


class Structure(NamedTuple):
    """What an object is made of.

    `stream` holds the data set: the file itself, or the inflated bytes of a deflated one. `begin` is where the data
    set begins in it, `end` where its last element ends, `size` its length. `cut`: a value is shorter than it says.
    """

    preamble: bytes
    meta: list[Place]
    places: list[Place]
    stream: IO[bytes]
    begin: int
    end: int
    size: int
    inflated: bool
    transfer_syntax_uid: str
    cut: bool
    disordered: bool

    @property
    def all_places(self) -> tuple[Place, ...]:
        """The file meta information and the data set."""
        return (*self.meta, *self.places)


def is_dicom(head: bytes) -> bool:
    """Whether the first 132 bytes are those of a DICOM file, or of a data set without a preamble."""
    if head[128:132] == b"DICM":
        return True
    if len(head) < _SHORTEST or head[:2] not in (b"\x02\0", b"\x08\0", b"\0\x08"):
        return False
    explicit = head[4:6].decode("latin-1") in STANDARD_VR
    return explicit or b"\0\0" in (head[6:8], head[4:6])  # an implicit length below 65536, in either byte order


def read_structure(file: IO[bytes], size: int) -> Structure:
    """Read all elements of an object. Raises Unreadable, RecursionError and MemoryError for what is beyond reading."""
    head = file.read(_PREAMBLE_BYTES + 4)
    if not is_dicom(head):
        raise Unreadable("it is no DICOM file")
    marked = head[128:132] == b"DICM"
    begin = _PREAMBLE_BYTES + 4 if marked else 0
    meta, begin = _read_meta(file, begin, size)
    syntax = next((_ascii(place.value) for place in meta if place.tag == _TRANSFER_SYNTAX), "")
    stream, inflated = file, syntax == DeflatedExplicitVRLittleEndian
    if inflated:
        stream = _inflate(file, begin)
        begin, size = 0, stream.seek(0, 2)
    implicit, little = _encoding(stream, begin, syntax)
    walker = _Walker(stream, size, implicit, little)
    places = list(walker.top(begin))
    tags = [place.tag if not place.path else place.path[0].tag for place in places]
    return Structure(
        head[:_PREAMBLE_BYTES] if marked else b"",
        meta,
        places,
        stream,
        begin,
        walker.end,
        size,
        inflated,
        syntax,
        walker.cut,
        any(a > b for a, b in itertools.pairwise(tags)) or walker.doubled,
    )


def _read_meta(file: IO[bytes], begin: int, size: int) -> tuple[list[Place], int]:
    """The file meta information, group 0002, always explicit little endian (PS3.10 7.1); and where it ends."""
    file.seek(begin)
    if file.read(2) != b"\x02\0":
        return [], begin
    file.seek(begin)
    walker = _Walker(file, size, implicit=False, little=True, group=2)
    return list(walker.top(begin)), walker.end


def _ascii(value: bytes | None) -> str:
    return (value or b"").rstrip(b"\0 ").decode("ascii", "replace")


def _inflate(file: IO[bytes], begin: int) -> IO[bytes]:
    file.seek(begin)
    unpacked: Any = tempfile.SpooledTemporaryFile(max_size=_SPOOL_BYTES)  # noqa: SIM115 - lives as long as its structure
    inflater, total = zlib.decompressobj(-zlib.MAX_WBITS), 0
    try:
        while chunk := inflater.unconsumed_tail or file.read(_CHUNK_BYTES):
            data = inflater.decompress(chunk, _CHUNK_BYTES)
            total += len(data)
            if total > INFLATED_BYTES:
                raise Unreadable("the deflated data set unfolds beyond all bounds")
            unpacked.write(data)
            if inflater.eof:
                break
    except zlib.error:
        raise Unreadable("the deflated data set is damaged") from None
    unpacked.seek(0)
    return unpacked  # type: ignore[no-any-return]


def _encoding(stream: IO[bytes], begin: int, syntax: str) -> tuple[bool, bool]:
    """(implicit VR, little endian), as the data set shows it: what the transfer syntax says may be wrong."""
    stream.seek(begin)
    head = stream.read(6)
    stream.seek(begin)
    if len(head) < 6:
        return syntax == ImplicitVRLittleEndian, syntax != ExplicitVRBigEndian
    implicit = not (head[4:6].isalpha() and head[4:6].isupper())
    little = head[0] != 0 or head[1] == 0
    return implicit, little


class _Walker:
    """Goes through a data set; remembers where it ended and what was wrong on the way."""

    def __init__(self, stream: IO[bytes], size: int, implicit: bool, little: bool, group: int = 0) -> None:
        self._stream, self._size, self._group = stream, size, group
        self._implicit, self._little = implicit, little
        self.end, self.cut, self.doubled = 0, False, False

    def top(self, begin: int) -> Iterator[Place]:
        """All values, outermost elements in file order."""
        self._stream.seek(begin)
        self.end = begin
        encodings: tuple[str, ...] = _DEFAULT
        creators: dict[int, str] = {}
        seen: set[int] = set()
        last = 0
        stop = (lambda tag, _vr, _length: tag >> 16 != self._group) if self._group else None
        elements = data_element_generator(self._stream, self._implicit, self._little, stop, MEMORY_BYTES)  # type: ignore[arg-type]
        for element in elements:
            tag = int(element.tag)
            if self._is_rubbish(element, last):
                return
            last, (start, stop_at) = tag, self._span(element)
            self.doubled |= tag in seen
            seen.add(tag)
            if tag == _CHARACTER_SET:
                encodings = _encodings(element)
            if _is_creator(tag):
                creators[tag] = _creator(element)
            creator = _creator_of(tag, creators)
            yield from self._element(element, (), creator, encodings, (start, stop_at))
            self._stream.seek(self.end)

    def _is_rubbish(self, element: Any, last: int) -> bool:
        """Whether bytes behind the data set were taken for an element: out of order, and longer than what is left."""
        tag, length = int(element.tag), getattr(element, "length", _UNDEFINED)
        start = int(getattr(element, "value_tell", 0) or 0)
        return length != _UNDEFINED and start + length > self._size and (tag <= last or _vr_of(element, "") == "UN")

    def _span(self, element: Any) -> tuple[int, int]:
        """Offsets of a top-level value; its end is where the reader stands now."""
        self.end = self._stream.tell()
        start = int(getattr(element, "value_tell", 0) or getattr(element, "file_tell", 0) or 0)
        length = getattr(element, "length", _UNDEFINED)
        if length != _UNDEFINED and start + length > self._size:
            self.cut = True
            self.end = self._size
        return start, self.end

    def _element(
        self, element: Any, path: tuple[Step, ...], creator: str, encodings: tuple[str, ...], span: tuple[int, int]
    ) -> Iterator[Place]:
        tag, vr = int(element.tag), _vr_of(element, creator)
        if vr == "SQ" and not element.is_raw:
            yield from self._items(element.value, tag, creator, path, encodings, span)
            return
        value = element.value
        if value is None and element.is_raw and (vr == "SQ" or vr in _TEXT_VRS) and element.length <= PARSED_BYTES:
            self._stream.seek(span[0])
            value = self._stream.read(element.length)
        if (vr == "SQ" and value) or (vr == "UN" and value and value[:4] == _ITEM):
            items = _items_of(value, vr, element, encodings)
            if items is not None:
                yield from self._items(items, tag, creator, path, encodings, span)
                return
            vr = "UN"
        little = bool(getattr(element, "is_little_endian", self._little))
        yield Place(path, tag, creator, vr, value if element.is_raw else b"", *span, encodings, little)

    def _items(
        self,
        items: Sequence[Dataset],
        tag: int,
        creator: str,
        path: tuple[Step, ...],
        encodings: tuple[str, ...],
        span: tuple[int, int],
    ) -> Iterator[Place]:
        if not items:
            yield Place(path, tag, creator, "SQ", b"", *span, encodings, True)
        for number, item in enumerate(items):
            tags = sorted(item.keys())
            inner = _encodings(item.get_item(_CHARACTER_SET)) if _CHARACTER_SET in item else encodings
            creators = {int(t): _creator(item.get_item(t)) for t in tags if _is_creator(int(t))}
            below = (*path, Step(tag, creator, number))
            for nested in tags:
                element = item.get_item(nested)
                if element is not None:
                    yield from self._element(element, below, _creator_of(int(nested), creators), inner, span)


def _items_of(value: bytes, vr: str, element: Any, encodings: tuple[str, ...]) -> Sequence[Dataset] | None:
    """The items of a sequence given as bytes. UN holds implicit little endian (PS3.5 6.2.2); None if it is none."""
    implicit = True if vr == "UN" else bool(element.is_implicit_VR)
    little = True if vr == "UN" else bool(element.is_little_endian)
    stream = BytesIO(value)
    with suppress(*_TOLERATED):
        items = read_sequence(stream, implicit, little, len(value), list(encodings))
        if stream.tell() == len(value):
            return items
    return None


def _vr_of(element: Any, creator: str) -> str:
    vr = str(element.VR or "")
    return vr if vr and vr != "UN" else _vr_by_dictionary(int(element.tag), creator)


@lru_cache(_VRS_CACHED)
def _vr_by_dictionary(tag: int, creator: str) -> str:
    with suppress(KeyError):
        if _is_creator(tag):
            return "LO"
        return private_dictionary_VR(tag, creator) if tag >> 16 & 1 and creator else dictionary_VR(tag)
    return "UL" if tag & 0xFFFF == 0 else "UN"


def _is_creator(tag: int) -> bool:
    return bool(tag >> 16 & 1) and 0x10 <= tag & 0xFFFF <= 0xFF


def _creator(element: Any) -> str:
    value = element.value if element is not None else b""
    return value.decode("latin-1").strip("\0 ") if isinstance(value, bytes) else ""


def _creator_of(tag: int, creators: dict[int, str]) -> str:
    if not tag >> 16 & 1 or not tag & 0xFF00:
        return ""
    return creators.get(tag >> 16 << 16 | (tag >> 8 & 0xFF), "")


def _encodings(element: Any) -> tuple[str, ...]:
    """Python codecs of Specific Character Set (0008,0005); what is not known counts as Latin-1."""
    value = getattr(element, "value", b"") or b""
    names = value.decode("latin-1").split("\\") if isinstance(value, bytes) else [str(value)]
    with suppress(LookupError, ValueError):
        return tuple(convert_encodings([name.strip() for name in names]))
    return _DEFAULT
