"""How one value changes: pseudonyms, dates, UIDs, ages, dummies, and the checks that a kept value must pass.

A transform takes the raw value and the data set's character set and returns the new value with what was done;
None as the new value removes the element. Returning the very same object means: unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from deidra.dicom import charsets, dates, dummies, grammar, kept_text
from deidra.model import Action
from deidra.policy.compile import Rule
from deidra.standard import uids
from deidra.text.folding import folded

Result = tuple[bytes | None, Action]
Transform = Callable[[bytes, bytes], Result]
Step = Callable[[bytes, bytes], "bytes | None"]

_CODE_SHAPE = re.compile(rb"[A-Za-z0-9][A-Za-z0-9_.:+\-]*[ \0]*")


class Subject(msgspec.Struct, frozen=True):
    """What transforms need of the person: nothing of it is an original value but inside `finds_term`."""

    pseudonym: bytes
    shift_days: int
    uid_of: Callable[[str], str]
    finds_term: Callable[[str], object] | None
    # The same without terms that are words of DICOM: AXIAL in a code is no name, even where somebody is called so
    finds_term_in_code: Callable[[str], object] | None

    def dummy_uid(self, tag: int) -> bytes:
        """A UID where one must stand that refers to nothing."""
        return self.uid_of(f"dummy {tag:08X}").encode()


def transform_for(code: str, rule: Rule, vr: str, tag: int, fallback: str, subject: Subject) -> Transform:
    """The transform of a resolved `code` (K, D, Z with a pseudonym, U or C) for one attribute."""
    if code in ("D", "Z"):
        return _constant(_dummy_value(rule, vr, tag, subject), _dummy_action(rule))
    if code == "U":
        return _always(lambda raw, _: map_uids(raw, subject.uid_of), Action.UID, vr, tag, fallback)
    if code == "C":
        if rule.method == "shift":
            return _date_transform(vr, tag, fallback, subject)
        return _constant(_fixed_date(vr), Action.DUMMY)
    if vr in grammar.NUMERIC_VRS:
        return _checked(lambda raw, _: raw if grammar.is_number(vr, raw) else None, vr, tag, fallback)
    if rule.method == "age":
        return _always(lambda raw, _: dates.cap_age(raw), Action.GENERALISE, vr, tag, fallback)
    if rule.method == "literal":
        return _constant(rule.value.encode("ascii", "replace"), Action.DUMMY)
    return _checked(_kept_step(rule, vr, subject), vr, tag, fallback)


def known_character_set(raw: bytes, _: bytes) -> Result:
    """Specific Character Set (0008,0005) stays if it names one; text under an unknown one cannot be read."""
    return (raw, Action.KEEP) if charsets.is_known(raw) else (None, Action.REMOVE)


def _dummy_value(rule: Rule, vr: str, tag: int, subject: Subject) -> bytes:
    if rule.method == "pseudonym":
        return subject.pseudonym
    if rule.method == "literal":
        return rule.value.encode("ascii", "replace")
    if vr == "UI":
        return subject.dummy_uid(tag)
    return dummies.value(tag, vr)


def _dummy_action(rule: Rule) -> Action:
    return Action.ID if rule.method == "pseudonym" else Action.DUMMY


def _constant(value: bytes, action: Action) -> Transform:
    # An empty value says nothing of anyone, so it needs no dummy; a pseudonym is written even so
    write_always = action is Action.ID

    def transform(raw: bytes, _: bytes) -> Result:
        if not raw.strip(b" \0") and not write_always:
            return raw, Action.KEEP
        return value, action

    return transform


def _fallback_result(fallback: str, tag: int, vr: str) -> Result:
    """What stands in for a value that breaks its grammar or could not be cleaned."""
    if fallback == "D":
        return dummies.value(tag, vr), Action.DUMMY
    return (b"", Action.EMPTY) if fallback == "Z" else (None, Action.REMOVE)


def _always(step: Step, action: Action, vr: str, tag: int, fallback: str) -> Transform:
    """Apply `step`; where it answers None the fall-back replaces the value."""
    failed = _fallback_result(fallback, tag, vr)

    def transform(raw: bytes, character_set: bytes) -> Result:
        if not raw.strip(b" \0"):
            return raw, Action.KEEP
        new = step(raw, character_set)
        if new is None:
            return failed
        return (raw, Action.KEEP) if new in (raw, raw.rstrip(b" \0")) else (new, action)

    return transform


def _checked(step: Step, vr: str, tag: int, fallback: str) -> Transform:
    """Keep the value if `step` lets it pass; it may come back cleaned."""
    return _always(step, Action.CLEAN, vr, tag, fallback)


def _date_transform(vr: str, tag: int, fallback: str, subject: Subject) -> Transform:
    days = subject.shift_days
    if vr == "DA":
        return _always(lambda raw, _: dates.shift_date(raw, days), Action.DATE, vr, tag, fallback)
    if vr == "DT":
        return _always(lambda raw, _: dates.shift_datetime(raw, days), Action.DATE, vr, tag, fallback)
    if vr == "SH":  # Timezone Offset From UTC (0008,0201)
        return _always(_timezone, Action.KEEP, vr, tag, fallback)
    # Whole days leave the time of day as it is
    return _always(lambda raw, _: _grammatical(vr, raw, None), Action.KEEP, vr, tag, fallback)


def _timezone(raw: bytes, _: bytes) -> bytes | None:
    value = raw.rstrip(b" \0")
    return value if re.fullmatch(rb"[+-]\d{4}", value) else None


def _fixed_date(vr: str) -> bytes:
    return {"DA": dummies.DATE, "TM": dummies.TIME}.get(vr, dummies.DATE + dummies.TIME)


def _grammatical(vr: str, raw: bytes, decoded: str | None) -> bytes | None:
    return raw.rstrip(b" \0") if grammar.follows_grammar(vr, raw, decoded) else None


def map_uids(raw: bytes, uid_of: Callable[[str], str]) -> bytes:
    """Every UID of a UI value replaced by its pseudonym; registered ones stay (PS3.6 Annex A)."""
    values = []
    for part in raw.split(b"\\"):
        uid = part.strip(b" \0").decode("latin-1")
        values.append(uid if not uid or uids.is_registered(uid) else uid_of(uid))
    return "\\".join(values).encode("latin-1")


def _kept_step(rule: Rule, vr: str, subject: Subject) -> Step:
    """The examination of a value that a rule keeps: grammar, known identifiers, UIDs in text."""
    finds_term = subject.finds_term
    is_text = vr in grammar.TEXT_VRS

    def step(raw: bytes, character_set: bytes) -> bytes | None:
        decoded = charsets.decode(raw, character_set) if is_text else None
        if not grammar.follows_grammar(vr, raw, decoded):
            return None
        if rule.method == "code-value" and not _CODE_SHAPE.fullmatch(raw):
            return None
        if is_text or vr == "CS":
            searched = decoded if decoded is not None else raw.decode("latin-1")
            found = finds_term if is_text else subject.finds_term_in_code
            if found is not None and found(folded(searched)):
                return None
            if rule.method == "code-meaning" and not kept_text.is_terminology(searched):
                return None
        value = raw.rstrip(b" \0")
        return kept_text.map_uids_in_text(value, subject.uid_of) if is_text and b"." in value else value

    return step
