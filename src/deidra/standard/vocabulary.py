"""Words of DICOM's own terminology: a text made only of these names nobody, unless the person is known by them."""

from __future__ import annotations

from functools import cache

import msgspec

from deidra.standard._data import Header, load


class _File(msgspec.Struct, frozen=True):
    header: Header
    words: frozenset[str]
    modalities: frozenset[str]
    schemes: frozenset[str]
    codes: dict[str, frozenset[str]]


@cache
def _file() -> _File:
    return load("vocabulary", _File)


@cache
def vocabulary() -> frozenset[str]:
    """Folded words of attribute names and coded concepts, two letters and longer."""
    return _file().words


def is_public_scheme(designator: str) -> bool:
    """Whether a coding scheme designator is one that PS3.16 or HL7 publishes, not a local one."""
    return designator in _file().schemes


def is_word_code(designator: str, code: str) -> bool:
    """Whether a code without any digit is one that its public scheme has, such as (ACUI, IBSI)."""
    return code in _file().codes.get(designator, ())


def is_modality(code: str) -> bool:
    """Whether `code` is a defined term of Modality (0008,0060)."""
    return code in _file().modalities
