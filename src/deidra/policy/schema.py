"""A policy as a frozen value: fully resolved, checked, hashable, the same on every worker."""

from __future__ import annotations

import hashlib
from typing import Any, Literal

import msgspec

from deidra.policy.selectors import Selector, spell
from deidra.standard import confidentiality

DEFAULT_PRESET = "public-research"
NEWEST_EDITION = "2026c"

DATES_CONFLICT = "device-identity/modified-dates"
ConflictWinner = Literal["fixed-dummy", "keep"]
CONFLICTS: dict[str, tuple[str, ...]] = {DATES_CONFLICT: ("fixed-dummy", "keep")}

PRIVATE_SOURCES = ("standard", "declared", "tcia-kb", "tcia-observed")

# What a policy may say of one attribute, with the meaning shown by --help and in the docs.
ACTIONS: dict[str, str] = {
    "keep": "leave the value as it is (sequences are still cleaned inside)",
    "clean": "take names and identifiers out of the text and leave the rest",
    "remove": "take the attribute out (where its Type forbids that, it is emptied or replaced)",
    "empty": "leave the attribute without a value (where its Type forbids that, it is replaced)",
    "dummy": "put a fixed valid value in place",
    "uid": "map the UID like every other UID",
    "date": "shift the date like every other date of the subject",
    "pseudonym": "put the subject's pseudonym in place",
    "replace": 'put the given text in place, written {replace: "text"}',
}

# The options that Table E.1-1 has columns for, and the one that is about pixels alone (PS3.15 E.3.1)
OPTIONS = (*confidentiality.OPTIONS, "clean-pixel-data")

MAGNITUDE_LIMIT_DAYS = (
    20_000  # 54 years: no date of a DICOM object falls before 1900, where validators refuse it
)
NARROWEST_RANGE_DAYS = 30
FEWEST_SHARING_SUBJECTS = 3


class Dates(msgspec.Struct, frozen=True):
    """Range of the date shift's magnitude: whole days, both inclusive, always to the past."""

    shift_days_min: int = 365
    shift_days_max: int = 3650


class Subjects(msgspec.Struct, frozen=True):
    """How derived pseudonyms look: this prefix, then 13 letters and digits."""

    prefix: str = ""


class PrivateElements(msgspec.Struct, frozen=True):
    """Who may vouch for a private element under Retain Safe Private, the first that knows it decides."""

    sources: tuple[str, ...] = PRIVATE_SOURCES


class DeviceRules(msgspec.Struct, frozen=True):
    """A file of rules about devices, a CTP pixel script or a pydicom/deid recipe: its name and its text."""

    name: str
    text: str


class Pixels(msgspec.Struct, frozen=True):
    """What becomes of objects likely to show text that nothing has examined, and of what coded frames carry.

    The rest is for the option clean-pixel-data: saved screens and what lies outside the regions of ultrasound images
    are searched like anything else, or filled as a whole; `device_rules` add places.
    """

    unexamined: Literal["hold", "release"] = "hold"
    streams: Literal["clean", "keep"] = "clean"
    screens: Literal["search", "fill"] = "search"
    outside_ultrasound_regions: Literal["search", "fill"] = "search"
    device_rules: tuple[DeviceRules, ...] = ()


class Text(msgspec.Struct, frozen=True):
    """How free text is cleaned (docs/text.md), wherever the policy cleans it.

    `shared_words`: a word that no vocabulary knows stays when the texts of so many subjects at two sites have it; 0
    learns nothing. `recognisers` are plug-ins that may add removals.
    """

    mode: Literal["balanced", "strict", "remove"] = "balanced"
    shared_words: int = 10
    recognisers: tuple[str, ...] = ()


class Documents(msgspec.Struct, frozen=True):
    """What becomes of documents inside and beside objects: cleaned, or replaced by an empty one of their kind.

    `pictures`: what to do with pictures in documents, which may show words that no text layer holds.
    """

    content: Literal["clean", "replace"] = "replace"
    pictures: Literal["hold", "remove", "release"] = "hold"


class Override(msgspec.Struct, frozen=True):
    """The policy's own word on some attributes. `where` is ``file:line``, for messages only."""

    selector: Selector
    action: str
    value: str = ""
    where: str = ""


class Policy(msgspec.Struct, frozen=True):
    """A resolved policy. `options` are in the order of the columns of Table E.1-1."""

    name: str
    title: str = ""
    edition: str = NEWEST_EDITION
    options: tuple[str, ...] = ()
    conflicts: tuple[tuple[str, str], ...] = ()
    dates: Dates = Dates()
    subjects: Subjects = Subjects()
    private: PrivateElements = PrivateElements()
    pixels: Pixels = Pixels()
    text: Text = Text()
    documents: Documents = Documents()
    overrides: tuple[Override, ...] = ()

    def winner(self, conflict: str) -> str | None:
        """Who wins a conflict of two options, if the policy says so."""
        return dict(self.conflicts).get(conflict)


def content(policy: Policy) -> dict[str, Any]:
    """The policy in the shape of its file, without `extends`: what `deidra policy show` prints."""
    return {
        "name": policy.name,
        "title": policy.title,
        "edition": policy.edition,
        "options": list(policy.options),
        "conflicts": dict(policy.conflicts),
        "dates": msgspec.to_builtins(policy.dates),
        "subjects": msgspec.to_builtins(policy.subjects),
        "private": {"sources": list(policy.private.sources)},
        "pixels": {
            **msgspec.to_builtins(policy.pixels),
            "device_rules": [file.name for file in policy.pixels.device_rules],
        },
        "text": {**msgspec.to_builtins(policy.text), "recognisers": list(policy.text.recognisers)},
        "documents": msgspec.to_builtins(policy.documents),
        "attributes": {
            spell(override.selector): {"replace": override.value}
            if override.action == "replace"
            else override.action
            for override in policy.overrides
        },
    }


def digest(policy: Policy, edition_sha256: str) -> str:
    """SHA-256 of what the policy does: name and title do not count, the edition's own digest does."""
    does = {key: value for key, value in content(policy).items() if key not in ("name", "title")}
    does["device_rules"] = [file.text for file in policy.pixels.device_rules]
    does["attributes"] = {str(item.selector): [item.action, item.value] for item in policy.overrides}
    return hashlib.sha256(msgspec.json.encode([does, edition_sha256], order="sorted")).hexdigest()
