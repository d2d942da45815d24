"""Encapsulated documents (PS3.3 C.24.2): cleaned as what they are, or replaced by an empty one of their kind.

Table E.1-1 replaces Encapsulated Document (0042,0011). Where the policy cleans it instead, the attributes beside it
say what is in it now: MIME types, length, the identifier of a CDA, Burned In Annotation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from deidra.dicom import dummies, encode
from deidra.dicom.header import BURNED_IN_ANNOTATION, ENCAPSULATED_DOCUMENT, MIME_TYPE, Header
from deidra.dicom.rewrite import Insert
from deidra.dicom.rules import Rules
from deidra.dicom.source import Source
from deidra.dicom.stream import Encoding
from deidra.dicom.transforms import RELATIVE_URI_REFERENCE, SOP_INSTANCE_UID, Subject
from deidra.documents.work import CleanedDocument, PictureReader, Settings, TextCleaner, linked_name
from deidra.errors import Held, ObjectError
from deidra.model import Action, Edit, Examination, Term
from deidra.policy.compile import Rulebook

_HL7_INSTANCE_IDENTIFIER, _LIST_OF_MIME_TYPES, _DOCUMENT_LENGTH = 0x0040E001, 0x00420014, 0x00420015
_BIRTH_DATE, _SEX = 0x00100030, 0x00100040
_REFERENCED_IMAGES, _REFERENCED_INSTANCES = 0x00081140, 0x0008114A
LOCATOR = "dcm:(0042,0011)"
_MODULE = "PS3.3 C.24.2"


class Document(NamedTuple):
    """What becomes of the document of one object: elements to write, and what was changed and looked at inside."""

    inserts: list[Insert]
    edits: list[Edit]
    examinations: tuple[Examination, ...]


def examined(header: Header, source: Source, rules: Rules) -> Document:
    """The document of an object, cleaned or replaced. Raises Held or Rejected when the policy cleans and that fails."""
    rulebook, subject = rules.rulebook, rules.subject
    rule = rulebook.standard(ENCAPSULATED_DOCUMENT, "OB", ())
    if ENCAPSULATED_DOCUMENT not in header or rule.code != "D":
        return Document([], [], ())
    if not cleans(rulebook):
        content = dummies.document(header.text(MIME_TYPE))
        edit = Edit(LOCATOR, Action.DUMMY, rule.id, rule.source)
        return Document(_around(content, "NO", None, header, source.encoding, edit), [], ())
    data = _data(header, source)
    links = {name: linked_name(name, subject.uid_of) for name in _relative_uris(header)}
    settings = settings_of(rulebook, links)
    try:
        cleaned = clean(data, header.text(MIME_TYPE), settings, rulebook, subject, rules.read_picture)
    except ObjectError as error:
        where = f"{LOCATOR}/{error.locator}" if error.locator else LOCATOR
        raise type(error)(error.code, error.message, where) from None
    for line in cleaned.kept:
        subject.words.retain("(0042,0011)", line.text, "cleaned" if line.changed else "clean")
    cited = f"policy {rulebook.policy.name}: documents.content: clean; PS3.15 {rulebook.policy.edition} Table E.1-1 D"
    edit = Edit(LOCATOR, Action.CLEAN, "policy:documents", cited)
    unread = any(look.kind == "pixel-text" and not look.made for look in cleaned.examinations)
    inserts = _around(cleaned.data, "" if unread else "NO", cleaned, header, source.encoding, edit)
    inside = [Edit(f"{LOCATOR}/{each.locator}", each.action, each.rule, each.source) for each in cleaned.edits]
    return Document(inserts, inside, cleaned.examinations)


def cleans(rulebook: Rulebook) -> bool:
    """Whether documents are cleaned, and no override of the attribute says otherwise."""
    rule = rulebook.standard(ENCAPSULATED_DOCUMENT, "OB", ())
    return rulebook.policy.documents.content == "clean" and rule.id.startswith("E.1-1:")


def clean(
    data: bytes,
    mime_type: str,
    settings: Settings,
    rulebook: Rulebook,
    subject: Subject,
    read_picture: PictureReader | None = None,
) -> CleanedDocument:
    """A document of the subject, cleaned as its policy wants. Raises Held or Rejected."""
    # Read only when a document is met
    from deidra.documents.clean import clean_document

    keeps_places = "institution-identity" in rulebook.policy.options

    def knowing(terms: Sequence[Term]) -> TextCleaner:
        return subject.words.cleaner_knowing([t for t in terms if not (keeps_places and t.kind == "institution")])

    return clean_document(
        data,
        mime_type,
        subject.words.cleaner,
        shift_date=shift_of(rulebook.temporal, subject.shift_days),
        uid_of=subject.uid_of,
        pseudonym=subject.pseudonym.decode("ascii"),
        settings=settings,
        read_picture=read_picture,
        cleaner_knowing=knowing,
    )


def settings_of(rulebook: Rulebook, links: Mapping[str, str]) -> Settings:
    """What the policy says of attributes, said of the like places in documents."""
    return Settings(
        pictures=rulebook.policy.documents.pictures,
        birth_dates="shift" if rulebook.standard(_BIRTH_DATE, "DA", ()).code in ("K", "C") else "remove",
        patient_characteristics=rulebook.standard(_SEX, "CS", ()).code == "K",
        keep_uids=rulebook.standard(SOP_INSTANCE_UID, "UI", ()).code != "U",
        links=links,
    )


def shift_of(temporal: str, shift_days: int) -> Callable[[date], date | None]:
    """How dates move under Longitudinal Temporal Information Modified (0028,0303); None removes them."""
    if temporal == "REMOVED":
        return lambda _: None
    moved_by = timedelta(days=shift_days if temporal == "MODIFIED" else 0)
    return lambda day: day + moved_by


def _relative_uris(header: Header) -> Iterator[str]:
    """Other files that a mesh points to: Relative URI Reference Within Encapsulated Document (0068,7005)."""
    for tag in (_REFERENCED_IMAGES, _REFERENCED_INSTANCES):
        found = header.sequence(tag)
        if found is None:
            continue
        buf, _, items = found
        for _, _, _, elements, _ in items:
            for inner, _, _, value, stop, _ in elements:
                if inner == RELATIVE_URI_REFERENCE and stop > value:
                    yield buf[value:stop].rstrip(b" \0").decode("latin-1")


def _data(header: Header, source: Source) -> bytes:
    """The document without its padding. Raises Held for what is no value of bytes, or too large."""
    found = header.element(ENCAPSULATED_DOCUMENT)
    assert found is not None  # noqa: S101 - asked by the caller
    section, (_, vr, _, value, stop, items) = found
    if vr not in ("OB", "OW", "UN", "") or items is not None:
        raise Held("vr-mismatch", "an encapsulated document is no plain value of bytes", LOCATOR)
    if stop - value > Settings().max_bytes:
        raise Held("document-too-large", f"more than {Settings().max_bytes >> 20} MiB", LOCATOR)
    buf, base = section.buf, section.base
    data = buf[value:stop] if stop <= len(buf) else source.reader.read_at(base + value, stop - value)
    length = int.from_bytes(header.raw(_DOCUMENT_LENGTH), "little")
    return data[:-1] if data[-1:] == b"\0" and length == len(data) - 1 else data


def _around(
    content: bytes, burned_in: str, cleaned: CleanedDocument | None, header: Header, encoding: Encoding, edit: Edit
) -> list[Insert]:
    """The document and the attributes that speak of it, in tag order."""

    def rewritten(tag: int, vr: str, value: bytes) -> Insert:
        where = f"dcm:({tag >> 16:04X},{tag & 0xFFFF:04X})"
        written = encode.element(tag, vr, value, encoding) if value else b""
        return Insert(tag, written, Edit(where, Action.REWRITE if value else Action.REMOVE, "document", _MODULE))

    found = []
    if burned_in and BURNED_IN_ANNOTATION in header and not header.has_pixels:
        found.append(rewritten(BURNED_IN_ANNOTATION, "CS", burned_in.encode()))
    if cleaned is not None and cleaned.identifier and _HL7_INSTANCE_IDENTIFIER in header:
        found.append(rewritten(_HL7_INSTANCE_IDENTIFIER, "ST", cleaned.identifier.encode()))
    found.append(Insert(ENCAPSULATED_DOCUMENT, encode.element(ENCAPSULATED_DOCUMENT, "OB", content, encoding), edit))
    mime_type = header.text(MIME_TYPE)
    if cleaned is not None:
        # Without parameters: what is text is UTF-8 now
        found.append(rewritten(MIME_TYPE, "LO", mime_type.partition(";")[0].strip().encode()))
    if _LIST_OF_MIME_TYPES in header:
        inner = cleaned.inner_mime_types if cleaned is not None else ()
        found.append(rewritten(_LIST_OF_MIME_TYPES, "LO", "\\".join(inner).encode()))
    if _DOCUMENT_LENGTH in header or len(content) % 2:
        found.append(rewritten(_DOCUMENT_LENGTH, "UL", len(content).to_bytes(4, "little")))
    return found
