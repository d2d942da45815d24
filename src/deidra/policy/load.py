"""From a preset's name or a file to a checked Policy; all mistakes of all layers are reported together."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from deidra.errors import PolicyError
from deidra.policy import layers, overrides, schema, settings, temporal
from deidra.policy.selectors import spell
from deidra.policy.source import Entry, Problems, Table, Text, read_file, read_text
from deidra.policy.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deidra.policy.schema import Policy

_SUFFIX = ".yaml"


def presets() -> tuple[str, ...]:
    """The names of the policies that come with Deidra."""
    folder = resources.files("deidra.policy").joinpath("presets")
    return tuple(
        sorted(file.name.removesuffix(_SUFFIX) for file in folder.iterdir() if file.name.endswith(_SUFFIX))
    )


def load_policy(name_or_path: str, settings_given: Sequence[str] = ()) -> Policy:
    """Load a preset or a file, then the ``KEY=VALUE`` settings on top, and check the whole.

    Raises PolicyError with every mistake as ``file:line: text``.
    """
    problems = Problems()
    draft = layers.Draft()
    for file in _chain(name_or_path, problems):
        draft.put(
            "name", "", name="", title=""
        )  # a name is never inherited: it would claim to be the other policy
        layers.apply(draft, file, problems)
    for setting in settings_given:
        layers.apply(draft, settings.layer(setting, problems), problems)
    label = name_or_path if name_or_path not in presets() else name_or_path + _SUFFIX
    policy = _finish(draft, label, problems)
    if problems:
        raise PolicyError(problems.lines())
    return policy


def _chain(name_or_path: str, problems: Problems) -> list[Table]:
    """The files of a policy, the one that extends nothing first."""
    chain: list[Table] = []
    seen: list[str] = []
    reference, folder, where = name_or_path, Path(), ""
    while True:
        found = _find(reference, folder)
        if found is None:
            problems.add(where or reference, _not_found(reference))
            break
        identity, label, path = found
        if identity in seen:
            problems.add(where, f"extends goes in a circle: {reference!r} is already part of this policy")
            break
        seen.append(identity)
        table = _preset(identity, problems) if path is None else read_file(path, label, problems)
        chain.append(table)
        base = _base(table)
        if base is None:
            break
        reference, where = base.value, base.where
        folder = path.parent if path is not None else Path()
    return chain[::-1]


def _find(reference: str, folder: Path) -> tuple[str, str, Path | None] | None:
    """(what it is, how messages call it, path unless a preset) of the policy that a reference means."""
    if reference in presets():
        return reference, reference + _SUFFIX, None
    try:
        path = folder / reference
        return (str(path.resolve()), str(path), path) if reference and path.exists() else None
    except (OSError, ValueError):  # not even a possible file name
        return None


def _not_found(reference: str) -> str:
    near = did_you_mean(reference, presets()) or f"; presets: {', '.join(presets())}"
    return f"no preset and no file {reference!r}{near}"


def _preset(name: str, problems: Problems) -> Table:
    file = resources.files("deidra.policy").joinpath("presets", name + _SUFFIX)
    return read_text(file.read_text("utf-8"), name + _SUFFIX, problems)


def _base(table: Table) -> Text | None:
    entry: Entry | None = table.get("extends")
    return entry.value if entry is not None and isinstance(entry.value, Text) else None


def _finish(draft: layers.Draft, label: str, problems: Problems) -> Policy:
    """The checks that need the whole policy."""
    policy = msgspec.structs.replace(
        draft.policy,
        options=tuple(option for option in schema.OPTIONS if option in draft.options),
        conflicts=tuple(sorted(draft.conflicts.items())),
        overrides=tuple(draft.overrides[key] for key in sorted(draft.overrides)),
    )
    top = f"{label}:1"
    if not policy.name and not problems:
        problems.add(top, "a policy needs a name")
    _check_dates(policy, draft.where, top, problems)
    if (policy.subjects.scheme, policy.subjects.crosswalk) == ("random", "record"):
        problems.add(draft.where.get("subjects", top), "subjects: random pseudonyms leave no trace, so no crosswalk")
    if policy.subjects.scheme == "random" and policy.encrypted_attributes.certificates:
        at = draft.where.get("encrypted_attributes", top)
        problems.add(at, "encrypted_attributes: random pseudonyms leave no way back, so no originals either")
    if policy.slices.per_series and policy.manifest != "none":
        problems.add(draft.where.get("slices", top), "slices: pictures cannot stand in a manifest; manifest: none")
    arms = policy.trial.arms if policy.trial else ()
    for override in (*policy.overrides, *(override for arm in arms for override in arm.overrides)):
        reason = overrides.refusal(policy, override)
        if reason:
            problems.add(
                override.where, f"{spell(override.selector)}: {override.action} is refused: {reason}"
            )
    return policy


def _check_dates(policy: Policy, where: dict[str, str], top: str, problems: Problems) -> None:
    low, high = policy.dates.shift_days_min, policy.dates.shift_days_max
    if high - low < schema.NARROWEST_RANGE_DAYS:
        text = f"dates: shift_days_max must exceed shift_days_min by {schema.NARROWEST_RANGE_DAYS} or more"
        problems.add(where.get("dates", top), f"{text}, or shifts could be guessed")
    if {"full-dates", "modified-dates"} <= set(policy.options):
        at = where.get("options.modified-dates", top)
        problems.add(at, "options full-dates and modified-dates exclude each other (PS3.15 E.3.6)")
    both = {"device-identity", "modified-dates"} <= set(policy.options)
    if both and policy.winner(schema.DATES_CONFLICT) is None:
        names = ", ".join(temporal.conflict_names(policy.edition))
        text = (
            "device-identity keeps and modified-dates cleans the same attributes, and no output does both; "
        )
        text += f"state who wins, conflicts: {{{schema.DATES_CONFLICT}: fixed-dummy}} or keep. "
        problems.add(where.get("options.modified-dates", top), f"{text}The attributes: {names}")
