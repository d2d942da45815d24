"""The two commands as functions: make a planted corpus with its key; score an output against a key of either kind."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import msgspec

from deidra.errors import UsageError
from deidra.score.key import is_database, read_key, write_key
from deidra.score.planting.plant import clean_files, plant
from deidra.score.result import Score
from deidra.score.score import calibrated, read_map, score
from deidra.score.synthetic.collection import clean_objects
from deidra.score.truth import Half


class Made(msgspec.Struct, frozen=True):
    """A planted corpus in numbers; `remarks`: (how many, what) that a person should know."""

    objects: int
    things: int
    remarks: tuple[tuple[int, str], ...]


def plant_corpus(
    sources: Sequence[Path], out: Path, key_file: Path, *, seed: int, half: str, format_: str, subjects: int
) -> Made:
    """Plant and write the key. Raises UsageError: source-missing, source-empty, out-not-empty, out-unwritable."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError("out-not-empty", "the output folder must be new or empty")
    if key_file.resolve().is_relative_to(out.resolve()):
        raise UsageError("key-in-output", "the key must not lie among what it tells about")
    skipped: list[str] = []
    objects = clean_files(sources, skipped) if sources else clean_objects(subjects, seed)
    odd: list[str] = []
    key = plant(objects, out, seed=seed, half=cast("Half", half), skipped=odd)
    if not key.objects:
        raise UsageError("source-empty", "there is no DICOM object to plant in")
    key, dropped = calibrated(key, out)
    remarks = [
        (len(skipped), "files left out: no whole storage object that can be read"),
        (len(odd), "objects left out: not of the shape that their kind has"),
        (dropped, "planted things left out of the key: they cannot be told from what must stay"),
    ]
    if format_ == "midi-b":
        from deidra.score.midi_b.write import write_answers

        remarks += write_answers(key_file, key, out)
    else:
        write_key(key_file, key)
    return Made(len(key.objects), len(key.truths), tuple(remark for remark in remarks if remark[0]))


def score_output(out: Path, key_file: Path, uids: Path | None = None, subjects: Path | None = None) -> Score:
    """Score an output. Raises UsageError when the key or a map cannot be used, or belongs to another corpus."""
    uid_map = read_map(uids) if uids else None
    if is_database(key_file):
        from deidra.score.midi_b.score import score_answers

        return score_answers(out, key_file, uid_map, read_map(subjects) if subjects else None)
    return score(out, read_key(key_file), uid_map)


