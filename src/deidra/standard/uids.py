"""UIDs of the standard (PS3.6 Annex A): they name things, not instances, and never change."""

from __future__ import annotations

from functools import cache

import msgspec

from deidra.standard._data import Header, load

_DICOM_ROOT = "1.2.840.10008."
# PS3.6 Table A-3: context groups are numbered directly under this arc
_CONTEXT_GROUPS = _DICOM_ROOT + "6.1."
_PADDING = "\0 "


class TransferSyntax(msgspec.Struct, frozen=True, array_like=True):
    """How a data set is encoded (PS3.5 Section 10): `encapsulated` says that pixel data are fragments."""

    name: str
    implicit: bool
    big_endian: bool
    deflated: bool
    encapsulated: bool


class _File(msgspec.Struct, frozen=True):
    header: Header
    names: dict[str, str]
    storage: frozenset[str]
    transfer_syntaxes: dict[str, TransferSyntax]


@cache
def _file() -> _File:
    return load("uids", _File)


def is_registered(uid: str) -> bool:
    """Whether PS3.6 Annex A registers the UID, whatever for. Such a UID identifies nobody."""
    uid = uid.rstrip(_PADDING)
    if uid in _file().names:
        return True
    number = uid.removeprefix(_CONTEXT_GROUPS)
    return number != uid and number.isascii() and number.isdigit() and len(number) <= 4


def uid_name(uid: str) -> str:
    """Name of a registered UID, "" if not known."""
    return _file().names.get(uid.rstrip(_PADDING), "")


def is_storage_sop_class(uid: str) -> bool:
    """Whether instances of this SOP class are stored as objects; retired classes included."""
    return uid.rstrip(_PADDING) in _file().storage


def sop_class_name(uid: str) -> str:
    """Name of a SOP class of the standard, "" if not known."""
    return uid_name(uid)


def is_private_sop_class(uid: str) -> bool:
    """Whether the SOP class is not one of the standard, which roots its UIDs at 1.2.840.10008."""
    return not uid.startswith(_DICOM_ROOT)


def transfer_syntax(uid: str) -> TransferSyntax | None:
    """How data sets of this transfer syntax are encoded; None if unknown or not a file of elements."""
    return _file().transfer_syntaxes.get(uid.rstrip(_PADDING))
