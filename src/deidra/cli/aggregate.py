"""``deidra aggregate``: mean images across subjects."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from deidra.cli.options import ANY_PATH, run_options

if TYPE_CHECKING:
    from pathlib import Path

    from deidra.run.mean_images import AggregateSummary


@click.command("aggregate")
@click.argument("source", nargs=-1, required=True, type=ANY_PATH)
@click.argument("out", type=ANY_PATH)
@click.option("--minimum", default=10, show_default=True, metavar="N", help="Fewest subjects of a mean; at least 5.")
@click.option("--workspace", type=ANY_PATH, metavar="DIR", help="By default <OUT>.deidra.")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Change a setting of the policy slices.")
@run_options
def aggregate_command(
    source: tuple[Path, ...],
    out: Path,
    minimum: int,
    workspace: Path | None,
    settings: tuple[str, ...],
    jobs: int | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Write the mean image of all series under SOURCE... that enough subjects have in one geometry.

    Same size, spacing, orientation, number of slices, modality and body part. The lowest and highest value of each
    pixel do not count, so that nobody stands out. Writes NIfTI-1, a PNG of each and aggregates.json.

    \b
    deidra aggregate chests/ mean/ --minimum 20

    \b
    Exit codes: 0 at least one mean image, 2 usage, 3 none: too few subjects share a geometry.
    """
    from deidra.cli.progress import of_run, shown
    from deidra.run.mean_images import aggregate

    with shown(of_run(), quiet=quiet) as progress:
        summary = aggregate(
            source, out, minimum=minimum, settings=settings, workspace=workspace, jobs=jobs, progress=progress
        )
    click.echo(json.dumps(_figures(summary)) if as_json else _text(summary))
    return summary.exit_code


def _figures(summary: AggregateSummary) -> dict[str, object]:
    return {
        "aggregates": len(summary.made),
        "subjects": [one.subjects for one in summary.made],
        "too_few": summary.too_few,
        "unreadable": summary.unreadable,
        "objects": summary.objects,
        "held": summary.held,
        "rejected": summary.rejected,
        "exit_code": summary.exit_code,
    }


def _text(summary: AggregateSummary) -> str:
    lines = [f"{len(summary.made):,} mean images of {summary.objects:,} objects in {summary.seconds:.1f} s"]
    for one in summary.made:
        shape = f"{one.geometry.rows} x {one.geometry.columns} x {one.geometry.slices}"
        lines.append(f"  {one.file}  {one.geometry.modality} {shape}, {one.subjects:,} subjects")
    if summary.too_few:
        lines.append(f"Not made: {summary.too_few:,} groups of fewer than {summary.minimum} subjects")
    if summary.unreadable:
        lines.append(f"Not made: {summary.unreadable:,} groups with an image that could not be decoded")
    if summary.held or summary.rejected:
        lines.append(f"Not averaged: {summary.held:,} objects held, {summary.rejected:,} rejected")
    return "\n".join([*lines, f"Output  {summary.out}"])
