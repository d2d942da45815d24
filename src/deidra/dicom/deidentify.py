"""One DICOM object from its opened source to the pieces of the released file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deidra.dicom import (
    charsets,
    encapsulated,
    encrypted_attributes,
    graphic_groups,
    markers,
    pixel_bytes,
    pixel_gate,
    trial,
)
from deidra.dicom.bigendian import to_little_endian
from deidra.dicom.header import (
    CHARACTER_SET,
    MODALITY,
    SERIES_INSTANCE_UID,
    SOP_CLASS_UID,
    SOP_INSTANCE_UID,
    STUDY_INSTANCE_UID,
    Header,
)
from deidra.dicom.learnt import Container, Learnt
from deidra.dicom.private import DeclaredSafe, declared_safe
from deidra.dicom.reader import BytesReader, Reader
from deidra.dicom.rules import Place, Rules
from deidra.dicom.source import CONVERT_LIMIT_BYTES, EXPLICIT_LITTLE_UID, Source, open_source, read_sections
from deidra.dicom.stream import EXPLICIT_LITTLE
from deidra.dicom.work import Deidentified, Work
from deidra.errors import Held
from deidra.model import Reason
from deidra.policy.schema import Policy
from deidra.standard import iods, uids

if TYPE_CHECKING:
    from deidra.pixels.text_regions import Examined


class SeriesRules:
    """The rules of one subject, with what the objects of a batch have taught: shared places and templates."""

    def __init__(
        self, rules: Rules, record_keeps: bool = False, use_templates: bool = True, numbers_items: bool = True
    ) -> None:
        self.rules = rules
        self.record_keeps = record_keeps
        self.numbers_items = numbers_items
        self.use_templates = use_templates and not record_keeps
        self.learnt: dict[tuple[Container, bool], Learnt] = {}
        self._places: dict[tuple[str, tuple[object, ...]], Place] = {}

    def place(self, sop_class_uid: str, declared: DeclaredSafe) -> Place:
        """The top level of an IOD. Declarations of safe private elements make a place of their own."""
        key = (sop_class_uid, tuple(sorted(declared.items(), key=repr)))
        place = self._places.get(key)
        if place is None:
            node = iods.iod(sop_class_uid)
            place = Place(self.rules, (), node, node is not None)
            self._places[key] = place
        return place


def held_reason(header: Header, policy: Policy, findings: Examined | None = None) -> Reason | None:
    """Why an object that can be read may still not be released. `findings` is what was seen in its pixels."""
    holds_unexamined = policy.pixels.unexamined == "hold"
    sop_class = header.text(SOP_CLASS_UID)
    if not sop_class:
        return Reason(
            "no-sop-class", "dcm:(0008,0016)", "the SOP class is missing, so nothing says what it is"
        )
    if not uids.is_storage_sop_class(sop_class):
        return Reason(
            "sop-class-unknown",
            "dcm:(0008,0016)",
            "PS3.15 defines de-identification for standard SOP classes only",
        )
    return (
        next((reason for tag in _OWN_UIDS if (reason := _uid_reason(header, tag))), None)
        or _character_set_reason(header)
        or (_photograph_reason(header) if policy.faces.photographs == "hold" else None)
        or pixel_gate.reason(header, findings, holds_unexamined=holds_unexamined)
    )


_OWN_UIDS = (SOP_CLASS_UID, SOP_INSTANCE_UID, STUDY_INSTANCE_UID, SERIES_INSTANCE_UID)


def _uid_reason(header: Header, tag: int) -> Reason | None:
    """What an object is and where it belongs must be one UID each, written as such."""
    locator = f"dcm:({tag >> 16:04X},{tag & 0xFFFF:04X})"
    found = header.element(tag)
    if found is None or not header.text(tag):
        return Reason("uid-missing", locator, "a UID that every object needs is missing")
    if found[1][1] not in ("UI", "UN", ""):
        return Reason("vr-mismatch", locator, "an identifying UID has another value representation")
    if "\\" in header.text(tag):
        return Reason("uid-invalid", locator, "a UID that every object needs has several values")
    return None


def _photograph_reason(header: Header) -> Reason | None:
    if header.text(SOP_CLASS_UID) not in _PHOTOGRAPHS and header.text(MODALITY) != "XC":
        return None
    return Reason("face-unexamined", "dcm:(0008,0016)", "a photograph may show a face, and nothing has looked for one")


# VL Photographic Image and Video Photographic Image Storage (PS3.6 Table A-1); XC is external-camera photography
_PHOTOGRAPHS = frozenset(("1.2.840.10008.5.1.4.1.1.77.1.4", "1.2.840.10008.5.1.4.1.1.77.1.4.1"))


def _character_set_reason(header: Header) -> Reason | None:
    if charsets.is_known(header.raw(CHARACTER_SET)):
        return None
    return Reason("character-set-unknown", "dcm:(0008,0005)", "text cannot be read in this character set")


def open_normalised(reader: Reader) -> Source:
    """Open the object; big endian is converted so that everything behind this point is little endian."""
    source = open_source(reader)
    if source.encoding.order == "<":
        return source
    if source.reader.size > CONVERT_LIMIT_BYTES:
        raise Held(
            "too-large-to-convert", f"big endian beyond {CONVERT_LIMIT_BYTES >> 20} MiB", "dcm:(0002,0010)"
        )
    data = source.reader.read_at(source.data_start, source.reader.size - source.data_start)
    return source._replace(
        reader=BytesReader(to_little_endian(data)),
        encoding=EXPLICIT_LITTLE,
        transfer_syntax_uid=EXPLICIT_LITTLE_UID,
        data_start=0,
        notes=(*source.notes, "big-endian"),
    )


def deidentify_source(source: Source, series: SeriesRules, findings: Examined | None = None) -> Deidentified:
    """Apply the rules to one object, and fill what `findings` found in its pixels. Raises Held or Rejected.

    Writes nothing.
    """
    looked = findings is not None and findings.refused is None
    regions = findings.regions if findings is not None and looked else ()
    learnt = series.learnt.setdefault((Container.of(source), looked), Learnt())
    # What was found or could not be searched differs from object to object
    if series.use_templates and not regions and (looked or findings is None):
        quick = learnt.fill(source)
        if quick is not None:
            return quick
    sections = list(read_sections(source))
    header = Header(sections, source)
    reason = held_reason(header, series.rules.rulebook.policy, findings)
    if reason is not None:
        raise Held(reason.code, reason.message, reason.locator)
    declared = declared_safe(header)
    place = series.place(header.text(SOP_CLASS_UID), declared)
    work = Work(source, header, place, declared, series.rules.subject, series.record_keeps, series.numbers_items)
    graphics = graphic_groups.examined(header, source, place, series.rules.find_text)
    document = encapsulated.examined(header, source, series.rules)
    pixels = pixel_bytes.examined(header, source, series.rules.rulebook, regions)
    work.pixels, work.transfer_syntax_uid = pixels.element, pixels.transfer_syntax_uid
    marks = markers.inserts(header, series.rules.rulebook, source.encoding, work, pixels_examined=looked)
    stated = series.rules.rulebook.policy.trial
    if stated is not None:
        person = series.rules.subject
        marks += trial.inserts(header, place, stated, person.trial, person.pseudonym, source.encoding)
    recipients = [one.pem for one in series.rules.rulebook.policy.encrypted_attributes.certificates]
    marks += encrypted_attributes.inserts(sections, place, source, recipients)
    inserts = sorted([*marks, *graphics.inserts, *document.inserts, *pixels.inserts], key=lambda insert: insert.tag)
    body = work.body(sections, inserts)
    tail = b"".join(insert.content for insert in inserts)
    work.edits.extend(insert.edit for insert in inserts)
    work.edits.extend([*document.edits, *pixels.edits])
    result = work.finished(sections, [*body, tail])._replace(
        overlays_examined=graphics.overlays,
        document=document.examinations,
        streams_examined=pixels.streams,
    )
    if series.use_templates and not (document.inserts or pixels.depends_on_bytes or recipients):
        learnt.learn(work, result, tail)
    return result
