"""``deidra score``: what a de-identifier made of a planted corpus."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from deidra.cli.options import ANY_PATH

if TYPE_CHECKING:
    from pathlib import Path


@click.command("score")
@click.argument("out", type=ANY_PATH)
@click.option("--key", type=ANY_PATH, required=True, metavar="FILE", help="From deidra plant, or answers of MIDI-B.")
@click.option("--uids", type=ANY_PATH, metavar="FILE", help="CSV id_old,id_new of UIDs, if the tool tells them.")
@click.option("--subjects", type=ANY_PATH, metavar="FILE", help="CSV id_old,id_new of Patient IDs (MIDI-B only).")
@click.option("--json", "as_json", is_flag=True, help="Print the score as JSON, and nothing else.")
def score_command(out: Path, key: Path, uids: Path | None, subjects: Path | None, as_json: bool) -> int:
    """Judge the files below OUT, made by whatever tool, against the key of what was planted.

    Leaks (what had to go and is still there) and utility (what had to stay and did) are told apart, by carrier, kind
    and hardness, with exact 95 % bounds, beside a byte-identical copy and a tool that removes everything.

    Exits with 2 when the key is cut off, changed, or not of this output.

    \b
    deidra score released/ --key planted.key
    deidra score released/ --key answers.db --uids uids.csv --subjects subjects.csv
    """
    import msgspec

    from deidra.score.corpus import score_output

    result = score_output(out, key, uids, subjects)
    if as_json:
        click.echo(msgspec.json.encode(result).decode())
    else:
        from deidra.score.wording import as_text

        click.echo(as_text(result))
    return 0
