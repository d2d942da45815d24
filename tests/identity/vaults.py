"""What the tests of the vault share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deidra.identity.pseudonyms import subject_key
from deidra.identity.vault import crosswalk, opening
from deidra.identity.vault.crosswalk import Pair
from deidra.identity.vault.projects import new_settings
from deidra.run.keeper import record

if TYPE_CHECKING:
    from pathlib import Path

    from deidra.identity.vault.projects import SchemeName

NEEDLE = "NEEDLE4711"
PAIRS = (
    Pair("subject", subject_key(NEEDLE, "HOSPITAL-NEEDLE", "", "", ""), "P7", "P7", -100),
    Pair("study", "1.2.999.4711.1", "2.25.1", "P7"),
    Pair("series", "1.2.999.4711.2", "2.25.2", "P7"),
    Pair("instance", "1.2.999.4711.3", "2.25.3", "P7"),
    Pair("accession", "ACC-NEEDLE4711", "A1", "P7"),
)
SECRETS = (NEEDLE, "HOSPITAL-NEEDLE", "1.2.999.4711")


def make(
    workspace: Path, vault: str = "", scheme: SchemeName = "keyed", project: str = "default", unlock: str = ""
) -> None:
    """A workspace with a vault that keeps a crosswalk."""
    workspace.mkdir(exist_ok=True)
    settings = new_settings(scheme, crosswalk=scheme != "random")
    opening.create(workspace, vault=vault, project=project, settings=settings, unlock=unlock)


def fill(workspace: Path, unlock: str = "") -> None:
    """Record five identifiers of one person."""
    with opening.opened(workspace, unlock=unlock) as vault:
        record(vault, iter(PAIRS))


def look(workspace: Path, new: str, unlock: str = "") -> Pair | None:
    """What an identifier was."""
    with opening.opened(workspace, unlock=unlock) as vault:
        return crosswalk.find(vault.store, vault.project, new)
