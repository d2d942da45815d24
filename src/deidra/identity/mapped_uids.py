"""Which UIDs were mapped, for the way back: the objects of a batch refer to far more than to each other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

# Whatever else is put through the same derivation (names of layers, codes, digests) is no UID
_DOTTED = re.compile(r"\d[\d.]*\.[\d.]*")


class MappedUids:
    """Maps UIDs as `uid_of` does and remembers them until they are taken. Sensitive: its repr hides them.

    A UID that was mapped in an object that was then refused is taken with the next one: the same value may stand
    there, and be copied from what was decided before.
    """

    __slots__ = ("_fresh", "_taken", "_uid_of")

    def __init__(self, uid_of: Callable[[str], str]) -> None:
        self._uid_of = uid_of
        self._fresh: dict[str, str] = {}
        self._taken: set[str] = set()

    def __call__(self, original: str) -> str:
        """The new UID of an original one (see `Identity.uid`)."""
        new = self._uid_of(original)
        if _DOTTED.fullmatch(original) and original not in self._taken:
            self._fresh[original] = new
        return new

    def take(self, own: Collection[str]) -> tuple[str, ...]:
        """Original UIDs mapped since they were last taken, each once, but those that became one of `own`."""
        found = tuple([old for old, new in self._fresh.items() if new not in own])
        self._taken.update(found)
        self._fresh.clear()
        return found

    def __repr__(self) -> str:
        return "MappedUids(<redacted>)"
