"""verify.json and verify.html: everything that was found, and everything that was not looked at."""

from __future__ import annotations

import os
import platform
import re
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec

from deidra._version import __version__
from deidra.verify import collection as store
from deidra.verify.findings import Finding, Severity, exit_code
from deidra.verify.frames import MOST_FRAMES
from deidra.verify.learn import Learnt
from deidra.verify.ocr import engine
from deidra.verify.tally import Tally
from deidra.verify.work import Settings
from deidra.workspace.inputs import to_name
from deidra.workspace.paths import PARTIAL_SUFFIX, create_private, printable, replace_private

SCHEMA = "deidra-verify-1"
VERIFY_JSON, VERIFY_HTML = "verify.json", "verify.html"
_NAME_FINDINGS = "name:"
_FATES = ("kept", "changed", "emptied", "lost", "added")
_MOST_BEYOND = 200


class Examination(msgspec.Struct, frozen=True):
    """One kind of look: over how many things it was made and not made, and why not."""

    kind: str
    made: int
    not_made: int
    note: str = ""


class Group(msgspec.Struct, frozen=True):
    """Findings alike: how many, in how many objects, and one of these: its number, and its name if that is harmless."""

    check: str
    severity: str
    code: str
    message: str
    locator: str
    form: str
    shape: str
    findings: int
    objects: int
    example: int
    file: str


class VerifySummary(msgspec.Struct, frozen=True):
    """How a verification ended. `counts`: findings by severity; `values`: distinct kept texts with their attribute."""

    schema: str
    exit_code: int
    started: str
    seconds: float
    counts: dict[str, int]
    files: int
    objects: int
    values: int
    text_bytes: int
    bulk_bytes: int
    options: list[str] | None
    known: dict[str, int]
    sources: int
    source_problems: dict[str, int]
    paired: int
    examinations: list[Examination]
    groups: list[Group]
    utility: dict[str, Any]
    conformance: dict[str, Any]
    versions: dict[str, str]
    out: str = ""
    report: str = ""
    report_html: str = ""


def write_reports(
    collection: sqlite3.Connection,
    out: Path,
    folder: Path,
    learnt: Learnt,
    tally: Tally,
    settings: Settings,
    span: tuple[datetime, float],
) -> VerifySummary:
    """Write both reports, readable by their owner only, and give the summary."""
    from deidra.verify.report_html import page

    summary = _summary(collection, learnt, tally, settings, span)
    summary = msgspec.structs.replace(
        summary, out=os.fspath(out), report=os.fspath(folder / VERIFY_JSON), report_html=os.fspath(folder / VERIFY_HTML)
    )
    _write_json(collection, folder / VERIFY_JSON, summary)
    replace_private(folder / VERIFY_HTML, page(summary))
    return summary


def _summary(
    collection: sqlite3.Connection, learnt: Learnt, tally: Tally, settings: Settings, span: tuple[datetime, float]
) -> VerifySummary:
    counts = store.count_by_severity(collection)
    paired = collection.execute("SELECT count(*) FROM object WHERE source_id IS NOT NULL").fetchone()[0]
    return VerifySummary(
        schema=SCHEMA,
        exit_code=exit_code(counts),
        started=span[0].isoformat(timespec="seconds"),
        seconds=round(span[1], 3),
        counts={severity.value: counts.get(severity.value, 0) for severity in Severity},
        files=tally.files,
        objects=tally.objects,
        values=store.count_values(collection),
        text_bytes=tally.text_bytes,
        bulk_bytes=tally.bulk_bytes,
        options=sorted(learnt.options) if learnt.options is not None else None,
        known=learnt.known,
        sources=learnt.sources,
        source_problems=learnt.problems,
        paired=paired,
        examinations=list(_examinations(learnt, tally, settings, paired)),
        groups=_groups(collection),
        utility=_utility(tally),
        conformance={
            "objects_judged": tally.verdicts - tally.no_verdicts,
            "no_verdict": tally.no_verdicts,
            "studies_judged": tally.studies - tally.studies_without_verdict,
            "studies_without_verdict": tally.studies_without_verdict,
            "validators": list(settings.validators),
            "introduced": dict(sorted(tally.introduced.items())),
        },
        versions={"deidra": __version__, "pydicom": version("pydicom"), "python": platform.python_version()},
    )


def _examinations(learnt: Learnt, tally: Tally, settings: Settings, paired: int) -> Iterator[Examination]:
    """What was looked at and what was not. Nothing that is missing here was looked at."""
    files, objects = tally.files, tally.objects
    informed = files if learnt.informed else 0
    why = "" if learnt.informed else "nothing is known of the originals: give --source or --workspace"
    yield Examination("known-identifiers", informed, files - informed, why)
    if learnt.informed:
        unknown = tally.subject_unknown
        why = "whose object it is is not known: days and short names were not searched for" if unknown else ""
        yield Examination("days-and-short-names", objects - unknown, unknown, why)
    yield Examination(
        "shapes",
        objects,
        tally.others,
        "files that are no DICOM are searched, their values are not judged" if tally.others else "",
    )
    yield Examination("integrity", objects, 0)
    why = "" if paired == objects else "their source is not known" if learnt.sources else "needs --source"
    yield Examination("unchanged-values", tally.compared, objects - tally.compared, why)
    why = "" if "dciodvfy" in settings.validators else "needs --source and dicom3tools"
    if not why:
        told = {"the validator died or gave up": tally.no_verdicts, "no known source": objects - tally.verdicts}
        why = "; ".join(f"{reason}: {count:,}" for reason, count in told.items() if count)
    made = tally.verdicts - tally.no_verdicts
    yield Examination("validators", made, objects - made, why)
    why = "" if settings.ocr != "none" else "no OCR engine is installed" if not engine() else "switched off"
    yield Examination("pixel-text", tally.ocr_made, objects - tally.ocr_made, why or _frames_note(settings))
    for gap, count in sorted(tally.gaps.items()):
        yield Examination("packed-content", 0, count, gap)
    unread = sum(count for problem, count in learnt.problems.items() if problem == "not-read")
    if unread:
        yield Examination("sources", learnt.sources, unread, "sources that cannot be read: what they hold is not known")


def _frames_note(settings: Settings) -> str:
    which = "; of kinds that seldom carry text only what looks like writing" if settings.ocr == "likely" else ""
    return f"at most {MOST_FRAMES} frames of an object were read{which}"


def _groups(collection: sqlite3.Connection) -> list[Group]:
    """Findings of one kind at one place, items and files aside."""
    rows = collection.execute(
        'SELECT "check", severity, code, message, locator, form, shape, object FROM finding ORDER BY object'
    )
    leaky = _leaky_names(collection)
    groups: dict[tuple[str, str, str, str, str, str], list[Any]] = {}
    for check, severity, code, message, locator, form, shape, number in rows:
        key = (check, severity, code, message, _without_items(locator), form)
        entry = groups.setdefault(key, [shape, 0, 0, number, None])
        entry[1] += 1
        entry[2] += entry[4] != number
        entry[4] = number
    order = {severity.value: rank for rank, severity in enumerate(Severity)}
    found = [
        Group(*key, shape, total, objects, first or 0, _file(collection, first, leaky))
        for key, (shape, total, objects, first, _) in groups.items()
    ]
    return sorted(
        found, key=lambda group: (order[group.severity], -group.findings, group.check, group.code, group.locator)
    )


def _file(collection: sqlite3.Connection, number: int | None, leaky: set[int]) -> str:
    """The path of a file below the output; empty where its name is a finding itself."""
    row = collection.execute("SELECT path FROM object WHERE id = ?", (number,)).fetchone()
    return printable(to_name(row[0])) if row and number not in leaky else ""


def _without_items(locator: str) -> str:
    return re.sub(r"\[\d+\]", "[]", locator)


def _utility(tally: Tally) -> dict[str, Any]:
    kinds = sorted({kind for kind, _ in tally.fates})
    costs = sorted({keeper for keeper, _ in tally.costs})
    beyond = [
        {"attribute": place, "fate": fate, "objects": count}
        for (place, fate), count in tally.beyond.most_common(_MOST_BEYOND)
    ]
    return {
        "compared": tally.compared,
        "values": {kind: {fate: tally.fates[kind, fate] for fate in _FATES} for kind in kinds},
        "costs": {keeper: {fate: tally.costs[keeper, fate] for fate in _FATES[1:4]} for keeper in costs},
        "beyond_policy": beyond,
        "pixels": dict(sorted(tally.pixels.items())),
        "changed_pixels": tally.changed,
    }


def _write_json(collection: sqlite3.Connection, path: Path, summary: VerifySummary) -> None:
    """The summary, then one finding on a line."""
    part = path.with_name(path.name + PARTIAL_SUFFIX)
    encoder = msgspec.json.Encoder()
    with os.fdopen(create_private(part), "wb") as file:
        file.write(encoder.encode(summary)[:-1] + b',"findings":[')
        comma = b"\n"
        leaky = _leaky_names(collection)
        for number, name, finding in store.findings(collection):
            file.write(comma + encoder.encode(_row(number, name, finding, leaky)))
            comma = b",\n"
        file.write(b"\n]}\n")
    part.replace(path)


def _leaky_names(collection: sqlite3.Connection) -> set[int]:
    rows = collection.execute("SELECT DISTINCT object FROM finding WHERE locator = ?", (_NAME_FINDINGS,))
    return {number for (number,) in rows}


def _row(number: int | None, name: bytes | None, finding: Finding, leaky: set[int]) -> dict[str, Any]:
    """A finding as it stands in the list. A file whose name is a finding is called by its number alone."""
    row: dict[str, Any] = {
        "object": number or 0,
        "file": printable(to_name(name)) if name and number not in leaky else "",
    }
    row.update(msgspec.to_builtins(finding))
    return row
