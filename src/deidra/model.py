"""The frozen values that every room speaks. None of them ever holds an original identifier,
except `SubjectKnowledge`, whose repr hides it and which never leaves the workspace."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

import msgspec


class Action(StrEnum):
    """What was done at one place. Closed set; the letters are those of PS3.15 Table E.1-1a."""

    KEEP = "keep"  # K
    REMOVE = "remove"  # X
    EMPTY = "empty"  # Z, zero length
    DUMMY = "dummy"  # D, or Z with a dummy value
    CLEAN = "clean"  # C, the identifying part taken out of a value
    UID = "derive-uid"  # U
    ID = "derive-id"  # a pseudonym
    DATE = "derive-date"  # shifted by the subject's offset
    GENERALISE = "generalise"  # made coarser, e.g. an age over 89
    PAINT = "paint"  # pixels
    REWRITE = "rewrite"  # container parts and markers that the de-identifier itself writes


class Edit(msgspec.Struct, frozen=True):
    """One change: where, what, by which rule, and where that rule comes from.

    `locator` prints an address such as ``dcm:(0040,0275)[0]/(0032,1060)``; `rule` is a stable id;
    `source` cites it (edition and table row, or the policy file).
    """

    locator: str
    action: Action
    rule: str
    source: str


class Examination(msgspec.Struct, frozen=True):
    """One kind of look at an object, made or not made. `note` says why not."""

    kind: Literal[
        "metadata", "container", "known-identifiers", "free-text", "overlay-text", "pixel-text", "faces", "streams"
    ]
    made: bool
    by: str = ""
    note: str = ""


class Reason(msgspec.Struct, frozen=True):
    """Why an object was held or rejected: stable code, place, and one line without any value."""

    code: str
    locator: str
    message: str


class SourceObject(msgspec.Struct, frozen=True):
    """One input. `path` is a readable file; `name` is how the user knows it (may name an archive member)."""

    id: int
    path: str
    name: str
    size: int
    mtime_ns: int


class Term(msgspec.Struct, frozen=True, order=True):
    """One thing known of a person. Sensitive: its repr hides it.

    `kind`: name, physician, operator, identifier, phone, date, address, institution; others are taken for
    identifiers where they hold digits, and for names where not.
    """

    kind: str
    value: str

    def __repr__(self) -> str:
        return f"Term(kind={self.kind!r}, value=<redacted>)"


class SubjectKnowledge(msgspec.Struct, frozen=True):
    """What the survey knows of one person. Sensitive: never printed, never outside the workspace.

    `key` is the canonical subject key that pseudonyms derive from; `terms` are the names and
    identifiers that must not be found in anything released of this person.
    """

    key: str
    terms: tuple[Term, ...] = ()

    def __repr__(self) -> str:
        return f"SubjectKnowledge(<redacted>, terms={len(self.terms)})"


# Below the folder of a subject: documents that stand free
DOCUMENTS_FOLDER = "documents"


class Batch(msgspec.Struct, frozen=True):
    """The objects that must be judged together: for DICOM, one series of one subject; documents of one subject."""

    id: int
    kind: Literal["dicom", "dicomdir", "document", "other"]
    subject: SubjectKnowledge
    objects: tuple[SourceObject, ...]


class RetainedText(msgspec.Struct, frozen=True):
    """One text value that stays in what is released, for people to look at.

    `attribute` prints its tag, such as ``(0008,103E)``; `why`: "clean" when no word had to go, "cleaned" when some
    did, "kept" when a rule keeps the text and only known identifiers were looked for.
    """

    attribute: str
    value: str
    why: Literal["clean", "cleaned", "kept"]

    def __repr__(self) -> str:
        return f"RetainedText({self.attribute}, <redacted>, {self.why})"


class ObjectFacts(msgspec.Struct, frozen=True):
    """What reports may say of an object: nothing here identifies anyone.

    `pixel_cpu_ms`: what looking at its pixels took, its share of that of its series.
    """

    modality: str = ""
    sop_class_uid: str = ""
    transfer_syntax_uid: str = ""
    size_in: int = 0
    size_out: int = 0
    pixel_cpu_ms: int = 0


class Outcome(msgspec.Struct, frozen=True):
    """What became of one object. Nothing is skipped: every input has exactly one."""

    object_id: int
    status: Literal["released", "held", "rejected", "not-selected"]
    reasons: tuple[Reason, ...] = ()
    edits: tuple[Edit, ...] = ()
    examinations: tuple[Examination, ...] = ()
    facts: ObjectFacts = ObjectFacts()
    output: str = ""  # path below OUT, in new identifiers; empty unless released
    retained: tuple[RetainedText, ...] = ()  # texts that no earlier object of the batch had
    # Original UIDs that were mapped, but its own and those of earlier objects of the batch. Sensitive
    mapped_uids: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Outcome({self.object_id}, {self.status!r}, {self.reasons!r}, output={self.output!r}, ...)"
