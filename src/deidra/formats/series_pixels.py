"""The pixels of a series examined together, before an object is written; what was filled is looked at again."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from deidra.dicom.deidentify import open_normalised
from deidra.dicom.header import Header
from deidra.dicom.pixel_gate import has_embedded_overlay
from deidra.dicom.pixel_image import DicomImage
from deidra.dicom.pixel_redaction import Redaction
from deidra.dicom.reader import FileReader, Reader
from deidra.dicom.source import read_sections
from deidra.errors import Held, ObjectError
from deidra.model import SourceObject
from deidra.pixels.redact import plan
from deidra.policy.schema import Policy

if TYPE_CHECKING:
    from deidra.pixels.devices import Catalogue
    from deidra.pixels.image import Device, Layout, Region
    from deidra.pixels.text_regions import Examined, Settings

# What still seems to hold text after so many rounds of filling cannot be released
_MOST_ROUNDS = 3


def pixel_settings(policy: Policy) -> Settings | None:
    """What the policy has looked for in pixels; None when it has not, or when what looks is not installed."""
    if "clean-pixel-data" not in policy.options:
        return None
    from deidra.pixels.text_regions import Settings, finders

    settings = Settings(devices=_catalogue(policy))
    return settings if finders(settings) else None


def _catalogue(policy: Policy) -> Catalogue:
    """The rules about devices that the policy names. Raises PolicyError with every line that cannot be read."""
    from deidra.pixels.device_scripts import from_ctp, from_deid
    from deidra.pixels.devices import Catalogue

    found = [
        (from_deid if "%filter" in file.text else from_ctp)(file.text, file.name) for file in policy.pixels.device_rules
    ]
    return Catalogue(
        rules=tuple(rule for one in found for rule in one.rules),
        names=tuple(name for one in found for name in one.names),
        blanks_screens=policy.pixels.screens == "fill",
        blanks_outside_regions=policy.pixels.outside_ultrasound_regions == "fill",
    )


def examine_series(
    objects: Sequence[SourceObject], settings: Settings, is_known: Callable[[str], bool]
) -> dict[int, Examined]:
    """By the number of an object, what its pixels show; objects without pixels are left out.

    `is_known` says whether a text names the subject. An examination that could not be made has `refused`.
    """
    openers = {source.id: partial(_of_file, source.path) for source in objects}
    return _examined(openers, settings, is_known)


def examine_reader(reader: Reader, settings: Settings, is_known: Callable[[str], bool]) -> Examined | None:
    """The same for one object that is open already; None where there are no pixels."""
    return _examined({0: partial(_of_reader, reader, reader)}, settings, is_known).get(0)


def _examined(
    openers: Mapping[int, Callable[[frozenset[str]], DicomImage | None]],
    settings: Settings,
    is_known: Callable[[str], bool],
) -> dict[int, Examined]:
    from deidra.pixels.devices import needed_tags
    from deidra.pixels.keep import keeper
    from deidra.pixels.text_regions import Examined, examine

    images: dict[int, DicomImage] = {}
    answers: dict[int, Examined] = {}
    for number, opener in openers.items():
        try:
            image = opener(needed_tags(settings.devices))
        except ObjectError as error:
            refused = Held(error.code, error.message, error.locator)
            answers[number] = Examined((), 0, 0.0, (), refused=refused)
        except OSError:
            refused = Held("io-error", "the file could not be read when its pixels were to be searched")
            answers[number] = Examined((), 0, 0.0, (), refused=refused)
        else:
            if image is not None:
                images[number] = image
    keep = keeper(is_known)
    try:
        answers.update(zip(images, examine(list(images.values()), settings, keep), strict=True))
        _look_again(images, answers, lambda again: examine(again, settings, keep))
    except Held as error:
        nothing = Examined((), 0, 0.0, ())
        answers |= {number: replace(answers.get(number, nothing), refused=error) for number in images}
    return answers


def _of_file(path: str, tags: frozenset[str]) -> DicomImage | None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return _of_reader(path, FileReader(descriptor, os.fstat(descriptor).st_size), tags)
    finally:
        os.close(descriptor)


def _of_reader(where: str | Reader, reader: Reader, tags: frozenset[str]) -> DicomImage | None:
    opened = open_normalised(reader)
    header = Header(list(read_sections(opened)), opened)
    if not header.has_pixels:
        return None
    if has_embedded_overlay(header):
        raise Held("pixels-unexamined", "an overlay lies in spare bits of the pixels", "dcm:(7FE0,0010)")
    return DicomImage(where, header, opened, tags)


class _Filled:
    """An image as it would be released."""

    def __init__(self, image: DicomImage, regions: tuple[Region, ...]) -> None:
        todo = plan(image.layout)
        self._image = image
        self._redaction = Redaction(image.layout, todo, regions)
        changes = {} if todo.transfer_syntax_uid == image.layout.transfer_syntax_uid else _recoded(todo.attributes)
        self.layout: Layout = replace(image.layout, transfer_syntax_uid=todo.transfer_syntax_uid, **changes)
        self.device: Device = image.device
        self.series_group = image.series_group

    def coded(self, frame: int) -> bytes:
        coded = self._image.coded(frame)
        return self._redaction.frame(frame, coded) if self._redaction.changes(frame) else coded


def _recoded(attributes: dict[str, str | int | None]) -> dict[str, str | int]:
    names = {"PhotometricInterpretation": "photometric_interpretation", "PlanarConfiguration": "planar_configuration"}
    return {names[key]: value for key, value in attributes.items() if key in names and value is not None}


def _look_again(
    images: dict[int, DicomImage],
    answers: dict[int, Examined],
    look: Callable[[list[_Filled]], list[Examined]],
) -> None:
    """Examine what was filled until nothing more is found. What never ends is refused."""
    waiting = [number for number in images if answers[number].regions and answers[number].refused is None]
    for turn in range(_MOST_ROUNDS):
        filled: dict[int, _Filled] = {}
        for number in waiting:
            try:
                filled[number] = _Filled(images[number], answers[number].regions)
            except Held as error:
                answers[number] = replace(answers[number], refused=error)
        if not filled:
            return
        waiting = []
        for number, again in zip(filled, look(list(filled.values())), strict=True):
            before = answers[number]
            spent = before.cpu_seconds + again.cpu_seconds
            more = tuple(_new(before.regions, again.regions))
            if again.refused is not None or (more and turn == _MOST_ROUNDS - 1):
                refused = again.refused or Held("text-remains", "text seems to be left after it was filled", "px:")
                answers[number] = replace(before, cpu_seconds=spent, refused=refused)
                continue
            answers[number] = replace(before, cpu_seconds=spent, regions=(*before.regions, *more))
            if more:
                waiting.append(number)


def _new(known: Sequence[Region], found: Sequence[Region]) -> Iterator[Region]:
    """What is not wholly within a region that is filled already, and no rule about a device."""
    for one in found:
        if one.kind == "device":
            continue
        if not any(
            old.box[0] <= one.box[0]
            and old.box[1] <= one.box[1]
            and old.box[2] >= one.box[2]
            and old.box[3] >= one.box[3]
            and old.first_frame <= one.first_frame
            and old.last_frame >= one.last_frame
            for old in known
        ):
            yield one
