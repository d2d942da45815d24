"""The user's own list of subjects: CSV or XLSX of ``id_old,id_new`` with an optional ``issuer`` column.

Columns of a trial (site, reading ID, day of baseline, arm) may stand beside ``id_new`` or in its place. A list is used
only when it is complete and one to one. Problems name rows, never values.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import msgspec

from deidra.errors import SubjectListError
from deidra.identity.pseudonyms import patient_id_of
from deidra.identity.spreadsheet import MAGIC, sheet_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_TRIAL_COLUMNS = ("site_id", "site_name", "reading_id", "baseline_date", "arm")
_COLUMNS = ("id_old", "id_new", "issuer", *_TRIAL_COLUMNS)
_PADDING = "\0 \t\r\n"
_LARGEST_BYTES = 64 << 20
# A pseudonym becomes Patient ID and Patient's Name in any character set, and the name of a folder: ASCII
# letters, digits and . _ - with spaces inside, which leaves out the delimiters \ ^ = and path separators.
_PSEUDONYM = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._ -]{0,62}[A-Za-z0-9_-])?")


# What a DICOM value of VR LO takes in any character set
_TRIAL_TEXT = re.compile(r"[ -\[\]-~]{0,64}")


class TrialSubject(msgspec.Struct, frozen=True):
    """What a trial knows of a subject. `baseline` is an original date: its repr hides it."""

    site_id: str = ""
    site_name: str = ""
    reading_id: str = ""
    baseline: date | None = None
    arm: str = ""

    def __repr__(self) -> str:
        return "TrialSubject(<redacted>)"


class SubjectList(msgspec.Struct, frozen=True):
    """The list as read: (Patient ID, issuer) -> pseudonym; issuer is None when there is no such column.

    `trial` has what the list says of each beyond that; without ``id_new`` there are no pseudonyms.
    """

    pseudonyms: Mapping[tuple[str, str | None], str]
    trial: Mapping[tuple[str, str | None], TrialSubject] = {}

    def pseudonym(self, patient_id: str, issuer: str) -> str | None:
        """The pseudonym of a patient: by ID and issuer where the list has issuers, else by ID."""
        return _found(self.pseudonyms, patient_id, issuer)

    def __repr__(self) -> str:
        return f"SubjectList(<redacted>, rows={len(self.pseudonyms)})"


Listed = TypeVar("Listed")


def _found(rows: Mapping[tuple[str, str | None], Listed], patient_id: str, issuer: str) -> Listed | None:
    exact = rows.get((patient_id, issuer))
    return exact if exact is not None else rows.get((patient_id, None))


def read_subject_list(path: Path) -> SubjectList:
    """Read and check a list (CSV in UTF-8, or XLSX); raises SubjectListError with every problem."""
    rows = _rows(path)
    header = [name.strip().lower() for name in rows[0][1]] if rows else []
    says = {"id_new", *_TRIAL_COLUMNS} & set(header)
    if not says or len(set(header)) != len(header) or not {"id_old"} <= set(header) <= set(_COLUMNS):
        raise SubjectListError(
            "subject-list-header",
            "the first row must be id_old,id_new and, if needed, issuer; for a trial also, or instead of id_new, "
            f"{', '.join(_TRIAL_COLUMNS)}",
        )
    entries: list[_Entry] = []
    problems: list[tuple[int, str]] = []
    for row, cells in rows[1:]:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            problems.append((row, f"{len(cells)} columns instead of {len(header)}"))
            continue
        values = dict(zip(header, cells, strict=True))
        issuer = _tidy(values["issuer"]) if "issuer" in values else None
        key = (_tidy(values["id_old"]), issuer)
        entries.append(_Entry(row, key, values.get("id_new", "").strip(), _trial_subject(row, values, problems)))
    problems += _problems(entries, gives_pseudonyms="id_new" in header)
    if problems:
        lines = [f"row {row}: {text}" for row, text in sorted(problems)]
        raise SubjectListError("subject-list-invalid", "\n".join(lines))
    if not entries:
        raise SubjectListError("subject-list-invalid", "the list has no rows")
    return SubjectList(
        {entry.key: entry.new for entry in entries} if "id_new" in header else {},
        {entry.key: entry.trial for entry in entries} if set(_TRIAL_COLUMNS) & set(header) else {},
    )


class _Entry(NamedTuple):
    row: int
    key: tuple[str, str | None]
    new: str
    trial: TrialSubject


def _trial_subject(row: int, values: Mapping[str, str], problems: list[tuple[int, str]]) -> TrialSubject:
    texts = {name: values.get(name, "").strip() for name in _TRIAL_COLUMNS}
    baseline = None
    day = texts.pop("baseline_date")
    try:
        baseline = date.fromisoformat(day) if day else None
    except ValueError:
        problems.append((row, "baseline_date must be a day, written YYYY-MM-DD"))
    for name, text in texts.items():
        if not _TRIAL_TEXT.fullmatch(text):
            problems.append((row, f"{name} must be up to 64 printable ASCII characters without a backslash"))
    return TrialSubject(texts["site_id"], texts["site_name"], texts["reading_id"], baseline, texts["arm"])


def assign(subjects: SubjectList, keys: Iterable[str]) -> dict[str, str]:
    """Pseudonyms for the subject keys of a collection, ready for `identity(subjects=...)`.

    Keys without a Patient ID cannot be listed: they are left out, and their objects are held one by one.
    Raises SubjectListError when the list is not complete for this collection or merges two of its subjects.
    """
    assigned, problems = _listed(subjects.pseudonyms, keys)
    shared = sum(1 for count in Counter(assigned.values()).values() if count > 1)
    if shared:
        problems.append(
            f"{shared} Patient IDs occur under several issuers; add the issuer column to tell them apart"
        )
    if problems:
        raise SubjectListError("subject-list-incomplete", "\n".join(problems))
    return assigned


def trial_subjects(subjects: SubjectList, keys: Iterable[str]) -> dict[str, TrialSubject]:
    """What the list says of the subjects of a collection for their trial; raises SubjectListError as `assign` does."""
    found, problems = _listed(subjects.trial, keys)
    if problems:
        raise SubjectListError("subject-list-incomplete", "\n".join(problems))
    return found


def _listed(rows: Mapping[tuple[str, str | None], Listed], keys: Iterable[str]) -> tuple[dict[str, Listed], list[str]]:
    """What is listed of the subject keys that have a Patient ID, and a problem where some are not."""
    patients = {key: patient for key in keys if (patient := patient_id_of(key)) is not None}
    found = {key: row for key, patient in patients.items() if (row := _found(rows, *patient)) is not None}
    missing = len(patients) - len(found)
    return found, [f"{missing} of {len(patients)} subjects of this collection are not in the list"] if missing else []


def unlisted(subjects: SubjectList, keys: Iterable[str]) -> list[str]:
    """The subject keys that the list lacks. Sensitive: for a file in the workspace, never for a message."""
    found = []
    for key in keys:
        patient = patient_id_of(key)
        if patient is None or subjects.pseudonym(*patient) is None:
            found.append(key)
    return found


def _rows(path: Path) -> list[tuple[int, list[str]]]:
    """(row number as a spreadsheet counts, cells); quoted cells may hold line breaks."""
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise SubjectListError("subject-list-unreadable", "the file is larger than 64 MiB")
        content = path.read_bytes()
        if content.startswith(MAGIC):
            return sheet_rows(content)
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise SubjectListError("subject-list-unreadable", f"cannot read the list: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SubjectListError("subject-list-unreadable", "the list is not UTF-8 text") from None
    try:
        return list(enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), start=1))
    except csv.Error:
        raise SubjectListError(
            "subject-list-unreadable", "the list is not CSV: a quote is out of place"
        ) from None


def _problems(entries: list[_Entry], *, gives_pseudonyms: bool) -> list[tuple[int, str]]:
    problems: list[tuple[int, str]] = []
    olds: dict[tuple[str, str | None], int] = {}
    news: dict[str, int] = {}
    originals = {entry.key[0].casefold() for entry in entries}
    for row, key, new, _ in entries:
        if not key[0]:
            problems.append((row, "id_old is empty"))
        elif key in olds:
            problems.append((row, f"id_old is the same as in row {olds[key]}"))
        olds.setdefault(key, row)
        if not gives_pseudonyms:
            continue
        # Compared without case: pseudonyms name folders, and some file systems ignore case.
        folded = new.casefold()
        if not new:
            problems.append((row, "id_new is empty"))
        elif _PSEUDONYM.fullmatch(new) is None:
            text = "id_new must be 1 to 64 letters, digits, '.', '_', '-' or inner spaces (ASCII), "
            problems.append((row, f"{text}and neither start nor end with '.'"))
        elif folded in originals:
            problems.append((row, "id_new is itself an id_old of this list"))
        elif folded in news:
            problems.append((row, f"id_new is the same as in row {news[folded]}"))
        news.setdefault(folded, row)
    return problems


def _tidy(value: str) -> str:
    return unicodedata.normalize("NFC", value.strip(_PADDING))
