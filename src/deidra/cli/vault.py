"""``deidra vault``: keys and the way back, for those who may have it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

import click

from deidra.cli.options import ANY_PATH

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from deidra.identity.vault.projects import SchemeName

UNKNOWN = 1
_COLUMNS = ("seq", "at", "who", "action", "project", "what", "reason")
Command = TypeVar("Command", bound="Callable[..., Any]")

_WORKSPACE = click.option("--workspace", type=ANY_PATH, required=True, metavar="DIR", help="The workspace of the run.")
_UNLOCK = click.option(
    "--unlock",
    default="",
    metavar="HOW",
    help="passphrase, file:PATH, env:NAME or command:COMMAND; by default what DEIDRA_VAULT_UNLOCK says, or the key "
    "file that the workspace knows, or a passphrase.",
)
_REASON = click.option("--reason", default="", metavar="TEXT", help="Why: goes into the access log. No names here.")
_VAULT = click.option(
    "--vault", default="", metavar="FILE|URL", help="A vault that workspaces share: an SQLite file or PostgreSQL."
)
_CROSSWALK = click.option(
    "--crosswalk", is_flag=True, help="Record original and new identifiers of everything released."
)


@click.group("vault")
def vault_group() -> None:
    """Keys, and original and new identifiers. Whoever has them can undo the de-identification.

    Every access is on record: who, when, why, and what was looked up.
    """


@vault_group.command("create")
@_WORKSPACE
@_VAULT
@click.option("--project", default="default", show_default=True, metavar="NAME", help="Projects cannot be joined.")
@click.option(
    "--scheme",
    type=click.Choice(("keyed", "sequential", "list", "random")),
    default="keyed",
    show_default=True,
    help="How subjects come by their pseudonyms.",
)
@_CROSSWALK
@_UNLOCK
def create_command(workspace: Path, vault: str, project: str, scheme: SchemeName, crosswalk: bool, unlock: str) -> int:
    """Give a workspace a vault; the key that it had moves there.

    \b
    deidra vault create --workspace released.deidra
    deidra vault create --workspace trial.deidra --scheme sequential --crosswalk --unlock passphrase
    deidra vault create --workspace b.deidra --vault postgresql://vault.example/deidra --project b \\
                        --unlock 'command:pass show deidra/vault'
    """
    from deidra.run.vault_admin import create, info

    made = create(workspace, vault=vault, project=project, scheme=scheme, crosswalk=crosswalk, unlock=unlock)
    found = info(workspace)
    click.echo(f"Vault     {'made' if made else 'joined'}; opened by a {found.opened_by}")
    if found.key_file:
        click.echo(f"Key file  {found.key_file}\n          Whoever has it and the vault can undo what is released.")
    return 0


@vault_group.command("info")
@_WORKSPACE
@click.option("--check", is_flag=True, help="Unlock the vault and check every record and the whole access log.")
@_UNLOCK
def info_command(workspace: Path, check: bool, unlock: str) -> int:
    """What vault a workspace has.

    \b
    deidra vault info --workspace released.deidra
    """
    from deidra.run.vault_admin import check as check_all
    from deidra.run.vault_admin import info

    found = info(workspace)
    lines = [
        ("Vault", found.vault),
        ("Opened by", found.opened_by or "nothing: it was destroyed"),
        ("Projects", ", ".join(found.projects) or "none"),
        ("This one", found.project),
        ("Log", f"{found.log_entries:,} entries{', closed' if found.destroyed else ''}"),
    ]
    if check:
        done = check_all(workspace, unlock=unlock)
        recorded = "recorded" if done.crosswalk else "not recorded"
        lines += [
            ("Pseudonyms", done.scheme),
            ("Crosswalk", f"{recorded} by runs; {done.records:,} records, every one intact"),
            ("Checked", "the chain of the access log holds to its end"),
        ]
    click.echo("\n".join(f"{name:<11} {value}" for name, value in lines))
    return 0


@vault_group.command("rotate")
@_WORKSPACE
@_UNLOCK
@click.option("--new-unlock", default="", metavar="HOW", help="What opens it from now on; by default a new key file.")
@_REASON
def rotate_command(workspace: Path, unlock: str, new_unlock: str, reason: str) -> int:
    """Let another passphrase or key open the vault from now on. Records and pseudonyms stay as they are.

    \b
    deidra vault rotate --workspace released.deidra --new-unlock passphrase
    """
    from deidra.run.vault_admin import rotate

    rotate(workspace, unlock=unlock, new_unlock=new_unlock, reason=reason)
    click.echo("The vault is opened by the new one only. Older copies of it are still opened by the old one.")
    return 0


@vault_group.command("lookup")
@click.argument("identifier", metavar="PSEUDONYM|UID")
@_WORKSPACE
@_REASON
@click.option("--json", "as_json", is_flag=True, help="Print kind, original, issuer, date shift and accession number.")
@_UNLOCK
def lookup_command(identifier: str, workspace: Path, reason: str, as_json: bool, unlock: str) -> int:
    """Print who a subject, or what a UID, was.

    \b
    deidra vault lookup SUBJ000017 --workspace trial.deidra --reason "incidental finding"

    \b
    Exit codes: 0 found, 1 unknown, 2 usage, or a vault that cannot be opened or trusted.
    """
    from deidra.run.vault import lookup

    found = lookup(workspace, identifier, reason=reason, unlock=unlock)
    if found is None:
        click.echo("unknown identifier", err=True)
        return UNKNOWN
    if as_json:
        shift = found.shift_days or None
        content = {"kind": found.kind, "original": found.original, "issuer": found.issuer, "shift_days": shift}
        content["accession_number"] = found.accession_number
        click.echo(json.dumps(content, ensure_ascii=False))
    else:
        click.echo(found.original)
    return 0


@vault_group.command("export")
@_WORKSPACE
@click.option("--uids", type=ANY_PATH, metavar="FILE", help="Write original and new UIDs here.")
@click.option("--subjects", type=ANY_PATH, metavar="FILE", help="Write Patient IDs and pseudonyms here.")
@click.option("--key", type=ANY_PATH, metavar="FILE", help="Write the key of the project here, for another site.")
@_REASON
@_UNLOCK
def export_command(
    workspace: Path, uids: Path | None, subjects: Path | None, key: Path | None, reason: str, unlock: str
) -> int:
    """Write original and new identifiers as CSV, or XLSX by the ending (header id_old,id_new), readable by you only.

    Without a file they go into uids.csv and subjects.csv in the workspace. Nothing goes into the output folder.

    \b
    deidra vault export --workspace released.deidra
    deidra vault export --workspace released.deidra --uids uids.csv --subjects subjects.xlsx
    """
    from deidra.run.vault import export

    for noun, count in export(workspace, uids, subjects, key=key, unlock=unlock, reason=reason).items():
        click.echo(f"{count:,} {noun}")
    return 0


@vault_group.command("import")
@_WORKSPACE
@click.option("--uids", type=ANY_PATH, metavar="FILE", help="Original and new UIDs: a list of id_old,id_new.")
@click.option("--subjects", type=ANY_PATH, metavar="FILE", help="Patient IDs and pseudonyms: a list of id_old,id_new.")
@click.option("--key", type=ANY_PATH, metavar="FILE", help="The key of a project, from another site.")
@_VAULT
@_CROSSWALK
@_REASON
@_UNLOCK
def import_command(
    workspace: Path,
    uids: Path | None,
    subjects: Path | None,
    key: Path | None,
    vault: str,
    crosswalk: bool,
    reason: str,
    unlock: str,
) -> int:
    """Record lists of identifiers in the vault, or make a vault with the key of another site's project.

    \b
    deidra vault import --workspace trial.deidra --subjects trial-ids.csv
    deidra vault import --workspace site-b.deidra --key project.key
    """
    from deidra.run.vault import import_key, import_pairs

    if key is not None:
        name = import_key(workspace, key, vault=vault, unlock=unlock, crosswalk=crosswalk)
        click.echo(f"The workspace belongs to the project {name}")
    elif uids is None and subjects is None:
        raise click.UsageError("name a file with --uids, --subjects or --key")
    if uids is not None or subjects is not None:
        click.echo(f"{import_pairs(workspace, uids, subjects, unlock=unlock, reason=reason):,} new records")
    return 0


@vault_group.command("reidentify")
@click.argument("files", nargs=-1, required=True, type=ANY_PATH)
@click.argument("out", type=ANY_PATH)
@click.option("--key", type=ANY_PATH, required=True, metavar="PEM", help="The private key.")
@click.option("--certificate", type=ANY_PATH, metavar="PEM", help="Its certificate, unless it is in the same file.")
@click.option("--workspace", type=ANY_PATH, metavar="DIR", help="Put the access on record in the vault of this one.")
@_REASON
@_UNLOCK
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON, and nothing else.")
def reidentify_command(
    files: tuple[Path, ...],
    out: Path,
    key: Path,
    certificate: Path | None,
    workspace: Path | None,
    reason: str,
    unlock: str,
    as_json: bool,
) -> int:
    """Undo the de-identification of objects that carry Encrypted Attributes (PS3.15 E.1.2).

    Needs nothing but the private key of one of the certificates that the policy named. OUT holds patient data
    afterwards. A key with a passphrase: DEIDRA_KEY_PASSPHRASE.

    \b
    deidra vault reidentify released/ home/ --key private.pem

    \b
    Exit codes: 0 everything restored, 2 usage, 3 something left out.
    """
    import msgspec

    from deidra.cli.reidentify import lines_of
    from deidra.run.unseal import unseal

    done = unseal(
        files, out, key=key, certificate=certificate, workspace=workspace, reason=reason, unlock=unlock
    )
    click.echo(msgspec.json.encode(done).decode() if as_json else "\n".join(lines_of(done, "objects")))
    return done.exit_code


@vault_group.command("destroy")
@_WORKSPACE
@click.option("--yes", is_flag=True, help="Without this nothing is done.")
@_REASON
@_UNLOCK
def destroy_command(workspace: Path, yes: bool, reason: str, unlock: str) -> int:
    """Erase the keys, the crosswalk and the ledger: there is no way back after this. Not reached: copies.

    \b
    deidra vault destroy --workspace released.deidra --yes
    """
    from deidra.run.vault_admin import destroy_all

    if not yes:
        raise click.UsageError("this cannot be undone; say --yes")
    proof, erased = destroy_all(workspace, unlock=unlock, reason=reason)
    for line in (*proof.checked, *(f"{name} is erased" for name in erased)):
        click.echo(f"checked: {line}")
    if proof.whole:
        click.echo(f"The log is sealed: {proof.log_entries:,} entries, SHA-256 {proof.log_hash}")
    else:
        click.echo("Other projects still use the vault; this one is gone from it.")
    return 0


@vault_group.command("log")
@_WORKSPACE
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--accept-clock", is_flag=True, help="Go on although the clock is behind the last entry.")
@_UNLOCK
def log_command(workspace: Path, as_json: bool, accept_clock: bool, unlock: str) -> int:
    """Check the access log and print it: when, who, what for, what.

    \b
    deidra vault log --workspace released.deidra
    """
    from deidra.run.vault_admin import accept_clock as accept
    from deidra.run.vault_admin import log_of

    if accept_clock:
        accept(workspace, unlock=unlock)
    for entry in log_of(workspace, unlock=unlock):
        shown = {"seq": entry.seq, "at": entry.at, "who": entry.who, "action": entry.action}
        shown |= {"project": entry.project, "what": entry.what, "reason": entry.reason, "sha256": entry.hash.hex()}
        line = json.dumps(shown, ensure_ascii=False) if as_json else "  ".join(str(shown[name]) for name in _COLUMNS)
        click.echo(line.rstrip())
    return 0
