"""The pixels of a series examined together, before an object is written; what was filled is looked at again."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from deidra.dicom.deidentify import open_normalised
from deidra.dicom.header import Header
from deidra.dicom.pixel_image import DicomImage
from deidra.dicom.pixel_redaction import Redaction, planned
from deidra.dicom.reader import FileReader, Reader
from deidra.dicom.source import read_sections
from deidra.dicom.spare_bits import are_clearable, embedded_overlays
from deidra.dicom.video_image import VideoImage
from deidra.errors import Held, ObjectError, UsageError
from deidra.model import SourceObject
from deidra.pixels.decoders import VIDEO_SYNTAXES
from deidra.pixels.watched import Tell, Watch, Watched
from deidra.policy.schema import DEFAULT_PROVIDERS, Policy

if TYPE_CHECKING:
    from deidra.pixels.devices import Catalogue
    from deidra.pixels.image import Device, Image, Layout, Region
    from deidra.pixels.text_regions import Examined, Settings

_NO_ROOM = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EROFS))
# What still seems to hold text after so many rounds of filling cannot be released
_MOST_ROUNDS = 3


def pixel_settings(policy: Policy) -> Settings | None:
    """What the policy has looked for in pixels; None when it has not, or when what looks is not installed.

    Raises UsageError for execution providers that are not there, PolicyError for files of rules that cannot be read.
    """
    if "clean-pixel-data" not in policy.options:
        return None
    from deidra.pixels.picture import Sight
    from deidra.pixels.text_regions import Settings, finders

    settings = Settings(sight=Sight(providers=policy.pixels.providers), devices=_catalogue(policy))
    if not finders(settings):
        return None
    _check_providers(policy.pixels.providers)
    return settings


def _check_providers(providers: tuple[str, ...]) -> None:
    """Raises UsageError for execution providers that the installed onnxruntime does not have."""
    if providers == DEFAULT_PROVIDERS:
        return
    import onnxruntime  # type: ignore[import-untyped]

    known = onnxruntime.get_available_providers()
    missing = [name for name in providers if name not in known]
    if missing:
        text = f"pixels.providers: onnxruntime has no {', '.join(missing)} here; it has {', '.join(known)}"
        raise UsageError("provider-missing", text)


def _catalogue(policy: Policy) -> Catalogue:
    """The rules about devices of the policy. Raises PolicyError with every line of its files that cannot be read."""
    from deidra.pixels.device_scripts import from_ctp, from_deid
    from deidra.pixels.devices import Catalogue
    from deidra.pixels.known_devices import known_devices, known_devices_version

    found = [
        (from_deid if "%filter" in file.text else from_ctp)(file.text, file.name) for file in policy.pixels.device_rules
    ]
    if policy.pixels.known_devices == "fill":
        found.insert(0, Catalogue(known_devices(), (known_devices_version(),)))
    return Catalogue(
        rules=tuple(rule for one in found for rule in one.rules),
        names=tuple(name for one in found for name in one.names),
        blanks_screens=policy.pixels.screens == "fill",
        blanks_outside_regions=policy.pixels.outside_ultrasound_regions == "fill",
    )


def examine_series(
    objects: Sequence[SourceObject], settings: Settings, is_known: Callable[[str], bool], tell: Tell | None = None
) -> dict[int, Examined]:
    """By the number of an object, what its pixels show; objects without pixels are left out.

    `is_known` says whether a text names the subject. An examination that could not be made has `refused`. `tell` is
    called now and then with how many of the objects are done with. Raises OSError where there is no room for
    temporary files.
    """
    openers = {source.id: partial(_of_file, source.path) for source in objects}
    return _examined(openers, settings, is_known, tell)


def examine_reader(reader: Reader, settings: Settings, is_known: Callable[[str], bool]) -> Examined | None:
    """The same for one object that is open already; None where there are no pixels."""
    return _examined({0: partial(_of_reader, reader, reader)}, settings, is_known).get(0)


def _examined(
    openers: Mapping[int, Callable[[frozenset[str]], Image | None]],
    settings: Settings,
    is_known: Callable[[str], bool],
    tell: Tell | None = None,
) -> dict[int, Examined]:
    from deidra.pixels.devices import needed_tags
    from deidra.pixels.keep import keeper
    from deidra.pixels.text_regions import examine

    images: dict[int, Image] = {}
    answers: dict[int, Examined] = {}
    for number, opener in openers.items():
        try:
            image = opener(needed_tags(settings.devices))
        except Exception as error:  # noqa: BLE001 - one bad object never stops the others
            answers[number] = _refused(error)
        else:
            if image is not None:
                images[number] = image
    if tell is not None:
        watch = Watch(images.values(), len(openers), tell)
        images = {number: Watched(image, watch) for number, image in images.items()}
    keep = keeper(is_known)
    return answers | _searched(images, lambda some: examine(some, settings, keep))


def _searched(images: Mapping[int, Image], look: Callable[[Sequence[Image]], list[Examined]]) -> dict[int, Examined]:
    """What `look` sees in images, and again when they are filled.

    Where a library fails in a way that nobody expects, each half is looked at alone, until the images that make it fail
    are refused and no others.
    """
    answers: dict[int, Examined] = {}
    try:
        answers.update(zip(images, look(list(images.values())), strict=True))
        _look_again(images, answers, look)
    except Exception as error:  # noqa: BLE001 - see above
        refused = _refused(error)
        if isinstance(error, Held) or len(images) == 1:
            return {number: replace(answers.get(number, refused), refused=refused.refused) for number in images}
        numbers = list(images)
        middle = len(numbers) // 2
        halves = ({number: images[number] for number in half} for half in (numbers[:middle], numbers[middle:]))
        return {number: seen for half in halves for number, seen in _searched(half, look).items()}
    return answers


def _refused(error: Exception) -> Examined:
    """Why there is no examination; what a library says may quote the object. Raises `error` where the disk is full."""
    from deidra.pixels.text_regions import Examined

    if isinstance(error, ObjectError):
        held = Held(error.code, error.message, error.locator)
    elif isinstance(error, OSError):
        if error.errno in _NO_ROOM:
            raise error
        held = Held("io-error", "the file could not be read when its pixels were to be searched")
    else:
        held = Held("examination-failed", f"{type(error).__name__} while pixels were searched")
    return Examined((), 0, 0.0, (), refused=held)


def _of_file(path: str, tags: frozenset[str]) -> Image | None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return _of_reader(path, FileReader(descriptor, os.fstat(descriptor).st_size), tags)
    finally:
        os.close(descriptor)


def _of_reader(where: str | Reader, reader: Reader, tags: frozenset[str]) -> Image | None:
    opened = open_normalised(reader)
    header = Header(list(read_sections(opened)), opened)
    if not header.has_pixels:
        return None
    if embedded_overlays(header) and not are_clearable(header):
        raise Held("pixels-unexamined", "an overlay lies in bits of the pixels that are not spare", "dcm:(7FE0,0010)")
    image = VideoImage if opened.transfer_syntax_uid in VIDEO_SYNTAXES else DicomImage
    return image(where, header, opened, tags)


class _Filled:
    """An image as it would be released."""

    def __init__(self, image: Image, regions: tuple[Region, ...]) -> None:
        todo = planned(image.layout, regions, image.coded)
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
    images: Mapping[int, Image],
    answers: dict[int, Examined],
    look: Callable[[Sequence[Image]], list[Examined]],
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
