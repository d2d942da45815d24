"""The worker's side of the survey: one look at each file of a chunk, one archive unpacked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

from deidra.errors import Held, ObjectError, Rejected
from deidra.formats import archive
from deidra.model import ObjectFacts, Outcome, Reason, SourceObject, Term
from deidra.run.pool import where
from deidra.workspace.documents import DocumentRow
from deidra.workspace.outcomes import Packed, pack
from deidra.workspace.studies import encoded

if TYPE_CHECKING:
    from deidra.run.mechanisms import Mechanisms

# object id, name, path or "", size, mtime_ns, archives around it. Plain tuples: they cross process borders often.
Row: TypeAlias = tuple[int, str, str, int, int, int]
Chunk: TypeAlias = tuple[Row, ...]


class Subject(msgspec.Struct, frozen=True, array_like=True):
    """One person as the files of a chunk tell of it. `words`: (site, word) of texts whose words are unknown."""

    key: str
    patient_id: str
    issuer: str
    terms: set[Term]
    words: set[tuple[str, str]]


class Seen(msgspec.Struct, frozen=True):
    """What a chunk holds. Series and subjects are numbered within it, to send each of them once."""

    subjects: list[Subject]
    series: list[tuple[int, str, str]]  # subject, Study Instance UID, Series Instance UID
    # object id, kind, series or -1, SOP Instance UID, modality, SOP Class UID
    objects: list[tuple[int, str, int, str, str, str]]
    frames_of_reference: list[str]
    archives: list[tuple[int, archive.Kind]]
    troubles: Packed
    documents: list[DocumentRow] = []
    studies: list[tuple[int, str, bytes]] = []  # subject, Study Instance UID, encoded identity


class ArchiveTask(msgspec.Struct, frozen=True):
    """An archive to unpack. Sensitive: it holds names."""

    id: int
    name: str
    path: str
    kind: archive.Kind
    size: int
    mtime_ns: int
    depth: int
    folder: str


class Unpacked(msgspec.Struct, frozen=True):
    """The members of an archive, and why it could not be read to its end if so."""

    members: list[archive.Member]
    reason: Reason | None = None


def look(mechanisms: Mechanisms, chunk: Chunk) -> Seen:
    """Read the header of each file; what is no DICOM object is an archive or is held or rejected."""
    subjects: dict[str, Subject] = {}
    numbers: dict[str, int] = {}
    texts: set[tuple[str, str, str]] = set()
    series: dict[tuple[int, str, str], int] = {}
    frames: set[str] = set()
    seen = Seen([], [], [], [], [], Packed([], {}, []))
    troubles: list[Outcome] = []
    studies: dict[tuple[int, str], dict[int, str]] = {}
    read_facts = mechanisms.facts_reader()
    for number, name, path, size, _, _ in chunk:
        try:
            facts = read_facts(path or name, size)
            if facts.is_dicomdir:
                seen.objects.append((number, "dicomdir", -1, "", "", facts.sop_class_uid))
                continue
            key = mechanisms.subject_key(
                facts.patient_id, facts.issuer, facts.birth_date, facts.patient_name, facts.study_uid
            )
            subject = subjects.setdefault(key, Subject(key, facts.patient_id, facts.issuer, set(), set()))
            subject.terms.update(facts.terms)
            texts.update((key, facts.site, text) for text in facts.texts)
            place = (numbers.setdefault(key, len(numbers)), facts.study_uid, facts.series_uid)
            home = series.setdefault(place, len(series))
            studies.setdefault(place[:2], facts.identity)
            about = (facts.sop_instance_uid, facts.modality, facts.sop_class_uid)
            seen.objects.append((number, "dicom", home, *about))
            frames.add(facts.frame_of_reference_uid)
        except Exception as error:  # noqa: BLE001 - one bad file never stops a run
            other = _second_look(mechanisms, number, path or name, size, error)
            if isinstance(other, Outcome):
                troubles.append(other)
            elif isinstance(other, DocumentRow):
                seen.documents.append(other)
            else:
                seen.archives.append((number, other))
    if mechanisms.unknown_words is not None:
        for key, site, text in texts:
            subjects[key].words.update((site, word) for word in mechanisms.unknown_words(text))
    seen.subjects.extend(subjects.values())
    seen.series.extend(series)
    seen.studies.extend((*study, encoded(identity)) for study, identity in studies.items())
    seen.frames_of_reference.extend(sorted(frames - {""}))
    packed = pack(troubles, {row[0]: SourceObject(row[0], row[2], row[1], row[3], row[4]) for row in chunk})
    return msgspec.structs.replace(seen, troubles=packed)


def unpack(task: ArchiveTask) -> Unpacked:
    """Unpack an archive into its folder of the spool."""
    members: list[archive.Member] = []
    try:
        members.extend(archive.unpack(task.path, task.kind, Path(task.folder)))
    except Rejected as error:
        return Unpacked(members, Reason(error.code, "", error.message))
    return Unpacked(members)


def _second_look(
    mechanisms: Mechanisms, number: int, path: str, size: int, error: Exception
) -> archive.Kind | DocumentRow | Outcome:
    """What a file is that the DICOM reader refused: an archive, a document, or what becomes of anything else."""
    try:
        kind = archive.kind_of(path)
        if kind:
            return kind
        with Path(path).open("rb") as file:
            first = file.read(archive.SNIFF_BYTES)
        if not mechanisms.looks_like_dicom(first):
            error = Held("not-dicom", "no adapter for this kind of file yet")
            found = mechanisms.read_document(path, size) if mechanisms.read_document else None
            if found is not None:
                return DocumentRow(number, found.mime_type, found.digest, msgspec.msgpack.encode(found.people))
    except Exception as failure:  # noqa: BLE001 - the same holds for documents
        error = failure
    if isinstance(error, ObjectError):
        reason = Reason(error.code, error.locator, error.message)
    elif isinstance(error, OSError):
        reason = Reason("unreadable", "", f"the file cannot be read: {error.strerror}")
    else:
        reason = Reason("reader-failed", "", where(error))
    status: Literal["held", "rejected"] = "held" if isinstance(error, Held) else "rejected"
    return Outcome(number, status, (reason,), facts=ObjectFacts(size_in=size))
