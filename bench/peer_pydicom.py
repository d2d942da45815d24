"""Read and write DICOM files unchanged with pydicom, in one process: what Deidra's cost is compared with.

`lazy` writes what pydicom did not need to decode as it was read: with explicit VR, sequences of defined
length pass through as bytes.
`parsed` first visits every element of every item, as a program must that looks for identifiers.

Usage: peer_pydicom.py {lazy|parsed} SOURCE OUT
"""

from __future__ import annotations

import sys
from pathlib import Path

import pydicom


def copy_unchanged(source: Path, out: Path, *, parse: bool) -> int:
    """Read and write every file below `source`; returns how many."""
    files = sorted(path for path in source.rglob("*") if path.is_file())
    for path in files:
        ds = pydicom.dcmread(path)
        if parse:
            for _ in ds.iterall():
                pass
        target = out / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        ds.save_as(target)
    return len(files)


if __name__ == "__main__":
    mode, source_folder, out_folder = sys.argv[1:]
    assert mode in {"lazy", "parsed"}
    print(copy_unchanged(Path(source_folder), Path(out_folder), parse=mode == "parsed"))
