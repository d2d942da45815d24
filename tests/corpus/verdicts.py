"""What the standard's table and the reviewed second layer say of an attribute at a path."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml
from pydicom.datadict import dictionary_has_tag, dictionary_VR, tag_for_keyword

from corpus.needles import Fate
from deidra.standard.confidentiality import OPTIONS, edition

SECOND_LAYER = Path(__file__).parents[2] / "tools" / "standard" / "second_layer.yaml"
TIMES = {"DA", "DT", "TM"}
TEXTS = {"PN", "LO", "SH", "ST", "LT", "UT", "UC", "UR", "OB", "OW", "UN"}
TAKEN_AWAY = {"free-text", "identifier", "person", "url", "ae", "opaque", "date-fixed"}

# What Clean Structured Content keeps and cleans inside; the profile alone puts a dummy in its place
CLEANED_INSIDE, UID_REFERENCE = {0x0040A730}, 0x0040A124

Verdict = tuple[Fate, tuple[str, ...]]


@cache
def categories() -> dict[int, str]:
    """Second-layer category by tag."""
    groups = yaml.load(SECOND_LAYER.read_text("utf-8"), Loader=yaml.CSafeLoader)
    found = {tag_for_keyword(k): str(g["category"]) for g in groups for k in g["keywords"]}
    return {tag: category for tag, category in found.items() if tag is not None}


def keeping_options(tag: int) -> tuple[str, ...]:
    """The options whose column says K in the attribute's row; empty without a row."""
    row = edition().row(tag)
    return () if row is None else tuple(o for o in OPTIONS if row.options.get(o) == "K")


def _own_verdict(tag: int, vr: str) -> Verdict | None:
    row = edition().row(tag)
    if row is not None:
        kept = keeping_options(tag)
        cleaned = row.options.get("modified-dates") == "C"
        of_device = "device-identity" in kept  # calibration and manufacture: a fixed dummy, never the shift
        if vr == "TM" and cleaned and not of_device:
            kept += ("modified-dates",)  # whole days are shifted, the time of day stays
        if row.basic == "U":
            return "map", kept
        dated = vr in TIMES and cleaned and (vr != "TM" or of_device)
        return ("shift" if dated else "remove"), kept
    category = categories().get(tag, "retired" if vr in TEXTS else "")
    if category == "technical":
        return "keep", ()
    if category == "uid-instance":
        return "map", ("uids",)
    if category == "date-subject":
        dates = ("full-dates", "modified-dates") if vr == "TM" else ("full-dates",)
        return ("remove" if vr == "TM" else "shift"), dates
    return ("remove", ()) if category in TAKEN_AWAY | {"retired"} else None


def verdict(tag: int, vr: str, path: tuple[int, ...]) -> Verdict | None:
    """Fate and keeping options of a value; None where the corpus leaves the value as it is."""
    if path and path[-1] == tag:
        path = path[:-1]
    own = _own_verdict(tag, vr)
    if own is None:
        return None
    fate, kept = own
    if tag == UID_REFERENCE and CLEANED_INSIDE & set(path):
        kept += ("device-identity",)  # the one of the corpus is a Device Observer UID (Table E.3.4-1)
    for ancestor in path:
        if edition().row(ancestor) is None and categories().get(ancestor) != "opaque":
            continue
        if ancestor in CLEANED_INSIDE and fate != "keep":
            continue
        above = keeping_options(ancestor)
        if fate == "keep":
            fate, kept = "remove", above
        else:
            kept = tuple(o for o in kept if o in above)
    return fate, kept


def vr_of(tag: int) -> str:
    """The dictionary's VR; UN for attributes newer than pydicom's dictionary."""
    return dictionary_VR(tag) if dictionary_has_tag(tag) else "UN"


@cache
def listed(vrs: frozenset[str]) -> tuple[int, ...]:
    """Concrete tags of Table E.1-1 of these VRs, without the container's groups, in tag order."""
    outside = {0x0000, 0x0002, 0x0004, 0xFFFA, 0xFFFC}
    return tuple(tag for tag in sorted(edition().rows) if tag >> 16 not in outside and vr_of(tag) in vrs)
