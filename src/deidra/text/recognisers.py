"""Recognisers from outside: further programs that may point at what has to go, and never keep anything."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, runtime_checkable

from deidra.errors import Held, UsageError
from deidra.text.spans import Span

GROUP = "deidra.recognisers"


@runtime_checkable
class Recogniser(Protocol):
    """What an entry point of the group `deidra.recognisers` gives when it is called without arguments."""

    name: str

    def find(self, text: str) -> Iterable[tuple[int, int, str]]:
        """Start, end (characters of `text`) and kind of everything that has to go."""
        ...


def load_recognisers(names: Sequence[str]) -> tuple[Recogniser, ...]:
    """The installed recognisers of these `names`. UsageError("unknown-recogniser") when one is missing."""
    if not names:
        return ()
    from importlib.metadata import entry_points  # reads a file of every package that is installed

    installed = {point.name: point for point in entry_points(group=GROUP)}
    missing = sorted(set(names) - installed.keys())
    if missing:
        raise UsageError("unknown-recogniser", f"not installed: {', '.join(missing)}")
    return tuple(installed[name].load()() for name in names)


def recognised(text: str, recognisers: Iterable[Recogniser]) -> list[Span]:
    """What `recognisers` find. Held("recogniser-failed") when one of them fails: its silence proves nothing."""
    spans = []
    for recogniser in recognisers:
        try:
            found = [(max(0, start), min(len(text), end), kind) for start, end, kind in recogniser.find(text)]
        except Exception as error:
            raise Held("recogniser-failed", f"the recogniser {recogniser.name!r} failed") from error
        spans += [Span(start, end, kind, f"plugin:{recogniser.name}") for start, end, kind in found if start < end]
    return spans
