"""What happens to each attribute at each place: the policy's rule, resolved for the IOD, ready to apply.

A `Place` is a path of sequences in one IOD. It hands out one `Decision` per attribute and keeps it, because the
files of a series ask the same questions thousands of times.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from deidra.dicom import grammar, graphics
from deidra.dicom.kept_values import ICC_PROFILE, kept_step
from deidra.dicom.planes import FindText, remembering
from deidra.dicom.resolve import fallback, resolve
from deidra.dicom.stream import PIXEL_DATA
from deidra.dicom.transforms import (
    PIXEL_LAYOUT,
    SOP_INSTANCE_UID,
    Context,
    Subject,
    Transform,
    known_character_set,
    refuse_layout,
    transform_for,
)
from deidra.documents.work import PictureReader
from deidra.model import Action, Edit
from deidra.policy.compile import Rule, Rulebook
from deidra.policy.content import Code, ItemRules
from deidra.standard import dictionary
from deidra.standard.iods import Node, content_sequences
from deidra.standard.private_elements import PathStep

# "number" keeps a binary number after a look at its length and bytes
Operation = Literal["keep", "number", "remove", "empty", "transform", "recurse", "dummy-sequence"]

_ACTIONS: dict[str, Action] = {
    "keep": Action.KEEP,
    "remove": Action.REMOVE,
    "empty": Action.EMPTY,
    "dummy-sequence": Action.DUMMY,
}
_MEMO_LIMIT = 4096
MEMO_VALUE_BYTES = 256
MEMO_SEQUENCE_BYTES = 1024
TOP = "dcm:"
CHARACTER_SET = 0x00080005


# New bytes of a sequence (None: untouched) and the records of what was done in it
SequenceOutcome = tuple[bytes | None, list[Edit]]


class Decision:
    """What to do with one attribute at one place. Immutable but for the cache of its transformed values."""

    __slots__ = (
        "_edits",
        "coded",
        "label",
        "memo",
        "operation",
        "output_vr",
        "rule",
        "sequences",
        "step",
        "transform",
        "vr",
        "width",
        "written_vr",
    )

    def __init__(
        self,
        operation: Operation,
        vr: str,
        rule: Rule,
        label: str,
        step: PathStep,
        transform: Transform | None = None,
    ) -> None:
        self.operation = operation
        self.vr = vr
        self.output_vr = ""  # set where the file's VR must not be used again
        self.coded = rule.method.startswith("cod")
        self.width = grammar.WIDTHS.get(vr, 1)
        self.written_vr = vr
        self.rule = rule
        self.label = label
        self.step = step
        self.transform = transform
        # By value; by value and coding scheme where both decide
        self.memo: dict[bytes | tuple[bytes, bytes], tuple[bytes | None, Action]] = {}
        self.sequences: dict[tuple[bytes, bytes], SequenceOutcome] = {}
        self._edits: dict[str, Edit] = {}

    def written_as(self, vr: str) -> Decision:
        """Note the VR that the file writes ("" in implicit VR), where it is not the one to judge by."""
        self.written_vr = vr
        return self

    def edit(self, prefix: str, action: Action | None = None) -> Edit:
        """The record of applying this decision under `prefix`, such as ``dcm:(0040,0275)[]/``."""
        done = action or _ACTIONS[self.operation]
        edit = self._edits.get(prefix)
        if edit is None or edit.action is not done:
            edit = self._edits[prefix] = Edit(prefix + self.label, done, self.rule.id, self.rule.source)
        return edit

    def remember(self, key: tuple[bytes, bytes], outcome: SequenceOutcome) -> None:
        """Note what became of a sequence, (character set, its bytes): the next one like it is not walked."""
        if len(self.sequences) < _MEMO_LIMIT:
            self.sequences[key] = outcome

    def apply(self, raw: bytes, context: Context) -> tuple[bytes | None, Action]:
        """The new value and what was done; None as value means that the element goes."""
        assert self.transform is not None  # noqa: S101 - by construction of "transform" decisions
        if len(raw) > MEMO_VALUE_BYTES:
            return self.transform(raw, context)
        memo = self.memo
        key = (raw, context.coding_scheme) if self.coded else raw
        found = memo.get(key)
        if found is not None:
            return found
        result = self.transform(raw, context)
        if len(memo) < _MEMO_LIMIT and raw.isascii() and b"\x1b" not in raw:
            memo[key] = result
        return result


class Place:
    """One path of sequences inside one IOD, with the decisions taken there so far.

    Where its items are content items (`holds_content`), `content` remembers what becomes of each kind of them.
    """

    __slots__ = (
        "_base",
        "_own",
        "_rules",
        "children",
        "content",
        "holds_content",
        "iod",
        "known",
        "path",
        "private",
        "standard",
    )

    def __init__(self, rules: Rules, path: tuple[PathStep, ...], iod: Node | None, known: bool) -> None:
        self._rules = rules
        self.path = path
        self.iod = iod
        self.known = known
        self.standard: dict[int, Decision] = {}
        self.private: dict[tuple[str, int, str], Decision] = {}
        self.children: dict[PathStep, Place] = {}
        self.holds_content = bool(path) and path[-1] in content_sequences()
        self.content: dict[tuple[bytes, bytes, bytes], Any] = {}
        self._base: Place | None = None
        self._own: Mapping[int, Rule] = {}

    def with_rules(self, own: Mapping[int, Rule]) -> Place:
        """The same place with rules of its own for some attributes; everything else is shared."""
        place = Place(self._rules, self.path, self.iod, self.known)
        place.private, place.children, place.content = self.private, self.children, self.content
        place._base, place._own = self, own
        return place

    def content_rules(self, names: list[Code], value_type: str, *, selected: bool) -> ItemRules | None:
        """The rules for the content items here that have this concept name, where they differ from all others'."""
        return self._rules.rulebook.content_item(names, value_type, self.path, selected=selected)

    def type_of(self, tag: int) -> str | None:
        """ "1" ... "3", "" for an attribute foreign to the IOD, None where the IOD is not known."""
        if not self.known:
            return None
        return (self.iod.type_of(tag) if self.iod else None) or ""

    def child(self, tag: int, step: PathStep) -> Place:
        """The place inside the items of the sequence `tag`, called `step` in paths."""
        place = self.children.get(step)
        if place is None:
            node = self.iod.child(tag) if self.iod else None
            place = Place(self._rules, (*self.path, step), node, self.known and node is not None)
            self.children[step] = place
        return place

    def names_someone(self, creator: str) -> bool:
        """Whether a private creator is no legal text or holds a known identifier, so that its block goes."""
        legal = grammar.follows_grammar("LO", creator.encode("latin-1"), creator)
        return not legal or self._rules.subject.words.names(creator)

    def decide(self, tag: int, vr: str) -> Decision:
        """The decision for a standard attribute written with `vr` ("" in implicit VR)."""
        own = self._own.get(tag)
        if self._base is not None and own is None:
            decision = self._base.decide(tag, vr)
        else:
            decision = self._rules.standard_decision(self, tag, vr, own)
        self.standard[tag] = decision
        return decision

    def decide_private(self, creator: str, tag: int, vr: str, declared_safe: bool) -> Decision:
        """The decision for a private element of `creator`'s block."""
        key = (creator, tag & 0xFFFF00FF, vr)
        decision = self.private.get(key)
        if decision is None:
            decision = self._rules.private_decision(self, creator, tag, vr, declared_safe)
            self.private[key] = decision
        return decision


_MISMATCH = Rule("X", "", "vr-mismatch", "PS3.6: the value representation is not that of the attribute")


class Rules:
    """The rulebook applied to one subject: the factory of decisions.

    `find_text` looks at overlays, where installed.

    `read_picture` reads pictures in documents.
    """

    def __init__(
        self,
        rulebook: Rulebook,
        subject: Subject,
        find_text: FindText | None = None,
        read_picture: PictureReader | None = None,
    ) -> None:
        self.rulebook = rulebook
        self.subject = subject
        self.read_picture = read_picture
        self.find_text = remembering(find_text) if find_text else None
        self.maps_uids = rulebook.standard(SOP_INSTANCE_UID, "UI", ()).code == "U"

    def standard_decision(self, place: Place, tag: int, vr: str, own: Rule | None = None) -> Decision:
        """Resolve the policy's rule for one standard attribute at one place, or the place's `own` rule for it."""
        rule = container_rule(tag, nested=bool(place.path))
        if rule is not None:
            return Decision("remove", vr, rule, _label(tag), tag).written_as(vr)
        if tag == CHARACTER_SET:
            rule = Rule("K", "", "container:character-set", "PS3.5 6.1")
            return Decision("transform", "CS", rule, _label(tag), tag, known_character_set).written_as(vr)
        known_vr = dictionary.vr(tag)
        contradicts = _contradicts(vr, known_vr)
        effective = known_vr[:2] if contradicts and known_vr else _effective_vr(vr, known_vr)
        rule = own or self.rulebook.standard(tag, effective if known_vr or vr else "", place.path)
        if _is_repeating_group(tag) and rule.code != "X" and not self._looks_at(tag, place):
            rule = Rule("X", "", rule.id, f"{rule.source}: not looked at for text, so it goes")
        attribute_type = self._type_of(place, tag)
        code, upgraded = resolve(rule.code, attribute_type)
        if upgraded:
            rule = _upgraded(rule, attribute_type or "")
        replacement = fallback(attribute_type)
        if attribute_type == "" and tag in _DEPENDENT:
            rule, code = Rule("X", "", "dependent", "PS3.3: present only beside an attribute that goes"), "X"
        if contradicts and code in ("K", "C"):
            rule, code = _MISMATCH, replacement
        if graphics.goes_without(tag, place.path) and rule.method == "text":
            replacement = "X"  # the item around it goes too
        if contradicts and tag in PIXEL_LAYOUT and not place.path:
            return Decision("transform", vr, rule, _label(tag), tag, refuse_layout(tag)).written_as(vr)
        decision = self._decision(code, effective, rule, _label(tag), replacement, tag, tag)
        decision.output_vr = effective if contradicts else ""
        return decision.written_as(vr)

    def _looks_at(self, tag: int, place: Place) -> bool:
        """Whether graphics of this family are examined here: only at top level, and overlays by somebody who can."""
        return not place.path and (tag >> 24 == 0x50 or self.find_text is not None)

    def _type_of(self, place: Place, tag: int) -> str | None:
        """The Type that counts for `tag` at this place."""
        if _is_repeating_group(tag):
            return "3"  # graphics go as whole groups, so no Type within the group is broken
        attribute_type = place.type_of(tag)
        if tag in _NEVER_REPLACED:
            return "3" if attribute_type else attribute_type
        triggers = _DEPENDENT.get(tag)
        if triggers and all(self._goes(place, trigger) for trigger in triggers):
            return ""
        return attribute_type

    def _goes(self, place: Place, tag: int) -> bool:
        """Whether the attribute goes or is emptied at this place whatever its value."""
        decision = place.standard.get(tag) or self.standard_decision(place, tag, (dictionary.vr(tag) or "LO")[:2])
        return decision.operation in ("remove", "empty")

    def private_decision(self, place: Place, creator: str, tag: int, vr: str, declared_safe: bool) -> Decision:
        """The decision for a private element of `creator`'s block."""
        group, low = tag >> 16, tag & 0xFF
        known_vr = dictionary.private_vr(creator, group, low)
        effective = (vr if vr not in ("", "UN") else known_vr or "UN")[:2]
        rule = self.rulebook.private(creator, group, low, effective, place.path, declared_safe)
        # A creator that no dictionary knows may itself hold a name: it is not printed
        shown = creator if dictionary.is_known_creator(creator) else "?"
        label = f'({group:04X},"{shown}",{low:02X})'
        code = rule.code if rule.code in ("K", "U", "C") else "X"
        if code in ("K", "C") and _contradicts(vr, known_vr):
            rule, code = _MISMATCH, "X"
        return self._decision(code, effective, rule, label, "X", tag, (group, creator, low)).written_as(vr)

    def _decision(
        self, code: str, vr: str, rule: Rule, label: str, fallback_code: str, tag: int, step: PathStep
    ) -> Decision:
        def made(operation: Operation, transform: Transform | None = None) -> Decision:
            return Decision(operation, vr, rule, label, step, transform)

        if code == "X" or (vr == "UN" and code in ("K", "C") and rule.method != "literal"):
            return made("remove")
        if rule.method in ("overlay", "curve"):
            return made("remove")  # unless the object's own examination puts them back
        if rule.method == "graphic-layer":
            return made("transform", graphics.layer_transform(label, self.subject))
        if code == "Z" and rule.method != "pseudonym":
            return made("empty")
        if vr == "SQ":
            return made("dummy-sequence" if code == "D" and tag not in _REFERENCES else "recurse")
        is_profile = tag == ICC_PROFILE and self.rulebook.policy.pixels.streams == "clean"
        if code == "K" and not rule.method and vr in grammar.BINARY_VRS and not is_profile:
            return made("keep")
        kept = kept_step(rule, vr, tag, self.subject, self.maps_uids, label)
        transform = transform_for(code, rule, vr, tag, fallback_code, self.subject, kept)
        return made("number" if code == "K" and vr in grammar.NUMERIC_VRS else "transform", transform)


# Referenced Performed Procedure Step Sequence: its items with new UIDs are the dummy that keeps references together
_REFERENCES = frozenset((0x00081111,))
# Present only when one of others is (PS3.3 C.7.1.3, C.7.1.1, C.8.8.8, 10.14): dependent -> triggers
_DEPENDENT = {
    0x00120081: (0x00120082,),  # Ethics Committee Name -> Approval Number
    0x00102298: (0x00102297,),  # Responsible Person Role -> Responsible Person
    0x00100035: (0x00100033, 0x00100034),  # Patient's Alternative Calendar -> birth or death date in it
    0x3006004E: (0x300600A6,),  # ROI Interpreter Sequence -> ROI Interpreter
    0x00400033: (0x00400032,),  # Universal Entity ID Type -> Universal Entity ID
}
# Copies, signatures and encrypted originals: conditional attributes whose dummy would be a lie
_NEVER_REPLACED = frozenset((0x04000500, 0x04000510, 0x04000520, 0x04000550, 0x04000561, 0x4FFE0001, 0xFFFAFFFA))


def _label(tag: int) -> str:
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"


def _is_repeating_group(tag: int) -> bool:
    """Curves (50xx) and overlays (60xx)."""
    return tag >> 24 in (0x50, 0x60)


def container_rule(tag: int, *, nested: bool = False) -> Rule | None:
    """The rule for elements that belong to a container or a message and not to a data set, or None."""
    if nested and tag == PIXEL_DATA:
        return Rule("X", "", "container:nested-pixels", "PS3.15 E.3.1: only top-level Pixel Data can be examined")
    if tag & 0xFFFF == 0:
        return Rule("X", "", "container:group-length", "PS3.5 7.2: group lengths are retired")
    group = tag >> 16
    if group == 0x0004:
        return Rule(
            "X", "", "container:directory", "PS3.15 E.1.1 duty 9: group 0004 belongs to a DICOMDIR alone"
        )
    if group in (0x0000, 0x0002):
        return Rule(
            "X", "", "container:message", "PS3.10 7.1, PS3.7: command and file meta groups are no data"
        )
    return None


@cache
def no_creator_decision(tag: int) -> Decision:
    """The removal of a private element whose block no creator reserves."""
    source = "PS3.5 7.8.1: without a creator nothing is known of a private element"
    return Decision("remove", "UN", Rule("X", "", "private:no-creator", source), _label(tag), tag)


def _effective_vr(written: str, known: str | None) -> str:
    """The VR to judge by: that of the file, or of the dictionary where the file leaves it open (UN, implicit)."""
    if written not in ("", "UN"):
        return written
    return known[:2] if known else "UN"


# VRs that writers confuse without hiding anything: values of either are judged by the same grammar
_INTERCHANGEABLE = (
    frozenset(("LO", "SH", "ST", "LT", "UT", "UC")),
    frozenset(("IS", "DS")),
    grammar.NUMERIC_VRS,
    frozenset(("OB", "OW", "OF", "OD", "OL", "OV")),
)


def _contradicts(written: str, known: str | None) -> bool:
    """Whether the VR in the file is not that of the attribute, so that its value may be anything."""
    if written in ("", "UN") or not known or written in known:
        return False
    return not any(written in group and known[:2] in group for group in _INTERCHANGEABLE)


def _upgraded(rule: Rule, attribute_type: str) -> Rule:
    return Rule(
        rule.code,
        rule.method,
        f"{rule.id}+type{attribute_type}",
        f"{rule.source}; kept valid as Type {attribute_type} (PS3.15 E.1.1 duty 2)",
        rule.value,
    )
