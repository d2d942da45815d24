"""``deidra verify``: an independent look at what came out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from deidra.cli.options import ANY_PATH, run_options
from deidra.cli.progress import Words, shown

if TYPE_CHECKING:
    from pathlib import Path

    from deidra.verify.report import VerifySummary
    from deidra.verify.verify import Progress

_GROUPS_SHOWN = 12
_PHASES = {"learn": "Reading the originals", "examine": "Examining", "settle": "Comparing across the collection"}


@click.command("verify")
@click.argument("out", type=ANY_PATH)
@click.option("--source", type=ANY_PATH, metavar="DIR", help="The originals: a folder, a file or an archive.")
@click.option("--workspace", type=ANY_PATH, metavar="DIR", help="Of the run; by default <OUT>.deidra if there is one.")
@click.option("--report", type=ANY_PATH, metavar="DIR", help="Where to write the report; by default the workspace.")
@click.option(
    "--option",
    "options",
    multiple=True,
    metavar="NAME",
    help="An option of PS3.15 E.3 that was applied, such as device-identity; repeatable. By default those of the run.",
)
@click.option(
    "--ocr",
    type=click.Choice(["none", "likely", "all"]),
    default="likely",
    show_default=True,
    help="Read text in pixels: in no image, in kinds likely to carry some, in all.",
)
@click.option("--no-validators", is_flag=True, help="Leave dciodvfy and dcentvfy out, even where they are installed.")
@run_options
def verify_command(
    out: Path,
    source: Path | None,
    workspace: Path | None,
    report: Path | None,
    options: tuple[str, ...],
    ocr: str,
    no_validators: bool,
    jobs: int | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Look for what must not be in OUT, with other eyes than those that de-identified it.

    Works on the output of any tool. What is known of the originals decides how much can be found: with a workspace
    the names, numbers, days and UIDs of its subjects; with --source every identifier of every original, and a
    comparison value by value. Without either only what looks like an identifier is found.

    \b
    deidra verify released/                       uses released.deidra
    deidra verify released/ --source scans/       compares with the originals, too
    deidra verify theirs/ --source scans/ --option device-identity
    deidra verify released/ --json | jq .counts

    \b
    Exit codes: 0 nothing found, 1 a file cannot be read, 2 usage, 3 something is missing,
    foreign or not understood, 4 identifiers found, 5 new conformance errors. 4 wins over 5, 3 and 1.
    """
    from deidra.verify.verify import verify

    with shown(_words(), quiet=quiet) as progress:
        summary = verify(
            out,
            source=source,
            workspace=workspace,
            report=report,
            options=options,
            ocr=ocr,
            with_validators=not no_validators,
            jobs=jobs,
            progress=progress,
        )
    click.echo(_json(summary) if as_json else as_text(summary))
    return summary.exit_code


def _json(summary: VerifySummary) -> str:
    import msgspec

    return msgspec.json.encode(summary).decode()


def as_text(summary: VerifySummary) -> str:
    """The summary for people."""
    from deidra.verify.wording import verdict

    grave = [group for group in summary.groups if group.severity != "note"]
    lines = [verdict(summary)]
    lines += [
        f"  {group.findings:>6,} {group.severity:<8}{group.locator or 'collection'}: {group.message}"
        + (f" [{group.form}]" if group.form not in ("", "plain") else "")
        for group in grave[:_GROUPS_SHOWN]
    ]
    if len(grave) > _GROUPS_SHOWN:
        lines.append(f"         and {len(grave) - _GROUPS_SHOWN} more kinds, all in the report")
    gaps = [f"{row.kind} ({row.not_made:,}: {row.note})" for row in summary.examinations if row.not_made]
    lines += [f"Not examined: {gap}" for gap in gaps]
    lines.append(f"Report  {summary.report_html}")
    return "\n".join(lines)


def _words() -> Words[Progress]:
    return Words(
        _PHASES["learn"],
        lambda step: _PHASES[step.phase],
        lambda step: f"{step.findings:,} findings" if step.findings else "",
        "red",
        _line,
    )


def _line(step: Progress) -> str:
    of = f" of {step.total:,}" if step.total else ""
    return f"{_PHASES[step.phase].lower()}: {step.done:,}{of} files, {step.findings:,} findings"
