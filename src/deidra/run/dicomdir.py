"""A DICOMDIR is never copied: it repeats names and original file names. It is written anew over what was released.

PS3.10 Section 8.6 and PS3.3 Annex F. Referenced File IDs are the real path components below the output
folder. Those are new UIDs, longer than the 8 characters of PS3.10 8.2 and the 16 of a CS: the directory leads
to every file, but strict readers complain and DCMTK 3.6.7 stops at it. A medium needs shorter names.
"""

from __future__ import annotations

import hashlib
import struct
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deidra.dicom import dummies
from deidra.dicom.container import file_head
from deidra.model import Action, Edit, Examination, ObjectFacts, Outcome, Reason, SourceObject
from deidra.workspace import inputs, outcomes
from deidra.workspace.ledger import meta, set_meta, transaction
from deidra.workspace.paths import PARTIAL_SUFFIX

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable

    from pydicom import Dataset

DICOMDIR = "DICOMDIR"
MEDIA_STORAGE_DIRECTORY = "1.2.840.10008.1.3.10"
_EXPLICIT_VR_LITTLE_ENDIAN = "1.2.840.10008.1.2.1"
_STATE = "dicomdir"
_LARGEST_VALUE_BYTES = 1 << 16
# PS3.3 F.5.1 to F.5.3, in tag order.
_UPPER = {
    "PATIENT": ("PatientName", "PatientID"),
    "STUDY": ("StudyDate", "StudyTime", "AccessionNumber", "StudyDescription", "StudyInstanceUID", "StudyID"),
    "SERIES": ("Modality", "SeriesInstanceUID", "SeriesNumber"),
}
# Records must have these although the objects need not; whoever writes the directory makes them up (PS3.3 F.5).
_MADE_UP = {"StudyDate": dummies.DATE.decode(), "StudyTime": dummies.TIME.decode(), "Modality": "OT"}
_COUNTED = ("StudyID", "SeriesNumber", "InstanceNumber")
_KEYS = ("PatientID", "StudyInstanceUID", "SeriesInstanceUID")
# A record starts with (0004,1400) UL, (0004,1410) US, (0004,1420) UL: where their values stand behind the item tag.
_NEXT_AT, _LOWER_AT = 8 + 8, 8 + 12 + 10 + 8
_HEAD_BYTES = 8 + 12 + 12 + 10 + 12  # the elements before the first record
_ITEM = b"\xfe\xff\x00\xe0"


def renew_directory(ledger: sqlite3.Connection, job: int, out: Path, uid: Callable[[str], str]) -> None:
    """If an input was a DICOMDIR, write OUT/DICOMDIR over all released instances and record the outcomes."""
    if not inputs.directories(ledger):
        return
    outputs = list(outcomes.released_instances(ledger))
    size = 0
    if outputs:
        names = hashlib.sha256("\n".join(outputs).encode()).hexdigest()
        state = f"{job} {names}"
        if meta(ledger, _STATE) != state or not (out / DICOMDIR).exists():
            write_directory(out, outputs, uid(f"dicomdir {names}"))
            set_meta(ledger, _STATE, state)
        size = (out / DICOMDIR).stat().st_size
    else:
        (out / DICOMDIR).unlink(missing_ok=True)
    record_directories(ledger, job, size)


def record_directories(ledger: sqlite3.Connection, job: int, size: int) -> None:
    """Record what becomes of the inputs that are a DICOMDIR; `size` of the new one in bytes, 0 when it is held."""
    directories = inputs.directories(ledger)
    found = [_released(item, size) if size else _held(item) for item in directories]
    packed = outcomes.pack(found, {item.id: item for item in directories})
    with transaction(ledger):
        outcomes.record(ledger, job, packed)


def _released(item: SourceObject, size: int) -> Outcome:
    return Outcome(
        item.id,
        "released",
        edits=(Edit("file:DICOMDIR", Action.REWRITE, "container:dicomdir", "PS3.15 E.1.1; PS3.10 8.6"),),
        examinations=(
            Examination("metadata", made=True, by="written anew"),
            Examination("container", made=True, by="written anew"),
        ),
        facts=ObjectFacts("", MEDIA_STORAGE_DIRECTORY, _EXPLICIT_VR_LITTLE_ENDIAN, item.size, size),
        output=DICOMDIR,
    )


def _held(item: SourceObject) -> Outcome:
    reason = Reason("dicomdir-empty", "", "nothing was released for a DICOMDIR to list")
    return Outcome(item.id, "held", (reason,), facts=ObjectFacts(size_in=item.size))


def write_directory(out: Path, outputs: Iterable[str], instance_uid: str) -> None:
    """Write OUT/DICOMDIR over these files (paths below `out`, sorted); the same files give the same bytes."""
    from pydicom import dcmread
    from pydicom.config import disable_value_validation

    tree = _Tree()
    # Values come from released files as they are; a warning would quote them.
    with disable_value_validation():
        for output in outputs:
            instance = dcmread(out / output, stop_before_pixels=True, defer_size=_LARGEST_VALUE_BYTES)
            tree.add(instance, Path(output).parts)
    head = file_head(MEDIA_STORAGE_DIRECTORY, instance_uid, _EXPLICIT_VR_LITTLE_ENDIAN)
    partial = out / (DICOMDIR + PARTIAL_SUFFIX)
    with partial.open("wb") as file:
        file.write(head)
        file.write(tree.encoded(len(head)))
    partial.replace(out / DICOMDIR)


class _Record:
    """An encoded directory record and the records below it."""

    def __init__(self, content: bytearray) -> None:
        self.content = content
        self.lower: list[_Record] = []


class _Tree:
    """Patients, studies, series and instances in the order they are added. Mutable: it grows."""

    def __init__(self) -> None:
        self._top: list[_Record] = []
        self._upper: dict[tuple[str, ...], _Record] = {}

    def add(self, dataset: Dataset, file_id: tuple[str, ...]) -> None:
        """Add one instance; records above it are made from the first instance that needs them."""
        siblings = self._top
        keys = tuple(str(dataset.get(keyword, "")) for keyword in _KEYS)
        for depth, (kind, keywords) in enumerate(_UPPER.items(), start=1):
            record = self._upper.get(keys[:depth])
            if record is None:
                content = _encoded(_picked(dataset, keywords, len(siblings) + 1), kind)
                record = self._upper[keys[:depth]] = _Record(content)
                siblings.append(record)
            siblings = record.lower
        kind, leaf = _leaf(dataset, len(siblings) + 1)
        leaf.ReferencedFileID = list(file_id)
        leaf.ReferencedSOPClassUIDInFile = dataset.SOPClassUID
        leaf.ReferencedSOPInstanceUIDInFile = dataset.SOPInstanceUID
        leaf.ReferencedTransferSyntaxUIDInFile = dataset.file_meta.TransferSyntaxUID
        siblings.append(_Record(_encoded(leaf, kind)))

    def encoded(self, start: int) -> bytes:
        """The data set of the DICOMDIR, whose first byte stands at `start` of the file (PS3.3 F.3.2)."""
        _, first, last = self._place(self._top, start + _HEAD_BYTES)
        records = b"".join(self._flat(self._top))
        return b"".join(
            (
                _element(0x1130, b"CS", b""),  # File-set ID, none
                _element(0x1200, b"UL", struct.pack("<L", first)),
                _element(0x1202, b"UL", struct.pack("<L", last)),
                _element(0x1212, b"US", b"\0\0"),
                struct.pack("<HH2sxxL", 4, 0x1220, b"SQ", len(records)),
                records,
            )
        )

    def _place(self, siblings: list[_Record], at: int) -> tuple[int, int, int]:
        """Write offsets into the records, depth first; gives (end, offset of the first, offset of the last)."""
        first, last = at, at
        for index, record in enumerate(siblings):
            last, following = at, at + len(record.content)
            if record.lower:
                struct.pack_into("<L", record.content, _LOWER_AT, following)
                following = self._place(record.lower, following)[0]
            if index + 1 < len(siblings):
                struct.pack_into("<L", record.content, _NEXT_AT, following)
            at = following
        return at, first, last

    def _flat(self, siblings: list[_Record]) -> Iterable[bytes]:
        for record in siblings:
            yield bytes(record.content)
            yield from self._flat(record.lower)


def _element(number: int, vr: bytes, value: bytes) -> bytes:
    return struct.pack("<HH2sH", 4, number, vr, len(value)) + value


def _picked(dataset: Dataset, keywords: tuple[str, ...], position: int) -> Dataset:
    """These attributes of an instance; `position` stands in for a number that it lacks."""
    from pydicom import Dataset

    record = Dataset()
    for keyword in keywords:
        value = dataset.get(keyword)
        if value in (None, ""):
            value = str(position) if keyword in _COUNTED else _MADE_UP.get(keyword)
        setattr(record, keyword, value)
    return record


def _leaf(dataset: Dataset, position: int) -> tuple[str, Dataset]:
    """The record of an instance by its SOP class; one that lacks what its record needs gets a number only."""
    from pydicom import fileset

    kind = fileset._four_level_record_type(dataset)
    try:
        return kind, fileset.DIRECTORY_RECORDERS[kind](dataset)
    except (ValueError, AttributeError, KeyError):
        return kind, _picked(dataset, ("InstanceNumber",), position)


def _plain(value: Any) -> Any:
    """Text in ASCII: a directory has no character set of its own, and readers overlook those of its records."""
    if isinstance(value, str):
        return unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode()
    return [_plain(one) for one in value] if isinstance(value, list) else value


def _make_plain(record: Dataset) -> None:
    for element in record:
        if element.VR == "SQ":
            for item in element.value:
                _make_plain(item)
        elif element.VR in ("LO", "SH", "ST", "LT", "UT", "UC", "PN"):
            element.value = _plain(str(element.value) if element.VM == 1 else [str(one) for one in element.value or []])
    record.pop("SpecificCharacterSet", None)


def _encoded(record: Dataset, kind: str) -> bytearray:
    """One item of the Directory Record Sequence, offsets still zero."""
    from pydicom.filebase import DicomBytesIO
    from pydicom.filewriter import write_dataset

    record.OffsetOfTheNextDirectoryRecord = 0
    record.RecordInUseFlag = 0xFFFF
    record.OffsetOfReferencedLowerLevelDirectoryEntity = 0
    record.DirectoryRecordType = kind
    _make_plain(record)
    buffer = DicomBytesIO()
    buffer.is_little_endian, buffer.is_implicit_VR = True, False
    write_dataset(buffer, record)
    content = buffer.getvalue()
    return bytearray(_ITEM + struct.pack("<L", len(content)) + content)
