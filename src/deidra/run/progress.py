"""How far a run is. Counts only: nothing here names an input."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

Phase = Literal["survey", "execute", "summarise"]


class Progress(msgspec.Struct, frozen=True):
    """One step of a run. `total` is 0 while it is not known (the survey finds out); counts are objects."""

    phase: Phase
    done: int
    total: int = 0
    released: int = 0
    held: int = 0
    rejected: int = 0


class Meter:
    """Adds up what happens and tells the caller. Mutable, because it counts."""

    def __init__(self, tell: Callable[[Progress], None] | None) -> None:
        self._tell = tell
        self._total = 0
        self._surveyed = 0
        self._done: Counter[str] = Counter()

    def surveyed(self, count: int) -> None:
        """So many more inputs were looked at."""
        self._surveyed += count
        self._send(Progress("survey", self._surveyed))

    def start_execution(self, total: int, so_far: dict[str, int]) -> None:
        """From here on `total` inputs are expected, some of which have their outcome already."""
        self._total = total
        self._done = Counter(so_far)
        self._send(self._state("execute"))

    def executed(self, statuses: Counter[str]) -> None:
        """So many more objects got their outcome."""
        self._done += statuses
        self._send(self._state("execute"))

    def summarising(self) -> None:
        """The reports are being written."""
        self._send(self._state("summarise"))

    def _state(self, phase: Phase) -> Progress:
        done = self._done
        return Progress(phase, done.total(), self._total, done["released"], done["held"], done["rejected"])

    def _send(self, progress: Progress) -> None:
        if self._tell is not None:
            self._tell(progress)
