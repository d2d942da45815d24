"""``deidra plan``: what a run would do, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from deidra.cli.options import ANY_PATH, policy_options, run_options

if TYPE_CHECKING:
    from pathlib import Path

    from deidra.run.summarise import Report


@click.command("plan")
@click.argument("source", nargs=-1, required=True, type=ANY_PATH)
@click.option("--workspace", type=ANY_PATH, metavar="DIR", help="By default a temporary one, removed at the end.")
@policy_options
@run_options
def plan_command(
    source: tuple[Path, ...],
    workspace: Path | None,
    policy: str,
    settings: tuple[str, ...],
    subjects: Path | None,
    selection: Path | None,
    jobs: int | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Show what would be done to each attribute of everything under SOURCE..., and why.

    Writes nothing outside the workspace. Exits with the code that the run would have.

    \b
    deidra plan scans/
    deidra plan scans/ --policy basic --json
    """
    from deidra.cli.progress import of_run, shown
    from deidra.run.plan import plan

    with shown(of_run(), quiet=quiet) as progress:
        report = plan(
            source,
            policy=policy,
            settings=settings,
            workspace=workspace,
            jobs=jobs,
            subjects=subjects,
            selection=selection,
            progress=progress,
        )
    click.echo(_json(report) if as_json else _text(report))
    return 3 if report.held else 1 if report.rejected else 0


def _json(report: Report) -> str:
    import msgspec

    from deidra.run.summarise import head

    return msgspec.json.encode(head(report)).decode()


def _text(report: Report) -> str:
    from deidra.cli.run import gap_lines, reason_lines

    width = max((len(row.attribute) for row in report.actions), default=0)
    width = min(max(width, len("attribute")), 48)
    names = min(max((len(row.name) for row in report.actions), default=0), 40)
    lines = [f"{'action':<12} {'objects':>7}  {'attribute':<{width}}  {'name':<{names}}  why"]
    lines += [
        f"{row.action:<12} {row.objects:>7,}  {row.attribute:<{width}}  {row.name:<{names}}  {row.source} [{row.rule}]"
        for row in report.actions
    ]
    left = f", leave out {report.not_selected:,} that are not selected" if report.not_selected else ""
    lines += [
        "",
        f"Would release {report.released:,}, hold {report.held:,}, reject {report.rejected:,}{left}. "
        "Nothing was written.",
        *reason_lines(report.reasons),
        *gap_lines(report.examinations),
    ]
    return "\n".join(lines)
