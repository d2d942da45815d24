from __future__ import annotations

import io
import subprocess
import sys
import zlib

import pikepdf
import pytest
from PIL import ImageChops
from reportlab.pdfgen.canvas import Canvas

from deidra.documents.work import ReadWord, Settings
from deidra.errors import Held, Rejected

from .pdf_makers import (
    CLEAN_LINES,
    GREY,
    hexed,
    mask_of_paint,
    rendered,
    report,
    saved,
    text_of,
    unpacked,
    with_everything,
    with_hidden_words,
    with_picture,
    with_revision,
)
from .subject import TERMS, clean, found_in, markers

PDF = "application/pdf"
M = markers(40)
DIRTY = "Seen by Quackenbush on 2024-02-29"


def test_clean_pages_keep_their_text_and_look_the_same() -> None:
    data = report(CLEAN_LINES, ("Second page",))
    cleaned = clean(data, PDF).data
    assert [text.split("\r\n") for text in text_of(cleaned)] == [list(CLEAN_LINES), ["Second page"]]
    for number in range(2):
        assert ImageChops.difference(rendered(data, number), rendered(cleaned, number)).getbbox() is None


def test_nothing_outside_the_pages_is_left() -> None:
    data = with_everything(report(CLEAN_LINES), M)
    planted = tuple(mark for mark in M if found_in(unpacked(data), hexed((mark,))))
    assert len(planted) >= 19
    cleaned = clean(data, PDF)
    assert found_in(unpacked(cleaned.data), hexed(planted)) == []
    assert found_in(repr(cleaned.edits).encode(), planted) == []
    with pikepdf.open(io.BytesIO(cleaned.data)) as pdf:
        assert set(pdf.Root.keys()) == {"/Type", "/Pages"}
        assert set(pdf.trailer.keys()) <= {"/Size", "/Root", "/ID"}
    assert {"pdf:metadata", "pdf:form", "pdf:names", "pdf:actions", "pdf:annotations"} <= {
        edit.locator for edit in cleaned.edits
    }


def test_previous_revisions_are_gone() -> None:
    data = with_revision(report((*CLEAN_LINES, DIRTY)), report(CLEAN_LINES))
    assert "Quackenbush" not in text_of(data)[0]
    cleaned = clean(data, PDF).data
    assert cleaned.count(b"%%EOF") == 1
    assert found_in(unpacked(cleaned), hexed(TERMS)) == []
    assert text_of(cleaned)[0].split("\r\n") == list(CLEAN_LINES)


def test_words_that_must_go_are_painted_over_and_the_others_can_still_be_found() -> None:
    data = report((*CLEAN_LINES, DIRTY), CLEAN_LINES)
    cleaned = clean(data, PDF)
    assert found_in(unpacked(cleaned.data), hexed((*TERMS, "2024-02-29"))) == []
    lines = [line.strip() for line in text_of(cleaned.data)[0].split("\r\n")]
    assert lines[:3] == list(CLEAN_LINES)
    assert not set("".join(lines[3:]).split()) & set(DIRTY.split()) - {"Seen", "by", "on"}
    assert text_of(cleaned.data)[1].split("\r\n") == list(CLEAN_LINES)
    assert "pdf:page=1" in {edit.locator for edit in cleaned.edits if edit.action == "paint"}


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_painted_page_looks_the_same_outside_of_the_paint(rotate: int) -> None:
    data = report((*CLEAN_LINES, DIRTY), rotate=rotate)
    before, after = rendered(data), rendered(clean(data, PDF).data)
    assert before.size == after.size
    painted = mask_of_paint(after)
    assert painted.getbbox() is not None
    outside = ImageChops.multiply(ImageChops.difference(before, after).convert("L"), ImageChops.invert(painted))
    assert outside.point(lambda level: 255 if level > 40 else 0).getbbox() is None
    # 19 of 33 characters of one line: neither nothing nor all
    share = painted.histogram()[255] / (painted.width * painted.height)
    assert 0.005 < share < 0.06


def test_the_painted_words_cannot_be_seen() -> None:
    """Two names of the same width: what is left of both pages is the same to the last pixel."""
    first, second = (clean(report((f"Seen: {name} today",), font="Courier"), PDF).data for name in NAMES)
    assert ImageChops.difference(rendered(first), rendered(second)).getbbox() is None
    assert text_of(first)[0].split() == text_of(second)[0].split() == ["Seen:", "today"]


NAMES = ("Vandersloot", "Quackenbush")


def test_a_page_that_does_not_begin_at_its_origin_is_painted_where_the_words_are() -> None:
    pages = []
    for name in NAMES:
        with pikepdf.open(io.BytesIO(report((f"Seen: {name} today",), font="Courier"))) as pdf:
            pdf.pages[0].obj["/MediaBox"] = pikepdf.Array([-50, -20, 450, 320])
            pdf.pages[0].obj["/CropBox"] = pikepdf.Array([20, 30, 300, 290])
            pages.append(clean(saved(pdf), PDF).data)
    assert ImageChops.difference(*map(rendered, pages)).getbbox() is None
    assert mask_of_paint(rendered(pages[0])).getbbox() is not None


def test_words_in_forms_inside_forms_are_found() -> None:
    with pikepdf.open(io.BytesIO(report((DIRTY,)))) as pdf:
        page = pdf.pages[0].obj
        for level in range(3):
            form = pdf.make_stream(page.Contents.read_bytes())
            form.Type, form.Subtype, form.BBox = pikepdf.Name.XObject, pikepdf.Name.Form, page.MediaBox
            form.Resources = page.Resources
            page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary({f"/{M[level]}": form}))
            page.Contents = pdf.make_stream(f"/{M[level]} Do".encode())
        data = saved(pdf)
    cleaned = clean(data, PDF)
    assert found_in(unpacked(cleaned.data), hexed((*TERMS, *M[:3]))) == []
    assert "paint" in {str(edit.action) for edit in cleaned.edits}


def test_hidden_words_vanish() -> None:
    data = with_hidden_words(("Vandersloot", "Wilhelmina", "Quackenbush", "Zumwalt Clinic"))
    cleaned = clean(data, PDF).data
    assert found_in(unpacked(cleaned), hexed(TERMS)) == []
    assert [line.strip() for line in text_of(cleaned)[0].split("\r\n")] == list(CLEAN_LINES)


@pytest.mark.parametrize("line", ["V a n d e r s l o o t", "normal Vander-", "W I L H E L M I N A"])
def test_a_spaced_out_or_broken_name_is_found(line: str) -> None:
    cleaned = clean(report((line, "sloot has a normal liver")), PDF)
    assert "paint" in {str(edit.action) for edit in cleaned.edits}
    assert found_in(unpacked(cleaned.data), hexed(TERMS)) == []
    assert {"has", "a", "normal", "liver"} <= set(text_of(cleaned.data)[0].split())


def test_pictures_that_nothing_has_read_are_held_by_default() -> None:
    with pytest.raises(Held, match="examination-not-possible") as held:
        clean(with_picture(), PDF)
    assert held.value.locator == "pdf:page=1"


def test_pictures_can_be_taken_out_and_the_text_stays() -> None:
    cleaned = clean(with_picture(), PDF, Settings(pictures="remove"))
    assert text_of(cleaned.data) == ["Liver normal"]
    assert "pdf:pictures" in {edit.locator for edit in cleaned.edits}
    colours = {colour for _, colour in rendered(cleaned.data).getcolors(1 << 20) or []}
    assert (200, 30, 30) not in colours


def test_pictures_can_be_released_and_it_is_told() -> None:
    cleaned = clean(with_picture(), PDF, Settings(pictures="release"))
    assert [each.made for each in cleaned.examinations if each.kind == "pixel-text"] == [False]
    assert (200, 30, 30) in {colour for _, colour in rendered(cleaned.data).getcolors(1 << 20) or []}


def test_what_a_reader_of_pictures_finds_is_painted_over() -> None:
    def read(width: int, height: int, rgb: bytes) -> list[ReadWord]:
        assert len(rgb) == 3 * width * height
        return [ReadWord("Wilhelmina", 90, 375, 160, 410), ReadWord("normal", 10, 10, 50, 20)]

    cleaned = clean(with_picture(), PDF, read_picture=read)
    picture = rendered(cleaned.data)
    assert picture.getpixel((120, 390)) == GREY
    assert picture.getpixel((30, 15)) == (255, 255, 255)
    assert [each.made for each in cleaned.examinations if each.kind == "pixel-text"] == [True]


def test_a_scanned_page_is_never_released_as_a_blank_one() -> None:
    with pytest.raises(Held, match="examination-not-possible"):
        clean(with_picture(" "), PDF, Settings(pictures="remove"))


def drawn_letters() -> bytes:
    sink = io.BytesIO()
    canvas = Canvas(sink, pagesize=(400, 300))
    canvas.drawString(40, 250, "Liver normal")
    for number in range(12):
        path = canvas.beginPath()
        path.moveTo(40 + 10 * number, 100)
        path.curveTo(45 + 10 * number, 120, 48 + 10 * number, 120, 50 + 10 * number, 100)
        path.curveTo(45 + 10 * number, 90, 48 + 10 * number, 80, 40 + 10 * number, 100)
        canvas.drawPath(path)
    canvas.save()
    return sink.getvalue()


def test_letters_drawn_as_curves_count_as_pictures() -> None:
    with pytest.raises(Held, match="examination-not-possible"):
        clean(drawn_letters(), PDF)
    without = clean(drawn_letters(), PDF, Settings(pictures="remove")).data
    assert rendered(without).crop((80, 380, 400, 440)).getcolors() == [(320 * 60, (255, 255, 255))]


@pytest.mark.parametrize("size", [1e-6, 0.001, 0.5, 5000])
def test_words_too_small_or_large_to_see_do_not_leave(size: float) -> None:
    with pikepdf.open(io.BytesIO(report(CLEAN_LINES))) as pdf:
        page = pdf.pages[0].obj
        font = next(iter(page.Resources.Font.keys()))
        page.Contents = pdf.make_stream(
            page.Contents.read_bytes() + f"\nBT {font} {size:.6f} Tf 9 9 Td (Vandersloot) Tj ET\n".encode()
        )
        data = saved(pdf)
    try:
        cleaned = clean(data, PDF).data
    except Held as held:
        assert held.code == "text-undecodable"  # noqa: PT017
    else:
        assert found_in(unpacked(cleaned), hexed(TERMS)) == []


@pytest.mark.parametrize(
    ("mime_type", "package"),
    [(PDF, "pikepdf"), (PDF, "pypdfium2"), ("text/xml", "lxml"), ("application/fhir+json", "lxml")],
)
def test_without_its_package_a_document_is_held(mime_type: str, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = {
        PDF: report(CLEAN_LINES),
        "text/xml": b"<a/>",
        "application/fhir+json": b'{"resourceType":"Patient","text":{"status":"empty","div":"<div/>"}}',
    }[mime_type]
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(Held, match="examination-not-possible"):
        clean(data, mime_type)


def encrypted(password: str) -> bytes:
    with pikepdf.open(io.BytesIO(report(CLEAN_LINES))) as pdf:
        return saved(pdf, encryption=pikepdf.Encryption(user=password, owner="owner"))


def many_pages(count: int) -> bytes:
    with pikepdf.Pdf.new() as pdf:
        page = pikepdf.Dictionary(Type=pikepdf.Name.Page, MediaBox=pikepdf.Array([0, 0, 9, 9]))
        for _ in range(count):
            pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
        return saved(pdf)


def bomb() -> bytes:
    with pikepdf.open(io.BytesIO(report(CLEAN_LINES))) as pdf:
        packer = zlib.compressobj(9)
        packed = b"".join(packer.compress(b" " * (1 << 20)) for _ in range(300)) + packer.flush()
        pdf.pages[0].obj["/Contents"] = pikepdf.Stream(pdf, packed, Filter=pikepdf.Name.FlateDecode)
        return saved(pdf, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)


def cyclic_pages() -> bytes:
    data = report(CLEAN_LINES)
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.Root.Pages.Kids = pikepdf.Array([pdf.Root.Pages])
        return saved(pdf)


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: encrypted("secret"), "document-encrypted"),
        (lambda: encrypted(""), "document-encrypted"),
        (lambda: report(CLEAN_LINES)[:600], "document-damaged"),
        (lambda: b"%PDF-1.7\n" + b"junk " * 100, "document-damaged"),
        (lambda: many_pages(2_001), "document-too-large"),
        (bomb, "document-too-large"),
        (cyclic_pages, "document-damaged"),
        (lambda: b"", "document-empty"),
        (lambda: many_pages(0), "document-empty"),
        (lambda: b"hello", "document-mismatch"),
    ],
    ids=["encrypted", "no password", "truncated", "junk", "pages", "bomb", "cycle", "empty", "no pages", "not pdf"],
)
def test_bad_pdf_is_refused_with_the_reason(make: object, code: str) -> None:
    with pytest.raises((Held, Rejected)) as refused:
        clean(make(), PDF)  # type: ignore[operator]
    assert refused.value.code == code


def test_a_pdf_without_a_table_of_its_objects_is_read_all_the_same() -> None:
    """What is judged is the new file, so it does not matter how the old one was read."""
    data = report((*CLEAN_LINES, DIRTY))
    cleaned = clean(data[: data.rindex(b"xref") - 4], PDF).data
    assert found_in(unpacked(cleaned), hexed(TERMS)) == []
    assert [line.strip() for line in text_of(cleaned)[0].split("\r\n")][:3] == list(CLEAN_LINES)


def test_a_long_page_is_read_to_its_end() -> None:
    """More than a megabyte of instructions, in one stream."""
    with pikepdf.open(io.BytesIO(report(CLEAN_LINES))) as pdf:
        page = pdf.pages[0].obj
        page["/Contents"] = pdf.make_stream(page.Contents.read_bytes() + b"0 0 m 10 0 l S " * 75_000)
        data = saved(pdf)
    assert text_of(clean(data, PDF).data)[0].split("\r\n") == list(CLEAN_LINES)


def test_too_many_pages_to_turn_into_pictures_are_held() -> None:
    data = report(*[(DIRTY,)] * 4)
    assert len(text_of(clean(data, PDF, Settings(max_picture_pages=4)).data)) == 4
    with pytest.raises(Held, match="document-too-large"):
        clean(data, PDF, Settings(max_picture_pages=3))


@pytest.mark.parametrize("at", range(20, 1400, 97))
def test_a_damaged_byte_never_leaks_or_escapes(at: int) -> None:
    data = bytearray(report((*CLEAN_LINES, DIRTY)))
    data[at % len(data)] ^= 0x15
    try:
        cleaned = clean(bytes(data), PDF).data
    except (Held, Rejected):
        return
    assert found_in(unpacked(cleaned), hexed(TERMS)) == []


def test_a_bomb_needs_no_more_memory_than_a_page() -> None:
    code = (
        "import sys, resource\n"
        "from tests.documents.test_pdf import bomb\n"
        "from tests.documents.subject import clean\n"
        "data = bomb()\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try:\n    clean(data, 'application/pdf')\n"
        "except Exception as error:\n    print(error.code)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    reason, grown_kib = ran.stdout.split()
    assert reason == "document-too-large"
    assert int(grown_kib) < 64 << 10
