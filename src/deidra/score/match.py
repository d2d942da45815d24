"""Which output is which planted object: by UID map, unchanged UIDs, pixels, or numbers and geometry; never by name."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import msgspec
from pydicom.dataset import Dataset

from deidra.score.recognise import features, pixel_digest
from deidra.score.truth import PlantedObject

_LEAST_SCORE = 6.0  # nats of agreement: about one number that one object in 400 has
_SAME_ENTITY = 30.0


class Output(msgspec.Struct, frozen=True):
    """What is needed of an output object to recognise it."""

    number: int
    sop_class: str
    study: str
    series: str
    instance: str
    pixels: str
    features: tuple[str, ...]
    instance_number: str


class Match(msgspec.Struct, frozen=True):
    """Planted object id -> number of the output, and how many were found in which way."""

    pairs: dict[int, int]
    ways: dict[str, int]


def described(number: int, ds: Dataset) -> Output:
    """The output object as far as matching needs it."""

    def text(keyword: str) -> str:
        try:
            return str(ds.get(keyword, "") or "")
        except Exception:  # noqa: BLE001 - foreign output may hold anything
            return ""

    return Output(
        number, text("SOPClassUID"), text("StudyInstanceUID"), text("SeriesInstanceUID"), text("SOPInstanceUID"),
        pixel_digest(ds), features(ds), text("InstanceNumber"),
    )  # fmt: skip


def matched(planted: Sequence[PlantedObject], outputs: Sequence[Output], uid_map: Mapping[str, str]) -> Match:
    """Pair planted objects and outputs one to one, the surest evidence first."""
    pairs: dict[int, int] = {}
    ways: Counter[str] = Counter()
    left = {output.number: output for output in outputs}

    def pair(source: PlantedObject, output: Output, way: str) -> None:
        pairs[source.id] = output.number
        ways[way] += 1
        del left[output.number]

    for way, expected in (("uid-map", uid_map), ("same-uid", None)):
        by_uid: dict[str, Output] = {}
        for output in left.values():
            by_uid.setdefault(output.instance, output)
        for source in planted:
            wanted = source.instance if expected is None else expected.get(source.instance, "")
            found = by_uid.pop(wanted, None) if wanted and source.id not in pairs else None
            if found is not None:
                pair(source, found, way)
    for source, output in _unique_pixels([s for s in planted if s.id not in pairs], list(left.values())):
        pair(source, output, "pixels")
    for _ in range(2):  # what was matched tells the studies and series of what was not
        open_sources = [s for s in planted if s.id not in pairs]
        known = _entities(planted, outputs, pairs)
        for source, output in _agreeing(open_sources, list(left.values()), known):
            pair(source, output, "numbers")
    return Match(pairs, dict(ways))


def _unique_pixels(sources: list[PlantedObject], outputs: list[Output]) -> list[tuple[PlantedObject, Output]]:
    """Pairs whose pixels only they have."""
    ours = Counter(source.pixels for source in sources)
    theirs = Counter(output.pixels for output in outputs)
    by_pixels = {output.pixels: output for output in outputs if theirs[output.pixels] == 1}
    return [
        (source, by_pixels[source.pixels])
        for source in sources
        if source.pixels and ours[source.pixels] == 1 and source.pixels in by_pixels
    ]


def _entities(
    planted: Sequence[PlantedObject], outputs: Sequence[Output], pairs: Mapping[int, int]
) -> dict[str, Counter[str]]:
    """Original study and series UIDs -> what they are in the outputs matched so far."""
    by_number = {output.number: output for output in outputs}
    known: dict[str, Counter[str]] = defaultdict(Counter)
    for source in planted:
        if source.id in pairs:
            output = by_number[pairs[source.id]]
            known[source.study][output.study] += 1
            known[source.series][output.series] += 1
    return known


def _agreeing(
    sources: list[PlantedObject], outputs: list[Output], known: Mapping[str, Counter[str]]
) -> list[tuple[PlantedObject, Output]]:
    """The best pairs of one SOP class by shared numbers, rare ones counting most; ties in order of the outputs."""
    frequency = Counter(feature for source in sources for feature in source.features)
    total = len(sources) + 1
    holders: dict[str, list[int]] = defaultdict(list)
    for output in outputs:
        for feature in output.features:
            holders[feature].append(output.number)
    by_number = {output.number: output for output in outputs}
    by_class: dict[str, list[int]] = defaultdict(list)
    for output in outputs:
        by_class[output.sop_class].append(output.number)
    scored = []
    for source in sources:
        scores: dict[int, float] = dict.fromkeys(by_class.get(source.sop_class, ()), 0.0)
        for feature in source.features:
            for number in holders.get(feature, ()):
                if number in scores:
                    scores[number] += math.log(total / frequency[feature])
        for number, shared in scores.items():
            output = by_number[number]
            score = shared + _entity(known.get(source.study), output.study)
            score += _entity(known.get(source.series), output.series)
            if score >= _LEAST_SCORE:
                scored.append((-score, source.id, number))
    scored.sort()
    by_id = {source.id: source for source in sources}
    taken: set[int] = set()
    chosen = []
    for _, source_id, number in scored:
        if source_id in by_id and number not in taken:
            taken.add(number)
            chosen.append((by_id.pop(source_id), by_number[number]))
    return chosen


def _entity(seen: Counter[str] | None, uid: str) -> float:
    """Evidence from the study or series that the output says it belongs to."""
    if not seen or not uid:
        return 0.0
    return _SAME_ENTITY if uid in seen else -_SAME_ENTITY / 2
