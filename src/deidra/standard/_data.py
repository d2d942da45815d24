"""Reading the generated tables beside this file. Every table is read on first use and kept."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

_FOLDER = Path(__file__).parent / "data"

T = TypeVar("T")


class Header(msgspec.Struct, frozen=True):
    """Where a table comes from. `rows` counts what the source printed; `sha256` is the source's."""

    source: str
    edition: str
    sha256: str
    rows: int
    attribution: str


def load(name: str, kind: type[T]) -> T:
    """Decode data/`name`.json as `kind`."""
    return msgspec.json.decode((_FOLDER / f"{name}.json").read_bytes(), type=kind)
