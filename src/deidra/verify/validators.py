"""What dciodvfy and dcentvfy (dicom3tools) say, in a form that can be compared before and after.

Values never get further than this file: validators quote them. A validator that dies gives no verdict.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

_DCIODVFY = re.compile(r"(Error|Warning) - (?:<(/.*?)> - )?(.*?)(?: - Module=<(\w+)>)?")
_DCENTVFY = re.compile(r"(Error|Warning) - ([^-<]+?) - (.*)")
_ENTITY = re.compile(r"(?:Element|IE)=<(\w+)>")
# PS3.15 E.1.1 has every instance say what was done to it; dcentvfy takes that for an attribute of the patient alone
_OF_THE_INSTANCE = frozenset({"DeidentificationMethod", "DeidentificationMethodCodeSequence"})
_ITEM_NUMBER = re.compile(r"\[\d+\]")
_CREATOR = re.compile(r',"[^"]*"\)')
_NUMBER = re.compile(r"0x[0-9a-f]+|\d+")
_GAVE_UP = ("read failed", "Seek failed", "Information Object Not found", "trailing garbage")
_SECONDS = 120
_MOST_FILES = 2000  # of one study, for dcentvfy, which holds them all


class Verdict(NamedTuple):
    """Errors by their text, ``path: message [module]``. `made` is False when the validator died or gave up."""

    errors: Counter[str]
    made: bool
    kind: str = ""  # the name of the IOD


def installed() -> tuple[str, ...]:
    """Validators found on PATH."""
    return tuple(name for name in ("dciodvfy", "dcentvfy") if shutil.which(name))


def object_verdict(path: str) -> Verdict:
    """dciodvfy on one object."""
    done = _run(["dciodvfy", "-new", path])
    if done is None:
        return Verdict(Counter(), made=False)
    errors, kind, gave_up = Counter[str](), "", False
    for line in done:
        match = _DCIODVFY.fullmatch(line)
        if match is None:
            kind = kind or (line if re.fullmatch(r"[A-Z]\w+", line) else "")
            continue
        severity, place, message, module = match.groups()
        gave_up |= any(text in message for text in _GAVE_UP)
        if severity == "Error":
            errors[_text(_CREATOR.sub(")", _ITEM_NUMBER.sub("", place or "")), message, module or "")] += 1
    return Verdict(errors, made=not gave_up, kind=kind)


def study_verdict(paths: Sequence[str]) -> Verdict:
    """dcentvfy on the objects of one study."""
    done = _run(["dcentvfy", *paths[:_MOST_FILES]])
    if done is None:
        return Verdict(Counter(), made=False)
    matches = [match for line in done if (match := _DCENTVFY.fullmatch(line))]
    entities = [(m[2], _ENTITY.findall(m[3])) for m in matches if m[1] == "Error"]
    return Verdict(
        Counter(_text("/".join(path), what, "") for what, path in entities if _OF_THE_INSTANCE.isdisjoint(path)),
        made=True,
    )


def introduced(before: Verdict, after: Verdict) -> Counter[str]:
    """Errors that only the output has; none when either side has no verdict."""
    return after.errors - before.errors if before.made and after.made else Counter()


def _text(path: str, message: str, module: str) -> str:
    """A finding without item numbers, values and numbers."""
    plain = _NUMBER.sub("#", message.split(" = ", 1)[0].rstrip())
    return f"{path or 'object'}: {plain}{f' [{module}]' if module else ''}"


def _run(command: list[str]) -> list[str] | None:
    """Lines of both streams; None when the validator crashed or hung."""
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
    except (subprocess.TimeoutExpired, OSError):
        return None
    if done.returncode < 0:
        return None
    return (done.stdout + b"\n" + done.stderr).decode("latin-1").splitlines()
