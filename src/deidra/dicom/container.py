"""The Part 10 container, written anew: nothing of the original preamble or file meta survives (PS3.15 E.1.1 duty 7)."""

from __future__ import annotations

from struct import pack

from deidra._version import __version__
from deidra.dicom import encode
from deidra.dicom.source import Source
from deidra.dicom.stream import EXPLICIT_LITTLE
from deidra.model import Action, Edit

# A UUID-derived UID (PS3.5 B.2) of this implementation, the same for every user
IMPLEMENTATION_CLASS_UID = "2.25.269193837563217461170386184215013829415"
IMPLEMENTATION_VERSION = f"DEIDRA_{__version__}"[:16]

_SOURCE = "PS3.15 E.1.1 duty 7"
_WRITTEN_META = frozenset(
    (0x00020000, 0x00020001, 0x00020002, 0x00020003, 0x00020010, 0x00020012, 0x00020013)
)


def file_head(sop_class_uid: str, sop_instance_uid: str, transfer_syntax_uid: str) -> bytes:
    """Preamble, prefix and File Meta Information (PS3.10 Section 7.1)."""
    values = (
        (0x00020001, "OB", b"\0\1"),
        (0x00020002, "UI", sop_class_uid.encode()),
        (0x00020003, "UI", sop_instance_uid.encode()),
        (0x00020010, "UI", transfer_syntax_uid.encode()),
        (0x00020012, "UI", IMPLEMENTATION_CLASS_UID.encode()),
        (0x00020013, "SH", IMPLEMENTATION_VERSION.encode()),
    )
    meta = b"".join(encode.element(tag, vr, value, EXPLICIT_LITTLE) for tag, vr, value in values)
    length = encode.element(0x00020000, "UL", pack("<I", len(meta)), EXPLICIT_LITTLE)
    return bytes(128) + b"DICM" + length + meta


def container_edits(source: Source, removed_tail: bool) -> list[Edit]:
    """What was done to the container; `removed_tail` when bytes stood behind the last element."""
    edits = [Edit("file:meta", Action.REWRITE, "container:file-meta", _SOURCE)]
    if source.preamble_used:
        edits.append(Edit("file:preamble", Action.REMOVE, "container:preamble", _SOURCE))
    for tag in sorted(source.meta):
        if tag not in _WRITTEN_META:
            locator = f"dcm:({tag >> 16:04X},{tag & 0xFFFF:04X})"
            edits.append(Edit(locator, Action.REMOVE, "container:file-meta", _SOURCE))
    if removed_tail:
        edits.append(Edit("file:trailing-bytes", Action.REMOVE, "container:trailing-bytes", "PS3.10 7.2"))
    return edits + [
        Edit("file:encoding", Action.REWRITE, f"container:{note}", "PS3.10 7.1, PS3.5 A") for note in source.notes
    ]
