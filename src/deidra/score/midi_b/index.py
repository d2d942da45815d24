"""An output file as the validation script sees it: every element's value as Python prints it, by its place."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
from pydicom.dataset import Dataset

from deidra.score.quiet import quiet
from deidra.score.unpack import read_dataset

_HIDDEN = {"Pixel Data", "Overlay Data", "File Meta Information Version"}


class Indexed(msgspec.Struct, frozen=True):
    """`values`: place -> value in angle brackets; `digest`: MD5 of the raw Pixel Data value, "" without pixels."""

    path: Path
    instance: str
    study: str
    series: str
    digest: str
    values: dict[str, str]


def indexed(path: Path) -> Indexed | None:
    """The file as an index; None when it is no DICOM file with a meta header, which the script leaves out."""
    data = path.read_bytes()
    if data[128:132] != b"DICM":
        return None
    ds = read_dataset(data)
    if ds is None:
        return None
    values: dict[str, str] = {}
    with quiet():
        pixels = ds["PixelData"].value if "PixelData" in ds else None
        _collect(ds, "", values)
    digest = hashlib.md5(pixels, usedforsecurity=False).hexdigest() if isinstance(pixels, bytes) else ""
    return Indexed(
        path, str(ds.get("SOPInstanceUID", "")), str(ds.get("StudyInstanceUID", "")),
        str(ds.get("SeriesInstanceUID", "")), digest, values,
    )  # fmt: skip


def _collect(ds: Dataset, above: str, values: dict[str, str]) -> None:
    for tag in sorted(ds.keys()):
        try:
            element = ds[tag]
            value, name = element.value, element.name
        except Exception:  # noqa: BLE001, S112 - foreign output may hold anything
            continue
        place = f"{above}<{printed(ds, int(tag))}>"
        if name in _HIDDEN:
            values[place] = "<REMOVED>"
        else:
            values[place] = "<>" if value is None else f"<{str(value).strip()}>"
        if element.VR == "SQ":
            for number, item in enumerate(value or ()):
                _collect(item, f"{place}[<{number:04d}>]", values)


def printed(ds: Dataset, tag: int) -> str:
    """One place: ``(gggg,eeee)``, private ones with their creator in capitals, ``(gggg,"CREATOR",ee)``."""
    group, element = tag >> 16, tag & 0xFFFF
    if group & 1 and element > 0xFF:
        creator = group << 16 | element >> 8
        name = ds[creator].value if creator in ds else ""
        if isinstance(name, str) and name:
            return f'({group:04x},"{name.upper()}",{element & 0xFF:02x})'
    return f"({group:04x},{element:04x})"
