"""One object in progress: the walk over its sections, and the released object that comes of it."""

from __future__ import annotations

from operator import itemgetter
from typing import NamedTuple

from deidra.dicom import container
from deidra.dicom.header import (
    CHARACTER_SET,
    MODALITY,
    PIXELS,
    SERIES_INSTANCE_UID,
    SOP_CLASS_UID,
    SOP_INSTANCE_UID,
    STUDY_INSTANCE_UID,
    Header,
    loaded,
)
from deidra.dicom.kept_values import kept_step
from deidra.dicom.order import in_order
from deidra.dicom.private import DeclaredSafe, PrivateBlocks
from deidra.dicom.reader import Piece, Reader, size_of
from deidra.dicom.rewrite import (
    Cut,
    Insert,
    Scope,
    Unordered,
    Walk,
    cuts_of,
    items_after,
    with_inserts,
)
from deidra.dicom.rules import TOP, Place
from deidra.dicom.series_template import Done
from deidra.dicom.source import Section, Source
from deidra.dicom.transforms import PlainContext, Subject
from deidra.errors import Held
from deidra.model import Edit, Examination, ObjectFacts
from deidra.policy.compile import Rule
from deidra.standard import vocabulary

GRAPHIC_LAYER_SEQUENCE, GRAPHIC_LAYER = 0x00700060, 0x00700002
_DEFAULT_LAYER = b"LAYER1"


class Deidentified(NamedTuple):
    """A released object before it is written: its bytes, spans of `reader` for bulk, and its new identifiers."""

    reader: Reader
    pieces: list[Piece]
    study_uid: str
    series_uid: str
    sop_instance_uid: str
    edits: tuple[Edit, ...]
    facts: ObjectFacts
    has_pixels: bool
    overlays_examined: bool | None = None  # None where there are none
    document: tuple[Examination, ...] = ()  # of an encapsulated document
    streams_examined: bool | None = None  # None where no pixels are coded


class Work:
    """One object in progress: ties the walk to its source."""

    def __init__(
        self,
        source: Source,
        header: Header,
        place: Place,
        declared: DeclaredSafe,
        subject: Subject,
        record_keeps: bool,
        numbers_items: bool,
    ) -> None:
        self.source = source
        self.header = header
        self.place = place
        self.declared = declared
        self.subject = subject
        self.record_keeps = record_keeps
        self.numbers_items = numbers_items
        self.edits: list[Edit] = []
        # The sections as they were walked; None when their elements had to be put in order first
        self.done: list[Done] | None = None
        self.in_order = True
        self.tail = False  # whether bytes stand behind the last element
        self.pixels: list[Piece] | None = None  # the element that is written in place of pixel data
        self.transfer_syntax_uid = source.transfer_syntax_uid  # of what is written

    def walk(self, base: int) -> Walk:
        """The walk over the section that begins at `base`."""
        return Walk(
            self.edits,
            self.subject.dummy_uid,
            lambda at, stop: loaded(self.source, base + at, base + stop),
            self.declared,
            self._graphic_layer(),
            self.record_keeps,
            self.numbers_items,
        )

    def scope(self) -> Scope:
        """The top level of the object."""
        return Scope(self.place, TOP, self.source.encoding, 0, self.header.raw(CHARACTER_SET))

    def body(self, sections: list[Section], inserts: list[Insert]) -> list[Piece]:
        """All sections after the rules; bulk that stays becomes a span of the source."""
        private = PrivateBlocks(self.place, self.declared)
        walked = []
        for number, section in enumerate(sections):
            private.section = number
            walked.append(self._walked(section, inserts, private))
        for number, cut, edit in private.unused(TOP):
            walked[number].cuts.append(cut)
            self.edits.append(edit)
        body: list[Piece] = []
        for section, done in zip(sections, walked, strict=True):
            done.cuts.sort(key=itemgetter(0))
            body += self._pieces(done, section.base)
        if self.in_order:
            self.done = walked
        return body

    def _pieces(self, done: Done, base: int) -> list[Piece]:
        """A section with its cuts carried out; a bulk value is a span of the source."""
        buf, elements, cuts = done
        last = elements[-1]
        end = last[4]
        pixels = next((element for element in elements if element[0] in PIXELS), None) if self.pixels else None
        if self.pixels and pixels and not any(at <= pixels[2] < stop for at, stop, _ in cuts):
            before = [cut for cut in cuts if cut[1] <= pixels[2]]
            after = [cut for cut in cuts if cut[0] >= pixels[4]]
            return [*_pieces(buf, before, 0, pixels[2]), *self.pixels, *_pieces(buf, after, pixels[4], end)]
        if end <= len(buf):
            return _pieces(buf, cuts, 0, end)
        inside = max(last[3], cuts[-1][1] if cuts else 0)
        bulk: list[Piece] = [(base + inside, end - inside)] if inside < end else []
        return [*_pieces(buf, cuts, 0, last[3]), *bulk]

    def _walked(self, section: Section, inserts: list[Insert], private: PrivateBlocks) -> Done:
        buf, base, elements, _ = section
        walk = self.walk(base)
        mark, waiting = len(self.edits), list(inserts)
        try:
            merged = with_inserts(elements, inserts)
            return Done(buf, merged, cuts_of(walk, self.scope(), buf, merged, private))
        except Unordered:
            del self.edits[mark:]
            inserts[:] = waiting
            self.in_order = False
            if elements[-1][4] > len(buf):
                why = "elements are out of order around bulk data"
                raise Held("unordered", why, f"byte {base}") from None
            buf, elements, edits = in_order(buf, elements, self.source.encoding, TOP, 0)
            self.edits.extend(edits)
            merged = with_inserts(elements, inserts)
            return Done(buf, merged, cuts_of(walk, self.scope(), buf, merged, private))

    def earlier_items(self, tag: int) -> list[bytes]:
        """The items of a top-level sequence after the rules, when the rules keep the sequence."""
        found = self.header.sequence(tag)
        if found is None:
            return []
        buf, element, items = found
        decision = self.place.decide(tag, element[1])
        if decision.operation != "recurse":
            return []
        return items_after(self.walk(0), self.scope(), buf, element, decision, items)

    def earlier_values(self, tag: int) -> list[bytes]:
        """The values of a top-level text attribute that pass as kept text, one by one."""
        found = self.header.element(tag)
        if found is None or not self.header.raw(tag).isascii():
            return []
        rule = Rule("K", "", "marker", "PS3.15 E.1.1 duty 6")
        keep = kept_step(rule, "LO", tag, self.subject, maps_uids=False)
        values = self.header.raw(tag).rstrip(b" \0").split(b"\\")
        return [value for value in values if value and keep(value, PlainContext()) == value]

    def _graphic_layer(self) -> bytes:
        """A layer for a dummy annotation: the first that the object declares, as it is released."""
        found = self.header.sequence(GRAPHIC_LAYER_SEQUENCE)
        if found is None:
            return _DEFAULT_LAYER
        buf, _, items = found
        for _, _, _, elements, _ in items[:1]:
            for tag, vr, _, value, stop, _ in elements:
                if tag == GRAPHIC_LAYER:
                    place = self.place.child(GRAPHIC_LAYER_SEQUENCE, GRAPHIC_LAYER_SEQUENCE)
                    new, _ = place.decide(tag, vr).apply(buf[value:stop], PlainContext())
                    return (new or _DEFAULT_LAYER).rstrip(b" \0")
        return _DEFAULT_LAYER

    def new_value(self, tag: int) -> str:
        """The released value of a top-level UID."""
        found = self.header.element(tag)
        assert found is not None  # noqa: S101 - held_reason has made sure
        decision = self.place.standard.get(tag) or self.place.decide(tag, found[1][1])
        raw = self.header.raw(tag)
        if decision.operation == "transform":
            new, _ = decision.apply(raw, PlainContext())
            raw = new or b""
        return raw.rstrip(b" \0").decode("ascii", "replace")

    def finished(self, sections: list[Section], body: list[Piece]) -> Deidentified:
        """The released object around `body`, with the record of what was done."""
        source, header = self.source, self.header
        last = sections[-1]
        self.tail = last.base + last.elements[-1][4] < source.reader.size
        self.edits += container.container_edits(source, self.tail)
        sop_instance_uid = self.new_value(SOP_INSTANCE_UID)
        head = container.file_head(header.text(SOP_CLASS_UID), sop_instance_uid, self.transfer_syntax_uid)
        pieces = [head, *body]
        size = size_of(pieces)
        modality = header.text(MODALITY)
        facts = ObjectFacts(
            modality if vocabulary.is_modality(modality) else "",
            header.text(SOP_CLASS_UID),
            self.transfer_syntax_uid,
            source.reader.size,
            size,
        )
        return Deidentified(
            source.reader,
            pieces,
            self.new_value(STUDY_INSTANCE_UID),
            self.new_value(SERIES_INSTANCE_UID),
            sop_instance_uid,
            tuple({id(edit): edit for edit in self.edits}.values()),
            facts,
            header.has_pixels,
        )


def _pieces(buf: bytes, cuts: list[Cut], start: int, end: int) -> list[Piece]:
    """The bytes from `start` to `end`, all of them in the window, with the cuts carried out."""
    pieces: list[Piece] = []
    view = memoryview(buf)
    position = start
    for at, stop, new in cuts:
        if at > position:
            pieces.append(view[position:at])
        if new:
            pieces.append(new)
        position = stop
    if position < end:
        pieces.append(view[position:end])
    return pieces
