"""How generated files are written: one entry a line, so that a change of edition reads as a diff."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

Payload = dict[str, Any]


class GeneratorError(Exception):
    """A source is missing or does not have the shape that was pinned."""


def require(condition: bool, message: str) -> None:
    """Raise GeneratorError with `message` unless `condition` holds."""
    if not condition:
        raise GeneratorError(message)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def verified(path: Path, sha256: str) -> Path:
    """`path`, once its content is what was pinned."""
    require(path.is_file(), f"{path.name} is missing from {path.parent}")
    require(sha256_of(path) == sha256, f"{path.name} has another SHA-256 than the pinned one")
    return path


def header(*, source: str, edition: str, sha256: str, rows: int, attribution: str, **more: Any) -> Payload:
    """The object that every generated file begins with."""
    return {
        "source": source,
        "edition": edition,
        "sha256": sha256,
        "rows": rows,
        "generated_by": "tools/standard/generate.py",
        "attribution": attribution,
        **more,
    }


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def render(payload: Payload) -> bytes:
    """`payload` as UTF-8 JSON; the entries of each section stand on lines of their own."""
    sections = []
    for key, value in payload.items():
        if isinstance(value, list):
            lines = ",\n".join(_compact(entry) for entry in value)
            sections.append(f"{_compact(key)}:[\n{lines}\n]")
        elif isinstance(value, dict):
            lines = ",\n".join(f"{_compact(k)}:{_compact(v)}" for k, v in value.items())
            sections.append(f"{_compact(key)}:{{\n{lines}\n}}")
        else:
            sections.append(f"{_compact(key)}:{_compact(value)}")
    return ("{\n" + ",\n".join(sections) + "\n}\n").encode()
