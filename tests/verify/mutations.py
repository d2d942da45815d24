"""Leaks to plant in a clean release, one in a file: each a carrier, and the place where it must be found."""

from __future__ import annotations

import base64
import gzip
import io
import struct
import urllib.parse
import zipfile
import zlib
from collections.abc import Callable
from typing import NamedTuple

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    EncapsulatedPDFStorage,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
)

from verify import clinic
from verify.clinic import part10


class Mutation(NamedTuple):
    """`plant` changes the bytes of a file; `where` begins the locator of the finding.

    `needs_source`: the ledger of the run does not know the identifier.
    """

    name: str
    plant: Callable[[bytes], bytes]
    where: str
    needs_source: bool = False


def edited(change: Callable[[Dataset], None], syntax: str | None = None) -> Callable[[bytes], bytes]:
    """A change of the data set."""

    def plant(data: bytes) -> bytes:
        ds = dcmread(io.BytesIO(data))
        change(ds)
        return part10(ds, syntax or str(ds.file_meta.TransferSyntaxUID))

    return plant


def put(keyword: str, value: object) -> Callable[[bytes], bytes]:
    return edited(lambda ds: setattr(ds, keyword, value))


def private(vr: str, value: object) -> Callable[[bytes], bytes]:
    return edited(lambda ds: ds.private_block(0x0019, "ACME 1.0", create=True).add_new(0x01, vr, value))


def nested(value: str) -> Callable[[bytes], bytes]:
    item, inner = Dataset(), Dataset()
    inner.CodeMeaning = value
    item.ScheduledProtocolCodeSequence = Sequence([inner])
    return edited(lambda ds: setattr(ds, "RequestAttributesSequence", Sequence([item])))


def content(value_type: str, value: str) -> Callable[[bytes], bytes]:
    """An item of a structured report."""
    item = Dataset()
    item.RelationshipType, item.ValueType = "CONTAINS", value_type
    setattr(item, {"TEXT": "TextValue", "PNAME": "PersonName", "UIDREF": "UID"}[value_type], value)
    return edited(lambda ds: setattr(ds, "ContentSequence", Sequence([Dataset(), item])))


def with_charset(charset: str, keyword: str, value: object) -> Callable[[bytes], bytes]:
    def change(ds: Dataset) -> None:
        ds.SpecificCharacterSet = charset
        setattr(ds, keyword, value)

    return edited(change)


def meta_element(element: int, vr: bytes, value: bytes) -> Callable[[bytes], bytes]:
    """An element at the end of the file meta information, whose length is brought up to date."""

    def plant(data: bytes) -> bytes:
        length = struct.unpack("<L", data[140:144])[0]
        padded = value + b"\0" * (len(value) % 2)
        head = struct.pack("<HH2sH", 2, element, vr, len(padded))
        if vr == b"OB":
            head = struct.pack("<HH2sHL", 2, element, vr, 0, len(padded))
        added = head + padded
        end = 144 + length
        return data[:140] + struct.pack("<L", length + len(added)) + data[144:end] + added + data[end:]

    return plant


def encapsulated(document: bytes, mime: str) -> Callable[[bytes], bytes]:
    def change(ds: Dataset) -> None:
        ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = EncapsulatedPDFStorage
        ds.MIMETypeOfEncapsulatedDocument = mime
        ds.EncapsulatedDocument = document + b"\0" * (len(document) % 2)

    return edited(change)


def coded(frame: bytes, syntax: str) -> Callable[[bytes], bytes]:
    def change(ds: Dataset) -> None:
        ds.PixelData = encapsulate([frame])
        ds["PixelData"].VR = "OB"
        ds["PixelData"].is_undefined_length = True

    return edited(change, syntax)


def segment(marker: int, payload: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload


def box(kind: bytes, payload: bytes) -> bytes:
    return struct.pack(">L4s", len(payload) + 8, kind) + payload


def pdf(text: str) -> bytes:
    from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

    out = io.BytesIO()
    canvas = Canvas(out, pageCompression=1)
    canvas.drawString(72, 720, text)
    canvas.save()
    return out.getvalue()


def zipped(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


def docx(text: str) -> bytes:
    """The part of an office file that matters: a word in two runs."""
    runs = f"<w:p><w:r><w:t>{text[:4]}</w:t></w:r><w:r><w:t>{text[4:]}</w:t></w:r></w:p>"
    return zipped("word/document.xml", f'<?xml version="1.0"?><w:document>{runs}</w:document>'.encode())


def doubled(data: bytes) -> bytes:
    """The same attribute twice, of which readers keep the last."""
    at = data.index(b"\x10\0\x20\0LO")
    value = b"Halverson^Margit"
    return data[:at] + b"\x10\0\x10\0PN" + struct.pack("<H", len(value)) + value + data[at:]


def in_item(data: bytes) -> bytes:
    """A doubled element inside an item: no reader shows the first."""
    first = struct.pack("<HH2sH", 0x0008, 0x0104, b"LO", 10) + b"Halverson "
    item = first + struct.pack("<HH2sH", 0x0008, 0x0104, b"LO", 4) + b"none"
    sequence = (
        struct.pack("<HH2sHL", 0x0008, 0x1032, b"SQ", 0, len(item) + 8)
        + struct.pack("<HHL", 0xFFFE, 0xE000, len(item))
        + item
    )
    at = data.index(b"\x10\0\x10\0PN")
    return data[:at] + sequence + data[at:]


def pixels(change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    return edited(lambda ds: setattr(ds, "PixelData", change(ds.PixelData)))


def overlay(ds: Dataset) -> None:
    ds.add_new(0x60000010, "US", 16)
    ds.add_new(0x60000011, "US", 16)
    ds.add_new(0x60000022, "LO", "by Halverson")
    ds.add_new(0x60003000, "OW", b"HALVERSON^MARGIT".ljust(32, b"\0"))


NAME = "Halverson^Margit"
B64 = base64.b64encode(b"patient HALVERSON MARGIT seen").decode()
JPEG_HEAD, JPEG_TAIL = (
    b"\xff\xd8" + segment(0xDB, b"\0" + b"\1" * 64),
    b"\xff\xda\0\x08\1\1\0\0\x3f\0" + b"\x55" * 40 + b"\xff\xd9",
)
J2K_HEAD = b"\xff\x4f\xff\x51" + struct.pack(">H", 41) + b"\0" * 39

MUTATIONS = (
    Mutation("name in a standard text", put("StudyDescription", "THORAX Halverson"), "dcm:(0008,1030)"),
    Mutation("name in capitals without caret", put("ImageComments", "HALVERSON MARGIT LIV"), "dcm:(0020,4000)"),
    Mutation("name in reverse order", put("ImageComments", "seen with Margit Halverson today"), "dcm:(0020,4000)"),
    Mutation("name with initial", put("ImageComments", "HALVERSON M"), "dcm:(0020,4000)"),
    Mutation("name glued to a word", put("SeriesDescription", "CTHalversonThorax"), "dcm:(0008,103E)"),
    Mutation("name spaced out", put("SeriesDescription", "H A L V E R S O N"), "dcm:(0008,103E)"),
    Mutation("given name alone", put("SeriesDescription", "Margit pre contrast"), "dcm:(0008,103E)"),
    Mutation("patient name kept", put("PatientName", NAME), "dcm:(0010,0010)"),
    Mutation("name in a device attribute that stays", put("StationName", "HALVERSON-CT"), "dcm:(0008,1010)"),
    Mutation("name in a code string", put("BodyPartExamined", "HALVERSON"), "dcm:(0018,0015)"),
    Mutation("physician", put("OperatorsName", "Quellmalz^D"), "dcm:(0008,1070)"),
    Mutation("id as it was", put("PatientID", "MH-4471902"), "dcm:(0010,0020)"),
    Mutation("id without separators", put("ImageComments", "ref mh4471902."), "dcm:(0020,4000)"),
    Mutation("digits of the accession number with spaces", put("ImageComments", "ACC 2007 1834"), "dcm:(0020,4000)"),
    Mutation("id as a number", put("SeriesNumber", 20071834), "dcm:(0020,0011)", needs_source=True),
    Mutation("day of birth in words", put("ImageComments", "born 17 March 1948"), "dcm:(0020,4000)"),
    Mutation("day of birth, German", put("ImageComments", "geb. 17.3.1948"), "dcm:(0020,4000)"),
    Mutation("day of birth with a short year", put("ImageComments", "dob 03/17/48"), "dcm:(0020,4000)"),
    Mutation("day of birth in a number", put("AcquisitionNumber", 19480317), "dcm:(0020,0012)"),
    Mutation("study date unshifted", put("StudyDate", "20041107"), "dcm:(0008,0020)"),
    Mutation("study date in text", put("SeriesDescription", "CT 2004-11-07"), "dcm:(0008,103E)"),
    Mutation("original UID as attribute", put("FrameOfReferenceUID", f"{clinic.ROOT}1.2000"), "dcm:(0020,0052)"),
    Mutation("original UID in text", put("ImageComments", f"was {clinic.ROOT}1.7"), "dcm:(0020,4000)"),
    Mutation("original UID in UTF-16", private("OB", f"{clinic.ROOT}1.7".encode("utf-16-le")), "dcm:(0019"),
    Mutation(
        "referenced original",
        edited(lambda ds: setattr(ds, "SourceImageSequence", Sequence([clinic.reference(f"{clinic.ROOT}1.1")]))),
        "dcm:(0008,2112)",
    ),
    Mutation("private text", private("LO", "HALVERSON"), "dcm:(0019"),
    Mutation("private UN", private("UN", b"\1\2Halverson^Margit\3\4"), "dcm:(0019"),
    Mutation("private OB in UTF-16 LE", private("OB", "Margit Halverson".encode("utf-16-le")), "dcm:(0019"),
    Mutation("private OB in UTF-16 BE", private("OB", "Margit Halverson".encode("utf-16-be")), "dcm:(0019"),
    Mutation("nested code meaning", nested("for Halverson"), "dcm:(0040,0275)"),
    Mutation("SR text", content("TEXT", "Mrs Halverson was examined"), "dcm:(0040,A730)"),
    Mutation("SR person name", content("PNAME", NAME), "dcm:(0040,A730)"),
    Mutation("SR UID", content("UIDREF", f"{clinic.ROOT}2.1"), "dcm:(0040,A730)"),
    Mutation("base64", put("ImageComments", f"payload {B64}"), "dcm:(0020,4000)"),
    Mutation("hex", put("ImageComments", b"x HALVERSON MARGIT x".hex()), "dcm:(0020,4000)"),
    Mutation("hex with colons", put("ImageComments", b"Halverson".hex(":")), "dcm:(0020,4000)"),
    Mutation(
        "URL-encoded",
        put("ImageComments", "q=" + urllib.parse.quote("Halverson^Margit").replace("a", "%61")),
        "dcm:(0020,4000)",
    ),
    Mutation("HTML entities", put("ImageComments", "H&#97;lverson, M&#97;rgit"), "dcm:(0020,4000)"),
    Mutation(
        "deflated data set",
        edited(lambda ds: setattr(ds, "ImageComments", "Halverson"), DeflatedExplicitVRLittleEndian),
        "dcm:(0020,4000)",
    ),
    Mutation(
        "implicit VR",
        edited(lambda ds: setattr(ds, "ImageComments", "Halverson"), ImplicitVRLittleEndian),
        "dcm:(0020,4000)",
    ),
    Mutation(
        "big endian",
        edited(lambda ds: setattr(ds, "ImageComments", "Halverson"), ExplicitVRBigEndian),
        "dcm:(0020,4000)",
    ),
    Mutation("preamble", lambda data: b"II*\0 Halverson^Margit".ljust(128, b"\0") + data[128:], "file:beginning"),
    Mutation("source AE title in the file meta", meta_element(0x0016, b"AE", b"HALVERSON"), "dcm:(0002,0016)"),
    Mutation(
        "private information of the file meta", meta_element(0x0102, b"OB", b"Halverson^Margit"), "dcm:(0002,0102)"
    ),
    Mutation(
        "trailing padding", edited(lambda ds: ds.add_new(0xFFFCFFFC, "OB", b"Halverson^Margit\0\0")), "dcm:(FFFC,FFFC)"
    ),
    Mutation("bytes behind the end", lambda data: data + b"\0\0Halverson^Margit", "file:"),
    Mutation("doubled element", doubled, "dcm:(0010,0010)"),
    Mutation("doubled element in an item", in_item, "dcm:(0008,1032)"),
    Mutation("PDF stream", encapsulated(pdf("Patient: Halverson, Margit"), "application/pdf"), "dcm:(0042,0011)"),
    Mutation(
        "PDF metadata",
        encapsulated(pdf("x").replace(b"(untitled)", b"(Halverson)"), "application/pdf"),
        "dcm:(0042,0011)",
    ),
    Mutation("zip member", encapsulated(zipped("a.txt", b"Halverson, Margit"), "application/zip"), "dcm:(0042,0011)"),
    Mutation(
        "zip member name", encapsulated(zipped("Halverson_Margit.txt", b"x"), "application/zip"), "dcm:(0042,0011)"
    ),
    Mutation("office document", encapsulated(docx("Halverson"), "application/zip"), "dcm:(0042,0011)"),
    Mutation("gzip", encapsulated(gzip.compress(b"Halverson, Margit"), "application/gzip"), "dcm:(0042,0011)"),
    Mutation(
        "gzip in zip",
        encapsulated(zipped("a.gz", gzip.compress(b"Halverson, Margit")), "application/zip"),
        "dcm:(0042,0011)",
    ),
    Mutation("zlib stream in private bytes", private("OB", zlib.compress(b"Halverson, Margit " * 3)), "dcm:(0019"),
    Mutation(
        "JPEG comment",
        coded(JPEG_HEAD + segment(0xFE, b"Halverson^Margit") + JPEG_TAIL, JPEGBaseline8Bit),
        "dcm:(7FE0,0010)",
    ),
    Mutation(
        "JPEG APP1 in UTF-16",
        coded(JPEG_HEAD + segment(0xE1, "Margit".encode("utf-16-be")) + JPEG_TAIL, JPEGBaseline8Bit),
        "dcm:(7FE0,0010)",
    ),
    Mutation(
        "JPEG behind the end of the image",
        coded(JPEG_HEAD + JPEG_TAIL + b"Lady Margit", JPEGBaseline8Bit),
        "dcm:(7FE0,0010)",
    ),
    Mutation(
        "JPEG 2000 comment",
        coded(J2K_HEAD + segment(0x64, b"\0\1Margit") + b"\xff\xd9", JPEG2000Lossless),
        "dcm:(7FE0,0010)",
    ),
    Mutation(
        "JP2 box",
        coded(box(b"jP  ", b"\r\n\x87\n") + box(b"xml ", b"<p>Margit</p>") + box(b"jp2c", J2K_HEAD), JPEG2000Lossless),
        "dcm:(7FE0,0010)",
    ),
    Mutation(
        "native pixel bytes", pixels(lambda data: data[:100] + b"Halverson^Margit" + data[116:]), "dcm:(7FE0,0010)"
    ),
    Mutation("overlay", edited(overlay), "dcm:(6000,"),
    Mutation(
        "institution",
        put("ImageComments", "klinik st sankt-wendelin KLINIK SANKT WENDELIN"),
        "dcm:(0020,4000)",
        needs_source=True,
    ),
    Mutation("address in pieces", put("ImageComments", "lives Birkenweg 17"), "dcm:(0020,4000)", needs_source=True),
    Mutation(
        "telephone",
        put("ImageComments", "call 0049 911-447 7123 / +49(911)4477123"),
        "dcm:(0020,4000)",
        needs_source=True,
    ),
)
