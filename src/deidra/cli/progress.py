"""Progress on standard error: a bar on a terminal, a line every few seconds elsewhere."""

from __future__ import annotations

import contextlib
import sys
import time
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from deidra.run.progress import Progress

_LINE_EVERY_SECONDS = 5.0
_REFRESH_EVERY_SECONDS = 0.1
_PHASES = {"survey": "Looking", "execute": "De-identifying", "summarise": "Writing the report"}


class Step(Protocol):
    """One step of any long work. `total` is 0 while it is not known."""

    @property
    def done(self) -> int: ...

    @property
    def total(self) -> int: ...


S = TypeVar("S", bound=Step)


class Words(NamedTuple, Generic[S]):
    """What is said of a step: what is being done, a note in a colour beside the bar, and a whole line."""

    begins: str
    doing: Callable[[S], str]
    note: Callable[[S], str]
    colour: str
    line: Callable[[S], str]
    completed: Callable[[S], float] = lambda step: step.done


def line(progress: Progress) -> str:
    """One step of a run in words."""
    word = _PHASES[progress.phase].lower()
    if progress.phase == "survey":
        return f"{word}: {progress.done:,} files"
    counts = f"{progress.released:,} released, {progress.held:,} held, {progress.rejected:,} rejected"
    return f"{word}: {int(progress.done + progress.under_way):,} of {progress.total:,} ({counts})"


def of_run() -> Words[Progress]:
    """The words for `run` and `plan`."""
    return Words(
        "Looking",
        lambda step: _PHASES[step.phase],
        lambda step: f"{step.held:,} held" if step.held else "",
        "yellow",
        line,
        lambda step: step.done + step.under_way,
    )


@contextlib.contextmanager
def shown(words: Words[S], *, quiet: bool) -> Iterator[Callable[[S], None] | None]:
    """Something to call with each step, or None when nothing is to be shown."""
    if quiet:
        yield None
    elif sys.stderr.isatty():
        with _bar(words) as tell:
            yield tell
    else:
        yield _lines(words)


def _lines(words: Words[S]) -> Callable[[S], None]:
    last = time.monotonic()

    def tell(step: S) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _LINE_EVERY_SECONDS:
            last = now
            sys.stderr.write(f"deidra: {words.line(step)}\n")

    return tell


@contextlib.contextmanager
def _bar(words: Words[S]) -> Iterator[Callable[[S], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns: tuple[Any, ...] = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[note]}", style=words.colour),
        TimeRemainingColumn(),
    )
    # No refresh thread: workers are forked, and a process with threads must not fork.
    with Bars(*columns, console=Console(stderr=True), auto_refresh=False, transient=True) as bars:
        task = bars.add_task(words.begins, total=None, note="")
        last = 0.0

        def tell(step: S) -> None:
            nonlocal last
            now = time.monotonic()
            if now - last < _REFRESH_EVERY_SECONDS:
                return
            last = now
            total = step.total or None
            done = words.completed(step)
            bars.update(task, description=words.doing(step), completed=done, total=total, note=words.note(step))
            bars.refresh()

        yield tell
