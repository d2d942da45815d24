"""Addresses of elements, printed and read: ``dcm:(0040,0275)[0]/(0032,1060)``, ``dcm:(0019,"CREATOR",0C)``."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

_STEP = re.compile(
    r'\((?P<group>[0-9A-F]{4}),(?:"(?P<creator>[^"]*)",(?P<low>[0-9A-F]{2})|(?P<element>[0-9A-F]{4}))\)'
    r"(?:\[(?P<item>\d+)\])?"
)
_BLOCKS = range(0x10, 0x100)


class Step(msgspec.Struct, frozen=True):
    """One step of a path. `creator` and a low byte for private elements, else the element number; -1: no item."""

    group: int
    element: int
    creator: str = ""
    item: int = -1


def parsed(locator: str) -> tuple[Step, ...]:
    """The steps of an address. Raises ValueError when it is none of a data set."""
    if not locator.startswith("dcm:"):
        raise ValueError("not an address in a data set")
    steps = []
    at = 4
    while at < len(locator):
        match = _STEP.match(locator, at)
        if match is None:
            raise ValueError("not an address in a data set")
        number = int(match["low"] or match["element"], 16)
        steps.append(Step(int(match["group"], 16), number, match["creator"] or "", int(match["item"] or -1)))
        at = match.end() + 1
    return tuple(steps)


def at(locator: str) -> bool:
    """Whether the address is one in a data set, and not of pixels, a stream, a name or the container."""
    return locator.startswith("dcm:")


def step(dataset: Dataset, element: DataElement, item: int = -1) -> str:
    """One step, printed; private elements by their creator, since blocks move."""
    tag = int(element.tag)
    index = f"[{item}]" if item >= 0 else ""
    if tag >> 16 & 1 and tag & 0xFFFF > 0xFF:
        creator = creator_of(dataset, tag)
        if creator:
            return f'({tag >> 16:04X},"{creator}",{tag & 0xFF:02X}){index}'
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X}){index}"


def creator_of(dataset: Dataset, tag: int) -> str:
    """The private creator of an element's block, "" without one."""
    number = tag & 0xFFFF0000 | (tag & 0xFFFF) >> 8
    if number not in dataset:
        return ""
    value = dataset[number].value
    return value.strip("\0 ").replace('"', "") if isinstance(value, str) else ""


def walked(dataset: Dataset, path: str = "dcm:") -> Iterator[tuple[str, DataElement, Dataset]]:
    """(address, element, its data set) of every element at every depth, sequences before their items.

    Elements that cannot be decoded are left out: their raw bytes are for others to search.
    """
    for tag in sorted(dataset.keys()):
        try:
            element = dataset[tag]
            value = element.value
        except Exception:  # noqa: BLE001, S112 - foreign output may hold anything
            continue
        yield path + step(dataset, element), element, dataset
        if element.VR == "SQ" and value:
            for number, item in enumerate(value):
                yield from walked(item, f"{path}{step(dataset, element, number)}/")


def found(dataset: Dataset, steps: tuple[Step, ...]) -> list[DataElement]:
    """The elements at an address: in the items named or, where a sequence was shortened or reordered, in any item.

    The exact place comes first. Private elements are found in whatever block their creator has now.
    """
    here = [dataset[tag] for tag in _tags(dataset, steps[0]) if tag in dataset]
    if len(steps) == 1:
        return here
    exact: list[DataElement] = []
    elsewhere: list[DataElement] = []
    for element in here:
        if element.VR != "SQ" or not element.value:
            continue
        for number, item in enumerate(element.value):
            into = exact if number == steps[0].item else elsewhere
            into += found(item, steps[1:])
    return exact + elsewhere


def _tags(dataset: Dataset, step: Step) -> list[int]:
    if not step.creator:
        return [step.group << 16 | step.element]
    wanted = step.creator.casefold()
    base = step.group << 16
    blocks = [b for b in _BLOCKS if base | b in dataset and creator_of(dataset, base | b << 8).casefold() == wanted]
    return [base | block << 8 | step.element for block in blocks]
