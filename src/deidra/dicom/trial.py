"""The Clinical Trial Subject, Study and Series modules of a released object (PS3.3 C.7.1.3, C.7.2.3, C.7.3.2).

What an object says of another trial goes by the rules like anything else; these elements take its place.
"""

from __future__ import annotations

import struct
from datetime import date
from typing import TYPE_CHECKING

from deidra.dicom import encode
from deidra.dicom.rewrite import Insert
from deidra.model import Action, Edit

if TYPE_CHECKING:
    from deidra.dicom.header import Header
    from deidra.dicom.rules import Place
    from deidra.dicom.stream import Encoding
    from deidra.identity.subject_list import TrialSubject
    from deidra.policy.schema import TimePoint, Trial

_SPONSOR, _PROTOCOL_ID, _PROTOCOL_NAME = 0x00120010, 0x00120020, 0x00120021
_SITE_ID, _SITE_NAME, _SUBJECT_ID, _READING_ID = 0x00120030, 0x00120031, 0x00120040, 0x00120042
_TIME_POINT_ID, _TIME_POINT_DESCRIPTION = 0x00120050, 0x00120051
_OFFSET_FROM_EVENT, _EVENT_TYPE = 0x00120052, 0x00120053
_COORDINATING_CENTER = 0x00120060
_STUDY_DATE = 0x00080020
# A study outside of all visits that the policy names
UNSCHEDULED = "UNSCHEDULED"


def inserts(
    header: Header, place: Place, trial: Trial, subject: TrialSubject | None, pseudonym: bytes, encoding: Encoding
) -> list[Insert]:
    """The elements to write, in tag order; none into an object that is nobody's.

    `subject` is what the list of subjects says; its site wins over the policy's.
    """
    if place.type_of(_SUBJECT_ID) == "":
        return []
    texts = {
        _SPONSOR: trial.sponsor,
        _PROTOCOL_ID: trial.protocol_id,
        _PROTOCOL_NAME: trial.protocol_name,
        _SITE_ID: (subject and subject.site_id) or trial.site_id,
        _SITE_NAME: (subject and subject.site_name) or trial.site_name,
        _SUBJECT_ID: pseudonym.decode("ascii"),
        _COORDINATING_CENTER: trial.coordinating_center,
    }
    if subject and subject.reading_id:
        texts[_READING_ID] = subject.reading_id
    day = _days_from_baseline(header, subject)
    point = next((point for point in trial.time_points if day is not None and _holds(point, day)), None)
    texts[_TIME_POINT_ID] = point.id if point else UNSCHEDULED if day is not None and trial.time_points else ""
    if point and point.description:
        texts[_TIME_POINT_DESCRIPTION] = point.description
    found = {tag: encode.element(tag, "LO", text.encode("ascii"), encoding) for tag, text in texts.items()}
    if _TIME_POINT_DESCRIPTION in found:
        found[_TIME_POINT_DESCRIPTION] = encode.element(
            _TIME_POINT_DESCRIPTION, "ST", texts[_TIME_POINT_DESCRIPTION].encode("ascii"), encoding
        )
    if day is not None:
        found[_OFFSET_FROM_EVENT] = encode.element(_OFFSET_FROM_EVENT, "FD", struct.pack("<d", day), encoding)
        found[_EVENT_TYPE] = encode.element(_EVENT_TYPE, "CS", b"BASELINE", encoding)
    return [_insert(tag, found[tag]) for tag in sorted(found)]


def _days_from_baseline(header: Header, subject: TrialSubject | None) -> int | None:
    """Whole days from the subject's baseline to the study, None where one of the two is not known."""
    if subject is None or subject.baseline is None:
        return None
    try:
        study = date.fromisoformat(header.text(_STUDY_DATE).strip().replace(".", ""))
    except ValueError:
        return None
    return (study - subject.baseline).days


def _holds(point: TimePoint, day: int) -> bool:
    return point.first_day <= day <= point.last_day


def _insert(tag: int, content: bytes) -> Insert:
    locator = f"dcm:({tag >> 16:04X},{tag & 0xFFFF:04X})"
    return Insert(tag, content, Edit(locator, Action.REWRITE, "trial", "policy: clinical trial identification"))
