"""Measure Deidra beside `cp -r` and beside pydicom reading and writing the same files unchanged.

Usage: python -m bench.run [--write-readme] [--repetitions N] [--only PART ...] [--deidra COMMAND]

CPU is user + system time of the whole process tree. Programs run in turn, each `--repetitions` times; a ratio
is taken repetition by repetition and printed as median (smallest - largest). The cost of one object is the
difference between a run over many objects and a run over one, divided by the difference in number: start-up
cancels out, and everything that happens per object counts (discovery, ledger, report).

Before each run the same files are copied and the copies deleted, unmeasured: on a virtual machine the first
use of a page of memory costs more than all the rest of a copy, and every program shall find the same state.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bench import table
from bench.machine import machine
from bench.measure import Cost, Program, interleaved, ratio, run
from bench.table import Line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

HERE = Path(__file__).parent
OUT = HERE / "out"
CORPORA = OUT / "corpora"
PEER = (sys.executable, str(HERE / "peer_pydicom.py"))
NESTED = {
    "enhanced-ct": "Enhanced CT, 300 frames",
    "rtstruct": "RTSTRUCT, 100,000 points",
    "sr": "SR, 750 elements",
}
# pydicom takes up to a second for each of these when it visits every element: fewer of them tell as much.
PARSED_COPIES = {"enhanced-ct": 8, "rtstruct": 8, "sr": 60}
MOSTLY_KEPT = 0.9


class Bench(NamedTuple):
    """Where to work, what to measure, how often."""

    scratch: Path
    deidra: str
    repetitions: int
    costs: dict[str, dict[str, list[Cost]]]
    kept: dict[str, float]  # corpus -> share of the source's bytes in what Deidra wrote

    def measure(self, part: str, programs: dict[str, Program]) -> dict[str, list[Cost]]:
        print(part, flush=True)
        self.costs[part] = interleaved(programs, self.repetitions)
        return self.costs[part]


def sizes(folder: Path) -> list[int]:
    """Bytes of every file below a folder."""
    return [path.stat().st_size for path in folder.rglob("*") if path.is_file()]


def program(bench: Bench, command: Sequence[str], source: Path) -> Program:
    """A command that writes one file for each file of `source` into the scratch folder's `out`."""
    out = bench.scratch / "out"

    def clear() -> None:
        for path in (out, bench.scratch / "out.deidra"):
            shutil.rmtree(path, ignore_errors=True)

    def prepare() -> None:
        clear()
        if source != CORPORA / "large":
            subprocess.run(("cp", "-r", str(source), str(out)), check=True)
            clear()

    def check() -> None:
        written, given = sizes(out), sizes(source)
        assert len(written) == len(given), f"{command[0]} wrote {len(written)} files of {len(given)}"
        if command[0] == bench.deidra:
            bench.kept[source.name] = sum(written) / sum(given)
        clear()

    return Program(command, prepare, check)


def deidra(bench: Bench, source: Path, jobs: int = 1) -> Program:
    out = str(bench.scratch / "out")
    without_pixels = ("--set", "pixels.unexamined=release", "--set", "options=-clean-pixel-data")
    options = ("--jobs", str(jobs), "--quiet", *without_pixels)
    return program(bench, (bench.deidra, "run", str(source), out, *options), source)


def pydicom(bench: Bench, source: Path, mode: str) -> Program:
    return program(bench, (*PEER, mode, str(source), str(bench.scratch / "out")), source)


def subset(bench: Bench, corpus: str, count: int) -> Path:
    """A folder with copies of the first `count` objects of a corpus."""
    target = bench.scratch / f"{corpus}-{count}"
    if not target.exists():
        target.mkdir()
        for number, path in enumerate(sorted((CORPORA / corpus).rglob("*.dcm"))[:count]):
            shutil.copyfile(path, target / f"{number}.dcm")
    return target


def cpu(costs: list[Cost]) -> list[float]:
    return [cost.cpu_seconds for cost in costs]


def per_object_ms(many: list[Cost], one: list[Cost], count: int) -> list[float]:
    """CPU milliseconds of one object, by difference. The single run's median keeps its noise out."""
    start = statistics.median(cpu(one))
    return [(value - start) / (count - 1) * 1000 for value in cpu(many)]


def start_up(bench: Bench) -> list[Line]:
    command = (bench.deidra, "--version")
    run(command)
    costs = bench.costs["start-up"] = {"deidra": [run(command) for _ in range(10)]}
    walls = [cost.wall_seconds for cost in costs["deidra"]]
    value = f"{statistics.median(walls):.3f} s ({min(walls):.3f} - {max(walls):.3f})"
    return [Line("`deidra --version`, wall clock", value, "", None, "at most 0.15 s")]


def ct(bench: Bench) -> list[Line]:
    source, one = CORPORA / "ct", subset(bench, "ct", 1)
    out = str(bench.scratch / "out")
    costs = bench.measure(
        "ct",
        {
            "cp -r": program(bench, ("cp", "-r", str(source), out), source),
            "deidra": deidra(bench, source),
            "pydicom lazy": pydicom(bench, source, "lazy"),
            "pydicom parsed": pydicom(bench, source, "parsed"),
            "deidra, 1 object": deidra(bench, one),
            "pydicom, 1 object": pydicom(bench, one, "lazy"),
        },
    )
    ours, copy, lazy, parsed = (cpu(costs[name]) for name in ("deidra", "cp -r", "pydicom lazy", "pydicom parsed"))
    count = len(sizes(source))
    loop = per_object_ms(costs["deidra"], costs["deidra, 1 object"], count)
    peer_loop = per_object_ms(costs["pydicom lazy"], costs["pydicom, 1 object"], count)
    s, ms = table.seconds, table.milliseconds
    return [
        Line("2,000 CT, whole process: `cp -r`", s(ours), s(copy), ratio(ours, copy), "at most 4"),
        Line("the same: pydicom read + write", s(ours), s(lazy), ratio(lazy, ours), "at least 5"),
        Line("the same: every element parsed", s(ours), s(parsed), ratio(parsed, ours), ""),
        Line("one CT, start-up excluded", ms(loop), ms(peer_loop), ratio(peer_loop, loop), ""),
    ]


def nested(bench: Bench, kind: str, lengths: str) -> list[Line]:
    corpus = f"{kind}-{lengths}"
    source = CORPORA / corpus
    count, fewer = len(sizes(source)), PARSED_COPIES[kind]
    one, few = subset(bench, corpus, 1), subset(bench, corpus, fewer)
    costs = bench.measure(
        corpus,
        {
            "deidra": deidra(bench, source),
            "deidra, 1 object": deidra(bench, one),
            "pydicom lazy": pydicom(bench, source, "lazy"),
            "pydicom lazy, 1 object": pydicom(bench, one, "lazy"),
            "pydicom parsed": pydicom(bench, few, "parsed"),
            "pydicom parsed, 1 object": pydicom(bench, one, "parsed"),
        },
    )

    def loop(name: str, objects: int) -> list[float]:
        return per_object_ms(costs[name], costs[f"{name}, 1 object"], objects)

    ours, lazy, parsed = loop("deidra", count), loop("pydicom lazy", count), loop("pydicom parsed", fewer)
    ms, title, aim = table.milliseconds, f"{NESTED[kind]}, {lengths} lengths", "at least 8"
    if bench.kept[corpus] < MOSTLY_KEPT:  # what is not written costs nothing: the reader must know
        title += f" ({bench.kept[corpus]:.0%} of its bytes remain)"
    unread = aim if lengths == "undefined" else "none: pydicom copies these sequences unread"
    return [
        Line(f"{title}: pydicom read + write", ms(ours), ms(lazy), ratio(lazy, ours), unread),
        Line(f"{title}: every element parsed", ms(ours), ms(parsed), ratio(parsed, ours), aim),
    ]


def large(bench: Bench) -> list[Line]:
    size = next((CORPORA / "large").iterdir()).stat().st_size
    once = bench._replace(repetitions=1)
    costs = once.measure("large", {"deidra": deidra(once, CORPORA / "large")})
    peak = f"{costs['deidra'][0].peak_bytes / 1e6:.0f} MB"
    return [Line(f"peak memory for one object of {size / 1e9:.1f} GB", peak, "", None, "at most 150 MB")]


def workers(bench: Bench) -> list[Line]:
    source = CORPORA / "ct-many"
    costs = bench.measure("workers", {f"--jobs {jobs}": deidra(bench, source, jobs) for jobs in (1, 2)})
    one, two = ([cost.wall_seconds for cost in costs[f"--jobs {jobs}"]] for jobs in (1, 2))
    title = "10,000 small CT, wall clock: 2 workers and 1"
    return [
        Line(title, table.seconds(two), table.seconds(one), ratio(one, two), "at least 1.7, idle machine"),
        _two_processes(bench),
    ]


def _two_processes(bench: Bench) -> Line:
    """What two processes gain on this machine when they share nothing: no program can gain more."""
    count = (sys.executable, "-c", "for _ in range(30_000_000): pass")
    both = (sys.executable, "-c", f"import subprocess as s\nfor p in [s.Popen({count!r}) for _ in (1, 2)]: p.wait()")
    programs = {name: Program(command, _nothing, _nothing) for name, command in (("one", count), ("two", both))}
    costs = bench.measure("two-processes", programs)
    one, two = ([cost.wall_seconds for cost in costs[name]] for name in ("one", "two"))
    twice = [2 * seconds for seconds in one]
    title = "the same of a bare loop of Python: what the machine can give"
    return Line(title, table.seconds(two), table.seconds(twice), ratio(twice, two), "")


def _nothing() -> None:
    pass


def parts() -> dict[str, Callable[[Bench], list[Line]]]:
    steps: dict[str, Callable[[Bench], list[Line]]] = {"start-up": start_up, "ct": ct}
    for kind in NESTED:
        for lengths in ("undefined", "defined"):
            steps[f"{kind}-{lengths}"] = partial(nested, kind=kind, lengths=lengths)
    return steps | {"large": large, "workers": workers}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure Deidra beside cp and pydicom.")
    parser.add_argument("--write-readme", action="store_true", help="put the table into README.md")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=list(parts()), help="measure these parts alone")
    parser.add_argument("--deidra", default=str(Path(sys.executable).parent / "deidra"), help="the command to measure")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    # In a process of its own: what is imported here would count in every child's peak memory.
    subprocess.run((sys.executable, "-m", "bench.generate", str(CORPORA)), check=True, cwd=HERE.parent)
    about, lines = machine(), list[Line]()
    with tempfile.TemporaryDirectory(dir=OUT, prefix="run-") as scratch:
        bench = Bench(Path(scratch), options.deidra, options.repetitions, {}, {})
        try:
            for name, step in parts().items():
                if not options.only or name in options.only:
                    lines += step(bench)
        finally:  # what was measured before something failed took minutes
            text = table.markdown(lines, about)
            results = {"machine": about, "lines": [line._asdict() for line in lines]}
            results |= {"costs": bench.costs, "kept": bench.kept}
            (OUT / "results.json").write_text(json.dumps(results, indent=1))
            print(f"\n{text}\n\nEvery single figure: {OUT / 'results.json'}")
    if options.write_readme:
        table.write_section(HERE.parent / "README.md", text)


if __name__ == "__main__":
    main()
