"""What a score says: rates with exact bounds, for the whole and for each carrier, kind and hardness."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from deidra.score.intervals import clopper_pearson
from deidra.score.judge import Verdict
from deidra.score.truth import Truth


class Rate(msgspec.Struct, frozen=True):
    """`count` of `total`, with the 95 % bounds of Clopper and Pearson. Where `total` is 0 nothing was seen."""

    rate: float
    ci_low: float
    ci_high: float
    count: int
    total: int


class Rates(msgspec.Struct, frozen=True):
    """Of what must go, how much is still there, all and what headers know; of what must stay, how much did."""

    leak: Rate
    known_leak: Rate
    utility: Rate


class Structure(msgspec.Struct, frozen=True):
    """What only the whole collection shows."""

    intervals: Rate  # dates moved by the one shift of their subject
    references: Rate  # UIDs that became what the same UID became elsewhere
    bijectivity: Rate  # UIDs and Patient IDs whose new value no other original has


class MidiB(msgspec.Struct, frozen=True):
    """The score as the MIDI-B validation script counts it: checks passed of all checks, blank ones failing.

    `actions`: action -> [passed, failed, blank]. `instances` counts every check, `series` the worst instance of each
    (action, place, series). `uncategorised`: checks whose category codes are null, which the script cannot report.
    """

    instances: float
    series: float
    passed: int
    failed: int
    blank: int
    unscored: int
    actions: dict[str, tuple[int, int, int]]
    families: dict[str, tuple[int, int, int]]
    uncategorised: int


class Score(msgspec.Struct, frozen=True):
    """The whole result; `unscored` counts checks without a verdict, `unscored_why` says why.

    `leak_places`: where in the output something was found that had to go, and in how many objects.
    """

    leak: Rate
    known_leak: Rate
    utility: Rate
    checks: int
    unscored: int
    unscored_why: dict[str, int]
    objects: dict[str, int]
    matching: dict[str, int]
    structure: Structure
    carriers: dict[str, Rates]
    kinds: dict[str, Rates]
    hardness: dict[str, Rates]
    baselines: dict[str, Rates]
    leak_places: dict[str, int] = {}
    midi_b: MidiB | None = None


class Judged(msgspec.Struct, frozen=True):
    """A truth with its verdict."""

    truth: Truth
    verdict: Verdict
    why: str = ""


def rate(count: int, total: int) -> Rate:
    """A rate with its bounds."""
    low, high = clopper_pearson(count, total)
    return Rate(count / total if total else 0.0, low, high, count, total)


def rates(judged: Iterable[Judged]) -> Rates:
    """The three rates of some judged truths; those without a verdict count nowhere."""
    leaked = gone = known_leaked = known_gone = kept = lost = 0
    for one in judged:
        if one.verdict == "leaked":
            leaked += 1
            known_leaked += one.truth.known
        elif one.verdict == "gone":
            gone += 1
            known_gone += one.truth.known
        elif one.verdict == "kept":
            kept += 1
        elif one.verdict == "lost":
            lost += 1
    return Rates(rate(leaked, leaked + gone), rate(known_leaked, known_leaked + known_gone), rate(kept, kept + lost))


def by(judged: Iterable[Judged], name: Callable[[Truth], str]) -> dict[str, Rates]:
    """The three rates for each value of `name`, in order of names."""
    groups: dict[str, list[Judged]] = {}
    for one in judged:
        groups.setdefault(name(one.truth), []).append(one)
    return {group: rates(groups[group]) for group in sorted(groups)}
