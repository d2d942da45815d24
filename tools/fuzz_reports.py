"""Damage structured reports for a while and print what comes through: python tools/fuzz_reports.py [SECONDS] [SEED]."""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from dicom.report_fuzzing import check, damaged


def main() -> int:
    given = [int(argument) for argument in sys.argv[1:]]
    seconds, seed = (*given, *(60, 1)[len(given) :])
    rng, end = random.Random(seed), time.monotonic() + seconds
    verdicts: Counter[str] = Counter()
    while time.monotonic() < end:
        verdicts[check(damaged(rng))] += 1
    print(dict(verdicts))
    return 0 if verdicts.keys() <= {"released", "refused"} else 1


if __name__ == "__main__":
    sys.exit(main())
