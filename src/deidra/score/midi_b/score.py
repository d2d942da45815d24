"""Score an output against an answer database of MIDI-B: the script's own count, and leaks and utility apart."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from deidra.errors import UsageError
from deidra.score.midi_b.actions import Verdict, missing_verdict, verdict
from deidra.score.midi_b.answers import (
    ACTIONS,
    CATEGORY_CODES,
    REMOVING,
    RETAINING,
    Answers,
    Check,
    Instance,
    opened,
)
from deidra.score.midi_b.eyes import pixels_hidden
from deidra.score.midi_b.index import Indexed, indexed
from deidra.score.result import MidiB, Rate, Rates, Score, Structure, rate

_NOWHERE: tuple[Path | None, ...] = (None,)
_CONSISTENT = {"uid_consistent": "uids", "patid_consistent": "patients"}
_DIRECT = {"<(0010,0010)>", "<(0010,0020)>", "<(0008,0050)>", "<(0010,0030)>"}


class Checked(msgspec.Struct, frozen=True):
    """One check with its verdict. `missing`: its file is not in the output; `why`: no verdict can be given here."""

    check: Check
    instance: Instance
    verdict: Verdict
    missing: bool = False
    why: str = ""
    known: bool = False


def score_answers(
    out: Path, key: Path, uids: Mapping[str, str] | None, patients: Mapping[str, str] | None
) -> Score:
    """Judge every check of the database.

    Raises UsageError: key-truncated, key-invalid, key-mismatch, output-missing.
    """
    if not out.is_dir():
        raise UsageError("output-missing", "there is no such output folder")
    tally = _Tally()
    with opened(key) as answers:
        files, foreign, ways, counts = _matched(out, answers, uids)
        for source, rows in answers.instances.items():
            for path in files.get(source) or _NOWHERE:
                for checked in _of_file(answers, rows[0], path, uids, patients):
                    tally.add(checked)
        released = sum(1 for source in answers.instances if files.get(source))
        objects = {
            "planted": len(answers.instances), "released": released, "missing": len(answers.instances) - released,
            "foreign": foreign, "no_dicom": counts,
        }  # fmt: skip
    return tally.score(objects, ways, _one_to_one(uids, patients))


def judged(
    out: Path, key: Path, uids: Mapping[str, str] | None, patients: Mapping[str, str] | None
) -> Iterator[Checked]:
    """Every check with its verdict, for whoever compares scorers."""
    with opened(key) as answers:
        files, *_ = _matched(out, answers, uids)
        for source, rows in answers.instances.items():
            for path in files.get(source) or _NOWHERE:
                yield from _of_file(answers, rows[0], path, uids, patients)


def _matched(
    out: Path, answers: Answers, uids: Mapping[str, str] | None
) -> tuple[dict[str, list[Path]], int, dict[str, int], int]:
    """Original SOP Instance UID -> output files; objects that belong to none; ways; files that are no objects."""
    found: list[Indexed] = []
    no_dicom = 0
    for path in sorted(path for path in out.rglob("*") if path.is_file()):
        file = indexed(path)
        no_dicom += file is None
        if file is not None:
            found.append(msgspec.structs.replace(file, values={}))
    by_digest = _unique(answers)
    originals = {new: old for old, new in (uids or {}).items()}  # the last of repeated new values, as in the script
    files: dict[str, list[Path]] = defaultdict(list)
    ways: Counter[str] = Counter()
    for file in found:
        if uids is not None:
            source, way = originals.get(file.instance, ""), "uid-map"
        elif file.instance in answers.instances:
            source, way = file.instance, "same-uid"
        else:
            source, way = by_digest.get(file.digest, ""), "pixels"
        if source in answers.instances:
            files[source].append(file.path)
            ways[way] += 1
    foreign = len(found) - ways.total()
    if ways.total() * 2 < len(found) or (not found and no_dicom):
        raise UsageError(
            "key-mismatch",
            f"the answers do not belong to this output, or the UID map does not: of {len(found):,} objects only "
            f"{ways.total():,} are in both",
        )
    return files, foreign, dict(ways), no_dicom


def _unique(answers: Answers) -> dict[str, str]:
    """Digests that one instance alone has."""
    owners: dict[str, list[str]] = defaultdict(list)
    for source, rows in answers.instances.items():
        owners[rows[0].digest].append(source)
    return {digest: sources[0] for digest, sources in owners.items() if digest and len(sources) == 1}


def _of_file(
    answers: Answers,
    instance: Instance,
    path: Path | None,
    uids: Mapping[str, str] | None,
    patients: Mapping[str, str] | None,
) -> Iterator[Checked]:
    file = indexed(path) if path is not None else None
    rows = answers.instances[instance.instance] if file is None else answers.applying(instance)
    checks = [check for row in rows for check in answers.checks(row)]
    direct = {check.text for check in checks if check.place in _DIRECT and check.text}
    for check in checks:
        known = check.text in direct
        if check.action not in ACTIONS:
            yield Checked(check, instance, None, why="an action that MIDI-B does not have", known=known)
        elif file is None:
            yield Checked(check, instance, missing_verdict(check.action), missing=True, known=known)
        elif check.action == "pixels_hidden":
            found, why = pixels_hidden(check.text, file.path)
            yield Checked(check, instance, found, why=why, known=known)
        elif check.action in _CONSISTENT and (uids if check.action == "uid_consistent" else patients) is None:
            option = "--uids" if check.action == "uid_consistent" else "--subjects"
            yield Checked(check, instance, None, why=f"{check.action} needs the mapping file, {option}", known=known)
        else:
            yield Checked(check, instance, verdict(check, file, uids or {}, patients or {}), known=known)


class _Tally:
    """Counts as the checks go by: there may be millions."""

    def __init__(self) -> None:
        self.actions: dict[str, Counter[Verdict]] = defaultdict(Counter)
        self.families: dict[str, Counter[Verdict]] = defaultdict(Counter)
        self.groups: dict[tuple[str, str], Counter[tuple[str, bool]]] = defaultdict(Counter)
        self.worst: dict[tuple[str, str, str], int] = {}
        self.why: Counter[str] = Counter()
        self.uncategorised = 0

    def add(self, one: Checked) -> None:
        """Count one check."""
        check, family = one.check, _family(one.check)
        if family == "unknown":
            self.uncategorised += 1
        if one.why:
            self.why[one.why] += 1
            return
        if one.verdict is None:
            self.why["blank: the script gives no verdict and counts it as not passed"] += 1
        self.actions[check.action][one.verdict] += 1
        self.families[family][one.verdict] += 1
        place = (check.action, check.place or "", one.instance.patient + one.instance.study + one.instance.series)
        rank = {False: 0, True: 1, None: 2}[one.verdict]  # blanks sort last, so a pass hides them, as in the script
        self.worst[place] = min(rank, self.worst.get(place, 2))
        if one.missing and check.action in REMOVING:
            self.why["the object is not in the output"] += 1
            return
        if one.verdict is not None or check.action in RETAINING:
            passed = one.verdict is True
            for group in ((_ALL, ""), ("carriers", _carrier(check)), ("kinds", check.action), ("hardness", family)):
                self.groups[group][check.action, passed] += 1
                if one.known and check.action in REMOVING:
                    self.groups[group]["known", passed] += 1

    def score(self, objects: dict[str, int], ways: dict[str, int], bijectivity: Rate) -> Score:
        """The whole result."""
        whole = _rates(self.groups[_ALL, ""])
        counts = sum(self.actions.values(), Counter[Verdict]())
        by: dict[str, dict[str, Rates]] = {"carriers": {}, "kinds": {}, "hardness": {}}
        for kind, name in sorted(self.groups):
            if kind in by:
                by[kind][name] = _rates(self.groups[kind, name])
        same = self.groups[_ALL, ""]
        passed = sum(same[action, True] for action in _CONSISTENT)
        structure = Structure(
            rate(0, 0), rate(passed, passed + sum(same[action, False] for action in _CONSISTENT)), bijectivity
        )
        unscored = self.why.total()
        ranks = Counter(self.worst.values())
        midi_b = MidiB(
            counts[True] / max(counts.total(), 1), ranks[1] / max(ranks.total(), 1), counts[True], counts[False],
            counts[None], unscored, _triples(self.actions), _triples(self.families), self.uncategorised,
        )  # fmt: skip
        return Score(
            whole.leak, whole.known_leak, whole.utility, counts[True] + counts[False], unscored,
            dict(sorted(self.why.items())), objects, ways, structure, by["carriers"], by["kinds"], by["hardness"],
            _baselines(whole), midi_b=midi_b,
        )  # fmt: skip


_ALL = "all"


def _rates(counts: Counter[tuple[str, bool]]) -> Rates:
    def total(actions: frozenset[str], *, passed: bool) -> int:
        return sum(counts[action, passed] for action in actions)

    leaked, kept = total(REMOVING, passed=False), total(RETAINING, passed=True)
    known = counts["known", False]
    return Rates(
        rate(leaked, leaked + total(REMOVING, passed=True)), rate(known, known + counts["known", True]),
        rate(kept, kept + total(RETAINING, passed=False)),
    )  # fmt: skip


def _baselines(whole: Rates) -> dict[str, Rates]:
    """What the semantics of the checks give a byte-identical copy, and every object emptied."""
    must_go, known, must_stay = whole.leak.total, whole.known_leak.total, whole.utility.total
    return {
        "identity-copy": Rates(rate(must_go, must_go), rate(known, known), rate(must_stay, must_stay)),
        "remove-everything": Rates(rate(0, must_go), rate(0, known), rate(0, must_stay)),
    }


def _triples(counts: dict[str, Counter[Verdict]]) -> dict[str, tuple[int, int, int]]:
    return {name: (counts[name][True], counts[name][False], counts[name][None]) for name in sorted(counts)}


def _carrier(check: Check) -> str:
    if check.place is None:
        return "pixels"
    if "[<" in check.place:
        return "nested"
    return "private" if int(check.place[2:6], 16) & 1 else "standard"


def _family(check: Check) -> str:
    """The family under which the script reports a check; "unknown" where its codes are null."""
    fixed = {
        "date_shifted": "hipaa", "uid_changed": "hipaa", "pixels_hidden": "hipaa", "patid_consistent": "dicom",
        "uid_consistent": "dicom", "pixels_retained": "tcia", "tag_retained": "dicom", "text_notnull": "dicom",
    }  # fmt: skip
    if check.action in fixed and check.action not in {"tag_retained", "text_notnull"}:
        return fixed[check.action]
    wanted = {"tag_retained": ("dicom",), "text_notnull": ("dicom",), "text_retained": ("tcia",)}
    for family, codes in CATEGORY_CODES:
        if family in wanted.get(check.action, ("hipaa", "tcia")):
            given = (check.category or {}).get(family)
            if isinstance(given, dict) and any(given.get(code) for code in codes):
                return family
    return "unknown"


def _one_to_one(*maps: Mapping[str, str] | None) -> Rate:
    """New values of the mapping files that no other original has."""
    right = total = 0
    for table in maps:
        owners = Counter((table or {}).values())
        right += sum(owners[new] == 1 for new in (table or {}).values())
        total += len(table or {})
    return rate(right, total)
