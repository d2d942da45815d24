"""Checks over the whole collection: identities one to one, references closed, one shift for each subject."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator
from datetime import date, timedelta

from deidra.verify.collection import add_finding
from deidra.verify.findings import Check, Finding, Severity
from deidra.verify.knowledge import Knowledge

_EXAMPLES = 20  # of one kind of break; the message counts all
_COMMON_WORD_SUBJECTS = 3


def check_integrity(collection: sqlite3.Connection, *, paired: bool, options: Collection[str] | None) -> None:
    """Add what breaks between objects. `paired`: sources are known, so that references and days can be judged."""
    moved = options is not None and "modified-dates" in options
    kept = options is not None and "full-dates" in options
    for number, finding in (*_entities(collection), *_instances(collection)):
        add_finding(collection, number, finding)
    for number, finding in _references(collection, paired=paired):
        add_finding(collection, number, finding)
    if paired:
        for number, finding in (*_uid_map(collection), *_patient_map(collection)):
            add_finding(collection, number, finding)
        for number, finding in () if kept else _shifts(collection, moved=moved):
            add_finding(collection, number, finding)


def _error(code: str, message: str, locator: str = "") -> Finding:
    return Finding(Check.INTEGRITY, Severity.ERROR, code, locator, message)


_ENTITIES = (
    ("series", "study", "series-of-two-studies", "one series belongs to two studies", "dcm:(0020,000E)"),
    ("series", "modality", "series-of-two-modalities", "one series has two modalities", "dcm:(0008,0060)"),
    ("study", "patient_id", "study-of-two-patients", "one study belongs to two patients", "dcm:(0010,0020)"),
    ("study", "study_date", "study-of-two-days", "one study has two study dates", "dcm:(0008,0020)"),
    ("study", "accession", "study-of-two-accessions", "one study has two accession numbers", "dcm:(0008,0050)"),
    ("patient_id", "patient_name", "patient-of-two-names", "one patient has two names", "dcm:(0010,0010)"),
    ("patient_id", "birth_date", "patient-of-two-births", "one patient has two days of birth", "dcm:(0010,0030)"),
    ("patient_id", "sex", "patient-of-two-sexes", "one patient has two sexes", "dcm:(0010,0040)"),
)


_STRUCTURE = frozenset({"study", "patient_id"})


def _entities(collection: sqlite3.Connection) -> Iterator[tuple[int, Finding]]:
    """What is said of one entity is the same in all its objects (PS3.3 A.1.2). Sources that disagreed may go on so."""
    for entity, attribute, code, message, locator in _ENTITIES:
        rows = collection.execute(
            f"SELECT {entity}, min(id), count(DISTINCT {attribute}) FROM object WHERE {entity} != '' "  # noqa: S608
            f"AND {attribute} IS NOT NULL GROUP BY {entity} HAVING count(DISTINCT {attribute}) > 1 LIMIT {_EXAMPLES}"
        ).fetchall()
        for value, number, _ in rows:
            apart = _apart_in_source(collection, entity, attribute, value)
            if apart is False or (apart is None and attribute in _STRUCTURE):
                yield number, _error(code, message, locator)
                continue
            why = "as in the source" if apart else "perhaps as in the source"
            yield number, Finding(Check.INTEGRITY, Severity.NOTE, code, locator, f"{message}, {why}")


def _apart_in_source(collection: sqlite3.Connection, entity: str, attribute: str, value: str) -> bool | None:
    """Whether the sources of these objects were apart in the same way; None when none of them is known."""
    known, apart = collection.execute(
        f"SELECT count(*), count(DISTINCT source.{attribute}) > 1 FROM object JOIN source ON source.id = source_id "  # noqa: S608
        f"WHERE object.{entity} = ? AND source.{attribute} != ''",
        (value,),
    ).fetchone()
    return bool(apart) if known else None


def _instances(collection: sqlite3.Connection) -> Iterator[tuple[int, Finding]]:
    rows = collection.execute(
        "SELECT max(id) FROM object WHERE kind = 'dicom' AND sop != '' GROUP BY sop HAVING count(*) > 1"
    ).fetchall()
    for (number,) in rows[:_EXAMPLES]:
        yield (
            number,
            _error("instance-twice", f"two objects have one SOP Instance UID ({len(rows)} such)", "dcm:(0008,0018)"),
        )
    rows = collection.execute(
        "SELECT id FROM object WHERE sop != '' AND stored_sop != '' AND sop != stored_sop"
    ).fetchall()
    for (number,) in rows[:_EXAMPLES]:
        yield (
            number,
            _error("meta-of-another", f"the file meta names another instance ({len(rows)} such)", "dcm:(0002,0003)"),
        )


def _references(collection: sqlite3.Connection, *, paired: bool) -> Iterator[tuple[int, Finding]]:
    """References to instances that are not there. With sources: only those that were there are missed."""
    missing = "FROM reference WHERE NOT EXISTS (SELECT 1 FROM object WHERE sop = uid)"
    if not paired:
        rows = collection.execute(f"SELECT place, min(object), count(*) {missing} GROUP BY place").fetchall()
        for place, number, count in rows:
            message = f"{count} references lead out of the collection; whether they did before only the source can tell"
            yield number, Finding(Check.INTEGRITY, Severity.NOTE, "reference-open", place, message)
        return
    # A reference is broken when its original was released, or when nothing in the sources explains the new UID
    rows = collection.execute(
        f"SELECT place, min(lost.object), count(*) FROM (SELECT place, object, uid {missing}) AS lost "  # noqa: S608
        "JOIN uid_pair ON new = uid JOIN source ON source.sop = old "
        "JOIN object AS released ON released.source_id = source.id GROUP BY place"
    ).fetchall()
    for place, number, count in rows:
        yield (
            number,
            _error("reference-broken", f"{count} references no longer lead to the released object they led to", place),
        )


_IDENTITIES = (
    "SELECT sop FROM object UNION SELECT series FROM object UNION SELECT study FROM object "
    "UNION SELECT frame_of_reference FROM object"
)


def _uid_map(collection: sqlite3.Connection) -> Iterator[tuple[int, Finding]]:
    """Each original UID has one new one, and each new one that names something released stands for one original."""
    rows = collection.execute("SELECT min(object) FROM uid_pair GROUP BY old HAVING count(DISTINCT new) > 1").fetchall()
    for (number,) in rows[:_EXAMPLES]:
        yield number, _error("uid-map-not-one-to-one", f"one original UID has two new ones ({len(rows)} such)")
    rows = collection.execute(
        f"SELECT min(object), new IN ({_IDENTITIES}) FROM uid_pair GROUP BY new HAVING count(DISTINCT old) > 1"  # noqa: S608
    ).fetchall()
    for number, names_something in rows[:_EXAMPLES]:
        if names_something:
            yield number, _error("uid-map-not-one-to-one", f"two original UIDs share a new one ({len(rows)} such)")
            continue
        message = "several references outside the collection share one new UID, as a dummy would be"
        yield number, Finding(Check.INTEGRITY, Severity.NOTE, "uid-shared", "", message)


def _patient_map(collection: sqlite3.Connection) -> Iterator[tuple[int, Finding]]:
    """One subject, one new Patient ID, and the other way round."""
    rows = collection.execute(
        "SELECT min(id) FROM object WHERE subject IS NOT NULL AND kind = 'dicom' AND patient_id != '' "
        "GROUP BY subject HAVING count(DISTINCT patient_id) > 1"
    ).fetchall()
    for (number,) in rows[:_EXAMPLES]:
        yield (
            number,
            _error("subject-of-two-ids", f"one subject has two new Patient IDs ({len(rows)} such)", "dcm:(0010,0020)"),
        )
    rows = collection.execute(
        "SELECT min(id) FROM object WHERE subject IS NOT NULL AND kind = 'dicom' AND patient_id != '' "
        "GROUP BY patient_id HAVING count(DISTINCT subject) > 1"
    ).fetchall()
    for (number,) in rows[:_EXAMPLES]:
        yield (
            number,
            _error("id-of-two-subjects", f"two subjects share a new Patient ID ({len(rows)} such)", "dcm:(0010,0020)"),
        )


def shift_of(collection: sqlite3.Connection, subject: int) -> int | None:
    """The days by which most dates of a subject moved; None when nothing is known."""
    row = collection.execute(
        "SELECT days FROM shift WHERE subject = ? GROUP BY days ORDER BY sum(count) DESC, days LIMIT 1", (subject,)
    ).fetchone()
    return int(row[0]) if row else None


def _mostly(collection: sqlite3.Connection, subject: int, usual: int | None) -> bool:
    """Whether most dates of a subject moved by the same number of days."""
    row = collection.execute(
        "SELECT sum(count), sum(CASE WHEN days = ? THEN count END) FROM shift WHERE subject = ?", (usual, subject)
    ).fetchone()
    return bool(row[0] and 2 * (row[1] or 0) > row[0])


def _shifts(collection: sqlite3.Connection, *, moved: bool) -> Iterator[tuple[int, Finding]]:
    """Every date of a subject moved by the same number of days: then all intervals are what they were."""
    subjects = collection.execute("SELECT DISTINCT subject FROM shift WHERE subject IS NOT NULL").fetchall()
    shifts: Counter[int] = Counter()
    for (subject,) in subjects:
        usual = shift_of(collection, subject)
        if not moved and not _mostly(collection, subject, usual):
            continue  # dates were replaced, not moved
        shifts[usual or 0] += 1
        rows = collection.execute(
            "SELECT place, min(object), sum(count) FROM shift WHERE subject = ? AND days != ? GROUP BY place",
            (subject, usual),
        )
        for place, number, count in rows.fetchall():
            message = f"{count} dates moved by another number of days than the other dates of the subject"
            yield number, _error("shift-differs", message, place)
    if len(subjects) > 2 and len(shifts) == 1 and 0 not in shifts:
        number = collection.execute("SELECT min(object) FROM shift").fetchone()[0]
        yield (
            number,
            Finding(
                Check.INTEGRITY, Severity.SUSPECT, "one-shift-for-all", "", "all subjects share one shift of dates"
            ),
        )


def settle_days(collection: sqlite3.Connection, knowledge: Knowledge) -> None:
    """Days found in kept text may be shifted ones that fall on another day of the subject: then nobody can tell."""
    rows = collection.execute(
        "SELECT finding.rowid, subject, day FROM finding JOIN object ON id = object "
        "WHERE day IS NOT NULL AND subject IS NOT NULL"
    ).fetchall()
    for number, subject, day in rows:
        days = _shift_by_vote(collection, knowledge, subject)
        original = date.fromisoformat(day) - timedelta(days=days or 0)
        moved = collection.execute("SELECT 1 FROM day WHERE subject = ? AND day = ?", (subject, day)).fetchone()
        if days and moved and original in knowledge.days(subject):
            collection.execute(
                "UPDATE finding SET severity = ?, message = message || '; a shifted date falls on it' WHERE rowid = ?",
                (Severity.NOTE.value, number),
            )


def _shift_by_vote(collection: sqlite3.Connection, knowledge: Knowledge, subject: int) -> int | None:
    """The shift seen between paired objects, or the one that explains most dates of the output."""
    known = shift_of(collection, subject)
    if known is not None:
        return known
    originals = knowledge.days(subject)
    output = [date.fromisoformat(d) for (d,) in collection.execute("SELECT day FROM day WHERE subject = ?", (subject,))]
    votes = Counter((new - old).days for old in originals for new in output)
    best = votes.most_common(1)
    unmoved = votes.pop(0, 0)  # dates that did not move speak against any shift
    return best[0][0] if best and best[0][1] > unmoved and best[0][1] * 2 > len(output) else None


def settle_common_words(collection: sqlite3.Connection, knowledge: Knowledge) -> None:
    """A family name that stands in the objects of many who do not bear it is a word; so is one in a kept attribute."""
    grave = (Severity.SUSPECT.value, Severity.LEAK.value)
    rows = collection.execute(
        "SELECT identifier, severity, locator, count(DISTINCT subject) FROM finding JOIN object ON id = object "
        "WHERE code = 'known-name' AND message LIKE '%another subject%' AND "
        "(severity = ? OR (severity = ? AND message LIKE '%the policy keeps')) GROUP BY 1, 2, 3",
        grave,
    ).fetchall()
    for identifier, severity, locator, subjects in rows:
        if subjects >= max(_COMMON_WORD_SUBJECTS, 3 * len(knowledge.bearers(identifier))):
            collection.execute(
                "UPDATE finding SET severity = ?, message = message || '; a word used for many' "
                "WHERE identifier = ? AND severity = ? AND locator = ? AND code = 'known-name'",
                (Severity.NOTE.value, identifier, severity, locator),
            )
