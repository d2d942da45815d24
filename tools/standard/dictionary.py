"""Elements (PS3.6) and private elements, from pydicom's dictionaries."""

from __future__ import annotations

import hashlib
import inspect
import re
from typing import TYPE_CHECKING

from output import Payload, header, require
from pins import NEMA, PACKAGES
from pydicom import _dicom_dict, _private_dict

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from part15 import Part15

_BLOCK_FREE = re.compile(r"[0-9A-F]{4}xx[0-9A-F]{2}")
_GROUP_FREE = re.compile(r"[0-9A-F]{2}xxxx[0-9A-F]{2}")
_WITH_BLOCK = re.compile(r"[0-9A-F]{4}(00|10)[0-9A-F]{2}")
_WHOLE_BLOCK = re.compile(r"[0-9A-F]{6}xx")
_VR = re.compile(r"[A-Z]{2}")


def module_sha256(module: ModuleType) -> str:
    """SHA-256 of the module's source file."""
    return hashlib.sha256(inspect.getsource(module).encode()).hexdigest()


def dictionary_file(newest: Part15) -> Payload:
    """Contents of dictionary.json.

    Elements are [tag, VR, keyword, name, retired]. Attributes that Table E.1-1 lists and pydicom does not
    know keep the table's name and have no VR and no keyword.
    """
    elements = [
        [tag, vr, keyword, name, int(bool(retired))]
        for tag, (vr, _, name, retired, keyword) in sorted(_dicom_dict.DicomDictionary.items())
    ]
    missing = [
        [tag, "", "", row["name"], int(row["retired"])]
        for tag, row in newest.rows.items()
        if tag not in _dicom_dict.DicomDictionary and not _in_repeaters(tag)
    ]
    repeaters = {
        mask: [vr, keyword, name, int(bool(retired))]
        for mask, (vr, _, name, retired, keyword) in sorted(_dicom_dict.RepeatersDictionary.items())
    }
    return {
        "header": header(
            source=f"pydicom {PACKAGES['pydicom']} (MIT), PS3.6; {len(missing)} added from Table E.1-1",
            edition=f"2024c; additions {newest.edition}",
            sha256=module_sha256(_dicom_dict),
            rows=len(elements) + len(missing) + len(repeaters),
            attribution=NEMA,
        ),
        "elements": sorted(elements + missing),
        "repeaters": repeaters,
    }


def _in_repeaters(tag: int) -> bool:
    digits = f"{tag:08X}"
    return any(
        all(m in ("x", d) for m, d in zip(mask, digits, strict=True))
        for mask in _dicom_dict.RepeatersDictionary
    )


def _spread(entries: dict[str, tuple[str, str, str, str]]) -> Iterator[tuple[str, str]]:
    """One creator's entries as (ggggxxee or ggxxxxee, VR).

    Private elements belong to whichever block the creator reserved (PS3.5 7.8.1), so entries that the
    dictionary ties to one block are freed from it unless the free form is listed as well.
    """
    for key, entry in entries.items():
        if _BLOCK_FREE.fullmatch(key) or _GROUP_FREE.fullmatch(key):
            yield key, entry[0]
        elif _WITH_BLOCK.fullmatch(key):
            free = f"{key[:4]}xx{key[6:]}"
            if free not in entries:
                yield free, entry[0]
        else:
            require(bool(_WHOLE_BLOCK.fullmatch(key)), f"private dictionary: key {key}")


def private_dictionary_file(newest: Part15) -> Payload:
    """Contents of private_dictionary.json: creator -> {ggggxxee: VR}.

    pydicom speaks first; elements of Table E.3.10-1 that it does not know are added.
    """
    creators = {
        creator: dict(_spread(entries)) for creator, entries in _private_dict.private_dictionaries.items()
    }
    added = 0
    for group, low, creator, vr, _ in newest.private:
        entries = creators.setdefault(creator, {})
        key = f"{group:04X}xx{low:02X}"
        if _VR.fullmatch(vr) and key not in entries:
            entries[key] = vr
            added += 1
    return {
        "header": header(
            source=f"pydicom {PACKAGES['pydicom']} (MIT); {added} elements of PS3.15 Table E.3.10-1 added",
            edition=newest.edition,
            sha256=module_sha256(_private_dict),
            rows=sum(map(len, creators.values())),
            attribution=NEMA,
        ),
        "creators": {
            creator: dict(sorted(entries.items())) for creator, entries in sorted(creators.items()) if entries
        },
    }
