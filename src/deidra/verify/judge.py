"""Whether a hit is an identifier: what it stands in, what stands around it, and whose it is."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

from deidra.verify.findings import Severity
from deidra.verify.fold import fold
from deidra.verify.forms import Grade, Needle, is_common
from deidra.verify.search import Hit


class Setting(StrEnum):
    """What a run of bytes is."""

    TEXT = "text"
    NAME = "name"  # PN
    CODE = "code"  # CS
    NUMBER = "number"  # DS, IS
    MOMENT = "moment"  # DA, TM, DT, AS: compared with the originals, not searched
    UID = "uid"
    BYTES = "bytes"  # undecoded
    BULK = "bulk"  # pixels and the like, where chance spells words
    PATH = "path"


_SETTINGS = {
    "PN": Setting.NAME,
    "CS": Setting.CODE,
    "DS": Setting.NUMBER,
    "IS": Setting.NUMBER,
    "DA": Setting.MOMENT,
    "TM": Setting.MOMENT,
    "DT": Setting.MOMENT,
    "AS": Setting.MOMENT,
    "UI": Setting.UID,
}
_TEXT_VRS = frozenset({"AE", "LO", "SH", "ST", "LT", "UT", "UC", "UR"})
_GLUED = 9  # letters from which a name inside a longer word is no chance
_INTRODUCED = re.compile(
    rb"(?:\b(?:name|patient|pat|pt|mr|mrs|ms|dr|prof|herr|frau|by|for|id|mrn|acc|accession|dob|born|no|nr)|#)\W{0,4}$",
    re.IGNORECASE,
)
_LETTERS = re.compile(rb"[A-Za-z]+")


class Look(NamedTuple):
    """A hit in its surroundings. `left` and `right` tell whether it begins and ends where a word does."""

    setting: Setting
    bears: bool | None  # whether the object's subject bears the identifier; None when the subject is not known
    text: bytes  # as written, without the NUL of UTF-16
    value: bytes  # the whole value around it
    before: bytes
    left: bool
    right: bool
    word: str  # the whole word around it, folded


def setting_of(vr: str) -> Setting:
    """How values of a VR are judged."""
    return _SETTINGS.get(vr) or (Setting.TEXT if vr in _TEXT_VRS else Setting.BYTES)


def look(hit: Hit, data: bytes, setting: Setting, bears: bool | None) -> Look:
    """The surroundings of a hit."""
    width = {"UTF-16": 2, "UTF-32": 4}.get(hit.form, 1)
    before = data[max(hit.start - 16 * width, 0) : hit.start].replace(b"\0", b"" if width > 1 else b"\0")
    after = data[hit.stop : hit.stop + 16 * width].replace(b"\0", b"" if width > 1 else b"\0")
    text = data[hit.start : hit.stop].replace(b"\0", b"")
    left, right = _parted(before[-1:], text[:1]), _parted(text[-1:], after[:1])
    begin = data.rfind(b"\\", 0, hit.start) + 1
    end = data.find(b"\\", hit.stop)
    value = data[begin : end if end >= 0 else None].strip(b"\0 ")
    word = re.search(rb"[A-Za-z0-9]*$", before)[0] + text + re.match(rb"[A-Za-z0-9]*", after)[0]  # type: ignore[index]
    return Look(setting, bears, text, value, before, left, right, fold(word.decode("latin-1")))


def judge(needle: Needle, seen: Look) -> Severity | None:
    """How grave the hit is; None when it is none."""
    if needle.grade is Grade.UID:
        return Severity.LEAK
    if needle.grade is Grade.NUMBER:
        return _number(needle, seen)
    if needle.grade is Grade.DATE:
        return _date(seen)
    if seen.setting in (Setting.NUMBER, Setting.MOMENT, Setting.UID):
        return None
    if seen.setting in (Setting.BULK, Setting.BYTES) and not _evenly_written(seen.text):
        return None
    if seen.setting is Setting.BULK:  # long enough that chance does not spell it
        return Severity.LEAK
    if needle.grade is Grade.FULL:
        if seen.left and seen.right:
            return Severity.LEAK
        return Severity.SUSPECT if len(needle.squeezed) >= _GLUED else None
    if needle.grade is Grade.INITIAL:
        whole = seen.left and seen.right and not is_common(seen.word)
        return Severity.SUSPECT if whole and seen.bears else None
    return _part(needle, seen)


def _part(needle: Needle, seen: Look) -> Severity | None:
    """A family or given name alone."""
    letters, both = len(needle.squeezed), seen.left and seen.right
    if letters < 4:  # a few letters between digits are part of some number
        both = both and len(seen.word) == len(seen.text)
    beyond_ascii = any(byte >= 0x80 for byte in needle.squeezed)
    if not seen.bears:
        # In a name it may be a made-up one; elsewhere it is a word that somebody is called
        severe = Severity.NOTE if seen.setting is Setting.NAME else Severity.SUSPECT
        return severe if both and seen.setting is not Setting.CODE else None
    if is_common(seen.word) or (letters < 4 and not beyond_ascii and not _stands_out(seen)):
        announced = bool(_INTRODUCED.search(seen.before)) and not seen.text.islower()
        introduced = announced or seen.setting is Setting.NAME
        return Severity.SUSPECT if both and introduced and seen.setting is not Setting.CODE else None
    if seen.setting in (Setting.CODE, Setting.BYTES) and letters < 4 and not beyond_ascii:
        return None
    if both:
        return Severity.LEAK if letters > 3 or beyond_ascii else Severity.SUSPECT
    return Severity.SUSPECT if (seen.left or seen.right) and letters >= 6 else None


def _stands_out(seen: Look) -> bool:
    """Whether a short word is written as a name among others: with a capital where not all is written in capitals."""
    return len(seen.text) == 3 and (seen.text.istitle() or (seen.text.isupper() and not seen.value.isupper()))


def _number(needle: Needle, seen: Look) -> Severity | None:
    """An id: what is long is one anywhere, what is short only as a whole value or after a word that announces it."""
    digits, both = len(needle.squeezed), seen.left and seen.right
    whole = len(seen.value) <= len(seen.text) + 2 and both
    if seen.setting is Setting.MOMENT:
        return None
    if seen.setting is Setting.NUMBER:
        return Severity.SUSPECT if whole and b"." not in seen.text and digits > 5 and seen.bears else None
    if seen.setting is Setting.UID:
        return Severity.SUSPECT if both and b"." not in seen.text and digits > 5 and seen.bears else None
    if both and digits > 5:
        return Severity.LEAK
    if digits >= _GLUED and not seen.text.isdigit() and (seen.left or seen.right):
        return Severity.SUSPECT
    if not both or not seen.bears or seen.setting in (Setting.BULK, Setting.BYTES):
        return None
    if digits >= 3 and whole and seen.setting is not Setting.CODE:
        # A number of three or four digits alone may count anything
        return Severity.NOTE if needle.squeezed.isdigit() and digits < 5 else Severity.LEAK
    return Severity.SUSPECT if _INTRODUCED.search(seen.before) else None


def _date(seen: Look) -> Severity | None:
    """A day of the subject, written as a date. Whether it is a shifted one is decided over the whole collection."""
    if not seen.bears or seen.setting is Setting.MOMENT:
        return None
    digits = sum(48 <= byte <= 57 for byte in seen.text)
    parted = (
        len(seen.text) - len(seen.text.replace(b".", b"").replace(b"-", b"").replace(b"/", b"").replace(b" ", b"")) >= 2
    )
    if digits < 8 and not parted and not _LETTERS.search(seen.text):
        return None
    if seen.setting is Setting.NUMBER:
        return Severity.SUSPECT if seen.value == seen.text and seen.text.isdigit() else None
    if seen.setting is Setting.UID:
        return Severity.SUSPECT if seen.left and seen.text.isdigit() else None
    return Severity.LEAK if seen.left and seen.right else None


def _parted(left: bytes, right: bytes) -> bool:
    """Whether a word ends between two characters: at a separator, between letter and digit, before a capital."""
    if not left or not right or not (left.isalnum() and right.isalnum()):
        return not ((left >= b"\x80" and right.isalpha()) or (right >= b"\x80" and left.isalpha()))
    if left.isdigit() != right.isdigit():
        return True
    return left.islower() and right.isupper()


def _evenly_written(text: bytes) -> bool:
    """Whether letters are all small, all capital, or capital at the beginning of words: chance writes otherwise."""
    return all(word.islower() or word.isupper() or word.istitle() for word in _LETTERS.findall(text))
