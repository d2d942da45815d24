"""The work on one file in a worker: the look at it, and its comparison with its source."""

from __future__ import annotations

import os
from collections import Counter
from typing import NamedTuple

from deidra.verify import validators
from deidra.verify.compare import Compared, compare
from deidra.verify.examine import Examined, Scope, Task, examine
from deidra.verify.facts import Facts
from deidra.verify.findings import Check, Finding, Severity
from deidra.verify.limits import TooSlow, limited, seconds_for
from deidra.verify.look import Found
from deidra.verify.ocr import read_pixels
from deidra.verify.pixels import Pixels, Side, compare_pixels
from deidra.verify.places import Place
from deidra.verify.quiet import quiet
from deidra.verify.reading import read_structure

_OCR_SECONDS = 300.0


class Job(NamedTuple):
    """A file with its source ("" when it has none that is known)."""

    task: Task
    source: str


class Settings(NamedTuple):
    """What is looked at besides the bytes. `ocr`: none, likely or all."""

    scope: Scope
    validators: tuple[str, ...]
    ocr: str


class Done(NamedTuple):
    """Everything learnt of one file. `no_verdict` counts validators that gave none."""

    examined: Examined
    compared: Compared | None
    pixels: Pixels
    introduced: Counter[str]
    no_verdict: int
    verdicts: int
    read_by_ocr: bool | None  # None: has no pixels that are read


def work(settings: Settings, jobs: list[Job]) -> list[Done]:
    """Examine files one after the other."""
    return [_one(settings, job) for job in jobs]


def _one(settings: Settings, job: Job) -> Done:
    path = os.fspath(settings.scope.out / job.task.path)
    try:
        with limited(seconds_for(_size(path))):
            examined, places = examine(job.task, settings.scope)
    except TooSlow:
        examined, places = _given_up(job.task, "too-slow", "the file could not be examined in the time it has"), []
    except Exception as error:  # noqa: BLE001 - a defect of ours must not stop the others, nor print what it met
        examined, places = (
            _given_up(job.task, "internal-error", f"{type(error).__name__} while examining; not examined"),
            [],
        )
    read = _read(settings, path, examined)
    if not job.source or examined.kind != "dicom" or not places:
        return Done(examined, None, Pixels("none"), Counter(), 0, 0, read)
    compared, pixels = _beside(job.source, path, examined, places)
    if compared is not None:
        examined.found.extend(Found(finding) for finding in compared.findings)
    if pixels.fate == "removed":
        message = "the source has pixel data, the output has none"
        examined.found.append(
            Found(Finding(Check.CONFORMANCE, Severity.ERROR, "pixels-removed", "dcm:(7FE0,0010)", message))
        )
    return Done(examined, compared, pixels, *_validated(settings, job.source, path), read)


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size  # noqa: PTH116 - names are any bytes
    except OSError:
        return 0


def _given_up(task: Task, code: str, message: str) -> Examined:
    finding = Finding(Check.FILES, Severity.UNCLEAR, code, "", message)
    return Examined(task, "none", [Found(finding)], Facts(), frozenset(), False, set(), set(), 0, 0, 0)


def _read(settings: Settings, path: str, examined: Examined) -> bool | None:
    """Add what an OCR engine finds; whether it read the pixels, None when they are not to be read."""
    if examined.kind != "dicom" or settings.ocr == "none":
        return None
    try:
        with quiet(), limited(_OCR_SECONDS):
            found, read = read_pixels(path, examined, settings.scope, settings.ocr)
    except TooSlow:
        return False
    examined.found.extend(found)
    return read


def _beside(source: str, path: str, examined: Examined, places: list[Place]) -> tuple[Compared | None, Pixels]:
    """The object beside its source. What cannot be read or decoded in time is not compared."""
    compared, pixels = None, Pixels("not compared")
    after = Side(path, places, examined.facts.transfer_syntax_uid)
    try:
        with quiet(), limited(seconds_for(2 * _size(source) + _size(path))):
            before = _side(source)
            compared = compare(before.places, places, examined.facts, examined.options, stated=examined.stated)
            pixels = compare_pixels(before, after)
    except (TooSlow, Exception):  # noqa: BLE001, S110 - pydicom and decoders raise anything: then nothing is claimed
        pass
    return compared, pixels


def _side(path: str) -> Side:
    with open(path, "rb") as file:  # noqa: PTH123 - names are any bytes
        structure = read_structure(file, os.fstat(file.fileno()).st_size)
        return Side(path, structure.places, structure.transfer_syntax_uid)


def _validated(settings: Settings, source: str, output: str) -> tuple[Counter[str], int, int]:
    """Errors that dciodvfy has of the output and not of the source; how often it gave no verdict."""
    if "dciodvfy" not in settings.validators:
        return Counter(), 0, 0
    before, after = validators.object_verdict(source), validators.object_verdict(output)
    silent = not (before.made and after.made)
    return validators.introduced(before, after), int(silent), 1
