"""Did-you-mean suggestions for mistyped names."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A clause such as ``; did you mean 'StudyDate'?``, or nothing when no known word is near."""
    spelled = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(word.casefold(), spelled, n=2, cutoff=0.7)
    return f"; did you mean {' or '.join(repr(spelled[name]) for name in near)}?" if near else ""
