"""IODs: the module, attribute and Type tables inside highdicom (PS3.3), merged and packed.

Every IOD becomes one tree of tag -> (Type, items). Equal subtrees are stored once, so 170 IODs with
100,000 attribute rows become a small graph of numbered nodes.
"""

from __future__ import annotations

import hashlib
import json
from importlib.resources import files
from typing import Any

from output import Payload, header, require
from pins import INCOMPLETE_IODS, NEMA, PACKAGES, SUCCESSORS
from pydicom._dicom_dict import RepeatersDictionary
from pydicom.datadict import tag_for_keyword

# Strictest first
TYPES = ("1", "1C", "2", "2C", "3")
# A content item may contain content items like itself (PS3.3 C.17.3.2); highdicom stops at one level
CONTENT_SEQUENCE = 0x0040A730
# In a packed edge: no items are described; the items are like the node that holds the edge
NO_ITEMS = 0
SELF = -1

Tree = dict[int, tuple[str, "Tree"]]

# The overlay planes of PS3.3 C.9.2 are described once, for the first group
_REPEATED = {
    entry[4]: int(mask.replace("xx", "00"), 16)
    for mask, entry in RepeatersDictionary.items()
    if mask.startswith("60xx")
}


def _source(name: str) -> tuple[Any, bytes]:
    content = (files("highdicom") / "_standard" / f"{name}.json").read_bytes()
    return json.loads(content), content


def _tag(keyword: str) -> int:
    tag = tag_for_keyword(keyword)
    tag = _REPEATED.get(keyword) if tag is None else tag
    require(tag is not None, f"highdicom: unknown keyword {keyword}")
    return tag or 0


def _module_tree(rows: list[dict[str, Any]]) -> Tree:
    """The attributes of one module; rows come with the keywords of the sequences above them."""
    tree: Tree = {}
    for row in sorted(rows, key=lambda r: len(r["path"])):
        level = tree
        for keyword in row["path"]:
            level = level[_tag(keyword)][1]
        require(row["type"] in TYPES, f"highdicom: {row['keyword']} has Type {row['type']}")
        tag = _tag(row["keyword"])
        require(tag not in level, f"highdicom: {row['keyword']} is listed twice in one place")
        level[tag] = (row["type"], {})
    return tree


def merge(one: Tree, other: Tree) -> Tree:
    """Both trees; where they share an attribute the strictest Type wins."""
    merged = dict(one)
    for tag, (kind, items) in other.items():
        if tag in one:
            own_kind, own_items = one[tag]
            merged[tag] = (min(kind, own_kind, key=TYPES.index), merge(own_items, items))
        else:
            merged[tag] = (kind, items)
    return merged


class _Packer:
    """Numbers distinct nodes and distinct edges; node 0 is 'no items described'."""

    def __init__(self) -> None:
        self.edges: dict[tuple[int, int, int], int] = {}
        self.nodes: dict[tuple[int, ...], int] = {(): NO_ITEMS}

    def node(self, tree: Tree, *, content_item: bool = False) -> int:
        packed = []
        for tag, (kind, items) in sorted(tree.items()):
            child = self.node(items, content_item=tag == CONTENT_SEQUENCE)
            packed.append(self._edge(tag, kind, child))
        if content_item and CONTENT_SEQUENCE not in tree:
            packed.append(self._edge(CONTENT_SEQUENCE, "1C", SELF))
        return self.nodes.setdefault(tuple(packed), len(self.nodes))

    def _edge(self, tag: int, kind: str, child: int) -> int:
        return self.edges.setdefault((tag, TYPES.index(kind), child), len(self.edges))


def iods_file() -> Payload:
    """Contents of iods.json."""
    modules_of, content_1 = _source("iod_module_map")
    attributes_of, content_2 = _source("module_attribute_map")
    iod_of, content_3 = _source("sop_class_iod_map")
    incomplete = {iod for iod, ms in modules_of.items() if any(m["key"] not in attributes_of for m in ms)}
    require(incomplete == INCOMPLETE_IODS, f"highdicom: incomplete IODs {sorted(incomplete)}")

    trees: dict[str, Tree] = {}
    packer = _Packer()
    roots: dict[str, int] = {}
    for iod, modules in modules_of.items():
        if iod in incomplete or iod not in iod_of.values():
            continue
        tree: Tree = {}
        for key in sorted({module["key"] for module in modules}):
            if key not in trees:
                trees[key] = _module_tree(attributes_of[key])
            tree = merge(tree, trees[key])
        roots[iod] = packer.node(tree)
    sop_classes = {uid: roots[iod] for uid, iod in iod_of.items() if iod in roots}
    for retired, (successor, _) in SUCCESSORS.items():
        require(retired not in sop_classes, f"{retired} has an IOD of its own")
        sop_classes[retired] = sop_classes[successor]

    rows = sum(len(rows) for rows in attributes_of.values())
    sha256 = hashlib.sha256(content_1 + content_2 + content_3).hexdigest()
    return {
        "header": header(
            source=f"highdicom {PACKAGES['highdicom']} (MIT), tables of PS3.3",
            edition="late 2024, not stated by the source",
            sha256=sha256,
            rows=rows,
            attribution=NEMA,
            left_out=sorted(incomplete),
            successors={uid: list(entry) for uid, entry in SUCCESSORS.items()},
        ),
        "types": list(TYPES),
        "sop_classes": dict(sorted(sop_classes.items())),
        "edges": list(packer.edges),
        "nodes": list(packer.nodes),
    }
