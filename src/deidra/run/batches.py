"""Which objects go to a worker together."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from deidra.model import Batch, SourceObject
from deidra.workspace import inputs

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

# A series is judged as one batch unless it is so long that one worker would still be at it when the others are done.
LONG_SERIES_OBJECTS = 256
SLICE_OBJECTS = 128
FEW_DOCUMENTS = 4


def batches(ledger: sqlite3.Connection, run: int) -> Iterator[Batch]:
    """The batches of everything surveyed in this run that has no outcome yet."""
    number = 0
    for subject, kind, objects in inputs.pending_series(ledger, run):
        knowledge = inputs.subject_knowledge(ledger, subject)
        for piece in slices(objects) if kind == "dicom" else few(objects):
            number += 1
            yield Batch(number, kind, knowledge, tuple(piece))


def few(documents: list[SourceObject]) -> Iterator[list[SourceObject]]:
    """Documents by fours: one may take as long as a whole series."""
    for start in range(0, len(documents), FEW_DOCUMENTS):
        yield documents[start : start + FEW_DOCUMENTS]


def slices(objects: list[SourceObject]) -> Iterator[list[SourceObject]]:
    """A long series in pieces of about equal length, in order; a short one whole."""
    if len(objects) <= LONG_SERIES_OBJECTS:
        yield objects
        return
    count = -(-len(objects) // SLICE_OBJECTS)
    edges = [len(objects) * piece // count for piece in range(count + 1)]
    for start, end in itertools.pairwise(edges):
        yield objects[start:end]
