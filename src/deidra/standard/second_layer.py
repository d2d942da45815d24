"""The second layer: what kind of thing each attribute is that Table E.1-1 does not list.

Categories: technical, sequence, descriptor, device, free-text, identifier, person, code-value, code-meaning,
coding-scheme, uid-class, uid-instance, date-subject, date-fixed, url, ae, opaque, pixels, remove.
"""

from __future__ import annotations

from functools import cache

import msgspec

from deidra.standard._data import Header, load
from deidra.standard.dictionary import repeater_mask


class _File(msgspec.Struct, frozen=True):
    header: Header
    categories: dict[str, tuple[int, ...]]
    repeaters: dict[str, str]


@cache
def _file() -> _File:
    return load("second_layer", _File)


@cache
def category_table() -> dict[int, str]:
    """Tag -> category as a plain dict, without repeating groups."""
    return {tag: category for category, tags in _file().categories.items() for tag in tags}


def category(tag: int) -> str | None:
    """Category of an attribute of the dictionary that Table E.1-1 (newest edition) does not list.

    None for every other tag: unknown, private, listed, of the container, or outside the legal repeating
    groups. Whoever asks removes those.
    """
    known = category_table().get(tag)
    if known is not None:
        return known
    group = tag >> 16
    if 0x5000 <= group <= 0x60FF and not 0x6000 <= group <= 0x601E:
        return None
    mask = repeater_mask(tag)
    return _file().repeaters.get(mask) if mask else None
