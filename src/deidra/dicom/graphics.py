"""Annotations drawn over images: words are cleaned, and what is left without any goes (PS3.15 E.3.3, PS3.3 C.10.5).

Points, boxes and styles stay byte for byte.
"""

from __future__ import annotations

from deidra.dicom import charsets, grammar
from deidra.dicom.stream import NO_STOP, Element, Encoding, Seen
from deidra.dicom.transforms import Context, Result, Subject, Transform
from deidra.model import Action
from deidra.standard.private_elements import PathStep

_UNFORMATTED_TEXT = 0x00700006
_TEXT_OBJECTS, _GRAPHIC_OBJECTS = 0x00700008, 0x00700009
# An item of these says nothing without one of the elements named: Text Object, Graphic Annotation (a text or graphic
# object is required, PS3.3 Table C.10-5), Volumetric Presentation Input Annotation, Structured Display Text Box
NEEDED: dict[PathStep, frozenset[int]] = {
    _TEXT_OBJECTS: frozenset((_UNFORMATTED_TEXT,)),
    0x00700001: frozenset((_TEXT_OBJECTS, _GRAPHIC_OBJECTS)),
    0x00701905: frozenset((_TEXT_OBJECTS,)),
    0x00720424: frozenset((_UNFORMATTED_TEXT,)),
}
_ITEM_HEADER_BYTES = 8
# Digits of a derived UID that tell the renamed layers of one object apart
_DIGITS = 8


def goes_without(tag: int, path: tuple[PathStep, ...]) -> bool:
    """Whether an item of the sequence at the end of `path` goes when its attribute `tag` does, so needs no dummy."""
    return bool(path) and tag == _UNFORMATTED_TEXT and tag in NEEDED.get(path[-1], ())


def says_nothing(tag: int, item: bytes, encoding: Encoding) -> bool:
    """Whether an item of the sequence `tag`, as it is after the rules, lost all it had to say."""
    found: list[Element] = []
    undefined = item[4:8] == b"\xff\xff\xff\xff"
    end = len(item) - (_ITEM_HEADER_BYTES if undefined else 0)
    encoding.read_elements(found, item, _ITEM_HEADER_BYTES, end, encoding, 0, Seen(), NO_STOP)
    return NEEDED[tag].isdisjoint([element[0] for element in found])


def layer_transform(label: str, subject: Subject) -> Transform:
    """Names of layers (0070,0002), (60xx,1001), (50xx,1001): a name that may not stay becomes the same new one
    everywhere in the objects of the subject, so that what refers to it still does."""

    def transform(raw: bytes, context: Context) -> Result:
        stripped = raw.strip(b" \0")
        if not stripped or _may_stay(stripped, context):
            return raw, Action.KEEP
        number = subject.uid_of(f"graphic layer {stripped.hex()}")[-_DIGITS:]
        return b"LAYER" + number.encode("ascii"), Action.CLEAN

    def _may_stay(name: bytes, context: Context) -> bool:
        text = charsets.decode(name, context.character_set)
        if text is None or not grammar.follows_grammar("CS", name, None) or subject.words.names_in_code(text):
            return False
        if subject.words.cleaner.clean(text).text != text:
            return False
        subject.words.retain(label, text, "clean")
        return True

    return transform
