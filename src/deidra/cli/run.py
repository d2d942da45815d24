"""``deidra run``: de-identify a collection."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from deidra.cli.options import ANY_PATH, policy_options, run_options

if TYPE_CHECKING:
    from pathlib import Path

    from deidra.run.aggregate import ExaminationRow, ReasonRow
    from deidra.run.collection import RunSummary

_REASONS_SHOWN = 8


@click.command("run")
@click.argument("source", nargs=-1, required=True, type=ANY_PATH)
@click.argument("out", type=ANY_PATH)
@click.option("--workspace", type=ANY_PATH, metavar="DIR", help="Key, ledger and reports; by default <OUT>.deidra.")
@policy_options
@run_options
def run_command(
    source: tuple[Path, ...],
    out: Path,
    workspace: Path | None,
    policy: str,
    settings: tuple[str, ...],
    subjects: Path | None,
    selection: Path | None,
    jobs: int | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """De-identify everything under SOURCE... (folders, files, zip and tar archives) into OUT.

    Stopped at any point, the same command goes on where it was. Original names and identifiers stay in the
    workspace, which only you can read; OUT holds none of them.

    \b
    deidra run scans/ released/
    deidra run study.zip more/ released/ --policy basic
    deidra run scans/ released/ --subjects trial-ids.csv
    deidra run scans/ cases/ --policy teaching-file --selection cases.csv
    deidra run scans/ released/ --set pixels.unexamined=release

    \b
    Exit codes: 0 everything released, 1 something could not be read,
    2 usage or configuration, 3 something was held back (wins over 1).
    """
    from deidra.cli.progress import of_run, shown
    from deidra.run.collection import run

    with shown(of_run(), quiet=quiet) as progress:
        summary = run(
            source,
            out,
            policy=policy,
            settings=settings,
            workspace=workspace,
            jobs=jobs,
            subjects=subjects,
            selection=selection,
            progress=progress,
        )
    click.echo(as_text_json(summary) if as_json else as_text(summary))
    return summary.exit_code


def as_text_json(summary: RunSummary) -> str:
    """The summary as one JSON object."""
    return json.dumps(
        {
            "released": summary.released,
            "held": summary.held,
            "rejected": summary.rejected,
            "not_selected": summary.not_selected,
            "kept": summary.kept,
            "seconds": round(summary.seconds, 3),
            "out": str(summary.out),
            "workspace": str(summary.workspace),
            "report": str(summary.report),
            "report_html": str(summary.report_html),
            "exit_code": summary.exit_code,
        }
    )


def as_text(summary: RunSummary) -> str:
    """The summary for people."""
    kept = f" ({summary.kept:,} of them before)" if summary.kept else ""
    left = f", {summary.not_selected:,} not selected" if summary.not_selected else ""
    lines = [
        f"{summary.released:,} released{kept}, {summary.held:,} held, {summary.rejected:,} rejected{left} "
        f"in {summary.seconds:.1f} s",
        *reason_lines(summary.reasons),
        *gap_lines(summary.examinations),
        f"Output  {summary.out}",
        f"Report  {summary.report_html}",
    ]
    return "\n".join(lines)


def reason_lines(reasons: list[ReasonRow]) -> list[str]:
    """Why objects were not released, the most frequent first."""
    lines = [f"  {row.objects:>7,} {row.status:<8} {row.code}: {row.message}" for row in reasons[:_REASONS_SHOWN]]
    if len(reasons) > _REASONS_SHOWN:
        lines.append(f"          and {len(reasons) - _REASONS_SHOWN} more reasons, all in the report")
    return lines


def gap_lines(examinations: list[ExaminationRow]) -> list[str]:
    """What was not examined in what was released."""
    from deidra.run import wording

    gaps = [f"{wording.LOOKS[row.kind][0].lower()} ({row.not_made:,})" for row in examinations if row.not_made]
    return [f"Not examined: {', '.join(gaps)}"] if gaps else []
