"""JSON among the results: a document, or one in each line (JSON Lines). What is about one subject goes back.

A list goes element by element. An object goes whole when it is about one subject, and member by member when its members
are about several. Keys are looked at like values.
"""

from __future__ import annotations

import functools
import json
import os
from collections import Counter
from typing import TYPE_CHECKING, Any

from deidra.errors import Held, ObjectError, Rejected
from deidra.run import result_tables
from deidra.run.way_home import ResultRow, discard, refusal, stop_if_full
from deidra.workspace.paths import create_private, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

    from deidra.dicom.restore import Original
    from deidra.run.attribution import Registry

SUFFIXES = (".json", ".jsonl", ".ndjson")
_LARGEST_BYTES = 1 << 26
_DEEPEST = 100
_GONE = object()


def is_json(path: Path) -> bool:
    """Whether the ending is that of JSON."""
    return path.suffix.lower() in SUFFIXES


def uids_in(path: Path) -> set[str]:
    """The UIDs in a file; none of one that cannot be read, which is found out when it is written."""
    uids: set[str] = set()
    try:
        for document in _documents(path):
            uids |= result_tables.read_row(*_flat(document)).uids
    except (ObjectError, OSError):
        pass
    return uids


def subjects_in(path: Path, known: Registry, fresh: Collection[str]) -> set[int]:
    """The subjects of what can go back."""
    subjects: set[int] = set()

    def note(document: Any) -> Any:
        subjects.add(_subject_of(document, known, fresh))
        return document

    try:
        for document in _documents(path):
            _each(document, note, functools.partial(_names_nobody, known), Counter())
    except (ObjectError, OSError):
        pass
    return subjects


def write(
    path: Path,
    relative: str,
    out: Path,
    known: Registry,
    fresh: Collection[str],
    original_of: Callable[[int], Original],
) -> ResultRow:
    """Write a file (0600) below `out`, without the parts that are not of one subject."""
    left_out: Counter[str] = Counter()
    restored = 0

    def back(document: Any) -> Any:
        nonlocal restored
        original = original_of(_subject_of(document, known, fresh))
        restored += 1
        return _rebuilt(document, iter(result_tables.restored_row(*_flat(document), original)))

    target = out / relative
    partial = target.with_name("." + target.name)
    lines = path.suffix.lower() != ".json"
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(create_private(partial), "w", encoding="utf-8") as file:
            for document in _documents(path):
                new = _each(document, back, functools.partial(_names_nobody, known), left_out)
                if new is not _GONE:
                    file.write(json.dumps(new, ensure_ascii=False, indent=None if lines else 1) + "\n")
        if not restored:
            code = left_out.most_common(1)[0][0] if left_out else "unattributed"
            raise Held(code, "no part of it is of one subject")
        partial.replace(target)
    except Exception as error:  # noqa: BLE001 - one bad file never stops the others
        discard(partial)
        stop_if_full(error)
        return refusal(relative, error)
    code = left_out.most_common(1)[0][0] if left_out else ""
    message = "parts that are not of one subject were left out" if left_out else ""
    return ResultRow(printable(relative), True, code, "", message, rows=left_out.total())


def _documents(path: Path) -> Iterator[Any]:
    """The documents of a file, one or one a line; raises Held and Rejected."""
    try:
        if path.suffix.lower() == ".json":
            if path.stat().st_size > _LARGEST_BYTES:
                raise Held("table-too-large", f"JSON beyond {_LARGEST_BYTES >> 20} MiB; JSON Lines may be longer")
            yield _checked(json.loads(path.read_bytes().decode("utf-8-sig")))
            return
        with path.open("rb") as file:
            while line := file.readline(_LARGEST_BYTES):
                if line.strip():
                    yield _checked(json.loads(line.decode("utf-8-sig")))
    except (ValueError, RecursionError):
        raise Rejected("table-damaged", "this is no JSON in UTF-8") from None


def _checked(document: Any, depth: int = 0) -> Any:
    if depth > _DEEPEST:
        raise Held("nesting-too-deep", f"JSON is nested deeper than {_DEEPEST} levels")
    inner = document.values() if isinstance(document, dict) else document if isinstance(document, list) else ()
    for one in inner:
        _checked(one, depth + 1)
    return document


def _each(
    document: Any, work: Callable[[Any], Any], names_nobody: Callable[[str], bool], left_out: Counter[str]
) -> Any:
    """The document with `work` done to each part of one subject; parts for which it raises Held are counted and gone.

    In an object about several subjects, plain members that name nobody stay: they are about all.
    """
    if isinstance(document, list):
        return [new for part in document if (new := _each(part, work, names_nobody, left_out)) is not _GONE]
    try:
        return work(document)
    except Held as error:
        if error.code != "two-subjects" or not isinstance(document, dict):
            left_out[error.code] += 1
            return _GONE
    members: dict[str, Any] = {}
    for key, value in document.items():
        try:
            members |= work({key: value})
        except Held as error:
            if error.code == "unattributed" and not isinstance(value, (dict, list)):
                members[key] = value
            elif isinstance(value, (dict, list)) and names_nobody(key):
                new = _each(value, work, names_nobody, left_out)
                members |= {} if new is _GONE else {key: new}
            else:
                left_out[error.code] += 1
    return members


def _names_nobody(known: Registry, text: str) -> bool:
    row = result_tables.read_row([""], [text], known.pseudonyms)
    return not row.subjects and not row.uids


def _subject_of(document: Any, known: Registry, fresh: Collection[str]) -> int:
    row = result_tables.read_row(*_flat(document), known.pseudonyms)
    return result_tables.subject_of(row, known, fresh)


def _flat(document: Any) -> tuple[list[str], list[str]]:
    """Every string of a document with the key that it stands under, keys among them, in the order of `_rebuilt`."""
    names: list[str] = []
    texts: list[str] = []

    def add(name: str, value: Any) -> None:
        if isinstance(value, str):
            names.append(name)
            texts.append(value)
        elif isinstance(value, dict):
            for key, inner in value.items():
                add("", key)
                add(key, inner)
        elif isinstance(value, list):
            for inner in value:
                add(name, inner)

    add("", document)
    return names, texts


def _rebuilt(document: Any, texts: Iterator[str]) -> Any:
    if isinstance(document, str):
        return next(texts)
    if isinstance(document, dict):
        return {next(texts): _rebuilt(inner, texts) for inner in document.values()}
    if isinstance(document, list):
        return [_rebuilt(inner, texts) for inner in document]
    return document
