"""Run programs side by side and count what they cost.

Imports nothing large: a child's peak memory starts at the size of the process that started it.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


class Cost(NamedTuple):
    """What one run of a program and of all processes that it waited for took."""

    user_seconds: float
    system_seconds: float
    wall_seconds: float
    peak_bytes: int  # of the largest single process

    @property
    def cpu_seconds(self) -> float:
        return self.user_seconds + self.system_seconds


class Ratio(NamedTuple):
    """A ratio measured pairwise: median, smallest and largest over the repetitions."""

    median: float
    low: float
    high: float


class Program(NamedTuple):
    """A command, and what must be done (unmeasured) before and after each of its runs."""

    command: Sequence[str]
    before: Callable[[], None]
    after: Callable[[], None]


def run(command: Sequence[str]) -> Cost:
    """Run one command to its end. AssertionError with its output when it does not exit with 0."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall_seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    text = output.decode(errors="replace")[-2000:]
    assert process.returncode == 0, f"{' '.join(command)} exited with {process.returncode}\n{text}"
    return Cost(usage.ru_utime, usage.ru_stime, wall_seconds, usage.ru_maxrss * 1024)


def interleaved(programs: Mapping[str, Program], repetitions: int) -> dict[str, list[Cost]]:
    """Run every program once per repetition, in turn, so that a busy moment touches all of them."""
    costs: dict[str, list[Cost]] = {name: [] for name in programs}
    for repetition in range(repetitions):
        for name, program in programs.items():
            program.before()
            costs[name].append(run(program.command))
            program.after()
            print(
                f"  {repetition + 1}/{repetitions} {name}: {costs[name][-1].cpu_seconds:.2f} s CPU",
                flush=True,
            )
    return costs


def ratio(above: Sequence[float], below: Sequence[float]) -> Ratio:
    """The ratios of two programs' figures, repetition by repetition."""
    ratios = [a / b for a, b in zip(above, below, strict=True)]
    return Ratio(statistics.median(ratios), min(ratios), max(ratios))
