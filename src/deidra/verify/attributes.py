"""What kind of thing an attribute holds, and whether a set of options lets it stay (PS3.15 Tables E.1-1 and E.1-1a).

Everything follows from the generated tables: the row of Table E.1-1, the VR, the words of the attribute's name, and
for attributes that the table does not list, the second layer. Nothing is shared with the rules of the engine.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

from pydicom.sr.codedict import codes

from deidra.standard.confidentiality import OPTIONS, edition
from deidra.standard.second_layer import category

if TYPE_CHECKING:
    from collections.abc import Iterable

PATIENT_BIRTH_DATE = 0x00100030


class Nature(StrEnum):
    """Kinds of values. All but the last three identify somebody or something when they are known."""

    NAME = "name"
    ID = "id"
    CONTACT = "contact"
    ADDRESS = "address"
    INSTITUTION = "institution"
    DEVICE = "device"
    NETWORK = "network"
    UID = "uid"
    BIRTH_DATE = "birth-date"
    DATE = "date"
    TIME = "time"
    TEXT = "text"  # words that may hold anything
    CHARACTERISTIC = "characteristic"
    TECHNICAL = "technical"


_BY_VR = {"PN": Nature.NAME, "DA": Nature.DATE, "DT": Nature.DATE, "TM": Nature.TIME, "AE": Nature.NETWORK}
_BY_CATEGORY = {
    **dict.fromkeys(
        ("technical", "sequence", "code-value", "code-meaning", "coding-scheme", "uid-class"), Nature.TECHNICAL
    ),
    **dict.fromkeys(("pixels", "date-fixed", "descriptor"), Nature.TECHNICAL),
    "identifier": Nature.ID,
    "device": Nature.DEVICE,
    "person": Nature.NAME,
    "url": Nature.NETWORK,
    "ae": Nature.NETWORK,
    "uid-instance": Nature.UID,
    "date-subject": Nature.DATE,
}
_BY_WORDS = (
    (re.compile(r"\b(Telephone|Phone|Telecom)\b"), Nature.CONTACT),
    (re.compile(r"\b(Address|Location)\b"), Nature.ADDRESS),
    (
        re.compile(r"\b(Institution|Institutional|Organization|Sponsor|Site Name|Coordinating Center)\b"),
        Nature.INSTITUTION,
    ),
    (re.compile(r"\b(ID|IDs|Identifier|Identification|Number|Locator|Barcode)\b"), Nature.ID),
    (re.compile(r"\b(Author|Owner Name)\b"), Nature.NAME),
)
# Coding Scheme Designator and Version name a list of codes, no matter of what
_CODING_SCHEME = frozenset({0x00080102, 0x00080103})
_TEXT_VRS = frozenset({"LO", "SH", "ST", "LT", "UT", "UC", "UR"})


@cache
def nature(tag: int, vr: str, inside: tuple[int, ...] = ()) -> Nature:
    """The kind of value at a tag, with the tags of the enclosing sequences, outermost first. Public attributes only."""
    if tag == PATIENT_BIRTH_DATE:
        return Nature.BIRTH_DATE
    if vr == "UI":
        return _nature_of_uid(tag)
    if vr in _BY_VR:
        return _BY_VR[vr]
    around = _nature_of_items(inside) if vr in _TEXT_VRS and tag not in _CODING_SCHEME else None
    if around is not None:
        return around
    row = edition().row(tag)
    if row is None:
        # What is not known may say anything, unless it is no text
        return _BY_CATEGORY.get(
            category(tag) or "", Nature.TEXT if category(tag) or vr in _TEXT_VRS else Nature.TECHNICAL
        )
    if "institution-identity" in row.options:
        return Nature.ADDRESS if "Address" in row.name else Nature.INSTITUTION
    if "device-identity" in row.options:
        return Nature.DEVICE
    if "patient-characteristics" in row.options:
        return Nature.CHARACTERISTIC
    if "clean-descriptors" in row.options or vr not in _TEXT_VRS:
        return Nature.TEXT
    return next((kind for pattern, kind in _BY_WORDS if pattern.search(row.name)), Nature.TEXT)


def _nature_of_uid(tag: int) -> Nature:
    row = edition().row(tag)
    if row is not None:
        return Nature.UID
    return Nature.TECHNICAL if category(tag) in ("uid-class", "technical", "coding-scheme") else Nature.UID


def _nature_of_items(inside: Iterable[int]) -> Nature | None:
    """Codes inside sequences that name an institution or a person are names themselves."""
    for tag in inside:
        row = edition().row(tag)
        if row is not None and "institution-identity" in row.options:
            return Nature.INSTITUTION
        if row is not None and row.name.startswith("Person Identification Code"):
            return Nature.ID
    return None


@cache
def may_stay(tag: int, vr: str, options: frozenset[str], inside: tuple[int, ...] = ()) -> bool:
    """Whether a public attribute may leave with its original value under these options of PS3.15 E.3.

    Text inside a sequence that has to go has to go with it; `inside` are the tags of the enclosing sequences.

    K keeps. C of the descriptors, structured content and graphics keeps what names nobody, and so does C of patient
    characteristics; C of the dates never lets a day stay, but a time of day and its zone, which no shift by days moves.
    """
    if vr in _TEXT_VRS and any(_goes(sequence, options) for sequence in inside):
        return False
    row = edition().row(tag)
    if row is None:
        return _unlisted_may_stay(tag, vr, options)
    for option in options & row.options.keys():
        code = row.options[option]
        if code == "K":
            return True
        if code == "C" and (option != "modified-dates" or vr not in ("DA", "DT")) and option != "device-identity":
            return True
    return False


@cache
def _goes(sequence: int, options: frozenset[str]) -> bool:
    """Whether a sequence has to be removed or replaced as a whole: X, Z or D, and no option keeps or cleans it."""
    row = edition().row(sequence)
    return (
        row is not None
        and "U" not in row.basic
        and not any(row.options.get(option) in ("K", "C") for option in options)
    )


@cache
def is_kept(tag: int, vr: str, options: frozenset[str], inside: tuple[int, ...] = ()) -> bool:
    """Whether a public attribute stays as it is: by K of an option, or because no table calls it identifying.

    Nothing stays inside a sequence that has to go; `inside` are the tags of the enclosing sequences.
    """
    if any(_goes(sequence, options) for sequence in inside):
        return False
    row = edition().row(tag)
    if row is None:
        kind = nature(tag, vr)
        return kind is Nature.TECHNICAL or (kind is Nature.DEVICE and "device-identity" in options)
    return any(row.options.get(option) == "K" for option in options)


def _unlisted_may_stay(tag: int, vr: str, options: frozenset[str]) -> bool:
    kind = nature(tag, vr)
    if kind is Nature.UID:
        return "uids" in options
    if kind is Nature.DATE:
        return "full-dates" in options
    if kind is Nature.TIME:
        return bool(options & {"full-dates", "modified-dates"}) or category(tag) == "technical"
    if kind is Nature.TEXT:
        return "clean-descriptors" in options
    if kind is Nature.DEVICE:
        return "device-identity" in options
    return kind is Nature.TECHNICAL


def options_of_codes(values: Iterable[str]) -> frozenset[str]:
    """Options of PS3.15 E.3 named by codes of CID 7050, as they stand in (0012,0064)."""
    known = _codes_of_options()
    return frozenset(known[value] for value in values if value in known)


@cache
def _codes_of_options() -> dict[str, str]:
    """Code value -> option. CID 7050 as pydicom has it; our names of options are made of words of its meanings."""
    found = {}
    for keyword in codes.cid7050.dir():
        concept = getattr(codes.cid7050, keyword)
        meaning = set(re.findall(r"[a-z]+", concept.meaning.lower()))
        matches = [option for option in OPTIONS if set(option.split("-")) <= meaning]
        if len(matches) == 1:
            found[concept.value] = matches[0]
    return found
