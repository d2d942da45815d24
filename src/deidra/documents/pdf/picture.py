"""A page as a picture of itself, with what must go painted over."""

from __future__ import annotations

import io
import math
import struct
from typing import TYPE_CHECKING, Any

from deidra.documents.pdf.reading import Box
from deidra.documents.work import ReadWord, Settings, Work
from deidra.errors import Held

if TYPE_CHECKING:
    import pikepdf
    from PIL import Image

_POINTS_PER_INCH = 72
# Glyphs reach beyond their boxes: slanted ones, accents, and the smoothing of edges
_MARGIN_OF_HEIGHT = 0.15
_MARGIN_PIXELS = 2
# One of 16 greys
_PAINT = (102, 102, 102)
_BLANK = (255, 255, 255)


def render(page: Any, settings: Settings) -> tuple[Image.Image, Any]:
    """The page in RGB without annotations and forms, and the function from page units to pixels."""
    width, height = page.get_size()
    scale = settings.raster_dots_per_inch / _POINTS_PER_INCH
    if not (0 < width < 1e6 and 0 < height < 1e6):
        raise Held("unknown-structure", "a page has no proper size")
    scale = min(scale, math.sqrt(settings.max_page_pixels / (width * height)))
    bitmap = page.render(scale=scale, may_draw_forms=False, draw_annots=False, fill_color=(255, 255, 255, 255))
    to_pixels = bitmap.get_posconv(page).to_bitmap
    picture = bitmap.to_pil().convert("RGB")
    bitmap.close()
    return picture, to_pixels


def paint(picture: Image.Image, boxes: list[Box], to_pixels: Any) -> None:
    """Paint over boxes in page units."""
    from PIL import ImageDraw

    draw = ImageDraw.Draw(picture)
    for box in boxes:
        corners = [to_pixels(x, y) for x in (box.left, box.right) for y in (box.bottom, box.top)]
        left, right = min(x for x, _ in corners), max(x for x, _ in corners)
        top, bottom = min(y for _, y in corners), max(y for _, y in corners)
        _rectangle(draw, left, top, right, bottom)


def paint_words(picture: Image.Image, words: list[ReadWord]) -> None:
    """Paint over words read in the picture."""
    from PIL import ImageDraw

    draw = ImageDraw.Draw(picture)
    for word in words:
        _rectangle(draw, word.left, word.top, word.right, word.bottom)


def _rectangle(draw: Any, left: float, top: float, right: float, bottom: float) -> None:
    margin = _MARGIN_PIXELS + _MARGIN_OF_HEIGHT * min(abs(bottom - top), abs(right - left) + 1)
    draw.rectangle((left - margin, top - margin, right + margin, bottom + margin), fill=_PAINT)


def words_to_paint(picture: Image.Image, work: Work) -> list[ReadWord]:
    """The words in a picture that must go; all of it is read, what stood in the text layer once more."""
    if work.read_picture is None:
        return []
    words = list(work.read_picture(picture.width, picture.height, picture.tobytes()))
    text = " ".join(word.text for word in words)
    unread = [word for word in words if not word.text.strip()]
    if not text.strip():
        return unread
    cleaned = work.clean(text)
    if cleaned.text == text:
        return unread
    if not cleaned.text.strip() or not cleaned.spans:
        return words
    gone, position = [], 0
    for word in words:
        end = position + len(word.text)
        if not word.text.strip() or any(span.start < end and span.end > position for span in cleaned.spans):
            gone.append(word)
        position = end + 1
    return gone


def picture_page(
    target: pikepdf.Pdf, page: Any, picture: Image.Image, size: tuple[float, float], *, few_greys: bool
) -> None:
    """Replace everything in `page` by a picture of `size` page units (FlateDecode, PNG predictor).

    Lossless, but with `few_greys`, for grey pages of nothing but letters and lines: those get 16 greys.
    """
    import pikepdf

    bits = 8
    if picture.mode == "RGB" and _is_grey(picture):
        picture = picture.convert("L")
        bits = 4 if few_greys else 8
    colours = len(picture.getbands())
    image = pikepdf.Stream(
        target,
        _png_data(picture, bits),
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image,
        Width=picture.width,
        Height=picture.height,
        BitsPerComponent=bits,
        ColorSpace=pikepdf.Name.DeviceGray if colours == 1 else pikepdf.Name.DeviceRGB,
        Filter=pikepdf.Name.FlateDecode,
        DecodeParms=pikepdf.Dictionary(Predictor=15, Colors=colours, BitsPerComponent=bits, Columns=picture.width),
    )
    width, height = (round(each, 4) for each in size)
    for key in list(page.keys()):
        if key not in ("/Type", "/Parent"):
            del page[key]
    page["/MediaBox"] = pikepdf.Array([0, 0, width, height])
    page["/Resources"] = pikepdf.Dictionary(XObject=pikepdf.Dictionary({"/X1": target.make_indirect(image)}))
    page["/Contents"] = target.make_stream(f"q {width} 0 0 {height} 0 0 cm /X1 Do Q\n".encode())


def _is_grey(picture: Image.Image) -> bool:
    from PIL import ImageChops

    red, green, blue = picture.split()
    return not any(ImageChops.difference(red, other).getbbox() for other in (green, blue))


def _png_data(picture: Image.Image, bits: int) -> bytes:
    """The image data of a PNG are what FlateDecode with a PNG predictor wants (ISO 32000-2 7.4.4.4)."""
    sink = io.BytesIO()
    if bits == 4:
        # A palette of 16 greys: the indexes are the grey values of four bits
        picture = picture.point([round(grey / 17) for grey in range(256)])
        picture.putpalette([grey * 17 for grey in range(16) for _ in range(3)])
        picture.save(sink, "PNG", bits=4)
    else:
        picture.save(sink, "PNG")
    raw = sink.getvalue()
    data, position = [], 8
    while position < len(raw):
        length, kind = struct.unpack_from(">L4s", raw, position)
        if kind == b"IDAT":
            data.append(raw[position + 8 : position + 8 + length])
        position += 12 + length
    return b"".join(data)
