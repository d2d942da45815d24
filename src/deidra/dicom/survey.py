"""One quick look at an object before anything is decided: whose it is, what it belongs to, what must not leak."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import NamedTuple

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
from deidra.dicom.source import Section, Source, looks_like_dicom, read_sections
from deidra.dicom.stream import Element, Encoding
from deidra.dicom.survey_terms import Told, names_behind, tells, told_by
from deidra.errors import ObjectError
from deidra.model import Term

__all__ = ["Facts", "HeaderReader", "facts_reader", "looks_like_dicom", "read_facts"]

MEDIA_STORAGE_DIRECTORY = "1.2.840.10008.1.3.10"
_PATIENT_NAME, _PATIENT_ID, _ISSUER, _BIRTH_DATE = 0x00100010, 0x00100020, 0x00100021, 0x00100030
_FRAME_OF_REFERENCE = 0x00200052
# What an object says of its person and its study, as a result that comes back has to say it again (PS3.3 C.7.1.1,
# C.7.2.1): name, ID, issuer, birth date, sex, age; date, time, accession number, referring physician, description, ID
IDENTITY = (
    *(_PATIENT_NAME, _PATIENT_ID, _ISSUER, _BIRTH_DATE, 0x00100040, 0x00101010),
    *(0x00080020, 0x00080030, 0x00080050, 0x00080090, 0x00081030, 0x00200010),
)
# Contours are megabytes of numbers; names behind them are found without parsing them
_BEFORE_CONTOURS = 0x3005FFFF


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
    terms: tuple[Term, ...]
    texts: frozenset[str]  # what people wrote
    site: str  # the institution, or the station where none is named
    is_dicomdir: bool
    identity: dict[int, str] = {}  # how the person and the study are described, by tag

    def __repr__(self) -> str:
        return "Facts(<redacted>)"


class _LikeSection(NamedTuple):
    """Where one section begins, counted from the first, its elements, and their bytes that matter."""

    offset: int
    length: int
    elements: list[Element]
    heads: bytes  # tags, VRs and lengths of all elements
    spans: list[tuple[int, int]]
    telling: bytes  # what stands there: everything that terms and texts were read from


class _Like(NamedTuple):
    """The header of the last object: one that stands byte for byte like it needs no parsing and tells the same."""

    encoding: Encoding
    sections: list[_LikeSection]
    told: Told


class HeaderReader:
    """Reads the headers of objects one after the other; those of a series differ in little."""

    def __init__(self) -> None:
        self._like: _Like | None = None
        self._study: tuple[tuple[bytes, bytes], dict[int, str]] | None = None  # of the last object

    def read_facts(self, path: str, size: int) -> Facts:
        """Read the header of a file. Raises Held when it is no DICOM, Rejected when it is broken, OSError."""
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            return self.facts_of(FileReader(descriptor, size))
        finally:
            os.close(descriptor)

    def facts_of(self, reader: Reader) -> Facts:
        """The facts of one object, whose pixels are not read."""
        source = open_normalised(reader)
        sections, told = self._alike(source) or self._parsed(source)
        names = names_behind(source, sections[-1]) if sections else frozenset()
        header = Header(sections, source)
        return _facts(source, header, told.terms | names, told, self._identity(header))

    def _identity(self, header: Header) -> dict[int, str]:
        study = header.raw(_PATIENT_ID), header.raw(STUDY_INSTANCE_UID)
        if self._study is None or self._study[0] != study:
            self._study = study, {tag: _text(header, tag) for tag in IDENTITY if tag in header}
        return self._study[1]

    def _alike(self, source: Source) -> tuple[list[Section], Told] | None:
        like = self._like
        if like is None or like.encoding is not source.encoding:
            return None
        sections = []
        for offset, length, elements, heads, spans, telling in like.sections:
            base = source.data_start + offset
            buf = source.reader.read_at(base, length)
            if _heads(buf, elements) != heads or _joined(buf, spans) != telling:
                return None
            sections.append(Section(buf, base, elements, True))
        return sections, like.told

    def _parsed(self, source: Source) -> tuple[list[Section], Told]:
        try:
            sections = list(read_sections(source, stop_tag=_BEFORE_CONTOURS))
        except ObjectError:
            # Whose it is may still be read; what is wrong with it, the execution will say
            sections = list(read_sections(source, stop_tag=_FRAME_OF_REFERENCE))
        told = told_by(sections, source)
        alike = [_like_section(section, source.data_start) for section in sections if section.elements]
        self._like = _Like(source.encoding, alike, told)
        return sections, told


def _like_section(section: Section, data_start: int) -> _LikeSection:
    buf, base, elements, _ = section
    spans = [(value, stop) for tag, vr, _, value, stop, items in elements if tells(tag, vr, items)]
    length = min(len(buf), elements[-1][4])
    return _LikeSection(base - data_start, length, elements, _heads(buf, elements), spans, _joined(buf, spans))


def _heads(buf: bytes, elements: list[Element]) -> bytes:
    return b"".join([buf[at:value] for _, _, at, value, _, _ in elements])


def _joined(buf: bytes, spans: list[tuple[int, int]]) -> bytes:
    return b"".join([buf[start:stop] for start, stop in spans])


def read_facts(path: str, size: int) -> Facts:
    """The facts of a single file; raises as `HeaderReader.read_facts`."""
    return HeaderReader().read_facts(path, size)


def facts_reader() -> Callable[[str, int], Facts]:
    """Like `read_facts`, quicker for files that come one after the other."""
    return HeaderReader().read_facts


def _text(header: Header, tag: int) -> str:
    raw = header.raw(tag)
    decoded = charsets.decode(raw, header.raw(CHARACTER_SET))
    return (raw.decode("latin-1") if decoded is None else decoded).strip(" \0")


def _facts(
    source: Source, header: Header, terms: frozenset[Term], told: Told, identity: dict[int, str]
) -> Facts:
    sop_class = header.text(SOP_CLASS_UID)
    stored = source.meta.get(0x00020002, b"").rstrip(b" \0").decode("ascii", "replace")
    return Facts(
        _text(header, _PATIENT_ID),
        _text(header, _ISSUER),
        _text(header, _PATIENT_NAME),
        header.text(_BIRTH_DATE),
        header.text(STUDY_INSTANCE_UID),
        header.text(SERIES_INSTANCE_UID),
        header.text(SOP_INSTANCE_UID),
        header.text(_FRAME_OF_REFERENCE),
        sop_class,
        header.text(MODALITY),
        source.transfer_syntax_uid,
        tuple(sorted(terms)),
        told.texts,
        told.site,
        MEDIA_STORAGE_DIRECTORY in (sop_class, stored),
        identity,
    )
