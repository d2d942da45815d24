"""One quick look at an object before anything is decided: whose it is, what it belongs to, what must not leak."""

from __future__ import annotations

import os

import msgspec

from deidra.dicom import charsets
from deidra.dicom.deidentify import open_normalised
from deidra.dicom.header import (
    CHARACTER_SET,
    MODALITY,
    SERIES_INSTANCE_UID,
    SOP_CLASS_UID,
    SOP_INSTANCE_UID,
    STUDY_INSTANCE_UID,
    Header,
)
from deidra.dicom.reader import FileReader, Reader
from deidra.dicom.source import looks_like_dicom, read_sections

__all__ = ["Facts", "looks_like_dicom", "read_facts"]

MEDIA_STORAGE_DIRECTORY = "1.2.840.10008.1.3.10"
_PATIENT_NAME, _PATIENT_ID, _ISSUER, _BIRTH_DATE = 0x00100010, 0x00100020, 0x00100021, 0x00100030
_FRAME_OF_REFERENCE = 0x00200052
# Names, numbers and days of and around the person: searched for in everything that is kept
_TERMS = (
    0x00080020,  # Study Date
    0x00080021,  # Series Date
    0x00080022,  # Acquisition Date
    0x00080023,  # Content Date
    0x00080050,  # Accession Number
    0x00080090,  # Referring Physician's Name
    0x00081048,  # Physician(s) of Record
    0x00081050,  # Performing Physician's Name
    0x00081060,  # Name of Physician(s) Reading Study
    0x00081070,  # Operators' Name
    _PATIENT_NAME,
    _PATIENT_ID,
    0x00101000,  # Other Patient IDs
    0x00101001,  # Other Patient Names
    0x00101005,  # Patient's Birth Name
    0x00101060,  # Patient's Mother's Birth Name
    0x00102154,  # Patient's Telephone Numbers
    0x00102297,  # Responsible Person
    _BIRTH_DATE,
)
_OTHER_PATIENT_IDS_SEQUENCE = 0x00101002


class Facts(msgspec.Struct, frozen=True):
    """What the survey reads of one object. Sensitive: it stays in the workspace and its repr shows nothing."""

    patient_id: str
    issuer: str
    patient_name: str
    birth_date: str
    study_uid: str
    series_uid: str
    sop_instance_uid: str
    frame_of_reference_uid: str
    sop_class_uid: str
    modality: str
    transfer_syntax_uid: str
    terms: tuple[str, ...]
    is_dicomdir: bool

    def __repr__(self) -> str:
        return "Facts(<redacted>)"


def read_facts(path: str, size: int) -> Facts:
    """Read the header of a file. Raises Held when it is no DICOM, Rejected when it is broken, OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return facts_of(FileReader(descriptor, size))
    finally:
        os.close(descriptor)


def facts_of(reader: Reader) -> Facts:
    """The facts of one object, read no further than its Frame of Reference UID."""
    source = open_normalised(reader)
    header = Header(list(read_sections(source, stop_tag=_FRAME_OF_REFERENCE)), source)
    character_set = header.raw(CHARACTER_SET)

    def text(tag: int) -> str:
        raw = header.raw(tag)
        decoded = charsets.decode(raw, character_set)
        return (raw.decode("latin-1") if decoded is None else decoded).strip(" \0")

    nested = _other_patient_ids(header)
    sop_class = header.text(SOP_CLASS_UID)
    stored = source.meta.get(0x00020002, b"").rstrip(b" \0").decode("ascii", "replace")
    return Facts(
        text(_PATIENT_ID),
        text(_ISSUER),
        text(_PATIENT_NAME),
        header.text(_BIRTH_DATE),
        header.text(STUDY_INSTANCE_UID),
        header.text(SERIES_INSTANCE_UID),
        header.text(SOP_INSTANCE_UID),
        header.text(_FRAME_OF_REFERENCE),
        sop_class,
        header.text(MODALITY),
        source.transfer_syntax_uid,
        tuple(sorted({value for tag in _TERMS if (value := text(tag))} | nested)),
        MEDIA_STORAGE_DIRECTORY in (sop_class, stored),
    )


def _other_patient_ids(header: Header) -> set[str]:
    """Patient IDs in the items of Other Patient IDs Sequence (0010,1002)."""
    found = header.sequence(_OTHER_PATIENT_IDS_SEQUENCE)
    if found is None:
        return set()
    buf, _, items = found
    return {
        buf[value:stop].decode("latin-1").strip(" \0")
        for _, _, _, elements, _ in items
        for tag, _, _, value, stop, _ in elements
        if tag == _PATIENT_ID
    }
