"""One automaton for all needles over squeezed bytes; then each hit is looked at again in the bytes as they stand."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from ahocorasick_rs import BytesAhoCorasick

from deidra.verify.attributes import Nature
from deidra.verify.fold import SEPARATORS, squeeze
from deidra.verify.forms import Grade, Needle, needles
from deidra.verify.knowledge import Knowledge

PIECE_MARK = b"\x01"  # parts the pieces of a search; it is no separator, so no needle runs across it
_OTHER_MARK = b"\x02"
_SUBJECTS_CACHED = 8
_DISTINCT_IN_BULK = 4  # even surfaces repeat one value

_GAP = b"[" + re.escape(SEPARATORS.replace(b"\0", b"")) + b"]"
_JOINTS = (
    ("plain", _GAP + b"{0,4}"),
    ("UTF-16", b"\0(?:" + _GAP + b"\0){0,4}"),
    ("UTF-32", b"\0\0\0(?:" + _GAP + b"\0\0\0){0,4}"),
)
_UID_TAILS = {"plain": b"[0-9.]*", "UTF-16": b"(?:\0[0-9.])*", "UTF-32": b"(?:\0\0\0[0-9.])*"}


class Index(NamedTuple):
    """Needles ready to be searched: those at one place of `needles` are spelt alike and share a number."""

    automaton: BytesAhoCorasick | None
    needles: tuple[tuple[tuple[Needle, int], ...], ...]


class Hit(NamedTuple):
    """A needle found: which identifiers it may be, where it begins and ends in the bytes, how it was written."""

    needles: tuple[tuple[Needle, int], ...]
    start: int
    stop: int
    form: str


def index_of(found: Iterable[tuple[Needle, int]]) -> Index:
    """An index over (needle, number of its identifier)."""
    by_spelling: dict[bytes, list[tuple[Needle, int]]] = {}
    for needle, identifier in found:
        by_spelling.setdefault(needle.squeezed, []).append((needle, identifier))
    if not by_spelling:
        return Index(None, ())
    return Index(BytesAhoCorasick(list(by_spelling)), tuple(tuple(entries) for entries in by_spelling.values()))


class Indexes(NamedTuple):
    """What is searched in everything: in text, and in bulk bytes, where chance alone spells short needles."""

    text: Index
    bulk: Index


@cache
def wide_indexes(store: Path, shortest_in_bulk: int) -> Indexes:
    """The indexes of everybody's identifiers. Loaded once; workers inherit them."""
    knowledge = Knowledge(store)
    found = [
        (needle, number)
        for number, known in knowledge.everybody()
        for needle in needles(known.nature, known.value)
        if needle.wide
    ]
    prefixes = {needle.squeezed: needle for uid in knowledge.uids() for needle in needles(Nature.UID, uid)}
    found += [(needle, 0) for needle in prefixes.values()]
    return Indexes(index_of(found), index_of(_for_bulk(found, shortest_in_bulk)))


@lru_cache(_SUBJECTS_CACHED)
def subject_indexes(store: Path, subject: int, shortest_in_bulk: int) -> Indexes:
    """The indexes of what is searched for in the objects of one subject only."""
    found = [
        (needle, number)
        for number, known in knowledge_of(store).of_subject(subject)
        for needle in needles(known.nature, known.value)
        if not needle.wide
    ]
    return Indexes(index_of(found), index_of(_for_bulk(found, shortest_in_bulk)))


def knowledge_of(store: Path) -> Knowledge:
    """The store, opened once in each process: a connection must not cross a fork."""
    return _knowledge(store, os.getpid())


@cache
def _knowledge(store: Path, process: int) -> Knowledge:  # noqa: ARG001 - the process is part of the key
    return Knowledge(store)


def forget() -> None:
    """Let go of all needles and stores: the verification has ended."""
    for loader in (wide_indexes, subject_indexes, _knowledge):
        loader.cache_clear()


def _for_bulk(found: Iterable[tuple[Needle, int]], shortest: int) -> Iterator[tuple[Needle, int]]:
    for entry in found:
        needle = entry[0]
        telling = len(needle.squeezed) >= shortest and len(set(needle.squeezed)) >= _DISTINCT_IN_BULK
        if telling and needle.grade is not Grade.INITIAL:
            yield entry


def search(index: Index, data: bytes) -> list[Hit]:
    """All hits in one run of bytes."""
    return [hit for _, hit in search_pieces(index, [data])]


def search_pieces(index: Index, pieces: Sequence[bytes]) -> list[tuple[int, Hit]]:
    """(number of the piece, hit) for each hit; no hit runs across two pieces."""
    if index.automaton is None:
        return []
    if len(pieces) == 1:
        squeezed = squeeze(pieces[0])
    else:
        squeezed = squeeze(PIECE_MARK.join([piece.replace(PIECE_MARK, _OTHER_MARK) for piece in pieces]))
    matches = index.automaton.find_matches_as_indexes(squeezed, overlapping=True)
    if not matches:
        return []
    wanted = {(squeezed.count(PIECE_MARK, 0, start) if len(pieces) > 1 else 0, number) for number, start, _ in matches}
    return [
        (piece, Hit(index.needles[number], *span))
        for piece, number in sorted(wanted)
        for span in _spans(pieces[piece], index.needles[number][0][0])
    ]


def _spans(data: bytes, needle: Needle) -> Iterator[tuple[int, int, str]]:
    """Where the needle stands as it is written: with few separators between its characters, or none."""
    for form, pattern in _patterns(needle.squeezed, needle.grade is Grade.UID):
        for match in pattern.finditer(data):
            yield match.start(), match.end(), form


@lru_cache(10_000)
def _patterns(squeezed: bytes, is_uid: bool) -> tuple[tuple[str, re.Pattern[bytes]], ...]:
    characters = [re.escape(squeezed[i : i + 1]) for i in range(len(squeezed))]
    made = []
    for form, joint in _JOINTS:
        tail = _UID_TAILS[form] if is_uid else b""
        made.append((form, re.compile(joint.join(characters) + tail, re.IGNORECASE)))
    return tuple(made)
