"""The confidentiality tables of PS3.15 Annex E, several editions side by side: E.1-1 and E.3.4-1."""

from __future__ import annotations

from functools import cache

import msgspec

from deidra.errors import UsageError
from deidra.standard._data import Header, load

EDITIONS: tuple[str, ...] = ("2023b", "2025e", "2026c")

# The option columns of Table E.1-1, in its order. The two pixel options have no column.
OPTIONS = (
    "safe-private",
    "uids",
    "device-identity",
    "institution-identity",
    "patient-characteristics",
    "full-dates",
    "modified-dates",
    "clean-descriptors",
    "clean-structured-content",
    "clean-graphics",
)


class Row(msgspec.Struct, frozen=True):
    """One row of Table E.1-1, with the codes of Table E.1-1a.

    `tag` is as printed: "(0008,0050)", "(60xx,3000)", "(gggg,eeee)" for private attributes.
    `options` holds only the options whose cell is not empty.
    """

    tag: str
    name: str
    retired: bool
    in_iod: bool
    basic: str
    options: dict[str, str]


class Edition(msgspec.Struct, frozen=True, eq=False):
    """Table E.1-1 of one edition. `families` are keyed "50xx,xxxx", "60xx,3000", "60xx,4000" and "odd"."""

    name: str
    sha256: str
    rows: dict[int, Row]
    families: dict[str, Row]

    def row(self, tag: int) -> Row | None:
        """The row for a tag, its own or that of its family; None if the table does not list it.

        Repeating groups are the even ones of 5000-501E and 6000-601E (PS3.5 Section 7.6).
        """
        row = self.rows.get(tag)
        if row is not None:
            return row
        group = tag >> 16
        if group & 1:
            return self.families["odd"]
        if 0x5000 <= group <= 0x501E:
            return self.families["50xx,xxxx"]
        if 0x6000 <= group <= 0x601E:
            return self.families.get(f"60xx,{tag & 0xFFFF:04X}")
        return None


class ContentRow(msgspec.Struct, frozen=True):
    """One row of Table E.3.4-1: a concept name (code, scheme) and the value type it is used with."""

    code: str
    scheme: str
    value_type: str
    retired: bool
    in_template: bool
    basic: str
    options: dict[str, str]


class _ConfidentialityFile(msgspec.Struct, frozen=True):
    header: Header
    rows: tuple[Row, ...]
    families: dict[str, Row]


class _ContentFile(msgspec.Struct, frozen=True):
    header: Header
    rows: tuple[ContentRow, ...]


class _SynonymsFile(msgspec.Struct, frozen=True):
    header: Header
    rows: tuple[tuple[str, str, str, str], ...]


def _known(name: str) -> str:
    if name not in EDITIONS:
        raise UsageError("unknown-edition", f"no such edition of PS3.15; there are {', '.join(EDITIONS)}")
    return name


@cache
def edition(name: str = "2026c") -> Edition:
    """Table E.1-1 of one edition. Raises UsageError "unknown-edition"."""
    table = load(f"confidentiality_{_known(name)}", _ConfidentialityFile)
    rows = {int(row.tag[1:5] + row.tag[6:10], 16): row for row in table.rows}
    return Edition(table.header.edition, table.header.sha256, rows, table.families)


@cache
def structured_content(name: str = "2026c") -> tuple[ContentRow, ...]:
    """Table E.3.4-1 of one edition, codes without meanings. Raises UsageError "unknown-edition"."""
    return load(f"structured_content_{_known(name)}", _ContentFile).rows


@cache
def content_synonyms() -> dict[tuple[str, str], tuple[str, str]]:
    """(code, scheme) that is retired or means the same -> (code, scheme) that Table E.3.4-1 lists (PS3.15 E.3.4)."""
    rows = load("concept_synonyms", _SynonymsFile).rows
    return {(code, scheme): (listed, listed_scheme) for code, scheme, listed, listed_scheme in rows}
