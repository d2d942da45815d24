"""Counts over all files while they come in: what the report says besides the findings."""

from __future__ import annotations

import sqlite3
from collections import Counter
from typing import Any

from deidra.verify import collection as store
from deidra.verify.findings import Check, Finding, Severity
from deidra.verify.work import Done

_MOST_CHANGED = 1000  # objects with changed pixels that are listed one by one


class Tally:
    """What was examined, compared and not examined. Grows with kinds of things, not with files."""

    def __init__(self) -> None:
        self.files = self.objects = self.others = self.compared = self.findings = 0
        self.text_bytes = self.bulk_bytes = 0
        self.fates: Counter[tuple[str, str]] = Counter()
        self.costs: Counter[tuple[str, str]] = Counter()
        self.beyond: Counter[tuple[str, str]] = Counter()
        self.pixels: Counter[str] = Counter()
        self.changed: list[dict[str, Any]] = []
        self.introduced: Counter[str] = Counter()
        self.introduced_in: dict[str, int] = {}
        self.verdicts = self.no_verdicts = 0
        self.studies = self.studies_without_verdict = 0
        self.gaps: Counter[str] = Counter()
        self.ocr_made = self.ocr_not_made = self.undeclared = self.subject_unknown = 0

    def add(self, collection: sqlite3.Connection, done: Done) -> None:
        """Take in one file."""
        examined = done.examined
        collection.execute("BEGIN")
        store.record(collection, examined)
        self.files += 1
        self.objects += examined.kind == "dicom"
        self.others += examined.kind == "other"
        self.undeclared += examined.kind == "dicom" and not examined.facts.declared
        self.subject_unknown += examined.kind == "dicom" and examined.task.subject is None
        self.findings += sum(found.finding.severity in (Severity.LEAK, Severity.SUSPECT) for found in examined.found)
        self.text_bytes += examined.text_bytes
        self.bulk_bytes += examined.bulk_bytes
        self.gaps.update(examined.gaps)
        self.ocr_made += done.read_by_ocr is True
        self.ocr_not_made += done.read_by_ocr is False
        self._compare(collection, done)
        collection.execute("COMMIT")

    def _compare(self, collection: sqlite3.Connection, done: Done) -> None:
        self.verdicts += done.verdicts
        self.no_verdicts += done.no_verdict
        number, subject = done.examined.task.number, done.examined.task.subject
        for text, count in done.introduced.items():
            self.introduced[text] += count
            self.introduced_in.setdefault(text, number)
        if done.compared is None:
            return
        self.compared += 1
        self.fates.update(done.compared.fates)
        self.costs.update(done.compared.costs)
        self.beyond.update(done.compared.beyond)
        if done.pixels.fate != "none":
            self.pixels[done.pixels.fate] += 1
        if done.pixels.boxes and len(self.changed) < _MOST_CHANGED:
            self.changed.append({"object": number, "frames": done.pixels.frames, "boxes": done.pixels.boxes})
        pairs = [(old, new, number) for old, new in done.compared.uids]
        collection.executemany("INSERT OR IGNORE INTO uid_pair VALUES (?, ?, ?)", pairs)
        shifts = [(subject, days, place, count, number) for (days, place), count in done.compared.shifts.items()]
        collection.executemany(
            "INSERT INTO shift VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count", shifts
        )

    def add_introduced(self, collection: sqlite3.Connection) -> None:
        """Errors of validators become findings, one for each text."""
        for text, count in sorted(self.introduced.items()):
            path, _, message = text.partition(": ")
            times = f"{message} ({count} times)"
            finding = Finding(Check.CONFORMANCE, Severity.ERROR, "validator-error", path, times)
            store.add_finding(collection, self.introduced_in.get(text), finding)
