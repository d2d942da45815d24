"""The examination of a value that a rule keeps: grammar, known identifiers, UIDs in text, codes and their schemes."""

from __future__ import annotations

import re
from collections.abc import Callable

from deidra.dicom import charsets, dates, dummies, grammar, kept_text
from deidra.dicom.transforms import Context, Step, Subject
from deidra.policy.compile import Rule
from deidra.standard import vocabulary
from deidra.text.folding import folded

TIMEZONE_OFFSET = 0x00080201
# A published code: UCUM has a grammar of its own, all others have a digit
_CODE = re.compile(rb"[!-~]*\d[!-~]*[ \0]*")
_UCUM = re.compile(rb"[!-~]+[ \0]*")
# Defined terms of the few coded strings where any other word would say something of the person (PS3.3)
_ENUMERATED = {
    0x00100040: (b"M", b"F", b"O"),
    0x00102203: (b"ALTERED", b"UNALTERED"),
    0x001021A0: (b"YES", b"NO", b"UNKNOWN"),
    0x00280301: (b"YES", b"NO"),
}
# Numbers as long as this may be a Patient ID in the wrong place
_LONG_NUMBER_DIGITS = 8


def kept_step(rule: Rule, vr: str, tag: int, subject: Subject, maps_uids: bool) -> Step:
    """The step for one attribute: the value, perhaps without some of its parts, or None when nothing may stay."""
    if vr in grammar.NUMERIC_VRS:
        return lambda raw, _: raw if grammar.is_number(vr, raw) else None
    if vr == "DA":
        return lambda raw, _: raw if dates.shift_date(raw, 0) is not None else None
    if vr == "DT":
        return lambda raw, _: raw if dates.shift_datetime(raw, 0) is not None else None
    if tag == TIMEZONE_OFFSET:
        return lambda raw, _: raw if re.fullmatch(rb"[+-]\d{4}[ \0]*", raw) else None
    if rule.method in ("code-value", "coding-scheme", "code-meaning"):
        return _coded(rule.method, vr, subject)
    if vr == "CS":
        return _each_value(_code_string(tag, subject))
    if vr in ("IS", "DS"):
        return _number_string(vr, subject)
    if vr in grammar.TEXT_VRS:
        return _text(vr, subject, maps_uids)
    return lambda raw, _: raw if grammar.follows_grammar(vr, raw, None) else None


def _each_value(one: Callable[[bytes], bool]) -> Step:
    """Judge the values of a coded string singly, so that an illegal one does not take its neighbours with it."""

    def step(raw: bytes, _: Context) -> bytes | None:
        values = raw.rstrip(b" \0").split(b"\\")
        legal = [one(value) for value in values]
        if all(legal):
            return raw
        if not any(legal):
            return None
        return b"\\".join(value if fine else dummies.TEXT for value, fine in zip(values, legal, strict=True))

    return step


def _code_string(tag: int, subject: Subject) -> Callable[[bytes], bool]:
    enumerated = _ENUMERATED.get(tag)
    finds = subject.finds_term_in_code

    def legal(value: bytes) -> bool:
        if enumerated is not None:
            return value.strip(b" ") in enumerated
        if not grammar.follows_grammar("CS", value, None):
            return False
        return finds is None or not finds(value.decode("ascii").lower())

    return legal


def _number_string(vr: str, subject: Subject) -> Step:
    finds = subject.finds_term

    def step(raw: bytes, _: Context) -> bytes | None:
        if not grammar.follows_grammar(vr, raw, None):
            return None
        if finds is not None and len(raw) < _LONG_NUMBER_DIGITS * 8:
            for value in raw.rstrip(b" \0").split(b"\\"):
                plain = value.strip(b" ")
                if len(plain) >= _LONG_NUMBER_DIGITS and plain.isdigit() and finds(plain.decode("ascii")):
                    return None
        return raw

    return step


def _text(vr: str, subject: Subject, maps_uids: bool) -> Step:
    finds = subject.finds_term
    multi_valued = vr in grammar.MULTI_VALUED

    def step(raw: bytes, context: Context) -> bytes | None:
        decoded = charsets.decode(raw, context.character_set)
        if decoded is None or not grammar.follows_grammar(vr, raw, decoded):
            return None
        value = raw.rstrip(b" \0")
        if finds is not None and finds(folded(decoded)):
            if not (multi_valued and raw.isascii() and b"\x1b" not in raw):
                return None
            values = [part if not finds(folded(part.decode("ascii"))) else b"" for part in value.split(b"\\")]
            if not any(values):
                return None
            value = b"\\".join(values)
        return kept_text.map_uids_in_text(value, subject.uid_of) if maps_uids and b"." in value else value

    return step


def _coded(method: str, vr: str, subject: Subject) -> Step:
    """Code value, scheme and meaning of a coded entry (PS3.3 Table 8.8-1), judged by whether the scheme is public."""
    finds = subject.finds_term

    def step(raw: bytes, context: Context) -> bytes | None:
        decoded = charsets.decode(raw, context.character_set)
        if decoded is None or not grammar.follows_grammar(vr, raw, decoded):
            return None
        scheme = context.coding_scheme.decode("latin-1")
        public = vocabulary.is_public_scheme(scheme)
        if method == "coding-scheme":
            return raw if public or not context.coding_scheme else None
        if finds is not None and finds(folded(decoded)):
            return None
        if method == "code-value":
            shape = _UCUM if scheme == "UCUM" else _CODE
            return raw if public and shape.fullmatch(raw) else None
        return raw if public and kept_text.is_terminology(decoded) else None

    return step
