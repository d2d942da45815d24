"""``deidra plant``: synthetic identifiers into clean objects, and the truth about each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from deidra.cli.options import ANY_PATH

if TYPE_CHECKING:
    from pathlib import Path


@click.command("plant")
@click.argument("source", nargs=-1, type=ANY_PATH)
@click.argument("out", type=ANY_PATH)
@click.option("--key", type=ANY_PATH, required=True, metavar="FILE", help="Where the truth is written.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="The same seed, the same bytes.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["deidra", "midi-b"]),
    default="deidra",
    show_default=True,
    help="Deidra's own key, or the answer database of the MIDI-B challenge.",
)
@click.option(
    "--half",
    type=click.Choice(["tune", "held-out"]),
    default="tune",
    show_default=True,
    help="Which of two disjoint sets of names and phrases.",
)
@click.option(
    "--subjects", type=click.IntRange(min=1), default=12, show_default=True,
    help="Patients to invent when there is no SOURCE; each has 26 objects.",
)  # fmt: skip
def plant_command(
    source: tuple[Path, ...], out: Path, key: Path, seed: int, format_: str, half: str, subjects: int
) -> int:
    """Plant identifiers of people who do not exist into the DICOM objects of SOURCE..., or into invented ones, as OUT.

    OUT is then what a de-identifier is given; the key is what `deidra score` judges its output by. The sources are
    only read. OUT must be new or empty.

    \b
    deidra plant planted/ --key planted.key
    deidra plant public/ planted/ --key planted.key --seed 7 --half held-out
    deidra plant planted/ --key answers.db --format midi-b
    """
    from deidra.score.corpus import plant_corpus

    made = plant_corpus(source, out, key, seed=seed, half=half, format_=format_, subjects=subjects)
    click.echo(f"{made.objects:,} objects, {made.things:,} planted things, key {key}")
    for count, what in made.remarks:
        click.echo(f"  {count:,} {what}")
    return 0
