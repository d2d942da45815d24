"""Structured reports of many kinds, written with pydicom and highdicom, each with needles where people may stand."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from deidra.api import DeidentifiedObject, deidentify

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deidra.policy.content import Code

ROOT = "1.2.826.0.1.3680043.8.498.4711.77"
KEY = bytes(range(32))
CLEAN = "options=[+clean-descriptors, +clean-structured-content]"
SR = "1.2.840.10008.5.1.4.1.1.88"
BASIC_TEXT, ENHANCED, COMPREHENSIVE, COMPREHENSIVE_3D = f"{SR}.11", f"{SR}.22", f"{SR}.33", f"{SR}.34"
PROCEDURE_LOG, MAMMOGRAPHY_CAD, KEY_OBJECTS, CHEST_CAD = f"{SR}.40", f"{SR}.50", f"{SR}.59", f"{SR}.65"
XRAY_DOSE, RADIOPHARMACEUTICAL_DOSE, COLON_CAD = f"{SR}.67", f"{SR}.68", f"{SR}.69"
IMPLANTATION_PLAN, ACQUISITION_CONTEXT, SIMPLIFIED_ECHO = f"{SR}.70", f"{SR}.71", f"{SR}.72"
PATIENT_DOSE, IMAGING_AGENT_PLANNED, IMAGING_AGENT_PERFORMED = f"{SR}.73", f"{SR}.74", f"{SR}.75"
ALL_REPORTS = (
    *(BASIC_TEXT, ENHANCED, COMPREHENSIVE, COMPREHENSIVE_3D, PROCEDURE_LOG, MAMMOGRAPHY_CAD, KEY_OBJECTS, CHEST_CAD),
    *(XRAY_DOSE, RADIOPHARMACEUTICAL_DOSE, COLON_CAD, IMPLANTATION_PLAN, ACQUISITION_CONTEXT, SIMPLIFIED_ECHO),
    *(PATIENT_DOSE, IMAGING_AGENT_PLANNED, IMAGING_AGENT_PERFORMED),
)
CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"
# Value type -> the attribute of its plain value
VALUES = {
    "TEXT": "TextValue",
    "PNAME": "PersonName",
    "DATE": "Date",
    "TIME": "Time",
    "DATETIME": "DateTime",
    "UIDREF": "UID",
}
OBS, CONTAINS, MOD, ACQ = "HAS OBS CONTEXT", "CONTAINS", "HAS CONCEPT MOD", "HAS ACQ CONTEXT"
PROPERTIES, INFERRED, SELECTED = "HAS PROPERTIES", "INFERRED FROM", "SELECTED FROM"


class Item(NamedTuple):
    """A released content item: its concept, value type, plain value and position in the tree, 1-based below 1."""

    position: tuple[int, ...]
    concept: Code
    value_type: str
    value: str
    item: Dataset


def dataset(**values: object) -> Dataset:
    ds = Dataset()
    for keyword, value in values.items():
        setattr(ds, keyword, value)
    return ds


def coded(code: str, scheme: str = "DCM", meaning: str = "Concept") -> Dataset:
    return dataset(CodeValue=code, CodingSchemeDesignator=scheme, CodeMeaning=meaning)


def content(relationship: str, value_type: str, concept: str, value: object = None, *children: Dataset) -> Dataset:
    """A content item; `concept` is "code", "code scheme" or "code scheme meaning ...", "" for none."""
    item = dataset(RelationshipType=relationship, ValueType=value_type)
    if concept:
        item.ConceptNameCodeSequence = Sequence([coded(*concept.split(" ", 2))])
    if value_type in VALUES:
        setattr(item, VALUES[value_type], value)
    elif value_type == "CODE":
        item.ConceptCodeSequence = Sequence([coded(*str(value).split(" ", 2))])
    elif value_type == "NUM":
        number, unit = str(value).split(" ")
        measured = dataset(NumericValue=number, MeasurementUnitsCodeSequence=[coded(unit, "UCUM", unit)])
        item.MeasuredValueSequence = Sequence([measured])
    elif value_type in ("IMAGE", "COMPOSITE", "WAVEFORM"):
        reference = dataset(ReferencedSOPClassUID=CT_IMAGE, ReferencedSOPInstanceUID=f"{ROOT}.72.{value}")
        item.ReferencedSOPSequence = Sequence([reference])
    elif value_type == "CONTAINER":
        item.ContinuityOfContent = "SEPARATE"
    if children:
        item.ContentSequence = Sequence(children)
    return item


def reference(relationship: str, *position: int) -> Dataset:
    """An item that stands for the one at `position`."""
    return dataset(RelationshipType=relationship, ReferencedContentItemIdentifier=list(position))


def report(sop_class: str, title: str, *children: Dataset, **values: object) -> Dataset:
    """A report with a root container and the usual modules."""
    ds = dataset(
        SpecificCharacterSet="ISO_IR 192",
        SOPClassUID=sop_class,
        SOPInstanceUID=f"{ROOT}.3",
        StudyInstanceUID=f"{ROOT}.1",
        SeriesInstanceUID=f"{ROOT}.2",
        StudyDate="20240311",
        StudyTime="100850",
        ContentDate="20240311",
        ContentTime="101502",
        SeriesDate="20240311",
        SeriesTime="101502",
        AccessionNumber="ZZACC240311",
        Modality="KO" if sop_class == KEY_OBJECTS else "SR",
        Manufacturer="Example",
        ManufacturerModelName="Model",
        DeviceSerialNumber="1",
        SoftwareVersions="1",
        ReferringPhysicianName="Zzreferrer^Hanna",
        PatientName="Zzneedlename^Qqfirst",
        PatientID="ZZNEEDLEID77",
        PatientBirthDate="19310704",
        PatientSex="F",
        StudyID="77",
        SeriesNumber="3",
        InstanceNumber="1",
        ReferencedPerformedProcedureStepSequence=[],
        ValueType="CONTAINER",
        ContinuityOfContent="SEPARATE",
        ConceptNameCodeSequence=[coded(*title.split(" ", 2))],
    )
    if sop_class != KEY_OBJECTS:
        ds.CompletionFlag, ds.VerificationFlag = "COMPLETE", "UNVERIFIED"
        ds.PerformedProcedureCodeSequence = []
    for keyword, value in values.items():
        setattr(ds, keyword, value)
    if children:
        ds.ContentSequence = Sequence(children)
    _add_evidence(ds)
    return ds


def _add_evidence(ds: Dataset) -> None:
    """Current Requested Procedure Evidence Sequence (0040,A375): every instance that the content tree refers to."""
    found = {sop.ReferencedSOPInstanceUID: sop.ReferencedSOPClassUID for sop in _references(ds)}
    if not found:
        return
    sops = [dataset(ReferencedSOPClassUID=kind, ReferencedSOPInstanceUID=uid) for uid, kind in sorted(found.items())]
    series = dataset(SeriesInstanceUID=f"{ROOT}.9", ReferencedSOPSequence=sops)
    study = dataset(StudyInstanceUID=ds.StudyInstanceUID, ReferencedSeriesSequence=[series])
    ds.CurrentRequestedProcedureEvidenceSequence = Sequence([study])


def _references(ds: Dataset) -> Iterator[Dataset]:
    for item in ds.get("ContentSequence", ()):
        yield from item.get("ReferencedSOPSequence", ())
        yield from _references(item)


def encoded(ds: Dataset, *, implicit: bool = False, undefined: bool = False) -> bytes:
    """The whole file."""
    if undefined:
        _undefined_lengths(ds)
    ds.file_meta = FileMetaDataset()
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    ds.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian if implicit else ExplicitVRLittleEndian
    buffer = BytesIO()
    dcmwrite(buffer, ds, enforce_file_format=True)
    return buffer.getvalue()


def _undefined_lengths(ds: Dataset) -> None:
    for element in ds:
        if element.VR == "SQ":
            element.is_undefined_length = True
            for item in element.value:
                item.is_undefined_length_sequence_item = True
                _undefined_lengths(item)


def released(source: Dataset | bytes, *settings: str, policy: str = "public-research") -> DeidentifiedObject:
    """The report after de-identification, structured content and descriptors cleaned."""
    data = source if isinstance(source, bytes) else encoded(source)
    return deidentify(data, policy=policy, settings=settings or (CLEAN,), key=KEY)


@cache
def released_bytes(data: bytes, policy: str = "public-research", *settings: str) -> bytes:
    return released(data, *settings, policy=policy).data


def items(ds: Dataset, position: tuple[int, ...] = (1,)) -> list[Item]:
    """All content items below the root, depth first."""
    found = []
    for number, item in enumerate(ds.get("ContentSequence", ()), 1):
        name = item.get("ConceptNameCodeSequence")
        concept = (name[0].CodeValue, name[0].CodingSchemeDesignator) if name else ("", "")
        kind = item.get("ValueType", "")
        value = str(item.get(VALUES[kind], "")) if kind in VALUES else ""
        found += [Item((*position, number), concept, kind, value, item), *items(item, (*position, number))]
    return found


def read(data: bytes) -> Dataset:
    return dcmread(BytesIO(data))


def one(ds: Dataset, code: str, value_type: str = "") -> Item:
    """The only item of this concept."""
    (found,) = [i for i in items(ds) if i.concept[0] == code and value_type in ("", i.value_type)]
    return found
