"""Leak and utility of the text cleaner, beside Presidio (blank pipeline) and scrubadub where they are installed.

python -m bench.text [--half held-out] [--seed 23] [--count 6000] [--peers] [--show KIND]
"""

from __future__ import annotations

import argparse
import math
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import NamedTuple

from bench.text_identifiers import Maker, Person, Planted
from bench.text_phrases import FRESH, HELD_OUT, TUNE, phrases
from deidra.standard.vocabulary import vocabulary
from deidra.text.clean import Cleaner, Mode
from deidra.text.folding import folded
from deidra.text.known import Term, compile_known
from deidra.text.vocabulary import load_vocabulary

GLUE = {
    "tune": [" ", "_", "-", " "],
    "held-out": [" ", ", ", "_", " / ", "; ", " "],
    "fresh": [" ", "_", "-", ", ", ": ", " | ", "^", ". "],
}
PHRASES = {"tune": TUNE, "held-out": HELD_OUT, "fresh": FRESH}
_VALUE_SHARE = 0.6  # of the characters of an identifier that make it a leak by value
SUBJECTS = 150


class Case(NamedTuple):
    language: str
    safe: tuple[str, ...]
    text: str
    planted: tuple[Planted, ...]
    person: Person


def cases(half: str, seed: int, count: int) -> list[Case]:
    """`count` descriptors; a third of them holds nothing that has to go."""
    chance = random.Random(seed)
    maker = Maker(half, seed)
    people = [maker.person() for _ in range(SUBJECTS)]
    safe = phrases(PHRASES[half])
    made = []
    for _ in range(count):
        person = chance.choice(people)
        language, phrase = chance.choice(safe)
        pieces: list[str] = [phrase]
        planted: list[Planted] = []
        for _ in range(chance.choice([0, 1, 1, 2, 0, 1])):
            item = chance.choice([maker.known, lambda _p: maker.formatted(), lambda _p: maker.unknown()])(person)
            planted.append(item)
            pieces.insert(chance.choice([0, len(pieces)]), item.text)
        made.append(Case(language, (phrase,), chance.choice(GLUE[half]).join(pieces), tuple(planted), person))
    return made


def leaks(planted: Planted, left: str, phrase: str) -> bool:
    """Whether a secret survives: a whole word of a name, or 60 % of the characters of anything else."""
    words_left = Counter(re.findall(r"[^\W_]+", folded(left)))
    words_safe = Counter(re.findall(r"[^\W_]+", folded(phrase)))
    for secret in planted.secrets:
        tokens = [word for word in re.findall(r"[^\W_]+", folded(secret)) if len(word) > 1]
        if planted.kind in {"name", "doctor", "hospital"}:
            if any(words_left[word] > words_safe[word] for word in tokens if not word.isdigit()):
                return True
            glued = "".join(tokens)
            if len(glued) > 3 and glued in "".join(words_left) and glued not in "".join(words_safe):
                return True
        else:
            total = sum(map(len, tokens))
            survived = sum(len(word) for word in tokens if words_left[word] > words_safe[word])
            if total and survived >= _VALUE_SHARE * total:
                return True
            squeezed = "".join(re.findall(r"[^\W_]", folded(secret)))
            if len(squeezed) >= 4 and squeezed in "".join(re.findall(r"[^\W_]", folded(left))):
                return True
    return False


def interval(hits: int, of: int, confidence: float = 0.95) -> tuple[float, float]:
    """Clopper-Pearson bounds of a share."""
    if not of:
        return 0.0, 1.0
    tail = (1 - confidence) / 2
    low = 0.0 if hits == 0 else _solve(lambda p: _at_least(hits, of, p) - tail)
    high = 1.0 if hits == of else _solve(lambda p: tail - (1 - _at_least(hits + 1, of, p)))
    return low, high


def _at_least(hits: int, of: int, p: float) -> float:
    """P(X >= hits) of a binomial."""
    if p <= 0:
        return 0.0
    if p >= 1:
        return 1.0
    upto = sum(
        math.exp(
            math.lgamma(of + 1)
            - math.lgamma(k + 1)
            - math.lgamma(of - k + 1)
            + k * math.log(p)
            + (of - k) * math.log1p(-p)
        )
        for k in range(hits)
    )
    return max(0.0, 1 - upto)


def _solve(rising: Callable[[float], float]) -> float:
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if rising(middle) > 0 else (middle, high)
    return (low + high) / 2


class Score:
    """Counts of one program over one set of cases."""

    def __init__(self) -> None:
        self.planted: Counter[tuple[str, str]] = Counter()
        self.leaked: Counter[tuple[str, str]] = Counter()
        self.tokens: Counter[str] = Counter()
        self.kept: Counter[str] = Counter()
        self.clean = self.unchanged = 0
        self.clean_by: Counter[str] = Counter()
        self.unchanged_by: Counter[str] = Counter()
        self.seconds = 0.0
        self.shown: list[str] = []

    def add(self, case: Case, left: str) -> None:
        phrase = case.safe[0]
        for item in case.planted:
            self.planted[item.group, item.kind] += 1
            if leaks(item, left, phrase):
                self.leaked[item.group, item.kind] += 1
                self.shown.append(f"{item.group}/{item.kind}: {item.text!r} in {case.text!r} -> {left!r}")
        wanted = Counter(re.findall(r"[^\W_]+", folded(phrase)))
        there = Counter(re.findall(r"[^\W_]+", folded(left)))
        self.tokens[case.language] += wanted.total()
        self.kept[case.language] += (wanted & there).total()
        if not case.planted:
            self.clean += 1
            self.clean_by[case.language] += 1
            self.unchanged += left == case.text
            self.unchanged_by[case.language] += left == case.text
            if left != case.text:
                self.shown.append(f"changed/{case.language}: {case.text!r} -> {left!r}")

    def group(self, group: str) -> tuple[int, int]:
        return (
            sum(count for (name, _), count in self.leaked.items() if name == group),
            sum(count for (name, _), count in self.planted.items() if name == group),
        )

    def lines(self, count: int) -> Iterable[str]:
        for group in ("known", "formatted", "unknown"):
            yield f"  leak, {group:<10} {_share(*self.group(group))}"
        for (group, kind), of in sorted(self.planted.items()):
            if self.leaked[group, kind]:
                yield f"    {group}/{kind}: {_share(self.leaked[group, kind], of)}"
        yield f"  safe tokens kept  {_share(self.kept.total(), self.tokens.total())}"
        yield "    " + ", ".join(
            f"{name} {100 * self.kept[name] / of:.0f} %" for name, of in sorted(self.tokens.items())
        )
        yield f"  clean unchanged   {_share(self.unchanged, self.clean)}"
        yield "    " + ", ".join(
            f"{name} {100 * self.unchanged_by[name] / of:.0f} %" for name, of in sorted(self.clean_by.items())
        )
        yield f"  time              {1e6 * self.seconds / count:.0f} us a descriptor"


def _share(hits: int, of: int) -> str:
    low, high = interval(hits, of)
    return f"{hits:>6} of {of:>6} = {100 * hits / max(of, 1):.2f} % (95 % {100 * low:.2f}-{100 * high:.2f})"


def known_of(person: Person) -> list[Term]:
    return [
        Term("name", f"{person.surname}^{person.given}^{person.middle}"), Term("identifier", person.patient_id),
        Term("identifier", person.accession), Term("date", f"{person.birth:%Y%m%d}"),
        Term("institution", person.hospital), Term("phone", person.phone),
    ]  # fmt: skip


def deidra(made: list[Case], mode: Mode, *, languages: tuple[str, ...] | None = None) -> tuple[Score, float]:
    """The score, and the seconds that a second look at the same values takes."""
    words = load_vocabulary(languages, extra=vocabulary())
    cleaners = {case.person: None for case in made}
    ready = {
        person: Cleaner(compile_known(known_of(person)), words, mode=mode, uid_of=lambda uid: uid)
        for person in cleaners
    }
    ready[made[0].person].clean("ax 943 476 5918 7")  # loads what is loaded on demand
    score = Score()
    start = time.process_time()
    left = [ready[case.person].clean(case.text).text for case in made]
    score.seconds = time.process_time() - start
    start = time.process_time()
    for case in made:
        ready[case.person].clean(case.text)
    again = time.process_time() - start
    for case, text in zip(made, left, strict=True):
        score.add(case, text)
    return score, again


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=sorted(PHRASES), default="held-out")
    parser.add_argument("--seed", type=int, default=23)
    parser.add_argument("--count", type=int, default=14_000)
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--show", default="-", help="print leaks and changes whose line begins with this (tuning only)")
    arguments = parser.parse_args()
    made = cases(arguments.half, arguments.seed, arguments.count)
    print(f"{arguments.half}, seed {arguments.seed}: {len(made)} descriptors")
    for mode in ("balanced", "strict"):
        score, again = deidra(made, mode)  # type: ignore[arg-type]
        print(f"Deidra, {mode}")
        print("\n".join(score.lines(len(made))))
        print(f"  seen before       {1e6 * again / len(made):.2f} us a descriptor")
        if arguments.show != "-":
            print("\n".join(line for line in score.shown if line.startswith(arguments.show)))
    if arguments.peers:
        from bench.text_peers import peers

        for name, clean in peers():
            score = Score()
            few = made[:1000]
            start = time.process_time()
            left = [clean(case.text) for case in few]
            score.seconds = time.process_time() - start
            for case, text in zip(few, left, strict=True):
                score.add(case, text)
            print(f"{name} (first {len(few)})")
            print("\n".join(score.lines(len(few))))


if __name__ == "__main__":
    main()
