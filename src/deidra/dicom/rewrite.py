"""The walk over a data set: every element at every depth meets its decision; untouched bytes stay as they are.

A walk collects cuts, `(start, stop, replacement)` in the buffer, and copies what lies between them.
Positions are passed as plain arguments: this is the code that runs hundreds of times per object.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from operator import itemgetter
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from deidra.dicom import dummies, encode, graphics
from deidra.dicom.content_references import (
    MOVED,
    REFERENCED_ITEM,
    REFERENCED_ITEM_BYTES,
    References,
    content_item,
    new_references,
)
from deidra.dicom.dummies import CODE_MEANING, CODING_SCHEME
from deidra.dicom.grammar import SHORTEST_TEXT_BYTES, text_in_number
from deidra.dicom.order import in_order
from deidra.dicom.private import DeclaredSafe, PrivateBlocks
from deidra.dicom.resolve import fallback
from deidra.dicom.rules import MEMO_SEQUENCE_BYTES, MEMO_VALUE_BYTES, Decision, Place
from deidra.dicom.stream import FRAGMENTS, IMPLICIT_LITTLE, Element, Encoding, Item, items_of
from deidra.dicom.structured import CONTENT_SEQUENCE
from deidra.errors import Held, ObjectError, Rejected
from deidra.model import Action, Edit
from deidra.policy.compile import Rule

Cut = tuple[int, int, bytes]

_KEEP = Action.KEEP  # looked up once: members of an enumeration are not found at once

SPECIFIC_CHARACTER_SET = 0x00080005
_GRAPHIC_ANNOTATION_SEQUENCE = 0x00700001
_VALUE_TYPE = 0x0040A040
# Relationship Type, Value Type, Concept Name, Referenced SOP Sequence: an item of nothing else names nobody
_REFERENCE_ITEM = frozenset((0x0040A010, _VALUE_TYPE, 0x0040A043, 0x00081199))
_DELIMITER_BYTES = 8
# The character set and the coding scheme stand among the first elements of their data set
_FIRST_ELEMENTS = 5


class Insert(NamedTuple):
    """An element that the de-identifier writes itself, in place of any with its tag."""

    tag: int
    content: bytes
    edit: Edit


class Walk(msgspec.Struct, frozen=True):
    """What stays the same for the whole of one object."""

    edits: list[Edit]
    new_uid: Callable[[int], bytes]
    load: Callable[[int, int], bytes]
    declared_safe: DeclaredSafe
    graphic_layer: bytes
    record_keeps: bool
    # Whether locators number the items; without, equal records of many items are one
    numbers_items: bool
    references: References | None = None  # in a content tree with references to items


class Scope(msgspec.Struct, frozen=True):
    """Where a data set stands: its rules, printed path, encoding, depth and character set."""

    place: Place
    prefix: str
    encoding: Encoding
    depth: int
    character_set: bytes
    coding_scheme: bytes = b""


class Unordered(Rejected):
    """Tags are not ascending, or one occurs twice: the container puts them in order first."""

    def __init__(self, position: int) -> None:
        super().__init__("unordered", "the elements are not in ascending order", f"byte {position}")


def with_inserts(elements: list[Element], inserts: list[Insert]) -> list[Element]:
    """The elements of a top-level section with `inserts` at their places. Consumes those that belong here."""
    merged = list(elements)
    last = elements[-1][0]
    while inserts and inserts[0].tag <= last:
        insert = inserts.pop(0)
        at = bisect_left(merged, insert.tag, key=itemgetter(0))
        tag, _, start, value, stop, _ = merged[at]
        if tag == insert.tag:
            merged[at] = (tag, "", start, value, stop, insert)
        else:
            merged.insert(at, (insert.tag, "", start, start, start, insert))
    return merged


def cuts_of(
    walk: Walk, scope: Scope, buf: bytes, elements: list[Element], blocks: PrivateBlocks | None = None
) -> list[Cut]:
    """The cuts that the decisions make in the elements of one data set and in those below, in the order of the buffer.

    `blocks` are the private blocks of a data set that is walked in sections; its caller sees to their creators.
    """
    cuts: list[Cut] = []
    _add_cuts(cuts, walk, scope, buf, elements, blocks)
    return cuts


def _add_cuts(  # noqa: C901 - the hot loop
    cuts: list[Cut], walk: Walk, scope: Scope, buf: bytes, elements: list[Element], blocks: PrivateBlocks | None
) -> None:
    scope = _refined(scope, buf, elements)
    place, prefix = scope.place, scope.prefix
    edits, standard, loaded = walk.edits, place.standard, len(buf)
    first = len(cuts)
    private = blocks
    last = -1
    for element in elements:
        tag, vr, at, value, stop, items = element
        if tag <= last:
            raise Unordered(at)
        last = tag
        if tag & 0x10000:
            if private is None:
                private = PrivateBlocks(place, walk.declared_safe)
            decision = private.decide(buf, element)
            if decision is None:  # a creator: stays if an element of its block does
                continue
        elif items.__class__ is Insert:
            cuts.append((at, stop, items.content))
            edits.append(items.edit)
            continue
        else:
            decision = standard.get(tag)
            if decision is None or decision.written_vr != vr:
                decision = place.decide(tag, vr)
        operation = decision.operation
        if operation == "remove":
            cuts.append((at, stop, b""))
            edits.append(decision.edit(prefix))
            continue
        if items is not None and decision.vr != "SQ" and items is not FRAGMENTS:
            raise Held("items-in-value", "items stand in an attribute that is no sequence", prefix + decision.label)
        mark, stays = len(cuts), True
        if operation == "recurse" and stop <= loaded:
            stays = _add_sequence_cuts(cuts, walk, scope, buf, element, decision)
        elif operation != "keep" and not (operation == "number" and _is_number(buf, value, stop, decision.width)):
            known = decision.memo.get(buf[value:stop]) if stop - value <= MEMO_VALUE_BYTES else None
            if known is None or known[1] is not _KEEP or decision.coded:
                new = changed(walk, scope, buf, element, decision)
                if new is not None:
                    cuts.append((at, stop, new))
                    stays = new != b""
        if walk.record_keeps and len(cuts) == mark:
            edits.append(decision.edit(prefix, _KEEP))
        if private is not None and tag & 0x10000 and stays:
            private.use(tag)
    if private is not None and blocks is None:
        for _, cut, edit in private.unused(prefix):
            cuts.append(cut)
            edits.append(edit)
        cuts[first:] = sorted(cuts[first:], key=itemgetter(0))


def _refined(scope: Scope, buf: bytes, elements: list[Element]) -> Scope:
    """The scope with the data set's own Specific Character Set (PS3.5 6.1.2.3) and coding scheme."""
    if not elements or elements[0][0] > CODE_MEANING:
        return scope
    for tag, _, _, value, stop, _ in elements[:_FIRST_ELEMENTS]:
        if tag == SPECIFIC_CHARACTER_SET:
            scope = replace(scope, character_set=buf[value:stop])
        elif tag == CODING_SCHEME:
            scope = replace(scope, coding_scheme=buf[value:stop].strip(b" \0"))
    return scope


def _is_number(buf: bytes, value: int, stop: int, width: int) -> bool:
    """Whether the value is plainly a number; longer ones than the buffer are bulk."""
    size = stop - value
    if size % width:
        return False
    return size < SHORTEST_TEXT_BYTES or stop > len(buf) or text_in_number(buf, value, stop) is None


def splice(buf: bytes, cuts: list[Cut], start: int, end: int) -> bytes:
    """buf[start:end] with the cuts carried out."""
    pieces = []
    for at, stop, new in cuts:
        if at > start:
            pieces.append(buf[start:at])
        if new:
            pieces.append(new)
        start = stop
    if start < end:
        pieces.append(buf[start:end])
    return b"".join(pieces)


def changed(walk: Walk, scope: Scope, buf: bytes, element: Element, decision: Decision) -> bytes | None:
    """The whole new element, b"" when it goes, None when it stays byte for byte."""
    tag, vr, at, value, stop, items = element
    if stop > len(buf):
        buf = walk.load(at, stop)
        element = (tag, vr, 0, value - at, stop - at, items)
        tag, vr, at, value, stop, items = element
    operation = decision.operation
    if operation in ("transform", "number"):
        new, action = decision.apply(buf[value:stop], scope)
        if action is _KEEP:
            return None
        walk.edits.append(decision.edit(scope.prefix, action))
        return b"" if new is None else written(tag, vr, new, decision, scope.encoding)
    if operation == "recurse":
        cuts: list[Cut] = []
        _add_sequence_cuts(cuts, walk, scope, buf, element, decision)
        return splice(buf, cuts, at, stop) if cuts else None
    if value == stop:
        return None
    if operation == "empty":
        walk.edits.append(decision.edit(scope.prefix))
        return encode.header(tag, decision.output_vr or vr or decision.vr, 0, scope.encoding)
    if operation == "dummy-sequence":
        return _dummy_sequence(walk, scope, buf, element, decision)
    return b"" if operation == "remove" else None


def written(tag: int, vr: str, new: bytes, decision: Decision, encoding: Encoding) -> bytes:
    """The element with its new value, in the VR that the file uses and with the padding of its true one."""
    return encode.element(tag, decision.output_vr or vr or decision.vr, encode.padded(decision.vr, new), encoding)


def _add_sequence_cuts(
    cuts: list[Cut], walk: Walk, scope: Scope, buf: bytes, element: Element, decision: Decision
) -> bool:
    """Append the cuts in the items of a sequence; False when the sequence goes because it cannot be read.

    A short sequence that is byte for byte one that was walked before has the same outcome.
    """
    at, stop = element[2], element[4]
    if stop - at > MEMO_SEQUENCE_BYTES or walk.numbers_items:
        return _walk_sequence(cuts, walk, scope, buf, element, decision)
    raw = buf[at:stop]
    if walk.references is not None and REFERENCED_ITEM_BYTES in raw:  # what it becomes depends on the whole tree
        return _walk_sequence(cuts, walk, scope, buf, element, decision)
    key = (scope.character_set, raw)
    known = decision.sequences.get(key)
    if known is None:
        mark, inner = len(walk.edits), list[Cut]()
        _walk_sequence(inner, walk, scope, buf, element, decision)
        known = (splice(buf, inner, at, stop) if inner else None, walk.edits[mark:])
        decision.remember(key, known)
    else:
        walk.edits.extend(known[1])
    new = known[0]
    if new is not None:
        cuts.append((at, stop, new))
    return new != b""


def _walk_sequence(
    cuts: list[Cut], walk: Walk, scope: Scope, buf: bytes, element: Element, decision: Decision
) -> bool:
    tag, vr, at, value, stop, items = element
    try:
        parsed = items_of(buf, element, scope.encoding, scope.depth)
    except Held:
        raise
    except ObjectError:
        if vr == "SQ":
            raise
        # UN, or a private element that only a dictionary calls a sequence: not understood, so it goes
        walk.edits.append(decision.edit(scope.prefix, Action.REMOVE))
        cuts.append((at, stop, b""))
        return False
    mark, gone = len(cuts), 0
    walk, inner = _inside(walk, scope, buf, element, decision, parsed)
    for index, item in enumerate(parsed):
        gone += not _add_item_cuts(cuts, walk, inner, buf, tag, index, item)
    if gone:
        left = gone < len(parsed)
        if not left:
            new = _without_items(walk, scope, tag, decision, inner.place)
            cuts[mark:] = [(at, stop, new)]
            return new != b""
        walk.edits.append(decision.edit(scope.prefix, Action.CLEAN))
    if items is None:
        growth = _growth(cuts, mark)
        if growth:
            header = encode.header(tag, vr or decision.vr, stop - value + growth, scope.encoding)
            cuts.insert(mark, (at, value, header))
    return True


def _inside(
    walk: Walk, scope: Scope, buf: bytes, element: Element, decision: Decision, items: list[Item]
) -> tuple[Walk, Scope]:
    """The walk and the scope inside the items of a sequence."""
    tag, vr, _, value, stop, _ = element
    where = scope.prefix + decision.label
    if items is FRAGMENTS:
        raise Held("fragments-in-sequence", "coded fragments stand where items belong", where)
    place = scope.place.child(tag, decision.step)
    encoding = IMPLICIT_LITTLE if vr == "UN" else scope.encoding
    depth = scope.depth + 1
    outermost = place.holds_content and not scope.place.holds_content
    if outermost and buf.find(REFERENCED_ITEM_BYTES, value, stop) >= 0:
        is_tree = tag == CONTENT_SEQUENCE and not scope.depth
        walk = replace(walk, references=new_references(buf, items, place, encoding, depth) if is_tree else {})
    return walk, Scope(place, f"{where}[]/", encoding, depth, scope.character_set)


def _add_item_cuts(
    cuts: list[Cut], walk: Walk, scope: Scope, buf: bytes, sequence: int, index: int, item: Item
) -> bool:
    """Append the cuts in one item; False when the whole item goes. `scope` is that of all items of the sequence."""
    start, first, end, elements, undefined = item
    if walk.numbers_items:
        scope = replace(scope, prefix=f"{scope.prefix[:-2]}{index}]/")
    if scope.place.holds_content:
        judged = content_item(walk.references, scope.place, buf, elements, scope.encoding, scope.depth)
        if isinstance(judged, Rule):
            walk.edits.append(Edit(scope.prefix[:-1], Action.REMOVE, judged.id, judged.source))
            cuts.append((start, end, b""))
            return False
        scope = replace(scope, place=judged)
    mark, told = len(cuts), len(walk.edits)
    try:
        _add_content_cuts(cuts, walk, scope, buf, elements)
    except Unordered:
        del walk.edits[told:], cuts[mark:]
        content = _reordered(walk, scope, buf, elements)
        cuts.append((first, end - _DELIMITER_BYTES if undefined else end, content))
    if not undefined:
        growth = _growth(cuts, mark)
        if growth:
            cuts.insert(mark, (start, first, encode.item_header(end - first + growth)))
    if sequence in graphics.NEEDED and len(cuts) > mark:
        new = splice(buf, cuts[mark:], start, end)
        if graphics.says_nothing(sequence, new, scope.encoding):
            cuts[mark:] = [(start, end, b"")]
            return False
    return True


def _growth(cuts: list[Cut], mark: int) -> int:
    """Bytes that the cuts from `mark` on add."""
    return sum([len(new) - (stop - at) for at, stop, new in cuts[mark:]])


def items_after(
    walk: Walk, scope: Scope, buf: bytes, element: Element, decision: Decision, parsed: list[Item]
) -> list[bytes]:
    """Some items of a sequence as they are after the rules, b"" for each that goes."""
    written: list[bytes] = []
    walk, inner = _inside(walk, scope, buf, element, decision, parsed)
    for index, item in enumerate(parsed):
        cuts: list[Cut] = []
        _add_item_cuts(cuts, walk, inner, buf, element[0], index, item)
        written.append(splice(buf, cuts, item[0], item[2]))
    return written


def _reordered(walk: Walk, scope: Scope, buf: bytes, elements: list[Element]) -> bytes:
    ordered, elements, edits = in_order(buf, elements, scope.encoding, scope.prefix, scope.depth)
    walk.edits.extend(edits)
    cuts: list[Cut] = []
    _add_content_cuts(cuts, walk, scope, ordered, elements)
    return splice(ordered, cuts, 0, len(ordered))


def _add_content_cuts(cuts: list[Cut], walk: Walk, scope: Scope, buf: bytes, elements: list[Element]) -> None:
    """The cuts in the elements of one item; a reference to another item of a content tree gets its new position."""
    mark = len(cuts)
    _add_cuts(cuts, walk, scope, buf, elements, None)
    if walk.references is None:
        return
    for tag, _, at, value, stop, _ in elements:
        if tag == REFERENCED_ITEM and all(cut[0] != at for cut in cuts[mark:]):
            raw = buf[value:stop]
            new = walk.references.get(raw, raw)
            if new != raw:
                walk.edits.append(Edit(f"{scope.prefix}(0040,DB73)", Action.CLEAN, MOVED.id, MOVED.source))
                cuts[mark:] = sorted([*cuts[mark:], (value, stop, new)], key=itemgetter(0))


def _without_items(walk: Walk, scope: Scope, tag: int, decision: Decision, inside: Place) -> bytes:
    """A sequence all of whose items went; one of content becomes what its Type demands (PS3.3 C.17.3)."""
    code = fallback(scope.place.type_of(tag)) if inside.holds_content else "X"
    if code == "X" or (tag == CONTENT_SEQUENCE and scope.depth):
        walk.edits.append(decision.edit(scope.prefix, Action.REMOVE))
        return b""
    item = dummies.report_content(scope.encoding, related=tag == CONTENT_SEQUENCE) if code == "D" else b""
    walk.edits.append(decision.edit(scope.prefix, Action.DUMMY if item else Action.EMPTY))
    return encode.element(tag, "SQ", item, scope.encoding)


def _references(walk: Walk, scope: Scope, buf: bytes, element: Element, decision: Decision) -> bytes:
    """The content items that only refer to objects, with new UIDs: all that a key object selection needs."""
    parsed = items_of(buf, element, scope.encoding, scope.depth)
    kept = [item for item in parsed if _is_reference(buf, item)]
    return b"".join(items_after(walk, scope, buf, element, decision, kept))


def _is_reference(buf: bytes, item: Item) -> bool:
    tags = {tag for tag, *_ in item[3]}
    types = [buf[value:stop].strip() for tag, _, _, value, stop, _ in item[3] if tag == _VALUE_TYPE]
    return types in ([b"IMAGE"], [b"COMPOSITE"], [b"WAVEFORM"]) and tags <= _REFERENCE_ITEM


def _dummy_sequence(walk: Walk, scope: Scope, buf: bytes, element: Element, decision: Decision) -> bytes:
    """A non-empty sequence that says nothing; where the IOD does not tell how, the sequence goes."""
    tag, encoding = element[0], scope.encoding
    if tag == CONTENT_SEQUENCE:
        item: bytes | None = _references(walk, scope, buf, element, decision) or dummies.report_content(encoding)
    elif tag == _GRAPHIC_ANNOTATION_SEQUENCE:
        item = dummies.graphic_annotation(walk.graphic_layer, encoding)
    else:
        item = dummies.sequence_item(scope.place.child(tag, tag).iod, encoding, walk.new_uid)
    if item is None:
        walk.edits.append(decision.edit(scope.prefix, Action.REMOVE))
        return b""
    walk.edits.append(decision.edit(scope.prefix))
    return encode.sequence(tag, [item], encoding)
