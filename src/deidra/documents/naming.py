"""Long lists of names, written as text."""

from __future__ import annotations


def names(text: str) -> frozenset[str]:
    """The words of `text`."""
    return frozenset(text.split())


def raw_names(text: bytes) -> frozenset[bytes]:
    """The words of `text`, as bytes."""
    return frozenset(text.split())
