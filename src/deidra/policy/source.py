"""Policy text as marked values: every scalar stays text, every value knows its file and line.

YAML types are not used: ``0010,0010`` stays a tag and ``no`` stays a word. Aliases and tags are refused,
so a small file cannot grow into a large one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LARGEST_BYTES = 1 << 20
_DEEPEST = 8
_TEXT, _LIST, _MAP = "tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map"

# libyaml where PyYAML was built with it: ten times faster.
_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class Text(msgspec.Struct, frozen=True):
    """A scalar, as written."""

    value: str
    where: str


class Items(msgspec.Struct, frozen=True):
    """A list."""

    values: tuple[Value, ...]
    where: str


class Entry(msgspec.Struct, frozen=True):
    """One key of a mapping with its value; `where` is the key's place."""

    key: str
    value: Value
    where: str


class Table(msgspec.Struct, frozen=True):
    """A mapping, in the order written."""

    entries: tuple[Entry, ...]
    where: str

    def get(self, key: str) -> Entry | None:
        """The entry of a key, or None."""
        return next((entry for entry in self.entries if entry.key == key), None)


Value = Text | Items | Table


class Problems:
    """Collects every mistake with its place, so that all of them are reported at once."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], None] = {}

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, where: str, text: str) -> None:
        """Note one mistake at ``file:line``, once."""
        self._found[where, text] = None

    def lines(self) -> list[str]:
        """``file:line: text``, file by file as first met, each file from top to bottom."""
        files: dict[str, int] = {}
        placed = []
        for where, text in self._found:
            file, _, line = where.rpartition(":")
            if not line.isdigit():
                file, line = where, "0"
            placed.append((files.setdefault(file, len(files)), int(line), f"{where}: {text}"))
        return [text for _, _, text in sorted(placed, key=lambda item: item[:2])]


def read_file(path: Path, label: str, problems: Problems) -> Table:
    """The mapping a file holds; `label` stands for the file in messages. Empty when it cannot be read."""
    nothing = Table((), f"{label}:1")
    try:
        if not path.is_file():
            problems.add(label, "no such file")
            return nothing
        if path.stat().st_size > _LARGEST_BYTES:
            problems.add(label, "larger than 1 MiB; this is no policy")
            return nothing
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        problems.add(label, f"cannot be read: {error.strerror}")
        return nothing
    except UnicodeDecodeError:
        problems.add(label, "not UTF-8 text")
        return nothing
    return read_text(text, label, problems)


def read_text(text: str, label: str, problems: Problems) -> Table:
    """The mapping that YAML text holds. Empty, with a problem noted, when it is not YAML of that kind."""
    nothing = Table((), f"{label}:1")
    try:
        # Events first: depth and aliases are checked before anything recursive sees the text.
        if not _plain(text, label, problems):
            return nothing
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problems.add(f"{label}:{line}", f"not YAML: {error.problem}")
        return nothing
    except yaml.YAMLError:
        problems.add(f"{label}:1", "not YAML: a character that is not allowed")
        return nothing
    if node is None:
        problems.add(f"{label}:1", "the file is empty")
        return nothing
    value = _convert(node, label, problems)
    if not isinstance(value, Table):
        problems.add(f"{label}:1", "a policy is a mapping of keys to values")
        return nothing
    return value


def texts(value: Value) -> Iterator[Text]:
    """Every scalar inside a value."""
    if isinstance(value, Text):
        yield value
    elif isinstance(value, Items):
        for item in value.values:
            yield from texts(item)
    else:
        for entry in value.entries:
            yield from texts(entry.value)


def _plain(text: str, label: str, problems: Problems) -> bool:
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        where = f"{label}:{event.start_mark.line + 1 if event.start_mark else 1}"
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            problems.add(where, "anchors and aliases (& and *) are not supported; use extends")
            return False
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _DEEPEST:
                problems.add(where, "nested too deeply for a policy")
                return False
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return True


def _convert(node: yaml.Node, label: str, problems: Problems) -> Value:
    where = f"{label}:{node.start_mark.line + 1}"
    if isinstance(node, yaml.ScalarNode):
        if node.tag != _TEXT:
            problems.add(where, f"YAML tags such as {node.tag} are not supported")
        return Text(node.value, where)
    if isinstance(node, yaml.SequenceNode):
        if node.tag != _LIST:
            problems.add(where, f"YAML tags such as {node.tag} are not supported")
        return Items(tuple(_convert(item, label, problems) for item in node.value), where)
    if node.tag != _MAP:
        problems.add(where, f"YAML tags such as {node.tag} are not supported")
    return _table(node, label, where, problems)


def _table(node: yaml.Node, label: str, where: str, problems: Problems) -> Table:
    entries: dict[str, Entry] = {}
    for key_node, value_node in node.value:
        at = f"{label}:{key_node.start_mark.line + 1}"
        if not isinstance(key_node, yaml.ScalarNode):
            problems.add(at, "a key must be plain text")
            continue
        key = key_node.value
        value = _convert(value_node, label, problems)
        if key in entries:
            problems.add(
                at, f"{key!r} is given twice (first on line {entries[key].where.rpartition(':')[2]})"
            )
            continue
        entries[key] = Entry(key, value, at)
    return Table(tuple(entries.values()), where)
