"""The key of a project on its way to another site, which then gives the same answers.

The file opens nothing in a vault, but whoever has it can test guesses: send it as one sends a key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from deidra.errors import VaultError
from deidra.identity.keys import KEY_BYTES
from deidra.identity.private_files import read_private, write_new
from deidra.identity.vault.projects import Project, SchemeName, Settings, check_name, new_settings

if TYPE_CHECKING:
    from pathlib import Path

_LARGEST_BYTES = 4096
_FORMAT = "deidra-project-key-1"


class _ProjectKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    project: str
    key: str
    scheme: SchemeName
    taken_over: bool
    format: str


def write_project_key(path: Path, project: Project) -> None:
    """Write the key of a project to a new file (0600); raises VaultError."""
    if project.settings.scheme not in ("keyed", "list"):
        raise VaultError("project-key-useless", "pseudonyms given in turn need one vault that both sites reach")
    settings = project.settings
    content = _ProjectKey(project.name, settings.root.hex(), settings.scheme, settings.taken_over, _FORMAT)
    try:
        write_new(path, msgspec.json.encode(content) + b"\n")
    except OSError as error:
        raise VaultError("vault-unwritable", f"cannot write the file: {error.strerror}") from None


def read_project_key(path: Path, *, crosswalk: bool) -> tuple[str, Settings]:
    """(project, its settings in another vault); raises WorkspaceError, VaultError."""
    content = read_private(path, _LARGEST_BYTES, "the key file of the project")
    try:
        found = msgspec.json.decode(content, type=_ProjectKey)
        root = bytes.fromhex(found.key)
    except (msgspec.MsgspecError, ValueError):
        found, root = None, b""
    if found is None or len(root) != KEY_BYTES or found.format != _FORMAT:
        raise VaultError("project-key-unusable", "this is not a key that deidra vault export --key wrote")
    check_name(found.project)
    return found.project, new_settings(found.scheme, crosswalk=crosswalk, root=root, taken_over=found.taken_over)
