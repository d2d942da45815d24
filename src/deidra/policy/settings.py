"""``--set KEY=VALUE``: a setting is one more layer over the policy, the keys of its file joined by dots."""

from __future__ import annotations

from deidra.policy.source import Entry, Items, Problems, Table, Text, Value

# These values are lists, separated by commas.
_LISTS = ("options", "pixels.device_rules", "pixels.providers", "private.sources", "text.recognisers")
_ATTRIBUTES = "attributes."
_REPLACE = ".replace"


def layer(setting: str, problems: Problems) -> Table:
    """The mapping that a setting such as ``pixels.unexamined=release`` stands for."""
    # A private creator may hold "=": the first one outside quotes counts.
    key, found, value = _split(setting)
    where = f"--set {key}" if found else "--set"
    if not found or not key:
        problems.add(where, f"{setting!r} is not KEY=VALUE, such as pixels.unexamined=release")
        return Table((), where)
    parts = _keys(key)
    tree: Value = _value(key, value, where)
    for part in reversed(parts):
        tree = Table((Entry(part, tree, where),), where)
    assert isinstance(tree, Table)  # noqa: S101 - there is at least one part
    return tree


def _split(setting: str) -> tuple[str, bool, str]:
    quoted = False
    for index, letter in enumerate(setting):
        if letter == '"':
            quoted = not quoted
        elif letter == "=" and not quoted:
            return setting[:index].strip(), True, setting[index + 1 :].strip()
    return setting.strip(), False, ""


def _keys(key: str) -> list[str]:
    if not key.startswith(_ATTRIBUTES):
        return key.split(".")
    selector = key.removeprefix(_ATTRIBUTES)
    if selector.endswith(_REPLACE):
        return ["attributes", selector.removesuffix(_REPLACE), "replace"]
    return ["attributes", selector]


def _value(key: str, value: str, where: str) -> Value:
    if key not in _LISTS:
        return Text(value, where)
    bare = value.removeprefix("[").removesuffix("]")
    return Items(tuple(Text(part.strip(), where) for part in bare.split(",") if part.strip()), where)
