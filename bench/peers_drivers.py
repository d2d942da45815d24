"""Run one peer over a folder, from inside the peer's own virtual environment; knows nothing of Deidra.

Usage: python peers_drivers.py NAME SOURCE OUT. Files that the peer cannot treat are left out, as a careful user would
leave them out, and their number goes to standard output.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path

warnings.simplefilter("ignore")


def dicognito(source: Path, out: Path) -> int:
    """As its command does: one anonymizer for all files, with its default seed handling."""
    import pydicom
    from dicognito.anonymizer import Anonymizer

    anonymizer = Anonymizer()

    def one(path: Path, target: Path) -> None:
        dataset = pydicom.dcmread(path)
        anonymizer.anonymize(dataset)
        dataset.save_as(target)

    return each(source, out, one)


def dicom_anonymizer(source: Path, out: Path) -> int:
    """Its function for files, with the rules that it has by default."""
    from dicomanonymizer import anonymize_dicom_file

    return each(source, out, lambda path, target: anonymize_dicom_file(str(path), str(target)))


def deid(source: Path, out: Path) -> int:
    """Its bundled recipe `dicom`."""
    from deid.config import DeidRecipe
    from deid.dicom import get_identifiers, replace_identifiers

    recipe = DeidRecipe(deid="dicom")

    def one(path: Path, target: Path) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            given = [str(path)]
            found = get_identifiers(given, force=True)
            made = replace_identifiers(
                given, deid=recipe, ids=found, save=True, output_folder=scratch, overwrite=True, force=True
            )
            shutil.move(str(made[0]), target)

    return each(source, out, one)


def each(source: Path, out: Path, treat: Callable[[Path, Path], object]) -> int:
    """Treat every file below `source` into the same place below `out`; gives how many could not be treated."""
    failed = 0
    for path in sorted(path for path in source.rglob("*") if path.is_file()):
        target = out / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            treat(path, target)
        except Exception:  # noqa: BLE001 - a peer may fail on anything
            target.unlink(missing_ok=True)
            failed += 1
    return failed


if __name__ == "__main__":
    peer = {"dicognito": dicognito, "dicom-anonymizer": dicom_anonymizer, "deid": deid}[sys.argv[1]]
    print(peer(Path(sys.argv[2]), Path(sys.argv[3])))
