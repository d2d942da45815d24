"""``encrypted_attributes`` of a policy: whose certificates can undo what is released (PS3.15 E.1.1)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from deidra.policy import entries

if TYPE_CHECKING:
    from deidra.policy.source import Entry, Problems, Text

WARNING = (
    "encrypted_attributes: every released object carries its originals, encrypted. The report of the MIDI task group "
    "(2023) advises against that for published data: keys leak, ciphers age, and copies cannot be recalled."
)
_LARGEST_BYTES = 1 << 16
_FEWEST_KEY_BITS = 2048


class Certificate(msgspec.Struct, frozen=True):
    """A recipient's X.509 certificate: the name of its file, and it in PEM."""

    name: str
    pem: str


class EncryptedAttributes(msgspec.Struct, frozen=True):
    """Who can undo the de-identification of an object with nothing but the object and a private key; nobody by
    default."""

    certificates: tuple[Certificate, ...] = ()


def read(entry: Entry, problems: Problems) -> EncryptedAttributes:
    """The section as a file has it; what is no certificate with an RSA key is a problem."""
    found: list[Certificate] = []
    for item in entries.known(entry, ("certificates",), problems):
        for name in entries.items(item, problems) or ():
            certificate = _certificate(name, problems)
            if certificate is not None:
                found.append(certificate)
    return EncryptedAttributes(tuple(found))


def _certificate(name: Text, problems: Problems) -> Certificate | None:
    """A file beside the policy file that names it, or where the command is given."""
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    folder = Path() if name.where.startswith("--set") else Path(name.where.rpartition(":")[0]).parent
    try:
        with (folder / name.value).open("rb") as file:
            pem = file.read(_LARGEST_BYTES)
        key = x509.load_pem_x509_certificate(pem).public_key()
    except (OSError, ValueError):
        problems.add(name.where, f"certificates: {name.value!r} cannot be read as a certificate in PEM")
        return None
    if not isinstance(key, RSAPublicKey) or key.key_size < _FEWEST_KEY_BITS:
        problems.add(name.where, f"certificates: {name.value!r} needs an RSA key of {_FEWEST_KEY_BITS} bits or more")
        return None
    return Certificate(Path(name.value).name, pem.decode("ascii", "replace"))
