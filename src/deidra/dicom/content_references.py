"""Relationships by reference: a content item that stands for another one, named by its position in the tree.

Referenced Content Item Identifier (0040,DB73) counts: 1 is the root, 1.3.2 the second item below its third (PS3.3
C.17.3.2.5). When items go, those behind them move up, so positions are written anew; a reference to an item that goes,
or that never was there, goes too.
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import iter_unpack, pack
from typing import NamedTuple

from deidra.dicom.rules import Place
from deidra.dicom.stream import IMPLICIT_LITTLE, Element, Encoding, Item, items_of
from deidra.dicom.structured import CONTENT_SEQUENCE, judged
from deidra.errors import Rejected
from deidra.policy.compile import Rule

REFERENCED_ITEM = 0x0040DB73
REFERENCED_ITEM_BYTES = pack("<HH", REFERENCED_ITEM >> 16, REFERENCED_ITEM & 0xFFFF)
_SOURCE = "PS3.3 C.17.3.2.5: a reference names an item of the tree by its position"
NO_TARGET = Rule("X", "", "content:reference", f"{_SOURCE}; that item is not there")
MOVED = Rule("C", "", "content:reference", f"{_SOURCE}; items before it are gone")

# Raw identifier -> the identifier of the same item in the released tree. What is not in it leads nowhere.
References = dict[bytes, bytes]


class _Node(NamedTuple):
    stays: bool
    target: bytes | None  # of an item that only refers to another one
    children: list[_Node]


def new_references(buf: bytes, items: list[Item], place: Place, encoding: Encoding, depth: int) -> References:
    """The new identifiers of all items that are referred to in a content tree.

    `items`: below the root, at `place`; `depth`: of the data set that each of them is.
    """
    tree = _tree(buf, items, place, encoding, depth)
    ordinals = {raw: found for raw in set(_targets(tree)) if (found := _path(tree, raw)) is not None}
    # A reference that leads nowhere goes, and is not counted either
    shifts: dict[int, list[int]] = {}
    return {raw: _moved(tree, path, set(ordinals), shifts) for raw, path in ordinals.items()}


def content_item(
    references: References | None, place: Place, buf: bytes, elements: list[Element], encoding: Encoding, depth: int
) -> Place | Rule:
    """The place whose rules hold for a content item, or the rule by which it goes; see `structured.judged`."""
    if references is not None:
        target = identifier(buf, elements)
        if target is not None and target not in references:
            return NO_TARGET
    return judged(place, buf, elements, encoding, depth)


def identifier(buf: bytes, elements: list[Element]) -> bytes | None:
    """The raw identifier in an item that refers to another one, b"" where it is none; None in all other items."""
    for tag, vr, _, value, stop, _ in elements:
        if tag == REFERENCED_ITEM:
            return buf[value:stop] if vr in ("UL", "UN", "") else b""
    return None


def _tree(buf: bytes, items: list[Item], place: Place, encoding: Encoding, depth: int) -> list[_Node]:
    nodes = []
    for _, _, _, elements, _ in items:
        target = identifier(buf, elements)
        here = judged(place, buf, elements, encoding, depth)
        children: list[_Node] = []
        if isinstance(here, Place):
            for element in elements:
                if element[0] == CONTENT_SEQUENCE:
                    children = _children(buf, element, here, encoding, depth)
        nodes.append(_Node(isinstance(here, Place), target, children))
    return nodes


def _children(buf: bytes, element: Element, place: Place, encoding: Encoding, depth: int) -> list[_Node]:
    if place.decide(CONTENT_SEQUENCE, element[1]).operation != "recurse":
        return []
    try:
        items = items_of(buf, element, encoding, depth)
    except Rejected:
        return []  # the walk meets the same bytes and says what becomes of them
    inner = IMPLICIT_LITTLE if element[1] == "UN" else encoding
    return _tree(buf, items, place.child(CONTENT_SEQUENCE, CONTENT_SEQUENCE), inner, depth + 1)


def _targets(nodes: list[_Node]) -> Iterator[bytes]:
    for node in nodes:
        if node.target is not None and node.stays:
            yield node.target
        yield from _targets(node.children)


def _path(nodes: list[_Node], raw: bytes) -> tuple[int, ...] | None:
    """The ordinals of the item that `raw` names, below the root; None when it leads to none that stays."""
    numbers = [number for (number,) in iter_unpack("<I", raw)] if len(raw) % 4 == 0 else []
    if numbers[:1] != [1]:
        return None
    for number in numbers[1:]:
        if not 1 <= number <= len(nodes):
            return None
        node = nodes[number - 1]
        if not node.stays or node.target is not None:
            return None
        nodes = node.children
    return tuple(numbers[1:])


def _moved(nodes: list[_Node], path: tuple[int, ...], known: set[bytes], shifts: dict[int, list[int]]) -> bytes:
    """The identifier of the item at `path` once those that go are no longer counted."""
    numbers = [1]
    for number in path:
        shift = shifts.get(id(nodes))
        if shift is None:
            shift = shifts[id(nodes)] = _gone_before(nodes, known)
        numbers.append(number - shift[number - 1])
        nodes = nodes[number - 1].children
    return pack(f"<{len(numbers)}I", *numbers)


def _gone_before(nodes: list[_Node], known: set[bytes]) -> list[int]:
    """For each node, how many before it go."""
    counts, gone = [], 0
    for node in nodes:
        counts.append(gone)
        gone += not node.stays or (node.target is not None and node.target not in known)
    return counts
