"""Identifiers in what is no DICOM object: names of files and folders, documents, archives; and in drawn pictures."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import MediaStorageDirectoryStorage

from deidra.verify.ocr import engine
from verify.clinic import MARGIT
from verify.damage import change, codes, found, look, released
from verify.mutations import docx, pdf

Copy = Callable[[], Path]
TEXT = b"seen by us: Halverson, Margit\n"


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("deep/er.txt", TEXT)
    return out.getvalue()


def tarred() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        archive.addfile(tarfile.TarInfo("Halverson_Margit.txt"), io.BytesIO())
    return out.getvalue()


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = chunk(b"IHDR", b"\0\0\0\1\0\0\0\1\x08\0\0\0\0")
    text = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(TEXT))
    return b"\x89PNG\r\n\x1a\n" + head + text + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


FILES = {
    "notes.txt": TEXT,
    "table.csv": b"id;name\n1;HALVERSON^MARGIT\n",
    "wide.txt": TEXT.decode().encode("utf-16"),
    "sidecar.json": json.dumps({"PatientName": "H\u00e4lverson", "x": "MH-4471902"}).encode(),
    "escaped.json": b'{"n": "\\u0048alverson \\u004dargit"}',
    "page.html": b"<p>H<b>alver</b>son, Mar<i>git</i></p>",
    "letter.rtf": rb"{\rtf1 Dear {\b Halver}son, Mar\'67it}",
    "report.pdf": pdf("Patient: Halverson, Margit"),
    "report.docx": docx("Halverson"),
    "all.zip": zipped(),
    "all.tar.gz": tarred(),
    "notes.gz": gzip.compress(TEXT),
    "notes.bz2": bz2.compress(TEXT),
    "notes.xz": lzma.compress(TEXT),
    "picture.png": png(),
}


@pytest.mark.parametrize("name", FILES)
def test_an_identifier_in_a_foreign_file_is_found(copy: Copy, name: str) -> None:
    folder = copy()
    (folder / "out" / name).write_bytes(FILES[name])
    assert look(folder).exit_code == 4
    assert codes(folder, "unclear") == {"foreign"}


@pytest.mark.parametrize("name", ["Halverson_Margit.dcm", "halverson/1.dcm", "scan MH4471902.dcm", "1948-03-17.dcm"])
def test_an_identifier_in_a_name_is_found_and_not_repeated(copy: Copy, name: str) -> None:
    folder = copy()
    path = released(folder)[0]
    target = path.parent / name
    target.parent.mkdir(exist_ok=True)
    path.rename(target)
    # A day of birth is known to be one only where the file is known to be hers, which the ledger no longer says
    look(folder, source=name.startswith("1948"))
    entries = found(folder, "leak", "suspect")
    assert {entry["locator"] for entry in entries} == {"name:"}
    report = (folder / "report" / "verify.json").read_text() + (folder / "report" / "verify.html").read_text()
    assert Path(name).name not in report


def test_a_locked_or_broken_archive_is_not_called_clean(copy: Copy) -> None:
    folder = copy()
    (folder / "out" / "broken.zip").write_bytes(zipped()[:-40])
    assert look(folder).exit_code == 3
    assert "not-unpacked" in codes(folder, "unclear")


def test_an_archive_that_unfolds_without_end_is_given_up(copy: Copy) -> None:
    folder = copy()
    data = b"\0" * (1 << 20)
    for _ in range(6):
        data = gzip.compress(data, 1)
    (folder / "out" / "bomb.gz").write_bytes(data)
    assert look(folder).exit_code == 3
    assert "not-unpacked" in codes(folder, "unclear")


def test_a_media_directory_is_searched(copy: Copy) -> None:
    folder = copy()
    record = Dataset()
    record.DirectoryRecordType, record.PatientName, record.PatientID = "PATIENT", MARGIT.name, "x"

    def directory(ds: Dataset) -> None:
        ds.clear()
        ds.FileSetID, ds.DirectoryRecordSequence = "X", [record]
        ds.file_meta.MediaStorageSOPClassUID = MediaStorageDirectoryStorage

    path = folder / "out" / "DICOMDIR"
    shutil.copy(released(folder)[0], path)
    change(path, directory)
    assert look(folder).exit_code == 4
    assert {entry["locator"] for entry in found(folder, "leak")} == {"dcm:(0004,1220)[0]/(0010,0010)"}


def drawn(text: str, height: int, width: int) -> bytes:
    """White writing on black."""
    from PIL import Image, ImageDraw

    picture = Image.new("L", (width, height))
    ImageDraw.Draw(picture).text((8, 8), text, fill=255, font_size=20)
    return picture.tobytes()


def in_pixels(ds: Dataset) -> None:
    ds.Rows, ds.Columns, ds.BitsAllocated, ds.BitsStored, ds.HighBit = 64, 256, 8, 8, 7
    ds.PixelData = drawn("Halverson Margit", 64, 256)


def in_one_frame_of_forty(ds: Dataset) -> None:
    ds.Rows, ds.Columns, ds.BitsAllocated, ds.BitsStored, ds.HighBit = 64, 256, 8, 8, 7
    ds.NumberOfFrames = 40
    frames = [drawn("Chest supine AP view", 64, 256)] * 40
    frames[13] = drawn("Halverson Margit", 64, 256)
    ds.PixelData = b"".join(frames)


def in_an_overlay(ds: Dataset) -> None:
    bits = "".join("1" if value > 127 else "0" for value in drawn("Halverson Margit", 64, 256))
    ds.add_new(0x60000010, "US", 64)
    ds.add_new(0x60000011, "US", 256)
    ds.add_new(0x60000040, "CS", "G")
    ds.add_new(0x60000050, "SS", [1, 1])
    ds.add_new(0x60000100, "US", 1)
    ds.add_new(0x60000102, "US", 0)
    ds.add_new(0x60003000, "OW", bytes(int(bits[at : at + 8][::-1], 2) for at in range(0, len(bits), 8)))


@pytest.mark.skipif(not engine(), reason="no OCR engine is installed")
def test_writing_in_pictures_is_read_even_where_it_is_seldom(copy: Copy) -> None:
    folder = copy()
    for path, edit in zip(released(folder), (in_pixels, in_an_overlay), strict=False):
        change(path, edit)
    assert look(folder, ocr="likely").exit_code == 4
    assert {entry["locator"] for entry in found(folder, "leak", "suspect")} == {"px:frames=0", "dcm:(6000,3000)"}
    assert look(folder, ocr="none").exit_code == 3  # the files are not as long as they were


@pytest.mark.skipif(not engine(), reason="no OCR engine is installed")
def test_writing_that_one_frame_of_many_shows_is_read(copy: Copy) -> None:
    folder = copy()
    change(released(folder)[0], in_one_frame_of_forty)
    assert look(folder, ocr="likely").exit_code == 4
    assert {entry["locator"] for entry in found(folder, "leak", "suspect")} == {"px:frames=13"}
