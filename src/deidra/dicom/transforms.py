"""How one value changes: pseudonyms, dates, UIDs, ages, dummies.

A transform takes the raw value and its context and returns the new value with what was done; None as the new value
removes the element. Action.KEEP means: unchanged.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

import msgspec

from deidra.dicom import charsets, dates, dummies, grammar
from deidra.dicom.subject_words import SubjectWords
from deidra.documents.work import linked_name
from deidra.errors import Held
from deidra.identity.subject_list import TrialSubject
from deidra.model import Action
from deidra.policy.compile import Rule
from deidra.standard import uids

Result = tuple[bytes | None, Action]


class Context(Protocol):
    """What the meaning of a value depends on besides its attribute: raw (0008,0005), and (0008,0102) beside it."""

    @property
    def character_set(self) -> bytes: ...

    @property
    def coding_scheme(self) -> bytes: ...


class PlainContext(NamedTuple):
    """A context with nothing in it."""

    character_set: bytes = b""
    coding_scheme: bytes = b""


Transform = Callable[[bytes, Context], Result]
Step = Callable[[bytes, Context], "bytes | None"]

SOP_INSTANCE_UID, STUDY_INSTANCE_UID, SERIES_INSTANCE_UID = 0x00080018, 0x0020000D, 0x0020000E
RELATIVE_URI_REFERENCE = 0x00687005  # Relative URI Reference Within Encapsulated Document
_OWN_UIDS = frozenset((SOP_INSTANCE_UID, STUDY_INSTANCE_UID, SERIES_INSTANCE_UID))
# Well-known SOP instances (PS3.6 Table A-1): colour palettes. Any other registered UID is nobody's instance.
_WELL_KNOWN_INSTANCES = "1.2.840.10008.1.5."
# Without these the pixels of an image cannot be read (PS3.3 C.7.6.3): an object with a dummy here is worthless
PIXEL_LAYOUT = frozenset(
    0x00280000 | number for number in (0x02, 0x04, 0x06, 0x08, 0x10, 0x11, 0x100, 0x101, 0x102, 0x103)
)


class Subject(msgspec.Struct, frozen=True):
    """What transforms need of the person: nothing of it is an original value but inside its words and its trial."""

    pseudonym: bytes
    shift_days: int
    uid_of: Callable[[str], str]
    words: SubjectWords
    trial: TrialSubject | None = None

    def dummy_uid(self, tag: int) -> bytes:
        """A UID where one must stand that refers to nothing."""
        return self.uid_of(f"dummy {tag:08X}").encode()


def transform_for(code: str, rule: Rule, vr: str, tag: int, fallback: str, subject: Subject, kept: Step) -> Transform:
    """The transform of a resolved `code` (K, D, Z with a pseudonym, U or C) for one attribute.

    `kept` is the examination that a value must pass to stay.
    """
    if rule.method == "literal":
        return _constant(rule.value.encode("ascii", "replace"), Action.DUMMY)
    if code in ("D", "Z"):
        if rule.method == "pseudonym":
            return _constant(subject.pseudonym, Action.ID)
        if vr == "UI":
            return _uid_transform(tag, subject)
        if tag == RELATIVE_URI_REFERENCE:
            return _linked_name(subject)
        return _constant(dummies.value(tag, vr), Action.DUMMY)
    if code == "U":
        return _uid_transform(tag, subject)
    if rule.method == "fixed-date":
        return _constant(_fixed_date(vr), Action.DUMMY)
    failed = failure(fallback, tag, vr)
    if rule.method == "shift":
        return _date_transform(vr, failed, subject, kept)
    if rule.method == "age":
        return _always(lambda raw, _: dates.cap_age(raw), Action.GENERALISE, failed)
    if vr == "UI":
        return _kept_uid(tag, subject)
    return _held_when_lost(_always(kept, Action.CLEAN, failed), tag)


def known_character_set(raw: bytes, _: Context) -> Result:
    """Specific Character Set (0008,0005) stays if it names one; text under an unknown one cannot be read."""
    return (raw, Action.KEEP) if charsets.is_known(raw) else (None, Action.REMOVE)


def _constant(value: bytes, action: Action) -> Transform:
    # An empty value says nothing of anyone, so it needs no dummy; a pseudonym is written even so
    write_always = action is Action.ID

    def transform(raw: bytes, _: Context) -> Result:
        if not raw.strip(b" \0") and not write_always:
            return raw, Action.KEEP
        return value, action

    return transform


def failure(fallback: str, tag: int, vr: str) -> Result:
    """What stands in for a value that breaks its grammar or could not be cleaned."""
    if fallback == "D":
        return dummies.value(tag, vr), Action.DUMMY
    return (b"", Action.EMPTY) if fallback == "Z" else (None, Action.REMOVE)


def _always(step: Step, action: Action, failed: Result) -> Transform:
    """Apply `step`; where it answers None, `failed` stands in for the value."""

    def transform(raw: bytes, context: Context) -> Result:
        stripped = raw.rstrip(b" \0")
        if not stripped.strip(b" \0"):
            return raw, Action.KEEP
        new = step(raw, context)
        if new is None:
            return failed
        return (raw, Action.KEEP) if new in (raw, stripped) else (new, action)

    return transform


def _held_when_lost(transform: Transform, tag: int) -> Transform:
    """For the layout of pixels: hold the object instead of releasing an image that cannot be read."""
    if tag not in PIXEL_LAYOUT:
        return transform

    def strict(raw: bytes, context: Context) -> Result:
        new, action = transform(raw, context)
        return (new, action) if action is Action.KEEP else refuse_layout(tag)(raw, context)

    return strict


def refuse_layout(tag: int) -> Transform:
    """A transform that holds the object, for a value that cannot be what pixels are read by."""

    def refuse(_: bytes, __: Context) -> Result:
        locator = f"dcm:({tag >> 16:04X},{tag & 0xFFFF:04X})"
        raise Held("pixel-layout", "an attribute that pixels cannot be read without is not legal", locator)

    return refuse


def _date_transform(vr: str, failed: Result, subject: Subject, kept: Step) -> Transform:
    days = subject.shift_days
    if vr == "DA":
        return _always(lambda raw, _: dates.shift_date(raw, days), Action.DATE, failed)
    if vr == "DT":
        return _always(lambda raw, _: dates.shift_datetime(raw, days), Action.DATE, failed)
    # Whole days leave the time of day and the time zone as they are
    return _always(kept, Action.CLEAN, failed)


def _linked_name(subject: Subject) -> Transform:
    """The name that an encapsulated mesh has for another file, as the cleaned mesh has it (PS3.3 C.24.2)."""

    def step(raw: bytes, _: Context) -> bytes:
        return linked_name(raw.rstrip(b" \0").decode("latin-1"), subject.uid_of).encode()

    return _always(step, Action.ID, (None, Action.REMOVE))


def _fixed_date(vr: str) -> bytes:
    return {"DA": dummies.DATE, "TM": dummies.TIME}.get(vr, dummies.DATE + dummies.TIME)


def _uid_transform(tag: int, subject: Subject) -> Transform:
    keeps = _is_well_known_instance if tag in _OWN_UIDS else uids.is_registered

    def transform(raw: bytes, _: Context) -> Result:
        new = _mapped(raw, subject.uid_of, keeps)
        return (raw, Action.KEEP) if new in (raw, raw.rstrip(b" \0")) else (new, Action.UID)

    return transform


def _is_well_known_instance(uid: str) -> bool:
    return uid.startswith(_WELL_KNOWN_INSTANCES) and uids.is_registered(uid)


def _mapped(raw: bytes, uid_of: Callable[[str], str], keeps: Callable[[str], bool]) -> bytes:
    """Every UID of a UI value replaced by its pseudonym, but those that `keeps` answers for."""
    values = []
    for part in raw.split(b"\\"):
        uid = part.strip(b" \0").decode("latin-1")
        values.append(uid if not uid or keeps(uid) else uid_of(uid))
    return "\\".join(values).encode("latin-1")


def _kept_uid(tag: int, subject: Subject) -> Transform:
    """A UID that stays; what is none is mapped like an instance UID, so that different ones stay different."""
    mapped = _uid_transform(tag, subject)

    def transform(raw: bytes, context: Context) -> Result:
        return (raw, Action.KEEP) if grammar.follows_grammar("UI", raw, None) else mapped(raw, context)

    return transform
