"""The search of one file: pieces of bytes with what they are, and the findings in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from deidra.verify.attributes import Nature
from deidra.verify.findings import Check, Finding, Severity
from deidra.verify.fold import mask
from deidra.verify.forms import Grade, calendar_day
from deidra.verify.judge import Setting, judge, look
from deidra.verify.knowledge import Knowledge, Known
from deidra.verify.search import Hit, Indexes, knowledge_of, search_pieces, subject_indexes, wide_indexes

_WORDS = {
    Nature.NAME: "a name",
    Nature.ID: "an identification number",
    Nature.CONTACT: "a telephone number or mail address",
    Nature.ADDRESS: "an address",
    Nature.INSTITUTION: "an institution",
    Nature.DEVICE: "a device's identity",
    Nature.NETWORK: "a network address",
    Nature.BIRTH_DATE: "the day of birth",
    Nature.DATE: "an original date",
}
_OF_THINGS = frozenset({Nature.DEVICE, Nature.NETWORK, Nature.INSTITUTION, Nature.ADDRESS})


class Piece(NamedTuple):
    """Bytes to search. `lenient`: the policy keeps the attribute, whatever it says. `top`: where its element stands."""

    data: bytes
    setting: Setting
    locator: str
    form: str = ""
    lenient: bool = False
    top: int = -1


class Found(NamedTuple):
    """A finding; `day` is set for days of the subject, which the whole collection has to confirm."""

    finding: Finding
    day: date | None = None


class Searcher:
    """What is searched for in the objects of one subject (None: the subject is not known).

    `hits` finds needles, `judged` judges them.
    """

    def __init__(self, store: Path, subject: int | None, shortest_in_bulk: int) -> None:
        self.subject = subject
        self.knowledge: Knowledge = knowledge_of(store)
        self.days = self.knowledge.days(subject) if subject is not None else frozenset()
        self._wide: Indexes = wide_indexes(store, shortest_in_bulk)
        self._own = subject_indexes(store, subject, shortest_in_bulk) if subject is not None else None

    def hits(self, pieces: Sequence[Piece], *, bulk: bool = False) -> list[tuple[int, Hit]]:
        """(number of the piece, hit) for each needle met, harmless ones too."""
        found: list[tuple[int, Hit]] = []
        for indexes in (self._wide, self._own):
            if indexes is not None:
                found += search_pieces(indexes.bulk if bulk else indexes.text, [piece.data for piece in pieces])
        return found

    def judged(self, pieces: Sequence[Piece], hits: Iterable[tuple[int, Hit]]) -> list[Found]:
        """The findings among hits: the gravest for each piece and identifier."""
        best: dict[tuple[int, int], tuple[int, Found]] = {}
        for number, hit in hits:
            for found, rank in self._readings(hit, pieces[number]):
                place = (number, found.finding.identifier)
                if place not in best or rank < best[place][0]:
                    best[place] = (rank, found)
        return [found for _, found in best.values()]

    def _readings(self, hit: Hit, piece: Piece) -> Iterable[tuple[Found, int]]:
        for needle, identifier in hit.needles:
            if needle.grade is Grade.UID:
                yield from self._uid(hit, piece)
                continue
            bears = None if self.subject is None else self.subject in self.knowledge.bearers(identifier)
            seen = look(hit, piece.data, piece.setting, bears)
            severity = judge(needle, seen)
            if severity is None:
                continue
            known = self.knowledge.identifier(identifier)
            if (
                piece.lenient and (known.nature in _OF_THINGS or self.knowledge.is_technical(seen.value, identifier))
            ) or (known.nature in _OF_THINGS and self.knowledge.is_kept(identifier)):
                severity = Severity.NOTE
            day = calendar_day(known.value) if needle.grade is Grade.DATE else None
            yield Found(_finding(known, identifier, severity, piece, hit, seen.text, bears), day), _RANKS[severity]

    def _uid(self, hit: Hit, piece: Piece) -> Iterable[tuple[Found, int]]:
        before = piece.data[hit.start - 1 : hit.start] if hit.start else b""
        uid = piece.data[hit.start : hit.stop].replace(b"\0", b"").rstrip(b".").decode("latin-1")
        if before.isdigit() or before == b"." or not self.knowledge.is_original_uid(uid):
            return
        message = "the UID of an original object"
        form = piece.form or hit.form
        finding = Finding(Check.KNOWN, Severity.LEAK, "known-uid", piece.locator, message, form, mask(uid))
        yield Found(finding), _RANKS[Severity.LEAK]


_RANKS = {Severity.LEAK: 0, Severity.SUSPECT: 1, Severity.NOTE: 2}


def _finding(
    known: Known, identifier: int, severity: Severity, piece: Piece, hit: Hit, text: bytes, bears: bool | None
) -> Finding:
    kept = ", in an attribute that the policy keeps" if piece.lenient else ""
    whose = {True: "of this subject", False: "of another subject", None: "of one of the subjects"}[bears]
    form = ", ".join(part for part in (piece.form, hit.form if hit.form != "plain" or not piece.form else "") if part)
    message = f"{_WORDS[known.nature]} {whose}{kept}"
    code = f"known-{known.nature.value}"
    return Finding(Check.KNOWN, severity, code, piece.locator, message, form, mask(text.decode("latin-1")), identifier)
