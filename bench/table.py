"""The benchmark's table as Markdown, and its place in the README."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bench.measure import Ratio

START, END = "<!-- bench:start -->", "<!-- bench:end -->"


class Line(NamedTuple):
    """One row: what was measured, Deidra's figure, the other program's, their ratio, and what we aim at."""

    what: str
    deidra: str
    other: str
    ratio: Ratio | None
    aim: str


def seconds(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.2f} s"


def milliseconds(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.2f} ms"


def markdown(lines: Sequence[Line], about: dict[str, str]) -> str:
    """The table, below a sentence that says where, when and how it was measured."""
    rows = [
        f"Measured on {about['date']}: {about['processor']}, {about['memory']}, {about['system']}, "
        f"Python {about['python']}, load {about['load']} before the start. CPU time (user + system) unless "
        "said otherwise; ratios are medians, with the smallest and largest of the repetitions.",
        "",
        "| | Deidra | other | ratio | aim |",
        "|---|---:|---:|---:|---|",
    ]
    for line in lines:
        value = line.ratio
        ratio = "" if value is None else f"{value.median:.1f} ({value.low:.1f} - {value.high:.1f})"
        rows.append(f"| {line.what} | {line.deidra} | {line.other} | {ratio} | {line.aim} |")
    return "\n".join(rows)


def write_section(readme: Path, text: str) -> None:
    """Replace what stands between the two markers. AssertionError when they are missing."""
    content = readme.read_text(encoding="utf-8")
    assert START in content, f"{readme.name} has no {START}"
    assert END in content, f"{readme.name} has no {END}"
    before, rest = content.split(START, 1)
    after = rest.split(END, 1)[1]
    readme.write_text(f"{before}{START}\n{text}\n{END}{after}", encoding="utf-8")
