"""Tables that come back: pseudonyms and new UIDs in their cells become the original ones, row by row.

A row is about one subject or it is left out. Nothing is known of what columns mean but by their names: those that name
a date hold dates, those that name a patient hold pseudonyms; elsewhere only what cannot be a coincidence is taken for
a pseudonym.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from deidra.dicom import dates, dummies
from deidra.dicom.claims import UID_IN_TEXT
from deidra.errors import Held
from deidra.run.attribution import NOBODY
from deidra.standard import uids

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from deidra.dicom.restore import Original
    from deidra.run.attribution import Registry

_UID = re.compile(UID_IN_TEXT.pattern.decode())
# Names of columns, letters only
_PATIENT = re.compile(r"(?:dicom)?(?:patient|subject|participant|case|person|pseudonym|pat|sub|p)?(?:id|idnew|nr|no)?")
_WORD = re.compile(r"[A-Za-z0-9]+")
_FEWEST_LETTERS = 6
_DAY = re.compile(r"([12]\d{3})(-?)([01]\d)\2([0-3]\d)(?=\D|$)")


class Row(NamedTuple):
    """What a row names: subjects, and UIDs that are no registered ones."""

    subjects: frozenset[int]
    uids: frozenset[str]


def read_row(names: Sequence[str], cells: Sequence[str], pseudonyms: Mapping[str, int] = MappingProxyType({})) -> Row:
    """What the cells under `names` name; `pseudonyms` are those of the workspace by their spelling."""
    subjects: set[int] = set()
    found: set[str] = set()
    for name, cell in zip(names, cells, strict=False):
        found.update(uid for uid in _UID.findall(cell) if not uids.is_registered(uid))
        subjects.update(pseudonyms[one] for one in _pseudonyms(name, cell, pseudonyms))
    return Row(frozenset(subjects), frozenset(found))


def subject_of(row: Row, known: Registry, fresh: Collection[str]) -> int:
    """The subject of a row; raises Held when it is not beyond doubt."""
    subjects = row.subjects | {known.uids[uid].subject for uid in row.uids if uid in known.uids} - {NOBODY}
    if len(subjects) > 1:
        raise Held("two-subjects", "the row names more than one subject")
    if any(uid not in known.uids and uid not in fresh for uid in row.uids):
        raise Held("reference-unknown", "the row has a UID that nobody knows")
    if not subjects:
        raise Held("unattributed", "the row names nobody of this workspace")
    (subject,) = subjects
    return subject


def restored_row(names: Sequence[str], cells: Sequence[str], original: Original) -> list[str]:
    """The cells with what stood in place of the new identifiers: Patient ID and name, UIDs, dates."""

    def back(name: str, cell: str) -> str:
        new = _UID.sub(lambda match: original.uids.get(match[0], match[0]), cell)
        if "date" in name.casefold():
            new = _DAY.sub(lambda match: _day_back(match, original), new)
        instead = original.patient_name if "name" in name.casefold() else original.patient_id
        for pseudonym in _pseudonyms(name, new, {original.pseudonym: 0}):
            whole = rf"(?<![A-Za-z0-9]){re.escape(pseudonym)}(?![A-Za-z0-9])"
            new = re.sub(whole, lambda _: instead, new)
        return new

    return [back(name, cell) for name, cell in zip([*names, *[""] * len(cells)], cells, strict=False)]


def _pseudonyms(name: str, cell: str, known: Collection[str]) -> list[str]:
    """The pseudonyms in a cell: all of it, or words of it where they are long and not only digits."""
    stripped = cell.strip()
    if stripped in known:
        plain = re.sub(r"[^a-z]", "", name.casefold())
        sure = len(stripped) >= _FEWEST_LETTERS and not stripped.isdigit()
        return [stripped] if sure or (plain and (_PATIENT.fullmatch(plain) or "patient" in plain)) else []
    words = (word for word in _WORD.findall(cell) if len(word) >= _FEWEST_LETTERS and not word.isdigit())
    return list(dict.fromkeys(word for word in words if word in known))


def _day_back(match: re.Match[str], original: Original) -> str:
    year, dash, month, day = match.groups()
    spelled = f"{year}{month}{day}"
    if not original.shift_days or spelled > original.last_day or spelled.encode() == dummies.DATE:
        return match[0]
    moved = dates.shift_date(spelled.encode(), original.shift_days)
    if moved is None:
        return match[0]
    text = moved.decode()
    return dash.join((text[:4], text[4:6], text[6:]))
