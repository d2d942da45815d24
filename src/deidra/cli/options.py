"""Options that several commands share, spelled once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

ANY_PATH = click.Path(path_type=Path)


def policy_options(command: Command) -> Command:
    """--policy, --set, --subjects, --selection."""
    for option in (
        click.option(
            "--selection",
            type=ANY_PATH,
            metavar="FILE",
            help="What is exported, nothing else is: CSV or XLSX, or a DICOM Key Object Selection.",
        ),
        click.option("--subjects", type=ANY_PATH, metavar="FILE", help="Your own pseudonyms: CSV of id_old,id_new."),
        click.option(
            "--set",
            "settings",
            multiple=True,
            metavar="KEY=VALUE",
            help="Change one setting of the policy; repeatable.",
        ),
        click.option(
            "--policy",
            default="public-research",
            show_default=True,
            metavar="NAME|FILE",
            help="Which rules to apply.",
        ),
    ):
        command = option(command)
    return command


def run_options(command: Command) -> Command:
    """--jobs, --json, --quiet."""
    for option in (
        click.option("--quiet", is_flag=True, help="No progress."),
        click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON, and nothing else."),
        click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Workers; by default one for each core."),
    ):
        command = option(command)
    return command
