"""Selectors: which attributes an override speaks of. One parser and one printer.

Accepted: a keyword (``StudyDescription``), a tag (``(0008,1030)``, ``0008,1030``, ``00081030``,
``(0x0008,0x1030)``), a private element (``(0029,"CREATOR",10)``), a VR (``LT``), and paths of sequences
ending in an attribute (``RequestAttributesSequence/RequestedProcedureID``, ``(0040,0275)[*]/(0040,1001)``).
"""

from __future__ import annotations

import re

import msgspec

from deidra.policy.suggest import did_you_mean
from deidra.standard import dictionary

VRS = frozenset({
    "AE", "AS", "AT", "CS", "DA", "DS", "DT", "FD", "FL", "IS", "LO", "LT", "OB", "OD", "OF", "OL", "OV",
    "OW", "PN", "SH", "SL", "SQ", "SS", "ST", "SV", "TM", "UC", "UI", "UL", "UN", "UR", "US", "UT", "UV",
})  # fmt: skip
_HEX = "[0-9A-Fa-f]"
_TAG = re.compile(rf"\(?\s*(?:0x)?({_HEX}{{4}})\s*,?\s*(?:0x)?({_HEX}{{4}})\s*\)?")
_PRIVATE = re.compile(rf'\(?\s*(?:0x)?({_HEX}{{4}})\s*,\s*"([^"\\]*)"\s*,\s*(?:xx)?({_HEX}{{2}})\s*\)?')
_PRIVATE_CREATOR_LAST = re.compile(
    rf'\(?\s*(?:0x)?({_HEX}{{4}})\s*,\s*(?:xx)?({_HEX}{{2}})\s*,\s*"([^"\\]*)"\s*\)?'
)
_MASK = re.compile(r"\(?\s*[0-9A-Fa-fxX@#]{4}\s*,?\s*[0-9A-Fa-fxX@#]{4}\s*\)?")
_STEP = re.compile(r'(?:[^/"]|"[^"]*")+')
_ITEM = re.compile(r"(.*?)\s*\[([^\]]*)\]")


class SelectorError(ValueError):
    """The text is no selector; the message says why and what would be."""


class Tag(msgspec.Struct, frozen=True, tag="tag"):
    """A standard attribute: the tag as 0xGGGGEEEE."""

    number: int

    def __str__(self) -> str:
        return f"({self.number >> 16:04X},{self.number & 0xFFFF:04X})"


class Private(msgspec.Struct, frozen=True, tag="private"):
    """A private element by creator: group, creator, and the low byte of the element number (PS3.5 7.8)."""

    group: int
    creator: str
    low: int

    def __str__(self) -> str:
        return f'({self.group:04X},"{self.creator}",{self.low:02X})'


class Vr(msgspec.Struct, frozen=True, tag="vr"):
    """Every attribute of a value representation."""

    name: str

    def __str__(self) -> str:
        return self.name


class Selector(msgspec.Struct, frozen=True):
    """A target, anywhere when `path` is empty, else exactly below these sequences (outermost first)."""

    target: Tag | Private | Vr
    path: tuple[int, ...] = ()

    def __str__(self) -> str:
        return "/".join([*(str(Tag(step)) for step in self.path), str(self.target)])


def parse(text: str) -> Selector:
    """Read a selector; raises SelectorError with a suggestion."""
    steps = _STEP.findall(text)
    if not text.strip() or "/".join(steps) != text or text.count('"') % 2:
        raise SelectorError("is not a keyword, a tag, a private element, a VR or a path of these")
    path = tuple(_sequence(step.strip()) for step in steps[:-1])
    last = steps[-1].strip()
    if _ITEM.fullmatch(last):
        raise SelectorError("ends in an item; name the attribute inside it, or the sequence without [ ]")
    target = _target(last)
    if path and isinstance(target, Vr):
        raise SelectorError("a VR cannot be used inside a path")
    return Selector(target, path)


def spell(selector: Selector) -> str:
    """The selector with keywords where there are some: how people like to read it."""
    names = [dictionary.keyword(step) or str(Tag(step)) for step in selector.path]
    target = selector.target
    last = (dictionary.keyword(target.number) if isinstance(target, Tag) else "") or str(target)
    return "/".join([*names, last])


def _target(text: str) -> Tag | Private | Vr:
    private = _private(text)
    if private is not None:
        return private
    match = _TAG.fullmatch(text)
    if match:
        return Tag(_standard_tag(int(match[1], 16), int(match[2], 16)))
    if text in VRS:
        return Vr(text)
    tag = dictionary.tag_of(text)
    if tag is not None:
        return Tag(tag)
    if _MASK.fullmatch(text) and re.search("[0-9]", text):
        raise SelectorError("masks of tags are not supported; name each attribute")
    raise SelectorError(f"unknown attribute {text!r}{_did_you_mean(text)}")


def _private(text: str) -> Private | None:
    match = _PRIVATE.fullmatch(text)
    if match:
        group, creator, low = match[1], match[2], match[3]
    else:
        match = _PRIVATE_CREATOR_LAST.fullmatch(text)
        if not match:
            return None
        group, low, creator = match[1], match[2], match[3]
    number = int(group, 16)
    if number % 2 == 0:
        raise SelectorError(f"group {group.upper()} is even; private elements live in odd groups")
    if not creator.strip():
        raise SelectorError("a private element needs the name of its creator")
    return Private(number, creator.strip(), int(low, 16))


def _standard_tag(group: int, element: int) -> int:
    if group % 2:
        raise SelectorError(
            f'group {group:04X} is private; write ({group:04X},"CREATOR",{element & 0xFF:02X})'
        )
    if group in (0x0000, 0x0002, 0x0004) or group >= 0xFFFC or element == 0:
        raise SelectorError("belongs to the file container, which Deidra always writes anew")
    return group << 16 | element


def _sequence(text: str) -> int:
    match = _ITEM.fullmatch(text)
    if match:
        if match[2] != "*":
            raise SelectorError(
                "item numbers cannot be used: a rule holds for every item; write [*] or nothing"
            )
        text = match[1]
    target = _target(text)
    if not isinstance(target, Tag):
        raise SelectorError("only standard sequences can stand inside a path")
    if dictionary.vr(target.number) not in ("SQ", None):
        raise SelectorError(f"{text} is not a sequence")
    return target.number


def _did_you_mean(text: str) -> str:
    # The whole dictionary is walked only to help with a mistake.
    return did_you_mean(text, filter(None, map(dictionary.keyword, dictionary.vr_table())))
