"""What dciodvfy and dcentvfy say of objects, in a form that can be compared before and after.

A finding is (severity, path without item numbers, message without values, module). Values never get further
than this file: validators quote them, assertion messages must not.
"""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_DCIODVFY = re.compile(r"(Error|Warning) - (?:<(/.*?)> - )?(.*?)(?: - Module=<(\w+)>)?")
_DCENTVFY = re.compile(r"(Error|Warning) - ([^-<]+?) - (.*)")
_ENTITY = re.compile(r"(?:Element|IE)=<(\w+)>")
_ITEM_NUMBER = re.compile(r"\[\d+\]")
_CREATOR = re.compile(r',"[^"]*"\)')
_NUMBER = re.compile(r"0x[0-9a-f]+|\d+")
_GAVE_UP = ("read failed", "Seek failed", "Information Object Not found", "trailing garbage")


class Finding(NamedTuple):
    severity: str
    path: str
    message: str
    module: str

    def __str__(self) -> str:
        where = f" {self.path}" if self.path else ""
        return f"{self.severity}{where}: {self.message}{f' [{self.module}]' if self.module else ''}"


class Verdict(NamedTuple):
    """What a validator found. `crashed` when it died; `gave_up` when it could not read the whole object."""

    findings: Counter[Finding]
    crashed: bool
    gave_up: bool
    kind: str = ""  # the name dciodvfy gives the object's IOD


def object_verdict(dciodvfy: str, path: Path) -> Verdict:
    """dciodvfy's findings on one object."""
    done = subprocess.run((dciodvfy, "-new", path), capture_output=True, timeout=60)
    kind, findings = "", Counter[Finding]()
    for line in _lines(done):
        match = _DCIODVFY.fullmatch(line)
        if match:
            severity, place, message, module = match.groups()
            findings[Finding(severity, without_items(place or ""), without_values(message), module or "")] += 1
        elif re.fullmatch(r"[A-Z]\w+", line):
            kind = kind or line
    gave_up = any(text in finding.message for finding in findings for text in _GAVE_UP)
    return Verdict(findings, crashed=done.returncode < 0, gave_up=gave_up, kind=kind)


def entity_verdict(dcentvfy: str, paths: Sequence[Path]) -> Verdict:
    """dcentvfy's findings on the objects of one study: what is said of one entity must be the same in all."""
    done = subprocess.run((dcentvfy, *paths), capture_output=True, timeout=60)
    findings = Counter[Finding]()
    for line in _lines(done):
        match = _DCENTVFY.fullmatch(line)
        if match:
            entity = "/".join(_ENTITY.findall(match[3]))
            findings[Finding(match[1], entity, match[2], "")] += 1
    return Verdict(findings, crashed=done.returncode < 0, gave_up=False)


def without_items(path: str) -> str:
    """A path without item numbers and private creators: which item it was does not matter."""
    return _CREATOR.sub(")", _ITEM_NUMBER.sub("", path))


def without_values(message: str) -> str:
    """A message up to the first value that it quotes, and without numbers."""
    return _NUMBER.sub("#", message.split(" = ", 1)[0].rstrip())


def _lines(done: subprocess.CompletedProcess[bytes]) -> list[str]:
    return (done.stdout + b"\n" + done.stderr).decode("latin-1").splitlines()
