"""Plant a corpus, give it to Deidra and to its peers, and write down leaks, utility, conformance and cost in one table.

    python -m bench.peers                       docs/benchmarks.md and its plots
    python -m bench.peers --subjects 2 --dry    a quick look, nothing written

Speed never stands alone: whoever copies files unchanged is the fastest of all.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from bench.machine import machine
from bench.peers_plot import bars, grid
from bench.peers_tools import Tool, deidra, installed
from deidra.errors import UsageError
from deidra.score.corpus import plant_corpus, score_output
from deidra.score.key import read_key
from deidra.score.match import described, matched
from deidra.score.quiet import quiet
from deidra.score.unpack import unpack

if TYPE_CHECKING:
    from deidra.score.result import Rate, Score
    from deidra.score.truth import Key

HERE = Path(__file__).parent
DOCS = HERE.parent / "docs"
WORK = HERE / "out" / "planted"
sys.path.insert(0, str(HERE.parent / "tests"))

from conformance.findings import object_verdict  # noqa: E402 - lies with the tests


class Line(NamedTuple):
    """What became of the corpus in one tool's hands, and what it took."""

    tool: Tool
    score: Score
    new_errors: int
    validated: int
    cpu_seconds: float
    peak_bytes: int
    exit_code: int


def costed(commands: list[list[str]]) -> tuple[float, int, int]:
    """CPU seconds, peak memory in bytes of the largest process, and the last exit code."""
    cpu, peak, code = 0.0, 0, 0
    for command in commands:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = code = os.waitstatus_to_exitcode(status)
        cpu += usage.ru_utime + usage.ru_stime
        peak = max(peak, usage.ru_maxrss * 1024)
    return cpu, peak, code


def measured(tool: Tool, source: Path, key_file: Path, key: Key, before: dict[int, Counter[str]]) -> Line | None:
    """Run one tool on the planted corpus and judge what it wrote; None when nothing of it can be recognised."""
    out = WORK / tool.name
    for path in (out, out.with_name(f"{out.name}.deidra")):
        shutil.rmtree(path, ignore_errors=True)
    cpu, peak, code = costed(tool.commands(source, out))
    out.mkdir(exist_ok=True)
    try:
        found = score_output(out, key_file)
    except UsageError as error:
        print(f"  {tool.name}: cannot be judged: {error.message}", flush=True)
        return None
    new, validated = conformance(out, key, before)
    print(f"  {tool.name}: leak {found.leak.rate:.2%}, utility {found.utility.rate:.2%}, {cpu:.1f} s CPU", flush=True)
    return Line(tool, found, new, validated, cpu, peak, code)


def conformance(out: Path, key: Key, before: dict[int, Counter[str]]) -> tuple[int, int]:
    """Errors of dciodvfy that the planted objects did not have, and how many objects it could read on both sides."""
    with quiet():
        files = [path for path in sorted(out.rglob("*")) if path.is_file()]
        read = [(path, unpack(path, out).dataset) for path in files]
        outputs = [described(number, ds) for number, (_, ds) in enumerate(read) if ds is not None]
    pairs = matched(key.objects, outputs, {}).pairs
    new = validated = 0
    for object_id, number in pairs.items():
        verdict = errors_of(files[number])
        if verdict is not None and object_id in before:
            new += sum((verdict - before[object_id]).values())
            validated += 1
    return new, validated


def errors_of(path: Path) -> Counter[str] | None:
    """The errors of one file; None when the validator could not read it whole."""
    found = object_verdict("dciodvfy", path)
    if found.crashed or found.gave_up:
        return None
    return Counter({str(finding): count for finding, count in found.findings.items() if finding.severity == "Error"})


def shown(rate: Rate) -> str:
    if not rate.total:
        return "-"
    return f"{rate.rate:.2%} ({rate.ci_low:.2%} - {rate.ci_high:.2%})"


def markdown(lines: list[Line], about: dict[str, str], corpus: str, megabytes: float, files: int) -> str:
    """The page."""
    rows = [
        "# Benchmarks: what leaks, what is lost, what it costs",
        "",
        "Written by `python -m bench.peers`; do not edit. How it is scored: [score.md](score.md).",
        "",
        f"{corpus} Measured on {about['date']}: {about['processor']}, {about['memory']}, {about['system']}, "
        f"Python {about['python']}. Rates with exact 95 % bounds. Errors are those that dciodvfy finds and did not "
        "find before. CPU time is user and system, per file of the source, start included; one process each.",
        "",
        "| tool | released | leaked | known identifiers leaked | kept | one shift | references closed | new errors "
        "| CPU per file | MB/s | peak memory |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for line in lines:
        score, structure = line.score, line.score.structure
        rows.append(
            f"| {line.tool.name} {line.tool.version} | {score.objects['released']} of {score.objects['planted']} "
            f"| {shown(score.leak)} | {shown(score.known_leak)} | {shown(score.utility)} "
            f"| {structure.intervals.rate:.1%} | {structure.references.rate:.1%} "
            f"| {line.new_errors} in {line.validated} objects | {line.cpu_seconds / files * 1000:.1f} ms "
            f"| {megabytes / line.cpu_seconds:.2f} | {line.peak_bytes / 1e6:.0f} MB |"
        )
    base = lines[0].score.baselines["identity-copy"]
    rows += [
        f"| *identical copy* | all | {shown(base.leak)} | {shown(base.known_leak)} | {shown(base.utility)} |"
        " | | | | | |",
        "| *everything removed* | all | 0 | 0 | 0 | | | | | | |",
        "",
        "Settings: " + "; ".join(f"{line.tool.name}: {line.tool.setting}" for line in lines) + ".",
        "",
        "![Leaks and utility of each tool](benchmarks/tools.svg)",
        "",
        "Leaks by carrier:",
        "",
        "![Leaks of each tool by carrier](benchmarks/carriers.svg)",
        "",
        "A tool that was not made for the purpose (dcmodify) or follows an old profile by design (gdcmanon keeps the "
        "originals encrypted) is measured by the same key: the table says what is in the files, not what was promised.",
        "",
    ]
    return "\n".join(rows)


def write(lines: list[Line], page: str) -> None:
    """The page and its two plots."""
    plots = DOCS / "benchmarks"
    plots.mkdir(exist_ok=True)
    rows = [
        (line.tool.name, line.score.leak.rate, (line.score.leak.ci_low, line.score.leak.ci_high),
         line.score.utility.rate, (line.score.utility.ci_low, line.score.utility.ci_high))
        for line in lines
    ]  # fmt: skip
    (plots / "tools.svg").write_text(bars(rows), encoding="utf-8")
    carriers = sorted({carrier for line in lines for carrier in line.score.carriers})
    rates = {
        (line.tool.name, carrier): rates.leak.rate
        for line in lines
        for carrier, rates in line.score.carriers.items()
        if rates.leak.total
    }
    (plots / "carriers.svg").write_text(grid([line.tool.name for line in lines], carriers, rates), encoding="utf-8")
    (DOCS / "benchmarks.md").write_text(page, encoding="utf-8")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Compare Deidra with its peers on a planted corpus.")
    parser.add_argument("--subjects", type=int, default=13)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--half", choices=["tune", "held-out"], default="held-out")
    parser.add_argument("--policy", default="public-research", help="Deidra's policy")
    parser.add_argument("--set", dest="settings", action="append", default=[], help="a setting of Deidra's policy")
    parser.add_argument("--deidra", default=str(Path(sys.executable).parent / "deidra"), help="the command to measure")
    parser.add_argument("--dry", action="store_true", help="write nothing under docs")
    return parser.parse_args()


def main() -> None:
    options, about = arguments(), machine()
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    source, key_file = WORK / "source", WORK / "key"
    made = plant_corpus(
        [], source, key_file, seed=options.seed, half=options.half, format_="deidra", subjects=options.subjects
    )
    key = read_key(key_file)
    size = sum(path.stat().st_size for path in source.rglob("*.dcm")) / 1e6
    corpus = (
        f"Corpus: {made.objects:,} invented objects of 19 kinds ({size:.0f} MB) with {made.things:,} planted things, "
        f"seed {options.seed}, {options.half} half."
    )
    print(corpus, flush=True)
    verdicts = {planted.id: errors_of(source / planted.file) for planted in key.objects}
    before = {object_id: found for object_id, found in verdicts.items() if found is not None}
    started = time.monotonic()
    tools = [deidra(options.deidra, options.policy, tuple(options.settings)), *installed()]
    judged = [(tool, measured(tool, source, key_file, key, before)) for tool in tools]
    lines = [line for _, line in judged if line is not None]
    left_out = [f"{tool.name} {tool.version}" for tool, line in judged if line is None]
    if left_out:
        corpus += f" Not judged, since nothing of their output can be recognised: {', '.join(left_out)}."
    page = markdown(lines, about, corpus, size, made.objects)
    results = {line.tool.name: msgspec.to_builtins(line.score) for line in lines}
    (WORK / "results.json").write_text(json.dumps(results, indent=1))
    print(f"\n{page}\nEvery figure: {WORK / 'results.json'} ({time.monotonic() - started:.0f} s)")
    if not options.dry:
        write(lines, page)


if __name__ == "__main__":
    main()
