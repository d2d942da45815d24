"""The words of a page and where they stand, as pdfium reads them."""

from __future__ import annotations

import ctypes
from typing import Any

import msgspec

from deidra.documents.work import Work

_HYPHEN, _RETURN, _NEWLINE = "\x02", "\r", "\n"


class Box(msgspec.Struct, frozen=True):
    """A rectangle in page units (1/72 inch), the origin at the lower left."""

    left: float
    bottom: float
    right: float
    top: float


class PageText(msgspec.Struct, frozen=True):
    """The text of a page, for each character its index in pdfium, and how many the page shows that are no blanks."""

    text: str
    indexes: tuple[int, ...]
    own_characters: int
    unmapped: tuple[int, ...]

    def without(self, gone: set[int]) -> str:
        """The text without the characters of these indexes."""
        return "".join(character for character, index in zip(self.text, self.indexes, strict=True) if index not in gone)


def read_page(textpage: Any) -> PageText:
    """All characters of a page, words that are hyphenated at a line's end put together."""
    import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

    handle = textpage.raw
    characters, indexes, unmapped = [], [], []
    own = 0
    for index in range(pdfium.FPDFText_CountChars(handle)):
        code = pdfium.FPDFText_GetUnicode(handle, index)
        generated = pdfium.FPDFText_IsGenerated(handle, index) == 1
        broken = pdfium.FPDFText_HasUnicodeMapError(handle, index) == 1 or code == 0 or 0xE000 <= code < 0xF900
        if broken and not generated:
            unmapped.append(index)
        characters.append("\ufffd" if broken or 0xD800 <= code < 0xE000 or code > 0x10FFFF else chr(code))
        indexes.append(index)
        own += not generated and not characters[-1].isspace()
    text, kept = _joined_hyphens(characters, indexes)
    return PageText(text, kept, own, tuple(unmapped))


def _joined_hyphens(characters: list[str], indexes: list[int]) -> tuple[str, tuple[int, ...]]:
    text, kept = [], []
    position = 0
    while position < len(characters):
        if characters[position] in (_HYPHEN, "\u00ad"):
            position += 1
            while position < len(characters) and characters[position] in (_RETURN, _NEWLINE):
                position += 1
            continue
        text.append(characters[position])
        kept.append(indexes[position])
        position += 1
    return "".join(text), tuple(kept)


def found(page: PageText, work: Work) -> set[int]:
    """The indexes of the characters that must go."""
    if not page.text.strip():
        return set(page.unmapped)
    cleaned = work.clean(page.text)
    gone = set(page.unmapped)
    if cleaned.text != page.text:
        if not cleaned.text.strip() or not cleaned.spans:
            return gone | set(page.indexes)
        for span in cleaned.spans:
            gone.update(page.indexes[span.start : span.end])
    return gone | _spaced_out(page, work)


def _spaced_out(page: PageText, work: Work) -> set[int]:
    """Words written with a blank after each letter, read without the blanks."""
    gone: set[int] = set()
    for start, end in _single_letters(page.text):
        word = page.text[start:end].replace(" ", "")
        if len(word) > 2 and not work.is_clean(word):
            gone.update(page.indexes[start:end])
    return gone


def _single_letters(text: str) -> list[tuple[int, int]]:
    runs, start = [], 0
    position = 0
    while position < len(text):
        start = position
        while (
            position < len(text)
            and text[position].isalnum()
            and (position + 1 == len(text) or not text[position + 1].isalnum())
            and (position == start or text[position - 1] == " ")
        ):
            position += 2
        if position - start >= 6:
            runs.append((start, min(position - 1, len(text))))
        position = max(position, start + 1)
    return runs


def boxes_of(textpage: Any, indexes: set[int]) -> list[Box]:
    """The boxes of characters, generous: what a font declares and what is drawn; neighbours in one."""
    import pypdfium2.raw as pdfium

    boxes: list[Box] = []
    last = -2
    for index in sorted(indexes):
        tight = [ctypes.c_double() for _ in range(4)]
        loose = pdfium.FS_RECTF()
        left, right, bottom, top = tight
        has_tight = pdfium.FPDFText_GetCharBox(textpage.raw, index, left, right, bottom, top)
        has_loose = pdfium.FPDFText_GetLooseCharBox(textpage.raw, index, loose)
        seen = []
        if has_tight:
            seen.append(Box(left.value, bottom.value, right.value, top.value))
        if has_loose:
            seen.append(Box(loose.left, loose.bottom, loose.right, loose.top))
        if not seen:
            continue
        box = _around(seen)
        if index == last + 1 and boxes and _same_line(boxes[-1], box):
            boxes[-1] = _around([boxes[-1], box])
        else:
            boxes.append(box)
        last = index
    return boxes


def _around(boxes: list[Box]) -> Box:
    return Box(
        min(box.left for box in boxes),
        min(box.bottom for box in boxes),
        max(box.right for box in boxes),
        max(box.top for box in boxes),
    )


def _same_line(first: Box, second: Box) -> bool:
    height = first.top - first.bottom
    return (
        abs(first.bottom - second.bottom) < 0.2 * height
        and abs(first.top - second.top) < 0.2 * height
        and -height < second.left - first.right < height
    )
