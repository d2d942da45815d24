"""What the collection-wide checks need of one object."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from deidra.standard.uids import is_registered
from deidra.verify.attributes import Nature, nature
from deidra.verify.forms import calendar_day
from deidra.verify.places import Place, pattern
from deidra.verify.texts import text_of

REFERENCED_SOP_INSTANCE_UID = 0x00081155
_ONCE = {
    "sop_class": 0x00080016,
    "sop": 0x00080018,
    "modality": 0x00080060,
    "study_date": 0x00080020,
    "accession": 0x00080050,
    "patient_name": 0x00100010,
    "patient_id": 0x00100020,
    "issuer": 0x00100021,
    "birth_date": 0x00100030,
    "sex": 0x00100040,
    "study": 0x0020000D,
    "series": 0x0020000E,
    "instance_number": 0x00200013,
    "frame_of_reference": 0x00200052,
}
_TAGS = {tag: name for name, tag in _ONCE.items()}
_STORED_SOP, _TRANSFER_SYNTAX = 0x00020003, 0x00020010


class Facts(NamedTuple):
    """Identity of an object as it is written in it. `references` are (place without items, UID), `days` its dates."""

    sop_class: str = ""
    sop: str = ""
    modality: str = ""
    study_date: str = ""
    accession: str = ""
    patient_name: str = ""
    patient_id: str = ""
    issuer: str = ""
    birth_date: str = ""
    sex: str = ""
    study: str = ""
    series: str = ""
    instance_number: str = ""
    frame_of_reference: str = ""
    stored_sop: str = ""
    transfer_syntax_uid: str = ""
    references: tuple[tuple[str, str], ...] = ()
    days: tuple[date, ...] = ()
    method_codes: tuple[str, ...] = ()
    declared: bool = False

    def __repr__(self) -> str:
        return "Facts(<redacted>)"


_DEIDENTIFIED, _METHODS, _CODE_VALUE = 0x00120062, 0x00120064, 0x00080100


def facts_of(meta: list[Place], places: list[Place]) -> Facts:
    """The facts of an object."""
    once: dict[str, str] = {}
    references, days, codes = set[tuple[str, str]](), set[date](), list[str]()
    declared = False
    for place in places:
        value = place.value
        if not value:
            continue
        tag = place.tag
        if not place.path and tag in _TAGS:
            once[_TAGS[tag]] = text_of(value, place.vr, place.encodings)
        elif not place.path and tag == _DEIDENTIFIED:
            declared = value.strip(b"\0 ") == b"YES"
        elif tag == REFERENCED_SOP_INSTANCE_UID:
            references.update((pattern(place), uid) for uid in uids_of(value))
        elif tag == _CODE_VALUE and place.path and place.path[0].tag == _METHODS:
            codes.append(text_of(value, place.vr, place.encodings))
        if place.vr in ("DA", "DT") and not place.private and nature(tag, place.vr, place.inside) is Nature.DATE:
            days.update(day for part in value.split(b"\\") if (day := calendar_day(part.decode("latin-1"))))
    stored, syntax = (
        next((p.value for p in meta if p.tag == tag and p.value), b"") for tag in (_STORED_SOP, _TRANSFER_SYNTAX)
    )
    return Facts(
        **once,
        stored_sop=text_of(stored, "UI", ()),
        transfer_syntax_uid=text_of(syntax, "UI", ()),
        references=tuple(sorted(references)),
        days=tuple(sorted(days)),
        method_codes=tuple(codes),
        declared=declared,
    )


def uids_of(value: bytes) -> list[str]:
    """The instance-like UIDs of a UI value."""
    found = (part.strip("\0 ") for part in value.decode("latin-1").split("\\"))
    return [uid for uid in found if uid and not is_registered(uid)]
