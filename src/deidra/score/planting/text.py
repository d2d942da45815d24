"""Identifiers glued to words that must stay, free comments, and words that only look like identifiers."""

from __future__ import annotations

import re

from pydicom.dataset import Dataset

from deidra.score.planting.notes import Notes
from deidra.score.planting.sayings import Said, any_of, fits, speaking_of, typed_date, typed_identifier, typed_name
from deidra.standard.dictionary import tag_of

_SLOT = re.compile(r"\{(\w+)\}")
_TRIES = 12
_PLAIN_WORDS = 0.3  # of the descriptions name nobody
_KINDS = {
    "name": ("name",), "id": ("id",), "date": ("date",), "physician": ("physician",), "phone": ("phone",),
    "email": ("email",), "institution": ("institution",), "address": ("address",), "birth": ("birth-date",),
}  # fmt: skip


def harmless(notes: Notes, options: tuple[str, ...]) -> list[str]:
    """Phrases that share no word with anybody in this object: a person called Head may lose the word."""
    me = notes.speaker.persona
    people = (me.person, me.relative, me.referring, me.performing, me.stranger)
    names = {part.casefold() for p in people for text in (*p.family, *p.given) for part in text.split()}
    return [option for option in options if not names & set(re.findall(r"\w+", option.casefold()))]


def plant_mixed(ds: Dataset, notes: Notes, tag: int, kind: str, locator: str, carrier: str) -> None:
    """One identifier glued to a useful phrase: the one must go, the other must stay."""
    speaker = notes.speaker if "/" in locator else speaking_of(notes.speaker, tag)
    words = harmless(notes, speaker.phrases.words)
    for _ in range(_TRIES):
        template, word = speaker.rng.choice(speaker.phrases.mixed), speaker.rng.choice(words)
        slots = [slot for slot in _SLOT.findall(template) if slot != "word"]
        parts = {slot: any_of(speaker, kind, _KINDS[slot]) for slot in slots}
        if None in parts.values():
            continue
        values = {slot: part.surface for slot, part in parts.items() if part is not None}
        value = template.format(word=word, **values)
        if fits(value, speaker.persona.culture.charset, kind):
            ds.add_new(tag, kind, value)
            notes.keep(word, "word", carrier, locator, "embedded")
            for part in parts.values():
                if part is not None:
                    notes.said(part, carrier, locator, hardness="embedded")
            return
    said = any_of(speaker, kind, ("id", "name"))
    if said is not None:
        ds.add_new(tag, kind, notes.said(said, carrier, locator))


def comment(notes: Notes, carrier: str, locator: str, limit: int = 1000) -> str:
    """A few sentences of a report with several identifiers in them; the finding must stay."""
    me = notes.speaker.persona
    speaker = speaking_of(notes.speaker, 0x00104000) if locator == "dcm:(0010,4000)" else notes.speaker
    template = speaker.rng.choice(speaker.phrases.comments)
    finding = speaker.rng.choice(harmless(notes, speaker.phrases.findings))
    said: dict[str, Said] = {
        "name": typed_name(me.person, speaker.rng, known=True),
        "relative": typed_name(me.stranger, speaker.rng, known=False),
        "id": typed_identifier(me.patient_id, speaker.rng),
        "birth": typed_date(me.birth, speaker.rng, "birth-date", known=True),
    }
    for slot in _SLOT.findall(template):
        if slot not in said and slot != "finding" and (part := any_of(speaker, "LT", _KINDS[slot])):
            said[slot] = part
    text = template.format(finding=finding, **{slot: part.surface for slot, part in said.items()})
    if not fits(text, me.culture.charset, "ST") or len(text) > limit:
        text = f"{finding} MRN {said['id'].surface}."
        said = {"id": said["id"]}
    notes.keep(finding, "sentence", carrier, locator, "embedded")
    for slot, part in said.items():
        if slot in _SLOT.findall(template) or len(said) == 1:
            notes.said(part, carrier, locator, hardness="embedded")
    return text


def plant_descriptors(ds: Dataset, notes: Notes, turn: int) -> None:
    """Descriptions of study and series, comments, and look-alikes that must all stay."""
    for name, kind in (("StudyDescription", "LO"), ("SeriesDescription", "LO")):
        tag = tag_of(name) or 0
        locator = f"dcm:({tag >> 16:04X},{tag & 0xFFFF:04X})"
        rng = speaking_of(notes.speaker, tag).rng
        if rng.random() < _PLAIN_WORDS and name == "SeriesDescription":
            phrase = rng.choice(harmless(notes, notes.speaker.phrases.lookalikes))
            ds.add_new(tag, kind, notes.keep(phrase, "look-alike", "descriptor", locator, "look-alike"))
        else:
            plant_mixed(ds, notes, tag, kind, locator, "descriptor")
    if "ProtocolName" in ds or ds.Modality in {"CT", "MR", "PT"}:
        rng = speaking_of(notes.speaker, 0x00181030).rng
        phrase = rng.choice(harmless(notes, notes.speaker.phrases.lookalikes))
        ds.ProtocolName = notes.keep(phrase, "look-alike", "descriptor", "dcm:(0018,1030)", "look-alike")
    ds.PatientComments = comment(notes, "comment", "dcm:(0010,4000)")
    if "PixelData" in ds and turn % 2:
        ds.ImageComments = comment(notes, "comment", "dcm:(0020,4000)")
