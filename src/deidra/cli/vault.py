"""``deidra vault``: the way back, for those who may have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from deidra.cli.options import ANY_PATH

if TYPE_CHECKING:
    from pathlib import Path


@click.group("vault")
def vault_group() -> None:
    """Original and new identifiers. Whoever has them can undo the de-identification."""


@vault_group.command("export")
@click.option("--workspace", type=ANY_PATH, required=True, metavar="DIR", help="The workspace of the run.")
@click.option("--uids", type=ANY_PATH, metavar="FILE", help="Write original and new UIDs here.")
@click.option("--subjects", type=ANY_PATH, metavar="FILE", help="Write Patient IDs and pseudonyms here.")
def export_command(workspace: Path, uids: Path | None, subjects: Path | None) -> int:
    """Write original and new identifiers as CSV (header id_old,id_new), readable by you only.

    \b
    deidra vault export --workspace released.deidra --uids uids.csv --subjects subjects.csv
    """
    from deidra.run.vault import export

    if uids is None and subjects is None:
        raise click.UsageError("name a file with --uids or --subjects")
    for noun, count in export(workspace, uids, subjects).items():
        click.echo(f"{count:,} {noun}")
    return 0
