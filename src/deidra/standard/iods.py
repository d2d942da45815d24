"""Which attributes an IOD has, where, and with which Type (PS3.3), merged over all modules of the IOD.

The strictest Type wins (1 > 1C > 2 > 2C > 3). Equal nodes are shared, and expanded on demand.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import msgspec

from deidra.standard._data import Header, load

if TYPE_CHECKING:
    from collections.abc import Iterator

# In the packed edges, see tools/standard/iods.py
_NO_ITEMS = 0
_SELF = -1
_CONCEPT_NAME = 0x0040A043


class _Edge(msgspec.Struct, frozen=True, array_like=True, gc=False):
    tag: int
    kind: int
    child: int


class _File(msgspec.Struct, frozen=True):
    header: Header
    types: tuple[str, ...]
    sop_classes: dict[str, int]
    edges: tuple[_Edge, ...]
    nodes: tuple[tuple[int, ...], ...]


class Node(msgspec.Struct, frozen=True, eq=False):
    """The attributes of a data set or of the items of one sequence. Overlay planes share one description."""

    types: dict[int, str]
    children: dict[int, int]

    def type_of(self, tag: int) -> str | None:
        """Type of an attribute here: "1", "1C", "2", "2C" or "3"; None if the IOD does not have it here."""
        kind = self.types.get(tag)
        if kind is None and 0x60010000 <= tag < 0x601F0000 and not tag >> 16 & 1:
            return self.types.get(0x60000000 | tag & 0xFFFF)
        return kind

    def child(self, tag: int) -> Node | None:
        """The items of a sequence; None if it is no sequence of this IOD or its items are not described."""
        number = self.children.get(tag)
        return None if number is None else _node(number)

    def items(self) -> Iterator[tuple[int, str]]:
        """(tag, Type) in order of tags."""
        return iter(self.types.items())


@cache
def _file() -> _File:
    return load("iods", _File)


@cache
def _node(number: int) -> Node:
    table = _file()
    edges = [table.edges[edge] for edge in table.nodes[number]]
    return Node(
        {edge.tag: table.types[edge.kind] for edge in edges},
        {
            edge.tag: number if edge.child == _SELF else edge.child
            for edge in edges
            if edge.child != _NO_ITEMS
        },
    )


def iod(sop_class_uid: str) -> Node | None:
    """The IOD of a SOP class, a retired one by its successor; None if not known (private, newer, ...)."""
    number = _file().sop_classes.get(sop_class_uid.rstrip("\0 "))
    return None if number is None else _node(number)


@cache
def content_sequences() -> frozenset[int]:
    """Sequences whose items are named by a coded concept, (0040,A043), in any IOD: content items and the like."""
    edges, nodes = _file().edges, _file().nodes
    named = {number for number, node in enumerate(nodes) if any(edges[edge].tag == _CONCEPT_NAME for edge in node)}
    return frozenset(
        edge.tag
        for number, node in enumerate(nodes)
        for edge in map(edges.__getitem__, node)
        if edge.child != _NO_ITEMS and (number if edge.child == _SELF else edge.child) in named
    )
