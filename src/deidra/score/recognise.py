"""What stays the same in an object whatever a de-identifier does: pixels, numbers, codes, geometry."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterable

from pydicom.dataset import Dataset
from pydicom.encaps import generate_frames

from deidra.score.locate import walked

_NUMBERS = {"DS", "IS", "FD", "FL", "US", "SS", "UL", "SL", "CS"}
_MOST_FEATURES = 160
_TILE = 16


def pixel_digest(ds: Dataset) -> str:
    """SHA-256 of the Pixel Data value, of its frames when they are encapsulated; "" without pixels."""
    try:
        data = ds["PixelData"].value if "PixelData" in ds else None
        if not isinstance(data, bytes) or not data:
            return ""
        digest = hashlib.sha256()
        if ds["PixelData"].is_undefined_length:
            for frame in generate_frames(data, number_of_frames=int(ds.get("NumberOfFrames", 1) or 1)):
                digest.update(frame.rstrip(b"\0"))
        else:
            digest.update(data)
    except Exception:  # noqa: BLE001 - foreign output may hold anything
        return ""
    return digest.hexdigest()


def features(ds: Dataset) -> tuple[str, ...]:
    """Hashes of (place, value) of numbers and codes outside private groups, the longest values first.

    Long numbers tell objects apart; item numbers do not count, since items may go.
    """
    found: dict[str, int] = {}
    for locator, element, _ in walked(ds):
        tag = int(element.tag)
        if element.VR not in _NUMBERS or tag >> 16 & 1 or tag >> 16 in {0x0002, 0x0004}:
            continue
        value = _plain(element.value)
        if value:
            name = f"{_without_items(locator)}={value}"
            found[hashlib.sha256(name.encode()).hexdigest()[:12]] = len(value)
    ranked = sorted(found, key=lambda name: (-found[name], name))
    return tuple(ranked[:_MOST_FEATURES])


def _plain(value: object) -> str:
    values: Iterable[object] = value if isinstance(value, Iterable) and not isinstance(value, str | bytes) else [value]
    parts = []
    for one in values:
        text = str(one).strip()
        with contextlib.suppress(ValueError):
            text = f"{float(text):.6g}"
        parts.append(text)
    return "\\".join(parts) if any(parts) else ""


def _without_items(locator: str) -> str:
    return "".join(part.split("[")[0] if part.startswith("(") else part for part in locator.split("/"))


def tiles(data: bytes, rows: int, columns: int, pixel_bytes: int) -> tuple[str, ...]:
    """Short hashes of the 16 by 16 tiles of native frames, frame by frame, row by row."""
    width = columns * pixel_bytes
    found = []
    for frame in range(len(data) // (rows * width) if rows and width else 0):
        start = frame * rows * width
        for top in range(0, rows, _TILE):
            lines = [data[start + r * width : start + (r + 1) * width] for r in range(top, min(top + _TILE, rows))]
            for left in range(0, width, _TILE * pixel_bytes):
                tile = b"".join(line[left : left + _TILE * pixel_bytes] for line in lines)
                found.append(hashlib.sha256(tile).hexdigest()[:6])
    return tuple(found)
