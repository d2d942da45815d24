"""A PDF rebuilt page by page in a new file, which has nothing but pages.

A page whose words are clean and whose parts are all understood stays a page, with its text. Any other becomes a
picture of itself with the words that must go painted over; behind it lie the words that stay, and nothing else.
Judged is what the new file shows, never the old one: two readers may see different documents in the same bytes.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from deidra._version import __version__
from deidra.documents.pdf.facts import PageFacts
from deidra.documents.pdf.page_filter import PageFilter
from deidra.documents.pdf.picture import paint, paint_words, picture_page, render, words_to_paint
from deidra.documents.pdf.reading import boxes_of, found, read_page
from deidra.documents.pdf.source import open_pdf
from deidra.documents.pdf.text_layer import add_text_layer, invisible_font, kept_words, without
from deidra.documents.work import Work, missing
from deidra.errors import Held, Rejected
from deidra.model import Action, Examination

if TYPE_CHECKING:
    import pikepdf

SOURCE = "ISO 32000-2; PS3.15 Table E.1-1 (0042,0011)"
_BY = f"deidra {__version__}"
_DROPPED = (
    ("/Metadata", "pdf:metadata"),
    ("/Names", "pdf:names"),
    ("/AcroForm", "pdf:form"),
    ("/OpenAction", "pdf:actions"),
    ("/AA", "pdf:actions"),
    ("/Outlines", "pdf:outlines"),
    ("/OCProperties", "pdf:layers"),
    ("/AF", "pdf:attachments"),
    ("/StructTreeRoot", "pdf:tags"),
    ("/PieceInfo", "pdf:private"),
)


def clean_pdf(data: bytes, work: Work) -> bytes:
    """A PDF without the person. Raises Held when it is encrypted, too much, or shows pictures nobody has read."""
    try:
        import pikepdf
        import pypdfium2  # type: ignore[import-untyped]
    except ImportError:
        raise missing("pikepdf or pypdfium2") from None
    try:
        with open_pdf(data, work.settings) as source, pikepdf.Pdf.new() as target:
            _record_what_goes(source, work)
            pages = PageFilter(source, target, work.settings)
            facts = [pages.page(page.obj) for page in source.pages]
            _require_pictures_read(facts, work)
            _judge(target, facts, work)
            return _saved(target)
    except (pikepdf.PdfError, pikepdf.DataDecodingError, pikepdf.ForeignObjectError, pypdfium2.PdfiumError):
        raise Rejected("document-damaged", "the PDF is damaged") from None
    except (LookupError, AttributeError, TypeError, ValueError, ArithmeticError, RuntimeError):
        # An object is missing or is of another type than the standard wants
        raise Rejected("document-damaged", "the PDF is not built as the standard wants") from None


def _record_what_goes(source: pikepdf.Pdf, work: Work) -> None:
    if "/Info" in source.trailer:
        work.edit("pdf:info", Action.REMOVE, "document:pdf-part", SOURCE)
    for key, locator in _DROPPED:
        if key in source.Root:
            work.edit(locator, Action.REMOVE, "document:pdf-part", SOURCE)
    work.edit("pdf:file", Action.REWRITE, "document:pdf-rebuilt", SOURCE)
    if any("/Annots" in page.obj for page in source.pages):
        work.edit("pdf:annotations", Action.REMOVE, "document:pdf-part", SOURCE)


def _require_pictures_read(facts: list[PageFacts], work: Work) -> None:
    """Raises Held when there are pictures, the policy does not take them out, and nothing can read them."""
    shown = [number for number, each in enumerate(facts, 1) if each.pictures]
    if not shown:
        if any(each.pictures_removed for each in facts):
            work.edit("pdf:pictures", Action.REMOVE, "document:pdf-picture", SOURCE)
        return
    if work.read_picture is not None:
        work.examined(Examination("pixel-text", True, _BY))
        return
    if work.settings.pictures == "hold":
        raise Held("examination-not-possible", "the PDF shows pictures that nothing has read", f"pdf:page={shown[0]}")
    work.examined(Examination("pixel-text", False, "", "pictures in the document are not searched for text"))


def _judge(target: pikepdf.Pdf, facts: list[PageFacts], work: Work) -> None:
    """Read every page as the new file shows it, and turn into pictures those that must be."""
    import pypdfium2

    font = invisible_font(target)
    pictures = 0
    shown = pypdfium2.PdfDocument(_saved(target))
    try:
        if len(shown) != len(facts):
            raise Rejected("document-damaged", "the pages of the PDF cannot be counted")
        for number, each in enumerate(facts):
            page = shown[number]
            try:
                pictures += _page(page, target.pages[number].obj, each, work, target, font, number + 1)
            finally:
                page.close()
            if pictures > work.settings.max_picture_pages:
                why = f"more than {work.settings.max_picture_pages} pages would have to become pictures"
                raise Held("document-too-large", why)
    finally:
        shown.close()


def _page(shown: Any, page: Any, facts: PageFacts, work: Work, target: pikepdf.Pdf, font: Any, number: int) -> bool:
    """Judge one page; gives whether it became a picture."""
    locator = f"pdf:page={number}"
    textpage = shown.get_textpage()
    try:
        text = read_page(textpage)
        if facts.pictures_removed and not text.text.strip():
            raise Held("examination-not-possible", "a page is a picture only, which nothing has read", locator)
        gone = found(text, work)
        if not gone and work.names_subject("".join(facts.raw_text)):
            raise Held("text-undecodable", "what a page draws and what its text says are not the same", locator)
        # Text that one reader shows and the other does not see is not judged: only what is drawn may stay
        if not gone and not facts.reasons and not facts.pictures and text.own_characters >= facts.shown_codes:
            work.keep(text.text, changed=False)
            return False
        picture, to_pixels = render(shown, work.settings)
        words = kept_words(textpage, text, gone, to_pixels)
        boxes = boxes_of(textpage, gone) if gone else []
    finally:
        textpage.close()
    paint(picture, boxes, to_pixels)
    if boxes:
        work.edit(locator, Action.PAINT, "document:pdf-words", SOURCE)
    read = words_to_paint(picture, work) if facts.pictures else []
    if read:
        paint_words(picture, read)
        work.edit(locator, Action.PAINT, "document:pdf-picture-words", SOURCE)
    work.edit(locator, Action.REWRITE, "document:pdf-page-as-picture", SOURCE)
    work.keep(text.without(gone), changed=bool(gone))
    picture_page(target, page, picture, shown.get_size(), few_greys=not facts.pictures)
    add_text_layer(target, page, font, without(words, read), picture, shown.get_size())
    return True


def _saved(target: pikepdf.Pdf) -> bytes:
    """The file: nothing but what its pages use, and an identifier made from that."""
    import pikepdf

    sink = io.BytesIO()
    target.save(
        sink,
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
        compress_streams=True,
        deterministic_id=True,
        fix_metadata_version=False,
        preserve_pdfa=False,
    )
    return sink.getvalue()
