"""PS3.6 Annex A: registered UIDs, storage SOP classes and transfer syntaxes, from pydicom and highdicom."""

from __future__ import annotations

import json
from importlib.resources import files

from dictionary import module_sha256
from output import Payload, header
from pins import DEFLATED, IMPLICIT, NEMA, NEWER_TRANSFER_SYNTAXES, NOT_A_DATA_SET, NOT_ENCAPSULATED, PACKAGES
from pydicom import _uid_dict
from pydicom.uid import UID


def _storage(name: str) -> bool:
    """Whether a SOP class of this name is one whose instances are stored (PS3.4 Annexes B, GG)."""
    return "Storage" in name and "Storage Commitment" not in name


def _transfer_syntax(uid: str, name: str) -> list[object]:
    """[name, implicit, big endian, deflated, encapsulated] of one transfer syntax."""
    syntax = UID(uid)

    def named(table: dict[str, str]) -> bool:
        return any(part in name for part in table)

    return [
        name,
        bool(syntax.is_implicit_VR or named(IMPLICIT)),
        bool(not syntax.is_little_endian),
        bool(syntax.is_deflated or named(DEFLATED)),
        bool(syntax.is_encapsulated and not named(NOT_ENCAPSULATED)),
    ]


def uids_file() -> Payload:
    """Contents of uids.json: registered UID -> name, the storage SOP classes, the transfer syntaxes."""
    iod_of: dict[str, str] = json.loads(
        (files("highdicom") / "_standard" / "sop_class_iod_map.json").read_bytes()
    )
    registered: dict[str, str] = {uid: entry[0] for uid, entry in _uid_dict.UID_dictionary.items()}
    newer: dict[str, str] = {uid: iod.replace("-", " ").title() for uid, iod in iod_of.items() if uid not in registered}
    storage = {
        uid
        for uid, entry in _uid_dict.UID_dictionary.items()
        if entry[1] == "SOP Class" and _storage(entry[0])
    }
    syntaxes = {
        uid: _transfer_syntax(uid, entry[0])
        for uid, entry in _uid_dict.UID_dictionary.items()
        if entry[1] == "Transfer Syntax" and not any(part in entry[0] for part in NOT_A_DATA_SET)
    }
    added = {uid: name for uid, name in NEWER_TRANSFER_SYNTAXES.items() if uid not in registered}
    syntaxes |= {uid: [name, False, False, False, True] for uid, name in added.items()}
    newer |= added
    return {
        "header": header(
            source=(
                f"pydicom {PACKAGES['pydicom']} (MIT), PS3.6 Annex A; {len(newer)} newer UIDs "
                f"named here or after their IOD, from highdicom {PACKAGES['highdicom']} (MIT)"
            ),
            edition="2024c",
            sha256=module_sha256(_uid_dict),
            rows=len(registered) + len(newer),
            attribution=NEMA,
        ),
        "names": dict(sorted((registered | newer).items())),
        "storage": sorted(storage | set(iod_of)),
        "transfer_syntaxes": syntaxes,
    }
