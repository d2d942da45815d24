"""Text values through the cleaner of free text (PS3.15 E.3.5): decoded, cleaned value by value, written back."""

from __future__ import annotations

from deidra.dicom import charsets, grammar
from deidra.dicom.transforms import Context, Step, Subject
from deidra.errors import Held

_MULTI_LINE = frozenset(("LT", "ST", "UT"))


def cleaned_step(label: str, vr: str, subject: Subject) -> Step:
    """The step that cleans an attribute, called `label`, of a text VR; it answers None when nothing may stay.

    What is too long for its VR is cut; text in an illegal encoding or with control characters is not understood.
    """

    def step(raw: bytes, context: Context) -> bytes | None:
        decoded = charsets.decode(raw, context.character_set)
        if decoded is None or not grammar.is_plain_text(vr, decoded):
            return None
        text = decoded.rstrip(" \0")
        values = text.split("\\") if vr in grammar.MULTI_VALUED else [text]
        new = [_text(value, vr, subject) for value in values]
        if not any(value.strip() for value in new):
            return None
        for old, value in zip(values, new, strict=True):
            subject.words.retain(label, value, "clean" if value == old else "cleaned")
        stays = new == values and charsets.is_legal(raw, context.character_set)
        return raw if stays else charsets.encode(new, context.character_set)

    return step


def _text(value: str, vr: str, subject: Subject) -> str:
    if not value.strip(" "):
        return value
    limit = grammar.MAX_CHARACTERS.get(vr)
    try:
        return subject.words.cleaner.clean(value, max_characters=limit, multi_line=vr in _MULTI_LINE).text
    except Held as error:
        if error.code == "text-too-long":
            return ""
        raise
