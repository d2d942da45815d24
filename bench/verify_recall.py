"""How much of what other tools leave behind does `deidra verify` find, and how often does it cry for nothing?

    python -m bench.verify_recall FOLDER        what `python -m bench.peers` left there: source, key, one output each

The key of the planted corpus says which planted things leak in an output and where; the score that reads it shares no
code with the verifier. A leak counts as found when the verifier has a leak or a suspicion in that file at that place.
A finding counts as a false alarm when nothing planted that had to go can be read at its place in that file.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from deidra.errors import UsageError
from deidra.score.key import read_key
from deidra.score.leaks import places
from deidra.score.match import described, matched
from deidra.score.quiet import quiet
from deidra.score.reading import Reading
from deidra.score.score import judgements
from deidra.score.unpack import unpack
from deidra.standard.dictionary import is_known_creator
from deidra.verify.folders import files_below
from deidra.verify.verify import verify

if TYPE_CHECKING:
    from deidra.score.truth import Key, Truth

GRAVE = ("leak", "suspect")
_CREATOR = re.compile(r',"([^"]*)",')
_ITEM = re.compile(r"\[\d*\]")
# What the score calls places that the verifier calls otherwise
_SAME = {
    "pixels": "px:",
    "coded-pixels": "px:",
    "overlay": "dcm:(6000,3000)",
    "preamble:": "file:beginning",
    "trailing:": "file:end",
}
_SOMEWHERE = ("bytes", "tail:", "file:", "another object")


class Result(NamedTuple):
    """Leaks by the key, those found at their place and those in a file that was accused at all; false alarms.

    One attribute with one value is one alarm, in however many objects.

    `missed` and `needless` count by what they are.
    """

    leaks: int
    at_place: int
    in_file: int
    alarms: int
    values: int
    missed: Counter[str]
    needless: Counter[str]


class Truths(NamedTuple):
    """Of one output file: (place, what) of everything that leaks, and all places where something planted is read."""

    leaks: list[tuple[str, str]]
    places: set[str]


def place_of(name: str) -> str:
    """A place without item numbers, as both sides can be compared by."""
    plain = _CREATOR.sub(_shown, _ITEM.sub("", _SAME.get(name, name)))
    if plain.startswith("px:"):
        return "px:"
    return "file:end" if plain == "dcm:(FFFC,FFFC)" else plain.partition(" ")[0]


def _shown(match: re.Match[str]) -> str:
    """The verifier does not repeat creators that nobody knows."""
    return match[0] if is_known_creator(match[1]) else ',"?",'


def findings(out: Path, report: Path) -> tuple[dict[str, list[dict[str, Any]]], int]:
    """Grave findings by the file's path below the output, and how many distinct values were kept."""
    names = {number: entry.name for number, entry in enumerate(files_below(out), start=1)}
    found = json.loads((report / "verify.json").read_text())
    by_file: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for entry in found["findings"]:
        if entry["severity"] in GRAVE:
            by_file[names.get(entry["object"], "")].append(entry)
    return by_file, found["values"]


def truths_of(out: Path, key: Key) -> dict[str, Truths]:
    """What leaks in each file of an output, by its path."""
    by_object: dict[int, list[Truth]] = defaultdict(list)
    for truth in key.truths:
        if truth.must != "keep":
            by_object[truth.object].append(truth)
    with quiet():
        leaked = {one.truth.id: one.why for one in judgements(out, key, {})[0] if one.verdict == "leaked"}
        files = [path for path in sorted(out.rglob("*")) if path.is_file()]
        read = [unpack(path, out) for path in files]
        known = [described(number, r.dataset) for number, r in enumerate(read) if r.dataset is not None]
        found = {}
        for object_id, number in matched(key.objects, known, {}).pairs.items():
            reading = Reading(read[number], frozenset())
            here = [truth for truth in by_object[object_id] if truth.id in leaked]
            spots = {place for truth in by_object[object_id] for place in (truth.locator, *places(reading, truth))}
            found[files[number].relative_to(out).as_posix()] = Truths(
                [(leaked[truth.id], f"{truth.kind}, {truth.hardness}, {truth.locator}") for truth in here],
                {place_of(place) for place in spots},
            )
    return found


def measured(folder: Path, out: Path, key: Key) -> Result:
    """Verify one output with the sources beside it, and hold what was found against the key."""
    with tempfile.TemporaryDirectory() as report:
        verify(out, source=folder / "source", report=report, with_validators=False)
        by_file, values = findings(out, Path(report))
    leaks = at_place = in_file = 0
    alarms = set[tuple[Any, ...]]()
    missed, needless = Counter[str](), Counter[str]()
    for file, truths in truths_of(out, key).items():
        entries = by_file.get(file, [])
        accused = {place_of(entry["locator"]) for entry in entries}
        for place, what in truths.leaks:
            leaks += 1
            in_file += bool(accused)
            spot = place_of(place)
            if any(found == spot or found.startswith(f"{spot}/") for found in accused) or (
                accused and place.startswith(_SOMEWHERE)
            ):
                at_place += 1
            else:
                missed[f"{what} at {place}"] += 1
        for entry in entries:
            if not any(place_of(entry["locator"]).startswith(place) for place in truths.places):
                alarms.add((place_of(entry["locator"]), entry["code"], entry["shape"], entry["identifier"]))
                needless[f"{entry['locator']} {entry['code']} {entry['message']} {entry['form']}"] += 1
    return Result(leaks, at_place, in_file, len(alarms), values, missed, needless)


def main() -> None:
    """Print one line for each output, and with --more what was missed and what was needless."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=Path(__file__).parent / "out" / "planted")
    parser.add_argument("--more", type=int, default=0, help="how many kinds of misses and false alarms to list")
    arguments = parser.parse_args()
    key = read_key(arguments.folder / "key")
    print(f"{'output':<18} {'leaks':>6} {'found there':>12} {'file accused':>13} {'false':>6} {'kept values':>12}")
    for out in sorted(path for path in arguments.folder.iterdir() if path.is_dir()):
        if out.suffix == ".deidra":
            continue
        if out.name == "source":
            continue
        try:
            r = measured(arguments.folder, out, key)
        except UsageError as error:
            print(f"{out.name:<18} {error}")
            continue
        shares = [f"{share / r.leaks:.2%}" if r.leaks else "-" for share in (r.at_place, r.in_file)]
        print(f"{out.name:<18} {r.leaks:>6,} {shares[0]:>12} {shares[1]:>13} {r.alarms:>6} {r.values:>12,}")
        for title, counter in (("missed", r.missed), ("needless", r.needless)):
            for what, count in counter.most_common(arguments.more):
                print(f"    {title} {count:>4}  {what}")


if __name__ == "__main__":
    main()
