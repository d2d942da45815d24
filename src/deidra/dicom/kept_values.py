"""The examination of a value that a rule keeps: grammar, known identifiers, UIDs in text, codes and their schemes."""

from __future__ import annotations

import re
from collections.abc import Callable

from deidra.dicom import charsets, dates, dummies, grammar, kept_text
from deidra.dicom.cleaned_text import cleaned_step
from deidra.dicom.local_codes import local_code_step
from deidra.dicom.transforms import Context, Step, Subject
from deidra.errors import Held
from deidra.policy.compile import Rule
from deidra.standard import vocabulary

TIMEZONE_OFFSET = 0x00080201
# A published code has a digit, but for the units of UCUM and the names of languages and countries
_CODE = re.compile(rb"[!-~]*\d[!-~]*[ \0]*")
_LANGUAGE = re.compile(rb"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|\d{3}))?[ \0]*")
_CODES = {
    "UCUM": re.compile(rb"[!-~]+[ \0]*"),
    **dict.fromkeys(("RFC3066", "RFC5646", "ISO639_1", "ISO639_2", "ISO3166_1"), _LANGUAGE),
}
# Defined terms of the few coded strings where any other word would say something of the person (PS3.3)
_ENUMERATED = {
    0x00100040: (b"M", b"F", b"O"),
    0x00102203: (b"ALTERED", b"UNALTERED"),
    0x001021A0: (b"YES", b"NO", b"UNKNOWN"),
    0x00280301: (b"YES", b"NO"),
    # What a content tree is read by (PS3.3 C.17.3, 10.2): whole, whoever is called so
    0x0040A010: (
        *(b"HAS " + word for word in (b"OBS CONTEXT", b"ACQ CONTEXT", b"CONCEPT MOD", b"PROPERTIES")),
        *(b"CONTAINS", b"INFERRED FROM", b"SELECTED FROM"),
    ),
    0x0040A040: tuple(
        b"CODE COMPOSITE CONTAINER DATE DATETIME IMAGE NUM NUMERIC PNAME SCOORD SCOORD3D TABLE TCOORD TEXT TIME UIDREF "
        b"WAVEFORM".split()
    ),
    0x0040A050: (b"SEPARATE", b"CONTINUOUS"),
    0x0040A493: (b"VERIFIED", b"UNVERIFIED"),
}
ICC_PROFILE = 0x00282000
# Context Identifier and Template Identifier: numbers of PS3.16
_NUMBERED = frozenset((0x0008010F, 0x0040DB00))
_RESOURCE_NUMBER = re.compile(rb"[1-9]\d{0,4} ?")
# Numbers as long as this may be a Patient ID in the wrong place
_LONG_NUMBER_DIGITS = 8


def kept_step(rule: Rule, vr: str, tag: int, subject: Subject, maps_uids: bool, label: str = "") -> Step:
    """The step for one attribute: the value, perhaps without some of its parts, or None when nothing may stay."""
    if vr == "CS":
        return _each_value(_code_string(tag, subject, cleaned=rule.method == "text"))
    if rule.method == "text":
        return cleaned_step(label, vr, subject)
    if vr in grammar.NUMERIC_VRS:
        return lambda raw, _: raw if grammar.is_number(vr, raw) else None
    if vr == "DA":
        return lambda raw, _: raw if dates.shift_date(raw, 0) is not None else None
    if vr == "DT":
        return lambda raw, _: raw if dates.shift_datetime(raw, 0) is not None else None
    if tag == TIMEZONE_OFFSET:
        return lambda raw, _: raw if re.fullmatch(rb"[+-]\d{4}[ \0]*", raw) else None
    if rule.method in ("code-value", "coding-scheme", "code-meaning"):
        return _coded(rule, vr, subject, cleaned_step(label, vr, subject))
    if vr in ("IS", "DS"):
        return _number_string(vr, subject)
    if vr in grammar.TEXT_VRS:
        return _text(label, vr, subject, maps_uids)
    if tag == ICC_PROFILE:
        return _profile
    return lambda raw, _: raw if grammar.follows_grammar(vr, raw, None) else None


def _profile(raw: bytes, _: Context) -> bytes | None:
    """A colour profile without texts, makers, dates and whatever else describes and does not convert."""
    from deidra.bitstream import StreamKind, clean_stream

    try:
        return clean_stream(raw, StreamKind.ICC).data
    except Held:
        return None


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


def _code_string(tag: int, subject: Subject, *, cleaned: bool) -> Callable[[bytes], bool]:
    """Whether one value of a coded string stays; where texts are cleaned, its words must be known too."""
    enumerated = _ENUMERATED.get(tag)

    def legal(value: bytes) -> bool:
        if enumerated is not None:
            return value.strip(b" ") in enumerated
        if not grammar.follows_grammar("CS", value, None):
            return False
        code = value.decode("ascii")
        if subject.words.names_in_code(code):
            return False
        numbered = tag in _NUMBERED and _RESOURCE_NUMBER.fullmatch(value) is not None
        return numbered or not cleaned or subject.words.are_known(code)

    return legal


def _number_string(vr: str, subject: Subject) -> Step:
    def step(raw: bytes, _: Context) -> bytes | None:
        if not grammar.follows_grammar(vr, raw, None):
            return None
        if len(raw) < _LONG_NUMBER_DIGITS * 8:
            for value in raw.rstrip(b" \0").split(b"\\"):
                plain = value.strip(b" ")
                if len(plain) >= _LONG_NUMBER_DIGITS and plain.isdigit() and subject.words.names(plain.decode()):
                    return None
        return raw

    return step


def _text(label: str, vr: str, subject: Subject, maps_uids: bool) -> Step:
    names = subject.words.names
    multi_valued = vr in grammar.MULTI_VALUED

    def step(raw: bytes, context: Context) -> bytes | None:
        decoded = charsets.decode(raw, context.character_set)
        if decoded is None or not grammar.follows_grammar(vr, raw, decoded):
            return None
        text = decoded.rstrip(" \0")
        values = text.split("\\") if multi_valued else [text]
        kept = ["" if names(value) else value for value in values]
        if not any(kept) or (kept == values and names(text)):
            return None
        for value in kept:
            subject.words.retain(label, value, "kept")
        stays = kept == values and charsets.is_legal(raw, context.character_set)
        new = raw.rstrip(b" \0") if stays else charsets.encode(kept, context.character_set)
        return kept_text.map_uids_in_text(new, subject.uid_of) if new and maps_uids and b"." in new else new

    return step


def _coded(rule: Rule, vr: str, subject: Subject, cleaned: Step) -> Step:
    """Code value, scheme and meaning of a coded entry (PS3.3 Table 8.8-1), judged by whether the scheme is public.

    What is in no published terminology is cleaned where the policy cleans texts, and goes otherwise.
    """
    method = rule.method
    local: Step = lambda _, __: None  # noqa: E731
    if rule.code == "C":
        local = cleaned if method == "code-meaning" else local_code_step(method, subject)

    def step(raw: bytes, context: Context) -> bytes | None:
        decoded = charsets.decode(raw, context.character_set)
        if decoded is None or not grammar.follows_grammar(vr, raw, decoded):
            return None
        scheme = context.coding_scheme.decode("latin-1")
        public = vocabulary.is_public_scheme(scheme)
        if method == "coding-scheme":
            return raw if public or not context.coding_scheme else local(raw, context)
        if method == "code-value" and vocabulary.is_word_code(scheme, decoded.strip(" \0")):
            return raw
        if subject.words.names(decoded):
            return local(raw, context)
        if method == "code-value":
            return raw if public and _CODES.get(scheme, _CODE).fullmatch(raw) else local(raw, context)
        return raw if public and kept_text.is_terminology(decoded) else local(raw, context)

    return step
