"""A policy as a frozen value: fully resolved, checked, hashable, the same on every worker."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from deidra.policy.encrypted import EncryptedAttributes
from deidra.policy.selectors import Selector, spell
from deidra.standard import confidentiality

if TYPE_CHECKING:
    from collections.abc import Iterable

DEFAULT_PRESET = "public-research"
NEWEST_EDITION = "2026c"

DATES_CONFLICT = "device-identity/modified-dates"
ConflictWinner = Literal["fixed-dummy", "keep"]
CONFLICTS: dict[str, tuple[str, ...]] = {DATES_CONFLICT: ("fixed-dummy", "keep")}

Scheme = Literal["keyed", "sequential", "list", "random"]
SCHEMES: tuple[Scheme, ...] = ("keyed", "sequential", "list", "random")

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
# More pictures of one volume would begin to be the volume
MOST_SLICES = 5
MANIFESTS = ("none", "teaching-file", "clinical-trial", "research")
FEWEST_SHARING_SUBJECTS = 3
# Stands for a sponsor or protocol that the policy does not name: both must have a value (PS3.3 C.7.1.3)
TRIAL_NOT_STATED = "NOT STATED"


class Dates(msgspec.Struct, frozen=True):
    """Range of the date shift's magnitude: whole days, both inclusive, always to the past."""

    shift_days_min: int = 365
    shift_days_max: int = 3650


class Subjects(msgspec.Struct, frozen=True):
    """How subjects come by their pseudonyms, and whether the vault records what they were (docs/vault.md).

    `prefix` begins derived pseudonyms and numbers. A workspace without a vault gets one when `scheme` or `crosswalk`
    needs it.
    """

    prefix: str = ""
    scheme: Scheme = "keyed"
    crosswalk: Literal["none", "record"] = "none"


class PrivateElements(msgspec.Struct, frozen=True):
    """Who may vouch for a private element under Retain Safe Private, the first that knows it decides."""

    sources: tuple[str, ...] = PRIVATE_SOURCES


DEFAULT_PROVIDERS = ("CPUExecutionProvider",)


class DeviceRules(msgspec.Struct, frozen=True):
    """A file of rules about devices, a CTP pixel script or a pydicom/deid recipe: its name and its text."""

    name: str
    text: str


class Pixels(msgspec.Struct, frozen=True):
    """What becomes of objects likely to show text that nothing has examined, and of what coded frames carry.

    The rest is for the option clean-pixel-data: saved screens and what lies outside the regions of ultrasound images
    are searched like anything else, or filled as a whole; `known_devices` fills where devices are known to write, and
    `device_rules` add places. `providers` are the execution providers of onnxruntime that search, in order; they change
    how fast that is and not what is done, and are no part of the digest.
    """

    unexamined: Literal["hold", "release"] = "hold"
    streams: Literal["clean", "keep"] = "clean"
    screens: Literal["search", "fill"] = "search"
    outside_ultrasound_regions: Literal["search", "fill"] = "search"
    known_devices: Literal["fill", "off"] = "fill"
    providers: tuple[str, ...] = DEFAULT_PROVIDERS
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


class Faces(msgspec.Struct, frozen=True):
    """What becomes of photographs of people, which may show a face that nothing looks for."""

    photographs: Literal["hold", "release"] = "release"


class Override(msgspec.Struct, frozen=True):
    """The policy's own word on some attributes. `where` is ``file:line``, for messages only."""

    selector: Selector
    action: str
    value: str = ""
    where: str = ""


class Slices(msgspec.Struct, frozen=True):
    """Single pictures in place of objects (docs/presets/slices.md): so many of each series, 0 for none.

    `folders`: nothing shows which pictures are of one subject, or each subject has a folder.
    """

    per_series: int = 0
    format: Literal["png", "jpeg"] = "png"
    folders: Literal["none", "subject"] = "none"


class TimePoint(msgspec.Struct, frozen=True):
    """A visit of a trial: the studies made from `first_day` to `last_day`, both inclusive, counted from baseline."""

    id: str
    description: str
    first_day: int
    last_day: int


class Arm(msgspec.Struct, frozen=True):
    """What is done differently for the subjects of one arm of a trial."""

    name: str
    overrides: tuple[Override, ...]


class Trial(msgspec.Struct, frozen=True):
    """What the Clinical Trial modules of released objects say (PS3.3 C.7.1.3, C.7.2.3, C.7.3.2)."""

    sponsor: str = TRIAL_NOT_STATED
    protocol_id: str = TRIAL_NOT_STATED
    protocol_name: str = ""
    site_id: str = ""
    site_name: str = ""
    coordinating_center: str = ""
    time_points: tuple[TimePoint, ...] = ()
    arms: tuple[Arm, ...] = ()


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
    faces: Faces = Faces()
    trial: Trial | None = None
    manifest: Literal["none", "teaching-file", "clinical-trial", "research"] = "none"
    slices: Slices = Slices()
    encrypted_attributes: EncryptedAttributes = EncryptedAttributes()
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
            "providers": list(policy.pixels.providers),
            "device_rules": [file.name for file in policy.pixels.device_rules],
        },
        "text": {**msgspec.to_builtins(policy.text), "recognisers": list(policy.text.recognisers)},
        "documents": msgspec.to_builtins(policy.documents),
        "faces": msgspec.to_builtins(policy.faces),
        **({"trial": _trial(policy.trial)} if policy.trial else {}),
        "manifest": policy.manifest,
        "slices": msgspec.to_builtins(policy.slices),
        "encrypted_attributes": {"certificates": [one.name for one in policy.encrypted_attributes.certificates]},
        "attributes": _attributes(policy.overrides),
    }


def _trial(trial: Trial) -> dict[str, Any]:
    said = msgspec.to_builtins(trial)
    said["time_points"] = {
        point.id: {
            **({"description": point.description} if point.description else {}),
            "days": f"{point.first_day}..{point.last_day}",
        }
        for point in trial.time_points
    }
    said["arms"] = {arm.name: _attributes(arm.overrides) for arm in trial.arms}
    return {key: value for key, value in said.items() if value}


def _attributes(overrides: Iterable[Override]) -> dict[str, Any]:
    return {
        spell(override.selector): {"replace": override.value} if override.action == "replace" else override.action
        for override in overrides
    }


def digest(policy: Policy, edition_sha256: str) -> str:
    """SHA-256 of what the policy does: name and title do not count, the edition's own digest does."""
    does = {key: value for key, value in content(policy).items() if key not in ("name", "title")}
    del does["subjects"]["crosswalk"]  # what the vault records changes nothing that is released
    does["device_rules"] = [file.text for file in policy.pixels.device_rules]
    does["encrypted_attributes"] = [one.pem for one in policy.encrypted_attributes.certificates]
    does["pixels"].pop("providers")
    does["attributes"] = {str(item.selector): [item.action, item.value] for item in policy.overrides}
    return hashlib.sha256(msgspec.json.encode([does, edition_sha256], order="sorted")).hexdigest()
