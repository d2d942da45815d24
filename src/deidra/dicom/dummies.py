"""Dummy values (PS3.15 Table E.1-1a, D): VR-consistent, plainly artificial, never derived from the original."""

from __future__ import annotations

from collections.abc import Callable

from deidra.dicom import encode
from deidra.dicom.stream import Encoding
from deidra.standard import dictionary
from deidra.standard.iods import Node

TEXT = b"REMOVED"
# Years before 1900 are refused by common validators
DATE, TIME = b"19000101", b"000000"

_VALUES = {
    "AE": TEXT,
    "AS": b"000D",
    "AT": b"\0\0\0\0",
    "CS": TEXT,
    "DA": DATE,
    "DS": b"0",
    "DT": DATE + TIME,
    "FD": bytes(8),
    "FL": bytes(4),
    "IS": b"0",
    "LO": TEXT,
    "LT": TEXT,
    "PN": TEXT + b"^",
    "SH": TEXT,
    "SL": bytes(4),
    "SS": bytes(2),
    "ST": TEXT,
    "SV": bytes(8),
    "TM": TIME,
    "UC": TEXT,
    "UI": b"2.25.0",
    "UL": bytes(4),
    "UR": b"removed:",
    "US": bytes(2),
    "UT": TEXT,
    "UV": bytes(8),
}
# Attributes whose value is enumerated, so that a general dummy would not be one (PS3.3 C.12.1.1.9, C.17.3)
_ENUMERATED = {0x04000565: b"COERCE", 0x0040A491: b"COMPLETE", 0x0040A493: b"UNVERIFIED"}
# Factors: zero would make all values one (PS3.3 C.11.1.1.2)
_FACTORS = {0x00281053: b"1"}
# Values that come in pairs: all channels of all multiplex groups (PS3.3 C.10.10.1.1)
_PAIRS = {0x0040A0B0: bytes(4)}
# One of several Type 1C attributes must be there: which of them stands in a dummy item (PS3.3 C.10.10)
_CHOSEN = {0x00700006}

CODE_VALUE, CODING_SCHEME, CODE_MEANING = 0x00080100, 0x00080102, 0x00080104
_MAX_DEPTH = 8


def value(tag: int, vr: str) -> bytes:
    """A dummy for the attribute; binary VRs get two zero bytes."""
    return _ENUMERATED.get(tag) or _FACTORS.get(tag) or _PAIRS.get(tag) or _VALUES.get(vr, b"\0\0")


def code_item(code: str, scheme: str, meaning: str, encoding: Encoding) -> bytes:
    """An item of a code sequence (PS3.3 Table 8.8-1)."""
    parts = ((CODE_VALUE, "SH", code), (CODING_SCHEME, "SH", scheme), (CODE_MEANING, "LO", meaning))
    return encode.item([encode.element(tag, vr, text.encode(), encoding) for tag, vr, text in parts])


def sequence_item(
    node: Node | None, encoding: Encoding, new_uid: Callable[[int], bytes], depth: int = 0
) -> bytes | None:
    """One minimal item that satisfies the unconditional Types of `node`; None when the IOD does not tell."""
    if node is None or depth > _MAX_DEPTH:
        return None
    if node.type_of(CODE_MEANING) is not None:
        return code_item("REMOVED", "99DEIDRA", "Removed", encoding)
    elements = []
    for tag, attribute_type in sorted(node.items()):
        if attribute_type not in ("1", "2") and not (attribute_type == "1C" and tag in _CHOSEN):
            continue
        vr = (dictionary.vr(tag) or "LO")[:2]
        if attribute_type == "2":
            content = b""
        elif vr == "SQ":
            content = sequence_item(node.child(tag), encoding, new_uid, depth + 1) or b""
        elif vr == "UI":
            content = new_uid(tag)
        else:
            content = value(tag, vr)
        elements.append(encode.element(tag, vr, content, encoding))
    return encode.item(elements) if elements else None


def report_content(encoding: Encoding, *, related: bool = True) -> bytes:
    """The smallest content tree: one code that says nothing (PS3.3 C.17.3).

    `related`: to the root above it, as in a report, by the one relationship that the IODs of all reports allow.
    """
    relationship = [encode.element(0x0040A010, "CS", b"HAS CONCEPT MOD", encoding)] if related else []
    return encode.item(
        [
            *relationship,
            encode.element(0x0040A040, "CS", b"CODE", encoding),
            encode.sequence(0x0040A043, [code_item("121106", "DCM", "Comment", encoding)], encoding),
            encode.sequence(0x0040A168, [code_item("261665006", "SCT", "Unknown", encoding)], encoding),
        ]
    )


def graphic_annotation(layer: bytes, encoding: Encoding) -> bytes:
    """The smallest graphic annotation: one invisible text object on an existing layer (PS3.3 C.10.5)."""
    text_object = encode.item(
        [
            encode.element(0x00700004, "CS", b"PIXEL", encoding),
            encode.element(0x00700006, "ST", TEXT, encoding),
            encode.element(0x00700014, "FL", bytes(8), encoding),
            encode.element(0x00700015, "CS", b"N", encoding),
        ]
    )
    return encode.item(
        [
            encode.element(0x00700002, "CS", layer, encoding),
            encode.sequence(0x00700008, [text_object], encoding),
        ]
    )


_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]>>endobj\nxref\n0 4\n0000000000 65535 f \n"
    b"0000000009 00000 n \n0000000052 00000 n \n0000000101 00000 n \ntrailer<</Size 4/Root 1 0 R>>\n"
    b"startxref\n162\n%%EOF\n"
)
_DOCUMENTS = {
    "application/pdf": _PDF,
    "text/xml": b'<?xml version="1.0"?>\n<ClinicalDocument xmlns="urn:hl7-org:v3"/>\n',
    "model/stl": bytes(84),
    "model/obj": b"v 0 0 0\n",
    "model/mtl": b"newmtl removed\n",
}


def document(mime_type: str) -> bytes:
    """An empty document of the same MIME type, so that the object still opens (PS3.15 E.1-1, (0042,0011) D)."""
    return _DOCUMENTS.get(mime_type.lower(), b"\0\0")
