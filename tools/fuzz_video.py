"""Feed damaged videos to their decoder for as long as you like. The same damage as in tests/dicom, for longer.

    python tools/fuzz_video.py --seconds 600 --seed 7 --crashes fuzz-videos

A video must be decoded, or refused with a reason in bounded time; any other end is saved. Exits with 1 when something
was found.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
import traceback
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from dicom.test_videos import NAME, REASONS, SYNTAXES, coded, damaged, ends

SLOW_SECONDS = 30.0


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--crashes", type=Path, default=Path("fuzz-videos"))
    options = parser.parse_args()
    seen: Counter[str] = Counter()
    found = 0
    started, seed = time.monotonic(), options.seed
    while time.monotonic() - started < options.seconds:
        for form, codec in SYNTAXES:
            data, began = damaged(coded(form, codec, NAME), seed), time.monotonic()
            try:
                end = ends(data)
            except Exception:  # noqa: BLE001 - whatever it is, it is what is looked for
                end = traceback.format_exc()
            if end not in REASONS or time.monotonic() - began > SLOW_SECONDS:
                found += 1
                options.crashes.mkdir(exist_ok=True)
                name = hashlib.sha256(data).hexdigest()[:12]
                (options.crashes / f"{name}.video").write_bytes(data)
                (options.crashes / f"{name}.txt").write_text(f"{form} {codec} seed {seed}\n{end}\n")
            seen[end.splitlines()[-1] if end else "decoded"] += 1
        seed += 1
    print(f"{sum(seen.values())} videos: " + ", ".join(f"{count} {end}" for end, count in seen.most_common()))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
