"""The second layer: a category for every attribute that Table E.1-1 does not list.

second_layer.yaml is reviewed by hand; what it does not name gets a category by VR, and where the VR proves
nothing, removal.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import yaml
from output import GeneratorError, Payload, header, require, sha256_of
from pydicom._dicom_dict import DicomDictionary, RepeatersDictionary

if TYPE_CHECKING:
    from pathlib import Path

    from part15 import Part15

CATEGORIES = (
    "technical",
    "descriptor",
    "device",
    "free-text",
    "identifier",
    "person",
    "code-value",
    "code-meaning",
    "coding-scheme",
    "uid-class",
    "uid-instance",
    "date-subject",
    "date-fixed",
    "url",
    "ae",
    "opaque",
    "pixels",
)
_NUMERIC = frozenset(
    {"US", "SS", "UL", "SL", "FL", "FD", "SV", "UV", "OF", "OD", "OL", "OV", "AT", "IS", "DS"}
)
# Command, file meta and directory elements belong to the container, which is written anew
_CONTAINER_GROUPS = frozenset({0x0000, 0x0002, 0x0004})
# Table E.1-1 lists these families as a whole or in part
_CURVES = "50xx"


def default_category(vr: str, *, retired: bool) -> str:
    """Category of an attribute that no group names. 'A or B' counts as numeric only if both are."""
    parts = set(vr.split(" or "))
    if parts <= _NUMERIC:
        return "technical"
    if parts == {"CS"}:
        return "remove" if retired else "technical"
    if parts == {"SQ"}:
        return "remove" if retired else "sequence"
    return "remove"


def _reviewed(path: Path, listed: set[int]) -> dict[int, str]:
    """Category of each tag that the reviewed file names. Raises GeneratorError with all mistakes."""
    if not path.is_file():
        raise GeneratorError(f"{path.name} is missing; second_layer.json cannot be generated")
    groups: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    tag_of = {entry[4]: tag for tag, entry in DicomDictionary.items() if entry[4]}
    problems: list[str] = []
    reviewed: dict[int, str] = {}
    for group in groups:
        category = group.get("category", "")
        if (
            category not in CATEGORIES
            or not group.get("reason")
            or set(group) != {"category", "reason", "keywords"}
        ):
            problems.append(f"group {category!r}: needs a known category, a reason and keywords")
            continue
        for keyword in group["keywords"]:
            tag = tag_of.get(keyword)
            if tag is None:
                problems.append(f"{keyword}: not in the dictionary")
            elif tag in listed:
                problems.append(f"{keyword}: Table E.1-1 lists it")
            elif tag in reviewed:
                problems.append(f"{keyword}: named twice")
            elif tag >> 16 in _CONTAINER_GROUPS:
                problems.append(f"{keyword}: belongs to the container")
            else:
                reviewed[tag] = category
    require(not problems, f"{path.name}: " + "; ".join(problems))
    return reviewed


def second_layer_file(path: Path, newest: Part15) -> Payload:
    """Contents of second_layer.json: category -> tags, and category per repeating-group mask."""
    listed = set(newest.rows)
    reviewed = _reviewed(path, listed)
    by_category: dict[str, list[int]] = {}
    for tag, (vr, _, _, retired, _) in sorted(DicomDictionary.items()):
        if tag in listed or tag >> 16 in _CONTAINER_GROUPS:
            continue
        category = reviewed.get(tag) or default_category(vr, retired=bool(retired))
        by_category.setdefault(category, []).append(tag)
    families = set(newest.families)
    repeaters = {
        mask: default_category(entry[0], retired=bool(entry[3]))
        for mask, entry in sorted(RepeatersDictionary.items())
        if not mask.startswith(_CURVES) and f"{mask[:4]},{mask[4:]}" not in families
    }
    counts = Counter({category: len(tags) for category, tags in by_category.items()})
    return {
        "header": header(
            source=f"{path.name}, reviewed by hand; defaults by VR",
            edition=f"attributes that PS3.15 {newest.edition} Table E.1-1 does not list",
            sha256=sha256_of(path),
            rows=sum(counts.values()) + len(repeaters),
            attribution="Deidra, Apache-2.0",
            reviewed=len(reviewed),
        ),
        "categories": dict(sorted(by_category.items())),
        "repeaters": repeaters,
    }
