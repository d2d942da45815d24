"""What an object that comes back says of itself: whose it is, where it belongs, and every UID that it names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from deidra.dicom.header import SERIES_INSTANCE_UID, SOP_CLASS_UID, SOP_INSTANCE_UID, STUDY_INSTANCE_UID, Header
from deidra.dicom.source import Section, Source, read_sections
from deidra.dicom.stream import FRAGMENTS, IMPLICIT_LITTLE, Element, Encoding, items_of
from deidra.standard import dictionary, uids

if TYPE_CHECKING:
    from collections.abc import Mapping

PATIENT_ID = 0x00100020
REFERENCED_SOP_INSTANCE_UID = 0x00081155
TEXT_VRS = frozenset(("LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT"))
# Told from numbers with a decimal point by its length; anything else in a text is no UID of ours
UID_IN_TEXT = re.compile(rb"(?<![\d.])(?:2\.25\.\d{6,39}|[0-2](?:\.(?:0|[1-9]\d*)){4,})(?!\d|\.\d)")


class Reference(NamedTuple):
    """An instance that an object refers to, with the series and the study it places it in ("" where it does not)."""

    instance: str
    series: str
    study: str


class Claims(NamedTuple):
    """One object. `uids` are all that it names at any depth but registered ones, `groups` those of whole studies and
    series that items of it name."""

    patient_id: str
    sop_class_uid: str
    study_uid: str
    series_uid: str
    sop_instance_uid: str
    references: frozenset[Reference]
    groups: frozenset[str]
    uids: frozenset[str]


class _Found(NamedTuple):
    uids: set[str]
    groups: set[str]
    references: set[Reference]


def claims(source: Source) -> Claims:
    """Read all of it but pixels. Raises Held and Rejected as `read_sections` does."""
    sections: list[Section] = []
    found = _Found(set(), set(), set())
    vrs = dictionary.vr_table()
    for section in read_sections(source):
        sections.append(section)
        loose = _gather(found, section.buf, section.elements, source.encoding, 0, vrs)
        found.references.update(loose)
    header = Header(sections, source)
    return Claims(
        header.raw(PATIENT_ID).decode("latin-1").strip(" \0"),
        header.text(SOP_CLASS_UID),
        header.text(STUDY_INSTANCE_UID),
        header.text(SERIES_INSTANCE_UID),
        header.text(SOP_INSTANCE_UID),
        frozenset(found.references),
        frozenset(found.groups),
        frozenset(found.uids),
    )


def _gather(
    found: _Found, buf: bytes, elements: list[Element], encoding: Encoding, depth: int, vrs: Mapping[int, str]
) -> list[Reference]:
    """Note what a data set names; gives its references that nothing has placed in a study yet."""
    loose: list[Reference] = []
    series = study = ""
    for element in elements:
        tag, vr, _, value, stop, items = element
        vr = vr or vrs.get(tag, "")
        if stop > len(buf) or items is FRAGMENTS:
            continue
        if items is not None or vr == "SQ":
            inner = IMPLICIT_LITTLE if element[1] == "UN" else encoding
            for item in items_of(buf, element, encoding, depth):
                loose += _gather(found, buf, item[3], inner, depth + 1, vrs)
        elif vr == "UI":
            values = list(_uids(buf[value:stop]))
            found.uids.update(values)
            if tag == REFERENCED_SOP_INSTANCE_UID:
                loose += [Reference(uid, "", "") for uid in values]
            elif depth and tag == SERIES_INSTANCE_UID and values:
                series = values[0]
            elif depth and tag == STUDY_INSTANCE_UID and values:
                study = values[0]
        elif vr in TEXT_VRS and b"." in buf[value:stop]:
            texts = (match[0].decode() for match in UID_IN_TEXT.finditer(buf, value, stop))
            found.uids.update(uid for uid in texts if not uids.is_registered(uid))
    found.groups.update({series, study} - {""})
    if not series and not study:
        return loose
    placed = [Reference(one.instance, one.series or series, one.study or study) for one in loose]
    found.references.update(one for one in placed if one.study)
    return [one for one in placed if not one.study]


def _uids(raw: bytes) -> Iterator[str]:
    for part in raw.split(b"\\"):
        uid = part.strip(b" \0").decode("latin-1")
        if uid and not uids.is_registered(uid):
            yield uid
