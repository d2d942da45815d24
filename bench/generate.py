"""Write the corpora that `bench/run.py` measures on. All of it is invented; the seed decides every byte.

Usage: python -m bench.generate [FOLDER] [--seed N]
Corpora are kept: a folder is written again only when its generator changed. About 2.1 GB on disk; the 4 GB
object is sparse and takes 2 MB of it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import shutil
import struct
from pathlib import Path
from typing import TYPE_CHECKING

from bench import ct, nested
from bench.vendors import undefined_lengths

if TYPE_CHECKING:
    from collections.abc import Callable

SEED = 20261121
DEFAULT_FOLDER = Path(__file__).parent / "out" / "corpora"
SOURCES = ("ct.py", "ct_attributes.py", "generate.py", "nested.py", "vendors.py")

# How many copies make the cost of one object stand out from a program's start.
COPIES = {"enhanced-ct": 40, "rtstruct": 40, "sr": 400}
MANY_SERIES, MANY_SIDE = 100, 64
SPARSE_FRAMES, SPARSE_ROWS, SPARSE_COLUMNS = 2000, 1024, 1024


def sparse_object(folder: Path, seed: int) -> None:
    """An enhanced CT of 2,000 frames and 4.19 GB of pixels, of which no block is stored on disk."""
    ds = nested.enhanced_ct(random.Random(seed), frames=SPARSE_FRAMES)
    ds.Rows, ds.Columns = SPARSE_ROWS, SPARSE_COLUMNS
    undefined_lengths(ds)
    header = nested.encode(ds)
    pixel_bytes = SPARSE_FRAMES * SPARSE_ROWS * SPARSE_COLUMNS * 2
    folder.mkdir(parents=True)
    with (folder / "large.dcm").open("wb") as file:
        file.write(header + struct.pack("<HH2sHI", 0x7FE0, 0x0010, b"OW", 0, pixel_bytes))
        file.truncate(file.tell() + pixel_bytes)


def corpora(seed: int) -> dict[str, Callable[[Path], None]]:
    """Every corpus by the name of its folder, and what writes it."""
    makers: dict[str, Callable[[Path], None]] = {
        "ct": lambda folder: ct.write_corpus(folder, seed),
        # Small pictures, so that workers wait for no disk
        "ct-many": lambda folder: ct.write_corpus(folder, seed, series_count=MANY_SERIES, side=MANY_SIDE),
        "large": lambda folder: sparse_object(folder, seed),
    }
    for kind, copies in COPIES.items():
        for undefined in (True, False):

            def write(folder: Path, kind: str = kind, undefined: bool = undefined, copies: int = copies) -> None:
                nested.write_copies(folder, kind, undefined=undefined, copies=copies, seed=seed)

            makers[f"{kind}-{'undefined' if undefined else 'defined'}"] = write
    return makers


def generate(base: Path, seed: int = SEED) -> None:
    """Bring every corpus below `base` up to date."""
    wanted = json.dumps({"seed": seed, "generator": _generator_digest()})
    for name, write in corpora(seed).items():
        folder, stamp = base / name, base / f"{name}.json"
        if stamp.exists() and stamp.read_text() == wanted:
            continue
        print(f"writing {name} ...", flush=True)
        stamp.unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
        write(folder)
        stamp.write_text(wanted)


def _generator_digest() -> str:
    digest = hashlib.sha256()
    for name in SOURCES:
        digest.update((Path(__file__).parent / name).read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write the corpora of the benchmark.")
    parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--seed", type=int, default=SEED)
    arguments = parser.parse_args()
    generate(arguments.folder, arguments.seed)
