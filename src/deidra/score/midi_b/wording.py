"""The script's own count in words."""

from __future__ import annotations

from collections.abc import Iterator

from deidra.score.result import MidiB


def official(found: MidiB) -> Iterator[str]:
    """Lines about the score as MIDI-B publishes it."""
    total = found.passed + found.failed + found.blank
    yield f"MIDI-B, every instance: {found.instances:.2%} ({found.passed:,} of {total:,} checks)"
    yield f"MIDI-B, worst of each series: {found.series:.2%}"
    if found.uncategorised:
        yield f"  {found.uncategorised:,} checks have no category code: the official reports leave them out or stop"
    width = max(map(len, (*found.actions, *found.families)), default=0)
    for groups in (found.actions, found.families):
        yield f"{'':<{width}}  {'passed':>10} {'failed':>10} {'blank':>8}"
        for name, (passed, failed, blank) in groups.items():
            yield f"{name:<{width}}  {passed:>10,} {failed:>10,} {blank:>8,}"
