"""Feed damaged streams to the cleaners for as long as you like. The same target as in tests/bitstream, run longer.

    python tools/fuzz_bitstream.py --seconds 600 --seed 7 --crashes fuzz-streams [--kind jpeg] [--decode]

Every stream that breaks a promise is saved with the reason beside it. With --decode, streams that are cleaned must also
decode as before with Pillow, where that reads them at all. Exits with 1 when something was found.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
import time
import warnings
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from bitstream.decoders import DECODERS
from bitstream.hostile import check, mutated, seeds
from bitstream.planted import PIXELS
from deidra.bitstream import clean_stream
from deidra.errors import Held

if TYPE_CHECKING:
    from deidra.bitstream import StreamKind

TELL_SECONDS, SLOW_SECONDS = 20, 5.0


def decoded(data: bytes, kind: StreamKind) -> Any:
    """What Pillow makes of a stream, None where it does not read it."""
    decoder = DECODERS.get(kind, {}).get("pillow")
    if decoder is None:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return decoder(data)
        except Exception:  # noqa: BLE001 - damaged on purpose
            return None


def decodes_otherwise(data: bytes, kind: StreamKind) -> list[str]:
    """Whether Pillow sees other samples after cleaning."""
    before = decoded(data, kind)
    if before is None:
        return []
    try:
        cleaned = clean_stream(data, kind, frame_pixels=PIXELS).data
    except Held:
        return []
    return [] if decoded(cleaned, kind) == before else ["decodes otherwise"]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--crashes", type=Path, default=Path("fuzz-streams"))
    parser.add_argument("--kind", default="", help="only streams of this kind")
    parser.add_argument("--decode", action="store_true")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    prepared = {name: seed for name, seed in seeds().items() if options.kind in ("", str(seed[0]))}
    names = sorted(prepared)
    kinds: Counter[str] = Counter()
    executions, started = 0, time.monotonic()
    tells = started + TELL_SECONDS
    while time.monotonic() < started + options.seconds:
        name = rng.choice(names)
        kind, seed = prepared[name]
        data = mutated(seed, rng)
        begin = time.monotonic()
        wrong = check(data, kind)
        if time.monotonic() - begin > SLOW_SECONDS:
            wrong.append("slow")
        if options.decode and not wrong:
            wrong = decodes_otherwise(data, kind)
        executions += 1
        if wrong:
            kinds[f"{kind}: {wrong[0]}"] += 1
            if kinds[f"{kind}: {wrong[0]}"] <= 5:
                options.crashes.mkdir(parents=True, exist_ok=True)
                digest = hashlib.sha256(data).hexdigest()[:16]
                (options.crashes / f"{digest}.{kind}").write_bytes(data)
                print(f"found in {name}: {wrong[0]} -> {digest}", flush=True)
        if time.monotonic() > tells:
            print(f"{executions} executions, {sum(kinds.values())} findings", flush=True)
            tells += TELL_SECONDS
    print(f"{executions} executions in {time.monotonic() - started:.0f} s")
    for what, count in kinds.most_common():
        print(f"{count:6d}  {what}")
    return 1 if kinds else 0


if __name__ == "__main__":
    sys.exit(main())
