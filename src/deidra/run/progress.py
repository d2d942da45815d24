"""How far a run is. Counts only: nothing here names an input."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

    from deidra.model import Batch

Phase = Literal["survey", "execute", "summarise"]


class Progress(msgspec.Struct, frozen=True):
    """One step of a run. `total` is 0 while it is not known (the survey finds out); counts are objects.

    `under_way`: how many objects the batches in work are worth, as far as their frames were looked at.
    """

    phase: Phase
    done: int
    total: int = 0
    released: int = 0
    held: int = 0
    rejected: int = 0
    under_way: float = 0.0


class Meter:
    """Adds up what happens and tells the caller. Mutable, because it counts."""

    def __init__(self, tell: Callable[[Progress], None] | None) -> None:
        self._tell = tell
        self._total = 0
        self._surveyed = 0
        self._done: Counter[str] = Counter()
        self._under_way: dict[int, float] = {}

    @property
    def tells(self) -> bool:
        """Whether anybody is told."""
        return self._tell is not None

    def surveyed(self, count: int) -> None:
        """So many more inputs were looked at."""
        self._surveyed += count
        self._send(Progress("survey", self._surveyed))

    def start_execution(self, total: int, so_far: dict[str, int]) -> None:
        """From here on `total` inputs are expected, some of which have their outcome already."""
        self._total = total
        self._done = Counter(so_far)
        self._send(self._state("execute"))

    def under_way(self, batch: Batch, objects: float) -> None:
        """A batch in work is so many objects further than when it began."""
        self._under_way[batch.id] = objects
        self._send(self._state("execute"))

    def executed(self, batch: Batch, statuses: Counter[str]) -> None:
        """A batch is done, and so many more objects got their outcome."""
        self._under_way.pop(batch.id, None)
        self._done += statuses
        self._send(self._state("execute"))

    def summarising(self) -> None:
        """The reports are being written."""
        self._send(self._state("summarise"))

    def _state(self, phase: Phase) -> Progress:
        done = self._done
        counts = done["released"], done["held"], done["rejected"]
        return Progress(phase, done.total(), self._total, *counts, sum(self._under_way.values()))

    def _send(self, progress: Progress) -> None:
        if self._tell is not None:
            self._tell(progress)
