"""The walk over a data set: every element at every depth meets its decision; untouched bytes stay as they are.

A walk collects cuts, `(start, stop, replacement)` in the buffer, and copies what lies between them.
Positions are passed as plain arguments: this is the code that runs hundreds of times per object.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from operator import itemgetter
from typing import NamedTuple

from msgspec import structs

from deidra.dicom import dummies, encode
from deidra.dicom.dummies import CODE_MEANING, CODING_SCHEME
from deidra.dicom.grammar import SHORTEST_TEXT_BYTES, text_in_number
from deidra.dicom.order import in_order
from deidra.dicom.private import DeclaredSafe, PrivateBlocks
from deidra.dicom.rules import MEMO_SEQUENCE_BYTES, MEMO_VALUE_BYTES, Decision, Place, Prefix, printed
from deidra.dicom.stream import FRAGMENTS, IMPLICIT_LITTLE, Element, Encoding, Item, items_of
from deidra.errors import Held, ObjectError, Rejected
from deidra.model import Action, Edit

Cut = tuple[int, int, bytes]

SPECIFIC_CHARACTER_SET = 0x00080005
_CONTENT_SEQUENCE, _GRAPHIC_ANNOTATION_SEQUENCE = 0x0040A730, 0x00700001
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


class Walk(NamedTuple):
    """What stays the same for the whole of one object."""

    edits: list[Edit]
    new_uid: Callable[[int], bytes]
    load: Callable[[int, int], bytes]
    declared_safe: DeclaredSafe
    graphic_layer: bytes
    record_keeps: bool


class Scope(NamedTuple):
    """Where a data set stands: its rules, printed path, encoding, depth and character set."""

    place: Place
    prefix: Prefix
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


def cuts_of(  # noqa: C901 - the hot loop
    walk: Walk, scope: Scope, buf: bytes, elements: list[Element], blocks: PrivateBlocks | None = None
) -> list[Cut]:
    """The cuts that the decisions make in the elements of one data set, in the order of the buffer.

    `blocks` are the private blocks of a data set that is walked in sections; its caller sees to their creators.
    """
    scope = _refined(scope, buf, elements)
    place, prefix = scope.place, scope.prefix
    edits, standard = walk.edits, place.standard
    cuts: list[Cut] = []
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
            where = printed(prefix) + decision.label
            raise Held("items-in-value", "items stand in an attribute that is no sequence", where)
        if operation == "keep" or (operation == "number" and _is_number(buf, value, stop, decision.width)):
            new = None
        else:
            known = decision.memo.get(buf[value:stop]) if stop - value <= MEMO_VALUE_BYTES else None
            if known is not None and known[1] is Action.KEEP and not decision.coded:
                new = None
            else:
                new = changed(walk, scope, buf, element, decision)
        if new is not None:
            cuts.append((at, stop, new))
        elif walk.record_keeps:
            edits.append(decision.edit(prefix, Action.KEEP))
        if private is not None and tag & 0x10000 and new != b"":
            private.use(tag)
    if private is not None and blocks is None:
        for _, cut, edit in private.unused(prefix):
            cuts.append(cut)
            edits.append(edit)
        cuts.sort(key=itemgetter(0))
    return cuts


def _refined(scope: Scope, buf: bytes, elements: list[Element]) -> Scope:
    """The scope with the data set's own Specific Character Set (PS3.5 6.1.2.3) and coding scheme."""
    if not elements or elements[0][0] > CODE_MEANING:
        return scope
    for tag, _, _, value, stop, _ in elements[:_FIRST_ELEMENTS]:
        if tag == SPECIFIC_CHARACTER_SET:
            scope = scope._replace(character_set=buf[value:stop])
        elif tag == CODING_SCHEME:
            scope = scope._replace(coding_scheme=buf[value:stop].strip(b" \0"))
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
    if operation == "recurse":
        return _recursed(walk, scope, buf, element, decision)
    if operation in ("transform", "number"):
        new, action = decision.apply(buf[value:stop], scope)
        if action is Action.KEEP:
            return None
        walk.edits.append(decision.edit(scope.prefix, action))
        return b"" if new is None else written(tag, vr, new, decision, scope.encoding)
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


def _recursed(walk: Walk, scope: Scope, buf: bytes, element: Element, decision: Decision) -> bytes | None:
    _, _, at, _, stop, _ = element
    key = (scope.character_set, buf[at:stop]) if stop - at <= MEMO_SEQUENCE_BYTES and not walk.record_keeps else None
    if key is not None and key in decision.sequences:
        return _repeated(walk, scope, decision, *decision.sequences[key])
    mark = len(walk.edits)
    new = _walked(walk, scope, buf, element, decision)
    if key is not None:
        begin = len(printed(scope.prefix)) + len(decision.label)
        edits = tuple([structs.replace(edit, locator=edit.locator[begin:]) for edit in walk.edits[mark:]])
        decision.remember(key, (new, edits))
    return new


def _repeated(
    walk: Walk, scope: Scope, decision: Decision, new: bytes | None, edits: tuple[Edit, ...]
) -> bytes | None:
    """The outcome of a sequence that is byte for byte one that was walked before."""
    if edits:
        where = printed(scope.prefix) + decision.label
        walk.edits.extend([Edit(where + e.locator, e.action, e.rule, e.source) for e in edits])
    return new


def _walked(walk: Walk, scope: Scope, buf: bytes, element: Element, decision: Decision) -> bytes | None:
    tag, vr, _, _, _, items = element
    try:
        parsed = items_of(buf, element, scope.encoding, scope.depth)
    except Held:
        raise
    except ObjectError:
        if vr == "SQ":
            raise
        # UN, or a private element that only a dictionary calls a sequence: not understood, so it goes
        walk.edits.append(decision.edit(scope.prefix, Action.REMOVE))
        return b""
    new = rewritten_items(walk, scope, buf, element, decision, parsed)
    if new.count(None) == len(new):
        return None
    content = b"".join([buf[old[0] : old[2]] if item is None else item for old, item in zip(parsed, new, strict=True)])
    return encode.sequence_like(tag, vr or decision.vr, content, items is not None, scope.encoding)


def rewritten_items(
    walk: Walk, scope: Scope, buf: bytes, element: Element, decision: Decision, parsed: list[Item]
) -> list[bytes | None]:
    """Each item of a sequence after the rules: its new bytes, or None when it stays byte for byte."""
    tag, vr = element[:2]
    if parsed is FRAGMENTS:
        where = printed(scope.prefix) + decision.label
        raise Held("fragments-in-sequence", "coded fragments stand where items belong", where)
    place = scope.place.child(tag, decision.step)
    encoding = IMPLICIT_LITTLE if vr == "UN" else scope.encoding
    depth, character_set = scope.depth + 1, scope.character_set
    written: list[bytes | None] = []
    for index, (_, first, end, elements, undefined) in enumerate(parsed):
        inner = Scope(place, (scope.prefix, decision.label, index), encoding, depth, character_set)
        mark = len(walk.edits)
        try:
            cuts = cuts_of(walk, inner, buf, elements)
        except Unordered:
            del walk.edits[mark:]
            content = _reordered(walk, inner, buf, elements)
        else:
            if not cuts:
                written.append(None)
                continue
            content = splice(buf, cuts, first, end - _DELIMITER_BYTES if undefined else end)
        written.append(encode.item_like(content, undefined))
    return written


def _reordered(walk: Walk, scope: Scope, buf: bytes, elements: list[Element]) -> bytes:
    ordered, elements, edits = in_order(buf, elements, scope.encoding, printed(scope.prefix), scope.depth)
    walk.edits.extend(edits)
    return splice(ordered, cuts_of(walk, scope, ordered, elements), 0, len(ordered))


def _references(walk: Walk, scope: Scope, buf: bytes, element: Element, decision: Decision) -> bytes:
    """The content items that only refer to objects, with new UIDs: all that a key object selection needs."""
    parsed = items_of(buf, element, scope.encoding, scope.depth)
    kept = [item for item in parsed if _is_reference(buf, item)]
    new = rewritten_items(walk, scope, buf, element, decision, kept)
    return b"".join([buf[old[0] : old[2]] if item is None else item for old, item in zip(kept, new, strict=True)])


def _is_reference(buf: bytes, item: Item) -> bool:
    tags = {tag for tag, *_ in item[3]}
    types = [buf[value:stop].strip() for tag, _, _, value, stop, _ in item[3] if tag == _VALUE_TYPE]
    return types in ([b"IMAGE"], [b"COMPOSITE"], [b"WAVEFORM"]) and tags <= _REFERENCE_ITEM


def _dummy_sequence(walk: Walk, scope: Scope, buf: bytes, element: Element, decision: Decision) -> bytes:
    """A non-empty sequence that says nothing; where the IOD does not tell how, the sequence goes."""
    tag, encoding = element[0], scope.encoding
    if tag == _CONTENT_SEQUENCE:
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
