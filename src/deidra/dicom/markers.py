"""What a de-identified object says of itself (PS3.15 E.1.1 duties 3 and 6, PS3.3 C.12.1.1.1 and C.7.1.1)."""

from __future__ import annotations

from typing import Protocol

from deidra._version import __version__
from deidra.dicom import dates, dummies, encode
from deidra.dicom.header import BURNED_IN_ANNOTATION, Header
from deidra.dicom.rewrite import Insert
from deidra.dicom.stream import Encoding
from deidra.model import Action, Edit
from deidra.policy.claims import CLEAN_PIXEL_DATA, PIXELS_EXAMINED, PIXELS_NOT_EXAMINED
from deidra.policy.compile import Rulebook

PATIENT_IDENTITY_REMOVED = 0x00120062
METHOD, METHOD_CODES = 0x00120063, 0x00120064
CONTRIBUTING_EQUIPMENT = 0x0018A001
TEMPORAL_INFORMATION = 0x00280303
PATIENT_AGE, BIRTH_DATE = 0x00101010, 0x00100030
# The date that a derived age refers to: the first of these that the object has
_AGE_DATES = (0x00080020, 0x00080021, 0x00080022, 0x00080023)
# Every element that decides what is inserted
DEPENDS_ON = frozenset(
    {PATIENT_IDENTITY_REMOVED, METHOD, METHOD_CODES, CONTRIBUTING_EQUIPMENT, BURNED_IN_ANNOTATION}
    | {PATIENT_AGE, BIRTH_DATE, *_AGE_DATES}
)
_RULE = "marker"


class Earlier(Protocol):
    """What an object has of the marker attributes already, after the rules."""

    def earlier_items(self, tag: int) -> list[bytes]:
        """The items of a sequence that stay."""

    def earlier_values(self, tag: int) -> list[bytes]:
        """The values of a text attribute that stay."""


def inserts(
    header: Header, rulebook: Rulebook, encoding: Encoding, earlier: Earlier, *, pixels_examined: bool = False
) -> list[Insert]:
    """The elements to write, in tag order; `earlier` gives what stays of those that the object has.

    `pixels_examined`: every frame was searched for text, and what was found is filled.
    """
    found = [
        _insert(PATIENT_IDENTITY_REMOVED, encode.element(PATIENT_IDENTITY_REMOVED, "CS", b"YES", encoding)),
        _method(header, rulebook, encoding, earlier, pixels_examined),
        _method_codes(header, rulebook, encoding, earlier, pixels_examined),
        _contributing_equipment(encoding, earlier),
        _insert(
            TEMPORAL_INFORMATION,
            encode.element(TEMPORAL_INFORMATION, "CS", rulebook.temporal.encode(), encoding),
        ),
    ]
    if pixels_examined:
        content = encode.element(BURNED_IN_ANNOTATION, "CS", b"NO", encoding)
        found.insert(-1, _insert(BURNED_IN_ANNOTATION, content, "PS3.15 E.3.1"))
    age = _derived_age(header, rulebook, encoding)
    return [*([age] if age else []), *found]


def _insert(tag: int, content: bytes, source: str = "PS3.15 E.1.1 duty 6") -> Insert:
    locator = f"dcm:({tag >> 16:04X},{tag & 0xFFFF:04X})"
    return Insert(tag, content, Edit(locator, Action.REWRITE, _RULE, source))


def _was_de_identified(header: Header) -> bool:
    return header.text(PATIENT_IDENTITY_REMOVED) == "YES"


def _method(header: Header, rulebook: Rulebook, encoding: Encoding, earlier: Earlier, pixels_examined: bool) -> Insert:
    said = list(rulebook.method_texts)
    if pixels_examined:
        said = [PIXELS_EXAMINED if text == PIXELS_NOT_EXAMINED else text for text in said]
    texts = [text.encode() for text in said]
    if _was_de_identified(header):
        # Methods of an earlier de-identification are added to, not replaced
        texts = [text for text in earlier.earlier_values(METHOD) if text not in texts] + texts
    return _insert(METHOD, encode.element(METHOD, "LO", b"\\".join(texts), encoding))


def _method_codes(
    header: Header, rulebook: Rulebook, encoding: Encoding, earlier: Earlier, pixels_examined: bool
) -> Insert:
    codes = sorted({*rulebook.method_codes, *((CLEAN_PIXEL_DATA,) if pixels_examined else ())})
    items = [dummies.code_item(value, "DCM", meaning, encoding) for value, meaning in codes]
    if _was_de_identified(header):
        items = [item for item in earlier.earlier_items(METHOD_CODES) if item not in items] + items
    return _insert(METHOD_CODES, encode.sequence(METHOD_CODES, items, encoding))


def _contributing_equipment(encoding: Encoding, earlier: Earlier) -> Insert:
    purpose = dummies.code_item("109104", "DCM", "De-identifying Equipment", encoding)
    item = encode.item(
        [
            encode.element(0x00080070, "LO", b"Deidra", encoding),
            encode.element(0x00081090, "LO", b"Deidra", encoding),
            encode.element(0x00181020, "LO", __version__.encode(), encoding),
            encode.element(0x0018A003, "ST", b"De-identified according to PS3.15 Annex E", encoding),
            encode.sequence(0x0040A170, [purpose], encoding),
        ]
    )
    items = [*earlier.earlier_items(CONTRIBUTING_EQUIPMENT), item]
    content = encode.sequence(CONTRIBUTING_EQUIPMENT, items, encoding)
    return _insert(CONTRIBUTING_EQUIPMENT, content, "PS3.3 C.12.1.1.5, CID 7005")


def _derived_age(header: Header, rulebook: Rulebook, encoding: Encoding) -> Insert | None:
    """Patient's Age from the birth date before that goes, when the policy keeps ages and the object has none."""
    if header.text(PATIENT_AGE) or rulebook.standard(PATIENT_AGE, "AS", ()).code != "K":
        return None
    reference = next((header.raw(tag) for tag in _AGE_DATES if header.text(tag)), b"")
    age = dates.age_string(header.raw(BIRTH_DATE), reference)
    if age is None:
        return None
    content = encode.element(PATIENT_AGE, "AS", age, encoding)
    return _insert(PATIENT_AGE, content, "PS3.15 E.1.1 duty 3: age in place of the birth date")
