"""Where devices are known to write identifiers: rules by manufacturer, model, kind of object and size of the picture.

A rule adds places that go whether or not a detector sees text there; it never takes a place away. Rules are data: the
built-in ones below are few and rest on the standard, others are imported from the scripts of other tools
(device_scripts.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Literal

import msgspec

from deidra.pixels.image import Box, Device, Layout

ConditionKind = Literal[
    "all", "any", "not", "contains", "equals", "starts", "ends", "matches", "present", "missing", "empty", "true"
]

_MANUFACTURER, _MODEL, _SOFTWARE = "00080070", "00081090", "00181020"
_MODALITY, _SOP_CLASS, _IMAGE_TYPE = "00080060", "00080016", "00080008"
_ROWS, _COLUMNS, _FRAMES, _SAMPLES, _PHOTOMETRIC = "00280010", "00280011", "00280008", "00280002", "00280004"
ULTRASOUND_REGIONS = "00186011"
_PROVIDED = frozenset(
    (_MANUFACTURER, _MODEL, _SOFTWARE, _MODALITY, _SOP_CLASS, _IMAGE_TYPE, _ROWS, _COLUMNS, _FRAMES, _SAMPLES,
     _PHOTOMETRIC, ULTRASOUND_REGIONS)
)  # fmt: skip


class Condition(msgspec.Struct, frozen=True):
    """A test of one element ("contains", "equals", "starts", "ends", "matches", "present", "missing", "empty"), or of
    others ("all", "any", "not"); "true" always holds. Case counts only where `case` says so.

    `tag` is eight hexadecimal digits.
    """

    kind: ConditionKind
    tag: str = ""
    value: str = ""
    parts: tuple[Condition, ...] = ()
    case: bool = False


class Rule(msgspec.Struct, frozen=True):
    """Places that go when the condition holds: `boxes`, everything when `whole`, and what is outside `only` if any."""

    name: str
    condition: Condition
    boxes: tuple[Box, ...] = ()
    whole: bool = False
    only: tuple[Box, ...] = ()


class Catalogue(msgspec.Struct, frozen=True):
    """Rules, with the names of where they come from.

    `blanks_screens`: saved dose reports and screens go as a whole. `blanks_outside_regions`: what lies outside all
    regions of an ultrasound image (0018,6011) goes.
    """

    rules: tuple[Rule, ...] = ()
    names: tuple[str, ...] = ()
    blanks_screens: bool = False
    blanks_outside_regions: bool = False


def device_regions(catalogue: Catalogue, device: Device, layout: Layout) -> list[tuple[Box, str]]:
    """The places that go, each with the name of its rule. All rules that match count."""
    values = _values(device, layout)
    everything = 0, 0, layout.rows, layout.columns
    found: list[tuple[Box, str]] = []
    for rule in catalogue.rules:
        if not holds(rule.condition, values):
            continue
        boxes = [everything] if rule.whole else list(rule.boxes)
        if rule.only:
            boxes += outside(rule.only, layout.rows, layout.columns)
        found += [(box, rule.name) for box in boxes]
    if catalogue.blanks_screens and (kind := screen_kind(device)):
        found.append((everything, kind))
    if catalogue.blanks_outside_regions and device.us_regions:
        inside = tuple(region.box for region in device.us_regions)
        found += [(box, "outside ultrasound regions") for box in outside(inside, layout.rows, layout.columns)]
    clipped = ((_clipped(box, layout), name) for box, name in found)
    return [(box, name) for box, name in clipped if box[0] < box[2] and box[1] < box[3]]


def screen_kind(device: Device) -> str:
    """Which kind of saved screen an object is: "dose report", "screen", or "" for a picture of a patient.

    Image Type values 3 and 4 are the vendors' own but for those of PS3.3; these words are what is met in the field.
    """
    words = " ".join(device.image_type).upper()
    if "DOSE" in words or "PATIENT PROTOCOL" in device.attributes.get("0008103E", "").upper():
        return "dose report"
    if "SCREEN" in words or "PASTED" in words:
        return "screen"
    # Secondary capture of a device that makes pictures: a saved screen unless it says that it was derived
    if device.sop_class_uid == "1.2.840.10008.5.1.4.1.1.7" and device.modality in ("CT", "MR", "PT"):
        return "screen"
    return ""


def needed_tags(catalogue: Catalogue) -> frozenset[str]:
    """What `Device.attributes` should hold for the rules to be judged, as eight hexadecimal digits."""
    tags = {tag for rule in catalogue.rules for tag in _tags(rule.condition)}
    return frozenset(tags - _PROVIDED) | ({"0008103E"} if catalogue.blanks_screens else set())


def _tags(condition: Condition) -> Iterator[str]:
    if condition.tag:
        yield condition.tag
    for part in condition.parts:
        yield from _tags(part)


def _values(device: Device, layout: Layout) -> Mapping[str, str]:
    regions = {ULTRASOUND_REGIONS: str(len(device.us_regions))} if device.us_regions else {}
    return {
        **device.attributes,
        **regions,
        _MANUFACTURER: device.manufacturer,
        _MODEL: device.model,
        _SOFTWARE: "\\".join(device.software_versions),
        _MODALITY: device.modality,
        _SOP_CLASS: device.sop_class_uid,
        _IMAGE_TYPE: "\\".join(device.image_type),
        _ROWS: str(layout.rows),
        _COLUMNS: str(layout.columns),
        _FRAMES: str(layout.frames),
        _SAMPLES: str(layout.samples_per_pixel),
        _PHOTOMETRIC: layout.photometric_interpretation,
    }


def holds(condition: Condition, values: Mapping[str, str]) -> bool:
    """Whether a condition holds for the values of elements, by tag; several values are joined by a backslash."""
    kind = condition.kind
    if kind == "all":
        return all(holds(part, values) for part in condition.parts)
    if kind == "any":
        return any(holds(part, values) for part in condition.parts)
    if kind == "not":
        return not any(holds(part, values) for part in condition.parts)
    if kind == "true":
        return True
    if kind in ("present", "missing"):
        return (condition.tag in values) == (kind == "present")
    value, wanted = values.get(condition.tag, ""), condition.value
    if kind == "empty":
        return not value.strip()
    if kind == "matches":
        return re.search(wanted, value, 0 if condition.case else re.IGNORECASE) is not None
    if not condition.case:
        value, wanted = value.casefold(), wanted.casefold()
    if kind == "contains":
        return wanted in value
    if kind == "starts":
        return value.startswith(wanted)
    if kind == "ends":
        return value.endswith(wanted)
    return value.strip() == wanted.strip()


def outside(inside: tuple[Box, ...], rows: int, columns: int) -> list[Box]:
    """Boxes that cover what lies in none of some boxes, without overlap."""
    edges = sorted({0, rows, *(min(max(edge, 0), rows) for box in inside for edge in (box[0], box[2]))})
    found: list[Box] = []
    for top, bottom in pairwise(edges):
        left = 0
        across = sorted((box[1], box[3]) for box in inside if box[0] <= top and box[2] >= bottom)
        for start, stop in across:
            if start > left:
                found.append((top, left, bottom, min(start, columns)))
            left = max(left, stop)
        if left < columns:
            found.append((top, left, bottom, columns))
    return found


def _clipped(box: Box, layout: Layout) -> Box:
    return max(0, box[0]), max(0, box[1]), min(layout.rows, box[2]), min(layout.columns, box[3])
