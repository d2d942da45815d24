"""Feed damaged frames to redaction for as long as you like. The same damage as in tests/pixels, for longer.

    python tools/fuzz_redact.py --seconds 600 --seed 7 --crashes fuzz-frames [--only JPEG]

A frame must be held with a reason or come out redacted and proven; any other end is saved with its traceback. Exits
with 1 when something was found.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
import time
import traceback
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from deidra.errors import Held
from pixels import coded
from pixels.test_codec_bad_input import damaged, redacted

SLOW_SECONDS = 5.0


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--crashes", type=Path, default=Path("fuzz-frames"))
    parser.add_argument("--only", default="", help="only frames with this word in their name")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    names = sorted(name for name in coded.frames() if options.only in name)
    ends: Counter[str] = Counter()
    found = 0
    started = time.monotonic()
    while time.monotonic() < started + options.seconds:
        name = rng.choice(names)
        frame = coded.frames()[name]
        data = damaged(frame.coded, rng)
        begin = time.process_time()
        try:
            redacted(frame.layout, data)
            ends["redacted"] += 1
        except Held as held:
            ends[held.code] += 1
        except Exception:  # noqa: BLE001 - this is what is looked for
            found += save(options.crashes, name, data, traceback.format_exc())
        if time.process_time() - begin > SLOW_SECONDS:
            found += save(options.crashes, name, data, "slow")
    print(", ".join(f"{end} {times}" for end, times in ends.most_common()))
    print(f"{found} found")
    return 1 if found else 0


def save(folder: Path, name: str, data: bytes, why: str) -> int:
    """Keep a frame and what it did."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / hashlib.sha256(data).hexdigest()[:16]
    path.write_bytes(data)
    path.with_suffix(".txt").write_text(f"{name}\n{why}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
