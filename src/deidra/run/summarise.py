"""What came of a run, written to the workspace: report.json, report.html, inputs.csv and retained-text.csv.

The reports hold no original value. inputs.csv tells the data controller which input has which id; retained-text.csv
lists every distinct text that stays, for people to look at.
"""

from __future__ import annotations

import csv
import os
from typing import IO, TYPE_CHECKING, Any

import msgspec

from deidra.run import aggregate
from deidra.run.report_html import page
from deidra.workspace import outcomes
from deidra.workspace.paths import (
    INPUTS_CSV,
    PARTIAL_SUFFIX,
    REPORT_HTML,
    REPORT_JSON,
    RETAINED_CSV,
    create_private,
    printable,
    replace_private,
)

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime
    from pathlib import Path

    from deidra.run.aggregate import ActionRow, ExaminationRow, KindRow, ReasonRow
    from deidra.run.job import About

SCHEMA = "deidra-report-1"


class Span(msgspec.Struct, frozen=True):
    """When a run started (UTC) and how long it took, in seconds."""

    started: datetime
    seconds: float


class Report(msgspec.Struct, frozen=True):
    """Everything the reports say except the list of objects. Small, whatever the size of the collection."""

    schema: str
    released: int
    held: int
    rejected: int
    started: str
    seconds: float
    about: About
    examinations: list[ExaminationRow]
    kinds: list[KindRow]
    reasons: list[ReasonRow]
    actions: list[ActionRow]
    retained_texts: int = 0
    not_selected: int = 0


def summarise(ledger: sqlite3.Connection, workspace: Path, about: About, span: Span) -> Report:
    """Write the files; row by row, so that memory does not grow with the collection."""
    retained = _write_retained(ledger, workspace)
    report = report_of(ledger, about, span, retained)
    _write_objects(ledger, workspace, report)
    replace_private(workspace / REPORT_HTML, page(report))
    return report


def report_of(ledger: sqlite3.Connection, about: About, span: Span, retained_texts: int = 0) -> Report:
    """Fold the outcomes of the ledger."""
    counts = outcomes.count_by_status(ledger)
    return Report(
        schema=SCHEMA,
        released=counts.get("released", 0),
        held=counts.get("held", 0),
        rejected=counts.get("rejected", 0),
        started=span.started.isoformat(timespec="seconds"),
        seconds=round(span.seconds, 3),
        about=about,
        examinations=aggregate.examinations(ledger),
        kinds=aggregate.kinds(ledger),
        reasons=aggregate.reasons(ledger),
        actions=aggregate.actions(ledger),
        retained_texts=retained_texts,
        not_selected=counts.get("not-selected", 0),
    )


def head(report: Report) -> dict[str, Any]:
    """The report as it stands in report.json, without its list of objects."""
    about = report.about
    return {
        "schema": report.schema,
        "released": report.released,
        "held": report.held,
        "rejected": report.rejected,
        "not_selected": report.not_selected,
        "started": report.started,
        "seconds": report.seconds,
        "policy": {
            "name": about.policy,
            "digest": about.policy_digest,
            "options": about.options,
            "methods": about.methods,
            "pixels_unexamined": about.unexamined,
        },
        "edition": about.edition,
        "versions": about.versions,
        "examinations": {
            row.kind: _examination(row) for row in report.examinations
        },
        "retained_texts": report.retained_texts,
        "kinds": report.kinds,
        "reasons": report.reasons,
        "actions": report.actions,
    }


def _examination(row: ExaminationRow) -> dict[str, Any]:
    told = {"made": row.made, "not_made": row.not_made, "notes": row.notes}
    return {**told, "by": row.by, "cpu_seconds": round(row.cpu_seconds, 1)} if row.by else told


def _write_retained(ledger: sqlite3.Connection, workspace: Path) -> int:
    """List the texts that stay; gives their number."""
    path = workspace / RETAINED_CSV
    part = path.with_name(path.name + PARTIAL_SUFFIX)
    count = 0
    with os.fdopen(create_private(part), "w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("attribute", "name", "text", "why", "series"))
        for attribute, value, why, series in outcomes.retained_texts(ledger):
            table.writerow((attribute, aggregate.attribute_name(f"dcm:{attribute}"), printable(value), why, series))
            count += 1
    part.replace(path)
    return count


def _write_objects(ledger: sqlite3.Connection, workspace: Path, report: Report) -> None:
    """One pass over the objects for both lists."""
    json_path, csv_path = workspace / REPORT_JSON, workspace / INPUTS_CSV
    json_part, csv_part = (path.with_name(path.name + PARTIAL_SUFFIX) for path in (json_path, csv_path))
    encoder = msgspec.json.Encoder()
    with (
        os.fdopen(create_private(json_part), "wb") as objects,
        os.fdopen(create_private(csv_part), "w", encoding="utf-8", newline="") as inputs,
    ):
        objects.write(encoder.encode(head(report))[:-1] + b',"objects":[')
        _write_rows(ledger, encoder, objects, inputs)
        objects.write(b"\n]}\n")
    json_part.replace(json_path)
    csv_part.replace(csv_path)


def _write_rows(ledger: sqlite3.Connection, encoder: msgspec.json.Encoder, objects: IO[bytes], inputs: IO[str]) -> None:
    table = csv.writer(inputs, lineterminator="\n")
    table.writerow(("id", "source", "status", "reason"))
    comma = b"\n"
    for row in outcomes.recorded(ledger):
        objects.write(comma)
        objects.write(encoder.encode(_object(row)))
        comma = b",\n"
        table.writerow(
            (
                row.object_id,
                printable(row.source),
                row.status,
                "; ".join(reason.code for reason in row.reasons),
            )
        )


def _object(row: outcomes.Recorded) -> dict[str, Any]:
    entry: dict[str, Any] = {"id": row.object_id, "status": row.status}
    if row.output:
        entry["output"] = row.output
    entry["modality"] = aggregate.modality_text(row.modality)
    if row.sop_class_uid in aggregate.DOCUMENTS:
        entry["mime_type"] = row.sop_class_uid
        entry["sop_class"] = ""
    else:
        entry["sop_class"] = row.sop_class_uid if aggregate.sop_class_text(row.sop_class_uid) else ""
    entry["transfer_syntax"] = aggregate.transfer_syntax_text(row.transfer_syntax_uid)
    entry["bytes_in"] = row.bytes_in
    entry["bytes_out"] = row.bytes_out
    entry["reasons"] = row.reasons
    return entry
