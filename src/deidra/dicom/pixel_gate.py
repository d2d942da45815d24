"""Objects that are likely to carry burned-in text and whose pixels nobody has examined.

Burned In Annotation is absent in most files and a received NO is no evidence, so the kind of object decides.
"""

from __future__ import annotations

from deidra.dicom.header import BURNED_IN_ANNOTATION, MODALITY, SOP_CLASS_UID, Header
from deidra.model import Reason

_MODALITIES = frozenset(("US", "SC", "XC", "ES", "OT", "RF", "XA", "IVUS"))
# Storage SOP classes by the beginning of their UID (PS3.4 B.5): ultrasound, secondary capture, X-ray angiography
# and fluoroscopy, visible light photographs and endoscopy, encapsulated documents
_SOP_CLASSES = (
    "1.2.840.10008.5.1.4.1.1.3.",
    "1.2.840.10008.5.1.4.1.1.6.",
    "1.2.840.10008.5.1.4.1.1.7",
    "1.2.840.10008.5.1.4.1.1.12.1",
    "1.2.840.10008.5.1.4.1.1.12.2",
    "1.2.840.10008.5.1.4.1.1.77.1.",
    "1.2.840.10008.5.1.4.1.1.104.",
)
_DOCUMENT = 0x00420011


def unexamined_reason(header: Header) -> Reason | None:
    """Why the object may not leave while its pixels are not examined, or None."""
    if not header.has_pixels and _DOCUMENT not in header:
        return None
    if header.text(BURNED_IN_ANNOTATION) == "YES":
        return _reason("Burned In Annotation says YES", "dcm:(0028,0301)")
    if _DOCUMENT in header:
        return _reason("an encapsulated document has not been examined", "dcm:(0042,0011)")
    if header.text(MODALITY) in _MODALITIES:
        return _reason("images of this modality often carry burned-in text", "dcm:(0008,0060)")
    if header.text(SOP_CLASS_UID).startswith(_SOP_CLASSES):
        return _reason("images of this SOP class often carry burned-in text", "dcm:(0008,0016)")
    return None


def _reason(why: str, locator: str) -> Reason:
    return Reason("pixels-unexamined", locator, f"{why}, and pixels are not examined for text")
