"""A page that was scanned is read: lines that name the person are painted over, the others stay."""

from __future__ import annotations

import io

import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFont

from deidra.pixels.picture_reader import picture_reader, read_picture
from documents.subject import clean

pytestmark = pytest.mark.skipif(picture_reader() is None, reason="what reads pictures is not installed")

LINES = (
    "Patient: Wilhelmina Vandersloot",
    "Record MRN-4711-0815 of 12.03.2019",
    "The liver is normal. No effusion.",
    "Impression: no metastases",
)


def scan() -> bytes:
    """A PDF of one A5 page that is a picture."""
    page = Image.new("L", (874, 1240), 245)
    pen = ImageDraw.Draw(page)
    for number, line in enumerate(LINES):
        pen.text((90, 120 + 90 * number), line, fill=20, font=ImageFont.load_default(30))
    sink = io.BytesIO()
    page.save(sink, "PDF", resolution=150)
    return sink.getvalue()


def lines_of(data: bytes) -> str:
    """What stands in the pages of a PDF, read as pictures."""
    document = pypdfium2.PdfDocument(data)
    picture = document[0].render(scale=150 / 72).to_pil().convert("RGB")
    document.close()
    return " ".join(word.text for word in read_picture(picture.width, picture.height, picture.tobytes()))


def test_lines_that_name_somebody_are_painted_over_and_the_others_stay() -> None:
    before = lines_of(scan())
    assert "Vandersloot" in before
    cleaned = clean(scan(), "application/pdf", read_picture=read_picture)
    after = lines_of(cleaned.data)
    assert not any(word in after for word in ("Vander", "sloot", "Wilhel", "4711", "12.03"))
    assert "liver is normal" in after
    assert "metastases" in after
    assert [look.made for look in cleaned.examinations if look.kind == "pixel-text"] == [True]
