"""Whose a result is: told by everything that it names, and refused where that does not agree."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from deidra.errors import Held
from deidra.run.keeper import uid_map
from deidra.workspace import crosswalk, studies

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Collection, Iterator, Mapping

    from deidra.dicom.claims import Claims, Reference

NOBODY = 0


class Known(NamedTuple):
    """A UID of ours: what it names, what it was, whose it is (NOBODY's alone where 0), and where it belongs."""

    kind: str
    old: str
    subject: int = NOBODY
    study: str = ""  # original
    series: str = ""


class Registry(msgspec.Struct, frozen=True):
    """What was released of whom. `uids`, by new ones, are those that were asked for. Sensitive: its repr hides it."""

    pseudonyms: Mapping[str, int]
    keys: Mapping[int, str]  # subject -> subject key
    uids: Mapping[str, Known]

    def __repr__(self) -> str:
        return "Registry(<redacted>)"


def registry(ledger: sqlite3.Connection, new: Callable[[str], str], wanted: Collection[str]) -> Registry:
    """What the ledger knows of the new UIDs that are wanted; everything is derived again until it meets."""
    people = list(studies.subjects(ledger))
    mapped = uid_map(ledger, new)
    uids = {uid: known for known in _released(ledger) if (uid := mapped(known.old)) in wanted}
    uids |= {uid: Known("uid", old) for old in crosswalk.other_uids(ledger) if (uid := new(old)) in wanted}
    return Registry(
        {pseudonym: number for number, _, pseudonym in people}, {number: key for number, key, _ in people}, uids
    )


def subject_of(claims: Claims, known: Registry, fresh: Collection[str]) -> int:
    """The subject of a result; raises Held when that is not beyond doubt. `fresh` are UIDs that results are or form."""
    if not claims.sop_class_uid or not all((claims.study_uid, claims.series_uid, claims.sop_instance_uid)):
        raise Held("uid-missing", "a UID that every object needs is missing")
    if claims.sop_instance_uid in known.uids:
        raise Held("not-a-result", "this has the identity of an object that was sent", "dcm:(0008,0018)")
    named = known.pseudonyms.get(claims.patient_id)
    if claims.patient_id and named is None:
        raise Held("patient-unknown", "the Patient ID is no pseudonym of this workspace", "dcm:(0010,0020)")
    found = {known.uids[uid].subject for uid in claims.uids if uid in known.uids} - {NOBODY}
    if len(found) > 1:
        raise Held("two-subjects", "what it refers to belongs to more than one subject")
    if not found:
        raise Held("unattributed", "it refers to nothing that was sent")
    (subject,) = found
    if named not in (None, subject):
        raise Held("patient-conflict", "the Patient ID is not that of the subject it refers to", "dcm:(0010,0020)")
    _check_place(claims, known)
    for reference in claims.references:
        _check_reference(reference, known, fresh)
    if any(uid not in known.uids and uid not in fresh for uid in claims.groups):
        raise Held("reference-unknown", "it refers to a study or series that nobody knows")
    return subject


def _check_place(claims: Claims, known: Registry) -> None:
    study, series = known.uids.get(claims.study_uid), known.uids.get(claims.series_uid)
    if study and study.kind != "study":
        raise Held("study-conflict", "its study is no study", "dcm:(0020,000D)")
    if series and (series.kind != "series" or study is None or series.study != study.old):
        raise Held("study-conflict", "its series is one that was sent, in another study", "dcm:(0020,000E)")


def _check_reference(reference: Reference, known: Registry, fresh: Collection[str]) -> None:
    found = known.uids.get(reference.instance)
    if found is None:
        if reference.instance not in fresh:
            raise Held("reference-unknown", "it refers to an instance that nobody knows", "dcm:(0008,1155)")
        return
    if found.kind != "instance":
        return
    for place, old in ((reference.study, found.study), (reference.series, found.series)):
        named = known.uids.get(place)
        if place and (named is None or named.old != old):
            raise Held("reference-conflict", "it places an instance in another study or series", "dcm:(0008,1155)")


def _released(ledger: sqlite3.Connection) -> Iterator[Known]:
    released = (
        "FROM outcomes JOIN objects ON objects.id = object_id JOIN series ON series.id = series_id "
        "WHERE status = 'released'"
    )
    for subject, study, series in ledger.execute(f"SELECT DISTINCT subject_id, study_uid, series_uid {released}"):
        if study:
            yield Known("study", study, subject, study)
        if series:
            yield Known("series", series, subject, study, series)
    rows = ledger.execute(
        f"SELECT sop_instance_uid, subject_id, study_uid, series_uid {released} AND kind = 'dicom' "
        "AND sop_instance_uid IS NOT NULL"
    )
    for uid, subject, study, series in rows:
        yield Known("instance", uid, subject, study, series)
    for (uid,) in ledger.execute("SELECT uid FROM frames_of_reference"):
        yield Known("frame-of-reference", uid)
