"""Words of DICOM's own terminology: a text made only of these names nobody, unless the person is known by them."""

from __future__ import annotations

from functools import cache

import msgspec

from deidra.standard._data import Header, load


class _File(msgspec.Struct, frozen=True):
    header: Header
    words: frozenset[str]


@cache
def vocabulary() -> frozenset[str]:
    """Folded words of attribute names and coded concepts, two letters and longer."""
    return load("vocabulary", _File).words
