"""Private elements that somebody vouches for, by source.

- "standard": PS3.15 Table E.3.10-1.
- "tcia-kb": private tag knowledge base of TCIA (PosdaTools, 2018-19).
- "tcia-observed": element paths that TCIA's curators judged (PosdaTools, 2018-19), nested ones too.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import msgspec

from deidra.errors import UsageError
from deidra.standard._data import Header, load

if TYPE_CHECKING:
    from collections.abc import Sequence

SOURCES: tuple[str, ...] = ("standard", "tcia-kb", "tcia-observed")

# An enclosing sequence: the tag of a standard one, (group, creator, low byte) of a private one
PathStep = int | tuple[int, str, int]


class SafePrivate(msgspec.Struct, frozen=True, eq=False):
    """One source. `rows`: path key -> disposition; `folded`: the same by case-folded key.

    Where spellings that differ only in case disagree, `folded` says remove.
    """

    source: str
    provenance: str
    rows: dict[str, str]
    folded: dict[str, str]

    def disposition(self, creator: str, group: int, low: int, path: Sequence[PathStep] = ()) -> str | None:
        """ "keep", "uid", "date" or "remove"; None if the source does not list the element at this path.

        The creator must match exactly, padding aside, or differ only in case from the one listed.
        """
        key = path_key((*path, (group, creator, low)))
        found = self.rows.get(key)
        return found if found is not None else self.folded.get(key.casefold())


class _File(msgspec.Struct, frozen=True):
    header: Header
    rows: dict[str, str]


def _step(step: PathStep) -> str:
    if isinstance(step, int):
        return f"({step >> 16:04X},{step & 0xFFFF:04X})"
    group, creator, low = step
    return f'({group:04X},"{creator.strip(_PADDING)}",{low:02X})'


_PADDING = "\0 "


def path_key(path: Sequence[PathStep]) -> str:
    """Canonical form of an element's path, outermost sequence first: (2005,"CREATOR",80)/(0008,1150)."""
    return "/".join(map(_step, path))


@cache
def safe_private(source: str) -> SafePrivate:
    """One source of dispositions. Raises UsageError "unknown-private-source"."""
    if source not in SOURCES:
        raise UsageError("unknown-private-source", f"there are {', '.join(SOURCES)}")
    table = load(f"private_{source.replace('-', '_')}", _File)
    folded: dict[str, str] = {}
    for key, disposition in table.rows.items():
        other = folded.setdefault(key.casefold(), disposition)
        if other != disposition:
            folded[key.casefold()] = "remove"
    return SafePrivate(source, f"{table.header.source} {table.header.edition}", table.rows, folded)


def disposition(source: str, creator: str, group: int, low: int, path: Sequence[PathStep] = ()) -> str | None:
    """What one source says of a private element; see `SafePrivate.disposition`."""
    return safe_private(source).disposition(creator, group, low, path)
