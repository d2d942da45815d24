"""What a Key Object Selection says that was made to ask for an export (IHE RAD TF-2 4.51; PS3.3 A.35.4)."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from deidra.dicom.export_codes import DELAYS, DESCRIPTION, EXPORT_TITLES, TITLE_MODIFIER, Code
from deidra.errors import Held

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydicom import Dataset

KEY_OBJECT_SELECTION = "1.2.840.10008.5.1.4.1.1.88.59"
_LARGEST_BYTES = 64 << 20
_DEEPEST = 16


class KeyObjects(msgspec.Struct, frozen=True):
    """Which instances are asked for, under which title (value, scheme) of `EXPORT_TITLES`.

    `is_delayed`: not before something else has happened. Sensitive.
    """

    title: tuple[str, str]
    instances: tuple[str, ...]
    description: str = ""
    is_delayed: bool = False

    def __repr__(self) -> str:
        return f"KeyObjects(<redacted>, instances={len(self.instances)})"


def read_key_objects(path: str) -> KeyObjects | None:
    """The selection in a file; None when the file holds no selection for an export.

    Raises Held "selection-unreadable" when it cannot be read, OSError.
    """
    if Path(path).stat().st_size > _LARGEST_BYTES:
        raise Held("selection-unreadable", "a key object selection of more than 64 MiB is not read")
    content = Path(path).read_bytes()
    try:
        return _parsed(content)
    except Exception:  # noqa: BLE001 - a damaged file fails in many ways, and none may print what it holds
        raise Held("selection-unreadable", "the key object selection cannot be read") from None


def _parsed(data: bytes) -> KeyObjects | None:
    from pydicom import dcmread
    from pydicom.config import disable_value_validation

    with disable_value_validation():
        dataset = dcmread(BytesIO(data), stop_before_pixels=True, force=True)
        title = _code(dataset)
        if str(dataset.get("SOPClassUID", "")) != KEY_OBJECT_SELECTION or title not in EXPORT_TITLES:
            return None
        content = list(_items(dataset, 0))
        instances = (*_evidence(dataset), *(uid for item in content for uid in _references(item)))
        told = [str(item.get("TextValue", "")).strip() for item in content if _code(item) == _key(DESCRIPTION)]
        modifiers = {_code(item, "ConceptCodeSequence") for item in content if _code(item) == _key(TITLE_MODIFIER)}
        unique, description = tuple(dict.fromkeys(instances)), "\n".join(filter(None, told))
        return KeyObjects(title, unique, description, bool(modifiers & DELAYS))


def _key(code: Code) -> tuple[str, str]:
    return code.value, code.scheme


def _code(item: Dataset, keyword: str = "ConceptNameCodeSequence") -> tuple[str, str] | None:
    for code in item.get(keyword) or ():
        return str(code.get("CodeValue", "")).strip(), str(code.get("CodingSchemeDesignator", "")).strip()
    return None


def _items(parent: Dataset, depth: int) -> Iterator[Dataset]:
    if depth > _DEEPEST:
        return
    for item in parent.get("ContentSequence") or ():
        yield item
        yield from _items(item, depth + 1)


def _references(item: Dataset) -> list[str]:
    return [
        str(reference.get("ReferencedSOPInstanceUID", "")).strip(" \0")
        for reference in item.get("ReferencedSOPSequence") or ()
        if reference.get("ReferencedSOPInstanceUID")
    ]


def _evidence(dataset: Dataset) -> list[str]:
    studies = dataset.get("CurrentRequestedProcedureEvidenceSequence") or ()
    series = [one for study in studies for one in study.get("ReferencedSeriesSequence") or ()]
    return [uid for one in series for uid in _references(one)]
