"""Fonts of PDF pages: what they draw stays, what they say about themselves goes, and what lies is noticed."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pytest
from PIL import ImageChops
from reportlab import rl_config
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from deidra.errors import Held

from .pdf_makers import hexed, mask_of_paint, rendered, report, saved, text_of, unpacked
from .subject import clean, found_in, markers

PDF = "application/pdf"
M = markers(40)


def test_a_map_to_unicode_that_lies_is_noticed() -> None:
    with pikepdf.open(io.BytesIO(report(("Vandersloot",)))) as pdf:
        codes = "".join(f"<{ord(letter):02x}> <{ord('x'):04x}>\n" for letter in sorted(set("Vandersloot")))
        body = (
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n1 begincodespacerange\n<00> <ff>\n"
            f"endcodespacerange\n10 beginbfchar\n{codes}endbfchar\nendcmap\nend\nend\n"
        )
        for font in pdf.pages[0].Resources.Font.values():
            font["/ToUnicode"] = pdf.make_stream(body.encode())
        data = saved(pdf)
    assert text_of(data) == ["x" * 11]
    with pytest.raises(Held, match="text-undecodable"):
        clean(data, PDF)


def embedded(line: str) -> bytes:
    folder = Path(rl_config.__file__).parent / "fonts"
    registerFont(TTFont("Vera", str(folder / "Vera.ttf")))
    sink = io.BytesIO()
    canvas = Canvas(sink, pagesize=(400, 300))
    canvas.setFont("Vera", 12)
    canvas.drawString(40, 250, line)
    canvas.save()
    return sink.getvalue()


def test_an_embedded_font_keeps_its_letters_and_loses_its_notices() -> None:
    data = embedded("Größe normal")
    cleaned = clean(data, PDF).data
    assert text_of(cleaned) == ["Größe normal"]
    assert ImageChops.difference(rendered(data), rendered(cleaned)).getbbox() is None
    assert b"Bitstream" in unpacked(data)
    assert b"Bitstream" not in unpacked(cleaned)


def test_a_font_that_is_not_understood_makes_the_page_a_picture() -> None:
    with pikepdf.open(io.BytesIO(embedded("Liver normal"))) as pdf:
        for font in pdf.pages[0].Resources.Font.values():
            if "/FontDescriptor" in font:
                font.FontDescriptor["/FontFile3"] = pdf.make_stream(M[0].encode())
                del font.FontDescriptor["/FontFile2"]
        data = saved(pdf)
    cleaned = clean(data, PDF).data
    assert text_of(cleaned)[0].split() == ["Liver", "normal"]
    assert b"/Subtype /Image" in unpacked(cleaned)
    assert found_in(unpacked(cleaned), M) == []


def composite(line: str) -> bytes:
    """A line in a font of two-byte codes, as browsers and word processors write them."""
    program = (Path(rl_config.__file__).parent / "fonts" / "Vera.ttf").read_bytes()
    glyphs = TTFont("Vera", io.BytesIO(program)).face.charToGlyph
    with pikepdf.Pdf.new() as pdf:
        name, letters = pikepdf.Name("/ABCDEF+Vera"), sorted(set(line))
        pairs = "".join(f"<{glyphs[ord(letter)]:04x}> <{ord(letter):04x}>\n" for letter in letters)
        mapped = (
            f"1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n{len(letters)} beginbfchar\n{pairs}endbfchar\n"
        )
        descriptor = pikepdf.Dictionary(
            Type=pikepdf.Name.FontDescriptor, FontName=name, Flags=4, FontBBox=pikepdf.Array([-200, -300, 1300, 1000]),
            ItalicAngle=0, Ascent=900, Descent=-200, CapHeight=700, StemV=80, FontFile2=pdf.make_stream(program),
        )  # fmt: skip
        system = pikepdf.Dictionary(Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String(M[5]), Supplement=0)
        descendant = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.CIDFontType2, BaseFont=name, CIDSystemInfo=system, DW=600,
            FontDescriptor=pdf.make_indirect(descriptor), CIDToGIDMap=pikepdf.Name.Identity,
        )  # fmt: skip
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type0, BaseFont=name, Encoding=pikepdf.Name("/Identity-H"),
            DescendantFonts=pikepdf.Array([pdf.make_indirect(descendant)]),
            ToUnicode=pdf.make_stream(f"% {M[6]}\nbegincmap\n/CMapName /{M[7]} def\n{mapped}endcmap\n".encode()),
        )  # fmt: skip
        # The last blank stands alone: readers leave it out and make one of their own
        codes = ["".join(f"{glyphs[ord(letter)]:04x}" for letter in part) for part in (line[:-1], line[-1])]
        page = pikepdf.Dictionary(
            Type=pikepdf.Name.Page, MediaBox=pikepdf.Array([0, 0, 400, 300]),
            Resources=pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=pdf.make_indirect(font))),
            Contents=pdf.make_stream(f"BT /F1 12 Tf 40 250 Td <{codes[0]}> Tj <{codes[1]}> Tj ET".encode()),
        )  # fmt: skip
        pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
        return saved(pdf)


def test_text_in_two_byte_codes_is_kept_or_painted() -> None:
    data = composite("Größe normal ")
    cleaned = clean(data, PDF).data
    assert text_of(cleaned)[0].strip() == "Größe normal"
    assert ImageChops.difference(rendered(data), rendered(cleaned)).getbbox() is None
    assert found_in(unpacked(cleaned), hexed((*M, "Bitstream"))) == []
    painted = clean(composite("Seen by Quackenbush "), PDF).data
    assert text_of(painted)[0].split() == ["Seen", "by"]
    assert mask_of_paint(rendered(painted)).getbbox() is not None
