"""Small objects, valid and otherwise, sent end to end through the engine and read back with pydicom."""

from __future__ import annotations

import struct
import tempfile
import warnings
from datetime import date, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Literal

import msgspec
from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from deidra.dicom.survey import read_facts
from deidra.engine import Context, deidentify
from deidra.identity.pseudonyms import Identity, identity, subject_key
from deidra.model import Batch, Outcome, SourceObject, SubjectKnowledge
from deidra.policy.compile import compile_policy
from deidra.policy.load import load_policy
from deidra.standard.vocabulary import vocabulary
from deidra.text.vocabulary import load_vocabulary

CT, MR, SC = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4", "1.2.840.10008.5.1.4.1.1.7"
COMPREHENSIVE_SR, KEY_OBJECTS = "1.2.840.10008.5.1.4.1.1.88.33", "1.2.840.10008.5.1.4.1.1.88.59"
GRAYSCALE_PR = "1.2.840.10008.5.1.4.1.1.11.1"
RTSTRUCT, RTPLAN = "1.2.840.10008.5.1.4.1.1.481.3", "1.2.840.10008.5.1.4.1.1.481.5"
ENCAPSULATED_PDF = "1.2.840.10008.5.1.4.1.1.104.1"
ROOT = "1.2.826.0.1.3680043.8.498.4711.99"
STUDY, SERIES, INSTANCE, FRAME = f"{ROOT}.1", f"{ROOT}.2", f"{ROOT}.3", f"{ROOT}.4"
MASTER = bytes(range(32))
RESEARCH, BASIC = "public-research", "basic"


class Result(msgspec.Struct, frozen=True):
    """What came of one object: its outcome, and the released file as bytes and as a pydicom data set."""

    outcome: Outcome
    data: bytes
    ds: Dataset


@cache
def who(low: int = 365, high: int = 3650) -> Identity:
    return identity(MASTER, shift_range_days=(low, high))


def mapped(uid: str) -> str:
    """The UID that stands for `uid` in every output of these tests."""
    return who().uid(uid)


def shift_days(patient_id: str = "MRN7654321", issuer: str = "") -> int:
    return who().subject(subject_key(patient_id, issuer, "", "", "")).shift_days


def image(sop_class: str = CT, modality: str = "CT", **values: object) -> Dataset:
    """A valid image of a person with a few identifiers of the usual kind."""
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.SpecificCharacterSet = "ISO_IR 100"
    ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    ds.SOPClassUID, ds.SOPInstanceUID = sop_class, INSTANCE
    ds.StudyDate = ds.SeriesDate = ds.ContentDate = ds.AcquisitionDate = "20210312"
    ds.StudyTime = ds.SeriesTime = ds.ContentTime = ds.AcquisitionTime = "101112.123456"
    ds.AccessionNumber = "ACC99817263"
    ds.Modality = modality
    ds.Manufacturer = "ACME Imaging"
    ds.ReferringPhysicianName = "Haversham^Quentin"
    ds.PatientName, ds.PatientID = "Zebrowski^Ottilie", "MRN7654321"
    ds.PatientBirthDate, ds.PatientSex = "19500401", "F"
    ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.FrameOfReferenceUID = STUDY, SERIES, FRAME
    ds.StudyID = "S1"
    ds.SeriesNumber, ds.AcquisitionNumber, ds.InstanceNumber = 3, 1, 17
    ds.PositionReferenceIndicator = ""
    ds.ImagePositionPatient, ds.ImageOrientationPatient = [-125.5, -130.25, 40], [1, 0, 0, 0, 1, 0]
    ds.SliceThickness, ds.KVP = "1.25", "120"
    ds.PatientPosition = "HFS"
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.Rows = ds.Columns = 4
    ds.PixelSpacing = [0.5, 0.5]
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
    ds.RescaleIntercept, ds.RescaleSlope = "-1024", "1"
    ds.PixelData = bytes(range(32))
    return filled(ds, values)


def document(sop_class: str, modality: str, **values: object) -> Dataset:
    """The parts that objects without pixels have in common."""
    ds = image(sop_class, modality)
    for keyword in [
        "ImageType",
        "AcquisitionDate",
        "AcquisitionTime",
        "PositionReferenceIndicator",
        "FrameOfReferenceUID",
        "ImagePositionPatient",
        "ImageOrientationPatient",
        "SliceThickness",
        "KVP",
        "PatientPosition",
        "SamplesPerPixel",
        "PhotometricInterpretation",
        "Rows",
        "Columns",
        "PixelSpacing",
        "BitsAllocated",
        "BitsStored",
        "HighBit",
        "PixelRepresentation",
        "RescaleIntercept",
        "RescaleSlope",
        "PixelData",
        "AcquisitionNumber",
    ]:
        del ds[keyword]
    return filled(ds, values)


def filled(ds: Dataset, values: dict[str, object]) -> Dataset:
    for keyword, value in values.items():
        setattr(ds, keyword, value)
    return ds


def item(**values: object) -> Dataset:
    return filled(Dataset(), values)


def code(value: str, scheme: str, meaning: str) -> Sequence:
    return Sequence([item(CodeValue=value, CodingSchemeDesignator=scheme, CodeMeaning=meaning)])


def reference(sop_class: str = CT, uid: str = f"{ROOT}.77") -> Dataset:
    return item(ReferencedSOPClassUID=sop_class, ReferencedSOPInstanceUID=uid)


# ------------------------------------------------------------------ raw bytes, little endian

LONG_FORM = {"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"}
UNDEFINED = 0xFFFFFFFF
ITEM_END, SEQUENCE_END = b"\xfe\xff\x0d\xe0\0\0\0\0", b"\xfe\xff\xdd\xe0\0\0\0\0"


def raw(tag: int, vr: str, value: bytes, *, explicit: bool = True, length: int | None = None) -> bytes:
    """One element as it stands in a file; text is padded to even length, nothing else is checked."""
    if len(value) % 2:
        value += b"\0" if vr in ("UI", "OB", "UN") else b" "
    size = len(value) if length is None else length
    head = struct.pack("<HH", tag >> 16, tag & 0xFFFF)
    if not explicit:
        return head + struct.pack("<I", size) + value
    if vr in LONG_FORM:
        return head + vr.encode() + b"\0\0" + struct.pack("<I", size) + value
    return head + vr.encode() + struct.pack("<H", size) + value


def raw_item(content: bytes) -> bytes:
    return b"\xfe\xff\x00\xe0" + struct.pack("<I", len(content)) + content


def encoded(ds: Dataset, syntax: str = ExplicitVRLittleEndian, *, big: bool = False) -> bytes:
    """The data set alone."""
    out = DicomBytesIO()
    out.is_little_endian = not big
    out.is_implicit_VR = syntax == ImplicitVRLittleEndian
    write_dataset(out, ds)
    return out.getvalue()


def part10(body: bytes, syntax: str = ExplicitVRLittleEndian, sop_class: str = CT, *more: bytes) -> bytes:
    """A file around an encoded data set."""
    meta = b"".join(
        [
            raw(0x00020001, "OB", b"\0\1"),
            raw(0x00020002, "UI", sop_class.encode()),
            raw(0x00020003, "UI", INSTANCE.encode()),
            raw(0x00020010, "UI", syntax.encode()),
            *more,
        ]
    )
    return bytes(128) + b"DICM" + raw(0x00020000, "UL", struct.pack("<I", len(meta))) + meta + body


def with_raw(ds: Dataset, *elements: bytes, syntax: str = ExplicitVRLittleEndian) -> bytes:
    """The file of `ds` with raw elements put in by tag; one with a tag already there takes its place."""
    explicit = syntax != ImplicitVRLittleEndian
    parts = split(encoded(ds, syntax), explicit=explicit)
    for element in elements:
        tag = tag_of(element)
        parts = [part for part in parts if tag_of(part) != tag]
        parts.append(element)
    parts.sort(key=tag_of)
    return part10(b"".join(parts), syntax, ds.SOPClassUID)


def tag_of(element: bytes) -> int:
    group, number = struct.unpack_from("<HH", element)
    return int(group << 16 | number)


def split(body: bytes, *, explicit: bool = True) -> list[bytes]:
    """Top-level elements of defined length."""
    parts, at = [], 0
    while at < len(body):
        if explicit and body[at + 4 : at + 6].decode() in LONG_FORM:
            (size,), head = struct.unpack_from("<I", body, at + 8), 12
        elif explicit:
            (size,), head = struct.unpack_from("<H", body, at + 6), 8
        else:
            (size,), head = struct.unpack_from("<I", body, at + 4), 8
        assert size != UNDEFINED, "write sequences with defined length"
        parts.append(body[at : at + head + size])
        at += head + size
    return parts


# ------------------------------------------------------------------ end to end


def file_bytes(source: Dataset | bytes) -> bytes:
    if isinstance(source, bytes):
        return source
    source.file_meta.MediaStorageSOPClassUID = source.SOPClassUID
    source.file_meta.MediaStorageSOPInstanceUID = source.get("SOPInstanceUID") or INSTANCE
    out = BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        source.save_as(out, enforce_file_format=True)
    return out.getvalue()


def run_all(
    sources: list[Dataset | bytes], policy: str = RESEARCH, settings: tuple[str, ...] = ()
) -> tuple[list[Outcome], list[bytes]]:
    """One batch through the engine: the outcomes, and the files that were released (b"" when not)."""
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        objects, terms, key = [], [], ""
        for number, source in enumerate(sources):
            path = base / f"in{number}"
            path.write_bytes(file_bytes(source))
            facts = read_facts(str(path), path.stat().st_size)
            study = facts.study_uid or "none"
            key = key or subject_key(facts.patient_id, facts.issuer, facts.birth_date, facts.patient_name, study)
            terms += facts.terms
            objects.append(SourceObject(number, str(path), path.name, path.stat().st_size, 0))
        kind: Literal["dicom", "dicomdir"] = "dicomdir" if facts.is_dicomdir else "dicom"
        batch = Batch(1, kind, SubjectKnowledge(key, tuple(sorted(set(terms)))), tuple(objects))
        rulebook = compile_policy(load_policy(policy, settings))
        out = base / "a" / "b" / "c" / "out"
        outcomes = deidentify(batch, Context(rulebook, who(), load_vocabulary(extra=vocabulary()), out))
        inside = sorted(str(path) for path in base.rglob("*") if path.is_file() and path.parent != base)
        assert all(path.startswith(str(out)) for path in inside), "written outside OUT"
        return outcomes, [(out / o.output).read_bytes() if o.output else b"" for o in outcomes]


def run(source: Dataset | bytes, policy: str = RESEARCH, *settings: str) -> Result:
    """One object that must be released."""
    outcomes, files = run_all([source], policy, settings)
    assert outcomes[0].status == "released", outcomes[0].reasons
    return Result(outcomes[0], files[0], read(files[0]))


def refused(source: Dataset | bytes, policy: str = RESEARCH, *settings: str) -> Outcome:
    """One object that must not be released."""
    outcomes, _ = run_all([source], policy, settings)
    assert outcomes[0].status in ("held", "rejected"), outcomes[0].status
    return outcomes[0]


def read(data: bytes) -> Dataset:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ds = dcmread(BytesIO(data))
        ds.walk(lambda *_: None)
    return ds


def element_bytes(data: bytes, tag: int) -> bytes | None:
    """The whole top-level element as it stands in a released file, None when it is absent."""
    ds = read(data)
    if tag not in ds:
        return None
    (length,) = struct.unpack_from("<I", data, 140)
    explicit = ds.file_meta.TransferSyntaxUID != ImplicitVRLittleEndian
    return next(part for part in split(data[144 + length :], explicit=explicit) if tag_of(part) == tag)


def shifted(day: str) -> str:
    """A DA value moved as the subject of these tests moves."""
    moved = date(int(day[:4]), int(day[4:6]), int(day[6:])) + timedelta(days=shift_days())
    return moved.strftime("%Y%m%d")


def absent(data: bytes, *needles: bytes) -> None:
    """None of `needles` is in `data`; says which is, without printing the file."""
    found = [needle for needle in needles if needle in data]
    assert not found, f"found {found}"
