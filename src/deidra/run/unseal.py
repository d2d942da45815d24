"""The way back that objects carry themselves: Encrypted Attributes, opened with a private key (PS3.15 E.1.2).

No workspace is needed. What the envelopes say of an object's own identity also tells what references to it were, so
files that belong together are best given together.
"""

from __future__ import annotations

import functools
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from deidra.dicom import charsets, dates, encrypted_attributes
from deidra.dicom.deidentify import open_normalised
from deidra.dicom.encrypted_attributes import ENCRYPTED_ATTRIBUTES, Originals
from deidra.dicom.header import CHARACTER_SET, Header
from deidra.dicom.reader import FileReader
from deidra.dicom.restore import PATIENT_AGE, PATIENT_NAME, Original, Value
from deidra.dicom.source import read_sections
from deidra.errors import Held, Rejected, UsageError
from deidra.identity.vault import opening
from deidra.run.discover import discover
from deidra.run.way_home import (
    Reidentified,
    ResultRow,
    flush_written,
    make_private,
    refusal,
    refuse_out,
    summary,
    write_object,
)
from deidra.workspace.paths import settle_sources

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from deidra.dicom.claims import Claims

PASSPHRASE_VARIABLE = "DEIDRA_KEY_PASSPHRASE"  # noqa: S105 - the name of a variable
_PATIENT_ID = 0x00100020
_DATES = (0x00080020, 0x00080021, 0x00080022, 0x00080023)
_LARGEST_KEY_BYTES = 1 << 16


class _Sealed(NamedTuple):
    """A file that opens. `subject` is its pseudonym; `uids`: new -> original of its own."""

    path: Path
    relative: str
    subject: str
    uids: dict[str, str]


def unseal(
    files: Sequence[Path],
    out: Path,
    *,
    key: Path,
    certificate: Path | None = None,
    workspace: Path | None = None,
    reason: str = "",
    unlock: str = "",
) -> Reidentified:
    """Write what is under `files` into `out`, an empty folder, with the identity that it carries.

    `key` is a private key in PEM, with its certificate in the same file or in `certificate`. With a `workspace` the
    access goes on record in its vault first. Raises UsageError when the key cannot be used.
    """
    started = datetime.now(UTC).isoformat(timespec="seconds")
    out = Path(os.path.realpath(out))
    places = {"the output folder": out}
    if workspace is not None:
        places["the workspace"] = Path(os.path.realpath(workspace))
    sources = settle_sources(files, places)
    refuse_out(out)
    decrypt = _decryption(key, certificate or key)
    sealed, rows = _read_all(sources, decrypt)
    subjects = {one.subject for one in sealed}
    if workspace is not None and sealed:
        with opening.opened(Path(os.path.realpath(workspace)), unlock=unlock) as vault, vault.store.transaction():
            vault.log("reidentify", what=f"encrypted attributes of {len(sealed)} objects", reason=reason)
    make_private(out)
    uids: dict[str, str] = {}
    for one in sealed:
        uids |= one.uids
    check = functools.partial(_check, uids.keys() - set(uids.values()))
    for one in sealed:
        # Opened again: what all envelopes hold may be more than memory should
        original = _original(*_opened(one.path, decrypt), uids)
        rows.append(write_object(one.path, one.relative, out, original, check))
    flush_written(out)
    return summary(started, rows, len(subjects))


def _read_all(
    sources: Sequence[str], decrypt: Callable[[bytes], bytes | None]
) -> tuple[list[_Sealed], list[ResultRow]]:
    sealed: list[_Sealed] = []
    rows: list[ResultRow] = []
    names: set[str] = set()
    for source in sources:
        for file in discover([source]):
            relative = os.path.relpath(file.name, source) if file.name != source else Path(file.name).name
            relative = relative if len(sources) == 1 else f"{Path(source).name}/{relative}"
            try:
                if file.reason is not None:
                    raise Rejected(file.reason.code, file.reason.message)
                if relative in names:
                    raise Held("duplicate-name", "another file would be written to the same place")
                names.add(relative)
                held, header = _opened(Path(file.name), decrypt)
                sealed.append(_Sealed(Path(file.name), relative, header.text(_PATIENT_ID), _uids(held, header)))
            except Exception as error:  # noqa: BLE001 - one bad file never stops the others
                rows.append(refusal(relative, error))
    return sealed, rows


def _check(new: Collection[str], written: Claims) -> None:
    if any(uid in new for uid in written.uids):
        raise Held("check-failed", "a new identifier is left in what was written")


def _opened(path: Path, decrypt: Callable[[bytes], bytes | None]) -> tuple[Originals, Header]:
    """What a file carries, and what it says now; raises Held and Rejected."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        source = open_normalised(FileReader(descriptor, os.fstat(descriptor).st_size))
        header = Header(list(read_sections(source)), source)
        held = encrypted_attributes.originals(header, decrypt)
    finally:
        os.close(descriptor)
    if held is None:
        raise Held("no-envelope", "the object carries no Encrypted Attributes", "dcm:(0400,0500)")
    if held.encoding is not source.encoding and any(vr == "SQ" for vr, _ in held.elements.values()):
        raise Held("encoding-differs", "the object was transcoded since it was released", "dcm:(0002,0010)")
    return held, header


def _original(held: Originals, header: Header, uids: Mapping[str, str]) -> Original:
    attributes: dict[int, Value] = dict(held.elements)
    attributes[ENCRYPTED_ATTRIBUTES] = None
    attributes.setdefault(PATIENT_AGE, None)  # one that was there is among them; ours took the birth date's place
    charset = held.elements.get(CHARACTER_SET, ("CS", header.raw(CHARACTER_SET)))[1]

    def text(tag: int) -> str:
        raw = held.elements.get(tag, ("", b""))[1]
        return (charsets.decode(raw, charset) or "").strip(" \0")

    days, last = _shift(held, header)
    return Original(uids, header.text(_PATIENT_ID), text(_PATIENT_ID), text(PATIENT_NAME), attributes, days, last)


def _shift(held: Originals, header: Header) -> tuple[int, str]:
    """What was taken from dates, as the first that is there both times tells, and the last date as it was released."""
    for tag in _DATES:
        old, new = held.elements.get(tag, ("", b""))[1], header.raw(tag)
        days = dates.days_between(new, old)
        if days:
            return days, max(header.text(other) for other in _DATES)
    return 0, ""


def _uids(held: Originals, header: Header) -> dict[str, str]:
    """New -> original of every single UID of the top level."""
    found: dict[str, str] = {}
    for tag, (vr, raw) in held.elements.items():
        new, old = header.text(tag), raw.strip(b" \0").decode("latin-1")
        if vr == "UI" and new and old and new != old and "\\" not in new + old:
            found[new] = old
    return found


def _decryption(key: Path, certificate: Path) -> Callable[[bytes], bytes | None]:
    """What opens an envelope; raises UsageError, which says nothing of what is in the files."""
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from cryptography.hazmat.primitives.serialization.pkcs7 import pkcs7_decrypt_der

    passphrase = os.environ.get(PASSPHRASE_VARIABLE, "").encode() or None
    try:
        private = load_pem_private_key(_pem(key), passphrase)
    except (ValueError, TypeError):
        why = f"the private key cannot be read; one with a passphrase needs {PASSPHRASE_VARIABLE}"
        raise UsageError("key-unusable", why) from None
    try:
        public = x509.load_pem_x509_certificate(_pem(certificate))
    except ValueError:
        raise UsageError("key-unusable", "no certificate stands with the key; name it: --certificate") from None
    if not isinstance(private, RSAPrivateKey) or private.public_key() != public.public_key():
        raise UsageError("key-unusable", "the private key is not that of the certificate, or no RSA key")

    def decrypt(content: bytes) -> bytes | None:
        try:
            return pkcs7_decrypt_der(content, public, private, [])
        except Exception:  # noqa: BLE001 - a hostile envelope fails in many ways: it does not open
            return None

    return decrypt


def _pem(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST_KEY_BYTES)
    except OSError as error:
        raise UsageError("key-unusable", f"the key or certificate cannot be read: {error.strerror}") from None
