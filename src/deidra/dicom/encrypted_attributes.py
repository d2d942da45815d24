"""Encrypted Attributes Sequence (PS3.15 E.1.1 duties 1 and 4, PS3.3 C.12.1.1.4): the way back inside an object.

The originals of the attributes that the rules take away or replace at the top level are put into the one item of a
Modified Attributes Sequence, which is encoded as the object is, enveloped for the policy's certificates (CMS, RFC 5652:
RSA key transport, AES-256) and written as the only item of (0400,0500). Bulk is not among them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from deidra.dicom import encode
from deidra.dicom.header import CHARACTER_SET, Header
from deidra.dicom.rewrite import Insert
from deidra.dicom.source import EXPLICIT_LITTLE_UID, IMPLICIT_LITTLE_UID, Section, Source, elements_of
from deidra.dicom.stream import EXPLICIT_LITTLE, FRAGMENTS, IMPLICIT_LITTLE, Encoding, items_of
from deidra.errors import Held, ObjectError
from deidra.model import Action, Edit
from deidra.standard import dictionary

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cryptography.x509 import Certificate

    from deidra.dicom.rules import Place

ENCRYPTED_ATTRIBUTES = 0x04000500
_TRANSFER_SYNTAX, _CONTENT, _MODIFIED_ATTRIBUTES = 0x04000510, 0x04000520, 0x04000550
_LONGEST_VALUE_BYTES = 1 << 16
_LARGEST_BYTES = 1 << 24
# From here on (curves, overlays, pixels) there is nothing but bulk, and what describes it
_FIRST_GROUP, _GRAPHICS_GROUP = 0x0008, 0x5000
_ENCODINGS = {EXPLICIT_LITTLE_UID: EXPLICIT_LITTLE, IMPLICIT_LITTLE_UID: IMPLICIT_LITTLE}


class Originals(NamedTuple):
    """What an envelope held: (VR, raw value) by tag, in the object's own character set. Sensitive."""

    elements: dict[int, tuple[str, bytes]]
    encoding: Encoding

    def __repr__(self) -> str:
        return "Originals(<redacted>)"


def inserts(sections: Sequence[Section], place: Place, source: Source, certificates: Sequence[str]) -> list[Insert]:
    """The sequence to write, for recipients in PEM; nothing without recipients."""
    if not certificates:
        return []
    encoding = source.encoding
    item = encode.item(_originals(sections, place))
    modified = encode.sequence(_MODIFIED_ATTRIBUTES, [item], encoding)
    syntax = EXPLICIT_LITTLE_UID if encoding.explicit else IMPLICIT_LITTLE_UID
    content = encode.item(
        [
            encode.element(_TRANSFER_SYNTAX, "UI", syntax.encode(), encoding),
            encode.element(_CONTENT, "OB", _enveloped(modified, tuple(certificates)), encoding),
        ]
    )
    edit = Edit("dcm:(0400,0500)", Action.REWRITE, "marker:encrypted-attributes", "PS3.15 E.1.1 duty 4")
    return [Insert(ENCRYPTED_ATTRIBUTES, encode.sequence(ENCRYPTED_ATTRIBUTES, [content], encoding), edit)]


def _originals(sections: Sequence[Section], place: Place) -> list[bytes]:
    """The standard elements that do not stay as they are, whole and in tag order, with the character set."""
    found: dict[int, bytes] = {}
    for buf, _, elements, _ in sections:
        for tag, vr, at, value, stop, items in elements:
            if tag & 0x10000 or tag >> 16 >= _GRAPHICS_GROUP or tag == ENCRYPTED_ATTRIBUTES:
                continue
            if stop > len(buf) or stop - value > _LONGEST_VALUE_BYTES or items is FRAGMENTS:
                continue
            decision = place.decide(tag, vr)
            if tag == CHARACTER_SET or decision.operation not in ("keep", "number", "recurse"):
                found.setdefault(tag, buf[at:stop])
    return [found[tag] for tag in sorted(found)]


def _enveloped(content: bytes, certificates: tuple[str, ...]) -> bytes:
    from cryptography.hazmat.primitives.ciphers.algorithms import AES256
    from cryptography.hazmat.primitives.serialization import Encoding as Form
    from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7EnvelopeBuilder, PKCS7Options

    builder = PKCS7EnvelopeBuilder().set_data(content).set_content_encryption_algorithm(AES256)
    for certificate in _loaded(certificates):
        builder = builder.add_recipient(certificate)
    return builder.encrypt(Form.DER, [PKCS7Options.Binary])


@lru_cache(maxsize=4)
def _loaded(certificates: tuple[str, ...]) -> tuple[Certificate, ...]:
    from cryptography.x509 import load_pem_x509_certificate

    return tuple(load_pem_x509_certificate(pem.encode("ascii")) for pem in certificates)


def originals(header: Header, decrypt: Callable[[bytes], bytes | None]) -> Originals | None:
    """What the object carries of itself; None when it carries nothing. `decrypt` answers None for what it cannot open.

    Raises Held when none of the envelopes opens, or when one holds something else.
    """
    found = header.sequence(ENCRYPTED_ATTRIBUTES)
    if found is None:
        return None
    buf, _, items = found
    for _, _, _, elements, _ in items:
        values = {tag: buf[value:stop] for tag, _, _, value, stop, _ in elements}
        encoding = _ENCODINGS.get(values.get(_TRANSFER_SYNTAX, b"").rstrip(b"\0 ").decode("ascii", "replace"))
        content = decrypt(_unpadded(values.get(_CONTENT, b""))) if encoding else None
        if content is not None and encoding is not None and len(content) <= _LARGEST_BYTES:
            return _opened(content, encoding)
    raise Held("envelope-locked", "the key opens none of its Encrypted Attributes", "dcm:(0400,0500)")


def _unpadded(content: bytes) -> bytes:
    """An envelope without the byte that makes its length even: DER says how long it is (X.690 8.1.3)."""
    if len(content) < 2 or content[1] < 0x80:
        return content
    long = content[1] & 0x7F
    return content[: 2 + long + int.from_bytes(content[2 : 2 + long])]


def _opened(content: bytes, encoding: Encoding) -> Originals:
    vrs = dictionary.vr_table()
    try:
        for element in elements_of(encoding, content):
            if element[0] == _MODIFIED_ATTRIBUTES:
                (item,) = items_of(content, element, encoding, 0)
                held = {tag: (vr or vrs.get(tag, "UN"), content[value:stop]) for tag, vr, _, value, stop, _ in item[3]}
                # Whoever has a certificate can make an envelope: it holds what ours do, or nothing is taken from it
                if all(_FIRST_GROUP <= tag >> 16 < _GRAPHICS_GROUP and not tag & 0x10000 for tag in held):
                    return Originals(held, encoding)
    except (ObjectError, ValueError):
        pass
    raise Held("envelope-damaged", "its Encrypted Attributes hold something else", "dcm:(0400,0500)")
