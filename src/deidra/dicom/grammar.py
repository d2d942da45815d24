"""Does a value follow the grammar of its value representation? (PS3.5 Table 6.2-1, on raw bytes)

A value that breaks its grammar may hold anything, so it is never passed through.
Trailing padding (spaces or NUL) is allowed for every VR, because writers differ; text behind a NUL is not.
"""

from __future__ import annotations

import re
from collections.abc import Callable

NUMERIC_VRS = frozenset(("US", "SS", "UL", "SL", "FL", "FD", "SV", "UV", "AT", "OF", "OD", "OL", "OV"))
BINARY_VRS = frozenset(("OB", "OW", "UN"))
TEXT_VRS = frozenset(("LO", "SH", "ST", "LT", "UT", "UC", "PN", "UR", "AE"))
TEMPORAL_VRS = frozenset(("DA", "TM", "DT"))

# Bytes per number of the binary numeric VRs
WIDTHS = {
    **dict.fromkeys(("US", "SS"), 2),
    **dict.fromkeys(("UL", "SL", "FL", "OL", "OF", "AT"), 4),
    **dict.fromkeys(("FD", "OD", "OV", "SV", "UV"), 8),
}
# Letters where numbers belong: printable bytes throughout with five letters in a row are no accident
text_in_number = re.compile(rb"[ -~]*[A-Za-z]{5}[ -~]*[ \0]*").fullmatch
SHORTEST_TEXT_BYTES = 8

# Longest value in characters; the multi-valued ones count each value by itself
MAX_CHARACTERS = {"AE": 16, "LO": 64, "SH": 16, "ST": 1024, "LT": 10240, "PN": 324}
MULTI_VALUED = frozenset(("AE", "LO", "SH", "PN", "UC"))
_MULTI_LINE = frozenset(("ST", "LT", "UT"))

_ASCII_PATTERNS = {
    "AS": rb"\d{3}[DWMY]",
    "CS": rb" *[A-Z0-9_]?[A-Z0-9_ ]{0,15}",
    "DA": rb"\d{8}|\d{4}\.\d\d\.\d\d",
    "TM": rb"(?:[01]\d|2[0-3])(?:[0-5]\d(?:[0-5]\d|60)?)?(?:(?<=\d{6})\.\d{1,6})?"
    rb"|(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?",
    "DT": rb"\d{4}(?:\d\d){0,5}(?:(?<=\d{14})\.\d{1,6})?(?:[+-]\d{4})?",
    # Numbers are never cut or dropped for being long: more digits than the VR allows do no harm
    "DS": rb" *[+-]?(?:\d{1,24}(?:\.\d{0,24})?|\.\d{1,24})(?:[eE][+-]?\d{1,4})? *",
    "IS": rb" *[+-]?\d{1,12} *",
    "UI": rb"(?=[0-9.]{1,64}(?:[\\ \0]|$))\d+(?:\.\d+)*",
}


def _multi(pattern: bytes) -> Callable[[bytes], object]:
    one = rb"(?:" + pattern + rb")?"
    return re.compile(rb"(?:" + one + rb")(?:\\" + one + rb")*[ \0]*").fullmatch


_ASCII_CHECKS = {vr: _multi(pattern) for vr, pattern in _ASCII_PATTERNS.items()}
# Contours have megabytes of numbers: for long values the repertoire of characters alone is checked
_LONG_NUMBERS_BYTES = 256
_REPERTOIRE = {"DS": b"0123456789+-.eE\\ \0", "IS": b"0123456789+-\\ \0"}
_CONTROL = re.compile(r"[\x00-\x1a\x1c-\x1f\x7f-\x9f]")
_CONTROL_MULTI_LINE = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f-\x9f]")


def is_number(vr: str, raw: bytes) -> bool:
    """Whether a binary numeric value has whole numbers and does not spell words."""
    return not len(raw) % WIDTHS[vr] and text_in_number(raw) is None


def follows_grammar(vr: str, raw: bytes, text: str | None) -> bool:
    """True when `raw` is a legal value of `vr`. `text` is the decoded value for text VRs, None otherwise."""
    if len(raw) > _LONG_NUMBERS_BYTES and vr in _REPERTOIRE:
        return not raw.translate(None, _REPERTOIRE[vr])
    check = _ASCII_CHECKS.get(vr)
    if check is not None:
        return check(raw) is not None
    if vr in TEXT_VRS:
        return text is not None and _text_follows(vr, text)
    return True


def is_plain_text(vr: str, text: str) -> bool:
    """Whether decoded text has no control characters but those that its VR allows; padding does not count."""
    return (_CONTROL_MULTI_LINE if vr in _MULTI_LINE else _CONTROL).search(text.rstrip(" \0")) is None


def _text_follows(vr: str, text: str) -> bool:
    text = text.rstrip(" \0")
    if not is_plain_text(vr, text):
        return False
    limit = MAX_CHARACTERS.get(vr)
    if limit is None:
        return True
    values = text.split("\\") if vr in MULTI_VALUED else [text]
    return all(len(value.strip(" ")) <= limit for value in values)
