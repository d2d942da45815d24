"""Quick access to top-level values of an opened object, before the walk."""

from __future__ import annotations

from deidra.dicom.source import Section
from deidra.dicom.stream import PIXEL_DATA, Element

SOP_CLASS_UID, SOP_INSTANCE_UID = 0x00080016, 0x00080018
STUDY_INSTANCE_UID, SERIES_INSTANCE_UID = 0x0020000D, 0x0020000E
MODALITY, BURNED_IN_ANNOTATION = 0x00080060, 0x00280301
CHARACTER_SET = 0x00080005
ENCAPSULATED_DOCUMENT, MIME_TYPE = 0x00420011, 0x00420012
_PIXELS = frozenset((PIXEL_DATA, 0x7FE00008, 0x7FE00009))


class Header:
    """Top-level elements by tag. Of doubled elements the first counts, as in the released object."""

    __slots__ = ("_elements", "_sections")

    def __init__(self, sections: list[Section]) -> None:
        self._sections = sections
        self._elements: dict[int, tuple[Section, Element]] = {}
        for section in reversed(sections):
            self._elements.update({element[0]: (section, element) for element in reversed(section.elements)})

    def __contains__(self, tag: int) -> bool:
        return tag in self._elements

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

    @property
    def has_pixels(self) -> bool:
        """Whether there is pixel data of any kind at top level."""
        return not _PIXELS.isdisjoint(self._elements)
