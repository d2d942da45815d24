"""PDF files with something planted in every place that can hold it."""

from __future__ import annotations

import io

import pikepdf
import pypdfium2
from pikepdf import Array, Dictionary, Name, String
from PIL import Image, ImageChops, ImageFilter
from reportlab.lib.colors import white
from reportlab.pdfgen.canvas import Canvas

# What words are painted over with
GREY = (102, 102, 102)
CLEAN_LINES = ("CT of the chest", "Liver and spleen are normal.", "Largest diameter 12.5 mm")


def report(*pages: tuple[str, ...], rotate: int = 0, font: str = "Helvetica") -> bytes:
    """Pages of lines, 18 points each, from the top, with a box and a rule."""
    sink = io.BytesIO()
    canvas = Canvas(sink, pagesize=(400, 300), pageCompression=1)
    for lines in pages:
        canvas.setFont(font, 12)
        for number, line in enumerate(lines):
            canvas.drawString(40, 250 - 18 * number, line)
        canvas.rect(30, 30, 340, 240)
        canvas.line(30, 50, 370, 50)
        canvas.showPage()
    canvas.save()
    data = sink.getvalue()
    if rotate:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            for page in pdf.pages:
                page.obj["/Rotate"] = rotate
            data = saved(pdf)
    return data


def saved(pdf: pikepdf.Pdf, **options: object) -> bytes:
    sink = io.BytesIO()
    pdf.save(sink, **options)  # type: ignore[arg-type]
    return sink.getvalue()


def with_everything(data: bytes, marks: tuple[str, ...]) -> bytes:
    """`data` with a marker in every place outside the pages' words; 22 of them."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        mark = iter(marks)
        pdf.docinfo["/Author"], pdf.docinfo["/Title"] = String(next(mark)), String(next(mark))
        with pdf.open_metadata() as xmp:
            xmp["dc:creator"] = [next(mark)]
        pdf.attachments[next(mark) + ".txt"] = next(mark).encode()
        root, page = pdf.Root, pdf.pages[0].obj
        root["/OpenAction"] = Dictionary(S=Name.JavaScript, JS=String(f"app.alert('{next(mark)}')"))
        root["/AA"] = Dictionary(WC=Dictionary(S=Name.JavaScript, JS=String(next(mark))))
        field = pdf.make_indirect(
            Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String(next(mark)), V=String(next(mark)),
                       Rect=Array([10, 10, 90, 30]))
        )  # fmt: skip
        root["/AcroForm"] = Dictionary(Fields=Array([field]))
        note = Dictionary(Type=Name.Annot, Subtype=Name.Text, Contents=String(next(mark)), Rect=Array([0, 0, 9, 9]))
        page["/Annots"] = Array([field, pdf.make_indirect(note)])
        page["/PieceInfo"] = Dictionary(App=Dictionary(Private=String(next(mark)), LastModified=String("D:2024")))
        page["/Metadata"] = pdf.make_stream(next(mark).encode())
        page["/Thumb"] = pdf.make_stream(next(mark).encode())
        with pdf.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem(next(mark), 0))
        root["/StructTreeRoot"] = Dictionary(Type=Name.StructTreeRoot, K=String(next(mark)))
        layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String(next(mark))))
        root["/OCProperties"] = Dictionary(OCGs=Array([layer]), D=Dictionary(OFF=Array([layer])))
        root["/Names"]["/Dests"] = Dictionary(Names=Array([String(next(mark)), Array([page, Name.Fit])]))
        for font in page.Resources.Font.values():
            font["/" + next(mark)] = String(next(mark))
        content = page.Contents.read_bytes()
        page["/Contents"] = pdf.make_stream(
            b"/Span <</ActualText ("
            + next(mark).encode()
            + b")>> BDC\n% "
            + next(mark).encode()
            + b"\n"
            + content
            + b"\nEMC\n"
        )
        return saved(pdf, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def with_revision(first: bytes, second: bytes) -> bytes:
    """`first`, replaced in an incremental update by `second`, whose objects are appended."""
    with pikepdf.open(io.BytesIO(first)) as old, pikepdf.open(io.BytesIO(second)) as new:
        content = new.pages[0].Contents.read_bytes()
        number = old.pages[0].Contents.objgen[0]
        size = int(old.trailer.Size)
        root = old.Root.objgen[0]
    start = first.rindex(b"startxref")
    previous = int(first[start:].split()[1])
    body = b"%d 0 obj\n<< /Length %d >>\nstream\n" % (number, len(content)) + content + b"\nendstream\nendobj\n"
    offset = len(first) + 1
    table = b"xref\n%d 1\n%010d 00000 n \n" % (number, offset)
    trailer = b"trailer\n<< /Size %d /Root %d 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (
        size, root, previous, offset + len(body),
    )  # fmt: skip
    return first + b"\n" + body + table + trailer


def with_hidden_words(words: tuple[str, str, str, str]) -> bytes:
    """Clean lines, and words that no eye sees: invisible, white, behind a box, and outside of the page."""
    sink = io.BytesIO()
    canvas = Canvas(sink, pagesize=(400, 300))
    for number, line in enumerate(CLEAN_LINES):
        canvas.drawString(40, 250 - 18 * number, line)
    invisible = canvas.beginText(40, 100)
    invisible.setTextRenderMode(3)
    invisible.textLine(words[0])
    canvas.drawText(invisible)
    canvas.saveState()
    canvas.setFillColor(white)
    canvas.drawString(40, 80, words[1])
    canvas.restoreState()
    canvas.drawString(40, 60, words[2])
    canvas.setFillGray(0.5)
    canvas.rect(30, 55, 340, 20, stroke=0, fill=1)
    canvas.setFillGray(0)
    canvas.drawString(1000, 1000, words[3])
    canvas.showPage()
    canvas.save()
    return sink.getvalue()


def with_picture(line: str = "Liver normal") -> bytes:
    sink = io.BytesIO()
    canvas = Canvas(sink, pagesize=(400, 300))
    canvas.drawString(40, 250, line)
    canvas.drawInlineImage(Image.new("RGB", (40, 20), (200, 30, 30)), 40, 100)
    canvas.showPage()
    canvas.save()
    return sink.getvalue()


def unpacked(data: bytes) -> bytes:
    """Every byte of a PDF: the file, and each stream and string unpacked."""
    parts = [data]
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for item in pdf.objects:
            if isinstance(item, pikepdf.Stream):
                parts.append(item.read_raw_bytes())
                parts.append(item.read_bytes())
                parts.append(repr(dict(item)).encode())
            else:
                parts.append(item.unparse(resolved=True))
        parts.append(pdf.trailer.unparse())
    return b"\n".join(parts)


def text_of(data: bytes) -> list[str]:
    shown = pypdfium2.PdfDocument(data)
    try:
        texts = []
        for page in shown:
            textpage = page.get_textpage()
            texts.append(textpage.get_text_range())
            textpage.close()
            page.close()
        return texts
    finally:
        shown.close()


def rendered(data: bytes, number: int = 0, scale: float = 150 / 72) -> Image.Image:
    shown = pypdfium2.PdfDocument(data)
    try:
        page = shown[number]
        bitmap = page.render(scale=scale, may_draw_forms=False, draw_annots=False)
        picture = bitmap.to_pil().convert("RGB").copy()
        bitmap.close()
        page.close()
        return picture
    finally:
        shown.close()


def hexed(needles: tuple[str, ...]) -> tuple[str, ...]:
    """The needles, and as content streams may write them: in codes of one byte and of two."""
    return (*needles, *(needle.encode(code).hex() for needle in needles for code in ("utf-8", "utf-16-be")))


def mask_of_paint(picture: Image.Image) -> Image.Image:
    """White where the paint is, one pixel wider for its smoothed edge."""
    plain = Image.new("RGB", picture.size, GREY)
    same = ImageChops.difference(picture, plain).convert("L").point(lambda level: 255 if level == 0 else 0)
    # Single grey pixels of smoothed letters are no paint
    return same.filter(ImageFilter.MinFilter(5)).filter(ImageFilter.MaxFilter(9))
