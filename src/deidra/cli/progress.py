"""Progress on standard error: a bar on a terminal, a line every few seconds elsewhere."""

from __future__ import annotations

import contextlib
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from deidra.run.progress import Progress

_LINE_EVERY_SECONDS = 5.0
_REFRESH_EVERY_SECONDS = 0.1
_WORDS = {"survey": "Looking", "execute": "De-identifying", "summarise": "Writing the report"}


@contextlib.contextmanager
def shown(*, quiet: bool) -> Iterator[Callable[[Progress], None] | None]:
    """Something to call with each Progress, or None when nothing is to be shown."""
    if quiet:
        yield None
    elif sys.stderr.isatty():
        with _bar() as tell:
            yield tell
    else:
        yield _lines()


def _lines() -> Callable[[Progress], None]:
    last = time.monotonic()

    def tell(progress: Progress) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _LINE_EVERY_SECONDS:
            last = now
            sys.stderr.write(f"deidra: {line(progress)}\n")

    return tell


def line(progress: Progress) -> str:
    """One step in words."""
    word = _WORDS[progress.phase].lower()
    if progress.phase == "survey":
        return f"{word}: {progress.done:,} files"
    counts = f"{progress.released:,} released, {progress.held:,} held, {progress.rejected:,} rejected"
    return f"{word}: {progress.done:,} of {progress.total:,} ({counts})"


@contextlib.contextmanager
def _bar() -> Iterator[Callable[[Progress], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns: tuple[Any, ...] = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[note]}", style="yellow"),
        TimeRemainingColumn(),
    )
    # No refresh thread: workers are forked, and a process with threads must not fork.
    with Bars(*columns, console=Console(stderr=True), auto_refresh=False, transient=True) as bars:
        task = bars.add_task("Looking", total=None, note="")
        last = 0.0

        def tell(progress: Progress) -> None:
            nonlocal last
            now = time.monotonic()
            if now - last < _REFRESH_EVERY_SECONDS:
                return
            last = now
            note = f"{progress.held:,} held" if progress.held else ""
            total = progress.total or None
            bars.update(task, description=_WORDS[progress.phase], completed=progress.done, total=total, note=note)
            bars.refresh()

        yield tell
