"""The reviewed list of errors that a release may introduce: docs/conformance-allowed.toml."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.findings import Finding

ALLOWED = Path(__file__).parents[2] / "docs" / "conformance-allowed.toml"
CATEGORIES = {"profile", "validator"}


class Entry(NamedTuple):
    """`pattern` is a regular expression that the whole printed finding matches."""

    pattern: re.Pattern[str]
    category: str
    reason: str


def load() -> tuple[Entry, ...]:
    """The list as reviewed; every entry has exactly a pattern, a category and a reason."""
    entries = tomllib.loads(ALLOWED.read_text(encoding="utf-8")).get("allowed", [])
    return tuple(Entry(re.compile(e["pattern"]), e["category"], e["reason"]) for e in entries)


def explanation(finding: Finding, entries: Iterable[Entry]) -> Entry | None:
    """The first entry that explains a finding."""
    return next((entry for entry in entries if entry.pattern.fullmatch(str(finding))), None)
