"""Objects that are likely to carry burned-in text and whose pixels nobody has examined.

Burned In Annotation is absent in most files and a received NO is no evidence, so the kind of object decides.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from deidra.dicom import spare_bits
from deidra.dicom.header import BURNED_IN_ANNOTATION, MODALITY, SOP_CLASS_UID, Header
from deidra.model import Reason

if TYPE_CHECKING:
    from deidra.pixels.text_regions import Examined

_MODALITIES = frozenset(("US", "SC", "XC", "ES", "OT", "RF", "XA", "IVUS"))
# Storage SOP classes by the beginning of their UID (PS3.4 B.5): ultrasound, secondary capture, X-ray angiography
# and fluoroscopy, visible light photographs and endoscopy
_SOP_CLASSES = (
    "1.2.840.10008.5.1.4.1.1.3",
    "1.2.840.10008.5.1.4.1.1.6",
    "1.2.840.10008.5.1.4.1.1.7",
    "1.2.840.10008.5.1.4.1.1.12",
    "1.2.840.10008.5.1.4.1.1.77.1",
)
IMAGE_TYPE = 0x00080008
# Every element whose value this gate looks at
DEPENDS_ON = frozenset((BURNED_IN_ANNOTATION, IMAGE_TYPE, MODALITY, SOP_CLASS_UID)) | spare_bits.DEPENDS_ON
_NEXT_COMPONENT = re.compile(r"\.|$")


def reason(header: Header, findings: Examined | None, *, holds_unexamined: bool) -> Reason | None:
    """Why the object may not leave, given what was seen in its pixels (None: nothing looked).

    What was found and could not be filled is held whatever the policy says of what nobody has examined.
    """
    if findings is None:
        return unexamined_reason(header) if holds_unexamined else None
    refused = findings.refused
    if refused is None or not (holds_unexamined or findings.regions):
        return None
    return Reason(refused.code, refused.locator or "dcm:(7FE0,0010)", refused.message)


def unexamined_reason(header: Header) -> Reason | None:
    """Why the object may not leave while its pixels are not examined, or None. Documents see encapsulated.py."""
    if not header.has_pixels:
        return None
    if _codes(header, BURNED_IN_ANNOTATION) - {"NO", ""}:
        return _reason("Burned In Annotation does not say NO", "dcm:(0028,0301)")
    if any("SCREEN" in code for code in _codes(header, IMAGE_TYPE)):
        return _reason("Image Type says that a screen was saved", "dcm:(0008,0008)")
    if spare_bits.embedded_overlays(header) and not spare_bits.are_clearable(header):
        return _reason("an overlay lies in bits of the pixels that are not spare", "dcm:(7FE0,0010)")
    if _codes(header, MODALITY) & _MODALITIES:
        return _reason("images of this modality often carry burned-in text", "dcm:(0008,0060)")
    if any(_is_below(header.text(SOP_CLASS_UID), root) for root in _SOP_CLASSES):
        return _reason("images of this SOP class often carry burned-in text", "dcm:(0008,0016)")
    return None


def _codes(header: Header, tag: int) -> set[str]:
    """The values of a coded string in capitals, however it is written."""
    return {value.strip() for value in header.text(tag).upper().split("\\")}


def _is_below(uid: str, root: str) -> bool:
    return uid.startswith(root) and _NEXT_COMPONENT.match(uid, len(root)) is not None


def _reason(why: str, locator: str) -> Reason:
    return Reason("pixels-unexamined", locator, f"{why}, and pixels are not examined for text")
