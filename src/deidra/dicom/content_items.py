"""Items of documents, encoded: codes, content items and references (PS3.3 8.8, C.17.3, C.17.2.1).

Texts are UTF-8; everything is explicit little endian.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from deidra.dicom import encode
from deidra.dicom.export_codes import CHOICES, DCM, Code
from deidra.dicom.stream import EXPLICIT_LITTLE
from deidra.standard.iods import iod

if TYPE_CHECKING:
    from collections.abc import Iterable

_ROWS, _WAVEFORMS = 0x00280010, 0x54000100


class Instance(msgspec.Struct, frozen=True, order=True):
    """A released object, in new identifiers."""

    study_uid: str
    series_uid: str
    uid: str
    sop_class_uid: str


def code_item(code: Code) -> bytes:
    """A code, with that of DICOM as its equivalent where there is one."""
    elements = [_text(0x00080100, "SH", code.value), _text(0x00080102, "SH", code.scheme)]
    elements.append(_text(0x00080104, "LO", code.meaning))
    if code.same is not None:
        elements.append(_sequence(0x00080121, code_item(Code(code.same[0], DCM, code.same[1]))))
    return encode.item(elements)


def text_item(concept: Code, text: str) -> bytes:
    """A TEXT content item."""
    return _content_item("TEXT", _sequence(0x0040A043, code_item(concept)), _text(0x0040A160, "UT", text))


def choice_item(column: str, choice: str) -> bytes:
    """A CODE content item: one of the `CHOICES` of a column."""
    concept, choices = CHOICES[column]
    value = _sequence(0x0040A168, code_item(choices[choice.lower()]))
    return _content_item("CODE", _sequence(0x0040A043, code_item(concept)), value)


def reference_item(instance: Instance) -> bytes:
    """An IMAGE, WAVEFORM or COMPOSITE content item."""
    node = iod(instance.sop_class_uid)
    kind = "COMPOSITE"
    if node is not None and node.type_of(_ROWS) is not None:
        kind = "IMAGE"
    elif node is not None and node.type_of(_WAVEFORMS) is not None:
        kind = "WAVEFORM"
    reference = _sequence(0x00081199, _sop(instance))
    return encode.item([reference, _text(0x0040A010, "CS", "CONTAINS"), _text(0x0040A040, "CS", kind)])


def hierarchy_items(instances: Iterable[Instance]) -> list[bytes]:
    """Hierarchical SOP Instance Reference Macro: studies, their series, their instances."""
    studies: dict[str, dict[str, list[bytes]]] = {}
    for instance in sorted(instances):
        studies.setdefault(instance.study_uid, {}).setdefault(instance.series_uid, []).append(_sop(instance))
    return [
        encode.item(
            [
                _sequence(
                    0x00081115,
                    *(
                        encode.item([_sequence(0x00081199, *references), _text(0x0020000E, "UI", series_uid)])
                        for series_uid, references in series.items()
                    ),
                ),
                _text(0x0020000D, "UI", study_uid),
            ]
        )
        for study_uid, series in studies.items()
    ]


def _content_item(kind: str, *elements: bytes) -> bytes:
    return encode.item([_text(0x0040A010, "CS", "CONTAINS"), _text(0x0040A040, "CS", kind), *elements])


def _sop(instance: Instance) -> bytes:
    return encode.item([_text(0x00081150, "UI", instance.sop_class_uid), _text(0x00081155, "UI", instance.uid)])


def _text(tag: int, vr: str, text: str) -> bytes:
    return encode.element(tag, vr, text.encode(), EXPLICIT_LITTLE)


def _sequence(tag: int, *items: bytes) -> bytes:
    return encode.sequence(tag, items, EXPLICIT_LITTLE)
