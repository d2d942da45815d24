"""The round trip's way home: results that were made of released objects get the identity back that these had.

Everything is read first; what cannot be attributed beyond doubt is left out. Then the accesses go on record in the
vault, then the results are written, read again and checked. See docs/reidentify.md for the rules.
"""

from __future__ import annotations

import functools
import os
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from deidra.dicom import dates
from deidra.dicom.claims import PATIENT_ID, Claims
from deidra.dicom.restore import PATIENT_AGE, PATIENT_NAME, Original, Value
from deidra.errors import Held, ObjectError, Rejected, UsageError
from deidra.identity.pseudonyms import Identity, identity
from deidra.identity.vault import opening
from deidra.run import attribution, reidentify_json, reidentify_tables, table_files
from deidra.run.attribution import NOBODY, Registry
from deidra.run.collection import ledger_at
from deidra.run.discover import discover
from deidra.run.keeper import shift_range
from deidra.run.vault import refuse_without_trace
from deidra.run.vault_admin import ensure
from deidra.run.way_home import (
    Reidentified,
    ResultRow,
    claims_of,
    flush_written,
    make_private,
    refusal,
    refuse_out,
    summary,
    write_object,
)
from deidra.workspace import studies
from deidra.workspace.ledger import meta
from deidra.workspace.lock import locked
from deidra.workspace.paths import LEDGER, replace_private, settle_folders

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping
    from types import ModuleType

REPORT = "reidentify.json"
_MOST_ORIGINALS = 10_000
# Written empty where the source had none: Type 2 (PS3.3 C.7.1.1, C.7.2.1). The others go.
_PATIENT_TYPE_2 = (PATIENT_NAME, PATIENT_ID, 0x00100030, 0x00100040)
_PATIENT_TYPE_3 = (0x00100021, PATIENT_AGE)
_STUDY_TYPE_2 = (0x00080020, 0x00080030, 0x00080050, 0x00080090, 0x00200010)
_STUDY_TYPE_3 = (0x00081030,)


class _Result(msgspec.Struct, frozen=True):
    """A file among the results: an object with its claims, or a table (None)."""

    path: Path
    relative: str
    claims: Claims | None


class _Home(msgspec.Struct, frozen=True):
    """What the way back needs. Holds keys.

    `shifts`: whether dates were; `uids`: new -> original by subject; `olds`: all of these originals; `fresh`: UIDs that
    the results brought.
    """

    ledger: sqlite3.Connection
    who: Identity
    shifts: bool
    known: Registry
    uids: Mapping[int, dict[str, str]]
    olds: frozenset[str]
    fresh: frozenset[str]


def reidentify(results: Path, out: Path, *, workspace: Path, reason: str, unlock: str = "") -> Reidentified:
    """Write what is under `results` into `out`, an empty folder, with the identity of the workspace's sources.

    The accesses are in the log of the vault before anything is written; a workspace without a vault gets one.
    Raises UsageError, and VaultError where there is no way back.
    """
    if not reason.strip():
        raise UsageError("reason-missing", "say why, for the access log: --reason")
    started = datetime.now(UTC).isoformat(timespec="seconds")
    workspace = Path(os.path.realpath(workspace))
    folders = settle_folders([results], out, workspace)
    ensure(workspace)
    with (
        opening.opened(workspace, unlock=unlock) as vault,
        locked(workspace),
        ledger_at(workspace / LEDGER) as ledger,
    ):
        refuse_without_trace(vault)
        refuse_out(folders.out)
        _refuse_released(folders.out, meta(ledger, "out"))
        found, rows = _read_all(Path(folders.sources[0]))
        home = _home(ledger, vault.project.master, found)
        subjects, refused = _attributed(found, home)
        rows += refused
        tables = [one for one in found if one.claims is None]
        used = Counter(subjects.values())
        for table in tables:
            used.update(_form(table.path).subjects_in(table.path, home.known, home.fresh))
        names = {number: pseudonym for pseudonym, number in home.known.pseudonyms.items()}
        with vault.store.transaction():
            for number, times in sorted(used.items()):
                vault.log("reidentify", what=f"subject {names[number]}: {times} results", reason=reason)
        make_private(folders.out)
        original = functools.lru_cache(_MOST_ORIGINALS)(functools.partial(_original, home, names))
        for one in found:
            if one.relative in subjects:
                rows.append(_write(one, subjects[one.relative], folders.out, home, original))
        for table in tables:
            write = _form(table.path).write
            rows.append(write(table.path, table.relative, folders.out, home.known, home.fresh, original))
        flush_written(folders.out)
    done = summary(started, rows, len(used))
    replace_private(workspace / REPORT, msgspec.json.format(msgspec.json.encode(done)).decode() + "\n")
    return done


def _is_table(path: Path) -> bool:
    return table_files.is_table(path) or reidentify_json.is_json(path)


def _form(path: Path) -> ModuleType:
    """What reads and writes a table."""
    return reidentify_json if reidentify_json.is_json(path) else reidentify_tables


def _refuse_released(out: Path, released: str) -> None:
    """Identity must never stand where what is released stands."""
    if released and (out.is_relative_to(released) or Path(released).is_relative_to(out)):
        raise UsageError("folders-overlap", "this is the folder of what was released; keep them apart")


def _read_all(top: Path) -> tuple[list[_Result], list[ResultRow]]:
    """Every file that is an object or a table, and what became of the others."""
    found: list[_Result] = []
    refused: list[ResultRow] = []
    for file in discover([str(top)]):
        path = Path(file.name)
        relative = os.path.relpath(path, top) if path != top else path.name
        try:
            if file.reason is not None:
                raise Rejected(file.reason.code, file.reason.message)
            found.append(_Result(path, relative, None if _is_table(path) else claims_of(path)))
        except Exception as error:  # noqa: BLE001 - one bad file never stops the others
            refused.append(refusal(relative, error))
    return found, refused


def _home(ledger: sqlite3.Connection, master: bytes, found: list[_Result]) -> _Home:
    objects = [one.claims for one in found if one.claims]
    own = {uid for one in objects for uid in _own(one)}
    wanted = own.union(*(one.uids for one in objects))
    for one in found:
        if one.claims is None:
            wanted |= _form(one.path).uids_in(one.path)
    shifts = shift_range(ledger)
    who = identity(master, shift_range_days=shifts or (1, 1))
    known = attribution.registry(ledger, who.uid, wanted)
    uids: dict[int, dict[str, str]] = {}
    for new, what in known.uids.items():
        uids.setdefault(what.subject, {})[new] = what.old
    olds = frozenset(what.old for what in known.uids.values())
    return _Home(ledger, who, shifts is not None, known, uids, olds, frozenset(own - known.uids.keys()))


def _own(one: Claims) -> tuple[str, str, str]:
    return one.study_uid, one.series_uid, one.sop_instance_uid


def _attributed(found: list[_Result], home: _Home) -> tuple[dict[str, int], list[ResultRow]]:
    """Path -> subject of the objects that can go back; the others with their reason.

    What refers to a result that is refused, or is another subject's, cannot go back either: this goes on until nothing
    changes.
    """
    objects = {one.relative: one.claims for one in found if one.claims}
    times = Counter(one.sop_instance_uid for one in objects.values())
    refused: dict[str, ResultRow] = {}
    subjects: dict[str, int] = {}
    owners: dict[str, set[int]] = {uid: set() for uid in home.fresh}
    while True:
        before = len(refused)
        for relative in [relative for relative in objects if relative not in refused]:
            one = objects[relative]
            try:
                if times[one.sop_instance_uid] > 1:
                    raise Held("duplicate-instance", "another result has the same identity", "dcm:(0008,0018)")
                subject = subjects[relative] = attribution.subject_of(one, home.known, owners.keys())
                if any(owners.get(uid, set()) - {subject} for uid in one.uids.union(_own(one))):
                    raise Held("two-subjects", "it refers to, or is in a study with, a result of another subject")
            except ObjectError as error:
                subjects.pop(relative, None)
                refused[relative] = refusal(relative, error)
        left: dict[str, set[int]] = {}
        for relative, subject in subjects.items():
            for uid in home.fresh.intersection(_own(objects[relative])):
                left.setdefault(uid, set()).add(subject)
        if left == owners and len(refused) == before:
            return subjects, list(refused.values())
        owners = left


def _write(result: _Result, subject: int, out: Path, home: _Home, original_of: Callable[..., Original]) -> ResultRow:
    assert result.claims is not None  # noqa: S101 - a table has no subject of its own
    study = home.known.uids.get(result.claims.study_uid)
    try:
        original = original_of(subject, study.old if study and study.kind == "study" else "")
    except Held as error:
        return refusal(result.relative, error)
    return write_object(result.path, result.relative, out, original, functools.partial(_check, original, home))


def _check(original: Original, home: _Home, written: Claims) -> None:
    """What was written names nothing new of ours; every reference is one to an original or to another result."""
    new, olds = original.uids, home.olds
    if any(uid in new and uid not in olds for uid in written.uids):
        raise Held("check-failed", "a new identifier is left in what was written")
    if written.patient_id == original.pseudonym != original.patient_id:
        raise Held("check-failed", "the pseudonym is left in what was written")
    named = {reference.instance for reference in written.references} | written.groups
    if any(uid not in olds and uid not in home.fresh for uid in named):
        raise Held("check-failed", "a reference in what was written leads nowhere")


def _original(home: _Home, names: Mapping[int, str], subject: int, study: str = "") -> Original:
    """What stood in place of what was released of a subject, in one of its studies where one is named.

    Raises Held when the workspace does not know.
    """
    known = studies.identity(home.ledger, subject, study)
    if not known:
        raise Held("identity-unknown", "the workspace does not know who this was: the sources were documents")
    attributes: dict[int, Value] = {tag: known.get(tag, "") for tag in _PATIENT_TYPE_2}
    attributes |= {tag: known.get(tag) for tag in _PATIENT_TYPE_3}
    if study:
        attributes |= {tag: known.get(tag, "") for tag in _STUDY_TYPE_2}
        attributes |= {tag: known.get(tag) for tag in _STUDY_TYPE_3}
    shift, last = 0, None
    if home.shifts:
        shift = msgspec.structs.replace(home.who, subjects=None).subject(home.known.keys[subject]).shift_days
        last_day = studies.last_date(home.ledger, subject, until=f"{datetime.now(UTC):%Y%m%d}")
        last = dates.shift_date(last_day.encode(), shift)
    return Original(
        uids=dict(home.uids.get(NOBODY, {})) | home.uids.get(subject, {}),
        pseudonym=names[subject],
        patient_id=known.get(PATIENT_ID, ""),
        patient_name=known.get(PATIENT_NAME, ""),
        attributes=attributes,
        shift_days=-shift if last else 0,
        last_day=(last or b"").decode(),
    )
