"""Compare the own checks of MIDI-B with the official script, verdict by verdict.

    python -m bench.agreement OUT KEY UIDS SUBJECTS RESULTS

OUT is an output, KEY the answer database, UIDS and SUBJECTS the mapping files, all as the script (run_validation.py of
CBIIT/MIDI_validation_script) was given them; RESULTS is the validation_results.db that it wrote. The script reads
burned-in text with an engine of its own, so pixels_hidden is left out.
"""

from __future__ import annotations

import argparse
import sqlite3
from collections import Counter, defaultdict
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from deidra.score.midi_b.score import judged
from deidra.score.score import read_map

_NO_EYES = {"pixels_hidden"}
_QUERY = "SELECT instance, action, tag_ds, action_text, answer_value, check_passed FROM validation_results"
_MOST_SHOWN = 3


class Place(NamedTuple):
    """What tells one check from all others: an object of the source, an action, a place, what is asked for."""

    instance: str
    action: str
    place: str
    text: str
    value: str


def _place(instance: str, action: str, place: str | None, text: str | None, value: str | None) -> Place:
    """The script writes "nan" or nothing where the database holds null."""
    if action.startswith("pixels"):
        return Place(instance, action, "", text or "", "")
    return Place(instance, action, place or "", text or "", value or "")


def official(results: Path, originals: dict[str, str]) -> dict[Place, list[bool | None]]:
    """Verdicts of the script. `originals`: new -> original UIDs; the script names objects by the new one."""
    found: dict[Place, list[bool | None]] = defaultdict(list)
    with closing(sqlite3.connect(results)) as connection:
        for instance, action, place, text, value, passed in connection.execute(_QUERY):
            uid = (instance or "").strip("<>")
            verdict = None if passed in {None, ""} else bool(passed)
            found[_place(originals.get(uid, uid), action.strip("<>"), place, text, value)].append(verdict)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("out", "key", "uids", "subjects", "results"):
        parser.add_argument(name, type=Path)
    given = parser.parse_args()
    uids = read_map(given.uids)
    theirs = official(given.results, {new: old for old, new in uids.items()})
    compared: Counter[str] = Counter()
    differing: dict[tuple[str, bool | None, bool | None], list[Place]] = defaultdict(list)
    alone: Counter[str] = Counter()
    for one in judged(given.out, given.key, uids, read_map(given.subjects)):
        check = one.check
        if check.action in _NO_EYES:
            continue
        place = _place(one.instance.instance, check.action, check.place, check.text, check.value)
        if not theirs.get(place):
            alone[check.action] += 1
            continue
        verdict = theirs[place].pop(0)
        compared[check.action] += 1
        if verdict is not one.verdict:
            differing[check.action, one.verdict, verdict].append(place)
    left = Counter(place.action for place, verdicts in theirs.items() for _ in verdicts if place.action not in _NO_EYES)
    wrong = sum(map(len, differing.values()))
    print(f"{compared.total():,} checks compared, {wrong:,} differ; here alone {alone.total()}, there {left.total()}")
    for (action, ours, script), places in differing.items():
        print(f"  {action}: here {ours}, script {script}: {len(places)}, such as")
        print("\n".join(f"    {place.place} {place.text} {place.value}" for place in places[:_MOST_SHOWN]))


if __name__ == "__main__":
    main()
