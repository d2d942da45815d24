"""Leak and utility of the text cleaner on narrative: whole reports in fourteen languages with planted identifiers.

python -m bench.text_prose [--half held-out] [--seed 23] [--count 1400] [--show LANGUAGE] [--folder TEXTS]

`--folder` measures words kept in texts of one's own instead: a folder of <language>.txt files.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from faker import Faker

from bench.text import interval
from bench.text_identifiers import Stranger
from bench.text_reports import HELD_OUT, TUNE, reports
from deidra.standard.vocabulary import vocabulary
from deidra.text.clean import Cleaner
from deidra.text.folding import folded
from deidra.text.known import Term, compile_known
from deidra.text.vocabulary import Vocabulary, load_vocabulary

FAKER = {
    "en": "en_GB", "de": "de_DE", "fr": "fr_FR", "es": "es_ES",
    "pt": "pt_PT", "it": "it_IT", "nl": "nl_NL", "pl": "pl_PL", "cs": "cs_CZ", "sv": "sv_SE",
    "tr": "tr_TR", "da": "da_DK", "no": "no_NO", "fi": "fi_FI",
}  # fmt: skip
HOSPITALS = {
    "en": "{} General Hospital", "de": "Klinikum {}", "fr": "CHU de {}", "es": "Hospital {}", "pt": "Hospital de {}",
    "it": "Ospedale {}",
    "nl": "{} Ziekenhuis", "pl": "Szpital {}", "cs": "Nemocnice {}", "sv": "{} sjukhus",
    "tr": "{} Hastanesi", "da": "{} Sygehus",
    "no": "{} sykehus", "fi": "{}n sairaala",
}  # fmt: skip
GENERAL = frozenset(
    word for form in HOSPITALS.values() for word in re.findall(r"[^\W\d_]+", folded(form)) if word != "n"
)
_WORD = re.compile(r"[^\W\d_]+")


class Report(NamedTuple):
    language: str
    text: str
    template: str
    planted: tuple[tuple[str, str], ...]  # kind, what may not survive
    terms: tuple[Term, ...]


def _day(chance: random.Random) -> date:
    return date(1940, 1, 1) + timedelta(days=chance.randrange(30_000))


def _values(language: str, who: Any, chance: random.Random) -> dict[str, str]:
    given, surname = who.first_name(), who.last_name()
    town = who.city()
    return {
        "given": given, "surname": surname, "patient": f"{given} {surname}", "doctor": who.last_name(),
        "reader": f"{who.first_name()} {who.last_name()}", "relative": who.first_name(),
        "date": _day(chance).strftime(chance.choice(["%d.%m.%Y", "%Y-%m-%d", "%d/%m/%Y", "%d.%m.%y"])),
        "id": who.bothify(chance.choice(["########", "P-######", "??#####", "####/####"])).upper(),
        "hospital": HOSPITALS[language].format(chance.choice([who.last_name(), town])), "place": who.city(),
        "phone": who.numerify(chance.choice(["+4# ### ### ###", "0## ### ## ##", "(0##) ### ####", "### ### ###"])),
        "street": " ".join(who.street_address().split()), "age": str(chance.randint(90, 104)),
    }  # fmt: skip


def made(half: str, seed: int, count: int) -> Iterator[Report]:
    """`count` reports, each about another person."""
    chance = random.Random(seed)
    templates = reports(TUNE if half == "tune" else HELD_OUT)
    sources: dict[str, Any] = {}
    for language, locale in FAKER.items():
        sources[language] = Faker(locale) if half == "tune" else Stranger(language, seed)
        if half == "tune":
            sources[language].seed_instance(seed)
    for at in range(count):
        language, template = templates[at % len(templates)]
        values = _values(language, sources[language], chance)
        kinds = re.findall(r"\{(\w+)\}", template)
        terms = [Term("name", f"{values['surname']}^{values['given']}"), Term("identifier", values["id"])]
        if chance.random() < 0.5:
            terms.append(Term("institution", values["hospital"]))
        planted = tuple((kind, values[kind]) for kind in kinds)
        yield Report(language, template.format(**values), template, planted, tuple(terms))


def words_of(text: str) -> Counter[str]:
    return Counter(word for word in _WORD.findall(folded(text)) if len(word) > 1)


def leaked(kind: str, secret: str, left: str, template: Counter[str]) -> bool:
    """Whether any word of a name or place survives, or all digits of a number."""
    there = words_of(left)
    if kind in {"id", "phone", "date"}:
        digits = re.sub(r"\D", "", secret)
        return len(digits) > 3 and digits in re.sub(r"\D", "", left)
    if kind == "age":
        return re.search(rf"(?<!\d){secret}(?!\d|\+)", left) is not None
    telling = [word for word in words_of(secret) if word not in GENERAL and len(word) > 2]
    survived = [word for word in telling if there[word] > template[word]]
    if kind in {"place", "street", "hospital"}:
        return sum(map(len, survived)) >= 0.6 * max(sum(map(len, telling)), 1) and bool(survived)
    return bool(survived)


def measure(half: str, seed: int, count: int, words: Vocabulary, show: str) -> None:
    planted: Counter[str] = Counter()
    leaks: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    kept: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    seconds, characters = 0.0, 0
    for report in made(half, seed, count):
        cleaner = Cleaner(compile_known(report.terms), words, uid_of=lambda uid: uid)
        start = time.process_time()
        left = cleaner.clean(report.text, multi_line=True).text
        seconds += time.process_time() - start
        characters += len(report.text)
        template = words_of(re.sub(r"\{\w+\}", " ", report.template))
        for kind, secret in report.planted:
            planted[kind] += 1
            if leaked(kind, secret, left, template):
                leaks[kind] += 1
                if show == report.language:
                    print(f"leak/{kind}: {secret!r}")
        there = words_of(left)
        wanted[report.language] += template.total()
        kept[report.language] += (template & there).total()
        if show == report.language:
            lost.update(template - there)
    print(f"{half}, seed {seed}: {count} reports, {1e6 * seconds / characters:.2f} us a character")
    for kind in sorted(planted):
        low, high = interval(leaks[kind], planted[kind])
        print(
            f"  leak {kind:<9} {leaks[kind]:>5} of {planted[kind]:>5} = {100 * leaks[kind] / planted[kind]:.2f} % "
            f"(95 % {100 * low:.2f}-{100 * high:.2f})"
        )
    low, high = interval(leaks.total(), planted.total())
    print(f"  leak, all {100 * leaks.total() / planted.total():.2f} % (95 % {100 * low:.2f}-{100 * high:.2f})")
    print("  words kept " + ", ".join(f"{name} {100 * kept[name] / of:.1f}" for name, of in sorted(wanted.items())))
    if show in wanted:
        print("  lost:", " ".join(f"{word}:{count}" for word, count in lost.most_common(400)))


def measure_folder(folder: Path, words: Vocabulary, show: str) -> None:
    """Words kept in texts without identifiers, by language."""
    for path in sorted(folder.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        cleaner = Cleaner(compile_known([]), words, uid_of=lambda uid: uid)
        start = time.process_time()
        left = words_of(cleaner.clean(text, multi_line=True).text)
        seconds = time.process_time() - start
        there = words_of(text)
        kept = (there & left).total()
        speed = 1e6 * seconds / len(text)
        print(
            f"{path.stem}: {100 * kept / there.total():.1f} % of {there.total()} words kept, {speed:.2f} us a character"
        )
        if show == path.stem:
            print(" ".join(f"{word}:{count}" for word, count in (there - left).most_common(300)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=["tune", "held-out"], default="held-out")
    parser.add_argument("--seed", type=int, default=23)
    parser.add_argument("--count", type=int, default=1400)
    parser.add_argument("--show", default="")
    parser.add_argument("--folder", type=Path)
    arguments = parser.parse_args()
    words = load_vocabulary(extra=vocabulary())
    if arguments.folder:
        measure_folder(arguments.folder, words, arguments.show)
    else:
        measure(arguments.half, arguments.seed, arguments.count, words, arguments.show)


if __name__ == "__main__":
    main()
