"""Feed the engine damaged objects for as long as you like. The same target as in tests/dicom, run longer.

    python tools/fuzz_stream.py --seconds 600 --seed 7 --crashes fuzz-crashes

Every object that breaks a promise is saved with the reason beside it. Coverage guides the mutations where atheris
is installed (--plain does without). Exits with 1 when something was found.
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

if TYPE_CHECKING:
    from dicom.fuzzing import Seed

POLICIES = ("public-research", "basic")
TELL_SECONDS = 10


class Findings:
    """What was found, each kind saved a few times."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.kinds: Counter[str] = Counter()
        self.executions = 0
        self.started = time.monotonic()

    def note(self, contents: list[bytes], found: list[str], origin: str) -> None:
        """Save the objects under the digest of their content, the reason beside them."""
        self.executions += 1
        for what in found[:1]:
            kind = "".join(mark for mark in what if not mark.isdigit())[:80]
            self.kinds[kind] += 1
            if self.kinds[kind] > 5:
                continue
            self.folder.mkdir(parents=True, exist_ok=True)
            digest = hashlib.sha256(b"".join(contents)).hexdigest()[:16]
            for number, content in enumerate(contents):
                (self.folder / f"{digest}-{number}.dcm").write_bytes(content)
            (self.folder / f"{digest}.txt").write_text("\n".join([origin, *found]) + "\n")
            print(f"found in {origin}: {what} -> {digest}", flush=True)

    def rate(self) -> str:
        """Executions so far, and per second."""
        seconds = time.monotonic() - self.started
        rate = self.executions / max(seconds, 0.001)
        return f"{self.executions} executions, {rate:.0f}/s, {sum(self.kinds.values())} findings"


def run_plain(seconds: float, seed: int, findings: Findings, work: Path) -> None:
    """Mutate the seeds in turn, now and then four of one seed as a series."""
    from dicom.fuzzing import SERIES_SEEDS, Seed, check, check_series, mutated, numbered, seeds

    rng = random.Random(seed)
    prepared = {name: Seed(content) for name, content in seeds().items()}
    ends, tells = time.monotonic() + seconds, time.monotonic() + TELL_SECONDS
    while time.monotonic() < ends:
        name = rng.choice(sorted(prepared))
        policy = rng.choice(POLICIES)
        if rng.random() < 0.1:
            name = rng.choice(SERIES_SEEDS)
            contents = [numbered(prepared[name].content, number) for number in range(4)]
            for number in rng.sample(range(4), 2):
                contents[number] = mutated(Seed(contents[number]), rng)
            findings.note(contents, check_series(contents, policy), name)
        else:
            content = mutated(prepared[name], rng)
            findings.note([content], check(content, work, policy), name)
        if time.monotonic() > tells:
            print(findings.rate(), flush=True)
            tells += TELL_SECONDS


def run_guided(seconds: float, seed: int, findings: Findings, work: Path) -> None:
    """Let coverage choose: the corpus are the seeds, the mutator is ours or libFuzzer's. Ends the process."""
    import atheris

    with atheris.instrument_imports(include=["deidra"]):
        from dicom.fuzzing import Seed, check, mutated, seeds

    corpus = work / "corpus"
    corpus.mkdir()
    for name, content in seeds().items():
        (corpus / hashlib.sha256(name.encode()).hexdigest()[:16]).write_bytes(content)

    def one_input(content: bytes) -> None:
        policy = POLICIES[len(content) % 2]
        findings.note([content], check(content, work, policy), "guided")

    def mutate(content: bytes, longest: int, number: int) -> bytes:
        rng = random.Random(number)
        if rng.random() < 0.2 and not _named(content):
            return atheris.Mutate(content, longest)
        return mutated(_as_seed(Seed, content), rng)[:longest]

    options = [f"-max_total_time={int(seconds)}", f"-seed={seed}", "-max_len=100000", "-timeout=30", str(corpus)]
    atheris.Setup([sys.argv[0], *options], one_input, custom_mutator=mutate)
    atheris.Fuzz()


def _named(content: bytes) -> bool:
    """libFuzzer copies bytes about, names too, which says nothing of the rules."""
    return b"eedle" in content.lower()


def _as_seed(kind: type[Seed], content: bytes) -> Seed:
    return kind(content or b"\0")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--crashes", type=Path, default=Path("fuzz-crashes"))
    parser.add_argument("--plain", action="store_true", help="do without atheris even where it is installed")
    options = parser.parse_args()
    findings = Findings(options.crashes)
    with tempfile.TemporaryDirectory(prefix="deidra-fuzz-") as work:
        arguments = (options.seconds, options.seed, findings, Path(work))
        if options.plain or not _has_atheris():
            run_plain(*arguments)
            print(findings.rate())
            for kind, count in findings.kinds.most_common():
                print(f"{count:6d}  {kind}")
            return 1 if findings.kinds else 0
        before = set(options.crashes.glob("*.txt"))
        guided = multiprocessing.get_context("fork").Process(target=run_guided, args=arguments)
        guided.start()
        guided.join()
        return 1 if guided.exitcode or set(options.crashes.glob("*.txt")) - before else 0


def _has_atheris() -> bool:
    try:
        import atheris  # noqa: F401
    except ImportError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
