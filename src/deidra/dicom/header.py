"""Quick access to top-level values of an opened object, before the walk."""

from __future__ import annotations

from deidra.dicom.source import Section, Source
from deidra.dicom.stream import FRAGMENTS, PIXEL_DATA, Element, Item, items_of
from deidra.errors import Held, ObjectError

SOP_CLASS_UID, SOP_INSTANCE_UID = 0x00080016, 0x00080018
STUDY_INSTANCE_UID, SERIES_INSTANCE_UID = 0x0020000D, 0x0020000E
MODALITY, BURNED_IN_ANNOTATION = 0x00080060, 0x00280301
CHARACTER_SET = 0x00080005
NUMBER_OF_FRAMES = 0x00280008
ENCAPSULATED_DOCUMENT, MIME_TYPE = 0x00420011, 0x00420012
# Larger values that a rule must look at do not occur outside documents; they are held, not loaded
LOAD_LIMIT_BYTES = 1 << 27
# Pixel Data, Float Pixel Data, Double Float Pixel Data
PIXELS = (PIXEL_DATA, 0x7FE00008, 0x7FE00009)


def loaded(source: Source, start: int, stop: int) -> bytes:
    """Bytes of the source that a rule must look at. Raises Held when they are too many."""
    if stop - start > LOAD_LIMIT_BYTES:
        raise Held("value-too-large", "a value that must be looked at is too large", f"byte {start}")
    return source.reader.read_at(start, stop - start)


class Header:
    """Top-level elements by tag. Of doubled elements the first counts, as in the released object."""

    __slots__ = ("_elements", "_source")

    def __init__(self, sections: list[Section], source: Source) -> None:
        self._source = source
        self._elements: dict[int, tuple[Section, Element]] = {}
        for section in reversed(sections):
            self._elements.update({element[0]: (section, element) for element in reversed(section.elements)})

    def __contains__(self, tag: int) -> bool:
        return tag in self._elements

    def tags(self, first: int, last: int) -> list[int]:
        """The tags from `first` to `last` that are present, in order."""
        return sorted(tag for tag in self._elements if first <= tag <= last)

    def raw(self, tag: int) -> bytes:
        """The raw value, b"" when the element is absent; bulk values come cut off."""
        found = self._elements.get(tag)
        if found is None:
            return b""
        section, element = found
        return section.buf[element[3] : element[4]]

    def text(self, tag: int) -> str:
        """The value as ASCII without padding; for UIDs and codes."""
        return self.raw(tag).rstrip(b" \0").decode("ascii", "replace").strip()

    def element(self, tag: int) -> tuple[Section, Element] | None:
        """The section and element, for those who need its items."""
        return self._elements.get(tag)

    def sequence(self, tag: int) -> tuple[bytes, Element, list[Item]] | None:
        """Buffer, element and items of a top-level sequence; None when it is absent or no sequence."""
        found = self._elements.get(tag)
        if found is None or found[1][1] not in ("SQ", "UN", "") or found[1][5] is FRAGMENTS:
            return None
        (buf, base, _, _), element = found
        start, stop = element[2], element[4]
        if stop > len(buf):
            buf = loaded(self._source, base + start, base + stop)
            element = (element[0], element[1], 0, element[3] - start, stop - start, element[5])
        try:
            return buf, element, items_of(buf, element, self._source.encoding, 0)
        except Held:
            raise
        except ObjectError:
            return None

    @property
    def has_pixels(self) -> bool:
        """Whether there is pixel data of any kind at top level."""
        return any(tag in self._elements for tag in PIXELS)

    @property
    def pixels(self) -> tuple[Section, Element] | None:
        """The section and element of pixel data of any kind; None where there are none. Raises Held for two kinds."""
        found = [self._elements[tag] for tag in PIXELS if tag in self._elements]
        if len(found) > 1:
            raise Held("pixel-layout", "an image has several kinds of pixel data", "dcm:(7FE0,0010)")
        return found[0] if found else None
