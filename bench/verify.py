"""Measure `deidra verify`: the search alone, and whole collections, with peak memory.

Usage: python -m bench.verify [FOLDER] [--series N] [--slices N]
The search is measured on headers of the CT corpus and on noise, with growing numbers of needles; the whole on a CT
collection that Deidra released. One core.
"""

from __future__ import annotations

import argparse
import functools
import random
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench import ct, nested
from bench.measure import run
from deidra.verify.attributes import Nature
from deidra.verify.forms import needles
from deidra.verify.search import Index, index_of, search

CHUNK_BYTES = 64 << 10
HEADER_BYTES = 6 << 10
SECONDS = 2.0
SEED = 20261121
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def people(count: int, rng: random.Random) -> Index:
    """The needles of so many invented people: a name, an id and a physician each."""
    found = []
    for number in range(count):
        names = ["".join(rng.choices(LETTERS, k=rng.randint(5, 11))).title() for _ in range(4)]
        known = [
            (Nature.NAME, f"{names[0]}^{names[1]}"),
            (Nature.NAME, f"{names[2]}^{names[3]}"),
            (Nature.ID, f"{rng.randrange(10**9):09d}"),
        ]
        found += [(needle, number) for nature, value in known for needle in needles(nature, value) if needle.wide]
    return index_of(found)


def megabytes_per_second(index: Index, data: bytes) -> float:
    """How fast one core searches the data, in chunks as the verifier reads them."""
    chunks = [data[start : start + CHUNK_BYTES] for start in range(0, len(data), CHUNK_BYTES)]
    done, began = 0, time.process_time()
    while time.process_time() - began < SECONDS:
        for chunk in chunks:
            search(index, chunk)
        done += len(data)
    return done / (time.process_time() - began) / 1e6


def search_speed() -> None:
    """Needles in headers and in noise."""
    rng = random.Random(SEED)
    headers = b"".join(bytes(image[:HEADER_BYTES]) for series in range(4) for image in ct.instances(series, 200, SEED))
    noise = rng.randbytes(8 << 20)
    print(f"{'needles':>9}  {'headers MB/s':>12}  {'noise MB/s':>10}  {'built in s':>10}")
    for count in (100, 1_000, 10_000, 100_000):
        began = time.process_time()
        index = people(count, rng)
        built = time.process_time() - began
        speeds = [megabytes_per_second(index, data) for data in (headers, noise)]
        print(f"{len(index.needles):>9,}  {speeds[0]:>12.0f}  {speeds[1]:>10.0f}  {built:>10.2f}")


def whole(folder: Path, name: str, make: Callable[[Path], object]) -> None:
    """A collection released by Deidra, verified by the ledger and beside its sources."""
    base = folder / name
    shutil.rmtree(base, ignore_errors=True)
    make(base / "in")
    deidra = Path(sys.executable).parent / "deidra"
    source, out = str(base / "in"), str(base / "out")
    run([str(deidra), "run", source, out, "--set", "pixels.unexamined=release", "--quiet"])
    size = sum(path.stat().st_size for path in Path(out).rglob("*") if path.is_file())
    files = sum(1 for path in Path(out).rglob("*") if path.is_file())
    for what, more in (("by the ledger", []), ("beside the sources", ["--source", source, "--no-validators"])):
        command = [str(deidra), "verify", out, "--jobs", "1", "--ocr", "none", "--quiet", *more]
        cost = run(command)
        print(
            f"{name:<14} {what:<18} {files:>5} files {size / 1e6:>7.0f} MB  "
            f"{1e3 * cost.cpu_seconds / files:>6.1f} ms/file  "
            f"{size / cost.cpu_seconds / 1e6:>5.0f} MB/s  {cost.peak_bytes / 1e6:>5.0f} MB peak"
        )


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).parent / "out" / "verify")
    parser.add_argument("--series", type=int, default=3)
    parser.add_argument("--slices", type=int, default=100)
    arguments = parser.parse_args()
    search_speed()
    whole(arguments.folder, "ct", lambda folder: ct.write_corpus(folder, SEED, arguments.series, arguments.slices))
    for kind in ("sr", "rtstruct", "enhanced-ct"):
        copies = functools.partial(nested.write_copies, kind=kind, undefined=True, copies=20, seed=SEED)
        whole(arguments.folder, kind, copies)


if __name__ == "__main__":
    main()
