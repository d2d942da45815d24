"""deidra policy: list, show, check and compare policies."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from deidra.policy.compile import Rulebook
    from deidra.policy.describe import Difference

_SETTINGS = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="KEY=VALUE",
    help="Change one setting, such as pixels.unexamined=release.",
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_USAGE = 2


@click.group()
def policy() -> None:
    """List, show, check and compare policies.

    A policy says what is kept, shifted, replaced and removed. It is the name of a preset or a YAML file.
    """


@policy.command(name="list")
@_JSON
def list_(as_json: bool) -> None:
    """List the policies that come with Deidra."""
    from deidra.policy.load import load_policy, presets
    from deidra.policy.schema import DEFAULT_PRESET

    found = [load_policy(name) for name in presets()]
    if as_json:
        _print_json(
            [
                {"name": item.name, "title": item.title, "default": item.name == DEFAULT_PRESET}
                for item in found
            ]
        )
        return
    for item in found:
        click.echo(f"{item.name:18}{item.title}{' (default)' if item.name == DEFAULT_PRESET else ''}")


@policy.command()
@click.argument("name")
@_SETTINGS
@click.option(
    "--rows", is_flag=True, help="Also print every row of Table E.1-1 with what becomes of it and why."
)
@_JSON
def show(name: str, settings: tuple[str, ...], rows: bool, as_json: bool) -> None:
    """Show a policy with everything it extends, and what follows from it.

    NAME is a preset or a YAML file. The first part of the output is a complete policy file.

    \b
    Examples:
      deidra policy show public-research
      deidra policy show public-research --set options=+institution-identity --rows
      deidra policy show basic > my-policy.yaml
    """
    from deidra.policy import describe

    book = _load(name, settings)
    if as_json:
        document = describe.summary(book)
        if rows:
            document["rows"] = describe.table(book)
        _print_json(document)
        return
    click.echo(describe.as_yaml(book.policy))
    click.echo("\n".join(_explained(book)))
    if rows:
        click.echo("#\n# tag, code and method, attribute, why")
        for line in describe.table(book):
            what = f"{line.code} {line.method}".strip()
            click.echo(f"# {line.tag:12} {what:14} {line.name}: {line.source}")


@policy.command()
@click.argument("file")
@_SETTINGS
@_JSON
def check(file: str, settings: tuple[str, ...], as_json: bool) -> None:
    """Check a policy file; every mistake is printed with its line.

    Exit code 0 when the policy can be used, 2 when not.

    \b
    Examples:
      deidra policy check my-policy.yaml
      deidra policy check my-policy.yaml --set options=-safe-private
    """
    from deidra.policy import describe

    book = _load(file, settings)
    if as_json:
        _print_json(describe.summary(book))
        return
    click.echo(f"{file}: ok, policy {book.policy.name}, digest {book.digest[:16]}")
    click.echo("\n".join(_explained(book)))


@policy.command()
@click.argument("first")
@click.argument("second")
@_JSON
def diff(first: str, second: str, as_json: bool) -> None:
    """Compare two policies: what they say, and what becomes of each attribute.

    \b
    Examples:
      deidra policy diff basic public-research
      deidra policy diff public-research my-policy.yaml --json
    """
    from deidra.policy import describe

    books = [_load(name, ()) for name in (first, second)]
    found = describe.differences(*books)
    if as_json:
        _print_json(found)
        return
    if not found.settings and not found.attributes:
        click.echo("no difference")
    for title, rows in (("settings", found.settings), ("attributes", found.attributes)):
        if rows:
            click.echo(f"{title}: {len(rows)}")
            click.echo("\n".join(_compared(rows)))


def _load(name: str, settings: tuple[str, ...]) -> Rulebook:
    from deidra.errors import PolicyError
    from deidra.policy.compile import compile_policy
    from deidra.policy.load import load_policy

    try:
        return compile_policy(load_policy(name, settings))
    except PolicyError as error:
        _refuse(error.problems)


def _refuse(problems: list[str]) -> NoReturn:
    for problem in problems:
        click.echo(problem, err=True)
    click.echo(f"{len(problems)} mistake{'s' if len(problems) > 1 else ''}", err=True)
    sys.exit(_USAGE)


def _explained(book: Rulebook) -> list[str]:
    """What follows from a policy, as YAML comments."""
    from deidra.policy.encrypted import WARNING

    claimed = book.claims
    lines = [
        f"digest: {book.digest}",
        f"(0028,0303) Longitudinal Temporal Information Modified: {claimed.temporal}",
    ]
    lines += [f"(0012,0064) {value} {meaning}" for value, meaning in claimed.codes]
    lines += [f"(0012,0063) {text}" for text in claimed.texts]
    if book.policy.encrypted_attributes.certificates:
        lines.append(f"Warning: {WARNING}")
    if claimed.departures:
        lines.append(f"113100 is not claimed: kept against the profile: {', '.join(claimed.departures)}")
    lines += [f"{option} is not claimed: {', '.join(rows)}" for option, rows in claimed.unclaimed.items()]
    return [f"# {line}" for line in lines]


def _compared(rows: tuple[Difference, ...]) -> list[str]:
    width = max(len(row.where) for row in rows)
    return [f"  {row.where:{width}}  {row.first or '-'}  ->  {row.second or '-'}" for row in rows]


def _print_json(value: Any) -> None:
    import msgspec

    click.echo(json.dumps(msgspec.to_builtins(value), indent=2, ensure_ascii=False))
