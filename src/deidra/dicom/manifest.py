"""The documents that lead through an export: Key Object Selection, and additional teaching file information.

IHE RAD TF-2 4.51 and 4.52; PS3.3 A.35.4 and C.17.6 with PS3.16 TID 2010, PS3.3 A.35.1 (Basic Text SR).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from deidra.dicom import dummies, encode
from deidra.dicom.container import file_head
from deidra.dicom.content_items import Instance, choice_item, code_item, hierarchy_items, reference_item, text_item
from deidra.dicom.export_codes import DESCRIPTION, INFORMATION, TCE, TEXTS, TITLES, Purpose
from deidra.dicom.stream import EXPLICIT_LITTLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from pydicom import Dataset

BASIC_TEXT_SR = "1.2.840.10008.5.1.4.1.1.88.11"
_EXPLICIT_VR_LITTLE_ENDIAN = "1.2.840.10008.1.2.1"
_UNICODE, _UTF_8 = "ISO_IR 192", "utf8"
_TITLE, _EVIDENCE, _IDENTICAL, _CONTENT = 0x0040A043, 0x0040A375, 0x0040A525, 0x0040A730
_PIXELS_CLEANED = "113101"
# Patient and General Study Modules, and what was done to identities
_SHARED = (
    "PatientName", "PatientID", "IssuerOfPatientID", "PatientBirthDate", "PatientSex", "StudyInstanceUID", "StudyDate",
    "StudyTime", "ReferringPhysicianName", "StudyID", "AccessionNumber", "StudyDescription",
    "LongitudinalTemporalInformationModified",
)  # fmt: skip
_TYPE_2 = (
    "PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "ReferringPhysicianName",
    "StudyID", "AccessionNumber",
)  # fmt: skip
# Clinical Trial Series Module: of the series that it was taken from
_OF_SERIES = frozenset({0x00120060, 0x00120071, 0x00120072, 0x00120073})


def head_of(path: Path) -> Dataset:
    """What the documents of a study share with its instances, from one of them that was released."""
    from pydicom import Dataset, dcmread
    from pydicom.config import disable_value_validation

    head = Dataset()
    # Values come from released files as they are; a warning would quote them
    with disable_value_validation():
        released = dcmread(path, stop_before_pixels=True)
        released.decode()
        for keyword in _SHARED:
            if keyword in released:
                head.add(released[keyword])
        for element in released.group_dataset(0x0012):
            if element.tag not in _OF_SERIES:
                head.add(element)
        for keyword in _TYPE_2:
            if keyword not in head:
                setattr(head, keyword, None)
    methods = head.get("DeidentificationMethodCodeSequence")
    if methods:
        head.DeidentificationMethodCodeSequence = [one for one in methods if one.get("CodeValue") != _PIXELS_CLEANED]
    return head


def key_object_selection(
    head: Dataset,
    of: Instance,
    listed: Sequence[Instance],
    purpose: Purpose,
    description: str,
    copies: Sequence[Instance],
) -> bytes:
    """A whole file: the manifest of `listed`.

    `of` is the document itself; `copies` are the same document in the other studies that are referenced, which each
    must have one (PS3.3 C.17.6.2.1).
    """
    from pydicom import Dataset

    document = _document(head, of, "KO")
    document.ReferencedPerformedProcedureStepSequence = []
    _make_root(document)
    template = Dataset()
    template.MappingResource, template.TemplateIdentifier = "DCMR", "2010"
    document.ContentTemplateSequence = [template]
    content = [text_item(DESCRIPTION, description)] if description else []
    sequences: dict[int, Iterable[bytes]] = {
        _TITLE: [code_item(TITLES[purpose])],
        _EVIDENCE: hierarchy_items(listed),
        _CONTENT: (*content, *map(reference_item, listed)),
    }
    if copies:
        sequences[_IDENTICAL] = hierarchy_items(copies)
    return _encoded(document, sequences)


def teaching_file_information(head: Dataset, of: Instance, told: Iterable[tuple[str, str]]) -> bytes:
    """A whole file: a Basic Text SR of what is told, by the columns of `TEXTS` and `CHOICES`."""
    document = _document(head, of, "SR")
    document.ReferencedPerformedProcedureStepSequence = []
    document.PerformedProcedureCodeSequence = []
    document.CompletionFlag, document.VerificationFlag = "COMPLETE", "UNVERIFIED"
    _make_root(document)
    content = (_information(column, text) for column, text in told)
    return _encoded(document, {_TITLE: [code_item(INFORMATION)], _CONTENT: content})


def _information(column: str, text: str) -> bytes:
    return text_item(TEXTS[column], text) if column in TEXTS else choice_item(column, text)


def _document(head: Dataset, of: Instance, modality: str) -> Dataset:
    from pydicom import Dataset

    document = Dataset()
    document.update(head)
    document.SpecificCharacterSet = _UNICODE
    document.SOPClassUID, document.SOPInstanceUID = of.sop_class_uid, of.uid
    document.Modality, document.SeriesInstanceUID, document.SeriesNumber = modality, of.series_uid, "1"
    document.Manufacturer = ""
    document.InstanceNumber = "1"
    # The day on which this was made is nobody's; that of the study is shifted like all others
    document.ContentDate = str(head.get("StudyDate") or "") or dummies.DATE.decode()
    document.ContentTime = str(head.get("StudyTime") or "") or dummies.TIME.decode()
    return document


def _make_root(document: Dataset) -> None:
    from pydicom import Dataset

    document.ValueType, document.ContinuityOfContent = "CONTAINER", "SEPARATE"
    scheme = Dataset()
    scheme.CodingSchemeDesignator, scheme.CodingSchemeName = TCE, "IHE Radiology Technical Framework"
    scheme.CodingSchemeResponsibleOrganization = "IHE International"
    document.CodingSchemeIdentificationSequence = [scheme]


def _encoded(document: Dataset, sequences: dict[int, Iterable[bytes]]) -> bytes:
    """A whole file. `sequences` hold encoded items, which may be many: pydicom would take milliseconds for each."""
    from pydicom import Dataset

    parts = {int(element.tag): _element(Dataset({element.tag: element})) for element in document}
    parts |= {tag: encode.sequence(tag, tuple(items), EXPLICIT_LITTLE) for tag, items in sequences.items()}
    head = file_head(document.SOPClassUID, document.SOPInstanceUID, _EXPLICIT_VR_LITTLE_ENDIAN)
    return head + b"".join(parts[tag] for tag in sorted(parts))


def _element(alone: Dataset) -> bytes:
    from pydicom.config import disable_value_validation
    from pydicom.filebase import DicomBytesIO
    from pydicom.filewriter import write_dataset

    buffer = DicomBytesIO()
    buffer.is_little_endian, buffer.is_implicit_VR = True, False
    with disable_value_validation():
        write_dataset(buffer, alone, _UTF_8)
    return bytes(buffer.getvalue())
