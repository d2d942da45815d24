"""Score what a de-identifier made of a planted corpus, against its key."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from deidra.errors import UsageError
from deidra.score import forms, locate
from deidra.score.judge import value_text, verdict_on
from deidra.score.leaks import homes, places
from deidra.score.match import Output, described, matched
from deidra.score.reading import Reading
from deidra.score.result import Judged, Rates, Score, by, rate, rates
from deidra.score.structure import Place, structure_of
from deidra.score.truth import Key, PlantedObject, Truth
from deidra.score.unpack import Unpacked, unpack

_MOST_IN_MEMORY = 128 << 20  # bytes of files; unpacked they take some ten times as much
_LEAST_MATCHED = 0.5  # of the objects in the output
_NAMES = {"name"}


class Read(msgspec.Struct, frozen=True):
    """One file of the output; what it says is held only while a small output is judged."""

    path: Path
    output: Output | None
    unpacked: Unpacked | None = None


def score(out: Path, key: Key, uid_map: Mapping[str, str] | None = None) -> Score:
    """Judge every planted thing in every file below `out`.

    `uid_map`: original to new UIDs, if the tool tells them. Raises UsageError: output-missing, key-mismatch (the
    objects of the output are not those of the key).
    """
    judged, dates_and_uids, patients, objects, ways = judgements(out, key, uid_map or {})
    unscored = Counter(one.why for one in judged if one.verdict == "unscored")
    whole = rates(judged)
    return Score(
        whole.leak, whole.known_leak, whole.utility, len(judged) - unscored.total(), unscored.total(),
        dict(sorted(unscored.items())), objects, ways, structure_of(dates_and_uids, patients),
        by(judged, lambda truth: truth.carrier), by(judged, lambda truth: truth.kind),
        by(judged, lambda truth: truth.hardness), baselines(key.truths), _leak_places(judged),
    )  # fmt: skip


def judgements(
    out: Path, key: Key, uid_map: Mapping[str, str]
) -> tuple[list[Judged], list[Place], list[tuple[str, str]], dict[str, int], dict[str, int]]:
    """Every truth with its verdict, and what `structure_of` needs; counts of objects, and how they were matched."""
    files = _files(out)
    small = sum(path.stat().st_size for path in files) <= _MOST_IN_MEMORY
    reads = [_read(number, path, out, hold=small) for number, path in enumerate(files)]
    outputs = [read.output for read in reads if read.output is not None]
    match = matched(key.objects, outputs, uid_map)
    if outputs and len(match.pairs) < _LEAST_MATCHED * len(outputs):
        raise UsageError(
            "key-mismatch",
            f"the key does not belong to this output: of {len(outputs):,} objects only {len(match.pairs):,} are in it",
        )
    if files and not outputs:
        raise UsageError("key-mismatch", "there is no DICOM object in this output")
    own = {number: object_id for object_id, number in match.pairs.items()}
    elsewhere = _Elsewhere(key)
    judged: dict[int, Judged] = {}
    dates_and_uids: list[Place] = []
    patients: list[tuple[str, str]] = []
    by_object = defaultdict(list)
    for truth in key.truths:
        by_object[truth.object].append(truth)
    sources = {source.id: source for source in key.objects}
    for number, read in enumerate(reads):
        unpacked = read.unpacked or _unpack(read.path, out)
        source = sources.get(own.get(number, -1))
        dated = frozenset(t.locator for t in by_object[source.id] if t.must == "shift") if source else frozenset()
        reading = Reading(unpacked, dated)
        elsewhere.look(reading, source)
        if source is None or unpacked.dataset is None:
            continue
        drawn = tuple(t for t in by_object[source.id] if t.glyphs is not None)
        known = homes(by_object[source.id])
        for truth in by_object[source.id]:
            judged[truth.id] = Judged(truth, *verdict_on(truth, reading, source, drawn, known))
        dates_and_uids += _places(by_object[source.id], reading)
        patients.append((source.subject, str(unpacked.dataset.get("PatientID", "") or "")))
    for truth in key.truths:
        if truth.id not in judged:
            judged[truth.id] = _absent(truth)
    for truth_id, place in elsewhere.leaked.items():
        judged[truth_id] = Judged(judged[truth_id].truth, "leaked", place)
    unreadable = sum(read.output is None for read in reads)
    objects = {
        "planted": len(key.objects), "released": len(match.pairs), "missing": len(key.objects) - len(match.pairs),
        "foreign": len(outputs) - len(match.pairs), "no_dicom": unreadable,
    }  # fmt: skip
    return [judged[truth.id] for truth in key.truths], dates_and_uids, patients, objects, match.ways


def baselines(truths: Sequence[Truth]) -> dict[str, Rates]:
    """What a byte-identical copy scores, and a tool that releases every object emptied of everything."""
    must_go = [truth for truth in truths if truth.must != "keep"]
    must_stay = len(truths) - len(must_go)
    known = sum(truth.known for truth in must_go)
    return {
        "identity-copy": Rates(rate(len(must_go), len(must_go)), rate(known, known), rate(must_stay, must_stay)),
        "remove-everything": Rates(rate(0, len(must_go)), rate(0, known), rate(0, must_stay)),
    }


def _leak_places(judged: Sequence[Judged]) -> dict[str, int]:
    """Places at which something leaks, and in how many objects, the most frequent first."""
    places = {(re.sub(r"\[\d+\]", "", one.why), one.truth.object) for one in judged if one.verdict == "leaked"}
    return dict(Counter(place for place, _ in sorted(places)).most_common())


def calibrated(key: Key, out: Path) -> tuple[Key, int]:
    """The key without the truths that do not hold of the planted files themselves, and how many those are.

    A thing that cannot be found where it was planted, or that an object says also in words that must stay, would
    score a tool for what it did not do.
    """
    judged = judgements(out, key, {})[0]
    stay = defaultdict(list)
    for truth in key.truths:
        if truth.must == "keep":
            stay[truth.object].append(forms.folded(truth.surface))
    kept = tuple(
        one.truth for one in judged
        if one.verdict in {"leaked", "kept"} and not _also_stays(one.truth, "\n".join(stay[one.truth.object]))
    )  # fmt: skip
    return msgspec.structs.replace(key, truths=kept), len(key.truths) - len(kept)


def _also_stays(truth: Truth, words: str) -> bool:
    letters = "\n".join(map(forms.squeezed, words.split("\n")))
    return truth.must != "keep" and truth.glyphs is None and forms.found_in_text(truth, words, letters)


class _Elsewhere:
    """Names of patients in objects that are not theirs."""

    def __init__(self, key: Key) -> None:
        self.leaked: dict[int, str] = {}
        self._names: dict[str, Truth] = {}
        self._cores: dict[int, set[str]] = defaultdict(set)
        for truth in key.truths:
            if truth.must == "keep":
                continue
            self._cores[truth.object].update(truth.core)
            if truth.kind in _NAMES and truth.locator == "dcm:(0010,0010)" and truth.core:
                self._names.setdefault(truth.subject, truth)

    def look(self, reading: Reading, source: PlantedObject | None) -> None:
        """Search one output for the patients whom the planted object does not name itself."""
        for subject, truth in self._names.items():
            planted_here = source is not None and (
                source.subject == subject or bool(self._cores[source.id] & set(truth.core))
            )
            if not planted_here and (found := places(reading, truth)):
                self.leaked.setdefault(truth.id, f"another object, {found[0]}")


def _absent(truth: Truth) -> Judged:
    """Of an object that was not released: what must stay is lost; what must go was not put to the test."""
    if truth.must == "keep":
        return Judged(truth, "lost")
    return Judged(truth, "unscored", "the object is not in the output")


def _places(truths: Sequence[Truth], reading: Reading) -> list[Place]:
    found = []
    for truth in truths:
        if truth.must in {"shift", "map"} and locate.at(truth.locator):
            elements = locate.found(reading.dataset, locate.parsed(truth.locator))
            found.append(Place(truth, next(map(value_text, elements), "")))
    return found


def _files(out: Path) -> list[Path]:
    if not out.is_dir():
        raise UsageError("output-missing", "there is no such output folder")
    return sorted(path for path in out.rglob("*") if path.is_file())


def _unpack(path: Path, out: Path) -> Unpacked:
    try:
        return unpack(path, out)
    except OSError as error:
        raise UsageError("output-unreadable", f"a file of the output cannot be read: {error.strerror}") from None


def _read(number: int, path: Path, out: Path, *, hold: bool) -> Read:
    unpacked = _unpack(path, out)
    ds, held = unpacked.dataset, unpacked if hold else None
    if ds is None or str(ds.get("SOPClassUID", "")) == _MEDIA_DIRECTORY:
        return Read(path, None, held)
    return Read(path, described(number, ds), held)


_MEDIA_DIRECTORY = "1.2.840.10008.1.3.10"


def read_map(path: Path) -> dict[str, str]:
    """A mapping file: CSV with the header id_old,id_new; the first of repeated originals counts.

    Raises UsageError map-invalid.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if not {"id_old", "id_new"} <= set(rows.fieldnames or ()):
                raise UsageError("map-invalid", "a mapping file must have the columns id_old and id_new")
            found: dict[str, str] = {}
            for row in rows:
                found.setdefault(row["id_old"], row["id_new"] or "")
            return found
    except (OSError, UnicodeDecodeError, csv.Error):
        raise UsageError("map-invalid", "a mapping file cannot be read") from None
