"""``deidra reidentify``: the original identity back into results that came home."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from deidra.cli.options import ANY_PATH

if TYPE_CHECKING:
    from pathlib import Path

    from deidra.run.way_home import Reidentified

_REASONS_SHOWN = 8


@click.command("reidentify")
@click.argument("results", type=ANY_PATH)
@click.argument("out", type=ANY_PATH)
@click.option("--workspace", type=ANY_PATH, required=True, metavar="DIR", help="The workspace of the run.")
@click.option("--reason", required=True, metavar="TEXT", help="Why: goes into the access log. No names here.")
@click.option("--unlock", default="", metavar="HOW", help="What opens the vault, as with deidra vault.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON, and nothing else.")
def reidentify_command(results: Path, out: Path, workspace: Path, reason: str, unlock: str, as_json: bool) -> int:
    """Give results that were made of released images the identity of the originals.

    RESULTS holds DICOM objects (SEG, SR, presentation states, RT structure sets, new series) and tables (CSV, TSV,
    XLSX, JSON). What cannot be attributed to one subject beyond doubt is left out. OUT holds patient data afterwards.

    \b
    deidra reidentify results/ home/ --workspace released.deidra --reason "contours for planning"

    \b
    Exit codes: 0 everything restored, 2 usage, 3 something left out.
    """
    import msgspec

    from deidra.run.reidentify import REPORT, reidentify

    done = reidentify(results, out, workspace=workspace, reason=reason, unlock=unlock)
    if as_json:
        click.echo(msgspec.json.encode(done).decode())
    else:
        click.echo("\n".join([*lines_of(done, "results"), f"Report     {workspace / REPORT}"]))
    return done.exit_code


def lines_of(done: Reidentified, what: str) -> list[str]:
    """What happened, for people."""
    lines = [f"Restored   {done.restored:,} {what} of {done.subjects:,} subjects"]
    if done.refused or done.rows_left_out:
        rows = f", {done.rows_left_out:,} rows of tables" if done.rows_left_out else ""
        lines.append(f"Left out   {done.refused:,} {what}{rows}")
    reasons = Counter((row.code, row.message) for row in done.results if not row.restored)
    lines += [f"           {count:,} x {code}: {text}" for (code, text), count in reasons.most_common(_REASONS_SHOWN)]
    return lines
