"""Defined terms of coded strings (VR CS): values that the standard itself gives."""

from __future__ import annotations

from functools import cache

import msgspec

from deidra.standard._data import Header, load


class _File(msgspec.Struct, frozen=True):
    header: Header
    terms: frozenset[str]


@cache
def defined_terms() -> frozenset[str]:
    """Values with four letters or long numbers that PS3.3 defines or enumerates for some attribute."""
    return load("code_strings", _File).terms
