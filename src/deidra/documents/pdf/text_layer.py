"""The words that stay of a page that became a picture, laid invisibly over it: they can still be found and copied.

Made of the cleaned text alone, so nothing lies there that the picture does not show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from deidra.documents.pdf.reading import Box, PageText, boxes_of
from deidra.documents.work import ReadWord

if TYPE_CHECKING:
    import pikepdf
    from PIL import Image

_LARGEST_CODE = 0xFFFF
_ADVANCE_THOUSANDTHS = 500
# Codes of two bytes are UTF-16: ISO 32000-2 9.10.3
_TO_UNICODE = (
    b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Text def /CMapType 2 def\n"
    b"1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
    b"1 beginbfrange <0000> <FFFF> <0000> endbfrange\n"
    b"endcmap CMapName currentdict /CMap defineresource pop end end\n"
)


class Word(msgspec.Struct, frozen=True):
    """A word that stays, and its box in pixels from the upper left."""

    text: str
    box: Box


def kept_words(
    textpage: Any, page: PageText, gone: set[int], to_pixels: Callable[[float, float], tuple[float, float]]
) -> list[Word]:
    """The words of a page without the characters in `gone`, where the picture shows them."""
    words = []
    for text, indexes in _words(page, gone):
        boxes = boxes_of(textpage, set(indexes))
        if boxes:
            # A word that was hyphenated stands where it begins
            words.append(Word(text, _in_pixels(boxes[0], to_pixels)))
    return words


def _words(page: PageText, gone: set[int]) -> Iterator[tuple[str, list[int]]]:
    letters: list[str] = []
    indexes: list[int] = []
    for character, index in zip(page.text, page.indexes, strict=True):
        if index in gone or character.isspace() or not character.isprintable() or ord(character) > _LARGEST_CODE:
            if letters:
                yield "".join(letters), indexes
            letters, indexes = [], []
        else:
            letters.append(character)
            indexes.append(index)
    if letters:
        yield "".join(letters), indexes


def _in_pixels(box: Box, to_pixels: Callable[[float, float], tuple[float, float]]) -> Box:
    corners = [to_pixels(x, y) for x in (box.left, box.right) for y in (box.bottom, box.top)]
    across, down = [x for x, _ in corners], [y for _, y in corners]
    return Box(min(across), max(down), max(across), min(down))


def without(words: list[Word], painted: list[ReadWord]) -> list[Word]:
    """The words that no painted box of the picture touches."""
    return [
        word
        for word in words
        if not any(
            word.box.left < box.right
            and box.left < word.box.right
            and word.box.top < box.bottom
            and box.top < word.box.bottom
            for box in painted
        )
    ]


def add_text_layer(
    target: pikepdf.Pdf, page: Any, font: Any, words: list[Word], picture: Image.Image, size: tuple[float, float]
) -> None:
    """Write `words` over the picture that `page` shows, in text rendering mode 3 (ISO 32000-2 9.3.6)."""
    import pikepdf

    if not words:
        return
    across, down = size[0] / picture.width, size[1] / picture.height
    lines = [b"BT 3 Tr"]
    for word in words:
        height = max(1.0, (word.box.bottom - word.box.top) * down)
        width = max(1.0, (word.box.right - word.box.left) * across)
        stretch = 100_000 * width / (len(word.text) * _ADVANCE_THOUSANDTHS * height)
        left, bottom = word.box.left * across, (picture.height - word.box.bottom) * down
        # The blank keeps neighbours apart for those who put the words together again
        codes = f"{word.text} ".encode("utf-16-be").hex()
        lines.append(f"/F1 {height:.2f} Tf {stretch:.2f} Tz 1 0 0 1 {left:.2f} {bottom:.2f} Tm <{codes}> Tj".encode())
    lines.append(b"ET\n")
    page["/Resources"]["/Font"] = pikepdf.Dictionary(F1=font)
    page["/Contents"] = target.make_stream(page["/Contents"].read_bytes() + b"\n".join(lines))


def invisible_font(target: pikepdf.Pdf) -> Any:
    """A font without glyphs, for text that is not drawn."""
    import pikepdf
    from pikepdf import Array, Dictionary, Name

    system = Dictionary(Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String("Identity"), Supplement=0)
    descriptor = Dictionary(
        Type=Name.FontDescriptor, FontName=Name.Text, Flags=4, FontBBox=Array([0, 0, 1000, 1000]), ItalicAngle=0,
        Ascent=1000, Descent=0, CapHeight=1000, StemV=80,
    )  # fmt: skip
    inner = Dictionary(
        Type=Name.Font, Subtype=Name.CIDFontType2, BaseFont=Name.Text, CIDSystemInfo=system,
        DW=_ADVANCE_THOUSANDTHS, FontDescriptor=target.make_indirect(descriptor), CIDToGIDMap=Name.Identity,
    )  # fmt: skip
    return target.make_indirect(
        Dictionary(
            Type=Name.Font, Subtype=Name.Type0, BaseFont=Name.Text, Encoding=Name("/Identity-H"),
            DescendantFonts=Array([target.make_indirect(inner)]), ToUnicode=target.make_stream(_TO_UNICODE),
        )
    )  # fmt: skip
