"""One layer of a policy (a file, a preset, a setting) read strictly onto what the layers below it said."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from deidra.policy import attribute_actions, encrypted, entries, schema, trial
from deidra.policy.source import Entry, Problems, Table, Text
from deidra.policy.suggest import did_you_mean
from deidra.standard import confidentiality

if TYPE_CHECKING:
    from collections.abc import Callable

# (0012,0063) carries the name in a value of at most 64 characters.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
_PREFIX = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9_-]{0,15})?")
_NUMBER = re.compile(r"[0-9]{1,6}")

NOT_BUILT_OPTIONS = {
    "clean-recognizable-visual-features": "removal of faces is not built yet",
}


class Draft:
    """What the layers read so far say. `where` remembers the place of each part, for messages."""

    def __init__(self) -> None:
        self.policy = schema.Policy(name="")
        self.options: set[str] = set()
        self.conflicts: dict[str, str] = {}
        self.overrides: dict[str, schema.Override] = {}
        self.where: dict[str, str] = {}

    def put(self, key: str, where: str, **changes: object) -> None:
        """Replace fields of the policy and remember which line did it."""
        self.policy = msgspec.structs.replace(self.policy, **changes)
        self.where[key] = where


def apply(draft: Draft, layer: Table, problems: Problems) -> None:
    """Read one layer onto the draft; every mistake is noted and the rest is still read."""
    for entry in layer.entries:
        reader = _READERS.get(entry.key)
        if reader is None:
            problems.add(entry.where, f"unknown key {entry.key!r}{did_you_mean(entry.key, _READERS)}")
        else:
            reader(draft, entry, problems)


def _name(draft: Draft, entry: Entry, problems: Problems) -> None:
    name = entries.text(entry, problems)
    if name is not None and not _NAME.fullmatch(name.value):
        problems.add(
            name.where, "name: 1 to 32 letters, digits, '.', '_' or '-', starting with a letter or digit"
        )
    elif name is not None:
        draft.put("name", name.where, name=name.value)


def _title(draft: Draft, entry: Entry, problems: Problems) -> None:
    title = entries.text(entry, problems)
    if title is not None:
        draft.put("title", title.where, title=" ".join(title.value.split()))


def _edition(draft: Draft, entry: Entry, problems: Problems) -> None:
    edition = entries.word(entry, confidentiality.EDITIONS, "edition", problems)
    if edition is not None:
        draft.put("edition", edition.where, edition=edition.value)


def _extends(_draft: Draft, entry: Entry, problems: Problems) -> None:
    """Followed before the layers are read; here only its type is checked, and settings cannot use it."""
    base = entries.text(entry, problems)
    if base is not None and base.where.startswith("--set"):
        problems.add(base.where, "extends is for policy files; choose another policy instead")


def _options(draft: Draft, entry: Entry, problems: Problems) -> None:
    items = entries.items(entry, problems)
    if items is None:
        return
    signs = {item.value[:1] in ("+", "-") for item in items}
    if signs == {True, False}:
        problems.add(entry.where, "options: all with + or - (changes), or all without (the whole list)")
    wanted = set() if signs != {True} else set(draft.options)
    for item in items:
        name = item.value.lstrip("+-").strip()
        if name in NOT_BUILT_OPTIONS and not item.value.startswith("-"):
            problems.add(item.where, f"option {name}: {NOT_BUILT_OPTIONS[name]}")
        elif name not in schema.OPTIONS:
            problems.add(item.where, f"unknown option {name!r}{did_you_mean(name, schema.OPTIONS)}")
        elif item.value.startswith("-"):
            wanted.discard(name)
        else:
            wanted.add(name)
            draft.where[f"options.{name}"] = item.where
    draft.options = wanted
    draft.where["options"] = entry.where


def _conflicts(draft: Draft, entry: Entry, problems: Problems) -> None:
    for item in entries.table(entry, problems):
        choices = schema.CONFLICTS.get(item.key)
        if choices is None:
            problems.add(item.where, f"unknown conflict {item.key!r}; known: {', '.join(schema.CONFLICTS)}")
            continue
        choice = entries.word(item, choices, "choice", problems)
        if choice is not None:
            draft.conflicts[item.key] = choice.value


def _dates(draft: Draft, entry: Entry, problems: Problems) -> None:
    for item in entries.known(entry, ("shift_days_min", "shift_days_max"), problems):
        text = entries.text(item, problems)
        if text is None:
            continue
        if not _NUMBER.fullmatch(text.value) or not 1 <= int(text.value) <= schema.MAGNITUDE_LIMIT_DAYS:
            limit = schema.MAGNITUDE_LIMIT_DAYS
            problems.add(text.where, f"{item.key}: a whole number of days from 1 to {limit}")
            continue
        field = item.key.removeprefix("dates.")
        changed = msgspec.structs.replace(draft.policy.dates, **{field: int(text.value)})
        draft.put("dates", text.where, dates=changed)


def _subjects(draft: Draft, entry: Entry, problems: Problems) -> None:
    for item in entries.known(entry, ("prefix", "scheme", "crosswalk"), problems):
        if item.key == "subjects.scheme":
            _choose(draft, item, "subjects", "scheme", schema.SCHEMES, problems)
            continue
        if item.key == "subjects.crosswalk":
            _choose(draft, item, "subjects", "crosswalk", ("none", "record"), problems)
            continue
        text = entries.text(item, problems)
        if text is not None and not _PREFIX.fullmatch(text.value):
            problems.add(
                text.where,
                "subjects.prefix: up to 16 letters, digits, '_' or '-', starting with a letter or digit",
            )
        elif text is not None:
            changed = msgspec.structs.replace(draft.policy.subjects, prefix=text.value)
            draft.put("subjects", text.where, subjects=changed)


def _trial(draft: Draft, entry: Entry, problems: Problems) -> None:
    draft.put("trial", entry.where, trial=trial.read(draft.policy.trial, entry, problems))


def _private(draft: Draft, entry: Entry, problems: Problems) -> None:
    for item in entries.known(entry, ("sources",), problems):
        sources = entries.items(item, problems)
        if sources is None:
            continue
        names = []
        for source in sources:
            if source.value not in schema.PRIVATE_SOURCES:
                near = did_you_mean(source.value, schema.PRIVATE_SOURCES)
                known = ", ".join(schema.PRIVATE_SOURCES)
                problems.add(source.where, f"unknown source {source.value!r}{near or f'; known: {known}'}")
            elif source.value in names:
                problems.add(source.where, f"source {source.value} is given twice")
            else:
                names.append(source.value)
        draft.put("private", item.where, private=schema.PrivateElements(tuple(names)))


def _pixels(draft: Draft, entry: Entry, problems: Problems) -> None:
    for item in entries.known(entry, (*_PIXELS, "device_rules", "providers"), problems):
        key = item.key.removeprefix("pixels.")
        if key in _PIXELS:
            _choose(draft, item, "pixels", key, _PIXELS[key], problems)
            continue
        if key == "providers":
            _providers(draft, item, problems)
            continue
        rules = [_device_rules(name, problems) for name in entries.items(item, problems) or ()]
        changed = msgspec.structs.replace(draft.policy.pixels, device_rules=tuple(filter(None, rules)))
        draft.put("pixels", item.where, pixels=changed)


_PIXELS = {
    "unexamined": ("hold", "release"),
    "streams": ("clean", "keep"),
    "screens": ("search", "fill"),
    "outside_ultrasound_regions": ("search", "fill"),
    "known_devices": ("fill", "off"),
}
_MOST_RULES_BYTES = 1 << 22


def _providers(draft: Draft, item: Entry, problems: Problems) -> None:
    """Whether they exist is known where the run is: see `formats.series_pixels`."""
    names = tuple(name.value for name in entries.items(item, problems) or ())
    if not names:
        problems.add(item.where, "providers: name at least one, such as CPUExecutionProvider")
        return
    draft.put("pixels", item.where, pixels=msgspec.structs.replace(draft.policy.pixels, providers=names))


def _device_rules(name: Text, problems: Problems) -> schema.DeviceRules | None:
    """A file of rules beside the policy file that names it, or where the command is given."""
    folder = Path() if name.where.startswith("--set") else Path(name.where.rpartition(":")[0]).parent
    try:
        data = (folder / name.value).read_bytes()
        return schema.DeviceRules(Path(name.value).name, data[:_MOST_RULES_BYTES].decode("utf-8"))
    except (OSError, ValueError):
        problems.add(name.where, f"device_rules: {name.value!r} cannot be read as text")
        return None


def _free_text(draft: Draft, entry: Entry, problems: Problems) -> None:
    for item in entries.known(entry, ("mode", "shared_words", "recognisers"), problems):
        if item.key == "text.mode":
            _choose(draft, item, "text", "mode", ("balanced", "strict", "remove"), problems)
        elif item.key == "text.shared_words":
            text = entries.text(item, problems)
            if text is not None and not _NUMBER.fullmatch(text.value):
                problems.add(text.where, f"{item.key}: a whole number of subjects, 0 to learn no words")
            elif text is not None and 0 < int(text.value) < schema.FEWEST_SHARING_SUBJECTS:
                least = schema.FEWEST_SHARING_SUBJECTS
                problems.add(text.where, f"{item.key}: 0, or at least {least} subjects, or names are learnt as words")
            elif text is not None:
                changed = msgspec.structs.replace(draft.policy.text, shared_words=int(text.value))
                draft.put("text", text.where, text=changed)
        else:
            names = entries.items(item, problems)
            if names is not None:
                changed = msgspec.structs.replace(draft.policy.text, recognisers=tuple(name.value for name in names))
                draft.put("text", item.where, text=changed)


def _documents(draft: Draft, entry: Entry, problems: Problems) -> None:
    for item in entries.known(entry, ("content", "pictures"), problems):
        if item.key == "documents.content":
            _choose(draft, item, "documents", "content", ("clean", "replace"), problems)
        else:
            _choose(draft, item, "documents", "pictures", ("hold", "remove", "release"), problems)


def _faces(draft: Draft, entry: Entry, problems: Problems) -> None:
    for item in entries.known(entry, ("photographs",), problems):
        _choose(draft, item, "faces", "photographs", ("hold", "release"), problems)


def _manifest(draft: Draft, entry: Entry, problems: Problems) -> None:
    choice = entries.word(entry, schema.MANIFESTS, "manifest", problems)
    if choice is not None:
        draft.put("manifest", choice.where, manifest=choice.value)


def _slices(draft: Draft, entry: Entry, problems: Problems) -> None:
    for item in entries.known(entry, ("per_series", *_SLICES), problems):
        key = item.key.removeprefix("slices.")
        if key in _SLICES:
            _choose(draft, item, "slices", key, _SLICES[key], problems)
            continue
        text = entries.text(item, problems)
        if text is not None and not (_NUMBER.fullmatch(text.value) and int(text.value) <= schema.MOST_SLICES):
            problems.add(text.where, f"{item.key}: 0 to {schema.MOST_SLICES} pictures of a series")
        elif text is not None:
            changed = msgspec.structs.replace(draft.policy.slices, per_series=int(text.value))
            draft.put("slices", text.where, slices=changed)


_SLICES = {"format": ("png", "jpeg"), "folders": ("none", "subject")}


def _encrypted_attributes(draft: Draft, entry: Entry, problems: Problems) -> None:
    draft.put("encrypted_attributes", entry.where, encrypted_attributes=encrypted.read(entry, problems))


def _choose(
    draft: Draft, item: Entry, section: str, field: str, choices: tuple[str, ...], problems: Problems
) -> None:
    """Set one field of a section of the policy to one of `choices`."""
    choice = entries.word(item, choices, "choice", problems)
    if choice is not None:
        changed = msgspec.structs.replace(getattr(draft.policy, section), **{field: choice.value})
        draft.put(section, choice.where, **{section: changed})


def _attributes(draft: Draft, entry: Entry, problems: Problems) -> None:
    draft.overrides |= attribute_actions.read(entry, problems)


_READERS: dict[str, Callable[[Draft, Entry, Problems], None]] = {
    "name": _name,
    "title": _title,
    "edition": _edition,
    "extends": _extends,
    "options": _options,
    "conflicts": _conflicts,
    "dates": _dates,
    "subjects": _subjects,
    "private": _private,
    "pixels": _pixels,
    "text": _free_text,
    "documents": _documents,
    "faces": _faces,
    "trial": _trial,
    "manifest": _manifest,
    "slices": _slices,
    "encrypted_attributes": _encrypted_attributes,
    "attributes": _attributes,
}
