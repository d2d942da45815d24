"""Identifiers around the data set: file names, preamble, file meta, padding, bytes after the end."""

from __future__ import annotations

from io import BytesIO

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from deidra.score.planting.notes import Notes
from deidra.score.planting.persona import Person
from deidra.score.planting.sayings import Said, identifier

_IMPLEMENTATION = "1.2.826.0.1.3680043.10.9137.100"  # implementation class of planted files, always the same


def file_name(notes: Notes, turn: int) -> str:
    """A path as careless exports make it: name, date, accession number, record number."""
    me, speaker = notes.speaker.persona, notes.speaker
    day = f"{speaker.study_date:%Y-%m-%d}"
    accession, number = me.accessions[speaker.study], me.patient_id
    notes.said(Said(_plain(me.person), "name", True, me.person.core), "file-name", "name:")
    notes.said(Said(day, "date", True, moment=day.replace("-", "")), "file-name", "name:")
    notes.said(identifier(accession, "accession"), "file-name", "name:")
    notes.said(identifier(number), "file-name", "name:")
    return f"{_plain(me.person)}/{day}_{accession}/{number}_{turn:05d}.dcm"


def _plain(person: Person) -> str:
    return f"{person.family[0]}_{person.given[0]}".replace(" ", "_")


def file_bytes(ds: Dataset, notes: Notes, turn: int) -> bytes:
    """The whole file, with something hidden in its container every few files."""
    me = notes.speaker.persona
    number = identifier(me.patient_id, hardness="hidden")
    meta = ds.file_meta
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = ds.SOPClassUID, ds.SOPInstanceUID
    meta.ImplementationClassUID = UID(_IMPLEMENTATION)
    meta.ImplementationVersionName = "PLANT"
    host = me.host.split(".")[0].upper()
    meta.SourceApplicationEntityTitle = notes.said(
        Said(host, "device", False, (host,)), "file-meta", "dcm:(0002,0016)", hardness="hidden")  # fmt: skip
    ds.preamble = b"\0" * 128
    if turn % 4 == 0:
        ds.preamble = notes.said(number, "preamble", "preamble:").encode().ljust(128, b"\0")
    if turn % 5 == 0:
        data = notes.said(number, "padding", "dcm:(FFFC,FFFC)").encode()
        ds.add_new(0xFFFCFFFC, "OB", data + b"\0" * (len(data) % 2))
    out = BytesIO()
    ds.save_as(out, enforce_file_format=True)
    data = out.getvalue()
    if turn % 26 == 11:
        # Even, and no element: a reader that stops at the end of the data set never sees it
        data += b"\0\0" + notes.said(number, "trailing", "trailing:").encode().ljust(16, b"\0")
    return data


def fresh_meta(ds: Dataset, turn: int) -> None:
    """A file meta that says nothing but the transfer syntax: that of the source, or one in turn."""
    given = ds.file_meta.get("TransferSyntaxUID") if hasattr(ds, "file_meta") else None
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = UID(given or _syntax(turn))


def _syntax(turn: int) -> str:
    if turn % 5 == 1:
        return ImplicitVRLittleEndian
    return DeflatedExplicitVRLittleEndian if turn % 26 == 9 else ExplicitVRLittleEndian
