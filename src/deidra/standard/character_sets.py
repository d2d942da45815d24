"""Which Python codec reads which Specific Character Set (0008,0005)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import msgspec

from deidra.standard._data import Header, load


class _File(msgspec.Struct, frozen=True):
    header: Header
    codecs: dict[str, str]
    own_encoders: frozenset[str]


@cache
def _file() -> _File:
    return load("character_sets", _File)


def codecs() -> Mapping[str, str]:
    """Defined term -> codec (PS3.3 C.12.1.1.2); "" where none is given."""
    return _file().codecs


def needs_own_encoder(codec: str) -> bool:
    """Whether text in this codec is written with escape sequences, as only pydicom does it."""
    return codec in _file().own_encoders
