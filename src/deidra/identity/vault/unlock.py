"""Where the key that opens a vault comes from: a passphrase, a key file, the environment or a command.

    passphrase          asked for on the terminal, or DEIDRA_VAULT_PASSPHRASE
    file:PATH           a file of 0600
    env:NAME            an environment variable
    command:COMMAND     what a command prints: any key management service has one

A key is 32 bytes, in hexadecimal or base64. Nothing read from a vault is ever carried out.
"""

from __future__ import annotations

import base64
import binascii
import getpass
import os
import shlex
import subprocess
import sys
from pathlib import Path

import msgspec

from deidra.errors import VaultError
from deidra.identity.keys import KEY_BYTES
from deidra.identity.private_files import read_private, write_new

UNLOCK_VARIABLE = "DEIDRA_VAULT_UNLOCK"
PASSPHRASE_VARIABLE = "DEIDRA_VAULT_PASSPHRASE"  # noqa: S105 - its name
NEW_PASSPHRASE_VARIABLE = "DEIDRA_VAULT_NEW_PASSPHRASE"  # noqa: S105 - for a rotation from one to another
PASSPHRASE = "passphrase"  # noqa: S105 - the word
KEY = "key"
SHORTEST_PASSPHRASE = 8
_LARGEST_BYTES = 4096
_COMMAND_SECONDS = 120
_HEADER = "deidra-vault-key-v1:"


class Secret(msgspec.Struct, frozen=True):
    """What opens a vault. `kind` is "passphrase" or "key"; `file` says which file it came from, if one."""

    kind: str
    value: bytes
    file: str = ""

    def __repr__(self) -> str:
        return f"Secret(kind={self.kind!r}, <redacted>)"


def obtain(spec: str, *, make: bool = False) -> Secret:
    """The secret that a specification names; raises VaultError.

    `make`: it is to open a vault from now on, so a key file that is missing is made, a passphrase asked for twice
    and one of fewer than 8 characters refused.
    """
    way, _, rest = spec.partition(":")
    if way == PASSPHRASE and not rest:
        return Secret(PASSPHRASE, _passphrase(make=make))
    if way == "file" and rest:
        path = Path(os.path.realpath(rest))
        if make and not path.exists():
            write_key_file(path, os.urandom(KEY_BYTES))
        return Secret(KEY, read_key_file(path), str(path))
    if way == "env" and rest:
        if rest not in os.environ:
            raise VaultError("vault-locked", f"the environment variable {rest} is not set")
        return Secret(KEY, _key(os.environ[rest], "the environment variable"))
    if way == "command" and rest:
        return Secret(KEY, _key(_printed(rest), "what the command printed"))
    raise VaultError("vault-unlock-unknown", "unlock with passphrase, file:PATH, env:NAME or command:COMMAND")


def write_key_file(path: Path, key: bytes) -> None:
    """Make a key file (0600); raises VaultError."""
    try:
        write_new(path, f"{_HEADER}{key.hex()}\n".encode())
    except OSError as error:
        raise VaultError("vault-key-unwritable", f"cannot make the key file: {error.strerror}") from None


def read_key_file(path: Path) -> bytes:
    """The key in a file; raises WorkspaceError when others can read it, VaultError when it is no key."""
    content = read_private(path, _LARGEST_BYTES, "the key file of the vault")
    return _key(content.decode("ascii", "replace"), "the key file")


def _key(text: str, noun: str) -> bytes:
    digits = text.strip().removeprefix(_HEADER)
    for decode in (bytes.fromhex, lambda value: base64.b64decode(value, validate=True)):
        try:
            key = decode(digits)
        except (ValueError, binascii.Error):
            continue
        if len(key) == KEY_BYTES:
            return key
    raise VaultError("vault-key-unusable", f"{noun} is not a key: 32 bytes in hexadecimal or base64")


def _printed(command: str) -> str:
    try:
        done = subprocess.run(shlex.split(command), stdout=subprocess.PIPE, check=False, timeout=_COMMAND_SECONDS)
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        why = "it took too long" if isinstance(error, subprocess.TimeoutExpired) else "it could not be started"
        raise VaultError("vault-unlock-command", f"the command that prints the key failed: {why}") from None
    if done.returncode:
        raise VaultError("vault-unlock-command", f"the command that prints the key exited with {done.returncode}")
    return done.stdout[: _LARGEST_BYTES + 1].decode("ascii", "replace")


def _passphrase(*, make: bool) -> bytes:
    given = os.environ.get(PASSPHRASE_VARIABLE)
    if make:
        given = os.environ.get(NEW_PASSPHRASE_VARIABLE, given)
    if given is None:
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            message = f"there is no terminal to ask for the passphrase; set {PASSPHRASE_VARIABLE}"
            raise VaultError("vault-locked", message)
        given = getpass.getpass("Passphrase of the vault: ")
        if make and getpass.getpass("Once more: ") != given:
            raise VaultError("vault-passphrase", "the two passphrases differ")
    if make and len(given) < SHORTEST_PASSPHRASE:
        raise VaultError("vault-passphrase", f"a passphrase needs at least {SHORTEST_PASSPHRASE} characters")
    return given.encode()
