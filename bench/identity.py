"""How fast identities derive, and what a vault costs.

Usage: python -m bench.identity [--postgresql URL] [--subjects N] [--processes N]

Derivation is CPU seconds of one process, best of five. Numbers given in turn are wall seconds of all processes
that ask for the same N subjects at once, each in an order of its own; the answers are checked.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import secrets
import tempfile
import time
from pathlib import Path

from deidra.identity.pseudonyms import identity, subject_key
from deidra.identity.schemes import sequential
from deidra.identity.vault import opening, projects
from deidra.identity.vault.crosswalk import Pair, find
from deidra.run.keeper import record

_UIDS = 200_000
_RECORDS = 50_000


def uids_per_second() -> float:
    """New UIDs derived by one core in a second."""
    who = identity(secrets.token_bytes(32), shift_range_days=(30, 300))
    originals = [f"1.2.840.113619.2.55.3.{number}.{number * 7919}" for number in range(_UIDS)]
    return max(_rate(lambda: [who.uid(original) for original in originals], _UIDS) for _ in range(5))


def subjects_per_second() -> float:
    """Pseudonyms and date shifts derived by one core in a second."""
    who = identity(secrets.token_bytes(32), shift_range_days=(30, 300))
    keys = [_key(number) for number in range(_UIDS)]
    return max(_rate(lambda: [who.subject(key) for key in keys], _UIDS) for _ in range(5))


def records_per_second(folder: Path) -> tuple[float, float]:
    """(records written, records looked up) in a CPU second, in one SQLite vault."""
    folder.mkdir()
    opening.create(folder, settings=projects.new_settings("keyed", crosswalk=True))
    with opening.opened(folder) as vault:
        pairs = [Pair("instance", f"1.2.840.{number}", f"2.25.{number}", "P") for number in range(_RECORDS)]
        written = _rate(lambda: record(vault, iter(pairs)), _RECORDS)
        found = _rate(lambda: [find(vault.store, vault.project, f"2.25.{number}") for number in range(2000)], 2000)
    return written, found


def numbered(folder: Path, address: str, subjects: int, processes: int) -> float:
    """Seconds until `processes` have numbers for the same subjects; raises AssertionError when they do not agree."""
    folder.mkdir()
    settings = projects.new_settings("sequential", crosswalk=True)
    opening.create(folder, vault=address, settings=settings, unlock=f"file:{folder / 'key'}")
    start = time.perf_counter()
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        answers = pool.starmap(_number, [(folder, subjects, seed) for seed in range(processes)], chunksize=1)
    seconds = time.perf_counter() - start
    assert all(answer == answers[0] for answer in answers), "two processes disagree"
    assert sorted(answers[0].values()) == [f"SUBJ{number:06d}" for number in range(1, subjects + 1)], "lost or doubled"
    with opening.opened(folder) as vault:
        ((count,),) = vault.store.rows("SELECT count(*) FROM crosswalk")
    assert count == subjects, "rows lost or doubled"
    return seconds


def _number(folder: Path, subjects: int, seed: int) -> dict[str, str]:
    order = random.Random(seed).sample(range(subjects), subjects)
    with opening.opened(folder) as vault:
        scheme = sequential(vault)
        given: dict[str, str] = {}
        for begin in range(0, subjects, 5000):  # in parts, so that processes meet in the middle of their work
            given |= scheme([_key(number) for number in order[begin : begin + 5000]]) or {}
    return given


def _key(number: int) -> str:
    return subject_key(f"MRN{number:08d}", "HOSPITAL", "", "", "")


def _rate(work: object, count: int) -> float:
    start = time.process_time()
    work()  # type: ignore[operator]
    return count / (time.process_time() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--postgresql", metavar="URL", help="an empty database of a PostgreSQL server")
    parser.add_argument("--subjects", type=int, default=100_000)
    parser.add_argument("--processes", type=int, default=8)
    chosen = parser.parse_args()
    print(f"{uids_per_second():>12,.0f} UIDs derived per CPU second")
    print(f"{subjects_per_second():>12,.0f} subjects derived per CPU second")
    with tempfile.TemporaryDirectory(prefix="deidra-bench-") as name:
        folder = Path(name)
        written, found = records_per_second(folder / "records")
        print(f"{written:>12,.0f} crosswalk records written per CPU second")
        print(f"{found:>12,.0f} crosswalk records looked up per CPU second")
        for title, address in (("SQLite", str(folder / "vault.sqlite")), ("PostgreSQL", chosen.postgresql)):
            if address:
                seconds = numbered(folder / title, address, chosen.subjects, chosen.processes)
                asked = chosen.subjects * chosen.processes
                print(f"{seconds:>10.1f} s {title}: {chosen.processes} processes, {asked:,} askings, none lost")


if __name__ == "__main__":
    main()
