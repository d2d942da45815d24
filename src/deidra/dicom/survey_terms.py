"""What one header tells of the people and places behind it, at any depth: nothing of it may be read in the output."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from deidra.dicom import charsets
from deidra.dicom.source import Section, Source
from deidra.dicom.stream import FRAGMENTS, IMPLICIT_LITTLE, Element, Encoding, Item, items_of
from deidra.errors import ObjectError
from deidra.model import Term
from deidra.standard import confidentiality, dictionary, second_layer

CHARACTER_SET, STATION = 0x00080005, 0x00081010
# Names are told by their VR. These are the other attributes whose value identifies somebody or some place by itself.
_KINDS = {
    "identifier": (
        "PatientID", "OtherPatientIDs", "MedicalRecordLocator", "AccessionNumber", "StudyID", "AdmissionID",
        "ServiceEpisodeID", "RequestedProcedureID", "ScheduledProcedureStepID", "PerformedProcedureStepID",
        "PlacerOrderNumberImagingServiceRequest", "FillerOrderNumberImagingServiceRequest", "ContainerIdentifier",
        "SpecimenIdentifier", "ClinicalTrialSubjectID", "ClinicalTrialSubjectReadingID", "InsurancePlanIdentification",
    ),
    "phone": (
        "PatientTelephoneNumbers", "ReferringPhysicianTelephoneNumbers", "PersonTelephoneNumbers",
        "OrderCallbackPhoneNumber",
    ),
    "address": (
        "PatientAddress", "ReferringPhysicianAddress", "PersonAddress",
    ),
    "institution": (
        "InstitutionName", "InstitutionAddress", "InstitutionalDepartmentName", "ClinicalTrialSiteName",
    ),
    "date": ("PatientBirthDate", "StudyDate", "SeriesDate", "AcquisitionDate", "ContentDate"),
}  # fmt: skip
# Sequences of nothing but geometry, and many megabytes of it: Per-Frame Functional Groups, Contours
_NUMBERS = frozenset({0x52009230, 0x30060039})
_MIN_IDENTIFIER_LETTERS = 3
# ROI Interpreter (3006,00A6) and Reviewer Name (300E,0008), with or without VR: one byte of length, then the name
_REVIEWERS = (b"\x06\x30\xa6\x00", b"\x0e\x30\x08\x00")
_SHORT_VALUE = re.compile(rb"(?:PN)?([^\0])\0(?:\0\0)?([ -\xff]+)", re.DOTALL)
_PIXELS_GROUP = 0x7FE0
_SEARCHED_BYTES = 1 << 17


class Told(NamedTuple):
    """Terms of the subject; texts that people write, for the words that a collection shares; where it was made."""

    terms: frozenset[Term]
    texts: frozenset[str]
    site: str


@cache
def _wanted() -> dict[int, str]:
    """Tag -> kind of term, or "text" for what people write (Clean Descriptors in Table E.1-1, second layer)."""
    rows = confidentiality.edition().rows
    wanted = {tag: "text" for tag, row in rows.items() if row.options.get("clean-descriptors") == "C"}
    wanted |= {tag: "text" for tag, category in second_layer.category_table().items() if category == "free-text"}
    wanted[STATION] = "station"
    wanted |= {tag: "name" for tag, vr in dictionary.vr_table().items() if vr == "PN"}
    return wanted | {tag_of(keyword): kind for kind, keywords in _KINDS.items() for keyword in keywords}


def tag_of(keyword: str) -> int:
    """The tag of a keyword that the dictionary is known to have."""
    tag = dictionary.tag_of(keyword)
    assert tag is not None, keyword  # noqa: S101 - a slip in the lists above
    return tag


def told_by(sections: list[Section], source: Source) -> Told:
    """Read a header for what it tells. What cannot be decoded is read as Latin-1: better than not at all."""
    found: set[tuple[str, str]] = set()
    for section in sections:
        _collect(found, section.buf, section.elements, source.encoding, 0, b"")
    terms = {
        Term(kind, part) for kind, text in found if kind in _KINDS or kind == "name" for part in _parts(kind, text)
    }
    sites = sorted((kind != "institution", text) for kind, text in found if kind in ("institution", "station"))
    texts = frozenset(text for kind, text in found if kind == "text")
    return Told(frozenset(terms), texts, sites[0][1] if sites else "")


def names_behind(source: Source, last: Section) -> frozenset[Term]:
    """Names of the reviewers and interpreters of a plan, which stand behind its contours or dose references.

    They are found by their tag in what follows next and in the end of the object: what lies between is numbers.
    """
    start = last.base + last.elements[-1][4] if last.elements else last.base
    size = source.reader.size
    group = int.from_bytes(source.reader.read_at(start, 2), "little")
    if not last.stopped or group >= _PIXELS_GROUP:
        return frozenset()
    near = source.reader.read_at(start, _SEARCHED_BYTES)
    end = source.reader.read_at(max(start + len(near), size - _SEARCHED_BYTES), _SEARCHED_BYTES)
    return frozenset(term for part in (near, end) for term in _reviewers(part))


def _reviewers(buf: bytes) -> Iterator[Term]:
    for tag in _REVIEWERS:
        position = buf.find(tag)
        while position >= 0:
            if match := _SHORT_VALUE.match(buf, position + len(tag)):
                value = match[2][: match[1][0]].decode("latin-1")
                yield from (Term("name", part) for part in _parts("name", value))
            position = buf.find(tag, position + 1)


def tells(tag: int, vr: str, items: list[Item] | None) -> bool:
    """Whether an element at top level is one that `told_by` looks at."""
    return vr in ("SQ", "PN") or items is not None or tag == CHARACTER_SET or tag in _wanted()


def _collect(
    found: set[tuple[str, str]], buf: bytes, elements: list[Element], encoding: Encoding, depth: int, charset: bytes
) -> None:
    """Add kind and text of everything wanted in a data set and below it."""
    wanted = _wanted()
    for element in elements:
        tag, vr, _, value, stop, items = element
        if items is not None or vr == "SQ":
            if tag not in _NUMBERS and items is not FRAGMENTS:
                inner = IMPLICIT_LITTLE if vr == "UN" else encoding
                for item in _items(buf, element, encoding, depth):
                    _collect(found, buf, item[3], inner, depth + 1, charset)
        elif tag in wanted or vr == "PN":
            raw = buf[value:stop]
            decoded = charsets.decode(raw, charset)
            text = (raw.decode("latin-1") if decoded is None else decoded).strip(" \0")
            if text:
                found.add((wanted.get(tag, "name"), text))
        elif tag == CHARACTER_SET:
            charset = buf[value:stop]


def _items(buf: bytes, element: Element, encoding: Encoding, depth: int) -> list[Item]:
    """The items of a sequence; none of what cannot be read, which the execution will hold or remove."""
    try:
        return items_of(buf, element, encoding, depth) if element[4] <= len(buf) else []
    except ObjectError:
        return []


def _parts(kind: str, value: str) -> Iterator[str]:
    for part in value.split("\\"):
        text = part.strip(" \0")
        letters = sum(map(str.isalnum, text))
        if letters >= (_MIN_IDENTIFIER_LETTERS if kind == "identifier" else 1):
            yield text
