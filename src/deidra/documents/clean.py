"""READ THIS FIRST. One document in, one clean document out; whatever is not understood is held.

The MIME type says what the document should be, its first bytes must agree. Each format has a file of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from deidra._version import __version__
from deidra.documents.cda import clean_cda
from deidra.documents.decoding import require_content
from deidra.documents.fhir_json import clean_fhir_json
from deidra.documents.fhir_xml import clean_fhir_xml
from deidra.documents.hl7 import clean_hl7
from deidra.documents.mesh import clean_mtl, clean_obj, clean_stl
from deidra.documents.people import people_of
from deidra.documents.plain import clean_plain
from deidra.documents.rtf import clean_rtf
from deidra.documents.work import (
    CleanedDocument,
    CleanerKnowing,
    PictureReader,
    Settings,
    ShiftDate,
    TextCleaner,
    UidOf,
    Work,
)
from deidra.documents.xml_other import clean_other_xml
from deidra.documents.xml_source import FHIR, HL7_V3, local_name, namespace, parse
from deidra.errors import Held, Rejected
from deidra.model import Examination

_BY = f"deidra {__version__}"
_KINDS = {
    "application/pdf": "pdf",
    "text/xml": "xml",
    "application/xml": "xml",
    "application/cda+xml": "xml",
    "application/hl7-cda+xml": "xml",
    "text/x-hl7-text+xml": "xml",
    "application/fhir+xml": "xml",
    "application/xml+fhir": "xml",
    "application/fhir+json": "json",
    "application/json+fhir": "json",
    "application/json": "json",
    "text/json": "json",
    "model/stl": "stl",
    "application/sla": "stl",
    "application/vnd.ms-pki.stl": "stl",
    "model/x.stl-binary": "stl",
    "model/x.stl-ascii": "stl",
    "model/obj": "obj",
    "model/mtl": "mtl",
    "text/plain": "plain",
    "text/rtf": "rtf",
    "application/rtf": "rtf",
    "application/hl7-v2": "hl7",
    "application/hl7-v2+er7": "hl7",
    "application/edi-hl7": "hl7",
    "application/edi-hl7v2": "hl7",
    "x-application/hl7-v2+er7": "hl7",
}
_CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9_.:-]{1,32})""", re.IGNORECASE)
# Zip (office files), pictures, old office files
_OTHERS = (b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"\xd0\xcf\x11\xe0")
_BOM = b"\xef\xbb\xbf"


def clean_document(
    data: bytes,
    mime_type: str,
    cleaner: TextCleaner,
    *,
    shift_date: ShiftDate,
    uid_of: UidOf,
    pseudonym: str,
    settings: Settings | None = None,
    read_picture: PictureReader | None = None,
    cleaner_knowing: CleanerKnowing | None = None,
) -> CleanedDocument:
    """Clean one document of one subject.

    `shift_date` moves a date or answers None for "remove it"; `uid_of` gives the new UID for any identifier;
    `cleaner_knowing` makes a cleaner that also knows the people that the document itself names.
    Raises Held when something in the document is not understood or cannot be examined, Rejected when it cannot be
    read or is not what its MIME type says.
    """
    work = Work(
        cleaner,
        shift_date=shift_date,
        uid_of=uid_of,
        pseudonym=pseudonym,
        settings=settings or Settings(),
        read_picture=read_picture,
        cleaner_knowing=cleaner_knowing,
    )
    return _clean(data, mime_type, work)


def kind_of(mime_type: str) -> str:
    """The format that a MIME type stands for, "" for one that is not supported."""
    return _KINDS.get(mime_type.partition(";")[0].strip().lower(), "")


def _clean(data: bytes, mime_type: str, work: Work) -> CleanedDocument:
    kind = kind_of(mime_type)
    if not kind:
        raise Held("unknown-format", "documents of this MIME type are not understood")
    if len(data) > work.settings.max_bytes:
        raise Held("document-too-large", f"more than {work.settings.max_bytes >> 20} MiB")
    require_content(data)
    _require_agreement(data, kind)
    if work.cleaner_knowing is not None:
        work.know(people_of(data, kind, work.settings).terms)
    charset = _CHARSET.search(mime_type)
    cleaned = _FORMATS[kind](data, work, charset[1] if charset else "")
    work.examined(Examination("metadata", True, _BY))
    work.examined(Examination("container", True, _BY))
    if kind not in ("stl", "obj", "mtl"):
        work.examined(Examination("free-text", True, _BY))
        work.examined(Examination("known-identifiers", True, _BY, "retained text only"))
    return work.finished(cleaned)


def _inner(data: bytes, mime_type: str, outer: Work) -> CleanedDocument:
    """Clean a document found inside another one. Raises Held when they are nested too deeply."""
    if outer.nesting >= outer.settings.max_nested_documents:
        raise Held("document-too-deep", "documents inside documents inside documents")
    return _clean(data, mime_type, outer.inside())


def _require_agreement(data: bytes, kind: str) -> None:
    """Raises Rejected when the first bytes belong to another format than the MIME type names."""
    seen = ""
    start = data[:1024].removeprefix(_BOM).lstrip()
    if b"%PDF-" in data[:1024]:
        seen = "pdf"
    elif start.startswith(b"{\\rtf"):
        seen = "rtf"
    elif start.startswith(b"<") and kind in ("json", "hl7", "plain", "obj", "mtl"):
        seen = "xml"
    elif re.match(rb"(MSH|FHS|BHS)[^\w\s]", start):
        seen = "hl7"
    elif start.startswith(_OTHERS):
        seen = "another"
    if seen != kind and (seen or kind in ("pdf", "rtf", "hl7")):
        raise Rejected("document-mismatch", "the content of the document is not what its MIME type says")


def _xml(data: bytes, work: Work, _: str) -> bytes:
    root = parse(data, work.settings)
    space, name = namespace(root), local_name(root)
    del root
    if space == FHIR:
        return clean_fhir_xml(data, work, _inner)
    if space == HL7_V3 and name == "ClinicalDocument":
        return clean_cda(data, work, _inner)
    return clean_other_xml(data, work)


def _pdf(data: bytes, work: Work, _: str) -> bytes:
    from deidra.documents.pdf.clean import clean_pdf

    return clean_pdf(data, work)


_FORMATS: dict[str, Callable[[bytes, Work, str], bytes]] = {
    "pdf": _pdf,
    "xml": _xml,
    "json": lambda data, work, _: clean_fhir_json(data, work, _inner),
    "stl": lambda data, work, _: clean_stl(data, work),
    "obj": lambda data, work, _: clean_obj(data, work),
    "mtl": lambda data, work, _: clean_mtl(data, work),
    "plain": clean_plain,
    "rtf": lambda data, work, _: clean_rtf(data, work),
    "hl7": lambda data, work, _: clean_hl7(data, work, _inner),
}
