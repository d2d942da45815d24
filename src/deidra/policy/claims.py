"""What a policy may say it did, (0012,0063), (0012,0064), (0028,0303): from its rules, not its intentions.

An option is claimed when every attribute it keeps (K) is kept, and every date it cleans (C) is cleaned. Rows
that conflict between two options follow the winner that the policy states, and the method text says so.
The profile is claimed unless an override keeps what no selected option lets be kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from deidra._version import __version__
from deidra.policy import listed, temporal
from deidra.policy.rules import CLEANABLE_VRS
from deidra.policy.schema import DATES_CONFLICT, Policy
from deidra.policy.selectors import Private, Tag
from deidra.standard import dictionary

if TYPE_CHECKING:
    from deidra.policy.compile import Rulebook

PROFILE_CODE = ("113100", "Basic Application Confidentiality Profile")
# PS3.16 CID 7050, scheme DCM.
OPTION_CODES = {
    "clean-graphics": ("113103", "Clean Graphics Option"),
    "clean-structured-content": ("113104", "Clean Structured Content Option"),
    "clean-descriptors": ("113105", "Clean Descriptors Option"),
    "full-dates": ("113106", "Retain Longitudinal Temporal Information Full Dates Option"),
    "modified-dates": ("113107", "Retain Longitudinal Temporal Information Modified Dates Option"),
    "patient-characteristics": ("113108", "Retain Patient Characteristics Option"),
    "device-identity": ("113109", "Retain Device Identity Option"),
    "uids": ("113110", "Retain UIDs Option"),
    "safe-private": ("113111", "Retain Safe Private Option"),
    "institution-identity": ("113112", "Retain Institution Identity Option"),
}
# Claimed of an object alone, when every frame of it was examined
CLEAN_PIXEL_DATA = ("113101", "Clean Pixel Data Option")
PIXELS_NOT_EXAMINED = "Pixel data not examined for text or faces"
PIXELS_EXAMINED = "Pixel data searched for text, filled; not examined for faces"
LONGEST_TEXT = 64  # LO


class Claims(msgspec.Struct, frozen=True):
    """`codes` are (value, meaning) of CID 7050; `departures` and `unclaimed` say why one is missing."""

    codes: tuple[tuple[str, str], ...]
    texts: tuple[str, ...]
    temporal: str
    departures: tuple[str, ...]
    unclaimed: dict[str, tuple[str, ...]]


def claims(rulebook: Rulebook) -> Claims:
    """The claims of a compiled policy."""
    policy = rulebook.policy
    departures = _departures(rulebook)
    unclaimed = {option: rows for option in policy.options if (rows := _dishonoured(rulebook, option))}
    if policy.text.mode == "remove" and "clean-descriptors" in policy.options:
        unclaimed["clean-descriptors"] = ("text.mode remove",)
    codes = [] if departures else [PROFILE_CODE]
    codes += sorted(OPTION_CODES[name] for name in policy.options if name in OPTION_CODES and name not in unclaimed)
    kept_dates = {"modified-dates": "MODIFIED", "full-dates": "UNMODIFIED"}
    information = next((value for option, value in kept_dates.items() if option in policy.options), "REMOVED")
    texts = tuple(text[:LONGEST_TEXT] for text in _texts(rulebook, departures, unclaimed))
    return Claims(tuple(codes), texts, information, departures, unclaimed)


def _departures(rulebook: Rulebook) -> tuple[str, ...]:
    """Attributes that an override keeps although Table E.1-1 and the selected options do not."""
    policy, found = rulebook.policy, []
    for override in policy.overrides:
        target = override.selector.target
        if override.action not in ("keep", "clean"):
            continue
        allowed = ("K",) if override.action == "keep" else ("K", "C")
        if isinstance(target, Private):
            departs = "safe-private" not in policy.options
        else:
            assert isinstance(target, Tag)  # noqa: S101 - a VR is never kept
            row = rulebook.edition.row(target.number)
            departs = row is not None and not any(row.options.get(option) in allowed for option in policy.options)
        if departs:
            found.append(str(override.selector))
    return tuple(found)


def _dishonoured(rulebook: Rulebook, option: str) -> tuple[str, ...]:
    """Rows that an option keeps or, for dates, cleans, and this policy removes or replaces."""
    policy, found = rulebook.policy, []
    settled = temporal.conflict_rows(policy.edition) if policy.winner(DATES_CONFLICT) else ()
    for tag, row in rulebook.edition.rows.items():
        code = row.options.get(option)
        if code not in ("K", "C"):
            continue
        vr = dictionary.vr(tag) or ""
        if code == "C" and not _can_be_cleaned(option, tag, vr):
            continue
        rule = rulebook.standard(tag, vr)
        # The winner of a stated conflict is as good as kept; an override of such a row is not.
        if rule.code not in ("K", "C") or (rule.code == "C" and code == "K" and tag not in settled):
            found.append(row.tag)
    return tuple(found)


def _can_be_cleaned(option: str, tag: int, vr: str) -> bool:
    """Whether the row asks for something that can be done: nothing cleans bytes (OB) and names of systems (AE)."""
    if option == "modified-dates":
        return temporal.is_temporal(tag, vr)
    return option.startswith("clean-") and vr[:2] in CLEANABLE_VRS


def _texts(
    rulebook: Rulebook, departures: tuple[str, ...], unclaimed: dict[str, tuple[str, ...]]
) -> list[str]:
    policy = rulebook.policy
    texts = [
        f"Deidra {__version__}",
        f"PS3.15 {policy.edition} Basic Application Confidentiality Profile",
        f"Policy {policy.name} sha256 {rulebook.digest[:16]}",
    ]
    if departures:
        texts.append(f"Departs from the profile: keeps {len(departures)} attributes by policy")
    texts += [
        f"{listed.SHORT_NAMES[name]} not claimed: {len(rows)} rows overridden"
        for name, rows in unclaimed.items()
    ]
    texts += _date_texts(policy)
    if "safe-private" in policy.options:
        texts.append(f"Safe private by: {', '.join(policy.private.sources) or 'policy only'}")
    if "clean-descriptors" in policy.options:
        texts.append(f"Free text cleaned: known identifiers, forms, safe words; {policy.text.mode}")
    else:
        texts.append("Free text removed unless safe by category, not cleaned")
    if "clean-graphics" in policy.options:
        texts.append("Graphics: words cleaned; overlays kept only when examined")
    if policy.documents.content == "clean":
        texts.append(f"Encapsulated documents cleaned; pictures in them: {policy.documents.pictures}")
    else:
        texts.append("Encapsulated documents replaced")
    if "clean-structured-content" in policy.options:
        texts.append("Reports cleaned item by item by Table E.3.4-1")
    if policy.trial is not None:
        texts.append("Clinical trial identification written as the policy states")
    texts.append(PIXELS_NOT_EXAMINED)
    return texts


def _date_texts(policy: Policy) -> list[str]:
    texts = []
    if "modified-dates" in policy.options:
        texts.append("Dates of a subject shifted to the past by constant whole days")
    both = {"device-identity", "modified-dates"} <= set(policy.options)
    if both and policy.winner(DATES_CONFLICT) == "keep":
        texts.append("Device dates, kept or cleaned in conflict: kept")
    elif both:
        texts.append("Device dates, kept or cleaned in conflict: a fixed dummy date")
    elif "modified-dates" in policy.options:
        texts.append("Dates of devices, vocabularies and products: a fixed dummy date")
    return texts
