"""What the objects of a batch teach about the next one: builds series templates and applies them."""

from __future__ import annotations

from typing import NamedTuple

from msgspec.structs import replace

from deidra.dicom import container
from deidra.dicom.reader import Piece, size_of
from deidra.dicom.rewrite import Walk
from deidra.dicom.series_template import Done, SeriesTemplate, build, fits_windows, varying_tags
from deidra.dicom.source import Source
from deidra.dicom.work import Deidentified, Work
from deidra.errors import ObjectError

# Objects that differ again and again in new ways are not worth a template
_MOST_BUILDS = 16


class Container(NamedTuple):
    """What two objects must share before their elements are compared."""

    transfer_syntax_uid: str
    notes: tuple[str, ...]
    meta: frozenset[int]
    preamble_used: bool

    @classmethod
    def of(cls, source: Source) -> Container:
        """The container of an opened object."""
        return cls(source.transfer_syntax_uid, source.notes, frozenset(source.meta), source.preamble_used)


class Learnt:
    """One kind of object of a batch: the last that took the full path, what varies, and the template."""

    __slots__ = ("_builds", "_last", "_result", "_template", "_varying", "_walk")

    def __init__(self) -> None:
        self._builds = 0
        self._last: list[Done] | None = None
        self._result: Deidentified | None = None
        self._template: SeriesTemplate | None = None
        self._varying: set[int] = set()
        self._walk: Walk | None = None

    def learn(self, work: Work, result: Deidentified, tail: bytes) -> None:
        """Compare an object with the one before it and build the template of what they share."""
        last, done = self._last, work.done
        self._template = None
        if done is None or work.tail or self._builds >= _MOST_BUILDS or not fits_windows(done):
            return
        self._last = done
        tags = varying_tags(last, done) if last is not None else None
        if tags is None:
            return
        self._builds += 1
        self._varying |= tags
        self._walk = replace(work.walk(0), edits=[])
        self._template = build(done, self._varying, work.place, work.declared, work.scope(), self._walk, tail)
        self._result = result

    def fill(self, source: Source) -> Deidentified | None:
        """The released object by way of the template, or None when it does not fit."""
        if self._template is None or self._walk is None or self._result is None:
            return None
        try:
            filled = self._template.fill(source, self._walk)
        except ObjectError:
            return None  # the full path finds the first error
        if filled is None or filled.end != source.reader.size:
            return None
        facts = self._result.facts
        head = container.file_head(facts.sop_class_uid, filled.sop_instance_uid, source.transfer_syntax_uid)
        pieces: list[Piece] = [head, *filled.body]
        return self._result._replace(
            reader=source.reader,
            pieces=pieces,
            sop_instance_uid=filled.sop_instance_uid,
            facts=type(facts)(
                facts.modality,
                facts.sop_class_uid,
                facts.transfer_syntax_uid,
                source.reader.size,
                size_of(pieces),
            ),
        )
