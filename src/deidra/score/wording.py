"""A score in words and columns."""

from __future__ import annotations

from collections.abc import Iterable

from deidra.score.result import Rate, Rates, Score

_PLACES_SHOWN = 25


def as_text(score: Score) -> str:
    """The whole result for people: the rates beside the baselines, then where and of what kind."""
    mine = Rates(score.leak, score.known_leak, score.utility)
    lines = [
        _objects(score),
        "",
        *_table("", {"this output": mine, **score.baselines}),
        "",
        f"dates moved by one shift per subject  {_shown(score.structure.intervals)}",
        f"references still closed               {_shown(score.structure.references)}",
        f"new identifiers one to one            {_shown(score.structure.bijectivity)}",
    ]
    for title, groups in (("carrier", score.carriers), ("kind", score.kinds), ("hardness", score.hardness)):
        lines += ["", *_table(title, groups)]
    lines += ["", f"{score.checks:,} checks, {score.unscored:,} without a verdict"]
    lines += [f"  {count:,} {why}" for why, count in score.unscored_why.items()]
    if score.leak_places:
        shown = list(score.leak_places.items())[:_PLACES_SHOWN]
        lines += ["", "leaks are at", *(f"  {count:>7,} {place}" for place, count in shown)]
        if len(score.leak_places) > len(shown):
            lines.append(f"          and {len(score.leak_places) - len(shown):,} more places")
    if score.midi_b is not None:
        from deidra.score.midi_b.wording import official

        lines += ["", *official(score.midi_b)]
    return "\n".join(lines)


def _objects(score: Score) -> str:
    counts = score.objects
    words = f"{counts['released']:,} of {counts['planted']:,} planted objects are in the output"
    if counts.get("foreign"):
        words += f"; {counts['foreign']:,} objects there belong to none of them"
    if counts.get("no_dicom"):
        words += f"; {counts['no_dicom']:,} files are no DICOM objects"
    ways = ", ".join(f"{count:,} by {way}" for way, count in score.matching.items())
    return f"{words} (recognised: {ways or 'none'})"


def _table(title: str, groups: dict[str, Rates]) -> Iterable[str]:
    width = max([len(title), *map(len, groups)], default=0)
    yield f"{title:<{width}}  {'leak':<36}  {'known leak':<36}  utility"
    for name, rates in groups.items():
        yield (
            f"{name:<{width}}  {_shown(rates.leak):<36}  {_shown(rates.known_leak):<36}  {_shown(rates.utility)}"
        )


def _shown(rate: Rate) -> str:
    if not rate.total:
        return "-"
    counts = f"{rate.count:,}/{rate.total:,}"
    return f"{counts:>15} {rate.rate:7.2%} ({rate.ci_low:.2%}-{rate.ci_high:.2%})"
