"""What is learnt of a page while it is written anew."""

from __future__ import annotations

from typing import Any

import msgspec


class PageFacts(msgspec.Struct):
    """What was found in one page. Mutable while it is read."""

    reasons: set[str]
    pictures: bool = False
    pictures_removed: bool = False
    curves: int = 0
    shown_codes: int = 0
    # What fonts of one byte draw, if their bytes mean what they usually mean; sensitive
    raw_text: list[str] = []


class PageFont(msgspec.Struct, frozen=True):
    """A font in the new file, its type, and which of its codes are blanks."""

    font: Any
    kind: str
    blanks: frozenset[bytes]
    understood: bool
