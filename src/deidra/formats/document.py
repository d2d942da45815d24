"""Documents that stand free among the inputs: told by their content, never by their name, cleaned as what they are."""

from __future__ import annotations

import codecs
import hashlib
import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import msgspec

from deidra.dicom import encapsulated
from deidra.dicom.rules import Rules
from deidra.documents.clean import kind_of
from deidra.documents.people import People, people_of
from deidra.documents.work import Settings
from deidra.errors import Held
from deidra.model import Edit, Examination

SNIFF_BYTES = 1 << 16
_PDF_WITHIN = 1024
_STL_HEADER, _TRIANGLE = 84, 50
_HL7 = re.compile(rb"[\r\n\x0b ]*(MSH|FHS|BHS)([^\w\s])[^\w\s]{3,4}\2")
_XML_ROOT = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)([^>]{0,4000})")
# XML that draws, or parts of what an office program packs
_NO_XML = re.compile(r"www\.w3\.org/(2000/svg|1999/xhtml)|openxmlformats|oasis:names:tc:opendocument|inkscape")
_MESH_WORDS = {
    "model/obj": frozenset("v vt vn vp f l p s o g usemtl mtllib".split()),
    "model/mtl": frozenset("newmtl Ka Kd Ks Ke Tf Ns Ni d Tr illum sharpness map_Ka map_Kd map_Ks map_d bump".split()),
}
_MESH_NEEDS = {"model/obj": "v", "model/mtl": "newmtl"}
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_WORD = re.compile(r"[^\W\d_]{2,30}")
_FEWEST_WORDS = 3
_ENDINGS = {"plain": "txt"}


class DocumentFacts(msgspec.Struct, frozen=True):
    """What the survey reads of a document: what it is, the SHA-256 of its content, whom it names. Sensitive."""

    mime_type: str
    digest: str
    people: People

    def __repr__(self) -> str:
        return f"DocumentFacts({self.mime_type!r}, <redacted>)"


class ReleasedDocument(NamedTuple):
    """A cleaned document, and its new file name."""

    data: bytes
    name: str
    edits: tuple[Edit, ...]
    examinations: tuple[Examination, ...]


def read_document(path: str, size: int) -> DocumentFacts | None:
    """The facts of a file that is a document, None for any other file.

    Raises Held or Rejected for a document that cannot be read as what it is, OSError.
    """
    with Path(path).open("rb") as file:
        mime_type = mime_type_of(file.read(SNIFF_BYTES), size)
        if not mime_type:
            return None
        _require_size(size)
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        kind = kind_of(mime_type)
        if kind not in ("xml", "json", "hl7"):
            return DocumentFacts(mime_type, digest, People())
        file.seek(0)
        return DocumentFacts(mime_type, digest, people_of(file.read(), kind, Settings()))


def deidentify_document(path: str, size: int, rules: Rules) -> ReleasedDocument:
    """A document of the subject, cleaned, under its new name. Raises Held or Rejected, OSError."""
    if not encapsulated.cleans(rules.rulebook):
        raise Held("documents-replaced", "the policy replaces documents; for a file alone that means to leave it out")
    _require_size(size)
    data = Path(path).read_bytes()
    mime_type = mime_type_of(data[:SNIFF_BYTES], len(data))
    settings = encapsulated.settings_of(rules.rulebook, {})
    cleaned = encapsulated.clean(data, mime_type, settings, rules.rulebook, rules.subject, rules.read_picture)
    for line in cleaned.kept:
        rules.subject.words.retain("document", line.text, "cleaned" if line.changed else "clean")
    kind = kind_of(mime_type)
    # What a document is called says nothing but what it holds, so that a copy gets the same name
    name = rules.subject.uid_of("sha256:" + hashlib.sha256(data).hexdigest())
    return ReleasedDocument(cleaned.data, f"{name}.{_ENDINGS.get(kind, kind)}", cleaned.edits, cleaned.examinations)


def _require_size(size: int) -> None:
    if size > Settings().max_bytes:
        raise Held("document-too-large", f"more than {Settings().max_bytes >> 20} MiB")


def mime_type_of(first: bytes, size: int) -> str:
    """The MIME type of a file that begins with `first` (SNIFF_BYTES of it) and has `size` bytes; "" for no document."""
    start = first[:_PDF_WITHIN].lstrip()
    if b"%PDF-" in first[:_PDF_WITHIN]:
        return "application/pdf"
    if start.startswith(b"{\\rtf"):
        return "application/rtf"
    if _HL7.match(first):
        return "application/hl7-v2"
    count = int.from_bytes(first[_STL_HEADER - 4 : _STL_HEADER], "little")
    if count and size - _STL_HEADER - count * _TRIANGLE in (0, 1):
        return "model/stl"
    text = _text_of(first)
    return "" if text is None else _text_type(text)


def _text_of(first: bytes) -> str | None:
    """The beginning of a text, as well as it can be read; None for what is no text."""
    for mark, encoding in _MARKS:
        if first.startswith(mark):
            return codecs.getincrementaldecoder(encoding)("replace").decode(first[len(mark) :])
    if first[:2] in (b"<\0", b"\0<"):
        return first.decode("utf-16-le" if first[1] == 0 else "utf-16-be", "replace")
    if _CONTROLS.search(first):
        return None
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(first)
    except UnicodeDecodeError:
        # Text in some other character set: cleaning will say that it cannot be read
        return first.decode("latin-1")


def _text_type(text: str) -> str:
    start = text.lstrip()
    if start.startswith("<"):
        root = _XML_ROOT.search(start)
        drawing = root is None or root[1].lower() in ("html", "svg") or _NO_XML.search(root[2])
        return "" if drawing else "text/xml"
    if start.startswith("{"):
        return "application/fhir+json" if '"resourceType"' in text else ""
    lines = [line.split() for line in start.splitlines() if line.strip()]
    if start[:5].lower() == "solid" and any(line[:2] == ["facet", "normal"] for line in lines):
        return "model/stl"
    for mime_type, words in _MESH_WORDS.items():
        known = [line[0] for line in lines if line[0] in words or line[0].startswith("#")]
        if _MESH_NEEDS[mime_type] in known and len(known) * 10 >= len(lines) * 8:
            return mime_type
    return "text/plain" if _reads_like_a_report(start) else ""


def _reads_like_a_report(text: str) -> bool:
    """Whether it is words for people: no table of many, no data, no code of letters and digits."""
    if text.startswith(("[", "-----BEGIN")):
        return False
    letters = sum(map(len, _WORD.findall(text)))
    if len(_WORD.findall(text)) < _FEWEST_WORDS or 2 * letters < len("".join(text.split())):
        return False
    lines = [line for line in text.splitlines() if line.strip()]
    for separator in "\t;,|":
        count, times = Counter(line.count(separator) for line in lines).most_common(1)[0]
        if count > 1 and times > 2 and times * 10 >= len(lines) * 8:
            return False
    return True
